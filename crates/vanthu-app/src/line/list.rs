//! Lists of lines: mine, my unit's, those I gave (việc của tôi, của đơn vị, đã giao).

use vanthu_domain::agency::Role;
use vanthu_domain::id::UnitId;
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::{Day, text};
use vanthu_store::line::{self, LineFilter, LineItem};

pub use vanthu_store::line::LineOrder;
use vanthu_store::{Cursor, Page};

use crate::{App, AppError, Caller};

/// Whose lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that the caller holds, in person or as head of a unit.
    Mine,
    /// Those held anywhere in the unit that the caller leads (the first, where there are several).
    Unit,
    /// Those that the caller gave.
    Given,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In one of these states; in any where empty.
    pub states: Vec<LineState>,
    /// In one of these parts; in any where empty.
    pub parts: Vec<Part>,
    /// Due on this day or later.
    pub due_from: Option<Day>,
    /// Due before this day.
    pub due_before: Option<Day>,
    /// Words of the document.
    pub text: Option<String>,
}

/// One page of the caller's lines.
///
/// Clause: TG-9.2, TG-5.2b
pub async fn list(
    app: &App,
    caller: &Caller,
    scope: Scope,
    wanted: Wanted,
    order: LineOrder,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<LineItem>, AppError> {
    let mut filter = filter_of(caller, scope);
    filter.states = wanted.states;
    filter.parts = wanted.parts;
    filter.due_from = wanted.due_from;
    filter.due_before = wanted.due_before;
    filter.text = wanted.text.as_deref().map(text::fold);
    if scope == Scope::Unit && filter.within_unit_id.is_none() {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    }
    let mut tx = app.store.read().await?;
    Ok(line::list(&mut tx, &filter, order, after, limit).await?)
}

/// The lines of a scope, in the agency for which the caller acts.
pub(crate) fn filter_of(caller: &Caller, scope: Scope) -> LineFilter {
    let base = LineFilter {
        agency_id: Some(caller.agency_id.clone()),
        ..LineFilter::default()
    };
    match scope {
        Scope::Mine => LineFilter {
            person_id: Some(caller.person_id().clone()),
            unit_ids: led_units(caller),
            ..base
        },
        Scope::Unit => LineFilter {
            within_unit_id: led_units(caller).into_iter().next(),
            ..base
        },
        Scope::Given => LineFilter {
            given_by: Some(caller.person_id().clone()),
            ..base
        },
    }
}

/// The units that the caller leads in the agency for which they act.
pub(crate) fn led_units(caller: &Caller) -> Vec<UnitId> {
    let mut units: Vec<UnitId> = caller
        .actor
        .posts
        .iter()
        .filter(|post| post.agency_id == caller.agency_id && post.role == Role::UnitHead)
        .filter_map(|post| post.unit_id.clone())
        .collect();
    units.sort_unstable();
    units.dedup();
    units
}
