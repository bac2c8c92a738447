//! Large files are signed, sealed, extended and judged where they lie: the program's memory does not grow with them.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Desk, picture, text};

/// Pages of a scan, and how long the picture of each is.
const PAGES: usize = 4;
const PICTURE_BYTES: usize = 52 << 20;
/// So much more may be held for the large file.
const ROOM_KB: u64 = 12 << 10;

/// A scan whose pictures are holes: it takes no room on the disk.
fn write_scan(path: &Path, picture_bytes: usize) {
    let mut file = File::create(path).unwrap();
    let mut offsets = Vec::new();
    let kids: Vec<String> = (0..PAGES)
        .map(|page| format!("{} 0 R", 3 + page * 2))
        .collect();
    let kids = kids.join(" ");
    file.write_all(b"%PDF-1.7\n").unwrap();
    let mut begin = |file: &mut File, object: &str| {
        offsets.push(file.stream_position().unwrap());
        write!(file, "{} 0 obj\n{object}", offsets.len()).unwrap();
    };
    begin(&mut file, "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    let pages = format!(
        "<< /Type /Pages /Kids [{kids}] /Count {PAGES} /MediaBox [0 0 595 842] >>\nendobj\n"
    );
    begin(&mut file, &pages);
    for page in 0..PAGES {
        let content = 4 + page * 2;
        let object = format!("<< /Type /Page /Parent 2 0 R /Contents {content} 0 R >>\nendobj\n");
        begin(&mut file, &object);
        begin(
            &mut file,
            &format!("<< /Length {picture_bytes} >>\nstream\n"),
        );
        file.seek(SeekFrom::Current(picture_bytes as i64)).unwrap();
        file.write_all(b"\nendstream\nendobj\n").unwrap();
    }
    let start = file.stream_position().unwrap();
    let size = offsets.len() + 1;
    let mut tail = format!("xref\n0 {size}\n0000000000 65535 f\r\n");
    for offset in offsets {
        write!(tail, "{offset:010} 00000 n\r\n").unwrap();
    }
    write!(
        tail,
        "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    file.write_all(tail.as_bytes()).unwrap();
}

/// The most memory that the program held, in kilobytes, while it did what it is told. It tells that as long as it runs.
fn peak_kb(arguments: &[&str]) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vanthu"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let facts = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let facts = std::fs::read_to_string(&facts).unwrap_or_default();
        let line = facts.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let now = line.and_then(|it| it.split_ascii_whitespace().next()?.parse().ok());
        peak = now.unwrap_or(peak);
    }
    let ended = child.wait_with_output().unwrap();
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{arguments:?}: {complained}");
    peak
}

/// Signs, seals, extends and judges a scan, and signs a file that is no PDF: the most memory for each.
fn peaks(desk: &Desk, name: &str, picture_bytes: usize) -> Vec<(&'static str, u64)> {
    let path = |ending: &str| desk.path(&format!("{name}{ending}"));
    let [scan, signed, sealed, extended, other] =
        [".pdf", "-1.pdf", "-2.pdf", "-3.pdf", ".mp4"].map(path);
    write_scan(&scan, picture_bytes);
    let (pin, data) = (desk.path("pin"), desk.folder.path());
    let (person, agency) = (desk.path("thu.p12"), desk.path("co-quan.p12"));
    let seal = desk.path("dau.png");
    let with =
        |key: &'static str, file| [key, file, "--pin-file", text(&pin), "--data", text(data)];
    let run = |command: &'static str, arguments: &[&[&str]]| {
        let all = [&[&[command][..]], arguments].concat().concat();
        (command, peak_kb(&all))
    };
    let by = |file| with("--key", file);
    let mut found = vec![
        run(
            "sign",
            &[
                &[text(&scan), "--level", "B-LTA", "--at", "110,200,60,24"],
                &by(text(&person)),
                &["--out", text(&signed)],
            ],
        ),
        run(
            "seal",
            &[
                &[text(&signed), "--image", text(&seal), "--diameter", "36"],
                &by(text(&agency)),
                &["--out", text(&sealed)],
            ],
        ),
        run(
            "extend",
            &[&[
                text(&sealed),
                "--to",
                "B-LTA",
                "--data",
                text(data),
                "--out",
                text(&extended),
            ]],
        ),
        run("verify", &[&[text(&extended), "--data", text(data)]]),
    ];
    std::fs::remove_file(&sealed).unwrap();
    std::fs::rename(&scan, &other).unwrap();
    let bytes = File::options().write(true).open(&other).unwrap();
    (&bytes).write_all(b"no PDF").unwrap();
    let p7s = desk.path(&format!("{name}.mp4.p7s"));
    found.push(run(
        "sign",
        &[&[text(&other), "--level", "B-LTA"], &by(text(&person))],
    ));
    found.push(run("verify", &[&[text(&p7s), "--data", text(data)]]));
    found
}

#[test]
fn memory_does_not_grow_with_the_file() {
    if !Path::new("/proc/self/status").exists() {
        println!("skipped: this system does not tell how much memory a program holds");
        return;
    }
    let desk = Desk::new();
    std::fs::write(desk.path("dau.png"), picture(40, 40, [200, 30, 30])).unwrap();
    let small = peaks(&desk, "nho", 1 << 10);
    let large = peaks(&desk, "lon", PICTURE_BYTES);
    for ((command, small), (_, large)) in small.into_iter().zip(large) {
        println!(
            "{command}: {small} kB, for {} MB {large} kB",
            (PAGES * PICTURE_BYTES) >> 20
        );
        assert!(
            small > 0 && large < small + ROOM_KB,
            "{command}: {small} kB, {large} kB"
        );
    }
}
