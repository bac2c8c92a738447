//! Modules that hang, crash, or are none: the door stays open and says what is wrong.

use vanthu_wire::agent::Algorithm;

use crate::office::{Office, PIN, Server};

#[tokio::test]
async fn a_module_that_crashes_when_it_is_loaded_does_not_take_the_agent_with_it() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.recorder.rules(&["crash C_Initialize 1"]);
    // SoftHSM itself beside it.
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let mut agent = office.start_with(&server, &["--pkcs11", office.softhsm]);
    assert_eq!(agent.names().await, ["Nguyễn Văn Mẫu"]);
    let page = agent.page("/devices").await;
    assert!(
        page.contains("Trình điều khiển của thiết bị bị hỏng"),
        "{page}"
    );
    server.open("sgn", &key, 2);
    assert_eq!(agent.sign("sgn", PIN).await["state"], "signed");
    assert!(agent.is_running());
}

#[tokio::test]
async fn a_module_that_hangs_is_told_and_the_other_one_signs() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let mut agent = office.start_with(&server, &["--pkcs11", office.softhsm]);
    assert_eq!(agent.names().await.len(), 1);
    // From its next look on.
    office.recorder.rules(&["hang C_GetSlotList 1"]);
    let page = agent.page("/devices").await;
    assert!(
        page.contains("Trình điều khiển của thiết bị không trả lời"),
        "{page}"
    );
    server.open("sgn", &key, 2);
    assert_eq!(
        agent.sign("sgn", PIN).await["state"],
        "signed",
        "{}",
        office.log()
    );
    assert!(agent.is_running());
}

#[tokio::test]
async fn a_file_that_is_no_module_and_one_that_is_missing_are_told() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    let no_module = office.path("softhsm2.conf");
    let more = [
        "--pkcs11",
        no_module.to_str().unwrap(),
        "--pkcs11",
        "/no/such/module.so",
    ];
    let agent = office.start_with(&server, &more);
    let page = agent.page("/devices").await;
    assert_eq!(
        page.matches("Không dùng được trình điều khiển của thiết bị")
            .count(),
        2,
        "{page}"
    );
    assert!(page.contains("/no/such/module.so"), "{page}");
    assert!(agent.names().await.is_empty());
    let settings = office.path("settings");
    let settings = settings.to_str().unwrap();
    let check = [
        "check",
        "--pkcs11",
        "/no/such/module.so",
        "--settings",
        settings,
    ];
    let done = office.command(&check).output().unwrap();
    assert!(!done.status.success());
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(
        said.contains("✗ Trình điều khiển") && said.contains("Cài lại trình điều khiển"),
        "{said}"
    );
}

#[tokio::test]
async fn a_device_that_can_not_sign_so_or_wants_a_new_pin_says_so() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    let mut wrong = key.clone();
    wrong.algorithm = Algorithm::RsaPssSha256;
    server.open("wrong", &wrong, 3);
    let outcome = agent.sign("wrong", PIN).await;
    assert_eq!(
        outcome["items"][0]["problem"]["code"],
        "algorithm-unsupported"
    );
    let status = agent.status().await;
    let can = &status["certificates"][0]["algorithms"];
    assert_eq!(*can, serde_json::json!(["ecdsa-p256-sha256"]));

    let logins = office.recorder.count("C_Login");
    office
        .recorder
        .rules(&[&format!("answer C_Login {} 0xa3", logins + 1)]);
    server.open("old", &key, 3);
    let taken = agent.begin("old", PIN).await;
    let outcome = agent.ended(&taken).await;
    assert_eq!(outcome["state"], "failed");
    let page = agent.page(&taken).await;
    assert!(page.contains("đòi đổi mã PIN"), "{page}");
    assert!(server.signed().is_empty());
    assert_eq!(office.recorder.count("C_SetPIN"), 0);
}
