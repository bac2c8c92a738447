//! Incoming documents: every route, every state, everybody.

use axum::http::StatusCode;
use serde_json::{Value, json};
use vanthu_app::incoming::Lines;
use vanthu_app::signing::Purpose;
use vanthu_domain::id::{IncomingId, LineId};
use vanthu_domain::incoming::{IncomingState, IncomingTag};
use vanthu_domain::permission::Action;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::{incoming, line};

use super::outgoing::{numbered, step};
use super::walk::{Expected, People, Walk, attempt, expected, knock};
use crate::world::{Client, World};

/// Proves: TG-7, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn incoming_documents_are_open_to_whom_the_table_names_and_hidden_from_others() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let rows = incoming_in_every_state(&world, &people).await;
    let leader_id = people.caller("gd.skhcn").person_id().to_string();
    let unit_id = people.caller("tp.cds").actor.posts[0]
        .unit_id
        .clone()
        .unwrap();
    let mut walk = Walk::default();
    for row in &rows {
        let id = &row.incoming_id;
        let mut tx = world.app.store.read().await.unwrap();
        let lines = line::list_of_incoming(&mut tx, id).await.unwrap();
        drop(tx);
        let seen_by = vanthu_app::incoming::object_of(row, &lines, Lines::Every);
        let object = vanthu_app::incoming::object_of(row, &lines, Lines::Standing);
        let view = (Action::ViewIncoming, &seen_by);
        let at = |step: &str| format!("/api/v1/incoming/{id}/{step}");
        let seen = json!({"version": 0});
        let tries = [
            attempt(Action::Accept, at("accept"), seen.clone()),
            attempt(
                Action::ReturnToSender,
                at("give-back"),
                json!({"version": 0, "reason": "other", "words": "thử quyền"}),
            ),
            attempt(Action::Register, at("register"), seen.clone()),
            attempt(Action::Accept, at("accept-and-register"), seen),
            attempt(
                Action::Present,
                at("present"),
                json!({"version": 0, "leader_id": leader_id}),
            ),
            attempt(
                Action::Direct,
                at("direct"),
                json!({"version": 0, "lines": [{"unit_id": unit_id, "part": "lead"}]}),
            ),
            attempt(
                Action::Reply,
                "/api/v1/outgoing",
                json!({"kind": "official-letter", "reply_to": id}),
            ),
        ];
        for (who, client, caller) in &people.0 {
            let sees = expected(caller, Action::ViewIncoming, &seen_by, view);
            for part in ["", "/file", "/report"] {
                let reply = client.get(&format!("/api/v1/incoming/{id}{part}")).await;
                if part == "/report" && row.report_blob.is_none() {
                    assert_eq!(reply.code(), "not-found");
                    continue;
                }
                let what = format!("GET {part} {}", row.state.tag().code());
                walk.note(who, &what, sees, Action::ViewIncoming, &reply);
            }
            for order in &tries {
                let own = caller.own_agency();
                let drafts = expected(caller, Action::Draft, &own, (Action::Draft, &own));
                let says = match expected(caller, order.action, &object, view) {
                    // An answer is a draft: whoever drafts nothing is told so.
                    _ if order.action == Action::Reply && drafts != Expected::Allowed => {
                        Expected::Refused
                    }
                    says => says,
                };
                let what = format!("{} {}", order.path, row.state.tag().code());
                walk.note(who, &what, says, order.action, &knock(client, order).await);
            }
        }
        for order in &tries {
            let stranger = knock(&world.nobody(), order).await;
            assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{}", order.path);
        }
    }
    walk.end(9 * 12 * 9);
}

/// The document that has arrived at the department.
async fn arrived(world: &World, people: &People) -> IncomingId {
    let id = numbered(world, people, "Thử quyền trên văn bản đến").await;
    world
        .sign(people.client("vt.tanmau"), Purpose::Seal, &id)
        .await;
    step(people.client("vt.tanmau"), &id, "issue").await;
    world.run().await;
    let list = people
        .client("vt.skhcn")
        .get("/api/v1/incoming")
        .await
        .json();
    list["items"][0]["incoming_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

async fn incoming_step(client: &Client, id: &IncomingId, step: &str, body: Value) {
    let reply = client
        .post(&format!("/api/v1/incoming/{id}/{step}"), &body)
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{step}: {}", reply.json());
}

pub(super) async fn incoming_in_every_state(world: &World, people: &People) -> Vec<IncomingRow> {
    let id = arrived(world, people).await;
    let (clerk, leader) = (people.client("vt.skhcn"), people.client("gd.skhcn"));
    let now = world.app.now();
    let mut copies = Vec::new();
    copies.push(
        incoming_copy(world, &id, |row| {
            row.state = IncomingState::Arrived { since: now };
        })
        .await,
    );
    copies.push(incoming_copy(world, &id, |_| {}).await);
    let checked = copies[1].state.clone();
    let reason = vanthu_domain::incoming::ReturnReason::Other;
    let returned = checked.give_back(now, reason, "thử".to_owned()).unwrap();
    copies.push(incoming_copy(world, &id, |row| row.state = returned).await);
    incoming_step(clerk, &id, "accept", json!({})).await;
    copies.push(incoming_copy(world, &id, |_| {}).await);
    incoming_step(clerk, &id, "register", json!({})).await;
    copies.push(incoming_copy(world, &id, |_| {}).await);
    let leader_id = people.caller("gd.skhcn").person_id();
    incoming_step(clerk, &id, "present", json!({"leader_id": leader_id})).await;
    copies.push(incoming_copy(world, &id, |_| {}).await);
    let unit_id = people.caller("tp.cds").actor.posts[0]
        .unit_id
        .clone()
        .unwrap();
    let lines = json!([{"unit_id": unit_id, "part": "lead"}]);
    incoming_step(
        leader,
        &id,
        "direct",
        json!({"words": "Xử lý", "lines": lines}),
    )
    .await;
    copies.push(incoming_copy(world, &id, |_| {}).await);
    let head = people.client("tp.cds");
    let shown = head.get(&format!("/api/v1/incoming/{id}")).await.json();
    let line_id = shown["lines"][0]["line_id"].as_str().unwrap().to_owned();
    let reply = head
        .post(&format!("/api/v1/lines/{line_id}/start"), &json!({}))
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    copies.push(incoming_copy(world, &id, |_| {}).await);
    let done = json!({"code": "filed", "words": "đã lưu"});
    let reply = head
        .post(&format!("/api/v1/lines/{line_id}/finish"), &done)
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    copies.push(incoming_copy(world, &id, |_| {}).await);
    let states: Vec<IncomingTag> = copies.iter().map(|row| row.state.tag()).collect();
    assert!(
        IncomingTag::ALL.iter().all(|tag| states.contains(tag)),
        "{states:?}"
    );
    copies
}

async fn incoming_copy(
    world: &World,
    id: &IncomingId,
    change: impl FnOnce(&mut IncomingRow),
) -> IncomingRow {
    let now = world.app.now();
    let mut tx = world.app.store.write().await.unwrap();
    let mut row = incoming::load(&mut tx, id).await.unwrap();
    let lines = line::list_of_incoming(&mut tx, id).await.unwrap();
    row.incoming_id = IncomingId::new(now, world.app.random());
    row.delivery_id = None;
    // Another document, or the original would seem to be there twice.
    row.document_key = format!("{}-{}", row.document_key, row.incoming_id);
    row.notation = format!("{}-{}", row.notation, row.incoming_id);
    change(&mut row);
    incoming::insert(&mut tx, &row).await.unwrap();
    for mut held in lines {
        held.line_id = LineId::new(now, world.app.random());
        held.incoming_id = row.incoming_id.clone();
        held.parent_line_id = None;
        line::insert(&mut tx, &held).await.unwrap();
    }
    tx.commit().await.unwrap();
    row
}
