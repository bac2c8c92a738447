//! Checkpoints of the ledger (điểm chốt của sổ nhật ký): where the chain stood at a moment, to be
//! signed with the installation's key.
//!
//! The chain alone proves that nothing was changed in between; whoever can write all of it can also
//! compute all of it anew, or cut its end off. A signed checkpoint can't be made again without the
//! key, and a copy of it that is kept elsewhere says how long the ledger was.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// After so many entries a checkpoint is due.
const ENTRIES: i64 = 1000;
/// After so long one is due where there is any new entry.
const SECONDS: i64 = 24 * 3600;

/// A checkpoint before it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Its place among the checkpoints, from 1 without gaps.
    pub number: i64,
    /// Whose ledger it is.
    pub installation: String,
    /// The place of the entry that was the last one.
    pub seq: i64,
    /// That entry's hash, in hexadecimal.
    pub hash: String,
    /// When.
    pub at: Moment,
}

impl Checkpoint {
    /// What is signed: each field with its length before it, so that no two checkpoints read the
    /// same.
    ///
    /// Clause: TG-5.1
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut field = |text: &str| {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        };
        field("vanthu-checkpoint-1");
        field(&self.number.to_string());
        field(&self.installation);
        field(&self.seq.to_string());
        field(&self.hash);
        field(&self.at.unix_micros().to_string());
        bytes
    }
}

/// Whether a checkpoint is due: a thousand entries after the last one, or a day after it where
/// anything has happened since. `last` is the place and the moment of the last one.
pub fn is_due(last: Option<(i64, Moment)>, head: i64, now: Moment) -> bool {
    let Some((seq, at)) = last else {
        return head > 0;
    };
    head - seq >= ENTRIES || (head > seq && now.seconds_since(at) >= SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            number: 1,
            installation: "ins".to_owned(),
            seq: 23,
            hash: "00".to_owned(),
            at: Moment::from_unix_seconds(1_795_300_000),
        }
    }

    /// Proves: TG-5.1
    #[test]
    fn every_field_of_a_checkpoint_is_signed() {
        let base = checkpoint().to_be_signed();
        let mut changed = [(); 5].map(|()| checkpoint());
        changed[0].number = 12;
        changed[1].installation = "ins1".to_owned();
        changed[2].seq = 2;
        changed[3].hash = "01".to_owned();
        changed[4].at = Moment::from_unix_seconds(1);
        for other in changed {
            assert_ne!(other.to_be_signed(), base, "{other:?}");
        }
        assert_eq!(checkpoint().to_be_signed(), base);
    }

    #[test]
    fn one_is_due_after_a_thousand_entries_or_a_day_with_any() {
        let at = Moment::from_unix_seconds(1_795_300_000);
        let day = at.plus_seconds(SECONDS);
        for (last, head, now, due) in [
            (None, 0, at, false),
            (None, 1, at, true),
            (Some((5, at)), 5, day, false),
            (Some((5, at)), 6, at, false),
            (Some((5, at)), 6, day.plus_seconds(-1), false),
            (Some((5, at)), 6, day, true),
            (Some((5, at)), 1004, at, false),
            (Some((5, at)), 1005, at, true),
        ] {
            assert_eq!(is_due(last, head, now), due, "{last:?} {head}");
        }
    }
}
