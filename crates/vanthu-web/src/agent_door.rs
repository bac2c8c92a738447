//! The agent door: the program on the signer's desk fetches a session and answers it. It carries
//! the session's one-time secret, and no cookie.

use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use vanthu_app::AppError;
use vanthu_app::signing::answer::{self, Answer};
use vanthu_app::signing::fetch::By;
use vanthu_app::signing::{Consent, cancel, fetch, show};
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_wire::agent::{
    CancelSession, Consent as WireConsent, ItemState, SignatureTaken, SigningSession,
    SubmitSignature,
};

use crate::api::{Given, Named, malformed};
use crate::error::WebError;
use crate::route::{Asks, Route};
use crate::session::Address;
use crate::state::Web;

mod desk;
mod proven;

use proven::MaybeProven;

/// A signature is small.
const MOST_BYTES: usize = 256 * 1024;

/// The routes.
pub(crate) fn routes() -> Vec<Route> {
    [SESSIONS, desk::ROUTES].concat()
}

/// Those of signing sessions.
const SESSIONS: &[Route] = &[
    Route::get("/agent/v1/sessions/{signing_id}", Asks::Secret, || {
        get(fetched)
    }),
    Route::post(
        "/agent/v1/sessions/{signing_id}/items/{item_id}",
        Asks::Secret,
        || post(answered),
    ),
    Route::get(
        "/agent/v1/sessions/{signing_id}/items/{item_id}/file",
        Asks::Secret,
        || get(shown),
    ),
    Route::post(
        "/agent/v1/sessions/{signing_id}/cancel",
        Asks::Secret,
        || post(cancelled),
    ),
];

/// What lies around them.
pub(crate) fn around(router: Router<Web>) -> Router<Web> {
    router.layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The secret of the session, from `Authorization: Bearer …`.
struct Bearer(String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, secret)| scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty())
            .map(|(_, secret)| Self(secret.trim().to_owned()))
            .ok_or_else(|| AppError::refused(RefusalCode::SignInRequired).into())
    }
}

/// The version of the agent, from `User-Agent: vanthu-agent/1.2.3`.
struct Program(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Program {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let named = parts
            .headers
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok());
        let version = named.and_then(|name| name.strip_prefix("vanthu-agent/"));
        Ok(Self(version.map(str::to_owned)))
    }
}

async fn fetched(
    State(web): State<Web>,
    Named(id): Named<SigningId>,
    Address(address): Address,
    Bearer(token): Bearer,
    Program(version): Program,
    MaybeProven(proof): MaybeProven,
) -> Result<Json<SigningSession>, WebError> {
    let by = By {
        proof,
        version,
        address: Some(address).filter(|it| !it.is_empty()),
    };
    Ok(Json(fetch::fetch(&web.app, &id, &token, &by).await?))
}

async fn shown(
    State(web): State<Web>,
    Named((signing_id, item_id)): Named<(SigningId, String)>,
    Bearer(token): Bearer,
) -> Result<Response, WebError> {
    let file = show::show(&web.app, &signing_id, &token, &item_id).await?;
    Ok(([(CONTENT_TYPE, "application/pdf")], file).into_response())
}

async fn answered(
    State(web): State<Web>,
    Named((signing_id, item_id)): Named<(SigningId, String)>,
    Bearer(token): Bearer,
    Given(given): Given<SubmitSignature>,
) -> Result<Json<SignatureTaken>, WebError> {
    let input = Answer {
        signing_id,
        token,
        item_id,
        signature: given.signature.0,
        consent: match given.consent {
            WireConsent::Person => Consent::Person,
            WireConsent::Automatic => Consent::Automatic,
        },
    };
    answer::answer(&web.app, input).await?;
    Ok(Json(SignatureTaken {
        state: ItemState::Signed,
    }))
}

async fn cancelled(
    State(web): State<Web>,
    Named(id): Named<SigningId>,
    Bearer(token): Bearer,
    Given(given): Given<CancelSession>,
) -> Result<StatusCode, WebError> {
    let word = serde_json::to_value(given.reason).map_err(malformed)?;
    let reason = word.as_str().unwrap_or("failed");
    cancel::cancel_by_agent(&web.app, &id, &token, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
