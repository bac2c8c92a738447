use std::path::{Path, PathBuf};

use vanthu_domain::audit::Entry;

use super::*;
use crate::test::{World, monday};

/// An installation with its key, twenty entries after the one about the key, and checkpoints after
/// the tenth and the last.
async fn world() -> (World, PathBuf) {
    let world = World::new().await;
    let file = world.folder().join("ledger.key");
    equip(&world.app, &file).await.unwrap();
    append(&world.app, 10).await;
    assert_eq!(sign(&world.app).await.unwrap().unwrap().seq, 11);
    append(&world.app, 10).await;
    assert_eq!(sign(&world.app).await.unwrap().unwrap().seq, 21);
    (world, file)
}

async fn sign(app: &App) -> Result<Option<CheckpointRow>, AppError> {
    make(&app.store, app.ledger_key.get().unwrap(), app.now()).await
}

async fn append(app: &App, count: i64) {
    let mut work = app.begin_system(None).await.unwrap();
    for number in 0..count {
        let data = json!({"number": number});
        work.record(Act::NumberGiven, format!("out_{number}"), &[], data)
            .await
            .unwrap();
    }
    work.commit().await.unwrap();
}

async fn faults(world: &World, kept: Option<&Kept>) -> Vec<(i64, CheckpointFaultKind)> {
    let key = world.app.ledger_key.get();
    let proof = verify(&world.app.store, key, kept).await.unwrap();
    let faults = proof.faults.iter().map(|it| (it.number, it.kind));
    assert_eq!(
        proof.stands(),
        proof.faults.is_empty() && proof.ledger.faults.is_empty()
    );
    faults.collect()
}

/// The whole chain computed anew by somebody who knows how, without the entries after `until` and
/// with another word in the third one.
async fn rewrite(world: &World, until: i64) {
    let mut tx = world.app.store.read().await.unwrap();
    let filter = ledger::LedgerFilter::default();
    let page = ledger::list(&mut tx, &filter, None, 200).await.unwrap();
    drop(tx);
    let mut entries: Vec<Entry> = page
        .items
        .iter()
        .rev()
        .map(ledger::LedgerRow::entry)
        .collect();
    entries.truncate(usize::try_from(until).unwrap());
    entries[2].data = json!({"number": 99});
    for table in ["ledger_objects", "ledger"] {
        world.meddle(&format!("DELETE FROM {table}")).await;
    }
    let genesis = vanthu_domain::audit::GENESIS;
    world
        .meddle(&format!(
            "UPDATE ledger_head SET seq = 0, hash = '{genesis}'"
        ))
        .await;
    let mut tx = world.app.store.write().await.unwrap();
    for entry in &entries {
        ledger::append(&mut tx, entry).await.unwrap();
    }
    tx.commit().await.unwrap();
    let proof = ledger::verify(&world.app.store).await.unwrap();
    assert_eq!((proof.entries, proof.faults.len()), (until, 0));
}

/// Proves: TG-5.1
#[tokio::test]
async fn an_untouched_ledger_stands_with_its_checkpoints_and_with_kept_ones() {
    let (world, _) = world().await;
    assert_eq!(faults(&world, None).await, []);
    let kept = export(&world.app.store).await.unwrap().unwrap();
    let again = Kept::read(&serde_json::to_vec(&kept).unwrap()).unwrap();
    assert_eq!((&again, again.checkpoints.len()), (&kept, 2));
    append(&world.app, 3).await;
    sign(&world.app).await.unwrap().unwrap();
    assert_eq!(faults(&world, Some(&kept)).await, []);
    let proof = verify(&world.app.store, None, Some(&kept)).await.unwrap();
    assert_eq!((proof.checkpoints, proof.last.unwrap().number), (5, 3));
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_chain_that_was_computed_anew_is_found() {
    use CheckpointFaultKind::EntryChanged;
    let (world, _) = world().await;
    rewrite(&world, 21).await;
    assert_eq!(
        faults(&world, None).await,
        [(1, EntryChanged), (2, EntryChanged)]
    );
    append(&world.app, 1).await;
    assert!(
        sign(&world.app).await.is_err(),
        "it was signed all the same"
    );
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_changed_entry_is_found_by_the_chain_itself() {
    let (world, _) = world().await;
    world
        .meddle("UPDATE ledger SET data = '{}' WHERE seq = 5")
        .await;
    let proof = verify(&world.app.store, None, None).await.unwrap();
    assert_eq!(proof.ledger.faults[0].seq, 5);
    assert!(!proof.stands());
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_tail_that_was_cut_off_cleanly_is_found() {
    use CheckpointFaultKind::{EntryMissing, Missing};
    let (world, _) = world().await;
    let kept = export(&world.app.store).await.unwrap().unwrap();
    for sql in [
        "DELETE FROM ledger_objects WHERE seq > 15",
        "DELETE FROM ledger WHERE seq > 15",
        "UPDATE ledger_head SET seq = 15, hash = (SELECT hash FROM ledger WHERE seq = 15)",
    ] {
        world.meddle(sql).await;
    }
    assert!(
        ledger::verify(&world.app.store)
            .await
            .unwrap()
            .faults
            .is_empty()
    );
    assert_eq!(faults(&world, None).await, [(2, EntryMissing)]);
    // With the checkpoint that betrays it gone too, only a kept one tells.
    world
        .meddle("DELETE FROM ledger_checkpoints WHERE number = 2")
        .await;
    assert_eq!(faults(&world, None).await, []);
    assert_eq!(
        faults(&world, Some(&kept)).await,
        [(2, Missing), (2, EntryMissing)]
    );
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_forged_checkpoint_is_found() {
    use CheckpointFaultKind::{EntryChanged, Forged};
    let (world, _) = world().await;
    rewrite(&world, 21).await;
    // The hashes are made to fit; the signatures can't be.
    world
        .meddle(
            "UPDATE ledger_checkpoints SET hash = \
             (SELECT l.hash FROM ledger l WHERE l.seq = ledger_checkpoints.seq)",
        )
        .await;
    assert_eq!(faults(&world, None).await, [(1, Forged), (2, Forged)]);
    // A genuine signature of one checkpoint is none of another.
    world
        .meddle(
            "UPDATE ledger_checkpoints SET signature = \
             (SELECT c.signature FROM ledger_checkpoints c WHERE c.number = 1)",
        )
        .await;
    assert!(!faults(&world, None).await.contains(&(1, EntryChanged)));
    assert!(faults(&world, None).await.contains(&(2, Forged)));
}

/// Proves: TG-5.1
#[tokio::test]
async fn signing_anew_with_another_key_is_found() {
    use CheckpointFaultKind::{Forged, Key};
    let (world, _) = world().await;
    let kept = export(&world.app.store).await.unwrap().unwrap();
    let other = LedgerKey::make(&world.folder().join("other.key")).unwrap();
    for row in &kept.checkpoints {
        let value = hex::encode(other.sign(&row.checkpoint().to_be_signed()).unwrap());
        world
            .meddle(&format!(
                "UPDATE ledger_checkpoints SET signature = '{value}' WHERE number = {}",
                row.number
            ))
            .await;
    }
    let public = hex::encode(other.public());
    world
        .meddle(&format!(
            "UPDATE installation SET value = '{public}' WHERE key = 'ledger-key'"
        ))
        .await;
    // The entry about the first key, the key's file and kept checkpoints contradict it.
    let alone = verify(&world.app.store, None, None).await.unwrap();
    let told: Vec<_> = alone.faults.iter().map(|it| (it.number, it.kind)).collect();
    assert_eq!(told, [(0, Key)]);
    assert_eq!(
        faults(&world, None).await,
        [(0, Key), (1, Forged), (2, Forged)]
    );
    let proof = verify(&world.app.store, None, Some(&kept)).await.unwrap();
    assert!(proof.faults.iter().any(|it| it.kind == Key));
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_checkpoint_that_was_taken_out_is_found() {
    let (world, _) = world().await;
    world
        .meddle("DELETE FROM ledger_checkpoints WHERE number = 1")
        .await;
    assert_eq!(
        faults(&world, None).await,
        [(1, CheckpointFaultKind::Missing)]
    );
}

#[tokio::test]
async fn the_key_lies_in_a_file_of_its_own_and_is_made_once() {
    let (world, file) = world().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let public = public_key(&world.app.store).await.unwrap().unwrap();
    equip(&world.app, &file).await.unwrap();
    let read = LedgerKey::read(&file).unwrap().unwrap();
    assert_eq!(hex::encode(read.public()), public);
    let pem = std::fs::read_to_string(&file).unwrap();
    let der = vanthu_pki::pem::decode(&pem, "PRIVATE KEY").unwrap();
    let line = pem.lines().nth(1).unwrap().as_bytes();
    for name in ["vanthu.db", "vanthu.db-wal"] {
        let rows = std::fs::read(world.folder().join(name)).unwrap();
        let holds = |what: &[u8]| rows.windows(what.len()).any(|it| it == what);
        assert!(!holds(&der[0]) && !holds(line), "{name}");
        assert!(!holds(hex::encode(&der[0]).as_bytes()), "{name}");
    }
    std::fs::rename(&file, world.folder().join("elsewhere")).unwrap();
    assert!(
        equip(&world.app, &file).await.is_err(),
        "it made another one"
    );
    LedgerKey::make(&file).unwrap();
    assert!(
        equip(&world.app, &file).await.is_err(),
        "it took another one"
    );
}

#[tokio::test]
async fn checkpoints_are_made_when_due_and_never_twice() {
    let world = World::new().await;
    assert_eq!(make_if_due(&world.app).await.unwrap(), None);
    equip(&world.app, &world.folder().join("ledger.key"))
        .await
        .unwrap();
    let first = make_if_due(&world.app).await.unwrap().unwrap();
    assert_eq!((first.number, first.seq), (1, 1));
    append(&world.app, 1).await;
    assert_eq!(make_if_due(&world.app).await.unwrap(), None);
    world.clock.move_to(monday().plus_seconds(25 * 3600));
    let second = make_if_due(&world.app).await.unwrap().unwrap();
    assert_eq!((second.number, second.seq), (2, 2));
    assert_eq!(sign(&world.app).await.unwrap(), None);
    assert_eq!(faults(&world, None).await, []);
}

/// The next key, with the program started again.
async fn replaced(world: &World, file: &Path, reason: &str) -> (Replaced, LedgerKey) {
    let done = replace(&world.app.store, file, reason, world.app.now()).await;
    (done.unwrap(), LedgerKey::read(file).unwrap().unwrap())
}

async fn faults_by(
    world: &World,
    key: &LedgerKey,
    kept: Option<&Kept>,
) -> Vec<(i64, CheckpointFaultKind)> {
    let proof = verify(&world.app.store, Some(key), kept).await.unwrap();
    proof.faults.iter().map(|it| (it.number, it.kind)).collect()
}

/// Proves: TG-5.1
#[tokio::test]
async fn after_a_lost_key_the_old_checkpoints_are_proved_by_the_old_one() {
    use CheckpointFaultKind::Forged;
    let (world, file) = world().await;
    let store = &world.app.store;
    let old = LedgerKey::read(&file).unwrap().unwrap();
    let kept = export(store).await.unwrap().unwrap();
    std::fs::remove_file(&file).unwrap();
    append(&world.app, 3).await;
    let (done, new) = replaced(&world, &file, "Mất tệp").await;
    assert_eq!((done.seq, done.old_file), (25, None));
    assert_eq!(done.old_sha256, fingerprint(&old.public()));
    assert_eq!(done.new_sha256, fingerprint(&new.public()));

    let proof = verify(store, Some(&new), Some(&kept)).await.unwrap();
    assert!(proof.stands(), "{:?}", proof.faults);
    assert_eq!(proof.last.unwrap().seq, 25);
    let keys: Vec<_> = proof.keys.iter().map(|it| (it.from, &*it.reason)).collect();
    assert_eq!(keys, [(0, ""), (25, "Mất tệp")]);
    let later = export(store).await.unwrap().unwrap();
    assert_eq!(later.earlier_keys, [kept.public_key]);
    let later = Kept::read(&serde_json::to_vec(&later).unwrap()).unwrap();
    assert_eq!(faults_by(&world, &new, Some(&later)).await, []);

    // The old key signs no later entry, and the new one no earlier.
    assert!(make(store, &old, world.app.now()).await.is_err());
    for (number, key) in [(2, &new), (3, &old)] {
        let mut tx = store.read().await.unwrap();
        let row = checkpoint::list(&mut tx).await.unwrap();
        let row = row.into_iter().find(|it| it.number == number).unwrap();
        drop(tx);
        let put = |value: String| {
            format!("UPDATE ledger_checkpoints SET signature = '{value}' WHERE number = {number}")
        };
        let wrong = hex::encode(key.sign(&row.checkpoint().to_be_signed()).unwrap());
        world.meddle(&put(wrong)).await;
        assert_eq!(faults_by(&world, &new, None).await, [(number, Forged)]);
        world.meddle(&put(row.signature)).await;
    }
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_key_that_is_still_there_signs_a_last_time_and_is_kept_beside() {
    let (world, file) = world().await;
    append(&world.app, 2).await;
    let (first, _) = replaced(&world, &file, "Lộ khóa").await;
    assert_eq!(first.seq, 24);
    assert!(first.old_file.unwrap().is_file());
    let (second, newest) = replaced(&world, &file, "Thử lại").await;
    let proof = verify(&world.app.store, Some(&newest), None).await.unwrap();
    assert!(proof.stands(), "{:?}", proof.faults);
    assert_eq!(proof.last.unwrap().seq, second.seq);
    let mut tx = world.app.store.read().await.unwrap();
    let rows = checkpoint::list(&mut tx).await.unwrap();
    let places: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    // The entry before the replacement is the old key's; the next replacement follows at once.
    assert_eq!(places, [11, 21, 23, 24, 25]);
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_replacement_that_nobody_ordered_is_found_by_the_file_and_by_kept_checkpoints() {
    use CheckpointFaultKind::{Forged, Key};
    let (world, file) = world().await;
    let own = LedgerKey::read(&file).unwrap().unwrap();
    let kept = export(&world.app.store).await.unwrap().unwrap();
    // Whoever can write the database does what the command does, with a file of their own.
    let elsewhere = world.folder().join("elsewhere.key");
    replaced(&world, &elsewhere, "…").await;
    assert_eq!(
        faults_by(&world, &own, Some(&kept)).await,
        [(0, Key), (3, Forged)]
    );
    // With another past under it, the checkpoints that were kept contradict it.
    let first = format!("\"old\":\"{}\"", hex::encode(own.public()));
    world
        .meddle(&format!(
            "UPDATE ledger SET data = replace(data, '{first}', '\"old\":\"00\"')"
        ))
        .await;
    let proof = verify(&world.app.store, None, Some(&kept)).await.unwrap();
    assert!(proof.faults.iter().any(|it| it.kind == Key));
}

#[tokio::test]
async fn a_ledger_that_does_not_stand_gets_no_new_key() {
    let (world, file) = world().await;
    std::fs::remove_file(&file).unwrap();
    world
        .meddle("UPDATE ledger SET data = '{}' WHERE seq = 5")
        .await;
    let done = replace(&world.app.store, &file, "Mất tệp", world.app.now()).await;
    assert!(done.is_err());
    assert!(!file.exists());
}

#[tokio::test]
async fn a_replacement_that_was_broken_off_is_finished() {
    let (world, file) = world().await;
    let (done, new) = replaced(&world, &file, "Mất tệp").await;
    // As if the program had ended before it moved the files.
    let waiting = file.with_file_name("ledger.key.new");
    std::fs::rename(&file, &waiting).unwrap();
    std::fs::rename(done.old_file.unwrap(), &file).unwrap();
    assert!(equip(&world.app, &file).await.is_err());
    let (again, same) = replaced(&world, &file, "lần hai").await;
    assert_eq!((again.seq, same.public()), (done.seq, new.public()));
    assert!(!waiting.exists());
    assert_eq!(faults_by(&world, &new, None).await, []);
}
