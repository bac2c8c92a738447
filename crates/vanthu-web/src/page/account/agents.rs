//! One's own signing machines (máy ký của tôi): pairing by a code, checking, taking a pairing back.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::agent::list::{self, AgentView};
use vanthu_app::agent::{end, shipped_version};
use vanthu_domain::agent::{AgentState, VersionStanding};
use vanthu_wire::desk::Mark;

use crate::error::WebError;
use crate::page::fields::named;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Pill, Shell, Tone};

#[derive(Template)]
#[template(path = "account/agents.html")]
struct AgentsPage {
    shell: Shell,
    shipped: String,
    agents: Vec<Agent>,
}

/// One pairing.
struct Agent {
    machine: String,
    note: String,
    marks: Vec<Pill>,
    end: String,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let agents = list::own(&web.app, who.caller()).await?;
    let title = say.t("Máy ký của tôi");
    let page = AgentsPage {
        shell: shell::shell(&web, &who, &headers, title, "/account").await?,
        shipped: shipped_version().to_string(),
        agents: agents
            .iter()
            .filter(|view| view.agent.state == AgentState::Paired)
            .map(|view| agent_of(say, view))
            .collect(),
    };
    render(&page, language_of(&headers))
}

/// Takes a pairing back.
pub(super) async fn end_pairing(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    end::end_by_owner(&web.app, who.caller(), &named(&id)?).await?;
    Ok(Redirect::to("/account/agents").into_response())
}

fn agent_of(say: Say, view: &AgentView) -> Agent {
    let row = &view.agent;
    let at = |moment: Option<vanthu_domain::Moment>| moment.map(|at| say.moment(at));
    Agent {
        machine: row.machine.clone(),
        note: say
            .t("{system} · máy ký {version} · ghép {paired} · liên lạc gần nhất {seen}")
            .replace("{system}", &row.system)
            .replace("{version}", &row.version)
            .replace("{paired}", &at(row.paired_at).unwrap_or_default())
            .replace("{seen}", &at(row.seen_at).unwrap_or_default()),
        marks: marks_of(say, view),
        end: format!("/account/agents/{}/end", row.agent_id),
    }
}

/// What stands out about an agent: its version, its last check, its silence.
pub(crate) fn marks_of(say: Say, view: &AgentView) -> Vec<Pill> {
    let mark = |tone, text| Pill { tone, text };
    let version = match view.standing {
        VersionStanding::Current => mark(Tone::None, say.t("Bản mới nhất")),
        VersionStanding::Outdated => mark(Tone::Warn, say.t("Có bản mới")),
        VersionStanding::TooOld => mark(Tone::Bad, say.t("Quá cũ, không ký được")),
    };
    let check = match view.worst() {
        Some(Mark::Good) => mark(Tone::Ok, say.t("Kiểm tra: tốt")),
        Some(Mark::Warning) => mark(Tone::Warn, say.t("Kiểm tra: cần chú ý")),
        Some(Mark::Bad) => mark(Tone::Bad, say.t("Kiểm tra: không ký được")),
        None => mark(Tone::None, say.t("Chưa kiểm tra")),
    };
    let mut marks = vec![version, check];
    if view.silent {
        marks.push(mark(Tone::Warn, say.t("Lâu không liên lạc")));
    }
    marks
}
