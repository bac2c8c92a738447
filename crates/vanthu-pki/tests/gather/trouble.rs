//! Every failure has its name, and none of them makes a status good.

use std::time::Duration;

use vanthu_pki::SoftKey;
use vanthu_pki::authority::{Authority, Endpoints, OcspAuthority};
use vanthu_pki::gather::{
    Access, Answer, Cache, Gathering, Limits, NonceRule, Options, Sought, Why,
};
use vanthu_pki::ocsp::{self, OcspStatus};
use vanthu_pki::path::RevocationStatus;

use crate::world::*;

/// With only the OCSP service named, what it answers decides alone.
fn only_ocsp() -> World {
    World::with(&Endpoints {
        crl_url: None,
        ..everywhere()
    })
}

fn fails_with(world: &World, options: Options, expected: &Why) {
    let found = world.gather_with(options);
    assert_eq!(
        found.status_of(&world.person),
        Some(RevocationStatus::Unknown),
        "{expected}"
    );
    let troubles = found.troubles_of(&world.person);
    assert!(
        troubles.iter().any(|it| it.why == *expected),
        "{expected}: {troubles:?}"
    );
    assert!(!found.is_complete());
}

#[test]
fn what_the_network_does_is_named() {
    let answers = [
        (Answer::Status(503), Why::HttpStatus(503)),
        (Answer::TimedOut, Why::TimedOut),
        (Answer::TooLarge, Why::TooLarge),
        (
            Answer::Unreachable("refused".to_owned()),
            Why::Unreachable("refused".to_owned()),
        ),
        (
            Answer::Forbidden,
            Why::Forbidden(vanthu_pki::gather::Breach::PrivateAddress),
        ),
        (Answer::Body(vec![0; 129 << 10]), Why::TooLarge),
        (
            Answer::Body(b"<html>".to_vec()),
            Why::Malformed("value cut short".to_owned()),
        ),
        (
            Answer::Body(vec![0x30, 0x03, 0x0a, 0x01, 0x03]),
            Why::ResponderStatus(3),
        ),
    ];
    for (answer, why) in answers {
        let mut world = only_ocsp();
        world.net.on(OCSP, move |_| answer.clone());
        fails_with(&world, Options::default(), &why);
    }
}

#[test]
fn a_stale_answer_and_one_from_the_future_are_refused() {
    let mut world = only_ocsp();
    let ended = NOW.plus_seconds(-1);
    world.responder_is(|_| OcspStatus::Good, NOW.plus_days(-1), Some(ended));
    fails_with(&world, Options::default(), &Why::Stale(ended));
    // Without an end an answer stands for a week.
    world.responder_is(|_| OcspStatus::Good, NOW.plus_days(-8), None);
    fails_with(&world, Options::default(), &Why::Stale(NOW.plus_days(-1)));
    let ahead = NOW.plus_seconds(301);
    world.responder_is(|_| OcspStatus::Good, ahead, None);
    fails_with(&world, Options::default(), &Why::FromTheFuture(ahead));
    world.responder_is(|_| OcspStatus::Good, NOW.plus_seconds(299), None);
    assert!(is_good(world.gather().status_of(&world.person)));
}

/// Proves nothing but that a replayed answer is refused: RFC 9654 2.1.
#[test]
fn another_nonce_is_refused_and_a_missing_one_where_it_is_demanded() {
    let mut world = only_ocsp();
    let asked = ocsp::request(&world.person, world.issuing.certificate(), Some(&[1; 32]));
    let answer_to = |world: &World, request: &[u8]| {
        let request = ocsp::parse_request(request).unwrap();
        let until = Some(NOW.plus_days(1));
        world
            .responder
            .answer(&request, |_| OcspStatus::Good, NOW, until)
            .unwrap()
    };
    let replayed = answer_to(&world, &asked);
    world.net.bytes(OCSP, &replayed);
    let seeded = Options {
        nonce_seed: Some([3; 32]),
        ..Options::default()
    };
    fails_with(&world, seeded.clone(), &Why::WrongNonce);
    let plain = ocsp::request(&world.person, world.issuing.certificate(), None);
    let silent = answer_to(&world, &plain);
    world.net.bytes(OCSP, &silent);
    let found = world.gather_with(seeded.clone());
    assert!(is_good(found.status_of(&world.person)));
    let strict = Options {
        nonce: NonceRule::Required,
        ..seeded
    };
    fails_with(&world, strict, &Why::NoNonce);
}

#[test]
fn an_answer_by_a_stranger_or_about_another_is_refused() {
    let mut world = only_ocsp();
    let stranger = World::new();
    let asked = ocsp::request(&world.person, world.issuing.certificate(), None);
    let asked = ocsp::parse_request(&asked).unwrap();
    let until = Some(NOW.plus_days(1));
    let forged = stranger
        .responder
        .answer(&asked, |_| OcspStatus::Good, NOW, until)
        .unwrap();
    world.net.bytes(OCSP, &forged);
    fails_with(&world, Options::default(), &Why::WrongSigner);

    // Certified by the right authority, but for people.
    let impostor_key = key();
    let subject = vanthu_pki::authority::PersonSubject {
        full_name: "Kẻ Mạo".to_owned(),
        ..Default::default()
    };
    let spki = impostor_key.spki();
    let nothing = Endpoints::default();
    let impostor = world
        .issuing
        .person(&subject, &spki, validity(), 66, &nothing)
        .unwrap();
    let impostor = OcspAuthority::new(impostor_key, impostor).unwrap();
    let forged = impostor
        .answer(&asked, |_| OcspStatus::Good, NOW, until)
        .unwrap();
    world.net.bytes(OCSP, &forged);
    fails_with(&world, Options::default(), &Why::WrongSigner);

    let good = world
        .responder
        .answer(&asked, |_| OcspStatus::Good, NOW, until)
        .unwrap();
    let mut damaged = good;
    // The last octet but those of the certificate after it lies in the signature.
    let at = damaged.len() - world.responder.certificate().der().len() - 20;
    damaged[at] ^= 1;
    world.net.bytes(OCSP, &damaged);
    fails_with(&world, Options::default(), &Why::BadSignature);

    let other = person(&world.issuing, 99, &everywhere());
    let about_other = ocsp::request(&other, world.issuing.certificate(), None);
    let about_other = ocsp::parse_request(&about_other).unwrap();
    let answer = world
        .responder
        .answer(&about_other, |_| OcspStatus::Good, NOW, until)
        .unwrap();
    world.net.bytes(OCSP, &answer);
    fails_with(&world, Options::default(), &Why::NotAbout);
}

#[test]
fn lists_are_refused_by_name() {
    let mut world = World::with(&only_list());
    let (from, to) = (NOW.plus_days(-9), NOW.plus_days(-2));
    let stale = world.issuing.crl(&[], 1, from, to).unwrap();
    world.net.bytes(LIST, stale.der());
    fails_with(&world, Options::default(), &Why::Stale(to));

    let namesake = Authority::root(key(), "Cấp", validity(), 5).unwrap();
    let forged = namesake.crl(&[], 1, NOW, NOW.plus_days(1)).unwrap();
    world.net.bytes(LIST, forged.der());
    fails_with(&world, Options::default(), &Why::BadSignature);

    let stranger = Authority::root(key(), "Người lạ", validity(), 5).unwrap();
    let other = stranger.crl(&[], 1, NOW, NOW.plus_days(1)).unwrap();
    world.net.bytes(LIST, other.der());
    fails_with(&world, Options::default(), &Why::WrongSigner);

    world.net.bytes(LIST, b"<html>not found</html>");
    fails_with(
        &world,
        Options::default(),
        &Why::Malformed("value cut short".to_owned()),
    );
}

#[test]
fn a_list_of_the_root_does_not_decide_about_its_grandchild() {
    let mut world = World::with(&only_list());
    let list = world.root.crl(&[], 1, NOW, NOW.plus_days(1)).unwrap();
    world.net.bytes(LIST, list.der());
    fails_with(&world, Options::default(), &Why::DoesNotDecide);
}

#[test]
fn without_addresses_or_offline_that_is_what_is_said() {
    let mut world = World::new();
    world.person = person(&world.issuing, 55, &Endpoints::default());
    let found = world.gather();
    assert_eq!(found.status_of(&world.person), None);
    assert_eq!(whys(&found), [Why::NoAddress]);
    let mut question = world.question();
    question.known = vec![world.issuing.certificate().clone()];
    let found = world.ask(question, Options::default(), &mut Cache::default());
    assert_eq!(
        found.status_of(&world.person),
        Some(RevocationStatus::Unknown)
    );
    assert_eq!(found.troubles_of(&world.person)[0].why, Why::NoAddress);

    let offline = Options {
        access: Access::Offline,
        ..Options::default()
    };
    let world = World::new();
    let found = world.gather_with(offline);
    assert_eq!(whys(&found), [Why::Offline]);
    assert!(world.net.asked.borrow().is_empty());
}

#[test]
fn another_certificate_in_the_issuers_place_is_refused() {
    let mut world = World::new();
    let namesake = Authority::root(key(), "Cấp", validity(), 5).unwrap();
    world.net.bytes(ISSUER, namesake.certificate().der());
    let found = world.gather();
    assert_eq!(found.status_of(&world.person), None);
    assert!(whys(&found).contains(&Why::NotTheIssuer));
    let circle = whys(&found).len();
    assert!(circle < 4, "{found:?}");
}

#[test]
fn a_failure_is_remembered_for_a_minute() {
    let mut world = World::new();
    world.net.on(OCSP, |_| Answer::TimedOut);
    world.net.gone(LIST);
    let mut cache = Cache::default();
    let first = world.ask(world.question(), Options::default(), &mut cache);
    assert!(!first.is_complete());
    world.answers(|_| OcspStatus::Good);
    let again = world.ask(world.question(), Options::default(), &mut cache);
    assert_eq!(again.spent.requests, 0);
    assert!(whys(&again).contains(&Why::Recently(Box::new(Why::TimedOut))));
    let mut question = world.question();
    (question.at, question.now) = (NOW.plus_seconds(60), NOW.plus_seconds(60));
    let healed = world.ask(question, Options::default(), &mut cache);
    assert!(healed.is_complete(), "{:?}", healed.troubles);
}

#[test]
fn every_bound_holds() {
    let world = World::new();
    let bounded = |limits| Options {
        limits,
        ..Options::default()
    };
    let usual = Limits::default();
    let two = bounded(Limits {
        requests: 1,
        ..usual
    });
    let found = world.gather_with(two);
    assert_eq!(found.spent.requests, 1);
    assert!(whys(&found).contains(&Why::OutOfRequests));

    let bytes = bounded(Limits {
        total_bytes: world.issuing.certificate().der().len(),
        ..usual
    });
    let found = world.gather_with(bytes);
    assert!(whys(&found).contains(&Why::OutOfBytes), "{found:?}");

    let shallow = bounded(Limits { depth: 1, ..usual });
    let found = world.gather_with(shallow);
    assert!(whys(&found).contains(&Why::TooDeep));
    assert!(is_good(found.status_of(&world.person)));

    let mut gathering = Gathering::new(world.question(), Options::default());
    let mut cache = Cache::default();
    let first = gathering.next(&mut cache, Duration::from_secs(19));
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].timeout, Duration::from_secs(1), "what is left");
    let issuer = world.issuing.certificate().der().to_vec();
    gathering.answer(first[0].id, Answer::Body(issuer), &mut cache);
    assert!(
        gathering
            .next(&mut cache, Duration::from_secs(20))
            .is_empty()
    );
    assert!(whys(&gathering.finish()).contains(&Why::OutOfTime));
}

#[test]
fn a_request_without_an_answer_was_not_answered_in_time() {
    let world = World::new();
    let mut gathering = Gathering::new(world.question(), Options::default());
    let mut cache = Cache::default();
    let first = gathering.next(&mut cache, Duration::ZERO);
    assert_eq!(first[0].sought, Sought::Issuer);
    assert!(gathering.next(&mut cache, Duration::ZERO).is_empty());
    // An answer that comes after all changes nothing.
    let late = Answer::Body(world.issuing.certificate().der().to_vec());
    gathering.answer(first[0].id, late, &mut cache);
    let found = gathering.finish();
    assert_eq!(whys(&found), [Why::TimedOut]);
    assert!(found.certificates.is_empty());
}

#[test]
fn a_chain_that_never_ends_is_left() {
    // Every certificate names one more above it.
    let mut world = World::new();
    let keys: Vec<SoftKey> = (0..30).map(|_| key()).collect();
    let spkis: Vec<Vec<u8>> = keys.iter().map(SoftKey::spki).collect();
    let mut above: Option<Authority> = None;
    for (number, authority_key) in keys.into_iter().enumerate().rev() {
        let url = |number: usize| format!("http://ca.example.vn/{number}.cer");
        let endpoints = Endpoints {
            issuer_url: Some(url(number + 1)),
            ..Endpoints::default()
        };
        let name = format!("Cấp {number}");
        let parent =
            above.unwrap_or_else(|| Authority::root(key(), "Không ai tin", validity(), 1).unwrap());
        let made = parent
            .issuing(
                authority_key,
                &name,
                validity(),
                100 + number as u128,
                &endpoints,
            )
            .unwrap();
        assert_eq!(made.certificate().spki(), spkis[number]);
        world.net.bytes(&url(number), made.certificate().der());
        above = Some(made);
    }
    let endpoints = Endpoints {
        issuer_url: Some("http://ca.example.vn/0.cer".to_owned()),
        ..Endpoints::default()
    };
    world.person = person(&above.unwrap(), 1000, &endpoints);
    let found = world.gather();
    assert!(whys(&found).contains(&Why::TooDeep));
    assert!(found.spent.requests <= 10, "{}", found.spent.requests);
}
