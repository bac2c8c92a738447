//! An agent with one key, a server that records what it is told, and a clock that stands still.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt;
use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
use vanthu_pki::{Certificate, SignatureAlgorithm, SoftKey, Time, asn1, cms, oid};
use vanthu_wire::agent::{
    Algorithm, CancelReason, CancelSession, Consent, ItemState, Purpose, SessionItem,
    SignatureTaken, SigningSession, SubmitSignature,
};
use vanthu_wire::desk::{CertificateFacts, ServerFacts};
use vanthu_wire::pairing::{
    PROOF_HEADER, PairingAnswer, PairingOffer, PairingOpened, commitment, proof,
};
use vanthu_wire::{Base64, Digest, Problem};

use crate::clock::Clock;
use crate::draw::Drawing;
use crate::paper::tests::{a_file, digest_of};
use crate::token::{OpenKey, Token, TokenError};
use crate::{Agent, AutomaticConsent, Paired, Pin, door};

pub(super) const PIN: &str = "mật khẩu 1+1";

pub(super) fn noon() -> Timestamp {
    "2026-11-22T05:00:00Z".parse().unwrap()
}

/// A clock that the test moves.
pub(super) struct Hands(pub(super) Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    /// Stands still: whoever moves the clock on the wall makes the machine sleep.
    fn awake(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

/// A certificate of the practice authority.
pub(super) fn certificate(key: &SoftKey, subject: &str, years: (i64, i64)) -> Certificate {
    let day = |year| Time::from_civil((year, 1, 1), (0, 0, 0)).unwrap();
    let validity = Validity {
        from: day(years.0),
        to: day(years.1),
    };
    let root_key = SoftKey::generate_p256().unwrap();
    let root = Authority::root(root_key, "CA Bình Mẫu", validity, 1).unwrap();
    let subject = PersonSubject {
        full_name: subject.into(),
        ..PersonSubject::default()
    };
    root.person(&subject, &key.spki(), validity, 2, &Endpoints::default())
        .unwrap()
}

/// The same certificate as if another authority had issued it: without the mark of practice.
fn unmarked(certificate: &Certificate) -> Certificate {
    let mark = asn1::oid(oid::PRACTICE_POLICY);
    let mut der = certificate.der().to_vec();
    let at = der
        .windows(mark.len())
        .position(|window| window == mark)
        .unwrap();
    der[at + mark.len() - 1] ^= 1;
    Certificate::from_der(&der).unwrap()
}

/// Signed attributes over the digest, bound to the certificate.
pub(super) fn attributes(digest: &[u8], certificate: &Certificate) -> Vec<u8> {
    cms::signed_attributes(digest, certificate, SignatureAlgorithm::EcdsaP256Sha256)
}

/// What happens when a key is asked for so many a signature.
pub(super) type Hook = Arc<dyn Fn(usize) -> Result<(), TokenError> + Send + Sync>;

/// A key device with one key.
struct OneKey {
    key: Arc<SoftKey>,
    certificate: Certificate,
    hook: Hook,
    used: Arc<Used>,
}

/// How often a device was asked.
#[derive(Default)]
pub(super) struct Used {
    pub(super) pins: AtomicUsize,
    pub(super) signatures: AtomicUsize,
}

struct Opened {
    key: Arc<SoftKey>,
    hook: Hook,
    used: Arc<Used>,
}

impl Token for OneKey {
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError> {
        Ok(vec![self.certificate.clone()])
    }

    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError> {
        assert_eq!(thumbprint, self.certificate.sha256_thumbprint());
        self.used.pins.fetch_add(1, Ordering::SeqCst);
        if pin.reveal() == PIN {
            Ok(Box::new(Opened {
                key: Arc::clone(&self.key),
                hook: Arc::clone(&self.hook),
                used: Arc::clone(&self.used),
            }))
        } else {
            Err(TokenError::WrongPin {
                tries_left: Some(4),
            })
        }
    }
}

impl OpenKey for Opened {
    fn sign(&mut self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        (self.hook)(self.used.signatures.fetch_add(1, Ordering::SeqCst) + 1)?;
        let how = SignatureAlgorithm::from_name(algorithm.as_str()).unwrap();
        Ok(self.key.sign(how, message).unwrap())
    }
}

/// What the server was told.
#[derive(Default)]
pub(super) struct Told {
    pub(super) submitted: Vec<(String, SubmitSignature)>,
    pub(super) cancelled: Vec<CancelReason>,
    /// Items that the server refuses as answered already.
    pub(super) refuses: Vec<String>,
    /// In which languages it was asked to answer.
    pub(super) languages: Vec<String>,
    /// What an agent answered an offer with.
    pub(super) answered: Option<PairingAnswer>,
    /// What paired agents told: the last part of the address, and the body.
    pub(super) calls: Vec<(String, Value)>,
    /// Opens another value than it committed to.
    pub(super) forges: bool,
    /// Ends every pairing.
    pub(super) unpaired: bool,
    /// The files of the items.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone)]
struct FakeServer {
    session: Arc<Mutex<SigningSession>>,
    told: Arc<Mutex<Told>>,
}

pub(super) struct World {
    pub(super) clock: Arc<Hands>,
    pub(super) server: String,
    pub(super) session: Arc<Mutex<SigningSession>>,
    pub(super) told: Arc<Mutex<Told>>,
    pub(super) certificate: Certificate,
    pub(super) used: Arc<Used>,
    pub(super) settings: tempfile::TempDir,
    router: Router,
}

pub(super) struct Options {
    pub(super) practice: bool,
    pub(super) years: (i64, i64),
    pub(super) automatic: bool,
    pub(super) documents: usize,
    pub(super) clock: Arc<Hands>,
    pub(super) hook: Hook,
    /// Whether the server was named when the agent was started.
    pub(super) named: bool,
    /// Whether the files can be drawn.
    pub(super) draws: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            practice: true,
            years: (2025, 2028),
            automatic: false,
            documents: 2,
            clock: Arc::new(Hands(Mutex::new(noon()))),
            hook: Arc::new(|_| Ok(())),
            named: true,
            draws: true,
        }
    }
}

/// What the agent answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(super) fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The single-use value in the consent form.
    pub(super) fn form(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"form\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

impl World {
    pub(super) async fn new(options: Options) -> Self {
        let key = Arc::new(SoftKey::generate_p256().unwrap());
        let mut certificate = certificate(&key, "Nguyễn Văn Mẫu", options.years);
        if !options.practice {
            certificate = unmarked(&certificate);
        }
        let mut files = BTreeMap::new();
        let items = (1..=options.documents)
            .map(|n| {
                let file = a_file(&format!("so {n}"));
                let item = item(n, &file, &certificate);
                files.insert(item.item_id.clone(), file);
                item
            })
            .collect();
        let session = Arc::new(Mutex::new(SigningSession {
            signing_id: "sgn_1".into(),
            agency: "UBND xã Bình Mẫu".into(),
            signer: "Nguyễn Văn Mẫu".into(),
            purpose: Purpose::Person,
            reason: None,
            consent: if options.automatic {
                Consent::Automatic
            } else {
                Consent::Person
            },
            expires_at: "2026-11-22T05:03:00Z".parse().unwrap(),
            max_file_bytes: 1 << 20,
            items,
        }));
        let told = Arc::new(Mutex::new(Told {
            files,
            ..Told::default()
        }));
        let server = serve(FakeServer {
            session: session.clone(),
            told: told.clone(),
        })
        .await;
        let clock = options.clock;
        let used = Arc::<Used>::default();
        let address: SocketAddr = "127.0.0.1:18181".parse().unwrap();
        let automatic = options.automatic.then(|| AutomaticConsent {
            pin: Pin::new(PIN.to_owned()),
        });
        let token = Arc::new(OneKey {
            key,
            certificate: certificate.clone(),
            hook: options.hook,
            used: Arc::clone(&used),
        });
        // Nobody listens on port 9 of this computer.
        let named = if options.named {
            vec![
                server.parse().unwrap(),
                "http://127.0.0.1:9".parse().unwrap(),
            ]
        } else {
            Vec::new()
        };
        let settings = tempfile::tempdir().unwrap();
        let paired = Paired::open(settings.path(), named).unwrap();
        let agent = Agent::new(
            address,
            paired,
            automatic,
            token,
            clock.clone(),
            drawing(options.draws),
            Arc::new(Vec::new),
        )
        .unwrap();
        let router = door::router(agent);
        Self {
            clock,
            server,
            session,
            told,
            certificate,
            used,
            settings,
            router,
        }
    }

    pub(super) async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer {
            status,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A page of the paired server hands the session over.
    pub(super) async fn hand_over(&self) -> Answer {
        self.hand_over_from(&self.server.clone()).await
    }

    pub(super) async fn hand_over_from(&self, server: &str) -> Answer {
        self.hand_over_as(server, "vi").await
    }

    /// A page in that language hands the session over.
    pub(super) async fn hand_over_in(&self, language: &str) -> Answer {
        self.hand_over_as(&self.server.clone(), language).await
    }

    async fn hand_over_as(&self, server: &str, language: &str) -> Answer {
        let body = serde_json::json!({"server": server, "signing_id": "sgn_1", "token": "secret"});
        let request = own(Request::post("/v1/sign"))
            .header(header::ORIGIN, &self.server)
            .header(header::ACCEPT_LANGUAGE, language)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()));
        self.call(request.unwrap()).await
    }

    /// Hands the session over and gives the path of the consent page.
    pub(super) async fn consent_path(&self) -> String {
        let path = path_of(&self.hand_over().await);
        self.until_shown(&path).await;
        path
    }

    /// Opens the page until its files are checked, or the case is over.
    pub(super) async fn until_shown(&self, path: &str) {
        for _ in 0..1_000_000 {
            if !self
                .open(path)
                .await
                .text
                .contains("http-equiv=\"refresh\"")
            {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the files are never checked");
    }

    /// Why the server was told that nothing more comes; waits until it is told.
    pub(super) async fn cancelled(&self) -> Vec<CancelReason> {
        for _ in 0..1_000_000 {
            let told = self.told.lock().unwrap().cancelled.clone();
            if !told.is_empty() {
                return told;
            }
            tokio::task::yield_now().await;
        }
        panic!("the server is never told");
    }

    pub(super) async fn open(&self, path: &str) -> Answer {
        self.call(own(Request::get(path)).body(Body::empty()).unwrap())
            .await
    }

    pub(super) async fn send_form(&self, path: &str, body: String) -> Answer {
        let request = own(Request::post(path))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "http://127.0.0.1:18181")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        self.call(request.unwrap()).await
    }

    /// Opens the consent page, enters the PIN, and gives the page that follows.
    pub(super) async fn consent_with(&self, path: &str, pin: &str) -> Answer {
        let form = self.open(path).await.form();
        let pin = percent(pin);
        let answer = self
            .send_form(path, format!("form={form}&pin={pin}&answer=sign"))
            .await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert_eq!(answer.header("location"), path);
        self.open(path).await
    }
}

/// Stands for the child that draws: a picture without pixels, or nothing.
fn drawing(draws: bool) -> Drawing {
    let script = if draws {
        "cat > /dev/null; printf '\\211PNG\\r\\n\\032\\n'"
    } else {
        "exit 1"
    };
    let most = std::time::Duration::from_mins(1);
    Drawing::with(
        "/bin/sh".into(),
        vec!["-c".to_owned(), script.to_owned()],
        most,
    )
}

/// The path of the consent page of a session that was taken.
pub(super) fn path_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.text);
    let url = answer.json()["consent_url"].as_str().unwrap().to_owned();
    url.strip_prefix("http://127.0.0.1:18181")
        .unwrap()
        .to_owned()
}

/// A request to the agent's own address.
pub(super) fn own(request: axum::http::request::Builder) -> axum::http::request::Builder {
    request.header(header::HOST, "127.0.0.1:18181")
}

fn item(n: usize, file: &[u8], certificate: &Certificate) -> SessionItem {
    let document_digest = digest_of(file);
    SessionItem {
        item_id: format!("item_{n}"),
        title: format!("V/v thử số {n} <script>"),
        number: None,
        issuer: "UBND xã Bình Mẫu".into(),
        pages: 2,
        signed_attributes: Base64(attributes(document_digest.as_bytes(), certificate)),
        document_digest,
        algorithm: Algorithm::EcdsaP256Sha256,
        certificate: Base64(certificate.der().to_vec()),
    }
}

async fn serve(server: FakeServer) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/agent/v1/sessions/{id}", get(session))
        .route("/agent/v1/pairings/{id}", get(offer).post(answered))
        .route("/agent/v1/agents/{id}/{what}", post(told))
        .route("/agent/v1/sessions/{id}/cancel", post(cancel))
        .route("/agent/v1/sessions/{id}/items/{item}", post(submit))
        .route("/agent/v1/sessions/{id}/items/{item}/file", get(file))
        .with_state(server);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn knows_the_secret(headers: &HeaderMap) {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer secret");
}

async fn session(State(server): State<FakeServer>, headers: HeaderMap) -> Response {
    knows_the_secret(&headers);
    let language = headers[header::ACCEPT_LANGUAGE].to_str().unwrap();
    let mut told = server.told.lock().unwrap();
    told.languages.push(language.to_owned());
    if headers.contains_key(PROOF_HEADER) {
        is_proven(
            &told,
            &headers,
            "GET",
            "/agent/v1/sessions/sgn_1",
            "secret",
            b"",
        );
    }
    if told.unpaired {
        let problem = Problem::new("agent-not-paired", 403, "Máy ký này chưa ghép");
        return (StatusCode::FORBIDDEN, Json(problem)).into_response();
    }
    Json(server.session.lock().unwrap().clone()).into_response()
}

/// Who asks to be paired.
pub(super) fn an_offer() -> PairingOffer {
    PairingOffer {
        agent_id: "agt_1".into(),
        installation: "ins_1".into(),
        account_id: "acc_1".into(),
        login: "vt.binhmau".into(),
        person: "Nguyễn Văn Mẫu".into(),
        agency: "UBND xã Bình Mẫu".into(),
        commitment: commitment("agt_1", &Digest([7; 32])),
    }
}

async fn offer(headers: HeaderMap) -> Json<PairingOffer> {
    knows_the_secret(&headers);
    Json(an_offer())
}

async fn answered(
    State(server): State<FakeServer>,
    headers: HeaderMap,
    Json(answer): Json<PairingAnswer>,
) -> Json<PairingOpened> {
    knows_the_secret(&headers);
    let mut told = server.told.lock().unwrap();
    told.answered = Some(answer);
    let nonce = if told.forges {
        Digest([6; 32])
    } else {
        Digest([7; 32])
    };
    Json(PairingOpened { nonce })
}

/// Takes what is signed with the key that answered the offer.
async fn told(
    State(server): State<FakeServer>,
    Path((id, what)): Path<(String, String)>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    let mut told = server.told.lock().unwrap();
    let path = format!("/agent/v1/agents/{id}/{what}");
    is_proven(&told, &headers, "POST", &path, "", &body);
    if told.unpaired {
        let problem = Problem::new("agent-not-paired", 403, "Máy ký này chưa ghép");
        return (StatusCode::FORBIDDEN, Json(problem)).into_response();
    }
    let asks = what == "ask";
    told.calls
        .push((what, serde_json::from_slice(&body).unwrap()));
    if asks {
        let known = CertificateFacts {
            anchored: true,
            on_record: false,
        };
        return Json(ServerFacts {
            now: "2026-11-22T04:50:00Z".parse().unwrap(),
            shipped_version: "999.0.0".to_owned(),
            minimum_version: "0.0.0".to_owned(),
            timestamps: false,
            certificates: vec![known],
        })
        .into_response();
    }
    StatusCode::NO_CONTENT.into_response()
}

fn is_proven(
    told: &Told,
    headers: &HeaderMap,
    method: &str,
    path: &str,
    secret: &str,
    body: &[u8],
) {
    let header = headers[PROOF_HEADER].to_str().unwrap();
    let (id, value) = header.split_once(':').unwrap();
    let Base64(value) = serde_json::from_value(value.into()).unwrap();
    let message = proof(id, method, path, secret, body);
    let key = &told.answered.as_ref().unwrap().key;
    let how = SignatureAlgorithm::EcdsaP256Sha256;
    vanthu_pki::verify(key.as_bytes(), how, &message, &value).unwrap();
}

async fn cancel(
    State(server): State<FakeServer>,
    headers: HeaderMap,
    Json(body): Json<CancelSession>,
) -> StatusCode {
    knows_the_secret(&headers);
    server.told.lock().unwrap().cancelled.push(body.reason);
    StatusCode::NO_CONTENT
}

async fn file(
    State(server): State<FakeServer>,
    Path((_, item)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    knows_the_secret(&headers);
    match server.told.lock().unwrap().files.get(&item) {
        Some(file) => file.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn submit(
    State(server): State<FakeServer>,
    Path((_, item)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<SubmitSignature>,
) -> Response {
    knows_the_secret(&headers);
    let mut told = server.told.lock().unwrap();
    if told.refuses.contains(&item) {
        let problem = Problem::new("already-signed", 409, "Văn bản đã được ký");
        return (StatusCode::CONFLICT, Json(problem)).into_response();
    }
    told.submitted.push((item, body));
    Json(SignatureTaken {
        state: ItemState::Signed,
    })
    .into_response()
}

fn percent(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |sum, byte| sum + &format!("%{byte:02X}"))
}
