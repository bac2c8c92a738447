//! From the prepared revision to the signed file: check the returned signature, then put it in its gap.

use std::io::{Read, Seek, Write};

use vanthu_pki::{Certificate, SignatureAlgorithm, cms};

use crate::hash::{self, Hashed};
use crate::held::Held;
use crate::pending::Pending;
use crate::problem::PdfProblem;
use crate::revision::{Filled, Revision};
use crate::syntax::source::FileSource;
use crate::update::Update;

const MAGIC: &[u8] = b"vanthu-prepared-1";

/// Why a signature or time-stamp cannot be put into the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// The raw signature does not verify with the certificate the document was prepared for.
    #[error("the signature does not verify with the certificate")]
    BadSignature,
    /// The time-stamp does not stamp this, or comes from nobody who may.
    #[error("the time-stamp is not accepted: {why}")]
    BadTimestamp {
        /// What is wrong with it.
        why: String,
    },
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
    /// The base cannot be read.
    #[error(transparent)]
    Pdf(#[from] PdfProblem),
    /// The signed file cannot be written.
    #[error("the signed file cannot be written: {why}")]
    Unwritable {
        /// What the system says.
        why: String,
    },
}

impl EmbedError {
    pub(crate) fn unwritable(why: &std::io::Error) -> Self {
        Self::Unwritable {
            why: why.to_string(),
        }
    }

    pub(crate) fn timestamp(why: impl ToString) -> Self {
        Self::BadTimestamp {
            why: why.to_string(),
        }
    }
}

/// A document with room for a signature; nothing is signed yet. Survives a restart as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    revision: Revision,
    pending: Pending,
}

/// A document whose signature value is known and checked, before time-stamp and embedding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    prepared: Prepared,
    signature: Vec<u8>,
}

impl Prepared {
    pub(crate) fn new(
        update: Update<'_, '_>,
        hashed: Hashed,
        certificate: &Certificate,
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, PdfProblem> {
        let revision = Revision::write(update, hashed)?;
        let signed_attributes = cms::signed_attributes(revision.digest(), certificate, algorithm);
        Ok(Self {
            revision,
            pending: Pending::new(signed_attributes, certificate, algorithm),
        })
    }

    /// The signed attributes: the bytes the key signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.pending.to_be_signed()
    }

    /// The digest over the document without the gap, under the digest of [`Prepared::algorithm`]; it stands in the
    /// signed attributes.
    pub fn document_digest(&self) -> &[u8] {
        self.revision.digest()
    }

    /// The certificate the document was prepared for.
    pub fn certificate(&self) -> &Certificate {
        self.pending.certificate()
    }

    /// The algorithm the key must use.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.pending.algorithm()
    }

    /// What the whole file looks like before it is signed: for previews.
    pub fn preview(&self, base: &[u8]) -> Vec<u8> {
        [base, self.revision.tail()].concat()
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        self.revision.save(&mut out, &self.pending.parts());
        out
    }

    /// Reads back [`Prepared::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        Self::read(bytes).ok_or(EmbedError::DamagedState)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (revision, parts) = Revision::load(bytes.strip_prefix(MAGIC)?)?;
        Some(Self {
            revision,
            pending: Pending::read(parts)?,
        })
    }

    /// Accepts the signature value once it verifies with the certificate.
    pub fn complete(self, signature: &[u8]) -> Result<Completed, EmbedError> {
        self.pending.check(signature)?;
        Ok(Completed {
            prepared: self,
            signature: signature.to_vec(),
        })
    }
}

impl Completed {
    /// SHA-256 over the signature value: what a time-stamp service is asked to stamp.
    pub fn timestamp_imprint(&self) -> [u8; 32] {
        hash::sha256_parts(&[&self.signature])
    }

    /// The signed file: `base` unchanged, followed by the new revision.
    pub fn embed(
        self,
        base: &[u8],
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, EmbedError> {
        self.sign(chain, timestamp_token)?.behind(base)
    }

    /// As [`Completed::embed`], written behind the base without a copy of it.
    pub fn embed_onto(
        self,
        base: Held,
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, EmbedError> {
        self.sign(chain, timestamp_token)?.onto(base)
    }

    /// As [`Completed::embed`], for a base that stays where it lies: the signed file is written to `out`, in memory
    /// that does not grow with it. Gives its length. After an error what was written is to be thrown away.
    pub fn embed_file<R: Read + Seek>(
        self,
        base: &FileSource<R>,
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
        out: &mut dyn Write,
    ) -> Result<u64, EmbedError> {
        self.sign(chain, timestamp_token)?.copy(base, out)
    }

    /// As [`Completed::embed`], giving only what is to be appended to `base`.
    pub fn embed_tail<R: Read + Seek>(
        self,
        base: &FileSource<R>,
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, EmbedError> {
        self.sign(chain, timestamp_token)?.tail_for(base)
    }

    /// Puts the CMS structure together, and judges it like a stranger's before it is written.
    fn sign(
        self,
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Filled, EmbedError> {
        let prepared = self.prepared;
        let digest = prepared.revision.digest();
        let cms = prepared
            .pending
            .assemble(digest, &self.signature, chain, timestamp_token)?;
        prepared.revision.fill(&cms)
    }
}

/// Whether `longer` is `base` with something behind it: nothing of the base was touched.
///
/// Clause: TG-5.1
pub fn is_extension(base: &[u8], longer: &[u8]) -> bool {
    longer.len() > base.len() && longer.starts_with(base)
}
