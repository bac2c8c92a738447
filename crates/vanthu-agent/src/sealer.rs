//! The sealer (chương trình ký dấu): a program of its own at the server, which holds the door to the key device of an agency.
//!
//! It runs as a user of its own, reaches the device through the maker's module, and is reached by one other user through a
//! Unix socket. It lists the certificates that it was set up with, and signs what a person has confirmed: one batch at a
//! time, each under a confirmation that is good for one list. What it signs stands in its journal before anybody is told.
//! The PIN comes from a file that nobody else may read, lies in locked memory for one batch, and is wiped.
//!
//! Start reading at [`door`] for who may ask, [`batch`] for what is checked before the key is opened, [`journal`] for what
//! is remembered.

pub mod batch;
pub mod door;
pub mod journal;
mod pin_file;
pub mod settings;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use vanthu_wire::sealer::{SealerKey, SealerStatus, Why};
use vanthu_wire::{Base64, Digest};

use crate::clock::Clock;
use crate::token::{Token, TokenError};

pub use journal::{BadJournal, Journal};
pub use settings::{BadSettings, SealerSettings};

/// A sealer at work.
pub struct Sealer {
    settings: SealerSettings,
    token: Arc<dyn Token>,
    clock: Arc<dyn Clock>,
    journal: Mutex<Journal>,
    /// Held by the batch that is signed.
    at_work: tokio::sync::Mutex<()>,
}

impl Sealer {
    /// Opens the journal of what was signed before.
    ///
    /// # Errors
    /// The journal can't be read, or was changed.
    pub fn open(
        settings: SealerSettings,
        token: Arc<dyn Token>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, BadJournal> {
        let journal = Journal::open(&settings.state)?;
        // The device is known by its number: another one with a copy of the certificate signs nothing.
        if let Some(serial) = &settings.device {
            for thumbprint in &settings.certificates {
                // Nothing is written: the keyring was given no place for choices.
                if let Err(error) = token.choose(thumbprint, Some(serial)) {
                    tracing::warn!(%error, "the device can't be chosen");
                }
            }
        }
        Ok(Arc::new(Self {
            settings,
            token,
            clock,
            journal: Mutex::new(journal),
            at_work: tokio::sync::Mutex::default(),
        }))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// With the journal, for a short time.
    fn journal<T>(&self, with: impl FnOnce(&mut Journal) -> T) -> T {
        with(&mut self.journal.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is there, and how it is. Asks the device, without a PIN.
    ///
    /// # Errors
    /// The module does not answer.
    pub fn status(&self) -> Result<SealerStatus, TokenError> {
        let survey = self.token.survey()?;
        let mut keys = Vec::new();
        let mut missing = Vec::new();
        for thumbprint in &self.settings.certificates {
            let held = survey.find(thumbprint);
            match held.and_then(|key| Some((key, key.device()?))) {
                Some((key, device)) if self.settings.is_device(&device.serial) => {
                    keys.push(SealerKey {
                        certificate: Base64(key.certificate.der().to_vec()),
                        device: device.label.clone(),
                        serial: device.serial.clone(),
                        pin: device.pin,
                        algorithms: key.algorithms(),
                    });
                }
                _ => missing.push(thumbprint.clone()),
            }
        }
        let (signed, head, stopped) = self.journal(|it| {
            (
                it.signed(),
                it.head(),
                it.is_stopped().then_some(Why::Stopped),
            )
        });
        Ok(SealerStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stopped,
            keys,
            missing,
            most_items: self.settings.most_items,
            most_per_hour: self.settings.most_per_hour,
            signed,
            head: Digest(head),
        })
    }
}

/// Somebody has looked at why it stopped: from its next start on it signs again.
///
/// # Errors
/// The journal can't be read or written.
pub fn resume(state: &Path, now: Timestamp) -> Result<bool, BadJournal> {
    let mut journal = Journal::open(state)?;
    if !journal.is_stopped() {
        return Ok(false);
    }
    journal.resumed(now)?;
    Ok(true)
}
