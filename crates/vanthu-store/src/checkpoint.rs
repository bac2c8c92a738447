//! Signed checkpoints of the ledger, which are only ever added to.

use vanthu_domain::Moment;
use vanthu_domain::checkpoint::Checkpoint;

use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record};

/// A checkpoint with its signature.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CheckpointRow {
    /// Its place among the checkpoints, from 1 without gaps.
    pub number: i64,
    /// Whose ledger it is.
    pub installation: String,
    /// The place of the entry that was the last one.
    pub seq: i64,
    /// That entry's hash, in hexadecimal.
    pub hash: String,
    /// When.
    pub at: Moment,
    /// The installation's signature, in hexadecimal.
    pub signature: String,
}

record!(
    CheckpointRow, "ledger_checkpoints", [number];
    number, installation, seq, hash, at, signature
);

impl CheckpointRow {
    /// With its signature.
    pub fn new(checkpoint: Checkpoint, signature: String) -> Self {
        Self {
            number: checkpoint.number,
            installation: checkpoint.installation,
            seq: checkpoint.seq,
            hash: checkpoint.hash,
            at: checkpoint.at,
            signature,
        }
    }

    /// What is signed.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            number: self.number,
            installation: self.installation.clone(),
            seq: self.seq,
            hash: self.hash.clone(),
            at: self.at,
        }
    }
}

/// Adds a checkpoint; tells whether its number was still free.
pub async fn insert(tx: &mut Tx, row: &CheckpointRow) -> Result<bool> {
    tx.insert_unless_taken(row).await
}

/// The last checkpoint.
pub async fn find_last(tx: &mut Tx) -> Result<Option<CheckpointRow>> {
    tx.first("ORDER BY number DESC LIMIT 1", args![]).await
}

/// All checkpoints, the oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<CheckpointRow>> {
    tx.list("ORDER BY number", args![]).await
}
