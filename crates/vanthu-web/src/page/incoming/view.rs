//! The page of one incoming document: the paper in the middle, beside it the verdict, the register,
//! the act that comes next, the tree of work, what happened.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use vanthu_app::AppError;
use vanthu_app::incoming::view::{Choices, IncomingView, choices, view};
use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::{IncomingState, IncomingTag};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::verdict::LegalValue;

use crate::act::Act;
use crate::error::{WebError, refused_page};
use crate::page::fields::{Fields, named};
use crate::page::incoming::lines::{Ask, Node, tree};
use crate::page::incoming::stage::{self, DirectForm, PresentForm, RegisterForm};
use crate::page::rows::tone_of_incoming;
use crate::page::sheets;
use crate::page::show::{Say, subject_of};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{
    Confirm, Fact, Happening, Link, Paper, Pill, Problem, Shell, Step, Tone, Verdict,
};

/// Deadlines that the leader chooses with one press, in working days.
const USUAL_DAYS: [u16; 5] = [1, 2, 3, 5, 10];

/// What was done a moment ago: the page says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Accepted,
    Registered,
    Returned,
    Presented,
    Directed,
    Assigned,
    Started,
    Read,
    Finished,
    LineReturned,
    LineTakenBack,
    ExtensionAsked,
    ExtensionDecided,
}

impl Done {
    const ALL: [Self; 13] = [
        Self::Accepted,
        Self::Registered,
        Self::Returned,
        Self::Presented,
        Self::Directed,
        Self::Assigned,
        Self::Started,
        Self::Read,
        Self::Finished,
        Self::LineReturned,
        Self::LineTakenBack,
        Self::ExtensionAsked,
        Self::ExtensionDecided,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Registered => "registered",
            Self::Returned => "returned",
            Self::Presented => "presented",
            Self::Directed => "directed",
            Self::Assigned => "assigned",
            Self::Started => "started",
            Self::Read => "read",
            Self::Finished => "finished",
            Self::LineReturned => "line-returned",
            Self::LineTakenBack => "line-taken-back",
            Self::ExtensionAsked => "extension-asked",
            Self::ExtensionDecided => "extension-decided",
        }
    }
}

#[derive(Template)]
#[template(path = "incoming/view.html")]
struct IncomingPage {
    shell: Shell,
    id: String,
    version: String,
    back: Link,
    lead: String,
    marks: Vec<Pill>,
    steps: Vec<Step>,
    happened: Option<Problem>,
    wrong: Option<Problem>,
    returned: Option<Problem>,
    duplicate: Option<Problem>,
    cannot_accept: Option<Problem>,
    can_reply: bool,
    paper: Paper,
    files: Vec<AttachedFile>,
    verdict: Option<Verdict>,
    register: Option<RegisterForm>,
    present: Option<PresentForm>,
    direct: Option<DirectForm>,
    give_back: Option<Confirm>,
    received: Vec<Fact>,
    local: Vec<Fact>,
    work_first: bool,
    nodes: Vec<Node>,
    asks: Vec<Ask>,
    replies: Vec<Reply>,
    happenings: Vec<Happening>,
}

/// The parts of the page that fetch themselves again.
#[derive(Template)]
#[template(path = "incoming/fragment.html")]
struct IncomingFragment {
    shell: Shell,
    id: String,
    verdict: Option<Verdict>,
    nodes: Vec<Node>,
    replies: Vec<Reply>,
    happenings: Vec<Happening>,
}

/// A file that came with the document.
struct AttachedFile {
    name: String,
    href: String,
    size: String,
}

/// A document that answers.
struct Reply {
    text: String,
    href: String,
    state: Pill,
}

/// What is asked of the page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let done = Done::ALL.into_iter().find(|done| done.code() == asked.done);
    page(
        &web,
        &who,
        &headers,
        &named(&id)?,
        &Fields::default(),
        done,
        None,
    )
    .await
}

/// What follows an act: the page that says what happened, or why it did not.
pub(crate) async fn after<I, T>(
    act: &Act<I, Fields>,
    document: &IncomingId,
    done: Done,
    outcome: Result<T, AppError>,
) -> Result<Response, WebError> {
    match outcome {
        Ok(_) => {
            let to = format!("/incoming/{document}?done={}", done.code());
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => refused(act, document, error).await,
    }
}

/// The same page with the refusal and with the words that were typed.
pub(crate) async fn refused<I>(
    act: &Act<I, Fields>,
    document: &IncomingId,
    error: AppError,
) -> Result<Response, WebError> {
    let refusal = match error {
        AppError::Refused(refusal) if refusal.code != RefusalCode::NotFound => refusal,
        other => return Err(other.into()),
    };
    let Act {
        web,
        who,
        headers,
        given,
        ..
    } = act;
    let shown = page(web, who, headers, document, given, None, Some(&refusal)).await?;
    Ok(refused_page(shown, refusal.code))
}

/// The tree and the history alone, for a page that is open while they change.
pub(super) async fn fragment(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path((id, _part)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let say = Say::of(&headers, web.app.now());
    let seen = view(&web.app, who.caller(), &id).await?;
    let choices = choices_for(&web, &who, &seen).await?;
    let (nodes, _) = tree(say, &seen, choices.as_ref(), &Fields::default());
    let language = say.language;
    let fragment = IncomingFragment {
        shell: Shell {
            csrf: who.0.csrf.clone(),
            ..shell::plain(&web, language, String::new(), String::new())
        },
        id: id.to_string(),
        verdict: seen
            .verdict
            .as_ref()
            .map(|verdict| say.verdict(verdict, String::new())),
        nodes,
        replies: replies_of(say, &seen),
        happenings: say.timeline(&seen.timeline),
    };
    render(&fragment, language)
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &IncomingId,
    given: &Fields,
    done: Option<Done>,
    refusal: Option<&Refusal>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let seen = view(&web.app, who.caller(), id).await?;
    let choices = choices_for(web, who, &seen).await?;
    let row = &seen.row;
    let title = format!("{} · {}", row.notation, subject_of(row.kind, &row.subject));
    let address = format!("/incoming/{id}");
    let paper = sheets::paper(&web.app, title.clone(), address, &row.main_blob).await?;
    let today = say.today();
    let days: Vec<_> = USUAL_DAYS
        .iter()
        .map(|count| (*count, web.app.calendar.add_working_days(today, *count)))
        .collect();
    let (nodes, asks) = tree(say, &seen, choices.as_ref(), given);
    let shell = shell::shell(web, who, headers, title, "/incoming").await?;
    let report = match row.report_blob {
        Some(_) => format!("/incoming/{id}/report"),
        None => String::new(),
    };
    let page = IncomingPage {
        id: id.to_string(),
        version: row.version.to_string(),
        back: back_of(say, &seen),
        lead: lead_of(say, &seen),
        marks: marks_of(say, &seen),
        steps: stage::steps(say, &seen),
        happened: done.and_then(|done| happened(say, done, &seen)),
        wrong: refusal.map(|refusal| say.refusal(refusal)),
        returned: returned_of(say, &seen),
        duplicate: stage::duplicate(say, &seen),
        cannot_accept: cannot_accept(say, &seen),
        can_reply: seen.may(Action::Reply),
        paper,
        files: seen
            .files
            .iter()
            .map(|file| AttachedFile {
                name: file.name.clone(),
                href: format!("/incoming/{id}/files/{}", file.file_id),
                size: crate::page::show::size(usize::try_from(file.bytes).unwrap_or_default()),
            })
            .collect(),
        verdict: seen
            .verdict
            .as_ref()
            .map(|verdict| say.verdict(verdict, report)),
        register: stage::register(say, &seen, given),
        present: stage::present(say, &seen, choices.as_ref(), given),
        direct: stage::direct(say, &seen, choices.as_ref(), given, &days),
        give_back: stage::give_back(say, &seen, &shell.csrf, given),
        received: stage::received(say, &seen),
        local: stage::local(say, &seen),
        work_first: !nodes.is_empty(),
        nodes,
        asks,
        replies: replies_of(say, &seen),
        happenings: say.timeline(&seen.timeline),
        shell,
    };
    render(&page, language_of(headers))
}

/// Whom one chooses from, where the reader chooses at all.
async fn choices_for(
    web: &Web,
    who: &SignedIn,
    seen: &IncomingView,
) -> Result<Option<Choices>, WebError> {
    let chooses = seen.may(Action::Present)
        || seen.may(Action::Direct)
        || seen
            .lines
            .iter()
            .any(|line| line.may(Action::AssignLine) || line.may(Action::TakeBackLine));
    if chooses {
        Ok(Some(choices(&web.app, who.caller()).await?))
    } else {
        Ok(None)
    }
}

/// The list from which a reader comes at this stage.
fn back_of(say: Say, seen: &IncomingView) -> Link {
    let (text, tile) = if seen.may(Action::Accept) || seen.row.state.tag() == IncomingTag::Arrived {
        (say.t("Chờ tiếp nhận"), "to-accept")
    } else if seen.may(Action::Register) {
        (say.t("Chờ vào sổ"), "to-register")
    } else if seen.may(Action::Present) {
        (say.t("Chờ trình lãnh đạo"), "to-present")
    } else if seen.may(Action::Direct) {
        (say.t("Chờ bút phê"), "presented-to-me")
    } else {
        return Link {
            text: say.t("Văn bản đến"),
            href: "/incoming".to_owned(),
        };
    };
    Link {
        text,
        href: format!("/incoming?tile={tile}"),
    }
}

fn lead_of(say: Say, seen: &IncomingView) -> String {
    say.t("{from} · đến {when}")
        .replace("{from}", &seen.row.from_name)
        .replace("{when}", &say.moment(seen.row.arrived_at))
}

fn marks_of(say: Say, seen: &IncomingView) -> Vec<Pill> {
    let row = &seen.row;
    let tag = row.state.tag();
    let mut marks: Vec<Pill> = say.urgency(row.urgency).into_iter().collect();
    marks.push(Pill {
        tone: tone_of_incoming(tag),
        text: say.t(tag.name()),
    });
    if let Some(arrival) = row.state.arrival() {
        marks.push(Pill {
            tone: Tone::None,
            text: say.t("số đến {n}").counted(arrival.number),
        });
    }
    marks
}

fn replies_of(say: Say, seen: &IncomingView) -> Vec<Reply> {
    seen.replies
        .iter()
        .map(|row| {
            let number = row.state.number().map(|number| number.notation.clone());
            let tag = row.state.tag();
            let tone = if tag == OutgoingTag::Issued {
                Tone::Ok
            } else {
                Tone::None
            };
            Reply {
                text: number.unwrap_or_else(|| row.subject.clone()),
                href: format!("/outgoing/{}", row.outgoing_id),
                state: Pill {
                    tone,
                    text: say.t(tag.name()),
                },
            }
        })
        .collect()
}

/// A returned document says why it was returned.
fn returned_of(say: Say, seen: &IncomingView) -> Option<Problem> {
    let IncomingState::Returned {
        since,
        reason,
        words,
    } = &seen.row.state
    else {
        return None;
    };
    Some(Problem {
        tone: Tone::Bad,
        what: say
            .t("Đã trả lại nơi gửi {when}")
            .replace("{when}", &say.moment(*since)),
        why: [say.t(reason.name()), words.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(". "),
        ..Problem::default()
    })
}

/// A document that failed the examination can't be accepted: the clerk is told why, and returns it.
fn cannot_accept(say: Say, seen: &IncomingView) -> Option<Problem> {
    let verdict = seen
        .verdict
        .as_ref()
        .filter(|verdict| verdict.value == LegalValue::Refuse)?;
    let refusal = verdict
        .acceptance()
        .err()
        .filter(|_| seen.may(Action::Accept))?;
    Some(say.refusal(&refusal))
}

/// What the last act did, and what comes next.
fn happened(say: Say, done: Done, seen: &IncomingView) -> Option<Problem> {
    let row = &seen.row;
    let list = |text: String, href: &str| {
        Some(Link {
            text,
            href: href.to_owned(),
        })
    };
    let (what, now, link) = match done {
        Done::Accepted => (
            say.t("Đã tiếp nhận"),
            say.t("Nơi gửi thấy trạng thái 03. Tiếp theo: vào sổ."),
            None,
        ),
        Done::Registered => {
            let arrival = row.state.arrival()?;
            (
                say.t("Đã vào sổ: số đến {n}, ngày {day}")
                    .counted(arrival.number)
                    .replace("{day}", &arrival.day.to_string()),
                say.t("Tiếp theo: trình lãnh đạo cho ý kiến phân phối."),
                list(
                    say.t("Văn bản chờ tiếp nhận kế tiếp"),
                    "/incoming?tile=to-accept",
                ),
            )
        }
        Done::Returned => (
            say.t("Đã trả lại nơi gửi"),
            say.t("Nơi gửi thấy trạng thái 02 kèm lý do."),
            list(
                say.t("Văn bản chờ tiếp nhận kế tiếp"),
                "/incoming?tile=to-accept",
            ),
        ),
        Done::Presented => (
            say.t("Đã trình {leader}")
                .replace("{leader}", seen.leader_name.as_deref().unwrap_or_default()),
            say.t("Lãnh đạo được thông báo ngay."),
            list(
                say.t("Văn bản chờ trình kế tiếp"),
                "/incoming?tile=to-present",
            ),
        ),
        Done::Directed => (
            say.t("Đã bút phê, chuyển tới {n} nơi")
                .counted(seen.lines.len()),
            say.t("Từng nơi được thông báo; nơi gửi thấy trạng thái 04."),
            list(
                say.t("Văn bản chờ bút phê kế tiếp"),
                "/incoming?tile=presented-to-me",
            ),
        ),
        Done::Assigned => (
            say.t("Đã phân công"),
            say.t("Người được giao được thông báo ngay."),
            None,
        ),
        Done::Started => (say.t("Đã nhận việc"), String::new(), None),
        Done::Read => (say.t("Đã ghi nhận đã đọc"), String::new(), None),
        Done::Finished => {
            let now = if row.state.tag() == IncomingTag::Completed {
                say.t("Văn bản đã hoàn thành; nơi gửi thấy trạng thái 06.")
            } else {
                say.t("Người giao việc được thông báo.")
            };
            (
                say.t("Đã báo cáo xử lý xong"),
                now,
                list(say.t("Việc của tôi"), "/work"),
            )
        }
        Done::LineReturned => (say.t("Đã trả lại việc"), String::new(), None),
        Done::LineTakenBack => (say.t("Đã lấy lại việc"), String::new(), None),
        Done::ExtensionAsked => (
            say.t("Đã gửi đề nghị gia hạn"),
            say.t("Trong lúc chờ quyết định, hạn cũ vẫn tính."),
            None,
        ),
        Done::ExtensionDecided => (say.t("Đã quyết định về gia hạn"), String::new(), None),
    };
    Some(Problem {
        tone: Tone::Ok,
        what,
        now,
        link,
        ..Problem::default()
    })
}
