//! Lines: every route, every state, everybody.

use serde_json::{Value, json};
use vanthu_app::incoming::Lines;
use vanthu_domain::Moment;
use vanthu_domain::id::{ExtensionId, LineId};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::line::{ExtensionState, LineState, Part};
use vanthu_domain::permission::Action;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::line::{self, ExtensionRow, LineRow};

use super::incoming::incoming_in_every_state;
use super::walk::{Knock, PAST, People, Thing, Walk, form, json, knock};
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
    let mut by_program = false;
    for (row, extension_id) in &rows {
        let about = About {
            line_id: row.line_id.to_string(),
            specialist: specialist.clone(),
        };
        let thing = |object| Thing {
            name: format!("{} {}", row.part.code(), row.state.code()),
            params: vec![
                ("id", row.line_id.to_string()),
                ("line_id", row.line_id.to_string()),
                ("extension_id", extension_id.to_string()),
            ],
            object,
            view: (Action::ViewIncoming, seen_by.clone()),
        };
        let mut knocks = knocks(&about);
        for knock in &mut knocks {
            if knock.route.path.starts_with("/extensions/") {
                *knock = knock.clone().at("id", extension_id);
            }
        }
        let (looks, mut acts): (Vec<Knock>, Vec<Knock>) = knocks
            .into_iter()
            .partition(|knock| knock.action == Some(Action::ViewIncoming));
        // Only what is for information is read, and nothing else is done with it. Reading ends the
        // line, so each way to read finds one.
        let reads = row.part == Part::Information;
        acts.retain(|knock| reads == (knock.action == Some(Action::ReadLine)));
        if reads {
            by_program = !by_program;
            acts.retain(|knock| knock.is_for_programs() == by_program);
        }
        walk.everybody(&people, &thing(seen_by.clone()), &looks, |_, _, says| says)
            .await;
        let object = vanthu_app::line::object_of(row);
        walk.everybody(&people, &thing(object.clone()), &acts, |_, _, says| says)
            .await;
        let holder = people.client("tp.cds");
        let params = thing(object).params;
        walk.strangers(&world, holder, &params, &looks).await;
        walk.strangers(&world, holder, &params, &acts).await;
    }
    walk.end(6 * 12 * 30);
}

/// What the acts name.
#[derive(Default)]
pub(super) struct About {
    line_id: String,
    specialist: String,
}

/// Every route about a line.
pub(super) fn knocks(about: &About) -> Vec<Knock> {
    let mut all = programs(about);
    all.extend(pages(about));
    all
}

fn programs(about: &About) -> Vec<Knock> {
    let seen = json!({"version": 0});
    let share = json!({"person_id": about.specialist, "part": "lead"});
    let post = |step: &str, body: Value| {
        let at = format!("POST /api/v1/lines/{{line_id}}/{step}");
        json(&at, body)
    };
    vec![
        knock("GET /api/v1/lines/{line_id}"),
        post("start", seen.clone()),
        post("read", seen).changing(),
        post("assign", json!({"version": 0, "shares": [share]})),
        post(
            "finish",
            json!({"version": 0, "code": "filed", "words": "thử quyền"}),
        ),
        post("give-back", json!({"version": 0, "reason": "thử"})),
        post("take-back", json!({"version": 0, "reason": "thử"})),
        post(
            "ask-extension",
            json!({"until_day": PAST, "reason": "thử quyền"}),
        ),
        json(
            "POST /api/v1/extensions/{extension_id}/decide",
            json!({"grant": true, "until_day": PAST}),
        ),
    ]
}

fn pages(about: &About) -> Vec<Knock> {
    let seen = [("version", "0")];
    let reason = [("version", "0"), ("reason", "thử")];
    let finish = [("version", "0"), ("code", "filed"), ("words", "thử quyền")];
    let person = format!("person:{}", about.specialist);
    let post = |step: &str, fields: &[(&str, &str)]| {
        let at = format!("POST /lines/{{id}}/{step}");
        form(&at, fields)
    };
    vec![
        post("start", &seen),
        post("read", &seen).changing(),
        post("finish", &finish),
        post("assign", &[("version", "0"), ("lead", &person)]),
        post("give-back", &reason),
        post("take-back", &reason),
        post("ask-extension", &[("until", PAST), ("reason", "thử quyền")]),
        form(
            "POST /extensions/{id}/decide",
            &[
                ("line", &about.line_id),
                ("decision", "grant"),
                ("until", PAST),
            ],
        ),
    ]
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
