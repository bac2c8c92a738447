//! What travels between the programs: the agent protocol, problem documents, and the package and
//! the status messages of the exchange.
//!
//! This crate holds shapes and the checks that belong to a shape. It opens no connection, reads no
//! clock and knows no rule of an agency. Start reading at [`agent`] for signing and at [`exchange`]
//! for documents that leave one agency for another.

pub mod agent;
pub mod binary;
pub mod desk;
pub mod exchange;
pub mod language;
pub mod pairing;
pub mod problem;
pub mod sealer;

pub use binary::{Base64, Digest, DocumentDigest};
pub use language::Language;
pub use problem::Problem;
