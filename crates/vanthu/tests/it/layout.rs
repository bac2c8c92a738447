//! `vanthu layout check` and `vanthu layout read`.

use std::path::{Path, PathBuf};

use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_layout::{Letter, typeset_letter};

use crate::program::{text, vanthu};

fn letter(folder: &Path, name: &str, recipients: &[&str]) -> PathBuf {
    let lines = |lines: &[&str]| lines.iter().map(|it| (*it).to_owned()).collect();
    let letter = Letter {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        notation: "UBND-VHXH".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        kind: DocumentKind::OfficialLetter,
        subject: "rà soát chứng thư chữ ký số".to_owned(),
        urgency: Urgency::Normal,
        addressees: lines(&["Các phòng chuyên môn"]),
        body: Body::parse("Đề nghị các phòng chuyên môn rà soát chứng thư chữ ký số theo Kế hoạch số 118/KH-UBND ngày 14/01/2026.").body,
        recipients: lines(recipients),
        authority_lines: lines(&["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        signer_name: "Trần Thị Thí Dụ".to_owned(),
        drafted_on: Day::new(2026, 11, 22).unwrap(),
        title: "Công văn rà soát".to_owned(),
        extras: vanthu_layout::Extras::default(),
    };
    let path = folder.join(name);
    std::fs::write(&path, typeset_letter(&letter).unwrap().pdf).unwrap();
    path
}

/// Proves: TG-5.4
#[test]
fn the_exit_code_says_whether_the_form_is_right_and_each_deviation_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let good = letter(folder.path(), "good.pdf", &["Như trên", "Lưu: VT, VHXH"]);
    let bad = letter(folder.path(), "bad.pdf", &["Các phòng", "Văn phòng"]);
    let ended = vanthu(&["layout", "check", text(&good)]);
    assert_eq!(ended.code, 0, "{}{}", ended.said, ended.complained);
    assert!(ended.said.contains("0 điểm sai"), "{}", ended.said);
    let ended = vanthu(&["layout", "check", text(&good), text(&bad)]);
    assert_eq!(ended.code, 1);
    for words in [
        "(recipients-kept) trang 1",
        "“- Văn phòng.”",
        "30/2020/NĐ-CP",
        "mm",
    ] {
        assert!(
            ended.said.contains(words),
            "{words} is not in:\n{}",
            ended.said
        );
    }
    let ended = vanthu(&["layout", "check", text(&bad), "--language", "en"]);
    assert!(ended.said.contains("[Wrong]"), "{}", ended.said);
    let block = ["--signer", "Lê Văn Thử", "--authority", "CHỦ TỊCH"];
    let ended = vanthu(&[&["layout", "check", text(&good)], &block[..]].concat());
    assert_eq!(ended.code, 1);
    assert!(ended.said.contains("authority-person"), "{}", ended.said);
}

/// Proves: TG-8.2
#[test]
fn the_fields_come_as_json_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let good = letter(folder.path(), "good.pdf", &["Như trên", "Lưu: VT, VHXH"]);
    let ended = vanthu(&["layout", "read", text(&good), "--json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.said, ended.complained);
    let json: serde_json::Value = serde_json::from_str(&ended.said).unwrap();
    let fields = &json["fields"];
    assert_eq!(fields["notation"]["value"], "UBND-VHXH");
    assert_eq!(fields["signer"]["value"], "Trần Thị Thí Dụ");
    assert_eq!(fields["references"][0]["number"], "118/KH-UBND");
    assert!(fields["agency"]["rect"]["y0"].as_f64().unwrap() > 600.0);
    let ended = vanthu(&["layout", "read", text(&good)]);
    assert!(
        ended
            .said
            .contains("Cơ quan ban hành: Ủy ban nhân dân xã Bình Mẫu"),
        "{}",
        ended.said
    );
}

#[test]
fn a_file_that_is_no_pdf_has_its_own_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let good = letter(folder.path(), "good.pdf", &["Như trên", "Lưu: VT, VHXH"]);
    let none = folder.path().join("none.pdf");
    std::fs::write(&none, b"nothing").unwrap();
    let ended = vanthu(&["layout", "check", text(&none), text(&good)]);
    assert_eq!(ended.code, 3);
    assert!(ended.said.contains("good.pdf") && ended.complained.contains("none.pdf"));
    let ended = vanthu(&["layout", "check", text(&good), "--profile", "mặt trăng"]);
    assert_eq!(ended.code, 2, "{}", ended.complained);
}
