//! Findings (phát hiện) about the use of keys and accounts.

use sea_orm::Value;
use serde_json::Value as Json;
use vanthu_domain::Moment;
use vanthu_domain::finding::{FindingKind, FindingState, FindingTag};
use vanthu_domain::id::{AgencyId, FindingId, PersonId};

use crate::db::Tx;
use crate::error::Result;
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::{Arg as _, Field, Row, args, record};

/// A finding.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    /// The identifier.
    pub finding_id: FindingId,
    /// The agency in which it was found.
    pub agency_id: AgencyId,
    /// Of whom.
    pub person_id: PersonId,
    /// By which account.
    pub account_id: String,
    /// What was found.
    pub kind: FindingKind,
    /// When.
    pub at: Moment,
    /// In which signing session.
    pub signing_id: Option<String>,
    /// About which certificate.
    pub certificate_id: Option<String>,
    /// About which device.
    pub device_id: Option<String>,
    /// Thumbprints, addresses, names: never a secret, never content.
    pub evidence: Json,
    /// Where it stands.
    pub state: FindingState,
}

record!(
    FindingRow, "findings", [finding_id];
    finding_id, agency_id, person_id, account_id, kind, at, signing_id, certificate_id, device_id,
    evidence, state
);

impl Field for FindingState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(["state", "state_at", "state_by", "conclusion", "words"]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        let (at, by, conclusion, words) = match self {
            Self::New => (None, None, None, None),
            Self::LookedAt { at, by } => (Some(*at), Some(by.clone()), None, None),
            Self::Closed {
                at,
                by,
                conclusion,
                words,
            } => (
                Some(*at),
                Some(by.clone()),
                Some(*conclusion),
                Some(words.clone()),
            ),
        };
        values.extend([
            self.tag().arg(),
            at.arg(),
            by.arg(),
            conclusion.arg(),
            words.arg(),
        ]);
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        Ok(match row.get::<FindingTag>("state")? {
            FindingTag::New => Self::New,
            FindingTag::LookedAt => Self::LookedAt {
                at: row.get("state_at")?,
                by: row.get("state_by")?,
            },
            FindingTag::Closed => Self::Closed {
                at: row.get("state_at")?,
                by: row.get("state_by")?,
                conclusion: row.get("conclusion")?,
                words: row.get("words")?,
            },
        })
    }
}

/// What of the findings is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Of one agency.
    pub agency_id: Option<AgencyId>,
    /// Of one kind.
    pub kind: Option<FindingKind>,
    /// In one state.
    pub state: Option<FindingTag>,
    /// From that moment.
    pub from_at: Option<Moment>,
    /// Before that moment.
    pub before_at: Option<Moment>,
}

impl FindingFilter {
    fn clause(&self) -> Where {
        let mut clause = Where::new();
        clause.equals("agency_id", self.agency_id.as_ref());
        clause.equals("kind", self.kind.as_ref());
        clause.equals("state", self.state.as_ref());
        clause.compare("at >=", self.from_at.as_ref());
        clause.compare("at <", self.before_at.as_ref());
        clause
    }
}

/// Whether the same is known of the same person, in the same session and about the same
/// certificate, since that moment.
pub async fn is_known(tx: &mut Tx, like: &FindingRow, since: Moment) -> Result<bool> {
    let mut clause = Where::new();
    clause.equals("person_id", Some(&like.person_id));
    clause.equals("kind", Some(&like.kind));
    clause.compare("at >=", Some(&since));
    let same = |clause: &mut Where, column: &str, value: &Option<String>| match value {
        Some(value) => clause.equals(column, Some(value)),
        None => clause.and(format!("{column} IS NULL")),
    };
    same(&mut clause, "signing_id", &like.signing_id);
    same(&mut clause, "certificate_id", &like.certificate_id);
    let (text, args) = clause.build();
    let sql = format!("SELECT COUNT(*) FROM findings {text}");
    Ok(tx.number(&sql, args).await? > 0)
}

/// Keeps a finding.
pub async fn insert(tx: &mut Tx, finding: &FindingRow) -> Result<()> {
    tx.insert(finding).await
}

/// The finding, where there is one.
pub async fn find(tx: &mut Tx, finding_id: &FindingId) -> Result<Option<FindingRow>> {
    tx.first("WHERE finding_id = $1", args![finding_id]).await
}

/// The finding, kept from others until the transaction ends.
pub async fn find_locked(tx: &mut Tx, finding_id: &FindingId) -> Result<Option<FindingRow>> {
    let rest = format!("WHERE finding_id = $1{}", tx.for_update());
    tx.first(&rest, args![finding_id]).await
}

/// Writes a finding anew, where its state is still `from`.
pub async fn update(tx: &mut Tx, finding: &FindingRow, from: FindingTag) -> Result<()> {
    tx.update(finding, &[("state", from.arg())]).await
}

/// One page of findings, the youngest first.
pub async fn list(
    tx: &mut Tx,
    filter: &FindingFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<FindingRow>> {
    let limit = bounded(limit);
    let mut clause = filter.clause();
    if let Some(cursor) = after {
        clause.below(cursor, "at", "finding_id")?;
    }
    let (text, args) = clause.build();
    let rest = format!(
        "{text} ORDER BY at DESC, finding_id DESC LIMIT {}",
        limit + 1
    );
    let items = tx.list(&rest, args).await?;
    Ok(Page::cut(items, limit, |row: &FindingRow| {
        Cursor::new(&[row.at.unix_micros().to_string(), row.finding_id.to_string()])
    }))
}

/// How many there are.
pub async fn count(tx: &mut Tx, filter: &FindingFilter) -> Result<i64> {
    let (text, args) = filter.clause().build();
    tx.number(&format!("SELECT COUNT(*) FROM findings {text}"), args)
        .await
}
