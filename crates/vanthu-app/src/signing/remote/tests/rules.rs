//! Keys that services hold pass the same rules as those on devices at hand.

use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::device::{DeviceKind, DeviceState, Suspicion};
use vanthu_domain::finding::FindingKind;
use vanthu_domain::id::{DeviceId, OutgoingId};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_remote::mssp::Form;
use vanthu_store::signing::{ItemState, SessionState};
use vanthu_store::{certificate, credential};
use vanthu_testkit::remote::world::{Decision, Fake};

use super::away::{Away, LATER};
use super::{csc, mssp, mysign};
use crate::AppError;
use crate::device::networks;
use crate::device::suspect::{Suspect, suspect};
use crate::device::tests::found;
use crate::signing::open::{Seen, SigningOpened, open_seen};
use crate::test::equipped::refusal;

/// The record of the device that the linked key lies on.
async fn device_of<F: Fake + Send + 'static>(away: &Away<F>) -> DeviceId {
    let mut tx = away.desk.world.app.store.read().await.unwrap();
    let key = credential::load(&mut tx, &away.credential).await.unwrap();
    let row = certificate::load(&mut tx, &key.certificate_id).await;
    row.unwrap().record.device_id.unwrap()
}

async fn is_a<F: Fake + Send + 'static>(away: &Away<F>, kind: DeviceKind) {
    let device = device_of(away).await;
    away.desk
        .change_device(&device, |row| row.record.kind = kind)
        .await;
}

/// The office's networks are set, and the browser asks from elsewhere.
async fn from_outside<F: Fake + Send + 'static>(
    away: &Away<F>,
    id: &OutgoingId,
) -> Result<SigningOpened, AppError> {
    let app = &away.desk.world.app;
    let mut administrator = away.desk.office.stranger.clone();
    administrator.actor.posts[0].role = Role::Administrator;
    networks::set(app, &administrator, "10.4.0.0/16")
        .await
        .unwrap();
    let seen = Seen {
        address: Some("203.0.113.9".to_owned()),
        certificates: vec!["00".repeat(32)],
        ..Seen::default()
    };
    let order = away.order(std::slice::from_ref(id));
    open_seen(app, &away.desk.office.leader, order, &seen).await
}

/// Proves: TG-22.1b, KH-2
#[tokio::test]
async fn a_key_at_a_service_signs_with_a_record_and_for_its_holder() {
    let away = mysign().await;
    is_a(&away, DeviceKind::Remote).await;
    let id = away.desk.approved().await;
    let device = device_of(&away).await;
    let (leader, clerk) = (&away.desk.office.leader, &away.desk.office.clerk);
    let stands = |state: fn(_, _) -> DeviceState, who: &crate::Caller| {
        state(away.desk.world.app.now(), who.person_id().clone())
    };
    let locked = stands(
        |since, holder| DeviceState::Locked { since, holder },
        leader,
    );
    let with_clerk = stands(|since, holder| DeviceState::Held { since, holder }, clerk);
    let with_leader = stands(|since, holder| DeviceState::Held { since, holder }, leader);
    let set = async |state: &DeviceState| {
        away.desk
            .change_device(&device, |row| row.record.state = state.clone())
            .await;
    };
    set(&locked).await;
    assert_eq!(refusal(away.open(&id).await), RefusalCode::DeviceNotUsable);
    set(&with_clerk).await;
    assert_eq!(refusal(away.open(&id).await), RefusalCode::DeviceNotYours);
    assert_eq!(found(&away.desk).await, [FindingKind::DeviceOfAnother]);
    set(&with_leader).await;
    // The record changes hands while the holder's phone asks: what comes back is not taken.
    away.served.decide(Decision::Nothing);
    let opened = away.open(&id).await.unwrap();
    away.run().await;
    set(&with_clerk).await;
    away.served.decide(Decision::Agree(0));
    away.run_for(60).await;
    let state = away.state(&opened.signing_id).await;
    let problem = state.items[0].problem.as_ref().unwrap();
    assert_eq!(problem["code"], json!("device-not-yours"));
    assert_eq!(away.desk.state(&id).await, OutgoingTag::AwaitingSignature);
    set(&with_leader).await;
    let of = away.desk.of_leader();
    away.desk
        .amend(&of, |row| row.record.device_id = None)
        .await;
    let id = away.desk.approved().await;
    let met = refusal(away.open(&id).await);
    assert_eq!(met, RefusalCode::DeviceNotOnRecord);
}

/// Proves: AG-15.7
#[tokio::test]
async fn a_key_at_a_service_is_nowhere_and_a_sim_is_carried() {
    let away = mysign().await;
    let id = away.desk.approved().await;
    is_a(&away, DeviceKind::Remote).await;
    away.served.decide(Decision::Agree(0));
    from_outside(&away, &id).await.unwrap();
    away.run_for(60).await;
    assert_eq!(away.desk.state(&id).await, OutgoingTag::Signed);
    assert!(found(&away.desk).await.is_empty());
    let away = mssp(Form::Soap).await;
    is_a(&away, DeviceKind::Sim).await;
    let id = away.desk.approved().await;
    let met = refusal(from_outside(&away, &id).await);
    assert_eq!(met, RefusalCode::DeviceOutsideOffice);
    assert_eq!(found(&away.desk).await, [FindingKind::OutsidePlace]);
}

/// Proves: TG-25.3, AG-15.3
#[tokio::test]
async fn a_key_that_is_suspected_while_the_phone_asks_signs_nothing() {
    let away = mysign().await;
    away.served.decide(Decision::Nothing);
    let id = away.desk.approved().await;
    let opened = away.open(&id).await.unwrap();
    away.run().await;
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let report = Suspect {
        device_id: device_of(&away).await,
        suspicion: Suspicion::Misuse,
        words: "Điện thoại hỏi ký mà không ai bấm ký".to_owned(),
        noticed_at: app.now(),
    };
    let done = suspect(app, leader, report).await.unwrap();
    assert_eq!((done.certificates, done.sessions), (1, 1));
    away.served.decide(Decision::Agree(0));
    away.run_for(400).await;
    let state = away.state(&opened.signing_id).await;
    assert_eq!(state.row.state, SessionState::Cancelled);
    assert_eq!(state.row.result.as_deref(), Some("key-suspected"));
    assert!(state.remote.unwrap().row.ending.is_some());
    assert_eq!(away.desk.row(&id).await.signed_blob, None);
    let id = away.desk.approved().await;
    let met = refusal(away.open(&id).await);
    assert_eq!(met, RefusalCode::DeviceNotUsable);
}

#[tokio::test]
async fn what_cannot_be_signed_is_left_out_of_what_a_service_is_asked() {
    let away = csc(LATER).await;
    away.served.decide(Decision::Nothing);
    let draft = away.desk.drafted().await;
    let ids = [
        away.desk.approved().await,
        draft.clone(),
        away.desk.approved().await,
    ];
    let now = away.desk.world.app.now();
    let opened = away.open_all(&ids).await.unwrap();
    let left: Vec<_> = opened.left_out.iter().map(|it| &it.outgoing_id).collect();
    assert_eq!(left, [&draft]);
    // Five minutes, five seconds for each of the two, and the time to embed what came in time.
    let lasts = opened.expires_at.seconds_since(now);
    assert!((370..=371).contains(&lasts), "{lasts}");
    away.run().await;
    // What was left out is not under way.
    let again = away.open_all(&ids).await;
    let codes = again.unwrap_err();
    assert_eq!(codes.code(), Some(RefusalCode::SigningUnderWay));
    away.desk.send_up(&draft).await;
    away.served.decide(Decision::Agree(0));
    let more = away.open_all(&[ids[0].clone(), draft.clone()]).await;
    let more = more.unwrap();
    assert_eq!(more.left_out[0].refusal.code, RefusalCode::SigningUnderWay);
    away.run_for(60).await;
    let state = away.state(&opened.signing_id).await;
    let states: Vec<_> = state.items.iter().map(|it| it.state).collect();
    let expected = [ItemState::Signed, ItemState::Signed, ItemState::Skipped];
    assert_eq!(states, expected);
    for id in &ids {
        assert_eq!(away.desk.state(id).await, OutgoingTag::Signed);
    }
    let fake = away.served.fake.lock().unwrap();
    assert_eq!(fake.batches.as_slice(), &[2, 1][..]);
}
