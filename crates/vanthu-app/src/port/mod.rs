//! The few outside things that actions need, each with two real implementations.

mod revocation;
mod timestamp;

use std::future::Future;
use std::pin::Pin;

pub use revocation::{NoRevocationSource, PracticeRevocation, RevocationSource, StatusUnknown};
pub use timestamp::{HttpTimestamps, PracticeTimestamps, StampError, TimestampService};

/// A future that a port returns.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
