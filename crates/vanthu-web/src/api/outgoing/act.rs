//! What is done with an outgoing document.

use axum::routing::post;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::outgoing::approve::{self, Approve};
use vanthu_app::outgoing::give_back::{self, GiveBack};
use vanthu_app::outgoing::view::brief;
use vanthu_app::outgoing::{comment, give_number, issue, submit, take_back, void_number, withdraw};
use vanthu_app::{AppError, delivery};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;

use crate::api::extract::{Answer, Given, answer};
use crate::api::operation::{Operation, Verb};
use crate::api::shared::{Reason, Seen, Words};

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/submit",
        || post(submitted),
        "Trình",
    )
    .asks(&[Action::Submit])
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/take-back",
        || post(taken_back),
        "Rút trình",
    )
    .asks(&[Action::TakeBack])
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/approve",
        || post(approved),
        "Duyệt nội dung",
    )
    .asks(&[Action::Approve])
    .takes::<Words>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/give-back",
        || post(given_back),
        "Trả lại người soạn thảo, có lý do",
    )
    .asks(&[Action::GiveBack])
    .takes::<Reason>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/comment",
        || post(commented),
        "Cho ý kiến",
    )
    .asks(&[Action::Comment])
    .takes::<Words>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/give-number",
        || post(numbered),
        "Cấp số",
    )
    .asks(&[Action::GiveNumber])
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/void-number",
        || post(voided),
        "Hủy số, có lý do; số đã hủy không cấp lại",
    )
    .asks(&[Action::VoidNumber])
    .takes::<Reason>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/issue",
        || post(issued),
        "Phát hành tới các nơi nhận",
    )
    .asks(&[Action::Issue])
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/resend",
        || post(resent),
        "Gửi lại nơi nhận bị lỗi",
    )
    .asks(&[Action::Resend])
    .takes::<Seen>()
    .gives::<OutgoingStands>(),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/withdraw",
        || post(withdrawn),
        "Hủy dự thảo, có lý do",
    )
    .asks(&[Action::Withdraw])
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

type Act<G> = crate::act::Act<OutgoingId, Given<G>>;

/// Done, and where the document stands now; or why it was not done.
async fn stands<G, T>(act: &Act<G>, done: Result<T, AppError>) -> Answer<OutgoingStands> {
    done?;
    let row = brief(act.app(), act.caller(), &act.id).await?;
    answer(OutgoingStands {
        outgoing_id: act.id.to_string(),
        state: row.as_ref().map(|row| row.state.tag().code()),
        version: row.as_ref().map(|row| row.version),
        number: row.and_then(|row| row.state.number().map(|number| number.notation.clone())),
    })
}

async fn submitted(act: Act<Seen>) -> Answer<OutgoingStands> {
    let done = submit::submit(act.app(), act.caller(), &act.id, act.given.0.version).await;
    stands(&act, done).await
}

async fn taken_back(act: Act<Seen>) -> Answer<OutgoingStands> {
    let done = take_back::take_back(act.app(), act.caller(), &act.id, act.given.0.version).await;
    stands(&act, done).await
}

async fn approved(act: Act<Words>) -> Answer<OutgoingStands> {
    let input = Approve {
        outgoing_id: act.id.clone(),
        version: act.given.0.version,
        words: act.given.0.words.clone(),
    };
    stands(&act, approve::approve(act.app(), act.caller(), input).await).await
}

async fn given_back(act: Act<Reason>) -> Answer<OutgoingStands> {
    let input = GiveBack {
        outgoing_id: act.id.clone(),
        version: act.given.0.version,
        reason: act.given.0.reason.clone(),
    };
    stands(
        &act,
        give_back::give_back(act.app(), act.caller(), input).await,
    )
    .await
}

async fn commented(act: Act<Words>) -> Answer<OutgoingStands> {
    let done = comment::comment(act.app(), act.caller(), &act.id, &act.given.0.words).await;
    stands(&act, done).await
}

async fn numbered(act: Act<Seen>) -> Answer<OutgoingStands> {
    let seen = act.given.0.version;
    let done = give_number::give_number(act.app(), act.caller(), &act.id, seen).await;
    stands(&act, done).await
}

async fn voided(act: Act<Reason>) -> Answer<OutgoingStands> {
    let Reason { version, reason } = &act.given.0;
    let done = void_number::void_number(act.app(), act.caller(), &act.id, *version, reason).await;
    stands(&act, done).await
}

async fn issued(act: Act<Seen>) -> Answer<OutgoingStands> {
    let done = issue::issue(act.app(), act.caller(), &act.id, act.given.0.version).await;
    stands(&act, done).await
}

async fn resent(act: Act<Seen>) -> Answer<OutgoingStands> {
    let done = delivery::resend::resend(act.app(), act.caller(), &act.id).await;
    stands(&act, done).await
}

async fn withdrawn(act: Act<Reason>) -> Answer<OutgoingStands> {
    let Reason { version, reason } = &act.given.0;
    let done = withdraw::withdraw(act.app(), act.caller(), &act.id, *version, reason).await;
    stands(&act, done).await
}
