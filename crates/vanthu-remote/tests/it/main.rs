//! Conversations with services that are played in memory. Each fake is written from the protocol and checks every
//! member of what it is sent; its failure modes are fields of its own.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod conformance;
mod csc;
mod local;
mod mssp;
mod mysign;
mod properties;
mod smartca;

use vanthu_testkit::remote::{fake_csc, fake_mssp, fake_mysign, fake_smartca, world};
