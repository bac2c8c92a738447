//! Calls to a paired server.

use std::time::Duration;

use reqwest::header::ACCEPT_LANGUAGE;
use reqwest::{Certificate, Client, Method, Response, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vanthu_wire::agent::{
    CancelReason, CancelSession, SessionToken, SignatureTaken, SigningSession, SubmitSignature,
};
use vanthu_wire::{Language, Problem};

use crate::{Origin, problems};

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_mins(1);
/// Longest answer taken: a session of many documents with their attributes and certificates.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// One session at one server.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    client: Client,
    /// The paired server.
    pub(crate) server: Origin,
    /// The session there.
    pub(crate) signing_id: String,
    /// The language of the page that handed the session over.
    pub(crate) language: Language,
    token: SessionToken,
}

/// A client that follows no redirect and asks no proxy: it goes where it was paired, or nowhere. A server behind TLS
/// must show a certificate that this machine trusts.
pub(crate) fn client() -> reqwest::Result<Client> {
    trusting(machine())
}

fn trusting(anchors: Vec<Certificate>) -> reqwest::Result<Client> {
    Client::builder()
        .tls_certs_only(anchors)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .user_agent(concat!("vanthu-agent/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Whom this machine trusts for TLS; on the loopback address nobody is needed.
fn machine() -> Vec<Certificate> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "an anchor for TLS can't be read");
    }
    found
        .certs
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

impl Remote {
    pub(crate) fn new(
        client: Client,
        server: Origin,
        signing_id: String,
        language: Language,
        token: SessionToken,
    ) -> Self {
        Self {
            client,
            server,
            signing_id,
            language,
            token,
        }
    }

    pub(crate) async fn fetch(&self) -> Result<SigningSession, Problem> {
        self.call(Method::GET, &[], None::<&()>).await
    }

    pub(crate) async fn submit(
        &self,
        item_id: &str,
        signature: &SubmitSignature,
    ) -> Result<SignatureTaken, Problem> {
        self.call(Method::POST, &["items", item_id], Some(signature))
            .await
    }

    /// Tells the server that nothing more comes. It finds out by itself too, so a failure here is
    /// only logged.
    pub(crate) async fn cancel(&self, reason: CancelReason) {
        let told = self
            .send(Method::POST, &["cancel"], Some(&CancelSession { reason }))
            .await;
        match told {
            Ok(response) if response.status().is_success() => {
                tracing::info!(signing.id = %self.signing_id, ?reason, "session cancelled");
            }
            Ok(response) => tracing::warn!(
                signing.id = %self.signing_id, ?reason, status = response.status().as_u16(),
                "the server did not take the cancellation"
            ),
            Err(problem) => tracing::warn!(
                signing.id = %self.signing_id, ?reason, code = %problem.code,
                "the server was not told of the cancellation"
            ),
        }
    }

    async fn call<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&impl Serialize>,
    ) -> Result<A, Problem> {
        let response = self.send(method, path, body).await?;
        let status = response.status();
        let bytes = self.read(response).await?;
        if status.is_success() {
            return serde_json::from_slice(&bytes)
                .map_err(|_| problems::bad_answer(self.language, &self.server));
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(mut problem) if !problem.title.is_empty() => {
                problem.status = status.as_u16();
                Err(problem)
            }
            _ => Err(problems::bad_answer(self.language, &self.server)),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&impl Serialize>,
    ) -> Result<Response, Problem> {
        let mut url = reqwest::Url::parse(self.server.as_str())
            .map_err(|_| problems::server_refused(self.language, self.server.as_str()))?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .clear()
                .extend(["agent", "v1", "sessions", &self.signing_id])
                .extend(path);
        }
        let mut request = self
            .client
            .request(method, url)
            .header(ACCEPT_LANGUAGE, self.language.tag())
            .bearer_auth(self.token.reveal());
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(|error| {
            tracing::warn!(
                server = %self.server, signing.id = %self.signing_id, error = %error.without_url(),
                "the server could not be reached"
            );
            problems::unreachable(self.language, &self.server)
        })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|_| problems::unreachable(self.language, &self.server))?
        {
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err(problems::bad_answer(self.language, &self.server));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}
