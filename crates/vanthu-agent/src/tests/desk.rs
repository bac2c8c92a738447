//! Sessions that never reach a person, and what is said of them.

use vanthu_wire::agent::{CancelReason, Consent};
use vanthu_wire::{Base64, DocumentDigest};

use super::world::{Options, World, attributes};
use crate::door;
use crate::draw::Drawing;

async fn refused(world: &World) -> (u16, String, Vec<CancelReason>) {
    let answer = world.hand_over().await;
    let told = world.told.lock().unwrap();
    assert!(told.submitted.is_empty());
    (
        answer.status.as_u16(),
        answer.code(),
        told.cancelled.clone(),
    )
}

#[tokio::test]
async fn a_digest_that_differs_from_the_signed_attributes_is_refused() {
    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().items[1].document_digest =
        DocumentDigest::new(vec![9; 32]).unwrap();
    let (status, code, cancelled) = refused(&world).await;
    assert_eq!((status, code.as_str()), (422, "digest-mismatch"));
    assert_eq!(cancelled, [CancelReason::DigestMismatch]);
}

#[tokio::test]
async fn bytes_that_are_no_signed_attributes_are_refused() {
    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().items[0].signed_attributes = Base64(b"pay 1,000,000".to_vec());
    assert_eq!(refused(&world).await.1, "digest-mismatch");
}

#[tokio::test]
async fn attributes_bound_to_another_certificate_are_refused() {
    let world = World::new(Options::default()).await;
    let key = vanthu_pki::SoftKey::generate_p256().unwrap();
    let other = super::world::certificate(&key, "Trần Thị Mẫu", (2025, 2028));
    let digest = world.session.lock().unwrap().items[0]
        .document_digest
        .clone();
    world.session.lock().unwrap().items[0].signed_attributes =
        Base64(attributes(digest.as_bytes(), &other));
    assert_eq!(refused(&world).await.1, "certificate-mismatch");
}

#[tokio::test]
async fn a_certificate_of_someone_else_is_refused() {
    let world = World::new(Options {
        documents: 1,
        ..Options::default()
    })
    .await;
    let key = vanthu_pki::SoftKey::generate_p256().unwrap();
    let other = super::world::certificate(&key, "Trần Thị Mẫu", (2025, 2028));
    world.session.lock().unwrap().items[0].certificate = Base64(other.der().to_vec());
    let (status, code, cancelled) = refused(&world).await;
    assert_eq!((status, code.as_str()), (422, "certificate-not-here"));
    assert_eq!(cancelled, [CancelReason::CertificateNotHere]);
}

#[tokio::test]
async fn an_expired_or_future_certificate_is_refused() {
    for (years, code) in [
        ((2020, 2026), "certificate-expired"),
        ((2027, 2029), "certificate-not-yet-valid"),
    ] {
        let world = World::new(Options {
            years,
            ..Options::default()
        })
        .await;
        let answer = refused(&world).await;
        assert_eq!((answer.0, answer.1.as_str()), (422, code));
        assert_eq!(answer.2, [CancelReason::CertificateExpired]);
    }
}

#[tokio::test]
async fn an_empty_a_mixed_and_a_foreign_session_are_refused() {
    let world = World::new(Options {
        documents: 0,
        ..Options::default()
    })
    .await;
    assert_eq!(refused(&world).await.1, "session-refused");

    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().items[1].certificate = Base64(vec![1]);
    assert_eq!(refused(&world).await.1, "session-refused");

    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().signing_id = "sgn_2".into();
    assert_eq!(refused(&world).await.1, "session-refused");

    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().items[1].item_id = "item_1".into();
    assert_eq!(refused(&world).await.1, "session-refused");
}

#[tokio::test]
async fn a_session_past_its_time_is_refused() {
    let world = World::new(Options::default()).await;
    *world.clock.0.lock().unwrap() = "2026-11-22T05:03:00Z".parse().unwrap();
    let (status, code, cancelled) = refused(&world).await;
    assert_eq!((status, code.as_str()), (410, "session-expired"));
    assert_eq!(cancelled, [CancelReason::ConsentExpired]);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named() {
    let world = World::new(Options::default()).await;
    let answer = world.hand_over_from("http://127.0.0.1:9").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (502, "server-unreachable")
    );
    assert!(answer.text.contains("127.0.0.1:9"));
}

#[tokio::test]
async fn the_practice_agent_consents_by_itself_for_practice_certificates() {
    let world = World::new(Options {
        automatic: true,
        ..Options::default()
    })
    .await;
    let answer = world.hand_over().await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json()["state"], "signed");
    assert_eq!(answer.json()["items"][1]["state"], "signed");
    let told = world.told.lock().unwrap();
    assert_eq!(told.submitted.len(), 2);
    assert!(
        told.submitted
            .iter()
            .all(|(_, it)| it.consent == Consent::Automatic)
    );
}

#[tokio::test]
async fn automatic_consent_is_refused_for_any_other_authority() {
    let options = Options {
        automatic: true,
        practice: false,
        ..Options::default()
    };
    let world = World::new(options).await;
    let (status, code, cancelled) = refused(&world).await;
    assert_eq!((status, code.as_str()), (403, "automatic-consent-refused"));
    assert_eq!(cancelled, [CancelReason::AutomaticConsentRefused]);
}

#[tokio::test]
async fn an_ordinary_agent_never_consents_by_itself() {
    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().consent = Consent::Automatic;
    assert_eq!(refused(&world).await.1, "automatic-consent-refused");
}

#[tokio::test]
async fn the_practice_agent_still_asks_when_the_session_wants_a_person() {
    let world = World::new(Options {
        automatic: true,
        ..Options::default()
    })
    .await;
    world.session.lock().unwrap().consent = Consent::Person;
    let answer = world.hand_over().await;
    assert_eq!(answer.json()["state"], "waiting");
    assert!(world.told.lock().unwrap().submitted.is_empty());
}

#[tokio::test]
async fn an_agent_on_another_address_does_not_start() {
    let token = std::sync::Arc::new(crate::token::SoftToken::new("none", None));
    let clock = std::sync::Arc::new(crate::clock::SystemClock);
    for address in ["0.0.0.0:18181", "192.168.1.5:18181", "[::]:18181"] {
        let address = address.parse().unwrap();
        let agent = crate::Agent::new(
            address,
            crate::Paired::default(),
            None,
            token.clone(),
            clock.clone(),
            Drawing::by("none".into()),
            std::sync::Arc::new(Vec::new),
        );
        assert!(agent.is_err(), "{address}");
    }
    let agent = crate::Agent::new(
        "[::1]:18181".parse().unwrap(),
        crate::Paired::default(),
        None,
        token,
        clock,
        Drawing::by("none".into()),
        std::sync::Arc::new(Vec::new),
    )
    .unwrap();
    let _router = door::router(agent);
}
