//! The government's tool over HTTP: what a page carries, what the tool fetches and brings, and who may reach it.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::{Value, json};
use vanthu_app::practice::world::PIN;
use vanthu_app::signing::local::{Plain, SigningTool, ToolSettings};
use vanthu_domain::id::OutgoingId;
use vanthu_pki::{Time, pkcs12};
use vanthu_testkit::tool::{Asked, DigestWay, FakeTool, form, refusal};

use crate::world::{ADDRESS, Client, Reply, World};

const TOOL: &str = "wss://127.0.0.1:8987";

/// An installation that offers the tool.
async fn offering() -> World {
    let world = World::new().await;
    let tool = SigningTool::read(ToolSettings::default(), Plain::Refused).unwrap();
    world.app.tool.set(tool).unwrap();
    world
}

/// The tool with the device of this person.
fn tool_of(world: &World, login: &str) -> FakeTool {
    let file = std::fs::read_dir(world.key_folder())
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == "p12"))
        .find(|it| it.file_name().unwrap().to_str().unwrap().starts_with(login))
        .unwrap();
    let opened = pkcs12::open(&std::fs::read(file).unwrap(), PIN).unwrap();
    let now = Time::from_unix(world.app.now().unix_seconds());
    FakeTool::new(opened.key, opened.certificate, opened.chain, now)
}

/// A letter that waits for the deputy's signature.
async fn waiting(world: &World) -> OutgoingId {
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world
        .draft(&drafter, "Ký bằng công cụ của Ban Cơ yếu")
        .await;
    for (login, act) in [("cv.vhxh", "submit"), ("tp.vhxh", "approve")] {
        let client = world.sign_in(login).await;
        let path = format!("/api/v1/outgoing/{id}/{act}");
        let reply = client.post(&path, &json!({})).await;
        assert!(reply.status.is_success(), "{}", reply.json());
    }
    id
}

/// A session, and the turn of its one item.
async fn turn(signer: &Client, id: &OutgoingId) -> (String, Value) {
    let order = json!({"purpose": "person", "documents": [id], "means": "tool"});
    let opened = signer.post("/api/v1/signing-sessions", &order).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.json());
    let opened = opened.json();
    assert_eq!(opened["tool"], "whole-file");
    assert!(opened.get("token").is_none(), "the secret is for agents");
    let at = format!(
        "/api/v1/signing-sessions/{}",
        opened["signing_id"].as_str().unwrap()
    );
    let turn = signer
        .post(&format!("{at}/items/{id}/tool"), &json!({}))
        .await;
    assert_eq!(turn.status, StatusCode::OK, "{}", turn.json());
    (at, turn.json())
}

fn asked(tool: &FakeTool, turn: &Value) -> (String, String) {
    let (path, frame) = (
        turn["path"].as_str().unwrap(),
        turn["frame"].as_str().unwrap(),
    );
    let Asked::File {
        download, upload, ..
    } = tool.read(path, frame).unwrap()
    else {
        panic!("no file")
    };
    let local = |address: String| address.strip_prefix(ADDRESS).unwrap().to_owned();
    (local(download), local(upload))
}

async fn bring(client: &Client, path: &str, file: &[u8]) -> Reply {
    let (kind, body) = form(file);
    let request = client.request("POST", path).header(CONTENT_TYPE, kind);
    client.send(request.body(Body::from(body)).unwrap()).await
}

/// Proves: TD-2.3, TG-22.1b
#[tokio::test(flavor = "multi_thread")]
async fn the_tool_fetches_a_file_and_brings_it_back_without_a_cookie() {
    let world = offering().await;
    let (id, tool) = (waiting(&world).await, tool_of(&world, "pct.tanmau"));
    let signer = world.sign_in("pct.tanmau").await;
    let (at, turn) = turn(&signer, &id).await;
    assert_eq!(
        (&turn["address"], &turn["path"]),
        (&json!(TOOL), &json!("/SignApproved"))
    );
    let events = format!("{at}/items/{id}/tool/events");
    let opened = signer.post(&events, &json!({"event": "opened"})).await;
    assert_eq!(opened.status, StatusCode::NO_CONTENT);
    let (download, upload) = asked(&tool, &turn);
    let nobody = world.nobody();
    let file = nobody.get(&download).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers[CONTENT_TYPE], "application/pdf");
    let now = signer.get(&at).await.json();
    assert_eq!(now["tool"][0]["state"], "fetched");
    // The browser lost the socket; the page is told that the file may still come.
    signer.post(&events, &json!({"event": "closed"})).await;
    let now = signer.get(&at).await.json();
    assert_eq!(now["tool"][0]["waits_after_close"], true);
    assert_eq!(now["state"], "open");
    let answer = bring(&nobody, &upload, &tool.signed_file(&file.body)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let frame = tool.after_upload(std::str::from_utf8(&answer.body).unwrap());
    assert_eq!(serde_json::from_str::<Value>(&frame).unwrap()["Status"], 0);
    let now = signer.get(&at).await.json();
    assert_eq!(
        (&now["state"], &now["tool"][0]["state"]),
        (&json!("signed"), &json!("applied"))
    );
    // What comes again is told in the tool's words, and changes nothing.
    let again = bring(&nobody, &upload, &tool.signed_file(&file.body)).await;
    assert_eq!(
        (again.status, &again.json()["Status"]),
        (StatusCode::OK, &json!(false))
    );
    assert!(
        again.json()["Message"]
            .as_str()
            .unwrap()
            .contains("hết hiệu lực")
    );
    assert_eq!(nobody.get(&download).await.code(), "tool-address-over");
}

/// Proves: TG-22.1b
#[tokio::test(flavor = "multi_thread")]
async fn the_tool_s_door_is_closed_to_whoever_has_no_address() {
    let world = offering().await;
    let (id, tool) = (waiting(&world).await, tool_of(&world, "pct.tanmau"));
    let signer = world.sign_in("pct.tanmau").await;
    let (_, turn) = turn(&signer, &id).await;
    let (download, upload) = asked(&tool, &turn);
    let key = upload.rsplit('/').next().unwrap();
    let nobody = world.nobody();
    for client in [&nobody, &signer] {
        // Invented ones, and the one door's key at the other.
        for path in [
            format!("/tool/v1/files/{}/van-ban.pdf", "A".repeat(43)),
            format!("/tool/v1/files/{key}/van-ban.pdf"),
        ] {
            let reply = client.get(&path).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND);
            assert_eq!(reply.code(), "tool-address-unknown");
        }
    }
    let invented = format!("/tool/v1/files/{}", "A".repeat(43));
    let reply = bring(&nobody, &invented, b"%PDF-1.7").await;
    assert_eq!(reply.code(), "tool-address-unknown");
    // A browser with a session does not bring files here, whatever page sends it.
    let mut forged = signer.clone();
    forged.csrf = None;
    let reply = bring(&forged, &upload, b"%PDF-1.7").await;
    assert_eq!(reply.code(), "csrf");
    // Not before it was fetched; what is no form, no file, or no PDF leaves the turn as it was.
    let early = bring(&nobody, &upload, b"%PDF-1.7").await;
    assert_eq!(early.json()["Status"], false);
    let file = nobody.get(&download).await.body;
    let request = nobody
        .request("POST", &upload)
        .header(CONTENT_TYPE, "application/pdf");
    let bare = nobody
        .send(request.body(Body::from(file.to_vec())).unwrap())
        .await;
    assert_eq!(bare.json()["Status"], false);
    assert_eq!(
        bring(&nobody, &upload, b"<html>").await.json()["Status"],
        false
    );
    let taken = bring(&nobody, &upload, &tool.signed_file(&file)).await;
    assert_eq!(taken.json()["Status"], true, "{}", taken.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_reports_ends_a_turn_in_the_words_of_a_refusal() {
    let world = offering().await;
    let id = waiting(&world).await;
    let signer = world.sign_in("pct.tanmau").await;
    for (event, code) in [
        (json!({"event": "closed"}), "tool-not-opened"),
        (
            json!({"event": "replied", "frame": refusal(3, "Thiết bị chưa cắm")}),
            "tool-refused",
        ),
    ] {
        let (at, _) = turn(&signer, &id).await;
        let events = format!("{at}/items/{id}/tool/events");
        assert_eq!(
            signer.post(&events, &event).await.status,
            StatusCode::NO_CONTENT
        );
        let now = signer.get(&at).await.json();
        assert_eq!(now["state"], "failed");
        assert_eq!(now["items"][0]["problem"]["code"], code);
    }
    let (at, _) = turn(&signer, &id).await;
    let events = format!("{at}/items/{id}/tool/events");
    let long = json!({"event": "replied", "frame": "x".repeat(70_000)});
    assert_eq!(
        signer.post(&events, &long).await.code(),
        "request-malformed"
    );
    let unknown = json!({"event": "signed"});
    assert_eq!(
        signer.post(&events, &unknown).await.code(),
        "request-malformed"
    );
    // A second frame with addresses is not given.
    let again = signer
        .post(&format!("{at}/items/{id}/tool"), &json!({}))
        .await;
    assert_eq!(again.code(), "signing-session-used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_tells_what_the_tool_can_do() {
    let world = offering().await;
    let mut tool = tool_of(&world, "pct.tanmau");
    let signer = world.sign_in("pct.tanmau").await;
    tool.digests = DigestWay::HashesAgain;
    let trial = signer
        .post("/api/v1/signing-tool/trials", &json!({}))
        .await
        .json();
    let Ok(Asked::Digest(digest)) = tool.read(
        trial["path"].as_str().unwrap(),
        trial["frame"].as_str().unwrap(),
    ) else {
        panic!("no digest")
    };
    let path = format!(
        "/api/v1/signing-tool/trials/{}",
        trial["trial_id"].as_str().unwrap()
    );
    let body = json!({"frame": tool.signed_digest(&digest)});
    let other = world.sign_in("cv.vhxh").await;
    assert_eq!(other.post(&path, &body).await.code(), "not-found");
    let found = signer.post(&path, &body).await;
    assert_eq!(found.json()["support"], "missing", "{}", found.json());
    assert_eq!(signer.post(&path, &body).await.code(), "already-decided");
}

/// Proves: TG-22.1b
#[tokio::test(flavor = "multi_thread")]
async fn only_pages_that_sign_with_the_tool_may_reach_it() {
    let world = offering().await;
    let id = waiting(&world).await;
    let page = format!("/outgoing/{id}");
    let reaches = async |login: &str, path: &str| {
        let client = world.sign_in(login).await;
        let reply = client.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{login} {path}");
        let policy = reply.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("connect-src 'self'"), "{policy}");
        policy.ends_with(&format!(" {TOOL}"))
    };
    assert!(reaches("pct.tanmau", &page).await);
    assert!(reaches("pct.tanmau", "/account/signing").await);
    // Nobody who does not sign here, and no other page.
    assert!(!reaches("cv.vhxh", &page).await);
    for path in ["/", "/outgoing", "/account"] {
        assert!(!reaches("pct.tanmau", path).await, "{path}");
    }
    // Nor where it is not offered.
    let plain = World::new().await;
    let client = plain.sign_in("pct.tanmau").await;
    let reply = client.get("/account/signing").await;
    let policy = reply.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!policy.contains("8987"), "{policy}");
    let order = json!({"purpose": "person", "documents": [waiting(&plain).await], "means": "tool"});
    let met = client.post("/api/v1/signing-sessions", &order).await;
    assert_eq!(met.code(), "signing-means-not-offered");
    let met = client.post("/api/v1/signing-tool/trials", &json!({})).await;
    assert_eq!(met.code(), "signing-means-not-offered");
}
