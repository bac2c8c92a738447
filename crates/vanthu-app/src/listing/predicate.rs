//! What a list holds, as one predicate: counted, listed, and taken out by the same conditions, so
//! that no two of them can disagree.

use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::{Day, text};
use vanthu_store::incoming::{IncomingFilter, IncomingOrder};
use vanthu_store::line::{LineFilter, LineOrder};
use vanthu_store::outgoing::{OutgoingFilter, OutgoingOrder};
use vanthu_store::{Cursor, Tx, incoming, line, outgoing};

use super::narrow::{AtUrgency, Due, InState, Narrow};
use super::{Order, Section, Selection, reach};
use crate::desk::{Listed, Tile};
use crate::line::list::{Scope, filter_of, led_units};
use crate::{App, AppError, Caller};

/// Working days before a deadline in which it counts as near.
const SOON_DAYS: u16 = 2;
const OPEN: &[LineState] = &[LineState::ToDo, LineState::Doing];
/// Where the deadline of an incoming document still counts.
const AWAITED: &[IncomingTag] = &[
    IncomingTag::Registered,
    IncomingTag::Presented,
    IncomingTag::Directed,
    IncomingTag::Processing,
];

/// The conditions and the order.
pub(super) enum Predicate {
    Outgoing(OutgoingFilter, OutgoingOrder),
    Incoming(IncomingFilter, IncomingOrder),
    Lines(LineFilter, LineOrder),
}

impl Predicate {
    /// What a selection picks: its tile, or everything that the caller may see, narrowed.
    pub(super) fn of(app: &App, caller: &Caller, asked: &Selection) -> Self {
        let whole = match asked.tile {
            Some(tile) => Self::of_tile(tile, app, caller),
            None => Self::everything(asked.section, caller),
        };
        let whole = match asked.order {
            Some(order) => whole.ordered(order),
            None => whole,
        };
        if asked.narrow.is_empty() {
            return whole;
        }
        whole.narrowed(&asked.narrow, app.now().day())
    }

    fn everything(section: Section, caller: &Caller) -> Self {
        match section {
            Section::Outgoing => Self::Outgoing(
                OutgoingFilter {
                    reach: reach::outgoing(caller),
                    ..of_agency(caller)
                },
                OutgoingOrder::Newest,
            ),
            Section::Incoming => Self::Incoming(
                IncomingFilter {
                    agency_id: Some(caller.agency_id.clone()),
                    reach: reach::incoming(caller),
                    ..IncomingFilter::default()
                },
                IncomingOrder::Newest,
            ),
            Section::Work => Self::Lines(filter_of(caller, Scope::Mine), LineOrder::Newest),
        }
    }

    fn of_tile(tile: Tile, app: &App, caller: &Caller) -> Self {
        match tile.section() {
            Section::Incoming => Self::of_incoming_tile(tile, caller),
            Section::Outgoing => Self::of_outgoing_tile(tile, caller),
            Section::Work => Self::of_work_tile(tile, app, caller),
        }
    }

    fn of_incoming_tile(tile: Tile, caller: &Caller) -> Self {
        let mut filter = IncomingFilter {
            agency_id: Some(caller.agency_id.clone()),
            ..IncomingFilter::default()
        };
        let mut order = IncomingOrder::MostUrgent;
        filter.states = match tile {
            Tile::ToAccept => vec![IncomingTag::Arrived, IncomingTag::Checked],
            Tile::ToRegister => vec![IncomingTag::Accepted],
            Tile::ToPresent => vec![IncomingTag::Registered],
            Tile::InProcess => vec![IncomingTag::Directed, IncomingTag::Processing],
            Tile::AwaitingDirection => vec![IncomingTag::Presented],
            Tile::PresentedToMe => {
                filter.leader_id = Some(caller.person_id().clone());
                vec![IncomingTag::Presented]
            }
            Tile::Completed => {
                order = IncomingOrder::Newest;
                vec![IncomingTag::Completed]
            }
            _ => {
                order = IncomingOrder::Newest;
                vec![IncomingTag::Returned]
            }
        };
        Self::Incoming(filter, order)
    }

    fn of_outgoing_tile(tile: Tile, caller: &Caller) -> Self {
        let me = || Some(caller.person_id().clone());
        let mut filter = of_agency(caller);
        let mut order = OutgoingOrder::MostUrgent;
        let states: &[OutgoingTag] = match tile {
            Tile::ToNumber => &[OutgoingTag::Signed],
            Tile::ToSeal => &[OutgoingTag::Numbered],
            Tile::ToIssue => &[OutgoingTag::Sealed],
            Tile::AwaitingReceipt => {
                filter.delivery_states = vec![
                    DeliveryState::Queued,
                    DeliveryState::Sent,
                    DeliveryState::Arrived,
                ];
                &[OutgoingTag::Issued]
            }
            Tile::SendErrors => {
                filter.delivery_states = vec![DeliveryState::Failed, DeliveryState::Expired];
                &[OutgoingTag::Issued]
            }
            Tile::ToSign => {
                filter.signer_id = me();
                &[OutgoingTag::AwaitingSignature]
            }
            Tile::ToReview => {
                filter.unit_ids = led_units(caller);
                &[OutgoingTag::InReview]
            }
            Tile::Drafts | Tile::ReturnedDrafts => {
                filter.drafter_id = me();
                filter.returned = Some(tile == Tile::ReturnedDrafts);
                &[OutgoingTag::Drafting]
            }
            Tile::Submitted => {
                filter.drafter_id = me();
                &[OutgoingTag::InReview, OutgoingTag::AwaitingSignature]
            }
            Tile::OnTheWay => {
                filter.drafter_id = me();
                &[
                    OutgoingTag::Signed,
                    OutgoingTag::Numbered,
                    OutgoingTag::Sealed,
                ]
            }
            Tile::SignedByMe => {
                filter.signer_id = me();
                order = OutgoingOrder::Newest;
                reach::SIGNED
            }
            Tile::MyIssued => {
                filter.drafter_id = me();
                order = OutgoingOrder::Newest;
                &[OutgoingTag::Issued]
            }
            Tile::Withdrawn => {
                filter.drafter_id = me();
                order = OutgoingOrder::Newest;
                &[OutgoingTag::Withdrawn]
            }
            _ => {
                order = OutgoingOrder::Newest;
                &[OutgoingTag::Issued]
            }
        };
        filter.states = states.to_vec();
        Self::Outgoing(filter, order)
    }

    /// Lines that somebody has to work on; those for information are never among them.
    fn of_work_tile(tile: Tile, app: &App, caller: &Caller) -> Self {
        let today = app.now().day();
        let given = matches!(tile, Tile::GivenByMe | Tile::GivenOverdue | Tile::GivenDone);
        let scope = if given { Scope::Given } else { Scope::Mine };
        let mut filter = LineFilter {
            parts: vec![Part::Lead, Part::Support],
            ..filter_of(caller, scope)
        };
        let mut order = LineOrder::MostUrgent;
        let states: &[LineState] = match tile {
            Tile::ToDo => &[LineState::ToDo],
            Tile::Doing => &[LineState::Doing],
            Tile::DueSoon => {
                let last = app.calendar.add_working_days(today, SOON_DAYS);
                filter.due_from = Some(today);
                filter.due_before = Some(last.plus_days(1));
                order = LineOrder::Due;
                OPEN
            }
            Tile::Overdue | Tile::GivenOverdue => {
                filter.due_before = Some(today);
                order = LineOrder::Due;
                OPEN
            }
            Tile::ForInformation => {
                filter.parts = vec![Part::Information];
                &[LineState::ToDo]
            }
            Tile::Read => {
                filter.parts = vec![Part::Information];
                order = LineOrder::Newest;
                &[LineState::Closed]
            }
            Tile::Done | Tile::GivenDone => {
                order = LineOrder::Newest;
                &[LineState::Done, LineState::Closed]
            }
            Tile::GivenBack => {
                filter.parts = Part::ALL.to_vec();
                order = LineOrder::Newest;
                &[LineState::Returned]
            }
            _ => OPEN,
        };
        filter.states = states.to_vec();
        Self::Lines(filter, order)
    }

    fn ordered(self, order: Order) -> Self {
        match (self, order) {
            (Self::Outgoing(filter, _), Order::Newest) => {
                Self::Outgoing(filter, OutgoingOrder::Newest)
            }
            (Self::Outgoing(filter, _), Order::MostUrgent) => {
                Self::Outgoing(filter, OutgoingOrder::MostUrgent)
            }
            (Self::Incoming(filter, _), Order::Newest) => {
                Self::Incoming(filter, IncomingOrder::Newest)
            }
            (Self::Incoming(filter, _), Order::MostUrgent) => {
                Self::Incoming(filter, IncomingOrder::MostUrgent)
            }
            (Self::Lines(filter, _), Order::Newest) => Self::Lines(filter, LineOrder::Newest),
            (Self::Lines(filter, _), Order::MostUrgent) => {
                Self::Lines(filter, LineOrder::MostUrgent)
            }
            (Self::Lines(filter, _), Order::Due) => Self::Lines(filter, LineOrder::Due),
            // Only lines are sorted by their deadline; [`Selection::read`] lets nothing else ask.
            (other, Order::Due) => other,
        }
    }

    fn narrowed(self, narrow: &Narrow, today: Day) -> Self {
        match self {
            Self::Outgoing(filter, order) => {
                Self::Outgoing(narrow_outgoing(filter, narrow, today), order)
            }
            Self::Incoming(filter, order) => {
                Self::Incoming(narrow_incoming(filter, narrow, today), order)
            }
            Self::Lines(filter, order) => Self::Lines(narrow_lines(filter, narrow, today), order),
        }
    }

    /// How many there are, counted up to `most` where that is given.
    pub(super) async fn count(&self, tx: &mut Tx, most: Option<u32>) -> Result<i64, AppError> {
        Ok(match (self, most) {
            (Self::Outgoing(filter, _), None) => outgoing::count(tx, filter).await?,
            (Self::Outgoing(filter, _), Some(most)) => {
                outgoing::count_up_to(tx, filter, most).await?
            }
            (Self::Incoming(filter, _), None) => incoming::count(tx, filter).await?,
            (Self::Incoming(filter, _), Some(most)) => {
                incoming::count_up_to(tx, filter, most).await?
            }
            (Self::Lines(filter, _), None) => line::count(tx, filter).await?,
            (Self::Lines(filter, _), Some(most)) => line::count_up_to(tx, filter, most).await?,
        })
    }

    pub(super) async fn list(
        &self,
        tx: &mut Tx,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Listed, AppError> {
        Ok(match self {
            Self::Outgoing(filter, order) => {
                Listed::Outgoing(outgoing::list(tx, filter, *order, after, limit).await?)
            }
            Self::Incoming(filter, order) => {
                Listed::Incoming(incoming::list(tx, filter, *order, after, limit).await?)
            }
            Self::Lines(filter, order) => {
                Listed::Lines(line::list(tx, filter, *order, after, limit).await?)
            }
        })
    }
}

fn of_agency(caller: &Caller) -> OutgoingFilter {
    OutgoingFilter {
        agency_id: Some(caller.agency_id.clone()),
        ..OutgoingFilter::default()
    }
}

fn narrow_outgoing(whole: OutgoingFilter, narrow: &Narrow, today: Day) -> OutgoingFilter {
    let (urgency, urgency_from) = urgency(narrow);
    let filter = OutgoingFilter {
        states: match narrow.state {
            Some(InState::Outgoing(state)) => vec![state],
            _ => Vec::new(),
        },
        unit_ids: narrow.unit_id.clone().into_iter().collect(),
        kind: narrow.kind,
        urgency,
        urgency_from,
        to_agency_id: narrow.agency_id.clone(),
        register_id: narrow.register_id.clone(),
        issued_from: narrow.from_day,
        issued_until: narrow.until_day,
        text: narrow.text.as_deref().map(text::fold),
        within: Some(Box::new(whole)),
        ..OutgoingFilter::default()
    };
    let Some((from, before)) = deadline(narrow, today) else {
        return filter;
    };
    OutgoingFilter {
        states: vec![OutgoingTag::Issued],
        reply_due_from: from,
        reply_due_before: Some(before),
        within: Some(Box::new(filter)),
        ..OutgoingFilter::default()
    }
}

fn narrow_incoming(whole: IncomingFilter, narrow: &Narrow, today: Day) -> IncomingFilter {
    let (urgency, urgency_from) = urgency(narrow);
    let filter = IncomingFilter {
        states: match narrow.state {
            Some(InState::Incoming(state)) => vec![state],
            _ => Vec::new(),
        },
        unit_id: narrow.unit_id.clone(),
        kind: narrow.kind,
        urgency,
        urgency_from,
        from_agency_id: narrow.agency_id.clone(),
        register_id: narrow.register_id.clone(),
        arrived_from: narrow.from_day.map(Day::start),
        arrived_before: narrow.until_day.map(|day| day.plus_days(1).start()),
        text: narrow.text.as_deref().map(text::fold),
        within: Some(Box::new(whole)),
        ..IncomingFilter::default()
    };
    let Some((from, before)) = deadline(narrow, today) else {
        return filter;
    };
    IncomingFilter {
        states: AWAITED.to_vec(),
        due_from: from,
        due_before: Some(before),
        within: Some(Box::new(filter)),
        ..IncomingFilter::default()
    }
}

fn narrow_lines(whole: LineFilter, narrow: &Narrow, today: Day) -> LineFilter {
    let (urgency, urgency_from) = urgency(narrow);
    let filter = LineFilter {
        states: match narrow.state {
            Some(InState::Line(state)) => vec![state],
            _ => Vec::new(),
        },
        within_unit_id: narrow.unit_id.clone(),
        kind: narrow.kind,
        urgency,
        urgency_from,
        from_agency_id: narrow.agency_id.clone(),
        register_id: narrow.register_id.clone(),
        arrived_from: narrow.from_day.map(Day::start),
        arrived_before: narrow.until_day.map(|day| day.plus_days(1).start()),
        text: narrow.text.as_deref().map(text::fold),
        within: Some(Box::new(whole)),
        ..LineFilter::default()
    };
    let Some((from, before)) = deadline(narrow, today) else {
        return filter;
    };
    // A line for information has no deadline to miss.
    LineFilter {
        states: OPEN.to_vec(),
        parts: vec![Part::Lead, Part::Support],
        due_from: from,
        due_before: Some(before),
        within: Some(Box::new(filter)),
        ..LineFilter::default()
    }
}

fn urgency(
    narrow: &Narrow,
) -> (
    Option<vanthu_domain::kind::Urgency>,
    Option<vanthu_domain::kind::Urgency>,
) {
    match narrow.urgency {
        Some(AtUrgency::Just(urgency)) => (Some(urgency), None),
        Some(AtUrgency::AnyUrgent) => (None, Some(vanthu_domain::kind::Urgency::Urgent)),
        None => (None, None),
    }
}

/// From which day, and before which.
fn deadline(narrow: &Narrow, today: Day) -> Option<(Option<Day>, Day)> {
    Some(match narrow.due? {
        Due::Overdue => (None, today),
        Due::Within(days) => (Some(today), today.plus_days(i32::from(days) + 1)),
    })
}
