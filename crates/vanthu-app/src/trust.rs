//! The trust anchors (điểm tin cậy): the roots that a certificate must lead to.

use vanthu_pki::Certificate;
use vanthu_pki::Time;
use vanthu_pki::path::{self, PathOptions, PathReport, Purpose, RevocationData, RevocationMode};

/// Whose root it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnchorKind {
    /// The government's authority for official signatures.
    Government,
    /// A public provider under the national root.
    Public,
    /// The practice authority; refused in a real installation.
    Practice,
}

/// One anchor.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// Its certificate.
    pub certificate: Certificate,
    /// Whose it is.
    pub kind: AnchorKind,
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
    /// The certificates of the anchors.
    pub fn roots(&self) -> Vec<Certificate> {
        self.anchors.iter().map(|a| a.certificate.clone()).collect()
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
            &self.roots(),
            at,
            evidence,
            &options,
        )
    }
}
