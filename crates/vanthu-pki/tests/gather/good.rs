//! What is found when services work.

use vanthu_pki::asn1;
use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, Endpoints, OcspAuthority, TimestampAuthority,
};
use vanthu_pki::extension::{Extension, KeyUsage};
use vanthu_pki::gather::{
    Access, Answer, Cache, Deltas, Form, NonceRule, OcspDigest, OcspMethod, Options, Prefer,
    Question, Sought, Why,
};
use vanthu_pki::ocsp::{self, OcspStatus};
use vanthu_pki::path::{self, Purpose, RevocationData, RevocationStatus, StatusSource};
use vanthu_pki::{Name, cms, oid, pem, tsp};

use crate::world::*;

fn uri(url: &str) -> Vec<u8> {
    asn1::implicit(6, &asn1::ia5_string(url))
}

#[test]
fn issuer_status_and_the_issuers_status_are_found() {
    let world = World::new();
    let found = world.gather();
    assert!(found.is_complete(), "{:?}", found.troubles);
    assert_eq!(found.troubles, []);
    assert_eq!(found.certificates, [world.issuing.certificate().clone()]);
    assert_eq!(world.net.asked_urls(), [ISSUER, OCSP, ROOT_LIST]);
    let anchors = [world.root.certificate().clone()];
    let report = path::validate(
        &world.person,
        &found.certificates,
        &anchors,
        NOW,
        &found.evidence,
        Purpose::DocumentSigning,
    );
    assert!(report.is_valid(), "{:?}", report.failures);
}

#[test]
fn a_revoked_certificate_is_found_revoked_by_either_source() {
    let mut world = World::new();
    world.answers(|_| OcspStatus::Revoked(NOW.plus_days(-2), Some(1)));
    let found = world.gather();
    assert!(is_revoked(found.status_of(&world.person)), "{found:?}");

    let mut world = World::with(&only_list());
    let person = world.person.clone();
    world.revoke_in_list(&person);
    assert!(is_revoked(world.gather().status_of(&person)));
}

#[test]
fn the_list_decides_where_the_responder_does_not() {
    let mut world = World::new();
    world.answers(|_| OcspStatus::Unknown);
    let found = world.gather();
    let status = found.status_of(&world.person).unwrap();
    assert!(matches!(
        status,
        RevocationStatus::Good {
            source: StatusSource::Crl,
            ..
        }
    ));
    assert!(whys(&found).contains(&Why::UnknownToResponder));
}

#[test]
fn evidence_at_hand_is_not_asked_for_again() {
    let world = World::new();
    let first = world.gather();
    let mut question = world.question();
    question.known = first.certificates;
    question.evidence = first.evidence;
    let again = world.ask(question, Options::default(), &mut Cache::default());
    assert!(again.is_complete());
    assert_eq!(again.spent.requests, 0);
    assert!(again.found.crls.is_empty() && again.found.ocsp.is_empty());
}

#[test]
fn evidence_that_is_not_new_enough_is_asked_for_again() {
    let mut world = World::new();
    let first = world.gather();
    let mut question = world.question();
    question.known = first.certificates;
    question.evidence = first.evidence;
    question.fresh_since = Some(NOW.plus_seconds(-10));
    let stale = world.ask(question.clone(), Options::default(), &mut Cache::default());
    assert!(!stale.is_complete(), "the services know nothing newer");
    let list = world.root.crl(&[], 2, NOW, NOW.plus_days(1)).unwrap();
    world.net.bytes(ROOT_LIST, list.der());
    world.responder_is(|_| OcspStatus::Good, NOW, Some(NOW.plus_days(1)));
    let fresh = world.ask(question, Options::default(), &mut Cache::default());
    assert!(fresh.is_complete(), "{:?}", fresh.troubles);
    assert_eq!(fresh.found.ocsp.len(), 1);
}

#[test]
fn both_kinds_are_found_where_both_are_wanted() {
    let world = World::new();
    let options = Options {
        prefer: Prefer::Both,
        ..Options::default()
    };
    let found = world.gather_with(options);
    assert_eq!((found.found.ocsp.len(), found.found.crls.len()), (1, 2));
    let lists = Options {
        prefer: Prefer::Crl,
        ..Options::default()
    };
    let found = world.gather_with(lists);
    assert_eq!((found.found.ocsp.len(), found.found.crls.len()), (0, 2));
    assert!(found.is_complete());
}

#[test]
fn certificates_come_in_every_usual_form() {
    let mut world = World::new();
    let issuing = world.issuing.certificate().clone();
    let body = asn1::sequence(&[
        asn1::small_integer(1),
        asn1::set::<&[u8]>(&[]),
        asn1::sequence(&[asn1::oid(oid::DATA)]),
        asn1::implicit(0, &asn1::set(&[world.person.der(), issuing.der()])),
        asn1::set::<&[u8]>(&[]),
    ]);
    let bundle = asn1::sequence(&[asn1::oid(oid::SIGNED_DATA), asn1::explicit(0, &body)]);
    let forms = [
        issuing.to_pem().into_bytes(),
        bundle.clone(),
        pem::encode(&bundle, "PKCS7").into_bytes(),
    ];
    for form in forms {
        world.net.bytes(ISSUER, &form);
        let found = world.gather();
        assert!(found.certificates.contains(&issuing));
        assert!(found.is_complete(), "{:?}", found.troubles);
    }
}

/// RFC 6960 A.1 and 4.1.1.
#[test]
fn a_responder_is_asked_by_get_or_with_another_hash_where_it_wants_that() {
    let mut world = World::new();
    world.net.on(OCSP, |_| Answer::Status(405));
    let asked = ocsp::request(&world.person, world.issuing.certificate(), None);
    let url = vanthu_pki::gather::ocsp_get_url(OCSP, &asked);
    let (responder, question) = (&world.responder, ocsp::parse_request(&asked).unwrap());
    let until = Some(NOW.plus_days(1));
    let answer = responder
        .answer(&question, |_| OcspStatus::Good, NOW, until)
        .unwrap();
    world.net.bytes(&url, &answer);
    let found = world.gather();
    assert!(world.net.asked_urls().contains(&url));
    assert_eq!(found.found.ocsp.len(), 1, "{:?}", found.troubles);

    let mut world = World::new();
    let digest = vanthu_pki::DigestAlgorithm::Sha256;
    let sha256 = ocsp::request_with(digest, &world.person, world.issuing.certificate(), None);
    let answered = world
        .responder
        .answer(
            &ocsp::parse_request(&sha256).unwrap(),
            |_| OcspStatus::Good,
            NOW,
            until,
        )
        .unwrap();
    // unauthorized, as responders say to an identifier they don't know.
    world.net.on(OCSP, move |request| {
        let known = request.body.as_deref() == Some(&sha256);
        Answer::Body(if known {
            answered.clone()
        } else {
            vec![0x30, 0x03, 0x0a, 0x01, 0x06]
        })
    });
    let found = world.gather();
    assert_eq!(whys(&found), [Why::ResponderStatus(6)]);
    assert_eq!(found.found.ocsp.len(), 1);
    let preferred = Options {
        ocsp: Form {
            method: OcspMethod::Post,
            digest: OcspDigest::Sha256,
        },
        ..Options::default()
    };
    assert_eq!(whys(&world.gather_with(preferred)), []);
}

/// RFC 9654 2.1.
#[test]
fn a_nonce_of_32_octets_is_sent_and_its_echo_accepted() {
    let world = World::new();
    let options = Options {
        nonce_seed: Some([7; 32]),
        nonce: NonceRule::Required,
        ..Options::default()
    };
    let found = world.gather_with(options);
    assert!(found.is_complete(), "{:?}", found.troubles);
    let asked = world.net.asked.borrow();
    let request = asked.iter().find(|it| it.sought == Sought::Ocsp).unwrap();
    let request = ocsp::parse_request(request.body.as_deref().unwrap()).unwrap();
    assert_eq!(request.nonce.as_deref().map(<[u8]>::len), Some(32));
    assert_eq!(request.nonce, found.found.ocsp[0].nonce);
}

/// RFC 5280 5.2.4 and 5.2.6.
#[test]
fn a_delta_list_that_the_list_names_is_found_and_counts() {
    const DELTA: &str = "http://crl.example.vn/delta.crl";
    let mut world = World::with(&only_list());
    let (from, to) = (NOW.plus_days(-1), Some(NOW.plus_days(1)));
    let freshest = asn1::sequence(&[asn1::sequence(&[asn1::explicit(
        0,
        &asn1::explicit(0, &uri(DELTA)),
    )])]);
    let freshest = Extension::new(oid::FRESHEST_CRL, false, freshest);
    let base = CrlRequest::new(5, from, to).extension(freshest);
    let base = world.issuing.list(&base).unwrap();
    world.net.bytes(LIST, base.der());
    let delta = CrlRequest::new(6, NOW, to)
        .delta_of(5)
        .revoked(&[revocation(&world.person)]);
    let delta = world.issuing.list(&delta).unwrap();
    world.net.bytes(DELTA, delta.der());
    assert!(is_revoked(world.gather().status_of(&world.person)));
    let without = Options {
        deltas: Deltas::Ignored,
        ..Options::default()
    };
    assert!(is_good(world.gather_with(without).status_of(&world.person)));
    // A complete list in its place is not what was asked for; the base still stands.
    world.net.bytes(DELTA, base.der());
    let found = world.gather();
    assert!(is_good(found.status_of(&world.person)));
    assert_eq!(
        whys(&found),
        [Why::Malformed("not a delta list".to_owned())]
    );
}

/// RFC 5280 5.2.7: the list is signed by another key under the issuer's name.
#[test]
fn the_signer_of_a_list_is_found_and_its_status_too() {
    const SIGNER: &str = "http://ca.example.vn/list-signer.cer";
    let mut world = World::with(&only_list());
    let above = Endpoints {
        crl_url: Some(ROOT_LIST.to_owned()),
        ..Endpoints::default()
    };
    let signer = world
        .root
        .issuing(key(), "Cấp", validity(), 9, &above)
        .unwrap();
    let access = asn1::sequence(&[asn1::sequence(&[
        asn1::oid(oid::AD_CA_ISSUERS),
        uri(SIGNER),
    ])]);
    let list = CrlRequest::new(5, NOW, Some(NOW.plus_days(1)))
        .revoked(&[revocation(&world.person)])
        .extension(Extension::new(oid::AUTHORITY_INFO_ACCESS, false, access));
    let list = signer.list(&list).unwrap();
    world.net.bytes(LIST, list.der());
    world.net.bytes(SIGNER, signer.certificate().der());
    let found = world.gather();
    assert!(is_revoked(found.status_of(&world.person)), "{found:?}");
    assert!(is_good(found.status_of(signer.certificate())));

    // A stranger's certificate in its place helps nothing.
    let stranger = Authority::root(key(), "Cấp", validity(), 10).unwrap();
    world.net.bytes(SIGNER, stranger.certificate().der());
    let found = world.gather();
    assert_eq!(
        found.status_of(&world.person),
        Some(RevocationStatus::Unknown)
    );
    assert!(whys(&found).contains(&Why::NotTheIssuer));
}

/// RFC 6960 4.2.2.2.1: a responder that is not exempt is checked itself, and not by its own word.
#[test]
fn a_responders_own_status_is_found_in_the_list() {
    let mut world = World::new();
    let responder_key = key();
    let name = Name::build(&[(oid::COMMON_NAME, "Trạng thái")]).unwrap();
    let request = CertificateRequest::new(name, &responder_key.spki(), validity(), 8)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .extended_key_usage(&[oid::KP_OCSP_SIGNING])
        .endpoints(&everywhere());
    let certificate = world.issuing.certify(&request).unwrap();
    let responder = OcspAuthority::new(responder_key, certificate.clone()).unwrap();
    world.net.on(OCSP, move |request| {
        let asked = ocsp::parse_request(request.body.as_deref().unwrap()).unwrap();
        let until = Some(NOW.plus_days(1));
        let answer = responder.answer(&asked, |_| OcspStatus::Good, NOW, until);
        Answer::Body(answer.unwrap())
    });
    let found = world.gather();
    assert!(is_good(found.status_of(&certificate)), "{found:?}");
    assert_eq!(world.net.asked_urls(), [ISSUER, OCSP, ROOT_LIST, LIST]);
    let judged = |world: &World, evidence: &RevocationData| {
        let issuing = [world.issuing.certificate().clone()];
        let root = [world.root.certificate().clone()];
        let (person, purpose) = (&world.person, Purpose::DocumentSigning);
        let report = path::validate(person, &issuing, &root, NOW, evidence, purpose);
        report.revocation.first().copied()
    };
    let by = |status: Option<RevocationStatus>| match status {
        Some(RevocationStatus::Good { source, .. }) => Some(source),
        _ => None,
    };
    let source = by(judged(&world, &found.evidence));
    assert_eq!(source, Some(StatusSource::Ocsp));
    world.revoke_in_list(&certificate);
    let later = world.gather();
    assert!(is_revoked(later.status_of(&certificate)));
    // Whoever is revoked says nothing about others any more: the list does.
    let mut evidence = found.evidence;
    evidence.crls.extend(later.evidence.crls);
    let source = by(judged(&world, &evidence));
    assert_eq!(source, Some(StatusSource::Crl));
}

#[test]
fn a_signature_brings_its_signer_its_chain_and_its_time_stamps_service() {
    let mut world = World::new();
    let stamp_key = key();
    let service = world
        .issuing
        .timestamping(
            "Dấu thời gian",
            &stamp_key.spki(),
            validity(),
            6,
            &everywhere(),
        )
        .unwrap();
    let chain = vec![world.issuing.certificate().clone()];
    let stamps = TimestampAuthority::new(stamp_key, service.clone(), chain).unwrap();
    let signer_key = key();
    let subject = vanthu_pki::authority::PersonSubject {
        full_name: "Người Ký".to_owned(),
        ..Default::default()
    };
    let signer = world
        .issuing
        .person(&subject, &signer_key.spki(), validity(), 7, &everywhere())
        .unwrap();
    let algorithm = signer_key.default_algorithm();
    let attributes = cms::signed_attributes(&[5; 32], &signer, algorithm);
    let signature = signer_key.sign(algorithm, &attributes).unwrap();
    let imprint = vanthu_pki::DigestAlgorithm::Sha256.digest(&signature);
    let request = tsp::request(&imprint.try_into().unwrap(), None);
    let token = stamps
        .token(&tsp::parse_request(&request).unwrap(), NOW, 1)
        .unwrap();
    let made = cms::assemble(
        &attributes,
        algorithm,
        &signature,
        &signer,
        &[],
        Some(&token),
    );
    let mut question = Question {
        anchors: vec![world.root.certificate().clone()],
        at: NOW,
        now: NOW,
        ..Question::default()
    };
    question.add_signed_data(&cms::parse(&made).unwrap());
    assert_eq!(question.certificates, [signer.clone(), service.clone()]);
    world.net.gone(ISSUER);
    let found = world.ask(question, Options::default(), &mut Cache::default());
    assert!(
        found.is_complete(),
        "the token brought the chain: {found:?}"
    );
    assert!(is_good(found.status_of(&service)) && is_good(found.status_of(&signer)));
}

#[test]
fn what_is_kept_is_not_asked_for_until_its_end() {
    let world = World::new();
    let mut cache = Cache::default();
    let first = world.ask(world.question(), Options::default(), &mut cache);
    assert_eq!(first.spent.requests, 3);
    let again = world.ask(world.question(), Options::default(), &mut cache);
    assert_eq!((again.spent.requests, again.spent.remembered), (0, 3));
    assert!(again.is_complete());
    // Offline it still helps.
    let offline = Options {
        access: Access::Offline,
        ..Options::default()
    };
    assert!(
        world
            .ask(world.question(), offline, &mut cache)
            .is_complete()
    );
    // The OCSP answer stands for an hour, the list for longer.
    let later = NOW.plus_seconds(3700);
    let mut question = world.question();
    (question.at, question.now) = (later, later);
    let again = world.ask(question, Options::default(), &mut cache);
    assert!(again.is_complete());
    assert_eq!((again.spent.requests, again.spent.remembered), (2, 2));
    assert_eq!(whys(&again), [Why::Stale(NOW.plus_seconds(3600))]);
    // Who demands a nonce asks again.
    let nonce = Options {
        nonce_seed: Some([9; 32]),
        nonce: NonceRule::Required,
        ..Options::default()
    };
    let mut cache = Cache::default();
    world.ask(world.question(), Options::default(), &mut cache);
    let fresh = world.ask(world.question(), nonce, &mut cache);
    assert_eq!((fresh.spent.requests, fresh.spent.remembered), (1, 2));
}

#[test]
fn evidence_given_is_enough_for_an_anchor_or_a_direct_child() {
    let world = World::new();
    let mut question = world.question();
    question.certificates = vec![world.root.certificate().clone()];
    let found = world.ask(question, Options::default(), &mut Cache::default());
    assert!(found.statuses.is_empty() && found.is_complete());
    let nothing = Question {
        evidence: RevocationData::default(),
        ..Question::default()
    };
    assert_eq!(
        world
            .ask(nothing, Options::default(), &mut Cache::default())
            .spent
            .requests,
        0
    );
}
