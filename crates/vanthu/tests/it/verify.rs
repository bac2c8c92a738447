//! `vanthu verify` and `vanthu sign`.

use crate::program::{Desk, text, vanthu};

/// Proves: TG-8.1a
#[test]
fn a_signature_that_passes_ends_with_zero_and_is_told_point_by_point() {
    let desk = Desk::new();
    let signed = desk.signed();
    let ended = vanthu(&["verify", text(&signed), "--data", text(desk.folder.path())]);
    assert_eq!(ended.code, 0, "{}{}", ended.said, ended.complained);
    for words in [
        "Người Ký Thử",
        "Dấu thời gian",
        "Không có thay đổi nào sau",
        "TOTAL-PASSED",
    ] {
        assert!(
            ended.said.contains(words),
            "{words} is not in:\n{}",
            ended.said
        );
    }
}

#[test]
fn a_changed_file_ends_with_one() {
    let desk = Desk::new();
    let signed = desk.signed();
    let mut bytes = std::fs::read(&signed).unwrap();
    let at = bytes.windows(8).position(|it| it == b"MediaBox").unwrap();
    bytes[at + 15] ^= 1;
    std::fs::write(&signed, bytes).unwrap();
    let ended = vanthu(&["verify", text(&signed), "--data", text(desk.folder.path())]);
    assert_eq!(ended.code, 1);
    assert!(ended.said.contains("TOTAL-FAILED"), "{}", ended.said);
}

#[test]
fn without_a_signature_or_a_known_status_it_does_not_pass() {
    let desk = Desk::new();
    let data = text(desk.folder.path());
    let unsigned = vanthu(&["verify", text(&desk.path("paper.pdf")), "--data", data]);
    assert_eq!(unsigned.code, 1);
    assert!(
        unsigned.said.contains("không có chữ ký số nào"),
        "{}",
        unsigned.said
    );

    let signed = desk.signed();
    let anchors = desk.path("anchors.pem");
    std::fs::write(&anchors, desk.authority.anchors_pem()).unwrap();
    // Nobody answers at the address of the lists.
    let unknown = vanthu(&["verify", text(&signed), "--anchors", text(&anchors)]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.said.contains("INDETERMINATE"), "{}", unknown.said);
    let offline = vanthu(&[
        "verify",
        text(&signed),
        "--anchors",
        text(&anchors),
        "--offline",
    ]);
    assert_eq!(offline.code, 0, "{}", offline.said);
}

#[test]
fn an_anchor_that_it_does_not_lead_to_is_not_enough() {
    let desk = Desk::new();
    let signed = desk.signed();
    let other = Desk::new();
    let ended = vanthu(&["verify", text(&signed), "--data", text(other.folder.path())]);
    assert_eq!(ended.code, 1);
    assert!(ended.said.contains("CHƯA tin cậy"), "{}", ended.said);
}

#[test]
fn the_report_comes_as_json() {
    let desk = Desk::new();
    let signed = desk.signed();
    let data = text(desk.folder.path());
    let ended = vanthu(&["verify", text(&signed), "--data", data, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ended.said).unwrap();
    assert_eq!(report["indication"], "TOTAL-PASSED");
    assert_eq!(report["signatures"].as_array().unwrap().len(), 1);
}

#[test]
fn several_files_are_judged_in_order_and_one_bad_one_decides() {
    let desk = Desk::new();
    let signed = desk.signed();
    let (data, paper) = (text(desk.folder.path()), desk.path("paper.pdf"));
    let both = vanthu(&[
        "verify",
        text(&signed),
        text(&paper),
        "--data",
        data,
        "--json",
    ]);
    assert_eq!(both.code, 1);
    let reports: Vec<serde_json::Value> = both
        .said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(reports[0]["indication"], "TOTAL-PASSED");
    assert_eq!(reports[1]["signatures"].as_array().unwrap().len(), 0);
    let twice = vanthu(&["verify", text(&signed), text(&signed), "--data", data]);
    assert_eq!(twice.code, 0, "{}", twice.complained);
}

#[test]
fn policy_day_and_standard_report_can_be_asked_for() {
    let desk = Desk::new();
    let signed = desk.signed();
    let (data, policy) = (text(desk.folder.path()), desk.path("policy.toml"));
    let xml = vanthu(&["verify", text(&signed), "--data", data, "--xml"]);
    assert_eq!(xml.code, 0);
    assert!(
        xml.said
            .contains("urn:etsi:019102:mainindication:total-passed")
    );
    std::fs::write(
        &policy,
        "name = 'a'\nversion = '1'\nkey-usages = ['keyAgreement']\n",
    )
    .unwrap();
    let strict = vanthu(&[
        "verify",
        text(&signed),
        "--data",
        data,
        "--policy",
        text(&policy),
    ]);
    assert_eq!(strict.code, 1, "{}", strict.said);
    std::fs::write(
        &policy,
        "name = 'a'\nversion = '1'\n[constraints]\nkey-usage = 'X'\n",
    )
    .unwrap();
    let broken = vanthu(&[
        "verify",
        text(&signed),
        "--data",
        data,
        "--policy",
        text(&policy),
    ]);
    assert_eq!(broken.code, 3);
    assert!(
        broken.complained.contains("line 4, key-usage"),
        "{}",
        broken.complained
    );
    let early = vanthu(&[
        "verify",
        text(&signed),
        "--data",
        data,
        "--at",
        "2001-01-01",
    ]);
    assert_eq!(early.code, 1, "{}", early.said);
}

#[test]
fn a_wrong_pin_and_a_missing_file_are_told_and_leave_nothing() {
    let desk = Desk::new();
    std::fs::write(desk.path("pin"), "00000000").unwrap();
    let (paper, key, pin) = (
        desk.path("paper.pdf"),
        desk.path("thu.p12"),
        desk.path("pin"),
    );
    let sign = [
        "sign",
        text(&paper),
        "--key",
        text(&key),
        "--pin-file",
        text(&pin),
    ];
    let ended = vanthu(&sign);
    assert_eq!(ended.code, 3);
    assert!(
        ended.complained.contains("mã PIN không đúng"),
        "{}",
        ended.complained
    );
    assert!(!desk.path("paper-signed.pdf").exists());
    let missing = vanthu(&["verify", "no-such.pdf", "--data", text(desk.folder.path())]);
    assert_eq!(missing.code, 3);
    assert!(missing.complained.contains("no-such.pdf"));
}
