//! Where a session stands, for the page that waits for it.

use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::signing::{self, SigningItemRow, SigningRow};

use crate::{App, AppError, Caller};

/// The session and its items, for the account that opened it.
pub async fn state(
    app: &App,
    caller: &Caller,
    signing_id: &SigningId,
) -> Result<(SigningRow, Vec<SigningItemRow>), AppError> {
    let mut tx = app.store.read().await?;
    let row = signing::find(&mut tx, signing_id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let items = signing::list_items(&mut tx, signing_id).await?;
    Ok((row, items))
}
