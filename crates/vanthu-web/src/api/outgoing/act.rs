//! What is done with an outgoing document.

use axum::extract::State;
use axum::routing::post;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::outgoing::approve::{self, Approve};
use vanthu_app::outgoing::give_back::{self, GiveBack};
use vanthu_app::outgoing::view::brief;
use vanthu_app::outgoing::{comment, give_number, issue, submit, take_back, void_number, withdraw};
use vanthu_app::{Caller, delivery};
use vanthu_domain::id::OutgoingId;

use crate::api::extract::{Answer, Given, Named, answer};
use crate::api::operation::{Operation, Verb};
use crate::api::shared::{Reason, Seen, Words};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/submit",
        || post(submitted),
        "Trình",
    )
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/take-back",
        || post(taken_back),
        "Rút trình",
    )
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/approve",
        || post(approved),
        "Duyệt nội dung",
    )
    .takes::<Words>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/give-back",
        || post(given_back),
        "Trả lại người soạn thảo, có lý do",
    )
    .takes::<Reason>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/comment",
        || post(commented),
        "Cho ý kiến",
    )
    .takes::<Words>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/give-number",
        || post(numbered),
        "Cấp số",
    )
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/void-number",
        || post(voided),
        "Hủy số, có lý do; số đã hủy không cấp lại",
    )
    .takes::<Reason>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/issue",
        || post(issued),
        "Phát hành tới các nơi nhận",
    )
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/resend",
        || post(resent),
        "Gửi lại nơi nhận bị lỗi",
    )
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/withdraw",
        || post(withdrawn),
        "Hủy dự thảo, có lý do",
    )
    .takes::<Reason>()
    .gives::<OutgoingStands>(),
];

/// Where a document stands after an act.
#[derive(Serialize, ToSchema)]
pub(super) struct OutgoingStands {
    /// Mã định danh.
    outgoing_id: String,
    /// Trạng thái; null khi người gọi không còn quyền xem văn bản ở trạng thái mới.
    state: Option<&'static str>,
    /// Phiên bản hiện tại.
    version: Option<i64>,
    /// Số, ký hiệu, nếu đã cấp.
    number: Option<String>,
}

type Id = Named<OutgoingId>;

async fn stands(web: &Web, caller: &Caller, id: &OutgoingId) -> Answer<OutgoingStands> {
    let row = brief(&web.app, caller, id).await?;
    answer(OutgoingStands {
        outgoing_id: id.to_string(),
        state: row.as_ref().map(|row| row.state.tag().code()),
        version: row.as_ref().map(|row| row.version),
        number: row.and_then(|row| row.state.number().map(|number| number.notation.clone())),
    })
}

async fn submitted(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(seen): Given<Seen>,
) -> Answer<OutgoingStands> {
    submit::submit(&web.app, who.caller(), &id, seen.version).await?;
    stands(&web, who.caller(), &id).await
}

async fn taken_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(seen): Given<Seen>,
) -> Answer<OutgoingStands> {
    take_back::take_back(&web.app, who.caller(), &id, seen.version).await?;
    stands(&web, who.caller(), &id).await
}

async fn approved(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Words>,
) -> Answer<OutgoingStands> {
    let input = Approve {
        outgoing_id: id.clone(),
        version: given.version,
        words: given.words,
    };
    approve::approve(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn given_back(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Reason>,
) -> Answer<OutgoingStands> {
    let input = GiveBack {
        outgoing_id: id.clone(),
        version: given.version,
        reason: given.reason,
    };
    give_back::give_back(&web.app, who.caller(), input).await?;
    stands(&web, who.caller(), &id).await
}

async fn commented(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Words>,
) -> Answer<OutgoingStands> {
    comment::comment(&web.app, who.caller(), &id, &given.words).await?;
    stands(&web, who.caller(), &id).await
}

async fn numbered(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(seen): Given<Seen>,
) -> Answer<OutgoingStands> {
    give_number::give_number(&web.app, who.caller(), &id, seen.version).await?;
    stands(&web, who.caller(), &id).await
}

async fn voided(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Reason>,
) -> Answer<OutgoingStands> {
    let caller = who.caller();
    void_number::void_number(&web.app, caller, &id, given.version, &given.reason).await?;
    stands(&web, caller, &id).await
}

async fn issued(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(seen): Given<Seen>,
) -> Answer<OutgoingStands> {
    issue::issue(&web.app, who.caller(), &id, seen.version).await?;
    stands(&web, who.caller(), &id).await
}

async fn resent(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(_): Given<Seen>,
) -> Result<axum::Json<OutgoingStands>, WebError> {
    delivery::resend::resend(&web.app, who.caller(), &id).await?;
    stands(&web, who.caller(), &id).await
}

async fn withdrawn(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Id,
    Given(given): Given<Reason>,
) -> Answer<OutgoingStands> {
    let caller = who.caller();
    withdraw::withdraw(&web.app, caller, &id, given.version, &given.reason).await?;
    stands(&web, caller, &id).await
}
