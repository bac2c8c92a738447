//! What is done with an incoming document.

use axum::routing::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::AppError;
use vanthu_app::incoming::direct::{self, Direct};
use vanthu_app::incoming::give_back::{self, GiveBack};
use vanthu_app::incoming::present::{self, Present};
use vanthu_app::incoming::register::{self, Register};
use vanthu_app::incoming::view::brief;
use vanthu_app::incoming::{accept, accept_and_register};
use vanthu_app::line::give::{Holder, NewLine};
use vanthu_domain::Day;
use vanthu_domain::id::{IncomingId, PersonId, UnitId};
use vanthu_domain::incoming::ReturnReason;
use vanthu_domain::line::Part;
use vanthu_domain::permission::Action;

use crate::api::extract::{Answer, Given, answer, malformed};
use crate::api::operation::{Operation, Verb};
use crate::api::shared::Seen;
use crate::error::WebError;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/accept",
        || post(accepted),
        "Tiếp nhận",
    )
    .asks(&[Action::Accept])
    .takes::<Seen>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/give-back",
        || post(given_back),
        "Trả lại nơi gửi, có mã lý do",
    )
    .asks(&[Action::ReturnToSender])
    .takes::<Return>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/register",
        || post(registered),
        "Vào sổ đăng ký văn bản đến",
    )
    .asks(&[Action::Register])
    .takes::<Entry>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/accept-and-register",
        || post(accepted_and_registered),
        "Tiếp nhận và vào sổ trong một lần",
    )
    .asks(&[Action::Accept])
    .takes::<Entry>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/present",
        || post(presented),
        "Trình lãnh đạo",
    )
    .asks(&[Action::Present])
    .takes::<Presenting>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/direct",
        || post(directed),
        "Bút phê: giao chủ trì, phối hợp, nhận để biết",
    )
    .asks(&[Action::Direct])
    .takes::<Directing>()
    .gives::<IncomingStands>(),
];

/// Where a document stands after an act.
#[derive(Serialize, ToSchema)]
struct IncomingStands {
    /// Mã định danh.
    incoming_id: String,
    /// Trạng thái; null khi người gọi không còn quyền xem.
    state: Option<&'static str>,
    /// Phiên bản hiện tại.
    version: Option<i64>,
    /// Số đến, nếu đã vào sổ.
    arrival_number: Option<u32>,
    /// Ngày đến.
    arrival_day: Option<String>,
}

/// A return to the sender.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Return {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Mã lý do.
    #[schema(value_type = String)]
    reason: ReturnReason,
    /// Lời giải thích; bắt buộc với lý do other.
    #[serde(default)]
    words: String,
}

/// What the clerk adds in the register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Thời hạn; không có thì theo quy chế.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    due_day: Option<Day>,
    /// Ghi chú.
    #[serde(default)]
    note: String,
    /// Vì sao vẫn vào sổ dù trùng văn bản đã có.
    #[serde(default)]
    despite_duplicate: Option<String>,
}

/// To whom it is presented.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Presenting {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Lãnh đạo.
    #[schema(value_type = String)]
    leader_id: PersonId,
    /// Đề xuất.
    #[serde(default)]
    proposal: String,
}

/// A leader's direction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Directing {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Ý kiến chỉ đạo.
    #[serde(default)]
    words: String,
    /// Thời hạn chung.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    due_day: Option<Day>,
    /// Các luồng nhận; đúng một nơi chủ trì.
    lines: Vec<LineIn>,
}

/// A line to be given: to a unit or to a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LineIn {
    /// Đơn vị nhận; hoặc person_id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    unit_id: Option<UnitId>,
    /// Người nhận; hoặc unit_id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    person_id: Option<PersonId>,
    /// lead, support hoặc information.
    #[schema(value_type = String)]
    part: Part,
    /// Thời hạn riêng.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    due_day: Option<Day>,
    /// Ý kiến chỉ đạo riêng.
    #[serde(default)]
    instruction: String,
}

/// The lines as the actions take them.
pub(in crate::api) fn lines(given: &[LineIn]) -> Result<Vec<NewLine>, WebError> {
    given.iter().map(NewLine::try_from).collect()
}

impl TryFrom<&LineIn> for NewLine {
    type Error = WebError;

    fn try_from(given: &LineIn) -> Result<Self, WebError> {
        let to = match (&given.unit_id, &given.person_id) {
            (Some(unit_id), None) => Holder::Unit(unit_id.clone()),
            (None, Some(person_id)) => Holder::Person(person_id.clone()),
            _ => {
                return Err(malformed(
                    "mỗi luồng nhận có đúng một trong unit_id và person_id",
                ));
            }
        };
        Ok(Self {
            to,
            part: given.part,
            due_day: given.due_day,
            instruction: given.instruction.clone(),
        })
    }
}

type Act<G> = crate::act::Act<IncomingId, Given<G>>;

/// Done, and where the document stands now; or why it was not done.
async fn stands<G, T>(act: &Act<G>, done: Result<T, AppError>) -> Answer<IncomingStands> {
    done?;
    let row = brief(act.app(), act.caller(), &act.id).await?;
    let arrival = row.as_ref().and_then(|row| row.state.arrival());
    answer(IncomingStands {
        incoming_id: act.id.to_string(),
        state: row.as_ref().map(|row| row.state.tag().code()),
        version: row.as_ref().map(|row| row.version),
        arrival_number: arrival.map(|arrival| arrival.number),
        arrival_day: arrival.map(|arrival| Day::iso(arrival.day)),
    })
}

async fn accepted(act: Act<Seen>) -> Answer<IncomingStands> {
    let done = accept::accept(act.app(), act.caller(), &act.id, act.given.0.version).await;
    stands(&act, done).await
}

async fn given_back(act: Act<Return>) -> Answer<IncomingStands> {
    let input = GiveBack {
        incoming_id: act.id.clone(),
        version: act.given.0.version,
        reason: act.given.0.reason,
        words: act.given.0.words.clone(),
    };
    stands(
        &act,
        give_back::give_back(act.app(), act.caller(), input).await,
    )
    .await
}

async fn registered(act: Act<Entry>) -> Answer<IncomingStands> {
    stands(
        &act,
        register::register(act.app(), act.caller(), entry(&act)).await,
    )
    .await
}

async fn accepted_and_registered(act: Act<Entry>) -> Answer<IncomingStands> {
    let input = entry(&act);
    let done = accept_and_register::accept_and_register(act.app(), act.caller(), input).await;
    stands(&act, done).await
}

fn entry(act: &Act<Entry>) -> Register {
    let given = &act.given.0;
    Register {
        incoming_id: act.id.clone(),
        version: given.version,
        due_day: given.due_day,
        note: given.note.clone(),
        despite_duplicate: given.despite_duplicate.clone(),
    }
}

async fn presented(act: Act<Presenting>) -> Answer<IncomingStands> {
    let input = Present {
        incoming_id: act.id.clone(),
        version: act.given.0.version,
        leader_id: act.given.0.leader_id.clone(),
        proposal: act.given.0.proposal.clone(),
    };
    stands(&act, present::present(act.app(), act.caller(), input).await).await
}

async fn directed(act: Act<Directing>) -> Answer<IncomingStands> {
    let input = Direct {
        incoming_id: act.id.clone(),
        version: act.given.0.version,
        words: act.given.0.words.clone(),
        due_day: act.given.0.due_day,
        lines: lines(&act.given.0.lines)?,
    };
    stands(&act, direct::direct(act.app(), act.caller(), input).await).await
}
