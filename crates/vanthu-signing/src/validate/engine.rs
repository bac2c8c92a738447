//! What all processes of one validation share, and the X.509 building block (ETSI EN 319 102-1, 5.2.6).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use vanthu_pki::extension::KeyUsage;
use vanthu_pki::path::{
    self, Doubt, PathOptions, PathProblem, PathReport, Purpose, RevocationMode, RevocationStatus,
    SetAside, Verifications,
};
use vanthu_pki::{Certificate, Time, oid};

use super::ValidationInput;
use super::conclusion::{Conclusion, SubIndication};
use super::detail::{Block, BlockId, Work};
use super::material::Material;
use super::poe::{ObjectId, Poes};
use super::policy::{ConstraintId, Level, Policy};
use super::status::StatusEvidence;

/// Signature or time-stamp: their certificates obey different constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Signer,
    Timestamp,
}

impl Role {
    fn revocation_known(self) -> ConstraintId {
        match self {
            Self::Signer => ConstraintId::RevocationKnown,
            Self::Timestamp => ConstraintId::TimestampRevocationKnown,
        }
    }
}

/// Certificate, issuer, anchor.
type Link = (ObjectId, ObjectId, ObjectId);

/// One validation under way.
pub(super) struct Engine<'i> {
    pub(super) input: &'i ValidationInput,
    pub(super) material: Material,
    pub(super) poes: Poes,
    /// The file brings revocation data, or the caller proofs: there is a past to look into.
    pub(super) has_material: bool,
    pub(super) evidence: RefCell<BTreeMap<Link, Rc<Vec<StatusEvidence>>>>,
    /// The bound on signatures verified for paths, and what came of each.
    pub(super) verifications: Verifications,
}

/// What the X.509 block found.
#[derive(Debug, Clone)]
pub(super) struct PathOutcome {
    pub(super) conclusion: Conclusion,
    /// Best chain, end certificate first, anchor last where one was reached.
    pub(super) chain: Vec<Certificate>,
    /// Problems in words: what, and at which place of the chain.
    pub(super) problems: Vec<String>,
    /// Revocation data that were at hand and do not count, in words.
    pub(super) set_aside: Vec<String>,
    /// Since when the certificate or one above is revoked.
    pub(super) revoked_at: Option<Time>,
    pub(super) block: Block,
}

impl Engine<'_> {
    pub(super) fn policy(&self) -> &Policy {
        &self.input.policy
    }

    pub(super) fn at(&self) -> Time {
        self.input.at
    }

    /// The looser of what the caller and the policy ask for.
    fn mode(&self, role: Role) -> RevocationMode {
        let level = self.policy().level(role.revocation_known());
        match (self.input.revocation, level) {
            (RevocationMode::Off, _) | (_, Level::Ignore) => RevocationMode::Off,
            (RevocationMode::Required, Level::Fail) => RevocationMode::Required,
            _ => RevocationMode::WhenKnown,
        }
    }

    pub(super) fn path(
        &self,
        certificate: &Certificate,
        role: Role,
        at: Time,
        revocation: RevocationMode,
        anchors: &[Certificate],
    ) -> PathReport {
        let options = PathOptions {
            purpose: match role {
                Role::Signer => Purpose::Any,
                Role::Timestamp => Purpose::TimeStamping,
            },
            revocation,
            ..PathOptions::default()
        };
        self.examiner(anchors).path(certificate, at, &options)
    }

    /// X.509 certificate validation at a time, under the anchors that were trusted when what it signed provably existed.
    pub(super) fn x509(
        &self,
        certificate: &Certificate,
        role: Role,
        at: Time,
        existed_at: Time,
    ) -> PathOutcome {
        let anchors = self.anchors(role, existed_at);
        let report = self.path(certificate, role, at, self.mode(role), &anchors);
        let mut work = Work::on(self.policy(), BlockId::X509CertificateValidation)
            .about(certificate.common_name());
        let revoked = report.failures.iter().find_map(|it| match it.problem {
            PathProblem::Revoked(since, _) => Some((it.index, since)),
            _ => None,
        });
        if Self::hold_rules(&mut work, &report) {
            // Before all that time could mend: a use that is not permitted stays so.
            if role == Role::Signer {
                self.hold_usages(&mut work, certificate);
            }
            self.hold_times(&mut work, &report, revoked, at);
        }
        self.hold_revocation(&mut work, &report, role, at);
        PathOutcome {
            conclusion: work.conclusion(),
            problems: report.failures.iter().map(problem_words).collect(),
            set_aside: report.set_aside.iter().map(aside_words).collect(),
            revoked_at: revoked.map(|(_, since)| since),
            chain: report.chain,
            block: work.done(),
        }
    }

    /// What no proof of an earlier time can mend. `false` where there is no path to say more about.
    fn hold_rules(work: &mut Work<'_>, report: &PathReport) -> bool {
        use Conclusion::Indeterminate;
        let none = Indeterminate(SubIndication::NoCertificateChainFound);
        let found = report.anchored && !report.has(&PathProblem::NoPath);
        let why = "no anchor is reached";
        if !work.hold(ConstraintId::CertificationPath, found, none, why) {
            return false;
        }
        let broken = words_of(report, |it| {
            matches!(
                it,
                PathProblem::BadSignature | PathProblem::TooManySignatures
            )
        });
        let general = Indeterminate(SubIndication::CertificateChainGeneralFailure);
        work.hold(
            ConstraintId::PathRules,
            broken.is_none(),
            general,
            broken.unwrap_or_default(),
        );
        let other = words_of(report, |it| {
            !matches!(
                it,
                PathProblem::NoPath
                    | PathProblem::BadSignature
                    | PathProblem::TooManySignatures
                    | PathProblem::UnsupportedAlgorithm
                    | PathProblem::Expired
                    | PathProblem::NotYetValid
                    | PathProblem::Revoked(..)
                    | PathProblem::RevocationUnknown
            )
        });
        work.hold(
            ConstraintId::PathRules,
            other.is_none(),
            Indeterminate(SubIndication::ChainConstraintsFailure),
            other.unwrap_or_default(),
        );
        true
    }

    /// What depends on the time.
    fn hold_times(
        &self,
        work: &mut Work<'_>,
        report: &PathReport,
        revoked: Option<(usize, Time)>,
        at: Time,
    ) {
        use Conclusion::Indeterminate;
        let sub = match revoked {
            Some((0, _)) | None => SubIndication::RevokedNoPoe,
            Some(_) => SubIndication::RevokedCaNoPoe,
        };
        let since = revoked.map(|(index, since)| format!("since {since}, at {index}"));
        work.hold(
            ConstraintId::NotRevoked,
            revoked.is_none(),
            Indeterminate(sub),
            since.unwrap_or_default(),
        );
        self.hold_algorithms(work, report, at);
        let outside = words_of(report, |it| {
            matches!(it, PathProblem::Expired | PathProblem::NotYetValid)
        });
        work.hold(
            ConstraintId::CertificateValidity,
            outside.is_none(),
            Indeterminate(out_of_bounds(report)),
            outside.unwrap_or_default(),
        );
    }

    fn hold_algorithms(&self, work: &mut Work<'_>, report: &PathReport, at: Time) {
        let mut worst = Conclusion::Passed;
        let mut detail = String::new();
        for pair in report.chain.windows(2) {
            let [certificate, issuer] = pair else {
                continue;
            };
            let key = issuer.public_key_info();
            let conclusion = match certificate.signature_algorithm(key) {
                Ok(Some(algorithm)) => {
                    let policy = self.policy();
                    policy.signature_reliable(algorithm, key.bits).judge(at)
                }
                _ => Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailure),
            };
            if worst.is_passed() && !conclusion.is_passed() {
                worst = conclusion;
                detail = format!("signature on {}", certificate.common_name());
            }
        }
        work.hold(
            ConstraintId::CertificateAlgorithms,
            worst.is_passed(),
            worst,
            detail,
        );
    }

    fn hold_usages(&self, work: &mut Work<'_>, certificate: &Certificate) {
        let failure = Conclusion::Indeterminate(SubIndication::ChainConstraintsFailure);
        let accepted = &self.policy().key_usages;
        let usage = certificate.key_usage().map(KeyUsage::names);
        let fits = usage.as_ref().is_none_or(|names| {
            names
                .iter()
                .any(|name| accepted.iter().any(|it| it == name))
        });
        let names = usage.unwrap_or_default().join(", ");
        work.hold(ConstraintId::KeyUsage, fits, failure, names);
        let excluded = certificate.extended_key_usage().is_some_and(|usages| {
            usages
                .iter()
                .all(|it| [oid::KP_TIME_STAMPING, oid::KP_OCSP_SIGNING].contains(it))
        });
        let detail = "for time-stamps or status services only";
        work.hold(ConstraintId::ExtendedKeyUsage, !excluded, failure, detail);
    }

    /// Statements that a certificate must make and doesn't (ETSI EN 319 412-5).
    pub(super) fn missing_statements(&self, certificate: &Certificate, role: Role) -> Vec<&str> {
        let wanted = match role {
            Role::Signer => &self.policy().statements,
            Role::Timestamp => &self.policy().timestamp_statements,
        };
        let made = certificate.statements();
        let is_missing = |wanted: &&str| !made.iter().any(|it| it.to_string() == *wanted);
        wanted
            .iter()
            .map(String::as_str)
            .filter(is_missing)
            .collect()
    }

    fn hold_revocation(&self, work: &mut Work<'_>, report: &PathReport, role: Role, at: Time) {
        let try_later = Conclusion::Indeterminate(SubIndication::TryLater);
        let level = match self.mode(role) {
            RevocationMode::Required => Level::Fail,
            RevocationMode::WhenKnown if self.input.revocation == RevocationMode::Required => {
                self.policy().level(role.revocation_known())
            }
            RevocationMode::WhenKnown => Level::Inform,
            RevocationMode::Off => Level::Ignore,
        };
        // Of a chain with a bad signature no state was asked.
        let asked = report.revocation.iter();
        let unknown = asked
            .clone()
            .position(|it| *it == RevocationStatus::Unknown);
        let below = report
            .chain
            .len()
            .saturating_sub(usize::from(report.anchored));
        let unknown = unknown.or_else(|| (asked.len() < below).then_some(asked.len()));
        let detail = unknown.map_or_else(String::new, |index| {
            let aside = report.set_aside.iter().map(aside_words);
            let aside: Vec<String> = aside.collect();
            [vec![format!("at {index}")], aside].concat().join("; ")
        });
        let id = role.revocation_known();
        work.hold_at(level, id, unknown.is_none(), try_later, detail);
        let Some(hours) = self.policy().revocation_max_age_hours else {
            return;
        };
        let stale = report.revocation.iter().any(|status| {
            matches!(status, RevocationStatus::Good { known_at, .. }
                if known_at.plus_seconds(i64::from(hours) * 3600) < at)
        });
        work.hold(ConstraintId::RevocationFresh, !stale, try_later, "too old");
    }
}

/// Out of its validity a certificate counts as not revoked only where its status was still kept after its end.
fn out_of_bounds(report: &PathReport) -> SubIndication {
    let end = report.chain.first().map(Certificate::not_after);
    let kept = match (end, report.revocation.first()) {
        (Some(end), Some(RevocationStatus::Good { known_at, .. })) => *known_at > end,
        _ => false,
    };
    let only_end = report
        .failures
        .iter()
        .all(|it| it.index == 0 || it.problem != PathProblem::Expired);
    if kept && only_end {
        SubIndication::OutOfBoundsNotRevoked
    } else {
        SubIndication::OutOfBoundsNoPoe
    }
}

fn words_of(report: &PathReport, wanted: impl Fn(&PathProblem) -> bool) -> Option<String> {
    let found = report.failures.iter().find(|it| wanted(&it.problem));
    found.map(problem_words)
}

/// Revocation data that do not count, for the log.
fn aside_words(aside: &SetAside) -> String {
    let why = match aside.doubt {
        Doubt::WeakSignature => "signature not reliable",
        Doubt::SignerOutOfBounds => "signer ended before the data are known to exist",
    };
    let (signer, issued_at, index) = (&aside.signer, aside.issued_at, aside.index);
    format!("{signer} of {issued_at}, at {index}: {why}")
}

fn problem_words(failure: &path::PathFailure) -> String {
    format!("{:?} at {}", failure.problem, failure.index)
}
