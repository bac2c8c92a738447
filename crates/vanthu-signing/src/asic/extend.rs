//! Keeps a container for long: evidence into its signatures, and a time-stamp over everything in it by an archive
//! manifest (ETSI EN 319 162-1, 4.4.3.2 and annex A.7).

use vanthu_pki::{Certificate, DigestAlgorithm, cms, tsp};

use super::layout::{ARCHIVE_MANIFEST, FOLDER, Layout, MIMETYPE, free_name};
use super::manifest::{Manifest, SIGNATURE_TYPE, TIMESTAMP_TYPE, Target, XML_TYPE};
use super::pack::{Change, ContainerError, open, write};
use super::prepare::reference;
use crate::cades::extend::add;
use crate::cades::known;
use crate::cades::prepare::DetachedError;
use crate::cades::raw::Raw;
use crate::embed::EmbedError;
use crate::hash;
use crate::longterm::evidence::{self, LongTermEvidence, MissingEvidence};
use crate::longterm::stamp::{TimestampTrust, accept_token};
use crate::state::{put_part, take_part};

const MAGIC: &[u8] = b"vanthu-container-stamp-1";

/// Level B-LT for every signature of the container: the evidence goes into the signatures themselves.
///
/// A signature that an archive time-stamp covers is left as it is. What is still missing tells
/// [`missing_container_evidence`].
pub fn extend_container_lt(
    container: &[u8],
    evidence: &LongTermEvidence,
) -> Result<Vec<u8>, ContainerError> {
    let (_, layout) = open(container)?;
    let changes = with_evidence(&layout, evidence)?;
    if changes.is_empty() {
        return Ok(container.to_vec());
    }
    write(Some(container), &changes)
}

/// Signatures, and time-stamps that nothing covers yet, with what is known about them.
fn with_evidence(layout: &Layout, given: &LongTermEvidence) -> Result<Vec<Change>, ContainerError> {
    if layout.signatures.is_empty() && layout.stamps.is_empty() {
        return Err(ContainerError::NotSigned);
    }
    let mut changes = Vec::new();
    let all = layout.signatures.iter().chain(&layout.stamps);
    for (name, bytes) in all.filter(|(name, _)| !layout.is_covered(name)) {
        let unreadable = |why: vanthu_pki::Malformed| DetachedError::SignatureUnreadable {
            why: format!("{name}: {why}"),
        };
        let mut raw = Raw::read(bytes).map_err(unreadable)?;
        let signed = cms::parse(bytes).map_err(unreadable)?;
        let before = raw.clone();
        add(&mut raw, &signed, given);
        if raw != before {
            changes.push(Change::Put(name.clone(), raw.write()));
        }
    }
    Ok(changes)
}

/// What must still be fetched before everything in the container is at level B-LT: the certificates below `anchors`
/// whose state neither it nor `given` shows. [`MissingEvidence::field`] is the name of the signature or time-stamp.
pub fn missing_container_evidence(
    container: &[u8],
    given: &LongTermEvidence,
    anchors: &[Certificate],
) -> Result<Vec<MissingEvidence>, ContainerError> {
    let (_, layout) = open(container)?;
    let mut missing: Vec<MissingEvidence> = Vec::new();
    for (name, bytes) in layout.signatures.iter().chain(&layout.stamps) {
        let Ok(signed) = cms::parse(bytes) else {
            continue;
        };
        let mut all = given.clone();
        all.merge(known::brought(&signed));
        all.add_responders();
        let ends = known::ends(&signed);
        let work = evidence::bound(ends.len());
        for lack in evidence::missing_for(name, &ends, &all, anchors, &work) {
            let is_known = missing.iter().any(|it| it.certificate == lack.certificate);
            if !is_known {
                missing.push(lack);
            }
        }
    }
    Ok(missing)
}

/// A container that waits for a time-stamp over everything in it. Survives a restart as bytes, without the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedContainerTimestamp {
    base_sha256: [u8; 32],
    /// Everything but the token.
    changes: Vec<Change>,
    token_name: String,
    imprint: Vec<u8>,
}

/// Level B-LTA: the evidence, and a time-stamp over an archive manifest that names every file, signature, time-stamp and
/// manifest of the container. `digest` is that of the manifest and the time-stamp.
///
/// Done again before the last time-stamp ends, it renews the protection: the archive manifest that was there becomes
/// one of those that the new one names.
pub fn extend_container_lta(
    container: &[u8],
    evidence: &LongTermEvidence,
    digest: DigestAlgorithm,
) -> Result<PreparedContainerTimestamp, ContainerError> {
    if hash::engine(digest).is_none() {
        return Err(DetachedError::AlgorithmUnsupported.into());
    }
    let (archive, layout) = open(container)?;
    let token_name = free_name(&archive.entries, "timestamp", "tst");
    let mut changes = with_evidence(&layout, evidence)?;
    let mut root = None;
    if archive.find(ARCHIVE_MANIFEST).is_some() {
        let name = free_name(&archive.entries, "ASiCArchiveManifest", "xml");
        changes.push(Change::Rename(ARCHIVE_MANIFEST.to_owned(), name.clone()));
        root = Some(name);
    }
    let next = write(Some(container), &changes)?;
    let manifest = manifest_over(&next, &token_name, root.as_deref(), digest)?;
    let imprint = digest.digest(&manifest);
    changes.push(Change::Put(ARCHIVE_MANIFEST.to_owned(), manifest));
    Ok(PreparedContainerTimestamp {
        base_sha256: hash::sha256_parts(&[container]),
        changes,
        token_name,
        imprint,
    })
}

fn manifest_over(
    container: &[u8],
    token_name: &str,
    root: Option<&str>,
    digest: DigestAlgorithm,
) -> Result<Vec<u8>, ContainerError> {
    let (mut archive, _) = open(container)?;
    let mut references = Vec::new();
    for entry in archive.entries.clone() {
        if entry.is_folder() || entry.name == MIMETYPE {
            continue;
        }
        let mut found = reference(&mut archive, &entry, digest, media_type(&entry.name))?;
        found.is_root = Some(entry.name.as_str()) == root;
        references.push(found);
    }
    let manifest = Manifest {
        signature: Target::of(token_name),
        references,
    };
    Ok(manifest.write(TIMESTAMP_TYPE))
}

/// The media type of what the container itself brings.
fn media_type(name: &str) -> Option<String> {
    let inside = name.strip_prefix(FOLDER)?;
    let (_, extension) = inside.rsplit_once('.')?;
    let found = match extension {
        "p7s" => SIGNATURE_TYPE,
        "tst" => TIMESTAMP_TYPE,
        "xml" => XML_TYPE,
        _ => return None,
    };
    Some(found.to_owned())
}

impl PreparedContainerTimestamp {
    /// The digest that a service is asked to stamp.
    pub fn digest(&self) -> &[u8] {
        &self.imprint
    }

    /// With which algorithm it was made.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        hash::algorithm_of(&self.imprint)
    }

    /// The question for a time-stamp service (RFC 3161, 2.4.1): `to_der` is what is sent.
    pub fn request(&self, nonce: Option<u64>) -> tsp::TimestampRequest {
        tsp::TimestampRequest::new(self.digest_algorithm(), &self.imprint, nonce)
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for part in [&self.base_sha256, self.token_name.as_bytes(), &self.imprint] {
            put_part(&mut out, part);
        }
        for change in &self.changes {
            let (kind, name, bytes): (&[u8], _, _) = match change {
                Change::Put(name, bytes) => (b"put", name, bytes.as_slice()),
                Change::Rename(from, to) => (b"rename", from, to.as_bytes()),
            };
            for part in [kind, name.as_bytes(), bytes] {
                put_part(&mut out, part);
            }
        }
        out
    }

    /// Reads back [`PreparedContainerTimestamp::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        Self::read(bytes).ok_or(EmbedError::DamagedState)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let base_sha256 = take_part(&mut rest)?.try_into().ok()?;
        let text = |part: &[u8]| String::from_utf8(part.to_vec()).ok();
        let token_name = text(take_part(&mut rest)?)?;
        let imprint = take_part(&mut rest)?.to_vec();
        let mut changes = Vec::new();
        while !rest.is_empty() {
            let kind = take_part(&mut rest)?;
            let name = text(take_part(&mut rest)?)?;
            let value = take_part(&mut rest)?;
            changes.push(match kind {
                b"put" => Change::Put(name, value.to_vec()),
                b"rename" => Change::Rename(name, text(value)?),
                _ => return None,
            });
        }
        Some(Self {
            base_sha256,
            changes,
            token_name,
            imprint,
        })
    }

    /// The container with the archive manifest and the token, which must stamp this digest and come from a service that
    /// `trust` accepts.
    pub fn embed(
        self,
        container: &[u8],
        token: &[u8],
        trust: &TimestampTrust,
    ) -> Result<Vec<u8>, ContainerError> {
        if hash::sha256_parts(&[container]) != self.base_sha256 {
            return Err(EmbedError::OtherDocument.into());
        }
        accept_token(&self.request(trust.nonce), token, trust)?;
        let mut changes = self.changes;
        changes.push(Change::Put(self.token_name, token.to_vec()));
        write(Some(container), &changes)
    }
}
