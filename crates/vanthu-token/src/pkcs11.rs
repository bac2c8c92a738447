//! Key devices with a PKCS#11 module (OASIS PKCS #11 2.40 and later).
//!
//! Sessions are read-only and nothing is asked of the module that makes, changes or removes an object. What is signed
//! is hashed here: the device gets a digest, as its mechanisms want it.

pub(crate) mod key;
pub(crate) mod module;
mod raw;
mod sign;
mod told;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cryptoki::slot::{Slot, TokenInfo};
use vanthu_pki::Certificate;
use vanthu_wire::agent::{Algorithm, PinState};

use crate::{OpenKey, Pin, Token, TokenError};
use key::DeviceKey;
use module::Module;

/// What a module says of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFacts {
    /// Its label, given by whoever set it up.
    pub label: String,
    /// Its serial number.
    pub serial: String,
    /// Who made it, and what it is.
    pub model: String,
    /// How many wrong PINs it has seen.
    pub pin: PinState,
    /// What it signs with, for keys of the right kind.
    pub algorithms: Vec<Algorithm>,
}

/// Why no device was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// The module can not be loaded or started.
    #[error("the module can not be used: {0}")]
    Module(String),
    /// The module ended the program that tried it; it is not loaded here.
    #[error("the module crashes: {0}")]
    Crashes(String),
    /// The module does not answer.
    #[error("the module does not answer")]
    Silent,
    /// No device is plugged in.
    #[error("the module shows no device")]
    NoDevice,
    /// No device has this label or serial number.
    #[error("no device is called {wanted:?}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// The labels of the devices that are there.
        there: Vec<String>,
    },
    /// Several devices fit.
    #[error("several devices fit")]
    Several {
        /// Their labels.
        there: Vec<String>,
    },
}

/// One device with a PKCS#11 module, used in this thread: for the command line. The agent asks through a [`Keyring`].
///
/// [`Keyring`]: crate::Keyring
pub struct Pkcs11Token {
    module: Module,
    slot: Slot,
    serial: String,
    /// Modules differ in how well they bear several sessions at once: one at a time opens.
    opening: Mutex<()>,
}

/// The devices that a module shows.
pub fn devices(module: &Path) -> Result<Vec<DeviceFacts>, ModuleError> {
    let found = Module::load(module)?.devices()?;
    Ok(found.into_iter().map(|(_, facts)| facts).collect())
}

impl Pkcs11Token {
    /// The device of a module whose label or serial number is `wanted`; the only one without.
    pub fn find(module: &Path, wanted: Option<&str>) -> Result<Self, ModuleError> {
        let module = Module::load(module)?;
        let all = module.devices()?;
        let labels = |of: &[(Slot, DeviceFacts)]| {
            of.iter()
                .map(|(_, facts)| facts.label.clone())
                .collect::<Vec<_>>()
        };
        let there = labels(&all);
        let fitting: Vec<(Slot, DeviceFacts)> = all
            .into_iter()
            .filter(|(_, facts)| {
                wanted.is_none_or(|wanted| facts.label == wanted || facts.serial == wanted)
            })
            .collect();
        match fitting.as_slice() {
            [(slot, facts)] => Ok(Self {
                slot: *slot,
                serial: facts.serial.clone(),
                module,
                opening: Mutex::default(),
            }),
            [] => Err(match wanted {
                Some(wanted) => ModuleError::Unknown {
                    wanted: wanted.to_owned(),
                    there,
                },
                None => ModuleError::NoDevice,
            }),
            several => Err(ModuleError::Several {
                there: labels(several),
            }),
        }
    }

    /// What the device says of itself now.
    pub fn facts(&self) -> Result<DeviceFacts, TokenError> {
        self.module.facts(self.slot)
    }

    /// The authorities' certificates on the device: what a signature can bring along.
    pub fn authorities(&self) -> Result<Vec<Certificate>, TokenError> {
        let all = self.module.certificates(self.slot)?;
        Ok(all.into_iter().filter(Certificate::is_ca).collect())
    }
}

impl Token for Pkcs11Token {
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError> {
        let all = self.module.certificates(self.slot)?;
        Ok(all.into_iter().filter(|it| !it.is_ca()).collect())
    }

    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError> {
        let _one_at_a_time = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let key = DeviceKey::open(&self.module, self.slot, &self.serial, thumbprint, pin)?;
        Ok(Box::new(key))
    }
}

/// The flags of `CK_TOKEN_INFO`: `CKF_USER_PIN_LOCKED`, `…_FINAL_TRY`, `…_COUNT_LOW`.
fn pin_state(info: &TokenInfo) -> PinState {
    match () {
        () if info.user_pin_locked() => PinState::Locked,
        () if info.user_pin_final_try() => PinState::LastTry,
        () if info.user_pin_count_low() => PinState::WrongBefore,
        () => PinState::Fresh,
    }
}
