//! The trust anchors (điểm tin cậy): the roots that a certificate must lead to.

use sha2::{Digest as _, Sha256};
use vanthu_pki::Certificate;
use vanthu_pki::Time;
use vanthu_pki::path::{self, PathOptions, PathReport, Purpose, RevocationData, RevocationMode};

use crate::port::{RevocationSource, StatusUnknown};

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

    /// Names exactly these certificates: what was judged by others was judged by another list.
    pub fn fingerprint(&self) -> String {
        let anchors = self.anchors.iter().map(|it| ("anchor", &it.certificate));
        let others = self.intermediates.iter().map(|it| ("other", it));
        let mut lines: Vec<String> = anchors
            .chain(others)
            .map(|(what, certificate)| format!("{what} {}\n", certificate.sha256_thumbprint()))
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
            &self.roots(),
            at,
            evidence,
            &options,
        )
    }
}

/// Evidence about each of the certificates that somebody else issued, asked once an issuer, and what
/// stayed unknown of it. What stays unknown is never taken for good.
pub(crate) async fn evidence_about(
    source: &dyn RevocationSource,
    certificates: &[Certificate],
) -> (RevocationData, Vec<StatusUnknown>) {
    let mut asked: Vec<&Certificate> = Vec::new();
    let mut evidence = RevocationData::default();
    let mut unknown = Vec::new();
    for certificate in certificates {
        let issuer = |it: &Certificate| {
            let key = it.authority_key_id().map(<[u8]>::to_vec);
            (it.issuer().to_string(), key)
        };
        let is_new = !asked.iter().any(|it| issuer(it) == issuer(certificate));
        if certificate.is_self_issued() || !is_new {
            continue;
        }
        asked.push(certificate);
        match source.evidence(certificate).await {
            Ok(found) => {
                evidence.crls.extend(found.crls);
                evidence.ocsp.extend(found.ocsp);
            }
            Err(why) => unknown.push(why),
        }
    }
    (evidence, unknown)
}
