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
    assert_eq!(offline.code, 1, "{}", offline.said);
    for words in ["INDETERMINATE", "chưa biết trạng thái thu hồi", "--offline"] {
        assert!(offline.said.contains(words), "{}", offline.said);
    }
    assert!(
        !offline.said.contains("không bị thu hồi"),
        "{}",
        offline.said
    );
    // Whoever accepts that says so in a policy.
    let policy = desk.path("policy.toml");
    std::fs::write(
        &policy,
        "name = 'a'\nversion = '1'\n[constraints]\nrevocation-known = 'INFORM'\n",
    )
    .unwrap();
    let lenient = vanthu(&[
        "verify",
        text(&signed),
        "--anchors",
        text(&anchors),
        "--offline",
        "--policy",
        text(&policy),
    ]);
    assert_eq!(lenient.code, 0, "{}", lenient.said);
    assert!(
        lenient.said.contains("CHƯA BIẾT có bị thu hồi"),
        "{}",
        lenient.said
    );
    let page = vanthu(&[
        "verify",
        text(&signed),
        "--anchors",
        text(&anchors),
        "--offline",
        "--policy",
        text(&policy),
        "--html",
    ]);
    assert!(!page.said.contains("Chứng thư có hiệu lực khi ký"));
    assert!(page.said.contains("Chưa biết chứng thư có bị thu hồi"));
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
        ended.complained.contains("Mã PIN không đúng"),
        "{}",
        ended.complained
    );
    assert!(!desk.path("paper-da-ky.pdf").exists());
    let missing = vanthu(&["verify", "no-such.pdf", "--data", text(desk.folder.path())]);
    assert_eq!(missing.code, 3);
    assert!(missing.complained.contains("no-such.pdf"));
}

#[test]
fn a_file_that_can_not_be_read_stops_no_other() {
    let desk = Desk::new();
    let signed = desk.signed();
    let (data, gone) = (text(desk.folder.path()), desk.path("gone.pdf"));
    std::fs::write(desk.path("garbage.pdf"), b"not a PDF at all").unwrap();
    let garbage = desk.path("garbage.pdf");
    let mut asked = vec!["verify", "--data", data, "--json"];
    let files = [&gone, &signed, &garbage, &signed];
    asked.extend(files.iter().map(|it| text(it)));
    let ended = vanthu(&asked);
    assert_eq!(ended.code, 3, "{}", ended.complained);
    let told: Vec<serde_json::Value> = ended
        .said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (one, file) in told.iter().zip(files) {
        assert_eq!(one["file"], text(file));
    }
    assert!(told[0]["error"].as_str().unwrap().contains("gone.pdf"));
    assert_eq!(told[1]["indication"], "TOTAL-PASSED");
    assert_eq!(told[2]["sub_indication"], "FORMAT_FAILURE");
    assert_eq!(told[3]["indication"], "TOTAL-PASSED");
    let without = vanthu(&["verify", "--data", data, text(&signed), text(&garbage)]);
    assert_eq!(without.code, 1, "{}", without.complained);
}

#[test]
fn many_files_come_in_their_order() {
    let desk = Desk::new();
    let signed = desk.signed();
    let mut asked = vec!["verify", "--data", text(desk.folder.path()), "--json"];
    let paper = desk.path("paper.pdf");
    let files: Vec<&std::path::Path> = (0..40)
        .map(|at| {
            if at % 3 == 0 {
                paper.as_path()
            } else {
                signed.as_path()
            }
        })
        .collect();
    asked.extend(files.iter().map(|it| text(it)));
    let ended = vanthu(&asked);
    assert_eq!(ended.code, 1, "{}", ended.complained);
    let told: Vec<String> = ended
        .said
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|it| it["file"].as_str().unwrap().to_owned())
        .collect();
    let expected: Vec<&str> = files.iter().map(|it| text(it)).collect();
    assert_eq!(told, expected);
}

#[test]
fn reports_to_keep_come_as_a_page_and_as_pdf() {
    let desk = Desk::new();
    let signed = desk.signed();
    let strange = desk.path("<b>công văn & \"1\".pdf");
    std::fs::copy(&signed, &strange).unwrap();
    let data = text(desk.folder.path());
    let page = vanthu(&["verify", text(&strange), "--data", data, "--html"]);
    assert_eq!(page.code, 0, "{}", page.complained);
    for words in [
        "Chữ ký số hợp lệ",
        "Người Ký Thử",
        "TOTAL-PASSED",
        "&#60;b&#62;công văn &#38;",
    ] {
        assert!(
            page.said.contains(words),
            "{words} is not in:\n{}",
            page.said
        );
    }
    for never in ["<b>công", "<script", "http://", "https://", " src=", "url("] {
        assert!(!page.said.contains(never), "{never} is in:\n{}", page.said);
    }
    let english = [
        "verify",
        text(&signed),
        "--data",
        data,
        "--html",
        "--language",
        "en",
    ];
    assert!(vanthu(&english).said.contains("lang=\"en\""));

    let both = [
        "verify",
        text(&signed),
        text(&strange),
        "--data",
        data,
        "--pdf",
    ];
    assert_eq!(vanthu(&both).code, 2);
    let out = desk.path("reports");
    std::fs::create_dir(&out).unwrap();
    let into = [&both[..], &["--out", text(&out)]].concat();
    let written = vanthu(&into);
    assert_eq!(written.code, 0, "{}", written.complained);
    let report = std::fs::read(out.join("signed.pdf.pdf")).unwrap();
    let pages = vanthu_layout::extract_text(&report).unwrap();
    let all: String = pages.iter().map(vanthu_layout::PageText::text).collect();
    for words in [
        "Kết quả kiểm tra chữ ký số",
        "Người Ký Thử",
        "TOTAL-PASSED",
        "Chuỗi chứng thư",
    ] {
        assert!(all.contains(words), "{words} is not in:\n{all}");
    }
    assert_eq!(
        vanthu(&into).code,
        3,
        "a report that is there is not written over"
    );
    assert_eq!(vanthu(&[&into[..], &["--force"]].concat()).code, 0);
    let twins = desk.path("twins");
    std::fs::create_dir(&twins).unwrap();
    std::fs::copy(&signed, twins.join("signed.pdf")).unwrap();
    let twin = twins.join("signed.pdf");
    let same = [
        "verify",
        text(&signed),
        text(&twin),
        "--data",
        data,
        "--html",
        "--out",
        text(&out),
    ];
    assert_eq!(vanthu(&same).code, 2);
}

#[test]
fn a_moment_can_be_asked_about() {
    let desk = Desk::new();
    let signed = desk.signed();
    let data = text(desk.folder.path());
    let early = [
        "verify",
        text(&signed),
        "--data",
        data,
        "--at",
        "2001-01-01T08:00:00+07:00",
    ];
    let ended = vanthu(&early);
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(ended.said.contains("01/01/2001 08:00:00"), "{}", ended.said);
    let wrong = ["verify", text(&signed), "--data", data, "--at", "hôm qua"];
    assert_eq!(vanthu(&wrong).code, 2);
}
