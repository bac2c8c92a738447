//! Conversations with services that are played in memory. Each fake is written from the protocol and checks every
//! member of what it is sent; its failure modes are fields of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of tests may fail the test"
)]

mod conformance;
mod csc;
mod fake_csc;
mod fake_mssp;
mod fake_mysign;
mod fake_smartca;
mod local;
mod mssp;
mod mysign;
mod properties;
mod smartca;
mod world;
