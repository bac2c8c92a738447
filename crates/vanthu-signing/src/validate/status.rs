//! Revocation data about one certificate, taken one by one with the time each was issued and stands for.

use std::rc::Rc;

use vanthu_pki::crl::Crl;
use vanthu_pki::extension::KeyUsage;
use vanthu_pki::ocsp::{OcspResponse, OcspStatus};
use vanthu_pki::path::RevocationMode;
use vanthu_pki::{Certificate, Time, oid};

use super::engine::{Engine, Role};
use super::poe::{ObjectId, id_of};
use super::policy::Reliable;

/// How long data without an announced successor stand for the present.
const WITHOUT_NEXT_UPDATE: i64 = 7 * 86_400;

/// One list or response about one certificate, with a good signature of someone entitled.
#[derive(Debug, Clone)]
pub(super) struct StatusEvidence {
    /// The list or response itself.
    pub(super) id: ObjectId,
    pub(super) issued_at: Time,
    /// The last time at which they are fresh (5.2.5.4).
    pub(super) stands_until: Time,
    pub(super) revoked_at: Option<Time>,
    /// Who signed.
    pub(super) signer: Certificate,
    /// Until when the signature's algorithm is reliable.
    pub(super) reliable: Reliable,
}

impl Engine<'_> {
    /// Everything at hand about the status of `certificate`.
    pub(super) fn status_evidence(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Rc<Vec<StatusEvidence>> {
        let key = (id_of(certificate.der()), id_of(issuer.der()));
        if let Some(known) = self.evidence.borrow().get(&key) {
            return Rc::clone(known);
        }
        let data = &self.material.revocation;
        let lists = data.crls.iter();
        let responses = data.ocsp.iter();
        let found: Vec<StatusEvidence> = lists
            .filter_map(|crl| self.in_list(crl, certificate, issuer))
            .chain(responses.filter_map(|it| self.in_response(it, certificate, issuer)))
            .collect();
        let found = Rc::new(found);
        self.evidence.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn in_list(
        &self,
        crl: &Crl,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<StatusEvidence> {
        let scope = crl.scope().ok()?;
        let is_authority = certificate.is_ca();
        let outside = scope.only_attributes
            || (scope.only_users && is_authority)
            || (scope.only_authorities && !is_authority)
            || scope.reasons.is_some()
            || scope.indirect;
        let too_late = crl.this_update() > certificate.not_after() && !crl.keeps_expired();
        if outside
            || too_late
            || crl.issuer() != certificate.issuer()
            || crl.delta_base().is_some()
            || crl.has_unknown_critical()
        {
            return None;
        }
        let signer = self.list_signer(crl, issuer)?;
        let entry = crl.lookup(certificate);
        let next = crl
            .next_update()
            .unwrap_or_else(|| crl.this_update().plus_seconds(WITHOUT_NEXT_UPDATE));
        Some(StatusEvidence {
            id: id_of(crl.der()),
            issued_at: crl.this_update(),
            stands_until: self.freshness_end(crl.this_update(), next),
            revoked_at: entry.map(|entry| entry.at),
            reliable: self.reliable(crl.signature_algorithm(signer.public_key_info()), &signer),
            signer,
        })
    }

    /// The issuer's own key, or another key under the issuer's name that leads to an anchor.
    fn list_signer(&self, crl: &Crl, issuer: &Certificate) -> Option<Certificate> {
        let may_sign = |it: &Certificate| it.key_usage().is_none_or(KeyUsage::crl_sign);
        if may_sign(issuer) && crl.verify(issuer).is_ok() {
            return Some(issuer.clone());
        }
        let others = self.material.certificates.iter().chain(&self.input.anchors);
        others
            .filter(|it| it.subject() == crl.issuer() && may_sign(it) && crl.verify(it).is_ok())
            .find(|it| {
                let at = it.not_after().min(self.at());
                let anchors = &self.input.anchors;
                self.path(it, Role::Signer, at, RevocationMode::Off, anchors)
                    .is_valid()
            })
            .cloned()
    }

    fn in_response(
        &self,
        response: &OcspResponse,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<StatusEvidence> {
        let answer = response.answer(certificate, issuer)?;
        let revoked_at = match answer.status {
            OcspStatus::Good => None,
            OcspStatus::Revoked(at, _) => Some(at),
            OcspStatus::Unknown => return None,
        };
        if answer.this_update > certificate.not_after() && revoked_at.is_none() {
            return None;
        }
        let signer = response.verify(issuer).ok()?;
        let next = answer
            .next_update
            .unwrap_or_else(|| answer.this_update.plus_seconds(WITHOUT_NEXT_UPDATE));
        Some(StatusEvidence {
            id: id_of(response.der()),
            issued_at: answer.this_update,
            stands_until: self.freshness_end(answer.this_update, next),
            revoked_at,
            reliable: self.reliable(
                response.signature_algorithm(signer.public_key_info()),
                &signer,
            ),
            signer,
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
        algorithm: Option<vanthu_pki::SignatureAlgorithm>,
        signer: &Certificate,
    ) -> Reliable {
        let bits = signer.public_key_info().bits;
        algorithm.map_or(Reliable::Never, |algorithm| {
            self.policy().signature_reliable(algorithm, bits)
        })
    }
}

/// The issuer declared that its status is not to be checked (RFC 6960, 4.2.2.2.1).
pub(super) fn is_exempt(certificate: &Certificate) -> bool {
    certificate.extension(oid::OCSP_NOCHECK).is_some()
        && certificate
            .extended_key_usage()
            .is_some_and(|usages| usages.contains(&oid::KP_OCSP_SIGNING))
}
