//! The drafter gives a draft up (hủy dự thảo). It stays readable; it gets no number.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text;

use crate::outgoing::save::refuse_secret;
use crate::{App, AppError, Caller};

/// Gives it up, with the reason.
pub async fn withdraw(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
    reason: &str,
) -> Result<(), AppError> {
    let reason = text::clean(reason);
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::OpinionRequired));
    }
    refuse_secret(app, caller, "reason", &reason).await?;
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::Withdraw, seen_version).await?;
    row.state = row.state.withdraw(work.now, reason.clone())?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    work.record(
        Act::Withdrawn,
        &row.outgoing_id,
        &[],
        json!({"reason": reason}),
    )
    .await?;
    work.commit().await
}
