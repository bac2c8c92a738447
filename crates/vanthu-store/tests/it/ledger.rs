//! The ledger: nothing in it can be changed unseen.

use serde_json::json;
use vanthu_domain::audit::{Act, Entry, GENESIS};
use vanthu_store::ledger::{
    LedgerFault, LedgerFaultKind, LedgerFilter, append, find_head, list, list_about, verify,
};

use crate::world::{NOW, World, on_each_database};

fn entry(n: i64) -> Entry {
    Entry {
        at: NOW.plus_seconds(n),
        account_id: Some("acc_1".to_owned()),
        person_id: Some(format!("per_{}", n % 2)),
        agency_id: None,
        act: if n % 3 == 0 {
            Act::Signed
        } else {
            Act::DraftSaved
        },
        object_id: format!("out_{}", n % 4),
        about: vec!["inc_1".to_owned(), format!("sgn_{n}")],
        data: json!({"words": "Ký số \"xong\"", "b": [1, null, true], "a": n}),
    }
}

async fn fill(world: &World, amount: i64) {
    for n in 1..=amount {
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(append(&mut tx, &entry(n)).await.unwrap().seq, n);
        tx.commit().await.unwrap();
    }
}

async fn faults(world: &World) -> Vec<(i64, LedgerFaultKind)> {
    let report = verify(&world.store).await.unwrap();
    report
        .faults
        .into_iter()
        .map(|LedgerFault { seq, kind }| (seq, kind))
        .collect()
}

/// Proves: TG-5.1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_append_at_once_make_one_chain_without_gaps() {
    on_each_database(async |world| {
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    append(&mut tx, &entry(n)).await.unwrap();
                    if n % 10 != 0 {
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let report = verify(&world.store).await.unwrap();
        assert_eq!(
            (report.entries, report.faults.as_slice()),
            (90, [].as_slice())
        );
        let mut tx = world.store.read().await.unwrap();
        assert_eq!(find_head(&mut tx).await.unwrap(), (90, report.head));
    })
    .await;
}

#[tokio::test]
async fn an_empty_chain_is_whole() {
    on_each_database(async |world| {
        let report = verify(&world.store).await.unwrap();
        assert_eq!((report.entries, report.head.as_str()), (0, GENESIS));
        assert!(report.faults.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_chain_longer_than_a_batch_is_verified() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        for n in 1..=2100 {
            append(&mut tx, &entry(n)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(verify(&world.store).await.unwrap().entries, 2100);
        assert_eq!(faults(world).await, []);
        world
            .meddle("UPDATE ledger SET at = at + 1 WHERE seq = 2001")
            .await;
        assert_eq!(faults(world).await, [(2001, LedgerFaultKind::Changed)]);
    })
    .await;
}

/// Proves: TG-5.1
#[tokio::test]
async fn an_entry_that_was_edited_is_found() {
    on_each_database(async |world| {
        fill(world, 6).await;
        assert_eq!(faults(world).await, []);
        for change in [
            "at = at - 1000000",
            "account_id = NULL",
            "person_id = 'per_x'",
            "agency_id = 'agc_x'",
            "act = 'sealed'",
            "data = '{\"a\":99}'",
        ] {
            let keep = "at, account_id, person_id, agency_id, act, data";
            world
                .meddle(&format!(
                    "CREATE TABLE kept AS SELECT {keep} FROM ledger WHERE seq = 3"
                ))
                .await;
            assert_eq!(
                world
                    .meddle(&format!("UPDATE ledger SET {change} WHERE seq = 3"))
                    .await,
                1
            );
            assert_eq!(
                faults(world).await,
                [(3, LedgerFaultKind::Changed)],
                "{change}"
            );
            world
                .meddle(&format!(
                    "UPDATE ledger SET ({keep}) = (SELECT {keep} FROM kept) WHERE seq = 3"
                ))
                .await;
            world.meddle("DROP TABLE kept").await;
            assert_eq!(faults(world).await, []);
        }
        world
            .meddle("UPDATE ledger SET act = 'nothing-known' WHERE seq = 3")
            .await;
        assert_eq!(faults(world).await, [(3, LedgerFaultKind::Unreadable)]);
    })
    .await;
}

/// Proves: TG-5.1
#[tokio::test]
async fn an_entry_that_was_deleted_is_found_wherever_it_stood() {
    on_each_database(async |world| {
        fill(world, 6).await;
        world
            .meddle("DELETE FROM ledger_objects WHERE seq IN (3, 6)")
            .await;
        world.meddle("DELETE FROM ledger WHERE seq = 6").await;
        assert!(faults(world).await.contains(&(6, LedgerFaultKind::Missing)));
        world.meddle("DELETE FROM ledger WHERE seq = 3").await;
        let found = faults(world).await;
        assert!(found.contains(&(3, LedgerFaultKind::Missing)), "{found:?}");
        assert!(found.contains(&(4, LedgerFaultKind::Broken)), "{found:?}");
    })
    .await;
}

/// Proves: TG-5.1
#[tokio::test]
async fn entries_that_changed_places_are_found() {
    on_each_database(async |world| {
        fill(world, 6).await;
        world
            .meddle("DELETE FROM ledger_objects WHERE seq IN (2, 4)")
            .await;
        world
            .meddle("UPDATE ledger SET seq = -1 WHERE seq = 2")
            .await;
        world
            .meddle("UPDATE ledger SET seq = 2 WHERE seq = 4")
            .await;
        world
            .meddle("UPDATE ledger SET seq = 4 WHERE seq = -1")
            .await;
        let found = faults(world).await;
        for fault in [
            (2, LedgerFaultKind::Broken),
            (2, LedgerFaultKind::Changed),
            (3, LedgerFaultKind::Broken),
            (4, LedgerFaultKind::Broken),
            (4, LedgerFaultKind::Changed),
            (5, LedgerFaultKind::Broken),
        ] {
            assert!(found.contains(&fault), "{fault:?} in {found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_with_a_hash_made_to_fit_breaks_the_next() {
    on_each_database(async |world| {
        fill(world, 4).await;
        let mut tx = world.store.read().await.unwrap();
        let rows = list(&mut tx, &LedgerFilter::default(), None, 10)
            .await
            .unwrap()
            .items;
        drop(tx);
        let second = rows.iter().find(|row| row.seq == 2).unwrap();
        let forged = Entry {
            person_id: Some("per_forged".to_owned()),
            ..second.entry()
        };
        let hash = forged.hash(2, &second.previous_hash);
        world
            .meddle(&format!(
                "UPDATE ledger SET person_id = 'per_forged', hash = '{hash}' WHERE seq = 2"
            ))
            .await;
        assert_eq!(faults(world).await, [(3, LedgerFaultKind::Broken)]);
    })
    .await;
}

#[tokio::test]
async fn a_head_that_was_moved_and_a_false_timeline_are_found() {
    on_each_database(async |world| {
        fill(world, 4).await;
        world
            .meddle("DELETE FROM ledger_objects WHERE seq = 2 AND object_id = 'inc_1'")
            .await;
        assert_eq!(faults(world).await, [(2, LedgerFaultKind::Misfiled)]);
        world
            .meddle("INSERT INTO ledger_objects VALUES ('inc_1', 2)")
            .await;
        assert_eq!(faults(world).await, []);
        world.meddle("UPDATE ledger_head SET seq = 3").await;
        let found = faults(world).await;
        assert!(
            found
                .iter()
                .all(|(seq, kind)| (*seq, *kind) == (3, LedgerFaultKind::Head))
        );
        assert!(!found.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_timeline_holds_what_was_done_to_or_about_the_object() {
    on_each_database(async |world| {
        fill(world, 8).await;
        let mut tx = world.store.read().await.unwrap();
        let of_object = list_about(&mut tx, "out_1").await.unwrap();
        assert_eq!(
            of_object.iter().map(|row| row.seq).collect::<Vec<_>>(),
            [1, 5]
        );
        assert_eq!(of_object[0].entry(), entry(1));
        assert_eq!(list_about(&mut tx, "inc_1").await.unwrap().len(), 8);
        assert_eq!(list_about(&mut tx, "sgn_7").await.unwrap().len(), 1);
        let filter = LedgerFilter {
            person_id: Some("per_1".to_owned()),
            acts: vec![Act::DraftSaved],
            ..LedgerFilter::default()
        };
        let page = list(&mut tx, &filter, None, 2).await.unwrap();
        let more = list(&mut tx, &filter, page.next.as_ref(), 2).await.unwrap();
        let seqs: Vec<_> = page
            .items
            .iter()
            .chain(&more.items)
            .map(|row| row.seq)
            .collect();
        assert_eq!(seqs, [7, 5, 1]);
        assert_eq!(more.next, None);
    })
    .await;
}
