//! A certificate, everything that can be asked of it, and the writer against the reader.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanthu_pki::asn1::Tlv;
use vanthu_pki::{Certificate, Strength, Time};

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = Tlv::read_all(data) {
        if let Ok(der) = value.to_der() {
            // DER has one form: once more changes nothing.
            let again = Tlv::read_all(&der).and_then(|it| it.to_der());
            assert_eq!(again.as_ref(), Ok(&der));
        }
        let _ = (
            value.text(),
            value.octets().is_ok(),
            value.time(),
            value.named_bits(),
        );
    }
    let Ok(certificate) = Certificate::from_der(data) else {
        return;
    };
    assert_eq!(certificate.der(), data);
    let at = Time::from_unix(1_795_309_920);
    let key = certificate.public_key_info();
    let algorithm = certificate.signature_algorithm(key);
    if let Ok(Some(algorithm)) = algorithm {
        let _ = Strength::vietnam().signature_at(algorithm, key, at);
    }
    let _ = (
        certificate.subject().to_string(),
        certificate.common_name(),
        certificate.serial_hex(),
        certificate.key_usage().map(|it| it.names()),
        certificate.extended_key_usage(),
        certificate.is_ca(),
        certificate.subject_key_id().is_some(),
        certificate.authority_key_id().is_some(),
        certificate.crl_urls(),
        certificate.ocsp_urls(),
        certificate.issuer_urls(),
        certificate.is_within_validity(at),
        certificate.verify_issued_by(&certificate).is_ok(),
    );
    let text = certificate.to_pem();
    assert_eq!(Certificate::from_pem(&text), Ok(certificate));
});
