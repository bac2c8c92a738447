//! The built server and the built sealer with a key device (SoftHSM): what a clerk confirms on the page is sealed, also when
//! either of them is killed in the middle.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use vanthu_app::practice::world::{PASSWORD, PIN};
use vanthu_domain::audit::Act;
use vanthu_pki::Certificate;
use vanthu_signing::inspect;
use vanthu_store::{ledger, outgoing};
use vanthu_testkit::program;

use crate::device::Device;
use crate::installation::{PATIENCE, Server};
use crate::person::text;
use crate::story::People;

const DOCUMENTS: usize = 6;

/// A folder with what server and sealer are set up with.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// The agency's seal is at the server, and the regulation allows that or not.
    fn new(word: &str) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let socket = place.path("socket");
        let services = format!(
            "profiles = [\"quy-che.toml\"]\n[[sealer]]\ncode = \"skhcn\"\nsocket = \"{}\"\n\
             agencies = [\"H99.10\"]\n",
            socket.display()
        );
        std::fs::write(place.services(), services).unwrap();
        let profile = format!(
            "code = \"dong-thap\"\nname = \"Quy chế mẫu\"\n[[value]]\nsetting = \"seal-at-server\"\n\
             value = \"{word}\"\ncitation = \"Quyết định 01/2026/QĐ-UBND, Điều 5\"\ncertainty = \"seed\"\n"
        );
        std::fs::write(place.path("quy-che.toml"), profile).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn services(&self) -> PathBuf {
        self.path("services.toml")
    }

    /// Starts the sealer with the device, for the user of this test.
    fn sealer(&self, device: &Device, certificate: &Path) -> Sealer {
        let pem = std::fs::read_to_string(certificate).unwrap();
        let thumbprint = Certificate::from_pem(&pem).unwrap().sha256_thumbprint();
        let pin = self.path("pin");
        let _gone = std::fs::remove_file(&pin);
        std::fs::write(&pin, PIN).unwrap();
        std::fs::set_permissions(&pin, std::fs::Permissions::from_mode(0o400)).unwrap();
        let uid = std::fs::metadata(&pin).unwrap().uid();
        let words = format!(
            "socket = \"{}\"\nmodule = \"{}\"\ncertificates = [\"{thumbprint}\"]\n\
             pin_file = \"{}\"\nserver_user = \"{uid}\"\nstate = \"{}\"\n",
            self.path("socket").display(),
            device.module,
            pin.display(),
            self.path("state").display(),
        );
        let file = self.path("sealer.toml");
        std::fs::write(&file, words).unwrap();
        let (child, said) = program::start(
            Command::new(&device.agent)
                .env("SOFTHSM2_CONF", device.folder.path().join("softhsm2.conf"))
                .args(["sealer", "run", "--until-stdin-closes", "--config"])
                .arg(file)
                .stdin(Stdio::piped())
                .stderr(Stdio::null()),
        );
        assert!(said.starts_with("listening at"), "{said}");
        Sealer(child)
    }
}

/// The sealer's process; ended with the test, as the power would.
struct Sealer(Child);

impl Drop for Sealer {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _ended = self.0.wait();
    }
}

async fn numbered(people: &People, count: usize) -> Vec<String> {
    let mut documents = Vec::new();
    for n in 0..count {
        let id = text(&people.begin().await.unwrap(), "outgoing_id");
        people
            .write(&id, &format!("lô đóng dấu thứ {n}"))
            .await
            .unwrap();
        for _ in ["submit", "approve", "sign", "number"] {
            let document = people.see(&id).await;
            people.next(&id, &document).await.unwrap();
        }
        documents.push(id);
    }
    documents
}

/// Opens a batch and confirms it; gives the session's path.
async fn confirmed(people: &People, documents: &[String]) -> String {
    let order = json!({"purpose": "seal", "documents": documents, "means": "sealer"});
    let opened = people
        .clerk
        .post("/api/v1/signing-sessions", order)
        .await
        .unwrap();
    assert!(opened.get("token").is_none(), "{opened}");
    let page = text(&opened, "confirm");
    assert!(page.ends_with("/confirm"), "{page}");
    let at = format!("/api/v1/signing-sessions/{}", text(&opened, "signing_id"));
    let now = people.clerk.get(&at).await.unwrap();
    assert_eq!(now["sealer"]["confirmed"], false);
    let given = json!({"list": now["sealer"]["list"], "password": PASSWORD});
    people
        .clerk
        .post(&format!("{at}/confirm"), given)
        .await
        .unwrap();
    at
}

/// Waits until so many items are signed, or it is over.
async fn signed(people: &People, at: &str, count: usize) -> Value {
    let began = Instant::now();
    loop {
        let now = people.clerk.get(at).await.unwrap();
        let items = now["items"].as_array().unwrap().iter();
        let so_far = items.filter(|it| it["state"] == "signed").count();
        if so_far >= count || now["state"] != "open" {
            return now;
        }
        assert!(began.elapsed() < PATIENCE, "{now}");
    }
}

/// Proves: TG-22.1a, TG-22.1b, TG-5.1
#[tokio::test]
async fn a_confirmed_batch_is_sealed_once_whoever_is_killed_in_the_middle() {
    let place = Place::new("confirmed-batches");
    let mut server = Server::offering(&place.services()).await;
    let Some(device) = Device::of(&server, "skhcn") else {
        return;
    };
    let people = People::of(&server).await;
    let documents = numbered(&people, DOCUMENTS).await;
    let certificate = server.data.join("agent/keys/skhcn.pem");
    let sealer = place.sealer(&device, &certificate);
    let at = confirmed(&people, &documents).await;
    signed(&people, &at, 1).await;
    drop(sealer);
    let sealer = place.sealer(&device, &certificate);
    signed(&people, &at, 3).await;
    server.kill_and_restart().await;
    let now = signed(&people, &at, DOCUMENTS).await;
    assert_eq!(now["state"], "signed", "{now}");
    assert_eq!(now["sealer"]["confirmed"], true);
    drop(sealer);
    server.kill().await;
    assert!(server.ledger_stands().await);
    each_is_sealed_once(&server, &documents).await;
    // The sealer's journal tells of exactly those, by the same confirmation.
    let journal = std::fs::read_to_string(place.path("state/journal")).unwrap();
    let said: Vec<Value> = journal
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let of = |what: &str| said.iter().filter(|it| it["what"] == what).count();
    assert_eq!((of("begun"), of("signed")), (1, DOCUMENTS));
    assert!(!journal.contains(PIN) && !journal.contains(PASSWORD));
}

async fn each_is_sealed_once(server: &Server, documents: &[String]) {
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    for id in documents {
        let acts = ledger::list_about(&mut tx, id).await.unwrap();
        let sealed: Vec<_> = acts.iter().filter(|it| it.act == Act::Sealed).collect();
        assert_eq!(sealed.len(), 1, "{id}");
        assert_eq!(sealed[0].data["sealer"], "skhcn");
        let row = outgoing::load(&mut tx, &id.parse().unwrap()).await.unwrap();
        let blob = row.sealed_blob.unwrap();
        let file = store.blobs().get(&blob).await.unwrap();
        assert_eq!(inspect(&file).unwrap().signatures.len(), 2, "{id}");
    }
    drop(tx);
    store.close().await.unwrap();
}

/// Proves: TG-22.1a
#[tokio::test]
async fn where_the_regulation_does_not_allow_it_nothing_is_opened() {
    let place = Place::new("no");
    let server = Server::offering(&place.services()).await;
    let people = People::of(&server).await;
    let documents = numbered(&people, 1).await;
    let order = json!({"purpose": "seal", "documents": documents, "means": "sealer"});
    let (status, problem) = people
        .clerk
        .post("/api/v1/signing-sessions", order)
        .await
        .unwrap_err();
    assert_eq!(
        (status, &problem["code"]),
        (403, &json!("sealer-not-allowed"))
    );
    assert_eq!(problem["article"], "Quyết định 01/2026/QĐ-UBND, Điều 5");
    let seal = json!({"purpose": "person", "documents": documents, "means": "sealer"});
    let (status, problem) = people
        .signer
        .post("/api/v1/signing-sessions", seal)
        .await
        .unwrap_err();
    assert_eq!(
        (status, &problem["code"]),
        (403, &json!("sealer-agency-only"))
    );
}
