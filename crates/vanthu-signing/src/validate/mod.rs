//! Judges the signatures of a PDF: cryptography, path, time, and what later revisions changed.
//!
//! Never fails on bad input: what is wrong stands in the [`Report`]. The order of work is that of ETSI EN 319 102-1:
//! format, cryptography, certificate at the time the signature provably existed, constraints.

mod active;
mod anchor;
mod attack;
mod byte_range;
mod change;
mod conclusion;
mod container;
mod date;
mod detached;
mod detail;
mod diagnostic;
mod engine;
mod etsi;
mod file;
mod material;
mod past;
mod poe;
mod policy;
mod process;
mod report;
mod signature_value;
mod simple;
mod status;
mod text;
mod timestamp;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use vanthu_pki::cms::{SignedData, SignerInfo};
use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_pki::{Certificate, DigestAlgorithm, Time, cms};

pub use anchor::{AnchorTerm, AnchorUse};
pub use attack::Attack;
pub use conclusion::{Conclusion, Indication, SubIndication};
pub use container::{ContainerFinding, ContainerReport, FileFacts, validate_container};
pub use detached::{DetachedFacts, DetachedReport, validate_detached};
pub use detail::{Block, BlockId, ConstraintResult, ConstraintStatus};
pub use diagnostic::{CrlFacts, Diagnostic, OcspFacts};
pub use poe::{ObjectKind, Poe, PoeSource};
pub use policy::{
    AlgorithmRule, AlgorithmTable, ConstraintId, Level, Policy, PolicyError, Reliable, SlideTo,
    StrengthTable,
};
pub use report::{
    CertificateFacts, Coverage, Finding, FindingCode, PlatformVerdict, Process, Report,
    RevisionChanges, Severity, SignatureKind, SignatureReport, TimestampReport,
};

pub use simple::SimpleLine;
pub use text::{Language, Worded};

use crate::content::{Beginnings, Content};
use crate::difference::ChangeLevel;
use crate::longterm::evidence;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::source::{FileSource, Source};
use detail::Work;
use engine::Engine;
use file::{Found, Revisions};
use material::{Brought, Material};
use poe::Poes;

/// What a validation is given besides the file.
#[derive(Debug, Clone, Default)]
pub struct ValidationInput {
    /// Trust anchors.
    pub anchors: Vec<Certificate>,
    /// What single anchors are trusted for, and when. An anchor that none names is trusted for everything at any time.
    pub anchor_terms: Vec<AnchorTerm>,
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
    /// Which constraints hold, and how grave each is.
    pub policy: Policy,
    /// Objects that the caller can prove to have existed at a time.
    pub known: Vec<Poe>,
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
    validate_source(Source::Memory(pdf), input)
}

/// As [`validate()`], for a file that stays where it lies: only its structure is in memory. Fails only where it can't
/// be read.
pub fn validate_file<R: Read + Seek>(
    pdf: &FileSource<R>,
    input: &ValidationInput,
) -> io::Result<Report> {
    let report = validate_source(pdf.source(), input);
    pdf.take_trouble()?;
    Ok(report)
}

/// Where a file can't be read to its end, the report is about nothing; who hands over a file asks it for that.
fn validate_source(source: Source<'_>, input: &ValidationInput) -> Report {
    let bytes = Beginnings::of(source);
    let mut report = Report::empty(String::new());
    let judged = judge_file(source, &bytes, input, &mut report);
    report.sha256 = bytes.sha256_hex().unwrap_or_default();
    if let Err(problem) = judged {
        let attacks = attack::of_damaged(&source, &problem).unwrap_or_default();
        report.attacks = attacks.into_iter().collect();
        report.problem = Some(problem);
        report.indication = Indication::TotalFailed;
        report.sub_indication = Some(SubIndication::FormatFailure);
        return report;
    }
    report.take_worst();
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
        .map(|rule| change::platform_verdict(&report, rule));
    report
}

/// Every certificate that the signatures and their time-stamps carry, each once: what evidence may be
/// asked about before the file is judged. Nothing of it is proved, and what can't be read is left out.
pub fn certificates(pdf: &[u8]) -> Vec<Certificate> {
    let mut all = Vec::new();
    let Ok(document) = Document::open(pdf) else {
        return all;
    };
    for found in file::signatures(&document).iter().flatten() {
        if let Ok(signed) = &found.signed {
            carried(signed, &mut all);
        }
    }
    all
}

/// Whether nobody has signed the file; what can't be read counts as signed.
pub(crate) fn is_unsigned(document: &Document<'_>) -> bool {
    file::signatures(document).is_ok_and(|found| found.is_empty())
}

/// Where `/Contents` of the signature in a field stands, brackets included, and its bytes with their padding.
pub(crate) fn contents_of(
    document: &Document<'_>,
    field: &str,
) -> Option<((usize, usize), Vec<u8>)> {
    let found = file::signatures(document).ok()?;
    let it = found.iter().find(|it| it.field.name == field)?;
    let covered = it.covered.ok()?;
    let contents = it.dict.get("Contents")?.as_string()?;
    Some(((covered.gap_start, covered.gap_end), contents.to_vec()))
}

fn carried(signed: &SignedData, all: &mut Vec<Certificate>) {
    for certificate in &signed.certificates {
        if !all.contains(certificate) {
            all.push(certificate.clone());
        }
    }
    let tokens = signed.signers.iter().flat_map(SignerInfo::timestamp_tokens);
    for token in tokens {
        if let Ok(token) = cms::parse(token) {
            carried(&token, all);
        }
    }
}

fn judge_file(
    source: Source<'_>,
    bytes: &Beginnings<'_>,
    input: &ValidationInput,
    report: &mut Report,
) -> Result<(), PdfProblem> {
    let document = Document::open_source(source)?;
    report.revisions = document.sections().len() as u32;
    let found = file::signatures(&document)?;
    let revisions = file::revisions(&document)?;
    file::findings(&document, &found, &revisions, &input.policy, report)?;
    hash_to_the_gaps(bytes, &found)?;
    let mut engine = engine(&document, &found, input);
    let mut judged: Vec<(usize, SignatureReport)> = Vec::new();
    // Newest first: a good document time-stamp proves that everything before it existed.
    for (index, it) in found.iter().enumerate().rev() {
        if it.is_timestamp {
            let mut judged_stamp =
                judge_signature(&document, bytes, it, &revisions, &engine, &report.findings)?;
            if let Some(stamp) = &judged_stamp.timestamp
                && judged_stamp.indication == Indication::TotalPassed
            {
                extract(&document, &found, it, &mut engine, stamp.time);
                let block = Work::on(engine.policy(), BlockId::PoeExtraction);
                judged_stamp
                    .blocks
                    .push(block.about(stamp.time.to_string()).done());
            }
            judged.push((index, judged_stamp));
        }
    }
    for (index, it) in found.iter().enumerate() {
        if !it.is_timestamp {
            let report =
                judge_signature(&document, bytes, it, &revisions, &engine, &report.findings)?;
            judged.push((index, report));
        }
    }
    judged.sort_by_key(|(index, _)| *index);
    report.signatures = judged.into_iter().map(|(_, report)| report).collect();
    report.diagnostic = engine.diagnostic();
    Ok(())
}

/// Gathers the validation data of caller and file, and what is proven without looking at time-stamps.
fn engine<'i>(document: &Document<'_>, found: &[Found], input: &'i ValidationInput) -> Engine<'i> {
    let store = Brought::in_store(document);
    let brought: Vec<Brought> = found
        .iter()
        .filter_map(|it| it.signed.as_ref().ok())
        .map(Brought::in_signature)
        .collect();
    engine_with(&store, &brought, input)
}

/// The same for what any file brings: `store` for all signatures, `brought` with each.
fn engine_with<'i>(store: &Brought, brought: &[Brought], input: &'i ValidationInput) -> Engine<'i> {
    let mut material = Material::default();
    material.add(&Brought {
        certificates: input.intermediates.clone(),
        crls: input.evidence.crls.clone(),
        ocsp: input.evidence.ocsp.clone(),
        values: Vec::new(),
    });
    material.add(store);
    for held in brought {
        material.add(held);
    }
    let mut poes = Poes::new(input.at);
    for poe in &input.known {
        poes.provided(poe);
    }
    if let Some(at) = input.existed_at.filter(|at| *at < input.at) {
        for held in brought.iter().chain([store]) {
            held.prove(&mut poes, at, PoeSource::Provided);
        }
    }
    let holds = |it: &Brought| !it.crls.is_empty() || !it.ocsp.is_empty();
    let has_material = holds(store) || brought.iter().any(holds) || !input.known.is_empty();
    Engine {
        input,
        material,
        poes,
        has_material,
        evidence: RefCell::new(BTreeMap::new()),
        verifications: evidence::bound(brought.len()),
    }
}

/// POE extraction (ETSI EN 319 102-1, 5.6.2.3): all that a document time-stamp covers existed at its time.
fn extract(
    document: &Document<'_>,
    found: &[Found],
    stamp: &Found,
    engine: &mut Engine<'_>,
    time: Time,
) {
    if let Some(Ok(signed)) = stamp.signed_state(document) {
        Brought::in_store(&signed).prove(&mut engine.poes, time, PoeSource::Validation);
    }
    for other in found.iter().filter(|it| it.end() < stamp.end()) {
        if let Ok(signed) = &other.signed {
            let held = Brought::in_signature(signed);
            held.prove(&mut engine.poes, time, PoeSource::Validation);
        }
    }
}

/// Hashes the file up to the gap of each signature, the first gap first: what comes later goes on from there.
fn hash_to_the_gaps(bytes: &Beginnings<'_>, found: &[Found]) -> Result<(), PdfProblem> {
    let mut gaps: Vec<(usize, DigestAlgorithm)> = found
        .iter()
        .filter_map(|it| Some((it.covered.ok()?.gap_start, it.signed.as_ref().ok()?)))
        .filter_map(|(start, signed)| Some((start, signed.signers.first()?.digest?)))
        .collect();
    gaps.sort_unstable_by_key(|(start, _)| *start);
    for (start, algorithm) in gaps {
        bytes.upto(algorithm, start)?;
    }
    Ok(())
}

fn judge_signature(
    document: &Document<'_>,
    bytes: &Beginnings<'_>,
    found: &Found,
    revisions: &Revisions,
    engine: &Engine<'_>,
    file: &[Finding],
) -> Result<SignatureReport, PdfProblem> {
    let mut report = empty_report(document, found, engine.at());
    let covered = match found.covered {
        Ok(covered) => covered,
        Err(fault) => {
            report.change_level = ChangeLevel::Other;
            report.suspect(fault.attack);
            report.fail(
                FindingCode::ByteRangeBad,
                SubIndication::FormatFailure,
                fault.why,
            );
            report.blocks.push(format_block(engine, &report, file));
            return Ok(report);
        }
    };
    report.covers_bytes = Some(covered.end as u64);
    change::judge(
        document,
        found,
        covered,
        revisions,
        engine.policy(),
        &mut report,
    )?;
    if report.coverage == Coverage::Incomplete {
        // What came later cannot be told from what was signed.
        report.change_level = ChangeLevel::Other;
    }
    report.blocks.push(format_block(engine, &report, file));
    if !is_accepted(engine.policy(), &report.sub_filter) {
        let detail = report.sub_filter.clone();
        let code = FindingCode::SubFilterUnsupported;
        if hold_sub_filter(
            &mut Work::on(engine.policy(), BlockId::FormatChecking),
            &report,
        ) {
            report.find(code, Severity::Inform, detail);
        } else {
            report.doubt(code, SubIndication::SigConstraintsFailure, detail);
            return Ok(report);
        }
    }
    let kind = date::text_of(document, &found.dict, "Type");
    let wanted = if report.sub_filter == "ETSI.RFC3161" {
        kind.as_deref() == Some("DocTimeStamp")
    } else {
        kind.is_none_or(|kind| kind == "Sig")
    };
    if !wanted {
        let why = "the type of the signature dictionary is not that of its sub-filter";
        report.fail(
            FindingCode::SignatureObjectBad,
            SubIndication::FormatFailure,
            why,
        );
    }
    let signed = match &found.signed {
        Ok(signed) => signed,
        Err(why) => {
            let code = match report.kind {
                SignatureKind::Signature => FindingCode::CmsBad,
                SignatureKind::DocTimestamp => FindingCode::TimestampBad,
            };
            report.suspect(Attack::UniversalSignatureForgery);
            report.fail(code, SubIndication::FormatFailure, why.clone());
            return Ok(report);
        }
    };
    let content = Content::Around(bytes, covered.gap());
    if report.sub_filter == "ETSI.RFC3161" {
        document_timestamp(&mut report, engine, signed, &content);
    } else {
        engine.signature(&mut report, signed, &content);
    }
    Ok(report)
}

/// The kind of signature is one that the policy accepts. What cannot be checked, no policy can accept.
fn is_accepted(policy: &Policy, sub_filter: &str) -> bool {
    let accepted = &policy.sub_filters;
    KNOWN_SUB_FILTERS.contains(&sub_filter)
        && (accepted.is_empty() || accepted.iter().any(|it| it == sub_filter))
}

fn hold_sub_filter(work: &mut Work<'_>, report: &SignatureReport) -> bool {
    let failure = Conclusion::Indeterminate(SubIndication::SigConstraintsFailure);
    let id = ConstraintId::SubFilter;
    let sub_filter = report.sub_filter.clone();
    if KNOWN_SUB_FILTERS.contains(&sub_filter.as_str()) {
        let is_met = is_accepted(work.policy(), &sub_filter);
        work.hold(id, is_met, failure, sub_filter)
    } else {
        work.hold_at(Level::Fail, id, false, failure, sub_filter)
    }
}

/// Kinds of signature that can be checked.
const KNOWN_SUB_FILTERS: [&str; 4] = [
    "ETSI.CAdES.detached",
    "adbe.pkcs7.detached",
    "adbe.pkcs7.sha1",
    "ETSI.RFC3161",
];

/// Format checking (5.2.2) as a block of the report.
fn format_block(engine: &Engine<'_>, report: &SignatureReport, file: &[Finding]) -> Block {
    let mut work = Work::on(engine.policy(), BlockId::FormatChecking);
    let has = |codes: &[FindingCode]| report.findings.iter().find(|it| codes.contains(&it.code));
    for (id, codes) in [
        (ConstraintId::ByteRange, &[FindingCode::ByteRangeBad][..]),
        (
            ConstraintId::WholeRevision,
            &[
                FindingCode::CoverageIncomplete,
                FindingCode::SignatureObjectChanged,
            ],
        ),
        (
            ConstraintId::SignatureObject,
            &[FindingCode::SignatureObjectBad],
        ),
        (
            ConstraintId::ChangesPermitted,
            &[
                FindingCode::ChangedAfterSigning,
                FindingCode::TrailingBytes,
                FindingCode::TooManyRevisions,
            ],
        ),
    ] {
        let found = has(codes);
        let detail = found.map_or_else(String::new, |it| it.detail.clone());
        work.hold(id, found.is_none(), file::MALFORMED, detail);
    }
    for (id, code) in [
        (ConstraintId::SignatureKept, FindingCode::SignatureRemoved),
        (ConstraintId::NothingBehindEnd, FindingCode::TrailingBytes),
        (ConstraintId::SingleReferenceTable, FindingCode::HybridFile),
        (ConstraintId::UniqueFields, FindingCode::DuplicateField),
        (
            ConstraintId::SignaturesReferenced,
            FindingCode::UnreferencedSignature,
        ),
        (ConstraintId::NoActiveContent, FindingCode::ActiveContent),
    ] {
        let found = file.iter().find(|it| it.code == code);
        let detail = found.map_or_else(String::new, |it| it.detail.clone());
        work.hold(id, found.is_none(), file::MALFORMED, detail);
    }
    hold_sub_filter(&mut work, report);
    work.done()
}

fn empty_report(document: &Document<'_>, found: &Found, existed_at: Time) -> SignatureReport {
    let text = |key: &str| date::text_of(document, &found.dict, key);
    let sub_filter = text("SubFilter").unwrap_or_default();
    let is_timestamp =
        sub_filter == "ETSI.RFC3161" || text("Type").as_deref() == Some("DocTimeStamp");
    let kind = if is_timestamp {
        SignatureKind::DocTimestamp
    } else {
        SignatureKind::Signature
    };
    SignatureReport {
        sub_filter,
        signer_name: text("Name"),
        reason: text("Reason"),
        location: text("Location"),
        claimed_at: text("M").as_deref().and_then(date::parse_date),
        ..SignatureReport::empty(kind, &found.field.name, existed_at)
    }
}

fn document_timestamp(
    report: &mut SignatureReport,
    engine: &Engine<'_>,
    signed: &SignedData,
    content: &Content<'_>,
) {
    report.process = Process::TimeStamp;
    let stamp = engine.timestamp(signed, content);
    report.intact = stamp.is_intact;
    report.trusted = stamp.conclusion.is_passed();
    report.timestamp = stamp.report();
    report.signer = stamp.certificate.as_ref().map(CertificateFacts::from);
    report.chain = stamp.chain.iter().map(CertificateFacts::from).collect();
    if stamp.is_intact {
        report.claimed_at = stamp.time;
    } else {
        let severity = match stamp.conclusion {
            Conclusion::Failed(_) => Severity::Fail,
            _ => Severity::Warn,
        };
        report.find(FindingCode::TimestampBad, severity, stamp.why.clone());
    }
    report.conclude(stamp.conclusion);
    report.set_aside(&stamp.set_aside);
    report.blocks.extend(stamp.blocks);
}
