//! What was found is kept until newer knowledge comes; what failed, for a moment.

use std::collections::BTreeMap;

use super::request::Key;
use super::trouble::Why;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::ocsp::OcspResponse;
use crate::time::Time;

/// How much is kept and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLimits {
    /// No more entries.
    pub entries: usize,
    /// No more bytes, as they were sent.
    pub bytes: usize,
    /// Nothing stands longer than this many seconds, whatever it says itself.
    pub longest_seconds: i64,
    /// A failure is remembered for this many seconds.
    pub failure_seconds: i64,
}

impl Default for CacheLimits {
    /// 2,000 entries, 128 MiB, a day, a minute.
    fn default() -> Self {
        Self {
            entries: 2000,
            bytes: 128 << 20,
            longest_seconds: 86_400,
            failure_seconds: 60,
        }
    }
}

/// Certificates, lists and responses by address, across gatherings. What comes out of it is examined like what
/// comes from the network: being kept makes nothing trusted.
#[derive(Debug, Default)]
pub struct Cache {
    limits: CacheLimits,
    entries: BTreeMap<Key, Entry>,
    bytes: usize,
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    kept: Kept,
    until: Time,
    size: usize,
    used: u64,
}

/// What is kept.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    Found(Material),
    Failed(Why),
}

/// What can be found.
#[derive(Clone, Debug)]
pub(super) enum Material {
    Certificates(Vec<Certificate>),
    Crl(Crl),
    Ocsp(Box<OcspResponse>),
}

impl Cache {
    /// An empty one.
    pub fn new(limits: CacheLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// It holds nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of what it holds, as they were sent.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// What is kept under the key. What was found serves every form of the question, a failure only its own.
    pub(super) fn find(&mut self, key: &Key, now: Time) -> Option<Kept> {
        let found = key.remembered();
        if let Some(kept @ Kept::Found(_)) = self.touch(&found, now) {
            return Some(kept);
        }
        self.touch(key, now)
    }

    fn touch(&mut self, key: &Key, now: Time) -> Option<Kept> {
        if self.entries.get(key).is_some_and(|it| it.until <= now) {
            self.remove(key);
        }
        self.uses += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.uses;
        Some(entry.kept.clone())
    }

    /// Keeps what was found until then at the latest.
    pub(super) fn keep(&mut self, key: &Key, found: Material, until: Time, size: usize, now: Time) {
        let until = until.min(now.plus_seconds(self.limits.longest_seconds));
        self.insert(key.remembered(), Kept::Found(found), until, size, now);
    }

    pub(super) fn keep_failure(&mut self, key: &Key, why: Why, now: Time) {
        let until = now.plus_seconds(self.limits.failure_seconds);
        self.insert(key.clone(), Kept::Failed(why), until, 0, now);
    }

    fn insert(&mut self, key: Key, kept: Kept, until: Time, size: usize, now: Time) {
        self.remove(&key);
        // Names count too: otherwise many long addresses cost nothing.
        let size = size + key.url().len();
        if until <= now || size > self.limits.bytes {
            return;
        }
        self.uses += 1;
        let used = self.uses;
        self.bytes += size;
        self.entries.insert(
            key,
            Entry {
                kept,
                until,
                size,
                used,
            },
        );
        self.shrink(now);
    }

    /// What has ended goes first, then what was not used for longest.
    fn shrink(&mut self, now: Time) {
        let fits = |it: &Self| it.entries.len() <= it.limits.entries && it.bytes <= it.limits.bytes;
        if fits(self) {
            return;
        }
        let ended = |entry: &Entry| entry.until <= now;
        let gone: Vec<Key> = self
            .entries
            .iter()
            .filter(|(_, entry)| ended(entry))
            .map(|(key, _)| key.clone())
            .collect();
        for key in &gone {
            self.remove(key);
        }
        while !fits(self) {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_unix(1_795_000_000);

    fn key(number: usize) -> Key {
        Key::Crl(format!("http://ca.gov.vn/{number}"))
    }

    fn nothing() -> Material {
        Material::Certificates(Vec::new())
    }

    #[test]
    fn what_was_used_last_stays_when_room_ends() {
        let mut cache = Cache::new(CacheLimits {
            entries: 3,
            ..CacheLimits::default()
        });
        for number in 0..3 {
            cache.keep(&key(number), nothing(), NOW.plus_days(1), 10, NOW);
        }
        assert!(cache.find(&key(0), NOW).is_some());
        cache.keep(&key(3), nothing(), NOW.plus_days(1), 10, NOW);
        assert_eq!(cache.len(), 3);
        assert!(cache.find(&key(0), NOW).is_some());
        assert!(cache.find(&key(1), NOW).is_none(), "not used for longest");
    }

    #[test]
    fn bytes_are_counted_and_bounded() {
        let mut cache = Cache::new(CacheLimits {
            bytes: 1000,
            ..CacheLimits::default()
        });
        for number in 0..100 {
            cache.keep(&key(number), nothing(), NOW.plus_days(1), 300, NOW);
            assert!(cache.bytes() <= 1000);
        }
        assert_eq!(cache.len(), 3);
        cache.keep(&key(7), nothing(), NOW.plus_days(1), 2000, NOW);
        assert!(cache.find(&key(7), NOW).is_none(), "larger than all of it");
        cache.clear();
        assert_eq!((cache.len(), cache.bytes()), (0, 0));
    }

    #[test]
    fn nothing_outlives_its_end_and_a_failure_only_a_minute() {
        let mut cache = Cache::default();
        cache.keep(&key(0), nothing(), NOW.plus_seconds(100), 1, NOW);
        cache.keep(&key(1), nothing(), NOW.plus_days(400), 1, NOW);
        cache.keep_failure(&key(2), Why::TimedOut, NOW);
        assert!(cache.find(&key(0), NOW.plus_seconds(99)).is_some());
        assert!(cache.find(&key(0), NOW.plus_seconds(100)).is_none());
        assert!(cache.find(&key(2), NOW.plus_seconds(59)).is_some());
        assert!(cache.find(&key(2), NOW.plus_seconds(60)).is_none());
        assert!(
            cache.find(&key(1), NOW.plus_days(1)).is_none(),
            "a day at most"
        );
        assert!(cache.is_empty());
    }
}
