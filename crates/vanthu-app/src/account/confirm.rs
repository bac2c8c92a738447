//! A person who is signed in types the password once more, before something grave. Wrong ones count as at the sign-in.

use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::audit::Act;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::account;

use crate::account::{password, password_rules};
use crate::{App, AppError, Caller};

/// Whether it is the caller; a wrong password is recorded under that act, about those objects.
///
/// Clause: KH-2
pub(crate) async fn is_caller(
    app: &App,
    caller: &Caller,
    typed: &str,
    act: Act,
    object: &str,
) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let seen = account::load(&mut tx, &caller.actor.account_id).await?;
    drop(tx);
    if seen.failures.is_refused_at(app.now()) {
        return Err(AppError::refused(RefusalCode::AccountLocked));
    }
    let fits = password::fits(typed, &seen.password_hash).await?;
    let mut work = app.begin(caller).await?;
    let mut row = account::find_locked(&mut work.tx, &seen.account_id)
        .await?
        .filter(|row| row.state == AccountState::Active)
        .ok_or_else(|| AppError::refused(RefusalCode::AccountLocked))?;
    if fits {
        if row.failures != Failures::default() {
            row.failures = Failures::default();
            account::update(&mut work.tx, &row).await?;
            work.commit().await?;
        }
        return Ok(());
    }
    let today = work.today();
    let rules = password_rules(app, &mut work.tx, &row.person_id, today).await?;
    row.failures = row
        .failures
        .after_wrong_password(work.now, rules.attempts, rules.lock_hours);
    account::update(&mut work.tx, &row).await?;
    let about = [row.account_id.to_string()];
    work.record(act, object, &about, json!({})).await?;
    work.commit().await?;
    Err(AppError::refused(RefusalCode::PasswordNotConfirmed))
}
