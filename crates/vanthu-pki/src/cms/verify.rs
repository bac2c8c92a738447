//! Checks one signer of a SignedData: digest, attributes, signature. The path is another matter.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{Reader, Tlv, tag};
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

/// Certificates tried for one signer: two of one issuer and serial number, or of one key, are rare enough.
const MOST_NAMESAKES: usize = 16;

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

/// What a signature covers.
#[derive(Clone, Copy)]
struct Subject<'a> {
    digest: &'a [u8],
    /// The content itself where it is at hand: Ed25519 without signed attributes needs it.
    parts: Option<&'a [&'a [u8]]>,
}

/// Checks `signer` against the digest of the content under `signer.digest` (RFC 5652 5.4, 5.6):
/// digest, attributes, signature, and that the signature names its certificate. Certificates come
/// from `signed` and `others`. Whether the certificate is trusted is [`crate::path`]'s matter.
///
/// # Errors
/// The first thing that speaks against the signer, after all certificates that fit were tried.
/// Ed25519 without signed attributes needs the content itself: [`verify_content`].
pub fn verify(
    signed: &SignedData,
    signer: &SignerInfo,
    content_digest: &[u8],
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    let subject = Subject {
        digest: content_digest,
        parts: None,
    };
    verify_subject(signed, signer, subject, others)
}

/// Checks `signer` against content held in memory: `parts` are hashed as if they stood behind
/// each other.
///
/// # Errors
/// As [`verify`].
pub fn verify_content(
    signed: &SignedData,
    signer: &SignerInfo,
    parts: &[&[u8]],
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    let digest = signer.digest.ok_or(CmsError::Unsupported)?;
    let subject = Subject {
        digest: &digest.digest_parts(parts),
        parts: Some(parts),
    };
    verify_subject(signed, signer, subject, others)
}

/// Checks `counter`, one of the counter-signatures of `signer`: it covers the value of that
/// signature (RFC 5652 11.4).
///
/// # Errors
/// As [`verify`]; a counter-signature has no content type.
pub fn verify_counter(
    signed: &SignedData,
    signer: &SignerInfo,
    counter: &SignerInfo,
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    let digest = counter.digest.ok_or(CmsError::Unsupported)?;
    let parts = [signer.signature.as_slice()];
    let subject = Subject {
        digest: &digest.digest_parts(&parts),
        parts: Some(&parts),
    };
    if counter.signed_bytes.is_some() {
        check_digest(counter, subject.digest)?;
        if counter.content_type()?.is_some() {
            return Err(CmsError::ContentType);
        }
    }
    by_any_certificate(signed, counter, subject, others)
}

fn verify_subject(
    signed: &SignedData,
    signer: &SignerInfo,
    subject: Subject<'_>,
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    if signer.signed_bytes.is_some() {
        check_digest(signer, subject.digest)?;
        if signer.content_type()? != Some(signed.content_type) {
            return Err(CmsError::ContentType);
        }
    } else if signed.content_type != oid::DATA {
        return Err(CmsError::ContentType);
    }
    by_any_certificate(signed, signer, subject, others)
}

fn check_digest(signer: &SignerInfo, digest: &[u8]) -> Result<(), CmsError> {
    let stated = signer.message_digest()?.ok_or(CmsError::NoMessageDigest)?;
    if stated == digest {
        Ok(())
    } else {
        Err(CmsError::DigestMismatch)
    }
}

fn by_any_certificate(
    signed: &SignedData,
    signer: &SignerInfo,
    subject: Subject<'_>,
    others: &[Certificate],
) -> Result<VerifiedSigner, CmsError> {
    let digest = signer.digest.ok_or(CmsError::Unsupported)?;
    let candidates = signed
        .certificates
        .iter()
        .chain(others)
        .filter(|it| signer.signer.matches(it))
        .take(MOST_NAMESAKES);
    let mut problem = CmsError::NoCertificate;
    for certificate in candidates {
        match check(signer, digest, subject, certificate) {
            Ok(verified) => return Ok(verified),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

fn check(
    signer: &SignerInfo,
    digest: DigestAlgorithm,
    subject: Subject<'_>,
    certificate: &Certificate,
) -> Result<VerifiedSigner, CmsError> {
    let kind = certificate.public_key_info().kind;
    let algorithm = SignatureAlgorithm::resolve(&signer.algorithm, kind, Some(digest))?
        .ok_or(CmsError::Unsupported)?;
    let spki = certificate.spki();
    let outcome = match (&signer.signed_bytes, subject.parts) {
        (Some(bytes), _) => verify_attributes(spki, algorithm, bytes, &signer.signature),
        (None, Some(parts)) if algorithm == SignatureAlgorithm::Ed25519 => {
            key::verify(spki, algorithm, &parts.concat(), &signer.signature)
        }
        (None, _) if algorithm.digest() != digest => return Err(CmsError::Unsupported),
        (None, _) => key::verify_digest(spki, algorithm, subject.digest, &signer.signature),
    };
    outcome.map_err(|error| match error {
        VerifyError::Unsupported | VerifyError::KeyMismatch => CmsError::Unsupported,
        VerifyError::BadSignature => CmsError::BadSignature,
        VerifyError::Malformed(what) => CmsError::Malformed(what),
    })?;
    Ok(VerifiedSigner {
        certificate: certificate.clone(),
        algorithm,
        binding: binding(signer, digest, certificate)?,
    })
}

/// What the signed attributes say of algorithms and certificate.
fn binding(
    signer: &SignerInfo,
    digest: DigestAlgorithm,
    certificate: &Certificate,
) -> Result<CertificateBinding, CmsError> {
    if !algorithms_agree(signer, digest)? {
        return Err(Malformed("the signed attributes name other algorithms").into());
    }
    let mut binding = CertificateBinding::Absent;
    for (hash_algorithm, hash) in signer.certificate_digests()? {
        match hash_algorithm {
            Some(it) if it.digest(certificate.der()) == hash => binding = CertificateBinding::Bound,
            Some(_) => return Err(CmsError::CertificateMismatch),
            None if binding == CertificateBinding::Absent => binding = CertificateBinding::Unknown,
            None => {}
        }
    }
    Ok(binding)
}

/// A signature value that was verified: which key made it, how, and over which attributes.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedValue<'a> {
    /// Whose key.
    pub certificate: &'a Certificate,
    /// How.
    pub algorithm: SignatureAlgorithm,
    /// The signed attributes, as they were signed.
    pub attributes: &'a [u8],
    /// The value.
    pub signature: &'a [u8],
}

/// Whether a structure that was put together around a verified value says what the value says: for whoever makes
/// signatures, so that the value is not verified twice. Judge what others made by [`verify`].
///
/// # Errors
/// As [`verify`]; [`CmsError::BadSignature`] where the structure holds another value, other attributes, or names another
/// algorithm.
pub fn agrees(
    signed: &SignedData,
    content_digest: &[u8],
    value: VerifiedValue<'_>,
) -> Result<CertificateBinding, CmsError> {
    let [signer] = signed.signers.as_slice() else {
        return Err(Malformed("not one signer").into());
    };
    let certificate = value.certificate;
    let digest = signer.digest.ok_or(CmsError::Unsupported)?;
    let kind = certificate.public_key_info().kind;
    let algorithm = SignatureAlgorithm::resolve(&signer.algorithm, kind, Some(digest))?;
    let is_same = signer.signature == value.signature
        && signer.signed_bytes.as_deref() == Some(value.attributes)
        && algorithm == Some(value.algorithm)
        && digest == value.algorithm.digest();
    if !is_same {
        return Err(CmsError::BadSignature);
    }
    check_digest(signer, content_digest)?;
    if signer.content_type()? != Some(signed.content_type) {
        return Err(CmsError::ContentType);
    }
    if !(signer.signer.matches(certificate) && signed.certificates.contains(certificate)) {
        return Err(CmsError::NoCertificate);
    }
    binding(signer, digest, certificate)
}

/// The signature covers the DER of the attributes (RFC 5652 5.4). Makers that write them in
/// another way sign either what they wrote or its DER; both say the same.
fn verify_attributes(
    spki: &[u8],
    algorithm: SignatureAlgorithm,
    bytes: &[u8],
    signature: &[u8],
) -> Result<(), VerifyError> {
    let as_written = key::verify(spki, algorithm, bytes, signature);
    if as_written != Err(VerifyError::BadSignature) {
        return as_written;
    }
    let der = Tlv::read_all(bytes)?.to_der()?;
    if der == bytes {
        return as_written;
    }
    key::verify(spki, algorithm, &der, signature)
}

/// The attribute of RFC 6211, where it stands, repeats both algorithms: nobody has exchanged them.
fn algorithms_agree(signer: &SignerInfo, digest: DigestAlgorithm) -> Result<bool, CmsError> {
    let Some(value) = signer.signed_value(oid::ALGORITHM_PROTECTION)? else {
        return Ok(true);
    };
    let mut fields = Reader::new(value).sequence()?;
    let stated = DigestAlgorithm::from_identifier(fields.expect(tag::SEQUENCE)?.full)?;
    let Some(algorithm) = fields.optional(tag::constructed(1))? else {
        return Ok(false);
    };
    let signed_with = Tlv::read_all(&signer.algorithm)?;
    Ok(stated == Some(digest) && algorithm.body == signed_with.body)
}
