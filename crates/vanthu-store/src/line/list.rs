//! Lists and counts of lines: one predicate for both. The line is the unit of work that lists,
//! tiles and reports count.

use vanthu_domain::id::{AgencyId, IncomingId, PersonId, RegisterId, UnitId};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::{Day, Moment};

use super::LineRow;
use crate::db::Tx;
use crate::error::Result;
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::{Record as _, Row};

/// Stands for no deadline, so that such lines come last.
const NEVER: &str = "9999-12-31";

/// A line in a list, with what must be known of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineItem {
    /// The line.
    pub line: LineRow,
    /// What the document is about.
    pub subject: String,
    /// Its number and notation.
    pub notation: String,
    /// Its kind.
    pub kind: DocumentKind,
    /// Its urgency.
    pub urgency: Urgency,
    /// Who issued it.
    pub from_name: String,
    /// Its day of issue.
    pub issued_day: Option<Day>,
    /// Its arrival number.
    pub arrival_number: Option<u32>,
    /// Its day of arrival.
    pub arrival_day: Option<Day>,
    /// Where the document stands.
    pub incoming_state: IncomingTag,
}

/// Which lines. An empty field asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFilter {
    /// Of this agency.
    pub agency_id: Option<AgencyId>,
    /// Of this document.
    pub incoming_id: Option<IncomingId>,
    /// Held by this person, or by one of `unit_ids`.
    pub person_id: Option<PersonId>,
    /// Held by one of these units and by no person yet, or by `person_id`.
    pub unit_ids: Vec<UnitId>,
    /// Held in this unit, by the unit or by any of its people.
    pub within_unit_id: Option<UnitId>,
    /// Given by this person.
    pub given_by: Option<PersonId>,
    /// In one of these parts.
    pub parts: Vec<Part>,
    /// In one of these states.
    pub states: Vec<LineState>,
    /// Due on this day or later.
    pub due_from: Option<Day>,
    /// Due before this day: with today, those that are late.
    pub due_before: Option<Day>,
    /// Of documents of this kind.
    pub kind: Option<DocumentKind>,
    /// Of documents of this urgency.
    pub urgency: Option<Urgency>,
    /// Of documents of this urgency or a higher one.
    pub urgency_from: Option<Urgency>,
    /// Of documents from this agency.
    pub from_agency_id: Option<AgencyId>,
    /// Of documents entered in this register.
    pub register_id: Option<RegisterId>,
    /// Of documents that arrived at this moment or later.
    pub arrived_from: Option<Moment>,
    /// Of documents that arrived before this moment.
    pub arrived_before: Option<Moment>,
    /// Given at this moment or later.
    pub given_from: Option<Moment>,
    /// Given before this moment.
    pub given_before: Option<Moment>,
    /// Whose document's search text holds every word of this text, in the form of
    /// [`fold`](vanthu_domain::text::fold).
    pub text: Option<String>,
    /// Picked by this filter as well.
    pub within: Option<Box<Self>>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineOrder {
    /// The earliest deadline first, those without one last.
    #[default]
    Due,
    /// The most urgent document first, among them what was given first.
    ///
    /// Clause: TG-5.2b
    MostUrgent,
    /// What was given last comes first.
    Newest,
}

/// One page of the lines that a filter picks.
pub async fn list(
    tx: &mut Tx,
    filter: &LineFilter,
    order: LineOrder,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<LineItem>> {
    let limit = bounded(limit);
    let mut clause = filter.clause();
    if let Some(cursor) = after {
        match order {
            LineOrder::Due => {
                let [day, line_id] = cursor.parts()?;
                let (day, line_id) = (clause.bind(day), clause.bind(line_id));
                clause.and(format!(
                    "(COALESCE(l.due_day, '{NEVER}'), l.line_id) > ({day}, {line_id})"
                ));
            }
            LineOrder::MostUrgent => {
                clause.after_urgent(cursor, "i.urgency", "l.created_at", "l.line_id")?;
            }
            LineOrder::Newest => clause.below(cursor, "l.created_at", "l.line_id")?,
        }
    }
    let sort = match order {
        LineOrder::Due => "COALESCE(l.due_day, '9999-12-31'), l.line_id",
        LineOrder::MostUrgent => "i.urgency DESC, l.created_at, l.line_id",
        LineOrder::Newest => "l.created_at DESC, l.line_id DESC",
    };
    let (text, args) = clause.build();
    let columns: Vec<String> = LineRow::columns()
        .iter()
        .map(|name| format!("l.{name}"))
        .collect();
    let sql = format!(
        "SELECT {}, i.subject, i.notation, i.kind, i.urgency, i.from_name, i.issued_day, \
         i.arrival_number, i.arrival_day, i.state AS incoming_state \
         FROM lines l JOIN incoming i ON i.incoming_id = l.incoming_id {text} \
         ORDER BY {sort} LIMIT {}",
        columns.join(", "),
        limit + 1
    );
    let rows = tx.rows(LineRow::TABLE, LineRow::KEY, &sql, args).await?;
    let items = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |item| cursor_of(item, order)))
}

/// How many lines a filter picks.
pub async fn count(tx: &mut Tx, filter: &LineFilter) -> Result<i64> {
    let (text, args) = filter.clause().build();
    let sql = format!(
        "SELECT COUNT(*) FROM lines l JOIN incoming i ON i.incoming_id = l.incoming_id {text}"
    );
    tx.number(&sql, args).await
}

/// How many lines a filter picks, counted up to `most`: what lies beyond need not be visited.
pub async fn count_up_to(tx: &mut Tx, filter: &LineFilter, most: u32) -> Result<i64> {
    let (text, args) = filter.clause().build();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT l.line_id FROM lines l \
         JOIN incoming i ON i.incoming_id = l.incoming_id {text} LIMIT {most}) AS first_ones"
    );
    tx.number(&sql, args).await
}

/// How many lines a filter picks in each state; states without any are left out.
pub async fn count_by_state(tx: &mut Tx, filter: &LineFilter) -> Result<Vec<(LineState, i64)>> {
    let (text, args) = filter.clause().build();
    let sql = format!(
        "SELECT l.state AS state, COUNT(*) AS amount FROM lines l \
         JOIN incoming i ON i.incoming_id = l.incoming_id {text} GROUP BY l.state"
    );
    let rows = tx.rows(LineRow::TABLE, &["state"], &sql, args).await?;
    let mut counts: Vec<(LineState, i64)> = rows
        .iter()
        .map(|row| Ok((row.get("state")?, row.get("amount")?)))
        .collect::<Result<_>>()?;
    counts.sort_unstable();
    Ok(counts)
}

fn cursor_of(item: &LineItem, order: LineOrder) -> Cursor {
    let line_id = item.line.line_id.to_string();
    let given = item.line.created_at.unix_micros().to_string();
    match order {
        LineOrder::Due => {
            let day = item.line.due_day.map_or_else(|| NEVER.to_owned(), Day::iso);
            Cursor::new(&[day, line_id])
        }
        LineOrder::MostUrgent => Cursor::new(&[item.urgency.number().to_string(), given, line_id]),
        LineOrder::Newest => Cursor::new(&[given, line_id]),
    }
}

fn read(row: &Row) -> Result<LineItem> {
    Ok(LineItem {
        line: LineRow::read(row)?,
        subject: row.get("subject")?,
        notation: row.get("notation")?,
        kind: row.get("kind")?,
        urgency: row.get("urgency")?,
        from_name: row.get("from_name")?,
        issued_day: row.get("issued_day")?,
        arrival_number: row.get("arrival_number")?,
        arrival_day: row.get("arrival_day")?,
        incoming_state: row.get("incoming_state")?,
    })
}

impl LineFilter {
    fn clause(&self) -> Where {
        let mut clause = Where::new();
        self.add_to(&mut clause);
        clause
    }

    fn add_to(&self, clause: &mut Where) {
        clause.equals("l.agency_id", self.agency_id.as_ref());
        clause.equals("l.incoming_id", self.incoming_id.as_ref());
        self.held(clause);
        clause.equals("l.unit_id", self.within_unit_id.as_ref());
        clause.equals("l.given_by", self.given_by.as_ref());
        clause.among("l.part", &self.parts);
        clause.among("l.state", &self.states);
        clause.compare("l.due_day >=", self.due_from.as_ref());
        clause.compare("l.due_day <", self.due_before.as_ref());
        clause.compare("l.created_at >=", self.given_from.as_ref());
        clause.compare("l.created_at <", self.given_before.as_ref());
        clause.equals("i.kind", self.kind.as_ref());
        clause.equals("i.urgency", self.urgency.as_ref());
        clause.compare("i.urgency >=", self.urgency_from.as_ref());
        clause.equals("i.from_agency_id", self.from_agency_id.as_ref());
        clause.equals("i.register_id", self.register_id.as_ref());
        clause.compare("i.arrived_at >=", self.arrived_from.as_ref());
        clause.compare("i.arrived_at <", self.arrived_before.as_ref());
        clause.holds_words("i.search_text", self.text.as_deref());
        if let Some(other) = &self.within {
            other.add_to(clause);
        }
    }

    fn held(&self, clause: &mut Where) {
        let mut ways = Vec::new();
        if let Some(person_id) = &self.person_id {
            let place = clause.bind(person_id);
            ways.push(format!("l.person_id = {place}"));
        }
        if !self.unit_ids.is_empty() {
            let units = clause.in_list("l.unit_id", &self.unit_ids);
            ways.push(format!("(l.person_id IS NULL AND {units})"));
        }
        if !ways.is_empty() {
            clause.and(format!("({})", ways.join(" OR ")));
        }
    }
}
