//! The built server and the built agent with a key device (SoftHSM): the agent is killed while it signs a batch.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use vanthu_app::practice::world::PIN;
use vanthu_domain::audit::Act;
use vanthu_pki::{Certificate, pkcs12};
use vanthu_signing::inspect;
use vanthu_store::{ledger, outgoing};
use vanthu_testkit::program;

use crate::installation::{PATIENCE, Server};
use crate::person::{Answer, text};
use crate::story::People;

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const DOCUMENTS: usize = 20;
/// After so many signatures of a session the agent is killed.
const KILLED_AFTER: [usize; 3] = [1, 3, 7];

/// A device with the key of one person of the practice province.
pub(crate) struct Device {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) module: &'static str,
    pub(crate) agent: PathBuf,
}

impl Device {
    /// `None` where something is missing; the summary of the tests says so.
    pub(crate) fn of(server: &Server, login: &str) -> Option<Self> {
        let module = MODULES.into_iter().find(|it| Path::new(it).exists());
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        let (Some(module), true, true) = (module, has("softhsm2-util"), has("pkcs11-tool")) else {
            println!("skipped: softhsm2 and opensc are not installed");
            return None;
        };
        let agent = Path::new(env!("CARGO_BIN_EXE_vanthu")).with_file_name("vanthu-agent");
        if !agent.is_file() {
            println!("skipped: the signing agent is not built beside the server");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let words = format!("directories.tokendir = {}\n", tokens.display());
        std::fs::write(folder.path().join("softhsm2.conf"), words).unwrap();
        let device = Self {
            folder,
            module,
            agent,
        };
        device.hold(&server.data.join("agent/keys"), login);
        Some(device)
    }

    /// Takes the key file of that person onto the device.
    fn hold(&self, keys: &Path, login: &str) {
        let file = std::fs::read(keys.join(format!("{login}.p12"))).unwrap();
        let pem = std::fs::read_to_string(keys.join(format!("{login}.pem"))).unwrap();
        let certificate = Certificate::from_pem(&pem).unwrap();
        let key = pkcs12::open(&file, PIN).unwrap().key;
        let [key_file, certificate_file] =
            ["key.der", "certificate.der"].map(|it| self.folder.path().join(it));
        std::fs::write(&key_file, key.to_pkcs8().unwrap()).unwrap();
        std::fs::write(&certificate_file, certificate.der()).unwrap();
        let init = [
            "--init-token",
            "--free",
            "--label",
            "thẻ",
            "--so-pin",
            "87654321",
        ];
        self.tool("softhsm2-util", &[&init[..], &["--pin", PIN]].concat());
        for (kind, file) in [("privkey", key_file), ("cert", certificate_file)] {
            let place = ["--module", self.module, "--token-label", "thẻ", "--login"];
            let object = ["--pin", PIN, "--id", "01", "--type", kind, "--write-object"];
            let file = file.to_str().unwrap();
            self.tool("pkcs11-tool", &[&place[..], &object, &[file]].concat());
        }
    }

    fn tool(&self, program: &str, arguments: &[&str]) {
        let done = Command::new(program)
            .env("SOFTHSM2_CONF", self.folder.path().join("softhsm2.conf"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
    }

    fn start_agent(&self, server: &Server) -> Agent {
        let (child, said) = program::start(
            Command::new(&self.agent)
                .env("SOFTHSM2_CONF", self.folder.path().join("softhsm2.conf"))
                .args(["run", "--listen", "127.0.0.1:0", "--pair", &server.url])
                .args(["--pkcs11", self.module, "--settings"])
                .arg(self.folder.path())
                .stdin(Stdio::null())
                .stderr(Stdio::null()),
        );
        let url = said.strip_prefix("listening on ").unwrap().to_owned();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build();
        Agent {
            url,
            server: server.url.clone(),
            child,
            http: http.unwrap(),
        }
    }
}

/// The agent's process; ended with the test.
struct Agent {
    url: String,
    server: String,
    child: Child,
    http: reqwest::Client,
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Agent {
    /// The consent page, once every file is held against its digest.
    async fn shown(&self, url: &str) -> String {
        let began = Instant::now();
        loop {
            let page = self.http.get(url).send().await.unwrap();
            let page = page.text().await.unwrap();
            if !page.contains("http-equiv=\"refresh\"") {
                return page;
            }
            assert!(began.elapsed() < PATIENCE, "{page}");
        }
    }

    /// The page hands the session over, and the person gives the PIN.
    async fn consent(&self, opened: &Value) {
        let body = json!({
            "server": self.server,
            "signing_id": opened["signing_id"],
            "token": opened["token"],
        });
        let asked = self.http.post(format!("{}/v1/sign", self.url));
        let taken = asked.header("origin", &self.server).json(&body).send();
        let taken: Value = taken.await.unwrap().json().await.unwrap();
        let url = taken["consent_url"].as_str();
        let url = url.unwrap_or_else(|| panic!("{taken}"));
        let page = self.shown(url).await;
        let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        let form = rest.split_once('"').unwrap().0;
        let answer = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &self.url)
            .body(format!("form={form}&pin={PIN}&answer=sign"));
        // Whether this answer comes is of no matter: the agent may be killed before.
        let _answered = answer.send().await;
    }
}

async fn open(people: &People, documents: &[String]) -> Answer {
    let order = json!({"purpose": "person", "documents": documents, "consent": "person"});
    people.signer.post("/api/v1/signing-sessions", order).await
}

/// Waits until so many items of a session are signed, or it is over.
async fn signed(people: &People, opened: &Value, count: usize) {
    let url = format!("/api/v1/signing-sessions/{}", text(opened, "signing_id"));
    let began = Instant::now();
    loop {
        let now = people.signer.get(&url).await.unwrap();
        let items = now["items"].as_array().unwrap().iter();
        let so_far = items.filter(|it| it["state"] == "signed").count();
        if so_far >= count || now["state"] != "open" {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{now}");
    }
}

/// The documents that still wait for their signature.
async fn waiting(people: &People, documents: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    for id in documents {
        if people.see(id).await["state"] == "awaiting-signature" {
            left.push(id.clone());
        }
    }
    left
}

/// Proves: TG-22.1b
#[tokio::test]
async fn an_agent_killed_at_any_moment_of_a_batch_loses_and_doubles_nothing() {
    let mut server = Server::start().await;
    let Some(device) = Device::of(&server, "gd.skhcn") else {
        return;
    };
    let people = People::of(&server).await;
    let mut documents = Vec::new();
    for n in 0..DOCUMENTS {
        let id = text(&people.begin().await.unwrap(), "outgoing_id");
        people.write(&id, &format!("lô ký thứ {n}")).await.unwrap();
        for _ in ["submit", "approve"] {
            let document = people.see(&id).await;
            people.next(&id, &document).await.unwrap();
        }
        documents.push(id);
    }
    for killed_after in KILLED_AFTER {
        let left = waiting(&people, &documents).await;
        assert!(left.len() > killed_after, "{} are left", left.len());
        let opened = open(&people, &left).await.unwrap();
        let agent = device.start_agent(&server);
        tokio::select! {
            () = async { agent.consent(&opened).await; std::future::pending().await } => {}
            () = signed(&people, &opened, killed_after) => {}
        }
        drop(agent);
    }
    // The last answer of a killed agent may still be worked on: then its document is refused, and left out.
    let agent = device.start_agent(&server);
    let began = Instant::now();
    loop {
        let left = waiting(&people, &documents).await;
        if left.is_empty() {
            break;
        }
        if let Ok(opened) = open(&people, &left).await {
            agent.consent(&opened).await;
            signed(&people, &opened, left.len()).await;
        }
        assert!(began.elapsed() < PATIENCE, "{left:?}");
    }
    drop(agent);
    server.kill().await;
    assert!(server.ledger_stands().await);
    each_is_signed_once(&server, &documents).await;
}

/// One act in the ledger, one signature in the file, for each.
async fn each_is_signed_once(server: &Server, documents: &[String]) {
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    for id in documents {
        let acts = ledger::list_about(&mut tx, id).await.unwrap();
        let signed = acts.iter().filter(|it| it.act == Act::Signed).count();
        assert_eq!(signed, 1, "{id}");
        let row = outgoing::load(&mut tx, &id.parse().unwrap()).await.unwrap();
        let blob = row.signed_blob.unwrap();
        let file = store.blobs().get(&blob).await.unwrap();
        let facts = inspect(&file).unwrap();
        assert_eq!(facts.signatures.len(), 1, "{id}");
    }
    drop(tx);
    store.close().await.unwrap();
}
