//! `vanthu sign`, `seal` and `extend` with key files.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::program::{Desk, Ended, PIN, text, vanthu, vanthu_told};

/// Poppler judges what we made as well, where it is installed. It does not look at time-stamps of the document.
fn poppler_accepts(file: &std::path::Path, signatures: usize) {
    let Ok(said) = std::process::Command::new("pdfsig")
        .args(["-nocert", text(file)])
        .output()
    else {
        println!("skipped: pdfsig is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let valid = said.matches("Signature is Valid.").count();
    assert_eq!(valid, signatures, "{said}");
}

/// The desk's options for key, PIN and authority, behind the ones given.
fn run(desk: &Desk, command: &str, file: &str, key: Option<&str>, more: &[&str]) -> Ended {
    let (file, pin) = (desk.path(file), desk.path("pin"));
    let key = key.map(|key| desk.path(key));
    let mut arguments = vec![command, text(&file), "--data", text(desk.folder.path())];
    if let Some(key) = &key {
        arguments.extend(["--key", text(key), "--pin-file", text(&pin)]);
    }
    arguments.extend(more);
    vanthu(&arguments)
}

fn done(ended: &Ended) {
    assert_eq!(ended.code, 0, "{}{}", ended.said, ended.complained);
}

fn verified(desk: &Desk, file: &str) -> serde_json::Value {
    let ended = run(desk, "verify", file, None, &["--json"]);
    serde_json::from_str(&ended.said).unwrap()
}

/// Signs the paper in view, as a person does before the agency seals.
fn signed_in_view(desk: &Desk) -> PathBuf {
    std::fs::write(desk.path("chu-ky.png"), picture(150, 60, [20, 60, 160])).unwrap();
    let image = desk.path("chu-ky.png");
    let more = ["--image", text(&image), "--at", "110,200,60,24"];
    done(&run(desk, "sign", "paper.pdf", Some("thu.p12"), &more));
    desk.path("paper-da-ky.pdf")
}

fn seal(desk: &Desk, file: &str, key: &str, more: &[&str]) -> Ended {
    std::fs::write(desk.path("dau.png"), picture(120, 120, [200, 30, 30])).unwrap();
    let image = desk.path("dau.png");
    let all = [&["--image", text(&image), "--diameter", "36"], more].concat();
    run(desk, "seal", file, Some(key), &all)
}

#[test]
fn each_level_is_reached_and_judged_and_renewed() {
    let desk = Desk::new();
    for (level, name) in [
        ("B-B", "bb"),
        ("B-T", "bt"),
        ("B-LT", "blt"),
        ("B-LTA", "blta"),
    ] {
        let out = desk.path(&format!("{name}.pdf"));
        let more = ["--level", level, "--out", text(&out)];
        let ended = run(&desk, "sign", "paper.pdf", Some("thu.p12"), &more);
        done(&ended);
        assert!(
            ended.said.contains(&format!("mức {level}")),
            "{}",
            ended.said
        );
        let report = verified(&desk, &format!("{name}.pdf"));
        assert_eq!(report["indication"], "TOTAL-PASSED", "{level}");
        let stamps = usize::from(level == "B-LTA");
        assert_eq!(report["signatures"].as_array().unwrap().len(), 1 + stamps);
        poppler_accepts(&out, 1);
    }
    let evidence = run(&desk, "extend", "bt.pdf", None, &["--to", "B-LT"]);
    done(&evidence);
    assert!(
        evidence.said.contains("Trước: mức B-T"),
        "{}",
        evidence.said
    );
    assert!(
        evidence.said.contains("Nay:   mức B-LT"),
        "{}",
        evidence.said
    );
    let archive = run(&desk, "extend", "bt-B-LT.pdf", None, &["--to", "B-LTA"]);
    done(&archive);
    assert!(archive.said.contains("mức B-LTA"), "{}", archive.said);
    let again = run(
        &desk,
        "extend",
        "bt-B-LT-B-LTA.pdf",
        None,
        &["--to", "B-LTA"],
    );
    done(&again);
    let report = verified(&desk, "bt-B-LT-B-LTA-B-LTA.pdf");
    assert_eq!(report["indication"], "TOTAL-PASSED");
    assert_eq!(report["signatures"].as_array().unwrap().len(), 3);
}

/// Proves: AG-17.3d
#[test]
fn the_agency_seals_only_behind_a_persons_signature_that_stands() {
    let desk = Desk::new();
    let unsigned = seal(&desk, "paper.pdf", "co-quan.p12", &[]);
    assert_eq!(unsigned.code, 1, "{}", unsigned.said);
    for words in [
        "Từ chối: Tệp chưa có chữ ký số.",
        "Căn cứ: Nghị định 30",
        "vanthu sign",
    ] {
        assert!(
            unsigned.complained.contains(words),
            "{}",
            unsigned.complained
        );
    }
    let signed = signed_in_view(&desk);
    let mut broken = std::fs::read(&signed).unwrap();
    let at = broken.windows(8).position(|it| it == b"MediaBox").unwrap();
    broken[at + 15] ^= 1;
    std::fs::write(desk.path("broken.pdf"), broken).unwrap();
    let refused = seal(&desk, "broken.pdf", "co-quan.p12", &[]);
    assert_eq!(refused.code, 1, "{}", refused.said);
    assert!(
        refused.complained.contains("Chữ ký số không hợp lệ"),
        "{}",
        refused.complained
    );

    let same = seal(&desk, "paper-da-ky.pdf", "thu.p12", &[]);
    assert_eq!(same.code, 1);
    assert!(
        same.complained.contains("chính chứng thư này"),
        "{}",
        same.complained
    );

    done(&seal(
        &desk,
        "paper-da-ky.pdf",
        "co-quan.p12",
        &["--level", "B-LT"],
    ));
    let report = verified(&desk, "paper-da-ky-da-dong-dau.pdf");
    assert_eq!(report["indication"], "TOTAL-PASSED", "{report}");
    let agency = &report["signatures"][1];
    assert_eq!(agency["field"], "chu-ky-co-quan");
    assert_eq!(agency["locks_all"], true);
    poppler_accepts(&desk.path("paper-da-ky-da-dong-dau.pdf"), 2);

    // What is sealed is locked: nobody signs or seals it again.
    let again = seal(
        &desk,
        "paper-da-ky-da-dong-dau.pdf",
        "co-quan.p12",
        &["--field", "khac"],
    );
    assert_eq!(again.code, 1, "{}", again.complained);
    let more = run(
        &desk,
        "sign",
        "paper-da-ky-da-dong-dau.pdf",
        Some("thu.p12"),
        &["--field", "nua"],
    );
    assert_eq!(more.code, 1, "{}", more.complained);
    assert!(more.complained.contains("đã khóa"), "{}", more.complained);
}

/// A person's signature may be good in a file that is not.
#[test]
fn the_agency_does_not_seal_a_file_that_fails_as_a_whole() {
    let desk = Desk::new();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (1) >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        "<< /Type /Page /Parent 2 0 R >>",
    ];
    let mut paper = String::from("%PDF-1.7\n");
    let mut table = String::new();
    for (number, object) in (1..).zip(objects) {
        let _ = write!(table, "{:010} 00000 n\r\n", paper.len());
        let _ = write!(paper, "{number} 0 obj\n{object}\nendobj\n");
    }
    let start = paper.len();
    let _ = write!(
        paper,
        "xref\n0 4\n0000000000 65535 f\r\n{table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    std::fs::write(desk.path("script.pdf"), paper).unwrap();
    done(&run(&desk, "sign", "script.pdf", Some("thu.p12"), &[]));
    let report = verified(&desk, "script-da-ky.pdf");
    assert_eq!(
        report["signatures"][0]["indication"], "TOTAL-PASSED",
        "{report}"
    );
    assert_eq!(report["indication"], "TOTAL-FAILED", "{report}");
    let refused = seal(&desk, "script-da-ky.pdf", "co-quan.p12", &[]);
    assert_eq!(refused.code, 1, "{}", refused.complained);
    assert!(
        refused.complained.contains("Không đóng dấu tệp"),
        "{}",
        refused.complained
    );
}

/// The subject is no proof, so it is said and not refused.
#[test]
fn a_seal_with_a_certificate_that_looks_like_a_persons_is_warned_about() {
    let desk = Desk::new();
    signed_in_view(&desk);
    for (file, name, title) in [
        ("mot.p12", "Người Ký Thử", ""),
        ("hai.p12", "Trần Văn Mẫu", "Phó Chủ tịch"),
    ] {
        std::fs::write(desk.path(file), desk.persons_key(name, title)).unwrap();
        let ended = seal(&desk, "paper-da-ky.pdf", file, &["--force"]);
        done(&ended);
        assert!(
            ended.complained.contains("có vẻ là của cá nhân"),
            "{}",
            ended.complained
        );
    }
    let agency = seal(&desk, "paper-da-ky.pdf", "co-quan.p12", &["--force"]);
    done(&agency);
    assert_eq!(agency.complained, "");
}

/// Proves: AG-12.2
#[test]
fn the_seal_is_red_and_of_true_size_over_the_left_third_of_the_signature() {
    let desk = Desk::new();
    let signed = signed_in_view(&desk);
    let blue = desk.path("chu-ky.png");
    let ended = run(
        &desk,
        "seal",
        "paper-da-ky.pdf",
        Some("co-quan.p12"),
        &["--image", text(&blue), "--diameter", "36"],
    );
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(ended.complained.contains("màu đỏ"), "{}", ended.complained);
    done(&seal(&desk, "paper-da-ky.pdf", "co-quan.p12", &[]));
    let sealed = std::fs::read(desk.path("paper-da-ky-da-dong-dau.pdf")).unwrap();
    let facts = vanthu_signing::inspect(&sealed).unwrap();
    let place = |name: &str| {
        let field = facts.fields.iter().find(|it| it.name == name).unwrap();
        field.place.unwrap().rect
    };
    let (person, agency) = (place("chu-ky"), place("chu-ky-co-quan"));
    assert!((agency.width() - 102.047).abs() < 0.01, "{agency:?}");
    assert!((agency.x1 - (person.x0 + person.width() / 3.0)).abs() < 0.01);
    assert!(sealed.starts_with(&std::fs::read(signed).unwrap()));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_when_it_fails() {
    let desk = Desk::new();
    let sign = |more: &[&str]| run(&desk, "sign", "paper.pdf", Some("thu.p12"), more);
    done(&sign(&[]));
    let signed = desk.path("paper-da-ky.pdf");
    let first = std::fs::read(&signed).unwrap();
    let again = sign(&[]);
    assert_eq!(again.code, 3);
    assert!(again.complained.contains("--force"), "{}", again.complained);
    assert_eq!(std::fs::read(&signed).unwrap(), first);
    done(&sign(&["--force"]));
    assert_ne!(std::fs::read(&signed).unwrap(), first);

    let paper = desk.path("paper.pdf");
    let onto_itself = sign(&["--out", text(&paper), "--force"]);
    assert_eq!(onto_itself.code, 2, "{}", onto_itself.complained);
    let out = desk.path("later.pdf");
    // Nobody answers there.
    let silent = sign(&["--tsa", "http://127.0.0.1:9", "--out", text(&out)]);
    assert_eq!(silent.code, 3);
    assert!(
        silent.complained.contains("Không lấy được dấu thời gian"),
        "{}",
        silent.complained
    );
    let no_address = sign(&["--tsa", "ftp://127.0.0.1", "--out", text(&out)]);
    assert_eq!(no_address.code, 2, "{}", no_address.complained);
    let outside = sign(&["--at", "200,10,60,20", "--out", text(&out)]);
    assert_eq!(outside.code, 2);
    assert!(
        outside.complained.contains("ra ngoài trang"),
        "{}",
        outside.complained
    );
    assert!(!out.exists());
    let parts = std::fs::read_dir(desk.folder.path()).unwrap();
    let left = parts.filter(|it| {
        it.as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|it| it == "part")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn what_is_needed_for_a_level_is_asked_for_before_the_pin() {
    let desk = Desk::new();
    let (paper, key) = (desk.path("paper.pdf"), desk.path("thu.p12"));
    let alone = |level: &str| {
        vanthu(&[
            "sign",
            text(&paper),
            "--key",
            text(&key),
            "--level",
            level,
            "--pin-file",
            "/dev/null",
        ])
    };
    for (level, missing) in [("B-T", "--tsa"), ("B-LT", "--tsa")] {
        let ended = alone(level);
        assert_eq!(ended.code, 2, "{}", ended.complained);
        assert!(ended.complained.contains(missing), "{}", ended.complained);
    }
    let extended = vanthu(&["extend", text(&paper), "--to", "B-LT"]);
    assert_eq!(extended.code, 2, "{}", extended.complained);
    assert!(
        extended.complained.contains("--anchors"),
        "{}",
        extended.complained
    );
    let no_key = vanthu(&["sign", text(&paper)]);
    assert_eq!(no_key.code, 2, "{}", no_key.complained);
    let unsigned = run(&desk, "extend", "paper.pdf", None, &["--to", "B-LT"]);
    assert_eq!(unsigned.code, 1, "{}", unsigned.complained);
    assert!(
        unsigned.complained.contains("không có chữ ký"),
        "{}",
        unsigned.complained
    );
}

#[test]
fn the_pin_comes_from_the_standard_input_too() {
    let desk = Desk::new();
    let (paper, key) = (desk.path("paper.pdf"), desk.path("thu.p12"));
    let asked = ["sign", text(&paper), "--key", text(&key), "--pin-file", "-"];
    let ended = vanthu_told(&asked, &format!("{PIN}\n"));
    done(&ended);
    assert!(
        ended.said.contains("không có dấu thời gian"),
        "{}",
        ended.said
    );
    let empty = vanthu_told(&[&asked[..], &["--force"]].concat(), "");
    assert_eq!(empty.code, 3);
    assert!(
        empty.complained.contains("PIN trống"),
        "{}",
        empty.complained
    );
}

/// An ellipse of one colour on a transparent ground.
fn picture(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let part = |at: u32, of: u32| f64::from(at) / f64::from(of) * 2.0 - 1.0;
            let inside = part(x, width).hypot(part(y, height)) < 1.0;
            pixels.extend(colour);
            pixels.push(if inside { 255 } else { 0 });
        }
    }
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
    png
}
