//! Tests from outside: making letters with two signatures, attacking them, and judging files of others.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends where something is not there, and says what it skips"
)]

mod archive;
mod attack;
mod corpus;
mod forgery;
mod making;
mod policy;
mod reading;
mod world;
