//! From B-B to B-T, B-LT and B-LTA, and B-LTA again before its time-stamp ends (ETSI EN 319 122-1, 6.3).

use std::io::Read;

use vanthu_pki::cms::{self, SignedData};
use vanthu_pki::{Certificate, DigestAlgorithm};

use super::archive::HashIndex;
use super::file::der_of;
use super::known;
use super::prepare::DetachedError;
use super::raw::Raw;
use super::stamp::PreparedDetachedTimestamp;
use crate::content::Digests;
use crate::hash;
use crate::longterm::evidence::{self, LongTermEvidence, MissingEvidence};

/// Level B-T for a signature that has no time-stamp yet: what a service is asked to stamp is
/// [`PreparedDetachedTimestamp::request`].
pub fn stamp_detached(p7s: &[u8]) -> Result<PreparedDetachedTimestamp, DetachedError> {
    let (_, signed) = read(p7s)?;
    let values = signed.signers.iter().map(|it| it.signature.as_slice());
    Ok(PreparedDetachedTimestamp {
        file: der_of(p7s).into_owned(),
        hash_index: Vec::new(),
        imprint: hash::sha256_parts(&values.collect::<Vec<_>>()).to_vec(),
    })
}

/// Level B-LT: the certificates, lists and responses that are about the signature and its time-stamps go into the
/// fields `certificates` and `crls` of its SignedData, OCSP responses in the form of RFC 5940 (ETSI EN 319 122-1, 6.3).
///
/// What stands there already is not written again. What is still missing tells [`missing_detached_evidence`].
pub fn extend_detached_lt(
    p7s: &[u8],
    evidence: &LongTermEvidence,
) -> Result<Vec<u8>, DetachedError> {
    let (mut raw, signed) = read(p7s)?;
    add(&mut raw, &signed, evidence);
    Ok(raw.write())
}

/// Level B-LTA: the evidence, and a time-stamp over the file, the signature and everything in it
/// (archive-time-stamp-v3, ETSI EN 319 122-1, 5.5.3). `digest` is that of the time-stamp.
///
/// Done again before the last time-stamp's certificate or algorithm ends, it renews the protection: give the evidence
/// about the last time-stamp's own path then. `content` is read once, to its end.
pub fn extend_detached_lta(
    p7s: &[u8],
    content: &mut dyn Read,
    evidence: &LongTermEvidence,
    digest: DigestAlgorithm,
) -> Result<PreparedDetachedTimestamp, DetachedError> {
    if hash::engine(digest).is_none() {
        return Err(DetachedError::AlgorithmUnsupported);
    }
    let (mut raw, signed) = read(p7s)?;
    let [signer] = signed.signers.as_slice() else {
        return Err(DetachedError::NotOneSigner {
            signers: signed.signers.len(),
        });
    };
    let wanted: Vec<DigestAlgorithm> = signer.digest.into_iter().chain([digest]).collect();
    let digests = Digests::of(content, &wanted).map_err(|it| DetachedError::unreadable(&it))?;
    let stated = signer.message_digest().ok().flatten();
    let found = signer.digest.and_then(|it| digests.get(it));
    if stated.as_deref() != found || found.is_none() {
        return Err(DetachedError::OtherContent);
    }
    add(&mut raw, &signed, evidence);
    let content = digests.get(digest).unwrap_or_default();
    let index = HashIndex::over(&raw, raw.signers.first().ok_or(NONE)?, digest);
    let first = raw.signers.first().ok_or(NONE)?;
    let imprint = digest.digest_parts(&index.stamped(&raw, first, content));
    Ok(PreparedDetachedTimestamp {
        file: raw.write(),
        hash_index: index.der().to_vec(),
        imprint,
    })
}

const NONE: DetachedError = DetachedError::NotOneSigner { signers: 0 };

/// What must still be fetched before a signature is at level B-LT: the certificates of its paths below `anchors` whose
/// state neither it nor `given` shows. Empty when nothing is missing.
pub fn missing_detached_evidence(
    p7s: &[u8],
    given: &LongTermEvidence,
    anchors: &[Certificate],
) -> Result<Vec<MissingEvidence>, DetachedError> {
    let (_, signed) = read(p7s)?;
    let mut all = given.clone();
    all.merge(known::brought(&signed));
    all.add_responders();
    let ends = known::ends(&signed);
    Ok(evidence::missing_for("", &ends, &all, anchors))
}

/// Puts what is known about the signature into it.
pub(crate) fn add(raw: &mut Raw, signed: &SignedData, given: &LongTermEvidence) {
    let mut all = given.clone();
    all.merge(known::brought(signed));
    all.add_responders();
    let about = all.about(&known::ends(signed));
    let [certificates, crls, responses] = about.ders();
    for der in certificates {
        raw.add_certificate(der);
    }
    for der in crls {
        raw.add_crl(der);
    }
    for der in responses {
        raw.add_ocsp(der);
    }
}

fn read(p7s: &[u8]) -> Result<(Raw, SignedData), DetachedError> {
    let unreadable = |why: vanthu_pki::Malformed| DetachedError::SignatureUnreadable {
        why: why.to_string(),
    };
    let der = der_of(p7s);
    let raw = Raw::read(&der).map_err(unreadable)?;
    let signed = cms::parse(&der).map_err(unreadable)?;
    match signed.signers.len() {
        1 => Ok((raw, signed)),
        signers => Err(DetachedError::NotOneSigner { signers }),
    }
}
