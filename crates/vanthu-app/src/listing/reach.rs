//! Which documents somebody may see, as sets that a list joins.

use vanthu_domain::agency::Role;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_store::incoming::IncomingReach;
use vanthu_store::outgoing::OutgoingReach;

use crate::Caller;
use crate::line::list::led_units;

/// What the authorised person's signature stands under.
pub(super) const SIGNED: &[OutgoingTag] = &[
    OutgoingTag::Signed,
    OutgoingTag::Numbered,
    OutgoingTag::Sealed,
    OutgoingTag::Issued,
];

/// The outgoing documents that the caller may see, as the rules have it for
/// [`vanthu_domain::permission::Action::ViewOutgoing`].
pub(super) fn outgoing(caller: &Caller) -> Vec<OutgoingReach> {
    let mut presented = vec![OutgoingTag::AwaitingSignature];
    presented.extend(SIGNED);
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
            states: SIGNED.to_vec(),
            ..OutgoingReach::default()
        });
    }
    reach.extend(led_units(caller).into_iter().map(|unit_id| OutgoingReach {
        unit_id: Some(unit_id),
        ..OutgoingReach::default()
    }));
    reach
}

/// The incoming documents that the caller may see, as the rules have it for
/// [`vanthu_domain::permission::Action::ViewIncoming`].
pub(super) fn incoming(caller: &Caller) -> Vec<IncomingReach> {
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
