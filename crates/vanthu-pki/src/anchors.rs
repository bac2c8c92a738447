//! Lists of trust anchors (danh sách điểm tin cậy): versioned, signed, each anchor with its purposes and its
//! period.
//!
//! A list is a TOML text, so that people can read what they are about to trust, and a detached CMS signature over
//! its bytes (RFC 5652), which `openssl cms -verify` checks as well. It is read only under the certificate that
//! the reader has pinned, and never replaced by an older one: somebody who brings back last year's list would
//! bring back the anchors that were taken off since.
//!
//! ```toml
//! format = 1
//! version = 7
//! name = "Điểm tin cậy chữ ký số"
//! issued_at = 2026-11-01T00:00:00Z
//!
//! [[anchor]]
//! name = "Cơ quan chứng thực gốc"
//! purposes = ["government", "time-stamping"]
//! from = 2020-01-01T00:00:00Z
//! until = 2040-01-01T00:00:00Z
//! sha256 = "…"
//! certificate = """
//! -----BEGIN CERTIFICATE-----
//! …
//! """
//! ```
//!
//! ```
//! use vanthu_pki::anchors::{AnchorList, AnchorPurpose, ListedAnchor, Step};
//! use vanthu_pki::authority::{AgencySubject, Authority, Endpoints, Validity};
//! use vanthu_pki::{SoftKey, Time};
//!
//! let now = Time::from_unix(1_795_000_000);
//! let validity = Validity { from: now.plus_days(-1), to: now.plus_days(3650) };
//! let root = Authority::root(SoftKey::generate_p256()?, "Gốc", validity, 1)?;
//! let key = SoftKey::generate_p256()?;
//! let office = AgencySubject { name: "Người lập danh sách".to_owned(), ..Default::default() };
//! let signer = root.agency(&office, &key.spki(), validity, 2, &Endpoints::default())?;
//!
//! // Who publishes: writes and signs.
//! let anchor = ListedAnchor {
//!     name: "Gốc".to_owned(),
//!     certificate: root.certificate().clone(),
//!     purposes: vec![AnchorPurpose::Public],
//!     from: now.plus_days(-1),
//!     until: None,
//! };
//! let text = AnchorList::write("Thử", 7, now, None, &[anchor]);
//! let signature = AnchorList::sign(text.as_bytes(), &key, &signer)?;
//!
//! // Who trusts: reads under the pinned certificate.
//! let list = AnchorList::verify(text.as_bytes(), &signature, &signer)?;
//! assert_eq!(list.certificates_at(now, &[AnchorPurpose::Public]), [root.certificate().clone()]);
//! assert!(list.certificates_at(now, &[AnchorPurpose::Government]).is_empty());
//! assert_eq!(list.follows(None)?, Step::Newer);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

use crate::algorithm::DigestAlgorithm;
use crate::certificate::Certificate;
use crate::cms::{self, CmsError};
use crate::error::Malformed;
use crate::key::{KeyError, SoftKey};
use crate::pem;
use crate::time::Time;

/// The format that is read and written.
const FORMAT: u64 = 1;
/// No list is larger, in bytes.
const LARGEST: usize = 4 << 20;

/// What an anchor is trusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnchorPurpose {
    /// Official signatures: the government's authority (chữ ký số chuyên dùng công vụ).
    Government,
    /// Public providers under the national root (chữ ký số công cộng).
    Public,
    /// Practice; refused by a real installation.
    Practice,
    /// Time-stamp services (dấu thời gian).
    TimeStamping,
}

impl AnchorPurpose {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Government,
        Self::Public,
        Self::Practice,
        Self::TimeStamping,
    ];

    /// The word in a list.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::Public => "public",
            Self::Practice => "practice",
            Self::TimeStamping => "time-stamping",
        }
    }
}

/// One anchor of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAnchor {
    /// Whose it is, for people.
    pub name: String,
    /// Its certificate; trusted by name and key (RFC 5280 6.1.1 d).
    pub certificate: Certificate,
    /// What it is trusted for.
    pub purposes: Vec<AnchorPurpose>,
    /// Trusted from this moment.
    pub from: Time,
    /// Trusted until this moment; `None` has no end.
    pub until: Option<Time>,
}

impl ListedAnchor {
    /// Trusted at that time for one of these purposes.
    pub fn is_trusted(&self, at: Time, purposes: &[AnchorPurpose]) -> bool {
        self.from <= at
            && self.until.is_none_or(|until| at <= until)
            && self.purposes.iter().any(|it| purposes.contains(it))
    }
}

/// A list of anchors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorList {
    /// Whose list it is, for people.
    pub name: String,
    /// Grows with every list.
    pub version: u64,
    /// When it was made.
    pub issued_at: Time,
    /// When the next one comes at the latest.
    pub next_update: Option<Time>,
    /// The anchors.
    pub anchors: Vec<ListedAnchor>,
    /// SHA-256 of its text, lower-case hexadecimal.
    pub sha256: String,
}

/// How a list stands to the one that is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It may replace the installed one.
    Newer,
    /// It is the installed one.
    Same,
}

/// Why a list is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Larger than 4 MiB.
    #[error("the list is too large")]
    TooLarge,
    /// Not a list.
    #[error("not a list of anchors: {0}")]
    Unreadable(String),
    /// A format that is not known here.
    #[error("format {0} is not known")]
    Format(u64),
    /// One anchor is not right.
    #[error("anchor “{0}”: {1}")]
    Anchor(String, &'static str),
    /// The signature can't be read.
    #[error("the signature: {0}")]
    Signature(#[from] CmsError),
    /// The signature is not by the pinned certificate.
    #[error("the list is not signed by the pinned certificate")]
    WrongSigner,
    /// The algorithm or key of the signature is too weak.
    #[error("the signature's algorithm or key is too weak")]
    Weak,
    /// The pinned certificate was not valid when the list was made.
    #[error("the pinned certificate was not valid when the list was issued")]
    SignerNotValid,
    /// An older version than the installed one.
    #[error("version {offered} is older than the installed version {installed}")]
    Rollback {
        /// The installed version.
        installed: u64,
        /// The version offered.
        offered: u64,
    },
    /// The version of the installed list with another content.
    #[error("version {0} is installed with another content")]
    OtherContent(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: u64,
    version: u64,
    name: String,
    issued_at: toml::value::Datetime,
    next_update: Option<toml::value::Datetime>,
    #[serde(default)]
    anchor: Vec<AnchorText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnchorText {
    name: String,
    purposes: Vec<AnchorPurpose>,
    from: toml::value::Datetime,
    until: Option<toml::value::Datetime>,
    sha256: String,
    certificate: String,
}

impl AnchorList {
    /// Reads a list and checks its signature: one signer, the pinned certificate, valid when the list was issued.
    /// `signature` is detached CMS in DER or PEM.
    pub fn verify(bytes: &[u8], signature: &[u8], pinned: &Certificate) -> Result<Self, ListError> {
        if bytes.len() > LARGEST || signature.len() > LARGEST {
            return Err(ListError::TooLarge);
        }
        check_signature(bytes, signature, pinned)?;
        // Only what is signed is read.
        let list = Self::read(bytes)?;
        if !pinned.is_within_validity(list.issued_at) {
            return Err(ListError::SignerNotValid);
        }
        Ok(list)
    }

    /// Reads a list without asking who made it: to look at one before its signer is trusted.
    pub fn read(bytes: &[u8]) -> Result<Self, ListError> {
        if bytes.len() > LARGEST {
            return Err(ListError::TooLarge);
        }
        let unreadable = |error: &dyn std::fmt::Display| ListError::Unreadable(error.to_string());
        let text = std::str::from_utf8(bytes).map_err(|it| unreadable(&it))?;
        let text: Text = toml::from_str(text).map_err(|it| unreadable(&it))?;
        if text.format != FORMAT {
            return Err(ListError::Format(text.format));
        }
        let moment = |it: &toml::value::Datetime| {
            moment(it).ok_or_else(|| ListError::Unreadable(format!("{it} is not a moment in UTC")))
        };
        if text.version == 0 || text.anchor.is_empty() {
            return Err(ListError::Unreadable("no version or no anchor".to_owned()));
        }
        let mut anchors = Vec::with_capacity(text.anchor.len());
        for it in text.anchor {
            let (from, until) = (
                moment(&it.from)?,
                it.until.as_ref().map(moment).transpose()?,
            );
            anchors.push(read_anchor(it, from, until)?);
        }
        Ok(Self {
            name: text.name,
            version: text.version,
            issued_at: moment(&text.issued_at)?,
            next_update: text.next_update.as_ref().map(moment).transpose()?,
            anchors,
            sha256: hex::encode(DigestAlgorithm::Sha256.digest(bytes)),
        })
    }

    /// Whether it may take the place of the installed one: a version never goes down, and one version is one
    /// content.
    pub fn follows(&self, installed: Option<&Self>) -> Result<Step, ListError> {
        match installed {
            None => Ok(Step::Newer),
            Some(it) if it.version < self.version => Ok(Step::Newer),
            Some(it) if it.version > self.version => Err(ListError::Rollback {
                installed: it.version,
                offered: self.version,
            }),
            Some(it) if it.sha256 == self.sha256 => Ok(Step::Same),
            Some(it) => Err(ListError::OtherContent(it.version)),
        }
    }

    /// The certificates trusted at that time for one of these purposes. For a signature that provably existed in
    /// the past, that time is the signature's, not today.
    pub fn certificates_at(&self, at: Time, purposes: &[AnchorPurpose]) -> Vec<Certificate> {
        let trusted = self.anchors.iter().filter(|it| it.is_trusted(at, purposes));
        trusted.map(|it| it.certificate.clone()).collect()
    }

    /// A newer list should have come.
    pub fn is_overdue(&self, now: Time) -> bool {
        self.next_update.is_some_and(|it| it < now)
    }

    /// The text of a list.
    pub fn write(
        name: &str,
        version: u64,
        issued_at: Time,
        next_update: Option<Time>,
        anchors: &[ListedAnchor],
    ) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut text = format!(
            "format = {FORMAT}\nversion = {version}\nname = {}\nissued_at = {issued_at}\n",
            quoted(name)
        );
        // Writing to a text does not fail.
        let mut line = |words: std::fmt::Arguments<'_>| text.write_fmt(words).unwrap_or_default();
        if let Some(next) = next_update {
            line(format_args!("next_update = {next}\n"));
        }
        for anchor in anchors {
            let purposes: Vec<String> =
                anchor.purposes.iter().map(|it| quoted(it.word())).collect();
            line(format_args!(
                "\n[[anchor]]\nname = {}\n",
                quoted(&anchor.name)
            ));
            line(format_args!(
                "purposes = [{}]\nfrom = {}\n",
                purposes.join(", "),
                anchor.from
            ));
            if let Some(until) = anchor.until {
                line(format_args!("until = {until}\n"));
            }
            line(format_args!(
                "sha256 = \"{}\"\n",
                anchor.certificate.sha256_thumbprint()
            ));
            line(format_args!(
                "certificate = \"\"\"\n{}\"\"\"\n",
                anchor.certificate.to_pem()
            ));
        }
        text
    }

    /// A detached signature over the bytes of a list, DER.
    pub fn sign(
        bytes: &[u8],
        key: &SoftKey,
        certificate: &Certificate,
    ) -> Result<Vec<u8>, KeyError> {
        let algorithm = key.default_algorithm();
        let digest = algorithm.digest().digest(bytes);
        let attributes = cms::signed_attributes(&digest, certificate, algorithm);
        let value = key.sign(algorithm, &attributes)?;
        Ok(cms::assemble(
            &attributes,
            algorithm,
            &value,
            certificate,
            &[],
            None,
        ))
    }
}

fn check_signature(bytes: &[u8], signature: &[u8], pinned: &Certificate) -> Result<(), ListError> {
    let malformed = |it: Malformed| ListError::Signature(it.into());
    let armoured = std::str::from_utf8(signature).ok().and_then(|text| {
        ["CMS", "PKCS7"]
            .iter()
            .find_map(|it| pem::decode(text, it).ok()?.pop())
    });
    let signed = cms::parse(armoured.as_deref().unwrap_or(signature)).map_err(malformed)?;
    let [signer] = signed.signers.as_slice() else {
        return Err(malformed(Malformed("a list has one signature")));
    };
    if signed.content.as_deref().is_some_and(|it| it != bytes) {
        return Err(CmsError::DigestMismatch.into());
    }
    let pins = [pinned.clone()];
    let verified = match cms::verify_content(&signed, signer, &[bytes], &pins) {
        // Another signer without a certificate of its own.
        Err(CmsError::NoCertificate | CmsError::CertificateMismatch) => {
            return Err(ListError::WrongSigner);
        }
        other => other?,
    };
    if verified.certificate != *pinned {
        return Err(ListError::WrongSigner);
    }
    if verified.algorithm.digest().is_weak() || pinned.public_key_info().is_weak() {
        return Err(ListError::Weak);
    }
    Ok(())
}

fn read_anchor(
    text: AnchorText,
    from: Time,
    until: Option<Time>,
) -> Result<ListedAnchor, ListError> {
    let wrong = |why| ListError::Anchor(text.name.clone(), why);
    let found = Certificate::all_from_pem(&text.certificate).map_err(|Malformed(it)| wrong(it))?;
    let [certificate] = found.as_slice() else {
        return Err(wrong("exactly one certificate is needed"));
    };
    if certificate.sha256_thumbprint() != text.sha256.to_ascii_lowercase() {
        return Err(wrong("the thumbprint is not that of the certificate"));
    }
    if text.purposes.is_empty() {
        return Err(wrong("no purpose"));
    }
    if until.is_some_and(|until| until <= from) {
        return Err(wrong("it ends before it begins"));
    }
    Ok(ListedAnchor {
        certificate: certificate.clone(),
        name: text.name,
        purposes: text.purposes,
        from,
        until,
    })
}

/// A TOML moment with an offset; a local time says nothing.
fn moment(value: &toml::value::Datetime) -> Option<Time> {
    let (date, time, offset) = (value.date?, value.time?, value.offset?);
    let minutes = match offset {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let day = (i64::from(date.year), date.month, date.day);
    let of_day = (time.hour, time.minute, time.second.unwrap_or(0));
    Some(
        Time::from_civil(day, of_day)
            .ok()?
            .plus_seconds(-60 * minutes),
    )
}
