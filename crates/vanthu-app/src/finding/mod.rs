//! Findings (phát hiện): what is seen of shared use of keys, recorded, listed, closed.

pub mod close;
pub mod list;
pub(crate) mod record;

#[cfg(test)]
mod tests;

use vanthu_domain::permission::Object;
use vanthu_store::finding::FindingRow;

/// The finding as the rules need it.
pub(crate) fn object_of(row: &FindingRow) -> Object {
    Object::Finding {
        agency_id: row.agency_id.clone(),
        person_id: row.person_id.clone(),
        state: row.state.tag(),
    }
}
