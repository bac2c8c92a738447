//! Who gets in at all: sessions, forged requests, malformed ones, limits, and the event stream.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt as _;
use vanthu_app::account::lock;
use vanthu_app::signing::Purpose;
use vanthu_domain::id::SigningId;
use vanthu_web::security::RateLimit;
use vanthu_web::state::Limits;
use vanthu_web::{Web, router};

use crate::world::{Client, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_the_token_of_the_session_is_refused() {
    let world = World::new().await;
    let mut client = world.sign_in("cv.vhxh").await;
    let body = json!({"kind": "report"});
    assert_eq!(
        client.post("/api/v1/outgoing", &body).await.status,
        StatusCode::OK
    );
    let token = client.csrf.take();
    let missing = client.post("/api/v1/outgoing", &body).await;
    assert_eq!(
        (missing.status, missing.code()),
        (StatusCode::FORBIDDEN, "csrf".to_owned())
    );
    client.csrf = token.map(|token| token.chars().rev().collect());
    assert_eq!(client.post("/api/v1/outgoing", &body).await.code(), "csrf");
    assert_eq!(
        client.get("/api/v1/me").await.status,
        StatusCode::OK,
        "reading needs no token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_another_site_is_refused_even_with_the_token() {
    let world = World::new().await;
    let client = world.sign_in("cv.vhxh").await;
    let body = || Body::from(json!({"kind": "report"}).to_string());
    let request = || {
        client
            .request("POST", "/api/v1/outgoing")
            .header(CONTENT_TYPE, "application/json")
    };
    let foreign = [
        request()
            .header(ORIGIN, "http://example.org")
            .header(HOST, "127.0.0.1:8080"),
        request().header("sec-fetch-site", "cross-site"),
        request().header("sec-fetch-site", "same-site"),
    ];
    for request in foreign {
        assert_eq!(
            client.send(request.body(body()).unwrap()).await.code(),
            "csrf"
        );
    }
    let own = request()
        .header(ORIGIN, "http://127.0.0.1:8080")
        .header(HOST, "127.0.0.1:8080");
    assert_eq!(
        client.send(own.body(body()).unwrap()).await.status,
        StatusCode::OK
    );
}

/// Proves: KH-2
#[tokio::test(flavor = "multi_thread")]
async fn locking_an_account_ends_all_its_sessions_at_once() {
    let world = World::new().await;
    let (first, second) = (
        world.sign_in("cv.vhxh").await,
        world.sign_in("cv.vhxh").await,
    );
    let stream = first.clone();
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(vanthu_app::job::run_news(Arc::clone(&world.app), stopped));
    let response = listen(&world, &stream, "/events").await;
    let administrator = world.sign_in("qt.tanmau").await;
    let administrator = world.caller(&administrator).await;
    let account_id = world.caller(&first).await.actor.account_id;
    lock::lock(&world.app, &administrator, &account_id, "nghi lộ mật khẩu")
        .await
        .unwrap();
    for client in [&first, &second] {
        let reply = client.get("/api/v1/me").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.code(), "sign-in-required");
        let reply = client
            .post("/api/v1/outgoing", &json!({"kind": "report"}))
            .await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }
    let again = json!({"login": "cv.vhxh", "password": vanthu_app::practice::world::PASSWORD});
    let reply = world.nobody().post("/api/v1/sign-in", &again).await;
    assert_eq!(reply.code(), "account-locked");
    let rest = response.into_body().into_data_stream().collect::<Vec<_>>();
    assert!(
        timeout(Duration::from_secs(30), rest).await.is_ok(),
        "the event stream went on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_name_are_refused_alike() {
    let world = World::new().await;
    for login in ["cv.vhxh", "khong.co"] {
        let body = json!({"login": login, "password": "Sai-mat-khau-1"});
        let reply = world.nobody().post("/api/v1/sign-in", &body).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.code(), "sign-in-failed");
        assert!(reply.headers.get("set-cookie").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session() {
    let world = World::new().await;
    let client = world.sign_in("cv.vhxh").await;
    let reply = client.post("/api/v1/sign-out", &Value::Null).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get("/api/v1/me").await.code(), "sign-in-required");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_over_its_limit_is_refused() {
    let mut world = World::new().await;
    let limits = Limits {
        tool: RateLimit::new(1000, 60),
        requests: RateLimit::new(6, 60),
        sign_ins: RateLimit::new(2, 60),
    };
    let web = Web {
        app: Arc::clone(&world.app),
        limits: Arc::new(limits),
        reports: Arc::default(),
    };
    world.router = router(web);
    let body = json!({"login": "x", "password": "y"});
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(world.nobody().post("/api/v1/sign-in", &body).await.code());
    }
    assert_eq!(codes, ["sign-in-failed", "sign-in-failed", "rate-limited"]);
    let mut last = StatusCode::OK;
    for _ in 0..4 {
        last = world.nobody().get("/api/v1/me").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_is_refused_as_a_problem() {
    let world = World::new().await;
    let client = world.sign_in("cv.vhxh").await;
    let unreadable = [
        json!({"kind": "official-letter", "colour": "red"}),
        json!({"kind": "poem"}),
        json!({}),
        json!([]),
        json!("x"),
    ];
    for body in unreadable {
        let reply = client.post("/api/v1/outgoing", &body).await;
        assert_eq!(reply.code(), "request-malformed", "{body}");
    }
    let broken = client
        .request("POST", "/api/v1/outgoing")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from("{"))
        .unwrap();
    assert_eq!(client.send(broken).await.code(), "request-malformed");
    let plain = client
        .request("POST", "/api/v1/outgoing")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(client.send(plain).await.code(), "request-malformed");
    let huge = json!({"kind": "x".repeat(3 * 1024 * 1024)});
    let reply = client.post("/api/v1/outgoing", &huge).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(reply.code(), "file-too-large");
    for path in [
        "/api/v1/incoming?after=x",
        "/api/v1/incoming?x=1",
        "/events?after=x",
    ] {
        assert_eq!(client.get(path).await.code(), "request-malformed", "{path}");
    }
    for path in [
        "/api/v1/nothing",
        "/api/x",
        "/api/v1/outgoing/x",
        "/api/v1/outgoing?tile=x",
    ] {
        assert_eq!(client.get(path).await.code(), "not-found", "{path}");
    }
    assert_eq!(
        client
            .json("DELETE", "/api/v1/me", &Value::Null)
            .await
            .code(),
        "request-malformed"
    );
}

/// Proves: TG-22.1b
#[tokio::test(flavor = "multi_thread")]
async fn the_agent_door_opens_to_the_one_time_secret_only() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Thử cửa phần mềm ký").await;
    for (login, step) in [("cv.vhxh", "submit"), ("tp.vhxh", "approve")] {
        let client = world.sign_in(login).await;
        client
            .post(&format!("/api/v1/outgoing/{id}/{step}"), &json!({}))
            .await;
    }
    let signer = world.sign_in("pct.tanmau").await;
    let order = json!({"purpose": "person", "documents": [id], "consent": "person"});
    let opened = signer.post("/api/v1/signing-sessions", &order).await.json();
    let signing_id = opened["signing_id"].as_str().unwrap().to_owned();
    let token = opened["token"].as_str().unwrap().to_owned();
    let path = format!("/agent/v1/sessions/{signing_id}");
    let knock = |path: String, scheme: String| {
        let agent = world.nobody();
        let request = agent.request("GET", &path).header(AUTHORIZATION, scheme);
        async move { agent.send(request.body(Body::empty()).unwrap()).await }
    };
    assert_eq!(world.nobody().get(&path).await.code(), "sign-in-required");
    assert_eq!(
        signer.get(&path).await.code(),
        "sign-in-required",
        "a cookie opens nothing here"
    );
    assert_eq!(
        knock(path.clone(), format!("Basic {token}")).await.code(),
        "sign-in-required"
    );
    for (language, title) in [("en", "Sign in to see"), ("vi", "Cần đăng nhập")] {
        let agent = world.nobody();
        let request = agent
            .request("GET", &path)
            .header(ACCEPT_LANGUAGE, language);
        let reply = agent.send(request.body(Body::empty()).unwrap()).await;
        let told = reply.json()["title"].as_str().unwrap().to_owned();
        assert!(told.starts_with(title), "{told}");
    }
    let wrong = token.chars().rev().collect::<String>();
    assert_eq!(
        knock(path.clone(), format!("Bearer {wrong}")).await.code(),
        "not-found"
    );
    let other = SigningId::new(world.app.now(), world.app.random());
    let elsewhere = format!("/agent/v1/sessions/{other}");
    assert_eq!(
        knock(elsewhere, format!("Bearer {token}")).await.code(),
        "not-found"
    );
    let fetched = knock(path.clone(), format!("Bearer {token}")).await;
    assert_eq!(fetched.status, StatusCode::OK);
    assert_eq!(fetched.json()["items"][0]["item_id"], json!(id));
    let twice = knock(path.clone(), format!("Bearer {token}")).await;
    assert_eq!(twice.code(), "signing-session-used");
    // Another person, though a clerk of the agency, knows nothing of the session.
    let clerk = world.sign_in("vt.tanmau").await;
    let progress = format!("/api/v1/signing-sessions/{signing_id}");
    assert_eq!(clerk.get(&progress).await.code(), "not-found");
    let cancel = clerk.post(&format!("{progress}/cancel"), &json!({})).await;
    assert_eq!(cancel.code(), "not-found");
    assert_eq!(signer.get(&progress).await.json()["state"], "open");
    let reply = signer.post(&format!("{progress}/cancel"), &json!({})).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(signer.get(&progress).await.json()["state"], "cancelled");
}

/// Proves: TG-5.3, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn the_event_stream_names_objects_of_one_s_own_agency_only() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Thử luồng sự kiện").await;
    for (login, step) in [("cv.vhxh", "submit"), ("tp.vhxh", "approve")] {
        let client = world.sign_in(login).await;
        client
            .post(&format!("/api/v1/outgoing/{id}/{step}"), &json!({}))
            .await;
    }
    let signer = world.sign_in("pct.tanmau").await;
    world.sign(&signer, Purpose::Person, &id).await;
    let clerk = world.sign_in("vt.tanmau").await;
    clerk
        .post(&format!("/api/v1/outgoing/{id}/give-number"), &json!({}))
        .await;
    world.sign(&clerk, Purpose::Seal, &id).await;
    clerk
        .post(&format!("/api/v1/outgoing/{id}/issue"), &json!({}))
        .await;
    world.run().await;
    let receiver = world.sign_in("vt.skhcn").await;
    let list = receiver.get("/api/v1/incoming").await.json();
    let incoming_id = list["items"][0]["incoming_id"].as_str().unwrap().to_owned();

    let sent = first_change(&world, &drafter, "/events?after=0").await;
    assert!(sent.contains(&format!("outgoing:{id}")), "{sent:?}");
    assert!(sent.contains(&"tiles".to_owned()));
    assert!(
        sent.iter().any(|subject| subject.starts_with("delivery:")),
        "{sent:?}"
    );
    assert!(
        !sent.iter().any(|subject| subject.starts_with("incoming:")),
        "{sent:?}"
    );
    assert!(
        !sent.iter().any(|subject| subject.starts_with("signing:")),
        "another's session"
    );
    let received = first_change(&world, &receiver, "/events?after=0").await;
    assert!(
        received.contains(&format!("incoming:{incoming_id}")),
        "{received:?}"
    );
    let leaks =
        |subject: &String| subject.starts_with("outgoing:") || subject.starts_with("delivery:");
    assert!(!received.iter().any(leaks), "{received:?}");

    // And as it happens: the sender hears that the recipient accepted.
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(vanthu_app::job::run_news(Arc::clone(&world.app), stopped));
    let listening = listen(&world, &drafter, "/events").await;
    let path = format!("/api/v1/incoming/{incoming_id}/accept");
    assert_eq!(
        receiver.post(&path, &json!({})).await.status,
        StatusCode::OK
    );
    let heard = change_of(listening).await;
    assert!(heard.contains(&format!("outgoing:{id}")), "{heard:?}");
    assert!(
        !heard.contains(&format!("incoming:{incoming_id}")),
        "{heard:?}"
    );
    assert_eq!(
        world.nobody().get("/events").await.code(),
        "sign-in-required"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn open_event_streams_end_when_the_server_does() {
    let world = World::new().await;
    let client = world.sign_in("cv.vhxh").await;
    let open = listen(&world, &client, "/events").await;
    let rest = tokio::spawn(open.into_body().into_data_stream().collect::<Vec<_>>());
    world.app.events.end();
    timeout(Duration::from_secs(30), rest)
        .await
        .expect("the stream went on")
        .unwrap();
    let late = client.get("/events").await;
    assert_eq!(late.status, StatusCode::OK);
    assert!(late.body.is_empty(), "nothing is told any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_is_open_and_names_every_route() {
    let world = World::new().await;
    let document = world.nobody().get("/api/openapi.json").await.json();
    let page = world.nobody().get("/api/docs").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let concrete: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect();
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            assert!(
                page.contains(&format!("{method} {path}")),
                "{method} {path}"
            );
            let guarded = methods[method.to_lowercase().as_str()]["security"] != json!([]);
            let reply = world
                .nobody()
                .json(&method, &concrete.join("/"), &json!({}))
                .await;
            assert_ne!(
                reply.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
            if guarded && !path.contains('{') {
                assert_eq!(reply.code(), "sign-in-required", "{method} {path}");
            }
        }
    }
}

/// The subjects of the first change that a stream tells.
async fn first_change(world: &World, client: &Client, path: &str) -> Vec<String> {
    change_of(listen(world, client, path).await).await
}

async fn listen(world: &World, client: &Client, path: &str) -> axum::response::Response {
    let request = client.request("GET", path).body(Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response
}

async fn change_of(response: axum::response::Response) -> Vec<String> {
    let mut stream = response.into_body().into_data_stream();
    let mut text = String::new();
    let told = async {
        while !text.contains("data: ") || !text.ends_with("\n\n") {
            let next = stream.next().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(&next).unwrap());
        }
    };
    timeout(Duration::from_mins(1), told).await.unwrap();
    assert!(
        text.contains("event: change") && text.contains("id: "),
        "{text}"
    );
    let data = text
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .unwrap();
    serde_json::from_value(serde_json::from_str::<Value>(data).unwrap()["subjects"].take()).unwrap()
}
