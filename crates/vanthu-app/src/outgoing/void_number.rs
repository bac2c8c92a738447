//! A number is made void before the document is sealed (hủy số). It stays in the register with its
//! reason, and is never given again.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text;
use vanthu_store::register;

use crate::outgoing::save::refuse_secret;
use crate::{App, AppError, Caller};

/// Makes it void; the document waits for another number.
///
/// Clause: TG-10.2a
pub async fn void_number(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
    reason: &str,
) -> Result<(), AppError> {
    let reason = text::clean(reason);
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::NumberVoidNeedsReason));
    }
    refuse_secret(app, caller, "reason", &reason).await?;
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::VoidNumber, seen_version).await?;
    let (state, number) = row.state.void_number(work.now)?;
    row.state = state;
    crate::outgoing::keep(&mut work, &mut row).await?;
    register::void(
        &mut work.tx,
        &number.register_id,
        number.number,
        &reason,
        caller.person_id(),
        work.now,
    )
    .await?;
    let data = json!({"number": number.notation, "reason": reason});
    work.record(Act::NumberVoided, &row.outgoing_id, &[], data)
        .await?;
    work.commit().await
}
