//! A container and a detached signature judged: archive, manifests, signatures, archive time-stamps.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use vanthu_pki::Time;
use vanthu_pki::path::RevocationMode;
use vanthu_signing::{ValidationInput, sniff, validate_container, validate_detached};

fuzz_target!(|data: &[u8]| {
    let input = ValidationInput {
        revocation: RevocationMode::WhenKnown,
        at: Time::from_unix(1_795_309_920),
        ..ValidationInput::default()
    };
    assert!(sniff(Cursor::new(data)).is_ok(), "memory can be read");
    let judged = validate_container(Cursor::new(data), &input);
    let judged = judged.unwrap_or_else(|why| panic!("memory can be read: {why}"));
    assert!(!judged.is_passed(), "no anchor is trusted");
    assert!(judged.problem.is_none() || judged.report.signatures.is_empty());
    let judged = validate_detached(&mut &b"cong van"[..], data, &input);
    assert!(judged.is_ok_and(|it| !it.is_passed() && !it.report.signatures.is_empty()));
});
