//! What asks for no right of the core: one's own things, what is open to all, the doors of programs.

use axum::http::StatusCode;
use serde_json::json;
use vanthu_app::Caller;
use vanthu_app::agent::end::end_by_owner;
use vanthu_app::agent::offer::offer;
use vanthu_app::practice::world::PASSWORD;
use vanthu_domain::id::{CredentialId, ToolTrialId};
use vanthu_domain::permission::Action;
use vanthu_store::certificate;
use vanthu_store::credential::{self as store_credential, Agreeing, CredentialRow};
use vanthu_store::tool_signing::{self, ToolSupport, ToolTrialRow};

use super::outgoing::step;
use super::walk::{
    Expected, Knock, People, Thing, Token, Walk, file, files, form, json as json_at, knock, name,
    refusal,
};
use crate::world::{Client, World};

/// Proves: KH-2
#[tokio::test(flavor = "multi_thread")]
async fn everybody_reaches_their_own_things_and_nobody_else_s() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let signer = people.client("pct.tanmau");
    let signing_id = signing_session(&world, &people, signer).await;
    let notice_id = notice(signer).await;
    let session = world.sign_in("pct.tanmau").await;
    let hash = session_hash(&world, signer, &session).await;
    let views = [
        saved_view(signer, "Một").await,
        saved_view(signer, "Hai").await,
    ];
    let keys = [
        credential(&world, people.caller("pct.tanmau"), "một").await,
        credential(&world, people.caller("pct.tanmau"), "hai").await,
    ];
    let agent_id = ended_agent(&world, people.caller("pct.tanmau")).await;
    let knocks = own_knocks(&views, &keys, &agent_id);
    let own = people.caller("pct.tanmau").own_agency();
    let thing = Thing {
        name: "own".to_owned(),
        params: vec![
            ("signing_id", signing_id),
            ("id", notice_id),
            (
                "trial_id",
                answered_trial(&world, people.caller("pct.tanmau")).await,
            ),
            ("hash", hash),
        ],
        object: own.clone(),
        view: (Action::Draft, own),
    };
    // A stream ends when the server does; without that, its answer is never whole.
    world.app.events.end();
    let of_signer = people.caller("pct.tanmau").person_id().clone();
    let mut walk = Walk::default();
    walk.everybody(&people, &thing, &knocks, |knock, caller, _| {
        // Marking another's notice as read does nothing, and says nothing. A list holds what its
        // reader may see, also as a file.
        let path = knock.route.path;
        let is_open = path == "/notices/{id}/read"
            || path.contains("/export/")
            || path == "/account/signing/go/{service}"
            || path.starts_with("/api/v1/lists/");
        let names_one = path.contains('{') && !is_open;
        if names_one && *caller.person_id() != of_signer {
            Expected::Hidden
        } else {
            Expected::Allowed
        }
    })
    .await;
    walk.strangers(&world, signer, &thing.params, &knocks).await;
    walk.strangers(&world, signer, &thing.params, &leaving())
        .await;
    for knock in leaving() {
        let leaver = world.sign_in("cv.kt").await;
        let reply = knock.try_as(&leaver, &[], Token::Right).await;
        assert!(
            [StatusCode::SEE_OTHER, StatusCode::NO_CONTENT].contains(&reply.status),
            "{}: {}",
            name(&knock.route),
            reply.status
        );
        assert_eq!(reply.headers["clear-site-data"], "\"cache\"");
        assert_eq!(leaver.get("/api/v1/me").await.code(), "sign-in-required");
    }
    walk.end(12 * knocks.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_answers_whoever_asks() {
    let world = World::new().await;
    let somebody = world.sign_in("cv.kt").await;
    for (knock, status) in open() {
        for client in [&world.nobody(), &somebody] {
            let reply = knock.try_as(client, &open_params(), Token::Right).await;
            assert_eq!(reply.status, status, "{}", name(&knock.route));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_door_asks_for_the_secret_of_the_session_and_for_nothing_else() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let signer = people.client("pct.tanmau");
    let params = [
        ("signing_id", signing_session(&world, &people, signer).await),
        ("item_id", "x".to_owned()),
        ("agent_id", "agt_01KAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
    ];
    for knock in agent() {
        let at = name(&knock.route);
        for client in [&world.nobody(), signer] {
            let reply = knock.try_as(client, &params, Token::Right).await;
            assert_eq!(refusal(&knock, &reply), "sign-in-required", "{at}");
        }
        let method = knock.route.verb.word().to_uppercase();
        let request = world.nobody().request(&method, &knock.path(&params));
        let request = request.header("authorization", "Bearer 00");
        let reply = world
            .nobody()
            .send(knock.filled(request, None, false))
            .await;
        let code = refusal(&knock, &reply);
        assert!(
            ["not-found", "sign-in-required"].contains(&code.as_str()),
            "{at}: {code}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tool_door_asks_for_an_address_that_somebody_was_given() {
    let world = World::new().await;
    let somebody = world.sign_in("pct.tanmau").await;
    let params = [("key", "x".repeat(43)), ("name", "van-ban.pdf".to_owned())];
    for knock in tool() {
        for client in [&world.nobody(), &somebody] {
            let reply = knock.try_as(client, &params, Token::Right).await;
            let at = name(&knock.route);
            assert_eq!(refusal(&knock, &reply), "tool-address-unknown", "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_authority_answers_in_practice_only() {
    let world = World::new().await;
    for (router, is_there) in [(world.router.clone(), true), (world.real(), false)] {
        let client = Client::at(router);
        for knock in practice() {
            let reply = knock.try_as(&client, &[], Token::Right).await;
            let at = name(&knock.route);
            if is_there {
                assert_eq!(reply.status, StatusCode::OK, "{at}");
            } else {
                assert_eq!(refusal(&knock, &reply), "not-found", "{at}");
            }
        }
    }
}

/// Every route for signed-in people that asks for no right.
/// Of the two kept lists, pages name the first and programs the second.
/// The same with the linked keys.
pub(super) fn own_knocks(
    [by_page, by_program]: &[String; 2],
    [key_by_page, key_by_program]: &[String; 2],
    agent_id: &str,
) -> Vec<Knock> {
    let get = |path: &str| knock(&format!("GET {path}"));
    let get_away = |at: &str| knock(at).changing();
    let view = |act: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("act", act), ("section", "incoming")];
        fields.extend_from_slice(more);
        form("POST /views/{id}", &fields).at("id", by_page)
    };
    let weak = json!({"old": PASSWORD, "new": "x"});
    vec![
        get("/api/v1/me"),
        get("/api/v1/agencies"),
        get("/api/v1/units"),
        get("/api/v1/people"),
        get("/api/v1/desk"),
        get("/api/v1/outgoing"),
        get("/api/v1/outgoing/choices"),
        get("/api/v1/incoming"),
        get("/api/v1/lines"),
        get("/api/v1/lists/{section}/xlsx").at("section", "incoming"),
        get("/api/v1/lists/{section}/pdf").at("section", "outgoing"),
        get("/api/v1/views").query("?section=incoming"),
        json_at(
            "POST /api/v1/views",
            json!({"section": "outgoing", "name": "Ba", "filters": []}),
        ),
        json_at(
            "PUT /api/v1/views/{view_id}",
            json!({"version": 0, "name": "Năm"}),
        )
        .at("view_id", by_program),
        get_away("DELETE /api/v1/views/{view_id}").at("view_id", by_program),
        get("/api/v1/notices"),
        json_at("POST /api/v1/notices/read", json!({})),
        json_at("POST /api/v1/account/password", weak),
        get("/api/v1/signing-sessions/{signing_id}"),
        json_at(
            "POST /api/v1/signing-sessions/{signing_id}/cancel",
            json!({}),
        )
        .changing(),
        json_at(
            "POST /api/v1/signing-sessions/{signing_id}/settle",
            json!({"result": "no-signature"}),
        )
        .changing(),
        json_at(
            "POST /api/v1/signing-sessions/{signing_id}/confirm",
            json!({"list": "x", "password": "x"}),
        ),
        json_at(
            "POST /api/v1/signing-sessions/{signing_id}/items/{item_id}/tool",
            json!({}),
        )
        .at("item_id", "x"),
        json_at(
            "POST /api/v1/signing-sessions/{signing_id}/items/{item_id}/tool/events",
            json!({"event": "closed"}),
        )
        .at("item_id", "x"),
        json_at("POST /api/v1/signing-tool/trials", json!({})),
        json_at(
            "POST /api/v1/signing-tool/trials/{trial_id}",
            json!({"frame": "{}"}),
        ),
        get("/api/v1/account/credentials"),
        json_at(
            "POST /api/v1/account/credentials/look",
            json!({"service": "khong-co", "holder": "1"}),
        ),
        json_at(
            "POST /api/v1/account/credentials",
            json!({"service": "khong-co", "holder": "1", "name": "a"}),
        ),
        get_away("DELETE /api/v1/account/credentials/{credential_id}")
            .at("credential_id", key_by_program),
        get("/events"),
        get("/"),
        get("/fragment/tiles"),
        get("/fragment/menu"),
        get("/fragment/notices"),
        get("/notices"),
        form("POST /notices/read", &[]),
        form("POST /notices/{id}/read", &[]),
        get("/search").query("?q=van"),
        get("/outgoing"),
        get("/incoming"),
        get("/work"),
        get("/outgoing/export/{format}").at("format", "xlsx"),
        get("/incoming/export/{format}").at("format", "pdf"),
        get("/lines/export/{format}").at("format", "xlsx"),
        form(
            "POST /views",
            &[("section", "incoming"), ("kind", "plan"), ("name", "Bốn")],
        ),
        view("rename", &[("version", "0"), ("name", "Sáu")]),
        view("delete", &[]).changing(),
        get("/devices"),
        get("/api/v1/devices"),
        get("/signings/{signing_id}"),
        get("/signings/{signing_id}/confirm"),
        form(
            "POST /signings/{signing_id}/confirm",
            &[("list", "x"), ("password", "x")],
        ),
        get("/account"),
        get("/account/signing"),
        form(
            "POST /account/signing/look",
            &[("service", "khong-co"), ("holder", "1")],
        ),
        form(
            "POST /account/signing/link",
            &[("service", "khong-co"), ("holder", "1"), ("name", "a")],
        ),
        get("/account/signing/go/{service}").at("service", "khong-co"),
        get("/account/signing/agree/{signing_id}"),
        get("/account/signing/returned"),
        form("POST /account/signing/{id}/remove", &[])
            .at("id", key_by_page)
            .changing(),
        get("/account/agents"),
        form("POST /account/agents/{id}/end", &[]).at("id", agent_id),
        get("/api/v1/agents"),
        json_at("POST /api/v1/agents", json!({})),
        get("/api/v1/agents/{agent_id}").at("agent_id", agent_id),
        knock("DELETE /api/v1/agents/{agent_id}").at("agent_id", agent_id),
        get("/account/password"),
        form("POST /account/password", &[("new", "a"), ("again", "b")]),
        form("POST /account/sessions/{hash}/end", &[]).changing(),
    ]
}

/// What ends the session that asks.
pub(super) fn leaving() -> Vec<Knock> {
    vec![
        form("POST /sign-out", &[]),
        form("POST /logout", &[]),
        json_at("POST /api/v1/sign-out", json!({})),
    ]
}

/// Every route that is open to all, with what it answers.
pub(super) fn open() -> Vec<(Knock, StatusCode)> {
    let wrong = json!({"login": "khong.co", "password": "x"});
    let get = |path: &str| knock(&format!("GET {path}"));
    let no_pdf: &[u8] = b"no PDF";
    // Where the front end has not been built, the program holds none of it.
    let built = match vanthu_web::asset::version() {
        "0" => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    vec![
        (get("/health"), StatusCode::OK),
        (get("/static/{*path}"), built),
        (get("/account/signing/return"), StatusCode::OK),
        (get("/errors"), StatusCode::OK),
        (get("/errors/{code}"), StatusCode::OK),
        (get("/sign-in"), StatusCode::OK),
        (
            form("POST /sign-in", &[("login", "khong.co")]),
            StatusCode::UNAUTHORIZED,
        ),
        (
            form("POST /theme", &[("theme", "dark")]),
            StatusCode::SEE_OTHER,
        ),
        (
            form("POST /language", &[("language", "vi")]),
            StatusCode::SEE_OTHER,
        ),
        (get("/verify"), StatusCode::OK),
        (files("POST /verify", "a.pdf", no_pdf), StatusCode::OK),
        // Whoever was not told the address finds nothing.
        (get("/verify/report/{id}/{form}"), StatusCode::NOT_FOUND),
        (
            json_at("POST /api/v1/sign-in", wrong),
            StatusCode::UNAUTHORIZED,
        ),
        (file("POST /api/v1/verify", no_pdf), StatusCode::OK),
        (get("/api/openapi.json"), StatusCode::OK),
        (get("/api/docs"), StatusCode::OK),
    ]
}

fn open_params() -> [(&'static str, String); 4] {
    [
        ("id", "0".repeat(64)),
        ("form", "pdf".to_owned()),
        ("path", "version.txt".to_owned()),
        ("code", "not-permitted".to_owned()),
    ]
}

/// Every route of the agent door.
pub(super) fn agent() -> Vec<Knock> {
    let signature = json!({"signature": "AAAA", "consent": "person"});
    let stamped = json!({"at": "2026-11-16T01:00:00Z"});
    let pairing = json!({"key": "AAAA", "nonce": "00".repeat(32), "machine": "", "system": "", "version": "0.1.0"});
    vec![
        knock("GET /agent/v1/sessions/{signing_id}"),
        json_at(
            "POST /agent/v1/sessions/{signing_id}/items/{item_id}",
            signature,
        ),
        json_at(
            "POST /agent/v1/sessions/{signing_id}/cancel",
            json!({"reason": "refused-by-user"}),
        ),
        knock("GET /agent/v1/sessions/{signing_id}/items/{item_id}/file"),
        knock("GET /agent/v1/pairings/{agent_id}"),
        json_at("POST /agent/v1/pairings/{agent_id}", pairing),
        json_at("POST /agent/v1/agents/{agent_id}/confirm", stamped.clone()),
        json_at("POST /agent/v1/agents/{agent_id}/end", stamped),
        json_at("POST /agent/v1/agents/{agent_id}/report", json!({})),
        json_at("POST /agent/v1/agents/{agent_id}/ask", json!({})),
    ]
}

/// Every route of the tool door.
pub(super) fn tool() -> Vec<Knock> {
    vec![
        knock("GET /tool/v1/files/{key}/{name}"),
        files("POST /tool/v1/files/{key}", "a.pdf", b"%PDF-1.7"),
    ]
}

/// Every route of the practice authority.
pub(super) fn practice() -> Vec<Knock> {
    vec![
        file("POST /practice/tsa", b"?"),
        file("POST /practice/ocsp", b"?"),
        knock("GET /practice/root.crl"),
        knock("GET /practice/issuing.crl"),
        knock("GET /practice/anchors.pem"),
    ]
}

/// A signing session that the signer opened.
async fn signing_session(world: &World, people: &People, signer: &Client) -> String {
    let id = world.draft(people.client("cv.vhxh"), "Chờ ký").await;
    step(people.client("cv.vhxh"), &id, "submit").await;
    step(people.client("tp.vhxh"), &id, "approve").await;
    let body = json!({"purpose": "person", "documents": [id], "consent": "automatic"});
    let reply = signer.post("/api/v1/signing-sessions", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    reply.json()["signing_id"].as_str().unwrap().to_owned()
}

/// A key that they have linked at a service.
async fn credential(world: &World, caller: &Caller, name: &str) -> String {
    let app = &world.app;
    let mut tx = app.store.write().await.unwrap();
    let own = certificate::list_of_person(&mut tx, caller.person_id())
        .await
        .unwrap();
    let row = CredentialRow {
        credential_id: CredentialId::new(app.now(), app.random()),
        person_id: caller.person_id().clone(),
        agency_id: caller.agency_id.clone(),
        service: "khong-co".to_owned(),
        holder: "1".to_owned(),
        name_there: name.to_owned(),
        certificate_id: own[0].record.certificate_id.clone(),
        algorithm: "ecdsa-p256-sha256".to_owned(),
        consent: Agreeing::OnDevice,
        multisign: 1,
        scal: 2,
        linked_at: app.now(),
        removed_at: None,
    };
    store_credential::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row.credential_id.to_string()
}

/// A trial of the government's tool that they have made.
async fn answered_trial(world: &World, caller: &Caller) -> String {
    let now = world.app.now();
    let row = ToolTrialRow {
        trial_id: ToolTrialId::new(now, world.app.random()),
        account_id: caller.actor.account_id.clone(),
        nonce: "x".to_owned(),
        support: ToolSupport::Missing,
        asked_at: now,
        answered_at: Some(now),
    };
    let mut tx = world.app.store.write().await.unwrap();
    tool_signing::insert_trial(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row.trial_id.to_string()
}

/// A pairing of theirs that is over.
async fn ended_agent(world: &World, caller: &Caller) -> String {
    let origin = "http://127.0.0.1:8080".to_owned();
    let offered = offer(&world.app, caller, origin).await.unwrap();
    end_by_owner(&world.app, caller, &offered.agent_id)
        .await
        .unwrap();
    offered.agent_id.to_string()
}

/// A list that they keep.
async fn saved_view(client: &Client, name: &str) -> String {
    let filters = json!([{"name": "kind", "value": "plan"}]);
    let body = json!({"section": "incoming", "name": name, "filters": filters});
    let reply = client.post("/api/v1/views", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    reply.json()["view_id"].as_str().unwrap().to_owned()
}

/// A notice that came to them.
async fn notice(client: &Client) -> String {
    let listed = client.get("/api/v1/notices").await.json();
    listed["items"][0]["notice_id"].as_str().unwrap().to_owned()
}

/// The name of another session of the same account.
async fn session_hash(world: &World, client: &Client, other: &Client) -> String {
    let caller = world.caller(client).await;
    let sessions = vanthu_app::account::session::list(&world.app, &caller)
        .await
        .unwrap();
    let secret = other.cookie.as_ref().unwrap().split_once('=').unwrap().1;
    let resolved = vanthu_app::account::session::resolve(&world.app, secret, "").await;
    let hash = resolved.unwrap().unwrap().hash;
    assert!(sessions.iter().any(|one| one.session_hash == hash));
    hash
}
