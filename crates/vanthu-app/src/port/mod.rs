//! The few outside things that actions need, each with two real implementations.

mod fetch;
mod remote;
mod revocation;
mod sealer;
mod status;
#[cfg(test)]
mod tests;
mod timestamp;
mod tls;

use std::future::Future;
use std::pin::Pin;

pub use fetch::{Fetcher, NoClient};
pub use remote::RemoteClient;
pub use revocation::{
    NoRevocationSource, PracticeRevocation, RevocationSource, StatusFound, StatusUnknown,
};
pub use sealer::{Answers, SealerAbsent, SealerDoor, UnixSealer};
pub use status::HttpStatus;
pub use timestamp::{HttpTimestamps, PracticeTimestamps, StampError, TimestampService};

/// A future that a port returns.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
