//! One incoming document, and lists of them.

use axum::extract::State;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::Cursor;
use vanthu_app::desk::Listed;
use vanthu_app::incoming::list::{self, IncomingFilter, IncomingOrder};
use vanthu_app::incoming::view::{self, IncomingView};
use vanthu_domain::id::IncomingId;
use vanthu_domain::permission::Action;

use crate::api::desk::{IncomingPage, PAGE, page_of};
use crate::api::extract::{Answer, Asked, Named, answer};
use crate::api::lines::LineOut;
use crate::api::operation::{Operation, Verb};
use crate::api::shared::{Act, FileOut, Happened, LISTING, Listing, day};
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/incoming",
        || get(listed),
        "Danh mục văn bản đến; không có tile thì mọi văn bản được xem",
    )
    .query(LISTING)
    .gives::<IncomingPage>(),
    Operation::new(
        Verb::Get,
        "/api/v1/incoming/{incoming_id}",
        || get(show),
        "Một văn bản đến với mọi thông tin được xem",
    )
    .asks(&[Action::ViewIncoming])
    .gives::<Incoming>(),
];

/// An incoming document.
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
#[derive(Serialize, ToSchema)]
struct Incoming {
    /// Mã định danh.
    incoming_id: String,
    /// Trạng thái.
    state: &'static str,
    /// Tên trạng thái.
    state_name: &'static str,
    /// Ở trạng thái này từ lúc.
    since: String,
    /// Phiên bản; gửi lại khi làm việc với văn bản.
    version: i64,
    /// Nơi gửi.
    from: String,
    /// Cơ quan gửi, nếu có trong hệ thống.
    from_agency_id: Option<String>,
    /// Số, ký hiệu của nơi gửi.
    number: String,
    /// Ngày ban hành.
    issued_day: Option<String>,
    /// Mã loại văn bản.
    kind: &'static str,
    /// Trích yếu.
    subject: String,
    /// Độ khẩn.
    urgency: &'static str,
    /// Người ký.
    signer_name: String,
    /// Chức vụ người ký.
    signer_title: String,
    /// Số trang.
    pages: u32,
    /// Đến lúc.
    arrived_at: String,
    /// Số đến.
    arrival_number: Option<u32>,
    /// Ngày đến.
    arrival_day: Option<String>,
    /// Kết quả kiểm tra: valid, not-valid, not-determined.
    verdict: Option<String>,
    /// Kết quả kiểm tra từng điểm.
    #[schema(value_type = Object)]
    verdict_points: serde_json::Value,
    /// Tệp kèm theo.
    files: Vec<FileOut>,
    /// Trạng thái mà nơi gửi thấy.
    delivery: Option<&'static str>,
    /// Lãnh đạo được trình.
    leader: Option<String>,
    /// Đề xuất của văn thư.
    proposal: String,
    /// Thời hạn.
    due_day: Option<String>,
    /// Thời hạn được đề xuất.
    proposed_due: String,
    /// Ghi chú.
    note: String,
    /// Các luồng nhận.
    lines: Vec<LineOut>,
    /// Các văn bản trả lời.
    replies: Vec<Reply>,
    /// Văn bản mà nó có vẻ trùng.
    duplicate: Option<Duplicate>,
    /// Việc có thể làm lúc này, và vì sao không với việc còn lại.
    acts: Vec<Act>,
    /// Quá trình xử lý.
    timeline: Vec<Happened>,
}

/// A document that answers.
#[derive(Serialize, ToSchema)]
struct Reply {
    /// Mã định danh.
    outgoing_id: String,
    /// Trích yếu.
    subject: String,
    /// Trạng thái.
    state: &'static str,
    /// Số, ký hiệu.
    number: Option<String>,
}

/// The document that seems to be the same.
#[derive(Serialize, ToSchema)]
struct Duplicate {
    /// Mã định danh.
    incoming_id: String,
    /// Số đến, ngày đến.
    text: String,
}

async fn listed(
    State(web): State<Web>,
    who: SignedIn,
    Asked(listing): Asked<Listing>,
) -> Answer<IncomingPage> {
    if let Some(tile) = &listing.tile {
        return answer(
            page_of(&web, who.caller(), tile, &listing)
                .await?
                .try_into()?,
        );
    }
    let filter = IncomingFilter {
        text: listing.q,
        ..IncomingFilter::default()
    };
    let after = listing.after.map(Cursor::from);
    let order = IncomingOrder::default();
    let page = list::list(&web.app, who.caller(), filter, order, after.as_ref(), PAGE).await?;
    answer(Listed::Incoming(page).try_into()?)
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<IncomingId>,
) -> Answer<Incoming> {
    answer(view::view(&web.app, who.caller(), &id).await?.into())
}

impl From<IncomingView> for Incoming {
    fn from(view: IncomingView) -> Self {
        let files = view.files.into_iter().map(|file| FileOut {
            file_id: file.file_id.to_string(),
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
            pages: file.pages,
            sha256: file.sha256,
        });
        let replies = view.replies.into_iter().map(|reply| Reply {
            outgoing_id: reply.outgoing_id.to_string(),
            subject: reply.subject,
            state: reply.state.tag().code(),
            number: reply.state.number().map(|number| number.notation.clone()),
        });
        let row = view.row;
        let arrival = row.state.arrival();
        Self {
            incoming_id: row.incoming_id.to_string(),
            state: row.state.tag().code(),
            state_name: row.state.tag().name(),
            since: row.state.since().iso(),
            version: row.version,
            from: row.from_name,
            from_agency_id: row.from_agency_id.map(|id| id.to_string()),
            number: row.notation,
            issued_day: day(row.issued_day),
            kind: row.kind.code(),
            subject: row.subject,
            urgency: row.urgency.code(),
            signer_name: row.signer_name,
            signer_title: row.signer_title,
            pages: row.pages,
            arrived_at: row.arrived_at.iso(),
            arrival_number: arrival.map(|arrival| arrival.number),
            arrival_day: day(arrival.map(|arrival| arrival.day)),
            verdict: row.verdict_value,
            verdict_points: row.verdict.unwrap_or_default(),
            files: files.collect(),
            delivery: view
                .delivery
                .map(vanthu_domain::delivery::DeliveryState::code),
            leader: view.leader_name,
            proposal: row.proposal,
            due_day: day(row.due_day),
            proposed_due: view.proposed_due.iso(),
            note: row.note,
            lines: view.lines.iter().map(LineOut::from).collect(),
            replies: replies.collect(),
            duplicate: view.duplicate.map(|duplicate| Duplicate {
                incoming_id: duplicate.incoming_id.to_string(),
                text: duplicate.text,
            }),
            acts: view.acts.iter().map(Act::from).collect(),
            timeline: view.timeline.iter().map(Happened::from).collect(),
        }
    }
}
