//! A revocation list and everything that can be asked of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::crl::Crl;

fuzz_target!(|data: &[u8]| {
    let Ok(list) = Crl::from_der(data) else {
        return;
    };
    assert_eq!(list.der(), data);
    let _ = (
        list.scope().is_ok(),
        list.number(),
        list.is_numbered(),
        list.delta_base(),
        list.keeps_expired_since().is_some(),
        list.has_unknown_critical(),
        list.authority_key_id().is_some(),
        list.issuer().to_string(),
        list.entries().len(),
    );
});
