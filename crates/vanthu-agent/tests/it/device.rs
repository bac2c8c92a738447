//! What the agent shows of the devices on its desk, and that it never writes to one.

use serde_json::{Value, json};
use vanthu_wire::agent::{Algorithm, CancelReason};

use crate::office::{Asks, Office, PIN, Server, form_of};

fn device_of(status: &Value, name: &str) -> Value {
    let all = status["certificates"].as_array().unwrap();
    let found = all.iter().find(|it| it["common_name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {status}"))["devices"][0].clone()
}

/// Everything that the agent can do, on devices of every kind of key: and the record of the module shows nothing but
/// read-only sessions, searches, logins and signatures.
///
/// Proves: TG-22.2, AG-11.2
#[tokio::test]
async fn nothing_is_ever_written_to_a_device() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ một");
    office.device("thẻ hai");
    let keys = [
        office.key("thẻ một", "01", "Người Ký RSA", Algorithm::RsaPkcs1Sha256),
        office.key("thẻ một", "02", "Người Ký PSS", Algorithm::RsaPssSha256),
        office.key("thẻ hai", "03", "Người Ký EC", Algorithm::EcdsaP256Sha256),
        office.key("thẻ hai", "04", "Người Ký P384", Algorithm::EcdsaP384Sha384),
        office.key("thẻ hai", "05", "Người Ký Ed", Algorithm::Ed25519),
        office.key_that(
            "thẻ một",
            "06",
            "Hỏi Mỗi Lần",
            Algorithm::RsaPssSha256,
            Asks::EachTime,
        ),
        office.key_that(
            "thẻ hai",
            "07",
            "Hỏi Mỗi Lần EC",
            Algorithm::EcdsaP256Sha256,
            Asks::EachTime,
        ),
    ];
    let agent = office.start(&server);
    let status = agent.status().await;
    assert_eq!(
        status["certificates"].as_array().unwrap().len(),
        7,
        "{status}"
    );
    let first = device_of(&status, "Người Ký RSA");
    assert_eq!(
        (&first["label"], &first["pin"]),
        (&json!("thẻ một"), &json!("fresh"))
    );
    assert_eq!(device_of(&status, "Người Ký Ed")["label"], "thẻ hai");
    let devices = agent.page("/devices").await;
    assert!(
        devices.contains("thẻ một") && devices.contains("thẻ hai"),
        "{devices}"
    );
    for (n, key) in keys.iter().enumerate() {
        let id = format!("sgn{n}");
        server.open(&id, key, 5);
        let outcome = agent.sign(&id, PIN).await;
        assert_eq!(outcome["state"], "signed", "{outcome} {}", office.log());
    }
    assert_eq!(server.signed().len(), 35);
    for (n, key) in keys.iter().enumerate() {
        server.are_right(&format!("sgn{n}-"), key);
    }
    server.open("wrong", &keys[0], 3);
    let outcome = agent.sign("wrong", "00000000").await;
    assert_eq!(outcome["state"], "failed");
    assert_eq!(
        device_of(&agent.status().await, "Người Ký RSA")["pin"],
        "wrong-before"
    );
    server.open("right", &keys[0], 1);
    assert_eq!(agent.sign("right", PIN).await["state"], "signed");
    for command in ["check", "list"] {
        let module = office.module.to_str().unwrap();
        let settings = office.path("settings");
        let settings = settings.to_str().unwrap();
        let done = office
            .command(&[command, "--pkcs11", module, "--settings", settings])
            .output()
            .unwrap();
        let said = String::from_utf8(done.stdout).unwrap();
        assert!(
            said.contains("thẻ một") && said.contains("Người Ký Ed"),
            "{said}"
        );
    }
    drop(agent);
    assert_eq!(office.recorder.writes(), Vec::<String>::new());
    // The record is one: sessions were opened, and each read-only.
    let opened = office.recorder.calls();
    let opened: Vec<_> = opened
        .iter()
        .filter(|it| it.starts_with("C_OpenSession"))
        .collect();
    assert!(opened.len() > 10);
    assert!(
        opened
            .iter()
            .all(|it| it.as_str() == "C_OpenSession read-only")
    );
    assert!(office.recorder.count("C_Sign") >= 36);
}

#[tokio::test]
async fn the_status_follows_devices_that_come_and_go() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    let agent = office.start(&server);
    assert_eq!(agent.names().await, Vec::<String>::new());
    // SoftHSM looks for new devices only when it is started: the agent starts it again.
    office.device("thẻ");
    office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let began = std::time::Instant::now();
    while agent.names().await.is_empty() {
        assert!(began.elapsed().as_secs() < 30, "{}", office.log());
    }
    let status = agent.status().await;
    let serial = device_of(&status, "Nguyễn Văn Mẫu")["serial"].clone();
    let serial = serial.as_str().unwrap();
    office.recorder.rules(&[&format!("hide {serial}")]);
    assert_eq!(agent.names().await, Vec::<String>::new());
    assert!(
        agent
            .page("/devices")
            .await
            .contains("Không thấy thiết bị nào")
    );
    office.recorder.rules(&[]);
    assert_eq!(agent.names().await, ["Nguyễn Văn Mẫu"]);
    assert_eq!(office.recorder.writes(), Vec::<String>::new());
}

/// Proves: TG-20
#[tokio::test]
async fn what_a_device_tells_of_its_pin_is_told_before_the_pin_is_asked() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    let status = agent.status().await;
    let serial = device_of(&status, "Nguyễn Văn Mẫu")["serial"].clone();
    let serial = serial.as_str().unwrap();

    // One more wrong PIN locks it: the page says so, and the answer too.
    office.recorder.rules(&[&format!("flag {serial} 0x20000")]);
    server.open("last", &key, 1);
    let taken = agent.hand_over("last").await;
    let path = taken["consent_url"].as_str().unwrap();
    let page = agent.shown(path.strip_prefix(&agent.url).unwrap()).await;
    assert!(page.contains("Chỉ còn MỘT lần nhập mã PIN"), "{page}");
    agent
        .send(
            path,
            &format!("{}&pin=00000000&answer=sign", form_of(&page)),
        )
        .await;
    let page = agent.page(path.strip_prefix(&agent.url).unwrap()).await;
    assert!(page.contains("Chỉ còn MỘT lần thử"), "{page}");

    // A locked one is not asked at all, and the request to restore it is offered.
    let logins = office.recorder.count("C_Login");
    office.recorder.rules(&[&format!("flag {serial} 0x40000")]);
    server.open("locked", &key, 1);
    let refused = agent.hand_over("locked").await;
    assert_eq!(refused["code"], "device-locked");
    let words = "đề nghị khôi phục thiết bị lưu khóa bí mật";
    assert!(
        refused["action"].as_str().unwrap().contains(words),
        "{refused}"
    );
    assert!(
        refused["article"].as_str().unwrap().contains("68/2024"),
        "{refused}"
    );
    assert!(agent.page("/devices").await.contains(words));
    assert_eq!(office.recorder.count("C_Login"), logins);
    assert_eq!(
        server.told(|told| told.cancelled.clone()),
        [CancelReason::WrongPin, CancelReason::DeviceLocked]
    );

    // One that locks itself at this very try.
    let next = logins + 1;
    office
        .recorder
        .rules(&[&format!("answer C_Login {next} 0xa4")]);
    server.open("locks", &key, 1);
    let outcome = agent.sign("locks", "00000000").await;
    assert_eq!(outcome["state"], "failed");
    assert_eq!(
        server.told(|told| told.cancelled.pop()),
        Some(CancelReason::DeviceLocked)
    );
    assert!(server.signed().is_empty());
}

#[tokio::test]
async fn of_two_devices_with_the_same_certificate_the_chosen_one_signs_and_is_remembered() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    for label in ["chính", "dự phòng"] {
        office.device(label);
    }
    let key = office.twin(["chính", "dự phòng"], "Nguyễn Văn Mẫu");
    let agent = office.start(&server);
    let devices = |status: &Value| -> Vec<String> {
        let all = status["certificates"][0]["devices"]
            .as_array()
            .unwrap()
            .clone();
        all.iter()
            .map(|it| it["label"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = devices(&agent.status().await);
    assert_eq!(before.len(), 2);
    let other = agent.status().await["certificates"][0]["devices"][1].clone();
    let serial = other["serial"].as_str().unwrap();
    let thumbprint = key.certificate.sha256_thumbprint();
    let page = agent.page("/devices").await;
    let form = form_of(&page);
    let body = format!("{form}&certificate={thumbprint}&device={serial}");
    // A form of nobody changes nothing.
    let foreign = body.replace(&form, "form=guess");
    let url = format!("{}/devices", agent.url);
    assert_eq!(agent.send(&url, &foreign).await, 403);
    assert_eq!(devices(&agent.status().await), before);
    assert_eq!(agent.send(&url, &body).await, 303);
    let after = devices(&agent.status().await);
    assert_eq!(after, [before[1].clone(), before[0].clone()]);
    drop(agent);
    let agent = office.start(&server);
    assert_eq!(devices(&agent.status().await), after);
    // Without the chosen one the other signs.
    office.recorder.rules(&[&format!("hide {serial}")]);
    assert_eq!(devices(&agent.status().await), [before[0].clone()]);
    server.open("sgn", &key, 2);
    assert_eq!(agent.sign("sgn", PIN).await["state"], "signed");
    server.all_are_right(&key);
}

/// The check looks through the modules that the agent has loaded already: it tells of each device, and the agent signs on.
///
/// Proves: TG-20
#[tokio::test]
async fn a_check_of_the_running_agent_tells_of_its_devices_and_leaves_them_be() {
    let Some(office) = Office::new() else {
        return;
    };
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", Algorithm::EcdsaP256Sha256);
    let agent = office.start(&server);
    let status = agent.status().await;
    let serial = device_of(&status, "Nguyễn Văn Mẫu")["serial"].clone();
    let serial = serial.as_str().unwrap();
    office.recorder.rules(&[&format!("flag {serial} 0x20000")]);
    let form = form_of(&agent.page("/check").await);
    let url = format!("{}/check", agent.url);
    let checked = async {
        server.has(5).await;
        agent.send(&url, &form).await
    };
    server.open("sgn", &key, 100);
    let (path, answer) = tokio::join!(agent.begin("sgn", PIN), checked);
    assert_eq!(answer, 303);
    assert_eq!(agent.ended(&path).await["state"], "signed");
    server.all_are_right(&key);
    let page = agent.page("/check").await;
    assert!(
        page.contains(serial) && page.contains("chỉ còn MỘT lần nhập mã PIN"),
        "{page}"
    );
    assert!(page.contains("Nguyễn Văn Mẫu (thực hành)"), "{page}");
    assert_eq!(office.recorder.count("C_Login"), 1);
    assert_eq!(office.recorder.writes(), Vec::<String>::new());
}
