//! The clerk accepts a document (tiếp nhận): only what passed the examination.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::StatusCode;
use vanthu_domain::id::IncomingId;
use vanthu_domain::permission::Action;
use vanthu_domain::verdict::{LegalValue, LegalVerdict};
use vanthu_store::incoming::IncomingRow;

use crate::delivery::status::advance;
use crate::incoming::{keep, open_seen};
use crate::{App, AppError, Caller, Work};

/// Accepts it; the sender learns so (code 03).
///
/// Clause: TG-8.1a, TG-8.3a
pub async fn accept(
    app: &App,
    caller: &Caller,
    id: &IncomingId,
    seen_version: Option<i64>,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open_seen(&mut work, caller, id, Action::Accept, seen_version).await?;
    take(&mut work, caller, &mut row).await?;
    work.commit().await
}

/// The step itself. A document whose signatures could not be judged yet may be taken, and it is
/// recorded that they were not; one that failed may not.
pub(crate) async fn take(
    work: &mut Work<'_>,
    caller: &Caller,
    row: &mut IncomingRow,
) -> Result<(), AppError> {
    let verdict = verdict_of(row)?;
    if verdict.value != LegalValue::NotDetermined {
        verdict.acceptance()?;
    }
    row.state = row.state.clone().accept(work.now)?;
    keep(work, row).await?;
    if let Some(delivery_id) = &row.delivery_id {
        advance(
            work,
            delivery_id,
            StatusCode::Accepted,
            "",
            &caller.full_name,
        )
        .await?;
    }
    let undetermined = verdict.value == LegalValue::NotDetermined;
    let data = json!({"value": verdict.value.code(), "undetermined": undetermined});
    work.record(Act::Accepted, &row.incoming_id, &[], data)
        .await
}

fn verdict_of(row: &IncomingRow) -> Result<LegalVerdict, AppError> {
    let stored = row
        .verdict
        .clone()
        .ok_or_else(|| AppError::fault("accept", format!("{} has no verdict", row.incoming_id)))?;
    serde_json::from_value(stored).map_err(|error| AppError::fault("verdict", error))
}
