//! Assignment lines: lists, one line, and what is done with it.

use axum::extract::State;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::line::ask_extension::ask_extension;
use vanthu_app::line::assign::{self, Assign, Share};
use vanthu_app::line::decide_extension::{Decision, decide_extension};
use vanthu_app::line::finish::{self, Finish};
use vanthu_app::line::give::NewLine;
use vanthu_app::line::take_back::{self, TakeBack};
use vanthu_app::line::view::{self, LineView};
use vanthu_app::line::{give_back, read, start};
use vanthu_app::listing::Section;
use vanthu_app::{AppError, Caller};
use vanthu_domain::Day;
use vanthu_domain::id::{ExtensionId, LineId, OutgoingId, PersonId};
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::line::{ExtensionState, Part};
use vanthu_domain::refusal::RefusalCode;

use super::desk::{LinePage, page_of};
use super::extract::{Answer, Asked, Done, Given, Named, answer, done};
use super::incoming::LineIn;
use super::operation::{Operation, Verb};
use super::shared::{Act, LISTING, Listing, Reason, Seen, day, moment};
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/lines",
        || get(listed),
        "Danh mục việc; không có tile thì mọi việc của mình",
    )
    .query(LISTING)
    .gives::<LinePage>(),
    Operation::new(
        Verb::Get,
        "/api/v1/lines/{line_id}",
        || get(show),
        "Một việc",
    )
    .gives::<LineOut>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/start",
        || post(started),
        "Bắt đầu xử lý",
    )
    .takes::<Seen>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/read",
        || post(was_read),
        "Xác nhận đã đọc việc nhận để biết",
    )
    .takes::<Seen>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/assign",
        || post(assigned),
        "Phân công trong đơn vị",
    )
    .takes::<Assigning>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/finish",
        || post(finished),
        "Báo cáo xử lý xong",
    )
    .takes::<Finishing>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/give-back",
        || post(given_back),
        "Trả lại việc, có lý do",
    )
    .takes::<Reason>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/take-back",
        || post(taken_back),
        "Lấy lại việc đã giao",
    )
    .takes::<TakingBack>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/ask-extension",
        || post(asked),
        "Xin gia hạn",
    )
    .takes::<Asking>()
    .gives::<Requested>(),
    Operation::new(
        Verb::Post,
        "/api/v1/extensions/{extension_id}/decide",
        || post(decided),
        "Quyết định gia hạn",
    )
    .takes::<Deciding>(),
];

/// A line.
#[derive(Serialize, ToSchema)]
pub(super) struct LineOut {
    /// Mã định danh.
    line_id: String,
    /// Văn bản đến.
    incoming_id: String,
    /// Việc mà nó được giao lại từ đó.
    parent_line_id: Option<String>,
    /// Đơn vị.
    unit_id: Option<String>,
    /// Tên đơn vị.
    unit: Option<String>,
    /// Người giữ.
    person_id: Option<String>,
    /// Tên người giữ.
    person: Option<String>,
    /// Người giao.
    given_by: String,
    /// lead, support hoặc information.
    part: &'static str,
    /// Trạng thái.
    state: &'static str,
    /// Ý kiến chỉ đạo.
    instruction: String,
    /// Thời hạn.
    due_day: Option<String>,
    /// Giao lúc.
    created_at: String,
    /// Bắt đầu lúc.
    started_at: Option<String>,
    /// Xong lúc.
    done_at: Option<String>,
    /// Kết quả.
    result: Option<String>,
    /// Văn bản trả lời.
    reply_outgoing_id: Option<String>,
    /// Phiên bản.
    version: i64,
    /// Các đề nghị gia hạn.
    extensions: Vec<ExtensionOut>,
    /// Việc có thể làm lúc này, và vì sao không với việc còn lại.
    acts: Vec<Act>,
}

/// A request for more time.
#[derive(Serialize, ToSchema)]
struct ExtensionOut {
    /// Mã định danh.
    extension_id: String,
    /// Người đề nghị.
    asked_by: String,
    /// Đề nghị lúc.
    asked_at: String,
    /// Đề nghị đến ngày.
    until_day: String,
    /// Lý do.
    reason: String,
    /// asked, granted hoặc refused.
    state: &'static str,
    /// Ngày được gia hạn đến.
    granted_until: Option<String>,
    /// Lý do không đồng ý.
    refused_because: Option<String>,
    /// Người quyết định.
    decided_by: Option<String>,
}

/// Where a line stands after an act.
#[derive(Serialize, ToSchema)]
struct LineStands {
    /// Mã định danh.
    line_id: String,
    /// Trạng thái; null khi người gọi không còn quyền xem.
    state: Option<&'static str>,
    /// Phiên bản hiện tại.
    version: Option<i64>,
}

/// Who does what within the unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assigning {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Ý kiến chỉ đạo.
    #[serde(default)]
    words: String,
    /// Người và vai trò.
    shares: Vec<ShareIn>,
}

/// One person's share.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShareIn {
    /// Người.
    #[schema(value_type = String)]
    person_id: PersonId,
    /// lead, support hoặc information.
    #[schema(value_type = String)]
    part: Part,
    /// Thời hạn riêng.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    due_day: Option<Day>,
}

/// How a line ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Finishing {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Mã kết thúc; bắt buộc với chủ trì.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Option<ClosingCode>,
    /// Kết quả.
    #[serde(default)]
    words: String,
    /// Văn bản trả lời.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reply: Option<OutgoingId>,
}

/// A line is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakingBack {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Lý do.
    #[serde(default)]
    reason: String,
    /// Giao cho ai thay.
    #[serde(default)]
    instead: Vec<LineIn>,
}

/// More time is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asking {
    /// Đến ngày.
    #[schema(value_type = String)]
    until_day: Day,
    /// Lý do.
    reason: String,
}

/// The new request.
#[derive(Serialize, ToSchema)]
struct Requested {
    /// Mã định danh.
    extension_id: String,
}

/// The answer to a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deciding {
    /// Đồng ý.
    grant: bool,
    /// Đến ngày nào, nếu khác ngày đề nghị.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    until_day: Option<Day>,
    /// Lý do không đồng ý.
    #[serde(default)]
    reason: String,
}

type Id = Named<LineId>;

async fn listed(
    State(web): State<Web>,
    who: SignedIn,
    Asked(listing): Asked<Listing>,
) -> Answer<LinePage> {
    let listed = page_of(&web, who.caller(), Section::Work, &listing).await?;
    answer(listed.try_into()?)
}

async fn show(State(web): State<Web>, who: SignedIn, Named(id): Id) -> Answer<LineOut> {
    answer(LineOut::from(
        &view::view(&web.app, who.caller(), &id).await?,
    ))
}

async fn stands(web: &Web, caller: &Caller, id: &LineId) -> Answer<LineStands> {
    let line = match view::view(&web.app, caller, id).await {
        Ok(view) => Some(view.row),
        Err(error) if error.code() == Some(RefusalCode::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    answer(LineStands {
        line_id: id.to_string(),
        state: line.as_ref().map(|line| line.state.code()),
        version: line.map(|line| line.version),
    })
}

async fn started(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(seen): Given<Seen>,
) -> Answer<LineStands> {
    start::start(&web.app, who.caller(), &id, seen.version).await?;
    stands(&web, who.caller(), &id).await
}

async fn was_read(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(_): Given<Seen>,
) -> Answer<LineStands> {
    read::read(&web.app, who.caller(), &id).await?;
    stands(&web, who.caller(), &id).await
}

async fn assigned(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Assigning>,
) -> Answer<LineStands> {
    let shares = given.shares.into_iter().map(|share| Share {
        person_id: share.person_id,
        part: share.part,
        due_day: share.due_day,
    });
    let input = Assign {
        line_id: id.clone(),
        version: given.version,
        words: given.words,
        shares: shares.collect(),
    };
    assign::assign(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn finished(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Finishing>,
) -> Answer<LineStands> {
    let input = Finish {
        line_id: id.clone(),
        version: given.version,
        code: given.code,
        words: given.words,
        reply: given.reply,
    };
    finish::finish(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn given_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Reason>,
) -> Answer<LineStands> {
    let caller = who.caller();
    give_back::give_back(&web.app, caller, &id, given.version, &given.reason).await?;
    stands(&web, caller, &id).await
}

async fn taken_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<TakingBack>,
) -> Answer<LineStands> {
    let instead = given
        .instead
        .into_iter()
        .map(NewLine::try_from)
        .collect::<Result<_, _>>()?;
    let input = TakeBack {
        line_id: id.clone(),
        version: given.version,
        reason: given.reason,
        instead,
    };
    take_back::take_back(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn asked(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Asking>,
) -> Answer<Requested> {
    let extension_id =
        ask_extension(&web.app, who.caller(), &id, given.until_day, &given.reason).await?;
    answer(Requested {
        extension_id: extension_id.to_string(),
    })
}

async fn decided(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<ExtensionId>,
    Given(given): Given<Deciding>,
) -> Done {
    let decision = match (given.grant, given.until_day) {
        (true, until_day) => Decision::Grant(until_day),
        (false, None) => Decision::Refuse(given.reason),
        (false, Some(_)) => return Err(AppError::refused(RefusalCode::RequestMalformed).into()),
    };
    decide_extension(&web.app, who.caller(), &id, decision).await?;
    done()
}

impl From<&LineView> for LineOut {
    fn from(view: &LineView) -> Self {
        let row = &view.row;
        let extensions = view.extensions.iter().map(|extension| {
            let (state, granted_until, refused_because) = match &extension.row.state {
                ExtensionState::Asked => ("asked", None, None),
                ExtensionState::Granted { until, .. } => ("granted", Some(until.iso()), None),
                ExtensionState::Refused { reason, .. } => ("refused", None, Some(reason.clone())),
            };
            ExtensionOut {
                extension_id: extension.row.extension_id.to_string(),
                asked_by: extension.asked_by.clone(),
                asked_at: extension.row.asked_at.iso(),
                until_day: extension.row.until_day.iso(),
                reason: extension.row.reason.clone(),
                state,
                granted_until,
                refused_because,
                decided_by: extension.decided_by.clone(),
            }
        });
        Self {
            line_id: row.line_id.to_string(),
            incoming_id: row.incoming_id.to_string(),
            parent_line_id: row.parent_line_id.as_ref().map(ToString::to_string),
            unit_id: row.unit_id.as_ref().map(ToString::to_string),
            unit: view.unit_name.clone(),
            person_id: row.person_id.as_ref().map(ToString::to_string),
            person: view.person_name.clone(),
            given_by: view.giver_name.clone(),
            part: row.part.code(),
            state: row.state.code(),
            instruction: row.instruction.clone(),
            due_day: day(row.due_day),
            created_at: row.created_at.iso(),
            started_at: moment(row.started_at),
            done_at: moment(row.done_at),
            result: row.result.clone(),
            reply_outgoing_id: row.reply_outgoing_id.as_ref().map(ToString::to_string),
            version: row.version,
            extensions: extensions.collect(),
            acts: view.acts.iter().map(Act::from).collect(),
        }
    }
}
