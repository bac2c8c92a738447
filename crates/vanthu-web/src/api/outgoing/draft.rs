//! A draft is begun and written.

use axum::extract::State;
use axum::routing::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::outgoing::draft::{self, Draft};
use vanthu_app::outgoing::save::{self, Save, SavedBy};
use vanthu_app::outgoing::{list, upload};
use vanthu_domain::Day;
use vanthu_domain::id::{AgencyId, AuthorityId, IncomingId, OutgoingId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::permission::Action;

use crate::api::extract::{Answer, Asked, File, Given, Named, answer, file_sized, malformed};
use crate::api::me::AgencyOut;
use crate::api::operation::{Operation, Verb};
use crate::api::shared::Seen;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/outgoing/choices",
        || get(choices),
        "Người ký và nơi nhận có thể chọn",
    )
    .gives::<Choices>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing",
        || post(begin),
        "Tạo dự thảo",
    )
    .asks(&[Action::Draft])
    .takes::<NewDraft>()
    .gives::<Begun>(),
    Operation::new(
        Verb::Put,
        "/api/v1/outgoing/{outgoing_id}",
        || put(write),
        "Lưu toàn bộ dự thảo",
    )
    .asks(&[Action::Edit])
    .takes::<Content>()
    .gives::<Version>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/upload",
        || post(take_pdf).layer(file_sized()),
        "Dùng PDF tải lên làm văn bản",
    )
    .asks(&[Action::Edit])
    .query(&[("name", "tên tệp"), ("version", "phiên bản đã xem")])
    .takes_file()
    .gives::<Uploaded>(),
    Operation::new(
        Verb::Put,
        "/api/v1/outgoing/{outgoing_id}/places",
        || put(place),
        "Đặt vị trí số, ngày và chữ ký trên PDF tải lên, theo điểm PDF",
    )
    .asks(&[Action::Edit])
    .takes::<NewPlaces>()
    .gives::<Version>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/typeset",
        || post(typeset),
        "Bỏ PDF tải lên, trở lại văn bản do hệ thống dàn trang",
    )
    .asks(&[Action::Edit])
    .takes::<Seen>()
    .gives::<Version>(),
];

/// What a drafter chooses from.
#[derive(Serialize, ToSchema)]
struct Choices {
    /// Người có thẩm quyền ký hôm nay.
    signers: Vec<SignerOut>,
    /// Cơ quan có thể nhận.
    agencies: Vec<AgencyOut>,
}

/// A signing authority.
#[derive(Serialize, ToSchema)]
struct SignerOut {
    /// Mã thẩm quyền ký.
    authority_id: String,
    /// Các dòng quyền hạn, chức vụ trên văn bản.
    lines: Vec<String>,
    /// Họ và tên.
    full_name: String,
    /// Mã định danh người ký.
    person_id: String,
}

/// How a draft begins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDraft {
    /// Mã loại văn bản, như official-letter.
    #[schema(value_type = String)]
    kind: DocumentKind,
    /// Văn bản đến mà dự thảo trả lời.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reply_to: Option<IncomingId>,
}

/// The new draft.
#[derive(Serialize, ToSchema)]
struct Begun {
    /// Mã định danh văn bản đi.
    outgoing_id: String,
}

/// The whole draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Content {
    /// Phiên bản mà nội dung này sửa từ đó; nếu đã có phiên bản mới hơn, không lưu gì (409).
    version: i64,
    /// Mã loại văn bản.
    #[schema(value_type = String)]
    kind: DocumentKind,
    /// Trích yếu.
    subject: String,
    /// Độ khẩn: normal, urgent, very-urgent, express.
    #[serde(default)]
    #[schema(value_type = String)]
    urgency: Urgency,
    /// Các dòng “Kính gửi”; rỗng thì lấy tên các cơ quan nhận.
    #[serde(default)]
    addressees: Vec<String>,
    /// Mã định danh các cơ quan nhận.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    recipients: Vec<AgencyId>,
    /// Các dòng “Nơi nhận”.
    #[serde(default)]
    recipients_text: Vec<String>,
    /// Nội dung.
    #[serde(default)]
    body: String,
    /// Thẩm quyền ký.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    authority_id: Option<AuthorityId>,
    /// Hạn trả lời, dạng 2026-11-22.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    due_reply_day: Option<Day>,
}

/// The version that stands now.
#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    /// Phiên bản hiện tại.
    pub(super) version: i64,
}

/// What became of an uploaded PDF.
#[derive(Serialize, ToSchema)]
struct Uploaded {
    /// Phiên bản hiện tại.
    version: i64,
    /// Các vị trí tìm thấy; vị trí thiếu cần đặt bằng tay.
    #[schema(value_type = Object)]
    places: serde_json::Value,
}

/// The query of an upload.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    name: String,
    #[serde(default)]
    version: Option<i64>,
}

/// Places set by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPlaces {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Chỗ ghi số.
    number: PlaceIn,
    /// Chỗ ghi ngày.
    date: PlaceIn,
    /// Chỗ ký.
    signature: PlaceIn,
}

/// A place on a page, in PDF points from the bottom left corner.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlaceIn {
    /// Trang, từ 0.
    page: u32,
    /// Khung.
    rect: RectIn,
    /// Đường chân chữ.
    baseline: f64,
    /// Cỡ chữ.
    size: f64,
    /// Chữ nghiêng.
    #[serde(default)]
    italic: bool,
}

/// A rectangle.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RectIn {
    /// Trái.
    x0: f64,
    /// Dưới.
    y0: f64,
    /// Phải.
    x1: f64,
    /// Trên.
    y1: f64,
}

async fn choices(State(web): State<Web>, who: SignedIn) -> Answer<Choices> {
    let choices = list::choices(&web.app, who.caller()).await?;
    let signers = choices.signers.into_iter().map(|signer| SignerOut {
        authority_id: signer.authority.authority_id.to_string(),
        lines: signer.authority.lines,
        full_name: signer.full_name,
        person_id: signer.authority.person_id.to_string(),
    });
    answer(Choices {
        signers: signers.collect(),
        agencies: choices.agencies.into_iter().map(AgencyOut::from).collect(),
    })
}

async fn begin(
    State(web): State<Web>,
    who: SignedIn,
    Given(given): Given<NewDraft>,
) -> Answer<Begun> {
    let input = Draft {
        kind: given.kind,
        reply_to: given.reply_to,
    };
    let outgoing_id = draft::draft(&web.app, who.caller(), input)
        .await?
        .to_string();
    answer(Begun { outgoing_id })
}

async fn write(
    State(web): State<Web>,
    who: SignedIn,
    Named(outgoing_id): Named<OutgoingId>,
    Given(content): Given<Content>,
) -> Answer<Version> {
    let input = Save {
        outgoing_id,
        version: content.version,
        kind: content.kind,
        subject: content.subject,
        urgency: content.urgency,
        addressees: content.addressees,
        recipients: content.recipients,
        recipients_text: content.recipients_text,
        body: content.body,
        authority_id: content.authority_id,
        due_reply_day: content.due_reply_day,
        by: SavedBy::Hand,
    };
    answer(Version {
        version: save::save(&web.app, who.caller(), input).await?,
    })
}

async fn take_pdf(
    State(web): State<Web>,
    who: SignedIn,
    Named(outgoing_id): Named<OutgoingId>,
    Asked(asked): Asked<Upload>,
    File(bytes): File,
) -> Answer<Uploaded> {
    let caller = who.caller();
    let done = upload::upload(
        &web.app,
        caller,
        &outgoing_id,
        asked.version,
        &asked.name,
        bytes,
    )
    .await?;
    let places = serde_json::to_value(&done.found).map_err(malformed)?;
    answer(Uploaded {
        version: done.version,
        places,
    })
}

async fn place(
    State(web): State<Web>,
    who: SignedIn,
    Named(outgoing_id): Named<OutgoingId>,
    Given(given): Given<NewPlaces>,
) -> Answer<Version> {
    let json = serde_json::json!({
        "number": given.number, "date": given.date, "signature": given.signature,
    });
    let places = serde_json::from_value(json).map_err(malformed)?;
    let caller = who.caller();
    let version = upload::place(&web.app, caller, &outgoing_id, given.version, places).await?;
    answer(Version { version })
}

async fn typeset(
    State(web): State<Web>,
    who: SignedIn,
    Named(outgoing_id): Named<OutgoingId>,
    Given(seen): Given<Seen>,
) -> Answer<Version> {
    let caller = who.caller();
    let version = upload::typeset_again(&web.app, caller, &outgoing_id, seen.version).await?;
    answer(Version { version })
}
