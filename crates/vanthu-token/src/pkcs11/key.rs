//! An opened key on a device: one login, and for keys that want it one more before each signature.

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use vanthu_pki::{KeyKind, PublicKeyInfo};
use vanthu_wire::agent::{Algorithm, PinState};

use super::module::{Module, certificate_objects};
use super::sign;
use super::told::{failed, is_wrong_pin};
use crate::{OpenKey, Pin, TokenError};

/// A key on a device, in a session of its own.
pub(crate) struct DeviceKey {
    pub(super) session: Session,
    pub(super) key: ObjectHandle,
    pub(super) mechanisms: Vec<MechanismType>,
    pub(super) kind: KeyKind,
    device: Device,
    /// Held for keys that ask for it at each signature (`CKA_ALWAYS_AUTHENTICATE`), as long as the key is open.
    pin: Option<Pin>,
}

/// What is asked again when something goes wrong.
struct Device {
    module: Module,
    slot: Slot,
    serial: String,
}

impl DeviceKey {
    /// Opens the key of a certificate. The PIN is given to the device once.
    pub(crate) fn open(
        module: &Module,
        slot: Slot,
        serial: &str,
        thumbprint: &str,
        pin: &Pin,
    ) -> Result<Self, TokenError> {
        let device = Device {
            module: module.clone(),
            slot,
            serial: serial.to_owned(),
        };
        // Before the PIN is given to anything: it is the device that was meant, and its key is there.
        match module.serial(slot) {
            Some(there) if there == serial => {}
            Some(_) => return Err(TokenError::OtherDevice),
            None => return Err(TokenError::Removed),
        }
        let session = module.session(slot)?;
        let (object, certificate) = certificate_objects(&session)?
            .into_iter()
            .find(|(_, certificate)| certificate.sha256_thumbprint() == thumbprint)
            .ok_or(TokenError::NotHere)?;
        device.login(&session, pin)?;
        let key = private_key(&session, object, certificate.public_key_info())?;
        let mechanisms = module.cryptoki.get_mechanism_list(slot);
        let asks_each_time =
            attribute(
                &session,
                key,
                AttributeType::AlwaysAuthenticate,
                |it| match it {
                    Attribute::AlwaysAuthenticate(asks) => Some(asks),
                    _ => None,
                },
            )?;
        Ok(Self {
            session,
            key,
            kind: certificate.public_key_info().kind,
            mechanisms: mechanisms.map_err(|error| failed(&error))?,
            device,
            pin: asks_each_time.unwrap_or(false).then(|| pin.clone()),
        })
    }

    /// The slot of its device.
    pub(crate) fn slot(&self) -> Slot {
        self.device.slot
    }

    /// The second login that such a key wants between the beginning and the end of a signature.
    pub(super) fn login_again(&self) -> Result<(), TokenError> {
        let Some(pin) = &self.pin else {
            return Ok(());
        };
        self.device
            .give(&self.session, UserType::ContextSpecific, pin)
    }

    /// Ends the signature that was begun.
    pub(super) fn finish(&self, input: &[u8]) -> cryptoki::error::Result<Vec<u8>> {
        self.device.module.raw.sign(&self.session, input)
    }
}

impl OpenKey for DeviceKey {
    fn sign(&mut self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        sign::sign(self, algorithm, message).map_err(|error| self.device.seen_again(error))
    }
}

impl Drop for DeviceKey {
    fn drop(&mut self) {
        // Closing the last session logs out; said aloud for modules that count otherwise. One that is gone already
        // has nothing to say.
        if let Err(error) = self.session.logout() {
            tracing::debug!(%error, "no logout");
        }
    }
}

impl Device {
    fn login(&self, session: &Session, pin: &Pin) -> Result<(), TokenError> {
        // A login that another session of this program has left behind would take any PIN for right: it is ended first.
        // That is no try of a PIN.
        match session.logout() {
            Ok(()) => tracing::warn!("a login was left behind and is ended"),
            Err(Error::Pkcs11(RvError::UserNotLoggedIn, _)) => {}
            Err(error) => tracing::debug!(%error, "no logout before the login"),
        }
        self.give(session, UserType::User, pin)
    }

    /// Gives the PIN to the device, once.
    fn give(&self, session: &Session, user: UserType, pin: &Pin) -> Result<(), TokenError> {
        match self.module.raw.login(session, user, pin) {
            Ok(()) => Ok(()),
            Err(error) if is_wrong_pin(&error) => Err(self.wrong_pin()),
            Err(error) => Err(failed(&error)),
        }
    }

    fn wrong_pin(&self) -> TokenError {
        let tries_left = match self.module.facts(self.slot).map(|facts| facts.pin) {
            Ok(PinState::Locked) => return TokenError::Locked,
            Ok(PinState::LastTry) => Some(1),
            Ok(PinState::Fresh | PinState::WrongBefore) | Err(_) => None,
        };
        TokenError::WrongPin { tries_left }
    }

    /// Modules name a device that is gone in many ways; whether one is in the slot, and which, tells them apart.
    fn seen_again(&self, error: TokenError) -> TokenError {
        match error {
            TokenError::Removed
            | TokenError::OtherDevice
            | TokenError::SessionLost
            | TokenError::Failed(_) => match self.module.serial(self.slot) {
                None => TokenError::Removed,
                Some(there) if there != self.serial => TokenError::OtherDevice,
                // Pulled out and plugged in again: the same device, but nobody is logged in.
                Some(_) if error == TokenError::Removed => TokenError::SessionLost,
                Some(_) => error,
            },
            other => other,
        }
    }
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
    let keys = session.find_objects(&[private]);
    let keys = keys.map_err(|error| failed(&error))?;
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
    let values = session.get_attributes(object, &[kind]);
    let values = values.map_err(|error| failed(&error))?;
    Ok(values.into_iter().find_map(read))
}
