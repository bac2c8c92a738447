//! A clock that is moved by hand: practice documents are spread over past days.

use std::sync::atomic::{AtomicI64, Ordering};

use vanthu_domain::{Clock, Moment};

/// Stands where it was put, and goes on a little with every look, so that things done one after
/// the other are not done at the same moment.
#[derive(Debug)]
pub struct MovableClock {
    micros: AtomicI64,
}

/// How far it goes on with a look.
const TICK_MICROS: i64 = 40_000;

impl MovableClock {
    /// Standing at that moment.
    pub const fn at(moment: Moment) -> Self {
        Self {
            micros: AtomicI64::new(moment.unix_micros()),
        }
    }

    /// Moves it on; never back, because the ledger's order is that of time.
    pub fn move_to(&self, moment: Moment) {
        self.micros
            .fetch_max(moment.unix_micros(), Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Moment {
        Moment::from_unix_micros(self.micros.fetch_add(TICK_MICROS, Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_and_never_back() {
        let clock = MovableClock::at(Moment::from_unix_seconds(1_000));
        let first = clock.now();
        assert!(clock.now() > first);
        clock.move_to(Moment::from_unix_seconds(500));
        assert!(clock.now() > first);
        clock.move_to(Moment::from_unix_seconds(2_000));
        assert_eq!(clock.now().unix_seconds(), 2_000);
    }
}
