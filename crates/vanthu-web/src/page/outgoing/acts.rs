//! What people do on a document's page. Each act answers with the page that shows its result, or
//! with the same page and the reason why it was refused.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::outgoing::approve::{Approve, approve as do_approve};
use vanthu_app::outgoing::draft::{Draft, draft};
use vanthu_app::outgoing::give_back::{GiveBack, give_back as do_give_back};
use vanthu_app::outgoing::view::view;
use vanthu_app::{AppError, delivery, outgoing};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::kind::DocumentKind;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::act::Act;
use crate::error::WebError;
use crate::page::fields::Fields;
use crate::page::outgoing::href;
use crate::page::outgoing::view::refused;
use crate::session::SignedIn;
use crate::state::Web;

type Form = Act<OutgoingId, Fields>;
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
pub(super) async fn submit(act: Form) -> Answer {
    let seen = act.given.version();
    let done = outgoing::submit::submit(act.app(), act.caller(), &act.id, seen).await;
    after(&act, "submitted", done).await
}

/// `POST …/take-back`
pub(super) async fn take_back(act: Form) -> Answer {
    let seen = act.given.version();
    let done = outgoing::take_back::take_back(act.app(), act.caller(), &act.id, seen).await;
    after(&act, "taken-back", done).await
}

/// `POST …/approve`
pub(super) async fn approve(act: Form) -> Answer {
    let input = Approve {
        outgoing_id: act.id.clone(),
        version: act.given.version(),
        words: act.given.get("words").to_owned(),
    };
    let done = do_approve(act.app(), act.caller(), input).await;
    after(&act, "approved", done).await
}

/// `POST …/give-back`. Whoever returned it may not see the draft any more; then the list answers.
pub(super) async fn give_back(act: Form) -> Answer {
    let input = GiveBack {
        outgoing_id: act.id.clone(),
        version: act.given.version(),
        reason: act.given.get("reason").to_owned(),
    };
    let done = do_give_back(act.app(), act.caller(), input).await;
    if done.is_ok() && view(act.app(), act.caller(), &act.id).await.is_err() {
        return Ok(Redirect::to("/outgoing?done=given-back").into_response());
    }
    after(&act, "given-back", done).await
}

/// `POST …/comment`
pub(super) async fn comment(act: Form) -> Answer {
    let words = act.given.get("words");
    let done = outgoing::comment::comment(act.app(), act.caller(), &act.id, words).await;
    after(&act, "commented", done).await
}

/// `POST …/give-number`
pub(super) async fn give_number(act: Form) -> Answer {
    let seen = act.given.version();
    let done = outgoing::give_number::give_number(act.app(), act.caller(), &act.id, seen).await;
    after(&act, "numbered", done).await
}

/// `POST …/void-number`
pub(super) async fn void_number(act: Form) -> Answer {
    let (seen, why) = (act.given.version(), act.given.get("reason"));
    let done =
        outgoing::void_number::void_number(act.app(), act.caller(), &act.id, seen, why).await;
    after(&act, "voided", done).await
}

/// `POST …/issue`
pub(super) async fn issue(act: Form) -> Answer {
    let seen = act.given.version();
    let done = outgoing::issue::issue(act.app(), act.caller(), &act.id, seen).await;
    after(&act, "issued", done).await
}

/// `POST …/withdraw`
pub(super) async fn withdraw(act: Form) -> Answer {
    let (seen, why) = (act.given.version(), act.given.get("reason"));
    let done = outgoing::withdraw::withdraw(act.app(), act.caller(), &act.id, seen, why).await;
    after(&act, "withdrawn", done).await
}

/// `POST …/resend`
pub(super) async fn resend(act: Form) -> Answer {
    let done = delivery::resend::resend(act.app(), act.caller(), &act.id).await;
    after(&act, "resent", done).await
}

/// The document's page with what was done, or with why it was not.
async fn after<T>(act: &Form, word: &str, done: Result<T, AppError>) -> Answer {
    match done {
        Ok(_) => Ok(Redirect::to(&format!("{}?done={word}", href(&act.id, ""))).into_response()),
        Err(error) => refused(&act.web, &act.who, &act.headers, &act.id, error).await,
    }
}

fn malformed(field: &str) -> Refusal {
    Refusal::new(RefusalCode::FieldMalformed).with("field", field)
}
