//! Checks one signer of a SignedData: digest, attributes, signature. The path is another matter.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::key::{self, VerifyError};
use crate::oid;

use super::{SignedData, SignerInfo};

/// Why a signer was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    /// A structure inside cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The signer's certificate is not there.
    #[error("the signer's certificate is missing")]
    NoCertificate,
    /// The digest or signature algorithm cannot be checked here.
    #[error("algorithm not supported")]
    Unsupported,
    /// The content is not what was signed.
    #[error("the digest does not match the content")]
    DigestMismatch,
    /// The content type attribute is missing or names another type.
    #[error("content type attribute missing or different")]
    ContentType,
    /// The message digest attribute is missing.
    #[error("message digest attribute missing")]
    NoMessageDigest,
    /// The signature does not verify with the certificate's key.
    #[error("the signature does not verify")]
    BadSignature,
    /// The signed attributes name another certificate.
    #[error("the signed attributes name another certificate")]
    CertificateMismatch,
}

/// Whether the signature itself says which certificate it was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateBinding {
    /// A signing-certificate attribute names this very certificate.
    Bound,
    /// By an algorithm not supported here.
    Unknown,
    /// No such attribute: plain CMS, no CAdES.
    Absent,
}

/// A signer whose signature verifies.
#[derive(Clone, Debug)]
pub struct VerifiedSigner {
    /// The certificate whose key verifies the signature.
    pub certificate: Certificate,
    /// With which algorithm.
    pub algorithm: SignatureAlgorithm,
    /// Whether the certificate is bound by the signature.
    pub binding: CertificateBinding,
}

/// Checks `signer` against the digest of the content under `signer.digest`. Certificates come
/// from `signed` and `others`.
pub fn verify(
    signed: &SignedData,
    signer: &SignerInfo,
    content_digest: &[u8],
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    let digest = signer.digest.ok_or(CmsError::Unsupported)?;
    if signer.signed_bytes.is_some() {
        let stated = signer.message_digest()?.ok_or(CmsError::NoMessageDigest)?;
        if stated != content_digest {
            return Err(CmsError::DigestMismatch);
        }
        if signer.content_type()? != Some(signed.content_type) {
            return Err(CmsError::ContentType);
        }
    } else if signed.content_type != oid::DATA {
        return Err(CmsError::ContentType);
    }
    let mut candidates = signed
        .certificates
        .iter()
        .chain(others)
        .filter(|it| signer.signer.matches(it))
        .peekable();
    if candidates.peek().is_none() {
        return Err(CmsError::NoCertificate);
    }
    let mut problem = CmsError::NoCertificate;
    for certificate in candidates {
        match check(signer, digest, content_digest, certificate) {
            Ok(verified) => return Ok(verified),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

/// Checks `signer` against content held in memory: `parts` are hashed as one.
pub fn verify_content(
    signed: &SignedData,
    signer: &SignerInfo,
    parts: &[&[u8]],
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    let digest = signer.digest.ok_or(CmsError::Unsupported)?;
    verify(signed, signer, &digest.digest_parts(parts), others)
}

fn check(
    signer: &SignerInfo,
    digest: DigestAlgorithm,
    content_digest: &[u8],
    certificate: &Certificate,
) -> Result<VerifiedSigner, CmsError> {
    let kind = certificate.public_key_info().kind;
    let algorithm = SignatureAlgorithm::resolve(&signer.algorithm, kind, Some(digest))?
        .ok_or(CmsError::Unsupported)?;
    let outcome = match &signer.signed_bytes {
        Some(bytes) => key::verify(certificate.spki(), algorithm, bytes, &signer.signature),
        None if algorithm.digest() != digest => return Err(CmsError::Unsupported),
        None => key::verify_digest(
            certificate.spki(),
            algorithm,
            content_digest,
            &signer.signature,
        ),
    };
    outcome.map_err(|error| match error {
        VerifyError::Unsupported | VerifyError::KeyMismatch => CmsError::Unsupported,
        VerifyError::BadSignature => CmsError::BadSignature,
        VerifyError::Malformed(what) => CmsError::Malformed(what),
    })?;
    let mut binding = CertificateBinding::Absent;
    for (hash_algorithm, hash) in signer.certificate_digests()? {
        match hash_algorithm {
            Some(it) if it.digest(certificate.der()) == hash => binding = CertificateBinding::Bound,
            Some(_) => return Err(CmsError::CertificateMismatch),
            None if binding == CertificateBinding::Absent => binding = CertificateBinding::Unknown,
            None => {}
        }
    }
    Ok(VerifiedSigner {
        certificate: certificate.clone(),
        algorithm,
        binding,
    })
}
