//! Whoever gave the line decides on more time (quyết định gia hạn).

use serde_json::json;
use vanthu_domain::Day;
use vanthu_domain::audit::Act;
use vanthu_domain::id::ExtensionId;
use vanthu_domain::line::{ExtensionState, Part};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::line;

use crate::incoming::register::not_past;
use crate::incoming::{keep, words};
use crate::line::give::within_parent;
use crate::line::open;
use crate::{App, AppError, Caller};

/// The longest reason, in characters.
const LONGEST: usize = 1000;

/// The decision.
#[derive(Debug, Clone)]
pub enum Decision {
    /// More time, until that day; the day that was asked for where none is named.
    Grant(Option<Day>),
    /// No more time, for this reason.
    Refuse(String),
}

/// Decides. Whoever may see the document sees the request and the decision.
pub async fn decide_extension(
    app: &App,
    caller: &Caller,
    id: &ExtensionId,
    decision: Decision,
) -> Result<(), AppError> {
    let refused = match &decision {
        Decision::Grant(_) => None,
        Decision::Refuse(reason) => {
            let reason = words(app, caller, "Lý do", reason, LONGEST).await?;
            if reason.is_empty() {
                return Err(AppError::refused(RefusalCode::ExtensionReasonRequired));
            }
            Some(reason)
        }
    };
    let mut work = app.begin(caller).await?;
    let not_found = || AppError::refused(RefusalCode::NotFound);
    let line_id = line::find_extension(&mut work.tx, id)
        .await?
        .ok_or_else(not_found)?
        .line_id;
    let mut opened = open(&mut work, caller, &line_id, Action::DecideExtension, None).await?;
    // Read again: now nobody else decides on it.
    let mut row = line::find_extension(&mut work.tx, id)
        .await?
        .ok_or_else(not_found)?;
    match row.state {
        ExtensionState::Asked => {}
        ExtensionState::Granted { until, .. } => {
            return Err(decided(format!("đã gia hạn đến {until}")));
        }
        ExtensionState::Refused { .. } => return Err(decided("không gia hạn".to_owned())),
    }
    row.decided_by = Some(caller.person_id().clone());
    let before = opened.line.due_day;
    row.state = match (&decision, refused) {
        (Decision::Grant(day), _) => {
            let until = not_past(day.unwrap_or(row.until_day), work.today())?;
            within_parent(until, opened.parent(), work.today())?;
            ExtensionState::Granted {
                at: work.now,
                until,
            }
        }
        (Decision::Refuse(_), reason) => ExtensionState::Refused {
            at: work.now,
            reason: reason.unwrap_or_default(),
        },
    };
    line::update_extension(&mut work.tx, &row).await?;
    let mut told = json!({"state": "refused"});
    let mut code = "extension-refused";
    if let ExtensionState::Granted { until, .. } = row.state {
        opened.line.due_day = Some(until);
        line::update(&mut work.tx, &mut opened.line).await?;
        let leads = opened.line.part == Part::Lead && opened.line.parent_line_id.is_none();
        let incoming = &mut opened.incoming;
        if leads && incoming.due_day.is_none_or(|day| day < until) {
            incoming.due_day = Some(until);
            keep(&mut work, incoming).await?;
        }
        told = json!({"state": "granted", "until": until, "before": before});
        code = "extension-granted";
    }
    if let ExtensionState::Refused { reason, .. } = &row.state {
        told = json!({"state": "refused", "reason": reason});
    }
    let incoming = &opened.incoming;
    let args = json!({
        "subject": incoming.subject, "number": incoming.notation, "by": caller.full_name,
        "until": opened.line.due_day.map(|day| day.to_string()),
        "reason": told.get("reason"),
    });
    work.notify(&row.asked_by, code, args, opened.link())
        .await?;
    let about = [line_id.to_string(), incoming.incoming_id.to_string()];
    work.record(Act::ExtensionDecided, id, &about, told).await?;
    work.commit().await
}

fn decided(decision: String) -> AppError {
    Refusal::new(RefusalCode::AlreadyDecided)
        .with("decision", decision)
        .into()
}

#[cfg(test)]
mod tests {
    use vanthu_store::line::list_extensions;

    use super::*;
    use crate::incoming::view::view;
    use crate::line::ask_extension::ask_extension;
    use crate::line::assign::{self, Assign, Share};
    use crate::test::way::{directed, line_now, lines_of, person, unit};
    use crate::test::{World, day};

    #[tokio::test]
    async fn one_request_waits_and_its_history_is_seen_by_all_who_take_part() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let given = vec![
            person(&to.specialist, Part::Lead),
            person(&to.stranger, Part::Support),
        ];
        let (row, lines) = directed(&world, &from, &to, given).await;
        let id = &lines[0].line_id;
        let ask = async |until, why: &str| {
            ask_extension(&world.app, &to.specialist, id, until, why).await
        };
        let refused = ask(day(30), "").await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ExtensionReasonRequired));
        let refused = ask(day(20), "Sớm hơn").await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::FieldMalformed));
        let first = ask(day(27), "Chờ số liệu").await.unwrap();
        let refused = ask(day(30), "Lần nữa").await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ExtensionPending));
        assert_eq!(
            world.notices(&to.leader).await.last().unwrap(),
            "extension-asked"
        );

        let decide = async |who: &Caller, id: &ExtensionId, decision| {
            decide_extension(&world.app, who, id, decision).await
        };
        let refused = decide(&to.specialist, &first, Decision::Grant(None))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::NotPermitted));
        let hidden = decide(&from.leader, &first, Decision::Grant(None))
            .await
            .unwrap_err();
        assert_eq!(hidden.code(), Some(RefusalCode::NotFound));
        decide(&to.leader, &first, Decision::Refuse("Việc gấp".to_owned()))
            .await
            .unwrap();
        assert_eq!(line_now(&world, id).await.due_day, Some(day(23)));
        let refused = decide(&to.leader, &first, Decision::Grant(None))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::AlreadyDecided));

        let second = ask(day(30), "Thiếu số liệu của xã").await.unwrap();
        decide(&to.leader, &second, Decision::Grant(Some(day(26))))
            .await
            .unwrap();
        assert_eq!(line_now(&world, id).await.due_day, Some(day(26)));
        assert_eq!(world.reload(&row.incoming_id).await.due_day, Some(day(26)));
        let told = world.notices(&to.specialist).await;
        assert_eq!(
            told,
            ["line-given", "extension-refused", "extension-granted"]
        );
        let seen = view(&world.app, &to.stranger, &row.incoming_id)
            .await
            .unwrap();
        let history = &seen.lines[0].extensions;
        assert_eq!(history.len(), 2);
        assert_eq!(
            history[1].decided_by.as_deref(),
            Some(to.leader.full_name.as_str())
        );
    }

    #[tokio::test]
    async fn more_time_ends_with_the_deadline_of_the_unit_and_the_refusal_says_so() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let given = vec![unit(&to.unit_id, Part::Lead)];
        let (row, lines) = directed(&world, &from, &to, given).await;
        let share = |due_day| Share {
            person_id: to.specialist.person_id().clone(),
            part: Part::Lead,
            due_day,
        };
        let assign = async |due_day| {
            let input = Assign {
                line_id: lines[0].line_id.clone(),
                version: None,
                words: String::new(),
                shares: vec![share(due_day)],
            };
            assign::assign(&world.app, &to.head, input).await
        };
        let refused = assign(Some(day(24))).await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::DeadlineBeyondUnit));
        assign(Some(day(20))).await.unwrap();
        let all = lines_of(&world, &row).await;
        let own = all
            .iter()
            .find(|line| line.parent_line_id.is_some())
            .unwrap();
        let own = own.line_id.clone();
        let asked = ask_extension(&world.app, &to.specialist, &own, day(27), "Chờ số liệu")
            .await
            .unwrap();
        let grant = async |until| {
            let decision = Decision::Grant(until);
            decide_extension(&world.app, &to.head, &asked, decision).await
        };
        let AppError::Refused(refusal) = grant(None).await.unwrap_err() else {
            panic!("a fault");
        };
        assert_eq!(refusal.code, RefusalCode::DeadlineBeyondUnit);
        assert!(refusal.what().contains("27/11/2026"), "{}", refusal.what());
        assert!(refusal.why().contains("23/11/2026"), "{}", refusal.why());
        assert!(refusal.now().contains("23/11/2026"), "{}", refusal.now());
        assert!(
            refusal.article().contains("Điều 24"),
            "{}",
            refusal.article()
        );
        assert_eq!(line_now(&world, &own).await.due_day, Some(day(20)));
        grant(Some(day(23))).await.unwrap();
        assert_eq!(line_now(&world, &own).await.due_day, Some(day(23)));
    }

    #[tokio::test]
    async fn a_request_ends_with_its_line() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let (_, lines) =
            directed(&world, &from, &to, vec![person(&to.specialist, Part::Lead)]).await;
        let id = &lines[0].line_id;
        ask_extension(&world.app, &to.specialist, id, day(27), "Chờ số liệu")
            .await
            .unwrap();
        let input = crate::line::finish::Finish {
            line_id: id.clone(),
            version: None,
            code: Some(vanthu_domain::incoming::ClosingCode::Filed),
            words: String::new(),
            reply: None,
        };
        crate::line::finish::finish(&world.app, &to.specialist, input)
            .await
            .unwrap();
        let mut tx = world.app.store.read().await.unwrap();
        let history = list_extensions(&mut tx, id).await.unwrap();
        assert!(matches!(history[0].state, ExtensionState::Refused { .. }));
    }
}
