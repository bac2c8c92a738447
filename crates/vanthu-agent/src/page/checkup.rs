//! The page "check my signing machine".

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use vanthu_wire::desk::Mark;

use super::{message, show};
use crate::checkup::Checkup;
use crate::clock::vietnamese;
use crate::consent::random_id;
use crate::door::from_own_page;
use crate::texts::{Asked, filters};
use crate::{Agent, problems};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    form: &'a str,
    last: Option<Checkup>,
    at: String,
}

/// The button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckNow {
    form: String,
}

/// The last result. Looking at it asks nobody, so that no other page makes this agent ask.
pub(crate) async fn checkup(State(agent): State<Arc<Agent>>, Asked(language): Asked) -> Response {
    let last = agent.last_checkup.get();
    let nonce = random_id();
    let page = CheckPage {
        language: language.tag(),
        nonce: &nonce,
        refresh: false,
        practice: false,
        form: &agent.form,
        at: last
            .as_ref()
            .map(|last| vietnamese(last.at))
            .unwrap_or_default(),
        last,
    };
    show(StatusCode::OK, &nonce, &page, language)
}

/// Checks now.
pub(crate) async fn check_now(
    State(agent): State<Arc<Agent>>,
    Asked(language): Asked,
    headers: HeaderMap,
    form: Result<Form<CheckNow>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return message(&problems::bad_request(language), None, language);
    };
    if !from_own_page(&headers, agent.address) || form.form != agent.form {
        tracing::warn!("check form of another page refused");
        return message(&problems::stale_form(language), None, language);
    }
    match agent.check_machine().await {
        Ok(_) => Redirect::to("/check").into_response(),
        Err(error) => {
            tracing::error!(%error, "the machine could not be checked");
            message(&problems::fault(language), None, language)
        }
    }
}
