//! Accounts: signing in and out, sessions, passwords, locking.

pub(crate) mod confirm;
pub mod list;
pub mod lock;
pub mod make;
pub mod password;
pub mod profile;
pub mod session;
pub mod sign_in;

use vanthu_domain::id::PersonId;
use vanthu_domain::permission::{Actor, Seat};
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::{Day, Moment, account::AccountState};
use vanthu_store::account::AccountRow;
use vanthu_store::{Tx, agency, person};

use crate::{AppError, Caller};

/// The caller of an account, with today's posts. The agency is that of the oldest post.
pub(crate) async fn caller_of(
    tx: &mut Tx,
    account: &AccountRow,
    today: Day,
) -> Result<Caller, AppError> {
    let posts = person::list_posts(tx, &account.person_id, today).await?;
    let full_name = person::load(tx, &account.person_id).await?.full_name;
    let first = posts
        .first()
        .ok_or_else(|| AppError::refused(RefusalCode::NotPermitted))?;
    Ok(Caller {
        login: account.login.clone(),
        full_name,
        title: first.title.clone(),
        agency_id: first.agency_id.clone(),
        actor: Actor {
            account_id: account.account_id.clone(),
            person_id: account.person_id.clone(),
            active: account.state == AccountState::Active,
            posts: posts
                .into_iter()
                .map(|p| Seat {
                    agency_id: p.agency_id,
                    unit_id: p.unit_id,
                    role: p.role,
                })
                .collect(),
        },
    })
}

/// What the profile in force says of passwords and sessions (QCVN 12:2026/BCA, 3.6 and 3.7).
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordRules {
    pub(crate) min_chars: u32,
    pub(crate) history: u32,
    pub(crate) attempts: u32,
    pub(crate) lock_hours: u32,
    pub(crate) idle_minutes: u32,
}

impl PasswordRules {
    /// A session without a request until then has ended.
    pub(crate) fn idle_until(&self, now: Moment) -> Moment {
        now.plus_seconds(i64::from(self.idle_minutes) * 60)
    }
}

/// The rules of the agency where a person works.
pub(crate) async fn password_rules(
    app: &crate::App,
    tx: &mut Tx,
    person_id: &PersonId,
    today: Day,
) -> Result<PasswordRules, AppError> {
    let posts = person::list_posts(tx, person_id, today).await?;
    let post = posts
        .first()
        .ok_or_else(|| AppError::refused(RefusalCode::NotPermitted))?;
    let agency = agency::load(tx, &post.agency_id).await?;
    let profile = app.profile_of(&agency)?;
    let number = |setting| u32::try_from(profile.number(setting, today).value).unwrap_or(u32::MAX);
    Ok(PasswordRules {
        min_chars: number(Setting::PasswordMinChars),
        history: number(Setting::PasswordHistory),
        attempts: number(Setting::LockOutAttempts),
        lock_hours: number(Setting::LockOutHours),
        idle_minutes: number(Setting::SessionIdleMinutes),
    })
}
