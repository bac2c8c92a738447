//! The error that everything reading foreign bytes shares.

/// The bytes are not the structure they should be; says what was being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed: {0}")]
pub struct Malformed(pub &'static str);
