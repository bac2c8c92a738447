//! Signs and archives a scan of some hundred megabytes where it lies, and tells time and memory:
//! `cargo run --release -p vanthu-signing --example big_file -- 500`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a tool for developers that borrows the world of the tests"
)]

#[path = "../tests/it/ladder.rs"]
mod ladder;
#[path = "../tests/it/scan.rs"]
mod scan;
#[path = "../tests/it/world.rs"]
mod world;

use std::time::Instant;

fn main() {
    let Some(megabytes) = std::env::args().nth(1).and_then(|text| text.parse().ok()) else {
        println!("usage: big_file MEGABYTES");
        return;
    };
    let ladder = ladder::Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    scan::sign_and_archive(&ladder, folder.path(), 1);
    let small = scan::peak_kb();
    let start = Instant::now();
    let length = scan::sign_and_archive(&ladder, folder.path(), megabytes);
    let seconds = start.elapsed().as_secs_f64();
    println!("{length} bytes written, signed and archived in {seconds:.2} s");
    if let (Some(small), Some(large)) = (small, scan::peak_kb()) {
        println!(
            "most memory held: {large} kB, {} kB more than for 1 MB",
            large - small
        );
    }
}
