//! Time-stamp requests, responses and tokens; a request that was read is written the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::tsp;

fuzz_target!(|data: &[u8]| {
    if let Ok(request) = tsp::parse_request(data)
        && request.digest.is_some()
    {
        let again = tsp::parse_request(&request.to_der());
        assert_eq!(again, Ok(request));
    }
    let token = tsp::parse_response(data);
    let token = token.as_deref().unwrap_or(data);
    let _ = tsp::parse_token(token).is_ok();
    let _ = tsp::verify_token(token, |digest| digest.digest(b"cong van"), &[]).is_ok();
});
