//! Transactions: they stand, or leave no trace.

use vanthu_store::{Store, StoreError, agency, installation};

use crate::build::{an_agency, fresh};
use crate::world::on_each_database;

#[tokio::test]
async fn a_dropped_transaction_leaves_no_trace() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        installation::set(&mut tx, "name", "Mẫu").await.unwrap();
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(installation::find(&mut tx, "name").await.unwrap(), None);
        installation::set(&mut tx, "name", "Bình Mẫu")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let name = installation::find(&mut tx, "name").await.unwrap();
        assert_eq!(name.as_deref(), Some("Bình Mẫu"));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_is_not_seen() {
    on_each_database(async |world| {
        let mut writing = world.store.write().await.unwrap();
        installation::set(&mut writing, "name", "Mẫu")
            .await
            .unwrap();
        let mut reading = world.store.read().await.unwrap();
        assert_eq!(
            installation::find(&mut reading, "name").await.unwrap(),
            None
        );
        drop(reading);
        writing.commit().await.unwrap();
        let mut reading = world.store.read().await.unwrap();
        assert!(
            installation::find(&mut reading, "name")
                .await
                .unwrap()
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    on_each_database(async |world| {
        let mut tx = world.store.read().await.unwrap();
        assert!(installation::set(&mut tx, "name", "Mẫu").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_value_is_set_once_or_over() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        assert!(installation::set_once(&mut tx, "k", "1").await.unwrap());
        assert!(!installation::set_once(&mut tx, "k", "2").await.unwrap());
        assert_eq!(
            installation::find(&mut tx, "k").await.unwrap().as_deref(),
            Some("1")
        );
        installation::set(&mut tx, "k", "3").await.unwrap();
        assert_eq!(
            installation::find(&mut tx, "k").await.unwrap().as_deref(),
            Some("3")
        );
    })
    .await;
}

#[tokio::test]
async fn a_taken_value_is_a_conflict_that_names_table_and_column() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        agency::insert(&mut tx, &an_agency("H01")).await.unwrap();
        let error = agency::insert(&mut tx, &an_agency("H01"))
            .await
            .unwrap_err();
        assert!(error.is_taken("agencies", "code"), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_broken_reference_is_refused() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        let mut orphan = an_agency("H01");
        orphan.parent_id = Some(an_agency("H99").agency_id);
        let error = agency::insert(&mut tx, &orphan).await.unwrap_err();
        assert!(matches!(error, StoreError::Other(_)), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_named() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        let nobody = an_agency(&format!("H{}", fresh()));
        for error in [
            agency::load(&mut tx, &nobody.agency_id).await.unwrap_err(),
            agency::update(&mut tx, &nobody).await.unwrap_err(),
        ] {
            let StoreError::Missing { table, id } = error else {
                panic!("{error:?}")
            };
            assert_eq!(
                (table, id.as_str()),
                ("agencies", nobody.agency_id.as_str())
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_unreachable_database_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}",
        folder.path().join("no/such/folder/store.db").display()
    );
    let error = Store::open(&url, folder.path().join("blobs"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = Store::open("mysql://x", folder.path().join("blobs"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Other(_)), "{error:?}");
}
