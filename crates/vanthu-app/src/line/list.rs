//! Whose lines a list holds: mine, or those I gave (việc của tôi, việc tôi đã giao).

use vanthu_domain::agency::Role;
use vanthu_domain::id::UnitId;
use vanthu_store::line::LineFilter;

use crate::Caller;

/// Whose lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Those that the caller holds, in person or as head of a unit.
    Mine,
    /// Those that the caller gave.
    Given,
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
