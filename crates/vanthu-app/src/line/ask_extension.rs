//! The holder asks for more time (đề nghị gia hạn).

use serde_json::json;
use vanthu_domain::Day;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{ExtensionId, LineId};
use vanthu_domain::line::ExtensionState;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::line::{self, ExtensionRow};

use crate::incoming::register::not_past;
use crate::incoming::words;
use crate::line::open;
use crate::{App, AppError, Caller};

/// The longest reason, in characters.
const LONGEST: usize = 1000;

/// Asks whoever gave the line; one request waits at a time.
pub async fn ask_extension(
    app: &App,
    caller: &Caller,
    id: &LineId,
    until_day: Day,
    reason: &str,
) -> Result<ExtensionId, AppError> {
    let reason = words(app, caller, "Lý do gia hạn", reason, LONGEST).await?;
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::ExtensionReasonRequired));
    }
    let mut work = app.begin(caller).await?;
    let opened = open(&mut work, caller, id, Action::AskExtension, None).await?;
    let line = &opened.line;
    let Some(due_day) = line.due_day else {
        return Err(AppError::refused(RefusalCode::DeadlineRequired));
    };
    not_past(until_day, work.today())?;
    if until_day <= due_day {
        return Err(Refusal::new(RefusalCode::FieldMalformed)
            .with("field", "Thời hạn đề nghị")
            .with("why", format!("phải sau thời hạn hiện tại {due_day}"))
            .into());
    }
    if line::find_asked(&mut work.tx, id).await?.is_some() {
        return Err(AppError::refused(RefusalCode::ExtensionPending));
    }
    let row = ExtensionRow {
        extension_id: ExtensionId::new(work.now, work.random()),
        line_id: id.clone(),
        asked_by: caller.person_id().clone(),
        asked_at: work.now,
        until_day,
        reason: reason.clone(),
        state: ExtensionState::Asked,
        decided_by: None,
    };
    line::insert_extension(&mut work.tx, &row).await?;
    let incoming = &opened.incoming;
    let args = json!({
        "subject": incoming.subject, "number": incoming.notation, "by": caller.full_name,
        "until": until_day.to_string(), "reason": reason,
    });
    work.notify(&line.given_by, "extension-asked", args, opened.link())
        .await?;
    let about = [id.to_string(), incoming.incoming_id.to_string()];
    let data = json!({"until": until_day, "due_day": due_day, "reason": reason});
    work.record(Act::ExtensionAsked, &row.extension_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(row.extension_id)
}
