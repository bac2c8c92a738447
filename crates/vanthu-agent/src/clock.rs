//! What time it is.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Tells the time; tests bring their own.
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> Timestamp;

    /// How long this machine has been awake, from any beginning: it stands still while the machine sleeps (on Windows it
    /// goes on), and is not moved when somebody sets the clock.
    fn awake(&self) -> Duration;
}

/// The clock of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the agent reads the clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn awake(&self) -> Duration {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGINNING.elapsed()
    }
}

/// A moment in Vietnamese time: `08:12:03 22/11/2026`.
pub(crate) fn vietnamese(moment: Timestamp) -> String {
    let local = jiff::tz::Offset::constant(7).to_datetime(moment);
    format!(
        "{:02}:{:02}:{:02} {:02}/{:02}/{}",
        local.hour(),
        local.minute(),
        local.second(),
        local.day(),
        local.month(),
        local.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_vietnamese_time() {
        let moment: Timestamp = "2026-11-21T18:05:09Z".parse().unwrap();
        assert_eq!(vietnamese(moment), "01:05:09 22/11/2026");
    }
}
