//! Assignment lines (luồng nhận) and requests for more time.

mod extension;
mod list;

use vanthu_domain::id::{AgencyId, IncomingId, LineId, OutgoingId, PersonId, UnitId};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::{Day, Moment};

pub use extension::{
    ExtensionRow, find_asked, find_extension, insert_extension, list_asked_of, list_extensions,
    update_extension,
};
pub use list::{LineFilter, LineItem, LineOrder, count, count_by_state, count_up_to, list};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, args, record};

/// An assignment line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// The identifier.
    pub line_id: LineId,
    /// The incoming document.
    pub incoming_id: IncomingId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The line from which it was passed on.
    pub parent_line_id: Option<LineId>,
    /// The unit that holds it, or whose member does.
    pub unit_id: Option<UnitId>,
    /// The person who holds it; none where the unit's head has yet to assign it.
    pub person_id: Option<PersonId>,
    /// The part the holder plays.
    pub part: Part,
    /// Where it stands.
    pub state: LineState,
    /// Who gave it.
    pub given_by: PersonId,
    /// What is to be done (ý kiến chỉ đạo).
    pub instruction: String,
    /// The deadline.
    pub due_day: Option<Day>,
    /// When it was given.
    pub created_at: Moment,
    /// When work began.
    pub started_at: Option<Moment>,
    /// When work was finished.
    pub done_at: Option<Moment>,
    /// When it was closed, returned or taken back.
    pub closed_at: Option<Moment>,
    /// What came of it, in words.
    pub result: Option<String>,
    /// The document that answers.
    pub reply_outgoing_id: Option<OutgoingId>,
    /// Counts the changes; [`update`] refuses a row read before somebody else's change.
    pub version: i64,
}

record!(
    LineRow, "lines", [line_id];
    line_id, incoming_id, agency_id, parent_line_id, unit_id, person_id, part, state, given_by,
    instruction, due_day, created_at, started_at, done_at, closed_at, result, reply_outgoing_id,
    version
);

/// Inserts a line.
pub async fn insert(tx: &mut Tx, line: &LineRow) -> Result<()> {
    tx.insert(line).await
}

/// The line, where there is one.
pub async fn find(tx: &mut Tx, line_id: &LineId) -> Result<Option<LineRow>> {
    tx.first("WHERE line_id = $1", args![line_id]).await
}

/// The line, which must be there.
pub async fn load(tx: &mut Tx, line_id: &LineId) -> Result<LineRow> {
    find(tx, line_id)
        .await?
        .ok_or_else(|| missing::<LineRow>(line_id))
}

/// Writes a line anew and counts its version up. Where somebody changed it since it was read, that
/// is a conflict and nothing happens.
pub async fn update(tx: &mut Tx, line: &mut LineRow) -> Result<()> {
    let read = line.version;
    line.version = read.saturating_add(1);
    let done = tx.update(line, &[("version", read.arg())]).await;
    if done.is_err() {
        line.version = read;
    }
    done
}

/// The lines of a document in the order they were given.
pub async fn list_of_incoming(tx: &mut Tx, incoming_id: &IncomingId) -> Result<Vec<LineRow>> {
    tx.list(
        "WHERE incoming_id = $1 ORDER BY created_at, line_id",
        args![incoming_id],
    )
    .await
}

/// The lines passed on from a line.
pub async fn list_children(tx: &mut Tx, line_id: &LineId) -> Result<Vec<LineRow>> {
    tx.list(
        "WHERE parent_line_id = $1 ORDER BY created_at, line_id",
        args![line_id],
    )
    .await
}

/// The lines that a document answers.
pub async fn list_of_reply(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<Vec<LineRow>> {
    tx.list(
        "WHERE reply_outgoing_id = $1 ORDER BY line_id",
        args![outgoing_id],
    )
    .await
}
