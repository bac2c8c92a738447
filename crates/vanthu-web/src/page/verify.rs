//! Anybody checks the signatures of a document (kiểm tra chữ ký số): nothing is kept of it. What was found can be saved
//! for a while, as a page or as PDF.

pub(crate) mod kept;
pub(crate) mod report;
pub(crate) mod sent;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use vanthu_app::AppError;
use vanthu_app::outgoing::view::Handed;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_layout::{VerdictPart, VerdictTone};
use vanthu_signing::Report;

use crate::api::hand_out;
use crate::error::{WebError, refused_page};
use crate::page::show::{Say, fact};
use crate::page::verify::kept::Kept;
use crate::page::verify::report::SignatureCard;
use crate::page::verify::sent::Sent;
use crate::page::{render, shell};
use crate::report::{self as paper, About};
use crate::route::{Asks, Route};
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Check, Fact, Pill, Problem, Shell, Tone};

/// The largest file that is checked here; a signature file may bring another one.
const MOST_BYTES: usize = 50 * 1000 * 1000;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/verify", Asks::Nothing, || get(ask)),
    Route::post("/verify", Asks::Nothing, || {
        post(check).layer(DefaultBodyLimit::max(2 * MOST_BYTES + 64 * 1024))
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
    /// The files of a container, and who signed which.
    files: Option<FilesCard>,
    /// Where it can be saved from.
    saved: String,
}

/// The files of a container.
struct FilesCard {
    title: String,
    mark: Pill,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl FilesCard {
    fn of(part: VerdictPart) -> Option<Self> {
        let table = part.tables.into_iter().next()?;
        Some(Self {
            title: part.title,
            mark: Pill {
                tone: match part.outcome.tone {
                    VerdictTone::Good => Tone::Ok,
                    VerdictTone::Open => Tone::Warn,
                    _ => Tone::Bad,
                },
                text: part.outcome.mark,
            },
            heads: table.columns.into_iter().map(|(head, _)| head).collect(),
            rows: table.rows,
        })
    }
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
    let sent = match Sent::of(form).await {
        Ok(sent) => sent,
        Err(refusal) => return refused(&web, &headers, say, &refusal),
    };
    let (name, bytes) = (sent.name.clone(), sent.file.len());
    let (report, around) = match sent.judged(&web.app).await {
        Ok(judged) => judged,
        Err(AppError::Refused(refusal)) => return refused(&web, &headers, say, &refusal),
        Err(error) => return Err(error.into()),
    };
    let id = web.app.secret();
    let about = About {
        name,
        bytes,
        judged_at: say.now,
        notes: Vec::new(),
        around,
    };
    let outcome = Outcome::of(say, &report, &about, &id);
    web.reports.put(id, Kept { report, about });
    page(&web, &headers, Some(outcome), None)
}

impl Outcome {
    fn of(say: Say, report: &Report, about: &About, id: &str) -> Self {
        let around = &about.around;
        let mut cards = report::cards(say, report);
        for (card, facts) in cards.iter_mut().zip(around.facts()) {
            let more = paper::around::signature_facts(say, facts);
            card.facts
                .extend(more.into_iter().map(|(name, value)| fact(name, value)));
        }
        let mut checks = report::file_checks(say, report);
        checks.extend(paper::around::checks(say, around));
        let facts = report::file_facts(say, &about.name, about.bytes, report);
        let name = facts.first().cloned();
        Self {
            whole: paper::around::whole(say, around, report),
            cards,
            checks,
            facts: name
                .into_iter()
                .chain(paper::around::facts(say, around, facts))
                .collect(),
            files: paper::around::files(say, around).and_then(FilesCard::of),
            saved: format!("/verify/report/{id}"),
        }
    }
}

fn refused(
    web: &Web,
    headers: &HeaderMap,
    say: Say,
    refusal: &Refusal,
) -> Result<Response, WebError> {
    let shown = page(web, headers, None, Some(say.refusal(refusal)))?;
    Ok(refused_page(shown, refusal.code))
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
