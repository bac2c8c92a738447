//! An administrator locks an account on every channel, or unlocks it.

use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::audit::Act;
use vanthu_domain::id::AccountId;
use vanthu_domain::permission::{Action, Object};
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text;
use vanthu_store::account::{self, AccountRow};
use vanthu_store::{person, session};

use crate::{App, AppError, Caller, Work};

/// Locks it: no sign-in, every session ended, every open signing session cancelled,
/// every signing agent unpaired, at once.
///
/// Clause: KH-2, TD-3
pub async fn lock(
    app: &App,
    caller: &Caller,
    id: &AccountId,
    reason: &str,
) -> Result<(), AppError> {
    let reason = text::clean(reason);
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::OpinionRequired));
    }
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id).await?;
    if row.state != AccountState::Active {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    row.state = AccountState::Locked;
    account::update(&mut work.tx, &row).await?;
    let now = work.now;
    let ended = session::revoke_all(&mut work.tx, id, None, now).await?;
    crate::signing::end_all(&mut work, id, "account-locked").await?;
    crate::agent::end::end_all(&mut work, id, "account-locked").await?;
    let data = json!({"reason": reason, "sessions_ended": ended});
    work.record(Act::AccountLocked, id, &[row.person_id.to_string()], data)
        .await?;
    work.commit().await
}

/// Unlocks it, and forgets wrong passwords.
pub async fn unlock(
    app: &App,
    caller: &Caller,
    id: &AccountId,
    reason: &str,
) -> Result<(), AppError> {
    let reason = text::clean(reason);
    if reason.is_empty() {
        return Err(AppError::refused(RefusalCode::OpinionRequired));
    }
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id).await?;
    let refused_now = row.failures.is_refused_at(work.now);
    if row.state == AccountState::Withdrawn || (row.state == AccountState::Active && !refused_now) {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    row.state = AccountState::Active;
    row.failures = Failures::default();
    account::update(&mut work.tx, &row).await?;
    let data = json!({"reason": reason});
    work.record(Act::AccountUnlocked, id, &[row.person_id.to_string()], data)
        .await?;
    work.commit().await
}

/// Loads an account of an agency that the caller administers.
async fn open(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &AccountId,
) -> Result<AccountRow, AppError> {
    let row = account::find_locked(&mut work.tx, id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let today = work.today();
    let posts = person::list_posts(&mut work.tx, &row.person_id, today).await?;
    let mut refusal = AppError::refused(RefusalCode::NotFound);
    for post in posts {
        match caller.may(
            Action::LockAccount,
            &Object::Agency {
                agency_id: post.agency_id,
            },
        ) {
            Ok(()) => return Ok(row),
            Err(other) => refusal = other.into(),
        }
    }
    Err(refusal)
}
