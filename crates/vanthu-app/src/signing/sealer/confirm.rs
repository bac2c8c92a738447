//! The clerk confirms a batch: exactly the documents on the page, with the password, once, within minutes.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::signing::{
    self, ItemState, Means, Purpose, SessionState, SigningItemRow, SigningRow,
};
use vanthu_store::{certificate, outgoing, seal_batch};

use super::{allowed, open, step};
use crate::account::confirm::is_caller;
use crate::finding::record::Found;
use crate::outgoing::{found, object_of};
use crate::signing::open::seconds_for;
use crate::signing::{examine, holding};
use crate::{App, AppError, Caller, Work};

/// What came in time is verified, time-stamped and embedded in this time after the deadline.
const SPARE_SECONDS: i64 = 60;

/// What the clerk confirms.
#[derive(Clone)]
pub struct Confirm {
    /// The session.
    pub signing_id: SigningId,
    /// The digest of the list that the page showed, in hexadecimal.
    pub list: String,
    /// The password.
    pub password: String,
}

/// Takes the confirmation, and lets the batch begin. A wrong password, a list that has changed, a second confirmation and a
/// late one begin nothing.
///
/// Clause: TG-22.1a, TG-22.1b, AG-17.3c, KH-2
pub async fn confirm(app: &App, caller: &Caller, input: Confirm) -> Result<(), AppError> {
    let id = &input.signing_id;
    let mut work = app.begin(caller).await?;
    let session = waiting(&mut work, caller, id).await?;
    drop(work);
    allowed(app, caller, session.purpose).await?;
    let wrong = Act::SealConfirmationRefused;
    is_caller(app, caller, &input.password, wrong, id.as_str()).await?;
    holds_the_device(app, caller, &session).await?;

    let mut work = app.begin(caller).await?;
    // The certificate before the session: whoever suspends it locks in that order.
    let suspended = examine::still_may_sign(&mut work, &session.certificate_id).await;
    let mut session = waiting(&mut work, caller, id).await?;
    suspended?;
    let mut batch = seal_batch::load(&mut work.tx, id).await?;
    let items = wanted(signing::list_items(&mut work.tx, id).await?);
    if !is_unchanged(&mut work, caller, &batch.list, &input.list, &items).await? {
        return voided(work, &session, &items).await;
    }
    let (agreeing, working) = seconds_for(app, &mut work, caller, items.len()).await?;
    let deadline = work.now.plus_seconds(agreeing + working);
    let confirmation = app.secret();
    batch.confirmation = Some(confirmation.clone());
    batch.confirmed_at = Some(work.now);
    batch.deadline = Some(deadline);
    batch.updated_at = work.now;
    seal_batch::update(&mut work.tx, &batch).await?;
    session.state = SessionState::Fetched;
    session.expires_at = deadline.plus_seconds(SPARE_SECONDS);
    signing::update(&mut work.tx, &session, SessionState::Open).await?;
    let of = certificate::load(&mut work.tx, &session.certificate_id).await?;
    let data = json!({
        "sealer": batch.sealer,
        "confirmation": confirmation,
        "list": batch.list,
        "items": items.len(),
        "serial": of.record.serial,
    });
    work.record(Act::SealConfirmed, id, &about(&items), data)
        .await?;
    let payload = json!({"signing_id": id});
    let key = Some(format!("{}:{id}", step::SEAL));
    work.enqueue(step::SEAL, key, payload).await?;
    work.commit().await
}

/// A session at the device of the server that the caller has opened and not confirmed yet.
async fn waiting(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &SigningId,
) -> Result<SigningRow, AppError> {
    let row = signing::find_locked(&mut work.tx, id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    if row.means != Means::Sealer || row.purpose != Purpose::Seal {
        return Err(super::not_at_server());
    }
    let row = crate::signing::still_open(work, row)?;
    match row.state {
        SessionState::Open => Ok(row),
        SessionState::Fetched
        | SessionState::Done
        | SessionState::Cancelled
        | SessionState::Expired => Err(AppError::refused(RefusalCode::SigningSessionUsed)),
    }
}

/// The caller is still who holds the device on record, by a decision in force.
async fn holds_the_device(
    app: &App,
    caller: &Caller,
    session: &SigningRow,
) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let of = certificate::load(&mut tx, &session.certificate_id).await?;
    let at_hand = holding::may_use(&mut tx, caller.person_id(), &of, app.now(), None).await?;
    drop(tx);
    match at_hand {
        Ok(()) => Ok(()),
        Err(stopped) => Err(stopped.tell(app, &Found::in_session(session, &of)).await),
    }
}

/// Without the documents that were left out when the session was opened.
pub(crate) fn wanted(mut items: Vec<SigningItemRow>) -> Vec<SigningItemRow> {
    items.retain(|it| it.state != ItemState::Skipped);
    items
}

fn about(items: &[SigningItemRow]) -> Vec<String> {
    let mut all: Vec<String> = items.iter().map(|it| it.outgoing_id.to_string()).collect();
    all.dedup();
    all
}

/// The page showed this list, the session holds it, and each document is as it was, and still the caller's to seal.
async fn is_unchanged(
    work: &mut Work<'_>,
    caller: &Caller,
    kept: &str,
    shown: &str,
    items: &[SigningItemRow],
) -> Result<bool, AppError> {
    if shown != kept || open::list(items)?.to_string() != kept {
        return Ok(false);
    }
    for item in items {
        let document = found(outgoing::load_locked(&mut work.tx, &item.outgoing_id).await)?;
        caller.may(Action::Seal, &object_of(&document))?;
        if document.version != item.document_version || item.state != ItemState::Waiting {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What was prepared is void: another list needs another session, and another confirmation.
async fn voided(
    mut work: Work<'_>,
    session: &SigningRow,
    items: &[SigningItemRow],
) -> Result<(), AppError> {
    let code = RefusalCode::SealListChanged;
    let result = Some(code.code().to_owned());
    crate::signing::end(&mut work, session, SessionState::Cancelled, result).await?;
    let data = json!({"reason": code.code(), "means": Means::Sealer.code()});
    work.record(Act::SigningFailed, &session.signing_id, &about(items), data)
        .await?;
    work.commit().await?;
    Err(AppError::refused(code))
}
