//! Key devices (thiết bị lưu khóa bí mật) behind one small trait: for the signing agent and the command line.
//!
//! A device is listed and signs. There is no way to write to it: the trait has none. [`SoftToken`] is a folder of key
//! files, [`Pkcs11Token`] one device with a PKCS#11 module, [`Keyring`] everything that is plugged into a desk. The crate
//! holds the door to such modules, which are foreign code in this process, and keeps no PIN longer than a key is open.
//!
//! Start reading at [`Keyring`]; below it lie a thread for each module (`worker`) and the module itself (`pkcs11`).
//!
//! Clause: TG-22.2, AG-11.2

mod keyring;
mod known;
mod pin;
mod pkcs11;
mod soft;
mod survey;
mod worker;

use vanthu_pki::Certificate;
use vanthu_wire::agent::Algorithm;

pub use keyring::{Keyring, Source};
pub use known::{KNOWN, KnownModule, installed};
pub use pin::Pin;
pub use pkcs11::{DeviceFacts, ModuleError, Pkcs11Token, devices};
pub use soft::{OpenedFile, SoftToken, open_key_file};
pub use survey::{HeldKey, ModuleSeen, Place, Survey};
pub use vanthu_wire::agent::PinState;
pub use worker::{Probe, Times};

/// A key device, a folder of key files, or several of them.
pub trait Token: Send + Sync {
    /// The certificates whose keys are here. Needs no PIN.
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError>;

    /// Opens the key of the certificate with this SHA-256 thumbprint. A PIN is tried once.
    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError>;

    /// Everything that is here, with where it is. Needs no PIN.
    fn survey(&self) -> Result<Survey, TokenError> {
        Ok(Survey::of_files(self.certificates()?))
    }

    /// From now on this device signs where several hold the certificate; without one, the first that is found.
    fn choose(&self, _thumbprint: &str, _serial: Option<&str>) -> std::io::Result<()> {
        Ok(())
    }
}

/// An opened key; closed when dropped.
pub trait OpenKey: Send {
    /// Signs the bytes.
    fn sign(&mut self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, TokenError>;
}

/// What a key device answers when it does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The PIN is wrong; how many tries remain, where the device tells.
    #[error("wrong PIN")]
    WrongPin {
        /// Tries left before the device locks itself.
        tries_left: Option<u32>,
    },
    /// The device has locked itself after too many wrong PINs.
    #[error("the device is locked")]
    Locked,
    /// The device wants a new PIN first; that is done with its maker's tool, never here.
    #[error("the PIN has to be changed first")]
    PinExpired,
    /// No key here belongs to the certificate.
    #[error("no such key here")]
    NotHere,
    /// The device was pulled out.
    #[error("the device was pulled out")]
    Removed,
    /// Another device is plugged in where the first one was.
    #[error("another device is plugged in")]
    OtherDevice,
    /// The device is there, but has closed the session: it was reset, pulled out and plugged in again, or another
    /// program logged out.
    #[error("the device has closed the session")]
    SessionLost,
    /// The device signs for another session.
    #[error("the device is busy with another session")]
    Busy,
    /// The device's module does not answer.
    #[error("the module does not answer")]
    Silent,
    /// The key can not sign with this algorithm.
    #[error("the key can not sign with {0}")]
    Unsupported(Algorithm),
    /// The device failed.
    #[error("the device failed: {0}")]
    Failed(String),
}
