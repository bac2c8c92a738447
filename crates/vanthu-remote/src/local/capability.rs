//! One-time addresses. Whoever has one may fetch or bring one file once the session allows it, without signing in: the
//! tool has no session of ours. So an address can't be guessed, is good for minutes, and what is kept of it is its hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use vanthu_pki::DigestAlgorithm;

use crate::provider::Seed;
use crate::secret::Secret;

/// What an address is for. The two are never the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// To fetch the file.
    Download,
    /// To bring it back.
    Upload,
}

/// What is kept of an address: SHA-256 of its secret part.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lock(String);

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lock")
    }
}

/// The secret part of an address, 43 letters, and what is kept of it.
pub fn key(door: Door, seed: &Seed) -> (Secret, Lock) {
    let label: &[u8] = match door {
        Door::Download => b"download",
        Door::Upload => b"upload",
    };
    let digest = DigestAlgorithm::Sha256.digest_parts(&[seed.0.as_slice(), label]);
    let key = URL_SAFE_NO_PAD.encode(digest);
    let lock = Lock(hash(&key));
    (Secret::new(key), lock)
}

impl Lock {
    /// Whether this is the key. Only hashes are compared, so the time it takes tells nothing of use.
    pub fn opens(&self, key: &str) -> bool {
        self.0 == hash(key)
    }
}

fn hash(key: &str) -> String {
    hex::encode(DigestAlgorithm::Sha256.digest(key.as_bytes()))
}
