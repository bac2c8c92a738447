//! The practice authority over HTTP: time-stamps, status of certificates, lists and the anchor. A
//! real installation has none of this.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use vanthu_app::practice::authority::Service;
use vanthu_app::{AppError, Mode};
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::route::{Asks, Route};
use crate::state::Web;

/// A question to these services is small.
const MOST_BYTES: usize = 64 * 1024;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::post("/practice/tsa", Asks::Practice, || post(timestamp)),
    Route::post("/practice/ocsp", Asks::Practice, || post(status)),
    Route::get("/practice/root.crl", Asks::Practice, || get(root_list)),
    Route::get("/practice/issuing.crl", Asks::Practice, || {
        get(issuing_list)
    }),
    Route::get("/practice/anchors.pem", Asks::Practice, || get(anchors)),
];

/// What lies around them.
pub(crate) fn around(router: Router<Web>) -> Router<Web> {
    router.layer(DefaultBodyLimit::max(MOST_BYTES))
}

async fn timestamp(State(web): State<Web>, body: Bytes) -> Result<Response, WebError> {
    ask(&web, Service::Timestamp, body).await
}

async fn status(State(web): State<Web>, body: Bytes) -> Result<Response, WebError> {
    ask(&web, Service::Ocsp, body).await
}

async fn root_list(State(web): State<Web>) -> Result<Response, WebError> {
    ask(&web, Service::RootCrl, Bytes::new()).await
}

async fn issuing_list(State(web): State<Web>) -> Result<Response, WebError> {
    ask(&web, Service::IssuingCrl, Bytes::new()).await
}

async fn anchors(State(web): State<Web>) -> Result<Response, WebError> {
    ask(&web, Service::Anchors, Bytes::new()).await
}

/// Asks the authority, off the async threads: it signs.
async fn ask(web: &Web, service: Service, question: Bytes) -> Result<Response, WebError> {
    let not_here = || AppError::refused(RefusalCode::NotFound);
    if web.app.mode != Mode::Practice {
        return Err(not_here().into());
    }
    let authority = web.app.practice.get().cloned().ok_or_else(not_here)?;
    let answer = tokio::task::spawn_blocking(move || authority.respond(service, &question))
        .await
        .map_err(|e| AppError::fault("practice authority", e))??;
    Ok(([(CONTENT_TYPE, answer.content_type)], answer.body).into_response())
}
