//! Key devices (thiết bị lưu khóa bí mật) behind one small trait: for the signing agent and the command line.
//!
//! A device is listed and signs. There is no way to write to it: the trait has none. [`SoftToken`] is a folder of key
//! files, [`Pkcs11Token`] a device with a PKCS#11 module. The crate holds the door to such modules, which are foreign
//! code in this process, and keeps no PIN longer than it takes to open a key.
//!
//! Clause: TG-22.2

mod pin;
mod pkcs11;
mod soft;

use vanthu_pki::Certificate;
use vanthu_wire::agent::Algorithm;

pub use pin::Pin;
pub use pkcs11::{DeviceFacts, ModuleError, PinState, Pkcs11Token, devices};
pub use soft::{OpenedFile, SoftToken, open_key_file};

/// A key device, or a folder of key files.
pub trait Token: Send + Sync {
    /// The certificates whose keys are here. Needs no PIN.
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError>;

    /// Opens the key of the certificate with this SHA-256 thumbprint.
    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError>;
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
    /// No key here belongs to the certificate.
    #[error("no such key here")]
    NotHere,
    /// The key can not sign with this algorithm.
    #[error("the key can not sign with {0}")]
    Unsupported(Algorithm),
    /// The device failed.
    #[error("the device failed: {0}")]
    Failed(String),
}
