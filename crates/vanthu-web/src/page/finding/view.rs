//! One finding: what was seen, by which evidence, and its conclusion.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::finding::close as closing;
use vanthu_app::finding::list::{Named, view};
use vanthu_domain::finding::{Conclusion, FindingState};
use vanthu_domain::id::FindingId;
use vanthu_domain::permission::Action;

use super::tone;
use crate::act::Act;
use crate::error::{WebError, refused_page};
use crate::page::fields::{Fields, named};
use crate::page::incoming::required;
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Choice, Fact, Field, Pill, Problem, Shell};

#[derive(Template)]
#[template(path = "finding/view.html")]
struct FindingPage {
    shell: Shell,
    banner: Option<Problem>,
    mark: Pill,
    facts: Vec<Fact>,
    evidence: Vec<Fact>,
    device: String,
    end: Vec<Fact>,
    look_at: String,
    close: Option<CloseForm>,
}

/// The form that closes it.
struct CloseForm {
    action: String,
    conclusion: Field,
    words: Field,
}

/// `GET /findings/{id}`
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    page(&web, &who, &headers, &named(&id)?, &Fields::default(), None).await
}

/// Takes it up.
pub(super) async fn look_at(act: Act<FindingId, Fields>) -> Result<Response, WebError> {
    let done = closing::look_at(act.app(), act.caller(), &act.id).await;
    after(act, done).await
}

/// Closes it.
pub(super) async fn close(act: Act<FindingId, Fields>) -> Result<Response, WebError> {
    let words = act.given.get("words");
    let done = match Conclusion::from_code(act.given.get("conclusion")) {
        Some(conclusion) => {
            closing::close(act.app(), act.caller(), &act.id, conclusion, words).await
        }
        None => closing::may_close(act.app(), act.caller(), &act.id)
            .await
            .and_then(|()| Err(required("Kết luận"))),
    };
    after(act, done).await
}

async fn after(
    act: Act<FindingId, Fields>,
    done: Result<(), AppError>,
) -> Result<Response, WebError> {
    let error = match done {
        Ok(()) => return Ok(Redirect::to(&format!("/findings/{}", act.id)).into_response()),
        Err(error) => WebError(error),
    };
    let Some(code) = error.0.code() else {
        return Err(error);
    };
    let say = Say::of(&act.headers, act.web.app.now());
    let banner = Some(say.error(&error));
    match page(
        &act.web,
        &act.who,
        &act.headers,
        &act.id,
        &act.given,
        banner,
    )
    .await
    {
        Ok(shown) => Ok(refused_page(shown, code)),
        Err(_) => Err(error),
    }
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &FindingId,
    given: &Fields,
    banner: Option<Problem>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let one = view(&web.app, who.caller(), id).await?;
    let tag = one.row.state.tag();
    let title = say.named(one.row.kind.name());
    let devices = who
        .caller()
        .may(Action::ViewDevices, &who.caller().own_agency())
        .is_ok()
        && one.row.agency_id == who.caller().agency_id;
    let page = FindingPage {
        shell: shell::shell(web, who, headers, title, "/findings").await?,
        banner,
        mark: Pill {
            tone: tone(tag),
            text: say.named(tag.name()),
        },
        facts: facts(say, &one),
        evidence: evidence(say, &one),
        device: one
            .row
            .device_id
            .as_ref()
            .filter(|_| devices)
            .map_or_else(String::new, |id| format!("/devices/{id}")),
        end: end(say, &one),
        look_at: if one.may_close && one.row.state == FindingState::New {
            format!("/findings/{id}/look-at")
        } else {
            String::new()
        },
        close: one.may_close.then(|| close_form(say, id, given)),
    };
    render(&page, language_of(headers))
}

fn facts(say: Say, one: &Named) -> Vec<Fact> {
    let mut facts = vec![
        fact(say.t("Lúc"), say.moment(one.row.at)),
        fact(say.t("Người liên quan"), &one.person),
        fact(say.t("Cơ quan"), &one.agency),
    ];
    if let Some((serial, subject)) = &one.certificate {
        facts.push(fact(say.t("Chứng thư"), format!("{serial} · {subject}")));
    }
    if let Some(session) = &one.row.signing_id {
        facts.push(fact(say.t("Phiên ký"), session));
    }
    facts
}

/// The evidence by name; what has no name of ours keeps its own.
fn evidence(say: Say, one: &Named) -> Vec<Fact> {
    let Some(members) = one.row.evidence.as_object() else {
        return Vec::new();
    };
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(all) => all
            .iter()
            .filter_map(serde_json::Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    members
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let name = match name.as_str() {
                "expected" => say.t("Chứng thư phải dùng (SHA-256)"),
                "answered" => say.t("Chứng thư của chữ ký trả về (SHA-256)"),
                "shown" => say.t("Chứng thư phần mềm ký đưa ra (SHA-256)"),
                "subject" => say.t("Chủ thể"),
                "document" => say.t("Văn bản"),
                "digest" => say.t("SHA-256 được ký"),
                "address" => say.t("Địa chỉ mạng"),
                "other" => say.t("Địa chỉ mạng của máy kia"),
                "device" => say.t("Số hiệu thiết bị"),
                "holder" => say.t("Người giữ theo sổ"),
                "until" => say.t("Phép có đến"),
                other => other.to_owned(),
            };
            fact(name, text(value))
        })
        .collect()
}

fn end(say: Say, one: &Named) -> Vec<Fact> {
    match &one.row.state {
        FindingState::New => Vec::new(),
        FindingState::LookedAt { at, .. } => vec![
            fact(say.t("Người xem xét"), &one.by),
            fact(say.t("Từ"), say.moment(*at)),
        ],
        FindingState::Closed {
            at,
            conclusion,
            words,
            ..
        } => vec![
            fact(say.t("Kết luận"), say.named(conclusion.name())),
            fact(say.t("Nội dung"), words),
            fact(say.t("Người kết luận"), &one.by),
            fact(say.t("Lúc"), say.moment(*at)),
        ],
    }
}

fn close_form(say: Say, id: &FindingId, given: &Fields) -> CloseForm {
    let chosen = given.get("conclusion");
    let choices = Conclusion::ALL.iter().map(|it| Choice {
        value: it.code().to_owned(),
        text: say.named(it.name()),
        chosen: chosen == it.code(),
        ..Choice::default()
    });
    CloseForm {
        action: format!("/findings/{id}/close"),
        conclusion: Field::new("conclusion", say.t("Kết luận"), "").choices(choices.collect()),
        words: Field::new("words", say.t("Nội dung kết luận"), given.get("words")).max(500),
    }
}
