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
    let work = evidence::bound(ends.len());
    Ok(evidence::missing_for("", &ends, &all, anchors, &work))
}

/// Puts what is known about the signature into it.
pub(crate) fn add(raw: &mut Raw, signed: &SignedData, given: &LongTermEvidence) {
    let mut all = given.clone();
    all.merge(known::brought(signed));
    all.add_responders();
    let ends = known::ends(signed);
    let about = all.about(&ends, &evidence::bound(ends.len()));
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

#[cfg(test)]
mod tests {
    use vanthu_pki::authority::{Authority, CertificateRequest, TimestampAuthority, Validity};
    use vanthu_pki::extension::Extension;
    use vanthu_pki::path::RevocationMode;
    use vanthu_pki::{SoftKey, Time, oid};

    use super::*;
    use crate::{
        DetachedRequest, Indication, TimestampTrust, ValidationInput, prepare_detached,
        validate_detached,
    };

    const NOW: Time = Time::from_unix(1_795_309_920);
    const CONTENT: &[u8] = b"so,ngay";

    fn key() -> SoftKey {
        SoftKey::generate_p256().unwrap()
    }

    /// An archive time-stamp with a SHA-256 imprint whose index is made with another algorithm.
    fn archived_with(index: DigestAlgorithm) -> (Vec<u8>, ValidationInput) {
        let validity = Validity {
            from: NOW.plus_days(-1),
            to: NOW.plus_days(100),
        };
        let root = Authority::root(key(), "Gốc", validity, 1).unwrap();
        let certified = |key: &SoftKey, serial, more: Option<Extension>| {
            let name = vanthu_pki::authority::authority_name("Mẫu").unwrap();
            let request = CertificateRequest::new(name, &key.spki(), validity, serial);
            let request = match more {
                Some(more) => request.extension(more),
                None => request,
            };
            root.certify(&request).unwrap()
        };
        let (signer, service) = (key(), key());
        let certificate = certified(&signer, 2, None);
        let algorithm = signer.default_algorithm();
        let request = DetachedRequest {
            at: NOW,
            mime_type: None,
        };
        let prepared = prepare_detached(&mut &*CONTENT, &request, &certificate, algorithm).unwrap();
        let value = signer.sign(algorithm, prepared.to_be_signed()).unwrap();
        let p7s = prepared
            .complete(&value)
            .unwrap()
            .finish(&[], None)
            .unwrap();

        let imprint = DigestAlgorithm::Sha256;
        let (raw, _) = read(&p7s).unwrap();
        let digests = Digests::of(&mut &*CONTENT, &[imprint]).unwrap();
        let first = raw.signers.first().unwrap();
        let index = HashIndex::over(&raw, first, index);
        let stamped = index.stamped(&raw, first, digests.get(imprint).unwrap());
        let prepared = PreparedDetachedTimestamp {
            file: raw.write(),
            hash_index: index.der().to_vec(),
            imprint: imprint.digest_parts(&stamped),
        };
        let usage = Extension::extended_key_usage(&[oid::KP_TIME_STAMPING], true);
        let stamping = certified(&service, 3, Some(usage));
        let service = TimestampAuthority::new(service, stamping, Vec::new()).unwrap();
        let token = service.token(&prepared.request(None), NOW, 5).unwrap();
        let anchors = vec![root.certificate().clone()];
        let trust = TimestampTrust {
            anchors: anchors.clone(),
            ..TimestampTrust::default()
        };
        let input = ValidationInput {
            anchors,
            at: NOW.plus_seconds(60),
            revocation: RevocationMode::WhenKnown,
            ..ValidationInput::default()
        };
        (prepared.embed(&token, &trust).unwrap(), input)
    }

    #[test]
    fn a_hash_index_is_made_with_the_algorithm_of_the_imprint() {
        for (index, expected) in [
            (DigestAlgorithm::Sha256, Indication::TotalPassed),
            (DigestAlgorithm::Sha512, Indication::TotalFailed),
            (DigestAlgorithm::Sha1, Indication::TotalFailed),
        ] {
            let (file, input) = archived_with(index);
            let judged = validate_detached(&mut &*CONTENT, &file, &input).unwrap();
            let stamps = &judged.facts.first().unwrap().archive_timestamps;
            assert_eq!(stamps.first().unwrap().indication, expected, "{index:?}");
        }
    }
}
