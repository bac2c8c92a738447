//! Prepares a signature over files of a container and puts it in, with the key elsewhere in between.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vanthu_pki::{Certificate, DigestAlgorithm, SignatureAlgorithm, Time, tsp};

use super::archive::{Archive, Entry};
use super::layout::{ContainerKind, free_name};
use super::manifest::{Manifest, Reference, SIGNATURE_TYPE, Target};
use super::pack::{Change, ContainerError, open, write};
use crate::cades::prepare::{CompletedDetached, DetachedRequest, PreparedDetached, fits};
use crate::content::Hasher;
use crate::embed::EmbedError;
use crate::hash;
use crate::state::{put_part, take_part};

const MAGIC: &[u8] = b"vanthu-container-1";

/// The signature over files of a container that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerRequest {
    /// The time the signer claims.
    pub at: Time,
    /// Names of the files that are signed; empty for all of them.
    pub files: Vec<String>,
    /// Media types that the manifest states, by the name of the file.
    pub mime_types: BTreeMap<String, String>,
}

/// A container before its new signature is known. Survives a restart as bytes, without the container itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedContainer {
    base_sha256: [u8; 32],
    names: Names,
    manifest: Vec<u8>,
    signature: PreparedDetached,
}

/// Names of the two new entries.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Names {
    manifest: String,
    signature: String,
}

/// A container whose new signature is known and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedContainer {
    base_sha256: [u8; 32],
    names: Names,
    manifest: Vec<u8>,
    signature: CompletedDetached,
}

/// Writes the manifest over the files of an ASiC-E container and gives what the key is to sign; done again, another
/// signature joins those that stand there already.
///
/// ETSI EN 319 162-1, 4.4.3.2 and 5.3.2.
pub fn prepare_container(
    container: &[u8],
    request: &ContainerRequest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
) -> Result<PreparedContainer, ContainerError> {
    fits(certificate, algorithm)?;
    let (mut archive, layout) = open(container)?;
    if layout.kind != ContainerKind::Extended {
        return Err(ContainerError::NotExtended);
    }
    let chosen = choose(&layout.files, &request.files)?;
    let names = Names {
        manifest: free_name(&archive.entries, "ASiCManifest", "xml"),
        signature: free_name(&archive.entries, "signature", "p7s"),
    };
    let digest = algorithm.digest();
    let mut references = Vec::new();
    for entry in &chosen {
        let mime_type = request.mime_types.get(&entry.name).cloned();
        references.push(reference(&mut archive, entry, digest, mime_type)?);
    }
    let manifest = Manifest {
        signature: Target::of(&names.signature),
        references,
    };
    let manifest = manifest.write(SIGNATURE_TYPE);
    // No media type: inside of a container the manifest states those of the files.
    let detached = DetachedRequest {
        at: request.at,
        mime_type: None,
    };
    let signature =
        PreparedDetached::over(&digest.digest(&manifest), &detached, certificate, algorithm);
    Ok(PreparedContainer {
        base_sha256: hash::sha256_parts(&[container]),
        names,
        manifest,
        signature,
    })
}

fn choose(files: &[Entry], wanted: &[String]) -> Result<Vec<Entry>, ContainerError> {
    if let Some(missing) = wanted
        .iter()
        .find(|name| !files.iter().any(|it| it.name == **name))
    {
        return Err(ContainerError::FileMissing(missing.clone()));
    }
    let chosen = files
        .iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.name));
    let chosen: Vec<Entry> = chosen.cloned().collect();
    if chosen.is_empty() {
        return Err(ContainerError::NoFile);
    }
    Ok(chosen)
}

/// What a manifest says about an entry.
pub(crate) fn reference<R: std::io::Read + std::io::Seek>(
    archive: &mut Archive<R>,
    entry: &Entry,
    digest: DigestAlgorithm,
    mime_type: Option<String>,
) -> Result<Reference, ContainerError> {
    let mut hasher = Hasher::new(&[digest]);
    archive.each_chunk(entry, &mut |chunk| hasher.update(chunk))?;
    let digests = hasher.finish();
    Ok(Reference {
        target: Target::of(&entry.name),
        mime_type,
        digest,
        value: digests.get(digest).unwrap_or_default().to_vec(),
        is_root: false,
    })
}

impl PreparedContainer {
    /// The signed attributes: the bytes the key signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.signature.to_be_signed()
    }

    /// The digest of the manifest under the digest of [`PreparedContainer::algorithm`].
    pub fn manifest_digest(&self) -> &[u8] {
        self.signature.content_digest()
    }

    /// The manifest over the signed files, XML.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// The certificate it was prepared for.
    pub fn certificate(&self) -> &Certificate {
        self.signature.certificate()
    }

    /// The algorithm the key must use.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.signature.algorithm()
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let state = self.signature.to_bytes();
        for part in [
            self.base_sha256.as_slice(),
            self.names.manifest.as_bytes(),
            self.names.signature.as_bytes(),
            &self.manifest,
            &state,
        ] {
            put_part(&mut out, part);
        }
        out
    }

    /// Reads back [`PreparedContainer::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        Self::read(bytes).ok_or(EmbedError::DamagedState)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let base_sha256 = take_part(&mut rest)?.try_into().ok()?;
        let mut name = || String::from_utf8(take_part(&mut rest)?.to_vec()).ok();
        let (manifest, signature) = (name()?, name()?);
        let names = Names {
            manifest,
            signature,
        };
        let manifest = take_part(&mut rest)?.to_vec();
        let signature = PreparedDetached::from_bytes(take_part(&mut rest)?).ok()?;
        rest.is_empty().then_some(Self {
            base_sha256,
            names,
            manifest,
            signature,
        })
    }

    /// Accepts the signature value once it verifies with the certificate.
    pub fn complete(self, signature: &[u8]) -> Result<CompletedContainer, EmbedError> {
        Ok(CompletedContainer {
            base_sha256: self.base_sha256,
            names: self.names,
            manifest: self.manifest,
            signature: self.signature.complete(signature)?,
        })
    }
}

impl CompletedContainer {
    /// The question for a time-stamp service (RFC 3161, 2.4.1) about the signature value.
    pub fn timestamp_request(&self, nonce: Option<u64>) -> tsp::TimestampRequest {
        self.signature.timestamp_request(nonce)
    }

    /// The container with the manifest and the signature: level B-B, with a time-stamp B-T. `container` is the one that
    /// was prepared; its entries are copied as they are.
    pub fn embed(
        self,
        container: &[u8],
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, ContainerError> {
        if hash::sha256_parts(&[container]) != self.base_sha256 {
            return Err(EmbedError::OtherDocument.into());
        }
        let signature = self.signature.finish(chain, timestamp_token)?;
        write(
            Some(container),
            &[
                Change::Put(self.names.manifest, self.manifest),
                Change::Put(self.names.signature, signature),
            ],
        )
    }
}
