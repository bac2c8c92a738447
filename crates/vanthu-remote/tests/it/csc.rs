//! The Cloud Signature Consortium's interface, in both versions and every kind of agreement.

use std::time::Duration;

use vanthu_remote::csc::{Factors, Mode, ServiceAccess, Version};
use vanthu_remote::{
    ConsentMode, Ending, Found, Holder, Inquiry, ItemOutcome, Order, Outcome, Purpose, Scal,
    Secret, SigningProvider,
};

use crate::fake_csc::{FakeCsc, NotReady};
use crate::world::{
    Decision, Drive, Handwriting, Road, World, assert_all_signed, assert_nothing_out, begin,
    debug_is_clean,
};

const BOTH: [Version; 2] = [Version::V1, Version::V2];

fn with_page(order: Order) -> Order {
    Order {
        consent: ConsentMode::Page,
        ..order
    }
}

fn with_factors(order: Order) -> Order {
    Order {
        consent: ConsentMode::Factors {
            pin: true,
            otp: true,
        },
        ..order
    }
}

fn carried(pin: &str, otp: &str) -> Factors {
    Factors::Carried {
        pin: Some(Secret::new(pin)),
        otp: Some(Secret::new(otp)),
    }
}

fn run(fake: &mut FakeCsc, order: Order) -> Outcome {
    let mut signing = begin(fake.client(), order);
    Drive::new(fake).run(&mut signing)
}

#[test]
fn credentials_are_found_page_by_page_and_one_by_one() {
    let world = World::new(1);
    for version in BOTH {
        let mut fake = FakeCsc::new(&world, version);
        let client = std::sync::Arc::new(fake.client());
        let holder = Holder::new("079099001234");
        let list = Inquiry::list(client.clone(), holder.clone());
        let Found::Credentials(found) = Drive::new(&mut fake).ask(list).unwrap() else {
            panic!("no list");
        };
        let ids: Vec<&str> = found.iter().map(|it| it.id.as_str()).collect();
        match version {
            Version::V1 => assert_eq!(ids, ["chung-thu-1", "chung-thu-2"]),
            Version::V2 => assert!(found[0].info.is_some() && ids == ["chung-thu-1"]),
        }
        let info = Inquiry::info(client.clone(), holder.clone(), "chung-thu-1");
        let Found::Info(info) = Drive::new(&mut fake).ask(info).unwrap() else {
            panic!("no info");
        };
        assert_eq!(info.certificates[0], world.certificate);
        assert_eq!(info.usable(crate::world::NOW).unwrap(), &world.certificate);
        assert_eq!(info.algorithm(), Some(world.algorithm));
        assert_eq!((info.multisign, info.scal), (100, Scal::Two));
        assert_eq!(info.consent, ConsentMode::OnDevice);
        let unknown = Inquiry::info(client, holder, "chung-thu-9");
        let failure = Drive::new(&mut fake).ask(unknown).unwrap_err();
        assert_eq!(failure.ending, Ending::UnknownHolder);
    }
}

#[test]
fn what_a_service_says_of_key_and_certificate_is_believed_when_it_is_bad() {
    let world = World::new(1);
    for (key, cert, ending) in [
        ("disabled", "valid", Ending::KeyDisabled),
        ("enabled", "expired", Ending::CertificateUnusable),
        ("enabled", "revoked", Ending::CertificateUnusable),
        ("enabled", "suspended", Ending::CertificateUnusable),
        ("enabled", "lạ", Ending::CertificateUnusable),
    ] {
        let mut fake = FakeCsc::new(&world, Version::V2);
        (fake.key_status, fake.cert_status) = (key, cert);
        let client = std::sync::Arc::new(fake.client());
        let inquiry = Inquiry::info(client, Holder::new("079099001234"), "chung-thu-1");
        let Found::Info(info) = Drive::new(&mut fake).ask(inquiry).unwrap() else {
            panic!("no info");
        };
        assert_eq!(info.usable(crate::world::NOW).unwrap_err().ending, ending);
    }
}

#[test]
fn the_service_says_what_it_is() {
    let world = World::new(1);
    let fake = FakeCsc::new(&world, Version::V2);
    let client = fake.client();
    let call = client.service();
    assert_eq!(call.url, "https://ky.example.vn/csc/v2/info");
    let reply = vanthu_remote::Reply::new(200, r#"{"specs":"2.0.0.2","methods":["info"]}"#);
    assert_eq!(client.read_service(&reply).unwrap().methods, ["info"]);
    assert!(
        client
            .read_service(&vanthu_remote::Reply::new(200, "{}"))
            .is_err()
    );
}

#[test]
fn the_holder_agrees_on_the_own_device_and_everything_is_signed() {
    let world = World::new(3);
    for version in BOTH {
        let mut fake = FakeCsc::new(&world, version);
        let outcome = run(&mut fake, world.order());
        assert_all_signed(&world, &outcome);
        assert_eq!(
            (fake.authorizations, fake.batches.as_slice()),
            (1, &[3][..])
        );
        assert!(outcome.troubles.is_empty() && outcome.late.is_empty());
    }
}

#[test]
fn the_holder_agrees_on_the_services_page() {
    let world = World::new(2);
    for version in BOTH {
        let mut fake = FakeCsc::new(&world, version);
        let outcome = run(&mut fake, with_page(world.order()));
        assert_all_signed(&world, &outcome);
        assert!(fake.shown[0].starts_with("Mã "), "{:?}", fake.shown);
    }
}

#[test]
fn the_holder_refuses_on_the_services_page() {
    let world = World::new(1);
    let mut fake = FakeCsc::new(&world, Version::V2);
    fake.decision = Decision::Refuse(1);
    let outcome = run(&mut fake, with_page(world.order()));
    assert_eq!(outcome.ending, Ending::Refused);
    assert!(!outcome.may_be_signed());
    assert_nothing_out(&outcome);
}

#[test]
fn a_page_that_was_not_asked_for_brings_nothing() {
    let world = World::new(1);
    let fake = FakeCsc::new(&world, Version::V2);
    let mut signing = begin(fake.client(), with_page(world.order()));
    // Nobody was sent anywhere yet.
    signing.returned("code=x&state=y", Duration::ZERO);
    assert!(signing.outcome().is_none());
    let mut fake = fake;
    let mut drive = Drive::new(&mut fake);
    let vanthu_remote::Next::Ask(request) = signing.next(Duration::ZERO) else {
        panic!("no token asked for");
    };
    let answer = drive.make(&request).unwrap();
    signing.answer(request.id, answer, Duration::ZERO);
    let vanthu_remote::Next::Browser(_) = signing.next(Duration::ZERO) else {
        panic!("no page");
    };
    assert!(signing.pending().unwrap().browser.is_some());
    signing.returned("code=x&state=y", Duration::ZERO);
    let outcome = signing.outcome().unwrap();
    assert_eq!(outcome.ending, Ending::Unreadable);
    assert!(!outcome.may_be_signed());
}

/// Proves: TG-22.1b
#[test]
fn a_pin_does_not_pass_through_a_server() {
    let world = World::new(1);
    for version in BOTH {
        let mut fake = FakeCsc::new(&world, version);
        fake.auth_mode = "explicit";
        let outcome = run(&mut fake, with_factors(world.order()));
        assert_eq!(outcome.ending, Ending::FactorNotCarried);
        assert!(!outcome.may_be_signed());
        assert_eq!(fake.authorizations, 0);
    }
}

#[test]
fn on_the_holders_own_desk_a_pin_and_a_code_agree() {
    let world = World::new(2);
    for version in BOTH {
        let mut fake = FakeCsc::new(&world, version);
        fake.auth_mode = "explicit";
        let mut client = fake.client();
        client.factors = carried("123456", "654321");
        debug_is_clean(&client);
        let mut signing = begin(client, with_factors(world.order()));
        let outcome = Drive::new(&mut fake).run(&mut signing);
        assert_all_signed(&world, &outcome);
    }
}

#[test]
fn a_wrong_pin_or_code_is_tried_once() {
    let world = World::new(2);
    for version in BOTH {
        for (pin, otp) in [("111111", "654321"), ("123456", "111111")] {
            let mut fake = FakeCsc::new(&world, version);
            fake.auth_mode = "explicit";
            let mut client = fake.client();
            client.factors = carried(pin, otp);
            let mut signing = begin(client, with_factors(world.order()));
            let outcome = Drive::new(&mut fake).run(&mut signing);
            assert_eq!(outcome.ending, Ending::WrongFactor);
            assert_eq!((fake.authorizations, fake.batches.len()), (1, 0));
            assert!(!outcome.may_be_signed());
        }
    }
}

#[test]
fn more_digests_than_one_agreement_covers_go_in_batches() {
    let world = World::new(7);
    let mut fake = FakeCsc::new(&world, Version::V2);
    fake.multisign = 3;
    let order = Order {
        multisign: 3,
        ..with_page(world.order())
    };
    let outcome = run(&mut fake, order);
    assert_all_signed(&world, &outcome);
    assert_eq!(fake.batches, [3, 3, 1]);
    assert_eq!(fake.tokens, 4, "one of the service, one for each agreement");
    // Each batch shows a code of its own.
    let codes: std::collections::BTreeSet<&str> =
        fake.shown.iter().map(|it| it.get(..9).unwrap()).collect();
    assert_eq!(codes.len(), 3);
}

#[test]
fn one_code_is_good_for_one_batch() {
    let world = World::new(2);
    let mut fake = FakeCsc::new(&world, Version::V1);
    fake.auth_mode = "explicit";
    let mut client = fake.client();
    client.factors = carried("123456", "654321");
    let order = Order {
        multisign: 1,
        ..with_factors(world.order())
    };
    let mut signing = begin(client, order);
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_eq!(outcome.ending, Ending::FactorNotCarried);
    assert!(matches!(outcome.items[0], ItemOutcome::Signed(_)));
    assert!(matches!(outcome.items[1], ItemOutcome::Failed { .. }));
}

#[test]
fn a_failure_in_the_middle_keeps_what_is_signed_and_asks_for_no_more() {
    let world = World::new(3);
    let mut fake = FakeCsc::new(&world, Version::V2);
    let order = Order {
        multisign: 1,
        ..world.order()
    };
    let mut signing = begin(fake.client(), order);
    let down = Road::Instead(400, r#"{"error":"access_denied"}"#.to_owned());
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Authorize, 1, down)
        .run(&mut signing);
    assert_eq!(outcome.ending, Ending::Refused);
    assert!(matches!(outcome.items[0], ItemOutcome::Signed(_)));
    assert!(matches!(outcome.items[1], ItemOutcome::Failed { .. }));
    assert_eq!(outcome.items[2], ItemOutcome::NotAsked);
    assert!(!outcome.may_be_signed() && outcome.signatures().is_none());
}

#[test]
fn an_asynchronous_request_is_asked_for_until_it_is_ready() {
    let world = World::new(2);
    for not_ready in [NotReady::Accepted, NotReady::Sentence, NotReady::Empty] {
        let mut fake = FakeCsc::new(&world, Version::V2);
        fake.not_ready = not_ready;
        fake.decision = Decision::Agree(20);
        let mut client = fake.client();
        client.mode = Mode::Asynchronous;
        let mut signing = begin(client, world.order());
        let mut drive = Drive::new(&mut fake);
        let outcome = drive.run(&mut signing);
        assert_all_signed(&world, &outcome);
        let polls = drive
            .made
            .iter()
            .filter(|it| **it == Purpose::Status)
            .count();
        assert!((5..=8).contains(&polls), "{polls}");
    }
}

#[test]
fn a_token_that_runs_out_while_waiting_is_renewed_and_the_holder_not_asked_again() {
    let world = World::new(1);
    let mut fake = FakeCsc::new(&world, Version::V2);
    fake.token_life = 40;
    fake.decision = Decision::Agree(100);
    let mut client = fake.client();
    client.mode = Mode::Asynchronous;
    let mut signing = begin(client, world.order());
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_all_signed(&world, &outcome);
    assert_eq!(fake.authorizations, 1);
    assert!(fake.tokens >= 3);
}

#[test]
fn a_token_that_the_service_forgets_is_renewed_twice_at_most() {
    let world = World::new(1);
    let mut fake = FakeCsc::new(&world, Version::V2);
    let mut client = fake.client();
    client.access = ServiceAccess::ClientCredentials;
    let forgotten = || Road::Instead(401, r#"{"error":"invalid_token"}"#.to_owned());
    let mut signing = begin(client.clone(), world.order());
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Authorize, 0, forgotten())
        .road(Purpose::Sign, 0, forgotten())
        .run(&mut signing);
    assert_all_signed(&world, &outcome);
    assert_eq!(outcome.troubles.len(), 2);
    assert_eq!(fake.authorizations, 1, "the holder is not asked again");
    let mut signing = begin(client, world.order());
    let mut drive = Drive::new(&mut fake);
    for nth in 0..5 {
        drive = drive.road(Purpose::Authorize, nth, forgotten());
    }
    let outcome = drive.run(&mut signing);
    assert_eq!(outcome.ending, Ending::AccessRefused);
    assert!(!outcome.may_be_signed());
}

#[test]
fn a_user_of_the_service_logs_in_by_name_and_password() {
    let world = World::new(1);
    let mut client = FakeCsc::new(&world, Version::V1).client();
    client.access = ServiceAccess::Login {
        user: "vanthu".to_owned(),
        password: Secret::new("mat-khau-dich-vu"),
    };
    debug_is_clean(&client);
    let call = client
        .access(&Holder::new("079099001234"))
        .unwrap()
        .unwrap();
    let request = call.alone(Duration::from_secs(1));
    assert_eq!(request.url, "https://ky.example.vn/csc/v1/auth/login");
    assert_eq!(
        crate::world::header(&request, "authorization"),
        Some("Basic dmFudGh1Om1hdC1raGF1LWRpY2gtdnU=")
    );
    assert_eq!(request.body.reveal(), br#"{"rememberMe":false}"#);
    let said = r#"{"access_token": "ma-truy-cap", "expires_in": 60}"#;
    let token = client
        .read_access(&vanthu_remote::Reply::new(200, said))
        .unwrap();
    assert_eq!(
        (token.value.reveal(), token.valid.as_secs()),
        ("ma-truy-cap", 60)
    );
    debug_is_clean(&token);
}

#[test]
fn a_wrong_password_of_ours_is_our_own_trouble() {
    let world = World::new(1);
    let mut fake = FakeCsc::new(&world, Version::V2);
    let mut client = fake.client();
    client.oauth.as_mut().unwrap().client_secret = Some(Secret::new("sai"));
    let mut signing = begin(client, world.order());
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_eq!(outcome.ending, Ending::AccessRefused);
    assert!(!outcome.may_be_signed());
}

#[test]
fn each_refusal_of_a_service_has_its_ending() {
    let world = World::new(1);
    for (status, error, description, ending) in [
        (400, "access_denied", "", Ending::Refused),
        (400, "invalid_otp", "", Ending::WrongFactor),
        (
            400,
            "invalid_request",
            "The SAD has expired",
            Ending::ProviderTimedOut,
        ),
        (
            400,
            "invalid_request",
            "Hash is not authorized by the SAD",
            Ending::DigestNotAuthorized,
        ),
        (
            400,
            "invalid_request",
            "Invalid parameter numSignatures",
            Ending::TooManyDigests,
        ),
        (
            400,
            "invalid_request",
            "The certificate is revoked",
            Ending::CertificateUnusable,
        ),
        (
            400,
            "invalid_request",
            "Signing key disabled",
            Ending::KeyDisabled,
        ),
        (
            400,
            "invalid_request",
            "Invalid parameter signAlgo",
            Ending::NotOffered,
        ),
        (403, "la_qua", "", Ending::AccessRefused),
        (429, "la_qua", "", Ending::NotReached),
    ] {
        let mut fake = FakeCsc::new(&world, Version::V2);
        fake.sign_error = Some((status, error, description));
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, ending, "{error} {description}");
        assert!(!outcome.may_be_signed(), "{error}");
        assert_nothing_out(&outcome);
    }
}

#[test]
fn a_service_that_breaks_while_it_signs_leaves_it_open() {
    let world = World::new(1);
    for road in [
        Road::Covered(500, r#"{"error":"server_error"}"#.to_owned()),
        Road::Covered(502, "<html>".to_owned()),
        Road::Covered(200, "[".repeat(100_000)),
        Road::Covered(200, "{}".to_owned()),
        Road::Covered(200, r#"{"signatures":[]}"#.to_owned()),
        Road::Covered(200, r#"{"signatures":["YQ==","YQ=="]}"#.to_owned()),
        Road::AnswerLost,
    ] {
        let mut fake = FakeCsc::new(&world, Version::V2);
        let mut signing = begin(fake.client(), world.order());
        let outcome = Drive::new(&mut fake)
            .road(Purpose::Sign, 0, road.clone())
            .run(&mut signing);
        assert!(outcome.may_be_signed(), "{road:?}");
        assert_nothing_out(&outcome);
        assert_eq!(fake.batches.len(), 1, "it is not asked twice: {road:?}");
    }
}

#[test]
fn a_service_that_stumbles_while_asked_is_asked_again() {
    let world = World::new(1);
    let mut fake = FakeCsc::new(&world, Version::V2);
    fake.decision = Decision::Agree(10);
    let mut client = fake.client();
    client.mode = Mode::Asynchronous;
    let mut signing = begin(client, world.order());
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Status, 0, Road::Instead(503, String::new()))
        .road(Purpose::Status, 1, Road::NoConnection)
        .road(Purpose::Status, 2, Road::Instead(200, "<html>".to_owned()))
        .road(Purpose::Status, 3, Road::Slow(60))
        .run(&mut signing);
    assert_all_signed(&world, &outcome);
    assert_eq!(outcome.troubles.len(), 4);
}

#[test]
fn each_form_of_signature_is_seen_for_what_it_is() {
    let world = World::new(1);
    for (form, ending) in [
        (Handwriting::Raw, Ending::Signed),
        (Handwriting::RawBroken, Ending::Signed),
        (Handwriting::BareCms, Ending::Signed),
        (Handwriting::Cms, Ending::OtherForm),
        (Handwriting::Garbage, Ending::BadSignature),
        (Handwriting::NoBase64, Ending::Unreadable),
    ] {
        let mut fake = FakeCsc::new(&world, Version::V2);
        fake.hand.form = form;
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, ending, "{form:?}");
        match ending {
            Ending::Signed => assert_all_signed(&world, &outcome),
            _ => assert_nothing_out(&outcome),
        }
    }
}
