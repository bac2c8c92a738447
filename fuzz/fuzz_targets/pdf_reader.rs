//! The structure of a PDF, in memory and where it lies: pages, fields, signatures.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use vanthu_signing::{FileSource, inspect, inspect_file};

fuzz_target!(|data: &[u8]| {
    let facts = inspect(data);
    let file = FileSource::new(Cursor::new(data)).unwrap();
    assert!(inspect_file(&file) == facts);
});
