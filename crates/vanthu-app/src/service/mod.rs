//! Services that hold keys (dịch vụ ký số từ xa, chữ ký số trên SIM), as the installation is configured to use them.
//! They stand in the configuration file and not in the database: their passwords are read from files of their own
//! when the program begins, and are written nowhere.

pub mod settings;

use std::collections::BTreeMap;
use std::sync::Arc;

use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::Time;
use vanthu_remote::csc::{Csc, OAuth, ServiceAccess};
use vanthu_remote::mssp::Mssp;
use vanthu_remote::mysign::MySign;
use vanthu_remote::smartca::SmartCa;
use vanthu_remote::{
    Ending, Failure, Holder, HttpAnswer, Inquiry, Secret, SigningProvider, TransactionId,
};
use vanthu_store::credential::CredentialRow;
use vanthu_store::signing::Means;

use crate::port::RemoteClient;
use crate::{App, AppError};

/// A holder whom no service knows, for trying whether it answers.
const NOBODY: &str = "84000000000";

/// The services of an installation, by code.
#[derive(Debug, Default)]
pub struct KeyServices {
    services: BTreeMap<String, KeyService>,
}

/// A service and how the installation stands with it.
#[derive(Debug)]
pub struct KeyService {
    /// Its code in the configuration: `mysign`, `sim-viettel`.
    pub code: String,
    /// Its name on pages.
    pub name: String,
    /// The codes of the agencies that may use it; none for all.
    pub agencies: Vec<String>,
    /// The connection to it.
    pub(crate) client: RemoteClient,
    talks: Talks,
}

/// Which conversation it has.
#[derive(Debug, Clone)]
pub(crate) enum Talks {
    Csc { csc: Csc, lists: Lists },
    MySign(MySign),
    SmartCa(SmartCa),
    Mssp(Mssp),
}

/// Who may see the list of a holder's keys at a service of the Cloud Signature Consortium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// The installation.
    ToUs,
    /// The holder, on a page of the service.
    ToTheHolder,
}

/// What a look at a service found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It answers and knows the installation.
    Answers,
    /// It answers; whether it knows the installation shows with the first signature.
    Reached,
    /// It does not answer, or does not know the installation.
    Troubled(Failure),
}

impl KeyServices {
    /// These services; of two with one code the last one.
    pub fn new(services: impl IntoIterator<Item = KeyService>) -> Self {
        let services = services.into_iter().map(|it| (it.code.clone(), it));
        Self {
            services: services.collect(),
        }
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &KeyService> {
        self.services.values()
    }

    /// The service of a code.
    pub fn find(&self, code: &str) -> Option<&KeyService> {
        self.services.get(code)
    }
}

impl KeyService {
    /// Where its keys lie.
    pub const fn means(&self) -> Means {
        match self.talks {
            Talks::Mssp(_) => Means::Sim,
            Talks::Csc { .. } | Talks::MySign(_) | Talks::SmartCa(_) => Means::Service,
        }
    }

    /// Whether an agency may use it.
    pub fn serves(&self, agency_code: &str) -> bool {
        self.agencies.is_empty() || self.agencies.iter().any(|it| it == agency_code)
    }

    /// The conversation with it. `random` makes names of questions that the service wants new each time.
    pub(crate) fn provider(&self, random: u128) -> Arc<dyn SigningProvider> {
        match &self.talks {
            Talks::Csc { csc, .. } => Arc::new(csc.clone()),
            Talks::MySign(it) => Arc::new(it.clone()),
            Talks::SmartCa(it) => {
                let mut it = it.clone();
                if let Ok(question) = TransactionId::new(format!("hoi-{random:032x}")) {
                    it.question = question;
                }
                Arc::new(it)
            }
            Talks::Mssp(it) => Arc::new(it.clone()),
        }
    }

    /// The same, in the name of the holder who let us use the service on its page.
    pub(crate) fn provider_of(&self, token: Secret) -> Option<Arc<dyn SigningProvider>> {
        let Talks::Csc { csc, .. } = &self.talks else {
            return None;
        };
        let mut csc = csc.clone();
        csc.access = ServiceAccess::Token(token);
        Some(Arc::new(csc))
    }

    /// The service's authorisation server, where the holder has to be sent to a page to see the own keys.
    pub(crate) fn page_for_lists(&self) -> Option<&OAuth> {
        match &self.talks {
            Talks::Csc {
                csc,
                lists: Lists::ToTheHolder,
            } => csc.oauth.as_ref(),
            _ => None,
        }
    }

    /// The service's authorisation server.
    pub(crate) fn oauth(&self) -> Option<&OAuth> {
        match &self.talks {
            Talks::Csc { csc, .. } => csc.oauth.as_ref(),
            _ => None,
        }
    }

    /// How many files one agreement with this key covers at most.
    pub(crate) fn most_files(&self, key: &CredentialRow) -> usize {
        let linked = usize::try_from(key.multisign).unwrap_or(usize::MAX);
        linked.min(self.provider(0).abilities().batch).max(1)
    }

    /// Whether the service tells which keys a holder has.
    pub const fn has_list(&self) -> bool {
        !matches!(self.talks, Talks::Mssp(_))
    }

    /// Asks the service for itself: for its facts, or for a token. Nobody's key is touched.
    pub async fn health(&self, now: Time) -> Health {
        let answer = match &self.talks {
            Talks::Csc { csc, .. } => {
                let answer = self.ask(csc.service()).await;
                if let HttpAnswer::Reply(reply) = &answer {
                    return match csc.read_service(reply) {
                        Ok(_) => Health::Answers,
                        Err(failure) => Health::Troubled(failure),
                    };
                }
                answer
            }
            Talks::MySign(_) | Talks::SmartCa(_) => {
                let mut inquiry = Inquiry::list(self.provider(0), Holder::new(NOBODY));
                match inquiry.next() {
                    Some(request) => self.client.make(&request).await,
                    None => return Health::Reached,
                }
            }
            Talks::Mssp(mssp) => {
                let question = mssp.profile(&Holder::new(NOBODY), "kiem-tra-dich-vu", now);
                self.ask(question).await
            }
        };
        match answer {
            HttpAnswer::NotConnected(why) | HttpAnswer::Broken(why) => {
                Health::Troubled(Failure::new(Ending::NotReached, why))
            }
            HttpAnswer::TimedOut => Health::Troubled(Failure::new(Ending::NotReached, "no answer")),
            HttpAnswer::Reply(_) | HttpAnswer::TooLarge => Health::Reached,
        }
    }

    pub(crate) async fn ask(&self, call: vanthu_remote::http::Call) -> HttpAnswer {
        const ANSWER: std::time::Duration = std::time::Duration::from_secs(30);
        self.client.make(&call.alone(ANSWER)).await
    }
}

impl App {
    /// The services that hold keys.
    pub fn key_services(&self) -> &KeyServices {
        self.services.get_or_init(KeyServices::default)
    }

    /// A service that an agency may use.
    pub(crate) fn key_service(
        &self,
        code: &str,
        agency_code: &str,
    ) -> Result<&KeyService, AppError> {
        self.key_services()
            .find(code)
            .filter(|it| it.serves(agency_code))
            .ok_or_else(|| {
                let refusal = Refusal::new(RefusalCode::SigningMeansNotOffered);
                refusal.with("means", code).into()
            })
    }
}
