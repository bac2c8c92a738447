//! One device: where it is, what may be done with it, and its history.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use vanthu_app::device::view::{Whole, view};
use vanthu_domain::device::{Belongs, Permit, PermitState, Suspicion};
use vanthu_domain::id::DeviceId;
use vanthu_domain::permission::Action;

use super::{certificate, mark};
use crate::error::{WebError, refused_page};
use crate::page::fields::{Fields, named};
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Act, By, Choice, Confirm, Fact, Field, Happening, Pill, Problem, Shell, Tone};

#[derive(Template)]
#[template(path = "device/view.html")]
struct DevicePage {
    shell: Shell,
    banner: Option<Problem>,
    mark: Pill,
    facts: Vec<Fact>,
    acts: Vec<Act>,
    certificates: Vec<(String, Pill)>,
    permit: Option<Open>,
    past: Vec<(String, Pill)>,
    revocations: Vec<(String, Pill)>,
    history: Vec<Happening>,
    ask: Option<AskForm>,
    suspect: Option<SuspectForm>,
    asks: Vec<Confirm>,
}

/// The request or permission that is open.
struct Open {
    mark: Pill,
    facts: Vec<Fact>,
    acts: Vec<Act>,
}

/// The form that asks to take the device out.
struct AskForm {
    action: String,
    from: Field,
    until: Field,
    place: Field,
    reason: Field,
}

/// The form that reports a suspected key.
struct SuspectForm {
    action: String,
    suspicion: Field,
    noticed: Field,
    words: Field,
}

/// What an address may add.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET /devices/{id}`
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let banner = done(say, &asked.done);
    page(
        &web,
        &who,
        &headers,
        &named(&id)?,
        &Fields::default(),
        banner,
    )
    .await
}

/// The page again, with why it was not done, and what was typed.
pub(super) async fn refused(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &DeviceId,
    given: &Fields,
    error: WebError,
) -> Result<Response, WebError> {
    let Some(code) = error.0.code() else {
        return Err(error);
    };
    let say = Say::of(headers, web.app.now());
    let banner = Some(say.error(&error));
    match page(web, who, headers, id, given, banner).await {
        Ok(shown) => Ok(refused_page(shown, code)),
        // Whoever may not see the device is told so, and nothing else.
        Err(_) => Err(error),
    }
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &DeviceId,
    given: &Fields,
    banner: Option<Problem>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let caller = who.caller();
    let whole = view(&web.app, caller, id).await?;
    let record = &whole.listed.row.record;
    let title = format!("{} {}", say.t("Thiết bị"), record.serial);
    let shell = shell::shell(web, who, headers, title, "/devices").await?;
    let may = |action| caller.may(action, &whole.listed.object).is_ok();
    let open = whole.listed.permit.as_ref();
    let allowed = open.is_some_and(|permit| permit.allows(say.now));
    let mut acts = Vec::new();
    let post = |text: String, part: &str, weight, icon| Act {
        text,
        by: By::Post(format!("/devices/{id}/{part}")),
        weight,
        icon,
        ..Act::default()
    };
    let dialog = |text: String, name: &str, weight, icon| Act {
        text,
        by: By::Dialog(name.to_owned()),
        weight,
        icon,
        ..Act::default()
    };
    if may(Action::BringBack) {
        acts.push(post(
            say.t("Đã mang về cơ quan"),
            "bring-back",
            "primary",
            "check",
        ));
    }
    if may(Action::TakeOutside) && allowed {
        acts.push(post(
            say.t("Mang ra ngoài"),
            "take-outside",
            "primary",
            "next",
        ));
    }
    let may_ask = may(Action::AskOutside) && open.is_none() && record.kind.is_carried();
    if may_ask {
        acts.push(dialog(
            say.t("Xin mang ra ngoài…"),
            "ask-outside",
            "",
            "next",
        ));
    }
    let may_suspect = may(Action::SuspectKey);
    if may_suspect {
        acts.push(dialog(
            say.t("Báo nghi lộ, mất khóa…"),
            "suspect",
            "danger",
            "alert",
        ));
    }
    let mut asks = Vec::new();
    if may(Action::LiftSuspension) {
        acts.push(dialog(say.t("Bỏ tạm dừng…"), "lift", "", "check"));
        asks.push(Confirm {
            id: "lift".to_owned(),
            title: say.t("Bỏ tạm dừng chứng thư?"),
            text: say.t("Chứng thư ký được trở lại ngay; đề nghị thu hồi đã khởi tạo được rút. Chỉ làm khi đã đối chiếu trực tiếp thiết bị với người giữ tại cơ quan."),
            action: format!("/devices/{id}/lift"),
            csrf: shell.csrf.clone(),
            reason: Some(Field::new("words--lift", say.t("Kết quả xác minh"), "").max(500)),
            verb: say.t("Bỏ tạm dừng"),
            ..Confirm::default()
        });
    }
    let permit = open.map(|permit| opened(say, permit, &whole, &shell.csrf, &mut asks, (&may, id)));
    let page = DevicePage {
        banner,
        mark: mark(say, &record.state),
        facts: facts(say, &whole),
        acts,
        certificates: whole
            .listed
            .certificates
            .iter()
            .map(|it| certificate(say, it))
            .collect(),
        permit,
        past: whole
            .permits
            .iter()
            .filter(|it| open.is_none_or(|open| open.permit_id != it.permit_id))
            .map(|it| (period(say, it), permit_mark(say, it)))
            .collect(),
        revocations: whole
            .revocations
            .iter()
            .map(|it| {
                let text = format!(
                    "{} · {} · {}",
                    say.moment(it.reported_at),
                    say.named(it.suspicion.name()),
                    it.words
                );
                let tone = if it.state.code() == "started" {
                    Tone::Warn
                } else {
                    Tone::None
                };
                let text_of_state = say.named(it.state.name());
                (
                    text,
                    Pill {
                        tone,
                        text: text_of_state,
                    },
                )
            })
            .collect(),
        history: history(say, &whole),
        ask: may_ask.then(|| ask_form(say, id, given)),
        suspect: may_suspect.then(|| suspect_form(say, id, given)),
        asks,
        shell,
    };
    render(&page, language_of(headers))
}

fn facts(say: Say, whole: &Whole) -> Vec<Fact> {
    let record = &whole.listed.row.record;
    let mut facts = vec![
        fact(say.t("Số hiệu thiết bị"), &record.serial),
        fact(say.t("Loại thiết bị"), say.named(record.kind.name())),
        fact(
            say.t("Khóa của"),
            match record.belongs {
                Belongs::Person => say.t("cá nhân"),
                Belongs::Agency => say.t("cơ quan"),
            },
        ),
        fact(
            say.t("Người giữ"),
            if whole.listed.holder.is_empty() {
                say.t("không ai giữ")
            } else {
                whole.listed.holder.clone()
            },
        ),
        fact(say.t("Từ"), say.moment(record.state.since())),
    ];
    if let Some(it) = &record.entrustment {
        let until = it
            .until_day
            .map_or_else(String::new, |day| format!(" – {day}"));
        facts.push(fact(
            say.t("Quyết định giao thiết bị"),
            format!("{} ({}{until})", it.reference, it.from_day),
        ));
    }
    facts
}

fn period(say: Say, permit: &Permit) -> String {
    format!(
        "{} – {} · {} · {}",
        say.moment(permit.from_at),
        say.moment(permit.until_at),
        permit.place,
        permit.reason
    )
}

fn permit_mark(say: Say, permit: &Permit) -> Pill {
    let tone = match permit.state {
        PermitState::Asked => Tone::Info,
        PermitState::Granted { .. } if say.now > permit.until_at => Tone::Bad,
        PermitState::Granted { .. } => Tone::Ok,
        PermitState::Refused { .. } => Tone::Bad,
        PermitState::Ended { .. } => Tone::None,
    };
    Pill {
        tone,
        text: say.named(permit.state.name()),
    }
}

fn opened(
    say: Say,
    permit: &Permit,
    whole: &Whole,
    csrf: &str,
    asks: &mut Vec<Confirm>,
    (may, id): (&dyn Fn(Action) -> bool, &DeviceId),
) -> Open {
    let facts = vec![
        fact(say.t("Từ"), say.moment(permit.from_at)),
        fact(say.t("Đến"), say.moment(permit.until_at)),
        fact(say.t("Nơi mang đến"), &permit.place),
        fact(say.t("Lý do"), &permit.reason),
    ];
    let mut acts = Vec::new();
    let asked = permit.state == PermitState::Asked;
    if asked && may(Action::DecideOutside) {
        for (part, text, weight) in [
            ("grant", say.t("Cho phép"), "primary"),
            ("refuse", say.t("Không cho phép"), "danger"),
        ] {
            acts.push(Act {
                text: format!("{text}…"),
                by: By::Dialog(format!("permit-{part}")),
                weight,
                ..Act::default()
            });
            asks.push(Confirm {
                id: format!("permit-{part}"),
                title: format!("{text}: {}?", whole.listed.row.record.serial),
                text: say.t("Người giữ được báo ngay; quyết định được ghi vào nhật ký."),
                facts: vec![
                    fact(say.t("Người giữ"), &whole.listed.holder),
                    fact(say.t("Đến"), say.moment(permit.until_at)),
                    fact(say.t("Nơi mang đến"), &permit.place),
                    fact(say.t("Lý do"), &permit.reason),
                ],
                action: format!("/permits/{}/{part}", permit.permit_id),
                csrf: csrf.to_owned(),
                reason: (part == "refuse").then(|| {
                    Field::new("reason--refuse", say.t("Lý do không cho phép"), "").max(500)
                }),
                verb: text,
                danger: part == "refuse",
                ..Confirm::default()
            });
        }
    }
    if may(Action::AskOutside) {
        acts.push(Act {
            text: if asked {
                say.t("Rút đề nghị")
            } else {
                say.t("Không dùng phép nữa")
            },
            by: By::Post(format!("/devices/{id}/take-back")),
            ..Act::default()
        });
    }
    Open {
        mark: permit_mark(say, permit),
        facts,
        acts,
    }
}

fn history(say: Say, whole: &Whole) -> Vec<Happening> {
    let one =
        |(entry, holder, by): &(vanthu_app::device::view::Custody, String, String)| Happening {
            tone: Tone::Info,
            text: format!(
                "{} · {}",
                step(say, &entry.step),
                say.named(entry.state.name())
            ),
            when: say.moment(entry.at),
            at: entry.at.iso(),
            who: match (holder.is_empty(), by.is_empty()) {
                (_, false) => by.clone(),
                (false, true) => holder.clone(),
                (true, true) => String::new(),
            },
            quote: entry.words.clone(),
        };
    whole.history.iter().rev().map(one).collect()
}

/// The step in words.
fn step(say: Say, word: &str) -> String {
    match word {
        "recorded" => say.t("Ghi vào sổ theo dõi"),
        "take-out" => say.t("Mang ra ngoài cơ quan"),
        "bring-back" => say.t("Mang về cơ quan"),
        "suspect" => say.t("Báo nghi lộ, mất khóa"),
        "clear" => say.t("Bỏ tạm dừng"),
        other => other.to_owned(),
    }
}

fn ask_form(say: Say, id: &DeviceId, given: &Fields) -> AskForm {
    let when =
        |name: &str, label: String| Field::new(name, label, given.get(name)).kind("datetime-local");
    AskForm {
        action: format!("/devices/{id}/ask-outside"),
        from: when("from", say.t("Từ")),
        until: when("until", say.t("Đến")),
        place: Field::new("place", say.t("Nơi mang đến"), given.get("place")).max(500),
        reason: Field::new("reason", say.t("Lý do"), given.get("reason")).max(500),
    }
}

fn suspect_form(say: Say, id: &DeviceId, given: &Fields) -> SuspectForm {
    let chosen = given.get("suspicion");
    let kinds = Suspicion::ALL.into_iter().map(|one| Choice {
        value: one.code().to_owned(),
        text: say.named(one.name()),
        chosen: chosen == one.code(),
        ..Choice::default()
    });
    let now = format!("{}T{}", say.today().iso(), say.now.clock_text());
    SuspectForm {
        action: format!("/devices/{id}/suspect"),
        suspicion: Field::new("suspicion", say.t("Nghi vấn"), "").choices(kinds.collect()),
        noticed: Field::new(
            "noticed",
            say.t("Phát hiện lúc"),
            given.given("noticed").unwrap_or(&now),
        )
        .kind("datetime-local"),
        words: Field::new("words", say.t("Nội dung báo cáo"), given.get("words")).max(500),
    }
}

fn done(say: Say, word: &str) -> Option<Problem> {
    let (what, why) = match word {
        "ask-outside" => (
            say.t("Đã gửi đề nghị tới thủ trưởng"),
            say.t("Chưa được phép thì thiết bị vẫn phải ở cơ quan."),
        ),
        "take-back" => (say.t("Đã rút"), String::new()),
        "take-outside" => (
            say.t("Đã ghi nhận mang thiết bị ra ngoài"),
            say.t("Mang về trước khi hết thời gian được phép và bấm “Đã mang về cơ quan”."),
        ),
        "bring-back" => (say.t("Đã ghi nhận thiết bị về cơ quan"), String::new()),
        "suspect" => (
            say.t("Đã tạm dừng ký bằng thiết bị này"),
            say.t("Chứng thư bị tạm dừng ngay, các phiên ký đang mở đã kết thúc; đầu mối quản lý thuê bao và lãnh đạo đã được báo; đề nghị thu hồi chứng thư đã khởi tạo."),
        ),
        "lift" => (say.t("Đã bỏ tạm dừng; chứng thư ký được trở lại"), String::new()),
        "grant" => (say.t("Đã cho phép; người giữ được báo ngay"), String::new()),
        "refuse" => (say.t("Đã trả lời không cho phép; người giữ được báo ngay"), String::new()),
        _ => return None,
    };
    Some(Problem {
        tone: Tone::Ok,
        what,
        why,
        ..Problem::default()
    })
}
