//! Incoming documents (văn bản đến): from arrival to completion.

pub mod accept;
pub mod accept_and_register;
pub mod bulk;
pub mod check;
pub mod direct;
mod duplicate;
pub mod file;
pub mod give_back;
mod open;
pub mod present;
pub mod register;
pub mod sheet;
pub mod view;
mod words;

use vanthu_domain::permission::Object;
use vanthu_store::incoming::{self, IncomingRow};
use vanthu_store::line::LineRow;

use crate::{AppError, Work};

pub use duplicate::Existing;
pub(crate) use open::{load_for, open, open_seen};
pub(crate) use words::words;

/// Which lines count for who is involved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Every line: whoever held one knows the document.
    Every,
    /// Only lines that were neither returned nor taken back: whoever works on it.
    Standing,
}

/// What the rules need to know of an incoming document.
pub fn object_of(row: &IncomingRow, lines: &[LineRow], which: Lines) -> Object {
    use vanthu_domain::line::LineState;
    let gone = [LineState::Returned, LineState::TakenBack];
    let counts = |line: &&LineRow| which == Lines::Every || !gone.contains(&line.state);
    Object::Incoming {
        agency_id: row.agency_id.clone(),
        leader_id: row.leader_id.clone(),
        people: lines
            .iter()
            .filter(counts)
            .filter_map(|line| line.person_id.clone())
            .collect(),
        units: lines
            .iter()
            .filter(counts)
            .filter_map(|line| line.unit_id.clone())
            .collect(),
        state: row.state.tag(),
    }
}

/// Writes the document back.
pub(crate) async fn keep(work: &mut Work<'_>, row: &mut IncomingRow) -> Result<(), AppError> {
    row.updated_at = work.now;
    Ok(incoming::update(&mut work.tx, row).await?)
}
