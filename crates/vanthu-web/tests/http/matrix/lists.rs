//! Several rows at once: the rights of each are asked by itself, and the answer stands in the result.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use vanthu_app::Caller;
use vanthu_app::incoming::Lines;
use vanthu_domain::permission::{Action, Object};
use vanthu_store::line;

use super::incoming::incoming_in_every_state;
use super::line::{lines_in_every_state, processing_document};
use super::walk::{Expected, Knock, People, Token, Walk, expected, form, json as json_at, name};
use crate::world::{Client, World};

const ACTS: [(Action, &str); 2] = [
    (Action::Accept, "accept-and-register"),
    (Action::Register, "register"),
];

/// Every route that does something with several rows; of the arrivals an old version is named.
pub(super) fn knocks(arrivals: &[String], lines: &[String]) -> Vec<Knock> {
    let mut all = Vec::new();
    for (action, act) in ACTS {
        let items: Vec<Value> = arrivals
            .iter()
            .map(|id| json!({"incoming_id": id, "version": 0}))
            .collect();
        let body = json!({"act": act, "items": items});
        all.push(json_at("POST /api/v1/incoming/bulk", body).of(action));
        let picks: Vec<String> = arrivals.iter().map(|id| format!("{id}~0")).collect();
        all.push(form("POST /incoming/bulk", &fields(act, &picks)).of(action));
    }
    let body = json!({"line_ids": lines});
    all.push(json_at("POST /api/v1/lines/read", body));
    all.push(form("POST /lines/bulk", &fields("read", lines)));
    all
}

fn fields<'a>(act: &'a str, picks: &'a [String]) -> Vec<(&'a str, &'a str)> {
    let picks = picks.iter().map(|pick| ("pick", pick.as_str()));
    std::iter::once(("act", act)).chain(picks).collect()
}

/// A row: which one, what the acts find, and what whoever looks finds.
struct Known {
    id: String,
    document: String,
    object: Object,
    seen: Object,
}

impl Known {
    fn expected(&self, caller: &Caller, action: Action) -> Expected {
        let view = (Action::ViewIncoming, &self.seen);
        expected(caller, action, &self.object, view)
    }
}

/// Proves: TG-8.2, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn several_arrivals_at_once_are_moved_by_whom_the_table_names() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let mut rows = Vec::new();
    for row in incoming_in_every_state(&world, &people).await {
        let mut tx = world.app.store.read().await.unwrap();
        let lines = line::list_of_incoming(&mut tx, &row.incoming_id)
            .await
            .unwrap();
        let of = |which| vanthu_app::incoming::object_of(&row, &lines, which);
        rows.push(Known {
            id: row.incoming_id.to_string(),
            document: row.incoming_id.to_string(),
            object: of(Lines::Standing),
            seen: of(Lines::Every),
        });
    }
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let knocks = arrival_knocks(&ids);
    for knock in &knocks {
        for (who, client, caller) in &people.0 {
            let action = knock.action.unwrap();
            let says = rows.iter().map(|row| row.expected(caller, action));
            // Whoever may do it is told that the version is old: nothing changes.
            compare(
                who,
                knock,
                client,
                &rows,
                &says.collect::<Vec<_>>(),
                &["conflict-version"],
            )
            .await;
        }
    }
    let mut walk = Walk::default();
    let clerk = people.client("vt.skhcn");
    walk.strangers(&world, clerk, &[], &knocks).await;
    walk.end(knocks.len());
}

fn arrival_knocks(ids: &[String]) -> Vec<Knock> {
    let mut all = knocks(ids, &[]);
    all.retain(|knock| knock.action != Some(Action::ReadLine));
    all
}

/// Proves: TG-5.3, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn several_lines_at_once_are_read_by_whom_the_table_names() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let document = processing_document(&world, &people).await;
    for by_program in [true, false] {
        let lines = lines_in_every_state(&world, &people, &document).await;
        let mut tx = world.app.store.read().await.unwrap();
        let every = line::list_of_incoming(&mut tx, &document.incoming_id)
            .await
            .unwrap();
        drop(tx);
        let seen = vanthu_app::incoming::object_of(&document, &every, Lines::Every);
        let rows: Vec<Known> = lines
            .iter()
            .map(|(row, _)| Known {
                id: row.line_id.to_string(),
                document: document.incoming_id.to_string(),
                object: vanthu_app::line::object_of(row),
                seen: seen.clone(),
            })
            .collect();
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let knocks = knocks(&[], &ids).into_iter();
        let mut knocks = knocks.filter(|knock| {
            knock.action == Some(Action::ReadLine) && knock.is_for_programs() == by_program
        });
        let knock = knocks.next().unwrap();
        let mut walk = Walk::default();
        let holder = people.client("cv.cds");
        walk.strangers(&world, holder, &[], std::slice::from_ref(&knock))
            .await;
        walk.end(1);
        let mut read = BTreeSet::new();
        for (who, client, caller) in &people.0 {
            let says = rows.iter().zip(&lines).map(|(row, (line, _))| {
                match row.expected(caller, Action::ReadLine) {
                    // What is for work is finished, and what was read is read.
                    Expected::Allowed if line.part != vanthu_domain::line::Part::Information => {
                        Expected::Refused
                    }
                    Expected::Allowed if !read.insert(row.id.clone()) => Expected::Refused,
                    says => says,
                }
            });
            let says: Vec<Expected> = says.collect();
            compare(who, &knock, client, &rows, &says, &[""]).await;
        }
        assert!(!read.is_empty(), "somebody reads something");
    }
}

/// Each row's outcome is what the table says of it; `allowed` is told to whoever may.
async fn compare(
    who: &str,
    knock: &Knock,
    client: &Client,
    rows: &[Known],
    says: &[Expected],
    allowed: &[&str],
) {
    let at = name(&knock.route);
    let reply = knock.try_as(client, &[], Token::Right).await;
    assert_eq!(reply.status, StatusCode::OK, "{who} {at}");
    if knock.is_for_programs() {
        let outcomes = reply.json();
        let outcomes = outcomes.as_array().unwrap();
        assert_eq!(outcomes.len(), rows.len(), "{who} {at}");
        for ((row, says), outcome) in rows.iter().zip(says).zip(outcomes) {
            let code = outcome["problem"]["code"].as_str().unwrap_or_default();
            let fits = match says {
                Expected::Allowed => allowed.contains(&code),
                Expected::Refused => ["not-permitted", "wrong-state"].contains(&code),
                Expected::Hidden => code == "not-found",
            };
            assert!(fits, "{who} {at} {}: {says:?}, but {outcome}", row.id);
            assert_eq!(outcome["id"], row.id);
            assert_eq!(outcome["done"], code.is_empty());
        }
        return;
    }
    // A page names only what the reader may see, and counts what was done.
    let page = String::from_utf8_lossy(&reply.body).into_owned();
    let done = says
        .iter()
        .filter(|says| **says == Expected::Allowed && allowed.contains(&""))
        .count();
    assert_eq!(
        page.matches("Chưa làm được").count(),
        rows.len() - done,
        "{who} {at}: {says:?}"
    );
    for (row, says) in rows.iter().zip(says) {
        let named = page.contains(&format!("href=\"/incoming/{}\"", row.document));
        assert_eq!(named, *says != Expected::Hidden, "{who} {at} {}", row.id);
    }
}
