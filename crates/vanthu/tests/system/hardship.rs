use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;
use vanthu_store::incoming::{IncomingFilter, IncomingOrder};
use vanthu_store::job::JobState;
use vanthu_store::outgoing::{OutgoingFilter, OutgoingOrder};
use vanthu_store::{agency, incoming, job, outgoing, register};

use crate::installation::{PATIENCE, Server};
use crate::person::{Answer, text};
use crate::story::{People, path};
use crate::wire::Wire;

/// The states that a letter goes through.
const WAY: [&str; 7] = [
    "drafting",
    "in-review",
    "awaiting-signature",
    "signed",
    "numbered",
    "sealed",
    "issued",
];

#[tokio::test]
async fn a_server_killed_between_any_two_steps_loses_and_doubles_nothing() {
    let mut server = Server::start().await;
    let people = People::of(&server).await;
    let begun = people.begin().await.unwrap();
    let id = text(&begun, "outgoing_id");
    server.kill_and_restart().await;
    people.write(&id, "đứt điện giữa hai bước").await.unwrap();
    for state in WAY {
        server.kill_and_restart().await;
        let document = people.see(&id).await;
        assert_eq!(document["state"], state);
        assert_eq!(document["subject"], "đứt điện giữa hai bước");
        match state {
            // A session survives the server: opened, fetched and answered across three lives.
            "awaiting-signature" => {
                let opened = people.signer.open("person", &id).await.unwrap();
                server.kill_and_restart().await;
                let fetched = people.keys.fetch(&opened).await.unwrap();
                server.kill_and_restart().await;
                people.keys.answer(&opened, &fetched).await.unwrap();
                // Handed in twice: the second time changes nothing.
                server.kill_and_restart().await;
                people.keys.answer(&opened, &fetched).await.unwrap();
            }
            "issued" => {}
            _ => {
                people.next(&id, &document).await.unwrap();
            }
        }
    }
    // The last kill came right after the issue, while the deliveries were under way.
    everything_arrives(&mut server, &people, &id).await;
    stands(&mut server, 1, "đứt điện giữa hai bước").await;
}

#[tokio::test]
async fn a_server_killed_in_the_middle_of_a_step_has_done_it_or_not() {
    let mut server = Server::start().await;
    let people = People::of(&server).await;
    let id = text(&people.begin().await.unwrap(), "outgoing_id");
    people.write(&id, "đứt điện giữa chừng").await.unwrap();
    let mut reached = 0;
    let mut wait = Duration::from_millis(2);
    for _ in 0..60 {
        let document = people.see(&id).await;
        let state = text(&document, "state");
        let place = WAY.iter().position(|it| *it == state).unwrap();
        assert!(place >= reached, "it went back to {state}");
        reached = place;
        if state == "issued" {
            break;
        }
        // Whether the answer still came is of no matter.
        let _answer = timeout(wait, people.next(&id, &document)).await;
        server.kill_and_restart().await;
        wait = wait.mul_f64(1.4).min(Duration::from_secs(10));
    }
    assert_eq!(WAY[reached], "issued");
    everything_arrives(&mut server, &people, &id).await;
    stands(&mut server, 1, "đứt điện giữa chừng").await;
}

#[tokio::test]
async fn a_database_that_is_held_by_another_program_is_a_refusal_and_then_works() {
    let server = Server::start().await;
    let people = People::of(&server).await;
    let id = text(&people.begin().await.unwrap(), "outgoing_id");
    let other = server.store().await;
    let held = other.write().await.unwrap();
    // Longer than the server is ready to wait for another program.
    let met = people.write(&id, "cơ sở dữ liệu bị khóa").await;
    assert_eq!(refused(&met), "database-gone");
    assert_eq!(met.unwrap_err().0, 503);
    // Reading goes on meanwhile.
    assert_eq!(people.see(&id).await["subject"], "");
    held.rollback().await.unwrap();
    people.write(&id, "cơ sở dữ liệu bị khóa").await.unwrap();
    assert_eq!(people.see(&id).await["subject"], "cơ sở dữ liệu bị khóa");
    assert!(server.ledger_stands().await);
}

#[tokio::test]
async fn a_database_server_that_is_gone_is_a_refusal_and_then_works() {
    let Some(postgres) = postgres() else {
        println!("PostgreSQL was not offered (VANTHU_TEST_POSTGRES): not tested");
        return;
    };
    let name = format!("system_{}", std::process::id());
    run_sql(&postgres, &format!("CREATE DATABASE {name}")).await;
    let wire = Wire::to(&postgres).await;
    let (before, _) = wire.url.rsplit_once('/').unwrap();
    let server = Server::on(format!("{before}/{name}")).await;
    let people = People::of(&server).await;
    let id = text(&people.begin().await.unwrap(), "outgoing_id");
    wire.cut(true);
    let met = people.write(&id, "mất kết nối").await;
    assert_eq!(refused(&met), "database-gone");
    wire.cut(false);
    // Each try of the server is a connection; the broken ones are found one by one.
    let mut tries = 0;
    while let Err((status, problem)) = people.write(&id, "mất kết nối").await {
        assert_eq!(status, 503, "{problem}");
        tries += 1;
        assert!(tries < 20, "it does not come back: {problem}");
    }
    assert_eq!(people.see(&id).await["subject"], "mất kết nối");
    assert!(server.ledger_stands().await);
    drop(server);
    run_sql(&postgres, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

#[tokio::test]
async fn a_full_disk_is_a_refusal_and_everything_works_once_there_is_room() {
    let Some(server) = Server::on_small_disk(40).await else {
        println!("a small disk could not be mounted (unshare): a full disk was not tested");
        return;
    };
    let people = People::of(&server).await;
    let id = text(&people.begin().await.unwrap(), "outgoing_id");
    people.write(&id, "đầy ổ đĩa").await.unwrap();
    let files = format!("{}/files?name=ghi-chu.txt", path(&id));
    people.drafter.upload(&files, note(1, 1000)).await.unwrap();
    let filler = server.data.join("filler");
    fill(&filler);
    let met = people.drafter.upload(&files, note(2, 2_000_000)).await;
    assert_eq!(refused(&met), "storage-full");
    assert_eq!(met.unwrap_err().0, 507);
    // Whatever is written until the database itself is full: a refusal, never half a step.
    let mut last = Ok(Value::Null);
    for turn in 0..400 {
        last = people.write(&id, &format!("đầy ổ đĩa {turn}")).await;
        if last.is_err() {
            break;
        }
    }
    assert_eq!(refused(&last), "storage-full");
    let document = people.see(&id).await;
    assert_eq!(document["state"], "drafting");
    assert_eq!(document["files"].as_array().unwrap().len(), 1);
    std::fs::remove_file(&filler).unwrap();
    people
        .drafter
        .upload(&files, note(2, 2_000_000))
        .await
        .unwrap();
    people.write(&id, "đã có chỗ").await.unwrap();
    let document = people.see(&id).await;
    people.next(&id, &document).await.unwrap();
    let document = people.see(&id).await;
    assert_eq!(
        (&document["state"], &document["subject"]),
        (&json!("in-review"), &json!("đã có chỗ"))
    );
    assert_eq!(document["files"].as_array().unwrap().len(), 2);
    assert!(server.ledger_stands().await);
}

/// Every delivery arrives, also where the job was under way when the server was killed.
async fn everything_arrives(server: &mut Server, people: &People, id: &str) {
    server.kill_and_restart().await;
    timeout(PATIENCE, arrival(people, id)).await.unwrap();
}

/// Waits until every recipient has the document.
async fn arrival(people: &People, id: &str) {
    let mut news = people.clerk.listen().await;
    loop {
        let document = people.clerk.get(&path(id)).await.unwrap();
        let deliveries = document["deliveries"].as_array().unwrap();
        let arrived = deliveries.iter().filter(|it| it["code"] == "01").count();
        if arrived == 3 {
            assert_eq!(deliveries.len(), 3);
            return;
        }
        news.next().await;
    }
}

/// The job stands still in the middle because the file that it reads is a pipe that nobody fills.
#[cfg(unix)]
#[tokio::test]
async fn a_job_that_was_under_way_at_the_kill_is_done_right_after_the_restart() {
    let mut server = Server::start().await;
    let people = People::of(&server).await;
    let id = text(&people.begin().await.unwrap(), "outgoing_id");
    people.write(&id, "đứt điện giữa lúc gửi").await.unwrap();
    while people.see(&id).await["state"] != "sealed" {
        let document = people.see(&id).await;
        people.next(&id, &document).await.unwrap();
    }
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    let row = outgoing::load(&mut tx, &id.parse().unwrap()).await.unwrap();
    drop(tx);
    store.close().await.unwrap();
    let blob = row.sealed_blob.unwrap();
    let file = server.data.join("blobs");
    let file = file.join(&blob[..2]).join(&blob[2..4]).join(&blob);
    let aside = server.data.join("aside");
    std::fs::rename(&file, &aside).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&file).status();
    assert!(made.unwrap().success());
    let sealed = people.see(&id).await;
    people.next(&id, &sealed).await.unwrap();
    // Opened for writing as soon as the job has opened it for reading.
    let pipe = file.clone();
    let reached = tokio::task::spawn_blocking(move || {
        std::fs::File::options().write(true).open(pipe).unwrap()
    });
    let _held = timeout(PATIENCE, reached).await.unwrap().unwrap();
    server.kill().await;

    let store = server.store().await;
    let mut tx = store.write().await.unwrap();
    let running = job::list(&mut tx, JobState::Running, None, 10).await;
    let running = running.unwrap().items;
    assert_eq!(running.len(), 1);
    assert_eq!(running[0].kind, "deliver");
    // Whoever waited for the end of its worker's time would wait for days.
    let now = running[0].run_at;
    job::renew(&mut tx, &running[0], now, 1_000_000)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    std::fs::rename(&aside, &file).unwrap();

    everything_arrives(&mut server, &people, &id).await;
    stands(&mut server, 1, "đứt điện giữa lúc gửi").await;
}

/// The stand-in says that it listens, holds a pipe open as the agent holds its port, and ends when
/// its input does; the agent's own test proves that of the agent.
#[cfg(unix)]
#[tokio::test]
async fn the_signing_agent_ends_with_a_server_that_is_killed() {
    use std::io::Read as _;
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let agent = folder.path().join("agent");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let script = format!(
        "#!/bin/sh\nexec 3>'{}'\necho \"$@\" >&3\necho listening on it\ncat >/dev/null\n",
        pipe.display()
    );
    std::fs::write(&agent, script).unwrap();
    std::fs::set_permissions(&agent, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Ends when nobody holds the pipe any more: neither the agent nor what it has started.
    let heard = tokio::task::spawn_blocking(move || {
        let mut words = String::new();
        let mut pipe = std::fs::File::open(pipe).unwrap();
        pipe.read_to_string(&mut words).unwrap();
        words
    });
    let mut server = Server::with_agent(&agent).await;
    assert!(!heard.is_finished());
    server.kill().await;
    let words = timeout(PATIENCE, heard).await.unwrap().unwrap();
    assert!(words.contains("--until-stdin-closes"), "{words}");
}

/// Documents, numbers, arrivals and the ledger are whole.
async fn stands(server: &mut Server, documents: usize, subject: &str) {
    server.kill().await;
    assert!(server.ledger_stands().await);
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    let filter = OutgoingFilter::default();
    let page = outgoing::list(&mut tx, &filter, OutgoingOrder::Newest, None, 200).await;
    let found = page.unwrap().items;
    let found: Vec<_> = found.iter().filter(|it| it.subject == subject).collect();
    assert_eq!(found.len(), documents);
    let filter = IncomingFilter::default();
    let page = incoming::list(&mut tx, &filter, IncomingOrder::Newest, None, 200).await;
    let came = page.unwrap().items;
    let came = came.iter().filter(|it| it.subject == subject);
    assert_eq!(came.count(), 3 * documents);
    for agency in agency::list(&mut tx).await.unwrap() {
        for row in register::list(&mut tx, &agency.agency_id).await.unwrap() {
            let gaps = register::list_gaps(&mut tx, &row.register_id)
                .await
                .unwrap();
            assert!(gaps.is_empty(), "{}: {gaps:?}", row.name);
        }
    }
    drop(tx);
    store.close().await.unwrap();
}

/// The code of a refusal.
fn refused(answer: &Answer) -> String {
    match answer {
        Ok(value) => panic!("it was not refused: {value}"),
        Err((status, problem)) => problem["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{status}: {problem}"))
            .to_owned(),
    }
}

/// A text of so many bytes, different for each number.
fn note(number: u32, bytes: usize) -> Vec<u8> {
    let line = format!("Ghi chú {number}, dòng.\n");
    line.bytes()
        .cycle()
        .take(bytes / line.len() * line.len())
        .collect()
}

/// Takes all the room that is left.
fn fill(path: &std::path::Path) {
    let mut file = std::fs::File::create(path).unwrap();
    for size in [1_048_576, 4096] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn postgres() -> Option<String> {
    std::env::var("VANTHU_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
}

async fn run_sql(server: &str, sql: &str) {
    let mut psql = tokio::process::Command::new("psql");
    let done = psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-c", sql, server]);
    assert!(done.status().await.unwrap().success(), "{sql}");
}
