//! The recipients of an issued document, each with what became of it there.

use vanthu_app::outgoing::view::{DeliveryView, OutgoingView};
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::permission::Action;

use crate::page::outgoing::href;
use crate::page::show::Say;
use crate::view::{Happening, Pill, Tone};

/// The table of recipients.
#[derive(Debug, Clone, Default)]
pub(super) struct Deliveries {
    /// What changes it.
    pub(super) subject: String,
    /// The element's address, for fetching it again.
    pub(super) src: String,
    /// How many stand where.
    pub(super) summary: Vec<Pill>,
    /// One line a recipient, trouble first.
    pub(super) lines: Vec<Line>,
    /// Where what failed is sent again; empty where nothing failed or somebody else does it.
    pub(super) resend: String,
}

/// One recipient.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Its name.
    pub(super) to: String,
    /// Where the delivery stands.
    pub(super) state: Pill,
    /// Since when.
    pub(super) when: String,
    /// The reason of a return or a failure.
    pub(super) reason: String,
    /// What happened, oldest first.
    pub(super) history: Vec<Happening>,
}

impl Deliveries {
    /// Of a document; none before it is issued, or where the caller does not follow it.
    pub(super) fn of(view: &OutgoingView, say: Say) -> Option<Self> {
        if view.deliveries.is_empty() {
            return None;
        }
        let id = &view.row.outgoing_id;
        let mut sorted: Vec<&DeliveryView> = view.deliveries.iter().collect();
        sorted.sort_by_key(|one| (rank(one.row.state), one.to_name.clone()));
        let summary = DeliveryState::ALL
            .into_iter()
            .filter_map(|state| {
                let count = sorted.iter().filter(|one| one.row.state == state).count();
                (count > 0).then(|| Pill {
                    tone: tone_of(state),
                    text: format!("{count} {}", say.t(state.name()).to_lowercase()),
                })
            })
            .collect();
        let failed = sorted
            .iter()
            .any(|one| one.row.state == DeliveryState::Failed);
        Some(Self {
            subject: format!("outgoing:{id}"),
            src: href(id, "fragment/deliveries"),
            summary,
            lines: sorted.into_iter().map(|one| line(one, say)).collect(),
            resend: if failed && view.may(Action::Resend) {
                href(id, "resend")
            } else {
                String::new()
            },
        })
    }
}

fn line(one: &DeliveryView, say: Say) -> Line {
    let state = one.row.state;
    let code = one
        .row
        .code
        .map(|code| format!(" ({})", code.digits()))
        .unwrap_or_default();
    Line {
        to: one.to_name.clone(),
        state: Pill {
            tone: tone_of(state),
            text: format!("{}{code}", say.t(state.name())),
        },
        when: say.moment(one.row.updated_at),
        reason: say.words(one.row.reason.as_deref().unwrap_or_default()),
        history: one
            .events
            .iter()
            .map(|event| Happening {
                tone: tone_of(event.state),
                text: say.t(event.state.name()),
                when: say.moment(event.at),
                at: event.at.iso(),
                who: event.person_name.clone(),
                quote: say.words(&event.words),
            })
            .collect(),
    }
}

/// Trouble first, then what waits, then what is done.
const fn rank(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Failed => 0,
        DeliveryState::Returned => 1,
        DeliveryState::Expired => 2,
        DeliveryState::Queued => 3,
        DeliveryState::Sent => 4,
        DeliveryState::Arrived => 5,
        DeliveryState::Accepted => 6,
        DeliveryState::Assigned => 7,
        DeliveryState::InProgress => 8,
        DeliveryState::Completed => 9,
    }
}

const fn tone_of(state: DeliveryState) -> Tone {
    match state {
        DeliveryState::Queued | DeliveryState::Sent => Tone::None,
        DeliveryState::Arrived | DeliveryState::Assigned | DeliveryState::InProgress => Tone::Info,
        DeliveryState::Accepted | DeliveryState::Completed => Tone::Ok,
        DeliveryState::Returned | DeliveryState::Failed => Tone::Bad,
        DeliveryState::Expired => Tone::Warn,
    }
}
