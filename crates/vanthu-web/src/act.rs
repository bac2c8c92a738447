//! What every act has in common: who does it, to what, and with which words.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use vanthu_app::{App, Caller};

use crate::api::Named;
use crate::session::SignedIn;
use crate::state::Web;

/// Something that a signed-in person does to one thing, as the last argument of a handler: the
/// identifier `I` stands in the path, what is given (`G`) in the body.
pub(crate) struct Act<I, G> {
    pub(crate) web: Web,
    pub(crate) who: SignedIn,
    pub(crate) headers: HeaderMap,
    pub(crate) id: I,
    pub(crate) given: G,
}

impl<I, G> Act<I, G> {
    /// The actions.
    pub(crate) fn app(&self) -> &App {
        &self.web.app
    }

    /// Who acts.
    pub(crate) fn caller(&self) -> &Caller {
        self.who.caller()
    }
}

impl<I, G> FromRequest<Web> for Act<I, G>
where
    I: DeserializeOwned + Send,
    G: FromRequest<Web>,
{
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let who = SignedIn::from_request_parts(&mut parts, web).await?;
        let Named(id) = Named::<I>::from_request_parts(&mut parts, web)
            .await
            .map_err(crate::error::WebError::into_response)?;
        let headers = parts.headers.clone();
        let given = G::from_request(Request::from_parts(parts, body), web)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        Ok(Self {
            web: web.clone(),
            who,
            headers,
            id,
            given,
        })
    }
}
