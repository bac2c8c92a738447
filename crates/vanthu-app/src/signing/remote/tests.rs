//! Sessions with services over the loopback address: each kind with its failure modes, restarts in the middle, what
//! comes late, and whose key it is.

mod away;
mod rules;
mod several;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::certificate::Holder;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_pki::KeySpec;
use vanthu_remote::csc::Version;
use vanthu_remote::mssp::Form;
use vanthu_signing::{Indication, inspect};
use vanthu_store::remote_signing::{Certainty, Settled};
use vanthu_store::signing::{Consent, ItemState, Means, Purpose, SessionState};
use vanthu_testkit::remote::fake_csc::FakeCsc;
use vanthu_testkit::remote::fake_mssp::FakeMssp;
use vanthu_testkit::remote::fake_mysign::FakeMySign;
use vanthu_testkit::remote::fake_smartca::FakeSmartCa;
use vanthu_testkit::remote::serve::Mishap;
use vanthu_testkit::remote::world::{Decision, Fake, Handwriting};

use self::away::{Away, LATER, MSSP, MYSIGN, PAGE, SMARTCA, csc_of, session};
use crate::credential::link::link;
use crate::credential::list;
use crate::credential::look::{Look, look};
use crate::credential::remove::remove;
use crate::credential::round::{Returned, look_for, returned, to_agree, to_look};
use crate::signing::cancel::cancel_by_caller;
use crate::signing::open::open;
use crate::signing::settle::settle;
use crate::test::equipped::refusal;

async fn mysign() -> Away<FakeMySign> {
    Away::new(MYSIGN, KeySpec::Rsa2048, FakeMySign::with).await
}

async fn smartca() -> Away<FakeSmartCa> {
    Away::new(SMARTCA, KeySpec::EcP256, FakeSmartCa::with).await
}

async fn csc(more: &str) -> Away<FakeCsc> {
    Away::new(&csc_of(2, more), KeySpec::EcP256, |hand, chain| {
        FakeCsc::with(hand, chain, Version::V2)
    })
    .await
}

async fn mssp(form: Form) -> Away<FakeMssp> {
    let settings = match form {
        Form::Soap => MSSP.to_owned(),
        Form::Json => MSSP.replace("mssp-soap", "mssp-json"),
    };
    Away::new(&settings, KeySpec::Rsa2048, |hand, _| {
        FakeMssp::with(hand, form)
    })
    .await
}

/// From opening to the signed document, over any service whose holder agrees.
async fn signs<F: Fake + Send + 'static>(away: Away<F>) {
    away.served.decide(Decision::Agree(0));
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    assert_eq!(opened.at_service.as_ref().unwrap().code.len(), 4);
    away.run_for(60).await;
    let state = away.state(&opened.signing_id).await;
    let remote = state.remote.unwrap().row;
    assert_eq!(remote.ending.as_deref(), Some("signed"), "{remote:?}");
    assert_eq!(remote.certainty, Some(Certainty::Signed));
    assert_eq!(state.row.state, SessionState::Done);
    assert_eq!(away.desk.state(&id).await, OutgoingTag::Signed);
    let row = away.desk.row(&id).await;
    let file = away.desk.bytes(row.signed_blob.as_deref()).await;
    let found = inspect(&file).unwrap();
    assert_eq!(found.signatures.len(), 1);
    let signed = away.desk.world.last_entry(&id).await;
    assert_eq!(signed.act, Act::Signed);
    assert_eq!(signed.data["consent"], "person");
}

#[tokio::test]
async fn csc_2_signs_with_an_answer_that_comes_later() {
    signs(csc(LATER).await).await;
}

#[tokio::test]
async fn csc_2_signs_at_once() {
    signs(csc("").await).await;
}

#[tokio::test]
async fn csc_1_signs() {
    let make = |hand, chain| FakeCsc::with(hand, chain, Version::V1);
    signs(Away::new(&csc_of(1, ""), KeySpec::EcP256, make).await).await;
}

#[tokio::test]
async fn csc_2_signs_with_an_rsa_key() {
    let make = |hand, chain| FakeCsc::with(hand, chain, Version::V2);
    signs(Away::new(&csc_of(2, LATER), KeySpec::Rsa2048, make).await).await;
}

#[tokio::test]
async fn mysign_signs() {
    signs(mysign().await).await;
}

#[tokio::test]
async fn smartca_signs() {
    signs(smartca().await).await;
}

/// Proves: TD-2.3
#[tokio::test]
async fn a_sim_signs_over_soap() {
    signs(mssp(Form::Soap).await).await;
}

/// Proves: TD-2.3
#[tokio::test]
async fn a_sim_signs_over_json() {
    signs(mssp(Form::Json).await).await;
}

/// The ending, that the document is as it was, and that it can be signed again at once.
async fn ends_without_signature<F: Fake + Send + 'static>(away: &Away<F>, code: &str) {
    let id = away.desk.approved().await;
    let before = away.desk.row(&id).await;
    let opened = away.open(&id).await.unwrap();
    away.run_for(200).await;
    let state = away.state(&opened.signing_id).await;
    let remote = state.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some(code), "{:?}", remote.row);
    assert_eq!(
        remote.row.certainty,
        Some(Certainty::NothingSigned),
        "{code}"
    );
    assert!(!remote.is_open_question);
    assert_eq!(state.items[0].state, ItemState::Failed);
    let problem = state.items[0].problem.as_ref().unwrap();
    assert_eq!(
        (&problem["code"], &problem["args"]["service"]),
        (&json!(code), &json!("Dịch vụ thử"))
    );
    assert_eq!(away.desk.row(&id).await, before, "{code}");
    let entry = away.desk.world.last_entry(&opened.signing_id).await;
    assert_eq!(
        (entry.act, &entry.data["reason"]),
        (Act::SigningFailed, &json!(code))
    );
    away.open(&id).await.unwrap();
}

/// Proves: TD-2.3
#[tokio::test]
async fn every_no_of_a_sim_service_has_its_name() {
    for (figure, code) in [
        (401, "remote-refused"),
        (402, "remote-factor-locked"),
        (208, "remote-timed-out"),
        (209, "remote-phone-absent"),
        (404, "remote-unknown-holder"),
        (406, "remote-device-error"),
        (104, "remote-access-refused"),
        (501, "remote-certificate-unusable"),
    ] {
        let away = mssp(Form::Soap).await;
        away.served.fake.lock().unwrap().fault = Some(figure);
        ends_without_signature(&away, code).await;
    }
}

#[tokio::test]
async fn s10_quota_and_expired_codes_of_mysign_have_their_names() {
    for (figure, code) in [
        ("4002", "remote-refused"),
        ("4001", "remote-timed-out"),
        ("4005", "remote-quota-used-up"),
        ("13004", "remote-certificate-unusable"),
    ] {
        let away = mysign().await;
        away.served.fake.lock().unwrap().status = Some(json!({"status": figure}));
        ends_without_signature(&away, code).await;
    }
}

#[tokio::test]
async fn s2_user_cancels_in_the_application_of_smartca() {
    let away = smartca().await;
    away.served.decide(Decision::Refuse(0));
    ends_without_signature(&away, "remote-refused").await;
}

#[tokio::test]
async fn a_wrong_code_and_a_fault_of_csc_have_their_names() {
    for (error, code) in [
        ("invalid_pin", "remote-wrong-factor"),
        ("credential_locked", "remote-factor-locked"),
        ("access_denied", "remote-refused"),
    ] {
        let away = csc("").await;
        away.served.fake.lock().unwrap().sign_error = Some((400, error, "Không"));
        ends_without_signature(&away, code).await;
    }
    let away = csc("").await;
    away.served
        .mishap("oauth2/token", Mishap::Instead(503, String::new()));
    ends_without_signature(&away, "remote-provider-fault").await;
}

/// Proves: KH-2
#[tokio::test]
async fn s8_a_signature_that_does_not_fit_is_never_embedded() {
    let away = mysign().await;
    away.served.decide(Decision::Agree(0));
    away.served.fake.lock().unwrap().hand.form = Handwriting::Garbage;
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run_for(60).await;
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("remote-bad-signature"));
    assert!(remote.is_open_question);
    assert_eq!(away.desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

#[tokio::test]
async fn s9_cms_around_the_digest_is_no_signature_of_the_document() {
    let away = mysign().await;
    away.served.decide(Decision::Agree(0));
    away.served.fake.lock().unwrap().hand.form = Handwriting::Cms;
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run_for(60).await;
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("remote-other-form"));
    assert_eq!(away.desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn what_comes_after_the_deadline_is_recorded_and_never_embedded() {
    let away = mysign().await;
    away.served.decide(Decision::Nothing);
    away.served.fake.lock().unwrap().status = Some(json!({"status": "4000"}));
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run_for(200).await;
    assert_eq!(
        away.state(&opened.signing_id).await.row.state,
        SessionState::Fetched
    );
    // Now the holder agrees; and our time is over before we ask again.
    away.served.fake.lock().unwrap().status = None;
    away.served.decide(Decision::Agree(0));
    away.served.pass(10);
    away.pass(101);
    away.run().await;
    let state = away.state(&opened.signing_id).await;
    let remote = state.remote.unwrap();
    assert_eq!(state.row.state, SessionState::Expired);
    assert_eq!(remote.row.ending.as_deref(), Some("remote-deadline-passed"));
    assert_eq!(remote.row.certainty, Some(Certainty::MaybeSigned));
    let late = remote.row.late.unwrap();
    assert_eq!(
        (&late[0]["what"], &late[0]["more"]),
        (&json!("signatures"), &json!(1))
    );
    assert_eq!(away.desk.state(&id).await, OutgoingTag::AwaitingSignature);
    assert_eq!(away.desk.row(&id).await.signed_blob, None);
    // A person says what the phone says, and only then it may be signed anew: also by another means.
    let unknown = RefusalCode::SigningOutcomeUnknown;
    assert_eq!(refusal(away.open(&id).await), unknown);
    assert_eq!(away.desk.refused(Purpose::Person, &id).await, unknown);
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let clerk = &away.desk.office.clerk;
    let others = settle(app, clerk, &opened.signing_id, Settled::NoSignature).await;
    assert_eq!(refusal(others), RefusalCode::NotFound);
    settle(app, leader, &opened.signing_id, Settled::SignatureUnused)
        .await
        .unwrap();
    let twice = settle(app, leader, &opened.signing_id, Settled::NoSignature).await;
    assert_eq!(refusal(twice), RefusalCode::AlreadyDecided);
    let entry = away.desk.world.last_entry(&opened.signing_id).await;
    assert_eq!(entry.act, Act::SigningSettled);
    let again = away.open(&id).await.unwrap();
    away.run_for(60).await;
    let remote = away.state(&again.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("signed"));
}

#[tokio::test]
async fn who_gives_up_on_the_page_gets_no_signature_whatever_the_phone_says() {
    let away = smartca().await;
    away.served.decide(Decision::Nothing);
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run().await;
    let under_way = refusal(away.open(&id).await);
    assert_eq!(under_way, RefusalCode::SigningUnderWay);
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    cancel_by_caller(app, leader, &opened.signing_id)
        .await
        .unwrap();
    away.served.decide(Decision::Agree(0));
    away.run_for(60).await;
    let state = away.state(&opened.signing_id).await;
    let remote = state.remote.unwrap();
    assert_eq!(state.row.state, SessionState::Cancelled);
    assert_eq!(remote.row.ending.as_deref(), Some("remote-cancelled"));
    assert!(remote.is_open_question);
    assert_eq!(remote.row.late.unwrap()[0]["what"], "signatures");
    assert_eq!(away.desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

#[tokio::test]
async fn who_gives_up_before_the_service_was_asked_leaves_no_question() {
    let away = smartca().await;
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    cancel_by_caller(app, leader, &opened.signing_id)
        .await
        .unwrap();
    away.run_for(60).await;
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.certainty, Some(Certainty::NothingSigned));
    let asked = away.served.asked();
    assert!(
        !asked.iter().any(|it| it.contains("signatures")),
        "{asked:?}"
    );
}

/// Proves: TG-22.1b
#[tokio::test]
async fn a_restart_in_the_middle_goes_on_and_does_not_ask_twice() {
    let away = mysign().await;
    away.served.fake.lock().unwrap().status = Some(json!({"status": "4000"}));
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run().await;
    let other = away.restarted();
    away.served.fake.lock().unwrap().status = None;
    away.served.decide(Decision::Agree(0));
    away.served.pass(10);
    for _ in 0..10 {
        away.pass(2);
        away.run_at(&other).await;
    }
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("signed"), "{remote:?}");
    let asked = away.served.asked();
    let requests = asked.iter().filter(|it| it.ends_with("signHash")).count();
    assert_eq!(requests, 1, "{asked:?}");
    assert_eq!(away.desk.state(&id).await, OutgoingTag::Signed);
}

#[tokio::test]
async fn a_lost_answer_is_not_repeated() {
    // MySign keeps no name of ours: a person has to look.
    let away = mysign().await;
    away.served.mishap("signHash", Mishap::AnswerLost);
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run_for(60).await;
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("remote-answer-lost"));
    assert!(remote.is_open_question);
    let asked = away.served.asked();
    assert_eq!(
        asked.iter().filter(|it| it.ends_with("signHash")).count(),
        1
    );
}

/// Where the service keeps our name, what became of the request is asked for.
#[tokio::test]
async fn s7_a_lost_answer_is_asked_for_by_our_own_name() {
    let away = smartca().await;
    away.served.decide(Decision::Agree(0));
    away.served.mishap("signatures/sign", Mishap::AnswerLost);
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run_for(100).await;
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("signed"), "{remote:?}");
    assert_eq!(away.desk.state(&id).await, OutgoingTag::Signed);
}

/// Proves: TD-2.3
#[tokio::test]
async fn s12_the_code_stands_on_the_page_before_the_phone_asks() {
    let away = mssp(Form::Soap).await;
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    let code = opened.at_service.unwrap().code;
    assert!(away.served.asked().is_empty(), "the phone asks afterwards");
    away.run().await;
    let displayed = away.served.fake.lock().unwrap().displayed.clone();
    let [shown] = displayed.as_slice() else {
        panic!("{displayed:?}")
    };
    assert!(shown.starts_with(&format!("Ma {code}: Ky: ")), "{shown}");
    let state = away.state(&opened.signing_id).await;
    assert_eq!(state.remote.unwrap().row.code, code);
}

#[tokio::test]
async fn one_agreement_covers_what_the_key_allows_and_no_more() {
    let away = csc(LATER).await;
    away.served.decide(Decision::Agree(0));
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(away.desk.approved().await);
    }
    let opened = away.open_all(&ids).await.unwrap();
    away.run_for(60).await;
    for id in &ids {
        assert_eq!(away.desk.state(id).await, OutgoingTag::Signed);
    }
    let state = away.state(&opened.signing_id).await;
    assert!(state.items.iter().all(|it| it.state == ItemState::Signed));
    let asked = {
        let fake = away.served.fake.lock().unwrap();
        (fake.authorizations, fake.batches.clone())
    };
    assert_eq!(asked, (1, vec![3]));
    // A SIM signs one at a time.
    let away = mssp(Form::Soap).await;
    let ids = [away.desk.approved().await, away.desk.approved().await];
    let met = away.open_all(&ids).await;
    assert_eq!(refusal(met), RefusalCode::RemoteTooMany);
}

#[tokio::test]
async fn a_document_that_moved_on_meanwhile_takes_no_signature() {
    let away = smartca().await;
    away.served.decide(Decision::Nothing);
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run().await;
    away.desk.meddle(&id, |_| ()).await;
    away.served.decide(Decision::Agree(0));
    away.run_for(60).await;
    let state = away.state(&opened.signing_id).await;
    assert_eq!(state.items[0].state, ItemState::Failed);
    let problem = state.items[0].problem.as_ref().unwrap();
    assert_eq!(problem["code"], "signing-document-changed");
    assert_eq!(away.desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

/// Proves: KH-2, TG-22.1b
#[tokio::test]
async fn another_s_key_is_neither_described_nor_linked_and_the_try_is_recorded() {
    let away = mysign().await;
    let app = &away.desk.world.app;
    let clerk = &away.desk.office.clerk;
    let input = || Look {
        service: "thu".to_owned(),
        holder: "84912345678".to_owned(),
        token: None,
    };
    let found = look(app, clerk, input()).await.unwrap();
    assert_eq!(
        found[0].why_not.as_ref().unwrap().code,
        RefusalCode::CertificateNotYours
    );
    assert!(found[0].subject.is_empty() && found[0].serial.is_empty());
    let met = link(app, clerk, input(), "chung-thu-1").await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
    let acts = away.desk.world.acts(clerk.person_id()).await;
    assert!(acts.contains(&"credential-refused"), "{acts:?}");
    let seen = crate::device::tests::found(&away.desk).await;
    assert_eq!(seen, [FindingKind::CertificateOfAnother]);
    // Nor may another sign with the leader's linked key.
    let id = away.desk.approved().await;
    let met = open(app, clerk, away.order(&[id])).await;
    assert_eq!(refusal(met), RefusalCode::SigningMeansNotOffered);
}

/// Proves: KH-2
#[tokio::test]
async fn a_certificate_that_is_not_on_record_is_not_linked() {
    let away = mysign().await;
    let same_name = away.unrecorded(&away.desk.office.leader.full_name);
    away.served.fake.lock().unwrap().chain = vec![STANDARD.encode(same_name.der())];
    let input = Look {
        service: "thu".to_owned(),
        holder: "84912345678".to_owned(),
        token: None,
    };
    let app = &away.desk.world.app;
    let met = link(app, &away.desk.office.leader, input, "chung-thu-1").await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotOnRecord);
}

#[tokio::test]
async fn a_key_is_linked_once_and_taken_off() {
    let away = mysign().await;
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let input = || Look {
        service: "thu".to_owned(),
        holder: "84912345678".to_owned(),
        token: None,
    };
    let met = link(app, leader, input(), "chung-thu-1").await;
    assert_eq!(refusal(met), RefusalCode::CredentialLinkedAlready);
    let keys = list::list(app, leader).await.unwrap();
    assert_eq!((keys.len(), keys[0].means), (1, Some(Means::Service)));
    remove(app, leader, &away.credential).await.unwrap();
    assert!(list::list(app, leader).await.unwrap().is_empty());
    let id = away.desk.approved().await;
    let met = away.open(&id).await;
    assert_eq!(refusal(met), RefusalCode::SigningMeansNotOffered);
    link(app, leader, input(), "chung-thu-1").await.unwrap();
}

/// Proves: TG-22.1b
#[tokio::test]
async fn a_key_that_wants_its_pin_from_us_is_not_linked() {
    let away = csc("").await;
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    remove(app, leader, &away.credential).await.unwrap();
    away.served.fake.lock().unwrap().auth_mode = "explicit";
    let input = Look {
        service: "thu".to_owned(),
        holder: "84912345678".to_owned(),
        token: None,
    };
    let met = link(app, leader, input, "chung-thu-1").await;
    assert_eq!(refusal(met), RefusalCode::RemoteFactorNotCarried);
}

#[tokio::test]
async fn a_service_is_for_its_agencies_and_no_machine_consents_there() {
    let away = csc("agencies = [\"H01.01\"]").await;
    let app = &away.desk.world.app;
    let there = &away.desk.to.leader;
    assert!(list::offered(app, there).await.unwrap().is_empty());
    let id = away.desk.approved().await;
    let mut order = away.order(&[id]);
    order.consent = Consent::Automatic;
    let met = open(app, &away.desk.office.leader, order).await;
    assert_eq!(refusal(met), RefusalCode::SigningConsentAutomaticRefused);
}

/// The clerk's agency signs by a service too, where its certificate is on record with the clerk as keeper.
#[tokio::test]
async fn an_agency_s_key_at_a_service_seals_and_does_not_sign_for_a_person() {
    let away = Away::of_agency(&csc_of(2, ""), |hand, chain| {
        FakeCsc::with(hand, chain, Version::V2)
    })
    .await;
    away.served.decide(Decision::Agree(0));
    let (id, _) = away.desk.numbered().await;
    let (app, clerk) = (&away.desk.world.app, &away.desk.office.clerk);
    let mut order = away.order(std::slice::from_ref(&id));
    order.purpose = Purpose::Seal;
    open(app, clerk, order).await.unwrap();
    away.run_for(30).await;
    assert_eq!(away.desk.state(&id).await, OutgoingTag::Sealed);
    let sealed = away
        .desk
        .bytes(away.desk.row(&id).await.sealed_blob.as_deref())
        .await;
    assert_eq!(inspect(&sealed).unwrap().signatures.len(), 2);
    assert!(matches!(away.desk.of_agency(), Holder::Agency { .. }));
}

/// Proves: KH-2
#[tokio::test]
async fn a_holder_agrees_on_the_service_s_page_in_the_same_browser_session_only() {
    let away = Away::unlinked(&csc_of(2, PAGE), KeySpec::EcP256, |hand, chain| {
        let mut fake = FakeCsc::with(hand, chain, Version::V2);
        fake.auth_mode = "oauth2code";
        fake
    })
    .await;
    let app = &away.desk.world.app;
    let leader = &away.desk.office.leader;
    let (mine, elsewhere) = (session(leader, "a"), session(leader, "b"));
    // First to see the keys.
    let url = to_look(app, &mine, "thu", "").await.unwrap();
    let query = away.served.fake.lock().unwrap().browse(&away.seen(&url));
    let met = returned(app, &elsewhere, &query).await.map(|_| ());
    assert_eq!(refusal(met), RefusalCode::Csrf);
    let back = returned(app, &mine, &query).await.unwrap();
    assert!(matches!(back, Returned::MayLook(ref service) if service == "thu"));
    let met = returned(app, &mine, &query).await.map(|_| ());
    assert_eq!(refusal(met), RefusalCode::Csrf, "a round is good once");
    let looked = look_for(app, &mine, "thu", "");
    assert!(look_for(app, &elsewhere, "thu", "").token.is_none());
    assert!(
        look(app, leader, looked.clone()).await.unwrap()[0]
            .why_not
            .is_none()
    );
    let credential = link(app, leader, looked, "chung-thu-1").await.unwrap();
    // Then to agree.
    let id = away.desk.approved().await;
    let mut order = away.order(std::slice::from_ref(&id));
    order.credential = Some(credential);
    let opened = open(app, leader, order).await.unwrap();
    away.run().await;
    let page = to_agree(app, &mine, &opened.signing_id)
        .await
        .unwrap()
        .unwrap();
    let clerk = session(&away.desk.office.clerk, "c");
    let met = to_agree(app, &clerk, &opened.signing_id).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    let query = away.served.fake.lock().unwrap().browse(&away.seen(&page));
    let met = returned(app, &elsewhere, &query).await.map(|_| ());
    assert_eq!(refusal(met), RefusalCode::Csrf);
    returned(app, &mine, &query).await.unwrap();
    away.run_for(10).await;
    assert_eq!(away.desk.state(&id).await, OutgoingTag::Signed);
}

#[tokio::test]
async fn a_holder_who_refuses_on_the_page_has_refused() {
    let away = Away::new(&csc_of(2, ""), KeySpec::EcP256, |hand, chain| {
        let mut fake = FakeCsc::with(hand, chain, Version::V2);
        fake.auth_mode = "oauth2code";
        fake
    })
    .await;
    away.served.decide(Decision::Refuse(0));
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run().await;
    let mine = session(leader, "a");
    let page = to_agree(app, &mine, &opened.signing_id)
        .await
        .unwrap()
        .unwrap();
    let query = away.served.fake.lock().unwrap().browse(&away.seen(&page));
    returned(app, &mine, &query).await.unwrap();
    away.run_for(10).await;
    let remote = away.state(&opened.signing_id).await.remote.unwrap();
    assert_eq!(remote.row.ending.as_deref(), Some("remote-refused"));
    assert_eq!(remote.row.certainty, Some(Certainty::NothingSigned));
}

#[tokio::test]
async fn the_signed_file_is_judged_as_any_other() {
    let away = mysign().await;
    away.served.decide(Decision::Agree(0));
    let id = away.desk.approved().await;
    away.open(&id).await.unwrap();
    away.run_for(60).await;
    let row = away.desk.row(&id).await;
    let file = away.desk.bytes(row.signed_blob.as_deref()).await;
    let app = &away.desk.world.app;
    let report = crate::verify::report(app, file).await.unwrap();
    assert_eq!(report.signatures[0].indication, Indication::TotalPassed);
}
