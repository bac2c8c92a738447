//! Writes detached signatures and containers of every level, for every kind of key, for a look with foreign tools:
//! `cargo run -p vanthu-signing --example make_detached -- FOLDER`.
//!
//! FOLDER gets `content.csv`, which all of them sign; `<name>-<level>.p7s` and `<name>-<level>.asice` with the root that
//! trusts both as `<name>-<level>.pem`. `detached.txt` lists what was made: name, level, moment.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a tool for developers that borrows the world of the tests"
)]

#[path = "../tests/it/ladder.rs"]
mod ladder;
#[path = "../tests/it/sealed.rs"]
mod sealed;
#[path = "../tests/it/world.rs"]
mod world;

use std::fmt::Write;
use std::path::Path;

use ladder::{KINDS, Ladder};

/// A moment shortly after everything was made.
const MOMENT: &str = "2026-11-22T02:00:00";
const LEVELS: [&str; 4] = ["b-b", "b-t", "b-lt", "b-lta"];

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        println!("usage: make_detached FOLDER");
        return;
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("content.csv"), sealed::CONTENT).unwrap();
    let mut list = String::new();
    for (kind, spec, algorithm) in KINDS {
        let ladder = Ladder::new(spec, algorithm);
        let signatures = sealed::climb(&ladder);
        let containers = sealed::climb_container(&ladder);
        for ((level, p7s), container) in LEVELS.iter().zip(signatures).zip(containers) {
            let name = format!("{kind}-{level}");
            std::fs::write(folder.join(format!("{name}.p7s")), p7s).unwrap();
            std::fs::write(folder.join(format!("{name}.asice")), container).unwrap();
            let root = ladder.root.certificate().to_pem();
            std::fs::write(folder.join(format!("{name}.pem")), root).unwrap();
            let _ = writeln!(list, "{name} {level} {MOMENT}");
        }
    }
    std::fs::write(folder.join("detached.txt"), list).unwrap();
}
