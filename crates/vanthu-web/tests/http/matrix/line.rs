//! Lines: every route, every state, everybody.

use axum::http::StatusCode;
use serde_json::json;
use vanthu_app::incoming::Lines;
use vanthu_domain::Moment;
use vanthu_domain::id::{ExtensionId, LineId};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::line::{ExtensionState, LineState, Part};
use vanthu_domain::permission::Action;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::line::{self, ExtensionRow, LineRow};

use super::incoming::incoming_in_every_state;
use super::walk::{Expected, PAST, People, Walk, attempt, expected, knock};
use crate::world::World;

/// Proves: TG-9.2, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn lines_are_moved_by_whom_the_table_names() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let document = processing_document(&world, &people).await;
    let rows = lines_in_every_state(&world, &people, &document).await;
    let specialist = people.caller("cv.cds").person_id().to_string();
    let mut tx = world.app.store.read().await.unwrap();
    let every = line::list_of_incoming(&mut tx, &document.incoming_id)
        .await
        .unwrap();
    drop(tx);
    let seen_by = vanthu_app::incoming::object_of(&document, &every, Lines::Every);
    let mut walk = Walk::default();
    for (row, extension_id) in &rows {
        let id = &row.line_id;
        let object = vanthu_app::line::object_of(row);
        let view = (Action::ViewIncoming, &seen_by);
        let at = |step: &str| format!("/api/v1/lines/{id}/{step}");
        let seen = json!({"version": 0});
        let share = json!({"person_id": specialist, "part": "lead"});
        let mut tries = vec![
            attempt(Action::StartLine, at("start"), seen.clone()),
            attempt(
                Action::AssignLine,
                at("assign"),
                json!({"version": 0, "shares": [share]}),
            ),
            attempt(
                Action::FinishLine,
                at("finish"),
                json!({"version": 0, "code": "filed", "words": "thử quyền"}),
            ),
            attempt(
                Action::ReturnLine,
                at("give-back"),
                json!({"version": 0, "reason": "thử"}),
            ),
            attempt(
                Action::TakeBackLine,
                at("take-back"),
                json!({"version": 0, "reason": "thử"}),
            ),
            attempt(
                Action::AskExtension,
                at("ask-extension"),
                json!({"until_day": PAST, "reason": "thử quyền"}),
            ),
            attempt(
                Action::DecideExtension,
                format!("/api/v1/extensions/{extension_id}/decide"),
                json!({"grant": true, "until_day": PAST}),
            ),
        ];
        if row.part == Part::Information {
            tries = vec![attempt(Action::ReadLine, at("read"), json!({}))];
        }
        for order in &tries {
            let mut later = Vec::new();
            for (who, client, caller) in &people.0 {
                let says = expected(caller, order.action, &object, view);
                if order.action == Action::ReadLine && says == Expected::Allowed {
                    later.push((who, client, says));
                    continue;
                }
                let what = format!("{} {}", order.path, row.state.code());
                walk.note(who, &what, says, order.action, &knock(client, order).await);
            }
            for (who, client, says) in later {
                walk.note(
                    who,
                    &order.path,
                    says,
                    order.action,
                    &knock(client, order).await,
                );
            }
            let stranger = knock(&world.nobody(), order).await;
            assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{}", order.path);
        }
    }
    walk.end(6 * 2 * 7 * 12);
}

/// A document that the department works on.
async fn processing_document(world: &World, people: &People) -> IncomingRow {
    let rows = incoming_in_every_state(world, people).await;
    rows.into_iter()
        .find(|row| row.state.tag() == IncomingTag::Processing)
        .unwrap()
}

/// Lines of the unit, of a person, and for information, in every state, each with a request for
/// more time.
async fn lines_in_every_state(
    world: &World,
    people: &People,
    document: &IncomingRow,
) -> Vec<(LineRow, ExtensionId)> {
    let mut tx = world.app.store.write().await.unwrap();
    let model = line::list_of_incoming(&mut tx, &document.incoming_id)
        .await
        .unwrap()
        .remove(0);
    let specialist = people.caller("cv.cds").person_id().clone();
    let now: Moment = world.app.now();
    let mut rows = Vec::new();
    let kinds = [
        (None, Part::Lead),
        (Some(&specialist), Part::Support),
        (Some(&specialist), Part::Information),
    ];
    for state in LineState::ALL {
        for (person_id, part) in kinds {
            let row = LineRow {
                line_id: LineId::new(now, world.app.random()),
                person_id: person_id.cloned(),
                part,
                state,
                ..model.clone()
            };
            line::insert(&mut tx, &row).await.unwrap();
            let extension = ExtensionRow {
                extension_id: ExtensionId::new(now, world.app.random()),
                line_id: row.line_id.clone(),
                asked_by: specialist.clone(),
                asked_at: now,
                until_day: now.day().plus_days(30),
                reason: "thử".to_owned(),
                state: ExtensionState::Asked,
                decided_by: None,
            };
            line::insert_extension(&mut tx, &extension).await.unwrap();
            rows.push((row, extension.extension_id));
        }
    }
    tx.commit().await.unwrap();
    rows
}
