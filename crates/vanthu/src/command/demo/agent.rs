//! The signing agent of the demonstration.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::header::ORIGIN;
use tokio::process::{Child, Command};
use vanthu_wire::Problem;
use vanthu_wire::agent::{AgentStatus, Consent, SessionToken, SignAccepted, SignRequest};

/// How long a new agent may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often it is asked.
const LOOK: Duration = Duration::from_millis(20);

/// An agent that consents by itself.
pub(super) struct Agent {
    pub(super) url: String,
    server: String,
    http: reqwest::Client,
    child: Option<Child>,
}

impl Agent {
    /// The agent at that address, where it is one that consents by itself.
    pub(super) async fn running(url: &str, server: &str) -> Option<Self> {
        let agent = Self {
            url: url.trim_end_matches('/').to_owned(),
            server: server.to_owned(),
            http: client().ok()?,
            child: None,
        };
        let status = agent.status().await.ok()?;
        (status.consent == Consent::Automatic).then_some(agent)
    }

    /// Starts one, paired with the server alone.
    pub(super) async fn start(
        program: &Path,
        keys: &Path,
        pin: &Path,
        server: &str,
    ) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(program)
            .arg("run")
            .arg("--keys")
            .arg(keys)
            .args(["--listen", &address.to_string(), "--pair", server])
            .arg("--practice-auto-consent")
            .arg("--pin-file")
            .arg(pin)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("không chạy được {}", program.display()))?;
        let mut agent = Self {
            url: format!("http://{address}"),
            server: server.to_owned(),
            http: client()?,
            child: Some(child),
        };
        let waiting = async {
            while agent.status().await.is_err() {
                #[expect(clippy::disallowed_methods, reason = "the interval of asking")]
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            let ended = agent
                .child
                .as_mut()
                .and_then(|it| it.try_wait().ok().flatten());
            bail!(
                "phần mềm ký {} không trả lời ({ended:?})",
                program.display()
            );
        }
        Ok(agent)
    }

    async fn status(&self) -> anyhow::Result<AgentStatus> {
        let url = format!("{}/v1/status", self.url);
        let answer = self
            .http
            .get(url)
            .header(ORIGIN, &self.server)
            .send()
            .await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Hands a signing session over, as the page in the browser does.
    pub(super) async fn sign(
        &self,
        server: &str,
        signing_id: &str,
        token: &str,
    ) -> anyhow::Result<SignAccepted> {
        let request = SignRequest {
            server: server.to_owned(),
            signing_id: signing_id.to_owned(),
            token: SessionToken::new(token),
            account: None,
        };
        let url = format!("{}/v1/sign", self.url);
        let answer = self
            .http
            .post(url)
            .header(ORIGIN, &self.server)
            .json(&request)
            .send()
            .await?;
        if !answer.status().is_success() {
            let problem: Problem = answer.json().await.context("phần mềm ký từ chối")?;
            bail!("phần mềm ký: {} – {}", problem.title, problem.detail);
        }
        Ok(answer.json().await?)
    }

    /// Ends it where it was started here.
    pub(super) async fn end(mut self) {
        if let Some(child) = &mut self.child
            && let Err(error) = child.kill().await
        {
            tracing::warn!(%error, "the signing agent did not end");
        }
    }
}

fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .tls_certs_only([])
        .timeout(Duration::from_secs(30))
        .build()?)
}
