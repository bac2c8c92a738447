//! Anybody checks the signatures of a document (kiểm tra chữ ký số): nothing is kept of it. What was found can be saved
//! for a while, as a page or as PDF.

pub(crate) mod kept;
pub(crate) mod report;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use vanthu_app::outgoing::view::Handed;
use vanthu_app::{AppError, verify};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::api::hand_out;
use crate::error::{WebError, refused_page};
use crate::page::show::Say;
use crate::page::verify::kept::Kept;
use crate::page::verify::report::SignatureCard;
use crate::page::{render, shell};
use crate::report::{self as paper, About, Around};
use crate::route::{Asks, Route};
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Check, Fact, Problem, Shell};

/// The largest file that is checked here.
const MOST_BYTES: usize = 50 * 1000 * 1000;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/verify", Asks::Nothing, || get(ask)),
    Route::post("/verify", Asks::Nothing, || {
        post(check).layer(DefaultBodyLimit::max(MOST_BYTES + 64 * 1024))
    })
    .with_files(),
    Route::get("/verify/report/{id}/{form}", Asks::Nothing, || get(save)),
];

#[derive(Template)]
#[template(path = "verify/page.html")]
struct VerifyPage {
    shell: Shell,
    result: Option<Outcome>,
    wrong: Option<Problem>,
}

struct Outcome {
    whole: Problem,
    cards: Vec<SignatureCard>,
    checks: Vec<Check>,
    facts: Vec<Fact>,
    /// Where it can be saved from.
    saved: String,
}

async fn ask(State(web): State<Web>, headers: HeaderMap) -> Result<Response, WebError> {
    page(&web, &headers, None, None)
}

async fn check(
    State(web): State<Web>,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let (name, pdf) = match file_of(form).await {
        Ok(file) => file,
        Err(refusal) => {
            let shown = page(&web, &headers, None, Some(say.refusal(&refusal)))?;
            return Ok(refused_page(shown, refusal.code));
        }
    };
    let bytes = pdf.len();
    let report = verify::report(&web.app, pdf).await?;
    let id = web.app.secret();
    let outcome = Outcome {
        whole: report::whole(say, &report),
        cards: report::cards(say, &report),
        checks: report::file_checks(say, &report),
        facts: report::file_facts(say, &name, bytes, &report),
        saved: format!("/verify/report/{id}"),
    };
    let about = About {
        name,
        bytes,
        judged_at: say.now,
        notes: Vec::new(),
        around: Around::Pdf,
    };
    web.reports.put(id, Kept { report, about });
    page(&web, &headers, Some(outcome), None)
}

/// What was found, to be saved: as a page that needs nothing else, or as PDF/A.
async fn save(
    State(web): State<Web>,
    headers: HeaderMap,
    Path((id, form)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let language = language_of(&headers);
    let not_here = || AppError::refused(RefusalCode::NotFound);
    let kept = web.reports.get(&id, web.app.now()).ok_or_else(not_here)?;
    let name = format!("{}.{form}", kept.about.name);
    let (media_type, bytes) = match form.as_str() {
        "html" => {
            let page = paper::html(&kept.report, &kept.about, language);
            let page = page.map_err(|error| AppError::fault("template", error))?;
            ("text/html; charset=utf-8", page.into_bytes())
        }
        "pdf" => {
            let typeset = move || paper::pdf(&kept.report, &kept.about, language);
            let made = tokio::task::spawn_blocking(typeset).await;
            let made = made.map_err(|error| AppError::fault("report", error))?;
            let made = made.map_err(|error| AppError::fault("report", error))?;
            ("application/pdf", made)
        }
        _ => return Err(not_here().into()),
    };
    Ok(hand_out(Handed {
        name,
        media_type: media_type.to_owned(),
        bytes,
        sha256: String::new(),
    }))
}

/// The file of the form, with its name.
async fn file_of(mut form: Multipart) -> Result<(String, Vec<u8>), Refusal> {
    let too_large = |status: axum::http::StatusCode| {
        if status == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::new(RefusalCode::FileTooLarge)
        } else {
            Refusal::new(RefusalCode::RequestMalformed)
        }
    };
    loop {
        let field = form
            .next_field()
            .await
            .map_err(|error| too_large(error.status()))?;
        let Some(field) = field else {
            return Err(Refusal::new(RefusalCode::FileEmpty));
        };
        if field.name() != Some("file") {
            continue;
        }
        let name = field
            .file_name()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect::<String>();
        let bytes = field
            .bytes()
            .await
            .map_err(|error| too_large(error.status()))?;
        if bytes.is_empty() {
            return Err(Refusal::new(RefusalCode::FileEmpty));
        }
        return Ok((name, bytes.into()));
    }
}

fn page(
    web: &Web,
    headers: &HeaderMap,
    result: Option<Outcome>,
    wrong: Option<Problem>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let title = say.t("Kiểm tra chữ ký số của văn bản");
    let page = VerifyPage {
        shell: shell::plain(web, say.language, shell::theme(headers), title),
        result,
        wrong,
    };
    render(&page, language_of(headers))
}
