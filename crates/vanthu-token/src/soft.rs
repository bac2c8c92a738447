//! Key files (PKCS#12) in a folder: for practice and for tests.
//!
//! Each key is `NAME.p12` (or `.pfx`), with its certificate beside it as `NAME.pem`, `.crt` or
//! `.cer`, because a PKCS#12 file shows its certificate only to whoever has the password.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use vanthu_pki::pkcs12::{self, KeyFile, Pkcs12Error};
use vanthu_pki::{Certificate, SignatureAlgorithm, SoftKey};
use vanthu_wire::agent::Algorithm;
use zeroize::Zeroizing;

use crate::{OpenKey, Pin, Token, TokenError};

const KEY_FILES: [&str; 2] = ["p12", "pfx"];
const CERTIFICATE_FILES: [&str; 3] = ["pem", "crt", "cer"];

/// One opened key file.
pub struct OpenedFile {
    /// The certificate of its key.
    pub certificate: Certificate,
    /// Other certificates in the file.
    pub chain: Vec<Certificate>,
    /// Its key.
    pub key: Box<dyn OpenKey>,
}

/// Opens a key file that is named, wherever it lies.
pub fn open_key_file(path: &Path, pin: &Pin) -> Result<OpenedFile, TokenError> {
    let opened = open_file(path, pin)?;
    Ok(OpenedFile {
        certificate: opened.certificate,
        chain: opened.chain,
        key: Box::new(SoftOpenKey(opened.key)),
    })
}

/// A folder of key files.
pub struct SoftToken {
    folder: PathBuf,
    practice_pin: Option<Pin>,
    /// Certificates of files that have none beside them, read with the practice PIN.
    seen: Mutex<BTreeMap<PathBuf, Certificate>>,
}

impl SoftToken {
    /// The key files of `folder`. With a practice PIN, files without a certificate beside them are
    /// listed too.
    pub fn new(folder: impl Into<PathBuf>, practice_pin: Option<Pin>) -> Self {
        Self {
            folder: folder.into(),
            practice_pin,
            seen: Mutex::default(),
        }
    }

    /// The key files with their certificates, by file name; a file that can not be listed has none.
    pub fn files(&self) -> Result<Vec<(PathBuf, Option<Certificate>)>, TokenError> {
        let listing = fs::read_dir(&self.folder)
            .map_err(|error| failed(&self.folder, &error))?
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| failed(&self.folder, &error))?;
        let mut files: Vec<PathBuf> = listing
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| has_extension(path, &KEY_FILES))
            .collect();
        files.sort();
        Ok(files
            .into_iter()
            .map(|path| {
                let certificate = beside(&path).or_else(|| self.with_practice_pin(&path));
                (path, certificate)
            })
            .collect())
    }

    fn with_practice_pin(&self, path: &Path) -> Option<Certificate> {
        let pin = self.practice_pin.as_ref()?;
        let mut seen = self.seen.lock().ok()?;
        if let Some(certificate) = seen.get(path) {
            return Some(certificate.clone());
        }
        let opened = open_file(path, pin).ok()?;
        seen.insert(path.to_owned(), opened.certificate.clone());
        Some(opened.certificate)
    }
}

impl Token for SoftToken {
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError> {
        Ok(self
            .files()?
            .into_iter()
            .filter_map(|(_, certificate)| certificate)
            .collect())
    }

    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError> {
        let path = self
            .files()?
            .into_iter()
            .find(|(_, certificate)| {
                certificate
                    .as_ref()
                    .is_some_and(|it| it.sha256_thumbprint() == thumbprint)
            })
            .map(|(path, _)| path)
            .ok_or(TokenError::NotHere)?;
        let opened = open_file(&path, pin)?;
        if opened.certificate.sha256_thumbprint() != thumbprint {
            return Err(TokenError::Failed(
                "tệp khóa giữ một chứng thư khác".to_owned(),
            ));
        }
        Ok(Box::new(SoftOpenKey(opened.key)))
    }
}

/// A key in the memory of this process.
struct SoftOpenKey(SoftKey);

impl OpenKey for SoftOpenKey {
    fn sign(&mut self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let how = SignatureAlgorithm::from_name(algorithm.as_str())
            .ok_or(TokenError::Unsupported(algorithm))?;
        self.0.sign(how, message).map_err(|error| match error {
            vanthu_pki::key::KeyError::Algorithm => TokenError::Unsupported(algorithm),
            other => TokenError::Failed(other.to_string()),
        })
    }
}

fn open_file(path: &Path, pin: &Pin) -> Result<KeyFile, TokenError> {
    let bytes = Zeroizing::new(fs::read(path).map_err(|error| failed(path, &error))?);
    pkcs12::open(&bytes, pin.reveal()).map_err(|error| match error {
        Pkcs12Error::WrongPassword => TokenError::WrongPin { tries_left: None },
        other => TokenError::Failed(other.to_string()),
    })
}

fn beside(path: &Path) -> Option<Certificate> {
    CERTIFICATE_FILES.iter().find_map(|extension| {
        let bytes = fs::read(path.with_extension(extension)).ok()?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Certificate::from_pem(text).ok(),
            Err(_) => Certificate::from_der(&bytes).ok(),
        }
    })
}

fn has_extension(path: &Path, wanted: &[&str]) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| wanted.iter().any(|it| extension.eq_ignore_ascii_case(it)))
}

fn failed(path: &Path, error: &std::io::Error) -> TokenError {
    TokenError::Failed(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use vanthu_pki::Time;
    use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};

    use super::*;

    const PIN: &str = "246810";

    fn folder_with_a_key() -> (tempfile::TempDir, Certificate) {
        let from = Time::from_civil((2026, 1, 1), (0, 0, 0)).unwrap();
        let validity = Validity {
            from,
            to: from.plus_days(730),
        };
        let root_key = SoftKey::generate_p256().unwrap();
        let root = Authority::root(root_key, "CA Bình Mẫu", validity, 1).unwrap();
        let key = SoftKey::generate_p256().unwrap();
        let person = PersonSubject {
            full_name: "Nguyễn Văn Mẫu".into(),
            ..PersonSubject::default()
        };
        let certificate = root
            .person(&person, &key.spki(), validity, 2, &Endpoints::default())
            .unwrap();
        let file = pkcs12::make(&key, &certificate, &[], PIN, "mau").unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mau.p12"), file).unwrap();
        fs::write(folder.path().join("mau.pem"), certificate.to_pem()).unwrap();
        (folder, certificate)
    }

    fn pin(text: &str) -> Pin {
        Pin::new(text.to_owned())
    }

    #[test]
    fn a_key_file_signs_with_its_pin_alone() {
        let (folder, certificate) = folder_with_a_key();
        let token = SoftToken::new(folder.path(), None);
        assert_eq!(
            token.certificates().unwrap(),
            std::slice::from_ref(&certificate)
        );
        let thumbprint = certificate.sha256_thumbprint();
        let wrong = token.open(&thumbprint, &pin("246811")).err().unwrap();
        assert_eq!(wrong, TokenError::WrongPin { tries_left: None });
        let mut key = token.open(&thumbprint, &pin(PIN)).unwrap();
        let signature = key.sign(Algorithm::EcdsaP256Sha256, b"message").unwrap();
        let how = SignatureAlgorithm::EcdsaP256Sha256;
        vanthu_pki::verify(certificate.spki(), how, b"message", &signature).unwrap();
        let unfit = key.sign(Algorithm::RsaPssSha256, b"message").unwrap_err();
        assert_eq!(unfit, TokenError::Unsupported(Algorithm::RsaPssSha256));
        assert_eq!(token.open("00", &pin(PIN)).err(), Some(TokenError::NotHere));
    }

    #[test]
    fn a_key_file_alone_is_listed_with_the_practice_pin_only() {
        let (folder, certificate) = folder_with_a_key();
        fs::remove_file(folder.path().join("mau.pem")).unwrap();
        assert!(
            SoftToken::new(folder.path(), None)
                .certificates()
                .unwrap()
                .is_empty()
        );
        assert!(
            SoftToken::new(folder.path(), Some(pin("1")))
                .certificates()
                .unwrap()
                .is_empty()
        );
        let token = SoftToken::new(folder.path(), Some(pin(PIN)));
        assert_eq!(token.certificates().unwrap(), [certificate]);
    }

    /// Proves: TG-22.2
    #[test]
    fn listing_opening_and_signing_change_nothing_in_the_folder() {
        let (folder, certificate) = folder_with_a_key();
        let contents = || {
            let mut files: Vec<_> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .map(|path| (path.clone(), fs::read(&path).unwrap()))
                .collect();
            files.sort();
            files
        };
        let before = contents();
        let token = SoftToken::new(folder.path(), Some(pin(PIN)));
        let thumbprint = certificate.sha256_thumbprint();
        assert!(token.open(&thumbprint, &pin("wrong")).is_err());
        let mut key = token.open(&thumbprint, &pin(PIN)).unwrap();
        key.sign(Algorithm::EcdsaP256Sha256, b"message").unwrap();
        assert_eq!(contents(), before);
    }

    #[test]
    fn a_key_file_that_does_not_fit_its_certificate_is_refused() {
        let (folder, _) = folder_with_a_key();
        let (_other_folder, other) = folder_with_a_key();
        fs::write(folder.path().join("mau.pem"), other.to_pem()).unwrap();
        let token = SoftToken::new(folder.path(), None);
        let refused = token
            .open(&other.sha256_thumbprint(), &pin(PIN))
            .err()
            .unwrap();
        assert!(matches!(refused, TokenError::Failed(_)));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = SoftToken::new("no-such-folder", None)
            .certificates()
            .unwrap_err();
        assert!(error.to_string().contains("no-such-folder"));
    }
}
