//! The agent protocol: how a page, the server and the program on the signer's desk speak.
//!
//! 1. The page asks the agent for its [`AgentStatus`].
//! 2. The page opens a signing session at the server ([`OpenSession`], [`SessionOpened`]).
//! 3. The page hands the session to the agent ([`SignRequest`], [`SignAccepted`]).
//! 4. The agent fetches the [`SigningSession`] from the server, shows it and asks for the PIN.
//! 5. The agent answers each item with a [`SubmitSignature`], or the whole with a
//!    [`CancelSession`].
//!
//! Between 4 and 5 it fetches the file of each item (`…/items/{item_id}/file`), holds it against the digest, and shows its
//! first page.
//!
//! The server never sees a key or a PIN; the agent keeps no document.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Base64, DocumentDigest, Problem};

/// The port on which the agent listens when nothing else is said.
pub const DEFAULT_PORT: u16 = 18181;

/// Who said yes to a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// A person, on the agent's own page, with the PIN.
    Person,
    /// The practice agent by itself; only practice certificates, marked in the signature's reason.
    Automatic,
}

/// What a signing session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The authorised person signs (ký cá nhân).
    Person,
    /// The clerk seals with the agency's key (đóng dấu cơ quan).
    Seal,
}

/// A signature algorithm: how the signed attributes are hashed and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "rsa-pkcs1-sha256")]
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    #[serde(rename = "rsa-pkcs1-sha384")]
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    #[serde(rename = "rsa-pkcs1-sha512")]
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    #[serde(rename = "rsa-pss-sha256")]
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
    #[serde(rename = "rsa-pss-sha384")]
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 bytes.
    #[serde(rename = "rsa-pss-sha512")]
    RsaPssSha512,
    /// ECDSA on P-256 with SHA-256, the signature as a DER sequence.
    #[serde(rename = "ecdsa-p256-sha256")]
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384, the signature as a DER sequence.
    #[serde(rename = "ecdsa-p384-sha384")]
    EcdsaP384Sha384,
    /// ECDSA on P-521 with SHA-512, the signature as a DER sequence.
    #[serde(rename = "ecdsa-p521-sha512")]
    EcdsaP521Sha512,
    /// Ed25519.
    #[serde(rename = "ed25519")]
    Ed25519,
}

impl Algorithm {
    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
            Self::RsaPkcs1Sha384 => "rsa-pkcs1-sha384",
            Self::RsaPkcs1Sha512 => "rsa-pkcs1-sha512",
            Self::RsaPssSha256 => "rsa-pss-sha256",
            Self::RsaPssSha384 => "rsa-pss-sha384",
            Self::RsaPssSha512 => "rsa-pss-sha512",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::EcdsaP521Sha512 => "ecdsa-p521-sha512",
            Self::Ed25519 => "ed25519",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A one-time secret that opens one signing session. Never shown by `Debug`, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionToken(String);

impl SessionToken {
    /// Wraps the secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret, for the `Authorization` header only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

// ---- page and agent ---------------------------------------------------------------------------

/// `GET {agent}/v1/status`: what the agent is and which certificates its keys have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStatus {
    /// The name of the program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// True when every key is of a practice authority.
    pub practice: bool,
    /// Whether a person must consent, or the practice agent does so by itself.
    pub consent: Consent,
    /// The certificates whose keys this agent can use.
    pub certificates: Vec<AgentCertificate>,
    /// The accounts of the asking page's server with which the agent is paired.
    #[serde(default)]
    pub accounts: Vec<String>,
}

/// A certificate whose key the agent can use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCertificate {
    /// SHA-256 of the certificate's DER form, in hexadecimal.
    pub thumbprint: String,
    /// Subject, as RFC 4514 text.
    pub subject: String,
    /// The subject's common name.
    pub common_name: String,
    /// Issuer, as RFC 4514 text.
    pub issuer: String,
    /// Serial number, in hexadecimal.
    pub serial: String,
    /// The last moment of validity.
    pub not_after: Timestamp,
    /// The devices that hold its key; the first one signs. None where a key file does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<AgentDevice>,
    /// What its key signs with, the best first; none where the agent does not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub algorithms: Vec<Algorithm>,
}

/// A key device at the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentDevice {
    /// Its label.
    pub label: String,
    /// Its serial number.
    pub serial: String,
    /// Who made it, and what it is.
    pub model: String,
    /// What it tells of wrong PINs.
    pub pin: PinState,
}

/// What a key device tells of tries with wrong PINs; few tell how many are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinState {
    /// No wrong PIN since the last right one, or it does not tell.
    Fresh,
    /// A wrong PIN was entered since the last right one.
    WrongBefore,
    /// One more wrong PIN locks it.
    LastTry,
    /// It is locked.
    Locked,
}

/// `POST {agent}/v1/sign`: the page hands a session to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignRequest {
    /// Origin of the server that opened the session, such as `http://127.0.0.1:8080`.
    pub server: String,
    /// The session.
    pub signing_id: String,
    /// Its one-time secret.
    pub token: SessionToken,
    /// The account that opened it, where the page says so: an agent may be paired with several of one server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// The agent took the session; the page opens `consent_url` in a new window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignAccepted {
    /// Address of the agent's own consent page, or of its result page.
    pub consent_url: String,
    /// Where the session stands at the agent.
    pub state: ConsentState,
    /// The items, each with what happened to it.
    #[serde(default)]
    pub items: Vec<ItemOutcome>,
}

/// Where a session stands at the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentState {
    /// The person has not answered yet.
    Waiting,
    /// The PIN was right; items are being signed.
    Signing,
    /// Every item is signed and taken by the server.
    Signed,
    /// Some items are signed, some are not.
    PartlySigned,
    /// The person refused.
    Refused,
    /// Nobody answered in time.
    Expired,
    /// Nothing was signed; the items and the reason say why.
    Failed,
}

/// What happened to one item, as the agent tells the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemOutcome {
    /// The item.
    pub item_id: String,
    /// Whether it is signed.
    pub state: ItemState,
    /// Why it is not, when it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What happened to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Not answered yet.
    Waiting,
    /// Signed, and the server has taken the signature.
    Signed,
    /// Refused, by the agent or by the server.
    Failed,
    /// Left alone because the session stopped before it.
    Skipped,
}

// ---- page and server --------------------------------------------------------------------------

/// `POST {server}/api/v1/signing-sessions`: the page opens a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// What it is for.
    pub purpose: Purpose,
    /// The outgoing documents to sign, by id.
    pub documents: Vec<String>,
    /// How consent will be given, as the agent's status says.
    pub consent: Consent,
}

/// The server opened a session and prepared every document for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// The session.
    pub signing_id: String,
    /// Its one-time secret, for the agent.
    pub token: SessionToken,
    /// Origin of this server, as the agent must call it.
    pub server: String,
    /// After this moment nothing is accepted.
    pub expires_at: Timestamp,
    /// The account that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

// ---- agent and server -------------------------------------------------------------------------

/// `GET {server}/agent/v1/sessions/{signing_id}`: everything the agent shows and signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSession {
    /// The session.
    pub signing_id: String,
    /// The agency in whose name is signed.
    pub agency: String,
    /// The person who signs.
    pub signer: String,
    /// Personal signature or the agency's.
    pub purpose: Purpose,
    /// The reason written into the signature, if one is.
    #[serde(default)]
    pub reason: Option<String>,
    /// How consent will be given.
    pub consent: Consent,
    /// After this moment nothing is accepted.
    pub expires_at: Timestamp,
    /// Bytes of the file of one document, at most.
    #[serde(default)]
    pub max_file_bytes: u64,
    /// The documents.
    pub items: Vec<SessionItem>,
}

/// One document of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionItem {
    /// The item.
    pub item_id: String,
    /// Abstract of the document (trích yếu).
    pub title: String,
    /// Number and notation, when it has them already.
    #[serde(default)]
    pub number: Option<String>,
    /// The issuing agency.
    pub issuer: String,
    /// Pages of the document.
    pub pages: u32,
    /// The digest over the byte range that the signature covers, under the algorithm's own hash.
    pub document_digest: DocumentDigest,
    /// The signed attributes, in DER: what the key signs.
    pub signed_attributes: Base64,
    /// How.
    pub algorithm: Algorithm,
    /// The certificate against which the document was prepared, in DER.
    pub certificate: Base64,
}

/// `POST {server}/agent/v1/sessions/{signing_id}/items/{item_id}`: the answer for one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitSignature {
    /// The signature over the signed attributes.
    pub signature: Base64,
    /// Who consented.
    pub consent: Consent,
}

/// The server took the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureTaken {
    /// Always [`ItemState::Signed`]; refusals are problem documents.
    pub state: ItemState,
}

/// `POST {server}/agent/v1/sessions/{signing_id}/cancel`: nothing more will be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelSession {
    /// Why.
    pub reason: CancelReason,
}

/// Why the agent gave a session up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CancelReason {
    /// The person said no.
    RefusedByUser,
    /// The first PIN was wrong; there is no second try in a session.
    WrongPin,
    /// Nobody answered in time.
    ConsentExpired,
    /// The signed attributes do not carry the digest that the server names.
    DigestMismatch,
    /// The file that the server showed isn't what the digest was made of.
    FileMismatch,
    /// The file could not be fetched.
    FileNotFetched,
    /// No key here belongs to the certificate.
    CertificateNotHere,
    /// The certificate has expired, or is not valid yet.
    CertificateExpired,
    /// Automatic consent was asked and is not given.
    AutomaticConsentRefused,
    /// The session is not one the agent accepts: empty, too long, or several certificates.
    SessionRefused,
    /// The key device is locked after too many wrong PINs.
    DeviceLocked,
    /// The key device was pulled out, or another one is in its place.
    DeviceRemoved,
    /// The key device failed.
    DeviceFailed,
    /// The machine slept while it signed, or the session's time ran out.
    SessionStopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_is_written_as_its_name() {
        for algorithm in [
            Algorithm::RsaPkcs1Sha256,
            Algorithm::RsaPkcs1Sha384,
            Algorithm::RsaPkcs1Sha512,
            Algorithm::RsaPssSha256,
            Algorithm::RsaPssSha384,
            Algorithm::RsaPssSha512,
            Algorithm::EcdsaP256Sha256,
            Algorithm::EcdsaP384Sha384,
            Algorithm::EcdsaP521Sha512,
            Algorithm::Ed25519,
        ] {
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{algorithm}\""));
            assert_eq!(serde_json::from_str::<Algorithm>(&json).unwrap(), algorithm);
        }
    }

    #[test]
    fn a_session_is_read_as_the_contract_writes_it() {
        let json = format!(
            r#"{{"signing_id":"sgn_1","agency":"UBND xã Bình Mẫu","signer":"Nguyễn Văn Mẫu",
            "purpose":"seal","reason":null,"consent":"person","expires_at":"2026-11-22T08:12:00+07:00",
            "items":[{{"item_id":"1","title":"V/v thử","number":"12/UBND-VP","issuer":"UBND xã Bình Mẫu",
            "pages":2,"document_digest":"{}","signed_attributes":"MQA=",
            "algorithm":"rsa-pss-sha256","certificate":"MAA="}}]}}"#,
            "00".repeat(32)
        );
        let session: SigningSession = serde_json::from_str(&json).unwrap();
        assert_eq!(session.purpose, Purpose::Seal);
        assert_eq!(session.expires_at.to_string(), "2026-11-22T01:12:00Z");
        let again = serde_json::to_string(&session).unwrap();
        assert_eq!(
            serde_json::from_str::<SigningSession>(&again).unwrap(),
            session
        );
    }

    #[test]
    fn the_one_time_secret_does_not_show_in_debug_output() {
        let request = SignRequest {
            server: "http://127.0.0.1:8080".into(),
            signing_id: "sgn_1".into(),
            token: SessionToken::new("very-secret"),
            account: None,
        };
        assert!(!format!("{request:?}").contains("very-secret"));
        assert!(
            serde_json::to_string(&request)
                .unwrap()
                .contains("very-secret")
        );
    }

    #[test]
    fn a_reason_to_cancel_is_kebab_case() {
        let json = serde_json::to_string(&CancelSession {
            reason: CancelReason::WrongPin,
        })
        .unwrap();
        assert_eq!(json, r#"{"reason":"wrong-pin"}"#);
    }
}
