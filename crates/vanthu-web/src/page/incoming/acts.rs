//! What the clerk and the leader do with an incoming document. A refusal shows on the document's
//! page, with the words that were typed.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::incoming::accept::accept as take;
use vanthu_app::incoming::accept_and_register::accept_and_register as take_and_enter;
use vanthu_app::incoming::direct::{Direct, direct as direct_it};
use vanthu_app::incoming::give_back::{GiveBack, give_back as return_it};
use vanthu_app::incoming::present::{Present, present as present_it};
use vanthu_app::incoming::register::{Register, register as enter};
use vanthu_app::outgoing::draft::{Draft, draft};
use vanthu_app::{App, AppError, Caller};
use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::ReturnReason;
use vanthu_domain::kind::DocumentKind;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::page::incoming::hands::chosen;
use crate::page::incoming::view::{Done, after};
use crate::session::SignedIn;
use crate::state::Web;

/// Accepts it, without the register.
pub(super) async fn accept(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let outcome = take(&web.app, who.caller(), &id, fields.version()).await;
    after(
        &web,
        &who,
        &headers,
        &id,
        &fields,
        outcome.map(|()| Done::Accepted),
    )
    .await
}

/// Accepts and registers it in one step.
pub(super) async fn accept_and_register(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let outcome = match entry(&id, &fields) {
        Ok(input) => take_and_enter(&web.app, who.caller(), input).await,
        Err(error) => Err(error),
    };
    after(
        &web,
        &who,
        &headers,
        &id,
        &fields,
        outcome.map(|_| Done::Registered),
    )
    .await
}

/// Registers what was accepted.
pub(super) async fn register(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let outcome = match entry(&id, &fields) {
        Ok(input) => enter(&web.app, who.caller(), input).await,
        Err(error) => Err(error),
    };
    after(
        &web,
        &who,
        &headers,
        &id,
        &fields,
        outcome.map(|_| Done::Registered),
    )
    .await
}

/// Returns it to its sender.
pub(super) async fn give_back(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let outcome = match ReturnReason::from_code(fields.get("reason")) {
        Some(reason) => {
            let input = GiveBack {
                incoming_id: IncomingId::clone(&id),
                version: fields.version(),
                reason,
                words: fields.get("words").to_owned(),
            };
            return_it(&web.app, who.caller(), input).await
        }
        None => Err(AppError::refused(RefusalCode::ReturnReasonRequired)),
    };
    after(
        &web,
        &who,
        &headers,
        &id,
        &fields,
        outcome.map(|()| Done::Returned),
    )
    .await
}

/// Presents it to a leader.
pub(super) async fn present(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let outcome = match fields.get("leader").parse() {
        Ok(leader_id) => {
            let input = Present {
                incoming_id: IncomingId::clone(&id),
                version: fields.version(),
                leader_id,
                proposal: fields.get("proposal").to_owned(),
            };
            present_it(&web.app, who.caller(), input).await
        }
        Err(_) => Err(required("Lãnh đạo")),
    };
    after(
        &web,
        &who,
        &headers,
        &id,
        &fields,
        outcome.map(|()| Done::Presented),
    )
    .await
}

/// The leader directs it.
pub(super) async fn direct(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let outcome = direct_by(&web.app, who.caller(), &id, &fields).await;
    after(
        &web,
        &who,
        &headers,
        &id,
        &fields,
        outcome.map(|()| Done::Directed),
    )
    .await
}

/// Begins the draft of an answer, and goes to its editor.
pub(super) async fn reply(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: IncomingId = named(&id)?;
    let input = Draft {
        kind: DocumentKind::OfficialLetter,
        reply_to: Some(id.clone()),
    };
    match draft(&web.app, who.caller(), input).await {
        Ok(outgoing_id) => {
            Ok(Redirect::to(&format!("/outgoing/{outgoing_id}/edit")).into_response())
        }
        Err(error) => after(&web, &who, &headers, &id, &fields, Err(error)).await,
    }
}

async fn direct_by(
    app: &App,
    caller: &Caller,
    id: &IncomingId,
    fields: &Fields,
) -> Result<(), AppError> {
    let input = Direct {
        incoming_id: id.clone(),
        version: fields.version(),
        words: fields.get("words").to_owned(),
        due_day: fields.day("due", "Thời hạn")?,
        lines: chosen(fields)?,
    };
    direct_it(app, caller, input).await
}

fn entry(id: &IncomingId, fields: &Fields) -> Result<Register, AppError> {
    Ok(Register {
        incoming_id: id.clone(),
        version: fields.version(),
        due_day: fields.day("due", "Thời hạn xử lý")?,
        note: fields.get("note").to_owned(),
        despite_duplicate: fields.given("despite").map(str::to_owned),
    })
}

/// A field that must be filled.
pub(crate) fn required(field: &str) -> AppError {
    Refusal::new(RefusalCode::FieldRequired)
        .with("field", field)
        .into()
}
