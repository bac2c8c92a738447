//! A session ends without a signature: refused, wrong PIN, given up, or out of time.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::signing::{self, SessionState, SigningRow};

use crate::signing::by_token;
use crate::{App, AppError, Caller};

/// What an agent says when it was shown something else than it was to sign: that concerns more than the session.
const MISMATCHES: [&str; 2] = ["digest-mismatch", "file-mismatch"];

/// The agent says why nothing (more) will be signed.
pub async fn cancel_by_agent(
    app: &App,
    signing_id: &SigningId,
    token: &str,
    reason: &str,
) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let row = by_token(&mut work, signing_id, token).await?;
    work.act_as(&row.account_id, &row.person_id);
    end(work, row, reason).await
}

/// The person gives the session up on the page.
pub async fn cancel_by_caller(
    app: &App,
    caller: &Caller,
    signing_id: &SigningId,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let row = signing::find_locked(&mut work.tx, signing_id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    if !matches!(row.state, SessionState::Open | SessionState::Fetched) {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    end(work, row, "given-up").await
}

async fn end(mut work: crate::Work<'_>, row: SigningRow, reason: &str) -> Result<(), AppError> {
    let reason: String = reason.chars().take(60).collect();
    let items = signing::list_items(&mut work.tx, &row.signing_id).await?;
    let about: Vec<String> = items.iter().map(|i| i.outgoing_id.to_string()).collect();
    super::end(
        &mut work,
        &row,
        SessionState::Cancelled,
        Some(reason.clone()),
    )
    .await?;
    let act = if MISMATCHES.contains(&reason.as_str()) {
        tracing::error!(signing.id = %row.signing_id, reason, "an agent was given something else than it was to sign");
        Act::SigningMismatch
    } else {
        Act::SigningFailed
    };
    work.record(act, &row.signing_id, &about, json!({"reason": reason}))
        .await?;
    work.commit().await
}
