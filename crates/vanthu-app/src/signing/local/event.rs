//! What the page saw of the tool's socket. It explains why nothing came, and proves nothing: a file counts when it is
//! brought to the server, a value when it verifies with the certificate that was expected.

use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_remote::local::digest;
use vanthu_remote::local::message::ToolReply;
use vanthu_remote::local::session::{PageEvent, State};
use vanthu_remote::{Ending, Failure, SignatureValue};
use vanthu_store::signing::{SessionState, SigningItemRow, SigningRow};
use vanthu_store::tool_signing::{self, ToolFlow, ToolSigningRow, ToolState};

use super::begin::digest_of;
use super::{
    conclude, conclude_anew, elapsed, item_of, keep, kept, own_session, refusal_of, refused_by_tool,
};
use crate::signing::strange;
use crate::signing::take::{Door, Value, take};
use crate::{App, AppError, Caller, Work};

/// The longest frame of the tool that is read.
pub const MOST_FRAME_BYTES: usize = 64 * 1024;

/// What the page saw.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// The socket is open.
    Opened,
    /// This frame came.
    Replied(String),
    /// The socket closed or broke.
    Closed,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Opened => "Opened",
            Self::Replied(_) => "Replied",
            Self::Closed => "Closed",
        })
    }
}

/// Takes what the page saw about an item. About one that is over it changes nothing.
///
/// Clause: TG-22.1b, TG-5.1
pub async fn event(
    app: &App,
    caller: &Caller,
    signing_id: &SigningId,
    item_id: &str,
    seen: Event,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let (session, _) = own_session(app, &mut work, caller, signing_id).await?;
    let row = tool_signing::find(&mut work.tx, signing_id, item_id)
        .await?
        .filter(|row| row.state != ToolState::Waiting)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let stands = matches!(session.state, SessionState::Open | SessionState::Fetched)
        && work.now <= session.expires_at
        && matches!(row.state, ToolState::Created | ToolState::Fetched);
    if !stands {
        return Ok(());
    }
    match row.flow {
        ToolFlow::WholeFile => of_file(work, &session, row, seen).await,
        ToolFlow::Digest => of_digest(app, work, &session, row, seen).await,
    }
}

async fn of_file(
    mut work: Work<'_>,
    session: &SigningRow,
    mut row: ToolSigningRow,
    seen: Event,
) -> Result<(), AppError> {
    let mut local = kept(&row)?;
    let after = elapsed(&row, work.now);
    let event = match seen {
        Event::Opened => PageEvent::Opened,
        Event::Closed => PageEvent::Closed,
        // What can't be read says nothing about the file, which may still come.
        Event::Replied(frame) => match ToolReply::read(&frame) {
            Some(reply) => PageEvent::Replied(reply),
            None => PageEvent::Opened,
        },
    };
    row.opened |= !matches!(event, PageEvent::Closed);
    row.closed = matches!(event, PageEvent::Closed);
    local.page(event, after);
    let state = local.state(after).clone();
    if let State::Ended(ended) = state {
        row.session = Some(serde_json::json!(local));
        let refusal = refusal_of(&ended, &row);
        let said = refusal.args.get("said").cloned();
        return conclude(work, session, &row, &refusal, said).await;
    }
    let same = row.state;
    keep(&mut work, &mut row, &local, same).await?;
    work.commit().await
}

async fn of_digest(
    app: &App,
    mut work: Work<'_>,
    session: &SigningRow,
    mut row: ToolSigningRow,
    seen: Event,
) -> Result<(), AppError> {
    let (opened, code) = (row.opened, RefusalCode::ToolNotOpened);
    match seen {
        Event::Opened => {
            row.opened = true;
            let same = row.state;
            row.updated_at = work.now;
            tool_signing::update(&mut work.tx, &row, same).await?;
            work.commit().await
        }
        // Here nothing comes by another way: closed without a word is the end.
        Event::Closed if opened => conclude(work, session, &row, &refused_by_tool(""), None).await,
        Event::Closed => conclude(work, session, &row, &Refusal::new(code), None).await,
        Event::Replied(frame) => {
            let item = item_of(&mut work, &row).await?;
            drop(work);
            answered(app, session, &row, &item, &frame).await
        }
    }
}

/// The tool answered with a value: it is verified before anything is done with it.
async fn answered(
    app: &App,
    session: &SigningRow,
    row: &ToolSigningRow,
    item: &SigningItemRow,
    frame: &str,
) -> Result<(), AppError> {
    let value = match read(app, session, item, frame).await? {
        Ok(value) => value,
        Err((refusal, said)) => {
            if refusal.code == RefusalCode::ToolDigestNotSigned {
                let mut work = app.begin_system(Some(&session.agency_id)).await?;
                tool_signing::distrust_trials(&mut work.tx, &session.account_id).await?;
                work.commit().await?;
            }
            return conclude_anew(app, row, &refusal, said).await;
        }
    };
    let signed = Value {
        signing_id: &row.signing_id,
        item_id: &row.item_id,
        signature: &value,
        door: Door::Tool,
    };
    match take(app, signed).await {
        Ok(()) => applied(app, row).await,
        // The same answer came twice, and the other one was first.
        Err(AppError::Refused(it)) if it.code == RefusalCode::SigningSessionUsed => Ok(()),
        Err(AppError::Refused(refusal)) => conclude_anew(app, row, &refusal, None).await,
        Err(fault) => Err(fault),
    }
}

/// The value in a frame, or why there is none, with what the tool said.
async fn read(
    app: &App,
    session: &SigningRow,
    item: &SigningItemRow,
    frame: &str,
) -> Result<Result<Vec<u8>, (Refusal, Option<String>)>, AppError> {
    let Some(reply) = ToolReply::read(frame) else {
        return Ok(Err((Refusal::new(RefusalCode::ToolUnreadable), None)));
    };
    let (prepared, digest) = digest_of(app, item).await?;
    let failure = match digest::signature(&reply, &digest, prepared.certificate()) {
        Ok(SignatureValue::Raw(value)) => return Ok(Ok(value)),
        Ok(SignatureValue::Cms(_)) => Failure::new(Ending::OtherForm, ""),
        Err(failure) => failure,
    };
    let code = match failure.ending {
        Ending::Refused => {
            let said = failure.said;
            return Ok(Err((refused_by_tool(&said), Some(said))));
        }
        Ending::OtherCertificate => {
            if let Ok(other) = digest::certificate(&reply) {
                let refusal = strange::brought(app, session, item, &other).await?;
                return Ok(Err((refusal, None)));
            }
            RefusalCode::ToolUnreadable
        }
        Ending::BadSignature | Ending::OtherForm => RefusalCode::ToolDigestNotSigned,
        _ => RefusalCode::ToolUnreadable,
    };
    Ok(Err((Refusal::new(code), None)))
}

/// The signature has taken its place.
pub(super) async fn applied(app: &App, row: &ToolSigningRow) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let Some(mut row) = tool_signing::find(&mut work.tx, &row.signing_id, &row.item_id).await?
    else {
        return Ok(());
    };
    let from = row.state;
    if row.flow == ToolFlow::WholeFile {
        let mut local = kept(&row)?;
        local
            .applied()
            .map_err(|error| AppError::fault("tool session", error))?;
        row.session = Some(serde_json::json!(local));
    }
    row.state = ToolState::Applied;
    row.updated_at = work.now;
    tool_signing::update(&mut work.tx, &row, from).await?;
    work.commit().await
}
