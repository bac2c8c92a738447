//! Assignment lines (luồng nhận): the unit of work of everybody who processes documents.

pub mod ask_extension;
pub mod assign;
pub mod decide_extension;
mod end;
pub mod finish;
pub mod give;
pub mod give_back;
pub(crate) mod list;
mod open;
pub mod read;
pub mod read_many;
pub mod start;
pub mod take_back;
pub mod view;

use vanthu_domain::permission::Object;
use vanthu_store::line::LineRow;

pub(crate) use open::{Opened, open};

/// What the rules need to know of a line.
pub fn object_of(row: &LineRow) -> Object {
    Object::Line {
        agency_id: row.agency_id.clone(),
        person_id: row.person_id.clone(),
        unit_id: row.unit_id.clone(),
        given_by: row.given_by.clone(),
        state: row.state,
    }
}
