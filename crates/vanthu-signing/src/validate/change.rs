//! What came after a signature: the signed revision, the later ones, and the rules both are held against.

use std::collections::BTreeSet;

use super::PlatformRule;
use super::attack::{self, Attack};
use super::byte_range::Covered;
use super::conclusion::SubIndication;
use super::file::{Found, Revisions};
use super::policy::{ConstraintId, Level, Policy};
use super::report::{
    Coverage, FindingCode, PlatformVerdict, Report, RevisionChanges, Severity, SignatureKind,
    SignatureReport,
};
use crate::difference::{self, ChangeKind, ChangeLevel, Limits, SignedState};
use crate::form;
use crate::mdp::MdpRules;
use crate::problem::PdfProblem;
use crate::request::DocMdp;
use crate::syntax::document::Document;
use crate::syntax::object::Object;

/// What the signed revision was, and what came after it.
pub(super) fn judge(
    document: &Document<'_>,
    found: &Found,
    covered: Covered,
    revisions: &Revisions,
    policy: &Policy,
    report: &mut SignatureReport,
) -> Result<(), PdfProblem> {
    let Some(signed) = found.signed_state(document) else {
        let why = "the covered part does not end a revision";
        report.suspect(Attack::ByteRangeGame);
        report.fail(
            FindingCode::CoverageIncomplete,
            SubIndication::FormatFailure,
            why,
        );
        return Ok(());
    };
    let signed = match signed {
        Ok(signed) => signed,
        Err(problem) => {
            let why = problem.to_string();
            report.suspect(Attack::ByteRangeGame);
            report.fail(
                FindingCode::CoverageIncomplete,
                SubIndication::FormatFailure,
                why,
            );
            return Ok(());
        }
    };
    let Some(reference) = found.reference else {
        return Ok(());
    };
    // What the field said when it was signed counts, not what it says now.
    let fields = form::fields(&signed).unwrap_or_default();
    let field = fields.into_iter().find(|field| {
        field.name == found.field.name
            && field.value.as_ref().and_then(Object::as_ref) == Some(reference)
    });
    let Some(field) = field.filter(|_| signed.same(document, reference.number)) else {
        let why = "the signed revision does not hold this signature";
        report.suspect(Attack::SignatureWrapping);
        report.fail(
            FindingCode::SignatureObjectChanged,
            SubIndication::FormatFailure,
            why,
        );
        return Ok(());
    };
    report.revision = Some(signed.sections().len() as u32);
    report.coverage = if document.source().is_blank_from(covered.end)? {
        Coverage::WholeFile
    } else {
        Coverage::WholeRevision
    };
    let rules = match MdpRules::of(&signed, &found.dict, &field.dict) {
        Ok(rules) => rules,
        Err(problem) => {
            let why = problem.to_string();
            report.fail(
                FindingCode::SignatureObjectBad,
                SubIndication::FormatFailure,
                why,
            );
            return Ok(());
        }
    };
    report.certification = rules.certification;
    report.locks_all = rules.locks_all();
    let level = rules.level();
    let limits = Limits {
        allowed: match level {
            Some(DocMdp::NoChanges) => ChangeLevel::LongTermEvidence,
            Some(DocMdp::FormFilling) | None => ChangeLevel::FormFilling,
            Some(DocMdp::Annotations) => ChangeLevel::Annotations,
        },
        certified: level.is_some(),
        certification: rules.certification,
        field_locks: rules.field_locks,
        may_certify: false,
    };
    compare_later(document, &signed, revisions, &limits, report);
    hold_policy(policy, report);
    Ok(())
}

fn compare_later(
    document: &Document<'_>,
    signed: &Document<'_>,
    revisions: &Revisions,
    limits: &Limits,
    report: &mut SignatureReport,
) {
    let signed_depth = signed.sections().len();
    report.changes_permitted = true;
    let mut known = BTreeSet::new();
    let mut state = None;
    for later in revisions.behind(signed_depth) {
        if revisions.is_exhausted() {
            report.changes_permitted = false;
            report.change_level = ChangeLevel::Other;
            let why = format!("revision {} and later ones are not compared", later.depth);
            let code = FindingCode::TooManyRevisions;
            report.fail(code, SubIndication::FormatFailure, why);
            return;
        }
        let view = later.view(document);
        let state = state.get_or_insert_with(|| SignedState::of(signed));
        let changes = difference::compare(state, &view, limits);
        let fresh: Vec<_> = changes
            .into_iter()
            .filter(|change| known.insert(change.clone()))
            .collect();
        let permitted = fresh.iter().all(|change| change.permitted);
        let level = fresh.iter().map(|change| change.level).max();
        // A revision that changes nothing still is one.
        report.change_level = report
            .change_level
            .max(level.unwrap_or_default())
            .max(ChangeLevel::LongTermEvidence);
        report.changes_permitted &= permitted;
        if !permitted {
            for attack in attack::classes(signed, &view, &fresh, limits.certification) {
                report.suspect(attack);
            }
        }
        for change in fresh.iter().filter(|change| !change.permitted) {
            let detail = format!("{:?}: {}", change.kind, change.detail);
            report.fail(
                FindingCode::ChangedAfterSigning,
                SubIndication::FormatFailure,
                detail,
            );
        }
        let revision = later.depth as u32;
        report.later.push(RevisionChanges {
            revision,
            changes: fresh,
            permitted,
        });
        revisions.spend(&view);
        revisions.spend(signed);
    }
    let has_bytes_behind = report.coverage == Coverage::WholeRevision;
    if has_bytes_behind && report.later.is_empty() {
        report.changes_permitted = false;
        let why = "bytes stand behind the signed part that belong to no revision";
        report.suspect(Attack::ContentOutside);
        report.fail(
            FindingCode::TrailingBytes,
            SubIndication::FormatFailure,
            why,
        );
    }
}

/// The policy may be narrower than the signature.
fn hold_policy(policy: &Policy, report: &mut SignatureReport) {
    let Some(allowed) = policy.allowed_changes else {
        return;
    };
    if report.change_level <= allowed {
        return;
    }
    let detail = format!("{:?} is more than the policy allows", report.change_level);
    let code = FindingCode::ChangedAfterSigning;
    match policy.level(ConstraintId::ChangesWithinPolicy) {
        Level::Fail => {
            report.changes_permitted = false;
            report.fail(code, SubIndication::FormatFailure, detail);
        }
        Level::Warn => report.find(code, Severity::Warn, detail),
        Level::Inform => report.find(code, Severity::Inform, detail),
        Level::Ignore => {}
    }
}

/// Holds the changes after the first signature against the platform's rule.
pub(super) fn platform_verdict(report: &Report, rule: &PlatformRule) -> PlatformVerdict {
    let mut violations = Vec::new();
    let first = report
        .signatures
        .iter()
        .find(|it| it.kind == SignatureKind::Signature);
    let later = first
        .map(|first| first.later.as_slice())
        .unwrap_or_default();
    for change in later.iter().flat_map(|revision| &revision.changes) {
        let allowed = change.permitted
            && match &change.kind {
                ChangeKind::FormFill { field } => rule.fillable.contains(field),
                ChangeKind::SignatureAdded { field }
                | ChangeKind::SignatureFieldAdded { field } => *field == rule.seal_field,
                ChangeKind::DocTimestamp { .. } | ChangeKind::Dss | ChangeKind::Structure => true,
                ChangeKind::Metadata
                | ChangeKind::Annotation
                | ChangeKind::PageContent
                | ChangeKind::FieldStructure { .. }
                | ChangeKind::History
                | ChangeKind::Other => false,
            };
        if !allowed {
            violations.push(format!("{:?} {}", change.kind, change.detail));
        }
    }
    let sound = first.is_some_and(SignatureReport::is_intact_and_unchanged)
        && !report
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Fail);
    PlatformVerdict {
        satisfied: violations.is_empty() && sound,
        violations,
    }
}
