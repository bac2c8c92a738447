//! The pages. This file holds what all of them share: the frame, rendering, errors, the paper.

pub mod account;
pub mod admin;
pub mod desk;
pub mod device;
pub(crate) mod fields;
pub mod finding;
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
pub mod signing;
pub mod verify;
mod ways;
pub mod work;

use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;
use vanthu_app::AppError;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::{Problem, REFUSAL_HEADER, WebError};
use crate::page::show::Say;
use crate::route::Route;
use crate::state::Web;
use crate::texts::{Language, PageValues, filters, language_of_program};
use crate::view;

/// All pages.
pub(crate) fn routes() -> Vec<Route> {
    [
        account::ROUTES,
        admin::ROUTES,
        desk::ROUTES,
        device::ROUTES,
        finding::ROUTES,
        fragment::ROUTES,
        incoming::ROUTES,
        listing::ROUTES,
        notice::ROUTES,
        outgoing::ROUTES,
        refusal::ROUTES,
        register::ROUTES,
        search::ROUTES,
        sign_in::ROUTES,
        signing::ROUTES,
        verify::ROUTES,
        work::ROUTES,
    ]
    .concat()
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

/// Turns the problem documents of page routes into pages, and says in the reader's language what
/// scripts of a page are refused; those of programs stay as they are.
pub async fn dress_errors(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut say = Say::of(request.headers(), web.app.now());
    if request.uri().path().starts_with("/agent/") {
        say.language = language_of_program(request.headers());
    }
    let theme = shell::theme(request.headers());
    let for_person = wants_page(request.uri(), request.headers());
    let response = next.run(request).await;
    let is_problem = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    let translated = say.language != Language::Vietnamese;
    if !is_problem || !(for_person || translated) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let status = parts.status;
    let code = parts.headers.get(REFUSAL_HEADER).cloned();
    let Ok(bytes) = axum::body::to_bytes(body, 64 * 1024).await else {
        return status.into_response();
    };
    let Ok(mut told) = serde_json::from_slice::<Value>(&bytes) else {
        return status.into_response();
    };
    if translated {
        say_problem(say, &mut told, parts.extensions.get::<Refusal>());
    }
    if !for_person {
        let mut response = (status, Json(told)).into_response();
        named(&mut response, code);
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        return response;
    }
    match serde_json::from_value::<Problem>(told) {
        Ok(problem) => {
            let mut page = error_page(&web, say.language, theme, &problem, status);
            named(&mut page, code);
            page
        }
        Err(_) => status.into_response(),
    }
}

/// Keeps the refusal's code on what is told instead of it.
fn named(response: &mut Response, code: Option<HeaderValue>) {
    if let Some(code) = code {
        response.headers_mut().insert(REFUSAL_HEADER, code);
    }
}

/// Puts the problem into the reader's language; further members stay as they are.
fn say_problem(say: Say, problem: &mut Value, refusal: Option<&Refusal>) {
    let Some(members) = problem.as_object_mut() else {
        return;
    };
    let told = match refusal {
        Some(refusal) => {
            let said = say.refusal(refusal);
            [
                ("title", said.what),
                ("detail", said.why),
                ("article", said.article),
                ("action", said.now),
            ]
        }
        None => ["title", "detail", "article", "action"].map(|name| {
            let text = members.get(name).and_then(Value::as_str);
            (name, say.t(text.unwrap_or_default()))
        }),
    };
    for (name, text) in told {
        members.insert(name.to_owned(), text.into());
    }
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
    let is_program = ["/api/v1/", "/agent/", "/tool/", "/events", "/practice/"]
        .iter()
        .any(|prefix| path.starts_with(prefix));
    let by_script = headers.contains_key("x-fragment") || headers.contains_key("x-csrf-token");
    let html = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_none_or(|v| v.contains("text/html") || v.contains("*/*"));
    !is_program && !by_script && html
}
