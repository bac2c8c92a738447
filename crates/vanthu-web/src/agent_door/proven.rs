//! Requests that a paired agent signed.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use vanthu_app::AppError;
use vanthu_app::agent::Proof;
use vanthu_domain::id::AgentId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_wire::pairing::PROOF_HEADER;

use super::MOST_BYTES;
use crate::api::malformed;
use crate::error::WebError;

/// A request of a paired agent with a JSON body. Whether the signature holds, the action looks.
pub(super) struct Proven<T> {
    /// What was signed.
    pub(super) proof: Proof,
    /// The body.
    pub(super) given: T,
}

/// The proof of a request without a body, where there is one.
pub(super) struct MaybeProven(pub(super) Option<Proof>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Proven<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &S) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, MOST_BYTES).await.map_err(malformed)?;
        let proof = proof_of(&parts, body.to_vec())?
            .ok_or_else(|| AppError::refused(RefusalCode::SignInRequired))?;
        let given = serde_json::from_slice(&proof.body).map_err(malformed)?;
        Ok(Self { proof, given })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeProven {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        Ok(Self(proof_of(parts, Vec::new())?))
    }
}

fn proof_of(parts: &Parts, body: Vec<u8>) -> Result<Option<Proof>, WebError> {
    let Some((agent_id, signature)) = header(&parts.headers) else {
        return Ok(None);
    };
    let stranger = || AppError::refused(RefusalCode::AgentNotPaired);
    Ok(Some(Proof {
        agent_id: agent_id.parse::<AgentId>().map_err(|_| stranger())?,
        signature: STANDARD.decode(signature).map_err(|_| stranger())?,
        method: parts.method.to_string(),
        path: parts
            .uri
            .path_and_query()
            .map_or_else(String::new, ToString::to_string),
        body,
    }))
}

fn header(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get(PROOF_HEADER)?.to_str().ok()?.split_once(':')
}
