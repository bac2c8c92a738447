use std::sync::Arc;
use std::sync::atomic::Ordering;

use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::certificate::{CertificateState, Holder};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_layout::extract_text;
use vanthu_pki::authority::{Authority, Revocation};
use vanthu_pki::{SoftKey, Strength, Time};
use vanthu_signing::{
    BaselineLevel, Indication, PageFacts, Rect, inspect, is_extension, protection,
};
use vanthu_store::ledger;

use super::answer::answer;
use super::cancel::{cancel_by_agent, cancel_by_caller};
use super::fetch::{By, fetch};
use super::lasting::with_evidence;
use super::open::{OpenSigning, open};
use super::paper::{AGENCY_FIELD, About, DATE_FIELD, NUMBER_FIELD, attachment_request};
use super::show::show;
use super::state::state;
use super::{Consent, ItemState, Means, Purpose, SessionState};
use crate::outgoing::attach::attach;
use crate::outgoing::save::save;
use crate::outgoing::take_back::take_back;
use crate::practice::authority::{PracticeAuthority, serial, validity, write_revoked};
use crate::system::SystemRandomness;
use crate::test::equipped::{Desk, refusal};
use crate::test::paper;
use crate::{App, Mode, verify};

/// Proves: TG-3, TG-10.6, AG-13.2, AG-17.3d
#[tokio::test]
async fn a_document_with_both_signatures_passes_and_keeps_every_byte() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let (id, number) = desk.numbered().await;
    let clerk = &desk.office.clerk;
    let signing_id = desk.sign(clerk, Purpose::Seal, &id).await.unwrap();
    let row = desk.row(&id).await;
    assert_eq!(row.state.tag(), OutgoingTag::Sealed);
    let submitted = desk.bytes(row.current_blob.as_deref()).await;
    let signed = desk.bytes(row.signed_blob.as_deref()).await;
    let sealed = desk.bytes(row.sealed_blob.as_deref()).await;
    assert!(is_extension(&submitted, &signed) && is_extension(&signed, &sealed));
    let report = verify::report(app, sealed.clone()).await.unwrap();
    assert!(report.is_passed(), "{report:#?}");
    assert_eq!(report.signatures.len(), 2);
    assert!(report.signatures.iter().all(|it| it.timestamp.is_some()));
    // Provable from the file alone: level B-LT, and judged without asking anybody.
    let at = Time::from_unix(app.now().unix_seconds());
    let roots = app.trust.roots();
    let kept = protection(&sealed, &roots, Strength::vietnam(), at).unwrap();
    assert_eq!(kept.level, Some(BaselineLevel::BLt));
    desk.world.status.store(false, Ordering::SeqCst);
    let alone = verify::report(app, sealed.clone()).await.unwrap();
    assert!(alone.is_passed(), "{alone:#?}");
    desk.world.status.store(true, Ordering::SeqCst);
    let facts = inspect(&sealed).unwrap();
    let value = |name: &str| {
        let field = facts.fields.iter().find(|it| it.name == name).unwrap();
        field.value.clone().unwrap()
    };
    let digits = number.notation.split('/').next().unwrap();
    assert_eq!(value(NUMBER_FIELD), digits);
    assert_eq!(value(DATE_FIELD), number.day.legal_text());
    let session = state(app, clerk, &signing_id).await.unwrap().row;
    assert_eq!(session.state, SessionState::Done);
    // Nobody else follows the session.
    let met = state(app, &desk.office.leader, &signing_id).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
}

/// Proves: AG-17.3d, TG-10.1
#[tokio::test]
async fn only_what_the_authorised_person_has_signed_is_sealed() {
    let desk = Desk::new().await;
    let (id, _) = desk.numbered().await;
    let row = desk.row(&id).await;
    let signed = desk.bytes(row.signed_blob.as_deref()).await;
    let mut altered = signed.clone();
    // The year in the claimed time of signing.
    let time = altered.windows(6).rposition(|it| it == b"/M (D:").unwrap();
    altered[time + 9] ^= 1;
    let mut before = signed.clone();
    before[200] ^= 1;
    let other = desk.begun().await;
    let mut whole = desk.whole(&other, 1);
    whole.body = "Nội dung của văn bản khác.".to_owned();
    let drafter = &desk.office.specialist;
    save(&desk.world.app, drafter, whole).await.unwrap();
    desk.send_up(&other).await;
    let leader = &desk.office.leader;
    desk.sign(leader, Purpose::Person, &other).await.unwrap();
    let other = desk.row(&other).await.signed_blob;
    for (what, blob, code) in [
        (
            "not signed at all",
            row.current_blob.clone(),
            RefusalCode::SignatureMissing,
        ),
        (
            "another document's signed file",
            other,
            RefusalCode::NotAnExtension,
        ),
        (
            "altered in what was submitted",
            Some(desk.blob(before).await),
            RefusalCode::NotAnExtension,
        ),
    ] {
        desk.meddle(&id, |it| it.signed_blob.clone_from(&blob))
            .await;
        assert_eq!(desk.refused(Purpose::Seal, &id).await, code, "{what}");
    }
    let blob = desk.blob(altered).await;
    desk.meddle(&id, |it| it.signed_blob = Some(blob.clone()))
        .await;
    let met = desk.refused(Purpose::Seal, &id).await;
    assert_eq!(met, RefusalCode::SignatureInvalid);
    // A file that somebody has sealed already.
    let (done, _) = desk.numbered().await;
    let clerk = &desk.office.clerk;
    let numbered = desk.row(&done).await.state;
    desk.sign(clerk, Purpose::Seal, &done).await.unwrap();
    desk.meddle(&done, |it| {
        it.signed_blob = it.sealed_blob.take();
        it.state = numbered.clone();
    })
    .await;
    let met = desk.refused(Purpose::Seal, &done).await;
    assert_eq!(met, RefusalCode::NotAnExtension);
    // Another person's certificate.
    desk.meddle(&id, |it| it.signed_blob.clone_from(&row.signed_blob))
        .await;
    let other = Holder::Person {
        person_id: desk.office.head.person_id().clone(),
    };
    desk.amend(&desk.of_leader(), |it| it.record.holder = other.clone())
        .await;
    let met = desk.refused(Purpose::Seal, &id).await;
    assert_eq!(met, RefusalCode::SignatureNotByAuthorised);
    assert_eq!(desk.state(&id).await, OutgoingTag::Numbered);
}

/// Proves: AG-13.2
#[tokio::test]
async fn the_day_of_the_seal_is_the_day_of_issue() {
    let desk = Desk::new().await;
    let (id, number) = desk.numbered().await;
    let tomorrow = number.day.plus_days(1).at_minute(480);
    desk.world.clock.move_to(tomorrow);
    let met = desk.refused(Purpose::Seal, &id).await;
    assert_eq!(met, RefusalCode::SealDayDiffers);
}

/// Proves: AG-17.3c, TG-22.1a, AG-16.1
#[tokio::test]
async fn only_the_recorded_keeper_signs_for_the_agency() {
    let desk = Desk::new().await;
    let (id, _) = desk.numbered().await;
    for keeper in [None, Some(desk.office.head.person_id().clone())] {
        let agency_id = desk.office.agency.agency_id.clone();
        let holder = Holder::Agency { agency_id, keeper };
        desk.amend(&desk.of_agency(), |it| it.record.holder = holder.clone())
            .await;
        let met = desk.refused(Purpose::Seal, &id).await;
        assert_eq!(met, RefusalCode::SealHolderNotRecorded);
    }
    // And whoever is no clerk does not seal, device or not.
    desk.amend(&desk.of_agency(), |it| it.record.holder = desk.of_agency())
        .await;
    for caller in [&desk.office.specialist, &desk.office.leader] {
        refusal(desk.open(caller, Purpose::Seal, &id).await);
    }
    let clerk = &desk.office.clerk;
    desk.sign(clerk, Purpose::Seal, &id).await.unwrap();
}

/// Proves: TG-18, TG-25.3
#[tokio::test]
async fn a_certificate_that_may_not_sign_is_refused_with_its_reason() {
    let desk = Desk::new().await;
    let id = desk.approved().await;
    let leader = desk.of_leader();
    for (state, code) in [
        (
            CertificateState::Suspended,
            RefusalCode::CertificateSuspended,
        ),
        (CertificateState::Revoked, RefusalCode::CertificateRevoked),
    ] {
        desk.amend(&leader, |it| it.record.state = state).await;
        assert_eq!(desk.refused(Purpose::Person, &id).await, code);
    }
    // The authority that issued it leads to no anchor.
    let now = desk.world.app.now();
    let key = SoftKey::generate_p256().unwrap();
    let its = validity(now, 400, 4000);
    let name = "Gốc chứng thực không rõ";
    let stranger = Authority::root(key, name, its, serial(&SystemRandomness)).unwrap();
    desk.issue(leader.clone(), validity(now, 30, 300), Some(&stranger))
        .await;
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::CertificateUnknownIssuer);
    // All of them are out of time some day.
    desk.amend(&leader, |it| it.record.state = CertificateState::Effective)
        .await;
    desk.world.clock.move_to(now.plus_seconds(400 * 86_400));
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::CertificateExpired);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

#[tokio::test]
async fn nobody_signs_without_a_certificate_a_picture_or_an_authority() {
    let desk = Desk::new().await;
    let id = desk.approved().await;
    // Only the chosen signer.
    for caller in [&desk.office.head, &desk.office.clerk, &desk.to.leader] {
        refusal(desk.open(caller, Purpose::Person, &id).await);
    }
    let other = Holder::Person {
        person_id: desk.office.head.person_id().clone(),
    };
    desk.amend(&desk.of_leader(), |it| it.record.holder = other.clone())
        .await;
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::CertificateNotOnRecord);
}

/// Proves: TG-18
#[tokio::test]
async fn a_certificate_on_the_list_of_its_authority_does_not_sign() {
    let desk = Desk::new().await;
    let id = desk.approved().await;
    let now = desk.world.app.now();
    let its = validity(now, 30, 300);
    desk.amend(&desk.of_leader(), |it| {
        it.record.state = CertificateState::Suspended;
    })
    .await;
    let made = desk.issue(desk.of_leader(), its, None).await;
    let folder = desk.world.folder().join("authority");
    let revoked = Revocation {
        serial: made.serial().to_vec(),
        at: Time::from_unix(now.unix_seconds()).plus_days(-1),
        reason: Some(1),
    };
    write_revoked(&folder, &[revoked]).unwrap();
    let app = with_fresh_lists(&desk, Mode::Practice);
    let met = open(&app, &desk.office.leader, order(&id)).await;
    assert_eq!(refusal(met), RefusalCode::CertificateRevoked);
}

/// Proves: TG-18
#[tokio::test]
async fn a_status_that_is_not_known_is_never_taken_for_good() {
    let desk = Desk::new().await;
    let (id, _) = desk.numbered().await;
    let waiting = desk.approved().await;
    let opened = desk
        .open(&desk.office.leader, Purpose::Person, &waiting)
        .await;
    let given = desk.answers(&opened.unwrap()).await.unwrap().remove(0);
    desk.world.status.store(false, Ordering::SeqCst);
    for (purpose, id) in [(Purpose::Seal, &id), (Purpose::Person, &waiting)] {
        let met = desk.refused(purpose, id).await;
        assert_eq!(met, RefusalCode::RevocationUnknown);
    }
    // Not even where it was known when the session was opened.
    let met = answer(&desk.world.app, given.clone()).await;
    assert_eq!(refusal(met), RefusalCode::RevocationUnknown);
    let signed = desk.bytes(desk.row(&id).await.signed_blob.as_deref()).await;
    let report = verify::report(&desk.world.app, signed).await.unwrap();
    assert!(!report.is_passed());
    assert_eq!(report.signatures[0].indication, Indication::Indeterminate);
    // Once it is known, the same answer is good.
    desk.world.status.store(true, Ordering::SeqCst);
    answer(&desk.world.app, given).await.unwrap();
    assert_eq!(desk.state(&waiting).await, OutgoingTag::Signed);
}

/// A seal does not fail for want of evidence about others than its own certificate: the file stays as it is, and its level
/// says so.
#[tokio::test]
async fn evidence_goes_into_the_file_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let (id, _) = desk.numbered().await;
    let signed = desk.bytes(desk.row(&id).await.signed_blob.as_deref()).await;
    desk.world.status.store(false, Ordering::SeqCst);
    let silent = with_evidence(app, signed.clone()).await.unwrap();
    assert_eq!(silent, (signed.clone(), BaselineLevel::BT));
    desk.world.status.store(true, Ordering::SeqCst);
    let (lasting, level) = with_evidence(app, signed.clone()).await.unwrap();
    assert!(is_extension(&signed, &lasting));
    assert_eq!(level, BaselineLevel::BLt);
}

/// Proves: TG-22.1b, KH-2
#[tokio::test]
async fn a_session_is_fetched_once_and_answered_once() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let leader = &desk.office.leader;
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    let met = fetch(app, &opened.signing_id, "another secret", &By::default()).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    let given = desk.answers(&opened).await.unwrap().remove(0);
    let met = fetch(app, &opened.signing_id, &opened.token, &By::default()).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionUsed);
    let mut wrong = given.clone();
    wrong.token = "another secret".to_owned();
    assert_eq!(refusal(answer(app, wrong).await), RefusalCode::NotFound);
    let mut wrong = given.clone();
    wrong.item_id = "out_nothing".to_owned();
    assert_eq!(refusal(answer(app, wrong).await), RefusalCode::NotFound);
    answer(app, given.clone()).await.unwrap();
    let (version, blob) = (desk.row(&id).await.version, desk.row(&id).await.signed_blob);
    let acts = desk.world.acts(&id).await;
    // The agent did not hear that it was taken, and gives the very same answer again: done, and nothing changes.
    answer(app, given.clone()).await.unwrap();
    // Any other signature is a second answer.
    let mut other = given.clone();
    *other.signature.last_mut().unwrap() ^= 1;
    let mut none = given.clone();
    none.signature.clear();
    let mut secret = given;
    secret.token = "another secret".to_owned();
    for (wrong, code) in [
        (other, RefusalCode::SigningSessionUsed),
        (none, RefusalCode::SigningSessionUsed),
        (secret, RefusalCode::NotFound),
    ] {
        assert_eq!(refusal(answer(app, wrong).await), code);
    }
    assert_eq!(desk.row(&id).await.version, version);
    assert_eq!(desk.row(&id).await.signed_blob, blob);
    assert_eq!(desk.world.acts(&id).await, acts);
}

/// Proves: TG-5.1
#[tokio::test]
async fn two_answers_at_the_same_time_sign_once() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let opened = desk.open(&desk.office.leader, Purpose::Person, &id).await;
    let given = desk.answers(&opened.unwrap()).await.unwrap().remove(0);
    let (one, two) = tokio::join!(answer(app, given.clone()), answer(app, given));
    assert!(one.is_ok() || two.is_ok());
    // The later one is refused, or so late that it is the same answer again.
    for refused in [one, two].into_iter().filter(Result::is_err) {
        assert!(matches!(
            refusal(refused),
            RefusalCode::SigningSessionUsed | RefusalCode::SigningDocumentChanged
        ));
    }
    let acts = desk.world.acts(&id).await;
    assert_eq!(acts.iter().filter(|it| **it == "signed").count(), 1);
}

#[tokio::test]
async fn a_late_answer_changes_nothing() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let opened = desk.open(&desk.office.leader, Purpose::Person, &id).await;
    let opened = opened.unwrap();
    let second = desk.open(&desk.office.leader, Purpose::Person, &id).await;
    let given = desk.answers(&opened).await.unwrap().remove(0);
    desk.world.clock.move_to(opened.expires_at.plus_seconds(1));
    let met = answer(app, given).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionExpired);
    // Nor is an old session fetched.
    desk.world
        .clock
        .move_to(opened.expires_at.plus_seconds(600));
    let met = desk.answers(&second.unwrap()).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionExpired);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

/// Proves: AG-6, KH-2
#[tokio::test]
async fn a_signature_by_another_key_changes_nothing() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let opened = desk.open(&desk.office.leader, Purpose::Person, &id).await;
    let given = desk.answers(&opened.unwrap()).await.unwrap().remove(0);
    let key = SoftKey::generate_p256().unwrap();
    let mut wrong = given.clone();
    wrong.signature = key.sign(key.default_algorithm(), b"something").unwrap();
    let met = answer(app, wrong.clone()).await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
    wrong.signature = b"no signature".to_vec();
    let met = answer(app, wrong).await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
    // The right one is still good.
    answer(app, given).await.unwrap();
}

#[tokio::test]
async fn an_answer_for_a_document_that_has_moved_on_is_a_conflict() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let opened = desk.open(&desk.office.leader, Purpose::Person, &id).await;
    let given = desk.answers(&opened.unwrap()).await.unwrap().remove(0);
    take_back(app, &desk.office.specialist, &id, None)
        .await
        .unwrap();
    let met = answer(app, given.clone()).await;
    assert_eq!(refusal(met), RefusalCode::SigningDocumentChanged);
    // Nor does it fit when the document has come to the same place again.
    desk.send_up(&id).await;
    let met = answer(app, given).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionUsed);
    assert_eq!(desk.row(&id).await.signed_blob, None);
}

/// Several documents in one session: what can't be prepared is left out with why, what moves on
/// meanwhile fails alone, and the others are signed.
///
/// Proves: TG-22.1b, TG-5.1
#[tokio::test]
async fn a_batch_gives_a_result_for_each_document() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let leader = &desk.office.leader;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(desk.approved().await);
    }
    let draft = desk.drafted().await;
    let mut batch = order(&ids[0]);
    batch.documents = ids.clone();
    batch.documents.insert(2, draft.clone());
    batch.documents.push(ids[0].clone());
    let opened = open(app, leader, batch).await.unwrap();
    let codes = opened
        .left_out
        .iter()
        .map(|it| (&it.outgoing_id, it.refusal.code));
    assert_eq!(codes.collect::<Vec<_>>(), [(&draft, RefusalCode::NotFound)]);
    // Longer than a session for one.
    let lasts = opened.expires_at.seconds_since(app.now());
    assert!((324..=325).contains(&lasts), "{lasts}");
    let given = desk.answers(&opened).await.unwrap();
    assert_eq!(given.len(), 5);
    take_back(app, &desk.office.specialist, &ids[3], None)
        .await
        .unwrap();
    for (one, id) in given.into_iter().zip(&ids) {
        let met = answer(app, one).await;
        if *id == ids[3] {
            assert_eq!(refusal(met), RefusalCode::SigningDocumentChanged);
        } else {
            met.unwrap();
        }
    }
    let progress = state(app, leader, &opened.signing_id).await.unwrap();
    assert_eq!(progress.row.state, SessionState::Done);
    for item in &progress.items {
        let expected = if item.outgoing_id == ids[3] {
            ItemState::Failed
        } else if item.outgoing_id == draft {
            ItemState::Skipped
        } else {
            ItemState::Signed
        };
        assert_eq!(item.state, expected);
        let why = expected == ItemState::Signed;
        assert_eq!(item.problem.is_none(), why, "{:?}", item.problem);
    }
    assert_eq!(desk.state(&ids[3]).await, OutgoingTag::Drafting);
    // Nothing that could be prepared is no session.
    let mut none = order(&draft);
    none.documents.push(ids[0].clone());
    assert_eq!(
        refusal(open(app, leader, none).await),
        RefusalCode::NotFound
    );
}

/// Proves: TG-18
#[tokio::test]
async fn a_status_that_is_too_old_counts_as_unknown() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let folder = desk.world.folder().join("authority");
    let behind: Arc<dyn vanthu_domain::Clock> = Arc::new(crate::practice::clock::MovableClock::at(
        app.now().plus_seconds(-25 * 3600),
    ));
    let url = "http://127.0.0.1:8080";
    let old = PracticeAuthority::open_or_make(&folder, url, behind, &SystemRandomness).unwrap();
    let mut ports = app.ports.clone();
    ports.revocation = Arc::new(old.revocation());
    let trust = app.trust.clone();
    let late = App::new(
        app.store.clone(),
        ports,
        trust,
        Mode::Practice,
        url.to_owned(),
    )
    .unwrap();
    let met = open(&late, &desk.office.leader, order(&id)).await;
    assert_eq!(refusal(met), RefusalCode::RevocationUnknown);
}

#[tokio::test]
async fn consent_without_a_person_is_for_practice_only_and_is_said() {
    let desk = Desk::new().await;
    let id = desk.approved().await;
    let real = with_fresh_lists(&desk, Mode::Real);
    let met = open(&real, &desk.office.leader, order(&id)).await;
    let refused = RefusalCode::SigningConsentAutomaticRefused;
    assert_eq!(refusal(met), refused);
    // A session for a person's consent takes no other.
    let app = &desk.world.app;
    let mut by_person = order(&id);
    by_person.consent = Consent::Person;
    let opened = open(app, &desk.office.leader, by_person).await.unwrap();
    let mut given = desk.answers(&opened).await.unwrap().remove(0);
    assert_eq!(refusal(answer(app, given.clone()).await), refused);
    given.consent = Consent::Person;
    answer(app, given).await.unwrap();
    // Where nobody consented, signature and ledger say so.
    let auto = desk.signed().await;
    let signed = desk
        .bytes(desk.row(&auto).await.signed_blob.as_deref())
        .await;
    let report = verify::report(app, signed).await.unwrap();
    let text = format!("{report:?}");
    assert!(text.contains("máy ký tự đồng ý"), "{text}");
    let mut tx = app.store.read().await.unwrap();
    let entries = ledger::list_about(&mut tx, auto.as_str()).await.unwrap();
    let entry = entries.iter().find(|it| it.act.code() == "signed").unwrap();
    assert_eq!(entry.data["consent"], "automatic");
}

#[tokio::test]
async fn a_session_that_was_given_up_signs_nothing() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let leader = &desk.office.leader;
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    let given = desk.answers(&opened).await.unwrap().remove(0);
    let (signing_id, token) = (&opened.signing_id, opened.token.as_str());
    cancel_by_agent(app, signing_id, token, "wrong-pin")
        .await
        .unwrap();
    let met = answer(app, given).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionCancelled);
    let met = cancel_by_agent(app, signing_id, token, "wrong-pin").await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionCancelled);
    let session = state(app, leader, signing_id).await.unwrap().row;
    assert_eq!(session.result.as_deref(), Some("wrong-pin"));

    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    let met = cancel_by_caller(app, &desk.office.clerk, &opened.signing_id).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    cancel_by_caller(app, leader, &opened.signing_id)
        .await
        .unwrap();
    let met = cancel_by_caller(app, leader, &opened.signing_id).await;
    assert_eq!(refusal(met), RefusalCode::AlreadyDecided);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
    let failed = desk.world.acts(&id).await;
    let failed = failed.iter().filter(|it| **it == "signing-failed").count();
    assert_eq!(failed, 2);
}

/// Proves: TG-6
#[tokio::test]
async fn attached_files_get_the_agencys_signature_with_number_and_time() {
    let desk = Desk::new().await;
    let (id, original) = with_attachments(&desk).await;
    let clerk = &desk.office.clerk;
    let number = desk.row(&id).await.state.number().cloned().unwrap();
    desk.sign(clerk, Purpose::Seal, &id).await.unwrap();
    assert_eq!(desk.state(&id).await, OutgoingTag::Sealed);
    let files = desk.files(&id).await;
    assert_eq!(files.len(), 3);
    for row in files {
        let bytes = desk.bytes(Some(&row.sha256)).await;
        assert_eq!(row.bytes, i64::try_from(bytes.len()).unwrap());
        if row.media_type != "application/pdf" {
            continue;
        }
        assert!(is_extension(&original, &bytes));
        assert_eq!(inspect(&bytes).unwrap().signatures, [AGENCY_FIELD]);
        let report = verify::report(&desk.world.app, bytes.clone())
            .await
            .unwrap();
        assert_eq!(report.signatures[0].indication, Indication::TotalPassed);
        let text = extract_text(&bytes).unwrap()[0].text();
        assert!(
            text.contains(&format!("Số: {}; {}", number.notation, number.day)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_seal_given_up_half_way_leaves_everything_as_it_was() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let (id, original) = with_attachments(&desk).await;
    let clerk = &desk.office.clerk;
    let opened = desk.open(clerk, Purpose::Seal, &id).await.unwrap();
    let given = desk.answers(&opened).await.unwrap();
    assert_eq!(given.len(), 3);
    for one in given.into_iter().take(2) {
        answer(app, one).await.unwrap();
    }
    let row = desk.row(&id).await;
    assert_eq!(
        (row.state.tag(), row.sealed_blob),
        (OutgoingTag::Numbered, None)
    );
    cancel_by_caller(app, clerk, &opened.signing_id)
        .await
        .unwrap();
    for file in desk.files(&id).await {
        if file.media_type == "application/pdf" {
            assert_eq!(desk.bytes(Some(&file.sha256)).await, original);
        }
    }
    desk.sign(clerk, Purpose::Seal, &id).await.unwrap();
    assert_eq!(desk.state(&id).await, OutgoingTag::Sealed);
}

/// Proves: TG-10.6
#[test]
fn the_text_on_an_attached_file_stands_top_right_in_ten_points() {
    let about = About {
        name: "Sở Mẫu".to_owned(),
        location: "Bình Mẫu".to_owned(),
        reason: String::new(),
        at: Time::from_unix(0),
    };
    let number = vanthu_domain::outgoing::GivenNumber {
        register_id: vanthu_domain::id::RegisterId::new(Moment::from_unix_seconds(0), 1),
        number: 7,
        notation: "07/SMau-NV".to_owned(),
        day: crate::test::day(16),
    };
    let page = |rotate| PageFacts {
        area: Rect {
            x0: 0.0,
            y0: 0.0,
            x1: 595.0,
            y1: 842.0,
        },
        rotate,
        user_unit: 1.0,
    };
    let made =
        |rotate| attachment_request(&about, &number, &page(rotate), crate::test::monday()).unwrap();
    let request = made(0);
    let place = request.place.unwrap();
    assert_eq!(place.page, 0);
    assert!(place.rect.x1 > 540.0 && place.rect.y1 > 800.0);
    let turned = made(90).place.unwrap();
    assert!(
        turned.rect.x0 < 55.0 && turned.rect.y1 > 780.0,
        "what is top right when the page is shown: {turned:?}"
    );
    let vanthu_signing::Appearance::Text { lines, size } = request.appearance else {
        panic!("a text was expected")
    };
    assert!((size - 10.0).abs() < f64::EPSILON);
    assert_eq!(lines, ["Số: 07/SMau-NV; 16/11/2026; 08:00:00 +07:00"]);
    assert!(request.lock_all);
}

/// A numbered document with two PDFs, which are the same, and a text attached to it.
async fn with_attachments(desk: &Desk) -> (OutgoingId, Vec<u8>) {
    let app = &desk.world.app;
    let drafter = &desk.office.specialist;
    let id = desk.drafted().await;
    let pdf = vanthu_layout::typeset_letter(&paper(&desk.office))
        .unwrap()
        .pdf;
    for name in ["phu-luc-1.pdf", "phu-luc-2.pdf"] {
        attach(app, drafter, &id, name, pdf.clone()).await.unwrap();
    }
    let text = "Một dòng.\n".as_bytes().to_vec();
    attach(app, drafter, &id, "ghi-chu.txt", text)
        .await
        .unwrap();
    desk.send_up(&id).await;
    let leader = &desk.office.leader;
    desk.sign(leader, Purpose::Person, &id).await.unwrap();
    let clerk = &desk.office.clerk;
    crate::outgoing::give_number::give_number(app, clerk, &id, None)
        .await
        .unwrap();
    (id, pdf)
}

fn order(id: &OutgoingId) -> OpenSigning {
    OpenSigning {
        purpose: Purpose::Person,
        documents: vec![id.clone()],
        consent: Consent::Automatic,
        means: Means::Agent,
        credential: None,
        keys: Vec::new(),
    }
}

/// The same installation, with what its authority has revoked since.
fn with_fresh_lists(desk: &Desk, mode: Mode) -> Arc<App> {
    let app = &desk.world.app;
    let clock = app.ports.clock.clone();
    let folder = desk.world.folder().join("authority");
    let url = "http://127.0.0.1:8080";
    let authority =
        PracticeAuthority::open_or_make(&folder, url, clock, &SystemRandomness).unwrap();
    let mut ports = app.ports.clone();
    ports.revocation = Arc::new(authority.revocation());
    let trust = authority.trust();
    App::new(app.store.clone(), ports, trust, mode, url.to_owned()).unwrap()
}

/// Proves: TG-22.1b
#[tokio::test]
async fn the_agent_is_shown_the_very_file_that_the_digest_was_made_of() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let id = desk.approved().await;
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    let (signing_id, token) = (&opened.signing_id, opened.token.as_str());
    let early = show(app, signing_id, token, id.as_str()).await;
    assert_eq!(refusal(early), RefusalCode::SigningSessionUsed);
    let session = fetch(app, signing_id, token, &By::default()).await.unwrap();
    let item = &session.items[0];
    let file = show(app, signing_id, token, &item.item_id).await.unwrap();
    assert!(u64::try_from(file.len()).unwrap() <= session.max_file_bytes);
    let base = desk
        .bytes(desk.row(&id).await.current_blob.as_deref())
        .await;
    assert!(is_extension(&base, &file));
    let at = file
        .windows(10)
        .rposition(|it| it == b"/ByteRange")
        .unwrap();
    let text = std::str::from_utf8(&file[at + 10..at + 80]).unwrap();
    let inside = text.split_once('[').unwrap().1.split_once(']').unwrap().0;
    let range: Vec<usize> = inside
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    let (start, end) = (range[1], range[2]);
    assert_eq!((range[0], end + range[3]), (0, file.len()));
    assert!(file[start + 1..end - 1].iter().all(|byte| *byte == b'0'));
    let covered = [&file[..start], &file[end..]].concat();
    let digest = vanthu_pki::DigestAlgorithm::Sha256.digest(&covered);
    assert_eq!(digest, item.document_digest.as_bytes());
    for (secret, item) in [("another secret", item.item_id.as_str()), (token, "none")] {
        let met = show(app, signing_id, secret, item).await;
        assert_eq!(refusal(met), RefusalCode::NotFound);
    }
    cancel_by_agent(app, signing_id, token, "file-mismatch")
        .await
        .unwrap();
    let mut tx = app.store.read().await.unwrap();
    let entries = ledger::list_about(&mut tx, signing_id.as_str())
        .await
        .unwrap();
    assert_eq!(entries.last().unwrap().act, Act::SigningMismatch);
    let met = show(app, signing_id, token, id.as_str()).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionCancelled);
}
