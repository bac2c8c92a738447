//! Another key takes the place of the one that signs checkpoints (thay khóa ký điểm chốt), after the
//! file was lost or somebody else could read it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::{Act, Entry};
use vanthu_store::{Store, installation, ledger};

use super::succession::Replacement;
use super::{LedgerKey, OBJECT, PUBLIC_KEY, fingerprint, make, public_key, verify};
use crate::AppError;

/// A replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The entry that says so: the new key signs from here on.
    pub seq: i64,
    /// SHA-256 of the public key before.
    pub old_sha256: String,
    /// SHA-256 of the new public key.
    pub new_sha256: String,
    /// Where the file of the key before lies now, if there was one.
    pub old_file: Option<PathBuf>,
}

/// Makes a new key, says so in the ledger, puts its file in the place of the old one and signs with
/// it where the chain stands. What the old key has signed stays and is proved with its public half,
/// which the ledger keeps.
///
/// Where the old key is still there, it signs a last time before. A ledger that does not stand is a
/// fault: a new key must not cover that up. An attempt that was broken off is finished by the next.
///
/// Clause: TG-5.1
pub async fn replace(
    store: &Store,
    file: &Path,
    reason: &str,
    now: Moment,
) -> Result<Replaced, AppError> {
    let old = public_key(store)
        .await?
        .ok_or_else(|| fault("there is none yet: it is made when the installation starts"))?;
    let next = beside(file, "new");
    let waiting = LedgerKey::read(&next)?;
    if let Some(key) = waiting.filter(|key| hex::encode(key.public()) == old) {
        return finish(store, file, &key, now).await;
    }
    if let Some(key) = LedgerKey::read(file)?.filter(|key| hex::encode(key.public()) == old) {
        make(store, &key, now).await?;
    }
    if !verify(store, None, None).await?.stands() {
        return Err(fault("the ledger does not stand; see what is wrong first"));
    }
    let key = LedgerKey::make(&next)?;
    let said = Replacement {
        old,
        new: hex::encode(key.public()),
        reason: reason.to_owned(),
    };
    record(store, &said, now).await?;
    finish(store, file, &key, now).await
}

async fn record(store: &Store, said: &Replacement, now: Moment) -> Result<(), AppError> {
    let mut tx = store.write().await?;
    if installation::find(&mut tx, PUBLIC_KEY).await?.as_ref() != Some(&said.old) {
        return Err(fault("another program replaced it"));
    }
    let entry = Entry {
        at: now,
        account_id: None,
        person_id: None,
        agency_id: None,
        act: Act::LedgerKeyReplaced,
        object_id: OBJECT.to_owned(),
        about: Vec::new(),
        data: json!(said),
    };
    ledger::append(&mut tx, &entry).await?;
    installation::set(&mut tx, PUBLIC_KEY, &said.new).await?;
    Ok(tx.commit().await?)
}

/// The database knows the new key: puts its file in its place, and signs.
async fn finish(
    store: &Store,
    file: &Path,
    key: &LedgerKey,
    now: Moment,
) -> Result<Replaced, AppError> {
    let mut tx = store.read().await?;
    let rows = ledger::list_about(&mut tx, OBJECT).await?;
    drop(tx);
    let last = rows
        .into_iter()
        .rev()
        .find(|row| row.act == Act::LedgerKeyReplaced)
        .ok_or_else(|| fault("the ledger does not say that it was replaced"))?;
    let said: Replacement = serde_json::from_value(last.data).map_err(fault)?;
    let aside = beside(file, &format!("until-{}", last.seq));
    let old_file = file.exists().then_some(aside);
    if let Some(aside) = &old_file {
        fs::rename(file, aside).map_err(fault)?;
    }
    fs::rename(beside(file, "new"), file).map_err(fault)?;
    File::open(file.parent().unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(fault)?;
    make(store, key, now).await?;
    let sha256 = |hex: &str| {
        hex::decode(hex)
            .map(|spki| fingerprint(&spki))
            .map_err(fault)
    };
    Ok(Replaced {
        seq: last.seq,
        old_sha256: sha256(&said.old)?,
        new_sha256: sha256(&said.new)?,
        old_file,
    })
}

/// `ledger.key.new`, beside `ledger.key`.
fn beside(file: &Path, what: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{name}.{what}"))
}

fn fault(why: impl std::fmt::Display) -> AppError {
    AppError::fault("ledger key", why)
}
