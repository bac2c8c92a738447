//! Diagnostic data: the policy, the times and the validation data that a verdict rests on.

use serde::{Deserialize, Serialize};
use vanthu_pki::ocsp::OcspStatus;
use vanthu_pki::{Certificate, DigestAlgorithm, Time};

use super::engine::Engine;
use super::poe::{Poe, id_of};
use super::report::CertificateFacts;

/// A revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrlFacts {
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Who issued it, RFC 4514.
    pub issuer: String,
    /// When.
    pub this_update: Time,
    /// When the next one comes at the latest.
    pub next_update: Option<Time>,
    /// How many certificates it lists.
    pub entries: u32,
}

/// One answer of an OCSP response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OcspFacts {
    /// SHA-256 of the whole response, hexadecimal.
    pub sha256: String,
    /// Serial number asked about, hexadecimal.
    pub serial: String,
    /// `good`, `revoked` or `unknown`.
    pub status: String,
    /// When the status was known.
    pub this_update: Time,
    /// When newer knowledge comes at the latest.
    pub next_update: Option<Time>,
}

/// Everything that was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Name of the policy.
    pub policy: String,
    /// Its version.
    pub policy_version: String,
    /// SHA-256 of the policy as a file, hexadecimal.
    pub policy_sha256: String,
    /// The time of validation.
    pub validated_at: Time,
    /// Trust anchors, by the SHA-256 of their certificates.
    pub anchors: Vec<String>,
    /// Certificates at hand.
    pub certificates: Vec<CertificateFacts>,
    /// Revocation lists at hand.
    pub crls: Vec<CrlFacts>,
    /// OCSP answers at hand.
    pub ocsp: Vec<OcspFacts>,
    /// Proofs of existence.
    pub poes: Vec<Poe>,
}

impl Engine<'_> {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let policy = self.policy();
        let text = policy.to_toml();
        let data = &self.material.revocation;
        let anchors = self.input.anchors.iter();
        let certificates = self.material.certificates.iter();
        Diagnostic {
            policy: policy.name.clone(),
            policy_version: policy.version.clone(),
            policy_sha256: hex::encode(DigestAlgorithm::Sha256.digest(text.as_bytes())),
            validated_at: self.at(),
            anchors: anchors.map(Certificate::sha256_thumbprint).collect(),
            certificates: certificates.map(CertificateFacts::from).collect(),
            crls: data
                .crls
                .iter()
                .map(|crl| CrlFacts {
                    sha256: hex::encode(id_of(crl.der())),
                    issuer: crl.issuer().to_string(),
                    this_update: crl.this_update(),
                    next_update: crl.next_update(),
                    entries: crl.entries().len() as u32,
                })
                .collect(),
            ocsp: data
                .ocsp
                .iter()
                .flat_map(|response| {
                    response.answers.iter().map(|answer| OcspFacts {
                        sha256: hex::encode(id_of(response.der())),
                        serial: hex::encode(&answer.id.serial),
                        status: match answer.status {
                            OcspStatus::Good => "good",
                            OcspStatus::Revoked(..) => "revoked",
                            OcspStatus::Unknown => "unknown",
                        }
                        .to_owned(),
                        this_update: answer.this_update,
                        next_update: answer.next_update,
                    })
                })
                .collect(),
            poes: self.poes.list(),
        }
    }
}
