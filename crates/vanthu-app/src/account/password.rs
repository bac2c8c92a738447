//! Passwords: hashed with Argon2id, changed by their owner, never the same as the last ten.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use serde_json::json;
use vanthu_domain::Randomness;
use vanthu_domain::account::{PasswordLack, password_lacks};
use vanthu_domain::audit::Act;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::{account, session};

use crate::account::password_rules;
use crate::account::session::Session;
use crate::{App, AppError};

/// Memory of one hash in KiB (RFC 9106, section 4, second recommendation scaled for two cores).
const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;

/// Hashes a password, off the async threads.
pub(crate) async fn hash(app: &App, password: &str) -> Result<String, AppError> {
    hash_with(app.ports.randomness.as_ref(), password).await
}

/// The same before there is an installation at work.
pub(crate) async fn hash_with(
    randomness: &dyn Randomness,
    password: &str,
) -> Result<String, AppError> {
    let mut salt = [0; 16];
    randomness.fill(&mut salt);
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || {
        hasher()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|e| AppError::fault("argon2", e))
    })
    .await
    .map_err(|e| AppError::fault("argon2", e))?
}

/// Whether the password is the one that was hashed.
pub(crate) async fn fits(password: &str, hash: &str) -> Result<bool, AppError> {
    let (password, hash) = (password.to_owned(), hash.to_owned());
    tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(|e| AppError::fault("argon2", e))?;
        Ok(hasher()?
            .verify_password(password.as_bytes(), &parsed)
            .is_ok())
    })
    .await
    .map_err(|e| AppError::fault("argon2", e))?
}

/// A change of one's own password.
#[derive(Clone)]
pub struct ChangePassword {
    /// The password until now.
    pub old: String,
    /// The new one.
    pub new: String,
}

/// Changes it, and ends every other session of the account.
pub async fn change(app: &App, session: &Session, input: ChangePassword) -> Result<(), AppError> {
    let caller = &session.caller;
    let mut tx = app.store.read().await?;
    let row = account::load(&mut tx, &caller.actor.account_id).await?;
    let today = app.now().day();
    let rules = password_rules(app, &mut tx, &row.person_id, today).await?;
    let past = account::list_passwords(&mut tx, &row.account_id, rules.history).await?;
    drop(tx);
    if !fits(&input.old, &row.password_hash).await? {
        return Err(AppError::refused(RefusalCode::SignInFailed));
    }
    let lacks = password_lacks(&input.new, &row.login, rules.min_chars as usize);
    if !lacks.is_empty() {
        return Err(weak(&lacks, rules.min_chars).into());
    }
    for old in std::iter::once(&row.password_hash).chain(&past) {
        if fits(&input.new, old).await? {
            return Err(AppError::refused(RefusalCode::PasswordReused));
        }
    }
    let new_hash = hash(app, &input.new).await?;
    let mut work = app.begin(caller).await?;
    let mut fresh = account::load(&mut work.tx, &row.account_id).await?;
    account::remember_password(&mut work.tx, &row.account_id, &row.password_hash, work.now).await?;
    fresh.password_hash = new_hash;
    fresh.password_changed_at = work.now;
    fresh.must_change_password = false;
    account::update(&mut work.tx, &fresh).await?;
    session::revoke_all(&mut work.tx, &row.account_id, Some(&session.hash), work.now).await?;
    work.record(Act::PasswordChanged, &row.account_id, &[], json!({}))
        .await?;
    work.commit().await
}

/// The refusal that lists what a password lacks.
pub(crate) fn weak(lacks: &[PasswordLack], min_chars: u32) -> Refusal {
    let names: Vec<String> = lacks
        .iter()
        .map(|lack| match lack {
            PasswordLack::Length => format!("ít nhất {min_chars} ký tự"),
            PasswordLack::Lower => "chữ thường".to_owned(),
            PasswordLack::Upper => "chữ hoa".to_owned(),
            PasswordLack::Digit => "chữ số".to_owned(),
            PasswordLack::Special => "ký tự đặc biệt".to_owned(),
            PasswordLack::Name => "không chứa tên tài khoản".to_owned(),
        })
        .collect();
    Refusal::new(RefusalCode::PasswordWeak).with("lacks", names.join(", "))
}

fn hasher() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|e| AppError::fault("argon2 parameters", e))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
