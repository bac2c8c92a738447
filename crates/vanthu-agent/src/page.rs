//! The pages for the person in front of this computer: consent, result, and the home page.
//!
//! They work without a script. What goes into them is text of the server, so it is escaped, and
//! the content security policy allows nothing but our own style and fonts.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use vanthu_pki::Certificate;
use vanthu_wire::Problem;
use vanthu_wire::agent::{Consent, ConsentState, ItemState, Purpose, SessionItem};
use zeroize::Zeroize;

use crate::clock::vietnamese;
use crate::consent::{Case, random_id};
use crate::door::from_own_page;
use crate::examine::moment;
use crate::practice::is_practice;
use crate::{Agent, Pin, api, problems};

mod form;

/// How long an answer waits for the last signature before the page shows the progress instead.
const WAIT_FOR_THE_END: Duration = Duration::from_secs(3);

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    case: &'a Case,
    form: &'a str,
    host: String,
    deadline: String,
    documents: Vec<DocumentView<'a>>,
    certificate: CertificateView,
    seal: bool,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage<'a> {
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    title: String,
    tone: &'static str,
    mark: &'static str,
    automatic: bool,
    seal: bool,
    problem: Option<&'a Problem>,
    outcomes: Vec<OutcomeView<'a>>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    problem: &'a Problem,
    again: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    version: &'static str,
    host: String,
    automatic: bool,
    servers: Vec<&'a str>,
    certificates: Vec<CertificateView>,
    problem: Option<Problem>,
}

struct DocumentView<'a> {
    item: &'a SessionItem,
    digest: Vec<String>,
}

struct OutcomeView<'a> {
    item: &'a SessionItem,
    state: ItemState,
    problem: Option<&'a Problem>,
}

struct CertificateView {
    common_name: String,
    subject: String,
    issuer: String,
    serial: String,
    until: String,
    days_left: i64,
    thumbprint: Vec<String>,
}

pub(crate) async fn home(State(agent): State<Arc<Agent>>) -> Response {
    let (certificates, problem) = match agent.certificates().await {
        Ok(certificates) => (certificates, None),
        Err(error) => (Vec::new(), Some(problems::token(&error))),
    };
    let nonce = random_id();
    let page = HomePage {
        nonce: &nonce,
        refresh: false,
        practice: !certificates.is_empty() && certificates.iter().all(is_practice),
        version: env!("CARGO_PKG_VERSION"),
        host: agent.address.to_string(),
        automatic: agent.automatic.is_some(),
        servers: agent.paired.iter().map(crate::Origin::as_str).collect(),
        certificates: certificates
            .iter()
            .map(|it| view_certificate(&agent, it))
            .collect(),
        problem,
    };
    show(StatusCode::OK, &nonce, &page)
}

pub(crate) async fn consent(State(agent): State<Arc<Agent>>, Path(id): Path<String>) -> Response {
    agent.expire_if_due(&id).await;
    let Some(case) = agent.desk.find(&id) else {
        return message(&problems::not_found(), None);
    };
    if case.state != ConsentState::Waiting {
        return result(&case);
    }
    let Some(form) = agent.desk.new_form(&id) else {
        return message(&problems::not_found(), None);
    };
    let nonce = random_id();
    let page = ConsentPage {
        nonce: &nonce,
        refresh: false,
        practice: is_practice(&case.certificate),
        case: &case,
        form: &form,
        host: agent.address.to_string(),
        deadline: vietnamese(case.deadline),
        documents: case
            .session
            .items
            .iter()
            .map(|item| DocumentView {
                item,
                digest: groups(&item.document_digest.to_string(), 8),
            })
            .collect(),
        certificate: view_certificate(&agent, &case.certificate),
        seal: case.session.purpose == Purpose::Seal,
    };
    show(StatusCode::OK, &nonce, &page)
}

pub(crate) async fn answer(
    State(agent): State<Arc<Agent>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = form::read(&body);
    // The body holds the PIN; wipe it wherever nobody else holds the buffer.
    if let Ok(mut buffer) = body.try_into_mut() {
        buffer.as_mut().zeroize();
    }
    if !from_own_page(&headers, agent.address) {
        tracing::warn!("consent form of another page refused");
        return message(&problems::stale_form(), None);
    }
    agent.expire_if_due(&id).await;
    let done = match form {
        Some(form) => answer_form(&agent, &id, form).await,
        None => Err(problems::bad_request()),
    };
    let address = format!("/consent/{id}");
    match done {
        Ok(()) => Redirect::to(&address).into_response(),
        Err(problem) => message(&problem, (&*problem.code != "not-found").then_some(address)),
    }
}

async fn answer_form(agent: &Arc<Agent>, id: &str, form: form::Form) -> Result<(), Problem> {
    agent.desk.use_form(id, &form.value)?;
    match form.answer {
        form::Answer::Refuse => agent.refuse_case(id).await,
        form::Answer::Sign => sign(agent, id, form.pin).await,
    }
}

async fn sign(agent: &Arc<Agent>, id: &str, pin: Pin) -> Result<(), Problem> {
    if pin.is_empty() {
        // No PIN is no try: the session goes on waiting.
        return Ok(());
    }
    let case = agent.desk.start(id)?;
    let states = agent.desk.follow(id);
    tokio::spawn(Arc::clone(agent).sign_case(case, pin, Consent::Person));
    if let Some(mut states) = states {
        let over = states
            .wait_for(|state| !matches!(state, ConsentState::Waiting | ConsentState::Signing));
        // Still signing after that: the result page shows how far it is.
        let _still = tokio::time::timeout(WAIT_FOR_THE_END, over).await.is_err();
    }
    Ok(())
}

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let Some((_, bytes)) = FONTS.iter().find(|(font, _)| *font == name) else {
        return api::answer_problem(&problems::not_found());
    };
    let headers = [
        (header::CONTENT_TYPE, "font/woff2"),
        (header::CACHE_CONTROL, "private, max-age=604800"),
    ];
    (headers, *bytes).into_response()
}

const FONTS: [(&str, &[u8]); 4] = [
    (
        "latin-400.woff2",
        include_bytes!("../assets/be-vietnam-pro-latin-400-normal.woff2"),
    ),
    (
        "latin-600.woff2",
        include_bytes!("../assets/be-vietnam-pro-latin-600-normal.woff2"),
    ),
    (
        "vietnamese-400.woff2",
        include_bytes!("../assets/be-vietnam-pro-vietnamese-400-normal.woff2"),
    ),
    (
        "vietnamese-600.woff2",
        include_bytes!("../assets/be-vietnam-pro-vietnamese-600-normal.woff2"),
    ),
];

fn result(case: &Case) -> Response {
    let signed = case
        .items
        .iter()
        .filter(|item| item.state == ItemState::Signed)
        .count();
    let all = case.items.len();
    let verb = match case.session.purpose {
        Purpose::Person => "ký",
        Purpose::Seal => "đóng dấu",
    };
    let (title, tone, mark) = match case.state {
        ConsentState::Waiting | ConsentState::Signing => {
            (format!("Đang {verb}: {signed}/{all} văn bản"), "info", "…")
        }
        ConsentState::Signed => (format!("Đã {verb} {all} văn bản"), "ok", "✓"),
        ConsentState::PartlySigned => (format!("Đã {verb} {signed}/{all} văn bản"), "warn", "!"),
        ConsentState::Refused => ("Anh/chị đã từ chối".to_owned(), "none", "✕"),
        ConsentState::Expired => ("Phiên ký đã hết hạn".to_owned(), "warn", "!"),
        ConsentState::Failed => (format!("Chưa {verb} văn bản nào"), "bad", "✕"),
    };
    let nonce = random_id();
    let page = ResultPage {
        nonce: &nonce,
        refresh: !case.is_over(),
        practice: is_practice(&case.certificate),
        title,
        tone,
        mark,
        automatic: case.session.consent == Consent::Automatic,
        seal: case.session.purpose == Purpose::Seal,
        problem: case.problem.as_ref(),
        outcomes: case
            .session
            .items
            .iter()
            .zip(&case.items)
            .map(|(item, outcome)| OutcomeView {
                item,
                state: outcome.state,
                problem: outcome.problem.as_ref(),
            })
            .collect(),
    };
    show(StatusCode::OK, &nonce, &page)
}

fn message(problem: &Problem, again: Option<String>) -> Response {
    let nonce = random_id();
    let page = MessagePage {
        nonce: &nonce,
        refresh: false,
        practice: false,
        problem,
        again,
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    show(status, &nonce, &page)
}

fn show(status: StatusCode, nonce: &str, page: &impl Template) -> Response {
    let Ok(html) = page.render() else {
        return api::answer_problem(&problems::fault());
    };
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; font-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn view_certificate(agent: &Agent, certificate: &Certificate) -> CertificateView {
    let until = moment(certificate.not_after());
    CertificateView {
        common_name: certificate.common_name(),
        subject: spaced(&certificate.subject().to_string()),
        issuer: spaced(&certificate.issuer().to_string()),
        serial: certificate.serial_hex(),
        until: vietnamese(until),
        days_left: until.duration_since(agent.clock.now()).as_hours() / 24,
        thumbprint: groups(&certificate.sha256_thumbprint(), 8),
    }
}

/// A name with room to break the line at its commas.
fn spaced(name: &str) -> String {
    name.replace(',', ", ")
}

/// Cuts a long row of digits into groups that an eye can compare.
fn groups(digits: &str, size: usize) -> Vec<String> {
    let digits: Vec<char> = digits.chars().collect();
    digits
        .chunks(size)
        .map(|group| group.iter().collect())
        .collect()
}
