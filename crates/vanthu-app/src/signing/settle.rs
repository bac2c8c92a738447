//! A person decides about a request for signatures whose end is not known: what the phone says is asked from whoever
//! holds it. Nothing that a service made is used afterwards; the document may be signed anew.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{OutgoingId, SigningId};
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::remote_signing::{self, Certainty, RemoteSigningRow, Settled};
use vanthu_store::signing::{self, SessionState, SigningRow};

use crate::signing::remote::{SPARE_SECONDS, about};
use crate::{App, AppError, Caller};

/// After so many seconds beyond its session a conversation that says nothing is over: its job was given up. The session
/// leaves time to embed each of its items, which a large one uses up long after the holder agreed.
const SILENT_SECONDS: i64 = SPARE_SECONDS;

/// Whether it can only be found out by a person what became of a session's conversation.
pub fn is_open_question(session: &SigningRow, row: &RemoteSigningRow, now: Moment) -> bool {
    let unknown = row.certainty == Some(Certainty::MaybeSigned);
    row.settled.is_none() && (unknown || is_silent(session, row, now))
}

fn is_silent(session: &SigningRow, row: &RemoteSigningRow, now: Moment) -> bool {
    row.ending.is_none() && now > session.expires_at.plus_seconds(SILENT_SECONDS)
}

/// The person who opened the session says what became of the request.
///
/// Clause: TG-22.1b
pub async fn settle(
    app: &App,
    caller: &Caller,
    id: &SigningId,
    settled: Settled,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let session = signing::find_locked(&mut work.tx, id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    // A session whose key was at hand has no conversation to ask about.
    let mut row = remote_signing::find(&mut work.tx, id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::AlreadyDecided))?;
    if !is_open_question(&session, &row, work.now) {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    if is_silent(&session, &row, work.now) {
        row.ending = Some(RefusalCode::RemoteAnswerLost.code().to_owned());
        row.certainty = Some(Certainty::MaybeSigned);
        close(&mut work, &session).await?;
    }
    row.settled = Some(settled);
    row.settled_at = Some(work.now);
    row.updated_at = work.now;
    remote_signing::update(&mut work.tx, &row).await?;
    let items = signing::list_items(&mut work.tx, id).await?;
    let mut documents: Vec<String> = items.iter().map(|it| it.outgoing_id.to_string()).collect();
    documents.dedup();
    let data = json!({"settled": settled.code(), "ending": row.ending});
    work.record(Act::SigningSettled, id, &documents, data)
        .await?;
    work.commit().await
}

async fn close(work: &mut crate::Work<'_>, session: &SigningRow) -> Result<(), AppError> {
    if matches!(session.state, SessionState::Open | SessionState::Fetched) {
        let why = RefusalCode::RemoteAnswerLost.code().to_owned();
        super::end(work, session, SessionState::Expired, Some(why)).await?;
    }
    Ok(())
}

/// A document is not asked to be signed while a service is asked already, or while it is not known whether it signed.
///
/// Clause: TG-22.1b
pub(crate) async fn nothing_is_open(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let rows = remote_signing::list_unsettled(&mut tx, caller.person_id(), id).await?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    let key = vanthu_store::credential::load(&mut tx, &row.credential_id).await?;
    let session = signing::load(&mut tx, &row.signing_id).await?;
    let service = app.key_services().find(&key.service);
    let name = service.map_or(key.service.as_str(), |it| it.name.as_str());
    let code = if is_open_question(&session, row, app.now()) {
        RefusalCode::SigningOutcomeUnknown
    } else {
        RefusalCode::SigningUnderWay
    };
    Err(about(code, name).into())
}
