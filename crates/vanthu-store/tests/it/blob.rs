//! Blobs. They are not in the database, so most tests need one store only.

use std::path::PathBuf;

use vanthu_store::blob::{Swept, sweep};
use vanthu_store::{Blobs, StoreError, outgoing};

use crate::build::{a_draft, office};
use crate::world::{NOW, on_each_database};

fn path(root: &tempfile::TempDir, name: &str) -> PathBuf {
    root.path().join(&name[..2]).join(&name[2..4]).join(name)
}

#[tokio::test]
async fn what_was_put_is_there_after_opening_again_and_once_only() {
    let root = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(root.path().to_owned()).await.unwrap();
    let name = blobs.put(b"noi dung".to_vec(), NOW).await.unwrap();
    assert_eq!(blobs.put(b"noi dung".to_vec(), NOW).await.unwrap(), name);
    let again = Blobs::open(root.path().to_owned()).await.unwrap();
    assert!(again.exists(&name).await.unwrap());
    assert_eq!(again.get(&name).await.unwrap(), b"noi dung");
    assert_eq!(again.list().await.unwrap(), [name]);
    let empty = again.put(Vec::new(), NOW).await.unwrap();
    assert!(again.get(&empty).await.unwrap().is_empty());
    let left = std::fs::read_dir(root.path().join("new")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn spoilt_bytes_are_not_given_out_and_are_mended_by_putting_them_again() {
    let root = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(root.path().to_owned()).await.unwrap();
    let name = blobs.put(b"noi dung".to_vec(), NOW).await.unwrap();
    std::fs::write(path(&root, &name), b"noi dunG").unwrap();
    let error = blobs.get(&name).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Corrupt { table: "blobs", id, .. } if *id == name),
        "{error:?}"
    );
    blobs.put(b"noi dung".to_vec(), NOW).await.unwrap();
    assert_eq!(blobs.get(&name).await.unwrap(), b"noi dung");
}

#[tokio::test]
async fn names_that_are_no_digest_lead_nowhere() {
    let root = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(root.path().to_owned()).await.unwrap();
    for name in [
        "",
        "ab",
        "../../etc/passwd",
        &"A".repeat(64),
        &"é".repeat(32),
    ] {
        let error = blobs.get(name).await.unwrap_err();
        assert!(matches!(error, StoreError::Missing { .. }), "{name}");
    }
    let absent = "0".repeat(64);
    assert!(!blobs.exists(&absent).await.unwrap());
    assert!(matches!(
        blobs.get(&absent).await.unwrap_err(),
        StoreError::Missing { .. }
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_put_the_same_bytes_make_one_blob() {
    let root = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(root.path().to_owned()).await.unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let blobs = blobs.clone();
            tokio::spawn(async move { blobs.put(vec![7; 100_000], NOW).await.unwrap() })
        })
        .collect();
    let mut names = Vec::new();
    for task in tasks {
        names.push(task.await.unwrap());
    }
    names.dedup();
    assert_eq!(names.len(), 1);
    assert_eq!(blobs.get(&names[0]).await.unwrap().len(), 100_000);
}

#[tokio::test]
async fn the_sweep_takes_old_orphans_alone() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let blobs = world.store.blobs();
        let named = blobs.put(b"named".to_vec(), NOW).await.unwrap();
        let orphan = blobs.put(b"orphan".to_vec(), NOW).await.unwrap();
        let again = blobs.put(b"again".to_vec(), NOW).await.unwrap();
        let later = NOW.plus_seconds(3600);
        let young = blobs.put(b"young".to_vec(), later).await.unwrap();
        blobs.put(b"again".to_vec(), later).await.unwrap();
        let mut row = a_draft(&office, NOW);
        row.current_blob = Some(named.clone());
        let mut tx = world.store.write().await.unwrap();
        outgoing::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();

        let swept = sweep(&world.store, NOW.plus_seconds(60)).await.unwrap();
        assert_eq!(
            swept,
            Swept {
                kept: 3,
                removed: 1
            }
        );
        assert!(!blobs.exists(&orphan).await.unwrap());
        for name in [&named, &again, &young] {
            assert!(blobs.exists(name).await.unwrap());
        }
        assert!(world.folder.path().join("blobs").is_dir());
    })
    .await;
}
