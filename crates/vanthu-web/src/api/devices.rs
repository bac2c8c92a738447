//! Key devices: one's own, one by itself, what is done with it, and the networks of the offices.

use axum::extract::State;
use axum::routing::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::device::ask_outside::{self, AskOutside};
use vanthu_app::device::decide_outside::{Decision, decide_outside};
use vanthu_app::device::suspect::{self, Suspect};
use vanthu_app::device::view::{self, Listed, Whole};
use vanthu_app::device::{bring_back, lift, networks, take_outside};
use vanthu_domain::Moment;
use vanthu_domain::device::{Permit, Suspicion};
use vanthu_domain::id::{DeviceId, PermitId};
use vanthu_domain::permission::Action;

use super::extract::{Answer, Done, Given, Named, answer, done, malformed};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::page::fields::moment_of;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/devices",
        || get(own),
        "Thiết bị lưu khóa mà mình đang giữ",
    )
    .gives::<Vec<DeviceOut>>(),
    Operation::new(
        Verb::Get,
        "/api/v1/devices/{device_id}",
        || get(show),
        "Một thiết bị lưu khóa, kèm lịch sử giữ",
    )
    .asks(&[Action::ViewDevice])
    .gives::<DeviceWhole>(),
    Operation::new(
        Verb::Post,
        "/api/v1/devices/{device_id}/ask-outside",
        || post(asked),
        "Xin mang thiết bị ra ngoài cơ quan",
    )
    .asks(&[Action::AskOutside])
    .takes::<OutsideAsking>()
    .gives::<OutsideAsked>(),
    Operation::new(
        Verb::Post,
        "/api/v1/devices/{device_id}/take-back",
        || post(taken_back),
        "Rút đề nghị, hoặc thôi dùng phép",
    )
    .asks(&[Action::AskOutside])
    .takes::<Nothing>(),
    Operation::new(
        Verb::Post,
        "/api/v1/devices/{device_id}/take-outside",
        || post(taken_outside),
        "Ghi nhận mang thiết bị ra ngoài theo phép",
    )
    .asks(&[Action::TakeOutside])
    .takes::<Nothing>(),
    Operation::new(
        Verb::Post,
        "/api/v1/devices/{device_id}/bring-back",
        || post(brought_back),
        "Ghi nhận thiết bị đã về cơ quan",
    )
    .asks(&[Action::BringBack])
    .takes::<Nothing>(),
    Operation::new(
        Verb::Post,
        "/api/v1/devices/{device_id}/suspect",
        || post(suspected),
        "Báo nghi lộ, mất khóa: dừng ký ngay",
    )
    .asks(&[Action::SuspectKey])
    .takes::<Suspecting>()
    .gives::<Suspended>(),
    Operation::new(
        Verb::Post,
        "/api/v1/devices/{device_id}/lift",
        || post(lifted),
        "Bỏ tạm dừng, do người khác xác minh",
    )
    .asks(&[Action::LiftSuspension])
    .takes::<SaidOnly>(),
    Operation::new(
        Verb::Post,
        "/api/v1/permits/{permit_id}/grant",
        || post(granted),
        "Thủ trưởng cho phép mang thiết bị ra ngoài",
    )
    .asks(&[Action::DecideOutside])
    .takes::<Nothing>(),
    Operation::new(
        Verb::Post,
        "/api/v1/permits/{permit_id}/refuse",
        || post(refused),
        "Thủ trưởng không cho phép, có lý do",
    )
    .asks(&[Action::DecideOutside])
    .takes::<SaidOnly>(),
    Operation::new(
        Verb::Get,
        "/api/v1/networks",
        || get(network_list),
        "Mạng của cơ quan",
    )
    .asks(&[Action::SetNetworks])
    .gives::<Networks>(),
    Operation::new(
        Verb::Put,
        "/api/v1/networks",
        || put(networks_set),
        "Khai báo mạng của cơ quan",
    )
    .asks(&[Action::SetNetworks])
    .takes::<Networks>(),
];

/// No members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// SaidOnly.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaidOnly {
    /// Lý do, kết quả xác minh.
    #[serde(default)]
    words: String,
}

/// A request to take a device out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OutsideAsking {
    /// Từ lúc (giờ Việt Nam, như 2026-11-25T08:30).
    from: String,
    /// Đến lúc (giờ Việt Nam, như 2026-11-25T08:30).
    until: String,
    /// Nơi mang đến.
    #[serde(default)]
    place: String,
    /// Lý do.
    #[serde(default)]
    reason: String,
}

/// A report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspecting {
    /// leak, theft hoặc misuse.
    #[schema(value_type = String)]
    suspicion: Suspicion,
    /// Phát hiện lúc (giờ Việt Nam, như 2026-11-25T08:30).
    noticed: String,
    /// Nội dung báo cáo.
    #[serde(default)]
    words: String,
}

/// The addresses of the offices.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Networks {
    /// Mỗi dòng một địa chỉ hoặc dải địa chỉ; trống thì không xét nơi ký.
    networks: String,
}

/// The request.
#[derive(Serialize, ToSchema)]
struct OutsideAsked {
    /// Mã định danh đề nghị.
    permit_id: String,
}

/// What the report did.
#[derive(Serialize, ToSchema)]
struct Suspended {
    /// Số chứng thư bị tạm dừng.
    certificates: usize,
    /// Số phiên ký bị kết thúc.
    sessions: usize,
}

/// A device.
#[derive(Serialize, ToSchema)]
struct DeviceOut {
    /// Mã định danh.
    device_id: String,
    /// token, sim, soft, remote hoặc hsm.
    kind: &'static str,
    /// Số hiệu thiết bị.
    serial: String,
    /// person hoặc agency.
    belongs: &'static str,
    /// in-store, held, outside, locked, suspected, lost hoặc returned.
    state: &'static str,
    /// Từ lúc.
    since: String,
    /// Người giữ.
    holder: String,
    /// Chứng thư trên thiết bị, theo số hiệu.
    certificates: Vec<String>,
    /// Đề nghị hoặc phép đang mở.
    permit: Option<PermitOut>,
}

/// A request or permission.
#[derive(Serialize, ToSchema)]
struct PermitOut {
    /// Mã định danh.
    permit_id: String,
    /// asked, granted, refused hoặc ended.
    state: &'static str,
    /// Từ lúc.
    from: String,
    /// Đến lúc.
    until: String,
    /// Nơi mang đến.
    place: String,
    /// Lý do.
    reason: String,
}

/// A device with its history.
#[derive(Serialize, ToSchema)]
struct DeviceWhole {
    /// Thiết bị.
    device: DeviceOut,
    /// Lịch sử giữ, cũ nhất trước.
    history: Vec<CustodyOut>,
    /// Đề nghị thu hồi chứng thư, mới nhất trước.
    revocations: Vec<RevocationOut>,
}

/// One entry of the history.
#[derive(Serialize, ToSchema)]
struct CustodyOut {
    /// Bước.
    step: String,
    /// Trạng thái sau bước.
    state: &'static str,
    /// Người giữ.
    holder: String,
    /// Người làm.
    by: String,
    /// Nội dung.
    words: String,
    /// Lúc.
    at: String,
}

/// A request to revoke.
#[derive(Serialize, ToSchema)]
struct RevocationOut {
    /// Mã định danh.
    request_id: String,
    /// Chứng thư.
    certificate_id: String,
    /// started hoặc withdrawn.
    state: &'static str,
    /// Báo lúc.
    at: String,
}

async fn own(State(web): State<Web>, who: SignedIn) -> Answer<Vec<DeviceOut>> {
    let rows = view::own(&web.app, who.caller()).await?;
    answer(rows.iter().map(out).collect())
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<DeviceId>,
) -> Answer<DeviceWhole> {
    let Whole {
        listed,
        history,
        revocations,
        ..
    } = view::view(&web.app, who.caller(), &id).await?;
    answer(DeviceWhole {
        device: out(&listed),
        history: history
            .into_iter()
            .map(|(entry, holder, by)| CustodyOut {
                step: entry.step,
                state: entry.state.code(),
                holder,
                by,
                words: entry.words,
                at: entry.at.iso(),
            })
            .collect(),
        revocations: revocations
            .into_iter()
            .map(|it| RevocationOut {
                request_id: it.request_id.to_string(),
                certificate_id: it.certificate_id.to_string(),
                state: it.state.code(),
                at: it.reported_at.iso(),
            })
            .collect(),
    })
}

fn out(one: &Listed) -> DeviceOut {
    let record = &one.row.record;
    DeviceOut {
        device_id: record.device_id.to_string(),
        kind: record.kind.code(),
        serial: record.serial.clone(),
        belongs: record.belongs.code(),
        state: record.state.tag().code(),
        since: record.state.since().iso(),
        holder: one.holder.clone(),
        certificates: one
            .certificates
            .iter()
            .map(|it| it.serial.clone())
            .collect(),
        permit: one.permit.as_ref().map(permit),
    }
}

fn permit(one: &Permit) -> PermitOut {
    PermitOut {
        permit_id: one.permit_id.to_string(),
        state: one.state.code(),
        from: one.from_at.iso(),
        until: one.until_at.iso(),
        place: one.place.clone(),
        reason: one.reason.clone(),
    }
}

/// A moment as a program writes it.
fn moment(text: &str) -> Result<Moment, WebError> {
    moment_of(text).ok_or_else(|| malformed("cần thời điểm như 2026-11-25T08:30"))
}

async fn asked(
    State(web): State<Web>,
    who: SignedIn,
    Named(device_id): Named<DeviceId>,
    Given(given): Given<OutsideAsking>,
) -> Answer<OutsideAsked> {
    let input = AskOutside {
        device_id,
        from_at: moment(&given.from)?,
        until_at: moment(&given.until)?,
        place: given.place,
        reason: given.reason,
    };
    let id = ask_outside::ask_outside(&web.app, who.caller(), input).await?;
    answer(OutsideAsked {
        permit_id: id.to_string(),
    })
}

async fn taken_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<DeviceId>,
    Given(Nothing {}): Given<Nothing>,
) -> Done {
    ask_outside::take_back(&web.app, who.caller(), &id).await?;
    done()
}

async fn taken_outside(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<DeviceId>,
    Given(Nothing {}): Given<Nothing>,
) -> Done {
    take_outside::take_outside(&web.app, who.caller(), &id).await?;
    done()
}

async fn brought_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<DeviceId>,
    Given(Nothing {}): Given<Nothing>,
) -> Done {
    bring_back::bring_back(&web.app, who.caller(), &id).await?;
    done()
}

async fn suspected(
    State(web): State<Web>,
    who: SignedIn,
    Named(device_id): Named<DeviceId>,
    Given(given): Given<Suspecting>,
) -> Answer<Suspended> {
    let input = Suspect {
        device_id,
        suspicion: given.suspicion,
        words: given.words,
        noticed_at: moment(&given.noticed)?,
    };
    let it = suspect::suspect(&web.app, who.caller(), input).await?;
    answer(Suspended {
        certificates: it.certificates,
        sessions: it.sessions,
    })
}

async fn lifted(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<DeviceId>,
    Given(given): Given<SaidOnly>,
) -> Done {
    lift::lift(&web.app, who.caller(), &id, &given.words).await?;
    done()
}

async fn granted(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<PermitId>,
    Given(Nothing {}): Given<Nothing>,
) -> Done {
    decide_outside(&web.app, who.caller(), &id, Decision::Grant).await?;
    done()
}

async fn refused(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<PermitId>,
    Given(given): Given<SaidOnly>,
) -> Done {
    let decision = Decision::Refuse(given.words);
    decide_outside(&web.app, who.caller(), &id, decision).await?;
    done()
}

async fn network_list(State(web): State<Web>, who: SignedIn) -> Answer<Networks> {
    let networks = networks::view(&web.app, who.caller()).await?;
    answer(Networks { networks })
}

async fn networks_set(
    State(web): State<Web>,
    who: SignedIn,
    Given(given): Given<Networks>,
) -> Done {
    networks::set(&web.app, who.caller(), &given.networks).await?;
    done()
}
