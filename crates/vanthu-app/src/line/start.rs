//! The holder starts work (bắt đầu xử lý).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::StatusCode;
use vanthu_domain::id::LineId;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::permission::Action;
use vanthu_store::line;

use crate::delivery::status::advance;
use crate::incoming::keep;
use crate::line::{Opened, open};
use crate::{App, AppError, Caller, Work};

/// Starts it. The first start of any line is told to the sender (code 05).
///
/// Clause: TG-5.3, TG-8.3a
pub async fn start(
    app: &App,
    caller: &Caller,
    id: &LineId,
    seen_version: Option<i64>,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut opened = open(&mut work, caller, id, Action::StartLine, seen_version).await?;
    opened.line.state = opened.line.state.start(opened.line.part)?;
    opened.line.started_at = Some(work.now);
    line::update(&mut work.tx, &mut opened.line).await?;
    processing(&mut work, caller, &mut opened).await?;
    let about = [opened.incoming.incoming_id.to_string()];
    work.record(Act::LineStarted, id, &about, json!({})).await?;
    work.commit().await
}

/// Work on the document has begun.
pub(crate) async fn processing(
    work: &mut Work<'_>,
    caller: &Caller,
    opened: &mut Opened,
) -> Result<(), AppError> {
    let row = &mut opened.incoming;
    if row.state.tag() != IncomingTag::Directed {
        return Ok(());
    }
    row.state = row.state.clone().begin(work.now)?;
    keep(work, row).await?;
    if let Some(delivery_id) = &row.delivery_id {
        advance(
            work,
            delivery_id,
            StatusCode::InProgress,
            "",
            &caller.full_name,
        )
        .await?;
    }
    Ok(())
}
