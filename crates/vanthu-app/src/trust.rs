//! The trust anchors (điểm tin cậy): the roots that a certificate must lead to, each with what it is trusted for
//! and when.

use sha2::{Digest as _, Sha256};
use vanthu_pki::Certificate;
use vanthu_pki::Time;
use vanthu_pki::anchors::AnchorList;
use vanthu_pki::gather::Question;
use vanthu_pki::path::{self, PathOptions, PathReport, Purpose, RevocationData, RevocationMode};
use vanthu_signing::{AnchorTerm, AnchorUse};

use crate::port::{RevocationSource, StatusFound};

pub use vanthu_pki::anchors::AnchorPurpose;

/// What a chain to an anchor is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Signatures of people and agencies.
    Signatures,
    /// Time-stamps.
    TimeStamps,
}

/// One anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its certificate.
    pub certificate: Certificate,
    /// What it is trusted for.
    pub purposes: Vec<AnchorPurpose>,
    /// Since when it is trusted; `None` has no beginning.
    pub from: Option<Time>,
    /// Until when; `None` has no end.
    pub until: Option<Time>,
}

impl Anchor {
    /// Trusted for one purpose, and for the time-stamps of whoever signs under it, at any time.
    pub fn always(certificate: Certificate, purpose: AnchorPurpose) -> Self {
        Self {
            certificate,
            purposes: vec![purpose, AnchorPurpose::TimeStamping],
            from: None,
            until: None,
        }
    }

    /// Everything that a judgement by it depends on.
    fn line(&self) -> String {
        let mut purposes: Vec<&str> = self.purposes.iter().map(|it| it.word()).collect();
        purposes.sort_unstable();
        purposes.dedup();
        let bound = |at: Option<Time>| at.map_or_else(String::new, |at| at.unix().to_string());
        format!(
            "anchor {} {} {}..{}\n",
            self.certificate.sha256_thumbprint(),
            purposes.join(","),
            bound(self.from),
            bound(self.until)
        )
    }

    /// Trusted at that time.
    pub fn is_trusted_at(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }

    /// Trusted for that use.
    pub fn is_for(&self, used: Use) -> bool {
        self.purposes.iter().any(|it| match it {
            AnchorPurpose::TimeStamping => used == Use::TimeStamps,
            AnchorPurpose::Government | AnchorPurpose::Public | AnchorPurpose::Practice => {
                used == Use::Signatures
            }
        })
    }
}

/// The list of anchors, with its version.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The anchors.
    pub anchors: Vec<Anchor>,
    /// Intermediate certificates known here.
    pub intermediates: Vec<Certificate>,
    /// The list's version, kept in every report.
    pub version: String,
}

impl Trust {
    /// The anchors of a signed list, whose version they carry.
    pub fn of_list(list: &AnchorList) -> Self {
        let anchors = list.anchors.iter().map(|it| Anchor {
            certificate: it.certificate.clone(),
            purposes: it.purposes.clone(),
            from: Some(it.from),
            until: it.until,
        });
        Self {
            anchors: anchors.collect(),
            intermediates: Vec::new(),
            version: format!("list-{}", list.version),
        }
    }

    /// The certificates of all anchors, whatever their period.
    pub fn roots(&self) -> Vec<Certificate> {
        self.anchors.iter().map(|a| a.certificate.clone()).collect()
    }

    /// What each anchor is trusted for and when, as a judgement of a file asks for it.
    pub fn terms(&self) -> Vec<AnchorTerm> {
        let uses = [
            (Use::Signatures, AnchorUse::Signatures),
            (Use::TimeStamps, AnchorUse::TimeStamps),
        ];
        let term = |it: &Anchor| AnchorTerm {
            certificate: it.certificate.clone(),
            uses: uses
                .iter()
                .filter(|(used, _)| it.is_for(*used))
                .map(|(_, used)| *used)
                .collect(),
            from: it.from,
            until: it.until,
        };
        self.anchors.iter().map(term).collect()
    }

    /// The certificates of the anchors trusted for signatures at that time.
    pub fn roots_at(&self, at: Time) -> Vec<Certificate> {
        let trusted = |it: &&Anchor| it.is_trusted_at(at) && it.is_for(Use::Signatures);
        let trusted = self.anchors.iter().filter(trusted);
        trusted.map(|it| it.certificate.clone()).collect()
    }

    /// Names exactly these certificates, what they are trusted for and when: what was judged by others was judged
    /// by another list.
    pub fn fingerprint(&self) -> String {
        let others = self
            .intermediates
            .iter()
            .map(|it| format!("other {}\n", it.sha256_thumbprint()));
        let mut lines: Vec<String> = self
            .anchors
            .iter()
            .map(Anchor::line)
            .chain(others)
            .collect();
        lines.sort_unstable();
        hex::encode(Sha256::digest(lines.concat()))
    }

    /// Whether a signing certificate leads to an anchor and is not revoked, at that time.
    pub fn examine(
        &self,
        certificate: &Certificate,
        chain: &[Certificate],
        at: Time,
        evidence: &RevocationData,
    ) -> PathReport {
        let mut intermediates = self.intermediates.clone();
        intermediates.extend_from_slice(chain);
        let options = PathOptions {
            purpose: Purpose::DocumentSigning,
            revocation: RevocationMode::Required,
            ..PathOptions::default()
        };
        path::validate_with(
            certificate,
            &intermediates,
            &self.roots_at(at),
            at,
            evidence,
            &options,
        )
    }
}

impl Trust {
    /// Whether a path leads from the certificate to an anchor at that moment, whatever its status is.
    pub fn leads_to_anchor(
        &self,
        certificate: &Certificate,
        chain: &[Certificate],
        at: Time,
    ) -> bool {
        let mut intermediates = self.intermediates.clone();
        intermediates.extend_from_slice(chain);
        let options = PathOptions {
            purpose: Purpose::DocumentSigning,
            revocation: RevocationMode::Off,
            ..PathOptions::default()
        };
        let nothing = RevocationData::default();
        path::validate_with(
            certificate,
            &intermediates,
            &self.roots_at(at),
            at,
            &nothing,
            &options,
        )
        .is_valid()
    }
}

/// What a source finds; where it answers nothing at all, what the question itself brought. What stays unknown of it
/// is never taken for good.
pub(crate) async fn evidence_about(
    source: &dyn RevocationSource,
    question: Question,
) -> StatusFound {
    let brought = question.evidence.clone();
    match source.evidence(question).await {
        Ok(found) => found,
        Err(unknown) => {
            tracing::warn!(%unknown, "certificate status");
            StatusFound {
                evidence: brought,
                ..StatusFound::default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vanthu_pki::SoftKey;
    use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};

    const NOW: Time = Time::from_unix(1_795_000_000);

    #[test]
    fn an_anchor_counts_in_its_period_and_not_for_what_it_is_not() {
        let validity = Validity {
            from: NOW.plus_days(-1000),
            to: NOW.plus_days(1000),
        };
        let key = || SoftKey::generate_p256().unwrap();
        let root = Authority::root(key(), "Gốc", validity, 1).unwrap();
        let person = PersonSubject {
            full_name: "Người Thử".to_owned(),
            ..Default::default()
        };
        let nothing = Endpoints::default();
        let spki = key().spki();
        let signer = root.person(&person, &spki, validity, 2, &nothing).unwrap();
        let anchor = Anchor {
            from: Some(NOW.plus_days(-10)),
            until: Some(NOW.plus_days(10)),
            ..Anchor::always(root.certificate().clone(), AnchorPurpose::Public)
        };
        let valid = |anchor: &Anchor, at: Time| {
            let trust = Trust {
                anchors: vec![anchor.clone()],
                ..Trust::default()
            };
            let list = root.crl(&[], 1, at, at.plus_days(1)).unwrap();
            let evidence = RevocationData {
                crls: vec![list],
                ocsp: Vec::new(),
            };
            let report = trust.examine(&signer, &[], at, &evidence);
            report.is_valid()
        };
        for (days, expected) in [
            (-11, false),
            (-10, true),
            (0, true),
            (10, true),
            (11, false),
        ] {
            assert_eq!(valid(&anchor, NOW.plus_days(days)), expected, "{days}");
        }
        let stamps = Anchor {
            purposes: vec![AnchorPurpose::TimeStamping],
            ..anchor
        };
        assert!(!valid(&stamps, NOW));
        let trust = Trust {
            anchors: vec![stamps.clone()],
            ..Trust::default()
        };
        let term = AnchorTerm {
            certificate: root.certificate().clone(),
            uses: vec![AnchorUse::TimeStamps],
            from: stamps.from,
            until: stamps.until,
        };
        assert_eq!(trust.terms(), [term]);
    }
}
