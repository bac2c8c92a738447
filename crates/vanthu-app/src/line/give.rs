//! Giving lines to units and people of the agency (giao việc), from the leader or within a unit.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vanthu_domain::Day;
use vanthu_domain::agency::Role;
use vanthu_domain::id::{LineId, PersonId, UnitId};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::agency;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::line::{self, LineRow};
use vanthu_store::person::{self, PostFilter};

use crate::incoming::register::not_past;
use crate::{AppError, Caller, Work};

/// The most lines that are given at once.
const MOST: usize = 200;

/// To whom a line goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// A unit: its head assigns it further.
    Unit(UnitId),
    /// A person.
    Person(PersonId),
}

/// A line to be given.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// To whom.
    pub to: Holder,
    /// The part that the holder plays.
    pub part: Part,
    /// The deadline, where it is another than the common one.
    pub due_day: Option<Day>,
    /// What to do, where it is another than the common instruction; may be empty.
    pub instruction: String,
}

/// What the lines have in common.
pub(crate) struct Given<'a> {
    pub(crate) incoming: &'a IncomingRow,
    /// The line from which they are passed on.
    pub(crate) parent: Option<&'a LineRow>,
    /// The deadline of those that lead or support.
    pub(crate) due_day: Option<Day>,
    pub(crate) instruction: &'a str,
}

/// Exactly one holder leads (Decree 30/2020, Article 23(2)).
pub(crate) fn one_lead(lines: &[NewLine]) -> Result<(), Refusal> {
    match lines.iter().filter(|line| line.part == Part::Lead).count() {
        1 => Ok(()),
        _ => Err(Refusal::new(RefusalCode::LeadMissing)),
    }
}

/// Gives the lines and tells their holders. Gives what the ledger says about them.
///
/// Clause: TG-9.2
pub(crate) async fn give_all(
    work: &mut Work<'_>,
    caller: &Caller,
    given: &Given<'_>,
    lines: &[NewLine],
) -> Result<Vec<Value>, AppError> {
    if lines.len() > MOST {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("count", lines.len())
            .with("max", MOST)
            .into());
    }
    let mut holders = BTreeSet::new();
    let mut told = Vec::with_capacity(lines.len());
    for (place, new) in lines.iter().enumerate() {
        if !holders.insert(&new.to) {
            return Err(malformed("một đơn vị hoặc một người được chọn hai lần"));
        }
        let line_id = LineId::new(work.now, in_order(place, work.random()));
        told.push(give(work, caller, given, line_id, new).await?);
    }
    Ok(told)
}

/// Randomness whose first 16 of 80 bits count, so that lines given together sort as they were given.
fn in_order(place: usize, random: u128) -> u128 {
    (place as u128) << 64 | u128::from(random as u64)
}

async fn give(
    work: &mut Work<'_>,
    caller: &Caller,
    given: &Given<'_>,
    line_id: LineId,
    new: &NewLine,
) -> Result<Value, AppError> {
    let agency_id = &given.incoming.agency_id;
    let today = work.today();
    let (unit_id, person_id, tell) = match &new.to {
        Holder::Unit(unit_id) => {
            let unit = agency::find_unit(&mut work.tx, unit_id).await?;
            if unit.is_none_or(|unit| unit.agency_id != *agency_id) {
                return Err(malformed("đơn vị được chọn không thuộc cơ quan"));
            }
            (
                Some(unit_id.clone()),
                None,
                heads_of(work, given.incoming, unit_id).await?,
            )
        }
        Holder::Person(person_id) => {
            let posts = person::list_posts(&mut work.tx, person_id, today).await?;
            let mut here = posts
                .into_iter()
                .filter(|post| post.agency_id == *agency_id)
                .peekable();
            if here.peek().is_none() {
                return Err(malformed("người được chọn không công tác tại cơ quan"));
            }
            let units: Vec<UnitId> = here.filter_map(|post| post.unit_id).collect();
            let unit_id = match given.parent.and_then(|parent| parent.unit_id.as_ref()) {
                Some(of_parent) if units.contains(of_parent) => Some(of_parent.clone()),
                Some(_) => return Err(malformed("người được chọn không thuộc đơn vị")),
                None => units.into_iter().next(),
            };
            (unit_id, Some(person_id.clone()), vec![person_id.clone()])
        }
    };
    let due_day = match new.part {
        Part::Information => None,
        Part::Lead | Part::Support => match new.due_day.or(given.due_day) {
            Some(day) => Some(within_parent(not_past(day, today)?, given.parent, today)?),
            None => None,
        },
    };
    let instruction = match new.instruction.as_str() {
        "" => given.instruction,
        own => own,
    };
    let row = LineRow {
        line_id,
        incoming_id: given.incoming.incoming_id.clone(),
        agency_id: agency_id.clone(),
        parent_line_id: given.parent.map(|parent| parent.line_id.clone()),
        unit_id,
        person_id,
        part: new.part,
        state: LineState::ToDo,
        given_by: caller.person_id().clone(),
        instruction: instruction.to_owned(),
        due_day,
        created_at: work.now,
        started_at: None,
        done_at: None,
        closed_at: None,
        result: None,
        reply_outgoing_id: None,
        version: 1,
    };
    line::insert(&mut work.tx, &row).await?;
    let args = json!({
        "subject": given.incoming.subject, "number": given.incoming.notation,
        "part": new.part.name(), "due": due_day.map(|day| day.to_string()),
        "by": caller.full_name, "urgency": given.incoming.urgency.mark(),
    });
    for person_id in tell
        .iter()
        .filter(|person_id| *person_id != caller.person_id())
    {
        let link = format!("/incoming/{}", row.incoming_id);
        work.notify(person_id, "line-given", args.clone(), link)
            .await?;
    }
    Ok(json!({
        "line": row.line_id, "unit": row.unit_id, "person": row.person_id,
        "part": row.part.code(), "due_day": due_day,
    }))
}

/// A line passed on ends no later than the line it comes from; where that is late already, today.
pub(crate) fn within_parent(
    day: Day,
    parent: Option<&LineRow>,
    today: Day,
) -> Result<Day, Refusal> {
    match parent.and_then(|parent| parent.due_day) {
        Some(unit) if day > unit.max(today) => Err(Refusal::new(RefusalCode::DeadlineBeyondUnit)
            .with("deadline", day)
            .with("unit", unit)
            .with("last", unit.max(today))),
        _ => Ok(day),
    }
}

/// The heads of a unit today.
pub(crate) async fn heads_of(
    work: &mut Work<'_>,
    incoming: &IncomingRow,
    unit_id: &UnitId,
) -> Result<Vec<PersonId>, AppError> {
    let filter = PostFilter {
        agency_id: incoming.agency_id.clone(),
        unit_id: Some(unit_id.clone()),
        roles: vec![Role::UnitHead],
        day: work.today(),
    };
    let posts = person::list_posts_where(&mut work.tx, &filter).await?;
    Ok(posts.into_iter().map(|post| post.person_id).collect())
}

fn malformed(why: &str) -> AppError {
    Refusal::new(RefusalCode::FieldMalformed)
        .with("field", "Nơi nhận việc")
        .with("why", why)
        .into()
}
