//! Outgoing documents (văn bản đi), their versions and their recipients.

mod list;

use sea_orm::Value as Argument;
use serde_json::Value;
use vanthu_domain::id::{
    AgencyId, AuthorityId, IncomingId, OutgoingId, PersonId, UnitId, VersionId,
};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::outgoing::{GivenNumber, OutgoingState, OutgoingTag};
use vanthu_domain::{Day, Moment};

pub use list::{
    OutgoingFilter, OutgoingItem, OutgoingOrder, OutgoingReach, count, count_by_state, count_up_to,
    list,
};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, Field, Row, args, from_json, record, to_json, words};

words! {
    /// Where the document's PDF comes from.
    Source {
        /// Typeset here from the body.
        Typeset = "typeset",
        /// Uploaded as a finished PDF.
        Upload = "upload",
    }
}

/// An outgoing document.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingRow {
    /// The identifier.
    pub outgoing_id: OutgoingId,
    /// The issuing agency.
    pub agency_id: AgencyId,
    /// The drafting unit.
    pub unit_id: UnitId,
    /// The drafter.
    pub drafter_id: PersonId,
    /// The signer's authority; needed once it is submitted.
    pub authority_id: Option<AuthorityId>,
    /// The person chosen to sign; needed once it is submitted.
    pub signer_id: Option<PersonId>,
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is about (trích yếu).
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: OutgoingState,
    /// Where its PDF comes from.
    pub source: Source,
    /// The body as typed.
    pub body: String,
    /// To whom it is addressed (Kính gửi).
    pub addressees: Vec<String>,
    /// The lines of recipients as printed (Nơi nhận).
    pub recipients_text: Vec<String>,
    /// Where number, date, signature and seal go on the pages.
    pub places: Option<Value>,
    /// How many pages it has; 0 before there is a PDF.
    pub pages: u32,
    /// The blob of the PDF that stands now; needed once it is submitted.
    pub current_blob: Option<String>,
    /// The blob with the person's signature.
    pub signed_blob: Option<String>,
    /// The blob with the agency's signature.
    pub sealed_blob: Option<String>,
    /// The incoming document that it answers.
    pub reply_to: Option<IncomingId>,
    /// By when it asks for an answer.
    pub due_reply_day: Option<Day>,
    /// What searching looks through: subject, notation and names, in the form of
    /// [`fold_for_index`](vanthu_domain::text::fold_for_index).
    pub search_text: String,
    /// Counts the changes; [`update`] refuses a row read before somebody else's change.
    pub version: i64,
    /// When it was begun.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// A kept version of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRow {
    /// The identifier.
    pub version_id: VersionId,
    /// The document.
    pub outgoing_id: OutgoingId,
    /// The document's version that is kept.
    pub version: i64,
    /// Who made it.
    pub person_id: PersonId,
    /// Why it was kept, in words or by a code.
    pub why: String,
    /// What it was about.
    pub subject: String,
    /// The body.
    pub body: String,
    /// The other fields.
    pub content: Value,
    /// The blob of its PDF, where there was one.
    pub blob: Option<String>,
    /// When.
    pub at: Moment,
}

record!(
    OutgoingRow, "outgoing", [outgoing_id];
    outgoing_id, agency_id, unit_id, drafter_id, authority_id, signer_id, kind, subject, urgency,
    state, source, body, addressees, recipients_text, places, pages, current_blob, signed_blob,
    sealed_blob, reply_to, due_reply_day, search_text, version, created_at, updated_at
);
record!(
    VersionRow, "outgoing_versions", [version_id];
    version_id, outgoing_id, version, person_id, why, subject, body, content, blob, at
);

/// The state in full is in `state_json`; the other columns repeat it for lists and constraints,
/// and a row whose columns disagree is corrupt.
impl Field for OutgoingState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend([
            "state",
            "state_json",
            "state_since",
            "register_id",
            "number",
            "notation",
            "issued_day",
        ]);
    }

    fn write(&self, values: &mut Vec<Argument>) {
        let number = self.number();
        values.extend([
            self.tag().arg(),
            to_json(self).arg(),
            self.since().arg(),
            number.map(|n| n.register_id.clone()).arg(),
            number.map(|n| n.number).arg(),
            number.map(|n| n.notation.clone()).arg(),
            number.map(|n| n.day).arg(),
        ]);
    }

    fn read(row: &Row, _: &'static str) -> Result<Self> {
        let tag: OutgoingTag = row.get("state")?;
        let state: Self = from_json(&row.get::<String>("state_json")?)
            .map_err(|why| row.corrupt(format!("state_json: {why}")))?;
        let number = match row.optional("register_id")? {
            Some(register_id) => Some(GivenNumber {
                register_id,
                number: row.get("number")?,
                notation: row.get("notation")?,
                day: row.get("issued_day")?,
            }),
            None => None,
        };
        let same = state.tag() == tag
            && state.since() == row.get::<Moment>("state_since")?
            && state.number() == number.as_ref();
        if same {
            Ok(state)
        } else {
            Err(row.corrupt("the columns and state_json disagree"))
        }
    }
}

/// Inserts a document.
pub async fn insert(tx: &mut Tx, outgoing: &OutgoingRow) -> Result<()> {
    tx.insert(outgoing).await
}

/// The document, where there is one.
pub async fn find(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<Option<OutgoingRow>> {
    tx.first("WHERE outgoing_id = $1", args![outgoing_id]).await
}

/// The document, which must be there.
pub async fn load(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<OutgoingRow> {
    find(tx, outgoing_id)
        .await?
        .ok_or_else(|| missing::<OutgoingRow>(outgoing_id))
}

/// The document, kept from others until the transaction ends.
pub async fn load_locked(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<OutgoingRow> {
    let rest = format!("WHERE outgoing_id = $1{}", tx.for_update());
    tx.first(&rest, args![outgoing_id])
        .await?
        .ok_or_else(|| missing::<OutgoingRow>(outgoing_id))
}

/// Writes a document anew and counts its version up. Where somebody changed it since it was read,
/// that is a conflict and nothing happens.
pub async fn update(tx: &mut Tx, outgoing: &mut OutgoingRow) -> Result<()> {
    let read = outgoing.version;
    outgoing.version = read.saturating_add(1);
    let done = tx.update(outgoing, &[("version", read.arg())]).await;
    if done.is_err() {
        outgoing.version = read;
    }
    done
}

/// The documents that answer an incoming one, the oldest first.
pub async fn list_replies(tx: &mut Tx, incoming_id: &IncomingId) -> Result<Vec<OutgoingRow>> {
    tx.list(
        "WHERE reply_to = $1 ORDER BY outgoing_id",
        args![incoming_id],
    )
    .await
}

/// Keeps a version.
pub async fn insert_version(tx: &mut Tx, version: &VersionRow) -> Result<()> {
    tx.insert(version).await
}

/// The kept versions of a document, the youngest first.
pub async fn list_versions(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<Vec<VersionRow>> {
    tx.list(
        "WHERE outgoing_id = $1 ORDER BY version DESC",
        args![outgoing_id],
    )
    .await
}

/// The kept version, where there is one.
pub async fn find_version(tx: &mut Tx, version_id: &VersionId) -> Result<Option<VersionRow>> {
    tx.first("WHERE version_id = $1", args![version_id]).await
}

/// Sets the agencies that receive a document, in their order.
pub async fn set_recipients(
    tx: &mut Tx,
    outgoing_id: &OutgoingId,
    agency_ids: &[AgencyId],
) -> Result<()> {
    tx.run(
        "DELETE FROM outgoing_recipients WHERE outgoing_id = $1",
        args![outgoing_id],
    )
    .await?;
    let sql = "INSERT INTO outgoing_recipients (outgoing_id, agency_id, position) \
               VALUES ($1, $2, $3)";
    for (position, agency_id) in (0_u32..).zip(agency_ids) {
        tx.run(sql, args![outgoing_id, agency_id, position]).await?;
    }
    Ok(())
}

/// The agencies that receive a document, in their order.
pub async fn list_recipients(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<Vec<AgencyId>> {
    let sql = "SELECT outgoing_id, agency_id FROM outgoing_recipients WHERE outgoing_id = $1 \
               ORDER BY position, agency_id";
    let key = &["outgoing_id", "agency_id"];
    let rows = tx
        .rows("outgoing_recipients", key, sql, args![outgoing_id])
        .await?;
    rows.iter().map(|row| row.get("agency_id")).collect()
}
