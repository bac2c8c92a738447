//! Indications and sub-indications (ETSI EN 319 102-1, clause 5.1.3, tables 5 and 6), and what one process concludes.

use serde::{Deserialize, Serialize};

/// The main status of a validation (ETSI EN 319 102-1, table 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Indication {
    /// Everything was checked and is good.
    TotalPassed,
    /// What is at hand is not enough to decide.
    Indeterminate,
    /// The signature is bad, or the document was changed after it.
    TotalFailed,
}

/// Why a validation did not pass (ETSI EN 319 102-1, table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubIndication {
    /// Not a conforming signature; also a document changed in a way its signature forbids.
    FormatFailure,
    /// The content is not what was signed.
    HashFailure,
    /// The signature value is wrong.
    SigCryptoFailure,
    /// The certificate was revoked before the signature.
    Revoked,
    /// The certificate had expired before the signature.
    Expired,
    /// The certificate was not valid yet.
    NotYetValid,
    /// Something required of the signature is missing.
    SigConstraintsFailure,
    /// The path breaks a rule.
    ChainConstraintsFailure,
    /// The path cannot be judged.
    CertificateChainGeneralFailure,
    /// An algorithm or key is too weak or cannot be checked.
    CryptoConstraintsFailure,
    /// Too weak today; nothing proves it existed when it was strong enough.
    CryptoConstraintsFailureNoPoe,
    /// The signature policy cannot be processed.
    PolicyProcessingError,
    /// The signature policy is not at hand.
    SignaturePolicyNotAvailable,
    /// Time-stamps contradict each other.
    TimestampOrderFailure,
    /// The signer's certificate is not there.
    NoSigningCertificateFound,
    /// No path to an anchor.
    NoCertificateChainFound,
    /// Revoked, and nothing proves the signature is older.
    RevokedNoPoe,
    /// An issuer is revoked, and nothing proves the signature is older.
    RevokedCaNoPoe,
    /// Outside the validity period, but known not to be revoked.
    OutOfBoundsNotRevoked,
    /// Outside the validity period, and nothing proves the signature is older.
    OutOfBoundsNoPoe,
    /// The revocation data's issuer is out of bounds, and nothing proves the data are older.
    RevocationOutOfBoundsNoPoe,
    /// No proof of existence.
    NoPoe,
    /// The state of a certificate is not known yet.
    TryLater,
    /// The signed data are not at hand.
    SignedDataNotFound,
    /// Any other reason.
    Generic,
}

impl SubIndication {
    /// All, in the order of the standard.
    pub const ALL: [Self; 25] = [
        Self::FormatFailure,
        Self::HashFailure,
        Self::SigCryptoFailure,
        Self::Revoked,
        Self::Expired,
        Self::NotYetValid,
        Self::SigConstraintsFailure,
        Self::ChainConstraintsFailure,
        Self::CertificateChainGeneralFailure,
        Self::CryptoConstraintsFailure,
        Self::CryptoConstraintsFailureNoPoe,
        Self::PolicyProcessingError,
        Self::SignaturePolicyNotAvailable,
        Self::TimestampOrderFailure,
        Self::NoSigningCertificateFound,
        Self::NoCertificateChainFound,
        Self::RevokedNoPoe,
        Self::RevokedCaNoPoe,
        Self::OutOfBoundsNotRevoked,
        Self::OutOfBoundsNoPoe,
        Self::RevocationOutOfBoundsNoPoe,
        Self::NoPoe,
        Self::TryLater,
        Self::SignedDataNotFound,
        Self::Generic,
    ];

    /// Whether proofs of existence could still decide (ETSI EN 319 102-1, 5.5.4 and 5.6.2.4). A state that is merely not
    /// known yet is taken in with time (5.5.4: it may be known for the best signature time); the past takes it only
    /// behind a proof of an earlier time, see [`Engine::has_past`](super::engine::Engine::has_past).
    pub(super) fn may_be_past(self) -> bool {
        matches!(
            self,
            Self::RevokedNoPoe
                | Self::RevokedCaNoPoe
                | Self::OutOfBoundsNoPoe
                | Self::OutOfBoundsNotRevoked
                | Self::CryptoConstraintsFailureNoPoe
                | Self::RevocationOutOfBoundsNoPoe
                | Self::TryLater
        )
    }
}

/// What a building block or a process concludes (ETSI EN 319 102-1, 5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "indication",
    content = "sub_indication",
    rename_all = "SCREAMING-KEBAB-CASE"
)]
pub enum Conclusion {
    /// Good.
    Passed,
    /// Not enough to decide.
    Indeterminate(SubIndication),
    /// Bad.
    Failed(SubIndication),
}

impl Conclusion {
    /// Good.
    pub fn is_passed(self) -> bool {
        self == Self::Passed
    }

    /// Why not.
    pub fn sub_indication(self) -> Option<SubIndication> {
        match self {
            Self::Passed => None,
            Self::Indeterminate(sub) | Self::Failed(sub) => Some(sub),
        }
    }

    /// As the status of a whole signature.
    pub fn indication(self) -> Indication {
        match self {
            Self::Passed => Indication::TotalPassed,
            Self::Indeterminate(_) => Indication::Indeterminate,
            Self::Failed(_) => Indication::TotalFailed,
        }
    }
}
