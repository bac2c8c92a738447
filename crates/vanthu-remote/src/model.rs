//! Credentials: keys that a service holds for somebody (khóa bí mật do dịch vụ ký số từ xa quản lý), with their
//! certificates and what may be done with them. The words are those of the Cloud Signature Consortium, API v2,
//! chapter 11; the dialects say the same in others.

use vanthu_pki::{Certificate, KeyKind, SignatureAlgorithm, Time};

use crate::outcome::{Ending, Failure};

/// Whose keys: the user id at the service, a citizen's or tax identifier, or a telephone number. It identifies a
/// person, so it is not logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder(String);

impl Holder {
    /// As the service knows the holder.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The identifier itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder")
    }
}

/// One credential in a list.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its name at the service.
    pub id: String,
    /// Where the list tells it already.
    pub info: Option<CredentialInfo>,
}

/// What is known of a credential.
#[derive(Clone, Debug)]
pub struct CredentialInfo {
    /// Its name at the service.
    pub id: String,
    /// What the service says of it.
    pub description: String,
    /// The certificates, the holder's own first.
    pub certificates: Vec<Certificate>,
    /// Whether the service lets the key sign.
    pub key: KeyState,
    /// What the service says of the certificate.
    pub state: CertificateState,
    /// The key's signature algorithms, as object identifiers in figures.
    pub algorithms: Vec<String>,
    /// How the holder agrees.
    pub consent: ConsentMode,
    /// How many digests one agreement may cover.
    pub multisign: usize,
    /// Whether an agreement is bound to the digests.
    pub scal: Scal,
    /// Language of what the service shows (RFC 5646).
    pub lang: Option<String>,
}

/// Whether the service lets a key sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It does.
    Enabled,
    /// It does not; in the service's own word.
    Disabled(String),
}

/// What a service says of a certificate. Only an untroubled word is believed, and no more than that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateState {
    /// In force, or nothing said.
    Valid,
    /// Over.
    Expired,
    /// Revoked.
    Revoked,
    /// Suspended.
    Suspended,
    /// Anything else, in the service's own word.
    Other(String),
}

impl CertificateState {
    /// From the words of the Cloud Signature Consortium (API v2 11.5).
    pub(crate) fn read(word: Option<&str>) -> Self {
        match word.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "valid") => Self::Valid,
            Some("expired") => Self::Expired,
            Some("revoked") => Self::Revoked,
            Some("suspended") => Self::Suspended,
            Some(_) => Self::Other(word.unwrap_or_default().to_owned()),
        }
    }
}

/// How the holder agrees to a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentMode {
    /// On the holder's own device, without us: an application, a SIM.
    OnDevice,
    /// With a PIN or a one-time code that passes through whoever asks (`explicit`).
    Factors {
        /// A PIN is wanted.
        pin: bool,
        /// A one-time code is wanted.
        otp: bool,
    },
    /// On a page of the service (`oauth2code`).
    Page,
}

/// Sole control assurance level (EN 419 241-1): at level 2 the agreement names the digests, so they are fixed
/// before it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scal {
    /// Not bound.
    One,
    /// Bound.
    Two,
}

impl CredentialInfo {
    /// The holder's certificate, if the credential can sign with it now: the key is enabled, the service knows
    /// nothing against the certificate, and it is inside its validity. Whether it is trusted, and whose it is,
    /// [`vanthu_pki::path`] and the caller decide.
    ///
    /// # Errors
    /// [`Ending::CertificateUnusable`] or [`Ending::KeyDisabled`], in the service's words.
    pub fn usable(&self, now: Time) -> Result<&Certificate, Failure> {
        if let KeyState::Disabled(word) = &self.key {
            return Err(Failure::new(Ending::KeyDisabled, word));
        }
        let unusable = |said: &str| Failure::new(Ending::CertificateUnusable, said);
        match &self.state {
            CertificateState::Valid => {}
            CertificateState::Expired => return Err(unusable("expired")),
            CertificateState::Revoked => return Err(unusable("revoked")),
            CertificateState::Suspended => return Err(unusable("suspended")),
            CertificateState::Other(word) => return Err(unusable(word)),
        }
        let certificate = self
            .certificates
            .first()
            .ok_or_else(|| unusable("no certificate"))?;
        if !certificate.is_within_validity(now) {
            return Err(unusable("outside its validity"));
        }
        Ok(certificate)
    }

    /// The algorithm to sign with: the usual one of the certificate's key that the service lists, or the usual
    /// one where it lists nothing that is known here.
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        let kind = self.certificates.first()?.public_key_info().kind;
        let made = SignatureAlgorithm::made_with(kind);
        made.iter()
            .copied()
            .find(|it| self.algorithms.iter().any(|name| names(name, *it)))
            .or_else(|| made.first().copied())
    }
}

/// Whether an object identifier stands for an algorithm: the key's own (`rsaEncryption`) for all of its kind.
fn names(identifier: &str, algorithm: SignatureAlgorithm) -> bool {
    identifier == algorithm_oid(algorithm)
        || (algorithm.key_kind() == KeyKind::Rsa && !algorithm.is_pss() && identifier == RSA)
}

/// `rsaEncryption` (RFC 8017 A.1).
pub(crate) const RSA: &str = "1.2.840.113549.1.1.1";

/// The object identifier of a signature algorithm in figures.
pub(crate) fn algorithm_oid(algorithm: SignatureAlgorithm) -> String {
    let identifier = algorithm.identifier();
    vanthu_pki::asn1::Tlv::read_all(&identifier)
        .and_then(|it| it.inside())
        .and_then(|mut it| it.expect(vanthu_pki::asn1::tag::OID))
        .and_then(|it| it.oid())
        .map(|it| it.to_string())
        .unwrap_or_default()
}
