//! The structure of a PDF: pages, fields, signatures.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_signing::inspect;

fuzz_target!(|data: &[u8]| {
    let _ = inspect(data).is_ok();
});
