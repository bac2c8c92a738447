//! Who is asking, the desk, and the agencies that can be written to.

use axum::extract::State;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::account::session::Session;
use vanthu_app::{App, AppError, agency};

use super::extract::{Answer, answer};
use super::operation::{Operation, Verb};
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/me",
        || get(me),
        "Người đang đăng nhập, vị trí công tác và mã csrf của phiên",
    )
    .gives::<Me>(),
    Operation::new(
        Verb::Get,
        "/api/v1/agencies",
        || get(agencies),
        "Các cơ quan trong hệ thống",
    )
    .gives::<Vec<AgencyOut>>(),
    Operation::new(
        Verb::Get,
        "/api/v1/units",
        || get(units),
        "Các đơn vị của cơ quan mình",
    )
    .gives::<Vec<UnitOut>>(),
    Operation::new(
        Verb::Get,
        "/api/v1/people",
        || get(people),
        "Cán bộ, công chức của cơ quan mình theo vị trí công tác hôm nay",
    )
    .gives::<Vec<ColleagueOut>>(),
];

/// The signed-in person.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// Gửi lại trong tiêu đề x-csrf-token của mọi yêu cầu làm thay đổi dữ liệu.
    csrf: String,
    /// Tên tài khoản.
    login: String,
    /// Phải đổi mật khẩu trước khi làm việc khác.
    must_change_password: bool,
    /// Người.
    person: PersonOut,
    /// Cơ quan mà người đó đang làm việc cho.
    agency: AgencyOut,
    /// Các vị trí công tác hôm nay.
    posts: Vec<SeatOut>,
}

/// A person.
#[derive(Serialize, ToSchema)]
struct PersonOut {
    /// Mã định danh.
    person_id: String,
    /// Họ và tên.
    full_name: String,
    /// Chức vụ.
    title: String,
}

/// An agency.
#[derive(Serialize, ToSchema)]
pub(super) struct AgencyOut {
    /// Mã định danh trong hệ thống.
    agency_id: String,
    /// Mã định danh cơ quan (Quyết định 20/2020/QĐ-TTg).
    code: String,
    /// Tên cơ quan.
    name: String,
    /// Chữ viết tắt trong ký hiệu văn bản.
    abbreviation: String,
}

/// A unit.
#[derive(Serialize, ToSchema)]
struct UnitOut {
    /// Mã định danh.
    unit_id: String,
    /// Tên đơn vị.
    name: String,
    /// Chữ viết tắt.
    abbreviation: String,
}

/// A post of today.
#[derive(Serialize, ToSchema)]
struct SeatOut {
    /// Cơ quan.
    agency_id: String,
    /// Đơn vị.
    unit_id: Option<String>,
    /// Vai trò: specialist, unit-head, leader, clerk, administrator, it-officer.
    role: &'static str,
}

/// Somebody of the same agency.
#[derive(Serialize, ToSchema)]
struct ColleagueOut {
    /// Mã định danh.
    person_id: String,
    /// Họ và tên.
    full_name: String,
    /// Chức vụ.
    title: String,
    /// Đơn vị.
    unit_id: Option<String>,
    /// Vai trò.
    role: &'static str,
}

impl From<vanthu_domain::agency::Agency> for AgencyOut {
    fn from(agency: vanthu_domain::agency::Agency) -> Self {
        Self {
            agency_id: agency.agency_id.to_string(),
            code: agency.code,
            name: agency.name,
            abbreviation: agency.abbreviation,
        }
    }
}

/// The session as its owner sees it.
pub(super) async fn me_of(app: &App, session: &Session) -> Result<Me, AppError> {
    let caller = &session.caller;
    Ok(Me {
        csrf: session.csrf.clone(),
        login: caller.login.clone(),
        must_change_password: session.must_change_password,
        person: PersonOut {
            person_id: caller.person_id().to_string(),
            full_name: caller.full_name.clone(),
            title: caller.title.clone(),
        },
        agency: agency::own(app, caller).await?.into(),
        posts: caller
            .actor
            .posts
            .iter()
            .map(|seat| SeatOut {
                agency_id: seat.agency_id.to_string(),
                unit_id: seat.unit_id.as_ref().map(ToString::to_string),
                role: seat.role.code(),
            })
            .collect(),
    })
}

async fn me(State(web): State<Web>, SignedIn(session): SignedIn) -> Answer<Me> {
    answer(me_of(&web.app, &session).await?)
}

async fn agencies(State(web): State<Web>, _who: SignedIn) -> Answer<Vec<AgencyOut>> {
    answer(
        agency::list(&web.app)
            .await?
            .into_iter()
            .map(AgencyOut::from)
            .collect(),
    )
}

async fn units(State(web): State<Web>, who: SignedIn) -> Answer<Vec<UnitOut>> {
    let units = agency::units(&web.app, who.caller()).await?;
    answer(
        units
            .into_iter()
            .map(|unit| UnitOut {
                unit_id: unit.unit_id.to_string(),
                name: unit.name,
                abbreviation: unit.abbreviation,
            })
            .collect(),
    )
}

async fn people(State(web): State<Web>, who: SignedIn) -> Answer<Vec<ColleagueOut>> {
    let people = agency::people(&web.app, who.caller()).await?;
    answer(
        people
            .into_iter()
            .map(|colleague| ColleagueOut {
                person_id: colleague.post.person_id.to_string(),
                full_name: colleague.full_name,
                title: colleague.post.title,
                unit_id: colleague.post.unit_id.map(|unit_id| unit_id.to_string()),
                role: colleague.post.role.code(),
            })
            .collect(),
    )
}
