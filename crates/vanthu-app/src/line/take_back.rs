//! Whoever gave a line takes it back (lấy lại việc), with everything passed on from it, and may
//! give it to others in the same act.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{LineId, PersonId};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::permission::Action;
use vanthu_store::line::LineRow;

use crate::incoming::direct::LONGEST;
use crate::incoming::words;
use crate::line::end::end_open;
use crate::line::give::{Given, NewLine, give_all, heads_of, one_lead};
use crate::line::view::{LineView, views};
use crate::line::{Opened, open};
use crate::{App, AppError, Caller, Work};

/// What whoever gave it says.
#[derive(Debug, Clone)]
pub struct TakeBack {
    /// The line.
    pub line_id: LineId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// Why; may be empty.
    pub reason: String,
    /// To whom it goes instead. Exactly one of them leads where the line leads the document.
    pub instead: Vec<NewLine>,
}

/// The line and everything passed on from it: what taking it back would end.
pub async fn preview(app: &App, caller: &Caller, id: &LineId) -> Result<Vec<LineView>, AppError> {
    let mut work = app.begin(caller).await?;
    let opened = open(&mut work, caller, id, Action::TakeBackLine, None).await?;
    let branch = opened.branch();
    let open: Vec<LineRow> = branch
        .into_iter()
        .filter(|line| line.state.is_open())
        .collect();
    views(&mut work.tx, caller, &open).await
}

/// Takes it back; everybody who loses work by it is told.
pub async fn take_back(app: &App, caller: &Caller, input: TakeBack) -> Result<(), AppError> {
    let reason = words(app, caller, "Lý do", &input.reason, LONGEST).await?;
    let mut instead = input.instead;
    for line in &mut instead {
        line.instruction = words(app, caller, "Ý kiến chỉ đạo", &line.instruction, LONGEST).await?;
    }
    let mut work = app.begin(caller).await?;
    let action = Action::TakeBackLine;
    let opened = open(&mut work, caller, &input.line_id, action, input.version).await?;
    let leads_document = opened.line.parent_line_id.is_none() && opened.line.part == Part::Lead;
    if leads_document {
        one_lead(&instead)?;
    }
    let ended = end_open(&mut work, caller, &opened.branch(), LineState::take_back).await?;
    tell(&mut work, caller, &opened, &ended, &reason).await?;
    let line = &opened.line;
    let given = Given {
        incoming: &opened.incoming,
        parent: opened.parent(),
        due_day: line.due_day.map(|day| day.max(work.today())),
        instruction: &line.instruction,
    };
    let told = give_all(&mut work, caller, &given, &instead).await?;
    let about = [opened.incoming.incoming_id.to_string()];
    let lines: Vec<&LineId> = ended.iter().map(|line| &line.line_id).collect();
    let data = json!({"reason": reason, "lines": lines, "instead": told});
    work.record(Act::LineTakenBack, &line.line_id, &about, data)
        .await?;
    work.commit().await
}

async fn tell(
    work: &mut Work<'_>,
    caller: &Caller,
    opened: &Opened,
    ended: &[LineRow],
    reason: &str,
) -> Result<(), AppError> {
    let row = &opened.incoming;
    let mut people: Vec<PersonId> = Vec::new();
    for line in ended {
        match (&line.person_id, &line.unit_id) {
            (Some(person_id), _) => people.push(person_id.clone()),
            (None, Some(unit_id)) => people.extend(heads_of(work, row, unit_id).await?),
            (None, None) => {}
        }
    }
    people.sort_unstable();
    people.dedup();
    let args = json!({
        "subject": row.subject, "number": row.notation, "by": caller.full_name, "reason": reason,
    });
    for person_id in people
        .iter()
        .filter(|person_id| *person_id != caller.person_id())
    {
        work.notify(person_id, "line-taken-back", args.clone(), opened.link())
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use vanthu_domain::refusal::RefusalCode;

    use super::*;
    use crate::line::assign::{Assign, Share, assign};
    use crate::line::give_back::give_back;
    use crate::test::World;
    use crate::test::way::{directed, line_now, lines_of, person, unit};

    #[tokio::test]
    async fn taking_back_ends_the_branch_and_gives_the_work_to_another() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let (row, lines) = directed(&world, &from, &to, vec![unit(&to.unit_id, Part::Lead)]).await;
        let person_id = to.specialist.person_id().clone();
        let shares = vec![Share {
            person_id,
            part: Part::Lead,
            due_day: None,
        }];
        let line_id = lines[0].line_id.clone();
        let input = Assign {
            line_id: line_id.clone(),
            version: None,
            words: String::new(),
            shares,
        };
        assign(&world.app, &to.head, input).await.unwrap();

        let branch = preview(&world.app, &to.leader, &line_id).await.unwrap();
        let names: Vec<_> = branch.iter().map(LineView::holder_name).collect();
        assert_eq!(names, ["Phòng Nghiệp vụ", to.specialist.full_name.as_str()]);
        let input = |instead| TakeBack {
            line_id: line_id.clone(),
            version: None,
            reason: "Chuyển phòng khác".to_owned(),
            instead,
        };
        let refused = take_back(&world.app, &to.leader, input(vec![]))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::LeadMissing));
        let refused = take_back(&world.app, &to.head, input(vec![]))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::NotPermitted));
        let instead = vec![person(&to.stranger, Part::Lead)];
        take_back(&world.app, &to.leader, input(instead))
            .await
            .unwrap();

        let states: Vec<_> = lines_of(&world, &row)
            .await
            .iter()
            .map(|line| line.state)
            .collect();
        assert_eq!(
            states,
            [LineState::TakenBack, LineState::TakenBack, LineState::ToDo]
        );
        for lost in [&to.head, &to.specialist] {
            assert_eq!(world.notices(lost).await, ["line-given", "line-taken-back"]);
        }
        assert_eq!(world.notices(&to.stranger).await, ["line-given"]);
    }

    #[tokio::test]
    async fn a_lead_that_comes_back_is_held_by_whoever_gave_it() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let (row, lines) =
            directed(&world, &from, &to, vec![person(&to.specialist, Part::Lead)]).await;
        let id = &lines[0].line_id;
        let refused = give_back(&world.app, &to.specialist, id, None, " ")
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ReturnReasonRequired));
        give_back(&world.app, &to.specialist, id, None, "Không đúng việc")
            .await
            .unwrap();
        assert_eq!(line_now(&world, id).await.state, LineState::Returned);
        let lines = lines_of(&world, &row).await;
        assert_eq!(lines[1].person_id.as_ref(), Some(to.leader.person_id()));
        assert_eq!(lines[1].state, LineState::ToDo);
        assert_eq!(
            world.notices(&to.leader).await.last().unwrap(),
            "line-returned"
        );
        let input = TakeBack {
            line_id: lines[1].line_id.clone(),
            version: Some(lines[1].version),
            reason: String::new(),
            instead: vec![person(&to.colleague, Part::Lead)],
        };
        take_back(&world.app, &to.leader, input).await.unwrap();
        assert_eq!(world.notices(&to.colleague).await, ["line-given"]);
    }

    #[tokio::test]
    async fn a_share_that_comes_back_is_assigned_anew_by_the_head() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let (row, lines) = directed(&world, &from, &to, vec![unit(&to.unit_id, Part::Lead)]).await;
        let input = |who: &Caller, part| Assign {
            line_id: lines[0].line_id.clone(),
            version: None,
            words: String::new(),
            shares: vec![Share {
                person_id: who.person_id().clone(),
                part,
                due_day: None,
            }],
        };
        for (who, part) in [(&to.stranger, Part::Lead), (&from.specialist, Part::Lead)] {
            let refused = assign(&world.app, &to.head, input(who, part))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Some(RefusalCode::FieldMalformed));
        }
        let refused = assign(&world.app, &to.head, input(&to.specialist, Part::Support)).await;
        assert_eq!(refused.unwrap_err().code(), Some(RefusalCode::LeadMissing));
        assign(&world.app, &to.head, input(&to.specialist, Part::Lead))
            .await
            .unwrap();
        let refused = assign(&world.app, &to.head, input(&to.colleague, Part::Lead)).await;
        assert_eq!(refused.unwrap_err().code(), Some(RefusalCode::LeadMissing));
        let mine = lines_of(&world, &row).await[1].line_id.clone();
        give_back(&world.app, &to.specialist, &mine, None, "Đi công tác")
            .await
            .unwrap();
        assert_eq!(lines_of(&world, &row).await.len(), 2);
        assign(&world.app, &to.head, input(&to.colleague, Part::Lead))
            .await
            .unwrap();
        assert_eq!(lines_of(&world, &row).await.len(), 3);
    }
}
