//! Sign-in sessions, by the SHA-256 of the cookie's value: who reads the table can't take one over.

use vanthu_domain::Moment;
use vanthu_domain::id::AccountId;

use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's value in hexadecimal.
    pub session_hash: String,
    /// The account.
    pub account_id: AccountId,
    /// The value that forms must send back.
    pub csrf: String,
    /// When it began.
    pub created_at: Moment,
    /// When it was last used.
    pub seen_at: Moment,
    /// When it ends, used or not.
    pub expires_at: Moment,
    /// The address it was opened from.
    pub address: String,
    /// The browser it was opened with.
    pub browser: String,
    /// When it was ended before its time.
    pub revoked_at: Option<Moment>,
}

record!(
    SessionRow, "sessions", [session_hash];
    session_hash, account_id, csrf, created_at, seen_at, expires_at, address, browser, revoked_at
);

/// Inserts a session.
pub async fn insert(tx: &mut Tx, session: &SessionRow) -> Result<()> {
    tx.insert(session).await
}

/// The session, ended or not, where there is one.
pub async fn find(tx: &mut Tx, session_hash: &str) -> Result<Option<SessionRow>> {
    tx.first("WHERE session_hash = $1", args![session_hash])
        .await
}

/// The session, where it stands at that moment.
pub async fn find_standing(
    tx: &mut Tx,
    session_hash: &str,
    now: Moment,
) -> Result<Option<SessionRow>> {
    tx.first(
        "WHERE session_hash = $1 AND revoked_at IS NULL AND expires_at > $2",
        args![session_hash, now],
    )
    .await
}

/// Notes that it was used.
pub async fn touch(
    tx: &mut Tx,
    session_hash: &str,
    seen_at: Moment,
    expires_at: Moment,
) -> Result<()> {
    let sql = "UPDATE sessions SET seen_at = $2, expires_at = $3 \
               WHERE session_hash = $1 AND revoked_at IS NULL";
    tx.run(sql, args![session_hash, seen_at, expires_at])
        .await?;
    Ok(())
}

/// Ends one session; tells whether it stood.
pub async fn revoke(tx: &mut Tx, session_hash: &str, now: Moment) -> Result<bool> {
    let sql = "UPDATE sessions SET revoked_at = $2 WHERE session_hash = $1 AND revoked_at IS NULL";
    Ok(tx.run(sql, args![session_hash, now]).await? == 1)
}

/// Ends every session of an account, all but `except`; tells how many stood.
pub async fn revoke_all(
    tx: &mut Tx,
    account_id: &AccountId,
    except: Option<&str>,
    now: Moment,
) -> Result<u64> {
    let sql = "UPDATE sessions SET revoked_at = $2 WHERE account_id = $1 \
               AND revoked_at IS NULL AND expires_at > $2 AND session_hash <> $3";
    tx.run(sql, args![account_id, now, except.unwrap_or_default()])
        .await
}

/// The standing sessions of an account, the youngest first.
pub async fn list_standing(
    tx: &mut Tx,
    account_id: &AccountId,
    now: Moment,
) -> Result<Vec<SessionRow>> {
    tx.list(
        "WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
         ORDER BY created_at DESC, session_hash",
        args![account_id, now],
    )
    .await
}

/// Removes sessions that ended before a moment.
pub async fn remove_ended(tx: &mut Tx, before: Moment) -> Result<u64> {
    tx.run(
        "DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1",
        args![before],
    )
    .await
}
