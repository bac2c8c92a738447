//! The page on which the person compares the codes, and the end of a pairing.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{message, show};
use crate::clock::vietnamese;
use crate::consent::random_id;
use crate::door::from_own_page;
use crate::pair::{Attempt, Attempted};
use crate::texts::{Asked, filters};
use crate::{Agent, problems};

#[derive(Template)]
#[template(path = "pair.html")]
struct PairPage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    attempt: &'a Attempt,
    host: String,
    form: &'a str,
    deadline: String,
}

/// What the person answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compared {
    form: String,
    answer: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Same,
    Differ,
}

/// Which pairing to give up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unpair {
    form: String,
    agent_id: String,
}

pub(crate) async fn pair(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
    Path(id): Path<String>,
) -> Response {
    let Some(attempt) = agent.attempts.find(&id) else {
        return message(&problems::pairing_over(asked), None, asked);
    };
    let language = attempt.language;
    let over = attempt.deadline <= agent.clock.now();
    if over && attempt.state == Attempted::Waiting {
        return message(&problems::pairing_over(language), None, language);
    }
    let form = agent.attempts.new_form(&id).unwrap_or_default();
    let nonce = random_id();
    let page = PairPage {
        language: language.tag(),
        nonce: &nonce,
        refresh: false,
        practice: false,
        host: agent.address.to_string(),
        form: &form,
        deadline: vietnamese(attempt.deadline),
        attempt: &attempt,
    };
    show(StatusCode::OK, &nonce, &page, language)
}

pub(crate) async fn compared(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Result<Form<Compared>, FormRejection>,
) -> Response {
    if !from_own_page(&headers, agent.address) {
        tracing::warn!("pairing form of another page refused");
        return message(&problems::stale_form(asked), None, asked);
    }
    let language = agent
        .attempts
        .find(&id)
        .map_or(asked, |attempt| attempt.language);
    let Ok(Form(form)) = form else {
        return message(&problems::bad_request(language), None, language);
    };
    match agent
        .decide_pairing(&id, &form.form, form.answer == Answer::Same)
        .await
    {
        Ok(()) => Redirect::to(&format!("/pair/{id}")).into_response(),
        Err(problem) => message(&problem, None, language),
    }
}

pub(crate) async fn unpair(
    State(agent): State<Arc<Agent>>,
    Asked(language): Asked,
    headers: HeaderMap,
    form: Result<Form<Unpair>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return message(&problems::bad_request(language), None, language);
    };
    if !from_own_page(&headers, agent.address) || form.form != agent.form {
        tracing::warn!("unpairing form of another page refused");
        return message(&problems::stale_form(language), None, language);
    }
    match agent.unpair(&form.agent_id, language).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(problem) => message(&problem, None, language),
    }
}
