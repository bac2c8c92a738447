//! SignedData as the field writes it: indefinite lengths, unsorted attributes, several signers,
//! key identifiers, no attributes, old attributes, counter-signatures.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use vanthu_pki::asn1::{self, tag};
use vanthu_pki::authority::{
    Authority, CertificateRequest, Endpoints, TimestampAuthority, Validity, authority_name,
};
use vanthu_pki::cms::{self, CertificateBinding, CmsError, SignedData, SignerInfo};
use vanthu_pki::oid::ObjectIdentifier;
use vanthu_pki::tsp::{self, TimestampRequest};
use vanthu_pki::{Certificate, DigestAlgorithm, KeySpec, SignatureAlgorithm, SoftKey, Time, oid};

const NOW: Time = Time::from_unix(1_795_309_920);
const CONTENT: &[u8] = b"cong van";

fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-30),
        to: NOW.plus_days(730),
    }
}

struct Signer {
    key: SoftKey,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
}

impl Signer {
    fn new(root: &Authority, spec: KeySpec, serial: u128) -> Self {
        let key = SoftKey::generate(spec).unwrap();
        let name = authority_name("Người ký").unwrap();
        let wanted = CertificateRequest::new(name, &key.spki(), validity(), serial);
        Self {
            certificate: root.certify(&wanted).unwrap(),
            algorithm: key.default_algorithm(),
            key,
        }
    }

    fn digest(&self) -> DigestAlgorithm {
        self.algorithm.digest()
    }

    fn by_serial(&self) -> Vec<u8> {
        let serial = asn1::tlv(tag::INTEGER, self.certificate.serial());
        asn1::sequence(&[self.certificate.issuer().der(), &serial])
    }

    fn by_key(&self) -> Vec<u8> {
        let id = self.certificate.subject_key_id().unwrap();
        asn1::implicit(0, &asn1::octet_string(id))
    }

    /// The two attributes that RFC 5652 demands, and more.
    fn attributes(&self, more: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let digest = asn1::octet_string(&self.digest().digest(CONTENT));
        let mut list = vec![
            attribute(oid::CONTENT_TYPE, &asn1::oid(oid::DATA)),
            attribute(oid::MESSAGE_DIGEST, &digest),
        ];
        list.extend_from_slice(more);
        list
    }

    /// A `SignerInfo`; `attributes` is what stands in the file, `covered` what the key signs.
    fn info(
        &self,
        id: &[u8],
        attributes: Option<&[u8]>,
        algorithm: &[u8],
        covered: &[u8],
        unsigned: &[Vec<u8>],
    ) -> Vec<u8> {
        let value = self.key.sign(self.algorithm, covered).unwrap();
        let version = if id.first() == Some(&0x30) { 1 } else { 3 };
        let mut fields = vec![
            asn1::small_integer(version),
            id.to_vec(),
            self.digest().identifier(),
        ];
        fields.extend(attributes.map(<[u8]>::to_vec));
        fields.extend([algorithm.to_vec(), asn1::octet_string(&value)]);
        if !unsigned.is_empty() {
            fields.push(asn1::implicit(1, &asn1::set(unsigned)));
        }
        asn1::sequence(&fields)
    }

    fn plain(&self, more: &[Vec<u8>]) -> Vec<u8> {
        let set = asn1::set_of(self.attributes(more));
        let (id, algorithm) = (self.by_serial(), self.algorithm.identifier());
        self.info(&id, Some(&asn1::implicit(0, &set)), &algorithm, &set, &[])
    }
}

fn root() -> Authority {
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    Authority::root(key, "Gốc diễn tập", validity(), 1).unwrap()
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[asn1::oid(kind), asn1::set(&[value])])
}

fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![tag, 0x80];
    out.extend(parts.concat());
    out.extend([0, 0]);
    out
}

fn signed_data(content: Option<&[u8]>, signers: &[&Signer], infos: &[Vec<u8>]) -> Vec<u8> {
    let mut inner = vec![asn1::oid(oid::DATA)];
    inner.extend(content.map(|it| asn1::explicit(0, it)));
    let certificates: Vec<&[u8]> = signers.iter().map(|it| it.certificate.der()).collect();
    let body = asn1::sequence(&[
        asn1::small_integer(1),
        asn1::set(&[DigestAlgorithm::Sha256.identifier()]),
        asn1::sequence(&inner),
        asn1::implicit(0, &asn1::set(&certificates)),
        asn1::set(infos),
    ]);
    asn1::sequence(&[asn1::oid(oid::SIGNED_DATA), asn1::explicit(0, &body)])
}

fn one(signer: &Signer, info: Vec<u8>) -> (SignedData, SignerInfo) {
    let mut signed = cms::parse(&signed_data(None, &[signer], &[info])).unwrap();
    let info = signed.signers.remove(0);
    (signed, info)
}

fn accepts(signer: &Signer, info: Vec<u8>) -> bool {
    let (signed, info) = one(signer, info);
    cms::verify_content(&signed, &info, &[b"quyet dinh"], &[]).unwrap_err();
    cms::verify_content(&signed, &info, &[CONTENT], &[]).is_ok()
}

#[test]
fn attributes_in_any_order_verify_whether_the_file_or_its_der_was_signed() {
    let signer = Signer::new(&root(), KeySpec::EcP256, 2);
    let sorted = asn1::set_of(signer.attributes(&[]));
    let mut list = signer.attributes(&[]);
    list.sort();
    list.reverse();
    let unsorted = asn1::set(&list);
    assert_ne!(sorted, unsorted);
    let (id, algorithm) = (signer.by_serial(), signer.algorithm.identifier());
    let written = asn1::implicit(0, &unsorted);
    for covered in [&unsorted, &sorted] {
        assert!(accepts(
            &signer,
            signer.info(&id, Some(&written), &algorithm, covered, &[])
        ));
    }
    let other = asn1::set(&[attribute(oid::CONTENT_TYPE, &asn1::oid(oid::DATA))]);
    assert!(!accepts(
        &signer,
        signer.info(&id, Some(&written), &algorithm, &other, &[])
    ));
}

#[test]
fn attributes_of_indefinite_length_verify() {
    let signer = Signer::new(&root(), KeySpec::EcP256, 2);
    let list = signer.attributes(&[]);
    let parts: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    let written = indefinite(0xa0, &parts);
    let (id, algorithm) = (signer.by_serial(), signer.algorithm.identifier());
    let covered = asn1::set_of(list.clone());
    assert!(accepts(
        &signer,
        signer.info(&id, Some(&written), &algorithm, &covered, &[])
    ));
}

#[test]
fn a_whole_file_of_indefinite_lengths_is_read_with_its_content() {
    let signer = Signer::new(&root(), KeySpec::EcP256, 2);
    let info = signer.plain(&[]);
    let (left, right) = CONTENT.split_at(3);
    let pieces = indefinite(
        0x24,
        &[&asn1::octet_string(left), &asn1::octet_string(right)],
    );
    let inner = indefinite(
        0x30,
        &[&asn1::oid(oid::DATA), &indefinite(0xa0, &[&pieces])],
    );
    let body = indefinite(
        0x30,
        &[
            &asn1::small_integer(1),
            &asn1::set(&[DigestAlgorithm::Sha256.identifier()]),
            &inner,
            &indefinite(0xa0, &[signer.certificate.der()]),
            &indefinite(0x31, &[&info]),
        ],
    );
    let file = indefinite(
        0x30,
        &[&asn1::oid(oid::SIGNED_DATA), &indefinite(0xa0, &[&body])],
    );
    let signed = cms::parse(&file).unwrap();
    let content = signed.content.clone().unwrap();
    assert_eq!(content, CONTENT);
    let verified = cms::verify_content(&signed, &signed.signers[0], &[&content], &[]).unwrap();
    assert_eq!(verified.certificate, signer.certificate);
}

#[test]
fn the_name_of_the_key_alone_says_enough_beside_the_digest() {
    let root = root();
    for (spec, kind) in [
        (KeySpec::Rsa2048, oid::RSA_ENCRYPTION),
        (KeySpec::EcP384, oid::EC_PUBLIC_KEY),
    ] {
        let signer = Signer::new(&root, spec, 2);
        let set = asn1::set_of(signer.attributes(&[]));
        let algorithm = asn1::sequence(&[asn1::oid(kind), asn1::null()]);
        let written = asn1::implicit(0, &set);
        let info = signer.info(&signer.by_serial(), Some(&written), &algorithm, &set, &[]);
        let (signed, info) = one(&signer, info);
        let verified = cms::verify_content(&signed, &info, &[CONTENT], &[]).unwrap();
        assert_eq!(verified.algorithm, signer.algorithm);
        assert_eq!(verified.binding, CertificateBinding::Absent);
    }
}

#[test]
fn a_signer_may_be_named_by_its_key_identifier() {
    let root = root();
    let (signer, other) = (
        Signer::new(&root, KeySpec::EcP256, 2),
        Signer::new(&root, KeySpec::EcP256, 3),
    );
    let set = asn1::set_of(signer.attributes(&[]));
    let written = asn1::implicit(0, &set);
    let algorithm = signer.algorithm.identifier();
    let info = signer.info(&signer.by_key(), Some(&written), &algorithm, &set, &[]);
    assert!(accepts(&signer, info.clone()));
    let (signed, info) = one(&other, info);
    let outcome = cms::verify_content(&signed, &info, &[CONTENT], &[]);
    assert_eq!(outcome.unwrap_err(), CmsError::NoCertificate);
    let given = [signer.certificate.clone()];
    assert!(cms::verify_content(&signed, &info, &[CONTENT], &given).is_ok());
}

#[test]
fn without_attributes_the_signature_covers_the_content() {
    let root = root();
    for spec in [KeySpec::Rsa2048, KeySpec::EcP521, KeySpec::Ed25519] {
        let signer = Signer::new(&root, spec, 2);
        let algorithm = signer.algorithm.identifier();
        let info = signer.info(&signer.by_serial(), None, &algorithm, CONTENT, &[]);
        assert!(accepts(&signer, info), "{spec:?}");
    }
}

#[test]
fn each_of_several_signers_is_judged_alone() {
    let root = root();
    let (good, bad) = (
        Signer::new(&root, KeySpec::EcP256, 2),
        Signer::new(&root, KeySpec::Ed25519, 3),
    );
    let set = asn1::set_of(bad.attributes(&[]));
    let forged = bad.info(
        &bad.by_serial(),
        Some(&asn1::implicit(0, &set)),
        &bad.algorithm.identifier(),
        b"something else",
        &[],
    );
    let file = signed_data(None, &[&bad, &good], &[forged, good.plain(&[])]);
    let signed = cms::parse(&file).unwrap();
    let judge = |index: usize| {
        let outcome = cms::verify_content(&signed, &signed.signers[index], &[CONTENT], &[]);
        outcome.map(|it| it.certificate)
    };
    assert_eq!(judge(0).unwrap_err(), CmsError::BadSignature);
    assert_eq!(judge(1).unwrap(), good.certificate);
}

#[test]
fn the_first_signing_certificate_attribute_binds_too() {
    let root = root();
    let (signer, other) = (
        Signer::new(&root, KeySpec::EcP256, 2),
        Signer::new(&root, KeySpec::EcP256, 3),
    );
    let naming = |certificate: &Certificate| {
        let hash = asn1::octet_string(&DigestAlgorithm::Sha1.digest(certificate.der()));
        let ids = asn1::sequence(&[asn1::sequence(&[hash])]);
        attribute(oid::SIGNING_CERTIFICATE, &asn1::sequence(&[ids]))
    };
    let judge = |more: Vec<u8>| {
        let (signed, info) = one(&signer, signer.plain(&[more]));
        cms::verify_content(&signed, &info, &[CONTENT], &[]).map(|it| it.binding)
    };
    let bound = judge(naming(&signer.certificate));
    assert_eq!(bound.unwrap(), CertificateBinding::Bound);
    let outcome = judge(naming(&other.certificate));
    assert_eq!(outcome.unwrap_err(), CmsError::CertificateMismatch);
}

#[test]
fn algorithms_that_were_exchanged_are_noticed() {
    let signer = Signer::new(&root(), KeySpec::EcP256, 2);
    let protection = |digest: DigestAlgorithm, algorithm: SignatureAlgorithm| {
        let value = asn1::sequence(&[
            digest.identifier(),
            asn1::implicit(1, &algorithm.identifier()),
        ]);
        attribute(oid::ALGORITHM_PROTECTION, &value)
    };
    let judge = |more: Vec<u8>| {
        let (signed, info) = one(&signer, signer.plain(&[more]));
        cms::verify_content(&signed, &info, &[CONTENT], &[]).map(|_| ())
    };
    assert_eq!(
        judge(protection(DigestAlgorithm::Sha256, signer.algorithm)),
        Ok(())
    );
    for other in [
        protection(DigestAlgorithm::Sha512, signer.algorithm),
        protection(DigestAlgorithm::Sha256, SignatureAlgorithm::RsaPkcs1Sha256),
    ] {
        assert!(matches!(judge(other), Err(CmsError::Malformed(_))));
    }
}

#[test]
fn time_stamps_and_counter_signatures_are_named_and_found() {
    let root = root();
    let (signer, witness) = (
        Signer::new(&root, KeySpec::EcP256, 2),
        Signer::new(&root, KeySpec::EcP384, 3),
    );
    let key = SoftKey::generate(KeySpec::EcP256).unwrap();
    let its = root
        .timestamping(
            "Dấu thời gian",
            &key.spki(),
            validity(),
            4,
            &Endpoints::default(),
        )
        .unwrap();
    let service = TimestampAuthority::new(key, its, Vec::new()).unwrap();
    let stamp = |data: &[u8]| {
        let imprint = DigestAlgorithm::Sha256.digest(data);
        let wanted = TimestampRequest::new(DigestAlgorithm::Sha256, &imprint, None);
        service.token(&wanted, NOW, 1).unwrap()
    };
    let set =
        asn1::set_of(signer.attributes(&[attribute(oid::CONTENT_TIMESTAMP, &stamp(CONTENT))]));
    let written = asn1::implicit(0, &set);
    let algorithm = signer.algorithm.identifier();
    // An ECDSA value differs each time: the counter-signature needs the one that is in the file.
    let first = signer.info(&signer.by_serial(), Some(&written), &algorithm, &set, &[]);
    let value = one(&signer, first.clone()).1.signature;
    let digest = asn1::octet_string(&witness.digest().digest(&value));
    let covered = asn1::set_of(vec![attribute(oid::MESSAGE_DIGEST, &digest)]);
    let counter = witness.info(
        &witness.by_serial(),
        Some(&asn1::implicit(0, &covered)),
        &witness.algorithm.identifier(),
        &covered,
        &[],
    );
    let unsigned = asn1::implicit(
        1,
        &asn1::set(&[
            attribute(oid::SIGNATURE_TIMESTAMP, &stamp(&value)),
            attribute(oid::COUNTER_SIGNATURE, &counter),
            attribute(oid::ARCHIVE_TIMESTAMP_V3, &stamp(b"evidence")),
        ]),
    );
    let fields = asn1::Tlv::read_all(&first).unwrap().body;
    let info = asn1::sequence(&[fields, unsigned.as_slice()]);
    let signed = cms::parse(&signed_data(None, &[&signer, &witness], &[info])).unwrap();
    let info = &signed.signers[0];
    cms::verify_content(&signed, info, &[CONTENT], &[]).unwrap();

    let [token] = info.content_timestamp_tokens()[..] else {
        panic!("one content time-stamp")
    };
    tsp::verify_token(token, |it| it.digest(CONTENT), &[]).unwrap();
    assert_eq!(info.timestamp_tokens().len(), 1);
    assert_eq!(info.archive_timestamp_tokens().len(), 1);
    let names: Vec<String> = info.unsigned.iter().map(cms::Attribute::name).collect();
    let wanted = [
        "signature-time-stamp",
        "counter-signature",
        "archive-time-stamp-v3",
    ];
    assert_eq!(names, wanted);
    assert!(
        info.signed
            .iter()
            .any(|it| it.name() == "content-time-stamp")
    );

    let counters = info.counter_signatures().unwrap();
    let [counter] = counters.as_slice() else {
        panic!("one counter-signature")
    };
    let verified = cms::verify_counter(&signed, info, counter, &[]).unwrap();
    assert_eq!(verified.certificate, witness.certificate);
    let mut other = info.clone();
    other.signature.push(0);
    let outcome = cms::verify_counter(&signed, &other, counter, &[]);
    assert_eq!(outcome.unwrap_err(), CmsError::DigestMismatch);
}
