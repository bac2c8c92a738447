//! Searching (tra cứu): the documents that hold the words, among those that the caller may see.

use vanthu_domain::agency::Role;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::text;
use vanthu_store::Cursor;
use vanthu_store::incoming::{IncomingFilter, IncomingOrder};
use vanthu_store::outgoing::{self, OutgoingFilter, OutgoingOrder, OutgoingReach};

use crate::desk::Listed;
use crate::line::list::led_units;
use crate::{App, AppError, Caller};

/// Incoming documents within the caller's reach, the youngest first; all of them without words.
///
/// Clause: KH-2
pub async fn incoming(
    app: &App,
    caller: &Caller,
    words: &str,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Listed, AppError> {
    let filter = IncomingFilter {
        text: given(words),
        ..IncomingFilter::default()
    };
    let order = IncomingOrder::Newest;
    let page = crate::incoming::list::list(app, caller, filter, order, after, limit).await?;
    Ok(Listed::Incoming(page))
}

/// Outgoing documents within the caller's reach, the youngest first; all of them without words.
///
/// Clause: KH-2
pub async fn outgoing(
    app: &App,
    caller: &Caller,
    words: &str,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Listed, AppError> {
    let filter = OutgoingFilter {
        agency_id: Some(caller.agency_id.clone()),
        text: given(words).as_deref().map(text::fold),
        reach: reach(caller),
        ..OutgoingFilter::default()
    };
    let mut tx = app.store.read().await?;
    let page = outgoing::list(&mut tx, &filter, OutgoingOrder::Newest, after, limit).await?;
    Ok(Listed::Outgoing(page))
}

fn given(words: &str) -> Option<String> {
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// What the caller may see, as the rules have it for
/// [`vanthu_domain::permission::Action::ViewOutgoing`].
fn reach(caller: &Caller) -> Vec<OutgoingReach> {
    let signed = vec![
        OutgoingTag::Signed,
        OutgoingTag::Numbered,
        OutgoingTag::Sealed,
        OutgoingTag::Issued,
    ];
    let mut presented = vec![OutgoingTag::AwaitingSignature];
    presented.extend(&signed);
    let mut reach = vec![
        OutgoingReach {
            drafter_id: Some(caller.person_id().clone()),
            ..OutgoingReach::default()
        },
        OutgoingReach {
            signer_id: Some(caller.person_id().clone()),
            states: presented,
            ..OutgoingReach::default()
        },
    ];
    if caller.is(Role::Clerk) || caller.is(Role::Leader) {
        reach.push(OutgoingReach {
            states: signed,
            ..OutgoingReach::default()
        });
    }
    reach.extend(led_units(caller).into_iter().map(|unit_id| OutgoingReach {
        unit_id: Some(unit_id),
        ..OutgoingReach::default()
    }));
    reach
}
