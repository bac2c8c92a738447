//! The holder gives a line back to whoever gave it (trả lại việc), with a reason.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::LineId;
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::line::{self, LineRow};

use crate::incoming::words;
use crate::line::end::{drop_request, end_open};
use crate::line::open;
use crate::{App, AppError, Caller};

/// The longest reason, in characters.
const LONGEST: usize = 1000;

/// Gives it back; what was passed on from it ends. A document always has somebody who leads: where
/// its lead comes back, whoever gave it holds it again, to give it to another or to finish it.
pub async fn give_back(
    app: &App,
    caller: &Caller,
    id: &LineId,
    seen_version: Option<i64>,
    reason: &str,
) -> Result<(), AppError> {
    let reason = words(app, caller, "Lý do", reason, LONGEST).await?;
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::ReturnReasonRequired));
    }
    let mut work = app.begin(caller).await?;
    let mut opened = open(&mut work, caller, id, Action::ReturnLine, seen_version).await?;
    let below: Vec<LineRow> = opened.branch().into_iter().skip(1).collect();
    end_open(&mut work, caller, &below, LineState::close).await?;
    let line = &mut opened.line;
    line.state = line.state.give_back()?;
    line.closed_at = Some(work.now);
    line.result = Some(reason.clone());
    line::update(&mut work.tx, line).await?;
    drop_request(&mut work, caller, line).await?;
    if line.parent_line_id.is_none() && line.part == Part::Lead {
        let again = LineRow {
            line_id: LineId::new(work.now, work.random()),
            unit_id: None,
            person_id: Some(line.given_by.clone()),
            state: LineState::ToDo,
            created_at: work.now,
            started_at: None,
            closed_at: None,
            result: None,
            version: 1,
            ..line.clone()
        };
        line::insert(&mut work.tx, &again).await?;
    }
    let row = &opened.incoming;
    let args = json!({
        "subject": row.subject, "number": row.notation, "by": caller.full_name, "reason": reason,
    });
    work.notify(&opened.line.given_by, "line-returned", args, opened.link())
        .await?;
    let about = [row.incoming_id.to_string()];
    work.record(Act::LineReturned, id, &about, json!({"reason": reason}))
        .await?;
    work.commit().await
}
