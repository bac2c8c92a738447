//! A whole signed PDF judged, in memory and where it lies: structure, signatures, changes between revisions.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use vanthu_pki::Time;
use vanthu_pki::path::RevocationMode;
use vanthu_signing::{FileSource, ValidationInput, validate, validate_file};

fuzz_target!(|data: &[u8]| {
    let input = ValidationInput {
        revocation: RevocationMode::WhenKnown,
        at: Time::from_unix(1_795_309_920),
        ..ValidationInput::default()
    };
    let report = validate(data, &input);
    assert_eq!(report.sha256.len(), 64);
    // The same where only windows of the file are in memory.
    let file = FileSource::new(Cursor::new(data)).unwrap();
    assert!(validate_file(&file, &input).unwrap() == report);
});
