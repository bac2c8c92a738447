//! Incoming documents: every route, every state, everybody.

use axum::http::StatusCode;
use serde_json::{Value, json};
use vanthu_app::incoming::Lines;
use vanthu_app::signing::Purpose;
use vanthu_domain::id::{FileId, IncomingId, LineId};
use vanthu_domain::incoming::{IncomingState, IncomingTag};
use vanthu_domain::permission::Action;
use vanthu_store::file::{FileRole, FileRow};
use vanthu_store::incoming::IncomingRow;
use vanthu_store::{file, incoming, line};

use super::outgoing::{numbered, step};
use super::walk::{Expected, Knock, People, Thing, Walk, form, granted, json, knock};
use crate::world::{Client, World};

/// Proves: TG-7, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn incoming_documents_are_open_to_whom_the_table_names_and_hidden_from_others() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let rows = incoming_in_every_state(&world, &people).await;
    let unit_id = people.caller("tp.cds").actor.posts[0]
        .unit_id
        .clone()
        .unwrap();
    let leader_id = people.caller("gd.skhcn").person_id().to_string();
    let mut walk = Walk::default();
    for row in &rows {
        let (thing, seen) = thing(&world, row).await;
        let about = About {
            leader_id: leader_id.clone(),
            unit_id: unit_id.to_string(),
        };
        let mut knocks = knocks(&about);
        knocks.push(answer(row.incoming_id.as_str()));
        let has_report = row.report_blob.is_some();
        knocks.retain(|knock| has_report || !knock.route.path.ends_with("/report"));
        let (looks, acts): (Vec<Knock>, Vec<Knock>) = knocks
            .into_iter()
            .partition(|knock| knock.action == Some(Action::ViewIncoming));
        walk.everybody(&people, &seen, &looks, |_, _, says| says)
            .await;
        walk.everybody(&people, &thing, &acts, |knock, caller, says| {
            // An answer is a draft: whoever may not draft may not begin one.
            let drafts = granted(caller, Action::Draft, &caller.own_agency());
            match knock.action {
                Some(Action::Reply) if says == Expected::Allowed && !drafts => Expected::Refused,
                _ => says,
            }
        })
        .await;
        let clerk = people.client("vt.skhcn");
        walk.strangers(&world, clerk, &thing.params, &looks).await;
        walk.strangers(&world, clerk, &thing.params, &acts).await;
    }
    walk.end(9 * 12 * 24);
}

/// The document as acts find it (with the lines that stand), and as whoever looks finds it (with
/// every line there ever was).
async fn thing(world: &World, row: &IncomingRow) -> (Thing, Thing) {
    let id = &row.incoming_id;
    let mut tx = world.app.store.read().await.unwrap();
    let lines = line::list_of_incoming(&mut tx, id).await.unwrap();
    let file_id = file::list(&mut tx, id.as_str())
        .await
        .unwrap()
        .remove(0)
        .file_id;
    let of = |which| vanthu_app::incoming::object_of(row, &lines, which);
    let thing = |object| Thing {
        name: row.state.tag().code().to_owned(),
        params: vec![
            ("id", id.to_string()),
            ("incoming_id", id.to_string()),
            ("file_id", file_id.to_string()),
            ("name", "1.png".to_owned()),
        ],
        object,
        view: (Action::ViewIncoming, of(Lines::Every)),
    };
    (thing(of(Lines::Standing)), thing(of(Lines::Every)))
}

/// Whom the acts name.
#[derive(Default)]
pub(super) struct About {
    leader_id: String,
    unit_id: String,
}

/// The draft of an answer, which names the document in its body.
fn answer(id: &str) -> Knock {
    let mut knock = json(
        "POST /api/v1/outgoing",
        json!({"kind": "official-letter", "reply_to": id}),
    );
    knock.action = Some(Action::Reply);
    knock
}

/// Every route about an incoming document.
pub(super) fn knocks(about: &About) -> Vec<Knock> {
    let mut all = programs(about);
    all.extend(pages(about));
    all
}

fn programs(About { leader_id, unit_id }: &About) -> Vec<Knock> {
    let seen = json!({"version": 0});
    let get = |below: &str| knock(&format!("GET /api/v1/incoming/{{incoming_id}}{below}"));
    let post = |step: &str, body: Value| {
        let at = format!("POST /api/v1/incoming/{{incoming_id}}/{step}");
        json(&at, body)
    };
    let lines = json!([{"unit_id": unit_id, "part": "lead"}]);
    vec![
        get(""),
        get("/file"),
        get("/report"),
        get("/files/{file_id}"),
        post("accept", seen.clone()),
        post(
            "give-back",
            json!({"version": 0, "reason": "other", "words": "thử quyền"}),
        ),
        post("register", seen.clone()),
        post("accept-and-register", seen),
        post("present", json!({"version": 0, "leader_id": leader_id})),
        post("direct", json!({"version": 0, "lines": lines})),
    ]
}

fn pages(About { leader_id, unit_id }: &About) -> Vec<Knock> {
    let seen = [("version", "0")];
    let unit = format!("unit:{unit_id}");
    let get = |below: &str| knock(&format!("GET /incoming/{{id}}{below}"));
    let post = |step: &str, fields: &[(&str, &str)]| {
        let at = format!("POST /incoming/{{id}}/{step}");
        form(&at, fields)
    };
    let back = [
        ("version", "0"),
        ("reason", "other"),
        ("words", "thử quyền"),
    ];
    vec![
        get(""),
        get("/fragment/{part}").at("part", "lines"),
        get("/file"),
        get("/report"),
        get("/files/{file_id}"),
        get("/page/{name}"),
        post("accept", &seen),
        post("give-back", &back),
        post("register", &seen),
        post("accept-and-register", &seen),
        post("present", &[("version", "0"), ("leader", leader_id)]),
        post("direct", &[("version", "0"), ("lead", &unit)]),
        post("reply", &seen),
    ]
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
    let attached = FileRow {
        file_id: FileId::new(now, world.app.random()),
        owner_id: row.incoming_id.to_string(),
        role: FileRole::Attachment,
        name: "phu-luc.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: 1,
        sha256: row.main_blob.clone(),
        pages: Some(1),
        position: 1,
        created_at: now,
    };
    file::insert(&mut tx, &attached).await.unwrap();
    tx.commit().await.unwrap();
    row
}
