//! The desk: tiles with their counts, and what they count.

use axum::extract::State;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::desk::{self, Listed};
use vanthu_app::listing::{self, Section};
use vanthu_app::{AppError, Caller};
use vanthu_domain::Day;
use vanthu_domain::refusal::RefusalCode;

use super::extract::{Answer, answer};
use super::operation::{Operation, Verb};
use super::shared::{Listing, day};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    Verb::Get,
    "/api/v1/desk",
    || get(desk),
    "Bàn làm việc: các ô và số lượng",
)
.gives::<Vec<TileOut>>()];

/// How many items a page holds.
pub(super) const PAGE: u32 = 50;

/// A tile.
#[derive(Serialize, ToSchema)]
struct TileOut {
    /// Khóa của ô; dùng làm tham số tile của các danh mục.
    tile: &'static str,
    /// Tên trên màn hình.
    name: &'static str,
    /// Số lượng.
    count: i64,
}

/// One page of outgoing documents.
#[derive(Serialize, ToSchema)]
pub(super) struct OutgoingPage {
    /// Các văn bản.
    items: Vec<OutgoingItem>,
    /// Gửi lại làm tham số after để lấy trang sau; null ở trang cuối.
    next: Option<String>,
}

/// An outgoing document in a list.
#[derive(Serialize, ToSchema)]
struct OutgoingItem {
    /// Mã định danh.
    outgoing_id: String,
    /// Mã loại văn bản.
    kind: &'static str,
    /// Trích yếu.
    subject: String,
    /// Độ khẩn.
    urgency: &'static str,
    /// Trạng thái.
    state: &'static str,
    /// Ở trạng thái này từ lúc.
    since: String,
    /// Số, ký hiệu.
    number: Option<String>,
    /// Ngày ban hành.
    issued_day: Option<String>,
    /// Phiên bản.
    version: i64,
}

/// One page of incoming documents.
#[derive(Serialize, ToSchema)]
pub(super) struct IncomingPage {
    /// Các văn bản.
    items: Vec<IncomingItem>,
    /// Gửi lại làm tham số after để lấy trang sau; null ở trang cuối.
    next: Option<String>,
}

/// An incoming document in a list.
#[derive(Serialize, ToSchema)]
struct IncomingItem {
    /// Mã định danh.
    incoming_id: String,
    /// Nơi gửi.
    from: String,
    /// Số, ký hiệu.
    number: String,
    /// Ngày ban hành.
    issued_day: Option<String>,
    /// Mã loại văn bản.
    kind: &'static str,
    /// Trích yếu.
    subject: String,
    /// Độ khẩn.
    urgency: &'static str,
    /// Trạng thái.
    state: &'static str,
    /// Ở trạng thái này từ lúc.
    since: String,
    /// Số đến.
    arrival_number: Option<u32>,
    /// Ngày đến.
    arrival_day: Option<String>,
    /// Kết quả kiểm tra chữ ký.
    verdict: Option<String>,
    /// Thời hạn.
    due_day: Option<String>,
    /// Phiên bản.
    version: i64,
}

/// One page of lines.
#[derive(Serialize, ToSchema)]
pub(super) struct LinePage {
    /// Các việc.
    items: Vec<LineItem>,
    /// Gửi lại làm tham số after để lấy trang sau; null ở trang cuối.
    next: Option<String>,
}

/// A line in a list.
#[derive(Serialize, ToSchema)]
struct LineItem {
    /// Mã định danh.
    line_id: String,
    /// Văn bản đến.
    incoming_id: String,
    /// Vai trò: lead, support, information.
    part: &'static str,
    /// Trạng thái.
    state: &'static str,
    /// Thời hạn.
    due_day: Option<String>,
    /// Ý kiến chỉ đạo.
    instruction: String,
    /// Phiên bản.
    version: i64,
    /// Trích yếu của văn bản.
    subject: String,
    /// Số, ký hiệu của văn bản.
    number: String,
    /// Nơi gửi.
    from: String,
    /// Độ khẩn.
    urgency: &'static str,
    /// Số đến.
    arrival_number: Option<u32>,
    /// Trạng thái của văn bản.
    incoming_state: &'static str,
}

async fn desk(State(web): State<Web>, who: SignedIn) -> Answer<Vec<TileOut>> {
    let counts = desk::counts(&web.app, who.caller()).await?;
    let tile = |one: desk::Count| TileOut {
        tile: one.tile.code(),
        name: one.tile.name(),
        count: one.count,
    };
    answer(counts.into_iter().map(tile).collect())
}

/// One page of a list; a tile that is not on the caller's desk is not there.
pub(super) async fn page_of(
    web: &Web,
    caller: &Caller,
    section: Section,
    listing: &Listing,
) -> Result<Listed, WebError> {
    let asked = listing.selection(section)?;
    let after = listing.after();
    Ok(listing::list(&web.app, caller, &asked, after.as_ref(), PAGE).await?)
}

/// The tile lists something else than was asked for.
pub(super) fn not_there() -> WebError {
    AppError::refused(RefusalCode::NotFound).into()
}

impl TryFrom<Listed> for OutgoingPage {
    type Error = WebError;

    fn try_from(listed: Listed) -> Result<Self, WebError> {
        let Listed::Outgoing(page) = listed else {
            return Err(not_there());
        };
        let items = page.items.into_iter().map(|item| OutgoingItem {
            outgoing_id: item.outgoing_id.to_string(),
            kind: item.kind.code(),
            subject: item.subject,
            urgency: item.urgency.code(),
            state: item.state.code(),
            since: item.state_since.iso(),
            number: item.notation,
            issued_day: item.issued_day.map(Day::iso),
            version: item.version,
        });
        Ok(Self {
            items: items.collect(),
            next: page.next.map(|next| next.to_string()),
        })
    }
}

impl TryFrom<Listed> for IncomingPage {
    type Error = WebError;

    fn try_from(listed: Listed) -> Result<Self, WebError> {
        let Listed::Incoming(page) = listed else {
            return Err(not_there());
        };
        let items = page.items.into_iter().map(|item| IncomingItem {
            incoming_id: item.incoming_id.to_string(),
            from: item.from_name,
            number: item.notation,
            issued_day: day(item.issued_day),
            kind: item.kind.code(),
            subject: item.subject,
            urgency: item.urgency.code(),
            state: item.state.code(),
            since: item.state_since.iso(),
            arrival_number: item.arrival_number,
            arrival_day: day(item.arrival_day),
            verdict: item.verdict_value,
            due_day: day(item.due_day),
            version: item.version,
        });
        Ok(Self {
            items: items.collect(),
            next: page.next.map(|next| next.to_string()),
        })
    }
}

impl TryFrom<Listed> for LinePage {
    type Error = WebError;

    fn try_from(listed: Listed) -> Result<Self, WebError> {
        let Listed::Lines(page) = listed else {
            return Err(not_there());
        };
        let items = page.items.into_iter().map(|item| LineItem {
            line_id: item.line.line_id.to_string(),
            incoming_id: item.line.incoming_id.to_string(),
            part: item.line.part.code(),
            state: item.line.state.code(),
            due_day: day(item.line.due_day),
            instruction: item.line.instruction,
            version: item.line.version,
            subject: item.subject,
            number: item.notation,
            from: item.from_name,
            urgency: item.urgency.code(),
            arrival_number: item.arrival_number,
            incoming_state: item.incoming_state.code(),
        });
        Ok(Self {
            items: items.collect(),
            next: page.next.map(|next| next.to_string()),
        })
    }
}
