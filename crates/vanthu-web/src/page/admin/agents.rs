//! The signing machines of the agency, for whoever looks after them: person, machine, version, last check, and refused
//! sign-ins.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use vanthu_app::agent::list::{self, AgentFilter, AgentView};
use vanthu_app::agent::shipped_version;
use vanthu_app::signing::sealer::{self, view::Standing};
use vanthu_wire::desk::Mark;

use crate::error::WebError;
use crate::page::account::marks_of;
use crate::page::show::Say;
use crate::page::ways::capital;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Pill, Shell, Tile, Tone};

#[derive(Template)]
#[template(path = "admin/agents.html")]
struct AgentsPage {
    shell: Shell,
    shipped: String,
    minimum: String,
    tiles: Vec<Tile>,
    filter: &'static str,
    words: String,
    agents: Vec<Agent>,
    sealers: Vec<Sealer>,
    failed: Vec<Failed>,
}

/// A device at the server that holds the agency's seal.
struct Sealer {
    name: String,
    marks: Vec<Pill>,
    lines: Vec<String>,
}

/// One machine.
struct Agent {
    person: String,
    login: String,
    machine: String,
    system: String,
    version: String,
    seen: String,
    checked: String,
    code: String,
    marks: Vec<Pill>,
    points: Vec<PointView>,
}

/// One point of its last check.
struct PointView {
    tone: Tone,
    name: String,
    found: String,
    now: String,
}

/// A refused sign-in.
struct Failed {
    at: String,
    who: String,
    address: String,
}

/// Which machines.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    filter: String,
    #[serde(default)]
    q: String,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let filter = AgentFilter::from_code(&wanted.filter).unwrap_or_default();
    let found = list::of_agency(&web.app, who.caller(), filter, &wanted.q).await?;
    let sealers = sealer::view::standing(&web.app, who.caller()).await?;
    let title = say.t("Máy ký của cơ quan");
    let page = AgentsPage {
        shell: shell::shell(&web, &who, &headers, title, "/admin/agents").await?,
        shipped: shipped_version().to_string(),
        minimum: web.app.agent_minimum().to_string(),
        tiles: AgentFilter::ALL
            .into_iter()
            .zip(found.counts)
            .map(|(one, count)| tile_of(say, one, count, filter))
            .collect(),
        filter: filter.code(),
        words: wanted.q.trim().to_owned(),
        agents: found.shown.iter().map(|view| agent_of(say, view)).collect(),
        sealers: sealers.iter().map(|one| sealer_of(say, one)).collect(),
        failed: found
            .failed
            .iter()
            .map(|one| Failed {
                at: say.moment(one.at),
                who: format!("{} ({})", one.full_name, one.login),
                address: one.address.clone(),
            })
            .collect(),
    };
    render(&page, language_of(&headers))
}

fn tile_of(say: Say, one: AgentFilter, count: usize, shown: AgentFilter) -> Tile {
    let (text, tone) = match one {
        AgentFilter::All => (say.t("Máy đã ghép"), Tone::None),
        AgentFilter::Outdated => (say.t("Bản cũ"), Tone::Warn),
        AgentFilter::Failing => (say.t("Không ký được"), Tone::Bad),
        AgentFilter::Silent => (say.t("Lâu không liên lạc"), Tone::Warn),
    };
    Tile {
        text,
        href: format!("/admin/agents?filter={}", one.code()),
        count: u32::try_from(count).unwrap_or(u32::MAX),
        tone: if count == 0 { Tone::None } else { tone },
        current: one == shown,
    }
}

/// Days before its end from which a certificate is marked: a new one takes weeks.
const SOON_DAYS: i64 = 30;

fn sealer_of(say: Say, one: &Standing) -> Sealer {
    let mut shown = Sealer {
        name: format!("{} ({})", capital(&say.named(&one.name)), one.code),
        marks: Vec::new(),
        lines: Vec::new(),
    };
    let mut mark = |tone, text| shown.marks.push(Pill { tone, text });
    let found = match &one.found {
        Ok(found) => found,
        Err(why) => {
            mark(Tone::Bad, say.t("Không trả lời"));
            shown.lines.push(why.clone());
            return shown;
        }
    };
    if found.is_stopped {
        mark(Tone::Bad, say.t("Đã dừng vì sai mã PIN"));
    } else if found.keys.is_empty() || found.keys.iter().any(|it| it.is_locked) {
        mark(Tone::Bad, say.t("Không ký được"));
    } else if found.keys.iter().any(|it| it.days_left < SOON_DAYS) {
        mark(Tone::Warn, say.t("Chứng thư sắp hết hạn"));
    } else {
        mark(Tone::Ok, say.t("Trả lời"));
    }
    for key in &found.keys {
        let left = say
            .t("còn {n} ngày")
            .replace("{n}", &key.days_left.to_string());
        let until = say.day(key.until.day());
        shown.lines.push(format!(
            "{} · {} · {until} ({left}) · {}",
            key.subject, key.serial, key.device
        ));
    }
    for missing in &found.missing {
        let text = say.t("Không thiết bị nào giữ chứng thư {which}.");
        shown.lines.push(text.replace("{which}", missing));
    }
    let made = say
        .t("Đã ký {n} lần")
        .replace("{n}", &found.signed.to_string());
    shown
        .lines
        .push(format!("{made} · {} {}", say.t("bản"), found.version));
    shown
}

fn agent_of(say: Say, view: &AgentView) -> Agent {
    let row = &view.agent;
    let at =
        |moment: Option<vanthu_domain::Moment>| moment.map(|at| say.moment(at)).unwrap_or_default();
    let points = view.report.as_ref().map(|report| report.points.as_slice());
    Agent {
        person: view.full_name.clone(),
        login: view.login.clone(),
        machine: row.machine.clone(),
        system: row.system.clone(),
        version: row.version.clone(),
        seen: at(row.seen_at),
        checked: at(row.checked_at),
        code: view
            .report
            .as_ref()
            .map(|report| report.code.clone())
            .unwrap_or_default(),
        marks: marks_of(say, view),
        points: points
            .unwrap_or_default()
            .iter()
            .map(|point| PointView {
                tone: match point.mark {
                    Mark::Good => Tone::Ok,
                    Mark::Warning => Tone::Warn,
                    Mark::Bad => Tone::Bad,
                },
                name: point.name.clone(),
                found: point.found.clone(),
                now: point.now.clone().unwrap_or_default(),
            })
            .collect(),
    }
}
