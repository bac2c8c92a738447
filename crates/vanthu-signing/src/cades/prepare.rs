//! Prepares a detached signature and puts it together, with the key elsewhere in between.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use vanthu_pki::{Certificate, DigestAlgorithm, SignatureAlgorithm, Time, cms, tsp};

use crate::content::Digests;
use crate::embed::EmbedError;
use crate::hash;
use crate::pending::Pending;
use crate::state::{put_part, take_part};

const MAGIC: &[u8] = b"vanthu-detached-1";

/// The detached signature that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetachedRequest {
    /// `signing-time`, the time the signer claims (ETSI EN 319 122-1, 5.2.1).
    pub at: Time,
    /// `mime-type`, the media type of the file (ETSI EN 319 122-1, 5.2.4.2), as `text/csv`.
    pub mime_type: Option<String>,
}

/// Why a detached signature cannot be prepared or extended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetachedError {
    /// Only algorithms over SHA-256, SHA-384 and SHA-512 are used for signing here.
    #[error("the algorithm is not used for signing")]
    AlgorithmUnsupported,
    /// The certificate has a key of another kind.
    #[error("the certificate cannot be used")]
    CertificateUnusable,
    /// The file cannot be read.
    #[error("the file cannot be read: {why}")]
    Unreadable {
        /// What the system says.
        why: String,
    },
    /// The signature file cannot be read.
    #[error("the signature cannot be read: {why}")]
    SignatureUnreadable {
        /// What is wrong with it.
        why: String,
    },
    /// A signature file with several signers is judged, but not extended.
    #[error("the signature file holds {signers} signatures, not one")]
    NotOneSigner {
        /// How many.
        signers: usize,
    },
    /// The signature covers another file.
    #[error("the file is not the one that was signed")]
    OtherContent,
}

impl DetachedError {
    pub(crate) fn unreadable(why: &io::Error) -> Self {
        Self::Unreadable {
            why: why.to_string(),
        }
    }
}

/// A detached signature before its value is known. Survives a restart as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedDetached {
    digest: Vec<u8>,
    pending: Pending,
}

/// A detached signature whose value is known and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedDetached {
    prepared: PreparedDetached,
    signature: Vec<u8>,
}

/// Reads `content` once to its end, in memory that does not grow with it, and gives what the key is to sign.
///
/// ETSI EN 319 122-1, 6: the signed attributes of a baseline signature.
///
/// ```
/// use vanthu_signing::{DetachedRequest, ValidationInput, prepare_detached, validate_detached};
///
/// # use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
/// # use vanthu_pki::{SoftKey, Time};
/// # let now = Time::from_unix(1_795_309_923);
/// # let validity = Validity { from: now.plus_days(-100), to: now.plus_days(1000) };
/// # let root = Authority::root(SoftKey::generate_p256()?, "Gốc diễn tập", validity, 1)?;
/// # let key = SoftKey::generate_p256()?;
/// # let person = PersonSubject { full_name: "Lê Thị Mẫu".to_owned(), ..PersonSubject::default() };
/// # let certificate = root.person(&person, &key.spki(), validity, 2, &Endpoints::default())?;
/// let file = b"so,ngay\n152,22/11/2026\n";
/// let request = DetachedRequest { at: now, mime_type: Some("text/csv".to_owned()) };
/// let algorithm = key.default_algorithm();
/// let prepared = prepare_detached(&mut file.as_slice(), &request, &certificate, algorithm)?;
/// let value = key.sign(algorithm, prepared.to_be_signed())?; // in earnest: elsewhere, maybe tomorrow
/// let p7s = prepared.complete(&value)?.finish(&[root.certificate().clone()], None)?;
///
/// // Nothing is known about revocation here: it does not count.
/// let input = ValidationInput {
///     anchors: vec![root.certificate().clone()],
///     revocation: vanthu_pki::path::RevocationMode::WhenKnown,
///     at: now,
///     ..ValidationInput::default()
/// };
/// assert!(validate_detached(&mut file.as_slice(), &p7s, &input)?.is_passed());
/// assert!(!validate_detached(&mut b"another file".as_slice(), &p7s, &input)?.is_passed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prepare_detached(
    content: &mut dyn Read,
    request: &DetachedRequest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
) -> Result<PreparedDetached, DetachedError> {
    fits(certificate, algorithm)?;
    let digests =
        Digests::of(content, &[algorithm.digest()]).map_err(|it| DetachedError::unreadable(&it))?;
    let digest = digests.get(algorithm.digest()).unwrap_or_default();
    Ok(PreparedDetached::over(
        digest,
        request,
        certificate,
        algorithm,
    ))
}

/// The key signs with this algorithm, and the algorithm is one that is used here.
pub(crate) fn fits(
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
) -> Result<(), DetachedError> {
    if hash::engine(algorithm.digest()).is_none() {
        return Err(DetachedError::AlgorithmUnsupported);
    }
    let key = certificate.public_key_info();
    if key.kind != algorithm.key_kind() || key.is_weak() {
        return Err(DetachedError::CertificateUnusable);
    }
    Ok(())
}

impl PreparedDetached {
    pub(crate) fn over(
        digest: &[u8],
        request: &DetachedRequest,
        certificate: &Certificate,
        algorithm: SignatureAlgorithm,
    ) -> Self {
        let mime_type = request.mime_type.as_deref();
        let attributes =
            cms::cades_attributes(digest, certificate, algorithm, request.at, mime_type);
        Self {
            digest: digest.to_vec(),
            pending: Pending::new(attributes, certificate, algorithm),
        }
    }

    /// The signed attributes: the bytes the key signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.pending.to_be_signed()
    }

    /// The digest of the file under the digest of [`PreparedDetached::algorithm`].
    pub fn content_digest(&self) -> &[u8] {
        &self.digest
    }

    /// The certificate it was prepared for.
    pub fn certificate(&self) -> &Certificate {
        self.pending.certificate()
    }

    /// The algorithm the key must use.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.pending.algorithm()
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put_part(&mut out, &self.digest);
        for part in self.pending.parts() {
            put_part(&mut out, part);
        }
        out
    }

    /// Reads back [`PreparedDetached::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        Self::read(bytes).ok_or(EmbedError::DamagedState)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let digest = take_part(&mut rest)?.to_vec();
        let mut parts: [&[u8]; 3] = [&[]; 3];
        for part in &mut parts {
            *part = take_part(&mut rest)?;
        }
        let pending = Pending::read(parts)?;
        rest.is_empty().then_some(Self { digest, pending })
    }

    /// Accepts the signature value once it verifies with the certificate.
    pub fn complete(self, signature: &[u8]) -> Result<CompletedDetached, EmbedError> {
        self.pending.check(signature)?;
        Ok(CompletedDetached {
            prepared: self,
            signature: signature.to_vec(),
        })
    }
}

impl CompletedDetached {
    /// The question for a time-stamp service (RFC 3161, 2.4.1) about the signature value: `to_der` is what is sent.
    pub fn timestamp_request(&self, nonce: Option<u64>) -> tsp::TimestampRequest {
        let imprint = hash::sha256_parts(&[&self.signature]);
        tsp::TimestampRequest::new(DigestAlgorithm::Sha256, &imprint, nonce)
    }

    /// The signature file (`.p7s`), DER: level B-B, with a time-stamp B-T. `chain` holds the certificates above the
    /// signer's.
    pub fn finish(
        self,
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, EmbedError> {
        let PreparedDetached { digest, pending } = self.prepared;
        pending.assemble(&digest, &self.signature, chain, timestamp_token)
    }
}
