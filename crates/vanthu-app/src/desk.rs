//! The desk (bàn làm việc): tiles that count what waits for somebody.
//!
//! A tile has one predicate, from which both its count and its list come, so that they can't
//! disagree. Lists put the most urgent first.

use vanthu_domain::agency::Role;
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::incoming::{IncomingFilter, IncomingItem, IncomingOrder};
use vanthu_store::line::{LineFilter, LineItem, LineOrder};
use vanthu_store::outgoing::{OutgoingFilter, OutgoingItem, OutgoingOrder};
use vanthu_store::{Cursor, Page, Tx, incoming, line, outgoing};

use crate::line::list::{Scope, filter_of, led_units};
use crate::{App, AppError, Caller};

/// Working days before a deadline in which it counts as near.
const SOON_DAYS: u16 = 2;

macro_rules! tiles {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal, [$($role:ident),+];)*) => {
        /// A tile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tile { $($(#[$doc])* $name,)* }

        impl Tile {
            /// Every tile, in the order of the desk.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its word in addresses.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Its name on the screen.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// On whose desk it stands.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),+],)* }
            }
        }
    };
}

tiles! {
    /// Incoming documents that wait for acceptance.
    ToAccept = "to-accept", "Chờ tiếp nhận", [Clerk];
    /// Accepted documents that wait for the register.
    ToRegister = "to-register", "Chờ vào sổ", [Clerk];
    /// Registered documents that wait to be presented.
    ToPresent = "to-present", "Chờ trình lãnh đạo", [Clerk];
    /// Signed documents that wait for a number.
    ToNumber = "to-number", "Chờ cấp số", [Clerk];
    /// Numbered documents that wait for the agency's signature.
    ToSeal = "to-seal", "Chờ đóng dấu", [Clerk];
    /// Sealed documents that wait to be issued.
    ToIssue = "to-issue", "Chờ phát hành", [Clerk];
    /// Issued documents that a recipient has not accepted yet.
    AwaitingReceipt = "awaiting-receipt", "Chờ nơi nhận tiếp nhận", [Clerk];
    /// Issued documents that could not be delivered everywhere.
    SendErrors = "send-errors", "Gửi lỗi", [Clerk];
    /// Incoming documents that are being processed.
    InProcess = "in-process", "Đang xử lý tại cơ quan", [Clerk, Leader];
    /// Documents presented to the leader.
    PresentedToMe = "presented-to-me", "Chờ bút phê", [Leader];
    /// Documents that wait for the signer.
    ToSign = "to-sign", "Chờ tôi ký", [Leader, UnitHead];
    /// Drafts that wait for the head of the unit.
    ToReview = "to-review", "Chờ duyệt nội dung", [UnitHead];
    /// Lines that nobody has taken up.
    ToDo = "to-do", "Chờ xử lý", [Specialist, UnitHead, Leader, Clerk];
    /// Lines being worked on.
    Doing = "doing", "Đang xử lý", [Specialist, UnitHead, Leader, Clerk];
    /// Open lines whose deadline is near.
    DueSoon = "due-soon", "Sắp đến hạn", [Specialist, UnitHead, Leader, Clerk];
    /// Open lines whose deadline has passed.
    Overdue = "overdue", "Quá hạn", [Specialist, UnitHead, Leader, Clerk];
    /// Lines for information that were not read.
    ForInformation = "for-information", "Nhận để biết", [Specialist, UnitHead, Leader, Clerk];
    /// Open lines that the caller gave.
    GivenByMe = "given-by-me", "Việc tôi đã giao", [UnitHead, Leader];
    /// Of those, the ones whose deadline has passed.
    GivenOverdue = "given-overdue", "Việc đã giao quá hạn", [UnitHead, Leader];
    /// The caller's drafts.
    Drafts = "drafts", "Dự thảo của tôi", [Specialist, UnitHead, Clerk];
    /// The caller's drafts that came back.
    ReturnedDrafts = "returned-drafts", "Dự thảo bị trả lại", [Specialist, UnitHead, Clerk];
    /// The caller's documents on their way to the signature.
    Submitted = "submitted", "Đang trình", [Specialist, UnitHead, Clerk];
}

impl Tile {
    /// The tile of a word in an address.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tile| tile.code() == code)
    }

    /// Whether it stands on the caller's desk.
    pub fn is_for(self, caller: &Caller) -> bool {
        self.roles().iter().any(|role| caller.is(*role))
    }
}

/// A tile with its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The tile.
    pub tile: Tile,
    /// How much waits there.
    pub count: i64,
}

/// One page of a tile's list.
#[derive(Debug, Clone)]
pub enum Listed {
    /// Outgoing documents.
    Outgoing(Page<OutgoingItem>),
    /// Incoming documents.
    Incoming(Page<IncomingItem>),
    /// Lines.
    Lines(Page<LineItem>),
}

impl Listed {
    /// How many items the page holds.
    pub fn len(&self) -> usize {
        match self {
            Self::Outgoing(page) => page.items.len(),
            Self::Incoming(page) => page.items.len(),
            Self::Lines(page) => page.items.len(),
        }
    }

    /// Whether the page holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the next page begins.
    pub fn next(&self) -> Option<&Cursor> {
        match self {
            Self::Outgoing(page) => page.next.as_ref(),
            Self::Incoming(page) => page.next.as_ref(),
            Self::Lines(page) => page.next.as_ref(),
        }
    }
}

/// The caller's tiles with their counts.
///
/// Clause: TG-9.2
pub async fn counts(app: &App, caller: &Caller) -> Result<Vec<Count>, AppError> {
    let mut tx = app.store.read().await?;
    let mut counts = Vec::new();
    for tile in Tile::ALL.iter().copied().filter(|tile| tile.is_for(caller)) {
        let count = Predicate::of(tile, app, caller).count(&mut tx).await?;
        counts.push(Count { tile, count });
    }
    Ok(counts)
}

/// One page of what a tile counts.
///
/// Clause: TG-9.2, TG-5.2b
pub async fn list(
    app: &App,
    caller: &Caller,
    tile: Tile,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Listed, AppError> {
    if !tile.is_for(caller) {
        return Err(AppError::refused(RefusalCode::NotFound));
    }
    let mut tx = app.store.read().await?;
    Predicate::of(tile, app, caller)
        .list(&mut tx, after, limit)
        .await
}

/// What a tile counts and lists.
enum Predicate {
    Outgoing(OutgoingFilter),
    Incoming(IncomingFilter),
    Lines(LineFilter, LineOrder),
}

impl Predicate {
    fn of(tile: Tile, app: &App, caller: &Caller) -> Self {
        match tile {
            Tile::ToAccept => Self::arrived(caller, &[IncomingTag::Arrived, IncomingTag::Checked]),
            Tile::ToRegister => Self::arrived(caller, &[IncomingTag::Accepted]),
            Tile::ToPresent => Self::arrived(caller, &[IncomingTag::Registered]),
            Tile::InProcess => {
                Self::arrived(caller, &[IncomingTag::Directed, IncomingTag::Processing])
            }
            Tile::PresentedToMe => Self::Incoming(IncomingFilter {
                agency_id: Some(caller.agency_id.clone()),
                leader_id: Some(caller.person_id().clone()),
                states: vec![IncomingTag::Presented],
                ..IncomingFilter::default()
            }),
            Tile::ToNumber => Self::issuing(caller, OutgoingTag::Signed, &[]),
            Tile::ToSeal => Self::issuing(caller, OutgoingTag::Numbered, &[]),
            Tile::ToIssue => Self::issuing(caller, OutgoingTag::Sealed, &[]),
            Tile::AwaitingReceipt => Self::issuing(
                caller,
                OutgoingTag::Issued,
                &[
                    DeliveryState::Queued,
                    DeliveryState::Sent,
                    DeliveryState::Arrived,
                ],
            ),
            Tile::SendErrors => Self::issuing(
                caller,
                OutgoingTag::Issued,
                &[DeliveryState::Failed, DeliveryState::Expired],
            ),
            Tile::ToSign => Self::Outgoing(OutgoingFilter {
                agency_id: Some(caller.agency_id.clone()),
                signer_id: Some(caller.person_id().clone()),
                states: vec![OutgoingTag::AwaitingSignature],
                ..OutgoingFilter::default()
            }),
            Tile::ToReview => Self::Outgoing(OutgoingFilter {
                agency_id: Some(caller.agency_id.clone()),
                unit_ids: led_units(caller),
                states: vec![OutgoingTag::InReview],
                ..OutgoingFilter::default()
            }),
            Tile::Drafts => Self::drafted(caller, &[OutgoingTag::Drafting], Some(false)),
            Tile::ReturnedDrafts => Self::drafted(caller, &[OutgoingTag::Drafting], Some(true)),
            Tile::Submitted => Self::drafted(
                caller,
                &[OutgoingTag::InReview, OutgoingTag::AwaitingSignature],
                None,
            ),
            Tile::ToDo => Self::work(caller, Scope::Mine, &[LineState::ToDo]),
            Tile::Doing => Self::work(caller, Scope::Mine, &[LineState::Doing]),
            Tile::DueSoon => Self::work(caller, Scope::Mine, OPEN).due_soon(app),
            Tile::Overdue => Self::work(caller, Scope::Mine, OPEN).overdue(app),
            Tile::GivenByMe => Self::work(caller, Scope::Given, OPEN),
            Tile::GivenOverdue => Self::work(caller, Scope::Given, OPEN).overdue(app),
            Tile::ForInformation => Self::Lines(
                LineFilter {
                    states: vec![LineState::ToDo],
                    parts: vec![Part::Information],
                    ..filter_of(caller, Scope::Mine)
                },
                LineOrder::MostUrgent,
            ),
        }
    }

    fn arrived(caller: &Caller, states: &[IncomingTag]) -> Self {
        Self::Incoming(IncomingFilter {
            agency_id: Some(caller.agency_id.clone()),
            states: states.to_vec(),
            ..IncomingFilter::default()
        })
    }

    fn issuing(caller: &Caller, state: OutgoingTag, deliveries: &[DeliveryState]) -> Self {
        Self::Outgoing(OutgoingFilter {
            agency_id: Some(caller.agency_id.clone()),
            states: vec![state],
            delivery_states: deliveries.to_vec(),
            ..OutgoingFilter::default()
        })
    }

    fn drafted(caller: &Caller, states: &[OutgoingTag], returned: Option<bool>) -> Self {
        Self::Outgoing(OutgoingFilter {
            agency_id: Some(caller.agency_id.clone()),
            drafter_id: Some(caller.person_id().clone()),
            states: states.to_vec(),
            returned,
            ..OutgoingFilter::default()
        })
    }

    /// Lines that somebody has to work on: those for information are never among them.
    fn work(caller: &Caller, scope: Scope, states: &[LineState]) -> Self {
        Self::Lines(
            LineFilter {
                states: states.to_vec(),
                parts: vec![Part::Lead, Part::Support],
                ..filter_of(caller, scope)
            },
            LineOrder::MostUrgent,
        )
    }

    fn due_soon(self, app: &App) -> Self {
        let today = app.now().day();
        let last = app.calendar.add_working_days(today, SOON_DAYS);
        match self {
            Self::Lines(filter, _) => Self::Lines(
                LineFilter {
                    due_from: Some(today),
                    due_before: Some(last.plus_days(1)),
                    ..filter
                },
                LineOrder::Due,
            ),
            other => other,
        }
    }

    fn overdue(self, app: &App) -> Self {
        match self {
            Self::Lines(filter, _) => Self::Lines(
                LineFilter {
                    due_before: Some(app.now().day()),
                    ..filter
                },
                LineOrder::Due,
            ),
            other => other,
        }
    }

    async fn count(&self, tx: &mut Tx) -> Result<i64, AppError> {
        Ok(match self {
            Self::Outgoing(filter) => outgoing::count(tx, filter).await?,
            Self::Incoming(filter) => incoming::count(tx, filter).await?,
            Self::Lines(filter, _) => line::count(tx, filter).await?,
        })
    }

    async fn list(
        &self,
        tx: &mut Tx,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Listed, AppError> {
        Ok(match self {
            Self::Outgoing(filter) => {
                let order = OutgoingOrder::MostUrgent;
                Listed::Outgoing(outgoing::list(tx, filter, order, after, limit).await?)
            }
            Self::Incoming(filter) => {
                let order = IncomingOrder::MostUrgent;
                Listed::Incoming(incoming::list(tx, filter, order, after, limit).await?)
            }
            Self::Lines(filter, order) => {
                Listed::Lines(line::list(tx, filter, *order, after, limit).await?)
            }
        })
    }
}

const OPEN: &[LineState] = &[LineState::ToDo, LineState::Doing];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::rngs::StdRng;
    use rand::{Rng as _, SeedableRng as _};
    use vanthu_domain::kind::Urgency;

    use super::*;
    use crate::incoming::accept::accept;
    use crate::incoming::accept_and_register::accept_and_register;
    use crate::incoming::give_back::{GiveBack, give_back};
    use crate::incoming::register::Register;
    use crate::line::assign::{Assign, Share, assign};
    use crate::line::finish::{Finish, finish};
    use crate::line::start::start;
    use crate::test::way::{directed, lines_of, person, presented, unit};
    use crate::test::{Letter, Life, Office, World, monday};

    /// Every tile of everybody counts exactly what it lists, page by page, each item once, and
    /// nobody is shown what they may not open.
    async fn counts_are_lists(world: &World, offices: &[&Office]) -> usize {
        let mut full = 0;
        for office in offices {
            let everybody = [
                &office.clerk,
                &office.leader,
                &office.head,
                &office.specialist,
                &office.colleague,
                &office.stranger,
            ];
            for who in everybody {
                for Count { tile, count } in counts(&world.app, who).await.unwrap() {
                    let mut seen = BTreeSet::new();
                    let mut listed = 0;
                    let mut after = None;
                    loop {
                        let page = list(&world.app, who, tile, after.as_ref(), 2)
                            .await
                            .unwrap();
                        listed += page.len();
                        seen.extend(keys(&page));
                        after = page.next().cloned();
                        if after.is_none() {
                            break;
                        }
                    }
                    assert_eq!(listed as i64, count, "{} of {}", tile.code(), who.full_name);
                    assert_eq!(seen.len(), listed, "{} of {}", tile.code(), who.full_name);
                    full += listed;
                }
            }
        }
        full
    }

    fn keys(page: &Listed) -> Vec<String> {
        match page {
            Listed::Outgoing(page) => page
                .items
                .iter()
                .map(|item| item.outgoing_id.to_string())
                .collect(),
            Listed::Incoming(page) => page
                .items
                .iter()
                .map(|item| item.incoming_id.to_string())
                .collect(),
            Listed::Lines(page) => page
                .items
                .iter()
                .map(|item| item.line.line_id.to_string())
                .collect(),
        }
    }

    /// One document goes some way, by chance.
    async fn something_happens(world: &World, chance: &mut StdRng, from: &Office, to: &Office) {
        let app = &world.app;
        let lead = match chance.random_range(0..3) {
            0 => unit(&to.unit_id, Part::Lead),
            1 => person(&to.specialist, Part::Lead),
            _ => person(&to.head, Part::Lead),
        };
        match chance.random_range(0..8) {
            0 => {
                let mut letter = Letter::about("V/v một");
                letter.state = Life::Sealed;
                world.letter(from, &[to], letter).await;
            }
            1 => {
                world
                    .letter(from, &[to], Letter::about("V/v chưa gửi"))
                    .await;
            }
            2 => {
                let mut letter = Letter::about("V/v khẩn");
                letter.urgency = Urgency::ALL[chance.random_range(0..4)];
                let row = world.arrived(from, to, letter).await;
                let fate = chance.random_range(0..3);
                if fate == 0 {
                    accept(app, &to.clerk, &row.incoming_id, None)
                        .await
                        .unwrap();
                } else if fate == 1 {
                    let input = GiveBack {
                        incoming_id: row.incoming_id,
                        version: None,
                        reason: vanthu_domain::incoming::ReturnReason::Form,
                        words: String::new(),
                    };
                    give_back(app, &to.clerk, input).await.unwrap();
                }
            }
            3 => {
                let row = world.arrived(from, to, Letter::about("V/v vào sổ")).await;
                let input = Register {
                    incoming_id: row.incoming_id,
                    version: None,
                    due_day: None,
                    note: String::new(),
                    despite_duplicate: None,
                };
                accept_and_register(app, &to.clerk, input).await.unwrap();
            }
            4 => {
                presented(world, from, to).await;
            }
            _ => {
                let given = vec![
                    lead,
                    person(&to.stranger, Part::Information),
                    person(&to.colleague, Part::Support),
                ];
                let (row, lines) = directed(world, from, to, given).await;
                if chance.random_bool(0.5) {
                    start(app, &to.colleague, &lines[2].line_id, None)
                        .await
                        .unwrap();
                }
                if lines[0].person_id.is_none() && chance.random_bool(0.7) {
                    let person_id = to.specialist.person_id().clone();
                    let input = Assign {
                        line_id: lines[0].line_id.clone(),
                        version: None,
                        words: String::new(),
                        shares: vec![Share {
                            person_id,
                            part: Part::Lead,
                            due_day: None,
                        }],
                    };
                    assign(app, &to.head, input).await.unwrap();
                    if chance.random_bool(0.5) {
                        let mine = lines_of(world, &row).await[3].line_id.clone();
                        let input = Finish {
                            line_id: mine,
                            version: None,
                            code: Some(vanthu_domain::incoming::ClosingCode::Noted),
                            words: String::new(),
                            reply: None,
                        };
                        finish(app, &to.specialist, input).await.unwrap();
                    }
                }
            }
        }
    }

    /// Proves: TG-9.2
    #[tokio::test]
    async fn every_tile_counts_what_it_lists() {
        for seed in 0..4 {
            let mut chance = StdRng::seed_from_u64(seed);
            let world = World::new().await;
            let one = world.office("H01.01", "Sở Mẫu").await;
            let two = world.office("H01.02", "UBND xã Một").await;
            let mut now = monday();
            for _ in 0..14 {
                let (from, to) = if chance.random_bool(0.5) {
                    (&one, &two)
                } else {
                    (&two, &one)
                };
                something_happens(&world, &mut chance, from, to).await;
                now = now.plus_seconds(chance.random_range(0..86_400));
                world.clock.move_to(now);
            }
            assert!(
                counts_are_lists(&world, &[&one, &two]).await > 0,
                "seed {seed}"
            );
        }
    }

    /// Proves: TG-5.2b
    #[tokio::test]
    async fn the_most_urgent_comes_first() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        for urgency in [Urgency::Normal, Urgency::Express, Urgency::Urgent] {
            let mut letter = Letter::about(urgency.name());
            letter.urgency = urgency;
            world.arrived(&from, &to, letter).await;
        }
        let Listed::Incoming(page) = list(&world.app, &to.clerk, Tile::ToAccept, None, 10)
            .await
            .unwrap()
        else {
            panic!("incoming documents")
        };
        let order: Vec<_> = page.items.iter().map(|item| item.urgency).collect();
        assert_eq!(order, [Urgency::Express, Urgency::Urgent, Urgency::Normal]);
    }

    #[tokio::test]
    async fn late_lines_are_told_from_near_ones_and_information_is_never_late() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let given = vec![
            person(&to.specialist, Part::Lead),
            person(&to.stranger, Part::Information),
        ];
        directed(&world, &from, &to, given).await;
        let count = async |who: &Caller, tile| {
            let all = counts(&world.app, who).await.unwrap();
            all.into_iter()
                .find(|count| count.tile == tile)
                .unwrap()
                .count
        };
        // Due on Monday the 23rd; on Thursday two working days are left.
        for (on, soon, late) in [(18, 0, 0), (19, 1, 0), (23, 1, 0), (24, 0, 1)] {
            world.clock.move_to(crate::test::day(on).at_minute(480));
            assert_eq!(count(&to.specialist, Tile::DueSoon).await, soon, "day {on}");
            assert_eq!(count(&to.specialist, Tile::Overdue).await, late, "day {on}");
            assert_eq!(
                count(&to.leader, Tile::GivenOverdue).await,
                late,
                "day {on}"
            );
            assert_eq!(count(&to.stranger, Tile::Overdue).await, 0);
            assert_eq!(count(&to.stranger, Tile::ForInformation).await, 1);
        }
        let hidden = list(&world.app, &to.specialist, Tile::ToSeal, None, 10)
            .await
            .unwrap_err();
        assert_eq!(hidden.code(), Some(RefusalCode::NotFound));
    }

    #[tokio::test]
    async fn the_sender_sees_who_has_not_accepted_and_what_failed() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let bad = world.office("H01.03", "").await;
        let id = world
            .letter(&from, &[&to, &bad], Letter::about("V/v báo cáo"))
            .await;
        world.run().await;
        let count = async |tile| {
            let all = counts(&world.app, &from.clerk).await.unwrap();
            all.into_iter()
                .find(|count| count.tile == tile)
                .unwrap()
                .count
        };
        assert_eq!(count(Tile::AwaitingReceipt).await, 1);
        assert_eq!(count(Tile::SendErrors).await, 1);
        let row = world.incoming(&id, &to).await;
        accept(&world.app, &to.clerk, &row.incoming_id, None)
            .await
            .unwrap();
        assert_eq!(count(Tile::AwaitingReceipt).await, 0);
    }

    #[test]
    fn no_two_tiles_share_a_word() {
        for tile in Tile::ALL {
            assert_eq!(Tile::from_code(tile.code()), Some(*tile));
        }
    }
}
