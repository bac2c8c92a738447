//! The pages. This file holds what all of them share: the frame, rendering, errors, the paper.

pub mod account;
pub mod admin;
pub mod desk;
mod fields;
pub mod fragment;
pub mod incoming;
pub mod listing;
pub mod notice;
pub mod outgoing;
pub mod refusal;
pub mod register;
mod rows;
pub mod search;
mod sheets;
pub mod shell;
pub(crate) mod show;
pub mod sign_in;
pub mod verify;
pub mod work;

use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use vanthu_app::AppError;
use vanthu_domain::refusal::RefusalCode;

use crate::error::{Problem, WebError};
use crate::state::Web;
use crate::texts::{Language, PageValues, filters};
use crate::view;

/// All pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(account::routes())
        .merge(admin::routes())
        .merge(desk::routes())
        .merge(fragment::routes())
        .merge(incoming::routes())
        .merge(listing::routes())
        .merge(notice::routes())
        .merge(outgoing::routes())
        .merge(refusal::routes())
        .merge(register::routes())
        .merge(search::routes())
        .merge(sign_in::routes())
        .merge(verify::routes())
        .merge(work::routes())
}

/// Renders a page in the language.
pub fn render(template: &impl Template, language: Language) -> Result<Response, WebError> {
    let html = template
        .render_with_values(&PageValues(language))
        .map_err(|e| AppError::fault("template", e))?;
    Ok(Html(html).into_response())
}

/// A page that says what was refused, why, by which article, and what to do now.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: view::Shell,
    problem: view::Problem,
    status: u16,
}

/// Turns the problem documents of page routes into pages; those of programs stay as they are.
pub async fn dress_errors(State(web): State<Web>, request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let theme = shell::theme(request.headers());
    let for_person = wants_page(request.uri(), request.headers());
    let response = next.run(request).await;
    let is_problem = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    if !for_person || !is_problem {
        return response;
    }
    let status = response.status();
    let Ok(bytes) = axum::body::to_bytes(response.into_body(), 64 * 1024).await else {
        return status.into_response();
    };
    let Ok(problem) = serde_json::from_slice::<Problem>(&bytes) else {
        return status.into_response();
    };
    error_page(&web, language, theme, &problem, status)
}

/// Whatever has no route.
pub async fn not_found() -> Response {
    WebError(AppError::refused(RefusalCode::NotFound)).into_response()
}

fn error_page(
    web: &Web,
    language: Language,
    theme: String,
    problem: &Problem,
    status: StatusCode,
) -> Response {
    let page = ErrorPage {
        shell: shell::plain(web, language, theme, problem.title.clone()),
        problem: problem_view(problem),
        status: status.as_u16(),
    };
    match render(&page, language) {
        Ok(mut response) => {
            *response.status_mut() = status;
            response
        }
        Err(error) => {
            tracing::error!(?error, "the error page does not render");
            status.into_response()
        }
    }
}

/// The problem as the parts of a page take it.
pub fn problem_view(problem: &Problem) -> view::Problem {
    view::Problem {
        tone: view::Tone::Bad,
        what: problem.title.clone(),
        why: problem.detail.clone(),
        article: problem.article.clone(),
        now: problem.action.clone(),
        link: None,
    }
}

/// A person's browser asks for a page; scripts ask for fragments or JSON and show problems themselves.
fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let path = uri.path();
    let is_program = ["/api/v1/", "/agent/", "/events", "/practice/"]
        .iter()
        .any(|prefix| path.starts_with(prefix));
    let by_script = headers.contains_key("x-fragment") || headers.contains_key("x-csrf-token");
    let html = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_none_or(|v| v.contains("text/html") || v.contains("*/*"));
    !is_program && !by_script && html
}
