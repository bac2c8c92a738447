//! Who is to sign a document has opened it (mở xem trước khi ký). Many documents can be signed with one consent; which of
//! them nobody looked at is known, and a profile may keep those out.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::{Tx, agency, ledger};

use crate::outgoing::view::load_for;
use crate::{App, AppError, Caller};

/// Puts down, once for each state of the paper, that the caller opened it; nothing where the caller is not to sign it.
pub async fn opened(app: &App, caller: &Caller, id: &OutgoingId) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let row = load_for(&mut tx, caller, id).await?;
    if !is_to_sign(caller, &row) || was_opened(&mut tx, caller, &row).await? {
        return Ok(());
    }
    drop(tx);
    let mut work = app.begin(caller).await?;
    let data = json!({"sha256": row.current_blob});
    work.record(Act::OpenedToSign, id, &[], data).await?;
    work.commit().await
}

fn is_to_sign(caller: &Caller, row: &OutgoingRow) -> bool {
    row.state.tag() == OutgoingTag::AwaitingSignature
        && caller
            .may(Action::Sign, &crate::outgoing::object_of(row))
            .is_ok()
}

/// Whether the caller opened the paper as it stands now.
pub(crate) async fn was_opened(
    tx: &mut Tx,
    caller: &Caller,
    row: &OutgoingRow,
) -> Result<bool, AppError> {
    let entries = ledger::list_about(tx, row.outgoing_id.as_str()).await?;
    Ok(entries.iter().any(|entry| {
        entry.act == Act::OpenedToSign
            && entry.person_id.as_deref() == Some(caller.person_id().as_str())
            && entry.data.get("sha256").and_then(|it| it.as_str()) == row.current_blob.as_deref()
    }))
}

/// Refuses a document that nobody looked at, of several that are signed at once, where the profile wants each opened.
///
/// Clause: TG-22.1b
pub(crate) async fn may_be_among_several(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    row: &OutgoingRow,
) -> Result<(), AppError> {
    let agency = agency::load(tx, &row.agency_id).await?;
    let profile = app.profile_of(&agency)?;
    let wants = profile
        .text(Setting::UnopenedInBatch, app.now().day())
        .value
        == "refuse";
    if wants && !was_opened(tx, caller, row).await? {
        return Err(Refusal::new(RefusalCode::SigningNotOpened).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
