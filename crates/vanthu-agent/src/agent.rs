//! The agent as a whole: its settings, its keys, its desk.

use std::net::SocketAddr;
use std::sync::Arc;

use vanthu_pki::Certificate;
use vanthu_wire::agent::{
    AgentCertificate, AgentDevice, AgentStatus, CancelReason, Consent, PinState, SignAccepted,
    SignRequest,
};
use vanthu_wire::{Language, Problem};

use crate::checkup::{DevicePoints, LastCheckup};
use crate::clock::Clock;
use crate::consent::{Case, Desk, random_id};
use crate::devices::FormValue;
use crate::draw::Drawing;
use crate::examine::{examine, moment};
use crate::pair::Attempts;
use crate::practice::is_practice;
use crate::server::{Remote, client};
use crate::texts::t;
use crate::token::{HeldKey, Place, Survey, Token, TokenError};
use crate::{Origin, Paired, Pin, problems, sign};

/// The practice agent consents by itself, with this PIN, for practice certificates only.
#[derive(Debug, Clone)]
pub struct AutomaticConsent {
    /// The PIN of the practice keys.
    pub pin: Pin,
}

/// A running agent.
pub struct Agent {
    /// Where it listens; loopback, checked by the program that starts it.
    pub(crate) address: SocketAddr,
    pub(crate) paired: Paired,
    pub(crate) automatic: Option<AutomaticConsent>,
    pub(crate) token: Arc<dyn Token>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) drawing: Drawing,
    pub(crate) devices: DevicePoints,
    pub(crate) last_checkup: LastCheckup,
    pub(crate) desk: Desk,
    /// Sessions are signed one after the other: while a key is open, its device takes any PIN for right.
    pub(crate) signing: tokio::sync::Mutex<()>,
    pub(crate) choosing: FormValue,
    pub(crate) attempts: Attempts,
    /// What forms of this agent's own pages carry back, as long as it runs.
    pub(crate) form: String,
    pub(crate) client: reqwest::Client,
}

impl Agent {
    /// An agent that listens at `address` and speaks with `paired` servers.
    pub fn new(
        address: SocketAddr,
        paired: Paired,
        automatic: Option<AutomaticConsent>,
        token: Arc<dyn Token>,
        clock: Arc<dyn Clock>,
        drawing: Drawing,
        devices: DevicePoints,
    ) -> anyhow::Result<Arc<Self>> {
        anyhow::ensure!(
            address.ip().is_loopback(),
            "thiết bị ký chỉ nghe ở địa chỉ nội bộ (127.0.0.1 hoặc ::1), không nghe ở {address}"
        );
        let client = client()?;
        let desk = Desk::default();
        Ok(Arc::new(Self {
            address,
            paired,
            automatic,
            token,
            clock,
            drawing,
            devices,
            last_checkup: LastCheckup::default(),
            desk,
            signing: tokio::sync::Mutex::default(),
            choosing: FormValue::default(),
            attempts: Attempts::default(),
            form: random_id(),
            client,
        }))
    }

    pub(crate) async fn certificates(&self) -> Result<Vec<Certificate>, TokenError> {
        let keys = self.survey().await?.keys;
        Ok(keys.into_iter().map(|key| key.certificate).collect())
    }

    /// What is plugged in now.
    pub(crate) async fn survey(&self) -> Result<Survey, TokenError> {
        let token = Arc::clone(&self.token);
        tokio::task::spawn_blocking(move || token.survey())
            .await
            .unwrap_or_else(|error| Err(TokenError::Failed(error.to_string())))
    }

    pub(crate) async fn status(
        &self,
        server: &Origin,
        language: Language,
    ) -> Result<AgentStatus, Problem> {
        let keys = self.survey().await.map_err(|error| {
            tracing::warn!(%error, "the keys could not be listed");
            problems::token(language, &error)
        })?;
        let keys = keys.keys;
        Ok(AgentStatus {
            name: "vanthu-agent".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            practice: !keys.is_empty() && keys.iter().all(|key| is_practice(&key.certificate)),
            consent: if self.automatic.is_some() {
                Consent::Automatic
            } else {
                Consent::Person
            },
            certificates: keys.iter().map(describe).collect(),
            accounts: self.paired.accounts(server),
        })
    }

    /// Takes a session from a page: fetches it, examines it, and puts it on the desk. Answers the
    /// same session twice only while it still waits.
    pub(crate) async fn accept(
        self: &Arc<Self>,
        request: SignRequest,
        language: Language,
    ) -> Result<SignAccepted, Problem> {
        let server = request.server.parse::<Origin>().ok();
        let server = server
            .filter(|server| self.paired.knows(server))
            .ok_or_else(|| problems::server_refused(language, &request.server))?;
        let pairing = self.paired.find(&server, request.account.as_deref());
        if pairing.is_none() && !self.paired.is_fixed(&server) {
            return Err(problems::account_not_paired(language, &server));
        }
        let remote = Remote::new(
            self.client.clone(),
            server,
            request.signing_id,
            language,
            request.token,
            pairing,
        );
        if let Some(case) = self.desk.find_session(&remote) {
            return if case.is_over() {
                Err(problems::already_answered(language))
            } else {
                Ok(self.accepted(&case))
            };
        }
        let session = match remote.fetch().await {
            Ok(session) => session,
            Err(problem) => {
                self.forget_if_over(&remote, &problem);
                return Err(problem);
            }
        };
        let survey = self
            .survey()
            .await
            .map_err(|error| problems::token(language, &error))?;
        let held: Vec<Certificate> = survey
            .keys
            .iter()
            .map(|it| it.certificate.clone())
            .collect();
        let now = self.clock.now();
        let certificate = match examine(&session, &remote.signing_id, &held, language, now) {
            Ok(certificate) => certificate,
            Err(why) => {
                remote.cancel(why.reason).await;
                return Err(why.problem);
            }
        };
        let automatic = session.consent == Consent::Automatic;
        let pin = match self.automatic_pin(&certificate, language) {
            Ok(pin) => Some(pin),
            Err(why) if automatic => {
                remote.cancel(CancelReason::AutomaticConsentRefused).await;
                return Err(problems::automatic_refused(language, why));
            }
            Err(_) => None,
        };
        let key = survey.find(&certificate.sha256_thumbprint());
        let device = key.and_then(HeldKey::device).cloned();
        if let Some(refused) = device.as_ref().and_then(|it| untried(it.pin, automatic)) {
            remote.cancel(sign::reason_of(&refused)).await;
            return Err(problems::token(language, &refused));
        }
        self.check_if_due();
        let mut case = Case::new(remote, session, certificate, now);
        case.device = device;
        tracing::info!(
            signing.id = %case.remote.signing_id, server = %case.remote.server,
            items = case.items.len(), consent = ?case.session.consent, "session on the desk"
        );
        let id = case.id.clone();
        self.desk.put(case.clone(), now)?;
        if let (true, Some(pin)) = (automatic, pin) {
            self.check_files(&case).await?;
            let started = self.desk.start(&id, language)?;
            Arc::clone(self)
                .sign_case(started, pin, Consent::Automatic)
                .await;
        } else {
            self.watch_deadline(&case);
            let (agent, case) = (Arc::clone(self), case.clone());
            tokio::spawn(async move {
                // What went wrong stands on the case, for whoever opens its page.
                let _told = agent.check_files(&case).await;
            });
        }
        Ok(self.accepted(&self.desk.find(&id).unwrap_or(case)))
    }

    /// A pairing that the server has ended is over here too.
    fn forget_if_over(&self, remote: &Remote, problem: &Problem) {
        let Some(pairing) = remote
            .pairing
            .as_ref()
            .filter(|_| &*problem.code == "agent-not-paired")
        else {
            return;
        };
        tracing::warn!(server = %remote.server, agent.id = %pairing.agent_id, "the server ended this pairing");
        if let Err(error) = self.paired.remove(&pairing.agent_id) {
            tracing::error!(%error, "a pairing that is over could not be given up");
        }
    }

    pub(crate) fn accepted(&self, case: &Case) -> SignAccepted {
        SignAccepted {
            consent_url: format!("http://{}/consent/{}", self.address, case.id),
            state: case.state,
            items: case.items.clone(),
        }
    }

    fn automatic_pin(
        &self,
        certificate: &Certificate,
        language: Language,
    ) -> Result<Pin, &'static str> {
        let automatic = self.automatic.as_ref().ok_or(t(
            "Chỉ thiết bị ký thực hành được khởi động với --practice-auto-consent mới tự đồng ý.",
            language,
        ))?;
        if is_practice(certificate) {
            Ok(automatic.pin.clone())
        } else {
            Err(t(
                "Chứng thư không do cơ quan chứng thực thực hành cấp.",
                language,
            ))
        }
    }

    /// Ends the case when nobody answers in time, so that the server learns of it.
    fn watch_deadline(self: &Arc<Self>, case: &Case) {
        let Some(mut states) = self.desk.follow(&case.id) else {
            return;
        };
        let left = case.deadline.duration_since(self.clock.now());
        let left = std::time::Duration::try_from(left).unwrap_or_default();
        let (agent, id) = (Arc::clone(self), case.id.clone());
        tokio::spawn(async move {
            let waiting = vanthu_wire::agent::ConsentState::Waiting;
            let answered = states.wait_for(|state| *state != waiting);
            if tokio::time::timeout(left, answered).await.is_err() {
                agent.expire_if_due(&id).await;
            }
        });
    }
}

/// A locked device is not asked for a PIN, and one that a wrong PIN could lock is not tried by a program.
///
/// Clause: TG-20
fn untried(pin: PinState, automatic: bool) -> Option<TokenError> {
    match pin {
        PinState::Locked => Some(TokenError::Locked),
        PinState::LastTry if automatic => Some(TokenError::WrongPin {
            tries_left: Some(1),
        }),
        PinState::Fresh | PinState::WrongBefore | PinState::LastTry => None,
    }
}

fn describe(key: &HeldKey) -> AgentCertificate {
    let certificate = &key.certificate;
    let devices = key.places.iter().filter_map(Place::device);
    AgentCertificate {
        thumbprint: certificate.sha256_thumbprint(),
        subject: certificate.subject().to_string(),
        common_name: certificate.common_name(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.serial_hex(),
        not_after: moment(certificate.not_after()),
        devices: devices
            .map(|device| AgentDevice {
                label: device.label.clone(),
                serial: device.serial.clone(),
                model: device.model.clone(),
                pin: device.pin,
            })
            .collect(),
        algorithms: key.algorithms(),
    }
}
