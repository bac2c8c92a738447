//! Who may call, and what every answer carries.

use axum::body::Body;
use axum::http::{Method, Request, header};

use super::world::{Options, World, own};

#[tokio::test]
async fn a_page_that_is_not_paired_is_refused() {
    let world = World::new(Options::default()).await;
    for origin in [
        "http://evil.example",
        "null",
        "http://127.0.0.1:8081",
        "file://",
    ] {
        let request = own(Request::get("/v1/status")).header(header::ORIGIN, origin);
        let answer = world.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 403, "{origin}");
        assert_eq!(answer.code(), "origin-not-paired");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!(world.open("/v1/status").await.code(), "origin-not-paired");
}

#[tokio::test]
async fn a_paired_page_sees_the_certificates() {
    let world = World::new(Options::default()).await;
    let request = own(Request::get("/v1/status")).header(header::ORIGIN, &world.server);
    let answer = world.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), world.server);
    assert_eq!(answer.header("vary"), "Origin");
    let status = answer.json();
    assert_eq!(status["consent"], "person");
    assert_eq!(status["practice"], true);
    assert_eq!(status["certificates"][0]["common_name"], "Nguyễn Văn Mẫu");
    assert_eq!(
        status["certificates"][0]["not_after"],
        "2028-01-01T00:00:00Z"
    );
    assert_eq!(
        status["certificates"][0]["thumbprint"].as_str().unwrap(),
        world.certificate.sha256_thumbprint()
    );
}

#[tokio::test]
async fn the_browser_s_question_beforehand_is_answered_for_paired_pages_only() {
    let world = World::new(Options::default()).await;
    for (origin, status, private) in [
        (world.server.as_str(), 204, "true"),
        ("http://evil.example", 403, ""),
    ] {
        let request = own(Request::builder().method(Method::OPTIONS).uri("/v1/sign"))
            .header(header::ORIGIN, origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .header("access-control-request-private-network", "true");
        let answer = world.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("access-control-allow-private-network"),
            private
        );
    }
}

#[tokio::test]
async fn a_call_under_another_name_is_refused() {
    let world = World::new(Options::default()).await;
    for host in [
        "evil.example:18181",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:18181.evil.example",
    ] {
        for path in ["/", "/v1/status", "/consent/1"] {
            let request = Request::get(path)
                .header(header::HOST, host)
                .header(header::ORIGIN, &world.server);
            let answer = world.call(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 421, "{host} {path}");
            assert_eq!(answer.code(), "host-refused");
        }
    }
    let request = Request::get("/").header(header::HOST, "localhost:18181");
    assert_eq!(
        world
            .call(request.body(Body::empty()).unwrap())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn no_answer_may_be_framed_or_kept() {
    let world = World::new(Options::default()).await;
    let consent = world.consent_path().await;
    for path in [
        "/",
        consent.as_str(),
        "/consent/none",
        "/v1/status",
        "/other",
    ] {
        let answer = world.open(path).await;
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn the_pages_hold_no_script_and_name_no_other_host() {
    let world = World::new(Options::default()).await;
    let consent = world.consent_path().await;
    for path in ["/", consent.as_str()] {
        let page = world.open(path).await.text;
        assert!(!page.contains("<script"), "{page}");
        let mut sources = page.split("src=\"").skip(1);
        assert!(
            sources.all(|source| source.starts_with("/consent/")),
            "{page}"
        );
        let mut links = page.split("href=\"").skip(1);
        assert!(
            links.all(|link| link.starts_with('/') && !link.starts_with("//")),
            "{page}"
        );
        assert!(!page.contains("https://"), "{page}");
    }
    for font in ["latin-400", "latin-600", "vietnamese-400", "vietnamese-600"] {
        let answer = world.open(&format!("/assets/{font}.woff2")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "font/woff2")
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_paired_gets_nothing_signed() {
    let world = World::new(Options::default()).await;
    let answer = world.hand_over_from("http://127.0.0.1:8081").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (403, "server-not-paired")
    );
}

#[tokio::test]
async fn a_body_of_another_form_is_refused() {
    let world = World::new(Options::default()).await;
    for (kind, body) in [
        ("application/json", "{"),
        ("text/plain", "{}"),
        ("application/json", "{}"),
    ] {
        let request = own(Request::post("/v1/sign"))
            .header(header::ORIGIN, &world.server)
            .header(header::CONTENT_TYPE, kind);
        let answer = world.call(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "bad-request")
        );
    }
}
