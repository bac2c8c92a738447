//! A draft goes back to its drafter with a reason (trả lại).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::outgoing::ReturnedDraft;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text;
use vanthu_store::opinion::OpinionKind;

use crate::outgoing::comment::write_opinion;
use crate::outgoing::save::refuse_secret;
use crate::{App, AppError, Caller};

/// What the head, the signer or the clerk says.
#[derive(Debug, Clone)]
pub struct GiveBack {
    /// The document.
    pub outgoing_id: OutgoingId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The reason; it must be given.
    pub reason: String,
}

/// Returns it. A signature that stands already is discarded with the file it was made on, because
/// what is changed afterwards must be signed anew (Decree 30/2020, Article 11(2)).
pub async fn give_back(app: &App, caller: &Caller, input: GiveBack) -> Result<(), AppError> {
    let reason = text::clean(&input.reason);
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::OpinionRequired));
    }
    refuse_secret(app, caller, "comment", &reason).await?;
    let mut work = app.begin(caller).await?;
    let mut row = super::open(
        &mut work,
        caller,
        &input.outgoing_id,
        Action::GiveBack,
        input.version,
    )
    .await?;
    let discarded = row.signed_blob.take();
    row.state = row.state.give_back(ReturnedDraft {
        by: caller.person_id().clone(),
        reason: reason.clone(),
        at: work.now,
    })?;
    write_opinion(&mut work, caller, &row, OpinionKind::Return, &reason).await?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    let link = format!("/outgoing/{}", row.outgoing_id);
    let args = json!({"subject": row.subject, "by": caller.full_name, "reason": reason});
    work.notify(&row.drafter_id, "draft-returned", args, link)
        .await?;
    let data = json!({"reason": reason, "discarded_signature": discarded});
    work.record(Act::ReturnedToDrafter, &row.outgoing_id, &[], data)
        .await?;
    work.commit().await
}
