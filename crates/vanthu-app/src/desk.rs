//! The desk (bàn làm việc): tiles that count what waits for somebody.
//!
//! A tile has one predicate, from which both its count and its list come, so that they can't
//! disagree. Lists put the most urgent first.

use vanthu_domain::agency::Role;
pub use vanthu_store::incoming::IncomingItem;
pub use vanthu_store::line::LineItem;
pub use vanthu_store::outgoing::OutgoingItem;
use vanthu_store::{Cursor, Page};

use crate::listing::{self, Section, Selection};
use crate::{App, AppError, Caller};

/// Whether somebody has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits, and is counted on the desk.
    Waiting,
    /// It is over; the list keeps it in sight.
    Over,
}

macro_rules! tiles {
    ($($(#[$doc:meta])* $name:ident = $section:ident $stage:ident $code:literal, $text:literal, [$($role:ident),+];)*) => {
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

            /// Among which lists it stands.
            pub const fn section(self) -> Section {
                match self { $(Self::$name => Section::$section,)* }
            }

            /// Whether what it holds waits for somebody.
            pub const fn stage(self) -> Stage {
                match self { $(Self::$name => Stage::$stage,)* }
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
    ToAccept = Incoming Waiting "to-accept", "Chờ tiếp nhận", [Clerk];
    /// Accepted documents that wait for the register.
    ToRegister = Incoming Waiting "to-register", "Chờ vào sổ", [Clerk];
    /// Registered documents that wait to be presented.
    ToPresent = Incoming Waiting "to-present", "Chờ trình lãnh đạo", [Clerk];
    /// Signed documents that wait for a number.
    ToNumber = Outgoing Waiting "to-number", "Chờ cấp số", [Clerk];
    /// Numbered documents that wait for the agency's signature.
    ToSeal = Outgoing Waiting "to-seal", "Chờ đóng dấu", [Clerk];
    /// Sealed documents that wait to be issued.
    ToIssue = Outgoing Waiting "to-issue", "Chờ phát hành", [Clerk];
    /// Issued documents that a recipient has not accepted yet.
    AwaitingReceipt = Outgoing Waiting "awaiting-receipt", "Chờ nơi nhận tiếp nhận", [Clerk];
    /// Issued documents that could not be delivered everywhere.
    SendErrors = Outgoing Waiting "send-errors", "Gửi lỗi", [Clerk];
    /// Incoming documents that are being processed.
    InProcess = Incoming Waiting "in-process", "Đang xử lý tại cơ quan", [Clerk, Leader];
    /// Documents presented to the leader.
    PresentedToMe = Incoming Waiting "presented-to-me", "Chờ bút phê", [Leader];
    /// Documents that wait for the signer.
    ToSign = Outgoing Waiting "to-sign", "Chờ tôi ký", [Leader, UnitHead];
    /// Drafts that wait for the head of the unit.
    ToReview = Outgoing Waiting "to-review", "Chờ duyệt nội dung", [UnitHead];
    /// Lines that nobody has taken up.
    ToDo = Work Waiting "to-do", "Chờ xử lý", [Specialist, UnitHead, Leader, Clerk];
    /// Lines being worked on.
    Doing = Work Waiting "doing", "Đang xử lý", [Specialist, UnitHead, Leader, Clerk];
    /// Open lines whose deadline is near.
    DueSoon = Work Waiting "due-soon", "Sắp đến hạn", [Specialist, UnitHead, Leader, Clerk];
    /// Open lines whose deadline has passed.
    Overdue = Work Waiting "overdue", "Quá hạn", [Specialist, UnitHead, Leader, Clerk];
    /// Lines for information that were not read.
    ForInformation = Work Waiting "for-information", "Nhận để biết", [Specialist, UnitHead, Leader, Clerk];
    /// Open lines that the caller gave.
    GivenByMe = Work Waiting "given-by-me", "Việc tôi đã giao", [UnitHead, Leader];
    /// Of those, the ones whose deadline has passed.
    GivenOverdue = Work Waiting "given-overdue", "Việc đã giao quá hạn", [UnitHead, Leader];
    /// The caller's drafts.
    Drafts = Outgoing Waiting "drafts", "Dự thảo của tôi", [Specialist, UnitHead, Clerk];
    /// The caller's drafts that came back.
    ReturnedDrafts = Outgoing Waiting "returned-drafts", "Dự thảo bị trả lại", [Specialist, UnitHead, Clerk];
    /// The caller's documents on their way to the signature.
    Submitted = Outgoing Waiting "submitted", "Đang trình", [Specialist, UnitHead, Clerk];
    /// Documents presented to a leader who has not directed them yet.
    AwaitingDirection = Incoming Over "awaiting-direction", "Đã trình, chờ bút phê", [Clerk];
    /// Incoming documents that are finished.
    Completed = Incoming Over "completed", "Đã hoàn thành", [Clerk, Leader];
    /// Documents that went back to their senders.
    Returned = Incoming Over "returned", "Đã trả lại nơi gửi", [Clerk];
    /// Documents that the agency has issued.
    Issued = Outgoing Over "issued", "Đã phát hành", [Clerk, Leader];
    /// Documents that the caller has signed.
    SignedByMe = Outgoing Over "signed-by-me", "Tôi đã ký", [Leader, UnitHead];
    /// The caller's documents between the signature and the recipients.
    OnTheWay = Outgoing Over "on-the-way", "Đã ký, chờ phát hành", [Specialist, UnitHead, Clerk];
    /// The caller's documents that were issued.
    MyIssued = Outgoing Over "my-issued", "Dự thảo đã phát hành", [Specialist, UnitHead, Clerk];
    /// The caller's drafts that were given up.
    Withdrawn = Outgoing Over "withdrawn", "Dự thảo đã hủy", [Specialist, UnitHead, Clerk];
    /// Lines that the caller has finished.
    Done = Work Over "done", "Đã xử lý", [Specialist, UnitHead, Leader, Clerk];
    /// Lines for information that the caller has read.
    Read = Work Over "read", "Đã đọc", [Specialist, UnitHead, Leader, Clerk];
    /// Lines that the caller gave back.
    GivenBack = Work Over "given-back", "Việc đã trả lại", [Specialist, UnitHead, Leader, Clerk];
    /// Lines that the caller gave and that are finished.
    GivenDone = Work Over "given-done", "Việc đã giao, đã xong", [UnitHead, Leader];
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

/// The caller's tiles with their counts: of what waits.
///
/// Clause: TG-9.2
pub async fn counts(app: &App, caller: &Caller) -> Result<Vec<Count>, AppError> {
    let mut tx = app.store.read().await?;
    let mut counts = Vec::new();
    for tile in Tile::ALL.iter().copied() {
        if tile.stage() == Stage::Waiting && tile.is_for(caller) {
            let count = listing::count_in(&mut tx, app, caller, &Selection::of(tile), None).await?;
            counts.push(Count { tile, count });
        }
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
    listing::list(app, caller, &Selection::of(tile), after, limit).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::rngs::StdRng;
    use rand::{Rng as _, SeedableRng as _};
    use vanthu_domain::kind::Urgency;
    use vanthu_domain::line::Part;
    use vanthu_domain::refusal::RefusalCode;

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
                let waiting = counts(&world.app, who).await.unwrap();
                for tile in Tile::ALL.iter().copied().filter(|tile| tile.is_for(who)) {
                    let asked = Selection::of(tile);
                    let count = listing::count(&world.app, who, &asked, None).await.unwrap();
                    let on_desk = waiting.iter().find(|one| one.tile == tile);
                    assert_eq!(
                        on_desk.map(|one| one.count),
                        (tile.stage() == Stage::Waiting).then_some(count)
                    );
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
