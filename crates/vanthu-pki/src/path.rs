//! Certification paths at a given time with given evidence (đường dẫn tin cậy), RFC 5280 section 6.
//!
//! Nothing is fetched: the caller brings certificates, anchors, lists and responses, so the same
//! question asked years later has the same answer. Every reason against a path is named.

use crate::oid::ObjectIdentifier;
use serde::Serialize;

use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::ocsp::OcspResponse;
use crate::time::Time;

mod build;
mod chain;
mod evidence;
mod examiner;
mod names;
mod policy;
mod profile;
mod revocation;
mod verifications;

pub use evidence::{Doubt, Proof, Said, StatusEvidence, stands_until};
pub use examiner::{EvidenceRule, Examiner, NoRule};
pub use revocation::{RevocationStatus, StatusSource};
pub use verifications::Verifications;

use examiner::Memory;

/// Evidence about revocation.
#[derive(Clone, Debug, Default)]
pub struct RevocationData {
    /// Revocation lists.
    pub crls: Vec<Crl>,
    /// OCSP responses.
    pub ocsp: Vec<OcspResponse>,
}

/// What the certificate is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Anything: usages are not looked at.
    #[default]
    Any,
    /// Signing documents: digitalSignature or nonRepudiation.
    DocumentSigning,
    /// Issuing time-stamps: the critical extended usage and no other.
    TimeStamping,
    /// Answering about revocation.
    OcspSigning,
}

/// Whether missing evidence about revocation counts against the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationMode {
    /// Every certificate below the anchor needs a known state.
    #[default]
    Required,
    /// The evidence given is used, missing evidence doesn't count.
    WhenKnown,
    /// Evidence is not looked at.
    Off,
}

/// What is asked of the certificates themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conformance {
    /// What path validation needs (RFC 5280 section 6). An anchor is trusted by name and key; its
    /// validity period is not looked at.
    #[default]
    Path,
    /// Also what section 4 demands of a conforming issuer, of the anchor's certificate too: key
    /// identifiers, serial numbers, criticality, the form of names, numbers of lists. Real
    /// hierarchies break some of it without harm.
    Profile,
}

/// The question: everything but certificates and evidence.
#[derive(Clone, Debug, Default)]
pub struct PathOptions {
    /// The use.
    pub purpose: Purpose,
    /// Missing evidence.
    pub revocation: RevocationMode,
    /// Policies accepted; empty means any.
    pub policies: Vec<ObjectIdentifier>,
    /// The path must hold an accepted policy.
    pub explicit_policy: bool,
    /// Policies may not be mapped.
    pub inhibit_mapping: bool,
    /// anyPolicy doesn't count.
    pub inhibit_any_policy: bool,
    /// Extended key usages that the end certificate must all allow, beside the purpose; one
    /// without the extension allows any (RFC 5280 4.2.1.12).
    pub extended_key_usages: Vec<ObjectIdentifier>,
    /// At most so many authorities between anchor and end certificate, self-issued ones not
    /// counted; `None` for no limit of the caller's.
    pub longest: Option<u64>,
    /// What is asked of the certificates themselves.
    pub conformance: Conformance,
}

/// What speaks against a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "detail")]
pub enum PathProblem {
    /// No chain of issuers leads to an anchor.
    NoPath,
    /// The issuer's key doesn't verify the signature.
    BadSignature,
    /// The signature's algorithm or key is not supported.
    UnsupportedAlgorithm,
    /// The validity period has not begun.
    NotYetValid,
    /// The validity period has ended.
    Expired,
    /// Issued by a certificate that is no authority.
    IssuerNotAuthority,
    /// More authorities than allowed above.
    PathTooLong,
    /// The key usage doesn't allow this use.
    KeyUsage,
    /// The extended key usage doesn't allow this use.
    ExtendedKeyUsage,
    /// A name outside the constraints above.
    NameConstraints,
    /// No acceptable policy.
    Policy,
    /// An extension that must be understood and is not.
    UnknownCriticalExtension(String),
    /// An extension or field that cannot be read.
    Malformed(String),
    /// A rule of RFC 5280 section 4 is broken, by clause; only under [`Conformance::Profile`].
    Profile(String),
    /// Revoked at the time in question: since when, `CRLReason`.
    Revoked(Time, Option<u64>),
    /// The state at the time in question cannot be determined.
    RevocationUnknown,
    /// The bound on signatures to be verified was reached before this one.
    TooManySignatures,
}

impl PathProblem {
    /// The signature on a certificate is bad or was not verified.
    fn is_of_signature(&self) -> bool {
        matches!(
            self,
            Self::BadSignature | Self::UnsupportedAlgorithm | Self::TooManySignatures
        )
    }
}

/// A problem and the certificate it concerns: 0 is the end certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathFailure {
    /// Place in the chain.
    pub index: usize,
    /// What is wrong.
    pub problem: PathProblem,
}

/// A list or response that was at hand and does not show that a certificate is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Place of the certificate in the chain.
    pub index: usize,
    /// Who signed it, by name.
    pub signer: String,
    /// When it was issued.
    pub issued_at: Time,
    /// Why it does not count.
    pub doubt: Doubt,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct PathReport {
    /// The best chain found: end certificate first, anchor last where one was reached.
    pub chain: Vec<Certificate>,
    /// The chain ends at an anchor.
    pub anchored: bool,
    /// All that speaks against it; empty for a good path.
    pub failures: Vec<PathFailure>,
    /// State of each certificate below the anchor, in the order of the chain; empty where nothing was asked, because
    /// the mode says so or a signature of the chain is bad.
    pub revocation: Vec<RevocationStatus>,
    /// Evidence about them that was left out for what its signer is.
    pub set_aside: Vec<SetAside>,
}

impl PathReport {
    /// Nothing speaks against the path.
    pub fn is_valid(&self) -> bool {
        self.anchored && self.failures.is_empty()
    }

    /// Every signature of the chain is good, as far as it was looked at.
    fn is_signed(&self) -> bool {
        !self.failures.iter().any(|it| it.problem.is_of_signature())
    }

    /// Some certificate has this problem.
    pub fn has(&self, problem: &PathProblem) -> bool {
        self.failures
            .iter()
            .any(|failure| failure.problem == *problem)
    }
}

/// Judges a certificate at a time; every state below the anchor must be known. An anchor is trusted
/// by name and key: its own validity period and signature are not looked at. What its certificate
/// says about names, policies and the length of paths binds all the same (RFC 5937 3.2).
///
/// `intermediates` may hold anything, in any order, also what is not needed. Work has bounds: 32
/// chains of at most 12 certificates, [`Verifications::MOST`] signatures verified in all, those on revocation data
/// included, 100 000 names compared with constraints on each chain.
pub fn validate(
    certificate: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
    at: Time,
    evidence: &RevocationData,
    purpose: Purpose,
) -> PathReport {
    let options = PathOptions {
        purpose,
        ..PathOptions::default()
    };
    validate_with(certificate, intermediates, anchors, at, evidence, &options)
}

/// Judges a certificate at a time under the given options.
pub fn validate_with(
    certificate: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
    at: Time,
    evidence: &RevocationData,
    options: &PathOptions,
) -> PathReport {
    Examiner {
        intermediates,
        anchors,
        evidence,
        verifications: &Verifications::default(),
        rule: &NoRule,
    }
    .path(certificate, at, options)
}

/// What stays the same while one question, and the questions it raises, are answered.
#[derive(Clone, Copy)]
struct Context<'a> {
    intermediates: &'a [Certificate],
    /// Those in question; about revocation, those of the chain alone (RFC 5280 6.3.3 (f)).
    anchors: &'a [Certificate],
    at: Time,
    evidence: &'a RevocationData,
    conformance: Conformance,
    /// How many issuers of revocation lists are being judged around this question.
    depth: u8,
    /// The one being judged, where the question is whether it may sign a list.
    list_signer: Option<&'a Certificate>,
    verifications: &'a Verifications,
    rule: &'a dyn EvidenceRule,
    memory: &'a Memory,
}

impl Context<'_> {
    fn judge(&self, certificate: &Certificate, options: &PathOptions) -> PathReport {
        let mut best: Option<PathReport> = None;
        let chains = build::chains(
            certificate,
            self.intermediates,
            self.anchors,
            self.verifications,
        );
        // A chain with a bad signature is none: its few failures do not make it the better one.
        let rank = |it: &PathReport| (!it.is_signed(), it.failures.len());
        for chain in chains {
            let report = chain::judge(self, chain, options);
            if report.is_valid() {
                return report;
            }
            if best.as_ref().is_none_or(|it| rank(&report) < rank(it)) {
                best = Some(report);
            }
        }
        best.unwrap_or_else(|| PathReport {
            chain: vec![certificate.clone()],
            anchored: false,
            failures: vec![PathFailure {
                index: 0,
                problem: PathProblem::NoPath,
            }],
            revocation: Vec::new(),
            set_aside: Vec::new(),
        })
    }
}
