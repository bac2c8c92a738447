//! The calls of paired pages.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Json, Router};
use vanthu_wire::Problem;
use vanthu_wire::agent::SignRequest;
use vanthu_wire::pairing::PairRequest;
use vanthu_wire::problem::PROBLEM_MEDIA_TYPE;

use crate::door::Asking;
use crate::texts::Asked;
use crate::{Agent, problems};

pub(crate) fn routes() -> Router<Arc<Agent>> {
    Router::new()
        .route("/v1/status", asked_first(get(status)))
        .route("/v1/sign", asked_first(post(sign)))
        .route("/v1/sign/{id}", asked_first(get(outcome)))
}

/// What pages of any server may call.
pub(crate) fn offers() -> Router<Arc<Agent>> {
    Router::new().route("/v1/pair", asked_first(post(pair)))
}

/// The browser's question before a call is answered by the door; the route only has to exist.
fn asked_first(route: MethodRouter<Arc<Agent>>) -> MethodRouter<Arc<Agent>> {
    route.options(|| async { StatusCode::NO_CONTENT })
}

/// A problem document as an answer.
pub(crate) fn answer_problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(PROBLEM_MEDIA_TYPE),
    );
    response
}

async fn status(
    State(agent): State<Arc<Agent>>,
    Extension(Asking(server)): Extension<Asking>,
    Asked(language): Asked,
) -> Response {
    match agent.status(&server, language).await {
        Ok(status) => Json(status).into_response(),
        Err(problem) => answer_problem(&problem),
    }
}

async fn sign(
    State(agent): State<Arc<Agent>>,
    Asked(language): Asked,
    request: Result<Json<SignRequest>, JsonRejection>,
) -> Response {
    let Ok(Json(request)) = request else {
        return answer_problem(&problems::bad_request(language));
    };
    match agent.accept(request, language).await {
        Ok(accepted) => (StatusCode::ACCEPTED, Json(accepted)).into_response(),
        Err(problem) => {
            tracing::info!(code = %problem.code, "session not taken");
            answer_problem(&problem)
        }
    }
}

async fn pair(
    State(agent): State<Arc<Agent>>,
    Extension(Asking(server)): Extension<Asking>,
    Asked(language): Asked,
    request: Result<Json<PairRequest>, JsonRejection>,
) -> Response {
    let Ok(Json(request)) = request else {
        return answer_problem(&problems::bad_request(language));
    };
    match agent.begin_pairing(server, request, language).await {
        Ok(accepted) => (StatusCode::ACCEPTED, Json(accepted)).into_response(),
        Err(problem) => {
            tracing::info!(code = %problem.code, "offer not taken");
            answer_problem(&problem)
        }
    }
}

async fn outcome(
    State(agent): State<Arc<Agent>>,
    Asked(language): Asked,
    Path(id): Path<String>,
) -> Response {
    agent.expire_if_due(&id).await;
    match agent.desk.find(&id) {
        Some(case) => Json(agent.accepted(&case)).into_response(),
        None => answer_problem(&problems::not_found(language)),
    }
}
