//! One incoming document with everything that its page shows.

use vanthu_domain::Day;
use vanthu_domain::agency::Role;
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::{IncomingId, PersonId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::verdict::LegalVerdict;
use vanthu_store::delivery;
use vanthu_store::file::{self, FileRow};
use vanthu_store::incoming::IncomingRow;
use vanthu_store::outgoing::{self, OutgoingRow};
use vanthu_store::person::{self, PostFilter};
use vanthu_store::{Tx, agency};
use vanthu_wire::exchange::Package;

use crate::incoming::duplicate::{Existing, find_duplicate};
use crate::incoming::register::proposed_due;
use crate::incoming::{Lines, load_for, object_of};
use crate::line::view::{LineView, views};
use crate::outgoing::view::{Possible, TimelineEntry, possible, timeline};
use crate::{App, AppError, Caller};

/// The actions that an incoming document's page speaks of.
pub const PAGE_ACTIONS: [Action; 6] = [
    Action::Accept,
    Action::ReturnToSender,
    Action::Register,
    Action::Present,
    Action::Direct,
    Action::Reply,
];

/// Everything about one incoming document that the caller may see.
#[derive(Debug, Clone)]
pub struct IncomingView {
    /// The document.
    pub row: IncomingRow,
    /// What was received with it; locked.
    pub package: Option<Package>,
    /// What it is worth, point by point; none while it is being examined.
    pub verdict: Option<LegalVerdict>,
    /// Attached files.
    pub files: Vec<FileRow>,
    /// What the sender sees.
    pub delivery: Option<DeliveryState>,
    /// The name of the leader to whom it was presented.
    pub leader_name: Option<String>,
    /// Its lines in the order they were given; the tree is in `parent_line_id`.
    pub lines: Vec<LineView>,
    /// The documents that answer it and that the caller may see.
    pub replies: Vec<OutgoingRow>,
    /// The document that it seems to repeat.
    pub duplicate: Option<Existing>,
    /// The deadline that is proposed for it.
    pub proposed_due: Day,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the caller may do now, and why not the rest.
    pub acts: Vec<Possible>,
}

impl IncomingView {
    /// Whether the caller may do it now.
    pub fn may(&self, action: Action) -> bool {
        self.acts
            .iter()
            .any(|p| p.action == action && p.refusal.is_none())
    }
}

/// The document alone, for whoever has just done something with it; none where the step took it
/// out of the caller's sight.
pub async fn brief(
    app: &App,
    caller: &Caller,
    id: &IncomingId,
) -> Result<Option<IncomingRow>, AppError> {
    let mut tx = app.store.read().await?;
    match load_for(&mut tx, caller, id).await {
        Ok((row, _)) => Ok(Some(row)),
        Err(error) if error.code() == Some(RefusalCode::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The document's page.
///
/// Clause: TG-5.3, TG-8.1a
pub async fn view(app: &App, caller: &Caller, id: &IncomingId) -> Result<IncomingView, AppError> {
    let mut tx = app.store.read().await?;
    let (row, lines) = load_for(&mut tx, caller, id).await?;
    let ours = agency::load(&mut tx, &row.agency_id).await?;
    let proposed_due = proposed_due(app, app.profile_of(&ours)?, &row, app.now().day());
    let delivery = match &row.delivery_id {
        Some(id) => Some(delivery::load(&mut tx, id).await?.state),
        None => None,
    };
    let leader_name = match &row.leader_id {
        Some(id) => Some(person::load(&mut tx, id).await?.full_name),
        None => None,
    };
    let replies = outgoing::list_replies(&mut tx, id)
        .await?
        .into_iter()
        .filter(|reply| {
            caller
                .may(Action::ViewOutgoing, &crate::outgoing::object_of(reply))
                .is_ok()
        })
        .collect();
    Ok(IncomingView {
        package: serde_json::from_value(row.package.clone()).ok(),
        verdict: row
            .verdict
            .clone()
            .and_then(|verdict| serde_json::from_value(verdict).ok()),
        files: file::list(&mut tx, id.as_str()).await?,
        delivery,
        leader_name,
        replies,
        duplicate: find_duplicate(&mut tx, &row).await?,
        proposed_due,
        timeline: timeline(&mut tx, id.as_str()).await?,
        acts: possible(
            caller,
            &object_of(&row, &lines, Lines::Standing),
            &PAGE_ACTIONS,
        ),
        lines: views(&mut tx, caller, &lines).await?,
        row,
    })
}

/// A person or unit that work can be given to.
#[derive(Debug, Clone)]
pub struct PersonChoice {
    /// The person.
    pub person_id: PersonId,
    /// The name.
    pub full_name: String,
    /// The title of the post.
    pub title: String,
    /// The unit, where the post is in one.
    pub unit_id: Option<vanthu_domain::id::UnitId>,
    /// The role.
    pub role: Role,
}

/// Whom clerks, leaders and heads choose from.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The leaders of the agency.
    pub leaders: Vec<PersonChoice>,
    /// Its units.
    pub units: Vec<vanthu_domain::agency::Unit>,
    /// Its people, each post once.
    pub people: Vec<PersonChoice>,
}

/// The leaders, units and people of the caller's agency today.
pub async fn choices(app: &App, caller: &Caller) -> Result<Choices, AppError> {
    let mut tx = app.store.read().await?;
    let people = people_of(&mut tx, caller, app.now().day()).await?;
    Ok(Choices {
        leaders: people
            .iter()
            .filter(|person| person.role == Role::Leader)
            .cloned()
            .collect(),
        units: agency::list_units(&mut tx, &caller.agency_id).await?,
        people,
    })
}

async fn people_of(tx: &mut Tx, caller: &Caller, day: Day) -> Result<Vec<PersonChoice>, AppError> {
    let filter = PostFilter {
        agency_id: caller.agency_id.clone(),
        unit_id: None,
        roles: Vec::new(),
        day,
    };
    let mut people = Vec::new();
    for post in person::list_posts_where(tx, &filter).await? {
        let full_name = person::load(tx, &post.person_id).await?.full_name;
        people.push(PersonChoice {
            person_id: post.person_id,
            full_name,
            title: post.title,
            unit_id: post.unit_id,
            role: post.role,
        });
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use vanthu_domain::line::Part;
    use vanthu_domain::refusal::RefusalCode;

    use super::*;
    use crate::desk::Listed;
    use crate::incoming::file::{Which, open_file};
    use crate::listing::{self, Section, Selection};
    use crate::test::World;
    use crate::test::way::{directed, unit};

    /// Proves: KH-2, TG-5.3
    #[tokio::test]
    async fn whoever_is_not_involved_finds_nothing_not_even_the_file() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let (row, _) = directed(&world, &from, &to, vec![unit(&to.unit_id, Part::Lead)]).await;
        let id = &row.incoming_id;
        for outsider in [&to.stranger, &to.specialist, &from.clerk, &from.leader] {
            let hidden = view(&world.app, outsider, id).await.unwrap_err();
            assert_eq!(hidden.code(), Some(RefusalCode::NotFound));
            let hidden = open_file(&world.app, outsider, id, &Which::Main)
                .await
                .unwrap_err();
            assert_eq!(hidden.code(), Some(RefusalCode::NotFound));
        }
        for insider in [&to.clerk, &to.leader, &to.head] {
            let view = view(&world.app, insider, id).await.unwrap();
            assert_eq!(view.lines.len(), 1);
            assert_eq!(view.lines[0].holder_name(), "Phòng Nghiệp vụ");
            assert_eq!(
                view.leader_name.as_deref(),
                Some(to.leader.full_name.as_str())
            );
            assert!(view.verdict.is_some() && view.package.is_some());
            assert!(!view.timeline.is_empty());
            let may_assign = view.lines[0].may(Action::AssignLine);
            assert_eq!(may_assign, insider == &to.head);
            let file = open_file(&world.app, insider, id, &Which::Main)
                .await
                .unwrap();
            assert_eq!(file.bytes, "V/v báo cáo".as_bytes());
            open_file(&world.app, insider, id, &Which::Report)
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn the_list_shows_what_the_page_would() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        directed(&world, &from, &to, vec![unit(&to.unit_id, Part::Lead)]).await;
        crate::test::way::presented(&world, &from, &to).await;
        let everybody = [&to.clerk, &to.leader, &to.head, &to.specialist, &from.clerk];
        for (who, expected) in everybody.into_iter().zip([2, 2, 1, 0, 0]) {
            let asked = Selection::everything(Section::Incoming);
            let Listed::Incoming(page) = listing::list(&world.app, who, &asked, None, 50)
                .await
                .unwrap()
            else {
                panic!("incoming documents");
            };
            assert_eq!(page.items.len(), expected, "{}", who.full_name);
            let count = listing::count(&world.app, who, &asked, None).await.unwrap();
            assert_eq!(count, expected as i64);
            for item in page.items {
                view(&world.app, who, &item.incoming_id).await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn leaders_units_and_people_of_the_own_agency_can_be_chosen() {
        let world = World::new().await;
        let to = world.office("H01.02", "UBND xã Một").await;
        world.office("H01.03", "UBND xã Hai").await;
        let choices = choices(&world.app, &to.clerk).await.unwrap();
        assert_eq!(choices.leaders.len(), 1);
        assert_eq!(choices.units.len(), 2);
        assert_eq!(choices.people.len(), 6);
    }
}
