//! MySign, with each of the conflicts between its sources.

use std::time::Duration;

use serde_json::json;
use vanthu_remote::mysign::DigestText;
use vanthu_remote::{
    Ending, Found, Holder, Inquiry, LateWord, Order, Outcome, Pace, Purpose, Wanted,
};

use crate::fake_mysign::FakeMySign;
use crate::world::{
    Decision, Drive, Handwriting, NOW, Road, World, assert_all_signed, assert_nothing_out, begin,
    begin_at,
};

fn run(fake: &mut FakeMySign, order: Order) -> Outcome {
    let mut signing = begin(fake.client(), order);
    Drive::new(fake).run(&mut signing)
}

#[test]
fn the_holder_agrees_and_everything_is_signed() {
    let world = World::rsa(3);
    let mut fake = FakeMySign::new(&world);
    let outcome = run(&mut fake, world.order());
    assert_all_signed(&world, &outcome);
    assert!(
        fake.descriptions[0].starts_with("Ma "),
        "{:?}",
        fake.descriptions
    );
    assert!(outcome.troubles.is_empty());
}

#[test]
fn a_service_that_wants_hexadecimal_gets_it() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    fake.digest = DigestText::Hexadecimal;
    let outcome = run(&mut fake, world.order());
    assert_all_signed(&world, &outcome);
}

#[test]
fn its_credentials_are_read() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    let client = std::sync::Arc::new(fake.client());
    let inquiry = Inquiry::info(client.clone(), Holder::new("079099001234"), "chung-thu-1");
    let Found::Info(info) = Drive::new(&mut fake).ask(inquiry).unwrap() else {
        panic!("no info");
    };
    assert_eq!(info.usable(NOW).unwrap(), &world.certificate);
    assert_eq!(info.algorithm(), Some(world.algorithm));
    assert_eq!(info.multisign, 2_147_483_647);
    let inquiry = Inquiry::info(client.clone(), Holder::new("079099001234"), "khac");
    let failure = Drive::new(&mut fake).ask(inquiry).unwrap_err();
    assert_eq!(failure.ending, Ending::UnknownHolder);
    fake.cert_status = "expired";
    let inquiry = Inquiry::list(client, Holder::new("079099001234"));
    let Found::Credentials(found) = Drive::new(&mut fake).ask(inquiry).unwrap() else {
        panic!("no list");
    };
    let info = found[0].info.as_ref().unwrap();
    assert_eq!(
        info.usable(NOW).unwrap_err().ending,
        Ending::CertificateUnusable
    );
}

#[test]
fn each_status_has_its_ending() {
    let world = World::rsa(1);
    for (status, ending, open) in [
        ("4001", Ending::ProviderTimedOut, false),
        ("4002", Ending::Refused, false),
        ("4004", Ending::ProviderFault, true),
        ("4005", Ending::QuotaUsedUp, false),
        ("13004", Ending::CertificateUnusable, false),
        ("50000", Ending::ProviderFault, true),
        // Not in any list: nothing is known until the deadline.
        ("7777", Ending::DeadlinePassed, true),
        ("", Ending::DeadlinePassed, true),
    ] {
        let mut fake = FakeMySign::new(&world);
        fake.status = Some(json!({"status": status, "description": "lời của dịch vụ"}));
        let outcome = run(&mut fake, world.order());
        assert_eq!(
            (outcome.ending, outcome.may_be_signed()),
            (ending, open),
            "{status}"
        );
        assert_nothing_out(&outcome);
    }
}

#[test]
fn each_refusal_of_the_login_has_its_ending() {
    let world = World::rsa(1);
    for (http, code, ending) in [
        (400, "58007", Ending::AccessRefused),
        (400, "58008", Ending::UnknownHolder),
        (401, "59033", Ending::AccessRefused),
        (400, "86024", Ending::AccessRefused),
        (400, "86002", Ending::AccessRefused),
        (200, "58008", Ending::UnknownHolder),
        (500, "", Ending::ProviderFault),
    ] {
        for place in ["error", "code", "errorCode"] {
            let mut fake = FakeMySign::new(&world);
            fake.login = Some((http, json!({place: code})));
            let outcome = run(&mut fake, world.order());
            assert_eq!(outcome.ending, ending, "{place} {code}");
            assert!(!outcome.may_be_signed());
        }
    }
}

#[test]
fn a_token_that_runs_out_is_renewed_while_the_holder_thinks() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    fake.token_life = 30;
    fake.decision = Decision::Agree(80);
    let outcome = run(&mut fake, world.order());
    assert_all_signed(&world, &outcome);
    assert!(fake.tokens >= 3 && fake.descriptions.len() == 1);
}

#[test]
fn a_lost_answer_is_not_repeated() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    let mut signing = begin(fake.client(), world.order());
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Sign, 0, Road::AnswerLost)
        .run(&mut signing);
    assert_eq!(outcome.ending, Ending::AnswerLost);
    assert!(outcome.may_be_signed());
    assert_eq!(fake.descriptions.len(), 1);
}

#[test]
fn what_is_not_connected_was_not_asked() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    let mut signing = begin(fake.client(), world.order());
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Sign, 0, Road::NoConnection)
        .run(&mut signing);
    assert_eq!(outcome.ending, Ending::NotReached);
    assert!(!outcome.may_be_signed());
}

#[test]
fn a_holder_who_agrees_after_our_deadline_is_recorded_and_nothing_given_out() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    fake.decision = Decision::Agree(10);
    let pace = Pace {
        deadline: Duration::from_secs(13),
        answer: Duration::from_secs(30),
    };
    let mut signing = begin_at(fake.client(), world.order(), pace);
    let mut drive = Drive::new(&mut fake);
    let outcome = drive.run(&mut signing);
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert!(outcome.may_be_signed());
    assert_nothing_out(&outcome);
    // The last look came while the key signed.
    assert_eq!(outcome.late[0].what, LateWord::Pending);
}

#[test]
fn other_algorithms_are_not_asked_for() {
    let world = World::new(1);
    let mut fake = FakeMySign::new(&world);
    let outcome = run(&mut fake, world.order());
    assert_eq!(outcome.ending, Ending::NotOffered);
    assert!(fake.descriptions.is_empty());
}

#[test]
fn a_cms_structure_of_another_signer_is_another_certificates() {
    let world = World::rsa(1);
    let (key, certificate) = world.stranger();
    for form in [Handwriting::Cms, Handwriting::BareCms] {
        for wanted in [Wanted::Raw, Wanted::Cms] {
            let mut fake = FakeMySign::new(&world);
            fake.hand.form = form;
            fake.hand.key = vanthu_pki::SoftKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
            fake.hand.certificate = certificate.clone();
            let order = Order {
                wanted,
                ..world.order()
            };
            let outcome = run(&mut fake, order);
            assert_eq!(
                outcome.ending,
                Ending::OtherCertificate,
                "{form:?} {wanted:?}"
            );
            assert_nothing_out(&outcome);
        }
    }
}

#[test]
fn a_cms_structure_that_names_the_pinned_certificate_falsely_is_a_bad_signature() {
    let world = World::rsa(1);
    let (key, _) = world.stranger();
    for form in [Handwriting::Cms, Handwriting::BareCms] {
        let mut fake = FakeMySign::new(&world);
        fake.hand.form = form;
        fake.hand.key = vanthu_pki::SoftKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        let order = Order {
            wanted: Wanted::Cms,
            ..world.order()
        };
        let outcome = run(&mut fake, order);
        assert_eq!(outcome.ending, Ending::BadSignature, "{form:?}");
        assert_nothing_out(&outcome);
    }
}

#[test]
fn a_cms_structure_is_taken_where_it_was_wanted_and_nowhere_else() {
    let world = World::rsa(1);
    for (form, wanted, ending) in [
        (Handwriting::Raw, Wanted::Raw, Ending::Signed),
        (Handwriting::Cms, Wanted::Raw, Ending::OtherForm),
        (Handwriting::BareCms, Wanted::Raw, Ending::Signed),
        (Handwriting::Raw, Wanted::Cms, Ending::OtherForm),
        (Handwriting::Cms, Wanted::Cms, Ending::Signed),
        (Handwriting::BareCms, Wanted::Cms, Ending::Signed),
    ] {
        let mut fake = FakeMySign::new(&world);
        fake.hand.form = form;
        let order = Order {
            wanted,
            ..world.order()
        };
        let outcome = run(&mut fake, order);
        assert_eq!(outcome.ending, ending, "{form:?} {wanted:?}");
    }
}
