//! Two agencies with their people, at HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::practice::clock::MovableClock;
use vanthu_app::practice::province::Province;
use vanthu_app::practice::sign::{Keys, sign};
use vanthu_app::practice::world::{self, Making, PASSWORD};
use vanthu_app::signing::Purpose;
use vanthu_app::system::SystemRandomness;
use vanthu_app::{App, Caller, Mode, Ports, job};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::{Clock, Day, Moment, Randomness};
use vanthu_store::{Durability, Store, StoreOptions, migrate};
use vanthu_web::{Web, router};

/// The commune and the department.
const AGENCIES: [&str; 2] = ["tanmau", "skhcn"];
pub(crate) const ADDRESS: &str = "http://127.0.0.1:8080";

/// An installation with its routes.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    keys: Keys,
    folder: tempfile::TempDir,
}

impl World {
    /// A Monday morning.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let monday = Day::new(2026, 11, 16).unwrap().at_minute(480);
        let store = Store::open_with(StoreOptions {
            url: format!("sqlite://{}", folder.path().join("vanthu.db").display()),
            blob_dir: folder.path().join("blobs"),
            durability: Durability::Relaxed,
            readers: 4,
        })
        .await
        .unwrap();
        migrate::run(&store, monday).await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(MovableClock::at(monday));
        let randomness: Arc<dyn Randomness> = Arc::new(SystemRandomness);
        let authority_folder = folder.path().join("authority");
        let authority = PracticeAuthority::open_or_make(
            &authority_folder,
            ADDRESS,
            Arc::clone(&clock),
            &SystemRandomness,
        )
        .unwrap();
        let mut province = Province::bundled().unwrap();
        province
            .agencies
            .retain(|agency| AGENCIES.contains(&agency.key.as_str()));
        let agent_folder = folder.path().join("agent");
        let making = Making {
            store: &store,
            authority: &authority,
            authority_folder: &authority_folder,
            agent_folder: &agent_folder,
            base_url: ADDRESS,
            clock: clock.as_ref(),
            randomness: &randomness,
            made_at: Moment::from_unix_seconds(monday.unix_seconds() - 3600),
        };
        world::make(&making, &province).await.unwrap();
        let ports = Ports {
            clock,
            randomness,
            timestamps: Arc::new(authority.timestamps()),
            revocation: Arc::new(authority.revocation()),
        };
        let app = App::new(
            store,
            ports,
            authority.trust(),
            Mode::Practice,
            ADDRESS.to_owned(),
        )
        .unwrap();
        assert!(app.practice.set(authority).is_ok());
        Self {
            router: router(Web::new(Arc::clone(&app))),
            app,
            keys: Keys::of(&agent_folder.join("keys")).unwrap(),
            folder,
        }
    }

    /// The routes of a real installation, over the same tables.
    pub(crate) fn real(&self) -> Router {
        let authority = self.app.practice.get().unwrap();
        let (store, ports) = (self.app.store.clone(), self.app.ports.clone());
        let app = App::new(
            store,
            ports,
            authority.trust(),
            Mode::Real,
            ADDRESS.to_owned(),
        )
        .unwrap();
        assert!(app.practice.set(authority.clone()).is_ok());
        router(Web::new(app))
    }

    /// Where the practice agent's keys lie.
    pub(crate) fn key_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("agent").join("keys")
    }

    /// Somebody signs in.
    pub(crate) async fn sign_in(&self, login: &str) -> Client {
        let mut client = self.nobody();
        let body = json!({"login": login, "password": PASSWORD});
        let reply = client.post("/api/v1/sign-in", &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{login}: {:?}", reply.json());
        let cookie = reply.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
        client.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        client.csrf = Some(reply.json()["csrf"].as_str().unwrap().to_owned());
        client
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Client {
        Client::at(self.router.clone())
    }

    /// The actions' own view of a signed-in client.
    pub(crate) async fn caller(&self, client: &Client) -> Caller {
        let cookie = client.cookie.as_ref().unwrap();
        let secret = cookie.split_once('=').unwrap().1;
        let session = vanthu_app::account::session::resolve(&self.app, secret, "").await;
        session.unwrap().unwrap().caller
    }

    /// Signs as the agent would.
    pub(crate) async fn sign(&self, client: &Client, purpose: Purpose, id: &OutgoingId) {
        let caller = self.caller(client).await;
        sign(&self.app, &caller, &self.keys, purpose, vec![id.clone()])
            .await
            .unwrap();
    }

    /// Does all jobs that are due.
    pub(crate) async fn run(&self) {
        while job::run_due(&self.app).await.unwrap() > 0 {}
    }

    /// The drafter writes a letter from the commune to the department.
    pub(crate) async fn draft(&self, drafter: &Client, subject: &str) -> OutgoingId {
        let body = json!({"kind": "official-letter"});
        let begun = drafter.post("/api/v1/outgoing", &body).await;
        let id = begun.json()["outgoing_id"].as_str().unwrap().to_owned();
        let body = content(drafter, subject).await;
        let reply = drafter.put(&format!("/api/v1/outgoing/{id}"), &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.json());
        id.parse().unwrap()
    }
}

/// A whole letter to the department, to be signed by the deputy.
pub(crate) async fn content(drafter: &Client, subject: &str) -> Value {
    let choices = drafter.get("/api/v1/outgoing/choices").await.json();
    let signer = choices["signers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|signer| signer["lines"].as_array().unwrap().len() == 3)
        .unwrap();
    json!({
        "version": 1,
        "kind": "official-letter",
        "subject": subject,
        "recipients": [choices["agencies"][0]["agency_id"]],
        "recipients_text": ["Như trên", "Lưu: VT, VHXH"],
        "body": "Ủy ban nhân dân xã Tân Mẫu đề nghị quý Sở hướng dẫn việc ký số văn bản.",
        "authority_id": signer["authority_id"],
    })
}

/// A browser or program with its cookie and token.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: Option<String>,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of a problem document; empty where it is none. A refusal is always one.
    pub(crate) fn code(&self) -> String {
        if self.status.is_success() {
            return String::new();
        }
        let kind = self
            .headers
            .get(CONTENT_TYPE)
            .map(|kind| kind.to_str().unwrap());
        assert_eq!(kind, Some("application/problem+json"), "{}", self.status);
        let problem = self.json();
        for member in ["type", "title", "detail", "status", "code"] {
            assert!(!problem[member].is_null(), "{member} of {problem}");
        }
        problem["code"].as_str().unwrap().to_owned()
    }
}

impl Client {
    /// Somebody who is not signed in there.
    pub(crate) fn at(router: Router) -> Self {
        Self {
            router,
            cookie: None,
            csrf: None,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.json("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.json("PUT", path, body).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        let request = self
            .request(method, path)
            .header(CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub(crate) async fn file(&self, path: &str, bytes: &[u8]) -> Reply {
        let request = self.request("POST", path);
        self.send(request.body(Body::from(bytes.to_vec())).unwrap())
            .await
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        request
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}
