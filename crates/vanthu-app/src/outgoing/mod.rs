//! Outgoing documents (văn bản đi): from draft to issue.

pub mod approve;
pub mod attach;
pub mod comment;
pub mod draft;
pub mod give_back;
pub mod give_number;
pub mod issue;
pub mod letter;
pub mod list;
pub mod opened;
pub mod preview;
pub mod save;
pub mod submit;
pub mod take_back;
pub mod upload;
pub mod view;
pub mod void_number;
pub mod withdraw;

use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::{Action, Object};
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text;
use vanthu_store::StoreError;
use vanthu_store::outgoing::{self, OutgoingRow};

use crate::{AppError, Caller, Work};

/// What the rules need to know of an outgoing document.
pub fn object_of(row: &OutgoingRow) -> Object {
    Object::Outgoing {
        agency_id: row.agency_id.clone(),
        unit_id: row.unit_id.clone(),
        drafter_id: row.drafter_id.clone(),
        signer_id: row.signer_id.clone(),
        state: row.state.tag(),
    }
}

/// Loads a document to act on it. Whoever may not even see it is told that it isn't there; whoever
/// saw an older version is told of the conflict and loses nothing.
pub(crate) async fn open(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &OutgoingId,
    action: Action,
    seen_version: Option<i64>,
) -> Result<OutgoingRow, AppError> {
    let row = found(outgoing::load_locked(&mut work.tx, id).await)?;
    let object = object_of(&row);
    caller
        .may(Action::ViewOutgoing, &object)
        .map_err(|refusal| hide(refusal.code))?;
    caller.may(action, &object)?;
    if seen_version.is_some_and(|seen| seen != row.version) {
        return Err(AppError::refused(RefusalCode::ConflictVersion));
    }
    Ok(row)
}

/// What is not there is refused as not found; every other trouble stays what it is.
pub(crate) fn found<T>(loaded: Result<T, StoreError>) -> Result<T, AppError> {
    match loaded {
        Err(StoreError::Missing { .. }) => Err(AppError::refused(RefusalCode::NotFound)),
        other => Ok(other?),
    }
}

/// Writes the document back, with what is searched.
pub(crate) async fn keep(work: &mut Work<'_>, row: &mut OutgoingRow) -> Result<(), AppError> {
    row.updated_at = work.now;
    row.search_text = searchable(row);
    Ok(outgoing::update(&mut work.tx, row).await?)
}

/// Number, abstract and body, folded.
fn searchable(row: &OutgoingRow) -> String {
    let number = row.state.number().map_or("", |n| n.notation.as_str());
    text::fold_for_index(&format!("{number} {} {}", row.subject, row.body))
}

/// The file that stands: sealed, signed, or as submitted.
pub(crate) fn standing_blob(row: &OutgoingRow) -> Option<&str> {
    row.sealed_blob
        .as_deref()
        .or(row.signed_blob.as_deref())
        .or(row.current_blob.as_deref())
}

/// Not being allowed to see something looks like its not being there.
pub(crate) fn hide(code: RefusalCode) -> AppError {
    match code {
        RefusalCode::NotPermitted | RefusalCode::WrongState => {
            AppError::refused(RefusalCode::NotFound)
        }
        other => AppError::refused(other),
    }
}

#[cfg(test)]
mod tests;
