//! Everything that can be called on the loopback address, and who may call it.
//!
//! | call | who |
//! |---|---|
//! | `GET /v1/status`, `POST /v1/sign`, `GET /v1/sign/{id}` | pages of paired servers |
//! | `POST /v1/pair` | any page that is served safely, for its own server; it learns nothing |
//! | `GET, POST /pair/{id}`, `POST /unpair`, `GET, POST /check` | the person in front of this computer |
//! | `GET, POST /consent/{id}` | the person in front of this computer |
//! | `GET /`, `GET /assets/…`, `GET, POST /devices` | the same |
//!
//! Every call must name this very address as its host, against DNS rebinding; no page may be put
//! into a frame.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::texts::{self, Asked};
use crate::{Agent, Origin, api, devices, page, problems};

const MOST_BODY_BYTES: usize = 64 * 1024;
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");

/// The agent as a service.
pub fn router(agent: Arc<Agent>) -> Router {
    let pages = Router::new()
        .route("/", get(page::home))
        .route("/pair/{id}", get(page::pair).post(page::compared))
        .route("/unpair", post(page::unpair))
        .route("/check", get(page::checkup).post(page::check_now))
        .route("/consent/{id}", get(page::consent).post(page::answer))
        .route("/devices", get(devices::show).post(devices::choose))
        .route("/consent/{id}/items/{item_id}", get(page::first_page))
        .route("/consent/{id}/items/{item_id}/page.png", get(page::picture))
        .route("/assets/{name}", get(page::asset));
    let calls = api::routes().layer(from_fn_with_state(Arc::clone(&agent), paired_pages_only));
    let offers = api::offers().layer(from_fn(any_server_s_pages));
    pages
        .merge(calls)
        .merge(offers)
        .fallback(|Asked(language): Asked| async move {
            api::answer_problem(&problems::not_found(language))
        })
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&agent), own_host_only))
        .with_state(agent)
}

/// Refuses calls under any other name than this loopback address, and sets the headers that every
/// answer carries.
async fn own_host_only(State(agent): State<Arc<Agent>>, request: Request, next: Next) -> Response {
    let language = texts::asked(request.headers());
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(axum::http::uri::Authority::as_str)
        });
    let own = host.is_some_and(|host| own_names(agent.address).iter().any(|name| name == host));
    let mut response = if own {
        next.run(request).await
    } else {
        tracing::warn!(?host, "call under another name refused");
        api::answer_problem(&problems::host_refused(language))
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not "no-referrer": browsers would then send `Origin: null` with the consent form.
        (header::REFERRER_POLICY, "same-origin"),
        // No other page draws a picture of ours.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

fn own_names(address: SocketAddr) -> [String; 2] {
    [address.to_string(), format!("localhost:{}", address.port())]
}

/// True when a form was sent from a page of this agent. Browsers always say where a form comes
/// from; what says nothing is no browser.
pub(crate) fn from_own_page(headers: &HeaderMap, address: SocketAddr) -> bool {
    let elsewhere = |name: &str, good: &dyn Fn(&str) -> bool| {
        headers
            .get(name)
            .is_some_and(|value| !value.to_str().is_ok_and(good))
    };
    let own = own_names(address).map(|name| format!("http://{name}"));
    !elsewhere("origin", &|origin| own.iter().any(|it| it == origin))
        && !elsewhere("sec-fetch-site", &|site| site == "same-origin")
}

/// Lets only pages of paired servers call.
async fn paired_pages_only(
    State(agent): State<Arc<Agent>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(origin) = origin_of(&request).filter(|origin| agent.paired.knows(origin)) else {
        tracing::warn!("call of a page that is not paired refused");
        return api::answer_problem(&problems::origin_refused(texts::asked(request.headers())));
    };
    request.extensions_mut().insert(Asking(origin));
    answer_across_origins(request, next).await
}

/// Lets the pages of any server bring an offer, as long as they can't be overheard. What comes is about the page's own
/// server, since the browser says which that is; nothing is told but where the person finds this agent's page.
async fn any_server_s_pages(mut request: Request, next: Next) -> Response {
    let Some(origin) = origin_of(&request) else {
        tracing::warn!("offer of a page without a usable origin refused");
        return api::answer_problem(&problems::origin_refused(texts::asked(request.headers())));
    };
    request.extensions_mut().insert(Asking(origin));
    answer_across_origins(request, next).await
}

/// The server whose page calls.
#[derive(Debug, Clone)]
pub(crate) struct Asking(pub(crate) Origin);

fn origin_of(request: &Request) -> Option<Origin> {
    let origin = request.headers().get(header::ORIGIN)?.to_str().ok()?;
    // Browsers write an origin in one way only; whatever is written otherwise is no browser's.
    origin
        .parse::<Origin>()
        .ok()
        .filter(|parsed| parsed.as_str() == origin)
}

/// Answers, and before that the browser's questions (CORS, Private Network Access).
async fn answer_across_origins(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asks_first = request.method() == Method::OPTIONS;
    let private = request.headers().contains_key(&REQUEST_PRIVATE_NETWORK);
    let mut response = if asks_first {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if asks_first {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if private {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
    }
    response
}
