//! Whether the tool in one browser signs digests: tried once with a text that signs no document, and remembered.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::ToolTrialId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_remote::local::DigestSupport;
use vanthu_remote::local::digest::{self, Probe};
use vanthu_remote::local::message::{Operation, ToolReply};
use vanthu_remote::secret::SecretBytes;
use vanthu_store::tool_signing::{self, ToolSupport, ToolTrialRow};

use super::open::offered;
use crate::signing::strange;
use crate::{App, AppError, Caller};

/// A trial takes no longer: an old answer proves nothing.
const SECONDS: i64 = 600;

/// What the page asks the tool.
#[derive(Debug)]
pub struct Trial {
    /// The trial's name; the browser keeps it.
    pub trial_id: ToolTrialId,
    /// Where the tool listens.
    pub address: String,
    /// The path of the socket.
    pub path: &'static str,
    /// The one frame to send.
    pub frame: SecretBytes,
}

/// Begins a trial.
pub async fn begin(app: &App, caller: &Caller) -> Result<Trial, AppError> {
    let mut work = app.begin(caller).await?;
    let address = offered(app, &mut work.tx, caller).await?;
    let row = ToolTrialRow {
        trial_id: ToolTrialId::new(work.now, work.random()),
        account_id: caller.actor.account_id.clone(),
        nonce: format!("{:032x}", work.random()),
        support: ToolSupport::Unknown,
        asked_at: work.now,
        answered_at: None,
    };
    tool_signing::insert_trial(&mut work.tx, &row).await?;
    work.commit().await?;
    Ok(Trial {
        frame: Probe::new(&row.nonce).frame(),
        trial_id: row.trial_id,
        address,
        path: Operation::SignMessage.path(),
    })
}

/// Takes the tool's answer. Somebody else's certificate in it is recorded, and nothing is remembered of such a tool.
///
/// Clause: KH-2
pub async fn answer(
    app: &App,
    caller: &Caller,
    trial_id: &ToolTrialId,
    frame: &str,
) -> Result<ToolSupport, AppError> {
    let mut tx = app.store.read().await?;
    let mut row = tool_signing::find_trial(&mut tx, trial_id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    drop(tx);
    if row.answered_at.is_some() || app.now() > row.asked_at.plus_seconds(SECONDS) {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    let reply = ToolReply::read(frame);
    if let Some(Ok(certificate)) = reply.as_ref().map(digest::certificate) {
        strange::tried(app, caller, &certificate).await?;
    }
    let found = reply.map_or(DigestSupport::Missing, |it| {
        Probe::new(&row.nonce).read(&it)
    });
    row.support = match found {
        DigestSupport::Works => ToolSupport::Works,
        DigestSupport::Missing => ToolSupport::Missing,
        DigestSupport::Unknown => ToolSupport::Unknown,
    };
    let mut work = app.begin(caller).await?;
    row.answered_at = Some(work.now);
    tool_signing::update_trial(&mut work.tx, &row).await?;
    let data = json!({"support": row.support.code()});
    work.record(Act::SigningToolTried, trial_id, &[], data)
        .await?;
    work.commit().await?;
    Ok(row.support)
}
