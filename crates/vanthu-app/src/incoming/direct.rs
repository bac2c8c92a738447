//! The leader directs a document (bút phê; Decree 30/2020, Article 23): who leads, who supports,
//! who is told, and by when.

use serde_json::json;
use vanthu_domain::Day;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::StatusCode;
use vanthu_domain::id::IncomingId;
use vanthu_domain::permission::Action;
use vanthu_store::agency;

use crate::delivery::status::advance;
use crate::incoming::register::{not_past, proposed_due};
use crate::incoming::{keep, open_seen, words};
use crate::line::give::{Given, NewLine, give_all, one_lead};
use crate::{App, AppError, Caller};

/// The longest instruction, in characters.
pub(crate) const LONGEST: usize = 2000;

/// What the leader says.
#[derive(Debug, Clone)]
pub struct Direct {
    /// The document.
    pub incoming_id: IncomingId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The instruction (ý kiến chỉ đạo).
    pub words: String,
    /// The deadline of lines without one of their own; without one, the document's.
    pub due_day: Option<Day>,
    /// To whom, exactly one of them leading.
    pub lines: Vec<NewLine>,
}

/// Directs it; everybody named is told, and the sender sees that it is assigned (code 04).
///
/// Clause: TG-5.3, TG-8.3a, TG-9.2
pub async fn direct(app: &App, caller: &Caller, input: Direct) -> Result<(), AppError> {
    let instruction = words(app, caller, "Ý kiến chỉ đạo", &input.words, LONGEST).await?;
    let mut lines = input.lines;
    for line in &mut lines {
        line.instruction = words(app, caller, "Ý kiến chỉ đạo", &line.instruction, LONGEST).await?;
    }
    one_lead(&lines)?;
    let mut work = app.begin(caller).await?;
    let action = Action::Direct;
    let mut row = open_seen(&mut work, caller, &input.incoming_id, action, input.version).await?;
    let today = work.today();
    let due_day = if let Some(day) = input.due_day {
        not_past(day, today)?
    } else if let Some(day) = row.due_day.filter(|day| *day >= today) {
        day
    } else {
        let ours = agency::load(&mut work.tx, &row.agency_id).await?;
        proposed_due(app, app.profile_of(&ours)?, &row, today)
    };
    row.state = row.state.clone().direct(work.now)?;
    row.due_day = Some(due_day);
    let given = Given {
        incoming: &row,
        parent: None,
        due_day: Some(due_day),
        instruction: &instruction,
    };
    let told = give_all(&mut work, caller, &given, &lines).await?;
    keep(&mut work, &mut row).await?;
    if let Some(delivery_id) = &row.delivery_id {
        advance(
            &mut work,
            delivery_id,
            StatusCode::Assigned,
            "",
            &caller.full_name,
        )
        .await?;
    }
    let data = json!({"words": instruction, "due_day": due_day, "lines": told});
    work.record(Act::Directed, &row.incoming_id, &[], data)
        .await?;
    work.commit().await
}

#[cfg(test)]
mod tests {
    use vanthu_domain::delivery::DeliveryState;
    use vanthu_domain::incoming::IncomingTag;
    use vanthu_domain::line::{LineState, Part};
    use vanthu_domain::refusal::RefusalCode;

    use super::*;
    use crate::test::way::{directed, lines_of, person, presented, unit};
    use crate::test::{World, day};

    /// Proves: TG-5.3, TG-8.3a
    #[tokio::test]
    async fn those_named_get_their_lines_and_the_sender_sees_that_it_is_assigned() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let given = vec![
            unit(&to.unit_id, Part::Lead),
            person(&to.stranger, Part::Support),
            unit(&to.other_unit_id, Part::Information),
        ];
        let (row, lines) = directed(&world, &from, &to, given).await;
        assert_eq!(row.state.tag(), IncomingTag::Directed);
        let due: Vec<_> = lines.iter().map(|line| line.due_day).collect();
        assert_eq!(due, [Some(day(23)), Some(day(23)), None]);
        assert!(lines.iter().all(|line| line.state == LineState::ToDo));
        assert_eq!(lines[1].unit_id, Some(to.other_unit_id.clone()));
        assert_eq!(world.notices(&to.head).await, ["line-given"]);
        assert_eq!(world.notices(&to.stranger).await, ["line-given"]);
        assert_eq!(world.notices(&to.leader).await, ["incoming-presented"]);
        let mut tx = world.app.store.read().await.unwrap();
        let delivery_id = row.delivery_id.unwrap();
        let delivery = vanthu_store::delivery::load(&mut tx, &delivery_id)
            .await
            .unwrap();
        assert_eq!(delivery.state, DeliveryState::Assigned);
        let events = vanthu_store::delivery::list_events(&mut tx, &delivery_id)
            .await
            .unwrap();
        let codes: Vec<_> = events.iter().filter_map(|event| event.code).collect();
        assert_eq!(
            codes,
            [
                StatusCode::Arrived,
                StatusCode::Accepted,
                StatusCode::Assigned
            ]
        );
        assert_eq!(events.last().unwrap().person_name, to.leader.full_name);
    }

    #[tokio::test]
    async fn what_is_not_in_order_is_refused_and_nothing_is_given() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = presented(&world, &from, &to).await;
        let lead = unit(&to.unit_id, Part::Lead);
        let mut late = lead.clone();
        late.due_day = Some(day(15));
        let cases = [
            (vec![], RefusalCode::LeadMissing),
            (
                vec![unit(&to.unit_id, Part::Support)],
                RefusalCode::LeadMissing,
            ),
            (
                vec![lead.clone(), person(&to.stranger, Part::Lead)],
                RefusalCode::LeadMissing,
            ),
            (vec![late], RefusalCode::DeadlineInThePast),
            (
                vec![unit(&from.unit_id, Part::Lead)],
                RefusalCode::FieldMalformed,
            ),
            (
                vec![person(&from.specialist, Part::Lead)],
                RefusalCode::FieldMalformed,
            ),
            (
                vec![lead.clone(), unit(&to.unit_id, Part::Information)],
                RefusalCode::FieldMalformed,
            ),
        ];
        let input = |lines| Direct {
            incoming_id: row.incoming_id.clone(),
            version: None,
            words: String::new(),
            due_day: None,
            lines,
        };
        for (lines, code) in cases {
            let refused = direct(&world.app, &to.leader, input(lines))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Some(code));
        }
        let refused = direct(&world.app, &to.clerk, input(vec![lead.clone()]))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::NotPermitted));
        assert!(lines_of(&world, &row).await.is_empty());
        direct(&world.app, &to.leader, input(vec![lead.clone()]))
            .await
            .unwrap();
        let refused = direct(&world.app, &to.leader, input(vec![lead]))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::WrongState));
    }
}
