//! Migrations.

use vanthu_store::migrate::{MIGRATIONS, Migration, is_current, list_applied, run, run_these};
use vanthu_store::{StoreError, installation};

use crate::world::{NOW, on_each_database, on_each_empty_database};

#[tokio::test]
async fn migrating_twice_does_nothing_the_second_time() {
    on_each_empty_database(async |world| {
        assert_eq!(
            run(&world.store, NOW).await.unwrap().len(),
            MIGRATIONS.len()
        );
        assert!(
            run(&world.store, NOW.plus_seconds(1))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(is_current(&world.store).await.unwrap());
        let mut tx = world.store.read().await.unwrap();
        let applied = list_applied(&mut tx).await.unwrap();
        assert!(
            applied
                .iter()
                .all(|one| one.applied_at == NOW && one.checksum.len() == 64)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_programs_that_migrate_at_once_do_it_once() {
    on_each_empty_database(async |world| {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let store = world.store.clone();
                tokio::spawn(async move { run(&store, NOW).await.unwrap().len() })
            })
            .collect();
        let mut worked = 0;
        for task in tasks {
            worked += usize::from(task.await.unwrap() > 0);
        }
        assert_eq!(worked, 1);
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_was_edited_is_found() {
    on_each_database(async |world| {
        world
            .meddle("UPDATE migrations SET checksum = 'other' WHERE number = 1")
            .await;
        let error = run(&world.store, NOW).await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt { table: "migrations", id, .. } if id == "1"));
        assert!(is_current(&world.store).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    on_each_database(async |world| {
        let next = MIGRATIONS.len() + 1;
        world
            .meddle(&format!(
                "INSERT INTO migrations VALUES ({next}, 'later', 'x', 0)"
            ))
            .await;
        let error = run(&world.store, NOW).await.unwrap_err();
        assert!(error.to_string().contains("newer"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_fails_halfway_leaves_nothing() {
    on_each_database(async |world| {
        let mut tree = MIGRATIONS.to_vec();
        tree.push(Migration {
            number: MIGRATIONS.len() as i64 + 1,
            name: "bad",
            text: "CREATE TABLE fine (a TEXT);\nINSERT INTO nowhere VALUES (1);\n",
        });
        assert!(run_these(&world.store, &tree, NOW).await.is_err());
        assert!(is_current(&world.store).await.unwrap());
        let mut tx = world.store.write().await.unwrap();
        installation::set(&mut tx, "still", "works").await.unwrap();
        tx.commit().await.unwrap();
        world.meddle("CREATE TABLE fine (b TEXT)").await;
    })
    .await;
}
