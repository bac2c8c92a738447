//! What is still missing. The plan is made anew in every round from what is at hand, so that it needs no memory
//! but what came of the requests.

use std::collections::{BTreeSet, VecDeque};

use crate::algorithm::DigestAlgorithm;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::extension::DistributionPoint;
use crate::ocsp::CertificateId;
use crate::oid;
use crate::path::{RevocationStatus, StatusSource};

use super::CertificateStatus;
use super::engine::{Gathering, Outcome};
use super::options::{Deltas, Prefer};
use super::request::Key;
use super::status::{Sources, points};
use super::trouble::{Sought, Trouble, Why};

/// Something to be asked.
#[derive(Clone, Debug)]
pub(super) struct Want {
    pub(super) key: Key,
    pub(super) sought: Sought,
    /// The certificate that it is wanted for.
    pub(super) certificate: Certificate,
    /// Its issuer, once it is known.
    pub(super) issuer: Option<Certificate>,
    /// The list whose signer is wanted.
    pub(super) list: Option<Crl>,
}

#[derive(Default)]
pub(super) struct Plan {
    pub(super) wants: Vec<Want>,
    pub(super) statuses: Vec<CertificateStatus>,
    pub(super) troubles: Vec<Trouble>,
}

/// Whether there is anything to wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hope {
    Waiting,
    Exhausted,
}

/// A certificate below an anchor and one issuer.
#[derive(Clone, Copy)]
struct Link<'a> {
    certificate: &'a Certificate,
    issuer: &'a Certificate,
}

impl Gathering {
    pub(super) fn plan(&mut self) -> Plan {
        let anchored = self.pool.anchored();
        let mut plan = Plan::default();
        let mut seen = BTreeSet::new();
        let mut queue: VecDeque<(Certificate, usize)> = self
            .question
            .certificates
            .iter()
            .map(|it| (it.clone(), 0))
            .collect();
        while let Some((certificate, depth)) = queue.pop_front() {
            if self.pool.is_anchor(&certificate) || !seen.insert(certificate.sha256_thumbprint()) {
                continue;
            }
            if depth >= self.options.limits.depth {
                let trouble = Trouble::new(Sought::Issuer, &certificate, None, Why::TooDeep);
                plan.troubles.push(trouble);
                plan.statuses.push(CertificateStatus {
                    certificate,
                    status: None,
                });
                continue;
            }
            let issuers = self.pool.issuers_of(&certificate);
            let leads = |it: &&Certificate| anchored.contains(&it.sha256_thumbprint());
            let mut status = None;
            for issuer in issuers.iter().filter(leads) {
                let link = Link {
                    certificate: &certificate,
                    issuer,
                };
                let (by_this, behind) = self.look(link, &mut plan);
                status = Some(clearer(status, by_this));
                queue.extend(behind.into_iter().map(|it| (it, depth + 1)));
            }
            if status.is_none() {
                self.want_issuer(&certificate, &mut plan);
            }
            queue.extend(issuers.into_iter().map(|it| (it, depth + 1)));
            plan.statuses.push(CertificateStatus {
                certificate,
                status,
            });
        }
        plan
    }

    /// The status of a certificate, and whoever signed evidence about it: their status matters too.
    fn look(&self, link: Link<'_>, plan: &mut Plan) -> (RevocationStatus, Vec<Certificate>) {
        let Link {
            certificate,
            issuer,
        } = link;
        let status = self.status(certificate, issuer, Sources::All);
        let unknown_to =
            |sources| self.status(certificate, issuer, sources) == RevocationStatus::Unknown;
        let final_word = matches!(
            status,
            RevocationStatus::Revoked { .. }
                | RevocationStatus::Good {
                    source: StatusSource::NoCheck,
                    ..
                }
        );
        match self.options.prefer {
            _ if final_word => {}
            Prefer::Both => {
                if unknown_to(Sources::Ocsp) {
                    self.want_ocsp(link, plan);
                }
                if unknown_to(Sources::Crls) {
                    self.want_lists(link, plan);
                }
            }
            _ if status != RevocationStatus::Unknown => {}
            Prefer::Ocsp => {
                if self.want_ocsp(link, plan) == Hope::Exhausted {
                    self.want_lists(link, plan);
                }
            }
            Prefer::Crl => {
                if self.want_lists(link, plan) == Hope::Exhausted {
                    self.want_ocsp(link, plan);
                }
            }
        }
        let listed = matches!(
            status,
            RevocationStatus::Good {
                source: StatusSource::Crl,
                ..
            }
        );
        if listed && self.options.deltas == Deltas::WhereNamed {
            self.want_deltas(link, plan);
        }
        let mut behind = self.responders(certificate, issuer);
        behind.extend(self.list_signers(certificate, issuer));
        (status, behind)
    }

    fn want_issuer(&self, certificate: &Certificate, plan: &mut Plan) {
        let want = |url| Want {
            key: Key::Issuer(url),
            sought: Sought::Issuer,
            certificate: certificate.clone(),
            issuer: None,
            list: None,
        };
        self.want_first(certificate.issuer_urls(), want, plan);
    }

    /// Whoever signed a list, where the list says where to find them (RFC 5280 5.2.7).
    fn want_signer(&self, list: &Crl, link: Link<'_>, plan: &mut Plan) -> Hope {
        let want = |url| Want {
            key: Key::Issuer(url),
            sought: Sought::Issuer,
            certificate: link.certificate.clone(),
            issuer: Some(link.issuer.clone()),
            list: Some(list.clone()),
        };
        self.want_first(list.issuer_urls(), want, plan)
    }

    /// The first address that was not asked yet, while none has answered well.
    fn want_first(
        &self,
        urls: Vec<String>,
        want: impl Fn(String) -> Want,
        plan: &mut Plan,
    ) -> Hope {
        for url in urls.into_iter().take(self.options.limits.addresses) {
            let want = want(url);
            match self.outcomes.get(&want.key) {
                None => {
                    plan.push(want);
                    return Hope::Waiting;
                }
                Some(Outcome::Asked) => return Hope::Waiting,
                Some(Outcome::Found | Outcome::List(_) | Outcome::Failed(_)) => {}
            }
        }
        Hope::Exhausted
    }

    /// A responder's own status is not asked of responders: it would be its own witness.
    fn want_ocsp(&self, link: Link<'_>, plan: &mut Plan) -> Hope {
        let Link {
            certificate,
            issuer,
        } = link;
        let usages = certificate.extended_key_usage().unwrap_or_default();
        if usages.contains(&oid::KP_OCSP_SIGNING) {
            return Hope::Exhausted;
        }
        let id = CertificateId::new(DigestAlgorithm::Sha1, certificate, issuer).to_der();
        let urls = certificate.ocsp_urls();
        for url in urls.into_iter().take(self.options.limits.addresses) {
            let mut form = Some(self.options.ocsp);
            while let Some(current) = form {
                let key = Key::Ocsp(url.clone(), id.clone(), current);
                form = match self.outcomes.get(&key) {
                    None => {
                        plan.push(Want {
                            key,
                            sought: Sought::Ocsp,
                            certificate: certificate.clone(),
                            issuer: Some(issuer.clone()),
                            list: None,
                        });
                        return Hope::Waiting;
                    }
                    Some(Outcome::Asked) => return Hope::Waiting,
                    Some(Outcome::Failed(why)) => current.next(self.options.ocsp, why),
                    Some(Outcome::Found | Outcome::List(_)) => None,
                };
            }
        }
        Hope::Exhausted
    }

    fn want_lists(&self, link: Link<'_>, plan: &mut Plan) -> Hope {
        let named = points(link.certificate, oid::CRL_DISTRIBUTION_POINTS);
        self.want_points(named, Sought::Crl, link, plan)
    }

    /// Delta lists that the certificate or a complete list names.
    fn want_deltas(&self, link: Link<'_>, plan: &mut Plan) {
        let mut named = points(link.certificate, oid::FRESHEST_CRL);
        for list in &self.evidence.crls {
            if list.issuer() == link.certificate.issuer() && list.delta_base().is_none() {
                named.extend(list.freshest_points());
            }
        }
        self.want_points(named, Sought::DeltaCrl, link, plan);
    }

    /// Every point may cover other reasons; the addresses of one point are alternatives.
    fn want_points(
        &self,
        named: Vec<DistributionPoint>,
        sought: Sought,
        link: Link<'_>,
        plan: &mut Plan,
    ) -> Hope {
        let mut hope = Hope::Exhausted;
        for point in named.into_iter().take(self.options.limits.addresses) {
            if self.want_point(&point, sought, link, plan) == Hope::Waiting {
                hope = Hope::Waiting;
            }
        }
        hope
    }

    fn want_point(
        &self,
        point: &DistributionPoint,
        sought: Sought,
        link: Link<'_>,
        plan: &mut Plan,
    ) -> Hope {
        let urls = point.urls();
        for url in urls.into_iter().take(self.options.limits.addresses) {
            let key = Key::Crl(url);
            match self.outcomes.get(&key) {
                None => {
                    plan.push(Want {
                        key,
                        sought,
                        certificate: link.certificate.clone(),
                        issuer: Some(link.issuer.clone()),
                        list: None,
                    });
                    return Hope::Waiting;
                }
                Some(Outcome::Asked) => return Hope::Waiting,
                Some(Outcome::List(list)) => {
                    if self.signer_of(list, Some(link.issuer)).is_some() {
                        return Hope::Exhausted;
                    }
                    if self.want_signer(list, link, plan) == Hope::Waiting {
                        return Hope::Waiting;
                    }
                }
                Some(Outcome::Found | Outcome::Failed(_)) => {}
            }
        }
        Hope::Exhausted
    }
}

impl Plan {
    fn push(&mut self, want: Want) {
        if !self.wants.iter().any(|it| it.key == want.key) {
            self.wants.push(want);
        }
    }
}

/// Of what two issuers under one name say, the graver that is known.
fn clearer(left: Option<RevocationStatus>, right: RevocationStatus) -> RevocationStatus {
    match left {
        Some(known @ RevocationStatus::Revoked { .. }) => known,
        Some(known) if right == RevocationStatus::Unknown => known,
        _ => right,
    }
}
