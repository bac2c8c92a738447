//! Incoming documents (văn bản đến).

mod list;

use sea_orm::Value as Argument;
use serde_json::Value;
use vanthu_domain::id::{AgencyId, DeliveryId, IncomingId, PersonId, RegisterId};
use vanthu_domain::incoming::{Arrival, ClosingCode, IncomingState, IncomingTag};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::{Day, Moment};

pub use list::{
    IncomingFilter, IncomingItem, IncomingOrder, IncomingReach, count, count_by_state, count_up_to,
    list,
};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, Field, Row, args, from_json, record, to_json};

/// An incoming document.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingRow {
    /// The identifier.
    pub incoming_id: IncomingId,
    /// The receiving agency.
    pub agency_id: AgencyId,
    /// The delivery it came by, where it came by one.
    pub delivery_id: Option<DeliveryId>,
    /// The issuing agency, where it is known here.
    pub from_agency_id: Option<AgencyId>,
    /// The issuing agency's name as received.
    pub from_name: String,
    /// The document's key everywhere (mã định danh văn bản).
    pub document_key: String,
    /// Its number and notation as received.
    pub notation: String,
    /// Its number alone as received.
    pub number_text: String,
    /// Its day of issue.
    pub issued_day: Option<Day>,
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is about.
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// The signer's title.
    pub signer_title: String,
    /// The signer's name.
    pub signer_name: String,
    /// How many pages it has.
    pub pages: u32,
    /// The blob of its PDF.
    pub main_blob: String,
    /// The data as received; never changed.
    pub package: Value,
    /// Where it stands.
    pub state: IncomingState,
    /// The register of arrivals; needed once it is registered.
    pub register_id: Option<RegisterId>,
    /// The result of verification in full.
    pub verdict: Option<Value>,
    /// The result's word.
    pub verdict_value: Option<String>,
    /// The blob of the verification report.
    pub report_blob: Option<String>,
    /// The leader it is presented to; needed once it is presented.
    pub leader_id: Option<PersonId>,
    /// What the clerk proposes (đề xuất).
    pub proposal: String,
    /// The deadline.
    pub due_day: Option<Day>,
    /// Remarks.
    pub note: String,
    /// What searching looks through: subject, notation and names, in the form of
    /// [`fold_for_index`](vanthu_domain::text::fold_for_index).
    pub search_text: String,
    /// Counts the changes; [`update`] refuses a row read before somebody else's change.
    pub version: i64,
    /// When it arrived.
    pub arrived_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    IncomingRow, "incoming", [incoming_id];
    incoming_id, agency_id, delivery_id, from_agency_id, from_name, document_key, notation,
    number_text, issued_day, kind, subject, urgency, signer_title, signer_name, pages, main_blob,
    package, state, register_id, verdict, verdict_value, report_blob, leader_id, proposal, due_day,
    note, search_text, version, arrived_at, updated_at
);

/// The state in full is in `state_json`; the other columns repeat it for lists and constraints,
/// and a row whose columns disagree is corrupt.
impl Field for IncomingState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend([
            "state",
            "state_json",
            "state_since",
            "arrival_number",
            "arrival_day",
            "closing_code",
        ]);
    }

    fn write(&self, values: &mut Vec<Argument>) {
        let arrival = self.arrival();
        values.extend([
            self.tag().arg(),
            to_json(self).arg(),
            self.since().arg(),
            arrival.map(|a| a.number).arg(),
            arrival.map(|a| a.day).arg(),
            closing_code(self).arg(),
        ]);
    }

    fn read(row: &Row, _: &'static str) -> Result<Self> {
        let tag: IncomingTag = row.get("state")?;
        let state: Self = from_json(&row.get::<String>("state_json")?)
            .map_err(|why| row.corrupt(format!("state_json: {why}")))?;
        let arrival = match row.optional("arrival_number")? {
            Some(number) => Some(Arrival {
                number,
                day: row.get("arrival_day")?,
            }),
            None => None,
        };
        let same = state.tag() == tag
            && state.since() == row.get::<Moment>("state_since")?
            && state.arrival() == arrival
            && closing_code(&state) == row.optional("closing_code")?;
        if same {
            Ok(state)
        } else {
            Err(row.corrupt("the columns and state_json disagree"))
        }
    }
}

const fn closing_code(state: &IncomingState) -> Option<ClosingCode> {
    match state {
        IncomingState::Completed { code, .. } => Some(*code),
        _ => None,
    }
}

/// Inserts a document. A second one by the same delivery is a conflict over `delivery_id`.
pub async fn insert(tx: &mut Tx, incoming: &IncomingRow) -> Result<()> {
    tx.insert(incoming).await
}

/// The document, where there is one.
pub async fn find(tx: &mut Tx, incoming_id: &IncomingId) -> Result<Option<IncomingRow>> {
    tx.first("WHERE incoming_id = $1", args![incoming_id]).await
}

/// The document, which must be there.
pub async fn load(tx: &mut Tx, incoming_id: &IncomingId) -> Result<IncomingRow> {
    find(tx, incoming_id)
        .await?
        .ok_or_else(|| missing::<IncomingRow>(incoming_id))
}

/// The document, kept from others until the transaction ends.
pub async fn load_locked(tx: &mut Tx, incoming_id: &IncomingId) -> Result<IncomingRow> {
    let rest = format!("WHERE incoming_id = $1{}", tx.for_update());
    tx.first(&rest, args![incoming_id])
        .await?
        .ok_or_else(|| missing::<IncomingRow>(incoming_id))
}

/// The document that came by a delivery.
pub async fn find_by_delivery(
    tx: &mut Tx,
    delivery_id: &DeliveryId,
) -> Result<Option<IncomingRow>> {
    tx.first("WHERE delivery_id = $1", args![delivery_id]).await
}

/// The documents that an agency received under the same key, the oldest first: one returned, say,
/// and sent again.
pub async fn list_by_key(
    tx: &mut Tx,
    agency_id: &AgencyId,
    document_key: &str,
) -> Result<Vec<IncomingRow>> {
    tx.list(
        "WHERE agency_id = $1 AND document_key = $2 ORDER BY incoming_id",
        args![agency_id, document_key],
    )
    .await
}

/// Writes a document anew and counts its version up. Where somebody changed it since it was read,
/// that is a conflict and nothing happens.
pub async fn update(tx: &mut Tx, incoming: &mut IncomingRow) -> Result<()> {
    let read = incoming.version;
    incoming.version = read.saturating_add(1);
    let done = tx.update(incoming, &[("version", read.arg())]).await;
    if done.is_err() {
        incoming.version = read;
    }
    done
}
