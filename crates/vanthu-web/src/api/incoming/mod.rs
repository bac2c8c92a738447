//! Incoming documents.

mod act;
pub(crate) mod file;
mod show;

use super::operation::Operation;

pub(super) use act::{LineIn, lines};

/// The operations.
pub(super) fn operations() -> impl Iterator<Item = &'static Operation> {
    [show::OPERATIONS, act::OPERATIONS, file::OPERATIONS]
        .into_iter()
        .flatten()
}
