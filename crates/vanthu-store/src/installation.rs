//! What is known of the installation as a whole: a value by key.

use crate::db::Tx;
use crate::error::Result;
use crate::record::args;

const TABLE: &str = "installation";

/// The value of a key.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let sql = "SELECT key, value FROM installation WHERE key = $1";
    let rows = tx.rows(TABLE, &["key"], sql, args![key]).await?;
    rows.first().map(|row| row.get("value")).transpose()
}

/// Sets the value of a key.
pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO installation (key, value) VALUES ($1, $2) \
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.run(sql, args![key, value]).await?;
    Ok(())
}

/// Sets the value of a key that has none yet; tells whether it did.
pub async fn set_once(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let sql = "INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, args![key, value]).await? == 1)
}
