//! The holder reads a line that is for information (nhận để biết); that closes it.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::LineId;
use vanthu_domain::permission::Action;
use vanthu_store::line;

use crate::line::open;
use crate::{App, AppError, Caller};

/// Closes it, with the time.
///
/// Clause: TG-5.3
pub async fn read(app: &App, caller: &Caller, id: &LineId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut opened = open(&mut work, caller, id, Action::ReadLine, None).await?;
    opened.line.state = opened.line.state.read(opened.line.part)?;
    opened.line.closed_at = Some(work.now);
    line::update(&mut work.tx, &mut opened.line).await?;
    let about = [opened.incoming.incoming_id.to_string()];
    work.record(Act::LineRead, id, &about, json!({})).await?;
    work.commit().await
}
