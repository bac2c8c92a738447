//! What is to be signed, by whom, and with which certificate: fixed before anybody is asked.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vanthu_pki::{Certificate, DigestAlgorithm, KeyKind, SignatureAlgorithm, Time};

use crate::display::{CodeRule, DisplayRule, fit};
use crate::model::{ConsentMode, Holder, Scal};
use crate::value::{Expected, Wanted};

/// Our own name for a request: the same for every repetition, so that a service does it once (TS 102 204
/// `AP_TransID`, SmartCA `transaction_id`). 8 to 48 letters, digits, hyphens and underscores, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TransactionId(String);

impl TransactionId {
    /// Checks the form. Unique is what the caller makes it.
    ///
    /// # Errors
    /// [`BadOrder::TransactionId`].
    pub fn new(text: impl Into<String>) -> Result<Self, BadOrder> {
        let text = text.into();
        let fits = (8..=48).contains(&text.len())
            && text.starts_with(|it: char| it.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'));
        if fits {
            Ok(Self(text))
        } else {
            Err(BadOrder::TransactionId)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TransactionId {
    type Error = BadOrder;

    fn try_from(text: String) -> Result<Self, BadOrder> {
        Self::new(text)
    }
}

impl From<TransactionId> for String {
    fn from(it: TransactionId) -> Self {
        it.0
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The digest, by the digest of the order's algorithm.
    pub digest: Vec<u8>,
    /// What the holder may read beside it: number and notation.
    pub name: String,
}

/// What is to be signed.
#[derive(Clone, Debug)]
pub struct Order {
    /// Our name for it.
    pub transaction: TransactionId,
    /// Whose key.
    pub holder: Holder,
    /// Which credential of the holder.
    pub credential: String,
    /// The certificate, pinned: signatures are verified with it and with no other.
    pub certificate: Certificate,
    /// How to sign.
    pub algorithm: SignatureAlgorithm,
    /// How many digests one agreement may cover.
    pub multisign: usize,
    /// Whether the agreement is bound to the digests.
    pub scal: Scal,
    /// How the holder agrees.
    pub consent: ConsentMode,
    /// The digests.
    pub items: Vec<Item>,
    /// What the holder reads.
    pub display: String,
    /// In which form.
    pub wanted: Wanted,
    /// When it began.
    pub started_at: Time,
}

/// An order that is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOrder {
    /// The form of the transaction's name.
    #[error(
        "a transaction id has 8 to 48 letters, digits, hyphens and underscores, a letter first"
    )]
    TransactionId,
    /// No digest.
    #[error("nothing to sign")]
    Empty,
    /// A digest of another length than the algorithm's.
    #[error("digest {0} has not the length of the algorithm's")]
    DigestLength(usize),
    /// The key makes no such signature, or signs no digests.
    #[error("the certificate's key makes no such signature over a digest")]
    Algorithm,
    /// The certificate is not in force.
    #[error("the certificate is outside its validity")]
    CertificateNotInForce,
    /// The provider can't sign at all with this configuration or form.
    #[error("the service does not offer this")]
    NotOffered,
    /// A state that does not belong to this order.
    #[error("the kept state belongs to another order")]
    OtherState,
}

impl Order {
    /// What can be known before anybody is asked.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), BadOrder> {
        if self.items.is_empty() {
            return Err(BadOrder::Empty);
        }
        let kind = self.certificate.public_key_info().kind;
        let made = SignatureAlgorithm::made_with(kind).contains(&self.algorithm);
        if !made || kind == KeyKind::Ed25519 {
            return Err(BadOrder::Algorithm);
        }
        let length = self.algorithm.digest().output_len();
        if let Some(at) = self.items.iter().position(|it| it.digest.len() != length) {
            return Err(BadOrder::DigestLength(at));
        }
        if !self.certificate.is_within_validity(self.started_at) {
            return Err(BadOrder::CertificateNotInForce);
        }
        Ok(())
    }
}

/// Digests that one agreement covers: a part of an order, with what belongs to the moment.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// The order.
    pub order: &'a Order,
    /// Which part, from 0.
    pub number: usize,
    /// How many parts.
    pub of: usize,
    /// Its digests.
    pub items: &'a [Item],
    /// The present.
    pub at: Time,
    /// Time until our deadline.
    pub left: Duration,
    pub(crate) code: CodeRule,
}

impl Batch<'_> {
    /// Our name for this part: that of the order where it is the only one.
    pub fn transaction(&self) -> String {
        if self.of == 1 {
            self.order.transaction.to_string()
        } else {
            format!("{}-p{}", self.order.transaction, self.number + 1)
        }
    }

    /// Our name for one of its digests.
    pub fn item_id(&self, index: usize) -> String {
        format!("{}-{}", self.transaction(), index + 1)
    }

    /// SHA-256 over all digests: what an agreement is bound to.
    pub fn fingerprint(&self) -> [u8; 32] {
        let all: Vec<&[u8]> = self.items.iter().map(|it| it.digest.as_slice()).collect();
        let digest = DigestAlgorithm::Sha256.digest_parts(&all);
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// The code that stands on our page and on the holder's phone: both show the same or nothing is confirmed.
    pub fn verification_code(&self) -> String {
        match self.items {
            [one] => self.code.code(&one.digest),
            _ => self.code.code(&self.fingerprint()),
        }
    }

    /// What the holder reads, code first.
    pub fn display(&self, rule: DisplayRule) -> String {
        let text = format!("Mã {}: {}", self.verification_code(), self.order.display);
        fit(&text, rule)
    }

    /// What is expected of the value for one of its digests.
    pub fn expected<'a>(&'a self, item: &'a Item) -> Expected<'a> {
        Expected {
            certificate: &self.order.certificate,
            algorithm: self.order.algorithm,
            digest: &item.digest,
            wanted: self.order.wanted,
        }
    }
}
