//! The program as people run it: real processes, real exit codes.

mod ledger;
mod program;
mod real;
mod verify;
