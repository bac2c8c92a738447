//! `vanthu ledger verify`: whoever edits the database file is found.

use sea_orm::{ConnectionTrait as _, Database};
use tempfile::TempDir;
use vanthu_app::practice::Folders;
use vanthu_app::system::SystemClock;
use vanthu_domain::Clock as _;
use vanthu_domain::audit::{Act, Entry};
use vanthu_store::{Store, ledger, migrate};

use crate::program::{Ended, text, vanthu};

/// An installation with twenty entries.
async fn installation() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders::new(folder.path());
    let url = format!("sqlite://{}", folders.database().display());
    let store = Store::open(&url, folders.blobs()).await.unwrap();
    let now = SystemClock.now();
    migrate::run(&store, now).await.unwrap();
    let mut tx = store.write().await.unwrap();
    for number in 0..20 {
        let entry = Entry {
            at: now.plus_seconds(number),
            account_id: None,
            person_id: None,
            agency_id: None,
            act: Act::NumberGiven,
            object_id: format!("out_{number}"),
            about: Vec::new(),
            data: serde_json::json!({"number": number}),
        };
        ledger::append(&mut tx, &entry).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    (folder, url)
}

/// Edits the file behind the program's back.
async fn edit(url: &str, sql: &str) {
    let database = Database::connect(url).await.unwrap();
    database.execute_unprepared(sql).await.unwrap();
    database.close().await.unwrap();
}

fn verify(folder: &TempDir) -> Ended {
    vanthu(&["ledger", "verify", "--data", text(folder.path())])
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_whole_chain_is_proved_with_its_length_and_its_end() {
    let (folder, _) = installation().await;
    let ended = verify(&folder);
    assert_eq!(ended.code, 0, "{}{}", ended.said, ended.complained);
    assert!(ended.said.contains("20 mục"), "{}", ended.said);
}

/// Proves: TG-5.1
#[tokio::test]
async fn an_edited_entry_is_named() {
    let (folder, url) = installation().await;
    edit(
        &url,
        "UPDATE ledger SET data = '{\"number\":99}' WHERE seq = 7",
    )
    .await;
    let ended = verify(&folder);
    assert_eq!(ended.code, 1);
    assert!(
        ended.said.contains("mục số 7 đã bị sửa nội dung"),
        "{}",
        ended.said
    );
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_removed_entry_and_a_cut_tail_are_found() {
    let (folder, url) = installation().await;
    edit(&url, "DELETE FROM ledger_objects WHERE seq = 12").await;
    edit(&url, "DELETE FROM ledger WHERE seq = 12").await;
    let ended = verify(&folder);
    assert_eq!(ended.code, 1);
    assert!(ended.said.contains("mục số 12 đã bị xóa"), "{}", ended.said);

    let (folder, url) = installation().await;
    edit(&url, "DELETE FROM ledger_objects WHERE seq > 15").await;
    edit(&url, "DELETE FROM ledger WHERE seq > 15").await;
    assert_eq!(verify(&folder).code, 1);
}

#[test]
fn a_folder_without_an_installation_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let ended = verify(&folder);
    assert_eq!(ended.code, 3);
    assert!(
        ended.complained.contains("không có cơ sở dữ liệu"),
        "{}",
        ended.complained
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
