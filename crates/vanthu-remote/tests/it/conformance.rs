//! The conformance list of signing: S1 to S12, one test each, named after it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vanthu_remote::csc::Version;
use vanthu_remote::local::message::{Part, uploaded_file};
use vanthu_remote::local::session::{
    AddedSignature, DEADLINE, Ended, ExpectedUpload, Keys, NotNow, Rejection, UploadFacts,
};
use vanthu_remote::local::{LocalSession, Operation, PageEvent, State, ToolReply, digest};
use vanthu_remote::mssp::Form;
use vanthu_remote::{
    ConsentMode, Ending, Order, Purpose, Seed, SignatureValue, TransactionId, Wanted,
};

use crate::fake_csc::FakeCsc;
use crate::fake_mssp::FakeMssp;
use crate::fake_mysign::FakeMySign;
use crate::fake_smartca::FakeSmartCa;
use crate::world::{
    Decision, Drive, Handwriting, Road, World, assert_all_signed, assert_nothing_out, begin,
};

const SOON: Duration = Duration::from_secs(20);

fn local() -> (LocalSession, Keys) {
    let expected = ExpectedUpload {
        certificate: "aa".repeat(32),
        issued: Some(("12/UBND-VX".to_owned(), "2026-11-22".to_owned())),
    };
    let transaction = TransactionId::new("giaodich-0001").unwrap();
    LocalSession::begin(
        transaction,
        Operation::SignIssued,
        expected,
        &Seed::new([3; 32]),
    )
    .unwrap()
}

fn good() -> UploadFacts {
    UploadFacts {
        extends: true,
        added: vec![AddedSignature {
            certificate: "aa".repeat(32),
            intact: true,
        }],
        changes_permitted: true,
        issued: Some(("12/UBND-VX".to_owned(), "2026-11-22".to_owned())),
    }
}

fn fetched() -> (LocalSession, Keys) {
    let (mut session, keys) = local();
    session.page(PageEvent::Opened, Duration::ZERO);
    session.fetch(keys.download.reveal(), SOON).unwrap();
    (session, keys)
}

#[test]
fn s1_agent_absent() {
    let (mut session, _) = local();
    session.page(PageEvent::Closed, Duration::from_secs(1));
    assert_eq!(session.state(SOON), &State::Ended(Ended::NeverOpened));
    // A page that is gone says nothing: the time says it.
    let (mut session, _) = local();
    assert_eq!(session.state(DEADLINE), &State::Ended(Ended::NeverOpened));
}

#[test]
fn s2_user_cancels() {
    let (mut session, _) = fetched();
    let reply = ToolReply::read(r#"{"Status": 1, "Message": "Người dùng hủy"}"#).unwrap();
    session.page(PageEvent::Replied(reply), SOON);
    let failed = State::Ended(Ended::Failed("Người dùng hủy".to_owned()));
    assert_eq!(session.state(SOON), &failed);
    // Opened and closed without a word is not the same as never opened, and the file may still come.
    let (mut session, keys) = fetched();
    session.page(PageEvent::Closed, SOON);
    assert!(session.waits_after_close());
    assert_eq!(session.state(SOON), &State::Fetched);
    session
        .uploaded(keys.upload.reveal(), &good(), SOON)
        .unwrap()
        .unwrap();
    // At a service: the holder says no in the application.
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    fake.decision = Decision::Refuse(5);
    let mut signing = begin(fake.client(), world.order());
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_eq!(outcome.ending, Ending::Refused);
    assert!(!outcome.may_be_signed());
}

#[test]
fn s3_callback_lost_but_uploaded() {
    let (mut session, keys) = fetched();
    session.page(PageEvent::Closed, SOON);
    session
        .uploaded(keys.upload.reveal(), &good(), SOON)
        .unwrap()
        .unwrap();
    assert_eq!(session.state(SOON), &State::Uploaded);
    // What the page says afterwards changes nothing, nor does the deadline.
    let reply = ToolReply::read(r#"{"Status": 500, "Message": "x"}"#).unwrap();
    session.page(PageEvent::Replied(reply), SOON);
    assert_eq!(session.state(DEADLINE * 2), &State::Uploaded);
    session.applied().unwrap();
    assert_eq!(session.state(DEADLINE * 2), &State::Applied);
    assert!(session.applied().is_err());
}

#[test]
fn s4_uploaded_file_is_not_an_extension_of_the_original() {
    let with = |change: &dyn Fn(&mut UploadFacts)| {
        let (mut session, keys) = fetched();
        let mut facts = good();
        change(&mut facts);
        let judged = session
            .uploaded(keys.upload.reveal(), &facts, SOON)
            .unwrap();
        let why = judged.unwrap_err();
        assert_eq!(session.state(SOON), &State::Ended(Ended::Rejected(why)));
        assert!(session.applied().is_err());
        why
    };
    assert_eq!(with(&|it| it.extends = false), Rejection::NotAnExtension);
    assert_eq!(with(&|it| it.changes_permitted = false), Rejection::Changed);
    assert_eq!(with(&|it| it.added.clear()), Rejection::NotOneSignature);
    assert_eq!(
        with(&|it| it.added.push(it.added[0].clone())),
        Rejection::NotOneSignature
    );
    assert_eq!(
        with(&|it| it.added[0].intact = false),
        Rejection::BadSignature
    );
    assert_eq!(with(&|it| it.issued = None), Rejection::OtherNumber);
}

/// Proves: TG-22.1b
#[test]
fn s5_certificate_of_another_person() {
    let (mut session, keys) = fetched();
    let mut facts = good();
    facts.added[0].certificate = "bb".repeat(32);
    let judged = session
        .uploaded(keys.upload.reveal(), &facts, SOON)
        .unwrap();
    assert_eq!(judged, Err(Rejection::OtherCertificate));
    // The digest flow: the tool used another token.
    let world = World::rsa(1);
    let (key, certificate) = world.stranger();
    let digest: [u8; 32] = world.order().items[0].digest.clone().try_into().unwrap();
    let value = key.sign(world.algorithm, &world.messages[0]).unwrap();
    let reply = ToolReply {
        signature: Some(STANDARD.encode(value)),
        certificate: Some(STANDARD.encode(certificate.der())),
        ..ToolReply::default()
    };
    let failure = digest::signature(&reply, &digest, &world.certificate).unwrap_err();
    assert_eq!(failure.ending, Ending::OtherCertificate);
}

#[test]
fn s6_second_upload() {
    let (mut session, keys) = fetched();
    session
        .uploaded(keys.upload.reveal(), &good(), SOON)
        .unwrap()
        .unwrap();
    let again = session.uploaded(keys.upload.reveal(), &good(), SOON);
    assert_eq!(again.unwrap_err(), NotNow::Already);
    assert_eq!(
        session.fetch(keys.download.reveal(), SOON),
        Err(NotNow::Already)
    );
    assert_eq!(session.state(SOON), &State::Uploaded);
    let one = Part {
        name: "uploadfile",
        file_name: Some("a.pdf"),
        bytes: b"%PDF-1.7",
    };
    assert!(uploaded_file(&[one, one], 100).is_err());
}

#[test]
fn s7_provider_times_out_and_the_status_says_signed() {
    let world = World::new(2);
    let mut fake = FakeSmartCa::new(&world);
    let mut signing = begin(fake.client(), world.order());
    let mut drive = Drive::new(&mut fake).road(Purpose::Sign, 0, Road::Slow(100));
    let outcome = drive.run(&mut signing);
    assert_all_signed(&world, &outcome);
    assert_eq!(
        drive.made.iter().filter(|it| **it == Purpose::Sign).count(),
        1
    );
}

#[test]
fn s8_signature_does_not_match_the_certificate() {
    let world = World::rsa(2);
    let (key, _) = world.stranger();
    let mut fake = FakeMySign::new(&world);
    fake.hand.key = key;
    let mut signing = begin(fake.client(), world.order());
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_eq!(outcome.ending, Ending::BadSignature);
    assert_nothing_out(&outcome);
    assert!(outcome.may_be_signed());
}

#[test]
fn s9_raw_and_cms_are_told_apart_and_a_raw_value_is_never_cms() {
    let world = World::rsa(1);
    for (form, wanted, ending) in [
        (Handwriting::Raw, Wanted::Raw, Ending::Signed),
        (Handwriting::Raw, Wanted::Cms, Ending::OtherForm),
        (Handwriting::Cms, Wanted::Cms, Ending::Signed),
        (Handwriting::Cms, Wanted::Raw, Ending::OtherForm),
    ] {
        let mut fake = FakeSmartCa::new(&world);
        fake.hand.form = form;
        let order = Order {
            wanted,
            ..world.order()
        };
        let mut signing = begin(fake.client(), order);
        let outcome = Drive::new(&mut fake).run(&mut signing);
        assert_eq!(outcome.ending, ending, "{form:?} {wanted:?}");
        if let Some(values) = outcome.signatures() {
            let raw = matches!(values[0], SignatureValue::Raw(_));
            assert_eq!(raw, wanted == Wanted::Raw);
        }
    }
}

#[test]
fn s9b_pending_codes_0_4000_6000() {
    let world = World::rsa(1);
    for waiting in [
        [json!("0"), json!("0")],
        [json!(0), json!(6000)],
        [json!("4000"), json!("6000")],
        [json!("6000"), json!(4000)],
    ] {
        let mut fake = FakeMySign::new(&world);
        fake.waiting = waiting;
        fake.decision = Decision::Agree(30);
        let mut signing = begin(fake.client(), world.order());
        let outcome = Drive::new(&mut fake).run(&mut signing);
        assert_all_signed(&world, &outcome);
        assert!(outcome.troubles.is_empty());
    }
}

#[test]
fn s9c_base64_with_cr_and_lf() {
    let world = World::rsa(2);
    let mut fake = FakeMySign::new(&world);
    fake.hand.form = Handwriting::RawBroken;
    assert!(
        fake.hand
            .sign(&world.order().items[0].digest)
            .contains("\r\n")
    );
    let mut signing = begin(fake.client(), world.order());
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_all_signed(&world, &outcome);
}

#[test]
fn s10_quota_and_expiry_have_their_own_endings() {
    let world = World::rsa(1);
    for (status, ending) in [
        ("4005", Ending::QuotaUsedUp),
        ("13004", Ending::CertificateUnusable),
    ] {
        let mut fake = FakeMySign::new(&world);
        fake.status = Some(json!({"status": status}));
        let mut signing = begin(fake.client(), world.order());
        let outcome = Drive::new(&mut fake).run(&mut signing);
        assert_eq!(outcome.ending, ending);
        assert!(!outcome.may_be_signed());
    }
}

#[test]
fn s11_an_agreement_to_other_digests_signs_nothing() {
    let world = World::new(2);
    // The service would sign them all the same; the agreement says otherwise.
    let mut fake = FakeCsc::new(&world, Version::V2);
    fake.agreed_hashes = Some("AAAA,BBBB".to_owned());
    let order = Order {
        consent: ConsentMode::Page,
        ..world.order()
    };
    let mut signing = begin(fake.client(), order);
    let outcome = Drive::new(&mut fake).run(&mut signing);
    assert_eq!(outcome.ending, Ending::DigestNotAuthorized);
    assert!(!outcome.may_be_signed() && fake.batches.is_empty());
    // And the service refuses what the agreement does not cover.
    let mut fake = FakeCsc::new(&world, Version::V1);
    let mut signing = begin(fake.client(), world.order());
    let other = r#"{"SAD": "sad-cua-giao-dich-cua-nguoi-khac", "expiresIn": 300}"#;
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Authorize, 0, Road::Instead(200, other.to_owned()))
        .run(&mut signing);
    assert_eq!(outcome.ending, Ending::DigestNotAuthorized);
    assert!(!outcome.may_be_signed());
}

#[test]
fn s12_verification_code_stands_on_the_page_and_on_the_phone() {
    let world = World::rsa(1);
    let mut fake = FakeMssp::new(&world, Form::Soap);
    let mut signing = begin(fake.client(), world.order());
    let code = signing.pending().unwrap().verification_code;
    assert!(code.len() == 4 && code.bytes().all(|it| it.is_ascii_digit()));
    Drive::new(&mut fake).run(&mut signing);
    assert!(
        fake.displayed[0].starts_with(&format!("Ma {code}: ")),
        "{:?}",
        fake.displayed
    );
    // The others show it in what they let us write.
    let mut fake = FakeSmartCa::new(&world);
    let mut signing = begin(fake.client(), world.order());
    assert_eq!(signing.pending().unwrap().verification_code, code);
    Drive::new(&mut fake).run(&mut signing);
    assert!(fake.asked[0].1.starts_with(&format!("Mã {code}: ")));
    let mut fake = FakeMySign::new(&world);
    let mut signing = begin(fake.client(), world.order());
    Drive::new(&mut fake).run(&mut signing);
    assert!(fake.descriptions[0].starts_with(&format!("Ma {code}")));
}
