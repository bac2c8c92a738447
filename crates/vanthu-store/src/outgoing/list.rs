//! Lists and counts of outgoing documents: one predicate for both.

use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::{AgencyId, IncomingId, OutgoingId, PersonId, RegisterId, UnitId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::{Day, Moment};

use crate::db::Tx;
use crate::error::Result;
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::record;

/// An outgoing document in a list: without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingItem {
    /// The identifier.
    pub outgoing_id: OutgoingId,
    /// The issuing agency.
    pub agency_id: AgencyId,
    /// The drafting unit.
    pub unit_id: UnitId,
    /// The drafter.
    pub drafter_id: PersonId,
    /// The person chosen to sign.
    pub signer_id: Option<PersonId>,
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is about.
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: OutgoingTag,
    /// Since when.
    pub state_since: Moment,
    /// Number and notation, once it has them.
    pub notation: Option<String>,
    /// The day of issue, once it has one.
    pub issued_day: Option<Day>,
    /// How many pages it has.
    pub pages: u32,
    /// The blob of the PDF that stands now.
    pub current_blob: Option<String>,
    /// The incoming document that it answers.
    pub reply_to: Option<IncomingId>,
    /// By when it asks for an answer.
    pub due_reply_day: Option<Day>,
    /// Its version.
    pub version: i64,
    /// When it was begun.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    OutgoingItem, "outgoing", [outgoing_id];
    outgoing_id, agency_id, unit_id, drafter_id, signer_id, kind, subject, urgency, state,
    state_since, notation, issued_day, pages, current_blob, reply_to, due_reply_day, version,
    created_at, updated_at
);

/// Which documents. An empty field asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutgoingFilter {
    /// Of this agency.
    pub agency_id: Option<AgencyId>,
    /// In one of these states.
    pub states: Vec<OutgoingTag>,
    /// Drafted in one of these units.
    pub unit_ids: Vec<UnitId>,
    /// By this drafter.
    pub drafter_id: Option<PersonId>,
    /// For this signer.
    pub signer_id: Option<PersonId>,
    /// Of this kind.
    pub kind: Option<DocumentKind>,
    /// Of this urgency.
    pub urgency: Option<Urgency>,
    /// Of this urgency or a higher one.
    pub urgency_from: Option<Urgency>,
    /// Addressed to this agency.
    pub to_agency_id: Option<AgencyId>,
    /// An answer to it was asked for on this day or later.
    pub reply_due_from: Option<Day>,
    /// An answer to it was asked for before this day.
    pub reply_due_before: Option<Day>,
    /// Numbered in this register.
    pub register_id: Option<RegisterId>,
    /// Issued on this day or later.
    pub issued_from: Option<Day>,
    /// Issued on this day or earlier.
    pub issued_until: Option<Day>,
    /// A draft that came back from review or signing, or one that did not.
    pub returned: Option<bool>,
    /// With a delivery in one of these states.
    pub delivery_states: Vec<DeliveryState>,
    /// Whose search text holds every word of this text, in the form of
    /// [`fold`](vanthu_domain::text::fold).
    pub text: Option<String>,
    /// What the reader may see: within one of these. Empty where the fields above say it all.
    pub reach: Vec<OutgoingReach>,
    /// Picked by this filter as well.
    pub within: Option<Box<Self>>,
}

/// A set of documents that somebody may see. Every field that is set narrows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutgoingReach {
    /// Of this agency.
    pub agency_id: Option<AgencyId>,
    /// Drafted in this unit.
    pub unit_id: Option<UnitId>,
    /// By this drafter.
    pub drafter_id: Option<PersonId>,
    /// For this signer.
    pub signer_id: Option<PersonId>,
    /// In one of these states; in any where empty.
    pub states: Vec<OutgoingTag>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutgoingOrder {
    /// What was changed last comes first.
    #[default]
    Newest,
    /// The most urgent first, among them what has waited longest.
    ///
    /// Clause: TG-5.2b
    MostUrgent,
}

/// One page of the documents that a filter picks.
pub async fn list(
    tx: &mut Tx,
    filter: &OutgoingFilter,
    order: OutgoingOrder,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<OutgoingItem>> {
    let limit = bounded(limit);
    let mut clause = filter.clause();
    if let Some(cursor) = after {
        match order {
            OutgoingOrder::Newest => clause.below(cursor, "updated_at", "outgoing_id")?,
            OutgoingOrder::MostUrgent => {
                clause.after_urgent(cursor, "urgency", "state_since", "outgoing_id")?;
            }
        }
    }
    let sort = match order {
        OutgoingOrder::Newest => "updated_at DESC, outgoing_id DESC",
        OutgoingOrder::MostUrgent => "urgency DESC, state_since, outgoing_id",
    };
    let (text, args) = clause.build();
    let rest = format!("{text} ORDER BY {sort} LIMIT {}", limit + 1);
    let items = tx.list::<OutgoingItem>(&rest, args).await?;
    Ok(Page::cut(items, limit, |item| match order {
        OutgoingOrder::Newest => Cursor::new(&[
            item.updated_at.unix_micros().to_string(),
            item.outgoing_id.to_string(),
        ]),
        OutgoingOrder::MostUrgent => Cursor::new(&[
            item.urgency.number().to_string(),
            item.state_since.unix_micros().to_string(),
            item.outgoing_id.to_string(),
        ]),
    }))
}

/// How many documents a filter picks.
pub async fn count(tx: &mut Tx, filter: &OutgoingFilter) -> Result<i64> {
    let (text, args) = filter.clause().build();
    tx.number(&format!("SELECT COUNT(*) FROM outgoing {text}"), args)
        .await
}

/// How many documents a filter picks, counted up to `most`: what lies beyond need not be visited.
pub async fn count_up_to(tx: &mut Tx, filter: &OutgoingFilter, most: u32) -> Result<i64> {
    let (text, args) = filter.clause().build();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT outgoing_id FROM outgoing {text} LIMIT {most}) AS first_ones"
    );
    tx.number(&sql, args).await
}

/// How many documents a filter picks in each state; states without any are left out.
pub async fn count_by_state(
    tx: &mut Tx,
    filter: &OutgoingFilter,
) -> Result<Vec<(OutgoingTag, i64)>> {
    let (text, args) = filter.clause().build();
    let sql = format!("SELECT state, COUNT(*) AS amount FROM outgoing {text} GROUP BY state");
    let rows = tx.rows("outgoing", &["state"], &sql, args).await?;
    let mut counts: Vec<(OutgoingTag, i64)> = rows
        .iter()
        .map(|row| Ok((row.get("state")?, row.get("amount")?)))
        .collect::<Result<_>>()?;
    counts.sort_unstable();
    Ok(counts)
}

impl OutgoingFilter {
    fn clause(&self) -> Where {
        let mut clause = Where::new();
        self.add_to(&mut clause);
        clause
    }

    fn add_to(&self, clause: &mut Where) {
        clause.equals("agency_id", self.agency_id.as_ref());
        clause.among("state", &self.states);
        clause.among("unit_id", &self.unit_ids);
        clause.equals("drafter_id", self.drafter_id.as_ref());
        clause.equals("signer_id", self.signer_id.as_ref());
        clause.equals("kind", self.kind.as_ref());
        clause.equals("urgency", self.urgency.as_ref());
        clause.compare("urgency >=", self.urgency_from.as_ref());
        if let Some(agency_id) = &self.to_agency_id {
            let place = clause.bind(agency_id);
            clause.and(format!(
                "outgoing_id IN (SELECT r.outgoing_id FROM outgoing_recipients r WHERE r.agency_id = {place})"
            ));
        }
        clause.compare("due_reply_day >=", self.reply_due_from.as_ref());
        clause.compare("due_reply_day <", self.reply_due_before.as_ref());
        clause.equals("register_id", self.register_id.as_ref());
        clause.compare("issued_day >=", self.issued_from.as_ref());
        clause.compare("issued_day <=", self.issued_until.as_ref());
        if let Some(returned) = self.returned {
            let not = if returned { "NOT " } else { "" };
            clause.and(format!(
                "state = 'drafting' AND state_json {not}LIKE '%\"returned\":null%'"
            ));
        }
        if !self.delivery_states.is_empty() {
            let states = clause.in_list("d.state", &self.delivery_states);
            clause.and(format!(
                "outgoing_id IN (SELECT d.outgoing_id FROM deliveries d WHERE {states})"
            ));
        }
        clause.holds_words("search_text", self.text.as_deref());
        clause.any_of(&self.reach, |clause, reach| {
            clause.equals("agency_id", reach.agency_id.as_ref());
            clause.equals("unit_id", reach.unit_id.as_ref());
            clause.equals("drafter_id", reach.drafter_id.as_ref());
            clause.equals("signer_id", reach.signer_id.as_ref());
            clause.among("state", &reach.states);
        });
        if let Some(other) = &self.within {
            other.add_to(clause);
        }
    }
}
