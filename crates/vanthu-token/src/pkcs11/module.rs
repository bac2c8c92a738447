//! One module, loaded and started: what it shows without a PIN.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::{Slot, TokenInfo};
use vanthu_pki::Certificate;

use super::raw::Raw;
use super::told::failed;
use super::{DeviceFacts, ModuleError, pin_state, sign};
use crate::TokenError;

/// A loaded module. Clones are the same module.
#[derive(Clone)]
pub(crate) struct Module {
    pub(super) cryptoki: Pkcs11,
    pub(super) raw: Arc<Raw>,
    path: PathBuf,
}

impl Module {
    /// Loads and starts it. Runs foreign code.
    pub(crate) fn load(path: &Path) -> Result<Self, ModuleError> {
        let cryptoki = Pkcs11::new(path).map_err(|error| refused(&error))?;
        let raw = Raw::of(path).map_err(|error| refused(&error))?;
        let module = Self {
            cryptoki,
            raw: Arc::new(raw),
            path: path.to_owned(),
        };
        module.start()?;
        Ok(module)
    }

    fn start(&self) -> Result<(), ModuleError> {
        let how = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.cryptoki.initialize(how) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Ends and starts it: some modules look for devices only then. Every session of it is gone afterwards.
    pub(crate) fn restart(&self) -> Result<(), ModuleError> {
        if let Err(error) = self.cryptoki.clone().finalize() {
            tracing::debug!(module = %self.path.display(), %error, "the module did not end");
        }
        self.start()
    }

    /// The devices that are set up, in the order of the slots.
    pub(crate) fn devices(&self) -> Result<Vec<(Slot, DeviceFacts)>, ModuleError> {
        let slots = self.cryptoki.get_slots_with_token();
        let mut found = Vec::new();
        for slot in slots.map_err(|error| refused(&error))? {
            // One that was pulled out meanwhile is not there.
            if let Ok(info) = self.cryptoki.get_token_info(slot)
                && info.token_initialized()
                && let Ok(mechanisms) = self.cryptoki.get_mechanism_list(slot)
            {
                found.push((slot, facts(&info, &mechanisms)));
            }
        }
        Ok(found)
    }

    /// What the device in a slot says of itself now.
    pub(crate) fn facts(&self, slot: Slot) -> Result<DeviceFacts, TokenError> {
        let info = self.cryptoki.get_token_info(slot);
        let mechanisms = self.cryptoki.get_mechanism_list(slot);
        Ok(facts(
            &info.map_err(|error| failed(&error))?,
            &mechanisms.map_err(|error| failed(&error))?,
        ))
    }

    /// The serial number of the device in a slot; none while there is no device.
    pub(super) fn serial(&self, slot: Slot) -> Option<String> {
        let info = self.cryptoki.get_token_info(slot).ok()?;
        Some(info.serial_number().to_owned())
    }

    /// All certificates on a device.
    pub(crate) fn certificates(&self, slot: Slot) -> Result<Vec<Certificate>, TokenError> {
        let session = self.session(slot)?;
        let all = certificate_objects(&session)?;
        Ok(all.into_iter().map(|(_, it)| it).collect())
    }

    /// A read-only session.
    pub(super) fn session(&self, slot: Slot) -> Result<Session, TokenError> {
        self.cryptoki
            .open_ro_session(slot)
            .map_err(|error| failed(&error))
    }
}

fn facts(info: &TokenInfo, mechanisms: &[MechanismType]) -> DeviceFacts {
    DeviceFacts {
        label: info.label().to_owned(),
        serial: info.serial_number().to_owned(),
        model: format!("{} {}", info.manufacturer_id(), info.model())
            .trim()
            .to_owned(),
        pin: pin_state(info),
        algorithms: sign::possible(mechanisms),
    }
}

/// The X.509 certificates on the device; what can't be read is none.
pub(super) fn certificate_objects(
    session: &Session,
) -> Result<Vec<(ObjectHandle, Certificate)>, TokenError> {
    let wanted = [Attribute::Class(ObjectClass::CERTIFICATE)];
    let mut found: Vec<(ObjectHandle, Certificate)> = Vec::new();
    for object in session.find_objects(&wanted).map_err(|it| failed(&it))? {
        let values = session
            .get_attributes(object, &[AttributeType::Value])
            .map_err(|it| failed(&it))?;
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

fn refused(error: &Error) -> ModuleError {
    ModuleError::Module(error.to_string())
}
