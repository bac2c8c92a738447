//! Loading an incoming document to act on it or to show it: hidden from those who may not see it.

use vanthu_domain::id::IncomingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::Tx;
use vanthu_store::incoming::{self, IncomingRow};
use vanthu_store::line::{self, LineRow};

use crate::incoming::{Lines, object_of};
use crate::outgoing::{found, hide};
use crate::{AppError, Caller, Work};

/// Loads a document to act on it, and keeps it from others until the transaction ends. Whoever may
/// not even see it is told that it isn't there.
pub(crate) async fn open(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &IncomingId,
    action: Action,
) -> Result<IncomingRow, AppError> {
    open_seen(work, caller, id, action, None).await
}

/// As [`open`], for a page that shows a version: whoever saw an older one is told of the conflict.
pub(crate) async fn open_seen(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &IncomingId,
    action: Action,
    seen_version: Option<i64>,
) -> Result<IncomingRow, AppError> {
    let row = found(incoming::load_locked(&mut work.tx, id).await)?;
    let lines = line::list_of_incoming(&mut work.tx, id).await?;
    see(caller, &row, &lines)?;
    caller.may(action, &object_of(&row, &lines, Lines::Standing))?;
    if seen_version.is_some_and(|seen| seen != row.version) {
        return Err(AppError::refused(RefusalCode::ConflictVersion));
    }
    Ok(row)
}

/// Loads a document that the caller may see, with its lines.
pub(crate) async fn load_for(
    tx: &mut Tx,
    caller: &Caller,
    id: &IncomingId,
) -> Result<(IncomingRow, Vec<LineRow>), AppError> {
    let row = found(incoming::load(tx, id).await)?;
    let lines = line::list_of_incoming(tx, id).await?;
    see(caller, &row, &lines)?;
    Ok((row, lines))
}

fn see(caller: &Caller, row: &IncomingRow, lines: &[LineRow]) -> Result<(), AppError> {
    caller
        .may(Action::ViewIncoming, &object_of(row, lines, Lines::Every))
        .map_err(|refusal| hide(refusal.code))
}
