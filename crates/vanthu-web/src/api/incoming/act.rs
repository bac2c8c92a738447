//! What is done with an incoming document.

use axum::extract::State;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::Caller;
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

use crate::api::extract::{Answer, Given, Named, answer, malformed};
use crate::api::operation::{Operation, Verb};
use crate::api::shared::Seen;
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/accept",
        || post(accepted),
        "Tiếp nhận",
    )
    .takes::<Seen>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/give-back",
        || post(given_back),
        "Trả lại nơi gửi, có mã lý do",
    )
    .takes::<Return>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/register",
        || post(registered),
        "Vào sổ đăng ký văn bản đến",
    )
    .takes::<Entry>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/accept-and-register",
        || post(accepted_and_registered),
        "Tiếp nhận và vào sổ trong một lần",
    )
    .takes::<Entry>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/present",
        || post(presented),
        "Trình lãnh đạo",
    )
    .takes::<Presenting>()
    .gives::<IncomingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/incoming/{incoming_id}/direct",
        || post(directed),
        "Bút phê: giao chủ trì, phối hợp, nhận để biết",
    )
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

impl TryFrom<LineIn> for NewLine {
    type Error = WebError;

    fn try_from(given: LineIn) -> Result<Self, WebError> {
        let to = match (given.unit_id, given.person_id) {
            (Some(unit_id), None) => Holder::Unit(unit_id),
            (None, Some(person_id)) => Holder::Person(person_id),
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
            instruction: given.instruction,
        })
    }
}

type Id = Named<IncomingId>;

async fn stands(web: &Web, caller: &Caller, id: &IncomingId) -> Answer<IncomingStands> {
    let row = brief(&web.app, caller, id).await?;
    let arrival = row.as_ref().and_then(|row| row.state.arrival());
    answer(IncomingStands {
        incoming_id: id.to_string(),
        state: row.as_ref().map(|row| row.state.tag().code()),
        version: row.as_ref().map(|row| row.version),
        arrival_number: arrival.map(|arrival| arrival.number),
        arrival_day: arrival.map(|arrival| Day::iso(arrival.day)),
    })
}

async fn accepted(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(seen): Given<Seen>,
) -> Answer<IncomingStands> {
    accept::accept(&web.app, who.caller(), &id, seen.version).await?;
    stands(&web, who.caller(), &id).await
}

async fn given_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Return>,
) -> Answer<IncomingStands> {
    let input = GiveBack {
        incoming_id: id.clone(),
        version: given.version,
        reason: given.reason,
        words: given.words,
    };
    give_back::give_back(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn registered(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(entry): Given<Entry>,
) -> Answer<IncomingStands> {
    register::register(&web.app, who.caller(), entry.of(&id)).await?;
    stands(&web, who.caller(), &id).await
}

async fn accepted_and_registered(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(entry): Given<Entry>,
) -> Answer<IncomingStands> {
    accept_and_register::accept_and_register(&web.app, who.caller(), entry.of(&id)).await?;
    stands(&web, who.caller(), &id).await
}

impl Entry {
    fn of(self, id: &IncomingId) -> Register {
        Register {
            incoming_id: id.clone(),
            version: self.version,
            due_day: self.due_day,
            note: self.note,
            despite_duplicate: self.despite_duplicate,
        }
    }
}

async fn presented(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Presenting>,
) -> Answer<IncomingStands> {
    let input = Present {
        incoming_id: id.clone(),
        version: given.version,
        leader_id: given.leader_id,
        proposal: given.proposal,
    };
    present::present(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn directed(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Directing>,
) -> Answer<IncomingStands> {
    let lines = given
        .lines
        .into_iter()
        .map(NewLine::try_from)
        .collect::<Result<_, _>>()?;
    let input = Direct {
        incoming_id: id.clone(),
        version: given.version,
        words: given.words,
        due_day: given.due_day,
        lines,
    };
    direct::direct(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}
