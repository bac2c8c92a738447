//! Which evidence belongs to which signature, and which is missing.

use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::path::{RevocationData, Verifications};
use vanthu_pki::{Certificate, oid};

use super::dss::{self, Store};
use super::signed::{self, Signed};
use crate::prepare;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::source::Source;

/// What shows, years later, that certificates were good (bằng chứng): given by the caller, who fetched it.
#[derive(Debug, Clone, Default)]
pub struct LongTermEvidence {
    /// Certificates of the paths: issuers, OCSP responders, time-stamp services. The anchors too: some validators look
    /// for who signed a revocation list only among the certificates of the file.
    pub certificates: Vec<Certificate>,
    /// Revocation lists and OCSP responses.
    pub revocation: RevocationData,
}

/// A certificate of a path whose state no evidence shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingEvidence {
    /// The field whose signature or time-stamp rests on it.
    pub field: String,
    /// Whose state is not shown.
    pub certificate: Certificate,
    /// Its issuer; `None` when the issuer's certificate itself is missing.
    pub issuer: Option<Certificate>,
}

impl LongTermEvidence {
    /// The encoded items in the order of the store: certificates, lists, responses.
    pub(crate) fn ders(&self) -> [Vec<&[u8]>; 3] {
        [
            self.certificates.iter().map(Certificate::der).collect(),
            self.revocation.crls.iter().map(Crl::der).collect(),
            self.revocation.ocsp.iter().map(OcspResponse::der).collect(),
        ]
    }

    /// Adds what `other` holds and this does not.
    pub fn merge(&mut self, other: Self) {
        for certificate in other.certificates {
            self.add_certificate(&certificate);
        }
        for crl in other.revocation.crls {
            if !self.revocation.crls.iter().any(|it| it.der() == crl.der()) {
                self.revocation.crls.push(crl);
            }
        }
        for response in other.revocation.ocsp {
            if !self
                .revocation
                .ocsp
                .iter()
                .any(|it| it.der() == response.der())
            {
                self.revocation.ocsp.push(response);
            }
        }
    }

    pub(crate) fn add_certificate(&mut self, certificate: &Certificate) -> bool {
        let is_new = !self.certificates.contains(certificate);
        if is_new {
            self.certificates.push(certificate.clone());
        }
        is_new
    }

    /// Those who signed the responses, where the responses bring them.
    pub(crate) fn add_responders(&mut self) {
        let responders: Vec<Certificate> = self
            .revocation
            .ocsp
            .iter()
            .flat_map(|response| response.certificates.iter().cloned())
            .collect();
        for certificate in &responders {
            self.add_certificate(certificate);
        }
    }

    fn of_store(store: &Store) -> Self {
        Self {
            certificates: store.certificates(),
            revocation: RevocationData {
                crls: store.crls(),
                ocsp: store.ocsp(),
            },
        }
    }

    /// Everything about the given end certificates: their paths as far as they are known, the states of all of them,
    /// and the same for those who vouch for the states.
    pub(crate) fn about(&self, ends: &[Certificate], work: &Verifications) -> Self {
        let mut found = Self::default();
        let mut open = ends.to_vec();
        while let Some(certificate) = open.pop() {
            if !found.add_certificate(&certificate) {
                continue;
            }
            let issuers = issuers(&certificate, &self.certificates, work);
            for crl in self
                .revocation
                .crls
                .iter()
                .filter(|crl| is_about(crl, &certificate))
            {
                let only = RevocationData {
                    crls: vec![crl.clone()],
                    ocsp: Vec::new(),
                };
                found.merge(Self {
                    certificates: Vec::new(),
                    revocation: only,
                });
            }
            for response in &self.revocation.ocsp {
                if issuers
                    .iter()
                    .any(|issuer| response.answer(&certificate, issuer).is_some())
                {
                    open.extend(response.certificates.iter().cloned());
                    let only = RevocationData {
                        crls: Vec::new(),
                        ocsp: vec![response.clone()],
                    };
                    found.merge(Self {
                        certificates: Vec::new(),
                        revocation: only,
                    });
                }
            }
            open.extend(issuers);
        }
        found
    }

    /// Whether some list or response says how `certificate` stands.
    fn shows(&self, certificate: &Certificate, issuers: &[Certificate]) -> bool {
        self.revocation
            .crls
            .iter()
            .any(|crl| is_about(crl, certificate))
            || self.revocation.ocsp.iter().any(|response| {
                issuers
                    .iter()
                    .any(|issuer| response.answer(certificate, issuer).is_some())
            })
    }
}

fn is_about(crl: &Crl, certificate: &Certificate) -> bool {
    crl.issuer() == certificate.issuer() || crl.lookup(certificate).is_some()
}

/// The bound on signatures verified for paths in a file: it grows with the signatures that stand in it, not with the
/// certificates that anybody can put beside them.
pub(crate) fn bound(signatures: usize) -> Verifications {
    const EACH: usize = 50;
    Verifications::new(Verifications::MOST + EACH * signatures)
}

/// Certificates among `known` that issued `certificate`, itself not.
pub(crate) fn issuers(
    certificate: &Certificate,
    known: &[Certificate],
    work: &Verifications,
) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    for issuer in known {
        if issuer != certificate
            && issuer.subject() == certificate.issuer()
            && !found.contains(issuer)
            && work.issued(certificate, issuer) == Some(Ok(()))
        {
            found.push(issuer.clone());
        }
    }
    found
}

/// Everything known about the signatures of a document: what it holds and what is given.
pub(crate) fn known(
    document: &Document<'_>,
    signatures: &[Signed],
    given: &LongTermEvidence,
) -> Result<LongTermEvidence, PdfProblem> {
    let mut all = given.clone();
    if let Some(store) = dss::read(document)? {
        all.merge(LongTermEvidence::of_store(&store));
    }
    for signed in signatures {
        all.merge(LongTermEvidence {
            certificates: signed.certificates(),
            revocation: RevocationData::default(),
        });
    }
    all.add_responders();
    Ok(all)
}

/// What one signature lacks: certificates below an anchor whose state nothing shows.
pub(crate) fn missing_of(
    signed: &Signed,
    all: &LongTermEvidence,
    anchors: &[Certificate],
    work: &Verifications,
) -> Vec<MissingEvidence> {
    missing_for(&signed.field, &signed.ends(), all, anchors, work)
}

/// The same for a signature or time-stamp of this name whose paths begin at `ends`.
pub(crate) fn missing_for(
    name: &str,
    ends: &[Certificate],
    all: &LongTermEvidence,
    anchors: &[Certificate],
    work: &Verifications,
) -> Vec<MissingEvidence> {
    let mut pool = all.certificates.clone();
    pool.extend_from_slice(anchors);
    let mut missing = Vec::new();
    for certificate in all.about(ends, work).certificates {
        let is_top = anchors.contains(&certificate)
            || certificate.subject() == certificate.issuer()
            || certificate.extension(oid::OCSP_NOCHECK).is_some();
        if is_top {
            continue;
        }
        let issuers = issuers(&certificate, &pool, work);
        if issuers.is_empty() || !all.shows(&certificate, &issuers) {
            missing.push(MissingEvidence {
                field: name.to_owned(),
                certificate,
                issuer: issuers.into_iter().next(),
            });
        }
    }
    missing
}

/// What must still be fetched before every signature and time-stamp of `pdf` is at level B-LT: the certificates of
/// their paths below `anchors` whose state neither the file nor `given` shows. Empty when nothing is missing.
///
/// Whether the evidence speaks for or against a certificate is a matter of judging: [`validate`](crate::validate()).
pub fn missing_evidence(
    pdf: &[u8],
    given: &LongTermEvidence,
    anchors: &[Certificate],
) -> Result<Vec<MissingEvidence>, PdfProblem> {
    let document = prepare::open(Source::Memory(pdf))?;
    let signatures = signed::signatures(&document)?;
    let all = known(&document, &signatures, given)?;
    let mut missing: Vec<MissingEvidence> = Vec::new();
    let work = bound(signatures.len());
    for signed in &signatures {
        for lack in missing_of(signed, &all, anchors, &work) {
            if !missing
                .iter()
                .any(|known| known.certificate == lack.certificate)
            {
                missing.push(lack);
            }
        }
    }
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use vanthu_pki::authority::{Authority, CertificateRequest, Validity, authority_name};
    use vanthu_pki::{SoftKey, Time};

    use super::*;

    /// So many certificates of one name, issued under that name by a key that is nobody's.
    fn crowd(count: u128) -> LongTermEvidence {
        let now = Time::from_unix(1_795_309_920);
        let validity = Validity {
            from: now,
            to: now.plus_days(1),
        };
        let key = SoftKey::generate_p256().unwrap();
        let root = Authority::root(key, "Một tên", validity, 1).unwrap();
        let name = authority_name("Một tên").unwrap();
        let own = |serial| {
            let key = SoftKey::generate_p256().unwrap();
            let request = CertificateRequest::new(name.clone(), &key.spki(), validity, serial);
            root.certify(&request.authority(None)).unwrap()
        };
        LongTermEvidence {
            certificates: (2..count + 2).map(own).collect(),
            revocation: RevocationData::default(),
        }
    }

    #[test]
    fn a_crowd_of_one_name_is_verified_within_a_bound() {
        let all = crowd(30);
        let ends = all.certificates.clone();
        let work = Verifications::new(100);
        missing_for("", &ends, &all, &[], &work);
        assert_eq!(work.count(), 100);
        // Each pair once, however often it is asked about.
        let work = Verifications::new(usize::MAX);
        for _ in 0..2 {
            missing_for("", &ends, &all, &[], &work);
        }
        assert_eq!(work.count(), 30 * 29);
    }
}
