//! A request and a response, and the answer to a request that was read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::ocsp::{self, OcspResponse};

fuzz_target!(|data: &[u8]| {
    if let Ok(request) = ocsp::parse_request(data) {
        let _ = (request.ids.len(), request.nonce);
    }
    let Ok(response) = OcspResponse::from_der(data) else {
        return;
    };
    assert_eq!(response.der(), data);
    for certificate in &response.certificates {
        let _ = response.verify(certificate).is_ok();
        let _ = response.answer(certificate, certificate).is_some();
    }
});
