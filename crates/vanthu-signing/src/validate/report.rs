//! The report of a validation, in the words of ETSI EN 319 102-1.

use serde::{Deserialize, Serialize};
use vanthu_pki::{Certificate, Time};

use super::attack::Attack;
use super::conclusion::{Conclusion, Indication, SubIndication};
use super::detail::{Block, ConstraintStatus};
use super::diagnostic::Diagnostic;
use super::policy::ConstraintId;
use crate::difference::{Change, ChangeLevel};
use crate::problem::PdfProblem;
use crate::request::DocMdp;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Inform,
    /// Worth a warning.
    Warn,
    /// Decides against the signature.
    Fail,
}

/// What was found; the Vietnamese text belongs to the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// The signature's byte range is not what it must be.
    ByteRangeBad,
    /// The signature dictionary is malformed.
    SignatureObjectBad,
    /// The signature does not cover a whole revision.
    CoverageIncomplete,
    /// Bytes stand behind the last revision.
    TrailingBytes,
    /// The signature that stands in the file now is not the one that was signed.
    SignatureObjectChanged,
    /// A signature of an earlier revision is gone.
    SignatureRemoved,
    /// The file mixes two kinds of cross-references; readers may disagree on it.
    HybridFile,
    /// The kind of signature is not supported.
    SubFilterUnsupported,
    /// The signature structure cannot be read.
    CmsBad,
    /// More than one signer in one signature.
    SeveralSigners,
    /// Content stands inside a detached signature.
    ContentInside,
    /// The document is not what was signed.
    DigestMismatch,
    /// The signature value does not verify.
    SignatureBad,
    /// The signer's certificate is missing.
    CertificateMissing,
    /// The signature names another certificate.
    CertificateMismatch,
    /// The signature does not say which certificate it belongs to.
    CertificateNotBound,
    /// An algorithm is too weak for a signature made today.
    WeakAlgorithm,
    /// An algorithm cannot be checked here.
    AlgorithmUnsupported,
    /// No time-stamp proves when the signature existed.
    NoTimestamp,
    /// The time-stamp is bad.
    TimestampBad,
    /// The time-stamp's issuer is not trusted, or its state is not known.
    TimestampUntrusted,
    /// The certificate's path has a problem.
    PathProblem,
    /// Revocation data were at hand that do not count: a weak signature, or one of somebody who had ended.
    EvidenceSetAside,
    /// The document was changed after the signature in a way that is not permitted.
    ChangedAfterSigning,
    /// A change is permitted by the signature but not on this platform.
    PlatformRule,
    /// Two fields have one name: readers may show different ones.
    DuplicateField,
    /// A signature stands in the file that no field of the form leads to.
    UnreferencedSignature,
    /// Scripts or actions stand in the file.
    ActiveContent,
    /// There are more revisions and signatures than can be compared with each other.
    TooManyRevisions,
    /// Nobody signed the file: nothing but time-stamps stands in it.
    OnlyTimestamps,
}

impl FindingCode {
    /// All.
    pub const ALL: [Self; 30] = [
        Self::ByteRangeBad,
        Self::SignatureObjectBad,
        Self::CoverageIncomplete,
        Self::TrailingBytes,
        Self::SignatureObjectChanged,
        Self::SignatureRemoved,
        Self::HybridFile,
        Self::SubFilterUnsupported,
        Self::CmsBad,
        Self::SeveralSigners,
        Self::ContentInside,
        Self::DigestMismatch,
        Self::SignatureBad,
        Self::CertificateMissing,
        Self::CertificateMismatch,
        Self::CertificateNotBound,
        Self::WeakAlgorithm,
        Self::AlgorithmUnsupported,
        Self::NoTimestamp,
        Self::TimestampBad,
        Self::TimestampUntrusted,
        Self::PathProblem,
        Self::EvidenceSetAside,
        Self::ChangedAfterSigning,
        Self::PlatformRule,
        Self::DuplicateField,
        Self::UnreferencedSignature,
        Self::ActiveContent,
        Self::TooManyRevisions,
        Self::OnlyTimestamps,
    ];
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// How grave.
    pub severity: Severity,
    /// In words for the log.
    pub detail: String,
}

/// Facts of a certificate as a report keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Subject, RFC 4514.
    pub subject: String,
    /// Common name of the subject.
    pub common_name: String,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub thumbprint: String,
    /// Start of validity.
    pub not_before: Time,
    /// End of validity.
    pub not_after: Time,
}

impl From<&Certificate> for CertificateFacts {
    fn from(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject().to_string(),
            common_name: certificate.common_name(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial_hex(),
            thumbprint: certificate.sha256_thumbprint(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
        }
    }
}

/// How much of the file a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// The whole file.
    WholeFile,
    /// The whole file as it was when signed; revisions follow.
    WholeRevision,
    /// Not even that.
    Incomplete,
}

/// Signature or document time-stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// A signature.
    Signature,
    /// A document time-stamp.
    DocTimestamp,
}

/// How far the validation of a signature went (ETSI EN 319 102-1, clause 5.1.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Process {
    /// Validation process for basic signatures (5.3).
    #[default]
    Basic,
    /// For time-stamps (5.4).
    TimeStamp,
    /// For signatures with time and long-term validation material (5.5).
    WithTime,
    /// For signatures with archival data (5.6).
    WithArchivalData,
}

/// A time-stamp and its own judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimestampReport {
    /// The time it states.
    pub time: Time,
    /// Whether it can be relied on.
    pub indication: Indication,
    /// Why not.
    pub sub_indication: Option<SubIndication>,
    /// Who issued it.
    pub authority: Option<CertificateFacts>,
}

/// The changes that one later revision made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionChanges {
    /// Which revision, from 1.
    pub revision: u32,
    /// What it changed, compared with the signed one, leaving out what earlier revisions did.
    pub changes: Vec<Change>,
    /// All of it is permitted.
    pub permitted: bool,
}

/// What stands in place of `/SubFilter` for a detached signature outside of a PDF.
pub(super) const CADES: &str = "CAdES";

/// Everything about one signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureReport {
    /// Name of its field; outside of a PDF, of its file.
    pub field: String,
    /// Signature or document time-stamp.
    pub kind: SignatureKind,
    /// `/SubFilter`; `CAdES` outside of a PDF.
    pub sub_filter: String,
    /// Main status.
    pub indication: Indication,
    /// Why not passed.
    pub sub_indication: Option<SubIndication>,
    /// The signed bytes are unchanged and the signature value is right.
    pub intact: bool,
    /// The path to an anchor is good at `judged_at`.
    pub trusted: bool,
    /// The signer's certificate.
    pub signer: Option<CertificateFacts>,
    /// The path, signer first.
    pub chain: Vec<CertificateFacts>,
    /// `/Name`.
    pub signer_name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/M`, the time the signer claims.
    pub claimed_at: Option<Time>,
    /// The signature's time-stamp.
    pub timestamp: Option<TimestampReport>,
    /// The time at which the certificate was judged: the earliest at which the signature provably existed.
    pub judged_at: Time,
    /// Digest algorithm.
    pub digest_algorithm: Option<String>,
    /// Signature algorithm.
    pub signature_algorithm: Option<String>,
    /// How much it covers.
    pub coverage: Coverage,
    /// The revision it belongs to, from 1.
    pub revision: Option<u32>,
    /// First byte behind what it covers.
    pub covers_bytes: Option<u64>,
    /// What a certifying signature allows afterwards.
    pub certification: Option<DocMdp>,
    /// The signature locks all fields.
    pub locks_all: bool,
    /// How far later revisions went.
    pub change_level: ChangeLevel,
    /// All later changes are permitted.
    pub changes_permitted: bool,
    /// Later revisions and what each changed.
    pub later: Vec<RevisionChanges>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How far the validation went.
    #[serde(default)]
    pub process: Process,
    /// The building blocks in the order they were worked through.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// Classes of attack that what was found belongs to.
    #[serde(default)]
    pub attacks: Vec<Attack>,
}

/// The verdict of the platform's own, stricter rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformVerdict {
    /// After the first signature only what the platform does was done.
    pub satisfied: bool,
    /// What was not.
    pub violations: Vec<String>,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The worst of all signatures; indeterminate when there is none.
    pub indication: Indication,
    /// Why not passed.
    pub sub_indication: Option<SubIndication>,
    /// The file cannot be read.
    pub problem: Option<PdfProblem>,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Number of revisions.
    pub revisions: u32,
    /// The signatures in the order they were made.
    pub signatures: Vec<SignatureReport>,
    /// Findings about the file as a whole.
    pub findings: Vec<Finding>,
    /// The platform's rule, when asked for.
    pub platform: Option<PlatformVerdict>,
    /// Classes of attack on the file as a whole.
    #[serde(default)]
    pub attacks: Vec<Attack>,
    /// Policy, time, and the validation data that were used.
    #[serde(default)]
    pub diagnostic: Diagnostic,
}

impl Report {
    /// Of a file of which nothing but its digest is known yet.
    pub(super) fn empty(sha256: String) -> Self {
        Self {
            indication: Indication::Indeterminate,
            sub_indication: None,
            problem: None,
            sha256,
            revisions: 0,
            signatures: Vec::new(),
            findings: Vec::new(),
            platform: None,
            attacks: Vec::new(),
            diagnostic: Diagnostic::default(),
        }
    }

    /// Takes over the status of the worst signature. Time-stamps alone say that the file existed, not that anybody
    /// signed it: then it does not pass.
    pub(super) fn take_worst(&mut self) {
        let Some(worst) = self.signatures.iter().max_by_key(|it| it.indication) else {
            return;
        };
        if self.is_signed() {
            self.indication = worst.indication;
            self.sub_indication = worst.sub_indication;
            return;
        }
        self.indication = worst.indication.max(Indication::Indeterminate);
        self.sub_indication = worst.sub_indication;
        self.findings.push(Finding {
            code: FindingCode::OnlyTimestamps,
            severity: Severity::Warn,
            detail: String::new(),
        });
    }

    /// Whether anybody signed, well or not: time-stamps alone are no signature.
    pub fn is_signed(&self) -> bool {
        let mut signatures = self.signatures.iter();
        signatures.any(|it| it.kind == SignatureKind::Signature)
    }

    /// Whether everything passed.
    pub fn is_passed(&self) -> bool {
        self.indication == Indication::TotalPassed
    }

    /// The signature of a field.
    pub fn signature(&self, field: &str) -> Option<&SignatureReport> {
        self.signatures
            .iter()
            .find(|signature| signature.field == field)
    }
}

impl SignatureReport {
    /// Of a signature or time-stamp that nobody has looked at yet.
    pub(super) fn empty(kind: SignatureKind, field: &str, at: Time) -> Self {
        Self {
            field: field.to_owned(),
            kind,
            sub_filter: String::new(),
            indication: Indication::TotalPassed,
            sub_indication: None,
            intact: false,
            trusted: false,
            signer: None,
            chain: Vec::new(),
            signer_name: None,
            reason: None,
            location: None,
            claimed_at: None,
            timestamp: None,
            judged_at: at,
            digest_algorithm: None,
            signature_algorithm: None,
            coverage: Coverage::Incomplete,
            revision: None,
            covers_bytes: None,
            certification: None,
            locks_all: false,
            change_level: ChangeLevel::None,
            changes_permitted: false,
            later: Vec::new(),
            findings: Vec::new(),
            process: Process::default(),
            blocks: Vec::new(),
            attacks: Vec::new(),
        }
    }

    /// Whether evidence shows that the certificates of its path were not revoked. A judgement may trust a path without:
    /// [`RevocationMode::WhenKnown`](vanthu_pki::path::RevocationMode::WhenKnown).
    pub fn is_status_known(&self) -> bool {
        let known = match self.kind {
            SignatureKind::Signature => ConstraintId::RevocationKnown,
            SignatureKind::DocTimestamp => ConstraintId::TimestampRevocationKnown,
        };
        let mut held = self.blocks.iter().flat_map(|it| &it.constraints);
        held.any(|it| {
            let shows = it.id == known || it.id == ConstraintId::RevocationIssuerExisted;
            shows && it.status == ConstraintStatus::Ok
        })
    }

    /// Integrity alone: right signature value, whole revision covered, only permitted changes since. Says nothing
    /// about who signed.
    pub fn is_intact_and_unchanged(&self) -> bool {
        self.intact && self.coverage != Coverage::Incomplete && self.changes_permitted
    }

    pub(super) fn find(
        &mut self,
        code: FindingCode,
        severity: Severity,
        detail: impl Into<String>,
    ) {
        let finding = Finding {
            code,
            severity,
            detail: detail.into(),
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Revocation data that were left out.
    pub(super) fn set_aside(&mut self, evidence: &[String]) {
        for it in evidence {
            self.find(FindingCode::EvidenceSetAside, Severity::Warn, it.clone());
        }
    }

    /// Lowers the status; what came first and worse stays.
    pub(super) fn lower(&mut self, indication: Indication, sub_indication: SubIndication) {
        if indication > self.indication {
            self.indication = indication;
            self.sub_indication = Some(sub_indication);
        }
    }

    pub(super) fn suspect(&mut self, attack: Attack) {
        if !self.attacks.contains(&attack) {
            self.attacks.push(attack);
        }
    }

    pub(super) fn fail(
        &mut self,
        code: FindingCode,
        sub_indication: SubIndication,
        detail: impl Into<String>,
    ) {
        self.find(code, Severity::Fail, detail);
        self.lower(Indication::TotalFailed, sub_indication);
    }

    /// Takes over what a process concluded.
    pub(super) fn conclude(&mut self, conclusion: Conclusion) {
        if let Some(sub) = conclusion.sub_indication() {
            self.lower(conclusion.indication(), sub);
        }
    }

    pub(super) fn doubt(
        &mut self,
        code: FindingCode,
        sub_indication: SubIndication,
        detail: impl Into<String>,
    ) {
        self.find(code, Severity::Warn, detail);
        self.lower(Indication::Indeterminate, sub_indication);
    }
}
