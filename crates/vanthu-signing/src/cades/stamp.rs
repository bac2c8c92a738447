//! A time-stamp in a signature file between its digest and its token: over the signature, or over all of it.

use vanthu_pki::{DigestAlgorithm, asn1, oid, tsp};

use super::raw::Raw;
use crate::embed::EmbedError;
use crate::hash;
use crate::longterm::stamp::{TimestampTrust, accept_token};
use crate::state::{put_part, take_part};

const MAGIC: &[u8] = b"vanthu-detached-stamp-1";

/// A signature file that waits for a time-stamp. Survives a restart as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedDetachedTimestamp {
    /// The signature file with everything but the token.
    pub(crate) file: Vec<u8>,
    /// The index that goes into an archive time-stamp; empty for one over the signature alone.
    pub(crate) hash_index: Vec<u8>,
    pub(crate) imprint: Vec<u8>,
}

impl PreparedDetachedTimestamp {
    /// The digest that a service is asked to stamp.
    pub fn digest(&self) -> &[u8] {
        &self.imprint
    }

    /// With which algorithm it was made.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        hash::algorithm_of(&self.imprint)
    }

    /// The question for a time-stamp service (RFC 3161, 2.4.1): `to_der` is what is sent.
    pub fn request(&self, nonce: Option<u64>) -> tsp::TimestampRequest {
        tsp::TimestampRequest::new(self.digest_algorithm(), &self.imprint, nonce)
    }

    /// The state as bytes, to be continued after a restart.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for part in [&self.file, &self.hash_index, &self.imprint] {
            put_part(&mut out, part);
        }
        out
    }

    /// Reads back [`PreparedDetachedTimestamp::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmbedError> {
        Self::read(bytes).ok_or(EmbedError::DamagedState)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let state = Self {
            file: take_part(&mut rest)?.to_vec(),
            hash_index: take_part(&mut rest)?.to_vec(),
            imprint: take_part(&mut rest)?.to_vec(),
        };
        rest.is_empty().then_some(state)
    }

    /// The signature file with the token. It must stamp this digest and come from a service that `trust` accepts.
    pub fn embed(self, token: &[u8], trust: &TimestampTrust) -> Result<Vec<u8>, EmbedError> {
        accept_token(&self.request(trust.nonce), token, trust)?;
        let mut file = Raw::read(&self.file).map_err(|_| EmbedError::DamagedState)?;
        let [signer] = file.signers.as_mut_slice() else {
            return Err(EmbedError::DamagedState);
        };
        if self.hash_index.is_empty() {
            signer.add_unsigned(&asn1::oid(oid::SIGNATURE_TIMESTAMP), token);
        } else {
            let token = with_index(token, &self.hash_index)?;
            signer.add_unsigned(&asn1::oid(oid::ARCHIVE_TIMESTAMP_V3), &token);
        }
        Ok(file.write())
    }
}

/// The token with the hash index as its unsigned attribute (ETSI EN 319 122-1, 5.5.2).
fn with_index(token: &[u8], index: &[u8]) -> Result<Vec<u8>, EmbedError> {
    let mut token = Raw::read(token).map_err(EmbedError::timestamp)?;
    let [signer] = token.signers.as_mut_slice() else {
        return Err(EmbedError::timestamp("a time-stamp has one signer"));
    };
    signer.add_unsigned(&asn1::oid(oid::ATS_HASH_INDEX_V3), index);
    Ok(token.write())
}
