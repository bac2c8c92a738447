use vanthu_domain::agency::Role;
use vanthu_domain::certificate::Holder;
use vanthu_domain::finding::{Conclusion, FindingKind, FindingTag};
use vanthu_domain::permission::Seat;
use vanthu_domain::refusal::RefusalCode;
use vanthu_pki::SoftKey;

use super::close::{close, look_at};
use super::list::{Asked, count, list, view};
use crate::Caller;
use crate::practice::authority::validity;
use crate::signing::answer::{Answer, answer};
use crate::signing::fetch::{By, fetch};
use crate::signing::open::{OpenSigning, Seen, open_seen};
use crate::signing::{Consent, Means, Purpose};
use crate::test::equipped::{Desk, refusal};

/// The signing software asks from that address.
fn at(address: &str) -> By {
    By {
        address: Some(address.to_owned()),
        ..By::default()
    }
}

/// Somebody of the other agency, who inspects.
fn inspector(desk: &Desk) -> Caller {
    let mut caller = desk.to.head.clone();
    caller.actor.posts.push(Seat {
        agency_id: desk.to.agency.agency_id.clone(),
        unit_id: None,
        role: Role::Inspector,
    });
    caller
}

/// An answer that the leader's own key did not make.
async fn wrong_answer(desk: &Desk, key: &SoftKey) -> Answer {
    let id = desk.approved().await;
    let opened = desk.open(&desk.office.leader, Purpose::Person, &id).await;
    let (mut given, bytes) = desk.asked_of(&opened.unwrap()).await;
    given.signature = key.sign(key.default_algorithm(), &bytes).unwrap();
    given
}

/// Proves: KH-2, TG-22.1b
#[tokio::test]
async fn a_signature_by_somebody_else_s_key_is_refused_and_recorded() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let stranger = SoftKey::generate_p256().unwrap();
    let given = wrong_answer(&desk, &stranger).await;
    let met = answer(app, given.clone()).await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
    // The same again is the same finding.
    let met = answer(app, given).await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
    let all = Asked::default();
    let inspector = inspector(&desk);
    let seen = list(app, &inspector, &all, None, 10).await.unwrap().items;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].row.kind, FindingKind::AnotherKey);
    assert!(seen[0].row.evidence["answered"].is_null());
    // The agency's key, in the leader's session.
    let agency_key = desk.key_of(&desk.of_agency()).await;
    let given = wrong_answer(&desk, &agency_key).await;
    let met = answer(app, given.clone()).await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
    let seen = list(app, &inspector, &all, None, 10).await.unwrap().items;
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].row.kind, FindingKind::OthersCertificate);
    assert_eq!(seen[0].person, desk.office.leader.full_name);
    assert_eq!(
        seen[0].row.signing_id.as_deref(),
        Some(given.signing_id.as_str())
    );
    let evidence = seen[0].row.evidence.to_string();
    assert!(!evidence.contains(&given.token), "{evidence}");
    let acts = desk.world.acts(&seen[0].row.finding_id).await;
    assert_eq!(acts, ["finding-recorded"]);
}

/// Proves: KH-2
#[tokio::test]
async fn signing_software_that_shows_other_people_s_certificates_is_noticed() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let (own, others) = (
        desk.thumbprint_of(&desk.of_leader()).await,
        desk.thumbprint_of(&desk.of_agency()).await,
    );
    let shows = async |certificates: Vec<String>| {
        let order = OpenSigning {
            purpose: Purpose::Person,
            documents: vec![id.clone()],
            consent: Consent::Automatic,
            means: Means::Agent,
            credential: None,
            keys: Vec::new(),
        };
        let seen = Seen {
            address: None,
            certificates,
            ..Seen::default()
        };
        open_seen(app, &desk.office.leader, order, &seen).await
    };
    shows(vec![own.clone(), "00".repeat(32)]).await.unwrap();
    let inspector = inspector(&desk);
    let all = Asked::default();
    assert_eq!(count(app, &inspector, &all).await.unwrap(), 0);
    shows(vec![own, others.clone()]).await.unwrap();
    let met = shows(vec![others]).await;
    assert_eq!(refusal(met.map(|_| ())), RefusalCode::CertificateNotYours);
    let seen = list(app, &inspector, &all, None, 10).await.unwrap().items;
    let kinds: Vec<_> = seen.iter().map(|it| it.row.kind).collect();
    assert_eq!(
        kinds,
        [
            FindingKind::OthersCertificate,
            FindingKind::OthersDevicePresent
        ]
    );
}

/// Proves: KH-2, TG-22.1b
#[tokio::test]
async fn another_s_certificate_and_a_second_machine_are_noticed() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let (id, _) = desk.numbered().await;
    let keeper = Some(desk.office.head.person_id().clone());
    let agency_id = desk.office.agency.agency_id.clone();
    let other = Holder::Agency { agency_id, keeper };
    desk.amend(&desk.of_agency(), |it| it.record.holder = other.clone())
        .await;
    let met = desk.refused(Purpose::Seal, &id).await;
    assert_eq!(met, RefusalCode::SealHolderNotRecorded);
    // Two sessions of one certificate, on two machines.
    let leader = &desk.office.leader;
    for address in ["10.4.0.1", "10.4.0.1", "10.4.0.2"] {
        let id = desk.approved().await;
        let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
        let (session, token) = (&opened.signing_id, opened.token.as_str());
        fetch(app, session, token, &at(address)).await.unwrap();
    }
    let inspector = inspector(&desk);
    let seen = list(app, &inspector, &Asked::default(), None, 10).await;
    let seen = seen.unwrap().items;
    let kinds: Vec<_> = seen.iter().map(|it| it.row.kind).collect();
    assert_eq!(
        kinds,
        [FindingKind::TwoMachines, FindingKind::CertificateOfAnother]
    );
    assert_eq!(seen[0].row.evidence["other"], "10.4.0.1");
}

/// Proves: KH-2
#[tokio::test]
async fn a_finding_is_looked_at_and_closed_by_whoever_inspects_or_leads() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let key = SoftKey::generate_p256().unwrap();
    for _ in 0..2 {
        let given = wrong_answer(&desk, &key).await;
        refusal(answer(app, given).await);
    }
    let inspector = inspector(&desk);
    let all = Asked::default();
    let first = list(app, &inspector, &all, None, 1).await.unwrap();
    let id = first.items[0].row.finding_id.clone();
    let rest = list(app, &inspector, &all, first.next.as_ref(), 10).await;
    assert_eq!(rest.unwrap().items.len(), 1);
    // Of the leader: the leader sees it, and does not close it.
    let leader = &desk.office.leader;
    assert!(!view(app, leader, &id).await.unwrap().may_close);
    let met = close(app, leader, &id, Conclusion::NoViolation, "Không có gì").await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    for who in [&desk.office.clerk, &desk.to.leader] {
        let met = view(app, who, &id).await;
        assert_eq!(refusal(met.map(|_| ())), RefusalCode::NotFound);
    }
    let met = list(app, &desk.office.clerk, &all, None, 10).await;
    assert_eq!(refusal(met.map(|_| ())), RefusalCode::NotPermitted);
    look_at(app, &inspector, &id).await.unwrap();
    let met = close(app, &inspector, &id, Conclusion::Reminded, " ").await;
    assert_eq!(refusal(met), RefusalCode::FieldRequired);
    close(
        app,
        &inspector,
        &id,
        Conclusion::Reminded,
        "Cắm nhầm thiết bị",
    )
    .await
    .unwrap();
    let met = look_at(app, &inspector, &id).await;
    assert_eq!(refusal(met), RefusalCode::WrongState);
    let closed = Asked {
        state: Some(FindingTag::Closed),
        ..all.clone()
    };
    assert_eq!(count(app, &inspector, &closed).await.unwrap(), 1);
    // Whoever leads the other agency sees none of them, whatever is asked.
    let asked = Asked {
        agency_id: Some(desk.office.agency.agency_id.clone()),
        ..all
    };
    assert_eq!(count(app, &desk.to.leader, &asked).await.unwrap(), 0);
    assert_eq!(count(app, leader, &asked).await.unwrap(), 2);
    let acts = desk.world.acts(&id).await;
    assert_eq!(
        acts,
        ["finding-recorded", "finding-looked-at", "finding-closed"]
    );
}

/// What is suspended or has run out is refused, and is nobody's doing.
#[tokio::test]
async fn an_expired_certificate_is_no_finding() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.approved().await;
    let over = validity(app.now(), 400, -30);
    desk.amend(&desk.of_leader(), |it| {
        it.record.not_after = vanthu_domain::Moment::from_unix_seconds(over.to.unix());
    })
    .await;
    let met = desk.refused(Purpose::Person, &id).await;
    assert_eq!(met, RefusalCode::CertificateExpired);
    let none = count(app, &inspector(&desk), &Asked::default()).await;
    assert_eq!(none.unwrap(), 0);
}
