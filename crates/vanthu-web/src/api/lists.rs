//! What is done with a whole list: several rows at once, and the list as a file.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::AppError;
use vanthu_app::incoming::bulk::{BulkAct, Outcome, bulk};
use vanthu_app::line::read_many::read_many;
use vanthu_app::listing::Section;
use vanthu_app::listing::export::Format;
use vanthu_domain::id::{IncomingId, LineId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;

use super::extract::{Answer, Asked, Given, answer, hand_out};
use super::operation::{Operation, Verb};
use super::shared::{LISTING, Listing};
use crate::error::{Problem, WebError};
use crate::page::listing::file_of;
use crate::page::show::Say;
use crate::session::SignedIn;
use crate::state::Web;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/bulk",
        || post(arrivals),
        "Tiếp nhận và vào sổ, hoặc vào sổ, nhiều văn bản; mỗi văn bản một kết quả",
    )
    .asks(&[Action::Accept, Action::Register])
    .takes::<Arrivals>()
    .gives::<Vec<OutcomeOut>>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/read",
        || post(readings),
        "Xác nhận đã đọc nhiều việc nhận để biết; mỗi việc một kết quả",
    )
    .asks(&[Action::ReadLine])
    .takes::<Readings>()
    .gives::<Vec<OutcomeOut>>(),
    Operation::new(
        Verb::Get,
        "/api/v1/lists/{section}/xlsx",
        || get(xlsx),
        "Danh mục work, incoming hoặc outgoing, đã lọc, dạng bảng tính",
    )
    .query(LISTING)
    .gives_file(XLSX),
    Operation::new(
        Verb::Get,
        "/api/v1/lists/{section}/pdf",
        || get(pdf),
        "Danh mục work, incoming hoặc outgoing, đã lọc, dạng PDF",
    )
    .query(LISTING)
    .gives_file("application/pdf"),
];

/// Several incoming documents.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Arrivals {
    /// accept-and-register hoặc register.
    act: String,
    /// Các văn bản, nhiều nhất 100.
    items: Vec<Arrival>,
}

/// One of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Arrival {
    /// Mã định danh.
    #[schema(value_type = String)]
    incoming_id: IncomingId,
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
}

/// Several lines.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Readings {
    /// Các việc, nhiều nhất 100.
    #[schema(value_type = Vec<String>)]
    line_ids: Vec<LineId>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
struct OutcomeOut {
    /// Mã định danh.
    id: String,
    /// Đã làm.
    done: bool,
    /// Số đến, nếu vừa vào sổ.
    arrival_number: Option<u32>,
    /// Vì sao không làm được.
    problem: Option<Problem>,
}

async fn arrivals(
    State(web): State<Web>,
    who: SignedIn,
    Given(given): Given<Arrivals>,
) -> Answer<Vec<OutcomeOut>> {
    let act = BulkAct::from_code(&given.act)
        .ok_or_else(|| AppError::refused(RefusalCode::RequestMalformed))?;
    let chosen = given.items.into_iter();
    let chosen = chosen
        .map(|item| (item.incoming_id, item.version))
        .collect();
    let outcomes = bulk(&web.app, who.caller(), act, chosen).await?;
    let told = outcomes
        .into_iter()
        .map(|one| told(one, |arrival| Some(arrival.number)));
    answer(told.collect())
}

async fn readings(
    State(web): State<Web>,
    who: SignedIn,
    Given(given): Given<Readings>,
) -> Answer<Vec<OutcomeOut>> {
    let outcomes = read_many(&web.app, who.caller(), given.line_ids).await?;
    answer(
        outcomes
            .into_iter()
            .map(|one| told(one, |()| None))
            .collect(),
    )
}

fn told<Id: std::fmt::Display, Done>(
    one: Outcome<Id, Done>,
    number: impl Fn(Done) -> Option<u32>,
) -> OutcomeOut {
    let (done, arrival_number, problem) = match one.done {
        Ok(done) => (true, number(done), None),
        Err(error) => (false, None, Some(WebError(error).problem())),
    };
    OutcomeOut {
        id: one.id.to_string(),
        done,
        arrival_number,
        problem,
    }
}

async fn xlsx(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    section: Path<String>,
    listing: Asked<Listing>,
) -> Result<Response, WebError> {
    file(&web, &who, &headers, &section, &listing.0, Format::Xlsx).await
}

async fn pdf(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    section: Path<String>,
    listing: Asked<Listing>,
) -> Result<Response, WebError> {
    file(&web, &who, &headers, &section, &listing.0, Format::Pdf).await
}

async fn file(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    section: &str,
    listing: &Listing,
    format: Format,
) -> Result<Response, WebError> {
    let section =
        Section::from_code(section).ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let say = Say::of(headers, web.app.now());
    let selection = listing.selection(section)?;
    Ok(hand_out(
        file_of(web, who.caller(), say, &selection, format).await?,
    ))
}
