//! What the clerk and the leader do with an incoming document. A refusal shows on the document's
//! page, with the words that were typed.

use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::incoming::accept::accept as take;
use vanthu_app::incoming::accept_and_register::accept_and_register as take_and_enter;
use vanthu_app::incoming::direct::{Direct, direct as direct_it};
use vanthu_app::incoming::give_back::{GiveBack, give_back as return_it};
use vanthu_app::incoming::present::{Present, present as present_it};
use vanthu_app::incoming::register::{Register, register as enter};
use vanthu_app::outgoing::draft::{Draft, draft};
use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::ReturnReason;
use vanthu_domain::kind::DocumentKind;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::act::Act;
use crate::error::WebError;
use crate::page::fields::Fields;
use crate::page::incoming::hands::chosen;
use crate::page::incoming::view::{Done, after, refused};

type Form = Act<IncomingId, Fields>;
type Answer = Result<Response, WebError>;

/// Accepts it, without the register.
pub(super) async fn accept(act: Form) -> Answer {
    let done = take(act.app(), act.caller(), &act.id, act.given.version()).await;
    after(&act, &act.id, Done::Accepted, done).await
}

/// Accepts and registers it in one step.
pub(super) async fn accept_and_register(act: Form) -> Answer {
    let done = match entry(&act) {
        Ok(input) => take_and_enter(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &act.id, Done::Registered, done).await
}

/// Registers what was accepted.
pub(super) async fn register(act: Form) -> Answer {
    let done = match entry(&act) {
        Ok(input) => enter(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &act.id, Done::Registered, done).await
}

/// Returns it to its sender.
pub(super) async fn give_back(act: Form) -> Answer {
    let done = match reason_of(&act) {
        Ok(input) => return_it(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &act.id, Done::Returned, done).await
}

/// Presents it to a leader.
pub(super) async fn present(act: Form) -> Answer {
    let done = match leader_of(&act) {
        Ok(input) => present_it(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &act.id, Done::Presented, done).await
}

/// The leader directs it.
pub(super) async fn direct(act: Form) -> Answer {
    let done = match direction(&act) {
        Ok(input) => direct_it(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &act.id, Done::Directed, done).await
}

/// Begins the draft of an answer, and goes to its editor.
pub(super) async fn reply(act: Form) -> Answer {
    let input = Draft {
        kind: DocumentKind::OfficialLetter,
        reply_to: Some(act.id.clone()),
    };
    match draft(act.app(), act.caller(), input).await {
        Ok(id) => Ok(Redirect::to(&format!("/outgoing/{id}/edit")).into_response()),
        Err(error) => refused(&act, &act.id, error).await,
    }
}

fn entry(act: &Form) -> Result<Register, AppError> {
    Ok(Register {
        incoming_id: act.id.clone(),
        version: act.given.version(),
        due_day: act.given.day("due", "Thời hạn xử lý")?,
        note: act.given.get("note").to_owned(),
        despite_duplicate: act.given.given("despite").map(str::to_owned),
    })
}

fn reason_of(act: &Form) -> Result<GiveBack, AppError> {
    let reason = ReturnReason::from_code(act.given.get("reason"))
        .ok_or_else(|| AppError::refused(RefusalCode::ReturnReasonRequired))?;
    Ok(GiveBack {
        incoming_id: act.id.clone(),
        version: act.given.version(),
        reason,
        words: act.given.get("words").to_owned(),
    })
}

fn leader_of(act: &Form) -> Result<Present, AppError> {
    let leader = act.given.get("leader").parse();
    Ok(Present {
        incoming_id: act.id.clone(),
        version: act.given.version(),
        leader_id: leader.map_err(|_| required("Lãnh đạo"))?,
        proposal: act.given.get("proposal").to_owned(),
    })
}

fn direction(act: &Form) -> Result<Direct, AppError> {
    Ok(Direct {
        incoming_id: act.id.clone(),
        version: act.given.version(),
        words: act.given.get("words").to_owned(),
        due_day: act.given.day("due", "Thời hạn")?,
        lines: chosen(&act.given)?,
    })
}

/// A field that must be filled.
pub(crate) fn required(field: &str) -> AppError {
    Refusal::new(RefusalCode::FieldRequired)
        .with("field", field)
        .into()
}
