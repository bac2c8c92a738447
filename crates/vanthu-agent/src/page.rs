//! The pages for the person in front of this computer: consent, result, and the home page.
//!
//! They work without a script. What goes into them is text of the server, so it is escaped, and
//! the content security policy allows nothing but our own style and fonts.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use vanthu_pki::Certificate;
use vanthu_wire::agent::{Consent, ConsentState, ItemState, Purpose, SessionItem};
use vanthu_wire::desk::{Mark, Point};
use vanthu_wire::{Language, Problem};
use zeroize::Zeroize;

use crate::clock::vietnamese;
use crate::consent::{Case, random_id};
use crate::door::from_own_page;
use crate::examine::moment;
use crate::kept::Pairing;
use crate::practice::is_practice;
use crate::texts::{Asked, PageValues, counted, fill, filters, other, t};
use crate::{Agent, Pin, api, devices, problems};

mod checkup;
mod first;
mod form;
mod pair;

pub(crate) use checkup::{check_now, checkup};
pub(crate) use first::{first_page, picture};
pub(crate) use pair::{compared, pair, unpair};

/// How long an answer waits for the last signature before the page shows the progress instead.
const WAIT_FOR_THE_END: Duration = Duration::from_secs(3);

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    case: &'a Case,
    title: String,
    form: &'a str,
    host: String,
    deadline: String,
    documents: Vec<DocumentView<'a>>,
    certificate: CertificateView,
    device: Option<devices::DeviceLine>,
    seal: bool,
    /// How far the files are checked, while they are.
    checking: Option<String>,
    drawn: bool,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    title: String,
    tone: &'static str,
    mark: &'static str,
    automatic: bool,
    seal: bool,
    /// How many were not signed, once it is over.
    rest: Option<String>,
    problem: Option<&'a Problem>,
    outcomes: Vec<OutcomeView<'a>>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    problem: &'a Problem,
    again: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    language: &'static str,
    nonce: &'a str,
    refresh: bool,
    practice: bool,
    version: &'static str,
    host: String,
    automatic: bool,
    other: (&'static str, &'static str),
    form: &'a str,
    named: &'a [crate::Origin],
    pairings: Vec<PairingView>,
    /// What the last check said of this program's version, where that is not good.
    outdated: Option<Point>,
    certificates: Vec<CertificateView>,
    problem: Option<Problem>,
}

struct PairingView {
    pairing: Pairing,
    at: String,
}

struct DocumentView<'a> {
    item: &'a SessionItem,
    pages: String,
    digest: Vec<String>,
}

struct OutcomeView<'a> {
    item: &'a SessionItem,
    pages: String,
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
    days: String,
    thumbprint: Vec<String>,
}

/// A choice of language on the home page; without it the browser's own.
#[derive(serde::Deserialize)]
pub(crate) struct Chosen {
    lang: Option<String>,
}

pub(crate) async fn home(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
    Query(chosen): Query<Chosen>,
) -> Response {
    let language = chosen.lang.as_deref().and_then(Language::from_tag);
    let language = language.unwrap_or(asked);
    let (certificates, problem) = match agent.certificates().await {
        Ok(certificates) => (certificates, None),
        Err(error) => (Vec::new(), Some(problems::token(language, &error))),
    };
    let nonce = random_id();
    let page = HomePage {
        language: language.tag(),
        nonce: &nonce,
        refresh: false,
        practice: !certificates.is_empty() && certificates.iter().all(is_practice),
        version: env!("CARGO_PKG_VERSION"),
        host: agent.address.to_string(),
        automatic: agent.automatic.is_some(),
        other: other(language),
        form: &agent.form,
        outdated: agent.last_checkup.get().and_then(|last| {
            let old = |point: &Point| point.code == "version" && point.mark != Mark::Good;
            last.points.into_iter().find(old)
        }),
        named: agent.paired.named(),
        pairings: agent
            .paired
            .list()
            .into_iter()
            .map(|one| PairingView {
                at: vietnamese(one.paired_at),
                pairing: one,
            })
            .collect(),
        certificates: certificates
            .iter()
            .map(|it| view_certificate(&agent, it, language))
            .collect(),
        problem,
    };
    show(StatusCode::OK, &nonce, &page, language)
}

pub(crate) async fn consent(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
    Path(id): Path<String>,
) -> Response {
    agent.expire_if_due(&id).await;
    let Some(case) = agent.desk.find(&id) else {
        return message(&problems::not_found(asked), None, asked);
    };
    let language = case.remote.language;
    if case.state != ConsentState::Waiting {
        return result(&case);
    }
    let Some(form) = agent.desk.new_form(&id) else {
        return message(&problems::not_found(language), None, language);
    };
    let nonce = random_id();
    let page = ConsentPage {
        language: language.tag(),
        title: consent_title(&case, language),
        nonce: &nonce,
        refresh: !case.is_shown(),
        practice: is_practice(&case.certificate),
        checking: (!case.is_shown()).then(|| checking(&case, language)),
        drawn: matches!(case.first_page, Some(Ok(_))),
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
                pages: pages(item, language),
                digest: groups(&item.document_digest.to_string(), 8),
            })
            .collect(),
        certificate: view_certificate(&agent, &case.certificate, language),
        device: case.device.as_ref().map(|it| devices::line(it, language)),
        seal: case.session.purpose == Purpose::Seal,
    };
    show(StatusCode::OK, &nonce, &page, language)
}

pub(crate) async fn answer(
    State(agent): State<Arc<Agent>>,
    Asked(asked): Asked,
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
        return message(&problems::stale_form(asked), None, asked);
    }
    agent.expire_if_due(&id).await;
    let case = agent.desk.find(&id);
    let language = case.map_or(asked, |case| case.remote.language);
    let done = match form {
        Some(form) => answer_form(&agent, &id, form, language).await,
        None => Err(problems::bad_request(language)),
    };
    let address = format!("/consent/{id}");
    match done {
        Ok(()) => Redirect::to(&address).into_response(),
        Err(problem) => {
            let again = (&*problem.code != "not-found").then_some(address);
            message(&problem, again, language)
        }
    }
}

async fn answer_form(
    agent: &Arc<Agent>,
    id: &str,
    form: form::Form,
    language: Language,
) -> Result<(), Problem> {
    agent.desk.use_form(id, &form.value, language)?;
    match form.answer {
        form::Answer::Refuse => agent.refuse_case(id, language).await,
        form::Answer::Sign => {
            let case = agent
                .desk
                .find(id)
                .ok_or_else(|| problems::not_found(language))?;
            if !case.is_shown() {
                return Err(problems::not_shown(language));
            }
            if matches!(case.first_page, Some(Err(_))) && !form.unseen {
                return Err(problems::not_seen(language));
            }
            sign(agent, id, form.pin, language).await
        }
    }
}

async fn sign(agent: &Arc<Agent>, id: &str, pin: Pin, language: Language) -> Result<(), Problem> {
    if pin.is_empty() {
        // No PIN is no try: the session goes on waiting.
        return Ok(());
    }
    let case = agent.desk.start(id, language)?;
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

pub(crate) async fn asset(Asked(language): Asked, Path(name): Path<String>) -> Response {
    let Some((_, bytes)) = FONTS.iter().find(|(font, _)| *font == name) else {
        return api::answer_problem(&problems::not_found(language));
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
    let language = case.remote.language;
    let (tone, mark) = match case.state {
        ConsentState::Waiting | ConsentState::Signing => ("info", "…"),
        ConsentState::Signed => ("ok", "✓"),
        ConsentState::PartlySigned | ConsentState::Expired => ("warn", "!"),
        ConsentState::Refused => ("none", "✕"),
        ConsentState::Failed => ("bad", "✕"),
    };
    let title = result_title(case, signed, language);
    let nonce = random_id();
    let page = ResultPage {
        language: language.tag(),
        nonce: &nonce,
        refresh: !case.is_over(),
        practice: is_practice(&case.certificate),
        title,
        tone,
        mark,
        automatic: case.session.consent == Consent::Automatic,
        seal: case.session.purpose == Purpose::Seal,
        rest: rest(case, language),
        problem: case.problem.as_ref(),
        outcomes: case
            .session
            .items
            .iter()
            .zip(&case.items)
            .map(|(item, outcome)| OutcomeView {
                item,
                pages: pages(item, language),
                state: outcome.state,
                problem: outcome.problem.as_ref(),
            })
            .collect(),
    };
    show(StatusCode::OK, &nonce, &page, language)
}

fn checking(case: &Case, language: Language) -> String {
    let (checked, all) = (
        case.checked.to_string(),
        case.session.items.len().to_string(),
    );
    let text = t("Đang tải và đối chiếu tệp: {checked}/{all}", language);
    fill(text, &[("checked", &checked), ("all", &all)])
}

fn consent_title(case: &Case, language: Language) -> String {
    let text = match case.session.purpose {
        Purpose::Person => t("Ký {n} văn bản?", language),
        Purpose::Seal => t("Đóng dấu cơ quan vào {n} văn bản?", language),
    };
    counted(text, case.session.items.len())
}

/// What was left of a batch that stopped.
fn rest(case: &Case, language: Language) -> Option<String> {
    let count = |state| {
        let such = case.items.iter().filter(|item| item.state == state);
        such.count().to_string()
    };
    let (failed, left) = (count(ItemState::Failed), count(ItemState::Skipped));
    let text = t("Không ký được: {failed} · chưa ký: {left}", language);
    let partly = case.state == ConsentState::PartlySigned;
    partly.then(|| fill(text, &[("failed", &failed), ("left", &left)]))
}

/// What became of a case, in one line.
fn result_title(case: &Case, signed: usize, language: Language) -> String {
    let all = case.items.len();
    let seal = case.session.purpose == Purpose::Seal;
    let of_all = |text| {
        let (signed, all) = (signed.to_string(), all.to_string());
        fill(text, &[("signed", &signed), ("all", &all)])
    };
    match (case.state, seal) {
        (ConsentState::Waiting | ConsentState::Signing, false) => {
            of_all(t("Đang ký: {signed}/{all} văn bản", language))
        }
        (ConsentState::Waiting | ConsentState::Signing, true) => {
            of_all(t("Đang đóng dấu: {signed}/{all} văn bản", language))
        }
        (ConsentState::Signed, false) => counted(t("Đã ký {n} văn bản", language), all),
        (ConsentState::Signed, true) => counted(t("Đã đóng dấu {n} văn bản", language), all),
        (ConsentState::PartlySigned, false) => of_all(t("Đã ký {signed}/{all} văn bản", language)),
        (ConsentState::PartlySigned, true) => {
            of_all(t("Đã đóng dấu {signed}/{all} văn bản", language))
        }
        (ConsentState::Refused, _) => t("Anh/chị đã từ chối", language).to_owned(),
        (ConsentState::Expired, _) => t("Phiên ký đã hết hạn", language).to_owned(),
        (ConsentState::Failed, false) => t("Chưa ký văn bản nào", language).to_owned(),
        (ConsentState::Failed, true) => t("Chưa đóng dấu văn bản nào", language).to_owned(),
    }
}

fn pages(item: &SessionItem, language: Language) -> String {
    counted(
        t("{n} trang", language),
        usize::try_from(item.pages).unwrap_or_default(),
    )
}

pub(crate) fn message(problem: &Problem, again: Option<String>, language: Language) -> Response {
    let nonce = random_id();
    let page = MessagePage {
        language: language.tag(),
        nonce: &nonce,
        refresh: false,
        practice: false,
        problem,
        again,
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    show(status, &nonce, &page, language)
}

pub(crate) fn show(
    status: StatusCode,
    nonce: &str,
    page: &impl Template,
    language: Language,
) -> Response {
    let Ok(html) = page.render_with_values(&PageValues(language)) else {
        return api::answer_problem(&problems::fault(language));
    };
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; font-src 'self'; form-action 'self'; \
         img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn view_certificate(
    agent: &Agent,
    certificate: &Certificate,
    language: Language,
) -> CertificateView {
    let until = moment(certificate.not_after());
    let days_left = until.duration_since(agent.clock.now()).as_hours() / 24;
    CertificateView {
        common_name: certificate.common_name(),
        subject: spaced(&certificate.subject().to_string()),
        issuer: spaced(&certificate.issuer().to_string()),
        serial: certificate.serial_hex(),
        until: vietnamese(until),
        days_left,
        days: counted(
            t("Còn {n} ngày", language),
            usize::try_from(days_left).unwrap_or_default(),
        ),
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
