//! Calls to a paired server.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use reqwest::{Certificate, Client, Method, Response, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vanthu_wire::agent::{
    CancelReason, CancelSession, SessionToken, SignatureTaken, SigningSession, SubmitSignature,
};
use vanthu_wire::desk::{AskServer, CheckReport, ServerFacts, Stamped};
use vanthu_wire::pairing::{PROOF_HEADER, PairRequest, PairingAnswer, PairingOffer, PairingOpened};
use vanthu_wire::{Language, Problem};

use crate::kept::Pairing;
use crate::{Origin, problems};

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_mins(1);
/// Longest answer taken: a session of many documents with their attributes and certificates.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A server, and the language in which it is asked to speak.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    client: Client,
    origin: Origin,
    language: Language,
}

/// How a request shows that it may be made.
#[derive(Debug, Clone, Copy)]
struct Bearing<'a> {
    /// The one-time secret of a session or an offer.
    secret: Option<&'a SessionToken>,
    /// The pairing whose key signs the request.
    pairing: Option<&'a Pairing>,
}

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
    /// The pairing of the account that opened the session; none with a server that was only named.
    pub(crate) pairing: Option<Pairing>,
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

impl Server {
    pub(crate) fn new(client: Client, origin: Origin, language: Language) -> Self {
        Self {
            client,
            origin,
            language,
        }
    }

    /// Who asks to be paired.
    pub(crate) async fn offer(&self, request: &PairRequest) -> Result<PairingOffer, Problem> {
        let path = ["pairings", &request.agent_id];
        self.call(Method::GET, &path, by(&request.token), None::<&()>)
            .await
    }

    /// What this agent is; the server opens its commitment.
    pub(crate) async fn answer(
        &self,
        request: &PairRequest,
        answer: &PairingAnswer,
    ) -> Result<PairingOpened, Problem> {
        let path = ["pairings", &request.agent_id];
        self.call(Method::POST, &path, by(&request.token), Some(answer))
            .await
    }

    /// The person confirmed.
    pub(crate) async fn confirm(&self, pairing: &Pairing, at: Timestamp) -> Result<(), Problem> {
        self.tell(pairing, "confirm", &Stamped { at }).await
    }

    /// The pairing is over.
    pub(crate) async fn end(&self, pairing: &Pairing, at: Timestamp) -> Result<(), Problem> {
        self.tell(pairing, "end", &Stamped { at }).await
    }

    /// The result of a check.
    pub(crate) async fn report(
        &self,
        pairing: &Pairing,
        report: &CheckReport,
    ) -> Result<(), Problem> {
        self.tell(pairing, "report", report).await
    }

    /// What only the server knows.
    pub(crate) async fn ask(
        &self,
        pairing: &Pairing,
        ask: &AskServer,
    ) -> Result<ServerFacts, Problem> {
        let path = ["agents", &pairing.agent_id, "ask"];
        self.call(Method::POST, &path, of(pairing), Some(ask)).await
    }

    async fn tell(
        &self,
        pairing: &Pairing,
        what: &str,
        body: &impl Serialize,
    ) -> Result<(), Problem> {
        let path = ["agents", &pairing.agent_id, what];
        let response = self
            .send(Method::POST, &path, of(pairing), Some(body))
            .await?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(self.problem(response).await)
    }

    async fn call<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        bearing: Bearing<'_>,
        body: Option<&impl Serialize>,
    ) -> Result<A, Problem> {
        let response = self.send(method, path, bearing, body).await?;
        if !response.status().is_success() {
            return Err(self.problem(response).await);
        }
        let bytes = self.read(response, MOST_BYTES).await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| problems::bad_answer(self.language, &self.origin))
    }

    /// What the server says went wrong.
    async fn problem(&self, response: Response) -> Problem {
        let status = response.status().as_u16();
        let bytes = match self.read(response, MOST_BYTES).await {
            Ok(bytes) => bytes,
            Err(problem) => return problem,
        };
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(mut problem) if !problem.title.is_empty() => {
                problem.status = status;
                problem
            }
            _ => problems::bad_answer(self.language, &self.origin),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        bearing: Bearing<'_>,
        body: Option<&impl Serialize>,
    ) -> Result<Response, Problem> {
        let mut url = reqwest::Url::parse(self.origin.as_str())
            .map_err(|_| problems::server_refused(self.language, self.origin.as_str()))?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(["agent", "v1"]).extend(path);
        }
        let fault = || problems::fault(self.language);
        let body = body
            .map(serde_json::to_vec)
            .transpose()
            .map_err(|_| fault())?;
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header(ACCEPT_LANGUAGE, self.language.tag());
        let secret = bearing.secret.map(SessionToken::reveal);
        if let Some(secret) = secret {
            request = request.bearer_auth(secret);
        }
        if let Some(pairing) = bearing.pairing {
            let signed = body.as_deref().unwrap_or_default();
            let proof = pairing
                .proof(
                    method.as_str(),
                    url.path(),
                    secret.unwrap_or_default(),
                    signed,
                )
                .ok_or_else(fault)?;
            request = request.header(PROOF_HEADER, proof);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        request.send().await.map_err(|error| {
            tracing::warn!(server = %self.origin, error = %error.without_url(), "the server could not be reached");
            problems::unreachable(self.language, &self.origin)
        })
    }

    async fn read(&self, mut response: Response, most: usize) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|_| problems::unreachable(self.language, &self.origin))?
        {
            if bytes.len() + chunk.len() > most {
                return Err(problems::bad_answer(self.language, &self.origin));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn by(secret: &SessionToken) -> Bearing<'_> {
    Bearing {
        secret: Some(secret),
        pairing: None,
    }
}

fn of(pairing: &Pairing) -> Bearing<'_> {
    Bearing {
        secret: None,
        pairing: Some(pairing),
    }
}

impl Remote {
    pub(crate) fn new(
        client: Client,
        server: Origin,
        signing_id: String,
        language: Language,
        token: SessionToken,
        pairing: Option<Pairing>,
    ) -> Self {
        Self {
            client,
            server,
            signing_id,
            language,
            token,
            pairing,
        }
    }

    fn at(&self) -> Server {
        Server::new(self.client.clone(), self.server.clone(), self.language)
    }

    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["sessions", self.signing_id.as_str()], rest].concat()
    }

    pub(crate) async fn fetch(&self) -> Result<SigningSession, Problem> {
        let bearing = Bearing {
            secret: Some(&self.token),
            pairing: self.pairing.as_ref(),
        };
        self.at()
            .call(Method::GET, &self.path(&[]), bearing, None::<&()>)
            .await
    }

    /// The file of an item, prepared for its signature; no more than `most` bytes.
    pub(crate) async fn file(&self, item_id: &str, most: usize) -> Result<Vec<u8>, Problem> {
        let path = self.path(&["items", item_id, "file"]);
        let server = self.at();
        let response = server
            .send(Method::GET, &path, by(&self.token), None::<&()>)
            .await?;
        if !response.status().is_success() {
            return Err(server.problem(response).await);
        }
        server.read(response, most).await
    }

    pub(crate) async fn submit(
        &self,
        item_id: &str,
        signature: &SubmitSignature,
    ) -> Result<SignatureTaken, Problem> {
        let path = self.path(&["items", item_id]);
        self.at()
            .call(Method::POST, &path, by(&self.token), Some(signature))
            .await
    }

    /// Tells the server that nothing more comes. It finds out by itself too, so a failure here is
    /// only logged.
    pub(crate) async fn cancel(&self, reason: CancelReason) {
        let body = CancelSession { reason };
        let path = self.path(&["cancel"]);
        match self
            .at()
            .send(Method::POST, &path, by(&self.token), Some(&body))
            .await
        {
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
}
