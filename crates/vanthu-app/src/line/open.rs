//! Loading a line to act on it, with its document.

use vanthu_domain::id::LineId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::incoming::{self, IncomingRow};
use vanthu_store::line::{self, LineRow};

use crate::incoming::{Lines, object_of as document_of};
use crate::line::object_of;
use crate::outgoing::{found, hide};
use crate::{AppError, Caller, Work};

/// A line, its document, and all lines of it.
pub(crate) struct Opened {
    pub(crate) line: LineRow,
    pub(crate) incoming: IncomingRow,
    /// Every line of the document, in the order they were given.
    pub(crate) lines: Vec<LineRow>,
}

/// Loads a line to act on it. The document is kept from others until the transaction ends, so that
/// no two people move its lines at once. Whoever may not see the document is told that the line
/// isn't there.
pub(crate) async fn open(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &LineId,
    action: Action,
    seen_version: Option<i64>,
) -> Result<Opened, AppError> {
    let incoming_id = found(line::load(&mut work.tx, id).await)?.incoming_id;
    let incoming = incoming::load_locked(&mut work.tx, &incoming_id).await?;
    let lines = line::list_of_incoming(&mut work.tx, &incoming_id).await?;
    caller
        .may(
            Action::ViewIncoming,
            &document_of(&incoming, &lines, Lines::Every),
        )
        .map_err(|refusal| hide(refusal.code))?;
    let line = lines
        .iter()
        .find(|line| line.line_id == *id)
        .cloned()
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    caller.may(action, &object_of(&line))?;
    if seen_version.is_some_and(|seen| seen != line.version) {
        return Err(AppError::refused(RefusalCode::ConflictVersion));
    }
    Ok(Opened {
        line,
        incoming,
        lines,
    })
}

impl Opened {
    /// The line from which this one was passed on.
    pub(crate) fn parent(&self) -> Option<&LineRow> {
        let parent_id = self.line.parent_line_id.as_ref()?;
        self.lines.iter().find(|line| line.line_id == *parent_id)
    }

    /// The line and everything passed on from it, the line first.
    pub(crate) fn branch(&self) -> Vec<LineRow> {
        branch(&self.line, &self.lines)
    }

    /// The page of the document.
    pub(crate) fn link(&self) -> String {
        format!("/incoming/{}", self.incoming.incoming_id)
    }
}

/// A line and everything passed on from it, the line first.
pub(crate) fn branch(line: &LineRow, lines: &[LineRow]) -> Vec<LineRow> {
    let mut branch = vec![line.clone()];
    let mut seen = 0;
    while let Some(above) = branch.get(seen).map(|line| line.line_id.clone()) {
        let below = lines
            .iter()
            .filter(|line| line.parent_line_id.as_ref() == Some(&above));
        branch.extend(below.cloned());
        seen += 1;
    }
    branch
}
