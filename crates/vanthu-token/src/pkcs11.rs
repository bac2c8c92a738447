//! Key devices with a PKCS#11 module (OASIS PKCS #11 2.40 and later).
//!
//! Sessions are read-only and nothing is asked of the module that makes, changes or removes an object. What is signed
//! is hashed here: the device gets a digest, as its mechanisms want it.

mod sign;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use vanthu_pki::{Certificate, PublicKeyInfo};
use vanthu_wire::agent::Algorithm;

use crate::{OpenKey, Pin, Token, TokenError};

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
}

/// What a device tells of tries with wrong PINs (PKCS #11, `CK_TOKEN_INFO`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinState {
    /// No wrong PIN since the last right one, or it does not tell.
    Fresh,
    /// A wrong PIN was entered since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    WrongBefore,
    /// One more wrong PIN locks it (`CKF_USER_PIN_FINAL_TRY`).
    LastTry,
    /// It is locked (`CKF_USER_PIN_LOCKED`).
    Locked,
}

/// Why no device was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// The module can not be loaded or started.
    #[error("the module can not be used: {0}")]
    Module(String),
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

/// A device with a PKCS#11 module.
pub struct Pkcs11Token {
    module: Pkcs11,
    slot: Slot,
    /// Modules differ in how well they bear several sessions at once: one at a time opens.
    opening: Mutex<()>,
}

/// The devices that a module shows.
pub fn devices(module: &Path) -> Result<Vec<DeviceFacts>, ModuleError> {
    let module = load(module)?;
    Ok(listed(&module)?
        .into_iter()
        .map(|(_, info)| facts(&info))
        .collect())
}

impl Pkcs11Token {
    /// The device of a module whose label or serial number is `wanted`; the only one without.
    pub fn find(module: &Path, wanted: Option<&str>) -> Result<Self, ModuleError> {
        let module = load(module)?;
        let all = listed(&module)?;
        let labels = |of: &[(Slot, TokenInfo)]| {
            of.iter()
                .map(|(_, info)| info.label().to_owned())
                .collect::<Vec<_>>()
        };
        let there = labels(&all);
        let fitting: Vec<(Slot, TokenInfo)> = all
            .into_iter()
            .filter(|(_, info)| {
                wanted.is_none_or(|wanted| info.label() == wanted || info.serial_number() == wanted)
            })
            .collect();
        match fitting.as_slice() {
            [(slot, _)] => Ok(Self {
                slot: *slot,
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
        let info = self.module.get_token_info(self.slot).map_err(failed)?;
        Ok(facts(&info))
    }

    /// The authorities' certificates on the device: what a signature can bring along.
    pub fn authorities(&self) -> Result<Vec<Certificate>, TokenError> {
        let session = self.session()?;
        let all = held(&session)?;
        Ok(all.into_iter().filter(Certificate::is_ca).collect())
    }

    fn session(&self) -> Result<Session, TokenError> {
        self.module.open_ro_session(self.slot).map_err(failed)
    }

    fn login(&self, session: &Session, pin: &Pin) -> Result<(), TokenError> {
        // The module takes the PIN in its own box, which is wiped as well.
        let secret = pin.reveal().to_owned().into();
        match session.login(UserType::User, Some(&secret)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(Error::Pkcs11(RvError::PinLocked, _)) => Err(TokenError::Locked),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            )) => Err(match self.facts()?.pin {
                PinState::Locked => TokenError::Locked,
                PinState::LastTry => TokenError::WrongPin {
                    tries_left: Some(1),
                },
                PinState::Fresh | PinState::WrongBefore => {
                    TokenError::WrongPin { tries_left: None }
                }
            }),
            Err(other) => Err(failed(other)),
        }
    }
}

impl Token for Pkcs11Token {
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError> {
        let session = self.session()?;
        let all = held(&session)?;
        Ok(all.into_iter().filter(|it| !it.is_ca()).collect())
    }

    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError> {
        let _one_at_a_time = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let session = self.session()?;
        let (object, certificate) = certificate_objects(&session)?
            .into_iter()
            .find(|(_, certificate)| certificate.sha256_thumbprint() == thumbprint)
            .ok_or(TokenError::NotHere)?;
        self.login(&session, pin)?;
        let key = private_key(&session, object, certificate.public_key_info())?;
        Ok(Box::new(DeviceKey {
            session,
            key,
            mechanisms: self.module.get_mechanism_list(self.slot).map_err(failed)?,
        }))
    }
}

/// A key on a device, in a session of its own.
struct DeviceKey {
    session: Session,
    key: ObjectHandle,
    mechanisms: Vec<cryptoki::mechanism::MechanismType>,
}

impl OpenKey for DeviceKey {
    fn sign(&mut self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        sign::sign(
            &self.session,
            self.key,
            &self.mechanisms,
            algorithm,
            message,
        )
    }
}

fn load(path: &Path) -> Result<Pkcs11, ModuleError> {
    let refused = |error: Error| ModuleError::Module(error.to_string());
    let module = Pkcs11::new(path).map_err(refused)?;
    let how = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match module.initialize(how) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(error) => Err(refused(error)),
    }
}

/// Devices that are set up, in the order of the slots.
fn listed(module: &Pkcs11) -> Result<Vec<(Slot, TokenInfo)>, ModuleError> {
    let refused = |error: Error| ModuleError::Module(error.to_string());
    let slots = module.get_slots_with_token().map_err(refused)?;
    let mut found = Vec::new();
    for slot in slots {
        // One that was pulled out meanwhile is not there.
        if let Ok(info) = module.get_token_info(slot)
            && info.token_initialized()
        {
            found.push((slot, info));
        }
    }
    Ok(found)
}

fn facts(info: &TokenInfo) -> DeviceFacts {
    DeviceFacts {
        label: info.label().to_owned(),
        serial: info.serial_number().to_owned(),
        model: format!("{} {}", info.manufacturer_id(), info.model())
            .trim()
            .to_owned(),
        pin: match () {
            () if info.user_pin_locked() => PinState::Locked,
            () if info.user_pin_final_try() => PinState::LastTry,
            () if info.user_pin_count_low() => PinState::WrongBefore,
            () => PinState::Fresh,
        },
    }
}

fn held(session: &Session) -> Result<Vec<Certificate>, TokenError> {
    let all = certificate_objects(session)?;
    Ok(all
        .into_iter()
        .map(|(_, certificate)| certificate)
        .collect())
}

/// The X.509 certificates on the device; what can't be read is none.
fn certificate_objects(session: &Session) -> Result<Vec<(ObjectHandle, Certificate)>, TokenError> {
    let wanted = [Attribute::Class(ObjectClass::CERTIFICATE)];
    let mut found: Vec<(ObjectHandle, Certificate)> = Vec::new();
    for object in session.find_objects(&wanted).map_err(failed)? {
        let values = session
            .get_attributes(object, &[AttributeType::Value])
            .map_err(failed)?;
        for value in values {
            if let Attribute::Value(der) = value
                && let Ok(certificate) = Certificate::from_der(&der)
                && !found.iter().any(|(_, known)| *known == certificate)
            {
                found.push((object, certificate));
            }
        }
    }
    Ok(found)
}

/// The private key of a certificate: by the identifier that both carry, or by the public half where they carry none.
fn private_key(
    session: &Session,
    certificate: ObjectHandle,
    public: &PublicKeyInfo,
) -> Result<ObjectHandle, TokenError> {
    let id = attribute(session, certificate, AttributeType::Id, |it| match it {
        Attribute::Id(id) => Some(id),
        _ => None,
    })?;
    let private = Attribute::Class(ObjectClass::PRIVATE_KEY);
    let keys = session.find_objects(&[private]).map_err(failed)?;
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        for key in &keys {
            let own = attribute(session, *key, AttributeType::Id, |it| match it {
                Attribute::Id(id) => Some(id),
                _ => None,
            })?;
            if own.as_ref() == Some(&id) {
                return Ok(*key);
            }
        }
    }
    for key in keys {
        let modulus = attribute(session, key, AttributeType::Modulus, |it| match it {
            Attribute::Modulus(modulus) => Some(modulus),
            _ => None,
        })?;
        let holds = |modulus: &Vec<u8>| {
            let digits = modulus.iter().skip_while(|it| **it == 0).count();
            digits > 0 && contains(&public.key, modulus)
        };
        if modulus.as_ref().is_some_and(holds) {
            return Ok(key);
        }
    }
    Err(TokenError::NotHere)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && haystack.windows(needle.len()).any(|it| it == needle)
}

/// One attribute of an object; `None` where the object has none of the kind.
fn attribute<T>(
    session: &Session,
    object: ObjectHandle,
    kind: AttributeType,
    read: impl Fn(Attribute) -> Option<T>,
) -> Result<Option<T>, TokenError> {
    let values = session.get_attributes(object, &[kind]).map_err(failed)?;
    Ok(values.into_iter().find_map(read))
}

fn failed(error: Error) -> TokenError {
    TokenError::Failed(error.to_string())
}
