//! Batches for the device at the server: what each will sign, and the clerk's confirmation of exactly that.

use vanthu_domain::Moment;
use vanthu_domain::id::SigningId;

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record};

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealBatchRow {
    /// The session.
    pub signing_id: SigningId,
    /// The code of the sealer.
    pub sealer: String,
    /// What is to be confirmed: the digest of the list, in hexadecimal.
    pub list: String,
    /// The confirmation, in hexadecimal; none before.
    pub confirmation: Option<String>,
    /// When.
    pub confirmed_at: Option<Moment>,
    /// After this moment nothing is signed.
    pub deadline: Option<Moment>,
    /// How it ended, by a code.
    pub ending: Option<String>,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    SealBatchRow, "seal_batches", [signing_id];
    signing_id, sealer, list, confirmation, confirmed_at, deadline, ending, updated_at
);

/// Puts a batch down.
pub async fn insert(tx: &mut Tx, row: &SealBatchRow) -> Result<()> {
    tx.insert(row).await
}

/// Writes a batch anew. The session's row is locked by whoever does.
pub async fn update(tx: &mut Tx, row: &SealBatchRow) -> Result<()> {
    tx.update(row, &[]).await
}

/// The batch of a session, where it has one.
pub async fn find(tx: &mut Tx, signing_id: &SigningId) -> Result<Option<SealBatchRow>> {
    tx.first("WHERE signing_id = $1", args![signing_id]).await
}

/// The batch of a session, which must be there.
pub async fn load(tx: &mut Tx, signing_id: &SigningId) -> Result<SealBatchRow> {
    find(tx, signing_id)
        .await?
        .ok_or_else(|| missing::<SealBatchRow>(signing_id))
}
