//! How a request for signatures ends. Every ending has one name, says whether a signature may exist all the same,
//! and carries what the service said.

use std::time::Duration;

use crate::http::Purpose;
use crate::value::SignatureValue;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// Every digest has a signature that the pinned certificate verifies.
    Signed,
    /// The holder said no (từ chối ký).
    Refused,
    /// Wrong PIN or one-time code. It is not tried again: cards and accounts lock.
    WrongFactor,
    /// The PIN, the SIM or the account is locked.
    FactorLocked,
    /// The holder did not answer in the time that the service allows (hết thời gian xác nhận).
    ProviderTimedOut,
    /// Our own deadline passed. What the service did with the request is not known.
    DeadlinePassed,
    /// Taken back on our side.
    Cancelled,
    /// The service says that the certificate is expired, revoked or suspended.
    CertificateUnusable,
    /// The service does not let the key sign.
    KeyDisabled,
    /// No signatures left in the holder's or the agency's plan (hết lượt ký).
    QuotaUsedUp,
    /// The phone is off or out of reach.
    PhoneAbsent,
    /// The SIM or the application on the phone failed.
    DeviceError,
    /// The service does not know the holder or the credential.
    UnknownHolder,
    /// The service does not accept our own name, password or certificate.
    AccessRefused,
    /// More digests than one agreement may cover.
    TooManyDigests,
    /// The agreement does not cover these digests (SCAL 2).
    DigestNotAuthorized,
    /// A PIN would have to pass through here, and that is not permitted.
    FactorNotCarried,
    /// The service does not offer what is needed.
    NotOffered,
    /// The service itself failed.
    ProviderFault,
    /// The service was not reached.
    NotReached,
    /// The request for signatures went out, and its answer was lost.
    AnswerLost,
    /// The answer can't be read.
    Unreadable,
    /// A signature came that the pinned certificate does not verify.
    BadSignature,
    /// A signature of another certificate came.
    OtherCertificate,
    /// A genuine signature came in a form that can't be used here.
    OtherForm,
}

impl Ending {
    /// Every ending, for tables of texts.
    pub const ALL: [Self; 25] = [
        Self::Signed,
        Self::Refused,
        Self::WrongFactor,
        Self::FactorLocked,
        Self::ProviderTimedOut,
        Self::DeadlinePassed,
        Self::Cancelled,
        Self::CertificateUnusable,
        Self::KeyDisabled,
        Self::QuotaUsedUp,
        Self::PhoneAbsent,
        Self::DeviceError,
        Self::UnknownHolder,
        Self::AccessRefused,
        Self::TooManyDigests,
        Self::DigestNotAuthorized,
        Self::FactorNotCarried,
        Self::NotOffered,
        Self::ProviderFault,
        Self::NotReached,
        Self::AnswerLost,
        Self::Unreadable,
        Self::BadSignature,
        Self::OtherCertificate,
        Self::OtherForm,
    ];

    /// Whether a signature may exist when a service that was asked for one says this.
    pub(crate) fn certainty(self, said: SaidTo) -> Certainty {
        match self {
            Self::Signed => Certainty::Signed,
            Self::Refused
            | Self::WrongFactor
            | Self::FactorLocked
            | Self::ProviderTimedOut
            | Self::CertificateUnusable
            | Self::KeyDisabled
            | Self::QuotaUsedUp
            | Self::PhoneAbsent
            | Self::DeviceError
            | Self::TooManyDigests
            | Self::DigestNotAuthorized => Certainty::NothingSigned,
            // About the question and not about the signature.
            Self::UnknownHolder
            | Self::AccessRefused
            | Self::FactorNotCarried
            | Self::NotOffered
            | Self::NotReached
                if said == SaidTo::TheRequest =>
            {
                Certainty::NothingSigned
            }
            _ => Certainty::MaybeSigned,
        }
    }
}

/// To what a service said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaidTo {
    /// The request for signatures.
    TheRequest,
    /// A question about a request that it had accepted.
    AQuestion,
}

/// Why something did not come about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{ending:?}: {said}")]
pub struct Failure {
    /// Its name.
    pub ending: Ending,
    /// What the service said, without control characters and cut; to be shown, never to be decided upon.
    pub said: String,
    /// The token is over: a new one may help.
    pub(crate) renew: bool,
}

impl Failure {
    /// With the service's own words.
    pub fn new(ending: Ending, said: impl AsRef<str>) -> Self {
        Self {
            ending,
            said: clean(said.as_ref()),
            renew: false,
        }
    }

    /// The token is over.
    pub(crate) fn expired_token(said: impl AsRef<str>) -> Self {
        Self {
            renew: true,
            ..Self::new(Ending::AccessRefused, said)
        }
    }

    /// An answer that can't be read.
    pub(crate) fn unreadable(what: &str) -> Self {
        Self::new(Ending::Unreadable, what)
    }
}

/// What strangers say goes on a page and into a record: one line, not too long.
fn clean(text: &str) -> String {
    const MOST: usize = 200;
    let line: String = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .take(MOST)
        .collect();
    line.trim().to_owned()
}

/// Whether a signature may exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// None was made.
    NothingSigned,
    /// One may have been made that is not at hand. The holder should be told; a new request is not a repetition.
    MaybeSigned,
    /// It is at hand.
    Signed,
}

/// What became of one digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemOutcome {
    /// Signed and verified.
    Signed(SignatureValue),
    /// Asked for, and not signed as far as is known.
    Failed {
        /// Why.
        ending: Ending,
        /// Whether a signature may exist all the same.
        certainty: Certainty,
    },
    /// Never asked for, because one before it failed.
    NotAsked,
}

/// What a service still said after the end. Nothing of it is ever given out as a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// Time since the beginning.
    pub after: Duration,
    /// What it said.
    pub what: LateWord,
}

/// What a service said after the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LateWord {
    /// It sent this many signatures: the holder did agree. They are not kept.
    Signatures(usize),
    /// It still waits for the holder.
    Pending,
    /// The request is at an end without a signature, or was taken back.
    NothingSigned,
    /// Something else.
    Other(String),
}

/// Something that went wrong on the way without ending it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Time since the beginning.
    pub after: Duration,
    /// During which request.
    pub purpose: Purpose,
    /// What.
    pub failure: Failure,
}

/// How a request for signatures ended, as far as is known now.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name.
    pub ending: Ending,
    /// What the service said.
    pub said: String,
    /// One for each digest, in their order.
    pub items: Vec<ItemOutcome>,
    /// What was still said afterwards.
    pub late: Vec<Late>,
    /// What went wrong on the way.
    pub troubles: Vec<Trouble>,
}

impl Outcome {
    /// The signatures, when every digest has one.
    pub fn signatures(&self) -> Option<Vec<&SignatureValue>> {
        self.items
            .iter()
            .map(|it| match it {
                ItemOutcome::Signed(value) => Some(value),
                _ => None,
            })
            .collect()
    }

    /// Whether a signature may exist that is not at hand.
    pub fn may_be_signed(&self) -> bool {
        let maybe = |it: &ItemOutcome| {
            matches!(
                it,
                ItemOutcome::Failed {
                    certainty: Certainty::MaybeSigned,
                    ..
                }
            )
        };
        self.items.iter().any(maybe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_say_is_one_short_line() {
        let said = Failure::new(
            Ending::Refused,
            format!("a\r\nb\u{1b}[2J{}", "x".repeat(500)),
        )
        .said;
        assert!(
            said.starts_with("a  b [2J") && said.chars().count() <= 200,
            "{said}"
        );
    }

    #[test]
    fn every_ending_stands_once_in_the_list() {
        let mut all = Ending::ALL.to_vec();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), Ending::ALL.len());
        assert_eq!(all.len(), Ending::OtherForm as usize + 1);
    }
}
