//! One signed-in person as a program: a cookie jar, the session's token, JSON.

use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::Method;
use serde_json::{Value, json};
use vanthu_app::practice::world::PASSWORD;

use super::agent::Agent;

/// How long something that happens by itself is waited for.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether it has happened.
const LOOK: Duration = Duration::from_millis(25);

/// A signed-in person.
pub(super) struct Client {
    http: reqwest::Client,
    server: String,
    csrf: String,
    /// The person's full name.
    pub(super) name: String,
    /// The person.
    pub(super) person_id: String,
    /// The person's agency.
    pub(super) agency_id: String,
}

impl Client {
    /// Signs in.
    pub(super) async fn sign_in(server: &str, login: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .cookie_store(true)
            .user_agent(concat!("vanthu-demo/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .build()?;
        let mut client = Self {
            http,
            server: server.to_owned(),
            csrf: String::new(),
            name: String::new(),
            person_id: String::new(),
            agency_id: String::new(),
        };
        let me = client
            .post(
                "/api/v1/sign-in",
                &json!({"login": login, "password": PASSWORD}),
            )
            .await
            .with_context(|| format!("{login} đăng nhập"))?;
        client.csrf = text(&me, "csrf")?;
        client.name = text(at(&me, "person")?, "full_name")?;
        client.person_id = text(at(&me, "person")?, "person_id")?;
        client.agency_id = text(at(&me, "agency")?, "agency_id")?;
        Ok(client)
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        json_of(path, self.send(Method::GET, path, None).await?).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        json_of(path, self.send(Method::POST, path, Some(body)).await?).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        json_of(path, self.send(Method::PUT, path, Some(body)).await?).await
    }

    /// A file.
    pub(super) async fn file(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        Ok(self
            .send(Method::GET, path, None)
            .await?
            .bytes()
            .await?
            .to_vec())
    }

    /// Sends a file, and takes JSON back.
    pub(super) async fn upload(&self, path: &str, bytes: Vec<u8>) -> anyhow::Result<Value> {
        let request = self
            .http
            .post(format!("{}{path}", self.server))
            .header("x-csrf-token", &self.csrf)
            .header("content-type", "application/pdf")
            .body(bytes);
        json_of(path, good(path, request.send().await?).await?).await
    }

    /// Asks again until the answer is what is waited for.
    pub(super) async fn until(
        &self,
        path: &str,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let looking = async {
            loop {
                let seen = self.get(path).await?;
                if is_it(&seen) {
                    return anyhow::Ok(seen);
                }
                #[expect(clippy::disallowed_methods, reason = "the interval of asking")]
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking)
            .await
            .with_context(|| format!("sau {} giây vẫn chưa {what}", PATIENCE.as_secs()))?
    }

    /// Opens a signing session, hands it to the agent, and waits until it is answered.
    pub(super) async fn sign(
        &self,
        agent: &Agent,
        purpose: &str,
        documents: &[&str],
    ) -> anyhow::Result<()> {
        let order = json!({"purpose": purpose, "documents": documents, "consent": "automatic"});
        let opened = self.post("/api/v1/signing-sessions", &order).await?;
        let signing_id = text(&opened, "signing_id")?;
        agent
            .sign(
                &text(&opened, "server")?,
                &signing_id,
                &text(&opened, "token")?,
            )
            .await?;
        let path = format!("/api/v1/signing-sessions/{signing_id}");
        let ended = self
            .until(&path, "ký xong", |it| word(it, "state") != "open")
            .await?;
        if word(&ended, "state") != "signed" {
            let (state, reason) = (word(&ended, "state"), word(&ended, "reason"));
            bail!("phiên ký kết thúc ở trạng thái {state}: {reason}");
        }
        Ok(())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<reqwest::Response> {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.server));
        if method != Method::GET && !self.csrf.is_empty() {
            request = request.header("x-csrf-token", &self.csrf);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        good(path, request.send().await.with_context(|| path.to_owned())?).await
    }
}

async fn good(path: &str, answer: reqwest::Response) -> anyhow::Result<reqwest::Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let words = answer.text().await.unwrap_or_default();
    let problem: Value = serde_json::from_str(&words).unwrap_or_default();
    match word(&problem, "title") {
        "" => bail!(
            "{path}: {status} {}",
            words.chars().take(200).collect::<String>()
        ),
        title => {
            let (why, code) = (word(&problem, "detail"), word(&problem, "code"));
            bail!("{path}: {title} {why} [{status}, {code}]")
        }
    }
}

async fn json_of(path: &str, answer: reqwest::Response) -> anyhow::Result<Value> {
    let bytes = answer.bytes().await?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).with_context(|| format!("{path}: câu trả lời không phải JSON"))
}

/// A member that must be there.
pub(super) fn at<'v>(value: &'v Value, name: &str) -> anyhow::Result<&'v Value> {
    value
        .get(name)
        .with_context(|| format!("câu trả lời thiếu {name}"))
}

/// A text that must be there.
pub(super) fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    let found = at(value, name)?.as_str();
    Ok(found
        .with_context(|| format!("{name} không phải chữ"))?
        .to_owned())
}

/// A text that may be missing; empty then.
pub(super) fn word<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The entry of a list with that value.
pub(super) fn entry<'v>(list: &'v Value, name: &str, value: &str) -> anyhow::Result<&'v Value> {
    list.as_array()
        .into_iter()
        .flatten()
        .find(|it| word(it, name) == value)
        .with_context(|| format!("không thấy {name} = {value}"))
}
