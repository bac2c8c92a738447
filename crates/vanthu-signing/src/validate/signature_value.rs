//! Format, signing certificate and cryptography of a signature (ETSI EN 319 102-1, 5.2.2, 5.2.3 and 5.2.7).

use vanthu_pki::asn1;
use vanthu_pki::cms::{self, CmsError, SignedData, SignerInfo, VerifiedSigner};
use vanthu_pki::{DigestAlgorithm, Malformed, oid};

use super::conclusion::{Conclusion, SubIndication};
use super::detail::{BlockId, Work};
use super::policy::{ConstraintId, Policy};
use super::report::{FindingCode, Severity, SignatureReport};
use super::timestamp::failure_of;
use crate::content::Content;

/// Reads the CMS structure in `/Contents`.
pub(super) fn read(contents: &[u8]) -> Result<SignedData, String> {
    cms::parse(without_padding(contents)?).map_err(|why| why.to_string())
}

/// Cuts the padding off `/Contents`; anything but zeros in it is refused.
fn without_padding(contents: &[u8]) -> Result<&[u8], String> {
    let length = asn1::length_of_first(contents).map_err(|_| "the signature value is not DER")?;
    let (value, padding) = contents
        .split_at_checked(length)
        .ok_or("the signature value is cut short")?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err("something is hidden behind the signature value".to_owned());
    }
    Ok(value)
}

/// Checks a detached signature over `content`, writing what it finds into `report`.
///
/// The signer's certificate stands in the signature (ETSI EN 319 122-1, 6.3; ISO 32000-2, 12.8.3.3): a copy from
/// elsewhere does not stand in for one that was damaged there.
pub(super) fn check<'s>(
    policy: &Policy,
    report: &mut SignatureReport,
    signed: &'s SignedData,
    content: &Content<'_>,
) -> Option<(&'s SignerInfo, VerifiedSigner)> {
    let mut format = Work::on(policy, BlockId::FormatChecking);
    let malformed = Conclusion::Failed(SubIndication::FormatFailure);
    let several = format!("{} signers", signed.signers.len());
    let sha1_inside = report.sub_filter == "adbe.pkcs7.sha1";
    let is_detached = sha1_inside || signed.content.is_none();
    let single = signed.signers.len() == 1;
    format.hold(
        ConstraintId::SingleSigner,
        single,
        malformed,
        several.clone(),
    );
    format.hold(
        ConstraintId::DetachedContent,
        is_detached,
        malformed,
        "content stands inside",
    );
    let once = attributes_stand_once(signed);
    let why = once.err().map_or_else(String::new, |why| why.to_string());
    format.hold(
        ConstraintId::SignatureStructure,
        once.is_ok(),
        malformed,
        why.clone(),
    );
    report.blocks.push(format.done());
    let [signer] = signed.signers.as_slice() else {
        report.fail(
            FindingCode::SeveralSigners,
            SubIndication::FormatFailure,
            several,
        );
        return None;
    };
    if !is_detached {
        report.fail(FindingCode::ContentInside, SubIndication::FormatFailure, "");
        return None;
    }
    if once.is_err() {
        report.fail(FindingCode::CmsBad, SubIndication::FormatFailure, why);
        return None;
    }
    report.digest_algorithm = signer.digest.and_then(digest_name);
    let outcome = if sha1_inside {
        let digest = content.digest(DigestAlgorithm::Sha1).unwrap_or_default();
        if signed.content.as_deref() == Some(digest.as_slice()) {
            cms::verify_content(signed, signer, &[&digest], &[])
        } else {
            Err(CmsError::DigestMismatch)
        }
    } else {
        content.verify(signed, signer, &[])
    };
    verification_blocks(policy, report, outcome.as_ref().err().copied());
    match outcome {
        Ok(verified) => {
            report.signature_algorithm = Some(verified.algorithm.name().to_owned());
            Some((signer, verified))
        }
        Err(error) => {
            refuse(report, error);
            None
        }
    }
}

/// Attributes that say who signed what may stand only once, with one value (ETSI EN 319 122-1, clause 5).
fn attributes_stand_once(signed: &SignedData) -> Result<(), Malformed> {
    const SIGNER_ATTRIBUTES_V2: &str = "0.4.0.19122.1.1";
    for signer in &signed.signers {
        let more = signer
            .signed
            .iter()
            .map(|attribute| attribute.kind)
            .filter(|kind| kind.to_string() == SIGNER_ATTRIBUTES_V2);
        let single = [
            oid::CONTENT_TYPE,
            oid::MESSAGE_DIGEST,
            oid::SIGNING_TIME,
            oid::SIGNING_CERTIFICATE,
            oid::SIGNING_CERTIFICATE_V2,
            oid::SIGNATURE_POLICY,
        ];
        for kind in single.into_iter().chain(more) {
            signer.signed_value(kind)?;
        }
    }
    Ok(())
}

fn verification_blocks(policy: &Policy, report: &mut SignatureReport, error: Option<CmsError>) {
    let failed = error.map(failure_of);
    let mut identification = Work::on(policy, BlockId::IdentificationOfTheSigningCertificate);
    let mut verification = Work::on(policy, BlockId::CryptographicVerification);
    let is = |id| {
        failed
            .filter(|(_, at)| *at == id)
            .map(|(conclusion, _)| conclusion)
    };
    let detail = || error.map_or_else(String::new, |error| error.to_string());
    for id in [
        ConstraintId::SigningCertificatePresent,
        ConstraintId::SigningCertificateMatches,
    ] {
        let otherwise = is(id).unwrap_or(Conclusion::Passed);
        identification.hold(id, is(id).is_none(), otherwise, detail());
    }
    for id in [ConstraintId::MessageDigest, ConstraintId::SignatureValue] {
        let otherwise = is(id).unwrap_or(Conclusion::Passed);
        verification.hold(id, is(id).is_none(), otherwise, detail());
    }
    report.blocks.push(identification.done());
    let rest = failed.filter(|(_, id)| {
        matches!(
            id,
            ConstraintId::SignatureAlgorithms | ConstraintId::SignatureStructure
        )
    });
    report.blocks.push(match rest {
        Some((conclusion, _)) => verification.conclude(conclusion),
        None => verification.done(),
    });
}

fn refuse(report: &mut SignatureReport, error: CmsError) {
    let code = match error {
        CmsError::DigestMismatch => FindingCode::DigestMismatch,
        CmsError::BadSignature => FindingCode::SignatureBad,
        CmsError::NoCertificate => FindingCode::CertificateMissing,
        CmsError::Unsupported => FindingCode::AlgorithmUnsupported,
        CmsError::CertificateMismatch => FindingCode::CertificateMismatch,
        CmsError::Malformed(_) | CmsError::ContentType | CmsError::NoMessageDigest => {
            FindingCode::CmsBad
        }
    };
    let (conclusion, _) = failure_of(error);
    let severity = match conclusion {
        Conclusion::Failed(_) => Severity::Fail,
        _ => Severity::Warn,
    };
    report.find(code, severity, error.to_string());
    report.conclude(conclusion);
}

/// The name a report shows.
pub(super) fn digest_name(algorithm: DigestAlgorithm) -> Option<String> {
    serde_json::to_value(algorithm)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
}
