//! One person as a program: a cookie jar, JSON, and the keys of the practice agent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use vanthu_app::practice::world::{PASSWORD, PIN};
use vanthu_pki::{Certificate, pkcs12};

use crate::installation::PATIENCE;

/// The event stream of a person.
pub(crate) struct News(reqwest::Response);

impl News {
    /// Waits until it says something.
    pub(crate) async fn next(&mut self) {
        let said = self.0.chunk().await.unwrap();
        assert!(said.is_some(), "the stream has ended");
    }
}

/// What came back: the HTTP status, and the JSON.
pub(crate) type Answer = Result<Value, (u16, Value)>;

/// A signed-in person.
pub(crate) struct Person {
    http: reqwest::Client,
    server: String,
    csrf: String,
    pub(crate) id: String,
}

impl Person {
    pub(crate) async fn sign_in(server: &str, login: &str) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .user_agent("vanthu-system-test")
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let mut person = Self {
            http,
            server: server.to_owned(),
            csrf: String::new(),
            id: String::new(),
        };
        let given = json!({"login": login, "password": PASSWORD});
        let me = person.post("/api/v1/sign-in", given).await.unwrap();
        person.csrf = text(&me, "csrf");
        person.id = text(&me["person"], "person_id");
        person
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    /// Listens from now on to what changes.
    pub(crate) async fn listen(&self) -> News {
        let url = format!("{}/events", self.server);
        let answer = self.http.get(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        News(answer)
    }

    /// Sends a file.
    pub(crate) async fn upload(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let request = self
            .http
            .post(format!("{}{path}", self.server))
            .header("x-csrf-token", &self.csrf)
            .header("content-type", "application/octet-stream")
            .body(bytes);
        read(request).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let url = format!("{}{path}", self.server);
        let mut request = self.http.request(method, url);
        if !self.csrf.is_empty() {
            request = request.header("x-csrf-token", &self.csrf);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        read(request).await
    }

    /// Opens a session.
    pub(crate) async fn open(&self, purpose: &str, id: &str) -> Answer {
        let order = json!({"purpose": purpose, "documents": [id], "consent": "automatic"});
        self.post("/api/v1/signing-sessions", order).await
    }

    /// The whole signature, as page and agent make it together.
    pub(crate) async fn sign(&self, keys: &Keys, purpose: &str, id: &str) -> Answer {
        let opened = self.open(purpose, id).await?;
        let fetched = keys.fetch(&opened).await?;
        keys.answer(&opened, &fetched).await
    }
}

/// The agent's keys.
pub(crate) struct Keys {
    http: reqwest::Client,
    files: BTreeMap<String, PathBuf>,
}

impl Keys {
    /// The key files `NAME.p12` with their certificates beside them.
    pub(crate) fn of(data: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(data.join("agent/keys")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "pem") {
                let pem = std::fs::read_to_string(&path).unwrap();
                let certificate = Certificate::from_pem(&pem).unwrap();
                files.insert(certificate.sha256_thumbprint(), path.with_extension("p12"));
            }
        }
        let http = reqwest::Client::builder().timeout(PATIENCE).build();
        Self {
            http: http.unwrap(),
            files,
        }
    }

    pub(crate) async fn fetch(&self, opened: &Value) -> Answer {
        let request = self.http.get(door(opened));
        read(request.bearer_auth(text(opened, "token"))).await
    }

    /// Signs every item and hands the signatures in.
    pub(crate) async fn answer(&self, opened: &Value, fetched: &Value) -> Answer {
        for item in fetched["items"].as_array().unwrap() {
            let certificate = Certificate::from_der(&bytes(item, "certificate")).unwrap();
            let file = &self.files[&certificate.sha256_thumbprint()];
            let key = pkcs12::open(&std::fs::read(file).unwrap(), PIN)
                .unwrap()
                .key;
            let value = key
                .sign(key.default_algorithm(), &bytes(item, "signed_attributes"))
                .unwrap();
            let url = format!("{}/items/{}", door(opened), text(item, "item_id"));
            let given = json!({"signature": STANDARD.encode(value), "consent": "automatic"});
            let request = self.http.post(url).json(&given);
            read(request.bearer_auth(text(opened, "token"))).await?;
        }
        Ok(Value::Null)
    }
}

fn door(opened: &Value) -> String {
    let (server, id) = (text(opened, "server"), text(opened, "signing_id"));
    format!("{server}/agent/v1/sessions/{id}")
}

async fn read(request: reqwest::RequestBuilder) -> Answer {
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return Err((0, Value::String(error.to_string()))),
    };
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() {
        Ok(body)
    } else {
        Err((status.as_u16(), body))
    }
}

/// A text that must be there.
pub(crate) fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} is missing in {value}"))
        .to_owned()
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(text(value, name)).unwrap()
}
