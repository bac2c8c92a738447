//! A real installation: made once, and free of everything that is for practice.

use std::path::PathBuf;

use crate::program::{Desk, Ended, text, vanthu};

pub(crate) fn config(desk: &Desk, more: &str) -> PathBuf {
    let path = desk.path("vanthu.toml");
    let database = desk.path("real.db");
    let words = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://vanthu.binhmau.gov.vn\"\n\
         [storage]\ndatabase = \"sqlite://{}\"\nblobs = \"blobs\"\n\
         [signing]\ntimestamp_url = \"http://127.0.0.1:9\"\n{more}",
        database.display()
    );
    std::fs::write(&path, words).unwrap();
    path
}

pub(crate) fn init(config: &std::path::Path, email: &str) -> Ended {
    vanthu(&[
        "init",
        "--config",
        text(config),
        "--agency-code",
        "H99.70",
        "--agency-name",
        "Ủy ban nhân dân xã Thử Mẫu",
        "--agency-abbreviation",
        "UBND",
        "--agency-kind",
        "commune-committee",
        "--agency-email",
        "vanthu@binhmau.gov.vn",
        "--place",
        "Thử Mẫu",
        "--profile",
        "an-giang",
        "--admin",
        "qt.thumau",
        "--admin-name",
        "Phan Quản Trị",
        "--admin-email",
        email,
    ])
}

#[test]
fn it_is_made_once_with_a_first_password() {
    let desk = Desk::new();
    let config = config(&desk, "");
    let made = init(&config, "qt@binhmau.gov.vn");
    assert_eq!(made.code, 0, "{}", made.complained);
    assert!(made.said.contains("Vt-"), "{}", made.said);
    let again = init(&config, "qt@binhmau.gov.vn");
    assert_eq!(again.code, 3);
    assert!(
        again.complained.contains("đã có một hệ thống"),
        "{}",
        again.complained
    );
    let checked = vanthu(&["doctor", "--config", text(&config)]);
    assert_eq!(checked.code, 0, "{}", checked.said);
    assert!(checked.said.contains("Hệ thống thật"));
    let proved = vanthu(&["ledger", "verify", "--config", text(&config)]);
    assert_eq!(proved.code, 0, "{}", proved.said);
}

/// Proves: TD-1.4
#[test]
fn a_free_mail_address_is_refused() {
    let desk = Desk::new();
    let refused = init(&config(&desk, ""), "quantri@gmail.com");
    assert_eq!(refused.code, 3, "{}", refused.said);
}

#[test]
fn practice_anchors_are_refused() {
    let desk = Desk::new();
    std::fs::write(desk.path("roots.pem"), desk.authority.anchors_pem()).unwrap();
    let anchor = "[[signing.anchor]]\nfile = \"roots.pem\"\nkind = \"government\"\n";
    let refused = init(&config(&desk, anchor), "qt@binhmau.gov.vn");
    assert_eq!(refused.code, 3);
    assert!(
        refused.complained.contains("điểm tin cậy thực hành"),
        "{}",
        refused.complained
    );
}

#[test]
fn an_empty_database_is_not_served() {
    let desk = Desk::new();
    let ended = vanthu(&["serve", "--config", text(&config(&desk, ""))]);
    assert_eq!(ended.code, 3);
    assert!(
        ended.complained.contains("vanthu migrate"),
        "{}",
        ended.complained
    );
}
