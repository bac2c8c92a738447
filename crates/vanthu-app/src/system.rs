//! The one real clock and the one real source of randomness.

use rand::TryRngCore as _;
use vanthu_domain::{Clock, Moment, Randomness};

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    fn now(&self) -> Moment {
        Moment::from_unix_micros(jiff::Timestamp::now().as_microsecond())
    }
}

/// The randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[expect(
        clippy::expect_used,
        reason = "without randomness no secret may be made: stop"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        rand::rngs::OsRng
            .try_fill_bytes(buffer)
            .expect("the operating system gives randomness");
    }
}
