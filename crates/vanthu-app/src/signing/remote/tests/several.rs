//! Several documents with one agreement: what is under way, and how long it may take.

use std::sync::atomic::Ordering;

use vanthu_domain::id::OutgoingId;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_remote::mssp::Form;
use vanthu_store::remote_signing::Settled;
use vanthu_store::signing::{Purpose, SessionState};
use vanthu_testkit::remote::fake_csc::FakeCsc;
use vanthu_testkit::remote::world::Decision;

use super::away::{Away, LATER};
use super::{csc, mssp};
use crate::credential::list;
use crate::signing::batch::{Choices, choices};
use crate::signing::cancel::cancel_by_caller;
use crate::signing::settle::settle;
use crate::test::equipped::refusal;

async fn approved(away: &Away<FakeCsc>, count: usize) -> Vec<OutgoingId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(away.desk.approved().await);
    }
    ids
}

async fn chosen(away: &Away<FakeCsc>, ids: &[OutgoingId]) -> Choices {
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    choices(app, leader, Purpose::Person, ids).await.unwrap()
}

/// Why each can't be chosen.
fn refusals(choices: &Choices) -> Vec<Option<RefusalCode>> {
    let code = |it: &crate::signing::batch::Choice| it.1.as_ref().err().map(|it| it.code);
    choices.each.iter().map(code).collect()
}

/// Proves: TG-22.1b
#[tokio::test]
async fn what_a_service_was_asked_for_is_gone_on_with_and_is_not_chosen_again() {
    let away = csc(LATER).await;
    away.served.decide(Decision::Nothing);
    let ids = approved(&away, 3).await;
    let (asked, other) = ids.split_at(2);
    let opened = away.open_all(asked).await.unwrap();
    away.run().await;
    let same = chosen(&away, asked).await;
    assert_eq!(same.standing.as_ref(), Some(&opened.signing_id));
    assert_eq!(refusals(&same), [None, None]);
    let part = chosen(&away, &asked[..1]).await;
    assert_eq!(part.standing.as_ref(), Some(&opened.signing_id));
    // With another one beside them they stand out.
    let under_way = Some(RefusalCode::SigningUnderWay);
    let more = chosen(&away, &ids).await;
    assert_eq!(refusals(&more), [under_way, under_way, None]);
    assert_eq!(more.standing, None);
    let rest = chosen(&away, other).await;
    assert_eq!((refusals(&rest), rest.standing), (vec![None], None));
    // Given up after the service was asked: a person says once for all of them what became of it.
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let id = &opened.signing_id;
    cancel_by_caller(app, leader, id).await.unwrap();
    away.run_for(60).await;
    let unknown = Some(RefusalCode::SigningOutcomeUnknown);
    assert_eq!(
        refusals(&chosen(&away, &ids).await),
        [unknown, unknown, None]
    );
    settle(app, leader, id, Settled::NoSignature).await.unwrap();
    let free = chosen(&away, &ids).await;
    assert_eq!((refusals(&free), free.standing), (vec![None; 3], None));
}

#[tokio::test]
async fn a_large_session_is_not_given_up_while_its_signatures_wait_to_be_embedded() {
    let away = csc(LATER).await;
    let ids = approved(&away, 20).await;
    away.served.decide(Decision::Nothing);
    let opened = away.open_all(&ids).await.unwrap();
    let deadline = opened.at_service.as_ref().unwrap().deadline;
    away.run().await;
    // The holder agrees, and then nobody tells whether the certificate stands.
    away.desk.world.status.store(false, Ordering::SeqCst);
    away.served.decide(Decision::Agree(0));
    away.run_for(20).await;
    away.desk.world.clock.move_to(deadline.plus_seconds(122));
    away.run().await;
    let state = away.state(&opened.signing_id).await;
    assert_eq!(state.row.state, SessionState::Fetched);
    let remote = state.remote.unwrap();
    assert_eq!(remote.row.ending, None);
    assert!(!remote.is_open_question, "the session has time left");
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let early = settle(app, leader, &opened.signing_id, Settled::NoSignature).await;
    assert_eq!(refusal(early), RefusalCode::AlreadyDecided);
    away.desk.world.status.store(true, Ordering::SeqCst);
    away.run_for(6).await;
    let state = away.state(&opened.signing_id).await;
    let remote = state.remote.unwrap();
    assert_eq!(
        remote.row.ending.as_deref(),
        Some("signed"),
        "{:?}",
        state.items
    );
    for id in &ids {
        assert_eq!(away.desk.state(id).await, OutgoingTag::Signed);
    }
}

#[tokio::test]
async fn a_conversation_that_says_nothing_any_more_is_a_question_and_its_answer_stands() {
    let away = csc(LATER).await;
    away.served.decide(Decision::Nothing);
    let ids = approved(&away, 1).await;
    let opened = away.open_all(&ids).await.unwrap();
    away.run().await;
    // Nothing runs any more.
    let clock = &away.desk.world.clock;
    clock.move_to(opened.expires_at.plus_seconds(60));
    let open = async || {
        let state = away.state(&opened.signing_id).await;
        state.remote.unwrap().is_open_question
    };
    assert!(!open().await);
    clock.move_to(opened.expires_at.plus_seconds(61));
    assert!(open().await);
    let (app, leader) = (&away.desk.world.app, &away.desk.office.leader);
    let id = &opened.signing_id;
    settle(app, leader, id, Settled::SignatureUnused)
        .await
        .unwrap();
    let before = away.state(id).await;
    assert_eq!(before.row.state, SessionState::Expired);
    // What another program still finds out changes nothing.
    away.served.decide(Decision::Agree(0));
    away.run_for(20).await;
    let after = away.state(id).await;
    assert_eq!(after.remote.unwrap().row, before.remote.unwrap().row);
    assert_eq!(
        away.desk.state(&ids[0]).await,
        OutgoingTag::AwaitingSignature
    );
}

#[tokio::test]
async fn each_key_says_how_many_files_one_agreement_covers() {
    let away = csc(LATER).await;
    let keys = list::list(&away.desk.world.app, &away.desk.office.leader).await;
    assert_eq!(keys.unwrap()[0].most_files, 100);
    let away = mssp(Form::Soap).await;
    let keys = list::list(&away.desk.world.app, &away.desk.office.leader).await;
    assert_eq!(keys.unwrap()[0].most_files, 1);
}

#[tokio::test]
async fn a_session_of_the_agent_has_nothing_to_be_asked_about() {
    let away = csc(LATER).await;
    let ids = approved(&away, 1).await;
    let (desk, leader) = (&away.desk, &away.desk.office.leader);
    let opened = desk.open(leader, Purpose::Person, &ids[0]).await.unwrap();
    let met = settle(
        &desk.world.app,
        leader,
        &opened.signing_id,
        Settled::NoSignature,
    )
    .await;
    assert_eq!(refusal(met), RefusalCode::AlreadyDecided);
}
