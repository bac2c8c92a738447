//! Writes files of every level, for every kind of key and every form of file, for a look with foreign tools:
//! `cargo run -p vanthu-signing --example make_levels -- FOLDER [BASE.pdf …]`.
//!
//! FOLDER gets `<name>-<level>.pdf` with the root that trusts it as `<name>-<level>.pem`; letters with appearances on
//! turned and cropped pages as `look-*.pdf`. `levels.txt` lists what was made: name, level, signatures, moment.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a tool for developers that borrows the world of the tests"
)]

#[path = "../tests/it/bases.rs"]
mod bases;
#[path = "../tests/it/ladder.rs"]
mod ladder;
#[path = "../tests/it/paper.rs"]
mod paper;
#[path = "../tests/it/world.rs"]
mod world;

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use ladder::{KINDS, Ladder};

/// A moment shortly after everything was made.
const MOMENT: &str = "2026-11-22T02:00:00";
const LEVELS: [&str; 4] = ["b-b", "b-t", "b-lt", "b-lta"];

/// Forms that another program writes.
const REWRITTEN: [(&str, &[&str]); 3] = [
    ("qpdf-linearised", &["--linearize"]),
    ("qpdf-streams", &["--object-streams=generate"]),
    (
        "qpdf-linearised-streams",
        &["--linearize", "--object-streams=generate"],
    ),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, bases @ ..] = arguments.as_slice() else {
        println!("usage: make_levels FOLDER [BASE.pdf …]");
        return;
    };
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder).unwrap();
    let mut list = String::new();
    for (name, spec, algorithm) in KINDS {
        let ladder = Ladder::new(spec, algorithm);
        write_levels(folder, name, &ladder, &world::plain_pdf(0), &mut list);
    }
    let ladder = Ladder::p256();
    for (name, base, _) in bases::all() {
        write_levels(folder, name, &ladder, &base, &mut list);
    }
    for path in bases {
        let path = Path::new(path);
        let name = path.file_stem().unwrap().to_string_lossy();
        write_levels(
            folder,
            &name,
            &ladder,
            &std::fs::read(path).unwrap(),
            &mut list,
        );
    }
    for (name, arguments) in REWRITTEN {
        match rewritten(folder, arguments) {
            Some(base) => write_levels(folder, name, &ladder, &base, &mut list),
            None => println!("skipped: {name}, qpdf is not installed"),
        }
    }
    renewed(folder, &ladder, &mut list);
    for (name, file) in paper::all(&ladder) {
        std::fs::write(folder.join(format!("look-{name}.pdf")), file).unwrap();
    }
    std::fs::write(folder.join("levels.txt"), list).unwrap();
}

fn write_levels(folder: &Path, name: &str, ladder: &Ladder, base: &[u8], list: &mut String) {
    for (level, file) in LEVELS.iter().zip(ladder.climb(base)) {
        let signatures = 1 + u32::from(*level == "b-lta");
        put(folder, ladder, &format!("{name}-{level}"), &file);
        let _ = writeln!(list, "{name}-{level} {level} {signatures} {MOMENT}");
    }
}

/// The plain page as qpdf writes it.
fn rewritten(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let (plain, out) = (folder.join("plain.pdf"), folder.join("rewritten.pdf"));
    std::fs::write(&plain, world::plain_pdf(0)).unwrap();
    let mut qpdf = Command::new("qpdf");
    qpdf.args(arguments).args([&plain, &out]);
    let done = qpdf.status().ok()?;
    assert!(done.success(), "qpdf does not accept the plain page");
    std::fs::read(&out).ok()
}

/// Signed twice and stamped three times, the last time nine years later.
fn renewed(folder: &Path, ladder: &Ladder, list: &mut String) {
    let [_, _, _, archived] = ladder.climb(&world::plain_pdf(0));
    let again = ladder.sign(&archived, "ChuKySau", Some(&ladder.stamps));
    let now = world::now().plus_seconds(600);
    let evidence = ladder.evidence(&[&ladder.stamps], now);
    let archived = ladder.archive(&again, &evidence, &ladder.stamps, now.plus_seconds(60));
    let then = world::day(2035, 6, 1);
    let newer = ladder.later_stamps(9, world::day(2050, 1, 1));
    let evidence = ladder.evidence(&[&ladder.stamps, &newer], then);
    let renewed = ladder.archive(&archived, &evidence, &newer, then.plus_seconds(60));
    put(folder, ladder, "renewed-b-lta", &renewed);
    let _ = writeln!(list, "renewed-b-lta b-lta 5 2035-06-01T00:05:00");
}

fn put(folder: &Path, ladder: &Ladder, name: &str, file: &[u8]) {
    std::fs::write(folder.join(format!("{name}.pdf")), file).unwrap();
    let root = ladder.root.certificate().to_pem();
    std::fs::write(folder.join(format!("{name}.pem")), root).unwrap();
}
