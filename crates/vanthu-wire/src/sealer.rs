//! How the server asks the sealer (chương trình ký dấu), the program that holds the door to a key device standing at the server.
//!
//! They speak over a Unix socket: one line of JSON is asked, and lines of JSON are answered. [`Request::Status`] gets one
//! line; [`Request::Seal`] gets a line for each signature and one that ends it. No PIN and no key is in any of them, and
//! no request makes, changes or removes anything on the device.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::agent::{Algorithm, PinState};
use crate::{Base64, Digest, DocumentDigest};

/// The longest line that is asked.
pub const MOST_REQUEST_BYTES: usize = 1024 * 1024;
/// The longest line that is answered.
pub const MOST_ANSWER_BYTES: usize = 256 * 1024;
/// The most items of one batch: files, attached ones included.
pub const MOST_ITEMS: usize = 1000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Request {
    /// What is there, and how it is.
    Status,
    /// One batch that a person has confirmed.
    Seal(Batch),
}

/// A batch (lô ký số) under one confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Batch {
    /// The signing session.
    pub batch: String,
    /// The confirmation, which is good for this batch with this list and for no other.
    pub confirmation: Digest,
    /// What was confirmed: see [`list_of`].
    pub list: Digest,
    /// The account that confirmed it, for the journal.
    pub confirmed_by: String,
    /// After this moment nothing is signed.
    pub not_after: Timestamp,
    /// SHA-256 of the certificate, in hexadecimal.
    pub certificate: String,
    /// What is signed, in this order.
    pub items: Vec<BatchItem>,
}

/// One signature of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BatchItem {
    /// Its name in the session.
    pub item: String,
    /// With what it is signed.
    pub algorithm: Algorithm,
    /// The digest of the document.
    pub digest: DocumentDigest,
    /// The CMS signed attributes over that digest, bound to the certificate (DER).
    pub attributes: Base64,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// How it is.
    Status(SealerStatus),
    /// One signature.
    Signed(Made),
    /// Nothing more comes; without a reason, everything is signed.
    Ended(End),
}

/// A signature that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Made {
    /// The item.
    pub item: String,
    /// The signature value.
    pub signature: Base64,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct End {
    /// Why not everything was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// The sealer's own account of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SealerStatus {
    /// Its version.
    pub version: String,
    /// Why it signs nothing until somebody has looked, where it does.
    pub stopped: Option<Why>,
    /// The keys that it was set up with, and that are there.
    pub keys: Vec<SealerKey>,
    /// SHA-256 of certificates that it was set up with, and that are not there.
    pub missing: Vec<String>,
    /// Items of one batch, at most.
    pub most_items: usize,
    /// Signatures in an hour, at most.
    pub most_per_hour: usize,
    /// How many signatures its journal holds.
    pub signed: u64,
    /// The hash of the journal's last entry.
    pub head: Digest,
}

/// A key on its device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SealerKey {
    /// The certificate (DER).
    pub certificate: Base64,
    /// The device's label.
    pub device: String,
    /// The device's serial number.
    pub serial: String,
    /// What the device says of wrong PINs.
    pub pin: PinState,
    /// What the key signs with there, the best first.
    pub algorithms: Vec<Algorithm>,
}

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// Why something was not signed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Why {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Why {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

whys! {
    /// What was asked can't be read, or is no batch.
    Malformed = "malformed";
    /// It was not set up with this certificate, or no device holds it now.
    OtherCertificate = "other-certificate";
    /// The items are not those that were confirmed.
    OtherList = "other-list";
    /// The confirmation was used for another batch or list.
    ConfirmationUsed = "confirmation-used";
    /// The time is up, or lies too far away.
    Expired = "expired";
    /// More items than one batch may have.
    TooMany = "too-many";
    /// More signatures than an hour may have.
    TooFast = "too-fast";
    /// What is to be signed is no signed attributes of the digest with this certificate.
    DigestMismatch = "digest-mismatch";
    /// The PIN was wrong. It is not tried again before somebody has looked.
    WrongPin = "wrong-pin";
    /// It has stopped after a wrong PIN.
    Stopped = "stopped";
    /// The device has locked itself.
    DeviceLocked = "device-locked";
    /// The device was pulled out, exchanged or reset.
    DeviceRemoved = "device-removed";
    /// The device failed, or does not answer.
    DeviceFailed = "device-failed";
    /// The file with the PIN can't be read, or others may read it.
    PinUnreadable = "pin-unreadable";
    /// The journal can't be written: nothing is signed that isn't in it.
    JournalUnwritable = "journal-unwritable";
    /// Another batch is being signed.
    Busy = "busy";
    /// Whoever asked is gone; only the journal says so.
    Gone = "gone";
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a person confirms: every item with the digest of its document, in order, as one digest (SHA-256 over a heading and
/// a line each). Who shows the list, who signs it and who keeps it compute it alike.
pub fn list_of<'a>(items: impl IntoIterator<Item = (&'a str, &'a DocumentDigest)>) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"vanthu seal list 1\n");
    for (item, digest) in items {
        // Lengths in front: no two lists read the same.
        hash.update(format!("{} {item} {digest}\n", item.len()));
    }
    Digest(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn digest(byte: u8) -> DocumentDigest {
        DocumentDigest::new(vec![byte; 32]).unwrap()
    }

    #[test]
    fn another_item_digest_or_order_is_another_list() {
        let (a, b) = (digest(1), digest(2));
        let lists = [
            vec![("x", &a), ("y", &b)],
            vec![("y", &b), ("x", &a)],
            vec![("x", &b), ("y", &a)],
            vec![("x", &a)],
            vec![("x", &a), ("y", &b), ("y", &b)],
            vec![],
        ];
        let all: BTreeSet<Digest> = lists.iter().map(|it| list_of(it.iter().copied())).collect();
        assert_eq!(all.len(), lists.len());
        assert_eq!(list_of(lists[0].clone()), list_of(lists[0].clone()));
    }

    #[test]
    fn each_message_is_read_as_it_was_written() {
        let batch = Request::Seal(Batch {
            batch: "sgn_1".to_owned(),
            confirmation: Digest([7; 32]),
            list: list_of([("doc", &digest(3))]),
            confirmed_by: "acc_1".to_owned(),
            not_after: "2026-11-22T05:00:00Z".parse().unwrap(),
            certificate: "ab".repeat(32),
            items: vec![BatchItem {
                item: "doc".to_owned(),
                algorithm: Algorithm::RsaPssSha256,
                digest: digest(3),
                attributes: Base64(vec![0x31, 0]),
            }],
        });
        for request in [Request::Status, batch] {
            let line = serde_json::to_string(&request).unwrap();
            assert!(!line.contains('\n'));
            assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
        }
        for why in Why::ALL {
            let answer = Answer::Ended(End { why: Some(*why) });
            let line = serde_json::to_string(&answer).unwrap();
            assert_eq!(line, format!(r#"{{"answer":"ended","why":"{why}"}}"#));
            assert_eq!(serde_json::from_str::<Answer>(&line).unwrap(), answer);
        }
        let done = serde_json::to_string(&Answer::Ended(End { why: None })).unwrap();
        assert_eq!(done, r#"{"answer":"ended"}"#);
    }
}
