//! The unit's head approves the content (duyệt nội dung; Decree 30/2020, Article 12(1)).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_store::opinion::OpinionKind;

use crate::outgoing::comment::write_opinion;
use crate::outgoing::save::refuse_secret;
use crate::outgoing::submit::tell_signer;
use crate::{App, AppError, Caller};

/// What the head says.
#[derive(Debug, Clone)]
pub struct Approve {
    /// The document.
    pub outgoing_id: OutgoingId,
    /// The version that the head saw.
    pub version: Option<i64>,
    /// Words with the approval; may be empty.
    pub words: String,
}

/// Approves; the document goes to the authorised person.
pub async fn approve(app: &App, caller: &Caller, input: Approve) -> Result<(), AppError> {
    refuse_secret(app, caller, "comment", &input.words).await?;
    let mut work = app.begin(caller).await?;
    let mut row = super::open(
        &mut work,
        caller,
        &input.outgoing_id,
        Action::Approve,
        input.version,
    )
    .await?;
    row.state = row.state.approve(work.now)?;
    write_opinion(&mut work, caller, &row, OpinionKind::Approve, &input.words).await?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    tell_signer(&mut work, &row).await?;
    work.record(
        Act::Approved,
        &row.outgoing_id,
        &[],
        json!({"words": input.words}),
    )
    .await?;
    work.commit().await
}
