//! Signing in with a password.

use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::audit::Act;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::account;

use crate::account::{password, password_rules, session};
use crate::{App, AppError};

/// A hash that no password fits, so that an unknown name takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What somebody gives to sign in.
#[derive(Clone)]
pub struct SignIn {
    /// The account's name.
    pub login: String,
    /// The password.
    pub password: String,
    /// The address that asks.
    pub address: String,
    /// The browser, as it names itself.
    pub browser: String,
}

/// Signs in; gives the secret for the cookie. Name and password are refused alike, so that nobody
/// learns which accounts there are.
///
/// Clause: KH-2
pub async fn sign_in(app: &App, input: SignIn) -> Result<String, AppError> {
    let login = input.login.trim().to_lowercase();
    let mut tx = app.store.read().await?;
    let found = account::find_by_login(&mut tx, &login).await?;
    drop(tx);
    let Some(seen) = found else {
        password::fits(&input.password, NOBODY).await?;
        return Err(AppError::refused(RefusalCode::SignInFailed));
    };
    if seen.failures.is_refused_at(app.now()) {
        return Err(AppError::refused(RefusalCode::AccountLocked));
    }
    let fits = password::fits(&input.password, &seen.password_hash).await?;
    let mut work = app.begin_system(None).await?;
    let mut row = account::find_locked(&mut work.tx, &seen.account_id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::SignInFailed))?;
    let about = [row.person_id.to_string()];
    let data = json!({"address": input.address, "browser": input.browser});
    if !fits {
        let today = work.today();
        let rules = password_rules(app, &mut work.tx, &row.person_id, today).await?;
        row.failures =
            row.failures
                .after_wrong_password(work.now, rules.attempts, rules.lock_hours);
        account::update(&mut work.tx, &row).await?;
        work.record(Act::SignInRefused, &row.account_id, &about, data)
            .await?;
        work.commit().await?;
        return Err(AppError::refused(RefusalCode::SignInFailed));
    }
    if row.state != AccountState::Active {
        return Err(AppError::refused(RefusalCode::AccountLocked));
    }
    row.failures = Failures::default();
    account::update(&mut work.tx, &row).await?;
    let now = work.now;
    let secret =
        session::open(app, &mut work.tx, &row, &input.address, &input.browser, now).await?;
    work.record(Act::SignedIn, &row.account_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(secret)
}
