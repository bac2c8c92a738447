//! Revocation data about one certificate, taken one by one with the time each was issued and stands for. Which of them
//! speak by rights is the path's judgement ([`Examiner::evidence`]); here is what the past needs to know of them.

use std::rc::Rc;

use vanthu_pki::path::{self, EvidenceRule, Examiner, Said};
use vanthu_pki::{Certificate, SignatureAlgorithm, Time, oid};

use super::engine::Engine;
use super::poe::ObjectId;
use super::policy::{ConstraintId, Level, Reliable};

/// One list or response about one certificate, with a good signature of someone entitled.
#[derive(Debug, Clone)]
pub(super) struct StatusEvidence {
    /// The list or response itself.
    pub(super) id: ObjectId,
    pub(super) issued_at: Time,
    /// The last time at which they are fresh (5.2.5.4).
    pub(super) stands_until: Time,
    pub(super) revoked_at: Option<Time>,
    /// Who signed, and the path up to the issuer or an anchor.
    pub(super) signer_path: Vec<Certificate>,
    /// Until when the signature's algorithm is reliable.
    pub(super) reliable: Reliable,
}

impl Engine<'_> {
    /// The material of this validation under the given anchors.
    pub(super) fn examiner<'e>(&'e self, anchors: &'e [Certificate]) -> Examiner<'e> {
        Examiner {
            intermediates: &self.material.certificates,
            anchors,
            evidence: &self.material.revocation,
            verifications: &self.verifications,
            rule: self,
        }
    }

    /// Everything at hand about the status of `certificate`, whose path ends at `anchor`: what says that it is revoked,
    /// and what says for all reasons that it is not.
    pub(super) fn status_evidence(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Certificate,
    ) -> Rc<Vec<StatusEvidence>> {
        let id = |it: &Certificate| *it.fingerprint();
        let key = (id(certificate), id(issuer), id(anchor));
        if let Some(known) = self.evidence.borrow().get(&key) {
            return Rc::clone(known);
        }
        let found = self.examiner(&[]).evidence(certificate, issuer, anchor);
        let found = found.into_iter().filter_map(|it| self.for_the_past(it));
        let found = Rc::new(found.collect());
        self.evidence.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn for_the_past(&self, evidence: path::StatusEvidence<'_>) -> Option<StatusEvidence> {
        let revoked_at = match evidence.said {
            Said::Revoked(at, _) => Some(at),
            _ if evidence.shows_good() => None,
            _ => return None,
        };
        let signer = evidence.signer()?;
        let next = path::stands_until(evidence.this_update, evidence.next_update);
        Some(StatusEvidence {
            id: *evidence.fingerprint(),
            issued_at: evidence.this_update,
            stands_until: self.freshness_end(evidence.this_update, next),
            revoked_at,
            reliable: self.reliable(evidence.algorithm(), signer),
            signer_path: evidence.signer_path,
        })
    }

    fn freshness_end(&self, issued_at: Time, next_update: Time) -> Time {
        match self.policy().revocation_max_age_hours {
            Some(hours) => next_update.min(issued_at.plus_seconds(i64::from(hours) * 3600)),
            None => next_update,
        }
    }

    pub(super) fn reliable(
        &self,
        algorithm: Option<SignatureAlgorithm>,
        signer: &Certificate,
    ) -> Reliable {
        let bits = signer.public_key_info().bits;
        algorithm.map_or(Reliable::Never, |algorithm| {
            self.policy().signature_reliable(algorithm, bits)
        })
    }
}

/// Revocation data count from when they provably exist: today, unless a time-stamp says otherwise.
impl EvidenceRule for Engine<'_> {
    fn existed_at(&self, fingerprint: &ObjectId) -> Option<Time> {
        Some(self.poes.time(fingerprint))
    }

    fn is_reliable(
        &self,
        fingerprint: &ObjectId,
        algorithm: Option<SignatureAlgorithm>,
        signer: &Certificate,
    ) -> bool {
        self.policy().level(ConstraintId::CertificateAlgorithms) != Level::Fail
            || self
                .reliable(algorithm, signer)
                .at(self.poes.time(fingerprint))
    }
}

/// The issuer declared that its status is not to be checked (RFC 6960, 4.2.2.2.1).
pub(super) fn is_exempt(certificate: &Certificate) -> bool {
    certificate.extension(oid::OCSP_NOCHECK).is_some()
        && certificate
            .extended_key_usage()
            .is_some_and(|usages| usages.contains(&oid::KP_OCSP_SIGNING))
}
