//! The registers of the caller's agency.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::register::list::{self, Rows};
use vanthu_app::register::{Direction, Stretch, print};
use vanthu_app::{AppError, Caller};
use vanthu_domain::Day;
use vanthu_domain::id::RegisterId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;

use super::extract::{Answer, Asked, Named, answer, hand_out};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

const DAYS: &[(&str, &str)] = &[
    ("from", "từ ngày, dạng 2026-11-22"),
    ("to", "đến ngày, dạng 2026-11-22"),
];

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/registers",
        || get(registers),
        "Các sổ đăng ký của cơ quan",
    )
    .asks(&[Action::ViewRegisters])
    .gives::<Vec<RegisterOut>>(),
    Operation::new(
        Verb::Get,
        "/api/v1/registers/{register_id}",
        || get(rows),
        "Các số trong một sổ, cả số đã hủy",
    )
    .asks(&[Action::ViewRegisters])
    .query(DAYS)
    .gives::<Vec<NumberOut>>(),
    Operation::new(
        Verb::Get,
        "/api/v1/registers/{register_id}/print.pdf",
        || get(printed),
        "Bản in của sổ theo mẫu",
    )
    .asks(&[Action::ViewRegisters])
    .query(DAYS)
    .gives_file("application/pdf"),
];

/// A register.
#[derive(Serialize, ToSchema)]
struct RegisterOut {
    /// Mã định danh.
    register_id: String,
    /// out hoặc in.
    direction: &'static str,
    /// Năm.
    year: i64,
    /// Tên sổ.
    name: String,
    /// Số tiếp theo.
    next_number: u32,
}

/// A number in a register.
#[derive(Serialize, ToSchema)]
struct NumberOut {
    /// Số.
    number: u32,
    /// Số, ký hiệu.
    notation: String,
    /// given hoặc void.
    state: &'static str,
    /// Ngày.
    day: String,
    /// Mã định danh văn bản.
    document_id: String,
    /// Lý do hủy.
    void_reason: Option<String>,
}

/// The stretch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    #[serde(default)]
    from: Option<Day>,
    #[serde(default)]
    to: Option<Day>,
}

async fn registers(State(web): State<Web>, who: SignedIn) -> Answer<Vec<RegisterOut>> {
    let registers = list::registers(&web.app, who.caller()).await?;
    let out = registers.into_iter().map(|register| RegisterOut {
        register_id: register.register_id.to_string(),
        direction: register.direction.code(),
        year: register.year,
        name: register.name,
        next_number: register.next_number,
    });
    answer(out.collect())
}

async fn rows(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<RegisterId>,
    Asked(days): Asked<Days>,
) -> Answer<Vec<NumberOut>> {
    let stretch = stretch_of(&web, who.caller(), &id, &days).await?;
    let rows: Rows = list::list(&web.app, who.caller(), stretch).await?;
    let out = rows.numbers().into_iter().map(|number| NumberOut {
        number: number.number,
        notation: number.notation.clone(),
        state: number.state.code(),
        day: number.day.iso(),
        document_id: number.document_id.clone(),
        void_reason: number.void_reason.clone(),
    });
    answer(out.collect())
}

async fn printed(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<RegisterId>,
    Asked(days): Asked<Days>,
) -> Result<Response, WebError> {
    let stretch = stretch_of(&web, who.caller(), &id, &days).await?;
    Ok(hand_out(
        print::print(&web.app, who.caller(), stretch).await?,
    ))
}

/// The register is one of the caller's agency.
async fn stretch_of(
    web: &Web,
    caller: &Caller,
    id: &RegisterId,
    days: &Days,
) -> Result<Stretch, WebError> {
    let registers = list::registers(&web.app, caller).await?;
    let found = registers
        .into_iter()
        .find(|register| register.register_id == *id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let direction: Direction = found.direction;
    let year = i16::try_from(found.year).map_err(|e| AppError::fault("register", e))?;
    Ok(Stretch {
        direction,
        year,
        from_day: days.from,
        until_day: days.to,
    })
}
