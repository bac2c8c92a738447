//! Which key signs which checkpoints (khóa nào ký điểm chốt nào): the first one, and those that
//! took its place, each from the entry on that says so.

use serde::{Deserialize, Serialize};
use vanthu_domain::audit::Act;
use vanthu_store::{Tx, installation, ledger};

use super::{OBJECT, PUBLIC_KEY, fingerprint};
use crate::AppError;

/// A key and where it begins to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPeriod {
    /// Checkpoints of this entry and later ones; 0 for the first key.
    pub from: i64,
    /// The key's public half, a `SubjectPublicKeyInfo` in hexadecimal.
    pub public_key: String,
    /// Why it took the place of the one before; empty for the first.
    pub reason: String,
}

/// What the entry about a replacement holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Replacement {
    /// The key before, a `SubjectPublicKeyInfo` in hexadecimal.
    pub(super) old: String,
    /// The key from this entry on, in the same form.
    pub(super) new: String,
    /// Why.
    pub(super) reason: String,
}

/// The keys of an installation, the first one first.
#[derive(Debug, Clone, Default)]
pub(super) struct Succession {
    pub(super) periods: Vec<KeyPeriod>,
    /// Whether the entries about keys agree with each other and with the key that the database
    /// names.
    pub(super) agrees: bool,
}

impl Succession {
    /// What ledger and database say.
    pub(super) async fn read(tx: &mut Tx) -> Result<Self, AppError> {
        let known = installation::find(tx, PUBLIC_KEY).await?;
        let mut it = Self {
            periods: Vec::new(),
            agrees: true,
        };
        let mut first_sha256 = None;
        for row in ledger::list_about(tx, OBJECT).await? {
            if row.act == Act::LedgerKeyMade {
                let told = row.data.get("sha256").and_then(|value| value.as_str());
                first_sha256 = first_sha256.or_else(|| told.map(str::to_owned));
            } else if row.act == Act::LedgerKeyReplaced {
                match serde_json::from_value(row.data) {
                    Ok(said) => it.replaced(row.seq, said),
                    Err(_) => it.agrees = false,
                }
            }
        }
        if let (true, Some(known)) = (it.periods.is_empty(), &known) {
            it.begin(0, known.clone(), String::new());
        }
        it.agrees &= it.periods.last().map(|last| &last.public_key) == known.as_ref();
        if let (Some(told), Some(first)) = (first_sha256, it.periods.first()) {
            let spki = hex::decode(&first.public_key).unwrap_or_default();
            it.agrees &= fingerprint(&spki) == told;
        }
        Ok(it)
    }

    fn replaced(&mut self, seq: i64, said: Replacement) {
        match self.periods.last() {
            None => self.begin(0, said.old, String::new()),
            Some(last) => self.agrees &= last.public_key == said.old,
        }
        self.begin(seq, said.new, said.reason);
    }

    fn begin(&mut self, from: i64, public_key: String, reason: String) {
        self.periods.push(KeyPeriod {
            from,
            public_key,
            reason,
        });
    }

    /// Holds it against keys that are known from elsewhere, which take the place of what the
    /// database says: the first of them is that of period `at`.
    pub(super) fn hold_against(&mut self, at: usize, keys: impl IntoIterator<Item = String>) {
        for (index, key) in keys.into_iter().enumerate() {
            if let Some(period) = self.periods.get_mut(at + index) {
                self.agrees &= period.public_key == key;
                period.public_key = key;
            } else {
                self.agrees = false;
                self.begin(0, key, String::new());
            }
        }
    }

    /// The key of a checkpoint at that entry, as a `SubjectPublicKeyInfo`.
    pub(super) fn key_at(&self, seq: i64) -> Option<Vec<u8>> {
        let period = self.periods.iter().rev().find(|it| it.from <= seq)?;
        hex::decode(&period.public_key).ok()
    }
}
