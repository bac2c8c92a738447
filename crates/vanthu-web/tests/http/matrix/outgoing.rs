//! Outgoing documents: every route, every state, everybody.

use axum::http::StatusCode;
use serde_json::{Value, json};
use vanthu_app::signing::Purpose;
use vanthu_domain::id::{FileId, OutgoingId, VersionId};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::{file, outgoing};

use super::walk::{
    Knock, People, Thing, Token, Walk, file as file_at, files, form, json as json_at, knock,
};
use crate::world::{Client, World};

/// Whoever passes the rights is told what it is; the others never get so far.
const NO_PDF: &[u8] = b"%PDF-1.7 not really";

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
        let thing = thing(&world, row).await;
        let mut knocks = knocks(&content);
        knocks.extend(signing(&row.outgoing_id));
        // The two ways to take a file off find one each.
        let last = thing
            .params
            .iter()
            .find(|(name, _)| *name == "last_file_id")
            .unwrap()
            .1
            .clone();
        for knock in &mut knocks {
            if knock.route.path.ends_with("/remove") {
                *knock = knock.clone().at("file_id", &last);
            }
        }
        let has_file = row.current_blob.is_some();
        knocks.retain(|knock| has_file || !needs_file(knock));
        walk.everybody(&people, &thing, &knocks, |_, _, says| says)
            .await;
        let drafter = people.client("cv.vhxh");
        walk.strangers(&world, drafter, &thing.params, &knocks)
            .await;
    }
    walk.end(8 * 12 * 45);
}

/// Whether the route is about the paper, which is there once something was submitted.
fn needs_file(knock: &Knock) -> bool {
    let path = knock.route.path;
    path.ends_with("/file") || path.contains("/page/") || path.ends_with("/place")
}

async fn thing(world: &World, row: &OutgoingRow) -> Thing {
    let id = &row.outgoing_id;
    let mut tx = world.app.store.read().await.unwrap();
    let files: Vec<_> = file::list(&mut tx, id.as_str()).await.unwrap();
    let (first, last) = (&files[0].file_id, &files[files.len() - 1].file_id);
    let version_id = outgoing::list_versions(&mut tx, id)
        .await
        .unwrap()
        .remove(0)
        .version_id;
    let object = vanthu_app::outgoing::object_of(row);
    Thing {
        name: row.state.tag().code().to_owned(),
        params: vec![
            ("id", id.to_string()),
            ("outgoing_id", id.to_string()),
            ("file_id", first.to_string()),
            ("last_file_id", last.to_string()),
            ("version_id", version_id.to_string()),
            ("picture", "1.png".to_owned()),
        ],
        view: (Action::ViewOutgoing, object.clone()),
        object,
    }
}

/// Signing, which names the document in its body.
pub(super) fn signing(id: &OutgoingId) -> Vec<Knock> {
    let open = "POST /api/v1/signing-sessions";
    let sign =
        |purpose: &str| json!({"purpose": purpose, "documents": [id], "consent": "automatic"});
    vec![
        json_at(open, sign("person")).of(Action::Sign),
        json_at(open, sign("seal")).of(Action::Seal),
    ]
}

/// Signing several at once: each document asks by itself, and its answer stands on the page.
pub(super) fn several() -> Vec<Knock> {
    several_of(&[])
}

fn several_of(ids: &[String]) -> Vec<Knock> {
    let fields = |act| {
        let ids = ids.iter().map(|id| ("document", id.as_str()));
        std::iter::once(("act", act)).chain(ids).collect::<Vec<_>>()
    };
    let at = "POST /outgoing/sign-many";
    vec![
        form(at, &fields("person")).of(Action::Sign),
        form(at, &fields("seal")).of(Action::Seal),
    ]
}

/// Proves: KH-2
#[tokio::test(flavor = "multi_thread")]
async fn of_several_documents_only_one_s_own_are_offered_for_signing() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let waiting = world.draft(people.client("cv.vhxh"), "Chờ ký").await;
    step(people.client("cv.vhxh"), &waiting, "submit").await;
    step(people.client("tp.vhxh"), &waiting, "approve").await;
    let sealable = numbered(&world, &people, "Chờ đóng dấu").await;
    let ids = [waiting.to_string(), sealable.to_string()];
    let knocks = several_of(&ids);
    for knock in &knocks {
        for (who, client, _) in &people.0 {
            let reply = knock.try_as(client, &[], Token::Right).await;
            assert_eq!(reply.status, StatusCode::OK, "{who}");
            let page = String::from_utf8_lossy(&reply.body);
            let offered: Vec<&str> = ids
                .iter()
                .map(String::as_str)
                .filter(|id| page.contains(&format!("name=\"document\" value=\"{id}\"")))
                .collect();
            let expected: &[&str] = match (knock.action, *who) {
                (Some(Action::Sign), "pct.tanmau") => &[&ids[0]],
                (Some(Action::Seal), "vt.tanmau") => &[&ids[1]],
                _ => &[],
            };
            assert_eq!(offered, expected, "{who}");
        }
    }
    let mut walk = Walk::default();
    walk.strangers(&world, people.client("pct.tanmau"), &[], &knocks)
        .await;
    walk.end(knocks.len());
}

/// Where number, date and signature go.
const PLACES: [(&str, &str); 16] = [
    ("version", "0"),
    ("number_page", "1"),
    ("number_x", "10"),
    ("number_y", "10"),
    ("number_w", "10"),
    ("number_h", "10"),
    ("date_page", "1"),
    ("date_x", "30"),
    ("date_y", "10"),
    ("date_w", "10"),
    ("date_h", "10"),
    ("signature_page", "1"),
    ("signature_x", "50"),
    ("signature_y", "10"),
    ("signature_w", "10"),
    ("signature_h", "10"),
];

/// Every route about an outgoing document.
pub(super) fn knocks(content: &Value) -> Vec<Knock> {
    let mut all = programs(content);
    all.extend(pages());
    all
}

fn programs(content: &Value) -> Vec<Knock> {
    let seen = json!({"version": 0});
    let words = json!({"version": 0, "words": ""});
    let reason = json!({"version": 0, "reason": "thử quyền"});
    let place = json!({"page": 0, "rect": {"x0": 1, "y0": 1, "x1": 9, "y1": 9}, "baseline": 2,
        "size": 13});
    let places = json!({"version": 0, "number": place, "date": place, "signature": place});
    let comment = json!({"words": "Đề nghị rõ thời hạn."});
    let get = |below: &str| knock(&format!("GET /api/v1/outgoing/{{outgoing_id}}{below}"));
    let post = |step: &str, body: &Value| {
        json_at(
            &format!("POST /api/v1/outgoing/{{outgoing_id}}/{step}"),
            body.clone(),
        )
    };
    let send = |below: &str, bytes| {
        file_at(
            &format!("POST /api/v1/outgoing/{{outgoing_id}}/{below}"),
            bytes,
        )
    };
    vec![
        get(""),
        get("/file"),
        get("/files/{file_id}"),
        json_at("PUT /api/v1/outgoing/{outgoing_id}", content.clone()),
        json_at("PUT /api/v1/outgoing/{outgoing_id}/places", places),
        post("typeset", &seen),
        send("upload", NO_PDF).query("?name=van-ban.pdf&version=0"),
        send("files", b"Ghi ch\xc3\xba\n").query("?name=ghi-chu.txt"),
        json_at(
            "DELETE /api/v1/outgoing/{outgoing_id}/files/{file_id}",
            json!({}),
        )
        .changing(),
        post("submit", &seen),
        post("take-back", &seen),
        post("approve", &words),
        post("give-back", &reason),
        post("comment", &comment),
        post("give-number", &seen),
        post("void-number", &reason),
        post("issue", &seen),
        post("resend", &seen),
        post("withdraw", &reason),
    ]
}

fn pages() -> Vec<Knock> {
    let seen = [("version", "0")];
    let reason = [("version", "0"), ("reason", "thử quyền")];
    let comment = [("words", "Đề nghị rõ thời hạn.")];
    let draft = [
        ("version", "0"),
        ("kind", "official-letter"),
        ("subject", "Thử quyền"),
    ];
    let get = |below: &str| knock(&format!("GET /outgoing/{{id}}{below}"));
    let post = |step: &str, fields: &[(&str, &str)]| {
        form(&format!("POST /outgoing/{{id}}/{step}"), fields)
    };
    vec![
        get(""),
        get("/fragment/{part}").at("part", "head"),
        get("/fragment/{part}").at("part", "deliveries"),
        get("/fragment/{part}").at("part", "timeline"),
        get("/edit"),
        get("/place"),
        get("/file"),
        get("/files/{file_id}"),
        get("/page/{picture}"),
        get("/versions/{version_id}"),
        post("save", &draft),
        post("preview", &draft),
        post("place", &PLACES),
        post("typeset", &seen),
        files("POST /outgoing/{id}/upload", "van-ban.pdf", NO_PDF),
        files(
            "POST /outgoing/{id}/files",
            "ghi-chu.txt",
            b"Ghi ch\xc3\xba\n",
        ),
        post("submit", &seen),
        post("take-back", &seen),
        post("approve", &seen),
        post("give-back", &reason),
        post("comment", &comment),
        post("give-number", &seen),
        post("void-number", &reason),
        post("issue", &seen),
        post("resend", &seen),
        post("withdraw", &reason),
        post("versions/{version_id}/take", &seen).changing(),
        post("files/{file_id}/remove", &seen).changing(),
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
        // One for each of the two ways to take a file off.
        attached.file_id = FileId::new(now, world.app.random());
        attached.position += 100;
        file::insert(&mut tx, &attached).await.unwrap();
    }
    let kept = outgoing::list_versions(&mut tx, id)
        .await
        .unwrap()
        .remove(0);
    let kept = outgoing::VersionRow {
        version_id: VersionId::new(now, world.app.random()),
        outgoing_id: row.outgoing_id.clone(),
        ..kept
    };
    outgoing::insert_version(&mut tx, &kept).await.unwrap();
    tx.commit().await.unwrap();
    row
}
