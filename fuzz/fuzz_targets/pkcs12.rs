//! A key file under a fixed password.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::pkcs12;

fuzz_target!(|data: &[u8]| {
    if let Ok(file) = pkcs12::open(data, "123456") {
        assert_eq!(file.key.spki(), file.certificate.spki());
    }
});
