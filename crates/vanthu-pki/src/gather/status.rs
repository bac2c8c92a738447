//! What the evidence at hand says about one certificate. The judgement itself is that of the path.

use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::extension::{DistributionPoint, GeneralName, KeyUsage};
use crate::ocsp::OcspResponse;
use crate::oid;
use crate::path::{Examiner, NoRule, RevocationData, RevocationStatus};

use super::Gathering;

/// Which evidence is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sources {
    All,
    Ocsp,
    Crls,
}

impl Gathering {
    /// The status of a certificate by its issuer, under the anchors that the issuer leads to.
    pub(super) fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        sources: Sources,
    ) -> RevocationStatus {
        let evidence = self.evidence_about(certificate, issuer, sources);
        Examiner {
            intermediates: &self.pool.others(),
            anchors: &self.question.anchors,
            evidence: &evidence,
            verifications: &self.verifications,
            rule: &NoRule,
        }
        .state(certificate, issuer, self.question.at)
    }

    /// Without what is too old, and without what a responder says about itself.
    fn evidence_about(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        sources: Sources,
    ) -> RevocationData {
        let fresh = |time| self.question.fresh_since.is_none_or(|since| time >= since);
        let mut evidence = RevocationData::default();
        if sources != Sources::Crls {
            let said = |it: &&OcspResponse| {
                it.answer(certificate, issuer)
                    .is_some_and(|answer| fresh(answer.this_update))
                    && self.signer(it, issuer).is_some_and(|it| it != *certificate)
            };
            evidence.ocsp = self.evidence.ocsp.iter().filter(said).cloned().collect();
        }
        if sources != Sources::Ocsp {
            let new = |it: &&Crl| fresh(it.this_update());
            evidence.crls = self.evidence.crls.iter().filter(new).cloned().collect();
        }
        evidence
    }

    fn signer(&self, response: &OcspResponse, issuer: &Certificate) -> Option<Certificate> {
        response.signer(issuer, &self.verifications).ok()
    }

    /// Responders that an issuer entitled and that have spoken about the certificate, where the issuer did not
    /// declare that they are not to be checked (RFC 6960 4.2.2.2.1).
    pub(super) fn responders(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<Certificate> {
        let about = |it: &&OcspResponse| it.answer(certificate, issuer).is_some();
        self.evidence
            .ocsp
            .iter()
            .filter(about)
            .filter_map(|it| self.signer(it, issuer))
            .filter(|it| it != issuer && it != certificate)
            .filter(|it| it.extension(oid::OCSP_NOCHECK).is_none())
            .collect()
    }

    /// Whoever signed lists that may speak for the certificate, other than its issuer.
    pub(super) fn list_signers(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<Certificate> {
        let mut names: Vec<GeneralName> = points(certificate, oid::CRL_DISTRIBUTION_POINTS)
            .into_iter()
            .flat_map(|it| it.crl_issuer)
            .collect();
        names.push(GeneralName::Directory(certificate.issuer().clone()));
        let speaks = |it: &&Crl| {
            let name = GeneralName::Directory(it.issuer().clone());
            names.contains(&name)
        };
        self.evidence
            .crls
            .iter()
            .filter(speaks)
            .filter_map(|it| self.signer_of(it, Some(issuer)))
            .filter(|it| it != issuer && it != certificate)
            .collect()
    }

    /// The certificate whose key verifies a list; `likely` is tried first.
    pub(super) fn signer_of(
        &self,
        list: &Crl,
        likely: Option<&Certificate>,
    ) -> Option<Certificate> {
        likely
            .into_iter()
            .chain(self.pool.iter())
            .find(|it| {
                it.subject() == list.issuer()
                    && it.key_usage().is_none_or(KeyUsage::crl_sign)
                    && self.verifications.signed_list(list, it) == Some(Ok(()))
            })
            .cloned()
    }
}

/// The distribution points in an extension of a certificate; none where it can't be read.
pub(super) fn points(
    certificate: &Certificate,
    kind: oid::ObjectIdentifier,
) -> Vec<DistributionPoint> {
    certificate
        .extension(kind)
        .and_then(|it| DistributionPoint::read_list(&it.value).ok())
        .unwrap_or_default()
}
