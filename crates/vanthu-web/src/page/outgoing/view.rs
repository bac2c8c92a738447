//! The document's page: the paper in the middle, beside it what may be done and what is known.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use vanthu_app::AppError;
use vanthu_app::outgoing::opened::opened;
use vanthu_app::outgoing::view::{OutgoingView, TimelineEntry, view};
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;

use crate::error::{WebError, refused_page};
use crate::page::fields::named;
use crate::page::outgoing::banner::banner;
use crate::page::outgoing::deliveries::Deliveries;
use crate::page::outgoing::head::{Head, list_of, setback};
use crate::page::outgoing::may::{May, places_missing};
use crate::page::outgoing::side::{self, FileLine, VersionLine};
use crate::page::outgoing::{href, is_uploaded, paper, signatures, title_of};
use crate::page::rows::address_of;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::security::reach_tool;
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::filters;
use crate::view::{Fact, Happening, Link, Paper, Problem, Shell, SignPanel, Tone, Verdict};

/// What the address says beside the document.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What was just done.
    #[serde(default)]
    done: String,
    /// The version of the page that is open, for fragments.
    seen: Option<i64>,
    /// In practice: `automatic` lets the agent consent by itself.
    #[serde(default)]
    consent: String,
    /// `again`: the signatures are judged now, however old the kept report is.
    #[serde(default)]
    judge: String,
}

impl Asked {
    fn judge(&self) -> signatures::Judge {
        if self.judge == "again" {
            signatures::Judge::Again
        } else {
            signatures::Judge::WhenDue
        }
    }
}

#[derive(Template)]
#[template(path = "outgoing/view.html")]
struct DocumentPage {
    shell: Shell,
    head: Head,
    problems: Vec<Problem>,
    may: May,
    paper: Option<Paper>,
    sign: Option<SignPanel>,
    verdict: Option<Verdict>,
    deliveries: Option<Deliveries>,
    facts: Vec<Fact>,
    reply_to: String,
    opinions: Vec<Happening>,
    files: Vec<FileLine>,
    versions: Vec<VersionLine>,
    timeline: Timeline,
}

/// The timeline as a part that fetches itself again.
#[derive(Debug, Clone, Default)]
struct Timeline {
    subject: String,
    src: String,
    happenings: Vec<Happening>,
}

#[derive(Template)]
#[template(path = "outgoing/fragment.html")]
struct Fragment {
    csrf: String,
    head: Option<Head>,
    deliveries: Option<Deliveries>,
    timeline: Option<Timeline>,
}

/// `GET /outgoing/{id}`
pub(super) async fn page(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let id: OutgoingId = named(&id)?;
    opened(&web.app, who.caller(), &id).await?;
    let view = view(&web.app, who.caller(), &id).await?;
    show(&web, &who, &headers, &view, &asked, None).await
}

/// The same page after an act was refused: nothing is lost, and the reason stands on top.
pub(super) async fn refused(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &OutgoingId,
    error: AppError,
) -> Result<Response, WebError> {
    let refusal = match error {
        AppError::Refused(refusal) if refusal.code != RefusalCode::NotFound => refusal,
        other => return Err(other.into()),
    };
    let view = view(&web.app, who.caller(), id).await?;
    let problem = Say::of(headers, web.app.now()).refusal(&refusal);
    let shown = show(web, who, headers, &view, &Asked::default(), Some(problem)).await?;
    Ok(refused_page(shown, refusal.code))
}

async fn show(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    view: &OutgoingView,
    asked: &Asked,
    refused: Option<Problem>,
) -> Result<Response, WebError> {
    let caller = who.caller();
    let say = Say::of(headers, web.app.now());
    let id = &view.row.outgoing_id;
    let place = list_of(view, caller).map(address_of).unwrap_or_default();
    let frame = shell::shell(web, who, headers, title_of(view, say), &place).await?;
    let mut problems: Vec<Problem> = refused.into_iter().collect();
    problems.extend(banner(view, &asked.done, say));
    problems.extend(setback(view, say));
    if places_missing(view) && view.may(Action::Edit) {
        problems.push(missing_places(id, say));
    }
    let verdict = match paper::standing(view) {
        Some(blob) => signatures::verdict(&web.app, view, blob, asked.judge(), say).await,
        None => None,
    };
    let away = signatures::away(&web.app, caller, view, say).await?;
    let page = DocumentPage {
        head: Head::of(view, caller, say, None),
        problems,
        may: May::of(view, say, &frame.csrf),
        paper: paper::paper(&web.app, caller, view, say).await?,
        sign: signatures::panel(&web.app, view, asked.consent == "automatic", away, say),
        verdict,
        deliveries: Deliveries::of(view, say),
        facts: side::facts(view, say),
        reply_to: view
            .row
            .reply_to
            .as_ref()
            .map_or_else(String::new, |id| format!("/incoming/{id}")),
        opinions: side::opinions(view, say),
        files: side::files(view, say, false),
        versions: if is_uploaded(view) {
            Vec::new()
        } else {
            side::versions(view, say)
        },
        timeline: timeline(view, say),
        shell: frame,
    };
    let mut response = render(&page, say.language)?;
    if let Some(sign) = page.sign.filter(|it| !it.tool.is_empty()) {
        reach_tool(&mut response, &sign.tool);
    }
    Ok(response)
}

/// `GET /outgoing/{id}/fragment/{part}`: one part, as it is now.
pub(super) async fn fragment(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path((id, part)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let view = view(&web.app, who.caller(), &named(&id)?).await?;
    let say = Say::of(&headers, web.app.now());
    let mut fragment = Fragment {
        csrf: who.0.csrf.clone(),
        head: None,
        deliveries: None,
        timeline: None,
    };
    match part.as_str() {
        "head" => fragment.head = Some(Head::of(&view, who.caller(), say, asked.seen)),
        "deliveries" => fragment.deliveries = Deliveries::of(&view, say),
        "timeline" => fragment.timeline = Some(timeline(&view, say)),
        _ => return Err(AppError::refused(RefusalCode::NotFound).into()),
    }
    render(&fragment, say.language)
}

/// What happened, the newest first. The agency is named only where another one acted, and what
/// happens at a recipient is told by where the delivery stands.
fn timeline(view: &OutgoingView, say: Say) -> Timeline {
    let id = &view.row.outgoing_id;
    let own = view.around.agency.name.as_str();
    let mut happenings = Vec::new();
    for entry in view
        .timeline
        .iter()
        .rev()
        .filter(|entry| is_told(entry.act))
    {
        let mut entry = entry.clone();
        if entry.agency == own && !entry.who.is_empty() {
            entry.agency.clear();
        }
        let more = more_of(&entry, say);
        happenings.extend(say.timeline(&[entry]).into_iter().map(|one| match &more {
            Some(text) => Happening {
                text: format!("{}: {text}", one.text),
                ..one
            },
            None => one,
        }));
    }
    Timeline {
        subject: format!("outgoing:{id}"),
        src: href(id, "fragment/timeline"),
        happenings,
    }
}

/// Signing sessions and readings are evidence, not news; what recipients do is in their own
/// timelines.
const fn is_told(act: Act) -> bool {
    !matches!(
        act,
        Act::SigningOpened | Act::FileOpened | Act::Arrived | Act::Checked
    )
}

/// The number that was given or made void, the state of a delivery.
fn more_of(entry: &TimelineEntry, say: Say) -> Option<String> {
    let word = |name: &str| entry.data.get(name).and_then(serde_json::Value::as_str);
    match entry.act {
        Act::NumberGiven | Act::NumberVoided | Act::Issued => word("number").map(str::to_owned),
        Act::DeliveryMoved => {
            let state = word("state").and_then(DeliveryState::from_code)?;
            Some(say.t(state.name()))
        }
        _ => None,
    }
}

fn missing_places(id: &OutgoingId, say: Say) -> Problem {
    Problem {
        tone: Tone::Warn,
        what: say.t("Chưa rõ chỗ ghi số, ngày và chữ ký trên tệp đã tải lên"),
        why: say.t("Máy không tìm thấy đủ ba chỗ trong tệp."),
        now: say.t("Đặt ba ô trên trang trước khi trình."),
        link: Some(Link {
            text: say.t("Đặt vị trí"),
            href: href(id, "place"),
        }),
        ..Problem::default()
    }
}
