//! Documents made for the tests of checking and reading. All people and agencies are invented.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::assigning_clones,
    clippy::semicolon_if_nothing_returned,
    reason = "what is made wrong is said in one line each"
)]

pub(crate) mod defects;
pub(crate) mod doc;
pub(crate) mod good;
pub(crate) mod held;
pub(crate) mod paper;
