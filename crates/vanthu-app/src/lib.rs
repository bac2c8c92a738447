//! What people do with official documents: one action a file.
//!
//! An action asks the authorisation core, changes states, records the act in the ledger and
//! enqueues what follows, in one transaction: together or not at all. Pages, the JSON API, the
//! agent door, the command line and jobs all come here; nothing above opens a transaction.
//! Start with [`outgoing::submit`], a short action that shows the whole shape.

pub mod account;
pub mod agency;
pub mod agent;
pub mod anchors;
pub mod checkpoint;
pub mod credential;
pub mod delivery;
pub mod desk;
pub mod device;
pub mod error;
pub mod events;
pub mod finding;
pub mod frozen;
pub mod incoming;
pub mod installation;
pub mod job;
pub mod line;
pub mod listing;
pub mod notice;
pub mod outgoing;
pub mod port;
pub mod practice;
pub mod queue;
pub mod reading;
pub mod register;
pub mod service;
pub mod signing;
pub mod system;
pub mod trust;
pub mod verify;
pub mod work;

#[cfg(test)]
mod test;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;
use vanthu_domain::agent::Version;
use vanthu_domain::calendar::WorkingCalendar;
use vanthu_domain::profile::RegulationProfile;
use vanthu_domain::{Clock, Moment, Randomness};
use vanthu_store::Store;

pub use error::{AppError, Fault};
pub use vanthu_store::{Cursor, Page};
pub use work::{Caller, Work};

use crate::checkpoint::LedgerKey;
use crate::credential::round::Rounds;
use crate::events::Events;
use crate::port::{RevocationSource, TimestampService};
use crate::practice::authority::PracticeAuthority;
use crate::reading::Readings;
use crate::service::KeyServices;
use crate::signing::local::SigningTool;
use crate::signing::remote::Conversations;
use crate::signing::sealer::Sealers;
use crate::trust::Trust;

/// Whether the installation is for practice: marked on every page and signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real documents.
    Real,
    /// Practice: practice anchors are trusted, agents may consent by themselves.
    Practice,
}

/// The outside things that an installation is wired to.
#[derive(Clone)]
pub struct Ports {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for secrets.
    pub randomness: Arc<dyn Randomness>,
    /// The time-stamp service.
    pub timestamps: Arc<dyn TimestampService>,
    /// Where the status of certificates comes from.
    pub revocation: Arc<dyn RevocationSource>,
}

/// An installation at work.
pub struct App {
    /// The database and the files.
    pub store: Store,
    /// What it is wired to.
    pub ports: Ports,
    /// The trust anchors.
    pub trust: Trust,
    /// The working calendar of the state.
    pub calendar: WorkingCalendar,
    /// The regulation profiles, by code.
    pub profiles: BTreeMap<String, RegulationProfile>,
    /// Whether it is for practice.
    pub mode: Mode,
    /// The address under which agents and browsers reach it, as `http://127.0.0.1:8080`.
    pub base_url: String,
    /// News for browsers.
    pub events: Events,
    /// Wakes the worker when a job was enqueued.
    pub wake: Notify,
    /// The practice authority, whose services are then asked under `/practice`.
    pub practice: OnceLock<PracticeAuthority>,
    /// The key that signs the ledger's checkpoints, once the installation has been given it.
    pub ledger_key: OnceLock<LedgerKey>,
    /// The government's signing tool, where the installation offers it.
    pub tool: OnceLock<SigningTool>,
    /// The programs that hold key devices at the server, where the installation has some.
    pub sealers: OnceLock<Sealers>,
    /// Regulation profiles of the installation's own; one goes before what comes with the program under its code.
    pub own_profiles: OnceLock<BTreeMap<String, RegulationProfile>>,
    /// The services that hold keys, once the installation has been given them.
    pub services: OnceLock<KeyServices>,
    /// Holders' browsers on their way to a service's page and back.
    pub rounds: Rounds,
    /// Conversations with services that are under way in this program.
    pub conversations: Conversations,
    /// The oldest version of the signing agent that gets documents to sign, where the installation sets one.
    pub agent_minimum: OnceLock<Version>,
    /// What was read out of papers a short time ago.
    pub readings: Readings,
    /// How many files' signatures were examined since the program began.
    pub examinations: AtomicU64,
}

impl App {
    /// An installation over an open store.
    pub fn new(
        store: Store,
        ports: Ports,
        trust: Trust,
        mode: Mode,
        base_url: String,
    ) -> Result<Arc<Self>, Fault> {
        let bundled = |code: &str| {
            RegulationProfile::bundled(code).map_err(|e| Fault::new(format!("profile {code}"), e))
        };
        let today = ports.clock.now().day();
        let profiles = RegulationProfile::codes()
            .map(|code| Ok((code.to_owned(), bundled(code)?)))
            .collect::<Result<_, Fault>>()?;
        Ok(Arc::new(Self {
            store,
            ports,
            trust,
            calendar: WorkingCalendar::vietnam(bundled("national")?.working_hours(today)),
            profiles,
            mode,
            base_url,
            events: Events::new(),
            wake: Notify::new(),
            practice: OnceLock::new(),
            ledger_key: OnceLock::new(),
            tool: OnceLock::new(),
            sealers: OnceLock::new(),
            own_profiles: OnceLock::new(),
            services: OnceLock::new(),
            rounds: Rounds::default(),
            conversations: Conversations::default(),
            agent_minimum: OnceLock::new(),
            readings: Readings::default(),
            examinations: AtomicU64::new(0),
        }))
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.ports.clock.now()
    }

    /// 128 random bits.
    pub fn random(&self) -> u128 {
        self.ports.randomness.u128()
    }

    /// A secret of 32 random bytes, in hexadecimal.
    pub fn secret(&self) -> String {
        let mut bytes = [0; 32];
        self.ports.randomness.fill(&mut bytes);
        hex::encode(bytes)
    }
}
