//! Assignment lines: lists, one line, and what is done with it.

use axum::extract::State;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::desk::Listed;
use vanthu_app::line::ask_extension::ask_extension;
use vanthu_app::line::assign::{self, Assign, Share};
use vanthu_app::line::decide_extension::{Decision, decide_extension};
use vanthu_app::line::finish::{self, Finish};
use vanthu_app::line::list::{self, LineOrder, Scope, Wanted};
use vanthu_app::line::take_back::{self, TakeBack};
use vanthu_app::line::view::{self, LineView};
use vanthu_app::line::{give_back, read, start};
use vanthu_app::{AppError, Cursor};
use vanthu_domain::Day;
use vanthu_domain::id::{ExtensionId, LineId, OutgoingId, PersonId};
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::line::{ExtensionState, Part};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;

use super::desk::{LinePage, PAGE, page_of};
use super::extract::{Answer, Asked, Done, Given, Named, answer, done};
use super::incoming::{LineIn, lines as new_lines};
use super::operation::{Operation, Verb};
use super::shared::{self, LISTING, Listing, Reason, Seen, day, moment};
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
    .asks(&[Action::ViewIncoming])
    .gives::<LineOut>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/start",
        || post(started),
        "Bắt đầu xử lý",
    )
    .asks(&[Action::StartLine])
    .takes::<Seen>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/read",
        || post(was_read),
        "Xác nhận đã đọc việc nhận để biết",
    )
    .asks(&[Action::ReadLine])
    .takes::<Seen>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/assign",
        || post(assigned),
        "Phân công trong đơn vị",
    )
    .asks(&[Action::AssignLine])
    .takes::<Assigning>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/finish",
        || post(finished),
        "Báo cáo xử lý xong",
    )
    .asks(&[Action::FinishLine])
    .takes::<Finishing>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/give-back",
        || post(given_back),
        "Trả lại việc, có lý do",
    )
    .asks(&[Action::ReturnLine])
    .takes::<Reason>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/take-back",
        || post(taken_back),
        "Lấy lại việc đã giao",
    )
    .asks(&[Action::TakeBackLine])
    .takes::<TakingBack>()
    .gives::<LineStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/lines/{line_id}/ask-extension",
        || post(asked),
        "Xin gia hạn",
    )
    .asks(&[Action::AskExtension])
    .takes::<Asking>()
    .gives::<Requested>(),
    Operation::new(
        Verb::Post,
        "/api/v1/extensions/{extension_id}/decide",
        || post(decided),
        "Quyết định gia hạn",
    )
    .asks(&[Action::DecideExtension])
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
    acts: Vec<shared::Act>,
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

async fn listed(
    State(web): State<Web>,
    who: SignedIn,
    Asked(listing): Asked<Listing>,
) -> Answer<LinePage> {
    if let Some(tile) = &listing.tile {
        return answer(
            page_of(&web, who.caller(), tile, &listing)
                .await?
                .try_into()?,
        );
    }
    let wanted = Wanted {
        text: listing.q,
        ..Wanted::default()
    };
    let after = listing.after.map(Cursor::from);
    let order = LineOrder::default();
    let page = list::list(
        &web.app,
        who.caller(),
        Scope::Mine,
        wanted,
        order,
        after.as_ref(),
        PAGE,
    )
    .await?;
    answer(Listed::Lines(page).try_into()?)
}

async fn show(State(web): State<Web>, who: SignedIn, Named(id): Named<LineId>) -> Answer<LineOut> {
    answer(LineOut::from(
        &view::view(&web.app, who.caller(), &id).await?,
    ))
}

type Act<G> = crate::act::Act<LineId, Given<G>>;

/// Done, and where the line stands now; or why it was not done.
async fn stands<G, T>(act: &Act<G>, done: Result<T, AppError>) -> Answer<LineStands> {
    done?;
    let line = match view::view(act.app(), act.caller(), &act.id).await {
        Ok(view) => Some(view.row),
        Err(error) if error.code() == Some(RefusalCode::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    answer(LineStands {
        line_id: act.id.to_string(),
        state: line.as_ref().map(|line| line.state.code()),
        version: line.map(|line| line.version),
    })
}

async fn started(act: Act<Seen>) -> Answer<LineStands> {
    let done = start::start(act.app(), act.caller(), &act.id, act.given.0.version).await;
    stands(&act, done).await
}

async fn was_read(act: Act<Seen>) -> Answer<LineStands> {
    stands(&act, read::read(act.app(), act.caller(), &act.id).await).await
}

async fn assigned(act: Act<Assigning>) -> Answer<LineStands> {
    let shares = act.given.0.shares.iter().map(|share| Share {
        person_id: share.person_id.clone(),
        part: share.part,
        due_day: share.due_day,
    });
    let input = Assign {
        line_id: act.id.clone(),
        version: act.given.0.version,
        words: act.given.0.words.clone(),
        shares: shares.collect(),
    };
    stands(&act, assign::assign(act.app(), act.caller(), input).await).await
}

async fn finished(act: Act<Finishing>) -> Answer<LineStands> {
    let input = Finish {
        line_id: act.id.clone(),
        version: act.given.0.version,
        code: act.given.0.code,
        words: act.given.0.words.clone(),
        reply: act.given.0.reply.clone(),
    };
    stands(&act, finish::finish(act.app(), act.caller(), input).await).await
}

async fn given_back(act: Act<Reason>) -> Answer<LineStands> {
    let Reason { version, reason } = &act.given.0;
    let done = give_back::give_back(act.app(), act.caller(), &act.id, *version, reason).await;
    stands(&act, done).await
}

async fn taken_back(act: Act<TakingBack>) -> Answer<LineStands> {
    let input = TakeBack {
        line_id: act.id.clone(),
        version: act.given.0.version,
        reason: act.given.0.reason.clone(),
        instead: new_lines(&act.given.0.instead)?,
    };
    stands(
        &act,
        take_back::take_back(act.app(), act.caller(), input).await,
    )
    .await
}

async fn asked(act: Act<Asking>) -> Answer<Requested> {
    let Asking { until_day, reason } = &act.given.0;
    let id = ask_extension(act.app(), act.caller(), &act.id, *until_day, reason).await?;
    answer(Requested {
        extension_id: id.to_string(),
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
            acts: view.acts.iter().map(shared::Act::from).collect(),
        }
    }
}
