//! The key that signs the ledger's checkpoints: ECDSA on P-256, in a file of PKCS#8 in PEM.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use vanthu_pki::{SignatureAlgorithm, SoftKey, key, pem};

use crate::AppError;

const LABEL: &str = "PRIVATE KEY";
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::EcdsaP256Sha256;

/// The private key.
#[derive(Debug)]
pub struct LedgerKey(SoftKey);

impl LedgerKey {
    /// The key of a file, where there is one.
    pub fn read(file: &Path) -> Result<Option<Self>, AppError> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fault(error)),
        };
        let blocks = pem::decode(&text, LABEL).map_err(fault)?;
        let der = blocks.first().ok_or_else(|| fault("no key in the file"))?;
        SoftKey::from_pkcs8(der)
            .map(|key| Some(Self(key)))
            .map_err(fault)
    }

    /// Makes one and keeps it where only this user may read it. When it returns the file is on the
    /// disk; where another program was quicker, its key is taken.
    pub fn make(file: &Path) -> Result<Self, AppError> {
        let key = SoftKey::generate_p256().map_err(fault)?;
        let text = pem::encode(&key.to_pkcs8().map_err(fault)?, LABEL);
        let folder = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(fault)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(file) {
            Ok(mut opened) => {
                opened.write_all(text.as_bytes()).map_err(fault)?;
                opened.sync_all().map_err(fault)?;
                File::open(folder)
                    .and_then(|it| it.sync_all())
                    .map_err(fault)?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Self::read(file)?.ok_or_else(|| fault("the file comes and goes"))
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// Its public half, a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7).
    pub fn public(&self) -> Vec<u8> {
        self.0.spki()
    }

    /// Signs.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AppError> {
        self.0.sign(ALGORITHM, message).map_err(fault)
    }
}

/// Whether the message was signed with the key of that public half.
pub(super) fn is_signed(spki: &[u8], message: &[u8], value: &[u8]) -> bool {
    key::verify(spki, ALGORITHM, message, value).is_ok()
}

/// SHA-256 of a public key in hexadecimal, by which people compare it.
pub fn fingerprint(spki: &[u8]) -> String {
    hex::encode(Sha256::digest(spki))
}

fn fault(error: impl std::fmt::Display) -> AppError {
    AppError::fault("ledger key", error)
}
