//! The tool signs digests of what was prepared here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vanthu_domain::audit::Act;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_remote::local::Flow;
use vanthu_remote::local::session::DEADLINE;
use vanthu_signing::inspect;
use vanthu_store::signing::{Purpose, SessionState};
use vanthu_testkit::tool::{Asked, DigestWay, FakeTool, refusal as says_no};

use super::played::{Played, Turn, somebody_elses};
use crate::signing::local::event::Event;
use crate::signing::local::{ToolSupport, trial};
use crate::signing::paper::PERSON_FIELD;
use crate::test::equipped::refusal;
use crate::verify;

/// What the tool answers to the turn's frame.
fn answer(turn: &Turn<'_>, tool: &FakeTool) -> String {
    let Asked::Digest(digest) = turn.asked() else {
        panic!("no digest")
    };
    tool.signed_digest(&digest)
}

/// A turn of the leader with a tool that has shown that it signs digests.
async fn turn<'a>(played: &'a Played, id: &vanthu_domain::id::OutgoingId) -> Turn<'a> {
    let (trial, found) = played.tried(&played.tool).await;
    assert_eq!(found, ToolSupport::Works);
    let opened = played.open(Purpose::Person, id, Some(trial)).await.unwrap();
    assert_eq!(opened.tool, Some(Flow::Digest));
    played
        .turn_of(Purpose::Person, &opened.signing_id, id.as_str())
        .await
}

/// Proves: TD-2.3, TG-22.1b
#[tokio::test]
async fn a_tool_that_signs_digests_gets_no_file() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let turn = turn(&played, &id).await;
    turn.see(Event::Opened).await.unwrap();
    let frame = answer(&turn, &played.tool);
    turn.see(Event::Replied(frame.clone())).await.unwrap();
    assert_eq!(desk.state(&id).await, OutgoingTag::Signed);
    assert_eq!(turn.progress().await.row.state, SessionState::Done);
    let row = desk.row(&id).await;
    let file = desk.bytes(row.signed_blob.as_deref()).await;
    assert_eq!(inspect(&file).unwrap().signatures, [PERSON_FIELD]);
    let report = verify::report(&desk.world.app, file).await.unwrap();
    assert!(report.is_passed(), "{report:#?}");
    assert!(report.signatures[0].timestamp.is_some());
    let entry = desk.world.last_entry(&id).await;
    assert_eq!(
        (entry.act, &entry.data["means"]),
        (Act::Signed, &"tool".into())
    );
    // The same answer again changes nothing.
    turn.see(Event::Replied(frame)).await.unwrap();
    assert_eq!(desk.row(&id).await.version, row.version);
}

#[tokio::test]
async fn whether_a_tool_signs_digests_is_tried_and_remembered_for_its_browser() {
    let mut played = Played::new().await;
    let id = played.desk.approved().await;
    let (works, _) = played.tried(&played.tool).await;
    for (way, support) in [
        (DigestWay::HashesAgain, ToolSupport::Missing),
        (DigestWay::Unknown, ToolSupport::Unknown),
    ] {
        played.tool.digests = way;
        let (trial, found) = played.tried(&played.tool).await;
        assert_eq!(found, support, "{way:?}");
        let opened = played.open(Purpose::Person, &id, Some(trial)).await;
        assert_eq!(opened.unwrap().tool, Some(Flow::WholeFile), "{way:?}");
    }
    // Nobody tried, and somebody else's trial.
    let opened = played.open(Purpose::Person, &id, None).await.unwrap();
    assert_eq!(opened.tool, Some(Flow::WholeFile));
    let (app, clerk) = (&played.desk.world.app, &played.desk.office.clerk);
    let met = trial::answer(app, clerk, &works, "{}").await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    // An answer is given once.
    let leader = &played.desk.office.leader;
    let met = trial::answer(app, leader, &works, "{}").await;
    assert_eq!(refusal(met), RefusalCode::AlreadyDecided);
    let opened = played
        .open(Purpose::Person, &id, Some(works))
        .await
        .unwrap();
    assert_eq!(opened.tool, Some(Flow::Digest));
}

/// Proves: TG-5.1
#[tokio::test]
async fn a_value_that_does_not_verify_is_not_embedded_and_the_file_is_given_next_time() {
    let mut played = Played::new().await;
    let id = played.desk.approved().await;
    let (trial, _) = played.tried(&played.tool).await;
    let opened = played.open(Purpose::Person, &id, Some(trial.clone()));
    let signing_id = opened.await.unwrap().signing_id;
    // The tool was replaced by an older one meanwhile.
    played.tool.digests = DigestWay::HashesAgain;
    let turn = played
        .turn_of(Purpose::Person, &signing_id, id.as_str())
        .await;
    turn.see(Event::Opened).await.unwrap();
    let frame = answer(&turn, &played.tool);
    turn.see(Event::Replied(frame)).await.unwrap();
    assert_eq!(turn.failed().await.code, RefusalCode::ToolDigestNotSigned);
    assert_eq!(played.desk.row(&id).await.signed_blob, None);
    let opened = played
        .open(Purpose::Person, &id, Some(trial))
        .await
        .unwrap();
    assert_eq!(opened.tool, Some(Flow::WholeFile));
    let turn = played
        .turn_of(Purpose::Person, &opened.signing_id, id.as_str())
        .await;
    turn.sign().await.unwrap();
    assert_eq!(played.desk.state(&id).await, OutgoingTag::Signed);
}

/// Proves: KH-2
#[tokio::test]
async fn a_value_of_another_key_is_refused_and_recorded() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let theirs = somebody_elses(desk).await;
    let first = turn(&played, &id).await;
    let frame = answer(&first, &theirs);
    first.see(Event::Replied(frame)).await.unwrap();
    let told = first.failed().await;
    assert_eq!(told.code, RefusalCode::CertificateNotYours);
    assert_eq!(played.found().await, [FindingKind::OthersCertificate]);
    // Under the right certificate it is still no signature.
    let second = turn(&played, &id).await;
    let mut frame: Value = serde_json::from_str(&answer(&second, &theirs)).unwrap();
    frame["CertBase64"] = json!(STANDARD.encode(played.tool.certificate.der()));
    second.see(Event::Replied(frame.to_string())).await.unwrap();
    let told = second.failed().await;
    assert_eq!(told.code, RefusalCode::ToolDigestNotSigned);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
    // Whose device is in the machine shows with the trial already.
    let leader = &desk.office.leader;
    let asked = trial::begin(&desk.world.app, leader).await.unwrap();
    let frame = String::from_utf8(asked.frame.reveal().to_vec()).unwrap();
    let Ok(Asked::Digest(digest)) = theirs.read(asked.path, &frame) else {
        panic!("no digest")
    };
    let said = theirs.signed_digest(&digest);
    let met = trial::answer(&desk.world.app, leader, &asked.trial_id, &said).await;
    assert_eq!(refusal(met), RefusalCode::CertificateNotYours);
}

#[tokio::test]
async fn a_socket_that_fails_ends_the_turn_with_its_reason() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let first = turn(&played, &id).await;
    first.see(Event::Closed).await.unwrap();
    assert_eq!(first.failed().await.code, RefusalCode::ToolNotOpened);
    let second = turn(&played, &id).await;
    second.see(Event::Opened).await.unwrap();
    second.see(Event::Closed).await.unwrap();
    assert_eq!(second.failed().await.code, RefusalCode::ToolRefused);
    let third = turn(&played, &id).await;
    let no = says_no(2, "Sai mã PIN");
    third.see(Event::Replied(no)).await.unwrap();
    assert!(third.failed().await.why().contains("Sai mã PIN"));
    let fourth = turn(&played, &id).await;
    fourth
        .see(Event::Replied("config".to_owned()))
        .await
        .unwrap();
    assert_eq!(fourth.failed().await.code, RefusalCode::ToolUnreadable);
    // A good value after the time is none.
    let fifth = turn(&played, &id).await;
    let frame = answer(&fifth, &played.tool);
    let late = i64::try_from(DEADLINE.as_secs()).unwrap() + 120;
    desk.world
        .clock
        .move_to(desk.world.app.now().plus_seconds(late));
    fifth.see(Event::Replied(frame)).await.unwrap();
    assert_eq!(desk.row(&id).await.signed_blob, None);
}
