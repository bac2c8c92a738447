//! Several people, or several windows, at the same time.

use axum::http::StatusCode;
use serde_json::json;
use vanthu_app::signing::Purpose;
use vanthu_domain::id::OutgoingId;
use vanthu_store::outgoing;

use crate::world::{World, content};

/// How many clerks give a number at once.
const MANY: u32 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_windows_is_told_of_the_conflict_and_nothing_is_lost() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Hai cửa sổ").await;
    let path = format!("/api/v1/outgoing/{id}");
    let version = drafter.get(&path).await.json()["version"].as_i64().unwrap();
    let mut first = content(&drafter, "Cửa sổ thứ nhất").await;
    first["version"] = json!(version);
    let mut second = content(&drafter, "Cửa sổ thứ hai").await;
    second["version"] = json!(version);
    let saved = drafter.put(&path, &first).await;
    assert_eq!(saved.status, StatusCode::OK);
    let late = drafter.put(&path, &second).await;
    assert_eq!(
        (late.status, late.code()),
        (StatusCode::CONFLICT, "conflict-version".to_owned())
    );
    assert_eq!(
        drafter.get(&path).await.json()["subject"],
        "Cửa sổ thứ nhất"
    );
    second["version"] = saved.json()["version"].clone();
    assert_eq!(drafter.put(&path, &second).await.status, StatusCode::OK);
    assert_eq!(drafter.get(&path).await.json()["subject"], "Cửa sổ thứ hai");
}

/// Proves: TG-10.2a
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_numbers_given_at_once_are_consecutive() {
    let world = World::new().await;
    let clerk = world.sign_in("vt.tanmau").await;
    let ids = signed_letters(&world, MANY).await;
    let mut tasks = Vec::new();
    for id in ids {
        let clerk = clerk.clone();
        tasks.push(tokio::spawn(async move {
            let path = format!("/api/v1/outgoing/{id}/give-number");
            let reply = clerk.post(&path, &json!({})).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
            let notation = reply.json()["number"].as_str().unwrap().to_owned();
            notation.split('/').next().unwrap().parse::<u32>().unwrap()
        }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=MANY).collect::<Vec<_>>());
    assert!(
        vanthu_store::ledger::verify(&world.app.store)
            .await
            .unwrap()
            .faults
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_document_gets_one_number_however_many_ask_for_it() {
    let world = World::new().await;
    let clerk = world.sign_in("vt.tanmau").await;
    let id = signed_letters(&world, 1).await.remove(0);
    let path = format!("/api/v1/outgoing/{id}/give-number");
    let mut tasks = Vec::new();
    for _ in 0..20 {
        let (clerk, path) = (clerk.clone(), path.clone());
        tasks.push(tokio::spawn(async move {
            clerk.post(&path, &json!({})).await.code()
        }));
    }
    let mut codes = Vec::new();
    for task in tasks {
        codes.push(task.await.unwrap());
    }
    assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1);
    assert_eq!(
        codes.iter().filter(|code| *code == "wrong-state").count(),
        19
    );
    let registers = clerk.get("/api/v1/registers").await.json();
    assert_eq!(registers[0]["next_number"], 2);
}

/// Copies of one signed letter.
async fn signed_letters(world: &World, count: u32) -> Vec<OutgoingId> {
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Cấp số cùng lúc").await;
    for (login, step) in [("cv.vhxh", "submit"), ("tp.vhxh", "approve")] {
        let client = world.sign_in(login).await;
        let reply = client
            .post(&format!("/api/v1/outgoing/{id}/{step}"), &json!({}))
            .await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    }
    let signer = world.sign_in("pct.tanmau").await;
    world.sign(&signer, Purpose::Person, &id).await;
    let mut tx = world.app.store.write().await.unwrap();
    let model = outgoing::load(&mut tx, &id).await.unwrap();
    let mut ids = vec![id];
    while ids.len() < count as usize {
        let mut row = model.clone();
        row.outgoing_id = OutgoingId::new(world.app.now(), world.app.random());
        outgoing::insert(&mut tx, &row).await.unwrap();
        ids.push(row.outgoing_id);
    }
    tx.commit().await.unwrap();
    ids
}
