//! Ending lines that nobody finishes any more: with their document, their parent, or taken back.

use vanthu_domain::line::{ExtensionState, LineState};
use vanthu_domain::outgoing::WrongState;
use vanthu_store::line::{self, LineRow};

use crate::{AppError, Caller, Work};

/// What the waiting request for more time of an ended line is told.
const OVER: &str = "Việc đã kết thúc";

/// Ends each of these lines that is still open, by the given step. Gives those that it ended.
pub(crate) async fn end_open(
    work: &mut Work<'_>,
    caller: &Caller,
    lines: &[LineRow],
    step: fn(LineState) -> Result<LineState, WrongState>,
) -> Result<Vec<LineRow>, AppError> {
    let mut ended = Vec::new();
    for line in lines.iter().filter(|line| line.state.is_open()) {
        let mut line = line.clone();
        line.state = step(line.state)?;
        line.closed_at = Some(work.now);
        line::update(&mut work.tx, &mut line).await?;
        drop_request(work, caller, &line).await?;
        ended.push(line);
    }
    Ok(ended)
}

/// A request for more time that waits on a line which has ended is refused with it.
pub(crate) async fn drop_request(
    work: &mut Work<'_>,
    caller: &Caller,
    line: &LineRow,
) -> Result<(), AppError> {
    if let Some(mut asked) = line::find_asked(&mut work.tx, &line.line_id).await? {
        asked.state = ExtensionState::Refused {
            at: work.now,
            reason: OVER.to_owned(),
        };
        asked.decided_by = Some(caller.person_id().clone());
        line::update_extension(&mut work.tx, &asked).await?;
    }
    Ok(())
}
