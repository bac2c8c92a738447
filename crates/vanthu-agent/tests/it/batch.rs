//! Many documents with one consent and one PIN, and everything that can come in between.

use serde_json::{Value, json};
use vanthu_wire::agent::{Algorithm, CancelReason};

use crate::office::{Agent, Asks, Key, Office, PIN, Server};

/// How far the key may be ahead of the server: the row, and one more at each end of it.
const ROW: usize = 34;

fn count(outcome: &Value, state: &str) -> usize {
    let items = outcome["items"].as_array().unwrap().iter();
    items.filter(|it| it["state"] == state).count()
}

/// The items that are left: those that the agent does not call signed.
fn left(outcome: &Value) -> Vec<String> {
    let items = outcome["items"].as_array().unwrap().iter();
    items
        .filter(|it| it["state"] != "signed")
        .map(|it| it["item_id"].as_str().unwrap().to_owned())
        .collect()
}

/// What the agent calls signed is what the server has, in the order of the session; the rest is told apart.
fn agrees(outcome: &Value, server: &Server, id: &str) {
    let items = outcome["items"].as_array().unwrap().iter();
    let said: Vec<String> = items
        .filter(|it| it["state"] == "signed")
        .map(|it| it["item_id"].as_str().unwrap().to_owned())
        .collect();
    let begin = format!("{id}-");
    let mut signed = server.signed();
    signed.retain(|it| it.starts_with(&begin));
    assert_eq!(said, signed);
}

/// A new session signs what is left of one that stopped; then every document is signed, once.
async fn takes_up(agent: &Agent, server: &Server, key: &Key, outcome: &Value) {
    let rest = left(outcome);
    assert!(!rest.is_empty());
    server.open_for("rest", key, rest);
    let ended = agent.sign("rest", PIN).await;
    assert_eq!(ended["state"], "signed", "{ended}");
    server.all_are_right(key);
    let all = outcome["items"].as_array().unwrap().len();
    assert_eq!(server.signed().len(), all);
}

async fn serial_of(agent: &Agent) -> String {
    let status = agent.status().await;
    let device = &status["certificates"][0]["devices"][0];
    device["serial"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_hundred_documents_are_signed_with_one_pin() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::RsaPkcs1Sha256);
    let agent = office.start(&server);
    server.open("sgn", &key, 200);
    let path = agent.begin("sgn", PIN).await;
    let outcome = agent.ended(&path).await;
    assert_eq!(outcome["state"], "signed");
    assert_eq!(count(&outcome, "signed"), 200);
    agrees(&outcome, &server, "sgn");
    server.all_are_right(&key);
    assert_eq!(office.recorder.count("C_Login"), 1);
    assert_eq!(office.recorder.count("C_Sign"), 200);
    let page = agent.page(&path).await;
    assert!(page.contains("Đã ký 200 văn bản"), "{page}");
    // Logged out: nothing of the session is left on the device.
    assert!(office.recorder.count("C_Logout") >= 1);
}

/// The key signs on while the server keeps its first answer back, and no further than the row is long; once the server says
/// that the session is over, it stops.
#[tokio::test]
async fn the_key_does_not_wait_for_the_server_and_stops_when_that_ends_the_session() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    server.answers(false);
    server.open("sgn", &key, 200);
    // Comes back after three seconds, with the first answer still kept back.
    let path = agent.begin("sgn", PIN).await;
    assert_eq!(server.signed().len(), 0);
    assert_eq!(office.recorder.count("C_Sign"), ROW);
    server.told(|told| told.refuses = Some(("signing-session-cancelled", 409)));
    server.answers(true);
    let outcome = agent.ended(&path).await;
    assert_eq!(outcome["state"], "failed");
    assert_eq!(
        (count(&outcome, "failed"), count(&outcome, "skipped")),
        (1, 199)
    );
    assert!(office.recorder.count("C_Sign") <= ROW + 1);
}

/// One document that the server does not want is no reason to leave the others.
#[tokio::test]
async fn a_refusal_of_one_document_leaves_the_others() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    server.told(|told| told.refuses = Some(("conflict-version", 409)));
    server.open("sgn", &key, 3);
    let outcome = agent.sign("sgn", PIN).await;
    assert_eq!(
        (&outcome["state"], count(&outcome, "failed")),
        (&json!("failed"), 3)
    );
    assert_eq!(outcome["items"][2]["problem"]["code"], "conflict-version");
}

/// The answer is lost after the server has taken the signature: it is given again, and taken once.
#[tokio::test]
async fn a_lost_answer_is_given_again_and_one_that_stays_lost_is_called_unknown() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    server.told(|told| told.loses = 2);
    server.open("sgn", &key, 5);
    let outcome = agent.sign("sgn", PIN).await;
    assert_eq!(outcome["state"], "signed", "{outcome}");
    server.all_are_right(&key);
    assert_eq!(office.recorder.count("C_Sign"), 5);

    server.told(|told| told.loses = 4);
    server.open("lost", &key, 3);
    let outcome = agent.sign("lost", PIN).await;
    assert_eq!(outcome["items"][0]["problem"]["code"], "outcome-unknown");
    assert_eq!(
        (count(&outcome, "failed"), count(&outcome, "skipped")),
        (1, 2)
    );
}

/// Exactly one try is used up, whichever document it is that the device asks for the PIN again at.
///
/// Proves: TG-20
#[tokio::test]
async fn a_wrong_pin_at_any_document_uses_one_try_and_stops_everything() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key_that(
        "thẻ",
        "01",
        "Nguyễn Văn Mẫu",
        Algorithm::RsaPssSha256,
        Asks::EachTime,
    );
    let agent = office.start(&server);
    server.open("wrong", &key, 200);
    assert_eq!(agent.sign("wrong", "00000000").await["state"], "failed");
    assert_eq!(office.recorder.count("C_Login"), 1);
    assert_eq!(office.recorder.count("C_Sign"), 0);
    assert_eq!(
        server.told(|told| told.cancelled.pop()),
        Some(CancelReason::WrongPin)
    );
    for k in [1, 2, 37] {
        let id = format!("at{k}");
        let logins = office.recorder.count("C_Login");
        // One login opens the key, and one stands before each signature.
        let rule = format!("once C_Login {} 0xa0", logins + 1 + k);
        office.recorder.rules(&[&rule]);
        server.open(&id, &key, 200);
        let outcome = agent.sign(&id, PIN).await;
        assert_eq!(count(&outcome, "signed"), k - 1, "{outcome}");
        assert_eq!(count(&outcome, "skipped"), 200 - k);
        assert_eq!(outcome["items"][k - 1]["problem"]["code"], "wrong-pin");
        assert_eq!(office.recorder.count("C_Login"), logins + 1 + k);
        agrees(&outcome, &server, &id);
        assert_eq!(
            server.told(|told| told.cancelled.pop()),
            Some(CancelReason::WrongPin)
        );
    }
}

#[tokio::test]
async fn a_device_that_is_pulled_out_leaves_each_document_signed_or_not() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::RsaPkcs1Sha256);
    let agent = office.start(&server);
    let serial = serial_of(&agent).await;
    server.open("sgn", &key, 200);
    let path = agent.begin("sgn", PIN);
    let pulled = async {
        server.has(10).await;
        office.recorder.rules(&[&format!("hide {serial}")]);
    };
    let (path, ()) = tokio::join!(path, pulled);
    let outcome = agent.ended(&path).await;
    assert_eq!(outcome["state"], "partly-signed");
    let signed = count(&outcome, "signed");
    assert!((10..200).contains(&signed), "{signed}");
    assert_eq!(
        outcome["items"][signed]["problem"]["code"],
        "device-removed"
    );
    assert_eq!(count(&outcome, "skipped"), 199 - signed);
    agrees(&outcome, &server, "sgn");
    assert_eq!(
        server.told(|told| told.cancelled.clone()),
        [CancelReason::DeviceRemoved]
    );
    let page = agent.page(&path).await;
    assert!(
        page.contains(&format!("Đã ký {signed}/200 văn bản")),
        "{page}"
    );
    office.recorder.rules(&[]);
    takes_up(&agent, &server, &key, &outcome).await;
}

#[tokio::test]
async fn another_device_in_its_place_signs_nothing() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::RsaPkcs1Sha256);
    let agent = office.start(&server);
    let serial = serial_of(&agent).await;
    server.open("sgn", &key, 200);
    let changed = async {
        server.has(5).await;
        office
            .recorder
            .rules(&[&format!("rename {serial} 0123456789abcdef")]);
    };
    let (path, ()) = tokio::join!(agent.begin("sgn", PIN), changed);
    let outcome = agent.ended(&path).await;
    let signed = count(&outcome, "signed");
    assert_eq!(
        outcome["items"][signed]["problem"]["code"], "other-device",
        "{outcome}"
    );
    agrees(&outcome, &server, "sgn");
    office.recorder.rules(&[]);
    takes_up(&agent, &server, &key, &outcome).await;
}

#[tokio::test]
async fn a_session_of_the_device_that_dies_stops_at_that_document() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    // SESSION_HANDLE_INVALID, USER_NOT_LOGGED_IN, DEVICE_ERROR, at the 20th signature.
    for (n, (value, code)) in [
        ("0xb3", "device-session-lost"),
        ("0x101", "device-session-lost"),
        ("0x30", "device-failed"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("sgn{n}");
        let at = office.recorder.count("C_Sign") + 20;
        office
            .recorder
            .rules(&[&format!("once C_Sign {at} {value}")]);
        server.open(&id, &key, 40);
        let outcome = agent.sign(&id, PIN).await;
        assert_eq!(count(&outcome, "signed"), 19, "{outcome}");
        assert_eq!(outcome["items"][19]["problem"]["code"], code);
        assert_eq!(count(&outcome, "skipped"), 20);
        agrees(&outcome, &server, &id);
    }
    server.all_are_right(&key);
}

#[tokio::test]
async fn an_agent_that_is_killed_doubles_nothing_and_the_rest_is_signed_anew() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::RsaPkcs1Sha256);
    let items: Vec<String> = (1..=60).map(|n| format!("doc-{n}")).collect();
    let mut round = 0;
    loop {
        let signed = server.signed();
        let rest: Vec<String> = items
            .iter()
            .filter(|it| !signed.contains(it))
            .cloned()
            .collect();
        if rest.is_empty() {
            break;
        }
        let agent = office.start(&server);
        let id = format!("sgn{round}");
        server.open_for(&id, &key, rest);
        let so_far = signed.len();
        // Each time a little later, the last time not at all.
        if round < 5 {
            let answered = tokio::select! {
                _path = agent.begin(&id, PIN) => true,
                () = server.has(so_far + 1 + round * 3) => false,
            };
            agent.kill();
            assert!(!answered || server.signed().len() > so_far);
        } else {
            assert_eq!(agent.sign(&id, PIN).await["state"], "signed");
        }
        round += 1;
    }
    assert!(round > 2, "{round}");
    server.all_are_right(&key);
    assert_eq!(server.signed().len(), 60);
}

/// A device that is logged in takes any PIN for right: a second session waits until the first one is over, and then its PIN
/// is asked of the device.
///
/// Proves: TG-22.1b
#[tokio::test]
async fn a_second_session_does_not_ride_on_the_pin_of_the_first() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::RsaPkcs1Sha256);
    let agent = office.start(&server);
    server.open("first", &key, 120);
    server.open("second", &key, 3);
    let second = async {
        server.has(1).await;
        agent.begin("second", "00000000").await
    };
    let (first, second) = tokio::join!(agent.begin("first", PIN), second);
    assert_eq!(agent.ended(&first).await["state"], "signed");
    let outcome = agent.ended(&second).await;
    assert_eq!(outcome["state"], "failed", "{outcome}");
    assert_eq!(
        server.told(|told| told.cancelled.clone()),
        [CancelReason::WrongPin]
    );
    assert_eq!(server.signed().len(), 120);
}
