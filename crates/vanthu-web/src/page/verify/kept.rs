//! What was found about files that anybody had checked, for as long as it takes to save it: in memory alone, few, and
//! each under an address that only whoever asked was told. The files themselves are not kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use vanthu_domain::Moment;
use vanthu_signing::Report;

use crate::report::About;

/// Of more reports than this the oldest is forgotten.
const MOST: usize = 64;
/// So long a report can be saved.
const SECONDS: i64 = 1800;

/// A report and what it does not know itself.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) report: Report,
    pub(crate) about: About,
}

/// The reports of this process.
#[derive(Debug, Default)]
pub struct KeptReports(Mutex<VecDeque<(String, Arc<Kept>)>>);

impl KeptReports {
    /// Keeps one under a secret name.
    pub(crate) fn put(&self, name: String, kept: Kept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while all.len() >= MOST {
            all.pop_front();
        }
        all.push_back((name, Arc::new(kept)));
    }

    /// The one of that name; forgets those whose time is over.
    pub(crate) fn get(&self, name: &str, now: Moment) -> Option<Arc<Kept>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, it)| (0..SECONDS).contains(&now.seconds_since(it.about.judged_at)));
        let mut found = all.iter().filter(|(own, _)| own == name);
        found.next().map(|(_, it)| Arc::clone(it))
    }
}

#[cfg(test)]
mod tests {
    use vanthu_signing::{ValidationInput, validate};

    use super::*;
    use crate::report::Around;

    fn kept(judged_at: Moment) -> Kept {
        Kept {
            report: validate(b"no PDF", &ValidationInput::default()),
            about: About {
                name: "a.pdf".to_owned(),
                bytes: 6,
                judged_at,
                notes: Vec::new(),
                around: Around::Pdf,
            },
        }
    }

    #[test]
    fn a_report_is_found_under_its_name_until_its_time_is_over() {
        let (all, now) = (KeptReports::default(), Moment::from_unix_seconds(0));
        all.put("một".to_owned(), kept(now));
        assert!(all.get("hai", now).is_none());
        assert!(all.get("một", now.plus_seconds(SECONDS - 1)).is_some());
        assert!(all.get("một", now.plus_seconds(SECONDS)).is_none());
        assert!(all.get("một", now).is_none(), "what was forgotten stays so");
    }

    #[test]
    fn the_oldest_makes_room() {
        let (all, now) = (KeptReports::default(), Moment::from_unix_seconds(0));
        for number in 0..=MOST {
            all.put(number.to_string(), kept(now));
        }
        assert!(all.get("0", now).is_none());
        assert!(all.get("1", now).is_some());
        assert!(all.get(&MOST.to_string(), now).is_some());
    }
}
