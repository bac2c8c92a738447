//! From the prepared revision to the signed file: check the returned signature, then put it in its gap.

use vanthu_pki::{Certificate, SignatureAlgorithm, cms, verify};

use crate::prepare::{PrepareError, sha256_parts};
use crate::update::Tail;

const MAGIC: &[u8] = b"vanthu-prepared-1";

/// Why a signature cannot be put into the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// The raw signature does not verify with the certificate the document was prepared for.
    #[error("the signature does not verify with the certificate")]
    BadSignature,
    /// The file is not the one that was prepared.
    #[error("the document is not the one that was prepared")]
    OtherDocument,
    /// The signature with its chain and time-stamp is larger than the room reserved.
    #[error("the signature takes {needed} bytes, only {room} are reserved")]
    TooLarge {
        /// Bytes of the CMS structure.
        needed: usize,
        /// Bytes reserved.
        room: usize,
    },
    /// The saved state cannot be read.
    #[error("the saved signing state is damaged")]
    DamagedState,
}

/// A document with room for a signature; nothing is signed yet. Survives a restart as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    base_len: usize,
    base_sha256: [u8; 32],
    tail: Vec<u8>,
    gap: (usize, usize),
    document_digest: [u8; 32],
    signed_attributes: Vec<u8>,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
}

/// A document whose signature value is known and checked, before time-stamp and embedding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    prepared: Prepared,
    signature: Vec<u8>,
}

impl Prepared {
    pub(crate) fn new(
        base: &[u8],
        tail: Tail,
        certificate: &Certificate,
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, PrepareError> {
        let missing = || crate::PdfProblem::structure("the revision holds no signature");
        let gap = tail.gap.ok_or_else(missing)?;
        let (start, end) = (gap.0 - base.len(), gap.1 - base.len());
        let before = tail.bytes.get(..start).ok_or_else(missing)?;
        let after = tail.bytes.get(end..).ok_or_else(missing)?;
        let document_digest = sha256_parts(&[base, before, after]);
        let signed_attributes = cms::signed_attributes(&document_digest, certificate, algorithm);
        Ok(Self {
            base_len: base.len(),
            base_sha256: sha256_parts(&[base]),
            tail: tail.bytes,
            gap,
            document_digest,
            signed_attributes,
            certificate: certificate.clone(),
            algorithm,
        })
    }

    /// The signed attributes: the bytes the key signs.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.signed_attributes
    }

    /// SHA-256 over the document without the gap; it stands in the signed attributes.
    pub fn document_digest(&self) -> [u8; 32] {
        self.document_digest
    }

    /// The certificate the document was prepared for.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The algorithm the key must use.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What the whole file looks like before it is signed: for previews.
    pub fn preview(&self, base: &[u8]) -> Vec<u8> {
        [base, &self.tail].concat()
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = [self.base_len, self.gap.0, self.gap.1].map(|number| number as u64);
        let mut out = MAGIC.to_vec();
        for number in numbers {
            out.extend_from_slice(&number.to_be_bytes());
        }
        for part in [
            self.base_sha256.as_slice(),
            &self.document_digest,
            &self.signed_attributes,
            self.certificate.der(),
            self.algorithm.name().as_bytes(),
            &self.tail,
        ] {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }

    /// Reads back [`Prepared::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        Self::read(bytes).ok_or(EmbedError::DamagedState)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let base_len = take_number(&mut rest)?;
        let gap = (take_number(&mut rest)?, take_number(&mut rest)?);
        let base_sha256 = take_part(&mut rest)?.try_into().ok()?;
        let document_digest = take_part(&mut rest)?.try_into().ok()?;
        let signed_attributes = take_part(&mut rest)?.to_vec();
        let certificate = Certificate::from_der(take_part(&mut rest)?).ok()?;
        let algorithm = std::str::from_utf8(take_part(&mut rest)?).ok()?;
        let algorithm = SignatureAlgorithm::from_name(algorithm)?;
        let tail = take_part(&mut rest)?.to_vec();
        let inside = gap.0 >= base_len && gap.1 > gap.0 && gap.1 - base_len <= tail.len();
        (inside && rest.is_empty()).then_some(Self {
            base_len,
            base_sha256,
            tail,
            gap,
            document_digest,
            signed_attributes,
            certificate,
            algorithm,
        })
    }

    /// Accepts the signature value once it verifies with the certificate.
    pub fn complete(self, signature: &[u8]) -> Result<Completed, EmbedError> {
        verify(
            self.certificate.spki(),
            self.algorithm,
            &self.signed_attributes,
            signature,
        )
        .map_err(|_| EmbedError::BadSignature)?;
        Ok(Completed {
            prepared: self,
            signature: signature.to_vec(),
        })
    }
}

impl Completed {
    /// SHA-256 over the signature value: what a time-stamp service is asked to stamp.
    pub fn timestamp_imprint(&self) -> [u8; 32] {
        sha256_parts(&[&self.signature])
    }

    /// The signed file: `base` unchanged, followed by the new revision.
    pub fn embed(
        self,
        base: &[u8],
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, EmbedError> {
        let Prepared {
            base_len,
            base_sha256,
            tail,
            gap,
            signed_attributes,
            ..
        } = &self.prepared;
        if base.len() != *base_len || sha256_parts(&[base]) != *base_sha256 {
            return Err(EmbedError::OtherDocument);
        }
        let cms = cms::assemble(
            signed_attributes,
            self.prepared.algorithm,
            &self.signature,
            &self.prepared.certificate,
            chain,
            timestamp_token,
        );
        let room = (gap.1 - gap.0).saturating_sub(2) / 2;
        if cms.len() > room {
            return Err(EmbedError::TooLarge {
                needed: cms.len(),
                room,
            });
        }
        let mut file = [base, tail].concat();
        let digits = hex::encode(&cms);
        let hole = file
            .get_mut(gap.0 + 1..gap.0 + 1 + digits.len())
            .ok_or(EmbedError::DamagedState)?;
        hole.copy_from_slice(digits.as_bytes());
        Ok(file)
    }
}

/// Whether `longer` is `base` with something behind it: nothing of the base was touched.
///
/// Clause: TG-5.1
pub fn is_extension(base: &[u8], longer: &[u8]) -> bool {
    longer.len() > base.len() && longer.starts_with(base)
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let (head, tail) = rest.split_at_checked(8)?;
    *rest = tail;
    usize::try_from(u64::from_be_bytes(head.try_into().ok()?)).ok()
}

fn take_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_number(rest)?;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}
