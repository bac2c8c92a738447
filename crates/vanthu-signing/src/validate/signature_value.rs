//! The cryptographic part: signature structure, digest, certificate binding.

use vanthu_pki::cms::{self, CertificateBinding, CmsError, SignedData, SignerInfo, VerifiedSigner};
use vanthu_pki::{Certificate, DigestAlgorithm, asn1};

use super::report::{FindingCode, Severity, SignatureReport, SubIndication};

/// A signature whose value is right.
pub(super) struct Verified {
    pub(super) signed: SignedData,
    pub(super) signer: SignerInfo,
    pub(super) outcome: VerifiedSigner,
}

/// Cuts the padding off `/Contents`; anything but zeros in it is refused.
pub(super) fn without_padding(contents: &[u8]) -> Result<&[u8], &'static str> {
    let length = asn1::length_of_first(contents).map_err(|_| "the signature value is not DER")?;
    let (value, padding) = contents
        .split_at_checked(length)
        .ok_or("the signature value is cut short")?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err("something is hidden behind the signature value");
    }
    Ok(value)
}

/// Checks a detached signature over `parts`, writing what it finds into `report`.
pub(super) fn check(
    report: &mut SignatureReport,
    contents: &[u8],
    parts: &[&[u8]],
    others: &[Certificate],
) -> Option<Verified> {
    let value = match without_padding(contents) {
        Ok(value) => value,
        Err(why) => {
            report.fail(FindingCode::CmsBad, SubIndication::FormatFailure, why);
            return None;
        }
    };
    let signed = match cms::parse(value) {
        Ok(signed) => signed,
        Err(why) => {
            report.fail(
                FindingCode::CmsBad,
                SubIndication::FormatFailure,
                why.to_string(),
            );
            return None;
        }
    };
    let [signer] = signed.signers.as_slice() else {
        let detail = format!("{} signers", signed.signers.len());
        report.fail(
            FindingCode::SeveralSigners,
            SubIndication::FormatFailure,
            detail,
        );
        return None;
    };
    let signer = signer.clone();
    report.digest_algorithm = signer.digest.and_then(digest_name);
    let sha1_inside = report.sub_filter == "adbe.pkcs7.sha1";
    let outcome = if sha1_inside {
        let digest = DigestAlgorithm::Sha1.digest_parts(parts);
        if signed.content.as_deref() == Some(digest.as_slice()) {
            cms::verify_content(&signed, &signer, &[&digest], others)
        } else {
            Err(CmsError::DigestMismatch)
        }
    } else if signed.content.is_some() {
        report.fail(FindingCode::ContentInside, SubIndication::FormatFailure, "");
        return None;
    } else {
        cms::verify_content(&signed, &signer, parts, others)
    };
    match outcome {
        Ok(verified) => {
            report.signature_algorithm = Some(verified.algorithm.name().to_owned());
            strength(report, &signer, &verified, sha1_inside);
            binding(report, verified.binding);
            Some(Verified {
                signed,
                signer,
                outcome: verified,
            })
        }
        Err(error) => {
            refuse(report, error);
            None
        }
    }
}

fn refuse(report: &mut SignatureReport, error: CmsError) {
    let detail = error.to_string();
    match error {
        CmsError::DigestMismatch => {
            report.fail(
                FindingCode::DigestMismatch,
                SubIndication::HashFailure,
                detail,
            );
        }
        CmsError::BadSignature => {
            report.fail(
                FindingCode::SignatureBad,
                SubIndication::SigCryptoFailure,
                detail,
            );
        }
        CmsError::NoCertificate => report.doubt(
            FindingCode::CertificateMissing,
            SubIndication::NoSigningCertificateFound,
            detail,
        ),
        CmsError::Unsupported => report.doubt(
            FindingCode::AlgorithmUnsupported,
            SubIndication::CryptoConstraintsFailure,
            detail,
        ),
        CmsError::CertificateMismatch => report.doubt(
            FindingCode::CertificateMismatch,
            SubIndication::SigConstraintsFailure,
            detail,
        ),
        CmsError::Malformed(_) | CmsError::ContentType | CmsError::NoMessageDigest => {
            report.fail(FindingCode::CmsBad, SubIndication::FormatFailure, detail);
        }
    }
}

fn strength(
    report: &mut SignatureReport,
    signer: &SignerInfo,
    verified: &VerifiedSigner,
    sha1_inside: bool,
) {
    let weak_digest = sha1_inside
        || signer.digest.is_some_and(DigestAlgorithm::is_weak)
        || verified.algorithm.digest().is_weak();
    if weak_digest || verified.certificate.public_key_info().is_weak() {
        report.doubt(
            FindingCode::WeakAlgorithm,
            SubIndication::CryptoConstraintsFailureNoPoe,
            verified.algorithm.name(),
        );
    }
}

fn binding(report: &mut SignatureReport, binding: CertificateBinding) {
    if binding == CertificateBinding::Bound {
        return;
    }
    if report.sub_filter.starts_with("ETSI.") {
        report.doubt(
            FindingCode::CertificateNotBound,
            SubIndication::SigConstraintsFailure,
            "a PAdES signature names its certificate",
        );
    } else {
        report.find(FindingCode::CertificateNotBound, Severity::Inform, "");
    }
}

/// The name a report shows.
pub(super) fn digest_name(algorithm: DigestAlgorithm) -> Option<String> {
    serde_json::to_value(algorithm)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
}
