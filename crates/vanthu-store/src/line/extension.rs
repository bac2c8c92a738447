//! Requests for more time (đề nghị gia hạn).

use sea_orm::Value;
use vanthu_domain::id::{ExtensionId, LineId, PersonId};
use vanthu_domain::line::ExtensionState;
use vanthu_domain::{Day, Moment};

use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, Field, Row, args, record};

/// A request for more time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionRow {
    /// The identifier.
    pub extension_id: ExtensionId,
    /// The line.
    pub line_id: LineId,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: Moment,
    /// The deadline asked for.
    pub until_day: Day,
    /// Why.
    pub reason: String,
    /// What became of it.
    pub state: ExtensionState,
    /// Who decided.
    pub decided_by: Option<PersonId>,
}

record!(
    ExtensionRow, "extensions", [extension_id];
    extension_id, line_id, asked_by, asked_at, until_day, reason, state, decided_by
);

impl Field for ExtensionState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(["state", "decided_at", "granted_until", "decision_words"]);
    }

    fn write(&self, values: &mut Vec<Value>) {
        let (word, at, until, words) = match self {
            Self::Asked => ("asked", None, None, None),
            Self::Granted { at, until } => ("granted", Some(*at), Some(*until), None),
            Self::Refused { at, reason } => ("refused", Some(*at), None, Some(reason.clone())),
        };
        values.extend([word.arg(), at.arg(), until.arg(), words.arg()]);
    }

    fn read(row: &Row, _: &'static str) -> Result<Self> {
        match row.get::<String>("state")?.as_str() {
            "asked" => Ok(Self::Asked),
            "granted" => Ok(Self::Granted {
                at: row.get("decided_at")?,
                until: row.get("granted_until")?,
            }),
            "refused" => Ok(Self::Refused {
                at: row.get("decided_at")?,
                reason: row.get("decision_words")?,
            }),
            other => Err(row.corrupt(format!("no state of a request for more time: {other}"))),
        }
    }
}

/// Inserts a request. While one waits for the same line, that is a conflict over `line_id`.
pub async fn insert_extension(tx: &mut Tx, extension: &ExtensionRow) -> Result<()> {
    tx.insert(extension).await
}

/// Writes a decision. One that was decided already is a conflict.
pub async fn update_extension(tx: &mut Tx, extension: &ExtensionRow) -> Result<()> {
    tx.update(extension, &[("state", "asked".arg())]).await
}

/// The request, where there is one.
pub async fn find_extension(
    tx: &mut Tx,
    extension_id: &ExtensionId,
) -> Result<Option<ExtensionRow>> {
    tx.first("WHERE extension_id = $1", args![extension_id])
        .await
}

/// The request that waits for a decision on a line.
pub async fn find_asked(tx: &mut Tx, line_id: &LineId) -> Result<Option<ExtensionRow>> {
    tx.first("WHERE line_id = $1 AND state = 'asked'", args![line_id])
        .await
}

/// The requests on a line, the oldest first.
pub async fn list_extensions(tx: &mut Tx, line_id: &LineId) -> Result<Vec<ExtensionRow>> {
    tx.list(
        "WHERE line_id = $1 ORDER BY asked_at, extension_id",
        args![line_id],
    )
    .await
}

/// The requests that wait for a person's decision: those on lines that the person gave.
pub async fn list_asked_of(tx: &mut Tx, given_by: &PersonId) -> Result<Vec<ExtensionRow>> {
    tx.list(
        "WHERE state = 'asked' AND line_id IN (SELECT l.line_id FROM lines l WHERE l.given_by = $1) \
         ORDER BY asked_at, extension_id",
        args![given_by],
    )
    .await
}
