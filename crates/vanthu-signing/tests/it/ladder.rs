//! Everything that a signature needs to climb from B-B to B-LTA, with one kind of key throughout.

use std::path::Path;

use vanthu_pki::authority::{
    Authority, Endpoints, OcspAuthority, PersonSubject, StatusAnswer, TimestampAuthority, Validity,
};
use vanthu_pki::key::KeySpec;
use vanthu_pki::ocsp::{CertificateId, OcspResponse, OcspStatus};
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, DigestAlgorithm, SignatureAlgorithm, SoftKey, Time, tsp};
use vanthu_signing::{
    DocTimestampRequest, Fonts, LongTermEvidence, Prepared, PreparedTimestamp, SignatureRequest,
    TimestampTrust, extend_lt, extend_lta, prepare,
};

use crate::world::{Signer, day, now};

/// Every kind of key with an algorithm it signs with, and what the file of it is called.
pub(crate) const KINDS: [(&str, KeySpec, SignatureAlgorithm); 8] = [
    (
        "rsa2048-pkcs1-sha256",
        KeySpec::Rsa2048,
        SignatureAlgorithm::RsaPkcs1Sha256,
    ),
    (
        "rsa2048-pss-sha256",
        KeySpec::Rsa2048,
        SignatureAlgorithm::RsaPssSha256,
    ),
    (
        "rsa3072-pkcs1-sha384",
        KeySpec::Rsa3072,
        SignatureAlgorithm::RsaPkcs1Sha384,
    ),
    (
        "rsa3072-pss-sha512",
        KeySpec::Rsa3072,
        SignatureAlgorithm::RsaPssSha512,
    ),
    (
        "p256-sha256",
        KeySpec::EcP256,
        SignatureAlgorithm::EcdsaP256Sha256,
    ),
    (
        "p384-sha384",
        KeySpec::EcP384,
        SignatureAlgorithm::EcdsaP384Sha384,
    ),
    (
        "p521-sha512",
        KeySpec::EcP521,
        SignatureAlgorithm::EcdsaP521Sha512,
    ),
    ("ed25519", KeySpec::Ed25519, SignatureAlgorithm::Ed25519),
];

/// A time-stamp service with its certificate's end.
pub(crate) struct Stamps {
    pub(crate) service: TimestampAuthority,
    pub(crate) certificate: Certificate,
}

pub(crate) struct Ladder {
    pub(crate) root: Authority,
    pub(crate) issuing: Authority,
    pub(crate) signer: Signer,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) stamps: Stamps,
    pub(crate) responder: OcspAuthority,
    fonts: (Vec<u8>, Vec<u8>),
}

/// Where to ask about a certificate: validators only look for the kind of evidence that a certificate names.
fn asked_at() -> Endpoints {
    Endpoints {
        crl_url: Some("http://crl.example.vn/goc.crl".to_owned()),
        ocsp_url: Some("http://ocsp.example.vn".to_owned()),
        issuer_url: None,
    }
}

impl Ladder {
    pub(crate) fn new(spec: KeySpec, algorithm: SignatureAlgorithm) -> Self {
        let key = || SoftKey::generate(spec).unwrap();
        let long = Validity {
            from: day(2020, 1, 1),
            to: day(2060, 1, 1),
        };
        let root = SoftKey::generate(KeySpec::EcP256).unwrap();
        let root = Authority::root(root, "Gốc lưu trữ diễn tập", long, 1).unwrap();
        let issuing = root
            .issuing(
                key(),
                "Cấp chứng thư lưu trữ diễn tập",
                long,
                2,
                &asked_at(),
            )
            .unwrap()
            .with_algorithm(algorithm);
        let signer_key = key();
        let person = PersonSubject {
            full_name: "Lê Thị Mẫu".to_owned(),
            title: "Chủ tịch".to_owned(),
            organization: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            ..PersonSubject::default()
        };
        let short = Validity {
            from: day(2025, 1, 1),
            to: day(2028, 1, 1),
        };
        let certificate = issuing
            .person(&person, &signer_key.spki(), short, 3, &asked_at())
            .unwrap();
        let responder_key = key();
        let responder = issuing
            .ocsp_responder(
                "Trả lời trạng thái diễn tập",
                &responder_key.spki(),
                long,
                4,
            )
            .unwrap();
        let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vanthu-reader/fonts");
        let font = |name: &str| std::fs::read(fonts.join(name)).unwrap();
        let mut ladder = Self {
            stamps: stamps(&issuing, spec, algorithm, 5, day(2036, 1, 1)),
            root,
            issuing,
            signer: Signer {
                key: signer_key,
                certificate,
            },
            algorithm,
            responder: OcspAuthority::new(responder_key, responder).unwrap(),
            fonts: (font("Tinos-Regular.ttf"), font("Tinos-Italic.ttf")),
        };
        ladder.responder = ladder.responder.with_algorithm(algorithm);
        ladder
    }

    pub(crate) fn p256() -> Self {
        Self::new(KeySpec::EcP256, SignatureAlgorithm::EcdsaP256Sha256)
    }

    pub(crate) fn fonts(&self) -> Fonts<'_> {
        Fonts {
            regular: &self.fonts.0,
            italic: &self.fonts.1,
        }
    }

    /// Another service of the same kind, for renewals.
    pub(crate) fn later_stamps(&self, serial: u128, to: Time) -> Stamps {
        stamps(
            &self.issuing,
            KeySpec::EcP256,
            SignatureAlgorithm::EcdsaP256Sha256,
            serial,
            to,
        )
    }

    /// An invisible signature in a field of this name; without a service no time-stamp.
    pub(crate) fn sign(&self, base: &[u8], field: &str, stamps: Option<&Stamps>) -> Vec<u8> {
        let request = SignatureRequest {
            field_name: field.to_owned(),
            signer_name: "Lê Thị Mẫu".to_owned(),
            at: now(),
            ..SignatureRequest::default()
        };
        self.sign_as(base, &request, stamps)
    }

    pub(crate) fn sign_as(
        &self,
        base: &[u8],
        request: &SignatureRequest,
        stamps: Option<&Stamps>,
    ) -> Vec<u8> {
        let certificate = &self.signer.certificate;
        let prepared = prepare(base, request, certificate, self.algorithm, &self.fonts()).unwrap();
        let prepared = Prepared::from_bytes(&prepared.to_bytes()).unwrap();
        let signature = self
            .signer
            .key
            .sign(self.algorithm, prepared.to_be_signed())
            .unwrap();
        let completed = prepared.complete(&signature).unwrap();
        let asked = tsp::TimestampRequest::new(
            DigestAlgorithm::Sha256,
            &completed.timestamp_imprint(),
            None,
        );
        let token = stamps.map(|stamps| stamps.service.token(&asked, request.at, 77).unwrap());
        let chain = [self.issuing.certificate().clone()];
        completed.embed(base, &chain, token.as_deref()).unwrap()
    }

    /// What shows on `at` that nothing is revoked: a list of the root, an answer about each certificate.
    pub(crate) fn evidence(&self, stamps: &[&Stamps], at: Time) -> LongTermEvidence {
        let until = at.plus_days(30);
        let list = self.root.crl(&[], at.unix() as u64, at, until).unwrap();
        let about = |certificate: &Certificate| {
            let answer = StatusAnswer {
                id: CertificateId::new(
                    DigestAlgorithm::Sha1,
                    certificate,
                    self.issuing.certificate(),
                ),
                status: OcspStatus::Good,
                this_update: at,
                next_update: Some(until),
            };
            let response = self.responder.respond(&[answer], None, at).unwrap();
            OcspResponse::from_der(&response).unwrap()
        };
        let services = stamps.iter().map(|stamps| &stamps.certificate);
        let ocsp = [&self.signer.certificate]
            .into_iter()
            .chain(services)
            .map(about)
            .collect();
        LongTermEvidence {
            certificates: vec![
                self.root.certificate().clone(),
                self.issuing.certificate().clone(),
                self.responder.certificate().clone(),
            ],
            revocation: RevocationData {
                crls: vec![list],
                ocsp,
            },
        }
    }

    pub(crate) fn trust(&self) -> TimestampTrust {
        TimestampTrust {
            anchors: vec![self.root.certificate().clone()],
            ..TimestampTrust::default()
        }
    }

    /// B-LT.
    pub(crate) fn with_evidence(&self, file: &[u8], at: Time) -> Vec<u8> {
        extend_lt(file, &self.evidence(&[&self.stamps], at), at).unwrap()
    }

    /// B-LTA, or its renewal.
    pub(crate) fn archive(
        &self,
        file: &[u8],
        evidence: &LongTermEvidence,
        stamps: &Stamps,
        at: Time,
    ) -> Vec<u8> {
        let request = DocTimestampRequest {
            digest: self.algorithm.digest(),
            ..DocTimestampRequest::at(at)
        };
        let prepared = extend_lta(file, evidence, &request).unwrap();
        let prepared = PreparedTimestamp::from_bytes(&prepared.to_bytes()).unwrap();
        let asked = tsp::parse_request(&prepared.request(Some(99)).to_der()).unwrap();
        let token = stamps.service.token(&asked, at, 78).unwrap();
        let trust = TimestampTrust {
            nonce: Some(99),
            ..self.trust()
        };
        prepared.embed(file, &token, &trust).unwrap()
    }

    /// The file at each level, B-B to B-LTA, each made of the one before but for B-T, which is signed on its own.
    pub(crate) fn climb(&self, base: &[u8]) -> [Vec<u8>; 4] {
        let plain = self.sign(base, "ChuKy", None);
        let stamped = self.sign(base, "ChuKy", Some(&self.stamps));
        let at = now().plus_seconds(60);
        let lasting = self.with_evidence(&stamped, at);
        let evidence = self.evidence(&[&self.stamps], at.plus_seconds(60));
        let archived = self.archive(&lasting, &evidence, &self.stamps, at.plus_seconds(120));
        [plain, stamped, lasting, archived]
    }
}

fn stamps(
    issuing: &Authority,
    spec: KeySpec,
    algorithm: SignatureAlgorithm,
    serial: u128,
    to: Time,
) -> Stamps {
    let key = SoftKey::generate(spec).unwrap();
    let validity = Validity {
        from: day(2020, 1, 1),
        to,
    };
    let name = format!("Dấu thời gian diễn tập {serial}");
    let certificate = issuing
        .timestamping(&name, &key.spki(), validity, serial, &asked_at())
        .unwrap();
    let chain = vec![issuing.certificate().clone()];
    let service = TimestampAuthority::new(key, certificate.clone(), chain)
        .unwrap()
        .with_algorithm(algorithm);
    Stamps {
        service,
        certificate,
    }
}
