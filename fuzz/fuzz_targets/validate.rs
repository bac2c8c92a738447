//! A whole signed PDF judged: structure, signatures, changes between revisions.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::Time;
use vanthu_pki::path::RevocationMode;
use vanthu_signing::{ValidationInput, validate};

fuzz_target!(|data: &[u8]| {
    let input = ValidationInput {
        revocation: RevocationMode::WhenKnown,
        at: Time::from_unix(1_795_309_920),
        ..ValidationInput::default()
    };
    let report = validate(data, &input);
    assert_eq!(report.sha256.len(), 64);
});
