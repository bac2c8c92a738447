//! Signing on a SIM, in SOAP and in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vanthu_remote::display::CodeRule;
use vanthu_remote::mssp::{CodePlace, Form, Messaging, ReceiptText};
use vanthu_remote::provider::PollToken;
use vanthu_remote::{Ending, Holder, Order, Outcome, Purpose, SigningProvider};

use crate::fake_mssp::FakeMssp;
use crate::world::{
    Decision, Drive, Handwriting, NOW, Road, World, assert_all_signed, assert_nothing_out, begin,
};

const FORMS: [Form; 2] = [Form::Soap, Form::Json];

fn run(fake: &mut FakeMssp, order: Order) -> Outcome {
    let mut signing = begin(fake.client(), order);
    Drive::new(fake).run(&mut signing)
}

#[test]
fn the_holder_types_the_pin_on_the_phone_one_digest_at_a_time() {
    let world = World::rsa(3);
    for form in FORMS {
        for messaging in [Messaging::Synch, Messaging::AsynchClientServer] {
            let mut fake = FakeMssp::new(&world, form);
            let mut client = fake.client();
            client.messaging = messaging;
            let mut signing = begin(client, world.order());
            let outcome = Drive::new(&mut fake).run(&mut signing);
            assert_all_signed(&world, &outcome);
            assert_eq!(fake.displayed.len(), 3);
        }
    }
}

#[test]
fn a_card_makes_no_other_signatures() {
    let world = World::new(1);
    let mut fake = FakeMssp::new(&world, Form::Soap);
    let outcome = run(&mut fake, world.order());
    assert_eq!(outcome.ending, Ending::NotOffered);
    assert!(!outcome.may_be_signed() && fake.displayed.is_empty());
}

#[test]
fn the_service_may_answer_with_cms() {
    let world = World::rsa(1);
    for form in FORMS {
        let mut fake = FakeMssp::new(&world, form);
        fake.hand.form = Handwriting::BareCms;
        let outcome = run(&mut fake, world.order());
        assert_all_signed(&world, &outcome);
        fake.hand.form = Handwriting::RawBroken;
        let outcome = run(&mut fake, world.order());
        assert_all_signed(&world, &outcome);
    }
}

#[test]
fn the_card_may_write_the_code_itself() {
    let world = World::rsa(1);
    let mut fake = FakeMssp::new(&world, Form::Soap);
    let mut client = fake.client();
    client.code_place = CodePlace::ByTheCard;
    let mut signing = begin(client, world.order());
    let code = signing.pending().unwrap().verification_code;
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_all_signed(&world, &outcome);
    assert!(fake.displayed[0].starts_with("Ma %%VC%%: 12/UBND-VX Ve viec"));
    // What the card computes from the digest that reached it is what the page shows.
    assert_eq!(CodeRule::SixAndSevenBits.code(&fake.digests[0]), code);
}

#[test]
fn a_certificate_that_comes_along_must_be_the_pinned_one() {
    let world = World::rsa(1);
    let (_, other) = world.stranger();
    for form in FORMS {
        let mut fake = FakeMssp::new(&world, form);
        fake.certificate = Some(STANDARD.encode(world.certificate.der()));
        let outcome = run(&mut fake, world.order());
        assert_all_signed(&world, &outcome);
        fake.certificate = Some(STANDARD.encode(other.der()));
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, Ending::OtherCertificate);
        assert_nothing_out(&outcome);
    }
}

#[test]
fn each_figure_has_its_ending() {
    let world = World::rsa(1);
    for (figure, ending) in [
        (101, Ending::NotOffered),
        (103, Ending::NotOffered),
        (104, Ending::AccessRefused),
        (105, Ending::UnknownHolder),
        (109, Ending::NotOffered),
        (208, Ending::ProviderTimedOut),
        (209, Ending::PhoneAbsent),
        (401, Ending::Refused),
        (402, Ending::FactorLocked),
        (403, Ending::FactorLocked),
        (404, Ending::UnknownHolder),
        (406, Ending::DeviceError),
        (422, Ending::UnknownHolder),
        (425, Ending::CertificateUnusable),
        (501, Ending::CertificateUnusable),
    ] {
        for form in FORMS {
            for soap12 in [false, true] {
                let mut fake = FakeMssp::new(&world, form);
                (fake.fault, fake.soap12) = (Some(figure), soap12);
                let outcome = run(&mut fake, world.order());
                assert_eq!(outcome.ending, ending, "{figure} {form:?}");
                assert!(!outcome.may_be_signed(), "{figure}");
                assert_nothing_out(&outcome);
            }
        }
    }
}

#[test]
fn what_ends_a_request_ends_it_also_when_asked_for() {
    let world = World::rsa(1);
    for (figure, ending) in [
        (208, Ending::ProviderTimedOut),
        (209, Ending::PhoneAbsent),
        (401, Ending::Refused),
        (402, Ending::FactorLocked),
        (406, Ending::DeviceError),
        (501, Ending::CertificateUnusable),
        (503, Ending::BadSignature),
        // The service's own trouble, and figures that nobody knows: asked again until the deadline.
        (900, Ending::DeadlinePassed),
        (555, Ending::DeadlinePassed),
    ] {
        let mut fake = FakeMssp::new(&world, Form::Soap);
        fake.status_fault = Some(figure);
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, ending, "{figure}");
        assert_nothing_out(&outcome);
    }
}

#[test]
fn the_holder_refuses_or_the_phone_lies_in_another_room() {
    let world = World::rsa(1);
    for (decision, ending) in [
        (Decision::Refuse(9), Ending::Refused),
        (Decision::Nothing, Ending::ProviderTimedOut),
    ] {
        for messaging in [Messaging::Synch, Messaging::AsynchClientServer] {
            let mut fake = FakeMssp::new(&world, Form::Soap);
            fake.decision = decision;
            let mut client = fake.client();
            client.messaging = messaging;
            let mut signing = begin(client, world.order());
            let outcome = Drive::new(&mut fake).run(&mut signing);
            assert_eq!(outcome.ending, ending);
            assert!(!outcome.may_be_signed());
        }
    }
}

#[test]
fn an_answer_to_somebody_elses_request_is_none() {
    let world = World::rsa(1);
    for form in FORMS {
        let mut fake = FakeMssp::new(&world, form);
        fake.echo = Some("giaodich-9999");
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, Ending::Unreadable);
        assert!(outcome.may_be_signed());
    }
}

#[test]
fn an_answer_that_declares_anything_is_not_read() {
    let world = World::rsa(1);
    for prologue in [
        "<!DOCTYPE x>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]>",
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
        "<x>",
    ] {
        let mut fake = FakeMssp::new(&world, Form::Soap);
        fake.prologue = prologue;
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, Ending::Unreadable, "{prologue}");
        assert!(outcome.may_be_signed());
    }
}

#[test]
fn deep_and_wide_answers_are_refused_before_they_hurt() {
    let world = World::rsa(1);
    for body in [
        "<a>".repeat(200_000),
        format!("<a>{}</a>", "<b/>".repeat(100_000)),
        format!("<a {}/>", "x".repeat(100_000)),
        "\u{feff}".to_owned(),
    ] {
        let mut fake = FakeMssp::new(&world, Form::Soap);
        let mut signing = begin(fake.client(), world.order());
        let outcome = Drive::new(&mut fake)
            .road(Purpose::Sign, 0, Road::Instead(200, body))
            .run(&mut signing);
        assert_eq!(outcome.ending, Ending::Unreadable);
    }
}

#[test]
fn what_is_written_into_xml_stays_text() {
    let world = World::rsa(1);
    let mut fake = FakeMssp::new(&world, Form::Soap);
    let order = Order {
        display: "Số 5 </mss:DataToBeDisplayed> & \"12\" <a> \u{1}".to_owned(),
        ..world.order()
    };
    let outcome = run(&mut fake, order);
    assert_all_signed(&world, &outcome);
    assert!(
        fake.displayed[0].ends_with("So 5 </mss:DataToBeDisplayed> & \"12\" <a>"),
        "{}",
        fake.displayed[0]
    );
}

#[test]
fn a_card_says_what_it_can_and_is_told_how_it_ended() {
    let world = World::rsa(1);
    let holder = Holder::new("079099001234");
    for form in FORMS {
        let mut fake = FakeMssp::new(&world, form);
        let client = fake.client();
        let mut drive = Drive::new(&mut fake);
        let mut ask = |call: vanthu_remote::http::Call| {
            let request = call.alone(std::time::Duration::from_secs(30));
            let answer = drive.fake.serve(&request, drive.clock);
            drive.made.push(request.purpose);
            answer
        };
        let reply = ask(client.profile(&holder, "giaodich-0001", NOW));
        let profiles = client.read_profile(&reply).unwrap().profiles;
        assert_eq!(profiles, ["http://ky.example.vn/kyso#digitalsignature"]);
        let token = PollToken {
            id: "M1".to_owned(),
            other: None,
        };
        let text = ReceiptText {
            holder: &holder,
            text: "Văn bản 12/UBND-VX đã ký xong",
            at: NOW,
        };
        let reply = ask(client.receipt("giaodich-0001", &token, text));
        client.read_receipt(&reply).unwrap();
        assert!(
            client
                .read_receipt(&vanthu_remote::Reply::new(500, ""))
                .is_err()
        );
        // A SIM's certificate is in our own register.
        assert!(client.list(&holder, None, None).is_err());
    }
}
