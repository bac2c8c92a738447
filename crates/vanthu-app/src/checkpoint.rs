//! Checkpoints of the ledger (điểm chốt của sổ nhật ký), signed with a key of the installation.
//!
//! The key is made once and lies in a file that only the server's user may read, never in the
//! database: whoever can write the database alone can't make a checkpoint. Making one is no act in
//! the ledger, or each would ask for the next.

mod key;
mod replace;
mod succession;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::checkpoint::{Checkpoint, is_due};
use vanthu_store::checkpoint::{self, CheckpointRow};
use vanthu_store::ledger::{self, LedgerReport};
use vanthu_store::{Store, Tx, installation};

pub use key::{LedgerKey, fingerprint};
pub use replace::{Replaced, replace};
pub use succession::KeyPeriod;
use succession::Succession;

use crate::{App, AppError};

/// The installation's name in its checkpoints.
pub(crate) const INSTALLATION: &str = "installation-id";
/// The key's public half, a `SubjectPublicKeyInfo` in hexadecimal.
const PUBLIC_KEY: &str = "ledger-key";
/// The object of the entries about keys.
const OBJECT: &str = "installation";
/// The form of a file of checkpoints.
const FORM: &str = "vanthu-checkpoints-1";

/// Gives the installation its key: reads it from the file, or makes it where neither file nor
/// database has one. Where the database knows a key that the file doesn't hold, that is a fault.
pub async fn equip(app: &App, file: &Path) -> Result<(), AppError> {
    let known = public_key(&app.store).await?;
    let key = match (LedgerKey::read(file)?, &known) {
        (Some(key), _) => key,
        (None, None) => LedgerKey::make(file)?,
        (None, Some(_)) => {
            return Err(AppError::fault(
                "ledger key",
                "the file is gone: restore it from the backup, or see vanthu ledger key --replace",
            ));
        }
    };
    let public = hex::encode(key.public());
    match known {
        Some(known) if known != public => {
            return Err(AppError::fault(
                "ledger key",
                "the file holds another key than the one that the database knows",
            ));
        }
        Some(_) => {}
        None => introduce(app, &key, &public).await?,
    }
    // Whoever equips it twice gives it the same key.
    let _same = app.ledger_key.set(key);
    Ok(())
}

async fn introduce(app: &App, key: &LedgerKey, public: &str) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let name = format!("{:032x}", work.random());
    installation::set_once(&mut work.tx, INSTALLATION, &name).await?;
    if !installation::set_once(&mut work.tx, PUBLIC_KEY, public).await? {
        return Err(AppError::fault("ledger key", "another program made one"));
    }
    let data = json!({"sha256": fingerprint(&key.public())});
    work.record(Act::LedgerKeyMade, OBJECT, &[], data).await?;
    work.commit().await
}

/// The public half of the installation's key in hexadecimal, where it has one.
pub async fn public_key(store: &Store) -> Result<Option<String>, AppError> {
    let mut tx = store.read().await?;
    Ok(installation::find(&mut tx, PUBLIC_KEY).await?)
}

/// Signs where the chain stands, where that is due and the installation has its key.
///
/// Clause: TG-5.1
pub async fn make_if_due(app: &App) -> Result<Option<CheckpointRow>, AppError> {
    let Some(key) = app.ledger_key.get() else {
        return Ok(None);
    };
    let mut tx = app.store.read().await?;
    let (head, _) = ledger::find_head(&mut tx).await?;
    let last = checkpoint::find_last(&mut tx).await?;
    drop(tx);
    let now = app.now();
    if is_due(last.map(|it| (it.seq, it.at)), head, now) {
        make(&app.store, key, now).await
    } else {
        Ok(None)
    }
}

/// Signs where the chain stands. None where nothing has happened since the last checkpoint, or
/// another program makes this one.
///
/// A chain that no longer holds the last checkpoint's entry is not signed again: that is a fault.
pub async fn make(
    store: &Store,
    key: &LedgerKey,
    now: Moment,
) -> Result<Option<CheckpointRow>, AppError> {
    let fault = |why: &str| Err(AppError::fault("checkpoint", why));
    let mut tx = store.write().await?;
    let known = installation::find(&mut tx, PUBLIC_KEY).await?;
    if known != Some(hex::encode(key.public())) {
        return fault("the key is not the one that the database knows");
    }
    let (seq, hash) = ledger::find_head(&mut tx).await?;
    let last = checkpoint::find_last(&mut tx).await?;
    if let Some(last) = &last {
        if ledger::find_hash(&mut tx, last.seq).await?.as_ref() != Some(&last.hash) {
            return fault(&format!("the ledger was changed before entry {}", last.seq));
        }
        if last.seq == seq {
            return Ok(None);
        }
    } else if seq == 0 {
        return Ok(None);
    }
    let name = installation::find(&mut tx, INSTALLATION).await?;
    let next = Checkpoint {
        number: last.map_or(1, |last| last.number + 1),
        installation: name.unwrap_or_default(),
        seq,
        hash,
        at: now,
    };
    let signature = key.sign(&next.to_be_signed())?;
    let row = CheckpointRow::new(next, hex::encode(signature));
    if !checkpoint::insert(&mut tx, &row).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(row))
}

/// Checkpoints with the key that signed them, to be kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The form of the file.
    pub form: String,
    /// The key's public half, a `SubjectPublicKeyInfo` in hexadecimal.
    pub public_key: String,
    /// The keys before it in the same form, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_keys: Vec<String>,
    /// The checkpoints, the oldest first.
    pub checkpoints: Vec<CheckpointRow>,
}

/// All checkpoints of an installation; none where it has no key yet.
pub async fn export(store: &Store) -> Result<Option<Kept>, AppError> {
    let mut tx = store.read().await?;
    let keys = Succession::read(&mut tx).await?.periods;
    let mut keys: Vec<String> = keys.into_iter().map(|it| it.public_key).collect();
    let Some(public_key) = keys.pop() else {
        return Ok(None);
    };
    Ok(Some(Kept {
        form: FORM.to_owned(),
        public_key,
        earlier_keys: keys,
        checkpoints: checkpoint::list(&mut tx).await?,
    }))
}

impl Kept {
    /// Reads a file of checkpoints.
    pub fn read(bytes: &[u8]) -> Result<Self, AppError> {
        let unreadable = |why: &str| AppError::fault("checkpoints", why);
        let kept: Self =
            serde_json::from_slice(bytes).map_err(|error| unreadable(&error.to_string()))?;
        if kept.form == FORM {
            Ok(kept)
        } else {
            Err(unreadable("the file has another form"))
        }
    }

    /// The keys, the oldest first.
    fn keys(&self) -> impl Iterator<Item = String> {
        let last = std::iter::once(&self.public_key);
        self.earlier_keys.iter().chain(last).cloned()
    }
}

/// What was found about the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The chain by itself.
    pub ledger: LedgerReport,
    /// The last checkpoint of the database.
    pub last: Option<CheckpointRow>,
    /// The keys that sign, the oldest first.
    pub keys: Vec<KeyPeriod>,
    /// How many checkpoints were examined, kept ones included.
    pub checkpoints: usize,
    /// What is wrong with them.
    pub faults: Vec<CheckpointFault>,
}

impl Proof {
    /// Whether chain and checkpoints stand.
    pub fn stands(&self) -> bool {
        self.ledger.faults.is_empty() && self.faults.is_empty()
    }
}

/// A fault of the checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckpointFault {
    /// The checkpoint's number; 0 where it is about the key.
    pub number: i64,
    /// What is wrong.
    pub kind: CheckpointFaultKind,
}

/// What can be wrong with a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckpointFaultKind {
    /// The database has no public key, or another one than the file, the kept checkpoints or the
    /// entries about keys.
    Key,
    /// It is not there although later ones are, or a kept one is.
    Missing,
    /// Its signature is not the installation's, or it is another installation's.
    Forged,
    /// Its entry is not in the ledger: the tail was cut off.
    EntryMissing,
    /// Its entry has another hash: the chain was computed anew.
    EntryChanged,
}

/// Proves the chain, and holds it against the checkpoints of the database and those that were kept
/// elsewhere. `key` is the installation's own, where it is at hand.
///
/// Clause: TG-5.1
pub async fn verify(
    store: &Store,
    key: Option<&LedgerKey>,
    kept: Option<&Kept>,
) -> Result<Proof, AppError> {
    let ledger = ledger::verify(store).await?;
    let mut tx = store.read().await?;
    let mut keys = Succession::read(&mut tx).await?;
    let own = checkpoint::list(&mut tx).await?;
    let name = installation::find(&mut tx, INSTALLATION).await?;
    let foreign = kept.map_or(&[][..], |kept| &kept.checkpoints);
    if let Some(key) = key {
        let last = keys.periods.len().saturating_sub(1);
        keys.hold_against(last, [hex::encode(key.public())]);
    }
    if let Some(kept) = kept {
        keys.hold_against(0, kept.keys());
    }
    let mut check = Check {
        tx: &mut tx,
        keys: &keys,
        name: name.unwrap_or_default(),
        faults: Vec::new(),
    };
    if !keys.agrees || (keys.periods.is_empty() && !own.is_empty()) {
        check.fault(0, CheckpointFaultKind::Key);
    }
    check.all(&own, foreign).await?;
    let mut faults = check.faults;
    faults.sort_unstable();
    faults.dedup();
    Ok(Proof {
        ledger,
        last: own.last().cloned(),
        keys: keys.periods,
        checkpoints: own.len() + foreign.len(),
        faults,
    })
}

struct Check<'a> {
    tx: &'a mut Tx,
    keys: &'a Succession,
    name: String,
    faults: Vec<CheckpointFault>,
}

impl Check<'_> {
    async fn all(&mut self, own: &[CheckpointRow], kept: &[CheckpointRow]) -> Result<(), AppError> {
        let rows: BTreeMap<i64, &CheckpointRow> = own.iter().map(|row| (row.number, row)).collect();
        let last = rows.keys().next_back().copied().unwrap_or(0);
        let gaps = (1..last).filter(|number| !rows.contains_key(number));
        for number in gaps.take(own.len().max(100)) {
            self.fault(number, CheckpointFaultKind::Missing);
        }
        for row in kept {
            if rows.get(&row.number) != Some(&row) {
                self.fault(row.number, CheckpointFaultKind::Missing);
            }
        }
        for row in own.iter().chain(kept) {
            self.one(row).await?;
        }
        Ok(())
    }

    async fn one(&mut self, row: &CheckpointRow) -> Result<(), AppError> {
        let signed = row.checkpoint().to_be_signed();
        let genuine = match (self.keys.key_at(row.seq), hex::decode(&row.signature)) {
            (Some(spki), Ok(value)) => key::is_signed(&spki, &signed, &value),
            _ => false,
        };
        if !genuine || row.installation != self.name {
            self.fault(row.number, CheckpointFaultKind::Forged);
        }
        match ledger::find_hash(self.tx, row.seq).await? {
            None => self.fault(row.number, CheckpointFaultKind::EntryMissing),
            Some(hash) if hash != row.hash => {
                self.fault(row.number, CheckpointFaultKind::EntryChanged);
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn fault(&mut self, number: i64, kind: CheckpointFaultKind) {
        self.faults.push(CheckpointFault { number, kind });
    }
}

#[cfg(test)]
mod tests;
