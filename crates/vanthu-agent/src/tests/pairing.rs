//! Pairing: a page brings an offer, a person compares codes, and what is told afterwards.

use axum::body::Body;
use axum::http::{Method, Request, header};
use vanthu_wire::Digest;
use vanthu_wire::pairing::{PairingOpened, Transcript, code};

use super::world::{Answer, Options, World, an_offer, own};
use crate::Paired;

async fn unpaired() -> World {
    let options = Options {
        named: false,
        documents: 1,
        ..Options::default()
    };
    World::new(options).await
}

/// A page of `origin` brings the offer.
async fn bring(world: &World, origin: &str) -> Answer {
    let body = serde_json::json!({"agent_id": "agt_1", "token": "secret"});
    let request = own(Request::post("/v1/pair"))
        .header(header::ORIGIN, origin)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    world.call(request.unwrap()).await
}

async fn page(world: &World) -> String {
    let answer = bring(world, &world.server.clone()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let url = answer.json()["page_url"].as_str().unwrap().to_owned();
    url.strip_prefix("http://127.0.0.1:18181")
        .unwrap()
        .to_owned()
}

async fn say(world: &World, path: &str, answer: &str) -> Answer {
    let form = world.open(path).await.form();
    world
        .send_form(path, format!("form={form}&answer={answer}"))
        .await
}

async fn status(world: &World) -> Answer {
    let request = own(Request::get("/v1/status")).header(header::ORIGIN, &world.server);
    world.call(request.body(Body::empty()).unwrap()).await
}

/// The pairing that is kept, as a restarted agent would read it.
fn kept(world: &World) -> Vec<crate::kept::Pairing> {
    Paired::open(world.settings.path(), Vec::new())
        .unwrap()
        .list()
}

#[tokio::test]
async fn the_person_sees_who_asks_and_the_code_that_the_server_computes_too() {
    let world = unpaired().await;
    assert_eq!(status(&world).await.code(), "origin-not-paired");
    let path = page(&world).await;
    let shown = world.open(&path).await.text;
    let answer = world.told.lock().unwrap().answered.clone().unwrap();
    let code = code(&Transcript {
        origin: &world.server,
        offer: &an_offer(),
        answer: &answer,
        opened: &PairingOpened {
            nonce: Digest([7; 32]),
        },
    });
    for text in [
        code.as_str(),
        world.server.as_str(),
        "Nguyễn Văn Mẫu",
        "vt.binhmau",
        "UBND xã Bình Mẫu",
    ] {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    // Nothing stands before the person has said so.
    assert!(kept(&world).is_empty());
    assert_eq!(status(&world).await.code(), "origin-not-paired");
    assert_eq!(say(&world, &path, "same").await.status, 303);
    assert!(world.open(&path).await.text.contains("Đã ghép"));
    assert_eq!(world.told.lock().unwrap().calls[0].0, "confirm");
    assert_eq!(status(&world).await.json()["accounts"][0], "acc_1");
    assert_eq!(kept(&world)[0].account_id, "acc_1");
    // A session of this server is fetched with the pairing's key; the fake server looks at the proof.
    assert_eq!(world.hand_over().await.status, 202);
}

#[tokio::test]
async fn codes_that_differ_leave_nothing_behind() {
    let world = unpaired().await;
    let path = page(&world).await;
    assert_eq!(say(&world, &path, "differ").await.status, 303);
    assert!(world.open(&path).await.text.contains("Không ghép"));
    assert!(kept(&world).is_empty());
    assert_eq!(world.told.lock().unwrap().calls[0].0, "end");
    let again = world
        .send_form(&path, "form=x&answer=same".to_owned())
        .await;
    assert_eq!(again.status, 410);
    assert_eq!(status(&world).await.code(), "origin-not-paired");
}

#[tokio::test]
async fn a_server_that_opens_another_value_than_it_committed_to_is_not_paired() {
    let world = unpaired().await;
    world.told.lock().unwrap().forges = true;
    let answer = bring(&world, &world.server.clone()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (502, "pairing-forged")
    );
}

/// The page can't say which server it speaks for: the browser does.
#[tokio::test]
async fn an_offer_is_fetched_from_the_page_s_own_server_only() {
    let world = unpaired().await;
    for origin in [
        "null",
        "file://",
        "http://evil.example",
        "HTTPS://EVIL.EXAMPLE",
    ] {
        assert_eq!(
            bring(&world, origin).await.code(),
            "origin-not-paired",
            "{origin}"
        );
    }
    let elsewhere = bring(&world, "http://127.0.0.1:9").await;
    assert_eq!(elsewhere.code(), "server-unreachable");
    assert!(world.told.lock().unwrap().answered.is_none());
    let named =
        serde_json::json!({"agent_id": "agt_1", "token": "secret", "server": "https://a.example"});
    let request = own(Request::post("/v1/pair"))
        .header(header::ORIGIN, &world.server)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(named.to_string()));
    assert_eq!(world.call(request.unwrap()).await.code(), "bad-request");
}

#[tokio::test]
async fn the_browser_s_question_before_an_offer_is_answered_and_before_anything_else_is_not() {
    let world = unpaired().await;
    for (path, status, private) in [
        ("/v1/pair", 204, "true"),
        ("/v1/sign", 403, ""),
        ("/v1/status", 403, ""),
    ] {
        let request = own(Request::builder().uri(path).method(Method::OPTIONS))
            .header(header::ORIGIN, "https://van-thu.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-private-network", "true");
        let answer = world.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            answer.header("access-control-allow-private-network"),
            private
        );
    }
}

#[tokio::test]
async fn no_page_but_the_agent_s_own_confirms() {
    let world = unpaired().await;
    let path = page(&world).await;
    let form = world.open(&path).await.form();
    for (name, value) in [
        ("origin", world.server.as_str()),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = own(Request::post(&path))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("form={form}&answer=same")));
        assert_eq!(
            world.call(request.unwrap()).await.status,
            403,
            "{name}: {value}"
        );
    }
    for body in [
        "form=guess&answer=same".to_owned(),
        format!("form={form}&answer=perhaps"),
        String::new(),
    ] {
        assert!(world.send_form(&path, body).await.status.is_client_error());
    }
    assert!(kept(&world).is_empty());
    let shown = world.open(&path).await;
    assert_eq!(shown.header("x-frame-options"), "DENY");
    assert!(!shown.text.contains("<script"));
}

#[tokio::test]
async fn nothing_is_paired_after_the_time_is_up_and_few_wait_at_once() {
    let world = unpaired().await;
    let path = page(&world).await;
    let form = world.open(&path).await.form();
    for _ in 0..3 {
        page(&world).await;
    }
    assert_eq!(
        bring(&world, &world.server.clone()).await.code(),
        "too-many-sessions"
    );
    *world.clock.0.lock().unwrap() = "2026-11-22T05:05:00Z".parse().unwrap();
    let late = world
        .send_form(&path, format!("form={form}&answer=same"))
        .await;
    assert_eq!(late.status, 410);
    assert_eq!(world.open(&path).await.status, 410);
    assert!(kept(&world).is_empty());
    page(&world).await;
}

#[tokio::test]
async fn a_pairing_is_taken_back_here_and_the_server_hears_of_it() {
    let world = unpaired().await;
    let path = page(&world).await;
    say(&world, &path, "same").await;
    let home = world.open("/").await;
    assert!(home.text.contains("Bỏ ghép"), "{}", home.text);
    for form in ["guess".to_owned(), home.form()] {
        let right = form == home.form();
        let answer = world
            .send_form("/unpair", format!("form={form}&agent_id=agt_1"))
            .await;
        assert_eq!(answer.status, if right { 303 } else { 403 });
        assert_eq!(kept(&world).len(), usize::from(!right));
    }
    assert_eq!(world.told.lock().unwrap().calls.last().unwrap().0, "end");
    assert_eq!(status(&world).await.code(), "origin-not-paired");
}

#[tokio::test]
async fn a_pairing_that_the_server_has_ended_is_over_here_too() {
    let world = unpaired().await;
    let path = page(&world).await;
    say(&world, &path, "same").await;
    world.told.lock().unwrap().unpaired = true;
    assert_eq!(world.hand_over().await.code(), "agent-not-paired");
    assert!(kept(&world).is_empty());
    assert_eq!(world.hand_over().await.code(), "origin-not-paired");
}

#[tokio::test]
async fn a_session_of_an_account_that_is_not_paired_is_refused() {
    let world = unpaired().await;
    let path = page(&world).await;
    say(&world, &path, "same").await;
    let body = serde_json::json!({
        "server": world.server, "signing_id": "sgn_1", "token": "secret", "account": "acc_2",
    });
    let request = own(Request::post("/v1/sign"))
        .header(header::ORIGIN, &world.server)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    assert_eq!(
        world.call(request.unwrap()).await.code(),
        "account-not-paired"
    );
    assert!(world.told.lock().unwrap().languages.is_empty());
}

/// Proves: AG-18, AG-14.6
#[tokio::test]
async fn a_check_says_what_is_wrong_how_to_mend_it_and_tells_the_server() {
    let world = unpaired().await;
    assert!(
        world
            .open("/check")
            .await
            .text
            .contains("Chưa kiểm tra lần nào")
    );
    let path = page(&world).await;
    say(&world, &path, "same").await;
    let form = world.open("/check").await.form();
    for (form, status) in [("guess", 403), (form.as_str(), 303)] {
        let answer = world.send_form("/check", format!("form={form}")).await;
        assert_eq!(answer.status, status);
    }
    let shown = world.open("/check").await.text;
    for text in [
        "lệch 600 giây",
        "đã có bản 999.0.0",
        "Máy chủ không nhận được dấu thời gian",
        "chưa gắn với tài khoản vt.binhmau",
        "Cách khắc phục",
        "clock=bad,version=warning,timestamps=bad,anchors=warning",
        "Chưa ký được",
    ] {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    // The program says of itself that it is out of date.
    assert!(world.open("/").await.text.contains("đã có bản 999.0.0"));
    let told = world.told.lock().unwrap();
    let (what, report) = told.calls.last().unwrap();
    assert_eq!(what, "report");
    assert_eq!(report["points"][1]["code"], "pairing");
    assert!(shown.contains(report["code"].as_str().unwrap()));
}
