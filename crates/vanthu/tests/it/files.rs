//! Files that are no PDF: a signature beside a file (CAdES), several files in a container (ASiC-E).

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use crate::program::{Desk, Ended, text, vanthu};

const CSV: &[u8] = "so,ngay\n152,22/11/2026\n".as_bytes();

/// The desk's authority, behind what is given.
fn run(desk: &Desk, arguments: &[&str]) -> Ended {
    let data = text(desk.folder.path());
    vanthu(&[arguments, &["--data", data]].concat())
}

/// And its person's key.
fn signing(desk: &Desk, arguments: &[&str]) -> Ended {
    let (key, pin) = (desk.path("thu.p12"), desk.path("pin"));
    let more = ["--key", text(&key), "--pin-file", text(&pin)];
    run(desk, &[&["sign"], arguments, &more].concat())
}

fn done(ended: &Ended) {
    assert_eq!(ended.code, 0, "{}{}", ended.said, ended.complained);
}

fn told(ended: &Ended, code: i32, words: &str) {
    assert_eq!(ended.code, code, "{}{}", ended.said, ended.complained);
    assert!(ended.complained.contains(words), "{}", ended.complained);
}

fn judged(desk: &Desk, file: &Path) -> serde_json::Value {
    let ended = run(desk, &["verify", text(file), "--json"]);
    serde_json::from_str(&ended.said).unwrap()
}

fn table(desk: &Desk) -> PathBuf {
    let path = desk.path("bang.csv");
    std::fs::write(&path, CSV).unwrap();
    path
}

/// OpenSSL verifies the signature, where it is installed.
fn openssl_verifies(desk: &Desk, p7s: &Path, content: &Path) {
    let anchors = desk.path("anchors.pem");
    std::fs::write(&anchors, desk.authority.anchors_pem()).unwrap();
    let ended = std::process::Command::new("openssl")
        .args(["cms", "-verify", "-binary", "-inform", "DER", "-in"])
        .args([p7s.as_os_str(), "-content".as_ref(), content.as_os_str()])
        .args(["-CAfile".as_ref(), anchors.as_os_str()])
        .args(["-purpose", "any", "-out", "/dev/null"])
        .output();
    let Ok(ended) = ended else {
        println!("skipped: openssl is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
}

#[test]
fn a_file_is_signed_beside_itself_at_each_level_and_judged_with_it() {
    let desk = Desk::new();
    let file = table(&desk);
    for level in ["B-B", "B-T", "B-LT", "B-LTA"] {
        let ended = signing(&desk, &[text(&file), "--level", level, "--force"]);
        done(&ended);
        assert!(
            ended.said.contains(&format!("mức {level}")),
            "{}",
            ended.said
        );
        let p7s = desk.path("bang.csv.p7s");
        let report = judged(&desk, &p7s);
        assert_eq!(report["indication"], "TOTAL-PASSED", "{level}: {report}");
        assert_eq!(report["form"], "detached");
        assert_eq!(
            report["facts"][0]["level"],
            level.to_lowercase(),
            "{report}"
        );
        assert_eq!(report["facts"][0]["mime_type"], "text/csv");
        openssl_verifies(&desk, &p7s, &file);
    }
    assert_eq!(
        std::fs::read(&file).unwrap(),
        CSV,
        "the file is never changed"
    );
    let words = run(&desk, &["verify", text(&desk.path("bang.csv.p7s"))]);
    done(&words);
    for expected in ["Ký tệp:", "bang.csv", "Mức: B-LTA", "Lưu trữ:", "HỢP LỆ"] {
        assert!(
            words.said.contains(expected),
            "{expected} is not in:\n{}",
            words.said
        );
    }
}

#[test]
fn a_signature_file_is_extended_and_renewed() {
    let desk = Desk::new();
    let file = table(&desk);
    done(&signing(&desk, &[text(&file)]));
    let mut p7s = desk.path("bang.csv.p7s");
    for level in ["B-LT", "B-LTA", "B-LTA"] {
        let ended = run(&desk, &["extend", text(&p7s), "--to", level]);
        done(&ended);
        assert!(
            ended.said.contains(&format!("Nay:   mức {level}")),
            "{}",
            ended.said
        );
        let name = p7s.file_stem().unwrap().to_str().unwrap().to_owned();
        p7s = desk.path(&format!("{name}-{level}.p7s"));
        // Its name still leads to the file that it signs.
        let report = judged(&desk, &p7s);
        assert_eq!(report["indication"], "TOTAL-PASSED", "{report}");
        openssl_verifies(&desk, &p7s, &file);
    }
    let onto = ["--out", text(&file), "--force"];
    told(
        &run(
            &desk,
            &[&["extend", text(&p7s), "--to", "B-LT"], &onto[..]].concat(),
        ),
        2,
        "trùng với tệp gốc",
    );
    let report = judged(&desk, &p7s);
    let stamps = report["facts"][0]["archive_timestamps"].as_array().unwrap();
    assert_eq!(stamps.len(), 2);
    let moved = desk.path("khac.csv");
    std::fs::rename(&file, &moved).unwrap();
    let first = desk.path("bang.csv.p7s");
    told(
        &run(&desk, &["extend", text(&first), "--to", "B-LT"]),
        3,
        "--content",
    );
    let out = desk.path("o-cho-khac.p7s");
    let named = ["--content", text(&moved), "--out", text(&out)];
    done(&run(
        &desk,
        &[&["extend", text(&first), "--to", "B-LT"], &named[..]].concat(),
    ));
}

#[test]
fn a_wrong_or_missing_file_never_passes() {
    let desk = Desk::new();
    let file = table(&desk);
    done(&signing(&desk, &[text(&file)]));
    let p7s = desk.path("bang.csv.p7s");
    let other = desk.path("khac.csv");
    std::fs::write(&other, b"so,ngay\n153,22/11/2026\n").unwrap();
    let wrong = run(&desk, &["verify", text(&p7s), "--content", text(&other)]);
    assert_eq!(wrong.code, 1, "{}", wrong.said);
    assert!(wrong.said.contains("TOTAL-FAILED"), "{}", wrong.said);
    let extended = run(
        &desk,
        &[
            "extend",
            text(&p7s),
            "--content",
            text(&other),
            "--to",
            "B-LT",
        ],
    );
    assert_eq!(extended.code, 1, "{}", extended.complained);
    assert!(!desk.path("bang.csv-B-LT.p7s").exists());

    std::fs::remove_file(&file).unwrap();
    told(
        &run(&desk, &["verify", text(&p7s)]),
        3,
        "Không thấy tệp được ký",
    );
    // One that can't be judged stops no other.
    let both = run(
        &desk,
        &["verify", text(&p7s), text(&desk.signed()), "--json"],
    );
    assert_eq!(both.code, 3);
    let lines: Vec<serde_json::Value> = both
        .said
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert!(lines[0]["error"].as_str().unwrap().contains("bang.csv"));
    assert_eq!(lines[1]["indication"], "TOTAL-PASSED");
    assert_eq!(lines[1]["form"], "pdf");
}

#[test]
fn content_is_named_for_one_signature_file_only() {
    let desk = Desk::new();
    let file = table(&desk);
    let paper = desk.path("paper.pdf");
    let content = ["--content", text(&file)];
    let pdf = run(&desk, &[&["verify", text(&paper)], &content[..]].concat());
    told(&pdf, 2, "không phải tệp chữ ký");
    done(&signing(&desk, &[text(&file)]));
    let p7s = desk.path("bang.csv.p7s");
    let two = ["verify", text(&p7s), text(&p7s)];
    told(
        &run(&desk, &[&two[..], &content[..]].concat()),
        2,
        "--content",
    );
}

#[test]
fn several_files_are_signed_in_a_container_and_another_signature_joins() {
    let desk = Desk::new();
    let (file, paper) = (table(&desk), desk.path("paper.pdf"));
    let out = desk.path("ho-so.asice");
    let ended = signing(
        &desk,
        &[
            "--container",
            text(&out),
            text(&file),
            text(&paper),
            "--level",
            "B-LT",
        ],
    );
    done(&ended);
    assert!(ended.said.contains("mức B-LT"), "{}", ended.said);
    let report = judged(&desk, &out);
    assert_eq!(report["indication"], "TOTAL-PASSED", "{report}");
    assert_eq!(report["form"], "container");
    assert_eq!(report["container"], "extended");
    for (index, name) in ["bang.csv", "paper.pdf"].iter().enumerate() {
        let one = &report["files"][index];
        assert_eq!(one["name"], *name);
        assert_eq!(one["covered_by"].as_array().unwrap().len(), 1);
    }

    let (key, pin) = (desk.path("co-quan.p12"), desk.path("pin"));
    let agency = ["--key", text(&key), "--pin-file", text(&pin)];
    done(&run(&desk, &[&["sign", text(&out)], &agency[..]].concat()));
    let both = desk.path("ho-so-da-ky.asice");
    let report = judged(&desk, &both);
    assert_eq!(report["indication"], "TOTAL-PASSED", "{report}");
    assert_eq!(report["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(
        report["files"][1]["covered_by"].as_array().unwrap().len(),
        2
    );

    done(&run(&desk, &["extend", text(&both), "--to", "B-LTA"]));
    let kept = desk.path("ho-so-da-ky-B-LTA.asice");
    let words = run(&desk, &["verify", text(&kept)]);
    done(&words);
    for expected in [
        "Các tệp trong gói:",
        "✓ bang.csv",
        "META-INF/signature001.p7s",
        "Mức: B-LTA",
    ] {
        assert!(
            words.said.contains(expected),
            "{expected} is not in:\n{}",
            words.said
        );
    }
    unzip_finds_it_whole(&kept);
}

fn unzip_finds_it_whole(container: &Path) {
    let tested = std::process::Command::new("unzip")
        .args(["-t", text(container)])
        .output();
    match tested {
        Ok(ended) => assert!(ended.status.success(), "{ended:?}"),
        Err(_) => println!("skipped: unzip is not installed"),
    }
}

#[test]
fn a_container_says_what_is_wrong_with_it() {
    let desk = Desk::new();
    let (file, out) = (table(&desk), desk.path("ho-so.asice"));
    done(&signing(&desk, &["--container", text(&out), text(&file)]));
    let signed = std::fs::read(&out).unwrap();

    // A file that nobody signed.
    let more = desk.path("them.asice");
    std::fs::write(&more, with_entry(&signed, "them.txt", b"khong ai ky")).unwrap();
    let ended = run(&desk, &["verify", text(&more)]);
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(
        ended
            .said
            .contains("them.txt (11 byte): KHÔNG chữ ký nào bao trùm"),
        "{}",
        ended.said
    );
    assert!(
        ended.said.lines().last().unwrap().contains("them.txt"),
        "the verdict says why:\n{}",
        ended.said
    );
    assert_eq!(run(&desk, &["extend", text(&more), "--to", "B-LT"]).code, 1);

    // Forty megabytes out of forty kilobytes.
    let bomb = desk.path("bom.asice");
    std::fs::write(&bomb, with_entry(&signed, "bom.bin", &vec![0; 40 << 20])).unwrap();
    let ended = run(&desk, &["verify", text(&bomb)]);
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(
        ended.said.contains("Không đọc được tệp đóng gói"),
        "{}",
        ended.said
    );

    let garbage = desk.path("rac.asice");
    std::fs::write(&garbage, b"not an archive").unwrap();
    let ended = run(&desk, &["verify", text(&garbage)]);
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(ended.said.contains("TOTAL-FAILED"), "{}", ended.said);
    told(
        &signing(&desk, &[text(&garbage)]),
        3,
        "Không dùng được tệp đóng gói",
    );
    let extended = run(&desk, &["extend", text(&garbage), "--to", "B-LT"]);
    assert_eq!(extended.code, 1, "{}", extended.complained);

    let broken = desk.path("hong.csv.p7s");
    std::fs::write(&broken, b"not a signature").unwrap();
    std::fs::write(desk.path("hong.csv"), CSV).unwrap();
    let ended = run(&desk, &["verify", text(&broken)]);
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(ended.said.contains("TOTAL-FAILED"), "{}", ended.said);
}

/// The same archive with one more entry.
fn with_entry(container: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let mut source = zip::ZipArchive::new(Cursor::new(container)).unwrap();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..source.len() {
        archive
            .raw_copy_file(source.by_index_raw(index).unwrap())
            .unwrap();
    }
    archive
        .start_file(name, zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn what_makes_no_sense_is_refused_before_the_pin_and_nothing_is_written_over() {
    let desk = Desk::new();
    let (file, out) = (table(&desk), desk.path("ho-so.asice"));
    let two = signing(&desk, &[text(&file), text(&desk.path("paper.pdf"))]);
    told(&two, 2, "--container");
    for option in [&["--reason", "a"][..], &["--certify"], &["--field", "a"]] {
        let ended = signing(&desk, &[&[text(&file)], option].concat());
        told(&ended, 2, option[0]);
    }
    done(&signing(&desk, &[text(&file)]));
    let p7s = desk.path("bang.csv.p7s");
    let first = std::fs::read(&p7s).unwrap();
    told(&signing(&desk, &[text(&file)]), 3, "--force");
    assert_eq!(std::fs::read(&p7s).unwrap(), first);
    told(&signing(&desk, &[text(&p7s)]), 2, "là tệp chữ ký");

    done(&signing(&desk, &["--container", text(&out), text(&file)]));
    let again = ["--container", text(&out), text(&file)];
    told(&signing(&desk, &again), 3, "--force");
    done(&signing(&desk, &[&again[..], &["--force"]].concat()));
    let nested = desk.path("hai-lop.asice");
    let ended = signing(&desk, &["--container", text(&nested), text(&out)]);
    told(&ended, 2, "đã là tệp đóng gói");
    std::fs::create_dir(desk.path("con")).unwrap();
    let same = desk.path("con").join("bang.csv");
    std::fs::write(&same, CSV).unwrap();
    let ended = signing(
        &desk,
        &["--container", text(&nested), text(&file), text(&same)],
    );
    told(&ended, 2, "cùng tên");
    let onto = signing(&desk, &["--container", text(&file), text(&file), "--force"]);
    told(&onto, 2, "trùng với tệp gốc");
    assert!(!nested.exists());
    let seal = run(
        &desk,
        &[
            "seal",
            text(&file),
            "--key",
            text(&desk.path("co-quan.p12")),
            "--image",
            text(&file),
            "--diameter",
            "36",
        ],
    );
    told(&seal, 3, "không phải tệp PDF");
}

#[test]
fn reports_to_keep_name_the_signed_file_and_the_files_of_a_container() {
    let desk = Desk::new();
    let (file, out) = (table(&desk), desk.path("ho-so.asice"));
    done(&signing(&desk, &[text(&file), "--level", "B-LTA"]));
    done(&signing(&desk, &["--container", text(&out), text(&file)]));
    let p7s = desk.path("bang.csv.p7s");
    let folder = desk.path("bao-cao");
    std::fs::create_dir(&folder).unwrap();
    for (form, head) in [
        ("--html", &b"<!doctype html>"[..]),
        ("--pdf", b"%PDF-"),
        ("--xml", b"<?xml"),
        ("--json", b"{"),
    ] {
        let files = [text(&p7s), text(&out)];
        let more = [form, "--out", text(&folder)];
        done(&run(&desk, &[&["verify"], &files[..], &more].concat()));
        let ending = form.trim_start_matches('-');
        for name in ["bang.csv.p7s", "ho-so.asice"] {
            let report = std::fs::read(folder.join(format!("{name}.{ending}"))).unwrap();
            assert!(report.starts_with(head), "{name} as {form}");
        }
    }
    let page = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let detached = page("bang.csv.p7s.html");
    for words in ["Tệp được ký", "B-LTA", "text/csv", "Dấu thời gian lưu trữ"] {
        assert!(detached.contains(words), "{words}");
    }
    let container = page("ho-so.asice.html");
    for words in ["Các tệp trong gói", "bang.csv", "META-INF/signature001.p7s"] {
        assert!(container.contains(words), "{words}");
    }
    assert!(!container.contains("Số phiên bản"));
}

#[test]
fn without_anchors_a_file_is_signed_all_the_same() {
    let desk = Desk::new();
    let (file, key, pin) = (table(&desk), desk.path("thu.p12"), desk.path("pin"));
    let ended = vanthu(&[
        "sign",
        text(&file),
        "--key",
        text(&key),
        "--pin-file",
        text(&pin),
    ]);
    done(&ended);
    assert!(ended.said.contains("Mức: B-B"), "{}", ended.said);
    let report = judged(&desk, &desk.path("bang.csv.p7s"));
    assert_eq!(report["facts"][0]["level"], "b-b", "{report}");
}
