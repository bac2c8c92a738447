//! Evidence that says less than it seems to: lists of other points, keys that have ended, weak signatures, no proof of
//! an earlier time.

use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, Endpoints, OcspAuthority, Revocation, StatusAnswer,
    Validity, authority_name,
};
use vanthu_pki::crl::{Crl, Scope};
use vanthu_pki::extension::{GeneralName, KeyUsage};
use vanthu_pki::key::KeySpec;
use vanthu_pki::ocsp::{CertificateId, OcspResponse, OcspStatus};
use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_pki::{DigestAlgorithm, KeyKind, SoftKey, Time, oid};
use vanthu_signing::{
    AlgorithmRule, ConstraintId, Finding, FindingCode, Indication, Level, LongTermEvidence, Poe,
    Reliable, SlideTo, SubIndication, ValidationInput, extend_lt, validate,
};

use crate::hostile::zip_of;
use crate::ladder::Ladder;
use crate::sealed;
use crate::world::{day, now, plain_pdf};

const LIST: &str = "http://crl.example.vn/a.crl";

fn validity(from: Time, to: Time) -> Validity {
    Validity { from, to }
}

/// Gives the signer another certificate, of the issuing authority.
fn certify(ladder: &mut Ladder, usage: KeyUsage, validity: Validity) {
    let name = authority_name("Người ký diễn tập").unwrap();
    let endpoints = Endpoints {
        crl_url: Some(LIST.to_owned()),
        ..Endpoints::default()
    };
    let request = CertificateRequest::new(name, &ladder.signer.key.spki(), validity, 33)
        .endpoints(&endpoints)
        .key_usage(usage);
    ladder.signer.certificate = ladder.issuing.certify(&request).unwrap();
}

fn three_years() -> Validity {
    validity(day(2025, 1, 1), day(2028, 1, 1))
}

/// A list of the issuing authority for the certificates of one distribution point.
fn shard(ladder: &Ladder, url: &str, revoked: &[Revocation], at: Time) -> Crl {
    let scope = Scope {
        full_name: vec![GeneralName::Uri(url.to_owned())],
        ..Scope::default()
    };
    let list = CrlRequest::new(7, at, Some(at.plus_days(30)));
    let list = list.scope(&scope).revoked(revoked);
    ladder.issuing.list(&list).unwrap()
}

fn revoked(ladder: &Ladder, at: Time) -> Revocation {
    Revocation {
        serial: ladder.signer.certificate.serial().to_vec(),
        at,
        reason: Some(1),
    }
}

/// Nothing but lists: the root's, and those given.
fn lists(ladder: &Ladder, at: Time, more: Vec<Crl>) -> LongTermEvidence {
    let root = ladder.root.crl(&[], 9, at, at.plus_days(30)).unwrap();
    LongTermEvidence {
        certificates: vec![ladder.issuing.certificate().clone()],
        revocation: RevocationData {
            crls: [vec![root], more].concat(),
            ocsp: Vec::new(),
        },
    }
}

fn strict(ladder: &Ladder, at: Time) -> ValidationInput {
    ValidationInput {
        anchors: vec![ladder.root.certificate().clone()],
        revocation: RevocationMode::Required,
        at,
        ..ValidationInput::default()
    }
}

fn sub_of(file: &[u8], input: &ValidationInput) -> Option<SubIndication> {
    validate(file, input).signatures[0].sub_indication
}

#[test]
fn a_revoked_certificate_does_not_pass_with_the_list_of_another_point() {
    let mut ladder = Ladder::p256();
    certify(&mut ladder, KeyUsage::DIGITAL_SIGNATURE, three_years());
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", None);
    let at = now().plus_seconds(600);
    let judged = |more: Vec<Crl>| {
        let file = extend_lt(&signed, &lists(&ladder, now(), more), now()).unwrap();
        validate(&file, &strict(&ladder, at)).signatures[0].clone()
    };
    let other = shard(&ladder, "http://crl.example.vn/b.crl", &[], now());
    let report = judged(vec![other.clone()]);
    assert_eq!(report.indication, Indication::Indeterminate);
    assert_eq!(report.sub_indication, Some(SubIndication::TryLater));
    let own = shard(&ladder, LIST, &[revoked(&ladder, now())], now());
    let report = judged(vec![other, own]);
    assert_eq!(report.sub_indication, Some(SubIndication::Revoked));
    let good = judged(vec![shard(&ladder, LIST, &[], now())]);
    assert_eq!(good.indication, Indication::TotalPassed, "{good:#?}");
}

#[test]
fn a_list_that_has_run_out_decides_only_about_what_is_proven_to_be_older() {
    let mut ladder = Ladder::p256();
    certify(&mut ladder, KeyUsage::DIGITAL_SIGNATURE, three_years());
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", None);
    let list = shard(&ladder, LIST, &[], now());
    let file = extend_lt(&signed, &lists(&ladder, now(), vec![list]), now()).unwrap();
    // Two months later nothing says what happened since, and nothing proves when the signature was made.
    let mut input = strict(&ladder, now().plus_days(60));
    input.policy.slide_to = SlideTo::NextUpdate;
    assert_eq!(sub_of(&file, &input), Some(SubIndication::TryLater));
    input.existed_at = Some(now().plus_days(1));
    assert_eq!(sub_of(&file, &input), None);
}

/// An authority of the issuing one's name with another key.
fn namesake(ladder: &Ladder, validity: Validity) -> Authority {
    let key = SoftKey::generate_p256().unwrap();
    let name = ladder.issuing.certificate().subject().clone();
    let request = CertificateRequest::new(name, &key.spki(), validity, 44).authority(None);
    ladder.root.subordinate(key, &request).unwrap()
}

/// The signer's status is shown by a list of `signer` alone, kept with all the rest under a document time-stamp.
fn kept_with(ladder: &Ladder, signer: &Authority, issued_at: Time) -> Vec<u8> {
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let at = now().plus_seconds(60);
    let list = signer.crl(&[], 8, issued_at, at.plus_days(30)).unwrap();
    let mut evidence = ladder.evidence(&[&ladder.stamps], at);
    evidence.revocation.ocsp.remove(0);
    evidence.revocation.crls.push(list);
    evidence.certificates.push(signer.certificate().clone());
    ladder.archive(&signed, &evidence, &ladder.stamps, at.plus_seconds(60))
}

#[test]
fn the_past_does_not_rest_on_the_list_of_a_key_that_had_ended() {
    let ladder = Ladder::p256();
    let later = |file: &[u8]| {
        let mut input = strict(&ladder, day(2030, 1, 1));
        input.revocation = RevocationMode::WhenKnown;
        input.policy.slide_to = SlideTo::NextUpdate;
        sub_of(file, &input)
    };
    let current = namesake(&ladder, validity(day(2024, 1, 1), day(2040, 1, 1)));
    assert_eq!(later(&kept_with(&ladder, &current, now())), None);
    let ended = namesake(&ladder, validity(day(2020, 1, 1), day(2021, 1, 1)));
    // With the date of that day, and with one from the time when the key still counted.
    for issued_at in [now(), day(2020, 6, 1)] {
        let file = kept_with(&ladder, &ended, issued_at);
        assert_eq!(later(&file), Some(SubIndication::NoPoe), "{issued_at}");
    }
}

#[test]
fn a_key_that_may_not_sign_does_not_sign_once_its_certificate_has_ended() {
    let mut ladder = Ladder::p256();
    for usage in [KeyUsage::CRL_SIGN, KeyUsage::DIGITAL_SIGNATURE] {
        certify(&mut ladder, usage, three_years());
        let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
        let at = now().plus_seconds(60);
        let mut evidence = ladder.evidence(&[&ladder.stamps], at);
        let list = shard(&ladder, LIST, &[], at);
        evidence.revocation.crls.push(list);
        let file = ladder.archive(&signed, &evidence, &ladder.stamps, at.plus_seconds(60));
        let may_sign = usage == KeyUsage::DIGITAL_SIGNATURE;
        let expected = (!may_sign).then_some(SubIndication::ChainConstraintsFailure);
        for later in [now().plus_days(1), day(2030, 1, 1)] {
            let mut input = strict(&ladder, later);
            input.revocation = RevocationMode::WhenKnown;
            input.policy.slide_to = SlideTo::NextUpdate;
            assert_eq!(sub_of(&file, &input), expected, "{usage:?} {later}");
        }
    }
}

#[test]
fn an_answer_with_a_weak_signature_is_left_out_and_said_so() {
    let mut ladder = Ladder::p256();
    let key = SoftKey::generate(KeySpec::Rsa2048).unwrap();
    let long = validity(day(2020, 1, 1), day(2060, 1, 1));
    let responder = ladder
        .issuing
        .ocsp_responder("Trả lời khóa ngắn", &key.spki(), long, 55)
        .unwrap();
    ladder.responder = OcspAuthority::new(key, responder).unwrap();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let file = ladder.with_evidence(&signed, now().plus_seconds(60));
    let mut input = strict(&ladder, now().plus_seconds(600));
    let report = validate(&file, &input);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    input.policy.algorithms.0.push(AlgorithmRule {
        digest: None,
        key: Some(KeyKind::Rsa),
        signature: None,
        bits: 0,
        until: Reliable::Until(now().plus_days(-365)),
    });
    let report = validate(&file, &input);
    let first = &report.signatures[0];
    assert_eq!(first.sub_indication, Some(SubIndication::TryLater));
    let named = |it: &&Finding| it.code == FindingCode::EvidenceSetAside;
    let finding = first.findings.iter().find(named).unwrap();
    assert!(finding.detail.contains("Trả lời khóa ngắn"), "{finding:?}");
    // Proven to be as old as the key was good, it counts.
    let then = now().plus_days(-400);
    let answers = &answers_of_today(&ladder);
    input.known = answers
        .iter()
        .map(|der| Poe::provided(vanthu_signing::ObjectKind::OcspResponse, der, then))
        .collect();
    let file = extend_lt(&signed, &with_answers(&ladder, answers), now()).unwrap();
    let report = validate(&file, &input);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
}

/// Answers of today about everybody below the issuing authority.
fn answers_of_today(ladder: &Ladder) -> Vec<Vec<u8>> {
    let evidence = ladder.evidence(&[&ladder.stamps], now());
    let ocsp = evidence.revocation.ocsp.iter();
    ocsp.map(|it| it.der().to_vec()).collect()
}

fn with_answers(ladder: &Ladder, answers: &[Vec<u8>]) -> LongTermEvidence {
    let mut evidence = ladder.evidence(&[], now());
    let read = answers.iter().map(|it| OcspResponse::from_der(it).unwrap());
    evidence.revocation.ocsp = read.collect();
    evidence
}

#[test]
fn a_good_time_stamp_that_is_demanded_is_not_replaced_by_the_past() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let at = now().plus_seconds(60);
    // Everything about the signer; about the time-stamp service that it was revoked.
    let mut evidence = ladder.evidence(&[], at);
    let id = CertificateId::new(
        DigestAlgorithm::Sha1,
        &ladder.stamps.certificate,
        ladder.issuing.certificate(),
    );
    let answer = StatusAnswer {
        id,
        status: OcspStatus::Revoked(now().plus_days(-1), None),
        this_update: at,
        next_update: Some(at.plus_days(30)),
    };
    let answer = ladder.responder.respond(&[answer], None, at).unwrap();
    let answer = OcspResponse::from_der(&answer).unwrap();
    evidence.revocation.ocsp.push(answer);
    let file = extend_lt(&signed, &evidence, at).unwrap();
    let mut input = strict(&ladder, at.plus_seconds(60));
    assert_eq!(sub_of(&file, &input), None);
    let id = ConstraintId::TimestampValid;
    input.policy.constraints.insert(id, Level::Fail);
    assert_eq!(sub_of(&file, &input), Some(SubIndication::RevokedNoPoe));
}

#[test]
fn a_file_that_nobody_signed_does_not_pass() {
    let ladder = Ladder::p256();
    let request = vanthu_signing::DocTimestampRequest::at(now());
    let prepared = vanthu_signing::prepare_timestamp(&plain_pdf(0), &request).unwrap();
    let asked = vanthu_pki::tsp::parse_request(&prepared.request(Some(99)).to_der()).unwrap();
    let token = ladder.stamps.service.token(&asked, now(), 78).unwrap();
    let trust = vanthu_signing::TimestampTrust {
        nonce: Some(99),
        ..ladder.trust()
    };
    let file = prepared.embed(&plain_pdf(0), &token, &trust).unwrap();
    let mut input = strict(&ladder, now().plus_seconds(60));
    input.evidence = ladder.evidence(&[&ladder.stamps], now()).revocation;
    let report = validate(&file, &input);
    assert_eq!(report.signatures[0].indication, Indication::TotalPassed);
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(!report.is_signed() && !report.is_passed());
    let found = report.findings.iter().map(|it| it.code);
    assert_eq!(found.collect::<Vec<_>>(), [FindingCode::OnlyTimestamps]);
}

#[test]
fn a_manifest_with_a_weak_digest_does_not_carry_a_signature() {
    let ladder = Ladder::p256();
    let content = sealed::CONTENT;
    let manifest = |algorithm: &str, digest: DigestAlgorithm| {
        let value = base64(&digest.digest(content));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
             <asic:SigReference URI=\"META-INF/signature001.p7s\"/>\
             <asic:DataObjectReference URI=\"a.csv\"><ds:DigestMethod Algorithm=\"{algorithm}\"/>\
             <ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference></asic:ASiCManifest>"
        )
    };
    let judged = |manifest: &str| {
        let p7s = sealed::sign(
            &ladder,
            manifest.as_bytes(),
            &sealed::request(),
            Some(&ladder.stamps),
        );
        let container = zip_of(&[
            ("mimetype", b"application/vnd.etsi.asic-e+zip"),
            ("a.csv", content),
            ("META-INF/ASiCManifest001.xml", manifest.as_bytes()),
            ("META-INF/signature001.p7s", &p7s),
        ]);
        crate::asic::judge(&container, &sealed::input(&ladder))
    };
    let sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    let good = judged(&manifest(sha256, DigestAlgorithm::Sha256));
    assert!(good.is_passed(), "{good:#?}");
    let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    let weak = judged(&manifest(sha1, DigestAlgorithm::Sha1));
    assert!(!weak.is_passed(), "{weak:#?}");
    let sub = weak.report.signatures[0].sub_indication;
    let no_poe = SubIndication::CryptoConstraintsFailureNoPoe;
    assert!(
        [Some(no_poe), Some(SubIndication::CryptoConstraintsFailure)].contains(&sub),
        "{sub:?}"
    );
}

fn base64(bytes: &[u8]) -> String {
    let pem = vanthu_pki::pem::encode(bytes, "X");
    let lines = pem.lines().filter(|it| !it.starts_with("-----"));
    lines.collect()
}

#[test]
fn a_responder_that_has_ended_says_nothing_good() {
    let mut ladder = Ladder::p256();
    let key = SoftKey::generate_p256().unwrap();
    let name = authority_name("Trả lời đã hết hạn").unwrap();
    let ended = validity(day(2024, 1, 1), now().plus_days(1));
    let request = CertificateRequest::new(name, &key.spki(), ended, 66)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .extended_key_usage(&[oid::KP_OCSP_SIGNING])
        .extension(vanthu_pki::extension::Extension::ocsp_nocheck());
    let certificate = ladder.issuing.certify(&request).unwrap();
    ladder.responder = OcspAuthority::new(key, certificate).unwrap();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let file = ladder.with_evidence(&signed, now().plus_seconds(60));
    // While it is valid its answers count; afterwards only those that are proven to be older.
    let mut input = strict(&ladder, now().plus_seconds(600));
    assert_eq!(sub_of(&file, &input), None);
    input.at = now().plus_days(5);
    assert_eq!(sub_of(&file, &input), Some(SubIndication::TryLater));
    input.existed_at = Some(now().plus_seconds(600));
    assert_eq!(sub_of(&file, &input), None);
}
