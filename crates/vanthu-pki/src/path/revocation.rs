//! The state of a certificate at a time, from lists and responses given (trạng thái chứng thư).

use serde::Serialize;

use crate::certificate::Certificate;
use crate::oid;
use crate::time::Time;

use super::evidence::{ALL_REASONS, Said, StatusEvidence, stands_until};
use super::{Context, SetAside};

/// Where a state comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusSource {
    /// A revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
    /// The issuer declared that this certificate is not to be checked (OCSP responders).
    NoCheck,
}

/// The state of a certificate at the time in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum RevocationStatus {
    /// Not revoked then.
    Good {
        /// From where it is known.
        source: StatusSource,
        /// The state was known at this time.
        known_at: Time,
    },
    /// Revoked then.
    Revoked {
        /// Since when.
        at: Time,
        /// `CRLReason`.
        reason: Option<u64>,
        /// From where it is known.
        source: StatusSource,
    },
    /// Cannot be determined: no usable evidence.
    #[default]
    Unknown,
}

/// A state, and the evidence that was left out.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) status: RevocationStatus,
    pub(super) set_aside: Vec<SetAside>,
}

/// The state of a certificate by all evidence at hand.
pub(super) fn state(
    context: &Context<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
) -> State {
    let responder = certificate
        .extended_key_usage()
        .is_some_and(|usages| usages.contains(&oid::KP_OCSP_SIGNING));
    if responder && certificate.extension(oid::OCSP_NOCHECK).is_some() {
        let status = RevocationStatus::Good {
            source: StatusSource::NoCheck,
            known_at: context.at,
        };
        return State {
            status,
            set_aside: Vec::new(),
        };
    }
    let id = |it: Option<&Certificate>| it.map_or([0; 32], |it| *it.fingerprint());
    let key = (
        *certificate.fingerprint(),
        *issuer.fingerprint(),
        id(context.anchors.first()),
        context.at,
        context.depth,
        id(context.list_signer),
    );
    let found = context.memory.state(key, || {
        let mut evidence = context.evidence_in(context.evidence, certificate, issuer);
        evidence.retain(|it| is_current(context.at, it));
        let status = match (online(context, &evidence), listed(context, &evidence)) {
            (revoked @ RevocationStatus::Revoked { .. }, _)
            | (_, revoked @ RevocationStatus::Revoked { .. }) => revoked,
            (RevocationStatus::Unknown, listed) => listed,
            (online, _) => online,
        };
        State {
            status,
            set_aside: set_aside(&evidence),
        }
    });
    found.unwrap_or_else(|| {
        context.verifications.exhaust();
        State::default()
    })
}

/// The state by lists alone.
pub(super) fn listed_state(
    context: &Context<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
) -> RevocationStatus {
    let mut evidence = context.lists_in(context.evidence, certificate, issuer);
    evidence.retain(|it| is_current(context.at, it));
    listed(context, &evidence)
}

fn online(context: &Context<'_>, evidence: &[StatusEvidence<'_>]) -> RevocationStatus {
    let source = StatusSource::Ocsp;
    let mut result = RevocationStatus::Unknown;
    for it in evidence.iter().filter(|it| it.is_response()) {
        match it.said {
            Said::Revoked(at, reason) if at <= context.at => {
                return RevocationStatus::Revoked { at, reason, source };
            }
            Said::Good | Said::Revoked(..) if it.doubt.is_none() => {
                let known_at = it.this_update;
                result = newer(result, RevocationStatus::Good { source, known_at });
            }
            _ => {}
        }
    }
    result
}

fn listed(context: &Context<'_>, evidence: &[StatusEvidence<'_>]) -> RevocationStatus {
    let source = StatusSource::Crl;
    let mut covered = 0;
    let mut known_at = None;
    for base in evidence.iter().filter(|it| it.complete_list().is_some()) {
        let said = with_deltas(base, evidence);
        match said {
            Said::Revoked(at, reason) if at <= context.at => {
                return RevocationStatus::Revoked { at, reason, source };
            }
            // An entry may have been dropped after expiry.
            Said::Nothing | Said::Removed => continue,
            Said::Good | Said::Revoked(..) => {}
        }
        if base.doubt.is_none() {
            covered |= base.reasons;
            known_at = known_at.max(Some(base.this_update));
        }
    }
    match known_at {
        Some(known_at) if covered & ALL_REASONS == ALL_REASONS => {
            RevocationStatus::Good { source, known_at }
        }
        _ => RevocationStatus::Unknown,
    }
}

/// What a complete list says, corrected by delta lists that continue it.
fn with_deltas(base: &StatusEvidence<'_>, evidence: &[StatusEvidence<'_>]) -> Said {
    let Some(list) = base.complete_list() else {
        return Said::Nothing;
    };
    let mut said = base.said;
    let mut newest = base.this_update;
    for delta in evidence.iter().filter(|it| it.continues(list)) {
        if delta.this_update < newest {
            continue;
        }
        newest = delta.this_update;
        match delta.said {
            Said::Removed if delta.doubt.is_none() => said = Said::Good,
            Said::Revoked(..) => said = delta.said,
            _ => {}
        }
    }
    said
}

/// Evidence stands for `at` when it is newer, or when its successor was not yet due.
fn is_current(at: Time, evidence: &StatusEvidence<'_>) -> bool {
    let (since, next) = (evidence.this_update, evidence.next_update);
    at <= stands_until(since, next) || at <= since
}

fn newer(left: RevocationStatus, right: RevocationStatus) -> RevocationStatus {
    match (&left, &right) {
        (
            RevocationStatus::Good { known_at: old, .. },
            RevocationStatus::Good { known_at: new, .. },
        ) if old > new => left,
        _ => right,
    }
}

fn set_aside(evidence: &[StatusEvidence<'_>]) -> Vec<SetAside> {
    let doubted = evidence.iter().filter_map(|it| Some((it.doubt?, it)));
    doubted
        .map(|(doubt, it)| SetAside {
            index: 0,
            signer: it
                .signer()
                .map(Certificate::common_name)
                .unwrap_or_default(),
            issued_at: it.this_update,
            doubt,
        })
        .collect()
}
