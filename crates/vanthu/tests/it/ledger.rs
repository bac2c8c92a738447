//! `vanthu ledger verify`: whoever edits the database file is found.

use sea_orm::{ConnectionTrait as _, Database};
use tempfile::TempDir;
use vanthu_app::practice::Folders;
use vanthu_app::system::SystemClock;
use vanthu_domain::Clock as _;
use vanthu_domain::audit::{Act, Entry};
use vanthu_store::{Store, ledger, migrate};

use crate::program::{Desk, Ended, text, vanthu};

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

/// An installation as `vanthu init` leaves it, and the arguments that name it.
fn made() -> (Desk, Vec<String>) {
    let desk = Desk::new();
    let file = crate::real::config(&desk, "");
    let ended = crate::real::init(&file, "qt@binhmau.gov.vn");
    assert_eq!(ended.code, 0, "{}", ended.complained);
    let place = vec!["--config".to_owned(), text(&file).to_owned()];
    (desk, place)
}

fn ledger(what: &[&str], place: &[String]) -> Ended {
    let mut all = vec!["ledger"];
    all.extend(what);
    all.extend(place.iter().map(String::as_str));
    vanthu(&all)
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_ledger_that_was_cut_cleanly_is_found_by_the_checkpoints_that_were_kept() {
    let (desk, place) = made();
    let signed = ledger(&["checkpoint"], &place);
    assert_eq!(signed.code, 0, "{}", signed.complained);
    assert!(signed.said.contains("điểm chốt số 1"), "{}", signed.said);
    let again = ledger(&["checkpoint"], &place);
    assert!(again.said.contains("Không có mục mới"), "{}", again.said);
    let kept = desk.path("kept.json");
    let kept = ["--out", text(&kept)];
    let written = ledger(&[&["export"], &kept[..]].concat(), &place);
    assert_eq!(written.code, 0, "{}", written.complained);
    let over = ledger(&[&["export"], &kept[..]].concat(), &place);
    assert_eq!(over.code, 3, "{}", over.said);

    let against = ["verify", "--checkpoints", kept[1]];
    let whole = ledger(&against, &place);
    assert_eq!(whole.code, 0, "{}{}", whole.said, whole.complained);
    assert!(whole.said.contains("Điểm chốt: số 1"), "{}", whole.said);

    let url = format!("sqlite://{}", desk.path("real.db").display());
    for sql in [
        "DELETE FROM ledger_objects WHERE seq > 1",
        "DELETE FROM ledger WHERE seq > 1",
        "UPDATE ledger_head SET seq = 1, hash = (SELECT hash FROM ledger WHERE seq = 1)",
    ] {
        edit(&url, sql).await;
    }
    let cut = ledger(&["verify"], &place);
    assert_eq!(cut.code, 1);
    assert!(cut.said.contains("phần cuối đã bị cắt"), "{}", cut.said);
    edit(&url, "DELETE FROM ledger_checkpoints").await;
    assert_eq!(ledger(&["verify"], &place).code, 0);
    let cut = ledger(&against, &place);
    assert_eq!(cut.code, 1);
    assert!(
        cut.said.contains("điểm chốt số 1 đã bị xóa"),
        "{}",
        cut.said
    );
}

/// Proves: TG-5.1
#[tokio::test]
async fn the_key_is_shown_and_missed_when_it_is_gone() {
    let (desk, place) = made();
    let shown = ledger(&["key"], &place);
    assert_eq!(shown.code, 0, "{}", shown.complained);
    assert!(shown.said.contains("BEGIN PUBLIC KEY"), "{}", shown.said);
    assert!(!shown.said.contains("PRIVATE"), "{}", shown.said);
    let doctor = |place: &[String]| vanthu(&["doctor", &place[0], &place[1]]);
    assert_eq!(doctor(&place).code, 0, "{}", doctor(&place).said);
    std::fs::remove_file(desk.path("ledger.key")).unwrap();
    let ill = doctor(&place);
    assert_eq!(ill.code, 1);
    assert!(ill.said.contains("Thiếu khóa"), "{}", ill.said);
    assert_eq!(ledger(&["checkpoint"], &place).code, 3);
    let served = vanthu(&["serve", &place[0], &place[1]]);
    assert_eq!(served.code, 3, "{}", served.said);
    assert!(
        served.complained.contains("ledger.key"),
        "{}",
        served.complained
    );
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_lost_key_is_replaced_with_a_reason_and_the_ledger_stands() {
    let (desk, place) = made();
    assert_eq!(ledger(&["checkpoint"], &place).code, 0);
    let before = ledger(&["key"], &place).said;
    let before = before.lines().next().unwrap();
    std::fs::remove_file(desk.path("ledger.key")).unwrap();

    let unsaid = ledger(&["key", "--replace"], &place);
    assert_eq!(unsaid.code, 2, "{}", unsaid.said);
    let blank = ledger(&["key", "--replace", "--reason", " "], &place);
    assert_eq!(blank.code, 3, "{}", blank.said);
    let why = "Hỏng ổ đĩa, không có bản sao lưu";
    let done = ledger(&["key", "--replace", "--reason", why], &place);
    assert_eq!(done.code, 0, "{}", done.complained);
    assert!(done.said.contains(before), "{}", done.said);

    let shown = ledger(&["key"], &place);
    let after = shown.said.lines().next().unwrap();
    assert_ne!(before, after);
    assert!(done.said.contains(after), "{}", done.said);
    let proved = ledger(&["verify"], &place);
    assert_eq!(proved.code, 0, "{}{}", proved.said, proved.complained);
    assert!(proved.said.contains(why), "{}", proved.said);
    assert!(proved.said.contains("Điểm chốt: số 2"), "{}", proved.said);
    let doctor = vanthu(&["doctor", &place[0], &place[1]]);
    assert_eq!(doctor.code, 0, "{}", doctor.said);
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
