//! Writes documents of many kinds into a folder, for the fuzz target `layout_check` and for looking at them:
//! `cargo run -p vanthu-layout --example layout_seeds -- fuzz/corpus/layout_check`
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a generator stops at the first fault"
)]

#[path = "../tests/corpus/mod.rs"]
mod corpus;

use std::path::PathBuf;

use corpus::{defects, good, held};

fn main() {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.expect("a folder");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, pdf) in good::all() {
        std::fs::write(folder.join(format!("good {name}.pdf")), pdf).unwrap();
    }
    for (name, pdf, truth) in held::all() {
        assert!(!truth.kind.is_empty() && !truth.signer.is_empty(), "{name}");
        std::fs::write(folder.join(format!("held {name}.pdf")), pdf).unwrap();
    }
    for (at, defect) in defects::all().iter().enumerate() {
        let beside = defect.with.len();
        let name = format!("defect {at} {} {beside}.pdf", defect.rule.code());
        std::fs::write(folder.join(name), defect.doc.pdf()).unwrap();
    }
}
