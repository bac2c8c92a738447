//! What people do on a document's page. Each act answers with the page that shows its result, or
//! with the same page and the reason why it was refused.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::outgoing::approve::{Approve, approve as do_approve};
use vanthu_app::outgoing::draft::{Draft, draft};
use vanthu_app::outgoing::give_back::{GiveBack, give_back as do_give_back};
use vanthu_app::{AppError, delivery, outgoing};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::kind::DocumentKind;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::WebError;
use crate::page::fields::Fields;
use crate::page::outgoing::href;
use crate::page::outgoing::view::{parse, refused};
use crate::session::SignedIn;
use crate::state::Web;

type Answer = Result<Response, WebError>;

/// `POST /outgoing`: a new draft, and on to its editor.
pub(super) async fn create(State(web): State<Web>, who: SignedIn, fields: Fields) -> Answer {
    let kind = match fields.given("kind") {
        None => DocumentKind::OfficialLetter,
        Some(code) => code
            .parse()
            .map_err(|_| AppError::from(malformed("Tên loại văn bản")))?,
    };
    let reply_to = match fields.given("reply_to") {
        None => None,
        Some(id) => Some(
            id.parse()
                .map_err(|_| AppError::refused(RefusalCode::NotFound))?,
        ),
    };
    let id = draft(&web.app, who.caller(), Draft { kind, reply_to }).await?;
    Ok(Redirect::to(&href(&id, "edit")).into_response())
}

/// `POST …/submit`
pub(super) async fn submit(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let done = outgoing::submit::submit(&web.app, who.caller(), &id, fields.version()).await;
    after(&web, &who, &headers, &id, done, "submitted").await
}

/// `POST …/take-back`
pub(super) async fn take_back(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let done = outgoing::take_back::take_back(&web.app, who.caller(), &id, fields.version()).await;
    after(&web, &who, &headers, &id, done, "taken-back").await
}

/// `POST …/approve`
pub(super) async fn approve(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let input = Approve {
        outgoing_id: id.clone(),
        version: fields.version(),
        words: fields.get("words").to_owned(),
    };
    let done = do_approve(&web.app, who.caller(), input).await;
    after(&web, &who, &headers, &id, done, "approved").await
}

/// `POST …/give-back`. Whoever returned it may not see the draft any more; then the list answers.
pub(super) async fn give_back(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let input = GiveBack {
        outgoing_id: id.clone(),
        version: fields.version(),
        reason: fields.get("reason").to_owned(),
    };
    let done = do_give_back(&web.app, who.caller(), input).await;
    let still_seen = outgoing::view::view(&web.app, who.caller(), &id)
        .await
        .is_ok();
    if done.is_ok() && !still_seen {
        return Ok(Redirect::to("/outgoing?done=given-back").into_response());
    }
    after(&web, &who, &headers, &id, done, "given-back").await
}

/// `POST …/comment`
pub(super) async fn comment(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let done = outgoing::comment::comment(&web.app, who.caller(), &id, fields.get("words")).await;
    after(&web, &who, &headers, &id, done, "commented").await
}

/// `POST …/give-number`
pub(super) async fn give_number(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let done =
        outgoing::give_number::give_number(&web.app, who.caller(), &id, fields.version()).await;
    after(&web, &who, &headers, &id, done.map(|_| ()), "numbered").await
}

/// `POST …/void-number`
pub(super) async fn void_number(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let (seen, reason) = (fields.version(), fields.get("reason"));
    let done = outgoing::void_number::void_number(&web.app, who.caller(), &id, seen, reason).await;
    after(&web, &who, &headers, &id, done, "voided").await
}

/// `POST …/issue`
pub(super) async fn issue(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let done = outgoing::issue::issue(&web.app, who.caller(), &id, fields.version()).await;
    after(&web, &who, &headers, &id, done.map(|_| ()), "issued").await
}

/// `POST …/withdraw`
pub(super) async fn withdraw(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let (seen, reason) = (fields.version(), fields.get("reason"));
    let done = outgoing::withdraw::withdraw(&web.app, who.caller(), &id, seen, reason).await;
    after(&web, &who, &headers, &id, done, "withdrawn").await
}

/// `POST …/resend`
pub(super) async fn resend(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let id = parse(&id)?;
    let done = delivery::resend::resend(&web.app, who.caller(), &id).await;
    after(&web, &who, &headers, &id, done.map(|_| ()), "resent").await
}

/// The document's page with what was done, or with why it was not.
async fn after(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &OutgoingId,
    done: Result<(), AppError>,
    word: &str,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{}?done={word}", href(id, ""))).into_response()),
        Err(error) => refused(web, who, headers, id, error).await,
    }
}

fn malformed(field: &str) -> Refusal {
    Refusal::new(RefusalCode::FieldMalformed).with("field", field)
}
