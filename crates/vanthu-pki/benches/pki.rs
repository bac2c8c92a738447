//! How fast signatures, paths and evidence are: `cargo bench -p vanthu-pki --bench pki`.
//!
//! `sign_raw` is the cryptographic library alone, `sign_cms` our detached CAdES signature over a
//! document of 4 kB around it; what lies between is ours.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first fault"
)]

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, Endpoints, OcspAuthority, Revocation,
    TimestampAuthority, Validity, authority_name,
};
use vanthu_pki::crl::Crl;
use vanthu_pki::extension::KeyUsage;
use vanthu_pki::ocsp::{self, OcspResponse, OcspStatus};
use vanthu_pki::path::{self, Purpose, RevocationData};
use vanthu_pki::tsp::{self, TimestampRequest};
use vanthu_pki::{
    Certificate, DigestAlgorithm, KeySpec, SignatureAlgorithm, SoftKey, Time, cms, verify,
};

const NOW: Time = Time::from_unix(1_795_309_920);

/// Each kind of key with the algorithm it is measured with.
const KINDS: [(&str, KeySpec, SignatureAlgorithm); 7] = [
    (
        "rsa-2048-pkcs1",
        KeySpec::Rsa2048,
        SignatureAlgorithm::RsaPkcs1Sha256,
    ),
    (
        "rsa-2048-pss",
        KeySpec::Rsa2048,
        SignatureAlgorithm::RsaPssSha256,
    ),
    (
        "rsa-3072-pss",
        KeySpec::Rsa3072,
        SignatureAlgorithm::RsaPssSha256,
    ),
    (
        "ecdsa-p256",
        KeySpec::EcP256,
        SignatureAlgorithm::EcdsaP256Sha256,
    ),
    (
        "ecdsa-p384",
        KeySpec::EcP384,
        SignatureAlgorithm::EcdsaP384Sha384,
    ),
    (
        "ecdsa-p521",
        KeySpec::EcP521,
        SignatureAlgorithm::EcdsaP521Sha512,
    ),
    ("ed25519", KeySpec::Ed25519, SignatureAlgorithm::Ed25519),
];
const NAMES: [&str; 7] = [
    "rsa-2048-pkcs1",
    "rsa-2048-pss",
    "rsa-3072-pss",
    "ecdsa-p256",
    "ecdsa-p384",
    "ecdsa-p521",
    "ed25519",
];

fn main() {
    divan::main();
}

struct World {
    root: Authority,
    issuing: Authority,
    signers: Vec<(&'static str, SoftKey, Certificate, SignatureAlgorithm)>,
    document: Vec<u8>,
    stamp: Vec<u8>,
    response: Vec<u8>,
}

fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-30),
        to: NOW.plus_days(730),
    }
}

/// Root and issuing authority have RSA-2048, as the official ones.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rsa = || SoftKey::generate(KeySpec::Rsa2048).unwrap();
    let root = Authority::root(rsa(), "Gốc diễn tập", validity(), 1).unwrap();
    let issuing = root
        .issuing(
            rsa(),
            "Cấp phát diễn tập",
            validity(),
            2,
            &Endpoints::default(),
        )
        .unwrap();
    let signers: Vec<_> = KINDS
        .into_iter()
        .map(|(name, spec, algorithm)| {
            let key = SoftKey::generate(spec).unwrap();
            let subject = authority_name("Người ký").unwrap();
            let wanted = CertificateRequest::new(subject, &key.spki(), validity(), 3)
                .key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION);
            let certificate = issuing.certify(&wanted).unwrap();
            (name, key, certificate, algorithm)
        })
        .collect();
    let key = rsa();
    let its = issuing
        .timestamping(
            "Dấu thời gian",
            &key.spki(),
            validity(),
            4,
            &Endpoints::default(),
        )
        .unwrap();
    let service = TimestampAuthority::new(key, its, Vec::new()).unwrap();
    let document = vec![7; 4096];
    let imprint = DigestAlgorithm::Sha256.digest(&document);
    let wanted = TimestampRequest::new(DigestAlgorithm::Sha256, &imprint, None);
    let stamp = service.token(&wanted, NOW, 1).unwrap();
    let response = answer(&issuing, &signers.first().unwrap().2);
    World {
        root,
        issuing,
        signers,
        document,
        stamp,
        response,
    }
});

fn answer(issuing: &Authority, end: &Certificate) -> Vec<u8> {
    let key = SoftKey::from_pkcs8(&issuing.key().to_pkcs8().unwrap()).unwrap();
    let responder = OcspAuthority::new(key, issuing.certificate().clone()).unwrap();
    let asked = ocsp::request(end, issuing.certificate(), None);
    let asked = ocsp::parse_request(&asked).unwrap();
    responder
        .answer(&asked, |_| OcspStatus::Good, NOW, None)
        .unwrap()
}

fn signer(kind: &str) -> &'static (&'static str, SoftKey, Certificate, SignatureAlgorithm) {
    WORLD.signers.iter().find(|it| it.0 == kind).unwrap()
}

fn sign_into_cms(kind: &str) -> Vec<u8> {
    let (_, key, certificate, algorithm) = signer(kind);
    let digest = algorithm.digest().digest(&WORLD.document);
    let attributes = cms::signed_attributes(&digest, certificate, *algorithm);
    let value = key.sign(*algorithm, &attributes).unwrap();
    let chain = [WORLD.issuing.certificate().clone()];
    cms::assemble(&attributes, *algorithm, &value, certificate, &chain, None)
}

#[divan::bench(args = NAMES)]
fn sign_raw(bencher: Bencher<'_, '_>, kind: &str) {
    let (_, key, _, algorithm) = signer(kind);
    let covered = [7_u8; 200];
    bencher.bench(|| key.sign(*algorithm, black_box(&covered)).unwrap());
}

#[divan::bench(args = NAMES)]
fn sign_cms(bencher: Bencher<'_, '_>, kind: &str) {
    LazyLock::force(&WORLD);
    bencher.bench(|| sign_into_cms(kind));
}

#[divan::bench(args = NAMES)]
fn verify_raw(bencher: Bencher<'_, '_>, kind: &str) {
    let (_, key, certificate, algorithm) = signer(kind);
    let covered = [7_u8; 200];
    let value = key.sign(*algorithm, &covered).unwrap();
    bencher.bench(|| verify(certificate.spki(), *algorithm, &covered, &value).unwrap());
}

#[divan::bench(args = NAMES)]
fn verify_cms(bencher: Bencher<'_, '_>, kind: &str) {
    let file = sign_into_cms(kind);
    bencher.bench(|| {
        let signed = cms::parse(&file).unwrap();
        let signer = signed.signers.first().unwrap();
        cms::verify_content(&signed, signer, &[&WORLD.document], &[]).unwrap()
    });
}

/// Two certificates below the anchor and both lists: four RSA-2048 signatures are verified.
#[divan::bench]
fn validate_path(bencher: Bencher<'_, '_>) {
    let end = &signer("rsa-2048-pkcs1").2;
    let anchors = [WORLD.root.certificate().clone()];
    let between = [WORLD.issuing.certificate().clone()];
    let until = NOW.plus_days(7);
    let evidence = RevocationData {
        crls: vec![
            WORLD.root.crl(&[], 1, NOW, until).unwrap(),
            WORLD.issuing.crl(&[], 1, NOW, until).unwrap(),
        ],
        ocsp: Vec::new(),
    };
    bencher.bench(|| {
        let purpose = Purpose::DocumentSigning;
        let report = path::validate(end, &between, &anchors, NOW, &evidence, purpose);
        assert!(report.is_valid());
        report
    });
}

#[divan::bench(args = [10, 10_000, 100_000])]
fn read_crl(bencher: Bencher<'_, '_>, entries: u32) {
    let revoked: Vec<Revocation> = (0..entries)
        .map(|number| Revocation {
            serial: [&[1_u8; 8][..], &number.to_be_bytes()].concat(),
            at: NOW,
            reason: Some(1),
        })
        .collect();
    let request = CrlRequest::new(1, NOW, None).revoked(&revoked);
    let der = WORLD.issuing.list(&request).unwrap().der().to_vec();
    bencher.bench(|| Crl::from_der(black_box(&der)).unwrap());
}

#[divan::bench]
fn read_certificate(bencher: Bencher<'_, '_>) {
    let der = signer("rsa-2048-pkcs1").2.der();
    bencher.bench(|| Certificate::from_der(black_box(der)).unwrap());
}

#[divan::bench]
fn read_and_verify_ocsp(bencher: Bencher<'_, '_>) {
    let issuer = WORLD.issuing.certificate();
    bencher.bench(|| {
        let response = OcspResponse::from_der(black_box(&WORLD.response)).unwrap();
        response.verify(issuer).unwrap()
    });
}

#[divan::bench]
fn read_and_verify_time_stamp(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        tsp::verify_token(
            black_box(&WORLD.stamp),
            |digest| digest.digest(&WORLD.document),
            &[],
        )
        .unwrap()
    });
}
