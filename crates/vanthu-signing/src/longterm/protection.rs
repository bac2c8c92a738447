//! Until when a file's protection holds, and why: what an archive asks before it renews time-stamps.

use serde::{Deserialize, Serialize};
use vanthu_pki::algorithm::strength::{Reliability, Strength};
use vanthu_pki::{Certificate, DigestAlgorithm, SignatureAlgorithm, Time};

use super::evidence;
use super::level::{BaselineLevel, State};
use super::signed::{self, Signed};
use crate::problem::PdfProblem;
use crate::syntax::document::Document;

/// What ends a file's protection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ProtectionLimit {
    /// There is no signature that can be read.
    NotSigned,
    /// No time-stamp: nothing shows later that the signature is older than its certificate's end.
    NoTimestamp {
        /// Whose certificate ends.
        subject: String,
    },
    /// The file does not show the state of this certificate; after its end nobody has to know it.
    EvidenceMissing {
        /// Whose certificate ends.
        subject: String,
    },
    /// A certificate in the path of the last time-stamp ends.
    TimestampCertificate {
        /// Whose certificate ends.
        subject: String,
    },
    /// The digest in the last time-stamp is no longer relied on.
    Digest {
        /// Which.
        algorithm: DigestAlgorithm,
    },
    /// The algorithm by which the last time-stamp or a certificate in its path is signed is no longer relied on.
    Signature {
        /// Whose key signed.
        subject: String,
        /// With which algorithm; empty where it is not known here.
        algorithm: String,
        /// The size of the key.
        bits: u32,
    },
}

/// Until when the signatures of a file can be shown to be good by the file alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// The lowest level among the signatures; `None` without any.
    pub level: Option<BaselineLevel>,
    /// The first moment at which the protection no longer holds.
    pub until: Time,
    /// Why it ends then.
    pub limit: ProtectionLimit,
    /// The field of the signature or time-stamp at which it ends.
    pub field: String,
}

impl Protection {
    /// Whether the file is to be extended now, `lead_days` before its protection ends.
    pub fn is_due(&self, now: Time, lead_days: i64) -> bool {
        now.plus_days(lead_days) >= self.until
    }
}

struct Bound {
    until: Time,
    limit: ProtectionLimit,
    field: String,
}

/// Says until when the protection of `pdf` holds, and why.
///
/// This looks at what is there, not whether it is good: judge the file with [`validate`](crate::validate()) first.
/// `anchors` are trusted by name and key, whatever their own end; `strength` tells until when algorithms hold, asked
/// `at` the moment given. An archive runs this over its files and calls [`extend_lta`](crate::extend_lta) for those
/// that are due; `EvidenceMissing` and `NoTimestamp` are the first to mend.
///
/// ETSI EN 319 142-1, 5.5 and B.2; ETSI EN 319 102-1, 5.6.
pub fn protection(
    pdf: &[u8],
    anchors: &[Certificate],
    strength: &Strength,
    at: Time,
) -> Result<Protection, PdfProblem> {
    let table = Table { strength, at };
    let document = Document::open(pdf)?;
    let state = State::of(&document)?;
    let archived = archived(pdf, &state)?;
    let level = state
        .signatures
        .iter()
        .filter(|signed| !signed.is_timestamp)
        .map(|signed| match &archived {
            Some((end, then)) if signed.end < *end && then.is_complete(signed, anchors) => {
                BaselineLevel::BLta
            }
            _ => state.level(signed, anchors),
        })
        .min();
    let mut bounds = Vec::new();
    let last = state
        .signatures
        .iter()
        .rev()
        .find(|signed| signed.is_timestamp);
    for signed in &state.signatures {
        let covered = last.is_some_and(|last| signed.end < last.end);
        let evidence = match &archived {
            Some((end, then)) if signed.end < *end => then,
            _ => &state,
        };
        lacks(signed, evidence, anchors, &mut bounds);
        if !covered {
            ends(signed, &state, anchors, &table, &mut bounds);
        }
    }
    let first = bounds.into_iter().min_by_key(|bound| bound.until);
    Ok(match first {
        Some(bound) => Protection {
            level,
            until: bound.until,
            limit: bound.limit,
            field: bound.field,
        },
        None => Protection {
            level,
            until: Time::from_unix(if state.signatures.is_empty() {
                0
            } else {
                i64::MAX / 2
            }),
            limit: ProtectionLimit::NotSigned,
            field: String::new(),
        },
    })
}

/// The state that the last document time-stamp covers, and where it ends.
fn archived(pdf: &[u8], state: &State) -> Result<Option<(usize, State)>, PdfProblem> {
    let last = state
        .signatures
        .iter()
        .rev()
        .find(|signed| signed.is_timestamp);
    let Some(covered) = last.and_then(|last| pdf.get(..last.end)) else {
        return Ok(None);
    };
    let then = State::of(&Document::open(covered)?)?;
    Ok(Some((covered.len(), then)))
}

/// A certificate whose state the file does not show bounds the protection by its end.
fn lacks(signed: &Signed, state: &State, anchors: &[Certificate], bounds: &mut Vec<Bound>) {
    for lack in evidence::missing_of(signed, &state.evidence, anchors, &state.work) {
        // The newest time-stamp is judged while its service still answers.
        let is_own = signed.is_timestamp && !has_later(signed, state);
        if !is_own {
            bounds.push(Bound {
                until: lack.certificate.not_after(),
                limit: ProtectionLimit::EvidenceMissing {
                    subject: lack.certificate.common_name(),
                },
                field: signed.field.clone(),
            });
        }
    }
}

fn has_later(signed: &Signed, state: &State) -> bool {
    state
        .signatures
        .iter()
        .any(|other| other.is_timestamp && other.end > signed.end)
}

/// When a signature that no later time-stamp covers stops being provable.
fn ends(
    signed: &Signed,
    state: &State,
    anchors: &[Certificate],
    table: &Table<'_>,
    bounds: &mut Vec<Bound>,
) {
    let tokens = signed.tokens();
    let stamps: Vec<_> = tokens
        .iter()
        .filter_map(|token| signed::stamp_of(token))
        .collect();
    if stamps.is_empty() {
        for certificate in path(signed.certificate(), state, anchors) {
            bounds.push(Bound {
                until: certificate.not_after(),
                limit: ProtectionLimit::NoTimestamp {
                    subject: certificate.common_name(),
                },
                field: signed.field.clone(),
            });
        }
        return;
    }
    for (info, token) in &stamps {
        let mut bound = |until: Option<Time>, limit| {
            bounds.extend(until.map(|until| Bound {
                until,
                limit,
                field: signed.field.clone(),
            }));
        };
        if let Some(algorithm) = info.digest {
            let until = table.until(table.strength.digest_at(algorithm, table.at));
            bound(until, ProtectionLimit::Digest { algorithm });
        }
        let service = signed::signer_of(token);
        if let (Some(service), Some(signer)) = (service, token.signers.first()) {
            let key = service.public_key_info();
            let algorithm = SignatureAlgorithm::resolve(&signer.algorithm, key.kind, signer.digest);
            let (until, limit) = table.signed_by(service, algorithm.ok().flatten());
            bound(until, limit);
        }
        for certificate in path(service, state, anchors) {
            let subject = certificate.common_name();
            let limit = ProtectionLimit::TimestampCertificate { subject };
            bound(Some(certificate.not_after()), limit);
            let known = [state.evidence.certificates.as_slice(), anchors].concat();
            if let Some(issuer) = evidence::issuers(&certificate, &known, &state.work).first() {
                let algorithm = certificate.signature_algorithm(issuer.public_key_info());
                let (until, limit) = table.signed_by(issuer, algorithm.ok().flatten());
                bound(until, limit);
            }
        }
    }
}

/// Until when algorithms hold, asked at a moment.
struct Table<'s> {
    strength: &'s Strength,
    at: Time,
}

impl Table<'_> {
    fn until(&self, reliability: Reliability) -> Option<Time> {
        match reliability {
            Reliability::Reliable { until } => until,
            Reliability::Ended { at } => Some(at),
            Reliability::Unlisted => Some(self.at),
        }
    }

    /// When what `signer` signed with `algorithm` is no longer relied on.
    fn signed_by(
        &self,
        signer: &Certificate,
        algorithm: Option<SignatureAlgorithm>,
    ) -> (Option<Time>, ProtectionLimit) {
        let key = signer.public_key_info();
        let reliability = algorithm.map_or(Reliability::Unlisted, |algorithm| {
            self.strength.signature_at(algorithm, key, self.at)
        });
        let limit = ProtectionLimit::Signature {
            subject: signer.common_name(),
            algorithm: algorithm.map_or("", SignatureAlgorithm::name).to_owned(),
            bits: key.bits,
        };
        (self.until(reliability), limit)
    }
}

/// A certificate and those above it, below the anchors.
fn path(
    certificate: Option<&Certificate>,
    state: &State,
    anchors: &[Certificate],
) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    let mut open: Vec<Certificate> = certificate.cloned().into_iter().collect();
    while let Some(certificate) = open.pop() {
        let is_top = anchors.contains(&certificate)
            || certificate.subject() == certificate.issuer()
            || found.contains(&certificate);
        if !is_top {
            open.extend(evidence::issuers(
                &certificate,
                &state.evidence.certificates,
                &state.work,
            ));
            found.push(certificate);
        }
    }
    found
}
