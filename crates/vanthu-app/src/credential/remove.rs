//! A linked key is taken off. What it signed stays signed.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::CredentialId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::credential;

use crate::{App, AppError, Caller};

/// Takes one's own key off.
pub async fn remove(app: &App, caller: &Caller, id: &CredentialId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let row = credential::find(&mut work.tx, id)
        .await?
        .filter(|row| row.person_id == *caller.person_id() && row.removed_at.is_none())
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let now = work.now;
    credential::remove(&mut work.tx, &row, now).await?;
    let data = json!({"service": row.service});
    work.record(Act::CredentialRemoved, id, &[], data).await?;
    work.commit().await
}
