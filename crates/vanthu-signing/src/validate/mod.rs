//! Judges the signatures of a PDF: cryptography, path, time, and what later revisions changed.
//!
//! Never fails on bad input: what is wrong stands in the [`Report`]. The order of work is that of ETSI EN 319 102-1:
//! format, cryptography, certificate at the time the signature provably existed, constraints.

mod byte_range;
mod report;
mod signature_value;
mod trust;

use std::collections::BTreeSet;

use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_pki::{Certificate, Time, asn1, cms};

pub use report::{
    CertificateFacts, Coverage, Finding, FindingCode, Indication, PlatformVerdict, Report,
    RevisionChanges, Severity, SignatureKind, SignatureReport, SubIndication, TimestampReport,
};

use crate::difference::{self, ChangeKind, ChangeLevel, Limits};
use crate::form::{self, Field};
use crate::prepare::{mdp_rules, sha256_parts};
use crate::problem::PdfProblem;
use crate::request::DocMdp;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::parser::is_space;
use crate::syntax::xref::{self, Form};
use byte_range::Covered;
use trust::Evidence;

/// What a validation is given besides the file.
#[derive(Debug, Clone, Default)]
pub struct ValidationInput {
    /// Trust anchors.
    pub anchors: Vec<Certificate>,
    /// Further certificates for building paths.
    pub intermediates: Vec<Certificate>,
    /// Revocation evidence at hand.
    pub evidence: RevocationData,
    /// Whether missing revocation evidence counts.
    pub revocation: RevocationMode,
    /// The time of validation.
    pub at: Time,
    /// A time at which the file is known to have existed, when the caller can prove one.
    pub existed_at: Option<Time>,
    /// The platform's own rule for its two-signature documents.
    pub platform: Option<PlatformRule>,
}

/// After the first signature only these things may happen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformRule {
    /// Fields that may be filled (số, ngày, tháng).
    pub fillable: Vec<String>,
    /// The field of the agency's signature.
    pub seal_field: String,
}

/// Judges every signature of `pdf`.
///
/// Clause: TG-8.1a, TG-5.1
pub fn validate(pdf: &[u8], input: &ValidationInput) -> Report {
    let mut report = Report {
        indication: Indication::Indeterminate,
        sub_indication: None,
        problem: None,
        sha256: hex::encode(sha256_parts(&[pdf])),
        revisions: 0,
        signatures: Vec::new(),
        findings: Vec::new(),
        platform: None,
    };
    if let Err(problem) = judge_file(pdf, input, &mut report) {
        report.problem = Some(problem);
        report.indication = Indication::TotalFailed;
        report.sub_indication = Some(SubIndication::FormatFailure);
        return report;
    }
    if let Some(worst) = report
        .signatures
        .iter()
        .max_by_key(|signature| signature.indication)
    {
        report.indication = worst.indication;
        report.sub_indication = worst.sub_indication;
    }
    if report
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Fail)
    {
        report.indication = Indication::TotalFailed;
        report.sub_indication = report.sub_indication.or(Some(SubIndication::FormatFailure));
    }
    report.platform = input
        .platform
        .as_ref()
        .map(|rule| platform_verdict(&report, rule));
    report
}

/// Every certificate that the signatures and their time-stamps carry, each once: what evidence may be
/// asked about before the file is judged. Nothing of it is proved, and what can't be read is left out.
pub fn certificates(pdf: &[u8]) -> Vec<Certificate> {
    let mut all = Vec::new();
    let found = Document::open(pdf).and_then(|document| signatures(&document));
    for found in found.iter().flatten() {
        let contents = found.dict.get("Contents").and_then(Object::as_string);
        carried(contents.unwrap_or_default(), &mut all);
    }
    all
}

fn carried(contents: &[u8], all: &mut Vec<Certificate>) {
    let first = asn1::length_of_first(contents).ok();
    let Some(contents) = first.and_then(|length| contents.get(..length)) else {
        return;
    };
    let Ok(signed) = cms::parse(contents) else {
        return;
    };
    for certificate in signed.certificates {
        if !all.contains(&certificate) {
            all.push(certificate);
        }
    }
    for signer in &signed.signers {
        for token in signer.timestamp_tokens() {
            carried(token, all);
        }
    }
}

/// A signature found in the file.
struct Found {
    field: Field,
    reference: Option<Ref>,
    dict: Dict,
    covered: Result<Covered, &'static str>,
}

fn judge_file(pdf: &[u8], input: &ValidationInput, report: &mut Report) -> Result<(), PdfProblem> {
    let document = Document::open(pdf)?;
    report.revisions = document.sections().len() as u32;
    let mut found = signatures(&document)?;
    found.sort_by_key(|found| found.covered.map_or(usize::MAX, |covered| covered.end));
    file_findings(&document, &found, report);
    let mut evidence = Evidence::gather(&document, input);
    let revisions = revisions(&document);
    // Newest first: a good document time-stamp proves that everything before it existed.
    let mut existed_at = input.existed_at.map_or(input.at, |at| at.min(input.at));
    let mut reports = Vec::new();
    for found in found.iter().rev() {
        let judged = judge_signature(&document, found, &revisions, &mut evidence, existed_at);
        if judged.kind == SignatureKind::DocTimestamp
            && judged.indication == Indication::TotalPassed
            && let Some(stamp) = &judged.timestamp
        {
            existed_at = existed_at.min(stamp.time);
        }
        reports.push(judged);
    }
    reports.reverse();
    report.signatures = reports;
    Ok(())
}

fn signatures(document: &Document<'_>) -> Result<Vec<Found>, PdfProblem> {
    let mut found = Vec::new();
    for field in form::fields(document)? {
        if field.kind != "Sig" {
            continue;
        }
        let Some(value) = field.value.clone() else {
            continue;
        };
        let reference = value.as_ref();
        let dict = document
            .resolve(&value)?
            .as_dict()
            .cloned()
            .unwrap_or_default();
        let covered = match reference {
            Some(reference) => byte_range::covered(document, reference, &dict),
            None => Err("the signature is not an object of its own"),
        };
        found.push(Found {
            field,
            reference,
            dict,
            covered,
        });
    }
    Ok(found)
}

fn file_findings(document: &Document<'_>, found: &[Found], report: &mut Report) {
    let mut note = |code, severity, detail: String| {
        report.findings.push(Finding {
            code,
            severity,
            detail,
        });
    };
    if document
        .sections()
        .iter()
        .any(|section| section.form == Form::Hybrid)
    {
        note(FindingCode::HybridFile, Severity::Warn, String::new());
    }
    if let Ok((_, end)) = xref::last_start(document.data()) {
        let rest = document.data().get(end..).unwrap_or_default();
        if !rest.iter().all(|byte| is_space(*byte)) && !found.is_empty() {
            let detail = format!("{} bytes", rest.len());
            note(FindingCode::TrailingBytes, Severity::Fail, detail);
        }
    }
    let present: BTreeSet<&str> = found
        .iter()
        .map(|found| found.field.name.as_str())
        .collect();
    for (depth, limit) in revisions(document) {
        let earlier = document.at_depth(depth, limit);
        let Ok(fields) = form::fields(&earlier) else {
            continue;
        };
        for field in fields {
            let signed = field.kind == "Sig" && field.value.is_some();
            if signed && !present.contains(field.name.as_str()) {
                note(FindingCode::SignatureRemoved, Severity::Fail, field.name);
            }
        }
    }
}

/// The states of the file: how many cross-reference sections count, and where the state ends.
fn revisions(document: &Document<'_>) -> Vec<(usize, usize)> {
    let sections = document.sections();
    let mut states = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let depth = index + 1;
        let Some(next) = sections.get(depth) else {
            states.push((depth, document.data().len()));
            break;
        };
        // A linearised file has two sections for one state, the newer of them in front.
        if next.offset < section.offset {
            continue;
        }
        let mut position = section.end;
        while document.data().get(position).copied().is_some_and(is_space) {
            position += 1;
        }
        let end = xref::start_at(document.data(), position).map_or(section.end, |(_, end)| end);
        states.push((depth, end));
    }
    states
}

fn judge_signature(
    document: &Document<'_>,
    found: &Found,
    revisions: &[(usize, usize)],
    evidence: &mut Evidence,
    existed_at: Time,
) -> SignatureReport {
    let mut report = empty_report(document, found, existed_at);
    let covered = match found.covered {
        Ok(covered) => covered,
        Err(why) => {
            report.fail(FindingCode::ByteRangeBad, SubIndication::FormatFailure, why);
            return report;
        }
    };
    report.covers_bytes = Some(covered.end as u64);
    changes(document, found, covered, revisions, &mut report);
    let contents = found
        .dict
        .get("Contents")
        .and_then(Object::as_string)
        .unwrap_or_default();
    let parts = covered.parts(document.data());
    match report.sub_filter.as_str() {
        "ETSI.RFC3161" => document_timestamp(&mut report, evidence, contents, &parts, existed_at),
        "ETSI.CAdES.detached" | "adbe.pkcs7.detached" | "adbe.pkcs7.sha1" => {
            person_signature(&mut report, evidence, contents, &parts, existed_at);
        }
        other => {
            let detail = other.to_owned();
            report.doubt(
                FindingCode::SubFilterUnsupported,
                SubIndication::SigConstraintsFailure,
                detail,
            );
        }
    }
    report
}

fn empty_report(document: &Document<'_>, found: &Found, existed_at: Time) -> SignatureReport {
    let text = |key: &str| trust::text_of(document, &found.dict, key);
    let sub_filter = text("SubFilter").unwrap_or_default();
    let is_timestamp =
        sub_filter == "ETSI.RFC3161" || text("Type").as_deref() == Some("DocTimeStamp");
    SignatureReport {
        field: found.field.name.clone(),
        kind: if is_timestamp {
            SignatureKind::DocTimestamp
        } else {
            SignatureKind::Signature
        },
        sub_filter,
        indication: Indication::TotalPassed,
        sub_indication: None,
        intact: false,
        trusted: false,
        signer: None,
        chain: Vec::new(),
        signer_name: text("Name"),
        reason: text("Reason"),
        location: text("Location"),
        claimed_at: text("M").as_deref().and_then(trust::parse_date),
        timestamp: None,
        judged_at: existed_at,
        digest_algorithm: None,
        signature_algorithm: None,
        coverage: Coverage::Incomplete,
        revision: None,
        covers_bytes: None,
        certification: None,
        locks_all: false,
        change_level: ChangeLevel::None,
        changes_permitted: false,
        later: Vec::new(),
        findings: Vec::new(),
    }
}

/// What the signed revision was, and what came after it.
fn changes(
    document: &Document<'_>,
    found: &Found,
    covered: Covered,
    revisions: &[(usize, usize)],
    report: &mut SignatureReport,
) {
    let signed_bytes = document.data().get(..covered.end).unwrap_or_default();
    if !byte_range::ends_a_revision(signed_bytes) {
        let why = "the covered part does not end a revision";
        report.fail(
            FindingCode::CoverageIncomplete,
            SubIndication::FormatFailure,
            why,
        );
        return;
    }
    let signed = match Document::open(signed_bytes) {
        Ok(signed) => signed,
        Err(problem) => {
            let why = problem.to_string();
            report.fail(
                FindingCode::CoverageIncomplete,
                SubIndication::FormatFailure,
                why,
            );
            return;
        }
    };
    let Some(reference) = found.reference else {
        return;
    };
    let stands_there = form::fields(&signed).is_ok_and(|fields| {
        fields.iter().any(|field| {
            field.name == found.field.name
                && field.value.as_ref().and_then(Object::as_ref) == Some(reference)
        })
    });
    if !stands_there || !signed.same(document, reference.number) {
        let why = "the signed revision does not hold this signature";
        report.fail(
            FindingCode::SignatureObjectChanged,
            SubIndication::FormatFailure,
            why,
        );
        return;
    }
    report.revision = Some(signed.sections().len() as u32);
    let rest = document.data().get(covered.end..).unwrap_or_default();
    report.coverage = if rest.iter().all(|byte| is_space(*byte)) {
        Coverage::WholeFile
    } else {
        Coverage::WholeRevision
    };
    let rules = match mdp_rules(&signed, &found.dict, &found.field.dict) {
        Ok(rules) => rules,
        Err(problem) => {
            let why = problem.to_string();
            report.fail(
                FindingCode::SignatureObjectBad,
                SubIndication::FormatFailure,
                why,
            );
            return;
        }
    };
    report.certification = rules.certification;
    report.locks_all = rules.locks_all;
    let level = rules.certification.or(rules.lock_level);
    let limits = Limits {
        allowed: match level {
            Some(DocMdp::NoChanges) => ChangeLevel::LongTermEvidence,
            Some(DocMdp::FormFilling) | None => ChangeLevel::FormFilling,
            Some(DocMdp::Annotations) => ChangeLevel::Annotations,
        },
        certified: level.is_some(),
        field_lock: rules.field_lock,
    };
    compare_later(document, &signed, revisions, &limits, report);
}

fn compare_later(
    document: &Document<'_>,
    signed: &Document<'_>,
    revisions: &[(usize, usize)],
    limits: &Limits,
    report: &mut SignatureReport,
) {
    let signed_depth = signed.sections().len();
    report.changes_permitted = true;
    let mut known = BTreeSet::new();
    for (depth, limit) in revisions.iter().filter(|(depth, _)| *depth > signed_depth) {
        let later = document.at_depth(*depth, *limit);
        let changes = difference::compare(signed, &later, limits);
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
        for change in fresh.iter().filter(|change| !change.permitted) {
            let detail = format!("{:?}: {}", change.kind, change.detail);
            report.fail(
                FindingCode::ChangedAfterSigning,
                SubIndication::FormatFailure,
                detail,
            );
        }
        let revision = *depth as u32;
        report.later.push(RevisionChanges {
            revision,
            changes: fresh,
            permitted,
        });
    }
    let has_bytes_behind = report.coverage == Coverage::WholeRevision;
    if has_bytes_behind && report.later.is_empty() {
        report.changes_permitted = false;
        let why = "bytes stand behind the signed part that belong to no revision";
        report.fail(
            FindingCode::TrailingBytes,
            SubIndication::FormatFailure,
            why,
        );
    }
}

fn person_signature(
    report: &mut SignatureReport,
    evidence: &mut Evidence,
    contents: &[u8],
    parts: &[&[u8]],
    existed_at: Time,
) {
    let others = evidence.certificates.clone();
    let Some(value) = signature_value::check(report, contents, parts, &others) else {
        return;
    };
    report.intact = true;
    let certificate = &value.outcome.certificate;
    report.signer = Some(CertificateFacts::from(certificate));
    evidence.add_certificates(&value.signed.certificates);
    evidence.add_crls(&value.signed.crls);
    let tokens = value.signer.timestamp_tokens();
    if tokens.is_empty() {
        report.find(FindingCode::NoTimestamp, Severity::Inform, "");
    }
    for token in tokens {
        match trust::timestamp(evidence, token, &[&value.signer.signature], existed_at) {
            Ok((stamp, _)) => {
                if stamp.indication == Indication::TotalPassed {
                    report.judged_at = report.judged_at.min(stamp.time);
                } else {
                    report.find(FindingCode::TimestampUntrusted, Severity::Warn, "");
                }
                report.timestamp = Some(stamp);
            }
            Err(why) => report.find(FindingCode::TimestampBad, Severity::Warn, why),
        }
    }
    trust::signer(report, evidence, certificate);
}

fn document_timestamp(
    report: &mut SignatureReport,
    evidence: &mut Evidence,
    contents: &[u8],
    parts: &[&[u8]],
    existed_at: Time,
) {
    let outcome = signature_value::without_padding(contents)
        .map_err(str::to_owned)
        .and_then(|token| trust::timestamp(evidence, token, parts, existed_at));
    match outcome {
        Ok((stamp, chain)) => {
            report.intact = true;
            report.trusted = stamp.indication == Indication::TotalPassed;
            report.signer.clone_from(&stamp.authority);
            report.chain = chain.iter().map(CertificateFacts::from).collect();
            report.claimed_at = Some(stamp.time);
            if let Some(sub_indication) = stamp.sub_indication {
                report.lower(stamp.indication, sub_indication);
            }
            report.timestamp = Some(stamp);
        }
        Err(why) => report.fail(FindingCode::TimestampBad, SubIndication::HashFailure, why),
    }
}

/// Holds the changes after the first signature against the platform's rule.
fn platform_verdict(report: &Report, rule: &PlatformRule) -> PlatformVerdict {
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
