//! Who is asking: the session cookie, the signed-in person, and protection against forged requests.

use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use vanthu_app::account::session::{self, Session};
pub use vanthu_app::verify::same;
use vanthu_app::{AppError, Caller};
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::state::Web;

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "vanthu_session";
/// The header in which scripts and programs repeat the session's token.
pub const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// Forms without files are small.
const FORM_LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// The signed-in person, as an argument of a handler. Without one, a browser goes to the sign-in
/// page and a program gets a problem document.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Session);

impl SignedIn {
    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let wants_page = is_page(parts.uri.path());
        match resolve(web, &parts.headers).await {
            Ok(Some(session)) if session.must_change_password && !is_exempt(parts.uri.path()) => {
                Err(if wants_page {
                    Redirect::to("/account/password").into_response()
                } else {
                    refuse(RefusalCode::PasswordChangeRequired)
                })
            }
            Ok(Some(session)) => Ok(Self(session)),
            Ok(None) if wants_page && parts.method == Method::GET => {
                let next = parts.uri.path_and_query().map_or("/", |p| p.as_str());
                Err(Redirect::to(&format!("/sign-in?next={}", encode(next))).into_response())
            }
            Ok(None) if wants_page => Err(Redirect::to("/sign-in").into_response()),
            Ok(None) => Err(refuse(RefusalCode::SignInRequired)),
            Err(error) => Err(WebError(error).into_response()),
        }
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        })
}

/// The browser as it names itself; a session belongs to one.
pub fn browser(headers: &HeaderMap) -> String {
    headers
        .get(USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .map_or_else(String::new, |v| v.chars().take(300).collect())
}

/// The `Set-Cookie` value that carries a session, or ends it where the secret is empty.
pub fn session_cookie(secret: &str, secure: bool) -> String {
    let life = if secret.is_empty() { "; Max-Age=0" } else { "" };
    let secure = if secure { "; Secure" } else { "" };
    format!("{SESSION_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{life}")
}

/// The answer with the cookie that carries a session. Where the session ends (the secret is empty),
/// the browser also forgets the pictures of papers that it kept.
pub(crate) fn with_cookie(
    web: &Web,
    secret: &str,
    mut response: Response,
) -> Result<Response, WebError> {
    let secure = web.app.base_url.starts_with("https:");
    let cookie = HeaderValue::from_str(&session_cookie(secret, secure))
        .map_err(|error| AppError::fault("cookie", error))?;
    let headers = response.headers_mut();
    headers.insert(SET_COOKIE, cookie);
    if secret.is_empty() {
        let forget = HeaderValue::from_static("\"cache\"");
        headers.insert(HeaderName::from_static("clear-site-data"), forget);
    }
    Ok(response)
}

/// The address that asks; none in tests without a network.
pub(crate) struct Address(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(
            info.map_or_else(String::new, |info| info.0.ip().to_string()),
        ))
    }
}

/// Refuses requests that change something and don't come from our own pages, or that lack the
/// session's token. Requests of the agent door carry their own secret and no cookie.
pub async fn protect(State(web): State<Web>, request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    if safe || cookie(headers, SESSION_COOKIE).is_none() {
        return next.run(request).await;
    }
    if !is_same_origin(headers) {
        return refuse(RefusalCode::Csrf);
    }
    // Pages without the menu know no session; and the language changes nothing but the browser.
    if request.uri().path() == "/language" {
        return next.run(request).await;
    }
    let session = match resolve(&web, headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return next.run(request).await,
        Err(error) => return WebError(error).into_response(),
    };
    let given = headers
        .get(CSRF_HEADER)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("")
        .to_owned();
    if let Some(token) = given {
        return if same(&token, &session.csrf) {
            next.run(request).await
        } else {
            refuse(RefusalCode::Csrf)
        };
    }
    if kind.starts_with("multipart/form-data") {
        // The origin was checked above; the token of a form with files stands in its first field
        // and is checked where the fields are read. Routes that read no such form refuse it here.
        return if takes_files(&request) {
            next.run(request).await
        } else {
            refuse(RefusalCode::Csrf)
        };
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_LIMIT_BYTES).await else {
        return refuse(RefusalCode::RequestMalformed);
    };
    let token = form_field(&bytes, "csrf");
    if token.is_some_and(|token| same(&token, &session.csrf)) {
        next.run(Request::from_parts(parts, Body::from(bytes)))
            .await
    } else {
        refuse(RefusalCode::Csrf)
    }
}

/// Whether the request is for a route that reads forms with files.
fn takes_files(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    path.is_some_and(|path| {
        crate::routes()
            .iter()
            .any(|route| route.takes_files && route.path == path.as_str())
    })
}

async fn resolve(web: &Web, headers: &HeaderMap) -> Result<Option<Session>, AppError> {
    match cookie(headers, SESSION_COOKIE) {
        Some(secret) => session::resolve(&web.app, &secret, &browser(headers)).await,
        None => Ok(None),
    }
}

fn is_page(path: &str) -> bool {
    !["/api/", "/agent/", "/tool/", "/events"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

fn is_exempt(path: &str) -> bool {
    ["/account/password", "/sign-out", "/api/v1/account/password"].contains(&path)
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    match (
        text(HeaderName::from_static("sec-fetch-site")),
        text(ORIGIN),
        text(HOST),
    ) {
        (Some(site), _, _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, rest)| rest == host),
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

fn form_field(bytes: &[u8], name: &str) -> Option<String> {
    serde_urlencoded::from_bytes::<Vec<(String, String)>>(bytes)
        .ok()?
        .into_iter()
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn refuse(code: RefusalCode) -> Response {
    WebError(AppError::refused(code)).into_response()
}

/// Percent-encodes what a query value can't hold as it is.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (HeaderName::from_static(k), v.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_request_of_another_site_is_not_ours() {
        assert!(is_same_origin(&headers(&[(
            "sec-fetch-site",
            "same-origin"
        )])));
        assert!(!is_same_origin(&headers(&[(
            "sec-fetch-site",
            "cross-site"
        )])));
        assert!(is_same_origin(&headers(&[
            ("origin", "http://a:1"),
            ("host", "a:1")
        ])));
        assert!(!is_same_origin(&headers(&[
            ("origin", "http://b"),
            ("host", "a:1")
        ])));
        assert!(
            is_same_origin(&headers(&[("host", "a")])),
            "a program, not a browser"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let map = headers(&[("cookie", "a=1; vanthu_session=xyz; b=2")]);
        assert_eq!(cookie(&map, SESSION_COOKIE).as_deref(), Some("xyz"));
        assert_eq!(cookie(&map, "session"), None);
    }

    #[test]
    fn secrets_compare_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "abcd"));
    }
}
