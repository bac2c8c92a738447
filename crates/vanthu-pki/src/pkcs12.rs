//! PKCS#12 files: how practice keys travel (tệp khóa).

use p12_keystore as p12;

use crate::certificate::Certificate;
use crate::key::{KeyError, SoftKey};

/// What a file holds.
#[derive(Debug)]
pub struct KeyFile {
    /// The private key.
    pub key: SoftKey,
    /// Its certificate.
    pub certificate: Certificate,
    /// Other certificates in the file.
    pub chain: Vec<Certificate>,
}

/// Why a file was not opened or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    /// The password is not that of the file.
    #[error("wrong password")]
    WrongPassword,
    /// Not a PKCS#12 file, or protected in a way not supported here.
    #[error("not a usable PKCS#12 file: {0}")]
    Malformed(String),
    /// No private key inside.
    #[error("no private key in the file")]
    NoKey,
    /// No certificate inside belongs to the key.
    #[error("no certificate of the key in the file")]
    NoCertificate,
    /// The key cannot be used here.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Opens a file (RFC 7292), DER or BER: the first private key, its certificate, and the others.
///
/// # Errors
/// Says whether the password is wrong or the file is.
pub fn open(bytes: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    let archive = p12::Pkcs12Archive::from_pkcs12(bytes, password).map_err(opening_error)?;
    let certificates: Vec<Certificate> = archive
        .certs
        .iter()
        .filter_map(|bag| Certificate::from_der(bag.cert.as_der()).ok())
        .collect();
    let bag = archive.keys.first().ok_or(Pkcs12Error::NoKey)?;
    let key = SoftKey::from_pkcs8(bag.key.as_der())?;
    let spki = key.spki();
    let same_key = |it: &Certificate| it.public_key_info().key == public_half(&spki);
    let certificate = certificates
        .iter()
        .find(|it| same_key(it))
        .cloned()
        .ok_or(Pkcs12Error::NoCertificate)?;
    let chain = certificates
        .into_iter()
        .filter(|it| *it != certificate)
        .collect();
    Ok(KeyFile {
        key,
        certificate,
        chain,
    })
}

/// Makes a file protected by AES-256 and HMAC-SHA-256 keys derived with PBKDF2.
pub fn make(
    key: &SoftKey,
    certificate: &Certificate,
    chain: &[Certificate],
    password: &str,
    label: &str,
) -> Result<Vec<u8>, Pkcs12Error> {
    let malformed = |error: p12::error::Error| Pkcs12Error::Malformed(error.to_string());
    let private = p12::PrivateKey::from_der(&key.to_pkcs8()?).map_err(malformed)?;
    let mut certificates = Vec::new();
    for it in std::iter::once(certificate).chain(chain) {
        certificates.push(p12::Certificate::from_der(it.der()).map_err(malformed)?);
    }
    let id = crate::DigestAlgorithm::Sha1.digest(&public_half(&key.spki()));
    let chain = p12::PrivateKeyChain::new(id, private, certificates);
    let mut store = p12::KeyStore::new();
    store.add_entry(label, p12::KeyStoreEntry::PrivateKeyChain(chain));
    store
        .writer(password)
        .encryption_algorithm(p12::EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .mac_algorithm(p12::MacAlgorithm::HmacSha256)
        .write()
        .map_err(malformed)
}

/// The integrity code is checked first, so a wrong password shows there; files without one show
/// it by wrong padding.
fn opening_error(error: p12::error::Error) -> Pkcs12Error {
    match error {
        p12::error::Error::MacError(_)
        | p12::error::Error::UnpadError
        | p12::error::Error::Pkcs5Error(_) => Pkcs12Error::WrongPassword,
        other => Pkcs12Error::Malformed(other.to_string()),
    }
}

fn public_half(spki: &[u8]) -> Vec<u8> {
    crate::PublicKeyInfo::from_spki(spki)
        .map(|info| info.key)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;
    use crate::authority::{Authority, Endpoints, PersonSubject, Validity};

    fn sample() -> (SoftKey, Certificate, Certificate) {
        let from = Time::from_unix(1_790_000_000);
        let validity = Validity {
            from,
            to: from.plus_days(365),
        };
        let root = Authority::root(
            SoftKey::generate_p256().unwrap(),
            "Gốc diễn tập",
            validity,
            1,
        )
        .unwrap();
        let key = SoftKey::generate_p256().unwrap();
        let person = PersonSubject {
            full_name: "Nguyễn Văn Mẫu".to_owned(),
            organization: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            ..PersonSubject::default()
        };
        let certificate = root
            .person(&person, &key.spki(), validity, 2, &Endpoints::default())
            .unwrap();
        (key, certificate, root.certificate().clone())
    }

    #[test]
    fn a_file_opens_with_its_password_alone() {
        let (key, certificate, root) = sample();
        let file = make(
            &key,
            &certificate,
            std::slice::from_ref(&root),
            "123456",
            "mẫu",
        )
        .unwrap();
        let opened = open(&file, "123456").unwrap();
        assert_eq!(opened.certificate, certificate);
        assert_eq!(opened.chain, [root]);
        assert_eq!(opened.key.spki(), key.spki());
        assert_eq!(
            open(&file, "123457").unwrap_err(),
            Pkcs12Error::WrongPassword
        );
        assert!(matches!(
            open(b"0000", "123456"),
            Err(Pkcs12Error::Malformed(_))
        ));
    }
}
