//! What this crate reads, compared with `x509-cert`; and broken bytes, which nothing may panic on.

use std::path::Path;

use der::{Decode, Encode};
use proptest::prelude::*;
use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::{Certificate, cms, tsp};

#[test]
fn certificates_read_the_same_as_in_another_library() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/pkits/certs");
    if !folder.exists() {
        println!("skipped: {} is missing", folder.display());
        return;
    }
    let (mut compared, mut refused) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(theirs) = x509_cert::Certificate::from_der(&bytes) else {
            continue;
        };
        let Ok(ours) = Certificate::from_der(&bytes) else {
            refused.push(path.file_name().unwrap().to_string_lossy().into_owned());
            continue;
        };
        let theirs = theirs.tbs_certificate();
        assert_eq!(ours.subject().der(), theirs.subject().to_der().unwrap());
        assert_eq!(ours.issuer().der(), theirs.issuer().to_der().unwrap());
        assert_eq!(ours.serial(), theirs.serial_number().as_bytes());
        assert_eq!(
            ours.spki(),
            theirs.subject_public_key_info().to_der().unwrap()
        );
        let end = theirs.validity().not_after.to_unix_duration().as_secs();
        assert_eq!(ours.not_after().unix(), i64::try_from(end).unwrap());
        assert_eq!(
            ours.extensions().len(),
            theirs.extensions().map_or(0, Vec::len)
        );
        compared += 1;
    }
    assert_eq!(refused, [""; 0], "certificates refused here alone");
    assert!(compared > 390, "only {compared} certificates were compared");
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in nested()) {
        let _ = (
            Certificate::from_der(&bytes).is_ok(),
            Crl::from_der(&bytes).is_ok(),
            OcspResponse::from_der(&bytes).is_ok(),
            cms::parse(&bytes).is_ok(),
            tsp::parse_token(&bytes).is_ok(),
            tsp::parse_request(&bytes).is_ok(),
            tsp::parse_response(&bytes).is_ok(),
        );
    }
}

/// Values nested at random, so that the readers get further than the first octet.
fn nested() -> impl Strategy<Value = Vec<u8>> {
    let tags = prop::sample::select(vec![0x02_u8, 0x03, 0x04, 0x05, 0x06, 0x17, 0x18, 0x80]);
    let leaf = (tags, prop::collection::vec(any::<u8>(), 0..6))
        .prop_map(|(tag, body)| vanthu_pki::asn1::tlv(tag, &body));
    leaf.prop_recursive(6, 60, 8, |inner| {
        let tags = prop::sample::select(vec![0x30_u8, 0x31, 0xa0, 0xa1, 0xa3]);
        (tags, prop::collection::vec(inner, 0..8))
            .prop_map(|(tag, parts)| vanthu_pki::asn1::tlv(tag, &parts.concat()))
    })
}
