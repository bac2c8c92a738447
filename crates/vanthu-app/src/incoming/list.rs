//! Lists of incoming documents that the caller may see.

use vanthu_domain::agency::Role;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::text;
use vanthu_store::incoming::{self, IncomingItem, IncomingReach};

pub use vanthu_store::incoming::{IncomingFilter, IncomingOrder};
use vanthu_store::{Cursor, Page};

use crate::line::list::led_units;
use crate::{App, AppError, Caller};

/// One page of the agency's incoming documents within the caller's reach. `filter` narrows it; its
/// agency and reach are set here, and its text is folded here.
///
/// Clause: KH-2, TG-5.2b
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: IncomingFilter,
    order: IncomingOrder,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<IncomingItem>, AppError> {
    let filter = IncomingFilter {
        agency_id: Some(caller.agency_id.clone()),
        text: filter.text.as_deref().map(text::fold),
        reach: reach(caller),
        ..filter
    };
    let mut tx = app.store.read().await?;
    Ok(incoming::list(&mut tx, &filter, order, after, limit).await?)
}

/// How many there are.
pub async fn count(app: &App, caller: &Caller, filter: IncomingFilter) -> Result<i64, AppError> {
    let filter = IncomingFilter {
        agency_id: Some(caller.agency_id.clone()),
        text: filter.text.as_deref().map(text::fold),
        reach: reach(caller),
        ..filter
    };
    let mut tx = app.store.read().await?;
    Ok(incoming::count(&mut tx, &filter).await?)
}

/// What the caller may see, as the rules have it for [`vanthu_domain::permission::Action::ViewIncoming`].
pub(crate) fn reach(caller: &Caller) -> Vec<IncomingReach> {
    let presented = vec![
        IncomingTag::Presented,
        IncomingTag::Directed,
        IncomingTag::Processing,
        IncomingTag::Completed,
    ];
    let mut registered = vec![IncomingTag::Registered];
    registered.extend(&presented);
    let mut reach = Vec::new();
    if caller.is(Role::Clerk) {
        reach.push(IncomingReach::default());
    }
    if caller.is(Role::Leader) {
        reach.push(IncomingReach {
            states: registered,
            ..IncomingReach::default()
        });
    }
    reach.push(IncomingReach {
        leader_id: Some(caller.person_id().clone()),
        states: presented.clone(),
        ..IncomingReach::default()
    });
    reach.push(IncomingReach {
        person_id: Some(caller.person_id().clone()),
        states: presented.clone(),
        ..IncomingReach::default()
    });
    for unit_id in led_units(caller) {
        reach.push(IncomingReach {
            unit_id: Some(unit_id),
            states: presented.clone(),
            ..IncomingReach::default()
        });
    }
    reach
}
