//! What the government's signing tool on signers' machines is asked to do, and what became of it.

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::id::{AccountId, SigningId, ToolTrialId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, args, record, words};

words! {
    /// Which way the tool signs.
    ToolFlow {
        /// The digest of what was prepared here.
        Digest = "digest",
        /// A file that it fetches and brings back.
        WholeFile = "whole-file",
    }

    /// Where an item stands with the tool.
    ToolState {
        /// Its turn has not come.
        Waiting = "waiting",
        /// The page has what the tool is asked.
        Created = "created",
        /// The tool has the file.
        Fetched = "fetched",
        /// The signed file is here, and verified.
        Uploaded = "uploaded",
        /// The signature has taken its place.
        Applied = "applied",
        /// It is over without a signature.
        Ended = "ended",
    }

    /// What is known of a tool about signing digests.
    ToolSupport {
        /// Nothing.
        Unknown = "unknown",
        /// It signs them.
        Works = "works",
        /// It doesn't.
        Missing = "missing",
    }
}

/// An item of a session, as the tool is asked to sign it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSigningRow {
    /// The session.
    pub signing_id: SigningId,
    /// The item.
    pub item_id: String,
    /// Which way.
    pub flow: ToolFlow,
    /// What the tool does, by the word of the protocol.
    pub operation: String,
    /// The number that the file must have.
    pub number: Option<String>,
    /// The day that the file must have, as it is written.
    pub day: Option<String>,
    /// Where it stands.
    pub state: ToolState,
    /// SHA-256 of the address to fetch from, in hexadecimal.
    pub download_hash: Option<String>,
    /// SHA-256 of the address to bring to, in hexadecimal.
    pub upload_hash: Option<String>,
    /// The session of the whole-file flow; no address is in it.
    pub session: Option<Value>,
    /// The page said that the tool's socket was open.
    pub opened: bool,
    /// The page said that it is closed.
    pub closed: bool,
    /// When its turn came.
    pub begun_at: Option<Moment>,
    /// How it ended without a signature, by a code.
    pub ending: Option<String>,
    /// What the tool said.
    pub said: Option<String>,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    ToolSigningRow, "tool_signings", [signing_id, item_id];
    signing_id, item_id, flow, operation, number, day, state, download_hash, upload_hash, session,
    opened, closed, begun_at, ending, said, updated_at
);

/// Puts an item down.
pub async fn insert(tx: &mut Tx, row: &ToolSigningRow) -> Result<()> {
    tx.insert(row).await
}

/// Writes an item anew where its state is still `from`.
pub async fn update(tx: &mut Tx, row: &ToolSigningRow, from: ToolState) -> Result<()> {
    tx.update(row, &[("state", from.arg())]).await
}

/// The item, where there is one.
pub async fn find(
    tx: &mut Tx,
    signing_id: &SigningId,
    item_id: &str,
) -> Result<Option<ToolSigningRow>> {
    tx.first(
        "WHERE signing_id = $1 AND item_id = $2",
        args![signing_id, item_id],
    )
    .await
}

/// The items of a session that were put down for the tool.
pub async fn list(tx: &mut Tx, signing_id: &SigningId) -> Result<Vec<ToolSigningRow>> {
    tx.list("WHERE signing_id = $1 ORDER BY item_id", args![signing_id])
        .await
}

/// The item that is fetched from the address of this hash.
pub async fn find_by_download(tx: &mut Tx, hash: &str) -> Result<Option<ToolSigningRow>> {
    tx.first("WHERE download_hash = $1", args![hash]).await
}

/// The item that is brought to the address of this hash.
pub async fn find_by_upload(tx: &mut Tx, hash: &str) -> Result<Option<ToolSigningRow>> {
    tx.first("WHERE upload_hash = $1", args![hash]).await
}

/// A trial of the tool in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolTrialRow {
    /// Its name, which the browser keeps.
    pub trial_id: ToolTrialId,
    /// Whose.
    pub account_id: AccountId,
    /// What makes its text new.
    pub nonce: String,
    /// What was found.
    pub support: ToolSupport,
    /// When it began.
    pub asked_at: Moment,
    /// When the tool had answered.
    pub answered_at: Option<Moment>,
}

record!(ToolTrialRow, "tool_trials", [trial_id]; trial_id, account_id, nonce, support, asked_at, answered_at);

/// Begins a trial.
pub async fn insert_trial(tx: &mut Tx, row: &ToolTrialRow) -> Result<()> {
    tx.insert(row).await
}

/// Writes a trial anew.
pub async fn update_trial(tx: &mut Tx, row: &ToolTrialRow) -> Result<()> {
    tx.update(row, &[]).await
}

/// The trial, where there is one.
pub async fn find_trial(tx: &mut Tx, trial_id: &ToolTrialId) -> Result<Option<ToolTrialRow>> {
    tx.first("WHERE trial_id = $1", args![trial_id]).await
}

/// The trial, which must be there.
pub async fn load_trial(tx: &mut Tx, trial_id: &ToolTrialId) -> Result<ToolTrialRow> {
    find_trial(tx, trial_id)
        .await?
        .ok_or_else(|| missing::<ToolTrialRow>(trial_id))
}

/// What was found of an account's tools about signing digests no longer holds.
pub async fn distrust_trials(tx: &mut Tx, account_id: &AccountId) -> Result<()> {
    let sql =
        "UPDATE tool_trials SET support = 'missing' WHERE account_id = $1 AND support = 'works'";
    tx.run(sql, args![account_id]).await?;
    Ok(())
}
