//! Certificates, lists and answers behind each other: the first certificate is judged, the last one is the anchor.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::asn1::Tlv;
use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::path::{self, Conformance, PathOptions, Purpose, RevocationData};
use vanthu_pki::{Certificate, Time};

fuzz_target!(|data: &[u8]| {
    let (mut certificates, mut evidence) = (Vec::new(), RevocationData::default());
    let mut rest = data;
    while let Ok((value, after)) = Tlv::read(rest) {
        rest = after;
        if let Ok(certificate) = Certificate::from_der(value.full) {
            certificates.push(certificate);
        } else if let Ok(list) = Crl::from_der(value.full) {
            evidence.crls.push(list);
        } else if let Ok(response) = OcspResponse::from_der(value.full) {
            evidence.ocsp.push(response);
        }
    }
    let Some((end, others)) = certificates.split_first() else {
        return;
    };
    let anchors = others.last().cloned();
    let anchors: Vec<Certificate> = anchors.into_iter().collect();
    let at = Time::from_unix(1_795_309_920);
    for (conformance, purpose) in [
        (Conformance::Path, Purpose::DocumentSigning),
        (Conformance::Profile, Purpose::Any),
    ] {
        let options = PathOptions {
            purpose,
            conformance,
            ..PathOptions::default()
        };
        let report = path::validate_with(end, others, &anchors, at, &evidence, &options);
        assert!(!report.is_valid() || report.revocation.len() + 1 == report.chain.len());
    }
});
