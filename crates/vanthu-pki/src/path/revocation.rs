//! The state of a certificate at a time, from lists and responses given (trạng thái chứng thư).

use serde::Serialize;

use crate::certificate::Certificate;
use crate::crl::{Crl, RevokedEntry, Scope};
use crate::extension::{DistributionPoint, GeneralName, KeyUsage};
use crate::name::Name;
use crate::ocsp::OcspStatus;
use crate::oid;
use crate::time::Time;

use super::{Conformance, Context, PathOptions, Purpose};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
    Unknown,
}

/// How long evidence without an announced successor stands for the present.
const WITHOUT_NEXT_UPDATE: i64 = 7 * 86_400;
/// All reasons of a list: bits 1 to 8.
const ALL_REASONS: u32 = 0x7f80_0000;
const REMOVE_FROM_CRL: Option<u64> = Some(8);
/// A list may be signed by another key whose own path needs lists; no deeper than this.
const DEEPEST: u8 = 3;

pub(super) fn status(
    context: &Context<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
) -> RevocationStatus {
    let responder = certificate
        .extended_key_usage()
        .is_some_and(|usages| usages.contains(&oid::KP_OCSP_SIGNING));
    if responder && certificate.extension(oid::OCSP_NOCHECK).is_some() {
        let known_at = context.at;
        return RevocationStatus::Good {
            source: StatusSource::NoCheck,
            known_at,
        };
    }
    let online = from_ocsp(context, certificate, issuer);
    match (online, from_crls(context, certificate, issuer)) {
        (revoked @ RevocationStatus::Revoked { .. }, _)
        | (_, revoked @ RevocationStatus::Revoked { .. }) => revoked,
        (RevocationStatus::Unknown, listed) => listed,
        (online, _) => online,
    }
}

fn from_ocsp(
    context: &Context<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
) -> RevocationStatus {
    let source = StatusSource::Ocsp;
    let mut result = RevocationStatus::Unknown;
    for response in &context.evidence.ocsp {
        let Some(answer) = response.answer(certificate, issuer) else {
            continue;
        };
        if !is_current(context.at, answer.this_update, answer.next_update) {
            continue;
        }
        let Ok(responder) = response.verify(issuer) else {
            continue;
        };
        if responder != *issuer && is_revoked_delegate(context, &responder, issuer) {
            continue;
        }
        match answer.status {
            OcspStatus::Revoked(at, reason) if at <= context.at => {
                return RevocationStatus::Revoked { at, reason, source };
            }
            OcspStatus::Good if answer.this_update > certificate.not_after() => {}
            OcspStatus::Good | OcspStatus::Revoked(..) => {
                result = RevocationStatus::Good {
                    source,
                    known_at: answer.this_update,
                };
            }
            OcspStatus::Unknown => {}
        }
    }
    result
}

/// A list says that a responder the issuer entitled is revoked, and the issuer did not declare that it is not to be
/// checked (RFC 6960 4.2.2.2.1). Responders don't vouch for themselves; what no list says doesn't count.
fn is_revoked_delegate(
    context: &Context<'_>,
    responder: &Certificate,
    issuer: &Certificate,
) -> bool {
    responder.extension(oid::OCSP_NOCHECK).is_none()
        && matches!(
            from_crls(context, responder, issuer),
            RevocationStatus::Revoked { .. }
        )
}

fn from_crls(
    context: &Context<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
) -> RevocationStatus {
    let source = StatusSource::Crl;
    let points = match certificate.extension(oid::CRL_DISTRIBUTION_POINTS) {
        Some(extension) => match DistributionPoint::read_list(&extension.value) {
            Ok(points) => points,
            Err(_) => return RevocationStatus::Unknown,
        },
        None => vec![DistributionPoint::default()],
    };
    let mut covered = 0;
    let mut known_at = None;
    for crl in context
        .evidence
        .crls
        .iter()
        .filter(|crl| crl.delta_base().is_none())
    {
        let Some(reasons) = usable(context, crl, certificate, issuer, &points) else {
            continue;
        };
        match entry_with_deltas(context, crl, certificate, issuer, &points) {
            Some(entry) if entry.at <= context.at => {
                let (at, reason) = (entry.at, entry.reason);
                return RevocationStatus::Revoked { at, reason, source };
            }
            // An entry may have been dropped after expiry.
            None if crl.this_update() > certificate.not_after() && !crl.keeps_expired() => continue,
            _ => {}
        }
        covered |= reasons;
        known_at = known_at.max(Some(crl.this_update()));
    }
    match known_at {
        Some(known_at) if covered & ALL_REASONS == ALL_REASONS => {
            RevocationStatus::Good { source, known_at }
        }
        _ => RevocationStatus::Unknown,
    }
}

/// The entry of a certificate in a list, corrected by delta lists that continue it.
fn entry_with_deltas<'a>(
    context: &Context<'a>,
    base: &'a Crl,
    certificate: &Certificate,
    issuer: &Certificate,
    points: &[DistributionPoint],
) -> Option<&'a RevokedEntry> {
    let mut entry = base.lookup(certificate);
    let mut newest = base.this_update();
    for delta in &context.evidence.crls {
        let Some(from) = delta.delta_base() else {
            continue;
        };
        let continues = delta.issuer() == base.issuer()
            && delta.scope() == base.scope()
            && delta.authority_key_id() == base.authority_key_id()
            && delta.this_update() >= newest
            && base
                .number()
                .is_some_and(|number| padded(&from) <= padded(&number));
        if !continues || usable(context, delta, certificate, issuer, points).is_none() {
            continue;
        }
        newest = delta.this_update();
        match delta.lookup(certificate) {
            Some(found) if found.reason == REMOVE_FROM_CRL => entry = None,
            Some(found) => entry = Some(found),
            None => {}
        }
    }
    entry
}

/// The reasons for which a list decides about a certificate; `None` where it doesn't.
fn usable(
    context: &Context<'_>,
    crl: &Crl,
    certificate: &Certificate,
    issuer: &Certificate,
    points: &[DistributionPoint],
) -> Option<u32> {
    let scope = crl.scope().ok()?;
    let authority = certificate.is_ca();
    let out_of_scope = scope.only_attributes
        || (scope.only_users && authority)
        || (scope.only_authorities && !authority);
    let numbered = context.conformance == Conformance::Path || crl.is_numbered();
    if out_of_scope
        || !numbered
        || crl.has_unknown_critical()
        || !is_current(context.at, crl.this_update(), crl.next_update())
    {
        return None;
    }
    let own = crl.issuer() == certificate.issuer();
    let mut reasons = 0;
    for point in points {
        let issuers: Vec<&Name> = point.crl_issuer.iter().filter_map(directory).collect();
        let issuer_fits = if issuers.is_empty() {
            own
        } else {
            issuers.contains(&crl.issuer()) && (own || scope.indirect)
        };
        if issuer_fits && point_fits(point, &scope, crl.issuer(), &issuers) {
            reasons |= point.reasons.unwrap_or(ALL_REASONS) & scope.reasons.unwrap_or(ALL_REASONS);
        }
    }
    (reasons != 0 && signed_by_entitled(context, crl, certificate, issuer)).then_some(reasons)
}

/// The list's distribution point, where it names one, is that of the certificate.
fn point_fits(
    point: &DistributionPoint,
    scope: &Scope,
    list_issuer: &Name,
    issuers: &[&Name],
) -> bool {
    let complete = |full: &[GeneralName], relative: Option<&[u8]>, base: &Name| {
        let mut names = full.to_vec();
        if let Some(Ok(name)) = relative.map(|rdn| base.with_rdn(rdn)) {
            names.push(GeneralName::Directory(name));
        }
        names
    };
    let listed = complete(
        &scope.full_name,
        scope.relative_name.as_deref(),
        list_issuer,
    );
    if listed.is_empty() {
        return true;
    }
    let base = issuers.first().copied().unwrap_or(list_issuer);
    let mut wanted = complete(&point.full_name, point.relative_name.as_deref(), base);
    if wanted.is_empty() {
        wanted = if point.crl_issuer.is_empty() {
            vec![GeneralName::Directory(list_issuer.clone())]
        } else {
            point.crl_issuer.clone()
        };
    }
    wanted.iter().any(|name| listed.contains(name))
}

/// The issuer's key signed the list, or another key under the list's issuer name that itself leads
/// to an anchor. The state of such a key may stand in the list it signs itself.
fn signed_by_entitled(
    context: &Context<'_>,
    crl: &Crl,
    certificate: &Certificate,
    issuer: &Certificate,
) -> bool {
    let may_sign = |it: &Certificate| it.key_usage().is_none_or(KeyUsage::crl_sign);
    if issuer.subject() == crl.issuer() && may_sign(issuer) && crl.verify(issuer).is_ok() {
        return true;
    }
    let itself = context.list_signer == Some(certificate) && certificate.subject() == crl.issuer();
    if itself && may_sign(certificate) && crl.verify(certificate).is_ok() {
        return true;
    }
    if context.depth >= DEEPEST {
        return false;
    }
    let options = PathOptions {
        purpose: Purpose::Any,
        ..PathOptions::default()
    };
    let is_anchor = |it: &Certificate| context.anchors.contains(it);
    context
        .anchors
        .iter()
        .chain(context.intermediates)
        .any(|it| {
            it.subject() == crl.issuer()
                && may_sign(it)
                && crl.verify(it).is_ok()
                && (is_anchor(it) || {
                    let depth = context.depth + 1;
                    Context {
                        depth,
                        list_signer: Some(it),
                        ..*context
                    }
                    .judge(it, &options)
                    .is_valid()
                })
        })
}

/// Evidence stands for `at` when it is newer, or when its successor was not yet due.
fn is_current(at: Time, this_update: Time, next_update: Option<Time>) -> bool {
    let until = next_update.unwrap_or(this_update.plus_seconds(WITHOUT_NEXT_UPDATE));
    at <= until || at <= this_update
}

fn directory(name: &GeneralName) -> Option<&Name> {
    match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    }
}

/// Numbers of lists as comparable octets.
fn padded(number: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 24_usize.saturating_sub(number.len())];
    out.extend_from_slice(number);
    out
}
