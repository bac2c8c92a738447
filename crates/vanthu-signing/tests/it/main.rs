//! Tests from outside: making letters with two signatures, attacking them, and judging files of others.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends where something is not there, and says what it skips"
)]

mod archive;
mod asic;
mod attack;
mod bases;
mod big;
mod both;
mod cades;
mod corpus;
mod elsewhere;
mod forgery;
mod forms;
mod hostile;
mod ladder;
mod later;
mod longterm;
mod look;
mod making;
mod paper;
mod past;
mod policy;
mod protection;
mod reading;
mod scan;
mod sealed;
mod status;
mod whole;
mod world;
