//! The head of a document's page: what it is, where it stands, whose turn it is.

use vanthu_app::Caller;
use vanthu_app::desk::Tile;
use vanthu_app::outgoing::view::OutgoingView;
use vanthu_domain::outgoing::{OutgoingState, OutgoingTag};

use crate::page::outgoing::{href, title_of};
use crate::page::rows::address_of;
use crate::page::show::Say;
use crate::view::{Link, Pill, Problem, Step, Tone};

/// What the head shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// The list in which it waits.
    pub(super) back: Link,
    /// The element's address, for fetching it again.
    pub(super) src: String,
    /// What changes it.
    pub(super) subject: String,
    /// The title.
    pub(super) title: String,
    /// Kind and unit.
    pub(super) lead: String,
    /// State and urgency.
    pub(super) pills: Vec<Pill>,
    /// Whose turn it is.
    pub(super) turn: String,
    /// The steps of its life.
    pub(super) steps: Vec<Step>,
    /// Somebody else moved it since the page was made: where the new page is.
    pub(super) moved: String,
}

impl Head {
    /// Of a document; `seen` is the version of the page that is open.
    pub(super) fn of(view: &OutgoingView, caller: &Caller, say: Say, seen: Option<i64>) -> Self {
        let row = &view.row;
        let id = &row.outgoing_id;
        let shown = seen.unwrap_or(row.version);
        let tag = row.state.tag();
        let mut pills = vec![Pill {
            tone: tone_of(tag),
            text: say.t(tag.name()),
        }];
        pills.extend(say.urgency(row.urgency));
        let back = match list_of(view, caller) {
            Some(tile) => Link {
                text: say.t(tile.name()),
                href: address_of(tile),
            },
            None => Link {
                text: say.t("Văn bản đi"),
                href: "/outgoing".to_owned(),
            },
        };
        Self {
            back,
            src: format!("{}?seen={shown}", href(id, "fragment/head")),
            subject: format!("outgoing:{id}"),
            title: title_of(view, say),
            lead: format!("{} · {}", say.named(row.kind.name()), view.around.unit.name),
            pills,
            turn: turn_of(view, say),
            steps: steps_of(view, say),
            moved: if shown == row.version {
                String::new()
            } else {
                href(id, "")
            },
        }
    }
}

/// The list of the caller's desk in which the document waits now.
pub(super) fn list_of(view: &OutgoingView, caller: &Caller) -> Option<Tile> {
    let tile = match &view.row.state {
        OutgoingState::Drafting {
            returned: Some(_), ..
        } => Tile::ReturnedDrafts,
        OutgoingState::Drafting { .. } => Tile::Drafts,
        OutgoingState::InReview { .. } if caller.actor.leads(&view.row.unit_id) => Tile::ToReview,
        OutgoingState::AwaitingSignature { .. }
            if view.row.signer_id.as_ref() == Some(caller.person_id()) =>
        {
            Tile::ToSign
        }
        OutgoingState::InReview { .. } | OutgoingState::AwaitingSignature { .. } => Tile::Submitted,
        OutgoingState::Signed { .. } => Tile::ToNumber,
        OutgoingState::Numbered { .. } => Tile::ToSeal,
        OutgoingState::Sealed { .. } => Tile::ToIssue,
        OutgoingState::Issued { .. } | OutgoingState::Withdrawn { .. } => return None,
    };
    tile.is_for(caller).then_some(tile)
}

/// A draft that came back, or was given up, says so with the reason.
pub(super) fn setback(view: &OutgoingView, say: Say) -> Option<Problem> {
    match &view.row.state {
        OutgoingState::Drafting {
            returned: Some(returned),
            ..
        } => {
            let by = view
                .opinions
                .iter()
                .rev()
                .find(|(opinion, _)| opinion.person_id == returned.by)
                .map_or("", |(_, name)| name.as_str());
            let what = say.t("{who} trả lại dự thảo lúc {when}");
            Some(Problem {
                tone: Tone::Warn,
                what: what
                    .replace("{who}", by)
                    .replace("{when}", &say.moment(returned.at)),
                why: returned.reason.clone(),
                now: say.t("Sửa theo ý kiến rồi trình lại."),
                ..Problem::default()
            })
        }
        OutgoingState::Withdrawn { reason, since } => Some(Problem {
            tone: Tone::Info,
            what: say
                .t("Dự thảo đã hủy lúc {when}")
                .replace("{when}", &say.moment(*since)),
            why: reason.clone(),
            ..Problem::default()
        }),
        _ => None,
    }
}

/// How far the state is on the way; `None` for a draft that was given up.
pub(super) fn progress(tag: OutgoingTag) -> Option<usize> {
    match tag {
        OutgoingTag::Drafting => Some(0),
        OutgoingTag::InReview => Some(1),
        OutgoingTag::AwaitingSignature => Some(2),
        OutgoingTag::Signed => Some(3),
        OutgoingTag::Numbered => Some(4),
        OutgoingTag::Sealed => Some(5),
        OutgoingTag::Issued => Some(6),
        OutgoingTag::Withdrawn => None,
    }
}

const fn tone_of(tag: OutgoingTag) -> Tone {
    match tag {
        OutgoingTag::Drafting | OutgoingTag::Withdrawn => Tone::None,
        OutgoingTag::InReview
        | OutgoingTag::AwaitingSignature
        | OutgoingTag::Signed
        | OutgoingTag::Numbered
        | OutgoingTag::Sealed => Tone::Info,
        OutgoingTag::Issued => Tone::Ok,
    }
}

fn turn_of(view: &OutgoingView, say: Say) -> String {
    let row = &view.row;
    let signer = view.around.signer_name.as_str();
    match row.state.tag() {
        OutgoingTag::Drafting => say
            .t("Đang soạn thảo: {who}")
            .replace("{who}", &view.drafter_name),
        OutgoingTag::InReview => say
            .t("Chờ lãnh đạo {unit} duyệt nội dung")
            .replace("{unit}", &view.around.unit.name),
        OutgoingTag::AwaitingSignature => say.t("Chờ {who} ký số").replace("{who}", signer),
        OutgoingTag::Signed => say.t("Chờ văn thư cấp số, ngày ban hành"),
        OutgoingTag::Numbered => say.t("Chờ văn thư đóng dấu, ký số của cơ quan"),
        OutgoingTag::Sealed => say.t("Chờ văn thư phát hành"),
        OutgoingTag::Issued => say
            .t("lúc {when}")
            .replace("{when}", &say.moment(row.state.since())),
        OutgoingTag::Withdrawn => String::new(),
    }
}

fn steps_of(view: &OutgoingView, say: Say) -> Vec<Step> {
    let tag = view.row.state.tag();
    let Some(reached) = progress(tag) else {
        return Vec::new();
    };
    let came_back = matches!(
        view.row.state,
        OutgoingState::Drafting {
            returned: Some(_),
            ..
        }
    );
    let number = view
        .row
        .state
        .number()
        .map_or_else(String::new, |n| n.notation.clone());
    let clerk = say.t("Văn thư");
    let steps = [
        (say.t("Soạn thảo"), view.drafter_name.clone()),
        (say.t("Duyệt nội dung"), view.around.unit.name.clone()),
        (say.t("Ký số"), view.around.signer_name.clone()),
        (
            say.t("Cấp số"),
            if number.is_empty() {
                clerk.clone()
            } else {
                number
            },
        ),
        (say.t("Đóng dấu"), clerk.clone()),
        (say.t("Phát hành"), clerk),
    ];
    steps
        .into_iter()
        .enumerate()
        .map(|(at, (text, note))| Step {
            state: match at.cmp(&reached) {
                std::cmp::Ordering::Less => "done",
                std::cmp::Ordering::Equal if came_back => "bad",
                std::cmp::Ordering::Equal => "now",
                std::cmp::Ordering::Greater => "",
            },
            text,
            note,
        })
        .collect()
}
