//! The processes for one signature: basic (ETSI EN 319 102-1, 5.3), with time (5.5), with archival data (5.6).

use vanthu_pki::cms::{self, CertificateBinding, SignedData, SignerInfo, VerifiedSigner};
use vanthu_pki::{Certificate, DigestAlgorithm, Time};

use super::conclusion::{Conclusion, SubIndication};
use super::detail::{BlockId, Work};
use super::engine::{Engine, PathOutcome, Role};
use super::material::content_timestamps;
use super::policy::{ConstraintId, Level, Reliable};
use super::report::{CADES, CertificateFacts, FindingCode, Process, Severity, SignatureReport};
use super::signature_value;
use super::timestamp::Stamp;
use crate::content::Content;

/// A signature whose cryptography is right, on its way through the processes.
struct Case<'s> {
    signer: &'s SignerInfo,
    certificate: Certificate,
    reliable: Reliable,
    path: PathOutcome,
    /// What its attributes conclude, whatever the time.
    attributes: Conclusion,
    /// Since when it provably exists.
    best_time: Time,
    /// Before this time it did not exist: a time-stamp stands inside.
    not_before: Option<Time>,
}

impl Engine<'_> {
    /// Judges a signature over `content`.
    pub(super) fn signature(
        &self,
        report: &mut SignatureReport,
        signed: &SignedData,
        content: &Content<'_>,
    ) {
        let checked = signature_value::check(self.policy(), report, signed, content);
        let Some((signer, verified)) = checked else {
            return;
        };
        let context = Work::on(self.policy(), BlockId::ValidationContextInitialisation);
        report
            .blocks
            .push(context.about(self.policy().name.clone()).done());
        report.intact = true;
        report.signer = Some(CertificateFacts::from(&verified.certificate));
        let stamps = self.stamps(report, signer);
        let proven = stamps.iter().filter_map(Stamp::proven);
        let best_time = proven.fold(self.existed(signed), Time::min);
        let mut case = self.basic(report, signer, verified, content, best_time);
        let mut conclusion = case.basic(self.at());
        report
            .blocks
            .push(Work::on(self.policy(), BlockId::BasicSignatures).conclude(conclusion));
        for stamp in &stamps {
            report.blocks.extend(stamp.blocks.iter().cloned());
        }
        let constraints;
        (conclusion, constraints) = self.with_time(report, &case, &stamps, conclusion);
        if let Conclusion::Indeterminate(sub) = conclusion
            && is_open(constraints)
            && self.has_past(sub, case.best_time)
            && self.has_material
        {
            conclusion = self.with_archival_data(report, &mut case, sub);
        }
        report.judged_at = case.best_time;
        report.trusted = case.path.conclusion.is_passed() || conclusion.is_passed();
        // What is asked of the time-stamps is a matter of its own: no past of the path mends it.
        conclusion = with_constraints(conclusion, constraints);
        if conclusion.is_passed() {
            conclusion = self.kept_for_long(report, &case);
        }
        report.chain = case.path.chain.iter().map(CertificateFacts::from).collect();
        if !report.trusted {
            for problem in &case.path.problems {
                report.find(FindingCode::PathProblem, Severity::Warn, problem.clone());
            }
        }
        report.set_aside(&case.path.set_aside);
        report.conclude(conclusion);
    }

    /// What validation for basic signatures needs (5.3): path, attributes, strength.
    fn basic<'s>(
        &self,
        report: &mut SignatureReport,
        signer: &'s SignerInfo,
        verified: VerifiedSigner,
        content: &Content<'_>,
        best_time: Time,
    ) -> Case<'s> {
        let certificate = &verified.certificate;
        let mut path = self.x509(certificate, Role::Signer, self.at(), best_time);
        report.blocks.push(path.block.clone());
        let not_before = self.content_time(signer, content);
        path.conclusion = settled(&path, &verified.certificate, not_before, report.claimed_at);
        let reliable = self.strength(report, signer, &verified);
        let attributes = self.attributes(report, signer, &verified, reliable);
        Case {
            signer,
            certificate: verified.certificate,
            reliable,
            path,
            attributes,
            best_time,
            not_before,
        }
    }

    fn strength(
        &self,
        report: &SignatureReport,
        signer: &SignerInfo,
        verified: &VerifiedSigner,
    ) -> Reliable {
        let policy = self.policy();
        let bits = verified.certificate.public_key_info().bits;
        let inside = (report.sub_filter == "adbe.pkcs7.sha1").then_some(DigestAlgorithm::Sha1);
        let digests = signer.digest.into_iter().chain(inside);
        digests.map(|digest| policy.digest_reliable(digest)).fold(
            policy.signature_reliable(verified.algorithm, bits),
            Reliable::min,
        )
    }

    /// Signature acceptance validation (5.2.8), but for what depends on the time.
    fn attributes(
        &self,
        report: &mut SignatureReport,
        signer: &SignerInfo,
        verified: &VerifiedSigner,
        reliable: Reliable,
    ) -> Conclusion {
        let mut work = Work::on(self.policy(), BlockId::SignatureAcceptanceValidation);
        let failure = Conclusion::Indeterminate(SubIndication::SigConstraintsFailure);
        let is_pades = report.sub_filter.starts_with("ETSI.");
        let id = ConstraintId::SigningCertificateAttribute;
        let is_ades = is_pades || report.sub_filter == CADES;
        let level = if is_ades {
            self.policy().level(id)
        } else {
            self.policy().level(id).min(Level::Inform)
        };
        let is_bound = verified.binding == CertificateBinding::Bound;
        let why = "an advanced signature names its certificate";
        work.hold_at(level, id, is_bound, failure, why);
        if !is_bound {
            let detail = if is_ades { why } else { "" };
            report.find(FindingCode::CertificateNotBound, severity(level), detail);
        }
        let claimed = signer.signing_time().ok().flatten();
        let absent = !is_pades || claimed.is_none();
        work.hold(
            ConstraintId::NoSigningTimeAttribute,
            absent,
            failure,
            "signing-time",
        );
        if let Some(claimed) = report.claimed_at.or(claimed) {
            let within = verified.certificate.is_within_validity(claimed);
            work.hold(
                ConstraintId::ClaimedTime,
                within,
                failure,
                claimed.to_string(),
            );
        }
        let missing = self.missing_statements(&verified.certificate, Role::Signer);
        let id = ConstraintId::CertificateStatements;
        work.hold(id, missing.is_empty(), failure, missing.join(", "));
        let attributes = work.conclusion();
        let now = reliable.judge(self.at());
        let name = verified.algorithm.name();
        work.hold(
            ConstraintId::SignatureAlgorithms,
            now.is_passed(),
            now,
            name,
        );
        if !now.is_passed() {
            report.find(FindingCode::WeakAlgorithm, Severity::Warn, name);
        }
        report.blocks.push(work.done());
        attributes
    }

    /// The latest valid time-stamp over the content that stands inside the signature: it is not older.
    fn content_time(&self, signer: &SignerInfo, content: &Content<'_>) -> Option<Time> {
        content_timestamps(signer)
            .filter_map(|token| cms::parse(token).ok())
            .filter_map(|token| self.timestamp(&token, content).proven())
            .max()
    }

    /// The signature's time-stamps; the earliest good one is the best proof.
    fn stamps(&self, report: &mut SignatureReport, signer: &SignerInfo) -> Vec<Stamp> {
        let mut stamps = Vec::new();
        for token in signer.timestamp_tokens() {
            let token = match cms::parse(token) {
                Ok(token) => token,
                Err(why) => {
                    report.find(FindingCode::TimestampBad, Severity::Warn, why.to_string());
                    continue;
                }
            };
            let stamp = self.timestamp(&token, &Content::Parts(&[&signer.signature]));
            report.set_aside(&stamp.set_aside);
            if stamp.proven().is_none() && stamp.is_intact {
                report.find(FindingCode::TimestampUntrusted, Severity::Warn, "");
            } else if stamp.proven().is_none() {
                report.find(FindingCode::TimestampBad, Severity::Warn, stamp.why.clone());
            }
            stamps.push(stamp);
        }
        let best = stamps
            .iter()
            .filter(|it| it.proven().is_some())
            .min_by_key(|it| it.time)
            .or(stamps.last());
        report.timestamp = best.and_then(Stamp::report);
        stamps
    }

    /// Validation for signatures with time (5.5.4): what the path concludes, and what the constraints on time-stamps do.
    fn with_time(
        &self,
        report: &mut SignatureReport,
        case: &Case<'_>,
        stamps: &[Stamp],
        basic: Conclusion,
    ) -> (Conclusion, Conclusion) {
        if !basic.is_passed()
            && !basic
                .sub_indication()
                .is_some_and(SubIndication::may_be_past)
        {
            return (basic, Conclusion::Passed);
        }
        report.process = Process::WithTime;
        let mut work = Work::on(self.policy(), BlockId::SignaturesWithTime);
        let missing = Conclusion::Indeterminate(SubIndication::SigConstraintsFailure);
        let none = case.signer.timestamp_tokens().is_empty();
        let id = ConstraintId::TimestampPresent;
        work.hold(id, !none, missing, "");
        if none {
            let level = self.policy().level(id).min(Level::Warn);
            report.find(FindingCode::NoTimestamp, severity(level), "");
        } else {
            let good = stamps.iter().any(|it| it.conclusion.is_passed());
            let last = stamps.last().map(|it| it.conclusion);
            let failure = last.unwrap_or(Conclusion::Failed(SubIndication::FormatFailure));
            let failure = match failure {
                Conclusion::Failed(sub) | Conclusion::Indeterminate(sub) => {
                    Conclusion::Indeterminate(sub)
                }
                Conclusion::Passed => missing,
            };
            work.hold(ConstraintId::TimestampValid, good, failure, "");
        }
        let ordered = case.not_before.is_none_or(|start| start <= case.best_time);
        let order = Conclusion::Indeterminate(SubIndication::TimestampOrderFailure);
        work.hold(ConstraintId::TimestampOrder, ordered, order, "");
        let constraints = work.conclusion();
        let path = self.compare_times(case);
        let both = with_constraints(path, constraints);
        report.blocks.push(work.conclude(both));
        (path, constraints)
    }

    /// Step 4 to 8 of 5.5.4: what the present can't decide, the best signature time may.
    fn compare_times(&self, case: &Case<'_>) -> Conclusion {
        use SubIndication as S;
        let best = case.best_time;
        let strength = self.strength_at(case, best);
        if !strength.is_passed() {
            return strength;
        }
        let early = best < case.certificate.not_before();
        let not_yet_valid = Conclusion::Failed(S::NotYetValid);
        match case.path.conclusion {
            Conclusion::Passed | Conclusion::Indeterminate(S::OutOfBoundsNoPoe) if early => {
                not_yet_valid
            }
            Conclusion::Indeterminate(S::RevokedNoPoe | S::RevokedCaNoPoe) => {
                if case.path.revoked_at.is_none_or(|since| since <= best) {
                    case.path.conclusion
                } else {
                    self.within(case, not_yet_valid)
                }
            }
            Conclusion::Indeterminate(S::OutOfBoundsNotRevoked) => self.within(case, not_yet_valid),
            Conclusion::Indeterminate(S::TryLater) => {
                self.x509(&case.certificate, Role::Signer, best, best)
                    .conclusion
            }
            other => other,
        }
    }

    fn within(&self, case: &Case<'_>, not_yet_valid: Conclusion) -> Conclusion {
        let best = case.best_time;
        if best < case.certificate.not_before() {
            return not_yet_valid;
        }
        if best > case.certificate.not_after() {
            return Conclusion::Indeterminate(SubIndication::OutOfBoundsNotRevoked);
        }
        // Everything but what was decided above must have been good then.
        self.x509(&case.certificate, Role::Signer, best, best)
            .conclusion
    }

    /// Past signature validation with the proofs of the document time-stamps (5.6.3).
    fn with_archival_data(
        &self,
        report: &mut SignatureReport,
        case: &mut Case<'_>,
        sub: SubIndication,
    ) -> Conclusion {
        report.process = Process::WithArchivalData;
        // No proof makes an algorithm better than it was when the signature provably existed.
        let strength = self.strength_at(case, case.best_time);
        if !strength.is_passed() {
            return strength;
        }
        let past = self.past_signature(&case.certificate, Role::Signer, sub, case.best_time);
        report.blocks.extend(past.blocks);
        let mut conclusion = past.conclusion;
        // Where the past does not help, a status that is merely not known yet stays a question of later.
        if sub == SubIndication::TryLater && !conclusion.is_passed() {
            conclusion = Conclusion::Indeterminate(sub);
        }
        if conclusion.is_passed() {
            case.path.chain = past.chain;
        }
        let work = Work::on(self.policy(), BlockId::SignaturesWithArchivalData);
        report.blocks.push(work.conclude(conclusion));
        conclusion
    }

    /// Where the policy asks for it: the file keeps what a judgement needs once its certificates have ended.
    fn kept_for_long(&self, report: &mut SignatureReport, case: &Case<'_>) -> Conclusion {
        let id = ConstraintId::LongTermMaterial;
        if self.policy().level(id) == Level::Ignore {
            return Conclusion::Passed;
        }
        let mut blocks = Vec::new();
        let found = self.long_term_material(&case.certificate, case.best_time, &mut blocks);
        let mut work = Work::on(self.policy(), BlockId::SignaturesWithArchivalData);
        work.hold(id, found.is_passed(), found, "");
        let conclusion = work.conclusion();
        if !conclusion.is_passed() {
            report.process = Process::WithArchivalData;
            report.blocks.extend(blocks);
        }
        report.blocks.push(work.done());
        conclusion
    }

    /// Whether to look into the past. The standard does not for a status that is merely not known yet (5.6.3.4): it is
    /// known for the past only behind a proof that there was one, of the signature or time-stamp itself.
    pub(super) fn has_past(&self, sub: SubIndication, existed_at: Time) -> bool {
        sub.may_be_past() && (sub != SubIndication::TryLater || existed_at < self.at())
    }

    fn strength_at(&self, case: &Case<'_>, at: Time) -> Conclusion {
        match self.policy().level(ConstraintId::SignatureAlgorithms) {
            Level::Fail => case.reliable.judge(at),
            _ => Conclusion::Passed,
        }
    }
}

impl Case<'_> {
    /// What validation for basic signatures concludes: attributes and strength before the path.
    fn basic(&self, at: Time) -> Conclusion {
        if !self.attributes.is_passed() {
            return self.attributes;
        }
        match self.reliable.judge(at) {
            Conclusion::Passed => self.path.conclusion,
            weak => weak,
        }
    }
}

/// The constraints on time-stamps leave the path's own conclusion something to say.
fn is_open(constraints: Conclusion) -> bool {
    constraints
        .sub_indication()
        .is_none_or(SubIndication::may_be_past)
}

fn with_constraints(path: Conclusion, constraints: Conclusion) -> Conclusion {
    match path {
        Conclusion::Failed(_) => path,
        Conclusion::Indeterminate(_) if is_open(constraints) => path,
        _ => constraints,
    }
}

/// Step 5 of 5.3.4: a time inside the signature, proven or claimed by the signer himself, turns "perhaps too late" into
/// "too late".
fn settled(
    path: &PathOutcome,
    certificate: &Certificate,
    proven: Option<Time>,
    claimed: Option<Time>,
) -> Conclusion {
    let latest = proven.max(claimed);
    match path.conclusion {
        Conclusion::Indeterminate(SubIndication::RevokedNoPoe)
            if path
                .revoked_at
                .is_some_and(|since| latest.is_some_and(|it| it >= since)) =>
        {
            Conclusion::Failed(SubIndication::Revoked)
        }
        Conclusion::Indeterminate(
            SubIndication::OutOfBoundsNoPoe | SubIndication::OutOfBoundsNotRevoked,
        ) if proven.is_some_and(|it| it > certificate.not_after()) => {
            Conclusion::Failed(SubIndication::Expired)
        }
        other => other,
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Fail => Severity::Fail,
        Level::Warn => Severity::Warn,
        Level::Inform | Level::Ignore => Severity::Inform,
    }
}
