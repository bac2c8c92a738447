//! The device at the server: who may use it, what is confirmed, and what becomes of a batch.

mod played;

use std::slice::from_ref;

use vanthu_domain::audit::Act;
use vanthu_domain::certificate::CertificateState;
use vanthu_domain::device::DeviceState;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_signing::inspect;
use vanthu_store::finding::{self, FindingFilter};
use vanthu_store::signing::{ItemState, Purpose, SessionState};
use vanthu_wire::sealer::Why;

use self::played::{PASSWORD, Play, Played, digests, exchanged};
use super::{SealerSettings, Sealers};
use crate::signing::cancel::cancel_by_caller;
use crate::signing::open::open;
use crate::test::equipped::refusal;

/// Proves: AG-17.3c, TG-22.1a
#[tokio::test]
async fn a_confirmed_batch_is_sealed_and_the_record_names_the_device_and_the_confirmation() {
    let played = Played::new().await;
    let (one, _) = played.desk.numbered().await;
    let (two, _) = played.desk.numbered().await;
    let opened = played.open(&[one.clone(), two.clone()]).await.unwrap();
    let id = &opened.signing_id;
    // Nothing is asked of the device before somebody has confirmed.
    played.run_for(30).await;
    assert_eq!(played.sealer.asked(), 0);
    played.confirm(id).await.unwrap();
    let confirmed = played.desk.world.last_entry(id).await;
    assert_eq!(confirmed.act, Act::SealConfirmed);
    assert_eq!(confirmed.data["sealer"], "thu");
    assert_eq!(confirmed.data["items"], 2);
    played.run_for(1).await;
    let now = played.progress(id).await;
    assert_eq!(now.row.state, SessionState::Done);
    assert_eq!(now.seal.unwrap().0.ending.as_deref(), Some("signed"));
    for document in [&one, &two] {
        assert_eq!(played.desk.state(document).await, OutgoingTag::Sealed);
        let row = played.desk.row(document).await;
        let file = played.desk.bytes(row.sealed_blob.as_deref()).await;
        assert_eq!(inspect(&file).unwrap().signatures.len(), 2);
        let sealed = played.desk.world.last_entry(document).await;
        assert_eq!(sealed.act, Act::Sealed);
        assert_eq!(sealed.data["means"], "sealer");
        assert_eq!(sealed.data["sealer"], "thu");
        assert_eq!(sealed.data["confirmation"], confirmed.data["confirmation"]);
    }
}

/// Proves: TG-22.1a
#[tokio::test]
async fn the_device_seals_only_where_the_regulation_says_so_and_for_the_agency_only() {
    let played = Played::forbidden().await;
    let (id, _) = played.desk.numbered().await;
    let Err(crate::AppError::Refused(met)) = played.open(from_ref(&id)).await else {
        panic!("it was not refused")
    };
    assert_eq!(met.code, RefusalCode::SealerNotAllowed);
    assert!(met.article().contains("30/2020"), "{}", met.article());

    let played = Played::new().await;
    let (app, office) = (&played.desk.world.app, &played.desk.office);
    let waits = played.desk.approved().await;
    let order = Played::order(from_ref(&waits), Purpose::Person);
    let met = refusal(open(app, &office.leader, order).await);
    assert_eq!(met, RefusalCode::SealerAgencyOnly);
    let (id, _) = played.desk.numbered().await;
    // Who does not keep the agency's device on record: refused, and recorded.
    let met = refusal(open(app, &office.leader, Played::order(&[id], Purpose::Seal)).await);
    assert_eq!(met, RefusalCode::SealHolderNotRecorded);
    let mut tx = app.store.read().await.unwrap();
    let page = finding::list(&mut tx, &FindingFilter::default(), None, 5).await;
    assert_eq!(
        page.unwrap().items[0].kind,
        FindingKind::CertificateOfAnother
    );
    drop(tx);
    // Another agency's seal is on no device here.
    let order = Played::order(&[waits], Purpose::Seal);
    let met = refusal(open(app, &played.desk.to.clerk, order).await);
    assert_eq!(met, RefusalCode::SigningMeansNotOffered);
}

#[tokio::test]
async fn a_device_that_is_on_record_with_somebody_else_or_nowhere_seals_nothing() {
    let played = Played::new().await;
    let (id, _) = played.desk.numbered().await;
    let device = played
        .desk
        .device_of(&played.desk.office.clerk)
        .await
        .record
        .device_id;
    let opened = played.open(from_ref(&id)).await.unwrap();
    let leader = played.desk.office.leader.person_id().clone();
    let since = played.desk.world.app.now();
    played
        .desk
        .change_device(&device, |row| {
            row.record.state = DeviceState::Held {
                since,
                holder: leader.clone(),
            };
        })
        .await;
    // Handed over between opening and confirming.
    let met = refusal(played.confirm(&opened.signing_id).await);
    assert_eq!(met, RefusalCode::DeviceNotYours);
    assert_eq!(
        refusal(played.open(&[id]).await),
        RefusalCode::DeviceNotYours
    );
    played.run_for(10).await;
    assert_eq!(played.sealer.asked(), 0);
}

#[tokio::test]
async fn another_certificate_on_the_device_and_one_that_is_suspended_seal_nothing() {
    let played = Played::new().await;
    let (id, _) = played.desk.numbered().await;
    let opened = played.open(from_ref(&id)).await.unwrap();
    let of = played.desk.of_agency();
    let set = async |state| played.desk.amend(&of, |it| it.record.state = state).await;
    set(CertificateState::Suspended).await;
    let met = refusal(played.confirm(&opened.signing_id).await);
    assert_eq!(met, RefusalCode::CertificateSuspended);
    assert_eq!(
        refusal(played.open(from_ref(&id)).await),
        RefusalCode::CertificateSuspended
    );
    set(CertificateState::Effective).await;
    exchanged(&played).await;
    let met = refusal(played.open(&[id]).await);
    assert_eq!(met, RefusalCode::SealerOtherCertificate);
    assert_eq!(played.sealer.asked(), 0);
}

/// Proves: KH-2
#[tokio::test]
async fn a_wrong_password_confirms_nothing_is_recorded_and_counts_like_a_sign_in() {
    let played = Played::new().await;
    let (id, _) = played.desk.numbered().await;
    let opened = played.open(&[id]).await.unwrap();
    let id = &opened.signing_id;
    let list = played.list_of(id).await;
    let clerk = &played.desk.office.clerk;
    for _ in 0..5 {
        let met = refusal(played.confirm_as(clerk, id, &list, "doan-mo").await);
        assert_eq!(met, RefusalCode::PasswordNotConfirmed);
        let entry = played.desk.world.last_entry(id).await;
        assert_eq!(entry.act, Act::SealConfirmationRefused);
        assert!(!entry.data.to_string().contains("doan-mo"));
    }
    let met = refusal(played.confirm_as(clerk, id, &list, PASSWORD).await);
    assert_eq!(met, RefusalCode::AccountLocked);
    played.run_for(5).await;
    assert_eq!(played.sealer.asked(), 0);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn a_confirmation_is_good_once_for_one_list_by_one_person_within_minutes() {
    let played = Played::new().await;
    let (one, _) = played.desk.numbered().await;
    let (two, _) = played.desk.numbered().await;
    let office = &played.desk.office;
    // By somebody else.
    let opened = played.open(from_ref(&one)).await.unwrap();
    let list = played.list_of(&opened.signing_id).await;
    let by_leader = played.confirm_as(&office.leader, &opened.signing_id, &list, PASSWORD);
    assert_eq!(refusal(by_leader.await), RefusalCode::NotFound);
    // For the list of another session: void, and so is the session.
    let other = played.open(from_ref(&two)).await.unwrap();
    let wrong = played
        .confirm_as(&office.clerk, &other.signing_id, &list, PASSWORD)
        .await;
    assert_eq!(refusal(wrong), RefusalCode::SealListChanged);
    let met = refusal(played.confirm(&other.signing_id).await);
    assert_eq!(met, RefusalCode::SigningSessionCancelled);
    // A document of it has changed.
    let changed = played.open(&[one.clone(), two.clone()]).await.unwrap();
    played.desk.meddle(&two, |row| row.subject.push('!')).await;
    let met = refusal(played.confirm(&changed.signing_id).await);
    assert_eq!(met, RefusalCode::SealListChanged);
    // Too late.
    let late = played.open(from_ref(&one)).await.unwrap();
    let after = late.expires_at.plus_seconds(1);
    played.desk.world.clock.move_to(after);
    let met = refusal(played.confirm(&late.signing_id).await);
    assert_eq!(met, RefusalCode::SigningSessionExpired);
    assert_eq!(played.sealer.asked(), 0);
    // Twice.
    let id = played.begun(from_ref(&one)).await;
    assert_eq!(
        refusal(played.confirm(&id).await),
        RefusalCode::SigningSessionUsed
    );
    // While it is sealed, no other session takes the document.
    assert_eq!(
        refusal(played.open(from_ref(&one)).await),
        RefusalCode::SealUnderWay
    );
    played.run_for(1).await;
    assert_eq!(played.desk.state(&one).await, OutgoingTag::Sealed);
    assert_eq!(
        refusal(played.confirm(&id).await),
        RefusalCode::SigningSessionUsed
    );
    assert_eq!(played.sealer.made(), 1);
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_loses_and_doubles_no_seal() {
    let played = Played::new().await;
    let mut documents = Vec::new();
    for _ in 0..3 {
        documents.push(played.desk.numbered().await.0);
    }
    played.sealer.plays(Play::BreaksAfter(1));
    let id = played.begun(&documents).await;
    played.run_for(1).await;
    let now = played.progress(&id).await;
    assert_eq!(now.row.state, SessionState::Fetched);
    let signed = now.items.iter().filter(|it| it.state == ItemState::Signed);
    assert_eq!(signed.count(), 1);
    let before = digests(&now);
    played.run_for(10).await;
    let now = played.progress(&id).await;
    assert_eq!(now.row.state, SessionState::Done);
    assert_eq!(digests(&now), before);
    assert_eq!(played.sealer.made(), 3);
    for document in &documents {
        assert_eq!(played.desk.state(document).await, OutgoingTag::Sealed);
        let acts = played.desk.world.acts(document).await;
        assert_eq!(acts.iter().filter(|it| **it == "sealed").count(), 1);
    }
}

#[tokio::test]
async fn a_sealer_that_comes_too_late_seals_nothing() {
    let played = Played::new().await;
    let (document, _) = played.desk.numbered().await;
    let opened = played.open(from_ref(&document)).await.unwrap();
    played.confirm(&opened.signing_id).await.unwrap();
    played.sealer.plays(Play::Gone);
    let (batch, _) = played.progress(&opened.signing_id).await.seal.unwrap();
    let deadline = batch.deadline.unwrap();
    played.run_for(10).await;
    assert_eq!(
        played.progress(&opened.signing_id).await.row.state,
        SessionState::Fetched
    );
    played.desk.world.clock.move_to(deadline.plus_seconds(1));
    played.desk.world.run().await;
    let told = played.failed(&opened.signing_id).await;
    assert_eq!(told.code, RefusalCode::SealerNotReached);
    // It is back, and nobody asks it for that batch again.
    played.sealer.plays(Play::Well);
    played.run_for(60).await;
    assert_eq!((played.sealer.asked(), played.sealer.made()), (0, 0));
    assert_eq!(played.desk.state(&document).await, OutgoingTag::Numbered);
    // What was not sealed is sealed in a new batch.
    played.begun(from_ref(&document)).await;
    played.run_for(1).await;
    assert_eq!(played.desk.state(&document).await, OutgoingTag::Sealed);
}

/// Proves: KH-2
#[tokio::test]
async fn a_value_of_another_key_is_refused_recorded_and_ends_the_batch() {
    let played = Played::new().await;
    let (one, _) = played.desk.numbered().await;
    let (two, _) = played.desk.numbered().await;
    played.sealer.plays(Play::Forges);
    let id = played.begun(&[one.clone(), two.clone()]).await;
    played.run_for(1).await;
    assert_eq!(
        played.failed(&id).await.code,
        RefusalCode::CertificateNotYours
    );
    for document in [&one, &two] {
        assert_eq!(played.desk.state(document).await, OutgoingTag::Numbered);
    }
    let mut tx = played.desk.world.app.store.read().await.unwrap();
    let page = finding::list(&mut tx, &FindingFilter::default(), None, 5).await;
    assert_eq!(page.unwrap().items[0].kind, FindingKind::AnotherKey);
}

#[tokio::test]
async fn whatever_the_sealer_says_is_told_in_words_and_changes_no_document() {
    let played = Played::new().await;
    let (document, _) = played.desk.numbered().await;
    played.sealer.plays(Play::Stopped);
    let met = refusal(played.open(from_ref(&document)).await);
    assert_eq!(met, RefusalCode::SealerStopped);
    played.sealer.plays(Play::Gone);
    let met = refusal(played.open(from_ref(&document)).await);
    assert_eq!(met, RefusalCode::SealerNotReached);
    // A batch that is too large is told before anybody confirms it.
    played.sealer.plays(Play::OneByOne);
    let (second, _) = played.desk.numbered().await;
    let met = refusal(played.open(&[document.clone(), second]).await);
    assert_eq!(met, RefusalCode::SealerLimit);
    for (play, code) in [
        (Play::Says(Why::WrongPin), RefusalCode::SealerStopped),
        (
            Play::Says(Why::DeviceRemoved),
            RefusalCode::SealerDeviceFailed,
        ),
        (
            Play::Says(Why::PinUnreadable),
            RefusalCode::SealerDeviceFailed,
        ),
        (Play::Says(Why::TooFast), RefusalCode::SealerLimit),
        (Play::Says(Why::OtherList), RefusalCode::SealerRefusedBatch),
        (
            Play::Says(Why::OtherCertificate),
            RefusalCode::SealerOtherCertificate,
        ),
        (Play::Says(Why::Expired), RefusalCode::SigningSessionExpired),
        (Play::Lies, RefusalCode::SealerRefusedBatch),
    ] {
        played.sealer.plays(Play::Well);
        let opened = played.open(from_ref(&document)).await.unwrap();
        played.sealer.plays(play);
        played.confirm(&opened.signing_id).await.unwrap();
        played.run_for(1).await;
        let told: Refusal = played.failed(&opened.signing_id).await;
        assert_eq!(told.code, code, "{play:?}");
        let entry = played.desk.world.last_entry(&opened.signing_id).await;
        assert_eq!(entry.act, Act::SigningFailed);
        assert_eq!(played.desk.state(&document).await, OutgoingTag::Numbered);
    }
    // Every reason has words.
    let place = played.desk.world.app.sealers().next().unwrap();
    for why in Why::ALL {
        assert!(!place.refusal_of(*why).what().is_empty());
    }
}

#[tokio::test]
async fn a_batch_that_the_clerk_gives_up_is_not_gone_on_with() {
    let played = Played::new().await;
    let (document, _) = played.desk.numbered().await;
    let id = played.begun(from_ref(&document)).await;
    let app = &played.desk.world.app;
    cancel_by_caller(app, &played.desk.office.clerk, &id)
        .await
        .unwrap();
    played.run_for(10).await;
    assert_eq!(played.sealer.asked(), 0);
    assert_eq!(played.desk.state(&document).await, OutgoingTag::Numbered);
}

#[test]
fn a_device_is_configured_for_named_agencies_and_each_agency_has_one() {
    let read = |text: &str| {
        #[derive(serde::Deserialize)]
        struct All {
            sealer: Vec<SealerSettings>,
        }
        let all: All = toml::from_str(text).unwrap();
        Sealers::read(all.sealer)
    };
    let one = "[[sealer]]\ncode = \"a\"\nsocket = \"/run/a\"\nagencies = [\"H01\"]\n";
    assert_eq!(read(one).unwrap().iter().count(), 1);
    for (from, to) in [("[\"H01\"]", "[]"), ("/run/a", "run/a")] {
        assert!(read(&one.replace(from, to)).is_err(), "{to}");
    }
    assert!(read(&format!("{one}{one}")).is_err());
    assert!(read(&format!("{one}{}", one.replace("\"a\"", "\"b\""))).is_err());
}
