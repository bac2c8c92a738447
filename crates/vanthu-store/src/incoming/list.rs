//! Lists and counts of incoming documents: one predicate for both.

use vanthu_domain::id::{AgencyId, IncomingId, PersonId, RegisterId, UnitId};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::{Day, Moment};

use crate::db::Tx;
use crate::error::Result;
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::record;

/// An incoming document in a list: without the package and the verification in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingItem {
    /// The identifier.
    pub incoming_id: IncomingId,
    /// The receiving agency.
    pub agency_id: AgencyId,
    /// The issuing agency, where it is known here.
    pub from_agency_id: Option<AgencyId>,
    /// The issuing agency's name.
    pub from_name: String,
    /// Its number and notation.
    pub notation: String,
    /// Its day of issue.
    pub issued_day: Option<Day>,
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is about.
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// How many pages it has.
    pub pages: u32,
    /// The blob of its PDF.
    pub main_blob: String,
    /// Where it stands.
    pub state: IncomingTag,
    /// Since when.
    pub state_since: Moment,
    /// Its arrival number, once it is registered.
    pub arrival_number: Option<u32>,
    /// Its day of arrival, once it is registered.
    pub arrival_day: Option<Day>,
    /// The word of the verification's result.
    pub verdict_value: Option<String>,
    /// The leader it is presented to.
    pub leader_id: Option<PersonId>,
    /// The deadline.
    pub due_day: Option<Day>,
    /// Its version.
    pub version: i64,
    /// When it arrived.
    pub arrived_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    IncomingItem, "incoming", [incoming_id];
    incoming_id, agency_id, from_agency_id, from_name, notation, issued_day, kind, subject, urgency,
    pages, main_blob, state, state_since, arrival_number, arrival_day, verdict_value, leader_id,
    due_day, version, arrived_at, updated_at
);

/// Which documents. An empty field asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IncomingFilter {
    /// Of this agency.
    pub agency_id: Option<AgencyId>,
    /// In one of these states.
    pub states: Vec<IncomingTag>,
    /// From this agency.
    pub from_agency_id: Option<AgencyId>,
    /// Presented to this leader.
    pub leader_id: Option<PersonId>,
    /// Of this kind.
    pub kind: Option<DocumentKind>,
    /// Of this urgency.
    pub urgency: Option<Urgency>,
    /// Of this urgency or a higher one.
    pub urgency_from: Option<Urgency>,
    /// With a line that this unit or one of its people holds.
    pub unit_id: Option<UnitId>,
    /// Whose verification has this result.
    pub verdict_value: Option<String>,
    /// Registered in this register.
    pub register_id: Option<RegisterId>,
    /// Due on this day or later.
    pub due_from: Option<Day>,
    /// Due before this day.
    pub due_before: Option<Day>,
    /// Arrived at this moment or later.
    pub arrived_from: Option<Moment>,
    /// Arrived before this moment.
    pub arrived_before: Option<Moment>,
    /// Whose search text holds every word of this text, in the form of
    /// [`fold`](vanthu_domain::text::fold).
    pub text: Option<String>,
    /// What the reader may see: within one of these. Empty where the fields above say it all.
    pub reach: Vec<IncomingReach>,
    /// Picked by this filter as well.
    pub within: Option<Box<Self>>,
}

/// A set of documents that somebody may see. Every field that is set narrows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IncomingReach {
    /// Of this agency.
    pub agency_id: Option<AgencyId>,
    /// Presented to this leader.
    pub leader_id: Option<PersonId>,
    /// With a line of this person.
    pub person_id: Option<PersonId>,
    /// With a line of this unit.
    pub unit_id: Option<UnitId>,
    /// In one of these states; in any where empty.
    pub states: Vec<IncomingTag>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IncomingOrder {
    /// What arrived last comes first.
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
    filter: &IncomingFilter,
    order: IncomingOrder,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<IncomingItem>> {
    let limit = bounded(limit);
    let mut clause = filter.clause();
    if let Some(cursor) = after {
        match order {
            IncomingOrder::Newest => clause.below(cursor, "arrived_at", "incoming_id")?,
            IncomingOrder::MostUrgent => {
                clause.after_urgent(cursor, "urgency", "state_since", "incoming_id")?;
            }
        }
    }
    let sort = match order {
        IncomingOrder::Newest => "arrived_at DESC, incoming_id DESC",
        IncomingOrder::MostUrgent => "urgency DESC, state_since, incoming_id",
    };
    let (text, args) = clause.build();
    let rest = format!("{text} ORDER BY {sort} LIMIT {}", limit + 1);
    let items = tx.list::<IncomingItem>(&rest, args).await?;
    Ok(Page::cut(items, limit, |item| match order {
        IncomingOrder::Newest => Cursor::new(&[
            item.arrived_at.unix_micros().to_string(),
            item.incoming_id.to_string(),
        ]),
        IncomingOrder::MostUrgent => Cursor::new(&[
            item.urgency.number().to_string(),
            item.state_since.unix_micros().to_string(),
            item.incoming_id.to_string(),
        ]),
    }))
}

/// How many documents a filter picks.
pub async fn count(tx: &mut Tx, filter: &IncomingFilter) -> Result<i64> {
    let (text, args) = filter.clause().build();
    tx.number(&format!("SELECT COUNT(*) FROM incoming {text}"), args)
        .await
}

/// How many documents a filter picks, counted up to `most`: what lies beyond need not be visited.
pub async fn count_up_to(tx: &mut Tx, filter: &IncomingFilter, most: u32) -> Result<i64> {
    let (text, args) = filter.clause().build();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT incoming_id FROM incoming {text} LIMIT {most}) AS first_ones"
    );
    tx.number(&sql, args).await
}

/// How many documents a filter picks in each state; states without any are left out.
pub async fn count_by_state(
    tx: &mut Tx,
    filter: &IncomingFilter,
) -> Result<Vec<(IncomingTag, i64)>> {
    let (text, args) = filter.clause().build();
    let sql = format!("SELECT state, COUNT(*) AS amount FROM incoming {text} GROUP BY state");
    let rows = tx.rows("incoming", &["state"], &sql, args).await?;
    let mut counts: Vec<(IncomingTag, i64)> = rows
        .iter()
        .map(|row| Ok((row.get("state")?, row.get("amount")?)))
        .collect::<Result<_>>()?;
    counts.sort_unstable();
    Ok(counts)
}

impl IncomingFilter {
    fn clause(&self) -> Where {
        let mut clause = Where::new();
        self.add_to(&mut clause);
        clause
    }

    fn add_to(&self, clause: &mut Where) {
        clause.equals("agency_id", self.agency_id.as_ref());
        clause.among("state", &self.states);
        clause.equals("from_agency_id", self.from_agency_id.as_ref());
        clause.equals("leader_id", self.leader_id.as_ref());
        clause.equals("kind", self.kind.as_ref());
        clause.equals("urgency", self.urgency.as_ref());
        clause.compare("urgency >=", self.urgency_from.as_ref());
        if let Some(unit_id) = &self.unit_id {
            let place = clause.bind(unit_id);
            clause.and(format!(
                "incoming_id IN (SELECT l.incoming_id FROM lines l WHERE l.unit_id = {place})"
            ));
        }
        clause.equals("verdict_value", self.verdict_value.as_ref());
        clause.equals("register_id", self.register_id.as_ref());
        clause.compare("due_day >=", self.due_from.as_ref());
        clause.compare("due_day <", self.due_before.as_ref());
        clause.compare("arrived_at >=", self.arrived_from.as_ref());
        clause.compare("arrived_at <", self.arrived_before.as_ref());
        clause.holds_words("search_text", self.text.as_deref());
        clause.any_of(&self.reach, |clause, reach| {
            clause.equals("agency_id", reach.agency_id.as_ref());
            clause.equals("leader_id", reach.leader_id.as_ref());
            clause.among("state", &reach.states);
            for (column, holder) in [
                ("person_id", reach.person_id.as_ref().map(ToString::to_string)),
                ("unit_id", reach.unit_id.as_ref().map(ToString::to_string)),
            ] {
                if let Some(holder) = holder {
                    let place = clause.bind(&holder);
                    clause.and(format!(
                        "incoming_id IN (SELECT l.incoming_id FROM lines l WHERE l.{column} = {place})"
                    ));
                }
            }
        });
        if let Some(other) = &self.within {
            other.add_to(clause);
        }
    }
}
