//! Validation in the past (ETSI EN 319 102-1, 5.6.2): past certificate validation, validation time sliding, past
//! signature validation.

use std::collections::BTreeMap;

use vanthu_pki::path::{PathProblem, RevocationMode};
use vanthu_pki::{Certificate, Time};

use super::conclusion::{Conclusion, SubIndication};
use super::detail::{Block, BlockId, Work};
use super::engine::{Engine, Role};
use super::poe::ObjectId;
use super::policy::{ConstraintId, Reliable, SlideTo};
use super::status::{StatusEvidence, is_exempt};

/// Responders of responders are not followed deeper than this.
const DEEPEST: u8 = 2;

/// A certificate whose status is in question, under the anchor of the path it is needed for.
#[derive(Clone, Copy)]
struct Link<'c> {
    certificate: &'c Certificate,
    issuer: &'c Certificate,
    anchor: &'c Certificate,
    /// How many signers of revocation data stand between it and the path.
    depth: u8,
}

/// What past signature validation found.
pub(super) struct Past {
    pub(super) conclusion: Conclusion,
    pub(super) chain: Vec<Certificate>,
    pub(super) blocks: Vec<Block>,
}

/// How far back one certificate takes the control time, by the certificate, its issuer, the time from which it slides
/// and the depth: worked out once for all the evidence that its key signed.
type Slid = BTreeMap<(ObjectId, ObjectId, Time, u8), Option<Time>>;

impl Engine<'_> {
    /// Past signature validation (5.6.2.4): whether proofs of existence save what validation at the present time could
    /// not decide. `now` is what it concluded, `existed_at` since when the signature provably exists.
    pub(super) fn past_signature(
        &self,
        certificate: &Certificate,
        role: Role,
        now: SubIndication,
        existed_at: Time,
    ) -> Past {
        let mut blocks = Vec::new();
        let (chain, control) =
            match self.past_certificate(certificate, role, existed_at, &mut blocks) {
                Ok(found) => found,
                Err(conclusion) => {
                    let work = Work::on(self.policy(), BlockId::PastSignatureValidation);
                    blocks.push(work.conclude(conclusion));
                    return Past {
                        conclusion,
                        chain: Vec::new(),
                        blocks,
                    };
                }
            };
        let mut work = Work::on(self.policy(), BlockId::PastSignatureValidation);
        let current = Conclusion::Indeterminate(now);
        let detail =
            format!("the signature is known since {existed_at}, the path was good until {control}");
        let existed = existed_at <= control;
        if work.hold(ConstraintId::SignatureExisted, existed, current, detail) {
            let early = Conclusion::Failed(SubIndication::NotYetValid);
            let begun = existed_at >= certificate.not_before();
            let detail = format!("existed at {existed_at}");
            if work.hold(
                ConstraintId::CertificateValidity,
                begun,
                early,
                detail.clone(),
            ) {
                let in_time = existed_at <= certificate.not_after();
                work.hold(ConstraintId::CertificateValidity, in_time, current, detail);
            }
            let needs_issuer = !matches!(
                now,
                SubIndication::RevokedCaNoPoe | SubIndication::CryptoConstraintsFailureNoPoe
            );
            if needs_issuer {
                let out = Conclusion::Indeterminate(SubIndication::RevocationOutOfBoundsNoPoe);
                let known = self.revocation_issuer_existed(&chain, control);
                work.hold(ConstraintId::RevocationIssuerExisted, known, out, "");
            }
        }
        let conclusion = work.conclusion();
        blocks.push(work.done());
        Past {
            conclusion,
            chain,
            blocks,
        }
    }

    /// Past certificate validation (5.6.2.1): a path that was good at some time, and until when.
    pub(super) fn past_certificate(
        &self,
        certificate: &Certificate,
        role: Role,
        existed_at: Time,
        blocks: &mut Vec<Block>,
    ) -> Result<(Vec<Certificate>, Time), Conclusion> {
        let mut work = Work::on(self.policy(), BlockId::PastCertificateValidation)
            .about(certificate.common_name());
        let outcome = self.past_path(certificate, role, existed_at);
        let (failure, detail) = match &outcome {
            Ok(_) => (Conclusion::Passed, String::new()),
            Err((sub, why)) => (Conclusion::Indeterminate(*sub), why.clone()),
        };
        work.hold(ConstraintId::PastPath, outcome.is_ok(), failure, detail);
        blocks.push(work.done());
        let chain = outcome.map_err(|(sub, _)| Conclusion::Indeterminate(sub))?;
        let mut work = Work::on(self.policy(), BlockId::ValidationTimeSliding)
            .about(certificate.common_name());
        let slid = self.slide(&chain);
        let no_poe = Conclusion::Indeterminate(SubIndication::NoPoe);
        let detail = slid.as_ref().err().cloned().unwrap_or_default();
        work.hold(ConstraintId::TimeSliding, slid.is_ok(), no_poe, detail);
        blocks.push(work.done());
        slid.map(|control| (chain, control)).map_err(|_| no_poe)
    }

    /// A path whose certificates were all valid together at some time, by every rule but revocation.
    fn past_path(
        &self,
        certificate: &Certificate,
        role: Role,
        existed_at: Time,
    ) -> Result<Vec<Certificate>, (SubIndication, String)> {
        let anchors = self.anchors(role, existed_at);
        let mut at = certificate.not_after();
        for _ in 0..2 {
            let report = self.path(certificate, role, at, RevocationMode::Off, &anchors);
            if !report.anchored || report.has(&PathProblem::NoPath) {
                let why = "no anchor is reached".to_owned();
                return Err((SubIndication::NoCertificateChainFound, why));
            }
            if report.is_valid() {
                return Ok(report.chain);
            }
            let below = report.chain.iter().rev().skip(1);
            let Some(earlier) = below
                .map(Certificate::not_after)
                .min()
                .filter(|it| *it < at)
            else {
                let why = report
                    .failures
                    .first()
                    .map(|it| format!("{:?}", it.problem));
                return Err((
                    SubIndication::ChainConstraintsFailure,
                    why.unwrap_or_default(),
                ));
            };
            at = earlier;
        }
        let why = "the certificates were never valid together".to_owned();
        Err((SubIndication::ChainConstraintsFailure, why))
    }

    /// Validation time sliding (5.6.2.2): back to the last time at which the status of every certificate of the chain
    /// is proven.
    fn slide(&self, chain: &[Certificate]) -> Result<Time, String> {
        let mut control = self.anchor_end(chain);
        let Some(anchor) = chain.last() else {
            return Ok(control);
        };
        let mut slid = Slid::new();
        for (index, pair) in chain.windows(2).enumerate().rev() {
            let [certificate, issuer] = pair else {
                continue;
            };
            let link = Link {
                certificate,
                issuer,
                anchor,
                depth: 0,
            };
            control = self.slide_one(link, control, &mut slid)?;
            // A signature under an authority that had expired is none.
            if index > 0 {
                control = control.min(certificate.not_after());
            }
        }
        // What was not looked at might say that something is revoked.
        if self.verifications.is_exhausted() {
            return Err("more signatures than are verified".to_owned());
        }
        Ok(control)
    }

    fn slide_one(&self, link: Link<'_>, from: Time, slid: &mut Slid) -> Result<Time, String> {
        let Link {
            certificate,
            issuer,
            anchor,
            ..
        } = link;
        let name = certificate.common_name();
        if self.poes.time(certificate.fingerprint()) > from {
            return Err(format!("{name} is not known to have existed at {from}"));
        }
        let mut control = from;
        if !is_exempt(certificate) {
            let mut newest: Option<StatusEvidence> = None;
            let mut is_revoked = false;
            for evidence in self.status_evidence(certificate, issuer, anchor).iter() {
                let Some(limit) = self.usable(evidence, link, from, slid) else {
                    continue;
                };
                control = control.min(limit);
                if let Some(since) = evidence.revoked_at {
                    is_revoked = true;
                    control = control.min(since);
                }
                if newest
                    .as_ref()
                    .is_none_or(|it| it.issued_at < evidence.issued_at)
                {
                    newest = Some(evidence.clone());
                }
            }
            let Some(newest) = newest else {
                return Err(format!(
                    "no revocation data about {name} are known to have existed at {from}"
                ));
            };
            if !is_revoked && control > newest.stands_until {
                control = match self.policy().slide_to {
                    SlideTo::Issuance => newest.issued_at,
                    SlideTo::NextUpdate => newest.stands_until,
                };
            }
        }
        let algorithm = certificate
            .signature_algorithm(issuer.public_key_info())
            .ok()
            .flatten();
        match self.reliable(algorithm, issuer) {
            Reliable::Never => Err(format!("the signature on {name} was never reliable")),
            Reliable::Until(last) => Ok(control.min(last)),
            Reliable::Always => Ok(control),
        }
    }

    /// Whether the file keeps what the past needs (5.6.3, where the policy mandates to look into it although the present
    /// decides): a path with its anchor, and the status of every certificate of it, all at hand as certificates.
    pub(super) fn long_term_material(
        &self,
        certificate: &Certificate,
        existed_at: Time,
        blocks: &mut Vec<Block>,
    ) -> Conclusion {
        match self.past_certificate(certificate, Role::Signer, existed_at, blocks) {
            Ok((chain, _))
                if chain
                    .iter()
                    .all(|it| self.material.certificates.contains(it)) =>
            {
                Conclusion::Passed
            }
            Ok(_) => Conclusion::Indeterminate(SubIndication::NoPoe),
            Err(conclusion) => conclusion,
        }
    }

    /// How far back these data take the control time; `None` where they may not be used at `from`.
    fn usable(
        &self,
        evidence: &StatusEvidence,
        link: Link<'_>,
        from: Time,
        slid: &mut Slid,
    ) -> Option<Time> {
        let known_since = self.poes.time(&evidence.id);
        if evidence.issued_at > from || known_since > from {
            return None;
        }
        let limit = match evidence.reliable {
            Reliable::Never => return None,
            Reliable::Until(last) => from.min(last),
            Reliable::Always => from,
        };
        let signer = evidence.signer_path.first()?;
        // Whoever signs lists may stand in them: its own list is no further witness.
        let is_itself = link.depth > 0 && signer == link.certificate;
        if signer == link.issuer || signer == link.anchor || is_itself {
            return Some(limit);
        }
        // An old key can still write an old date: the data are older than its end.
        if link.depth >= DEEPEST || known_since > signer.not_after() {
            return None;
        }
        let below = self.slide_signer(&evidence.signer_path, link, from, slid)?;
        Some(limit.min(below))
    }

    /// The path of whoever signed revocation data slides like any other.
    fn slide_signer(
        &self,
        path: &[Certificate],
        link: Link<'_>,
        from: Time,
        slid: &mut Slid,
    ) -> Option<Time> {
        let mut control = from;
        for pair in path.windows(2).rev() {
            let [certificate, issuer] = pair else {
                continue;
            };
            let depth = link.depth + 1;
            let key = (
                *certificate.fingerprint(),
                *issuer.fingerprint(),
                from,
                depth,
            );
            let below = if let Some(known) = slid.get(&key) {
                *known
            } else {
                let link = Link {
                    certificate,
                    issuer,
                    depth,
                    ..link
                };
                let found = self.slide_one(link, from, slid).ok();
                slid.insert(key, found);
                found
            };
            control = control.min(below?);
        }
        Some(control)
    }

    /// The data that decide about the signer were issued by someone known before the certificate ended (5.6.2.4.4).
    fn revocation_issuer_existed(&self, chain: &[Certificate], control: Time) -> bool {
        let ([certificate, issuer, ..], Some(anchor)) = (chain, chain.last()) else {
            return true;
        };
        let end = certificate.not_after();
        let known = |signer: &Certificate| {
            self.input.anchors.contains(signer) || self.poes.time(signer.fingerprint()) <= end
        };
        let evidence = self.status_evidence(certificate, issuer, anchor);
        evidence.iter().any(|evidence| {
            let mut signer = evidence.signer_path.iter();
            evidence.issued_at <= control && signer.next().is_some_and(known)
        })
    }
}
