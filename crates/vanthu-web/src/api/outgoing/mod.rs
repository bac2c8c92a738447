//! Outgoing documents.

mod act;
mod draft;
pub(crate) mod file;
mod show;

use super::operation::Operation;

/// The operations.
pub(super) fn operations() -> impl Iterator<Item = &'static Operation> {
    [
        draft::OPERATIONS,
        show::OPERATIONS,
        act::OPERATIONS,
        file::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}
