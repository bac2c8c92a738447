//! Outgoing documents: every route, every state, everybody.

use axum::http::StatusCode;
use serde_json::{Value, json};
use vanthu_app::signing::Purpose;
use vanthu_domain::agency::Role;
use vanthu_domain::id::{FileId, OutgoingId};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::{file, outgoing};

use super::walk::{Expected, People, Try, Walk, attempt, expected, knock};
use crate::world::{Client, World};

/// Proves: TG-7, TG-22.1b, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn outgoing_documents_are_open_to_whom_the_table_names_and_hidden_from_others() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let rows = outgoing_in_every_state(&world, &people).await;
    let mut content = crate::world::content(people.client("cv.vhxh"), "Thử quyền").await;
    content["version"] = json!(0);
    let mut walk = Walk::default();
    for row in &rows {
        let id = &row.outgoing_id;
        let object = vanthu_app::outgoing::object_of(row);
        let view = (Action::ViewOutgoing, &object);
        let mut tx = world.app.store.read().await.unwrap();
        let file_id = file::list(&mut tx, id.as_str())
            .await
            .unwrap()
            .remove(0)
            .file_id;
        drop(tx);
        for (who, client, caller) in &people.0 {
            let sees = expected(caller, Action::ViewOutgoing, &object, view);
            for part in [
                String::new(),
                format!("/files/{file_id}"),
                "/file".to_owned(),
            ] {
                let reply = client.get(&format!("/api/v1/outgoing/{id}{part}")).await;
                if part == "/file" && row.current_blob.is_none() {
                    assert_eq!(reply.code(), "not-found");
                    continue;
                }
                let what = format!("GET {part} {}", row.state.tag().code());
                walk.note(who, &what, sees, Action::ViewOutgoing, &reply);
            }
        }
        for order in outgoing_tries(id, &file_id, &content) {
            let mut later = Vec::new();
            for (who, client, caller) in &people.0 {
                let says = match expected(caller, order.action, &object, view) {
                    // Everybody follows the deliveries; sending again is the clerk's.
                    Expected::Allowed
                        if order.action == Action::Track && !caller.is(Role::Clerk) =>
                    {
                        Expected::Refused
                    }
                    says => says,
                };
                // What can't carry a version changes something: whoever may do it comes last.
                if order.method == "DELETE" && says == Expected::Allowed {
                    later.push((who, client, says));
                    continue;
                }
                let what = format!("{} {}", order.path, row.state.tag().code());
                walk.note(who, &what, says, order.action, &knock(client, &order).await);
            }
            for (who, client, says) in later {
                walk.note(
                    who,
                    &order.path,
                    says,
                    order.action,
                    &knock(client, &order).await,
                );
            }
            let stranger = knock(&world.nobody(), &order).await;
            assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{}", order.path);
        }
    }
    walk.end(8 * 12 * 18);
}

fn outgoing_tries(id: &OutgoingId, file_id: &FileId, content: &Value) -> Vec<Try> {
    // Not a PDF: whoever passes the rights is told so, the others never get so far.
    let no_pdf = json!("%PDF-1.7 not really");
    let at = |step: &str| format!("/api/v1/outgoing/{id}/{step}");
    let seen = json!({"version": 0});
    let reason = json!({"version": 0, "reason": "thử quyền"});
    let sign =
        |purpose: &str| json!({"purpose": purpose, "documents": [id], "consent": "automatic"});
    let place = json!({"page": 0, "rect": {"x0": 1, "y0": 1, "x1": 9, "y1": 9}, "baseline": 2,
        "size": 13});
    vec![
        Try {
            action: Action::Edit,
            method: "PUT",
            path: format!("/api/v1/outgoing/{id}"),
            body: content.clone(),
        },
        Try {
            action: Action::Edit,
            method: "PUT",
            path: at("places"),
            body: json!({"version": 0, "number": place, "date": place, "signature": place}),
        },
        attempt(Action::Edit, at("typeset"), seen.clone()),
        attempt(
            Action::Edit,
            at("upload?name=van-ban.pdf&version=0"),
            no_pdf,
        ),
        attempt(
            Action::Edit,
            at("files?name=ghi-chu.txt"),
            json!("Ghi chú\n"),
        ),
        Try {
            action: Action::Edit,
            method: "DELETE",
            path: at(&format!("files/{file_id}")),
            body: json!({}),
        },
        attempt(Action::Submit, at("submit"), seen.clone()),
        attempt(Action::TakeBack, at("take-back"), seen.clone()),
        attempt(
            Action::Approve,
            at("approve"),
            json!({"version": 0, "words": ""}),
        ),
        attempt(Action::GiveBack, at("give-back"), reason.clone()),
        attempt(
            Action::Comment,
            at("comment"),
            json!({"words": "Đề nghị rõ thời hạn."}),
        ),
        attempt(Action::Sign, "/api/v1/signing-sessions", sign("person")),
        attempt(Action::GiveNumber, at("give-number"), seen.clone()),
        attempt(Action::VoidNumber, at("void-number"), reason.clone()),
        attempt(Action::Seal, "/api/v1/signing-sessions", sign("seal")),
        attempt(Action::Issue, at("issue"), seen.clone()),
        attempt(Action::Track, at("resend"), seen),
        attempt(Action::Withdraw, at("withdraw"), reason),
    ]
}

/// A letter taken as far as its number.
pub(super) async fn numbered(world: &World, people: &People, subject: &str) -> OutgoingId {
    let id = world.draft(people.client("cv.vhxh"), subject).await;
    step(people.client("cv.vhxh"), &id, "submit").await;
    step(people.client("tp.vhxh"), &id, "approve").await;
    world
        .sign(people.client("pct.tanmau"), Purpose::Person, &id)
        .await;
    step(people.client("vt.tanmau"), &id, "give-number").await;
    id
}

pub(super) async fn step(client: &Client, id: &OutgoingId, step: &str) {
    let reply = client
        .post(&format!("/api/v1/outgoing/{id}/{step}"), &json!({}))
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{step}: {}", reply.json());
}

/// A letter goes all the way; at each state a copy of it is kept standing there.
pub(super) async fn outgoing_in_every_state(world: &World, people: &People) -> Vec<OutgoingRow> {
    let drafter = people.client("cv.vhxh");
    let id = world.draft(drafter, "Thử quyền trên văn bản đi").await;
    let mut copies = Vec::new();
    step(drafter, &id, "submit").await;
    let pdf = drafter
        .get(&format!("/api/v1/outgoing/{id}/file"))
        .await
        .body;
    step(drafter, &id, "take-back").await;
    let reply = drafter
        .file(
            &format!("/api/v1/outgoing/{id}/files?name=phu-luc.pdf"),
            &pdf,
        )
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    copies.push(outgoing_copy(world, &id).await);
    step(drafter, &id, "submit").await;
    copies.push(outgoing_copy(world, &id).await);
    step(people.client("tp.vhxh"), &id, "approve").await;
    copies.push(outgoing_copy(world, &id).await);
    world
        .sign(people.client("pct.tanmau"), Purpose::Person, &id)
        .await;
    copies.push(outgoing_copy(world, &id).await);
    step(people.client("vt.tanmau"), &id, "give-number").await;
    copies.push(outgoing_copy(world, &id).await);
    world
        .sign(people.client("vt.tanmau"), Purpose::Seal, &id)
        .await;
    copies.push(outgoing_copy(world, &id).await);
    step(people.client("vt.tanmau"), &id, "issue").await;
    copies.push(outgoing_copy(world, &id).await);
    let given_up = world.draft(drafter, "Dự thảo bị hủy").await;
    let reply = drafter
        .file(
            &format!("/api/v1/outgoing/{given_up}/files?name=phu-luc.pdf"),
            &pdf,
        )
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    let body = json!({"reason": "không cần nữa"});
    let reply = drafter
        .post(&format!("/api/v1/outgoing/{given_up}/withdraw"), &body)
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    copies.push(outgoing_copy(world, &given_up).await);
    let states: Vec<OutgoingTag> = copies.iter().map(|row| row.state.tag()).collect();
    assert!(
        OutgoingTag::ALL.iter().all(|tag| states.contains(tag)),
        "{states:?}"
    );
    copies
}

async fn outgoing_copy(world: &World, id: &OutgoingId) -> OutgoingRow {
    let (now, random) = (world.app.now(), world.app.random());
    let mut tx = world.app.store.write().await.unwrap();
    let mut row = outgoing::load(&mut tx, id).await.unwrap();
    row.outgoing_id = OutgoingId::new(now, random);
    outgoing::insert(&mut tx, &row).await.unwrap();
    let recipients = outgoing::list_recipients(&mut tx, id).await.unwrap();
    outgoing::set_recipients(&mut tx, &row.outgoing_id, &recipients)
        .await
        .unwrap();
    for mut attached in file::list(&mut tx, id.as_str()).await.unwrap() {
        attached.file_id = FileId::new(now, world.app.random());
        attached.owner_id = row.outgoing_id.to_string();
        file::insert(&mut tx, &attached).await.unwrap();
    }
    tx.commit().await.unwrap();
    row
}
