//! Opinions on a draft (ý kiến). They are only ever added.

use vanthu_domain::Moment;
use vanthu_domain::id::{OpinionId, OutgoingId, PersonId};

use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record, words};

words! {
    /// What an opinion does.
    OpinionKind {
        /// Says something (góp ý).
        Comment = "comment",
        /// Approves (duyệt).
        Approve = "approve",
        /// Returns the draft (trả lại).
        Return = "return",
    }
}

/// An opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionRow {
    /// The identifier.
    pub opinion_id: OpinionId,
    /// The document.
    pub outgoing_id: OutgoingId,
    /// Whose it is.
    pub person_id: PersonId,
    /// What it does.
    pub kind: OpinionKind,
    /// The words.
    pub words: String,
    /// When it was given.
    pub at: Moment,
}

record!(
    OpinionRow, "opinions", [opinion_id];
    opinion_id, outgoing_id, person_id, kind, words, at
);

/// Inserts an opinion.
pub async fn insert(tx: &mut Tx, opinion: &OpinionRow) -> Result<()> {
    tx.insert(opinion).await
}

/// The opinions on a document, the oldest first.
pub async fn list(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<Vec<OpinionRow>> {
    tx.list(
        "WHERE outgoing_id = $1 ORDER BY at, opinion_id",
        args![outgoing_id],
    )
    .await
}
