//! Accounts and the passwords they had.

use sea_orm::Value;
use vanthu_domain::Moment;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::id::{AccountId, PersonId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, Field, Row, args, record};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The identifier.
    pub account_id: AccountId,
    /// Its person; no other account in use is theirs.
    pub person_id: PersonId,
    /// The name to sign in with.
    pub login: String,
    /// The password's hash in the PHC form.
    pub password_hash: String,
    /// Where it stands.
    pub state: AccountState,
    /// Wrong passwords in a row.
    pub failures: Failures,
    /// Whether the next sign-in asks for a new password.
    pub must_change_password: bool,
    /// When it was made.
    pub created_at: Moment,
    /// When the password was last changed.
    pub password_changed_at: Moment,
}

record!(
    AccountRow, "accounts", [account_id];
    account_id, person_id, login, password_hash, state, failures, must_change_password, created_at,
    password_changed_at
);

impl Field for Failures {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(["failure_count", "failure_until"]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        values.extend([self.count.arg(), self.until.arg()]);
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        Ok(Self {
            count: row.get("failure_count")?,
            until: row.get("failure_until")?,
        })
    }
}

/// Inserts an account. A conflict is over `login` or over `person_id`.
///
/// Clause: KH-2
pub async fn insert(tx: &mut Tx, account: &AccountRow) -> Result<()> {
    tx.insert(account).await
}

/// Writes an account anew. Read it with [`find_locked`] before.
pub async fn update(tx: &mut Tx, account: &AccountRow) -> Result<()> {
    tx.update(account, &[]).await
}

/// The account, where there is one.
pub async fn find(tx: &mut Tx, account_id: &AccountId) -> Result<Option<AccountRow>> {
    tx.first("WHERE account_id = $1", args![account_id]).await
}

/// The account, which must be there.
pub async fn load(tx: &mut Tx, account_id: &AccountId) -> Result<AccountRow> {
    find(tx, account_id)
        .await?
        .ok_or_else(|| missing::<AccountRow>(account_id))
}

/// The account, kept from others until the transaction ends.
pub async fn find_locked(tx: &mut Tx, account_id: &AccountId) -> Result<Option<AccountRow>> {
    let rest = format!("WHERE account_id = $1{}", tx.for_update());
    tx.first(&rest, args![account_id]).await
}

/// The account of a name, kept from others until the transaction ends: sign-in counts failures.
pub async fn find_by_login_locked(tx: &mut Tx, login: &str) -> Result<Option<AccountRow>> {
    let rest = format!("WHERE login = $1{}", tx.for_update());
    tx.first(&rest, args![login]).await
}

/// The account of a name.
pub async fn find_by_login(tx: &mut Tx, login: &str) -> Result<Option<AccountRow>> {
    tx.first("WHERE login = $1", args![login]).await
}

/// A person's account that is not withdrawn.
pub async fn find_by_person(tx: &mut Tx, person_id: &PersonId) -> Result<Option<AccountRow>> {
    tx.first(
        "WHERE person_id = $1 AND state <> 'withdrawn'",
        args![person_id],
    )
    .await
}

/// Every account by its name.
pub async fn list(tx: &mut Tx) -> Result<Vec<AccountRow>> {
    tx.list("ORDER BY login", args![]).await
}

/// Keeps a password that is being replaced.
pub async fn remember_password(
    tx: &mut Tx,
    account_id: &AccountId,
    password_hash: &str,
    replaced_at: Moment,
) -> Result<()> {
    let sql = "INSERT INTO password_history (account_id, replaced_at, password_hash) \
               VALUES ($1, $2, $3)";
    tx.run(sql, args![account_id, replaced_at, password_hash])
        .await?;
    Ok(())
}

/// The hashes of the last passwords that were replaced, the youngest first.
pub async fn list_passwords(
    tx: &mut Tx,
    account_id: &AccountId,
    count: u32,
) -> Result<Vec<String>> {
    let sql = "SELECT account_id, replaced_at, password_hash FROM password_history \
               WHERE account_id = $1 ORDER BY replaced_at DESC LIMIT $2";
    let key = &["account_id", "replaced_at"];
    let rows = tx
        .rows("password_history", key, sql, args![account_id, count])
        .await?;
    rows.iter().map(|row| row.get("password_hash")).collect()
}
