//! What every answer carries and every request must pass: security headers and the rate limit.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use vanthu_domain::Moment;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::WebError;
use crate::state::Web;

/// Only our own files; the one other address is the signing agent on this very machine.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'; connect-src 'self' http://127.0.0.1:18181";

/// Lets this one page open the socket of the government's signing tool, which listens on the signer's machine. No other
/// page may.
pub fn reach_tool(response: &mut Response, address: &str) {
    if let Ok(policy) = HeaderValue::from_str(&format!("{POLICY} {address}")) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Sets the headers of every answer.
pub async fn headers(request: Request, next: Next) -> Response {
    let asset = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin-allow-popups",
    );
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    );
    if !asset {
        set(CACHE_CONTROL, "no-store");
    }
    response
}

/// Requests that one address may make in one window.
#[derive(Debug)]
pub struct RateLimit {
    most: u32,
    window_seconds: i64,
    seen: Mutex<HashMap<IpAddr, (Moment, u32)>>,
}

impl RateLimit {
    /// So many requests in so many seconds.
    pub fn new(most: u32, window_seconds: i64) -> Self {
        Self {
            most,
            window_seconds,
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// Counts one request; `false` where it is one too many.
    pub fn admits(&self, address: IpAddr, now: Moment) -> bool {
        let Ok(mut seen) = self.seen.lock() else {
            return false;
        };
        if seen.len() > 10_000 {
            seen.retain(|_, (start, _)| now.seconds_since(*start) < self.window_seconds);
        }
        let (start, count) = seen.entry(address).or_insert((now, 0));
        if now.seconds_since(*start) >= self.window_seconds {
            (*start, *count) = (now, 0);
        }
        *count += 1;
        *count <= self.most
    }
}

/// Refuses what is over the limit of its address: all requests, and sign-ins more strictly.
pub async fn rate_limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let address = request
        .extensions()
        .get::<ConnectInfo<std::net::SocketAddr>>()
        .map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip());
    let now = web.app.now();
    let sign_in = request.method() == "POST" && request.uri().path().ends_with("/sign-in");
    let admitted = web.limits.requests.admits(address, now)
        && (!sign_in || web.limits.sign_ins.admits(address, now));
    if admitted {
        next.run(request).await
    } else {
        WebError::from(Refusal::new(RefusalCode::RateLimited)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_over_its_limit_waits_for_the_next_window() {
        let limit = RateLimit::new(3, 60);
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let now = Moment::from_unix_seconds(1_795_300_000);
        for _ in 0..3 {
            assert!(limit.admits(here, now));
        }
        assert!(!limit.admits(here, now));
        assert!(limit.admits(there, now));
        assert!(limit.admits(here, now.plus_seconds(60)));
    }
}
