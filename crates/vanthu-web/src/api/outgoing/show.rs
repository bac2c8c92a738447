//! One outgoing document, and lists of them.

use axum::extract::State;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::desk::Tile;
use vanthu_app::outgoing::view::{self, DeliveryView, OutgoingView};
use vanthu_domain::Day;
use vanthu_domain::delivery::StatusCode;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;

use crate::api::desk::{OutgoingPage, page_of};
use crate::api::extract::{Answer, Asked, Named, answer};
use crate::api::me::AgencyOut;
use crate::api::operation::{Operation, Verb};
use crate::api::shared::{Act, FileOut, Happened, Listing, day, moment};
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/outgoing",
        || get(listed),
        "Danh mục văn bản đi của một ô; không có tile thì dự thảo của mình",
    )
    .query(&[
        ("tile", "danh mục, theo khóa của ô trên bàn làm việc"),
        ("after", "giá trị next của trang trước"),
    ])
    .gives::<OutgoingPage>(),
    Operation::new(
        Verb::Get,
        "/api/v1/outgoing/{outgoing_id}",
        || get(show),
        "Một văn bản đi với mọi thông tin được xem",
    )
    .asks(&[Action::ViewOutgoing])
    .gives::<Outgoing>(),
];

/// An outgoing document.
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
#[derive(Serialize, ToSchema)]
struct Outgoing {
    /// Mã định danh.
    outgoing_id: String,
    /// Trạng thái.
    state: &'static str,
    /// Tên trạng thái.
    state_name: &'static str,
    /// Ở trạng thái này từ lúc.
    since: String,
    /// Phiên bản; gửi lại khi làm việc với văn bản.
    version: i64,
    /// Số và ký hiệu, nếu đã cấp.
    number: Option<String>,
    /// Ngày ban hành.
    issued_day: Option<String>,
    /// Mã loại văn bản.
    kind: &'static str,
    /// Trích yếu.
    subject: String,
    /// Độ khẩn.
    urgency: &'static str,
    /// Các dòng “Kính gửi”.
    addressees: Vec<String>,
    /// Các cơ quan nhận.
    recipients: Vec<AgencyOut>,
    /// Các dòng “Nơi nhận”.
    recipients_text: Vec<String>,
    /// Nội dung.
    body: String,
    /// typeset hoặc upload.
    source: &'static str,
    /// Số trang.
    pages: u32,
    /// Thẩm quyền ký.
    authority_id: Option<String>,
    /// Người ký.
    signer_name: String,
    /// Người soạn thảo.
    drafter_name: String,
    /// Đơn vị soạn thảo.
    unit: String,
    /// Cơ quan ban hành.
    agency: String,
    /// Văn bản đến được trả lời.
    reply_to: Option<String>,
    /// Hạn trả lời.
    due_reply_day: Option<String>,
    /// Tệp kèm theo.
    files: Vec<FileOut>,
    /// Ý kiến.
    opinions: Vec<Opinion>,
    /// Tình hình ở các nơi nhận.
    deliveries: Vec<Delivery>,
    /// Việc có thể làm lúc này, và vì sao không với việc còn lại.
    acts: Vec<Act>,
    /// Quá trình xử lý.
    timeline: Vec<Happened>,
}

/// An opinion.
#[derive(Serialize, ToSchema)]
struct Opinion {
    /// Người cho ý kiến.
    who: String,
    /// comment, approve hoặc return.
    kind: &'static str,
    /// Ý kiến.
    words: String,
    /// Lúc.
    at: String,
}

/// What became of it at one recipient.
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
#[derive(Serialize, ToSchema)]
struct Delivery {
    /// Mã định danh.
    delivery_id: String,
    /// Cơ quan nhận.
    to_agency_id: String,
    /// Tên cơ quan nhận.
    to: String,
    /// Trạng thái.
    state: &'static str,
    /// Tên trạng thái.
    state_name: &'static str,
    /// Mã trạng thái liên thông, 01 đến 06.
    code: Option<&'static str>,
    /// Lý do trả lại hoặc lỗi.
    reason: Option<String>,
    /// Lúc thay đổi gần nhất.
    at: String,
    /// Lúc gửi đi.
    sent_at: Option<String>,
    /// Diễn biến.
    events: Vec<DeliveryStep>,
}

/// One step of a delivery.
#[derive(Serialize, ToSchema)]
struct DeliveryStep {
    /// Trạng thái.
    state: &'static str,
    /// Mã trạng thái liên thông.
    code: Option<&'static str>,
    /// Lời kèm theo.
    words: String,
    /// Người ở nơi nhận.
    who: String,
    /// Lúc.
    at: String,
}

async fn listed(
    State(web): State<Web>,
    who: SignedIn,
    Asked(listing): Asked<Listing>,
) -> Answer<OutgoingPage> {
    let tile = listing.tile.as_deref().unwrap_or(Tile::Drafts.code());
    answer(
        page_of(&web, who.caller(), tile, &listing)
            .await?
            .try_into()?,
    )
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<OutgoingId>,
) -> Answer<Outgoing> {
    answer(view::view(&web.app, who.caller(), &id).await?.into())
}

impl From<OutgoingView> for Outgoing {
    fn from(view: OutgoingView) -> Self {
        let files = view.files.into_iter().map(|file| FileOut {
            file_id: file.file_id.to_string(),
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
            pages: file.pages,
            sha256: file.sha256,
        });
        let opinions = view.opinions.into_iter().map(|(opinion, who)| Opinion {
            who,
            kind: opinion.kind.code(),
            words: opinion.words,
            at: opinion.at.iso(),
        });
        let row = view.row;
        let number = row.state.number();
        Self {
            outgoing_id: row.outgoing_id.to_string(),
            state: row.state.tag().code(),
            state_name: row.state.tag().name(),
            since: row.state.since().iso(),
            version: row.version,
            number: number.map(|number| number.notation.clone()),
            issued_day: number.map(|number| Day::iso(number.day)),
            kind: row.kind.code(),
            subject: row.subject,
            urgency: row.urgency.code(),
            addressees: row.addressees,
            recipients: view.recipients.into_iter().map(AgencyOut::from).collect(),
            recipients_text: row.recipients_text,
            body: row.body,
            source: row.source.code(),
            pages: row.pages,
            authority_id: row.authority_id.map(|id| id.to_string()),
            signer_name: view.around.signer_name,
            drafter_name: view.drafter_name,
            unit: view.around.unit.name,
            agency: view.around.agency.name,
            reply_to: row.reply_to.map(|id| id.to_string()),
            due_reply_day: day(row.due_reply_day),
            files: files.collect(),
            opinions: opinions.collect(),
            deliveries: view.deliveries.into_iter().map(Delivery::from).collect(),
            acts: view.acts.iter().map(Act::from).collect(),
            timeline: view.timeline.iter().map(Happened::from).collect(),
        }
    }
}

impl From<DeliveryView> for Delivery {
    fn from(view: DeliveryView) -> Self {
        let events = view.events.into_iter().map(|step| DeliveryStep {
            state: step.state.code(),
            code: step.code.map(StatusCode::digits),
            words: step.words,
            who: step.person_name,
            at: step.at.iso(),
        });
        let row = view.row;
        Self {
            delivery_id: row.delivery_id.to_string(),
            to_agency_id: row.to_agency_id.to_string(),
            to: view.to_name,
            state: row.state.code(),
            state_name: row.state.name(),
            code: row.code.map(StatusCode::digits),
            reason: row.reason,
            at: row.updated_at.iso(),
            sent_at: moment(row.sent_at),
            events: events.collect(),
        }
    }
}
