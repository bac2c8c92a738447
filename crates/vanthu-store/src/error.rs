//! What can go wrong in the store, told apart by what the caller can do about it.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// The result of everything here.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A fault of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What the caller named is not there.
    #[error("{table} holds no {id}")]
    Missing {
        /// The table.
        table: &'static str,
        /// The key that was looked for.
        id: String,
    },
    /// Somebody else was faster: the row has changed since it was read, or a unique value is taken.
    #[error("conflict in {table}: {constraint}")]
    Conflict {
        /// The table.
        table: String,
        /// The constraint, or the columns that must be unique; `version` or `state` where the row
        /// has changed since it was read.
        constraint: String,
    },
    /// The database can't be reached, is locked, or closed the transaction. Trying again may help.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// No space is left on the disk.
    #[error("no space is left: {0}")]
    Full(String),
    /// A row or a blob is not what it must be.
    #[error("{table} {id} is corrupt: {why}")]
    Corrupt {
        /// The table, or `blobs`.
        table: &'static str,
        /// The key.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// Any other fault, among them a mistake of the program such as a broken reference.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// Whether a unique value is taken in that table, by a constraint over that column.
    pub fn is_taken(&self, of_table: &str, column: &str) -> bool {
        matches!(self, Self::Conflict { table, constraint }
            if table == of_table && constraint.contains(column))
    }

    /// Whether the row has changed since it was read, or a unique value is taken.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    pub(crate) fn stale(table: &'static str, column: &str) -> Self {
        Self::Conflict {
            table: table.to_owned(),
            constraint: column.to_owned(),
        }
    }

    pub(crate) fn corrupt(table: &'static str, id: &str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            table,
            id: id.to_owned(),
            why: why.to_string(),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let text = error.to_string();
        match error {
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => from_sqlx(&cause, text),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(text),
            _ => Self::Other(text),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        from_io(&error, error.to_string())
    }
}

fn from_sqlx(cause: &SqlxError, text: String) -> StoreError {
    match cause {
        SqlxError::Database(inner) => {
            let code = inner.code().unwrap_or_default();
            let known = crate::db::classify(&code);
            match known {
                crate::db::Trouble::Taken => {
                    taken(inner.table(), inner.constraint(), inner.message())
                }
                crate::db::Trouble::Full => StoreError::Full(text),
                crate::db::Trouble::Unavailable => StoreError::Unavailable(text),
                crate::db::Trouble::Other => StoreError::Other(text),
            }
        }
        SqlxError::Io(inner) => from_io(inner, text),
        // What the program asked wrongly stays a fault; whatever else breaks is the connection, which
        // may be cut in the middle of a message and then tells it in many ways.
        SqlxError::RowNotFound
        | SqlxError::TypeNotFound { .. }
        | SqlxError::ColumnIndexOutOfBounds { .. }
        | SqlxError::ColumnNotFound(_)
        | SqlxError::ColumnDecode { .. }
        | SqlxError::Encode(_)
        | SqlxError::Decode(_)
        | SqlxError::Configuration(_) => StoreError::Other(text),
        _ => StoreError::Unavailable(text),
    }
}

fn from_io(error: &std::io::Error, text: String) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            StoreError::Full(text)
        }
        std::io::ErrorKind::OutOfMemory => StoreError::Other(text),
        _ => StoreError::Unavailable(text),
    }
}

/// PostgreSQL names table and constraint; SQLite says `UNIQUE constraint failed: t.a, t.b`.
fn taken(table: Option<&str>, constraint: Option<&str>, message: &str) -> StoreError {
    if let (Some(table), Some(constraint)) = (table, constraint) {
        return StoreError::Conflict {
            table: table.to_owned(),
            constraint: constraint.to_owned(),
        };
    }
    let columns = message.rsplit(": ").next().unwrap_or(message);
    let table = columns.split('.').next().unwrap_or_default().to_owned();
    let names: Vec<&str> = columns
        .split(", ")
        .filter_map(|column| column.split('.').nth(1))
        .collect();
    StoreError::Conflict {
        table,
        constraint: names.join("_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_value_is_named_alike_on_both_databases() {
        let sqlite = taken(
            None,
            None,
            "UNIQUE constraint failed: registers.agency_id, registers.direction, registers.year",
        );
        let postgres = taken(
            Some("registers"),
            Some("registers_agency_id_direction_year_key"),
            "duplicate key value violates unique constraint",
        );
        for error in [sqlite, postgres] {
            assert!(
                error.is_taken("registers", "agency_id_direction_year"),
                "{error}"
            );
            assert!(!error.is_taken("accounts", "login"));
        }
    }
}
