//! Checkpoints of the ledger.

use serde_json::json;
use vanthu_domain::audit::{Act, Entry};
use vanthu_domain::checkpoint::Checkpoint;
use vanthu_store::checkpoint::{CheckpointRow, find_last, insert, list};
use vanthu_store::ledger::{append, find_hash};

use crate::world::{NOW, on_each_database};

fn a_checkpoint(number: i64) -> CheckpointRow {
    let checkpoint = Checkpoint {
        number,
        installation: "ins".to_owned(),
        seq: number * 10,
        hash: "ab".repeat(32),
        at: NOW.plus_seconds(number),
    };
    let row = CheckpointRow::new(checkpoint.clone(), "3045".to_owned());
    assert_eq!(row.checkpoint(), checkpoint);
    row
}

#[tokio::test]
async fn checkpoints_are_added_once_and_stand_in_their_order() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(find_last(&mut tx).await.unwrap(), None);
        for number in [2, 1, 11] {
            assert!(insert(&mut tx, &a_checkpoint(number)).await.unwrap());
        }
        let mut other = a_checkpoint(2);
        other.hash.clear();
        assert!(!insert(&mut tx, &other).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let all = [1, 2, 11].map(a_checkpoint);
        assert_eq!(list(&mut tx).await.unwrap(), all);
        assert_eq!(find_last(&mut tx).await.unwrap().as_ref(), all.last());
    })
    .await;
}

#[tokio::test]
async fn the_hash_of_an_entry_is_found_by_its_place() {
    on_each_database(async |world| {
        let entry = Entry {
            at: NOW,
            account_id: None,
            person_id: None,
            agency_id: None,
            act: Act::Issued,
            object_id: "out_1".to_owned(),
            about: Vec::new(),
            data: json!({}),
        };
        let mut tx = world.store.write().await.unwrap();
        let row = append(&mut tx, &entry).await.unwrap();
        let found = find_hash(&mut tx, row.seq).await.unwrap();
        assert_eq!(found, Some(row.hash));
        assert_eq!(find_hash(&mut tx, row.seq + 1).await.unwrap(), None);
    })
    .await;
}
