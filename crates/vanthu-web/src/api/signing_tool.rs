//! The government's signing tool, as a page carries its frames: a trial, an item's turn, what the socket did.

use axum::extract::State;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::AppError;
use vanthu_app::signing::fetch::timestamp;
use vanthu_app::signing::local::begin::begin;
use vanthu_app::signing::local::event::{Event, MOST_FRAME_BYTES, event};
use vanthu_app::signing::local::{SecretBytes, trial};
use vanthu_domain::id::{SigningId, ToolTrialId};

use super::extract::{Answer, Done, Given, Named, answer, done, malformed};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/signing-tool/trials",
        || post(tried),
        "Thử xem công cụ ký số của Ban Cơ yếu trên máy này có ký được mã băm không",
    )
    .takes::<Nothing>()
    .gives::<TrialOpened>(),
    Operation::new(
        Verb::Post,
        "/api/v1/signing-tool/trials/{trial_id}",
        || post(answered),
        "Đưa câu trả lời của công cụ ký cho lần thử",
    )
    .takes::<FrameIn>()
    .gives::<TrialFound>(),
    Operation::new(
        Verb::Post,
        "/api/v1/signing-sessions/{signing_id}/items/{item_id}/tool",
        || post(begun),
        "Đến lượt một tệp: khung tin gửi cho công cụ ký, chỉ đưa một lần",
    )
    .takes::<Nothing>()
    .gives::<Turn>(),
    Operation::new(
        Verb::Post,
        "/api/v1/signing-sessions/{signing_id}/items/{item_id}/tool/events",
        || post(seen),
        "Trang cho biết kết nối với công cụ ký ra sao; không thể báo là đã ký",
    )
    .takes::<EventIn>(),
];

/// No members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A trial of the tool.
#[derive(Serialize, ToSchema)]
struct TrialOpened {
    /// Mã lần thử; trình duyệt giữ lại để nêu khi mở phiên ký.
    trial_id: String,
    /// Địa chỉ công cụ ký trên máy người ký.
    address: String,
    /// Đường dẫn của kết nối.
    path: &'static str,
    /// Khung tin duy nhất cần gửi.
    frame: String,
}

/// What the tool answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FrameIn {
    /// Khung tin công cụ ký trả về, nguyên văn.
    frame: String,
}

/// What a trial found.
#[derive(Serialize, ToSchema)]
struct TrialFound {
    /// works: ký được mã băm; missing: không; unknown: chưa rõ.
    support: &'static str,
}

/// What is sent to the tool for one item.
#[derive(Serialize, ToSchema)]
struct Turn {
    /// digest: ký mã băm; whole-file: công cụ tải tệp và gửi lại tệp đã ký.
    flow: &'static str,
    /// Địa chỉ công cụ ký trên máy người ký.
    address: String,
    /// Đường dẫn của kết nối.
    path: &'static str,
    /// Khung tin duy nhất cần gửi; có địa chỉ dùng một lần bên trong.
    frame: String,
    /// Nhận muộn nhất lúc.
    deadline: String,
}

/// What the page saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventIn {
    /// opened: đã kết nối; replied: có khung tin trả về; closed: đã đóng.
    event: EventWord,
    /// Khung tin, khi event là replied.
    #[serde(default)]
    frame: Option<String>,
}

/// What the page saw.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum EventWord {
    Opened,
    Replied,
    Closed,
}

fn text_of(frame: &SecretBytes) -> Result<String, WebError> {
    String::from_utf8(frame.reveal().to_vec())
        .map_err(|error| AppError::fault("frame", error).into())
}

fn short(frame: String) -> Result<String, WebError> {
    if frame.len() > MOST_FRAME_BYTES {
        return Err(malformed("khung tin quá dài"));
    }
    Ok(frame)
}

async fn tried(
    State(web): State<Web>,
    who: SignedIn,
    Given(Nothing {}): Given<Nothing>,
) -> Answer<TrialOpened> {
    let opened = trial::begin(&web.app, who.caller()).await?;
    answer(TrialOpened {
        trial_id: opened.trial_id.to_string(),
        address: opened.address,
        path: opened.path,
        frame: text_of(&opened.frame)?,
    })
}

async fn answered(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<ToolTrialId>,
    Given(given): Given<FrameIn>,
) -> Answer<TrialFound> {
    let frame = short(given.frame)?;
    let support = trial::answer(&web.app, who.caller(), &id, &frame).await?;
    answer(TrialFound {
        support: support.code(),
    })
}

async fn begun(
    State(web): State<Web>,
    who: SignedIn,
    Named((signing_id, item_id)): Named<(SigningId, String)>,
    Given(Nothing {}): Given<Nothing>,
) -> Answer<Turn> {
    let task = begin(&web.app, who.caller(), &signing_id, &item_id).await?;
    answer(Turn {
        flow: task.flow.code(),
        path: task.path,
        frame: text_of(&task.frame)?,
        deadline: timestamp(task.deadline).to_string(),
        address: task.address,
    })
}

async fn seen(
    State(web): State<Web>,
    who: SignedIn,
    Named((signing_id, item_id)): Named<(SigningId, String)>,
    Given(given): Given<EventIn>,
) -> Done {
    let what = match given.event {
        EventWord::Opened => Event::Opened,
        EventWord::Closed => Event::Closed,
        EventWord::Replied => Event::Replied(short(given.frame.unwrap_or_default())?),
    };
    event(&web.app, who.caller(), &signing_id, &item_id, what).await?;
    done()
}
