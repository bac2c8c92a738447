//! SignedData with every signer judged, time-stamps and counter-signatures inside.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::{cms, tsp};

fuzz_target!(|data: &[u8]| {
    let _ = cms::message_digest_of(data);
    let Ok(signed) = cms::parse(data) else {
        return;
    };
    for signer in &signed.signers {
        let content = signed.content.as_deref().unwrap_or(b"cong van");
        let _ = cms::verify_content(&signed, signer, &[content], &[]).is_ok();
        let _ = (
            signer.signing_time().is_ok(),
            signer.certificate_digests().is_ok(),
        );
        for attribute in signer.signed.iter().chain(&signer.unsigned) {
            let _ = attribute.name();
        }
        for token in signer.timestamp_tokens() {
            let imprint = |it: vanthu_pki::DigestAlgorithm| it.digest(&signer.signature);
            let _ = tsp::verify_token(token, imprint, &signed.certificates).is_ok();
        }
        for counter in signer.counter_signatures().unwrap_or_default() {
            let _ = cms::verify_counter(&signed, signer, &counter, &[]).is_ok();
        }
    }
});
