//! The first page of a document, as the person sees it before signing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use vanthu_wire::agent::SessionItem;

use super::{groups, message, pages, show};
use crate::consent::{Case, random_id};
use crate::shown::Shown;
use crate::texts::{Asked, filters};
use crate::{Agent, problems};

#[derive(Template)]
#[template(path = "first.html")]
struct FirstPage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    case: &'a Case,
    item: &'a SessionItem,
    pages: String,
    digest: Vec<String>,
    drawn: bool,
}

/// The page with the picture.
pub(crate) async fn first_page(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
    Path((id, item_id)): Path<(String, String)>,
) -> Response {
    let Some((case, item)) = found(&agent, &id, &item_id) else {
        return message(&problems::not_found(asked), None, asked);
    };
    let language = case.remote.language;
    let drawn = match agent.page_of(&case, &item).await {
        Ok(_) => true,
        Err(Shown::NotDrawn) => false,
        Err(Shown::Problem(problem)) => return message(&problem, None, language),
    };
    let nonce = random_id();
    let page = FirstPage {
        language: language.tag(),
        nonce: &nonce,
        refresh: false,
        practice: crate::practice::is_practice(&case.certificate),
        pages: pages(&item, language),
        digest: groups(&item.document_digest.to_string(), 8),
        case: &case,
        item: &item,
        drawn,
    };
    show(StatusCode::OK, &nonce, &page, language)
}

/// The picture itself.
pub(crate) async fn picture(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
    Path((id, item_id)): Path<(String, String)>,
) -> Response {
    let Some((case, item)) = found(&agent, &id, &item_id) else {
        return message(&problems::not_found(asked), None, asked);
    };
    match agent.page_of(&case, &item).await {
        Ok(picture) => ([(header::CONTENT_TYPE, "image/png")], picture.to_vec()).into_response(),
        Err(Shown::NotDrawn) => StatusCode::NOT_FOUND.into_response(),
        Err(Shown::Problem(problem)) => message(&problem, None, case.remote.language),
    }
}

/// A document of a case that isn't over.
fn found(agent: &Agent, id: &str, item_id: &str) -> Option<(Case, SessionItem)> {
    let case = agent.desk.find(id).filter(|case| !case.is_over())?;
    let item = case
        .session
        .items
        .iter()
        .find(|item| item.item_id == item_id)
        .cloned()?;
    Some((case, item))
}
