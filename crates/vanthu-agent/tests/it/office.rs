//! A desk with SoftHSM devices behind the recording module, the agent as a process, and a server that is played.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::watch;
use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
use vanthu_pki::{Certificate, KeySpec, SignatureAlgorithm, SoftKey, Time, cms, verify};
use vanthu_recorder::Recorder;
use vanthu_testkit::program;
use vanthu_wire::agent::{
    Algorithm, CancelReason, CancelSession, Consent, ItemState, Purpose, SessionItem,
    SignatureTaken, SigningSession, SubmitSignature,
};
use vanthu_wire::{Base64, DocumentDigest, Problem};

pub(crate) const PIN: &str = "24681357";
/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(90);
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// The devices of one desk.
pub(crate) struct Office {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) recorder: Recorder,
    pub(crate) softhsm: &'static str,
    pub(crate) module: PathBuf,
    root: Authority,
}

/// A key on a device, with its certificate.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) certificate: Certificate,
    pub(crate) algorithm: Algorithm,
}

/// A desk with one device, one key on it and the agent at work; `None` where there is no SoftHSM.
pub(crate) async fn desk(algorithm: Algorithm) -> Option<(Office, Server, Key, Agent)> {
    let office = Office::new()?;
    let server = Server::start().await;
    office.device("thẻ");
    let key = office.key("thẻ", "01", "Nguyễn Văn Mẫu", algorithm);
    let agent = office.start(&server);
    Some((office, server, key, agent))
}

/// How a key is put on its device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Once,
    EachTime,
}

impl Office {
    /// `None` where there is no SoftHSM; the summary of the tests says so.
    pub(crate) fn new() -> Option<Self> {
        let softhsm = MODULES.into_iter().find(|it| Path::new(it).exists());
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        let (Some(softhsm), true, true) = (softhsm, has("softhsm2-util"), has("pkcs11-tool"))
        else {
            println!("skipped: softhsm2 and opensc are not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let words = format!(
            "directories.tokendir = {}\nlog.level = ERROR\n",
            tokens.display()
        );
        std::fs::write(folder.path().join("softhsm2.conf"), words).unwrap();
        let recorder = Recorder::new(folder.path(), Path::new(softhsm));
        let module = Recorder::file().expect("cargo builds the recording module beside this test");
        let validity = validity();
        let key = SoftKey::generate_p256().unwrap();
        Some(Self {
            root: Authority::root(key, "CA Bình Mẫu", validity, 1).unwrap(),
            folder,
            recorder,
            softhsm,
            module,
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn tool(&self, program: &str, arguments: &[&str]) {
        let done = Command::new(program)
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
    }

    /// A device that is set up.
    pub(crate) fn device(&self, label: &str) {
        let so = ["--so-pin", "87654321", "--pin", PIN];
        let init = ["--init-token", "--free", "--label", label];
        self.tool("softhsm2-util", &[&init[..], &so].concat());
    }

    pub(crate) fn key(&self, device: &str, id: &str, name: &str, algorithm: Algorithm) -> Key {
        self.key_that(device, id, name, algorithm, Asks::Once)
    }

    /// A new key with its certificate on a device, under one identifier.
    pub(crate) fn key_that(
        &self,
        device: &str,
        id: &str,
        name: &str,
        algorithm: Algorithm,
        asks: Asks,
    ) -> Key {
        let spec = match algorithm {
            Algorithm::EcdsaP256Sha256 => KeySpec::EcP256,
            Algorithm::EcdsaP384Sha384 => KeySpec::EcP384,
            Algorithm::Ed25519 => KeySpec::Ed25519,
            _ => KeySpec::Rsa2048,
        };
        let key = SoftKey::generate(spec).unwrap();
        let certificate = self.certify(&key, name);
        self.put(device, id, &key, &certificate, asks);
        Key {
            certificate,
            algorithm,
        }
    }

    fn certify(&self, key: &SoftKey, name: &str) -> Certificate {
        let person = PersonSubject {
            full_name: name.to_owned(),
            ..PersonSubject::default()
        };
        let (spki, nowhere) = (key.spki(), Endpoints::default());
        let made = self.root.person(&person, &spki, validity(), 2, &nowhere);
        made.unwrap()
    }

    /// One key with its certificate on two devices.
    pub(crate) fn twin(&self, devices: [&str; 2], name: &str) -> Key {
        let key = SoftKey::generate_p256().unwrap();
        let certificate = self.certify(&key, name);
        for device in devices {
            self.put(device, "01", &key, &certificate, Asks::Once);
        }
        Key {
            certificate,
            algorithm: Algorithm::EcdsaP256Sha256,
        }
    }

    /// Puts a key and its certificate on a device.
    pub(crate) fn put(
        &self,
        device: &str,
        id: &str,
        key: &SoftKey,
        certificate: &Certificate,
        asks: Asks,
    ) {
        let pkcs8 = key.to_pkcs8().unwrap();
        let (der, pem) = (self.path("key.der"), self.path("key.pem"));
        std::fs::write(&der, &pkcs8).unwrap();
        std::fs::write(self.path("cert.der"), certificate.der()).unwrap();
        let at = ["--pin", PIN, "--id", id, "--label", "khóa"];
        let login = ["--module", self.softhsm, "--login", "--token-label", device];
        if asks == Asks::EachTime {
            let file = der.to_str().unwrap();
            let what = ["--write-object", file, "--type", "privkey", "--always-auth"];
            self.tool("pkcs11-tool", &[&login[..], &what, &at].concat());
        } else {
            std::fs::write(&pem, pem_of(&pkcs8)).unwrap();
            let what = ["--import", pem.to_str().unwrap(), "--token", device];
            self.tool("softhsm2-util", &[&what[..], &at].concat());
        }
        let file = self.path("cert.der");
        let what = ["--write-object", file.to_str().unwrap(), "--type", "cert"];
        self.tool("pkcs11-tool", &[&login[..], &what, &at].concat());
    }

    /// The agent's program with everything that it needs to find the devices.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let (name, rules) = self.recorder.environment();
        let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu-agent"));
        command
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env(name, rules)
            .args(arguments);
        command
    }

    /// Starts the agent, paired with that server, with the recording module.
    pub(crate) fn start(&self, server: &Server) -> Agent {
        self.start_with(server, &[])
    }

    pub(crate) fn start_with(&self, server: &Server, more: &[&str]) -> Agent {
        let settings = self.path("settings");
        let module = self.module.to_str().unwrap();
        let fixed = ["run", "--listen", "127.0.0.1:0", "--pair", &server.url];
        let keys = ["--pkcs11", module, "--settings", settings.to_str().unwrap()];
        let (child, said) = program::start(
            self.command(&[&fixed[..], &keys, more].concat())
                .stdin(Stdio::piped())
                .stderr(std::fs::File::create(self.path("agent.log")).unwrap()),
        );
        let url = said.strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("{said:?} {}", self.log()));
        Agent {
            url: url.to_owned(),
            server: server.url.clone(),
            child,
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(PATIENCE)
                .build()
                .unwrap(),
        }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("agent.log")).unwrap_or_default()
    }
}

/// A running agent; ended with the test.
pub(crate) struct Agent {
    pub(crate) url: String,
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
    /// Ends it as the power would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await;
        answer.unwrap().text().await.unwrap()
    }

    pub(crate) async fn status(&self) -> Value {
        let url = format!("{}/v1/status", self.url);
        let asked = self.http.get(url).header("origin", &self.server);
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// The serial number of the device with the first certificate.
    pub(crate) async fn serial(&self) -> String {
        let status = self.status().await;
        let serial = &status["certificates"][0]["devices"][0]["serial"];
        serial
            .as_str()
            .unwrap_or_else(|| panic!("{status}"))
            .to_owned()
    }

    /// The names of the certificates that are listed.
    pub(crate) async fn names(&self) -> Vec<String> {
        let status = self.status().await;
        let all = status["certificates"].as_array().unwrap().iter();
        all.map(|it| it["common_name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// A page of the server hands the session over.
    pub(crate) async fn hand_over(&self, id: &str) -> Value {
        let url = format!("{}/v1/sign", self.url);
        let body = json!({"server": self.server, "signing_id": id, "token": "secret"});
        let asked = self.http.post(url).header("origin", &self.server);
        asked
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Hands a session over, gives the PIN, and waits for its end.
    pub(crate) async fn sign(&self, id: &str, pin: &str) -> Value {
        let path = self.begin(id, pin).await;
        self.ended(&path).await
    }

    /// Hands a session over and gives the PIN; gives the path of its consent page.
    pub(crate) async fn begin(&self, id: &str, pin: &str) -> String {
        self.begin_at(id, pin).await.0
    }

    /// The same, with the moment in which the PIN was given.
    pub(crate) async fn begin_at(&self, id: &str, pin: &str) -> (String, Instant) {
        let taken = self.hand_over(id).await;
        let url = taken["consent_url"].as_str();
        let url = url.unwrap_or_else(|| panic!("{taken}")).to_owned();
        let path = url.strip_prefix(&self.url).unwrap().to_owned();
        let form = form_of(&self.shown(&path).await);
        let given = Instant::now();
        self.send(&url, &format!("{form}&pin={pin}&answer=sign"))
            .await;
        (path, given)
    }

    /// The consent page, once every file is held against its digest and the PIN is asked.
    pub(crate) async fn shown(&self, path: &str) -> String {
        let began = Instant::now();
        loop {
            let page = self.page(path).await;
            if !page.contains("http-equiv=\"refresh\"") {
                return page;
            }
            assert!(began.elapsed() < PATIENCE, "{page}");
        }
    }

    /// Sends a form of a page of the agent.
    pub(crate) async fn send(&self, url: &str, body: &str) -> u16 {
        let asked = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &self.url)
            .header("sec-fetch-site", "same-origin")
            .body(body.to_owned());
        asked.send().await.unwrap().status().as_u16()
    }

    /// What became of a session, once nothing more happens to it.
    pub(crate) async fn ended(&self, path: &str) -> Value {
        let url = format!("{}{}", self.url, path.replace("/consent/", "/v1/sign/"));
        let began = Instant::now();
        loop {
            let asked = self.http.get(&url).header("origin", &self.server);
            let outcome: Value = asked.send().await.unwrap().json().await.unwrap();
            if !matches!(outcome["state"].as_str(), Some("waiting" | "signing")) {
                return outcome;
            }
            assert!(began.elapsed() < PATIENCE, "{outcome}");
        }
    }
}

/// The single-use value in a form, as the form sends it.
pub(crate) fn form_of(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"form\" value=\"")
        .unwrap_or_else(|| panic!("{page}"));
    format!("form={}", rest.split_once('"').unwrap().0)
}

/// A server that hands out sessions and takes signatures.
pub(crate) struct Server {
    pub(crate) url: String,
    inside: Arc<Inside>,
}

struct Inside {
    sessions: Mutex<Vec<SigningSession>>,
    told: Mutex<Told>,
    submitted: watch::Sender<usize>,
    /// Answers wait while this is false.
    is_open: watch::Sender<bool>,
}

/// What the server was told, and how it answers.
#[derive(Default)]
pub(crate) struct Told {
    /// Items in the order in which they came, each with its signature.
    pub(crate) submitted: Vec<(String, Vec<u8>)>,
    pub(crate) cancelled: Vec<CancelReason>,
    /// Whatever comes is refused with this code.
    pub(crate) refuses: Option<(&'static str, u16)>,
    /// So many answers are lost after they were taken.
    pub(crate) loses: usize,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let inside = Arc::new(Inside {
            sessions: Mutex::default(),
            told: Mutex::default(),
            submitted: watch::Sender::new(0),
            is_open: watch::Sender::new(true),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/agent/v1/sessions/{id}", get(session))
            .route("/agent/v1/sessions/{id}/cancel", post(cancel))
            .route("/agent/v1/sessions/{id}/items/{item}", post(submit))
            .route("/agent/v1/sessions/{id}/items/{item}/file", get(file))
            .with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url: format!("http://{address}"),
            inside,
        }
    }

    /// Opens a session over so many documents.
    pub(crate) fn open(&self, id: &str, key: &Key, documents: usize) {
        let items = (1..=documents).map(|n| format!("{id}-{n}")).collect();
        self.open_for(id, key, items);
    }

    /// Opens a session over these items.
    pub(crate) fn open_for(&self, id: &str, key: &Key, items: Vec<String>) {
        let items = items.into_iter().map(|item| of_item(item, key)).collect();
        let now: Timestamp = now();
        self.inside.sessions.lock().unwrap().push(SigningSession {
            signing_id: id.to_owned(),
            agency: "UBND xã Bình Mẫu".into(),
            signer: "Nguyễn Văn Mẫu".into(),
            purpose: Purpose::Person,
            reason: None,
            consent: Consent::Person,
            expires_at: now + SignedDuration::from_mins(10),
            max_file_bytes: 1 << 20,
            items,
        });
    }

    pub(crate) fn told<T>(&self, look: impl FnOnce(&mut Told) -> T) -> T {
        look(&mut self.inside.told.lock().unwrap())
    }

    /// The items that were signed, in the order in which they came.
    pub(crate) fn signed(&self) -> Vec<String> {
        self.told(|told| {
            told.submitted
                .iter()
                .map(|(item, _)| item.clone())
                .collect()
        })
    }

    /// Waits until so many signatures have come.
    pub(crate) async fn has(&self, count: usize) {
        let mut seen = self.inside.submitted.subscribe();
        let come = seen.wait_for(|it| *it >= count);
        tokio::time::timeout(PATIENCE, come).await.unwrap().unwrap();
    }

    /// Lets answers go, or keeps them back.
    pub(crate) fn answers(&self, is_open: bool) {
        self.inside.is_open.send_replace(is_open);
    }

    /// Every signature that came is that of its item with that key, and none came twice.
    pub(crate) fn all_are_right(&self, key: &Key) {
        self.are_right("", key);
    }

    /// The same of the items whose names begin so.
    pub(crate) fn are_right(&self, begin: &str, key: &Key) {
        let how = SignatureAlgorithm::from_name(key.algorithm.as_str()).unwrap();
        let sessions = self.inside.sessions.lock().unwrap();
        let mut seen = std::collections::BTreeSet::new();
        let told = self.inside.told.lock().unwrap();
        let all = told
            .submitted
            .iter()
            .filter(|(item, _)| item.starts_with(begin));
        for (item_id, value) in all {
            assert!(seen.insert(item_id.clone()), "{item_id} came twice");
            let item = sessions.iter().flat_map(|it| &it.items);
            let item = item.clone().find(|it| it.item_id == *item_id).unwrap();
            let message = item.signed_attributes.as_bytes();
            verify(key.certificate.spki(), how, message, value).unwrap();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the agent's process reads this clock too"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

fn validity() -> Validity {
    let day = |year| Time::from_civil((year, 1, 1), (0, 0, 0)).unwrap();
    Validity {
        from: day(2020),
        to: day(2049),
    }
}

pub(crate) fn of_item(item_id: String, key: &Key) -> SessionItem {
    let how = SignatureAlgorithm::from_name(key.algorithm.as_str()).unwrap();
    let (file, gap) = file_of(&item_id);
    let covered = [&file[..gap.start], &file[gap.end..]].concat();
    let digest = how.digest().digest(&covered);
    SessionItem {
        title: format!("V/v thử {item_id}"),
        item_id,
        number: None,
        issuer: "UBND xã Bình Mẫu".into(),
        pages: 2,
        document_digest: DocumentDigest::new(digest.clone()).unwrap(),
        signed_attributes: Base64(cms::signed_attributes(&digest, &key.certificate, how)),
        algorithm: key.algorithm,
        certificate: Base64(key.certificate.der().to_vec()),
    }
}

/// A page that names its item, with a signature that waits for its value, and where that stands.
fn file_of(item_id: &str) -> (Vec<u8>, std::ops::Range<usize>) {
    const RANGE: &str = "[0 0000000000 0000000000 0000000000]";
    let empty = format!("<{}>", "0".repeat(64));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>".to_owned(),
        format!("<< /Type /Sig /Name ({item_id}) /ByteRange {RANGE} /Contents {empty} >>"),
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        writeln!(pdf, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
    }
    pdf += "trailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF\n";
    let start = pdf.find(&empty).unwrap();
    let end = start + empty.len();
    let told = format!("[0 {start:010} {end:010} {:010}]", pdf.len() - end);
    (pdf.replace(RANGE, &told).into_bytes(), start..end)
}

fn pem_of(pkcs8: &[u8]) -> String {
    let text = serde_json::to_value(Base64(pkcs8.to_vec())).unwrap();
    let text = text.as_str().unwrap();
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

async fn session(State(inside): State<Arc<Inside>>, UrlPath(id): UrlPath<String>) -> Response {
    let sessions = inside.sessions.lock().unwrap();
    match sessions.iter().find(|it| it.signing_id == id) {
        Some(session) => Json(session.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn file(UrlPath((_, item)): UrlPath<(String, String)>) -> Vec<u8> {
    file_of(&item).0
}

async fn cancel(State(inside): State<Arc<Inside>>, Json(body): Json<CancelSession>) -> StatusCode {
    inside.told.lock().unwrap().cancelled.push(body.reason);
    StatusCode::NO_CONTENT
}

async fn submit(
    State(inside): State<Arc<Inside>>,
    UrlPath((_, item)): UrlPath<(String, String)>,
    Json(body): Json<SubmitSignature>,
) -> Response {
    let mut is_open = inside.is_open.subscribe();
    let _open = is_open.wait_for(|it| *it).await;
    let mut told = inside.told.lock().unwrap();
    if let Some((code, status)) = told.refuses {
        let problem = Problem::new(code, status, "Không nhận");
        let status = StatusCode::from_u16(status).unwrap();
        return (status, Json(problem)).into_response();
    }
    // The same signature again is the same answer, as the real server has it.
    let value = body.signature.as_bytes().to_vec();
    if !told.submitted.contains(&(item.clone(), value.clone())) {
        told.submitted.push((item, value));
    }
    if told.loses > 0 {
        told.loses -= 1;
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let count = told.submitted.len();
    drop(told);
    inside.submitted.send_replace(count);
    Json(SignatureTaken {
        state: ItemState::Signed,
    })
    .into_response()
}
