//! Proofs of existence (POE, ETSI EN 319 102-1, 5.6.2.3): since when each object provably exists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vanthu_pki::{DigestAlgorithm, Time};

/// SHA-256 of an object's encoding; of a signature or time-stamp, of its signature value.
pub(super) type ObjectId = [u8; 32];

pub(super) fn id_of(bytes: &[u8]) -> ObjectId {
    let digest = DigestAlgorithm::Sha256.digest(bytes);
    <[u8; 32]>::try_from(digest.as_slice()).unwrap_or_default()
}

/// What kind of object is proven (ETSI TS 119 102-2, validation objects).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKind {
    /// A certificate.
    Certificate,
    /// A revocation list.
    Crl,
    /// An OCSP response.
    OcspResponse,
    /// A signature value.
    SignatureValue,
    /// A time-stamp token, by its signature value.
    Timestamp,
}

/// Where a proof comes from (ETSI TS 119 102-2, type of POE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoeSource {
    /// Derived during this validation, from a time-stamp.
    Validation,
    /// Given by the caller.
    Provided,
}

/// An object and since when it provably exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poe {
    /// What kind of object.
    pub object: ObjectKind,
    /// SHA-256 of the object, hexadecimal; of a signature or time-stamp, of its signature value.
    pub sha256: String,
    /// It existed at this time.
    pub time: Time,
    /// How that is known.
    pub source: PoeSource,
}

impl Poe {
    /// A proof that the caller has: the object encoded as `der` existed at `time`. For a signature or time-stamp,
    /// `der` is its signature value.
    pub fn provided(object: ObjectKind, der: &[u8], time: Time) -> Self {
        Self {
            object,
            sha256: hex::encode(id_of(der)),
            time,
            source: PoeSource::Provided,
        }
    }
}

/// The earliest proof of each object. Without one, an object exists since it is validated.
#[derive(Debug, Clone)]
pub(super) struct Poes {
    at: Time,
    known: BTreeMap<ObjectId, (Time, ObjectKind, PoeSource)>,
}

impl Poes {
    pub(super) fn new(at: Time) -> Self {
        Self {
            at,
            known: BTreeMap::new(),
        }
    }

    pub(super) fn time(&self, id: &ObjectId) -> Time {
        self.known
            .get(id)
            .map_or(self.at, |known| known.0.min(self.at))
    }

    pub(super) fn add(&mut self, id: ObjectId, kind: ObjectKind, time: Time, source: PoeSource) {
        let entry = self.known.entry(id).or_insert((time, kind, source));
        if time < entry.0 {
            *entry = (time, kind, source);
        }
    }

    pub(super) fn provided(&mut self, poe: &Poe) {
        let mut id = ObjectId::default();
        if hex::decode_to_slice(&poe.sha256, &mut id).is_ok() {
            self.add(id, poe.object, poe.time, PoeSource::Provided);
        }
    }

    pub(super) fn list(&self) -> Vec<Poe> {
        let entries = self.known.iter();
        entries
            .map(|(id, (time, object, source))| Poe {
                object: *object,
                sha256: hex::encode(id),
                time: *time,
                source: *source,
            })
            .collect()
    }
}
