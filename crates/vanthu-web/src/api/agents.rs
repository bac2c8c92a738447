//! Signing agents: pairing one's own, and those of the agency for whoever looks after its machines.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::routing::{delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::agent::AgentRow;
use vanthu_app::agent::list::{self, AgentFilter, AgentView};
use vanthu_app::agent::{end, offer, shipped_version};
use vanthu_app::signing::fetch::timestamp;
use vanthu_app::{App, Mode};
use vanthu_domain::Moment;
use vanthu_domain::agent::VersionStanding;
use vanthu_domain::id::AgentId;
use vanthu_domain::permission::Action;
use vanthu_wire::desk::Mark;

use super::extract::{Answer, Asked, Done, Given, Named, answer, done};
use super::operation::{Operation, Verb};
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/agents",
        || get(own),
        "Các máy ký đã ghép với tài khoản của mình",
    )
    .gives::<Vec<AgentOut>>(),
    Operation::new(
        Verb::Post,
        "/api/v1/agents",
        || post(begin),
        "Mở một lần ghép; mã dùng một lần được đưa cho máy ký trên máy này",
    )
    .takes::<Nothing>()
    .gives::<PairingOut>(),
    Operation::new(
        Verb::Get,
        "/api/v1/agents/{agent_id}",
        || get(one),
        "Lần ghép đang ở đâu, và mã phải trùng với mã trên máy ký",
    )
    .gives::<AgentOut>(),
    Operation::new(
        Verb::Delete,
        "/api/v1/agents/{agent_id}",
        || delete(ended),
        "Bỏ ghép một máy ký",
    ),
    Operation::new(
        Verb::Get,
        "/api/v1/agency/agents",
        || get(of_agency),
        "Các máy ký của cơ quan, kết quả kiểm tra gần nhất và các lần đăng nhập bị từ chối",
    )
    .asks(&[Action::ViewAgents])
    .query(&[
        ("filter", "all, outdated, failing hoặc silent"),
        ("q", "tìm theo tên người, tài khoản, tên máy"),
    ])
    .gives::<AgencyAgentsOut>(),
];

/// No members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// An offer, for the agent.
#[derive(Serialize, ToSchema)]
struct PairingOut {
    /// Mã định danh của máy ký.
    agent_id: String,
    /// Mã dùng một lần cho máy ký.
    token: String,
    /// Hết hạn lúc.
    expires_at: String,
}

/// An agent.
#[derive(Serialize, ToSchema)]
struct AgentOut {
    /// Mã định danh.
    agent_id: String,
    /// offered, answered, paired hoặc ended.
    state: &'static str,
    /// Mã so sánh sáu chữ số, khi máy ký đã trả lời.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Tên máy.
    machine: String,
    /// Hệ điều hành.
    system: String,
    /// Phiên bản máy ký.
    version: String,
    /// current, outdated hoặc too-old.
    standing: &'static str,
    /// Ghép lúc.
    #[serde(skip_serializing_if = "Option::is_none")]
    paired_at: Option<String>,
    /// Liên lạc gần nhất lúc.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
    /// Kiểm tra gần nhất lúc.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<String>,
}

/// An agent of the agency.
#[derive(Serialize, ToSchema)]
struct AgencyAgentOut {
    /// Họ tên người dùng.
    person: String,
    /// Tên tài khoản.
    login: String,
    /// Lâu không liên lạc.
    silent: bool,
    /// Máy ký.
    agent: AgentOut,
    /// Mã báo cáo của lần kiểm tra gần nhất.
    #[serde(skip_serializing_if = "Option::is_none")]
    report_code: Option<String>,
    /// Từng điểm của lần kiểm tra gần nhất.
    points: Vec<PointOut>,
}

/// A point of a check.
#[derive(Serialize, ToSchema)]
struct PointOut {
    /// Mã điểm.
    code: String,
    /// good, warning hoặc bad.
    mark: &'static str,
    /// Điểm được kiểm tra.
    name: String,
    /// Thấy gì.
    found: String,
    /// Cách khắc phục.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
}

/// A refused sign-in.
#[derive(Serialize, ToSchema)]
struct FailedOut {
    /// Lúc.
    at: String,
    /// Họ tên chủ tài khoản.
    person: String,
    /// Tên tài khoản.
    login: String,
    /// Địa chỉ máy.
    address: String,
}

/// The agents of the agency.
#[derive(Serialize, ToSchema)]
struct AgencyAgentsOut {
    /// Phiên bản máy ký mà máy chủ phát hành.
    shipped_version: String,
    /// Phiên bản cũ nhất còn được nhận.
    minimum_version: String,
    /// Các máy ký.
    agents: Vec<AgencyAgentOut>,
    /// Các lần đăng nhập bị từ chối trong bảy ngày.
    failed_sign_ins: Vec<FailedOut>,
}

/// Which agents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    filter: String,
    #[serde(default)]
    q: String,
}

/// The address under which the person's browser sees this server. In practice that is any name of this machine.
fn origin_of(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    let name = host
        .and_then(|host| host.rsplit_once(':'))
        .map_or(host.unwrap_or_default(), |it| it.0);
    if app.mode == Mode::Practice && ["localhost", "127.0.0.1", "[::1]"].contains(&name) {
        return format!("http://{}", host.unwrap_or_default());
    }
    plain_origin(&app.base_url)
}

/// As a browser writes it: lower case, no path, no usual port.
fn plain_origin(url: &str) -> String {
    let url = url.trim_end_matches('/').to_lowercase();
    let usual = if url.starts_with("https:") {
        ":443"
    } else {
        ":80"
    };
    url.strip_suffix(usual).unwrap_or(&url).to_owned()
}

/// The word of a version's standing.
const fn standing_word(standing: VersionStanding) -> &'static str {
    match standing {
        VersionStanding::Current => "current",
        VersionStanding::Outdated => "outdated",
        VersionStanding::TooOld => "too-old",
    }
}

fn out(app: &App, row: AgentRow) -> AgentOut {
    let said = |moment: Option<Moment>| moment.map(|at| timestamp(at).to_string());
    AgentOut {
        agent_id: row.agent_id.to_string(),
        state: row.state.code(),
        code: row.code,
        standing: standing_word(app.agent_standing(&row.version)),
        machine: row.machine,
        system: row.system,
        version: row.version,
        paired_at: said(row.paired_at),
        seen_at: said(row.seen_at),
        checked_at: said(row.checked_at),
    }
}

async fn own(State(web): State<Web>, who: SignedIn) -> Answer<Vec<AgentOut>> {
    let views = list::own(&web.app, who.caller()).await?;
    answer(
        views
            .into_iter()
            .map(|view| out(&web.app, view.agent))
            .collect(),
    )
}

async fn begin(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Given(Nothing {}): Given<Nothing>,
) -> Answer<PairingOut> {
    let origin = origin_of(&web.app, &headers);
    let offered = offer::offer(&web.app, who.caller(), origin).await?;
    answer(PairingOut {
        agent_id: offered.agent_id.to_string(),
        token: offered.token,
        expires_at: timestamp(offered.expires_at).to_string(),
    })
}

async fn one(State(web): State<Web>, who: SignedIn, Named(id): Named<AgentId>) -> Answer<AgentOut> {
    let row = list::find_own(&web.app, who.caller(), &id).await?;
    answer(out(&web.app, row))
}

async fn ended(State(web): State<Web>, who: SignedIn, Named(id): Named<AgentId>) -> Done {
    end::end_by_owner(&web.app, who.caller(), &id).await?;
    done()
}

async fn of_agency(
    State(web): State<Web>,
    who: SignedIn,
    Asked(wanted): Asked<Wanted>,
) -> Answer<AgencyAgentsOut> {
    let filter = AgentFilter::from_code(&wanted.filter).unwrap_or_default();
    let agents = list::of_agency(&web.app, who.caller(), filter, &wanted.q).await?;
    answer(AgencyAgentsOut {
        shipped_version: shipped_version().to_string(),
        minimum_version: web.app.agent_minimum().to_string(),
        agents: agents
            .shown
            .into_iter()
            .map(|view| agency_out(&web.app, view))
            .collect(),
        failed_sign_ins: agents
            .failed
            .into_iter()
            .map(|one| FailedOut {
                at: timestamp(one.at).to_string(),
                person: one.full_name,
                login: one.login,
                address: one.address,
            })
            .collect(),
    })
}

fn agency_out(app: &App, view: AgentView) -> AgencyAgentOut {
    let report_code = view.report.as_ref().map(|report| report.code.clone());
    let points = view.report.map(|report| report.points).unwrap_or_default();
    AgencyAgentOut {
        person: view.full_name,
        login: view.login,
        silent: view.silent,
        agent: out(app, view.agent),
        report_code,
        points: points
            .into_iter()
            .map(|point| PointOut {
                code: point.code,
                mark: match point.mark {
                    Mark::Good => "good",
                    Mark::Warning => "warning",
                    Mark::Bad => "bad",
                },
                name: point.name,
                found: point.found,
                now: point.now,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_s_address_is_written_as_a_browser_writes_it() {
        for (url, origin) in [
            ("https://Van-Thu.example/", "https://van-thu.example"),
            ("https://van-thu.example:443", "https://van-thu.example"),
            (
                "https://van-thu.example:8443",
                "https://van-thu.example:8443",
            ),
            ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ] {
            assert_eq!(plain_origin(url), origin);
        }
    }
}
