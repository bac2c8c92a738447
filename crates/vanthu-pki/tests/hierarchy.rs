//! Any hierarchy, with every kind of key: levels, cross-certificates, delegated responders, delta
//! and indirect lists, time-stamps.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, Endpoints, OcspAuthority, ResponderIdentity,
    Revocation, StatusAnswer, TimestampAuthority, Validity, authority_name,
};
use vanthu_pki::cms::{self, CertificateBinding};
use vanthu_pki::crl::{Crl, Scope};
use vanthu_pki::extension::{DistributionPoint, Extension, GeneralName, KeyUsage};
use vanthu_pki::ocsp::{CertificateId, OcspResponse, OcspStatus};
use vanthu_pki::path::{self, PathProblem, PathReport, Purpose, RevocationData};
use vanthu_pki::tsp::{self, TimestampRequest, TokenError};
use vanthu_pki::{Certificate, DigestAlgorithm, KeySpec, SignatureAlgorithm, SoftKey, Time, oid};

const NOW: Time = Time::from_unix(1_795_309_920);

/// Every kind of key, and each algorithm that signatures are made with.
const MADE: &[(KeySpec, SignatureAlgorithm)] = &[
    (KeySpec::Rsa2048, SignatureAlgorithm::RsaPkcs1Sha256),
    (KeySpec::Rsa2048, SignatureAlgorithm::RsaPkcs1Sha384),
    (KeySpec::Rsa2048, SignatureAlgorithm::RsaPkcs1Sha512),
    (KeySpec::Rsa2048, SignatureAlgorithm::RsaPssSha256),
    (KeySpec::Rsa3072, SignatureAlgorithm::RsaPssSha384),
    (KeySpec::Rsa3072, SignatureAlgorithm::RsaPssSha512),
    (KeySpec::EcP256, SignatureAlgorithm::EcdsaP256Sha256),
    (KeySpec::EcP384, SignatureAlgorithm::EcdsaP384Sha384),
    (KeySpec::EcP521, SignatureAlgorithm::EcdsaP521Sha512),
    (KeySpec::Ed25519, SignatureAlgorithm::Ed25519),
];

fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-30),
        to: NOW.plus_days(730),
    }
}

fn request(name: &str, key: &SoftKey, serial: u128) -> CertificateRequest {
    CertificateRequest::new(
        authority_name(name).unwrap(),
        &key.spki(),
        validity(),
        serial,
    )
}

fn root(spec: KeySpec, algorithm: SignatureAlgorithm) -> Authority {
    let key = SoftKey::generate(spec).unwrap();
    let wanted = request("Gốc diễn tập", &key, 1).authority(None);
    Authority::self_signed(key, algorithm, &wanted).unwrap()
}

fn judge(
    end: &Certificate,
    between: &[Certificate],
    anchor: &Authority,
    evidence: &RevocationData,
) -> PathReport {
    let anchors = [anchor.certificate().clone()];
    path::validate(end, between, &anchors, NOW, evidence, Purpose::Any)
}

fn lists(crls: Vec<Crl>) -> RevocationData {
    RevocationData {
        crls,
        ocsp: Vec::new(),
    }
}

fn complete(authority: &Authority) -> Crl {
    authority.crl(&[], 1, NOW, NOW.plus_days(7)).unwrap()
}

fn revoked(certificate: &Certificate) -> Revocation {
    Revocation {
        serial: certificate.serial().to_vec(),
        at: NOW.plus_days(-1),
        reason: Some(4),
    }
}

#[test]
fn every_kind_of_key_and_algorithm_makes_a_path_a_list_an_answer_a_stamp_and_a_signature() {
    for &(spec, algorithm) in MADE {
        let root = root(spec, algorithm);
        let key = SoftKey::generate(spec).unwrap();
        let signer = request("Người ký", &key, 2).key_usage(KeyUsage::DIGITAL_SIGNATURE);
        let signer = root.certify(&signer).unwrap();
        let found = signer.signature_algorithm(root.certificate().public_key_info());
        assert_eq!(found, Ok(Some(algorithm)));

        let report = judge(&signer, &[], &root, &lists(vec![complete(&root)]));
        assert!(report.is_valid(), "{algorithm:?}: {:?}", report.failures);

        let responder = OcspAuthority::new(
            SoftKey::from_pkcs8(&root.key().to_pkcs8().unwrap()).unwrap(),
            root.certificate().clone(),
        )
        .unwrap()
        .with_algorithm(algorithm);
        let answer = StatusAnswer {
            id: CertificateId::new(DigestAlgorithm::Sha256, &signer, root.certificate()),
            status: OcspStatus::Good,
            this_update: NOW,
            next_update: None,
        };
        let der = responder.respond(&[answer], None, NOW).unwrap();
        let evidence = RevocationData {
            crls: Vec::new(),
            ocsp: vec![OcspResponse::from_der(&der).unwrap()],
        };
        let report = judge(&signer, &[], &root, &evidence);
        assert!(report.is_valid(), "{algorithm:?}: {:?}", report.failures);

        let stamp_key = SoftKey::generate(spec).unwrap();
        let spki = stamp_key.spki();
        let its = root
            .timestamping("Dấu thời gian", &spki, validity(), 3, &Endpoints::default())
            .unwrap();
        let service = TimestampAuthority::new(stamp_key, its, Vec::new())
            .unwrap()
            .with_algorithm(algorithm);

        let document = algorithm.digest().digest(b"cong van");
        let attributes = cms::signed_attributes(&document, &signer, algorithm);
        let value = key.sign(algorithm, &attributes).unwrap();
        let digest = algorithm.digest();
        let wanted = TimestampRequest::new(digest, &digest.digest(&value), Some(0xFFFF));
        let read = tsp::parse_request(&wanted.to_der()).unwrap();
        assert_eq!(read, wanted);
        let token = service.token(&read, NOW, 9).unwrap();
        let verified = tsp::verify_answer_to(&wanted, &token, &[]).unwrap();
        assert_eq!(verified.info.digest, Some(digest));

        let der = cms::assemble(&attributes, algorithm, &value, &signer, &[], Some(&token));
        let signed = cms::parse(&der).unwrap();
        let info = &signed.signers[0];
        assert_eq!(info.digest, Some(digest));
        let verified = cms::verify_content(&signed, info, &[b"cong van"], &[]).unwrap();
        assert_eq!(verified.algorithm, algorithm);
        assert_eq!(verified.binding, CertificateBinding::Bound);
    }
}

#[test]
fn a_stamp_for_another_request_is_refused() {
    let root = root(KeySpec::EcP256, SignatureAlgorithm::EcdsaP256Sha256);
    let key = SoftKey::generate(KeySpec::Ed25519).unwrap();
    let its = root
        .timestamping(
            "Dấu thời gian",
            &key.spki(),
            validity(),
            3,
            &Endpoints::default(),
        )
        .unwrap();
    let service = TimestampAuthority::new(key, its, Vec::new()).unwrap();
    let asked = TimestampRequest::new(DigestAlgorithm::Sha512, &[7; 64], Some(1));
    let token = service.token(&asked, NOW, 1).unwrap();
    let refused = |other: TimestampRequest| tsp::verify_answer_to(&other, &token, &[]).unwrap_err();
    let other = TimestampRequest::new(DigestAlgorithm::Sha512, &[8; 64], Some(1));
    assert_eq!(refused(other), TokenError::ImprintMismatch);
    let other = TimestampRequest::new(DigestAlgorithm::Sha256, &[7; 32], Some(1));
    assert_eq!(refused(other), TokenError::ImprintMismatch);
    let other = TimestampRequest::new(DigestAlgorithm::Sha512, &[7; 64], Some(2));
    assert_eq!(refused(other), TokenError::NonceMismatch);
    let other = TimestampRequest {
        policy: Some(oid::ANY_POLICY),
        ..asked.clone()
    };
    assert_eq!(refused(other), TokenError::PolicyMismatch);
    let short = TimestampRequest::new(DigestAlgorithm::Sha512, &[7; 32], None);
    assert!(service.token(&short, NOW, 1).is_err());
}

#[test]
fn levels_of_different_keys_lead_to_the_root_and_a_cross_certificate_to_another() {
    let old = root(KeySpec::Rsa2048, SignatureAlgorithm::RsaPssSha256);
    let new = root(KeySpec::EcP521, SignatureAlgorithm::EcdsaP521Sha512);
    let key = SoftKey::generate(KeySpec::Ed25519).unwrap();
    let wanted = request("Cấp một", &key, 2).authority(Some(1));
    let first = new.subordinate(key, &wanted).unwrap();
    let key = SoftKey::generate(KeySpec::EcP384).unwrap();
    let wanted = request("Cấp hai", &key, 3).authority(Some(0));
    let second = first.subordinate(key, &wanted).unwrap();
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let end = second.certify(&request("Người ký", &key, 4)).unwrap();
    let cross = old
        .cross_certify(new.certificate(), validity(), 5, &Endpoints::default())
        .unwrap();

    let between = [first.certificate().clone(), second.certificate().clone()];
    let own = lists(vec![complete(&new), complete(&first), complete(&second)]);
    let report = judge(&end, &between, &new, &own);
    assert!(report.is_valid(), "{:?}", report.failures);
    assert_eq!(report.chain.len(), 4);

    let mut crossed = between.to_vec();
    crossed.push(cross.clone());
    let mut evidence = own.clone();
    evidence.crls.push(complete(&old));
    let report = judge(&end, &crossed, &old, &evidence);
    assert!(report.is_valid(), "{:?}", report.failures);
    assert_eq!(report.chain.len(), 5);
    assert_eq!(report.chain[3], cross);

    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let wanted = request("Cấp ba", &key, 6).authority(None);
    let third = second.subordinate(key, &wanted).unwrap();
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let deep = third.certify(&request("Người ký", &key, 7)).unwrap();
    let mut longer = between.to_vec();
    longer.push(third.certificate().clone());
    let report = judge(&deep, &longer, &new, &own);
    assert!(report.has(&PathProblem::PathTooLong));
}

#[test]
fn a_delegated_responder_is_heard_by_name_and_by_key() {
    let root = root(KeySpec::EcP384, SignatureAlgorithm::EcdsaP384Sha384);
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let end = root.certify(&request("Người ký", &key, 2)).unwrap();
    for identity in [ResponderIdentity::Name, ResponderIdentity::KeyHash] {
        for usage in [oid::KP_OCSP_SIGNING, oid::KP_CLIENT_AUTH] {
            let key = SoftKey::generate(KeySpec::Ed25519).unwrap();
            let wanted = request("Người trả lời", &key, 3)
                .key_usage(KeyUsage::DIGITAL_SIGNATURE)
                .extended_key_usage(&[usage]);
            let delegate = root.certify(&wanted).unwrap();
            let responder = OcspAuthority::new(key, delegate)
                .unwrap()
                .with_identity(identity)
                .with_chain(vec![root.certificate().clone()]);
            let answer = StatusAnswer {
                id: CertificateId::new(DigestAlgorithm::Sha1, &end, root.certificate()),
                status: OcspStatus::Good,
                this_update: NOW,
                next_update: Some(NOW.plus_days(1)),
            };
            let der = responder.respond(&[answer], None, NOW).unwrap();
            let response = OcspResponse::from_der(&der).unwrap();
            let heard = response.verify(root.certificate()).is_ok();
            assert_eq!(heard, usage == oid::KP_OCSP_SIGNING);
        }
    }
}

#[test]
fn a_delta_list_adds_to_the_complete_one() {
    let root = root(KeySpec::Ed25519, SignatureAlgorithm::Ed25519);
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let end = root.certify(&request("Người ký", &key, 2)).unwrap();
    let base = CrlRequest::new(7, NOW.plus_days(-2), Some(NOW.plus_days(5)));
    let base = root.list(&base).unwrap();
    let report = judge(&end, &[], &root, &lists(vec![base.clone()]));
    assert!(report.is_valid(), "{:?}", report.failures);

    let delta = CrlRequest::new(8, NOW.plus_days(-1), Some(NOW.plus_days(1)))
        .delta_of(7)
        .revoked(&[revoked(&end)]);
    let delta = root.list(&delta).unwrap();
    assert_eq!(delta.delta_base().as_deref(), Some(&[7][..]));
    let report = judge(&end, &[], &root, &lists(vec![base, delta]));
    assert!(report.has(&PathProblem::Revoked(NOW.plus_days(-1), Some(4))));
}

#[test]
fn an_indirect_list_speaks_for_another_issuer() {
    let root = root(KeySpec::EcP256, SignatureAlgorithm::EcdsaP256Sha256);
    let list_key = SoftKey::generate(KeySpec::EcP384).unwrap();
    let wanted = request("Người phát hành danh sách", &list_key, 2).key_usage(KeyUsage::CRL_SIGN);
    let publisher = root.subordinate(list_key, &wanted).unwrap();
    let place = vec![GeneralName::Uri("http://127.0.0.1/indirect.crl".to_owned())];
    let point = DistributionPoint {
        full_name: place.clone(),
        crl_issuer: vec![GeneralName::Directory(
            publisher.certificate().subject().clone(),
        )],
        ..DistributionPoint::default()
    };
    let user = |serial| {
        let key = SoftKey::generate(KeySpec::EcP256).unwrap();
        let points = Extension::distribution_points(std::slice::from_ref(&point));
        root.certify(&request("Người ký", &key, serial).extension(points))
            .unwrap()
    };
    let (good, bad) = (user(3), user(4));
    let scope = Scope {
        full_name: place,
        indirect: true,
        ..Scope::default()
    };
    let indirect = CrlRequest::new(1, NOW, Some(NOW.plus_days(7)))
        .scope(&scope)
        .revoked_of(root.certificate().subject(), revoked(&bad));
    let indirect = publisher.list(&indirect).unwrap();
    assert_eq!(indirect.scope(), Ok(scope));
    let evidence = lists(vec![complete(&root), indirect]);
    let between = [publisher.certificate().clone()];
    let report = judge(&good, &between, &root, &evidence);
    assert!(report.is_valid(), "{:?}", report.failures);
    let report = judge(&bad, &between, &root, &evidence);
    assert!(report.has(&PathProblem::Revoked(NOW.plus_days(-1), Some(4))));
}

#[test]
fn what_is_written_into_an_extension_is_read_from_it() {
    let root = root(KeySpec::EcP256, SignatureAlgorithm::EcdsaP256Sha256);
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let inside = [GeneralName::Email(".mau.vn".to_owned())];
    let wanted = request("Cấp phát", &key, 2)
        .authority(Some(3))
        .extension(Extension::name_constraints(&inside, &[]));
    let below = root.subordinate(key, &wanted).unwrap();
    let usage = below.certificate().key_usage().unwrap();
    assert_eq!(usage.names(), ["keyCertSign", "cRLSign"]);
    let signer = |address: &str| {
        let key = SoftKey::generate(KeySpec::EcP256).unwrap();
        let names = [GeneralName::Email(address.to_owned())];
        let wanted = request("Người ký", &key, 3).extension(Extension::subject_alt_names(&names));
        below.certify(&wanted).unwrap()
    };
    let evidence = lists(vec![complete(&root), complete(&below)]);
    let between = [below.certificate().clone()];
    assert!(judge(&signer("a@x.mau.vn"), &between, &root, &evidence).is_valid());
    let report = judge(&signer("a@x.khac.vn"), &between, &root, &evidence);
    assert!(report.has(&PathProblem::NameConstraints));
}

#[test]
fn a_key_that_is_not_the_certificates_is_refused() {
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let other = SoftKey::generate(KeySpec::EcP256).unwrap();
    let wanted = request("Gốc diễn tập", &key, 1).authority(None);
    let refused = Authority::self_signed(other, SignatureAlgorithm::EcdsaP256Sha256, &wanted);
    assert!(refused.is_err());
    let wrong = Authority::self_signed(key, SignatureAlgorithm::Ed25519, &wanted);
    assert!(wrong.is_err());
}
