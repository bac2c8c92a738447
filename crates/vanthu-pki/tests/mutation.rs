//! Every structure with one thing changed at every place: nothing panics, and nothing that its
//! signature covers may change unnoticed. `make fuzz` goes further than this.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, Endpoints, OcspAuthority, Revocation,
    TimestampAuthority, Validity, authority_name,
};
use vanthu_pki::cms::{CertificateBinding, CmsError, VerifiedValue};
use vanthu_pki::crl::{Crl, Scope};
use vanthu_pki::extension::{Extension, GeneralName, KeyUsage};
use vanthu_pki::ocsp::{self, OcspResponse, OcspStatus};
use vanthu_pki::path::{self, Conformance, PathOptions, PathReport, RevocationData};
use vanthu_pki::tsp::{self, TimestampRequest};
use vanthu_pki::{Certificate, DigestAlgorithm, KeySpec, SoftKey, Time, cms, oid};

const NOW: Time = Time::from_unix(1_795_309_920);

struct World {
    root: Authority,
    key: SoftKey,
    signer: Certificate,
}

fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-30),
        to: NOW.plus_days(730),
    }
}

fn world() -> World {
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let root = Authority::root(key, "Gốc diễn tập", validity(), 1).unwrap();
    let key = SoftKey::generate(KeySpec::Ed25519).unwrap();
    let names = [
        GeneralName::Dns("a.mau.vn".to_owned()),
        GeneralName::Email("a@mau.vn".to_owned()),
        GeneralName::Ip(vec![192, 0, 2, 1]),
    ];
    let name = authority_name("Người ký").unwrap();
    let wanted = CertificateRequest::new(name, &key.spki(), validity(), 2)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .policies(&[oid::PRACTICE_POLICY])
        .extension(Extension::subject_alt_names(&names));
    let signer = root.certify(&wanted).unwrap();
    World { root, key, signer }
}

/// Every octet changed in five ways, removed, doubled; and the bytes cut off there.
fn changed(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).flat_map(move |at| {
        let (before, after) = bytes.split_at(at);
        let (first, rest) = after.split_first().unwrap();
        let put = move |middle: &[u8]| [before, middle, rest].concat();
        [
            put(&[first ^ 1]),
            put(&[first ^ 0x20]),
            put(&[first ^ 0x80]),
            put(&[0xff]),
            put(&[0x80]),
            put(&[]),
            put(&[*first, *first]),
            before.to_vec(),
        ]
        .into_iter()
        .filter(move |it| it != bytes)
    })
}

#[test]
fn a_changed_certificate_is_never_a_good_one() {
    let world = world();
    let anchors = [world.root.certificate().clone()];
    let list = world.root.crl(&[], 1, NOW, NOW.plus_days(7)).unwrap();
    let evidence = RevocationData {
        crls: vec![list],
        ocsp: Vec::new(),
    };
    let judge = |certificate: &Certificate| {
        let options = PathOptions {
            conformance: Conformance::Profile,
            ..PathOptions::default()
        };
        path::validate_with(certificate, &[], &anchors, NOW, &evidence, &options)
    };
    assert!(judge(&world.signer).is_valid());
    let mut read = 0;
    for bytes in changed(world.signer.der()) {
        let Ok(certificate) = Certificate::from_der(&bytes) else {
            continue;
        };
        read += 1;
        let report: PathReport = judge(&certificate);
        assert!(!report.is_valid(), "{}", hex::encode(&bytes));
    }
    assert!(
        read > 500,
        "only {read} of the changed certificates could be read"
    );
}

#[test]
fn a_changed_list_or_answer_never_says_anything_else() {
    let world = world();
    let anchors = [world.root.certificate().clone()];
    let revoked = Revocation {
        serial: vec![9],
        at: NOW,
        reason: Some(1),
    };
    let scope = Scope {
        indirect: true,
        ..Scope::default()
    };
    let request = CrlRequest::new(7, NOW, Some(NOW.plus_days(7)))
        .scope(&scope)
        .revoked(std::slice::from_ref(&revoked))
        .revoked_of(world.signer.subject(), revoked);
    let list = world.root.list(&request).unwrap();
    let key = SoftKey::from_pkcs8(&world.root.key().to_pkcs8().unwrap()).unwrap();
    let responder = OcspAuthority::new(key, world.root.certificate().clone()).unwrap();
    let asked = ocsp::request(&world.signer, world.root.certificate(), Some(&[7; 16]));
    let asked = ocsp::parse_request(&asked).unwrap();
    let answer = responder.answer(&asked, |_| OcspStatus::Good, NOW, Some(NOW.plus_days(1)));
    let answer = OcspResponse::from_der(&answer.unwrap()).unwrap();
    let judge = |evidence: RevocationData| {
        let options = PathOptions::default();
        path::validate_with(&world.signer, &[], &anchors, NOW, &evidence, &options)
    };
    let with_list = |list: Crl| RevocationData {
        crls: vec![list],
        ocsp: Vec::new(),
    };
    let with_answer = |answer: OcspResponse| RevocationData {
        crls: Vec::new(),
        ocsp: vec![answer],
    };
    assert!(judge(with_list(list.clone())).is_valid());
    assert!(judge(with_answer(answer.clone())).is_valid());
    // What encloses the signed part (tags, lengths) may change, what it says may not.
    let says = |it: &Crl| (it.entries().to_vec(), it.this_update(), it.next_update());
    for bytes in changed(list.der()) {
        if let Ok(other) = Crl::from_der(&bytes) {
            let _ = (
                other.scope().is_ok(),
                other.number(),
                other.has_unknown_critical(),
            );
            if judge(with_list(other.clone())).is_valid() {
                assert_eq!(says(&other), says(&list), "{}", hex::encode(&bytes));
                assert_eq!(other.scope(), list.scope());
            }
        }
    }
    // What a responder sends beside the signed part (certificates, lengths) may change.
    let signed = |it: &OcspResponse| (it.produced_at, it.answers.clone(), it.nonce.clone());
    for bytes in changed(answer.der()) {
        if let Ok(other) = OcspResponse::from_der(&bytes)
            && judge(with_answer(other.clone())).is_valid()
        {
            assert_eq!(signed(&other), signed(&answer), "{}", hex::encode(&bytes));
        }
    }
}

#[test]
fn a_changed_signature_or_stamp_never_covers_anything_else() {
    let world = world();
    let algorithm = world.key.default_algorithm();
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let its = world
        .root
        .timestamping(
            "Dấu thời gian",
            &key.spki(),
            validity(),
            3,
            &Endpoints::default(),
        )
        .unwrap();
    let service = TimestampAuthority::new(key, its, Vec::new()).unwrap();
    let digest = algorithm.digest().digest(b"cong van");
    let attributes = cms::signed_attributes(&digest, &world.signer, algorithm);
    let value = world.key.sign(algorithm, &attributes).unwrap();
    let imprint = DigestAlgorithm::Sha256.digest(&value);
    let asked = TimestampRequest::new(DigestAlgorithm::Sha256, &imprint, Some(77));
    let token = service.token(&asked, NOW, 5).unwrap();
    let file = cms::assemble(
        &attributes,
        algorithm,
        &value,
        &world.signer,
        &[],
        Some(&token),
    );

    let made = VerifiedValue {
        certificate: &world.signer,
        algorithm,
        attributes: &attributes,
        signature: &value,
    };
    let whole = cms::parse(&file).unwrap();
    assert_eq!(
        cms::agrees(&whole, &digest, made),
        Ok(CertificateBinding::Bound)
    );
    let other = algorithm.digest().digest(b"quyet dinh");
    assert_eq!(
        cms::agrees(&whole, &other, made),
        Err(CmsError::DigestMismatch)
    );
    let another = VerifiedValue {
        signature: &value[1..],
        ..made
    };
    assert_eq!(
        cms::agrees(&whole, &digest, another),
        Err(CmsError::BadSignature)
    );

    let others = [world.signer.clone()];
    let mut accepted = 0;
    for bytes in changed(&file) {
        let Ok(signed) = cms::parse(&bytes) else {
            continue;
        };
        if cms::agrees(&signed, &digest, made).is_ok() {
            let [signer] = signed.signers.as_slice() else {
                panic!("not one signer");
            };
            let verified = cms::verify_content(&signed, signer, &[b"cong van"], &[]);
            assert!(verified.is_ok(), "{}", hex::encode(&bytes));
        }
        for signer in &signed.signers {
            let other = cms::verify_content(&signed, signer, &[b"quyet dinh"], &others);
            assert!(other.is_err(), "{}", hex::encode(&bytes));
            if let Ok(verified) = cms::verify_content(&signed, signer, &[b"cong van"], &others) {
                accepted += 1;
                assert_eq!(verified.certificate, world.signer);
            }
            let _ = (
                signer.counter_signatures().is_ok(),
                signer.signing_time().is_ok(),
            );
        }
    }
    assert!(accepted > 100, "unsigned parts may change: {accepted}");

    let fits = |it: DigestAlgorithm| it.digest(&value);
    let stamped = tsp::verify_token(&token, fits, &[]).unwrap().info;
    for bytes in changed(&token) {
        if let Ok(other) = tsp::verify_token(&bytes, fits, &[]) {
            assert_eq!(other.info, stamped, "{}", hex::encode(&bytes));
        }
    }
    for bytes in changed(&asked.to_der()) {
        let _ = tsp::parse_request(&bytes).map(|it| it.to_der());
    }
}
