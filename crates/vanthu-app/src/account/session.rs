//! Sessions: kept on the server, bound to the browser that signed in, ended from either side.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use vanthu_domain::Moment;
use vanthu_domain::account::AccountState;
use vanthu_domain::audit::Act;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::account::AccountRow;
use vanthu_store::session::{self, SessionRow};
use vanthu_store::{Tx, account, ledger};

use crate::account::{caller_of, password_rules};
use crate::{App, AppError, Caller};

/// How often a session's last use is written down.
const TOUCH_SECONDS: i64 = 60;

/// A session that stands.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who is signed in.
    pub caller: Caller,
    /// The token that forms repeat.
    pub csrf: String,
    /// The hash of the cookie's secret: the session's own name.
    pub hash: String,
    /// The password must be changed before anything else.
    pub must_change_password: bool,
    /// The ledger's newest entry when the request began. News for the page that answers it begin
    /// here: what happens while the page is put together is told again, and never missed.
    pub news_after: i64,
}

/// The session behind a cookie; none where it has ended, or where another browser shows it.
///
/// Clause: KH-2
pub async fn resolve(app: &App, secret: &str, browser: &str) -> Result<Option<Session>, AppError> {
    let now = app.now();
    let hash = hash_of(secret);
    let mut tx = app.store.read().await?;
    let Some(row) = session::find_standing(&mut tx, &hash, now).await? else {
        return Ok(None);
    };
    let account = account::load(&mut tx, &row.account_id).await?;
    if row.browser != browser || account.state != AccountState::Active {
        return Ok(None);
    }
    let caller = caller_of(&mut tx, &account, now.day()).await?;
    let rules = password_rules(app, &mut tx, &account.person_id, now.day()).await?;
    let (news_after, _) = ledger::find_head(&mut tx).await?;
    drop(tx);
    if now.seconds_since(row.seen_at) > TOUCH_SECONDS {
        let mut tx = app.store.write().await?;
        session::touch(&mut tx, &hash, now, rules.idle_until(now)).await?;
        tx.commit().await?;
    }
    Ok(Some(Session {
        caller,
        csrf: row.csrf,
        hash,
        must_change_password: account.must_change_password,
        news_after,
    }))
}

/// Opens a session in the transaction; gives the secret for the cookie.
pub(crate) async fn open(
    app: &App,
    tx: &mut Tx,
    account: &AccountRow,
    address: &str,
    browser: &str,
    now: Moment,
) -> Result<String, AppError> {
    let rules = password_rules(app, tx, &account.person_id, now.day()).await?;
    let secret = app.secret();
    let row = SessionRow {
        session_hash: hash_of(&secret),
        account_id: account.account_id.clone(),
        csrf: app.secret(),
        created_at: now,
        seen_at: now,
        expires_at: rules.idle_until(now),
        address: address.to_owned(),
        browser: browser.to_owned(),
        revoked_at: None,
    };
    session::insert(tx, &row).await?;
    Ok(secret)
}

/// Ends the caller's own session.
pub async fn sign_out(app: &App, session: &Session) -> Result<(), AppError> {
    let mut work = app.begin(&session.caller).await?;
    session::revoke(&mut work.tx, &session.hash, work.now).await?;
    let object = session.caller.actor.account_id.clone();
    work.record(Act::SignedOut, object, &[], json!({})).await?;
    work.commit().await
}

/// The caller's standing sessions, newest first, without their secrets.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<SessionRow>, AppError> {
    let mut tx = app.store.read().await?;
    Ok(session::list_standing(&mut tx, &caller.actor.account_id, app.now()).await?)
}

/// Ends another session of the caller.
pub async fn end(app: &App, caller: &Caller, hash: &str) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let row = session::find(&mut work.tx, hash)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    session::revoke(&mut work.tx, &row.session_hash, work.now).await?;
    let object = caller.actor.account_id.clone();
    work.record(
        Act::SessionEnded,
        object,
        &[],
        json!({"address": row.address}),
    )
    .await?;
    work.commit().await
}

/// What is kept of a secret.
pub(crate) fn hash_of(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
