//! The practice authority from root to time-stamp, judged by this crate and by OpenSSL.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::path::Path;
use std::process::Command;

use vanthu_pki::authority::{
    AgencySubject, Authority, Endpoints, OcspAuthority, PersonSubject, Revocation,
    TimestampAuthority, Validity,
};
use vanthu_pki::cms::{self, CertificateBinding, CmsError};
use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::{self, OcspResponse, OcspStatus};
use vanthu_pki::path::{
    self, PathProblem, Purpose, RevocationData, RevocationStatus, StatusSource,
};
use vanthu_pki::{Certificate, KeyKind, SignatureAlgorithm, SoftKey, Time, pkcs12, tsp};

/// 22/11/2026 08:12 in Vietnam.
const NOW: Time = Time::from_unix(1_795_309_920);

struct Practice {
    root: Authority,
    issuing: Authority,
    person: (SoftKey, Certificate),
    agency: (SoftKey, Certificate),
    stamp: TimestampAuthority,
    ocsp: OcspAuthority,
}

impl Practice {
    fn new(generate: fn() -> SoftKey) -> Self {
        let long = Validity {
            from: NOW.plus_days(-30),
            to: NOW.plus_days(3650),
        };
        let validity = Validity {
            from: NOW.plus_days(-10),
            to: NOW.plus_days(730),
        };
        let endpoints = Endpoints {
            crl_url: Some("http://127.0.0.1:8080/practice/crl".to_owned()),
            ocsp_url: Some("http://127.0.0.1:8080/practice/ocsp".to_owned()),
            issuer_url: None,
        };
        let root = Authority::root(generate(), "Gốc diễn tập", long, 1).unwrap();
        let issuing = root
            .issuing(generate(), "Cấp phát diễn tập", long, 2, &endpoints)
            .unwrap();
        let subject = PersonSubject {
            full_name: "Nguyễn Văn Mẫu".to_owned(),
            title: "Chủ tịch".to_owned(),
            organization: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            locality: "Tuần Mẫu".to_owned(),
            user_id: "CCCD:000000000001".to_owned(),
            email: "mau@binhmau.example".to_owned(),
            ..PersonSubject::default()
        };
        let key = generate();
        let certificate = issuing
            .person(&subject, &key.spki(), validity, 0xA1 << 100, &endpoints)
            .unwrap();
        let person = (key, certificate);
        let subject = AgencySubject {
            name: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            parent: "Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned(),
            ..AgencySubject::default()
        };
        let key = generate();
        let certificate = issuing
            .agency(&subject, &key.spki(), validity, 0xA2, &endpoints)
            .unwrap();
        let agency = (key, certificate);
        let key = generate();
        let name = "Dấu thời gian diễn tập";
        let certificate = issuing
            .timestamping(name, &key.spki(), validity, 0xA3, &endpoints)
            .unwrap();
        let chain = vec![issuing.certificate().clone()];
        let stamp = TimestampAuthority::new(key, certificate, chain).unwrap();
        let key = generate();
        let certificate = issuing
            .ocsp_responder("OCSP diễn tập", &key.spki(), validity, 0xA4)
            .unwrap();
        let ocsp = OcspAuthority::new(key, certificate).unwrap();
        Self {
            root,
            issuing,
            person,
            agency,
            stamp,
            ocsp,
        }
    }

    fn rsa() -> Self {
        Self::new(|| SoftKey::generate_rsa_2048().unwrap())
    }

    fn curve() -> Self {
        Self::new(|| SoftKey::generate_p256().unwrap())
    }

    fn anchors(&self) -> [Certificate; 1] {
        [self.root.certificate().clone()]
    }

    fn intermediates(&self) -> [Certificate; 1] {
        [self.issuing.certificate().clone()]
    }

    fn crls(&self, revoked: &[Revocation], at: Time) -> Vec<Crl> {
        let next = at.plus_days(7);
        vec![
            self.root.crl(&[], 1, at, next).unwrap(),
            self.issuing.crl(revoked, 1, at, next).unwrap(),
        ]
    }

    fn judge(
        &self,
        certificate: &Certificate,
        at: Time,
        evidence: &RevocationData,
    ) -> path::PathReport {
        let purpose = Purpose::DocumentSigning;
        path::validate(
            certificate,
            &self.intermediates(),
            &self.anchors(),
            at,
            evidence,
            purpose,
        )
    }

    fn sign(&self, document: &[u8], algorithm: SignatureAlgorithm, stamped: bool) -> Vec<u8> {
        let (key, certificate) = &self.person;
        let digest = algorithm.digest().digest(document);
        let signed = cms::signed_attributes(&digest, certificate, algorithm);
        assert_eq!(cms::message_digest_of(&signed).unwrap(), digest);
        let signature = key.sign(algorithm, &signed).unwrap();
        let token = stamped.then(|| self.stamp_of(&signature));
        let chain = self.intermediates();
        cms::assemble(
            &signed,
            algorithm,
            &signature,
            certificate,
            &chain,
            token.as_deref(),
        )
    }

    fn stamp_of(&self, data: &[u8]) -> Vec<u8> {
        let imprint = sha256(data);
        let request = tsp::parse_request(&tsp::request(&imprint, Some(77))).unwrap();
        let response = self.stamp.respond(&request, NOW, 5).unwrap();
        let token = tsp::parse_response(&response).unwrap();
        tsp::verify_answer(&token, &imprint, Some(77), &[]).unwrap();
        token
    }
}

fn sha256(data: &[u8]) -> [u8; 32] {
    vanthu_pki::DigestAlgorithm::Sha256
        .digest(data)
        .try_into()
        .unwrap()
}

#[test]
fn a_person_and_an_agency_lead_to_the_root() {
    let practice = Practice::curve();
    let evidence = RevocationData {
        crls: practice.crls(&[], NOW),
        ocsp: vec![],
    };
    for (_, certificate) in [&practice.person, &practice.agency] {
        let report = practice.judge(certificate, NOW, &evidence);
        assert!(report.is_valid(), "{:?}", report.failures);
        assert_eq!(report.chain.len(), 3);
    }
    let certificate = &practice.person.1;
    assert_eq!(certificate.common_name(), "Nguyễn Văn Mẫu");
    assert_eq!(
        certificate.crl_urls(),
        ["http://127.0.0.1:8080/practice/crl"]
    );
    assert_eq!(
        certificate.ocsp_urls(),
        ["http://127.0.0.1:8080/practice/ocsp"]
    );
    assert_eq!(
        certificate.key_usage().unwrap().names(),
        ["digitalSignature", "nonRepudiation"]
    );
}

#[test]
fn a_certificate_is_judged_at_the_time_in_question() {
    let practice = Practice::curve();
    let certificate = &practice.person.1;
    let revoked_at = NOW.plus_days(3);
    let revocation = Revocation {
        serial: certificate.serial().to_vec(),
        at: revoked_at,
        reason: Some(1),
    };
    let later = NOW.plus_days(5);
    let evidence = RevocationData {
        crls: practice.crls(&[revocation], later),
        ocsp: vec![],
    };
    assert!(practice.judge(certificate, NOW, &evidence).is_valid());
    let report = practice.judge(certificate, later, &evidence);
    assert!(report.has(&PathProblem::Revoked(revoked_at, Some(1))));
    let report = practice.judge(certificate, NOW.plus_days(-20), &evidence);
    assert!(report.has(&PathProblem::NotYetValid));
    let report = practice.judge(certificate, NOW.plus_days(900), &evidence);
    assert!(report.has(&PathProblem::Expired));
}

#[test]
fn without_evidence_the_state_is_unknown_and_never_good() {
    let practice = Practice::curve();
    let report = practice.judge(&practice.person.1, NOW, &RevocationData::default());
    assert!(!report.is_valid());
    assert!(report.has(&PathProblem::RevocationUnknown));
    let stale = RevocationData {
        crls: practice.crls(&[], NOW.plus_days(-9)),
        ocsp: vec![],
    };
    assert!(
        practice
            .judge(&practice.person.1, NOW, &stale)
            .has(&PathProblem::RevocationUnknown)
    );
}

#[test]
fn a_stranger_has_no_path() {
    let (practice, other) = (Practice::curve(), Practice::curve());
    let evidence = RevocationData {
        crls: practice.crls(&[], NOW),
        ocsp: vec![],
    };
    let report = practice.judge(&other.person.1, NOW, &evidence);
    assert!(
        report.has(&PathProblem::BadSignature),
        "{:?}",
        report.failures
    );
    let report = path::validate(
        &practice.person.1,
        &[],
        &practice.anchors(),
        NOW,
        &evidence,
        Purpose::Any,
    );
    assert!(report.has(&PathProblem::NoPath));
}

#[test]
fn an_entitled_responder_answers_for_a_certificate() {
    let practice = Practice::curve();
    let (certificate, issuer) = (&practice.person.1, practice.issuing.certificate());
    let request = ocsp::request(certificate, issuer, Some(&[7; 16]));
    let request = ocsp::parse_request(&request).unwrap();
    let answer = |status| {
        let next = Some(NOW.plus_days(1));
        let der = practice
            .ocsp
            .answer(&request, |_| status, NOW, next)
            .unwrap();
        OcspResponse::from_der(&der).unwrap()
    };
    let good = answer(OcspStatus::Good);
    assert_eq!(good.nonce.as_deref(), Some(&[7; 16][..]));
    let crls = vec![practice.root.crl(&[], 1, NOW, NOW.plus_days(7)).unwrap()];
    let evidence = RevocationData {
        crls: crls.clone(),
        ocsp: vec![good],
    };
    let report = practice.judge(certificate, NOW, &evidence);
    assert!(report.is_valid(), "{:?}", report.failures);
    let expected = RevocationStatus::Good {
        source: StatusSource::Ocsp,
        known_at: NOW,
    };
    assert_eq!(report.revocation.first(), Some(&expected));

    let revoked = answer(OcspStatus::Revoked(NOW.plus_days(-1), None));
    let evidence = RevocationData {
        crls: crls.clone(),
        ocsp: vec![revoked],
    };
    let report = practice.judge(certificate, NOW, &evidence);
    assert!(report.has(&PathProblem::Revoked(NOW.plus_days(-1), None)));

    let other = Practice::curve();
    let der = other
        .ocsp
        .answer(&request, |_| OcspStatus::Good, NOW, None)
        .unwrap();
    let foreign = OcspResponse::from_der(&der).unwrap();
    let evidence = RevocationData {
        crls,
        ocsp: vec![foreign],
    };
    let report = practice.judge(certificate, NOW, &evidence);
    assert!(report.has(&PathProblem::RevocationUnknown));
}

#[test]
fn a_signature_verifies_over_its_document_and_no_other() {
    let practice = Practice::rsa();
    for algorithm in [
        SignatureAlgorithm::RsaPkcs1Sha256,
        SignatureAlgorithm::RsaPssSha256,
    ] {
        let der = practice.sign(b"cong van", algorithm, true);
        let signed = cms::parse(&der).unwrap();
        let signer = &signed.signers[0];
        let verified = cms::verify_content(&signed, signer, &[b"cong ", b"van"], &[]).unwrap();
        assert_eq!(verified.certificate, practice.person.1);
        assert_eq!(verified.algorithm, algorithm);
        assert_eq!(verified.binding, CertificateBinding::Bound);
        assert_eq!(signer.signing_time().unwrap(), None);
        let other = cms::verify_content(&signed, signer, &[b"quyet dinh"], &[]);
        assert_eq!(other.unwrap_err(), CmsError::DigestMismatch);

        let [token] = signer.timestamp_tokens()[..] else {
            panic!("one time-stamp")
        };
        let stamp = tsp::verify_token(token, |it| it.digest(&signer.signature), &[]).unwrap();
        assert_eq!(stamp.info.time, NOW);
        let evidence = RevocationData {
            crls: practice.crls(&[], NOW),
            ocsp: vec![],
        };
        let report = path::validate(
            &stamp.certificate,
            &stamp.certificates,
            &practice.anchors(),
            NOW,
            &evidence,
            Purpose::TimeStamping,
        );
        assert!(report.is_valid(), "{:?}", report.failures);
        assert!(
            practice
                .judge(&stamp.certificate, NOW, &evidence)
                .has(&PathProblem::ExtendedKeyUsage)
        );
    }
}

#[test]
fn any_flipped_octet_under_the_signature_is_noticed() {
    let practice = Practice::curve();
    let der = practice.sign(b"cong van", SignatureAlgorithm::EcdsaP256Sha256, false);
    let others = [practice.person.1.clone()];
    let accepts = |bytes: &[u8]| {
        cms::parse(bytes).is_ok_and(|signed| {
            signed.signers.first().is_some_and(|signer| {
                cms::verify_content(&signed, signer, &[b"cong van"], &others).is_ok()
            })
        })
    };
    assert!(accepts(&der));
    let signer = cms::parse(&der).unwrap().signers.remove(0);
    for covered in [&signer.signed_bytes.unwrap()[1..], &signer.signature] {
        let start = der
            .windows(covered.len())
            .position(|it| it == covered)
            .unwrap();
        for index in start..start + covered.len() {
            for bit in [0x01, 0x80] {
                let mut forged = der.clone();
                forged[index] ^= bit;
                assert!(!accepts(&forged), "octet {index} changed, still accepted");
            }
        }
    }
}

#[test]
fn openssl_accepts_all_that_the_practice_authority_makes() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no openssl here");
        return;
    }
    for practice in [Practice::rsa(), Practice::curve()] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let write = |name: &str, bytes: &[u8]| std::fs::write(at.join(name), bytes).unwrap();
        let (key, certificate) = &practice.person;
        write("root.pem", practice.root.certificate().to_pem().as_bytes());
        write(
            "issuing.pem",
            practice.issuing.certificate().to_pem().as_bytes(),
        );
        write("person.pem", certificate.to_pem().as_bytes());
        let crls: Vec<String> = practice
            .crls(&[], NOW)
            .iter()
            .map(|it| vanthu_pki::pem::encode(it.der(), "X509 CRL"))
            .collect();
        write("crls.pem", crls.concat().as_bytes());
        write("document", b"cong van");
        let algorithms = match key.kind() {
            KeyKind::Rsa => {
                vec![
                    SignatureAlgorithm::RsaPkcs1Sha256,
                    SignatureAlgorithm::RsaPssSha256,
                ]
            }
            _ => vec![key.default_algorithm()],
        };
        let time = NOW.unix().to_string();
        openssl(
            at,
            &[
                "verify",
                "-x509_strict",
                "-attime",
                &time,
                "-crl_check_all",
                "-CRLfile",
                "crls.pem",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "issuing.pem",
                "person.pem",
            ],
        );
        for algorithm in algorithms {
            write("signature", &practice.sign(b"cong van", algorithm, true));
            openssl(
                at,
                &[
                    "cms",
                    "-verify",
                    "-cades",
                    "-attime",
                    &time,
                    "-purpose",
                    "any",
                    "-binary",
                    "-inform",
                    "DER",
                    "-in",
                    "signature",
                    "-content",
                    "document",
                    "-CAfile",
                    "root.pem",
                    "-out",
                    "out",
                ],
            );
        }
        write("token", &practice.stamp_of(b"cong van"));
        openssl(
            at,
            &[
                "ts",
                "-verify",
                "-attime",
                &time,
                "-token_in",
                "-in",
                "token",
                "-data",
                "document",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "issuing.pem",
            ],
        );
        let request = ocsp::request(certificate, practice.issuing.certificate(), None);
        write("request", &request);
        let request = ocsp::parse_request(&request).unwrap();
        let next = Some(NOW.plus_days(1));
        write(
            "response",
            &practice
                .ocsp
                .answer(&request, |_| OcspStatus::Good, NOW, next)
                .unwrap(),
        );
        openssl(
            at,
            &[
                "ocsp",
                "-respin",
                "response",
                "-reqin",
                "request",
                "-CAfile",
                "root.pem",
                "-verify_other",
                "issuing.pem",
                "-attime",
                &time,
            ],
        );
        let file = pkcs12::make(
            key,
            certificate,
            &practice.intermediates(),
            "mat khau",
            "Nguyễn Văn Mẫu",
        )
        .unwrap();
        write("key.p12", &file);
        let info = openssl(
            at,
            &[
                "pkcs12",
                "-in",
                "key.p12",
                "-passin",
                "pass:mat khau",
                "-info",
                "-nodes",
            ],
        );
        assert!(
            info.contains("AES-256-CBC") && info.contains("hmacWithSHA256"),
            "{info}"
        );
    }
}

#[test]
fn a_file_made_by_openssl_opens() {
    let practice = Practice::curve();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (key, certificate) = &practice.person;
    let pem = vanthu_pki::pem::encode(&key.to_pkcs8().unwrap(), "PRIVATE KEY");
    std::fs::write(at.join("both.pem"), certificate.to_pem() + &pem).unwrap();
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: no openssl here");
        return;
    }
    openssl(
        at,
        &[
            "pkcs12", "-export", "-in", "both.pem", "-out", "a.p12", "-passout", "pass:x",
        ],
    );
    let opened = pkcs12::open(&std::fs::read(at.join("a.p12")).unwrap(), "x").unwrap();
    assert_eq!(opened.certificate, *certificate);
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {text}");
    text
}
