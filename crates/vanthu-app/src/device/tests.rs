use vanthu_domain::agency::Role;
use vanthu_domain::certificate::{CertificateState, Holder};
use vanthu_domain::device::{DeviceState, DeviceTag, Suspicion};
use vanthu_domain::finding::FindingKind;
use vanthu_domain::id::{DeviceId, OutgoingId};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Seat;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::{certificate, finding};

use super::ask_outside::{AskOutside, ask_outside, take_back};
use super::bring_back::bring_back;
use super::decide_outside::{Decision, decide_outside};
use super::lift::lift;
use super::suspect::{Suspect, Suspended, suspect};
use super::take_outside::take_outside;
use super::{networks, restore, view};
use crate::signing::answer::answer;
use crate::signing::cancel::cancel_by_agent;
use crate::signing::fetch::{By, fetch};
use crate::signing::open::{OpenSigning, Seen, open_seen};
use crate::signing::{Consent, Means, Purpose};
use crate::test::equipped::{Desk, databases, refusal};
use crate::{AppError, Caller};

/// The signing software asks from that address.
fn at(address: &str) -> By {
    By {
        address: Some(address.to_owned()),
        ..By::default()
    }
}

/// The kinds of what was found, the oldest first.
pub(crate) async fn found(desk: &Desk) -> Vec<FindingKind> {
    let mut tx = desk.world.app.store.read().await.unwrap();
    let page = finding::list(&mut tx, &finding::FindingFilter::default(), None, 100).await;
    let items = page.unwrap().items;
    items.into_iter().rev().map(|row| row.kind).collect()
}

/// The colleague, who manages certificates too.
pub(crate) fn manager(desk: &Desk) -> Caller {
    let mut caller = desk.office.colleague.clone();
    caller.actor.posts.push(Seat {
        agency_id: desk.office.agency.agency_id.clone(),
        unit_id: None,
        role: Role::CertificateManager,
    });
    caller
}

fn report(id: &DeviceId, desk: &Desk) -> Suspect {
    Suspect {
        device_id: id.clone(),
        suspicion: Suspicion::Leak,
        words: "Có người đứng sau khi nhập mã PIN".to_owned(),
        noticed_at: desk.world.app.now().plus_seconds(-300),
    }
}

async fn asked(desk: &Desk, who: &Caller, hours: (i64, i64)) -> Result<DeviceId, AppError> {
    let id = desk.device_of(who).await.record.device_id;
    let now = desk.world.app.now();
    let input = AskOutside {
        device_id: id.clone(),
        from_at: now.plus_seconds(hours.0 * 3600),
        until_at: now.plus_seconds(hours.1 * 3600),
        place: "Hà Nội".to_owned(),
        reason: "Họp, ký văn bản khẩn".to_owned(),
    };
    ask_outside(&desk.world.app, who, input).await.map(|_| id)
}

async fn decide(desk: &Desk, who: &Caller, id: &DeviceId, yes: Decision) -> Result<(), AppError> {
    let app = &desk.world.app;
    let whole = view::view(app, &desk.office.leader, id).await.unwrap();
    decide_outside(app, who, &whole.permits[0].permit_id, yes).await
}

async fn from(desk: &Desk, id: &OutgoingId, address: &str) -> Result<(), AppError> {
    let order = OpenSigning {
        purpose: Purpose::Person,
        documents: vec![id.clone()],
        consent: Consent::Automatic,
        means: Means::Agent,
        credential: None,
        keys: Vec::new(),
    };
    let seen = Seen {
        address: Some(address.to_owned()),
        certificates: Vec::new(),
        ..Seen::default()
    };
    open_seen(&desk.world.app, &desk.office.leader, order, &seen)
        .await
        .map(|_| ())
}

/// Proves: TG-22.1a, TG-22.1b, AG-11.1, AG-16.1, AG-17.3c
#[tokio::test]
async fn a_signature_needs_a_device_on_record_with_whoever_signs() {
    let desk = Desk::new().await;
    let id = desk.approved().await;
    let leader = &desk.office.leader;
    let device = desk.device_of(leader).await.record.device_id;
    let since = desk.world.app.now();
    let other = desk.office.head.person_id().clone();
    let held = |holder| DeviceState::Held { since, holder };
    for (state, code) in [
        (DeviceState::InStore { since }, RefusalCode::DeviceNotUsable),
        (
            DeviceState::Locked {
                since,
                holder: leader.person_id().clone(),
            },
            RefusalCode::DeviceNotUsable,
        ),
        (
            DeviceState::Lost {
                since,
                holder: None,
            },
            RefusalCode::DeviceNotUsable,
        ),
        (held(other), RefusalCode::DeviceNotYours),
    ] {
        desk.change_device(&device, |it| it.record.state = state.clone())
            .await;
        assert_eq!(desk.refused(Purpose::Person, &id).await, code);
    }
    // Only the last of them is somebody's doing.
    assert_eq!(found(&desk).await, [FindingKind::DeviceOfAnother]);
    let mine = leader.person_id();
    desk.change_device(&device, |it| it.record.state = held(mine.clone()))
        .await;
    desk.amend(&desk.of_leader(), |it| it.record.device_id = None)
        .await;
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::DeviceNotOnRecord);
    let on_it = Some(device.clone());
    desk.amend(&desk.of_leader(), |it| {
        it.record.device_id.clone_from(&on_it);
    })
    .await;
    desk.sign(leader, Purpose::Person, &id).await.unwrap();

    let (sealed, _) = desk.numbered().await;
    let seal = desk.device_of(&desk.office.clerk).await;
    desk.change_device(&seal.record.device_id, |it| it.record.entrustment = None)
        .await;
    let met = desk.refused(Purpose::Seal, &sealed).await;
    assert_eq!(met, RefusalCode::DeviceNotEntrusted);
    desk.change_device(&seal.record.device_id, |it| {
        it.record.entrustment.clone_from(&seal.record.entrustment);
    })
    .await;
    let clerk = &desk.office.clerk;
    desk.sign(clerk, Purpose::Seal, &sealed).await.unwrap();
}

/// Proves: AG-15.7
#[tokio::test]
async fn a_device_leaves_by_permission_and_is_back_before_it_ends() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let (clerk, leader) = (&desk.office.clerk, &desk.office.leader);
    let (sealing, _) = desk.numbered().await;
    // Nothing is permitted yet.
    let id = asked(&desk, clerk, (0, 2)).await.unwrap();
    let met = take_outside(app, clerk, &id).await;
    assert_eq!(refusal(met), RefusalCode::OutsideNotPermitted);
    let twice = asked(&desk, clerk, (0, 2)).await;
    assert_eq!(refusal(twice), RefusalCode::OutsidePending);
    // Only the head decides, and not the holder.
    assert_eq!(
        desk.world.notices(leader).await.last().unwrap(),
        "outside-asked"
    );
    let met = decide(&desk, clerk, &id, Decision::Grant).await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    let met = decide(&desk, &desk.office.head, &id, Decision::Grant).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    let waiting = view::waiting(app, leader).await.unwrap();
    assert_eq!(waiting.len(), 1);
    decide(&desk, leader, &id, Decision::Grant).await.unwrap();
    let met = decide(&desk, leader, &id, Decision::Grant).await;
    assert_eq!(refusal(met), RefusalCode::AlreadyDecided);
    take_outside(app, clerk, &id).await.unwrap();
    assert_eq!(
        desk.device_of(clerk).await.record.state.tag(),
        DeviceTag::Outside
    );
    // It signs until the permission ends, not after.
    let opened = desk.open(clerk, Purpose::Seal, &sealing).await.unwrap();
    let given = desk.answers(&opened).await.unwrap().remove(0);
    desk.change_device(&id, |it| {
        if let DeviceState::Outside { until, .. } = &mut it.record.state {
            *until = app.now().plus_seconds(-1);
        }
    })
    .await;
    assert_eq!(
        refusal(answer(app, given).await),
        RefusalCode::DevicePermitOver
    );
    let met = desk.refused(Purpose::Seal, &sealing).await;
    assert_eq!(met, RefusalCode::DevicePermitOver);
    let seen = found(&desk).await;
    assert_eq!(
        seen,
        [FindingKind::OutsidePeriod, FindingKind::OutsidePeriod]
    );
    bring_back(app, clerk, &id).await.unwrap();
    desk.sign(clerk, Purpose::Seal, &sealing).await.unwrap();
    let acts = desk.world.acts(&id).await;
    assert_eq!(
        acts.iter()
            .filter(|it| !it.starts_with("finding"))
            .copied()
            .collect::<Vec<_>>(),
        [
            "outside-asked",
            "outside-granted",
            "device-taken-out",
            "device-brought-back"
        ]
    );
    let whole = view::view(app, clerk, &id).await.unwrap();
    assert_eq!(whole.permits[0].state.code(), "ended");
    let steps: Vec<&str> = whole
        .history
        .iter()
        .map(|(it, ..)| it.step.as_str())
        .collect();
    assert_eq!(steps, ["recorded", "take-out", "changed", "bring-back"]);

    // Refused, and taken back.
    asked(&desk, clerk, (0, 2)).await.unwrap();
    let no = Decision::Refuse("Ký tại cơ quan".to_owned());
    decide(&desk, leader, &id, no).await.unwrap();
    assert_eq!(
        desk.world.notices(clerk).await.last().unwrap(),
        "outside-refused"
    );
    asked(&desk, clerk, (0, 2)).await.unwrap();
    take_back(app, clerk, &id).await.unwrap();
    let met = take_outside(app, clerk, &id).await;
    assert_eq!(refusal(met), RefusalCode::OutsideNotPermitted);
    // A period that is none.
    let met = asked(&desk, clerk, (2, 2)).await;
    assert_eq!(refusal(met), RefusalCode::FieldMalformed);
    // The head's own is decided by the head, and said so.
    let own = asked(&desk, leader, (0, 2)).await.unwrap();
    decide(&desk, leader, &own, Decision::Grant).await.unwrap();
}

/// Proves: AG-15.7, KH-2
#[tokio::test]
async fn where_the_office_s_networks_are_set_signing_from_elsewhere_needs_a_permission() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    from(&desk, &id, "203.0.113.9").await.unwrap();
    let mut administrator = desk.office.stranger.clone();
    administrator.actor.posts[0].role = Role::Administrator;
    let met = networks::set(app, &desk.office.leader, "10.4.0.0/16").await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    let met = networks::set(app, &administrator, "cơ quan").await;
    assert_eq!(refusal(met), RefusalCode::FieldMalformed);
    networks::set(app, &administrator, "10.4.0.0/16\n")
        .await
        .unwrap();
    assert_eq!(
        networks::view(app, &administrator).await.unwrap(),
        "10.4.0.0/16"
    );
    from(&desk, &id, "10.4.7.7").await.unwrap();
    let met = from(&desk, &id, "203.0.113.9").await;
    assert_eq!(refusal(met), RefusalCode::DeviceOutsideOffice);
    assert_eq!(found(&desk).await, [FindingKind::OutsidePlace]);
    // The signing software asks from outside although the browser did not.
    let leader = &desk.office.leader;
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    let (session, token) = (&opened.signing_id, opened.token.as_str());
    let met = fetch(app, session, token, &at("203.0.113.9")).await;
    assert_eq!(refusal(met), RefusalCode::DeviceOutsideOffice);
    fetch(app, session, token, &at("10.4.7.7")).await.unwrap();
    assert_eq!(found(&desk).await.len(), 2);
    // By permission it does.
    let device = asked(&desk, leader, (0, 2)).await.unwrap();
    decide(&desk, leader, &device, Decision::Grant)
        .await
        .unwrap();
    from(&desk, &id, "203.0.113.9").await.unwrap();
}

/// Proves: TG-20
#[tokio::test]
async fn a_locked_device_goes_on_record_and_signs_again_once_it_is_restored() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let leader = &desk.office.leader;
    let manager = manager(&desk);
    let id = desk.approved().await;
    let device = desk.device_of(leader).await.record.device_id;
    // The agent saw it.
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    cancel_by_agent(app, &opened.signing_id, &opened.token, "device-locked")
        .await
        .unwrap();
    let locked = |state: &DeviceState| state.tag() == DeviceTag::Locked;
    assert!(locked(&desk.device_of(leader).await.record.state));
    assert_eq!(
        desk.world.notices(leader).await.last().unwrap(),
        "device-locked"
    );
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::DeviceNotUsable);
    // Whoever has nothing to do with it, and words that say nothing.
    let met = restore::ask(app, &desk.office.head, &device, "Nhập sai").await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    let met = restore::ask(app, leader, &device, "  ").await;
    assert_eq!(refusal(met), RefusalCode::FieldRequired);
    let asked = |whole: &view::Whole| restore::is_asked(&whole.history);
    assert!(!asked(&view::view(app, leader, &device).await.unwrap()));
    restore::ask(app, leader, &device, "Nhập sai mã PIN ba lần")
        .await
        .unwrap();
    assert!(asked(&view::view(app, leader, &device).await.unwrap()));
    // The holder does not say that it was restored.
    let met = restore::restored(app, leader, &device, "Xong").await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    restore::restored(app, &manager, &device, "Biên bản 12/BB")
        .await
        .unwrap();
    assert_eq!(
        desk.world.notices(leader).await.last().unwrap(),
        "device-restored"
    );
    desk.sign(leader, Purpose::Person, &id).await.unwrap();
    let acts = desk.world.acts(&device).await;
    assert_eq!(acts, ["device-locked", "restore-asked", "device-restored"]);
    let met = restore::restored(app, &manager, &device, "Biên bản 12/BB").await;
    assert_eq!(refusal(met), RefusalCode::WrongState);

    // Where no agent sees it, the holder says so; the leader is told of the clerk's.
    let clerk = &desk.office.clerk;
    let kept = desk.device_of(clerk).await.record.device_id;
    restore::ask(app, clerk, &kept, "Nhập sai mã PIN")
        .await
        .unwrap();
    assert_eq!(
        desk.world.notices(leader).await.last().unwrap(),
        "restore-asked"
    );
    restore::ask(app, leader, &device, "SIM bị khóa")
        .await
        .unwrap();
    assert!(locked(&desk.device_of(leader).await.record.state));
    let steps: Vec<String> = view::view(app, leader, &device)
        .await
        .unwrap()
        .history
        .into_iter()
        .map(|(it, ..)| it.step)
        .collect();
    assert_eq!(
        steps,
        ["recorded", "lock", "ask-restore", "restore", "ask-restore"]
    );
}

/// Proves: TG-25.3, AG-15.3
#[tokio::test]
async fn a_suspected_key_stops_signing_in_one_step() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let leader = &desk.office.leader;
    let id = desk.approved().await;
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    let given = desk.answers(&opened).await.unwrap().remove(0);
    let device = desk.device_of(leader).await.record.device_id;
    let met = suspect(app, &desk.office.head, report(&device, &desk)).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    let mut early = report(&device, &desk);
    early.noticed_at = app.now().plus_seconds(60);
    assert_eq!(
        refusal(suspect(app, leader, early).await),
        RefusalCode::FieldMalformed
    );
    let done = suspect(app, leader, report(&device, &desk)).await.unwrap();
    assert_eq!(
        done,
        Suspended {
            certificates: 1,
            sessions: 1
        }
    );
    // In the same second.
    let met = answer(app, given).await;
    assert_eq!(refusal(met), RefusalCode::SigningSessionCancelled);
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::DeviceNotUsable);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
    let whole = view::view(app, leader, &device).await.unwrap();
    assert_eq!(
        whole.listed.certificates[0].state,
        CertificateState::Suspended
    );
    assert_eq!(whole.revocations.len(), 1);
    assert_eq!(whole.revocations[0].state.code(), "started");
    let twice = suspect(app, leader, report(&device, &desk)).await;
    assert_eq!(refusal(twice), RefusalCode::WrongState);
    // Neither the holder nor whoever reported lifts it.
    let met = lift(app, leader, &device, "Đã đổi mã PIN").await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    let manager = manager(&desk);
    lift(app, &manager, &device, "Đã xác minh, đổi mã PIN")
        .await
        .unwrap();
    let whole = view::view(app, leader, &device).await.unwrap();
    assert_eq!(
        whole.listed.certificates[0].state,
        CertificateState::Effective
    );
    assert_eq!(whole.revocations[0].state.code(), "withdrawn");
    desk.sign(leader, Purpose::Person, &id).await.unwrap();
    let acts = desk.world.acts(&device).await;
    assert_eq!(
        acts,
        ["revocation-started", "key-suspected", "suspension-lifted"]
    );

    // Reported by the manager: then the manager does not lift it, and the leader who holds it neither.
    suspect(app, &manager, report(&device, &desk))
        .await
        .unwrap();
    assert_eq!(
        desk.world.notices(leader).await.last().unwrap(),
        "key-suspected"
    );
    for who in [&manager, leader] {
        let met = lift(app, who, &device, "Đã xác minh").await;
        assert_eq!(refusal(met), RefusalCode::NotPermitted);
    }
}

/// A certificate that its provider has revoked stays revoked, whatever is cleared here.
#[tokio::test]
async fn lifting_gives_back_only_what_the_report_took() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let leader = &desk.office.leader;
    let device = desk.device_of(leader).await.record.device_id;
    suspect(app, leader, report(&device, &desk)).await.unwrap();
    desk.amend(&desk.of_leader(), |it| {
        it.record.state = CertificateState::Revoked;
    })
    .await;
    lift(app, &manager(&desk), &device, "Đã xác minh")
        .await
        .unwrap();
    let mut tx = app.store.read().await.unwrap();
    let rows = certificate::list_of_person(&mut tx, leader.person_id()).await;
    assert_eq!(rows.unwrap()[0].record.state, CertificateState::Revoked);
}

/// Whatever comes first, no signature stands that was made after the report.
///
/// Proves: TG-25.3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn signing_and_a_report_at_once_never_leave_an_open_session() {
    for url in databases("suspect") {
        let desk = Desk::on(url).await;
        let app = desk.world.app.clone();
        let leader = desk.office.leader.clone();
        let device = desk.device_of(&leader).await.record.device_id;
        let waiting = [desk.approved().await, desk.approved().await];
        for round in 0..6 {
            let opened = desk
                .open(&leader, Purpose::Person, &waiting[0])
                .await
                .unwrap();
            let given = desk.answers(&opened).await.unwrap().remove(0);
            let moved = desk.row(&waiting[0]).await.version;
            let (reported, answered, again) = tokio::join!(
                suspect(&app, &leader, report(&device, &desk)),
                answer(&app, given),
                desk.open(&leader, Purpose::Person, &waiting[1]),
            );
            reported.unwrap();
            let open = {
                let mut tx = app.store.read().await.unwrap();
                let certificate = certificate::list_of_person(&mut tx, leader.person_id())
                    .await
                    .unwrap()
                    .remove(0);
                assert_eq!(certificate.record.state, CertificateState::Suspended);
                vanthu_store::signing::count_waiting(&mut tx, &certificate.record.certificate_id)
                    .await
                    .unwrap()
            };
            assert_eq!(open, 0, "round {round}: {answered:?} {again:?}");
            if answered.is_ok() {
                // It was first; the document is signed once, and this is the end of the test.
                assert_ne!(desk.row(&waiting[0]).await.version, moved);
                break;
            }
            assert_eq!(
                desk.state(&waiting[0]).await,
                OutgoingTag::AwaitingSignature
            );
            lift(&app, &manager(&desk), &device, "Đã xác minh")
                .await
                .unwrap();
        }
    }
}

/// Proves: TG-22.1b
#[tokio::test]
async fn others_do_not_see_a_device_and_managers_see_all() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let device = desk.device_of(&desk.office.leader).await.record.device_id;
    for who in [&desk.office.clerk, &desk.office.specialist, &desk.to.leader] {
        let met = view::view(app, who, &device).await;
        assert_eq!(refusal(met), RefusalCode::NotFound);
    }
    let met = view::of_agency(app, &desk.office.clerk).await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    assert_eq!(
        view::of_agency(app, &manager(&desk)).await.unwrap().len(),
        2
    );
    let own = view::own(app, &desk.office.clerk).await.unwrap();
    assert_eq!(own.len(), 1);
    let Holder::Agency { keeper, .. } = desk.of_agency() else {
        panic!("the agency's")
    };
    assert_eq!(own[0].row.record.state.holder(), keeper.as_ref());
}
