//! A document time-stamp between its digest and its token (dấu thời gian của văn bản).

use std::io::{Read, Seek, Write};

use serde::{Deserialize, Serialize};
use vanthu_pki::path::{self, PathOptions, Purpose, RevocationData, RevocationMode};
use vanthu_pki::{Certificate, DigestAlgorithm, Time, tsp};

use crate::embed::EmbedError;
use crate::hash;
use crate::revision::{Filled, Revision};
use crate::syntax::source::FileSource;

const MAGIC: &[u8] = b"vanthu-stamp-1";

/// The document time-stamp that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocTimestampRequest {
    /// Name of its field, without a period; a number is added when it is taken.
    pub field_name: String,
    /// Digest that the token will hold: SHA-256, SHA-384 or SHA-512.
    pub digest: DigestAlgorithm,
    /// Room for the token with its certificates.
    pub room_bytes: usize,
    /// When: written into the entries of the evidence store.
    pub at: Time,
}

impl DocTimestampRequest {
    /// The usual one: SHA-256, 16 KiB of room.
    pub fn at(at: Time) -> Self {
        Self {
            field_name: "DauThoiGian".to_owned(),
            digest: DigestAlgorithm::Sha256,
            room_bytes: 16 << 10,
            at,
        }
    }
}

/// From whom a token is accepted.
#[derive(Debug, Clone, Default)]
pub struct TimestampTrust {
    /// Where the path of the service's certificate must end.
    pub anchors: Vec<Certificate>,
    /// Certificates for building it, besides those in the token.
    pub intermediates: Vec<Certificate>,
    /// What is known about revocation; what is not known does not count here.
    pub revocation: RevocationData,
    /// The nonce of the request.
    pub nonce: Option<u64>,
}

/// A file with room for a document time-stamp. Survives a restart as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedTimestamp {
    revision: Revision,
}

impl PreparedTimestamp {
    pub(crate) fn new(revision: Revision) -> Self {
        Self { revision }
    }

    /// The digest over everything but the room for the token: what a service is asked to stamp.
    pub fn digest(&self) -> &[u8] {
        self.revision.digest()
    }

    /// With which algorithm it was made.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        hash::algorithm_of(self.revision.digest())
    }

    /// The question for a time-stamp service (RFC 3161, 2.4.1): `to_der` is what is sent.
    pub fn request(&self, nonce: Option<u64>) -> tsp::TimestampRequest {
        tsp::TimestampRequest::new(self.digest_algorithm(), self.digest(), nonce)
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        self.revision.save(&mut out, &[]);
        out
    }

    /// Reads back [`PreparedTimestamp::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        bytes
            .strip_prefix(MAGIC)
            .and_then(Revision::load::<0>)
            .map(|(revision, [])| Self { revision })
            .ok_or(EmbedError::DamagedState)
    }

    /// The stamped file: `base` unchanged, followed by the new revision. The token must stamp this digest and come
    /// from a service that `trust` accepts; else nothing is written.
    pub fn embed(
        self,
        base: &[u8],
        token: &[u8],
        trust: &TimestampTrust,
    ) -> Result<Vec<u8>, EmbedError> {
        self.accept(token, trust)?.behind(base)
    }

    /// As [`PreparedTimestamp::embed`], written to `out`. After an error what was written is to be thrown away.
    pub fn embed_file<R: Read + Seek>(
        self,
        base: &FileSource<R>,
        token: &[u8],
        trust: &TimestampTrust,
        out: &mut dyn Write,
    ) -> Result<u64, EmbedError> {
        self.accept(token, trust)?.copy(base, out)
    }

    /// As [`PreparedTimestamp::embed`], giving only what is to be appended to `base`.
    pub fn embed_tail<R: Read + Seek>(
        self,
        base: &FileSource<R>,
        token: &[u8],
        trust: &TimestampTrust,
    ) -> Result<Vec<u8>, EmbedError> {
        self.accept(token, trust)?.tail_for(base)
    }

    fn accept(self, token: &[u8], trust: &TimestampTrust) -> Result<Filled, EmbedError> {
        accept_token(&self.request(trust.nonce), token, trust)?;
        self.revision.fill(token)
    }
}

/// The token answers `asked` and comes from a service that `trust` accepts.
pub(crate) fn accept_token(
    asked: &tsp::TimestampRequest,
    token: &[u8],
    trust: &TimestampTrust,
) -> Result<(), EmbedError> {
    let verified =
        tsp::verify_answer_to(asked, token, &trust.intermediates).map_err(EmbedError::timestamp)?;
    let mut others = verified.certificates.clone();
    others.extend_from_slice(&trust.intermediates);
    let options = PathOptions {
        purpose: Purpose::TimeStamping,
        revocation: RevocationMode::WhenKnown,
        ..PathOptions::default()
    };
    let path = path::validate_with(
        &verified.certificate,
        &others,
        &trust.anchors,
        verified.info.time,
        &trust.revocation,
        &options,
    );
    if !path.is_valid() {
        let why = format!("the service is not trusted: {:?}", path.failures);
        return Err(EmbedError::timestamp(why));
    }
    Ok(())
}
