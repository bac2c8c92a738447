//! The detailed report: each building block, what it concluded, and the constraints it checked.

use serde::{Deserialize, Serialize};

use super::conclusion::Conclusion;
use super::policy::{ConstraintId, Level, Policy};

/// A building block or process of ETSI EN 319 102-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockId {
    /// 5.2.2
    FormatChecking,
    /// 5.2.3
    IdentificationOfTheSigningCertificate,
    /// 5.2.4
    ValidationContextInitialisation,
    /// 5.2.6
    X509CertificateValidation,
    /// 5.2.7
    CryptographicVerification,
    /// 5.2.8
    SignatureAcceptanceValidation,
    /// 5.3
    BasicSignatures,
    /// 5.4
    TimeStamps,
    /// 5.5
    SignaturesWithTime,
    /// 5.6.2.1
    PastCertificateValidation,
    /// 5.6.2.2
    ValidationTimeSliding,
    /// 5.6.2.3
    PoeExtraction,
    /// 5.6.2.4
    PastSignatureValidation,
    /// 5.6
    SignaturesWithArchivalData,
}

impl BlockId {
    /// All.
    pub const ALL: [Self; 14] = [
        Self::FormatChecking,
        Self::IdentificationOfTheSigningCertificate,
        Self::ValidationContextInitialisation,
        Self::X509CertificateValidation,
        Self::CryptographicVerification,
        Self::SignatureAcceptanceValidation,
        Self::BasicSignatures,
        Self::TimeStamps,
        Self::SignaturesWithTime,
        Self::PastCertificateValidation,
        Self::ValidationTimeSliding,
        Self::PoeExtraction,
        Self::PastSignatureValidation,
        Self::SignaturesWithArchivalData,
    ];
}

/// How a constraint came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConstraintStatus {
    /// Met.
    Ok,
    /// Not met: mentioned.
    Information,
    /// Not met: a warning.
    Warning,
    /// Not met: decides.
    NotOk,
    /// Not checked.
    Ignored,
}

/// One constraint as it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstraintResult {
    /// Which.
    pub id: ConstraintId,
    /// How it came out.
    pub status: ConstraintStatus,
    /// What was looked at, or why it is not met, for the log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// One building block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which.
    pub id: BlockId,
    /// What it is about where that is not the signature itself: a certificate or a time-stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Its conclusion.
    pub conclusion: Conclusion,
    /// Its constraints in the order they were checked.
    pub constraints: Vec<ConstraintResult>,
}

/// A block while it is being worked through.
pub(super) struct Work<'p> {
    policy: &'p Policy,
    pub(super) block: Block,
}

impl<'p> Work<'p> {
    pub(super) fn on(policy: &'p Policy, id: BlockId) -> Self {
        Self {
            policy,
            block: Block {
                id,
                about: None,
                conclusion: Conclusion::Passed,
                constraints: Vec::new(),
            },
        }
    }

    pub(super) fn about(mut self, what: impl Into<String>) -> Self {
        self.block.about = Some(what.into());
        self
    }

    /// Holds a constraint. `true` where it is met or the policy doesn't mind.
    pub(super) fn hold(
        &mut self,
        id: ConstraintId,
        is_met: bool,
        otherwise: Conclusion,
        detail: impl Into<String>,
    ) -> bool {
        let level = self.policy.level(id);
        self.hold_at(level, id, is_met, otherwise, detail)
    }

    /// The same under another level than the policy's.
    pub(super) fn hold_at(
        &mut self,
        level: Level,
        id: ConstraintId,
        is_met: bool,
        otherwise: Conclusion,
        detail: impl Into<String>,
    ) -> bool {
        let status = match (is_met, level) {
            (_, Level::Ignore) => ConstraintStatus::Ignored,
            (true, _) => ConstraintStatus::Ok,
            (false, Level::Inform) => ConstraintStatus::Information,
            (false, Level::Warn) => ConstraintStatus::Warning,
            (false, Level::Fail) => ConstraintStatus::NotOk,
        };
        let detail = if is_met { String::new() } else { detail.into() };
        self.block
            .constraints
            .push(ConstraintResult { id, status, detail });
        let fails = status == ConstraintStatus::NotOk;
        if fails && self.block.conclusion.is_passed() {
            self.block.conclusion = otherwise;
        }
        !fails
    }

    pub(super) fn policy(&self) -> &'p Policy {
        self.policy
    }

    pub(super) fn conclusion(&self) -> Conclusion {
        self.block.conclusion
    }

    pub(super) fn conclude(mut self, conclusion: Conclusion) -> Block {
        self.block.conclusion = conclusion;
        self.block
    }

    pub(super) fn done(self) -> Block {
        self.block
    }
}
