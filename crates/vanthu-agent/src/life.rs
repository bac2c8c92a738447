//! How long a consent holds: by the clock on the wall, and by the one that nobody sets.
//!
//! A person said yes at this desk. When the machine has slept since, somebody else may have woken it; when the clock was
//! set back, the session would live for ever. Either ends the session between two documents.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;

/// The clocks may part by so much while the machine is awake: the system corrects its clock in small steps.
const MOST_DRIFT: Duration = Duration::from_mins(1);

/// From a person's yes to the end of the session.
pub(crate) struct Life {
    clock: Arc<dyn Clock>,
    began: (Timestamp, Duration),
    until: Timestamp,
}

/// Why nothing more is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// The session's time is up.
    Expired,
    /// The machine slept.
    Slept,
}

impl Life {
    /// Begins now.
    pub(crate) fn begin(clock: Arc<dyn Clock>, until: Timestamp) -> Self {
        let began = (clock.now(), clock.awake());
        Self {
            clock,
            began,
            until,
        }
    }

    /// Why it is over; none while it goes on.
    pub(crate) fn over(&self) -> Option<Over> {
        let since = |from: Timestamp, to: Timestamp| {
            Duration::try_from(to.duration_since(from)).unwrap_or_default()
        };
        let (from, awake_then) = self.began;
        let now = self.clock.now();
        let awake = self.clock.awake().saturating_sub(awake_then);
        if since(from, now) > awake + MOST_DRIFT {
            Some(Over::Slept)
        } else if now >= self.until || awake >= since(from, self.until) {
            Some(Over::Expired)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use jiff::SignedDuration;

    use super::*;

    struct Both(Mutex<(Timestamp, Duration)>);

    impl Clock for Both {
        fn now(&self) -> Timestamp {
            self.0.lock().unwrap().0
        }

        fn awake(&self) -> Duration {
            self.0.lock().unwrap().1
        }
    }

    /// A life of five minutes after so many seconds on the wall and awake.
    fn after(wall_s: i64, awake_s: u64) -> Option<Over> {
        let noon: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
        let clock = Arc::new(Both(Mutex::new((noon, Duration::from_hours(7)))));
        let until = noon + SignedDuration::from_mins(5);
        let life = Life::begin(clock.clone(), until);
        let wall = noon + SignedDuration::from_secs(wall_s);
        let awake = Duration::from_hours(7) + Duration::from_secs(awake_s);
        *clock.0.lock().unwrap() = (wall, awake);
        life.over()
    }

    #[test]
    fn a_consent_ends_with_its_session_by_either_clock_and_with_a_sleep() {
        for (wall, awake, over) in [
            (0, 0, None),
            (299, 299, None),
            (300, 300, Some(Over::Expired)),
            // Corrected a little, forwards and backwards.
            (100, 50, None),
            (50, 100, None),
            // Set back by an hour: the other clock counts.
            (-3600, 299, None),
            (-3600, 300, Some(Over::Expired)),
            // Slept, within the session's time and beyond it.
            (120, 10, Some(Over::Slept)),
            (36_000, 10, Some(Over::Slept)),
        ] {
            assert_eq!(after(wall, awake), over, "{wall} {awake}");
        }
    }
}
