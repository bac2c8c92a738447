//! Pairing, and what a paired agent tells and asks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use vanthu_app::AppError;
use vanthu_app::agent::{Proof, answer, confirm, end, report};
use vanthu_domain::id::AgentId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_wire::desk::{AskServer, CheckReport, ServerFacts, Stamped};
use vanthu_wire::pairing::{PairingAnswer, PairingOffer, PairingOpened};

use super::Bearer;
use super::proven::Proven;
use crate::api::{Given, Named};
use crate::error::WebError;
use crate::route::{Asks, Route};
use crate::state::Web;

/// The routes.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/agent/v1/pairings/{agent_id}", Asks::Secret, || {
        get(looked)
    }),
    Route::post("/agent/v1/pairings/{agent_id}", Asks::Secret, || {
        post(answered)
    }),
    Route::post("/agent/v1/agents/{agent_id}/confirm", Asks::Secret, || {
        post(confirmed)
    }),
    Route::post("/agent/v1/agents/{agent_id}/end", Asks::Secret, || {
        post(ended)
    }),
    Route::post("/agent/v1/agents/{agent_id}/report", Asks::Secret, || {
        post(reported)
    }),
    Route::post("/agent/v1/agents/{agent_id}/ask", Asks::Secret, || {
        post(asked)
    }),
];

async fn looked(
    State(web): State<Web>,
    Named(id): Named<AgentId>,
    Bearer(token): Bearer,
) -> Result<Json<PairingOffer>, WebError> {
    Ok(Json(answer::look(&web.app, &id, &token).await?))
}

async fn answered(
    State(web): State<Web>,
    Named(id): Named<AgentId>,
    Bearer(token): Bearer,
    Given(given): Given<PairingAnswer>,
) -> Result<Json<PairingOpened>, WebError> {
    Ok(Json(answer::answer(&web.app, &id, &token, &given).await?))
}

/// The address and the signature name the same agent.
fn of(id: &AgentId, proof: &Proof) -> Result<(), WebError> {
    if *id == proof.agent_id {
        Ok(())
    } else {
        Err(AppError::refused(RefusalCode::AgentNotPaired).into())
    }
}

async fn confirmed(
    State(web): State<Web>,
    Named(id): Named<AgentId>,
    Proven { proof, given }: Proven<Stamped>,
) -> Result<StatusCode, WebError> {
    of(&id, &proof)?;
    confirm::confirm(&web.app, &proof, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn ended(
    State(web): State<Web>,
    Named(id): Named<AgentId>,
    Proven { proof, given }: Proven<Stamped>,
) -> Result<StatusCode, WebError> {
    of(&id, &proof)?;
    end::end_by_agent(&web.app, &proof, &given).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reported(
    State(web): State<Web>,
    Named(id): Named<AgentId>,
    Proven { proof, given }: Proven<CheckReport>,
) -> Result<StatusCode, WebError> {
    of(&id, &proof)?;
    report::report(&web.app, &proof, given).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn asked(
    State(web): State<Web>,
    Named(id): Named<AgentId>,
    Proven { proof, given }: Proven<AskServer>,
) -> Result<Json<ServerFacts>, WebError> {
    of(&id, &proof)?;
    Ok(Json(report::ask(&web.app, &proof, &given).await?))
}
