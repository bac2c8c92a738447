//! A fresh store for a test, once on each database that is there.

use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait as _, Database};
use vanthu_domain::Moment;
use vanthu_store::{Durability, Store, StoreOptions, migrate};

/// When the tests take place.
pub(crate) const NOW: Moment = Moment::from_unix_seconds(1_795_300_000);

/// A fresh store.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) url: String,
    pub(crate) folder: tempfile::TempDir,
}

/// Runs a test on a fresh store of each database, with its tables made.
pub(crate) async fn on_each_database(test: impl AsyncFn(&World)) {
    on_each_empty_database(async |world| {
        migrate::run(&world.store, NOW).await.unwrap();
        test(world).await;
    })
    .await;
}

/// The same without tables.
pub(crate) async fn on_each_empty_database(test: impl AsyncFn(&World)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("store.db").display());
    let world = World {
        store: open(&url, &folder).await,
        url,
        folder,
    };
    test(&world).await;
    world.store.close().await.unwrap();

    let Some(server) = postgres() else {
        println!("PostgreSQL was not offered (VANTHU_TEST_POSTGRES): SQLite alone was tested");
        return;
    };
    let schema = fresh_name();
    let admin = Database::connect(&server).await.unwrap();
    admin
        .execute_unprepared(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))
        .await
        .unwrap();
    admin
        .execute_unprepared(&format!("CREATE SCHEMA {schema}"))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options[search_path]={schema}");
    let world = World {
        store: open(&url, &folder).await,
        url,
        folder,
    };
    test(&world).await;
    world.store.close().await.unwrap();
    admin
        .execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE"))
        .await
        .unwrap();
}

impl World {
    /// Changes the database behind the store's back.
    pub(crate) async fn meddle(&self, sql: &str) -> u64 {
        let connection = Database::connect(&self.url).await.unwrap();
        let done = connection
            .execute_unprepared(sql)
            .await
            .unwrap()
            .rows_affected();
        connection.close().await.unwrap();
        done
    }
}

async fn open(url: &str, folder: &tempfile::TempDir) -> Store {
    Store::open_with(StoreOptions {
        url: url.to_owned(),
        blob_dir: folder.path().join("blobs"),
        durability: Durability::Relaxed,
        readers: 4,
    })
    .await
    .unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn postgres() -> Option<String> {
    std::env::var("VANTHU_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
}

fn fresh_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(
        "it_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
