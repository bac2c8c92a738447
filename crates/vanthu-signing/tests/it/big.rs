//! A large scan is signed and archived where it lies: memory does not grow with the file.

use std::process::Command;

use crate::ladder::Ladder;
use crate::scan::{peak_kb, sign_and_archive};
use crate::world::now;

/// Runs in a process of its own (see below): what it prints is read there.
#[test]
fn a_scan_is_signed_where_it_lies() {
    let ladder = Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    assert!(sign_and_archive(&ladder, folder.path(), 1) > 1 << 20);
    let small = peak_kb();
    assert!(sign_and_archive(&ladder, folder.path(), 64) > 64 << 20);
    let large = peak_kb();
    // The kernel keeps its counters per processor: a later peak may read a little lower than an earlier one.
    println!(
        "grew by {:?} kB",
        large
            .zip(small)
            .map(|(large, small)| large.saturating_sub(small))
    );
}

#[test]
fn memory_does_not_grow_with_the_file() {
    if peak_kb().is_none() {
        println!("skipped: this system does not tell how much memory a process held");
        return;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "big::a_scan_is_signed_where_it_lies",
            "--nocapture",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    let complained = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{said}\n{complained}");
    let grew: u64 = said
        .split("grew by Some(")
        .nth(1)
        .and_then(|rest| rest.split(')').next())
        .and_then(|number| number.parse().ok())
        .unwrap();
    assert!(grew < 8 << 10, "{grew} kB more for 63 MB more of file");
}

#[test]
fn what_is_signed_where_it_lies_is_judged_good() {
    let ladder = Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    sign_and_archive(&ladder, folder.path(), 1);
    let base = std::fs::read(folder.path().join("scan.pdf")).unwrap();
    let file = std::fs::read(folder.path().join("signed.pdf")).unwrap();
    assert!(vanthu_signing::is_extension(&base, &file));
    let mut input = crate::longterm::input(&ladder);
    input.evidence = ladder.evidence(&[&ladder.stamps], now()).revocation;
    let report = vanthu_signing::validate(&file, &input);
    assert_eq!(
        report.indication,
        vanthu_signing::Indication::TotalPassed,
        "{report:#?}"
    );
}
