//! Helpers of tests that several crates share. Only ever a development dependency; nothing of it ships.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "a helper of tests may fail the test, and says by its names what it is"
)]

pub mod program;
pub mod remote;
pub mod tool;
