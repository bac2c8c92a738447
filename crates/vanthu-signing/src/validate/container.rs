//! Judges the signatures and time-stamps of a container (ASiC, ETSI EN 319 162-1), and says which files they cover.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};
use vanthu_pki::cms::{self, SignedData};
use vanthu_pki::{DigestAlgorithm, Time};

use super::conclusion::{Conclusion, Indication, SubIndication};
use super::detached::{Cades, DetachedFacts, digest_of, time_of, unreadable};
use super::detail::{BlockId, Work};
use super::engine::Engine;
use super::material::Held;
use super::poe::PoeSource;
use super::report::{Coverage, FindingCode, Report, Severity, SignatureKind, SignatureReport};
use super::{ValidationInput, document_timestamp, engine_with};
use crate::asic::archive::Archive;
use crate::asic::layout::{ContainerKind, Layout};
use crate::asic::manifest::Manifest;
use crate::asic::problem::{ContainerFault as F, ContainerProblem, ReadError};
use crate::content::{Content, Digests, Hasher};

/// The judgement of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerReport {
    /// One report for each signature and time-stamp, named after its entry; the status is that of the whole container.
    pub report: Report,
    /// What only detached signatures have, in the order of the signatures.
    pub facts: Vec<DetachedFacts>,
    /// The kind of container, where it can be read.
    pub kind: Option<ContainerKind>,
    /// Why the container is refused; nothing in it was judged then.
    pub problem: Option<ContainerProblem>,
    /// What was found about the container as a whole.
    pub findings: Vec<ContainerFinding>,
    /// Its files, and which signatures cover each.
    pub files: Vec<FileFacts>,
}

/// One finding about a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerFinding {
    /// What and where.
    #[serde(flatten)]
    pub problem: ContainerProblem,
    /// How grave.
    pub severity: Severity,
}

/// A file in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// The signatures and time-stamps over it whose digest is that of the file and which are intact themselves.
    pub covered_by: Vec<String>,
}

impl ContainerReport {
    /// Whether every signature passed, every file is covered, and nothing speaks against the container.
    pub fn is_passed(&self) -> bool {
        self.report.indication == Indication::TotalPassed
    }

    fn find(&mut self, problem: ContainerProblem, severity: Severity) {
        self.findings.push(ContainerFinding { problem, severity });
    }
}

/// Judges every signature and time-stamp of a container. It is read where it lies: large files in it go by once.
///
/// A bad container is no error: only reading it can fail. A file that no signature covers is named, and the container
/// does not pass as a whole.
///
/// ETSI EN 319 162-1, 4; ETSI EN 319 102-1, 5.3 to 5.6.
pub fn validate_container<R: Read + Seek>(
    mut container: R,
    input: &ValidationInput,
) -> io::Result<ContainerReport> {
    container.seek(SeekFrom::Start(0))?;
    let digests = Digests::of(&mut container, &[])?;
    let mut report = ContainerReport {
        report: Report::empty(digests.sha256_hex()),
        facts: Vec::new(),
        kind: None,
        problem: None,
        findings: Vec::new(),
        files: Vec::new(),
    };
    match judge(container, input, &mut report) {
        Ok(()) => {}
        Err(ReadError::Io(why)) => return Err(why),
        Err(ReadError::Problem(problem)) => {
            report.problem = Some(problem);
            report.report.indication = Indication::TotalFailed;
            report.report.sub_indication = Some(SubIndication::FormatFailure);
        }
    }
    Ok(report)
}

fn judge<R: Read + Seek>(
    container: R,
    input: &ValidationInput,
    report: &mut ContainerReport,
) -> Result<(), ReadError> {
    let mut archive = Archive::open(container)?;
    let layout = Layout::read(&mut archive)?;
    report.kind = Some(layout.kind);
    let signatures: Vec<Signature<'_>> = layout.signatures.iter().map(Signature::read).collect();
    let mut stamps: Vec<Stamp<'_>> = layout.stamps.iter().map(Stamp::read).collect();
    // Newest first: a good time-stamp proves that everything that it covers existed.
    stamps.sort_by_key(|it| std::cmp::Reverse(it.time));
    let digests = digest_all(&mut archive, &layout, &signatures, &stamps)?;
    report.files = layout
        .files
        .iter()
        .filter_map(|it| {
            Some(FileFacts {
                name: it.name.clone(),
                size_bytes: it.size,
                sha256: digests.get(&it.name)?.sha256_hex(),
                covered_by: Vec::new(),
            })
        })
        .collect();
    let brought = brought(&signatures, &stamps);
    let mut case = Case {
        layout: &layout,
        digests: &digests,
        engine: engine_with(&Held::default(), &brought, input),
        signatures: &signatures,
    };
    let mut judged: Vec<SignatureReport> = Vec::new();
    for stamp in &stamps {
        judged.push(case.stamp(stamp));
    }
    judged.reverse();
    for signature in &signatures {
        for (signature, facts) in case.signature(signature, input) {
            report.report.signatures.push(signature);
            report.facts.push(facts);
        }
    }
    report
        .facts
        .extend(judged.iter().map(|_| DetachedFacts::default()));
    report.report.signatures.extend(judged);
    report.report.diagnostic = case.engine.diagnostic();
    report.report.take_worst();
    cover(&case, report);
    findings(&case, report);
    Ok(())
}

/// A signature file of the container.
struct Signature<'l> {
    name: &'l str,
    cades: Result<Cades, String>,
}

impl<'l> Signature<'l> {
    fn read((name, bytes): &'l (String, Vec<u8>)) -> Self {
        Self {
            name,
            cades: Cades::read(name, bytes),
        }
    }
}

/// A time-stamp token of the container.
struct Stamp<'l> {
    name: &'l str,
    token: Result<SignedData, String>,
    time: Option<Time>,
}

impl<'l> Stamp<'l> {
    fn read((name, bytes): &'l (String, Vec<u8>)) -> Self {
        let token = cms::parse(bytes).map_err(|why| why.to_string());
        Self {
            name,
            time: token.as_ref().ok().and_then(time_of),
            token,
        }
    }
}

fn brought(signatures: &[Signature<'_>], stamps: &[Stamp<'_>]) -> Vec<Held> {
    let cades = signatures.iter().filter_map(|it| it.cades.as_ref().ok());
    let tokens = stamps.iter().filter_map(|it| it.token.as_ref().ok());
    let mut all: Vec<Held> = cades.flat_map(Cades::brought).collect();
    all.extend(tokens.map(Held::in_signature));
    all
}

/// Every entry goes by once; all digests that some judgement needs are taken of it.
fn digest_all<R: Read + Seek>(
    archive: &mut Archive<R>,
    layout: &Layout,
    signatures: &[Signature<'_>],
    stamps: &[Stamp<'_>],
) -> Result<BTreeMap<String, Digests>, ReadError> {
    let mut wanted: Vec<DigestAlgorithm> = Vec::new();
    for signature in signatures {
        wanted.extend(
            signature
                .cades
                .as_ref()
                .map(Cades::digests)
                .unwrap_or_default(),
        );
    }
    for stamp in stamps {
        wanted.extend(stamp.token.as_ref().ok().and_then(digest_of));
    }
    for manifest in layout
        .manifests
        .iter()
        .filter_map(|it| it.manifest.as_ref().ok())
    {
        wanted.extend(manifest.references.iter().map(|it| it.digest));
    }
    let mut all = BTreeMap::new();
    for entry in archive.entries.clone() {
        if entry.is_folder() {
            continue;
        }
        let mut hasher = Hasher::new(&wanted);
        archive.each_chunk(&entry, &mut |chunk| hasher.update(chunk))?;
        all.insert(entry.name, hasher.finish());
    }
    Ok(all)
}

/// One container under judgement.
struct Case<'c, 'i> {
    layout: &'c Layout,
    digests: &'c BTreeMap<String, Digests>,
    engine: Engine<'i>,
    signatures: &'c [Signature<'c>],
}

/// What a signature or time-stamp stands over.
struct Subject<'c> {
    content: &'c Digests,
    references: References,
}

/// How the files that a manifest names compare with those that are there.
#[derive(Default)]
struct References {
    matching: Vec<String>,
    missing: Vec<String>,
    changed: Vec<String>,
    digests: Vec<DigestAlgorithm>,
}

impl<'c> Case<'c, '_> {
    /// `None` where nothing says what is covered.
    fn subject(&self, name: &str) -> Option<Subject<'c>> {
        if let Some((named, manifest)) = self.layout.manifest_of(name) {
            return Some(Subject {
                content: self.digests.get(&named.name)?,
                references: self.references(manifest),
            });
        }
        let [file] = self.layout.files.as_slice() else {
            return None;
        };
        if self.layout.kind != ContainerKind::Simple {
            return None;
        }
        Some(Subject {
            content: self.digests.get(&file.name)?,
            references: References {
                matching: vec![file.name.clone()],
                ..References::default()
            },
        })
    }

    fn references(&self, manifest: &Manifest) -> References {
        let mut found = References::default();
        for reference in &manifest.references {
            let mut entries = self.digests.iter();
            let exact = self.digests.get_key_value(reference.target.name());
            let entry = exact.or_else(|| entries.find(|(name, _)| reference.target.fits(name)));
            let Some((name, digests)) = entry else {
                found.missing.push(reference.target.name().to_owned());
                continue;
            };
            found.digests.push(reference.digest);
            if digests.get(reference.digest) == Some(&reference.value) {
                found.matching.push(name.clone());
            } else {
                found.changed.push(name.clone());
            }
        }
        found
    }

    fn stamp(&mut self, stamp: &Stamp<'_>) -> SignatureReport {
        let kind = SignatureKind::DocTimestamp;
        let mut report = SignatureReport::empty(kind, stamp.name, self.engine.at());
        "ETSI.RFC3161".clone_into(&mut report.sub_filter);
        report.changes_permitted = true;
        let token = match &stamp.token {
            Ok(token) => token,
            Err(why) => {
                let code = FindingCode::TimestampBad;
                report.fail(code, SubIndication::FormatFailure, why.clone());
                return report;
            }
        };
        let Some(subject) = self.subject(stamp.name) else {
            nothing_covered(&mut report);
            return report;
        };
        let content = Content::Digests(subject.content);
        document_timestamp(&mut report, &self.engine, token, &content);
        self.hold(&mut report, &subject);
        if let Some(time) = stamp
            .time
            .filter(|_| report.indication == Indication::TotalPassed)
        {
            self.extract(&subject.references, time);
            let block = Work::on(self.engine.policy(), BlockId::PoeExtraction);
            report.blocks.push(block.about(time.to_string()).done());
        }
        report
    }

    /// All that a time-stamp covers existed at its time (ETSI EN 319 102-1, 5.6.2.3).
    fn extract(&mut self, references: &References, time: Time) {
        for name in &references.matching {
            let signature = self.signatures.iter().find(|it| it.name == name);
            if let Some(Ok(cades)) = signature.map(|it| &it.cades) {
                for held in cades.brought() {
                    held.prove(&mut self.engine.poes, time, PoeSource::Validation);
                }
            }
            let stamp = self.layout.stamps.iter().find(|(it, _)| it == name);
            if let Some(token) = stamp.and_then(|(_, bytes)| cms::parse(bytes).ok()) {
                let held = Held::in_signature(&token);
                held.prove(&mut self.engine.poes, time, PoeSource::Validation);
            }
        }
    }

    fn signature(
        &mut self,
        signature: &Signature<'_>,
        input: &ValidationInput,
    ) -> Vec<(SignatureReport, DetachedFacts)> {
        let cades = match &signature.cades {
            Ok(cades) => cades,
            Err(why) => {
                let report = unreadable(signature.name, why.clone(), self.engine.at());
                return vec![(report, DetachedFacts::default())];
            }
        };
        let Some(subject) = self.subject(signature.name) else {
            let mut report =
                SignatureReport::empty(SignatureKind::Signature, signature.name, self.engine.at());
            nothing_covered(&mut report);
            return vec![(report, DetachedFacts::default())];
        };
        let is_archived = self.is_archived(signature.name);
        let stamps = cades.archive(&mut self.engine, subject.content);
        let mut all = Vec::new();
        for (part, stamps) in cades.parts.iter().zip(stamps) {
            let anchors = &input.anchors;
            let (mut report, facts) =
                part.judge(&self.engine, subject.content, stamps, anchors, is_archived);
            self.hold(&mut report, &subject);
            all.push((report, facts));
        }
        all
    }

    /// A time-stamp stands over an archive manifest that names the entry as it is.
    fn is_archived(&self, name: &str) -> bool {
        let archives = self.layout.manifests.iter().filter(|it| it.is_archive());
        let read = archives.filter_map(|it| it.manifest.as_ref().ok());
        read.filter(|manifest| {
            let mut stamps = self.layout.stamps.iter();
            stamps.any(|(stamp, _)| manifest.signature.fits(stamp))
        })
        .any(|manifest| {
            self.references(manifest)
                .matching
                .iter()
                .any(|it| it == name)
        })
    }

    /// The files that the manifest names are those that are there.
    fn hold(&self, report: &mut SignatureReport, subject: &Subject<'_>) {
        let references = &subject.references;
        for name in &references.changed {
            let code = FindingCode::DigestMismatch;
            report.fail(code, SubIndication::HashFailure, name.clone());
        }
        for name in &references.missing {
            let code = FindingCode::DigestMismatch;
            report.doubt(code, SubIndication::SignedDataNotFound, name.clone());
        }
        report.intact &= references.is_whole();
        let policy = self.engine.policy();
        for digest in &references.digests {
            let conclusion = policy.digest_reliable(*digest).judge(report.judged_at);
            if conclusion != Conclusion::Passed {
                report.find(FindingCode::WeakAlgorithm, Severity::Warn, digest.name());
                report.conclude(conclusion);
            }
        }
        let covers = |name: &String| references.matching.contains(name);
        report.coverage = if !references.is_whole() {
            Coverage::Incomplete
        } else if self.layout.files.iter().all(|it| covers(&it.name)) {
            Coverage::WholeFile
        } else {
            Coverage::WholeRevision
        };
        report.covers_bytes = None;
    }
}

impl References {
    fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty()
    }
}

fn nothing_covered(report: &mut SignatureReport) {
    let why = "nothing says what is signed";
    let code = FindingCode::CoverageIncomplete;
    report.doubt(code, SubIndication::SignedDataNotFound, why);
}

/// Which intact signature or time-stamp covers which file.
fn cover(case: &Case<'_, '_>, report: &mut ContainerReport) {
    for signature in report.report.signatures.iter().filter(|it| it.intact) {
        let Some(subject) = case.subject(&signature.field) else {
            continue;
        };
        for file in &mut report.files {
            let is_named = subject.references.matching.contains(&file.name);
            if is_named && !file.covered_by.contains(&signature.field) {
                file.covered_by.push(signature.field.clone());
            }
        }
    }
}

fn findings(case: &Case<'_, '_>, report: &mut ContainerReport) {
    let layout = case.layout;
    let mut found: Vec<ContainerProblem> = layout.problems.clone();
    let mut note = |fault, name: &str, detail: &str| {
        found.push(ContainerProblem::new(fault, name, detail));
    };
    for manifest in &layout.manifests {
        match &manifest.manifest {
            Err(why) => note(F::ManifestBad, &manifest.name, why),
            Ok(read) => {
                let mut signed = layout.signatures.iter().chain(&layout.stamps);
                if !signed.any(|(name, _)| read.signature.fits(name)) {
                    note(F::SignatureMissing, read.signature.name(), &manifest.name);
                }
                let references = case.references(read);
                for name in &references.missing {
                    note(F::ReferenceMissing, name, &manifest.name);
                }
                for name in &references.changed {
                    note(F::ReferenceChanged, name, &manifest.name);
                }
            }
        }
    }
    let is_simple = layout.kind == ContainerKind::Simple;
    if is_simple && layout.files.len() != 1 {
        note(F::NotOneFile, "", &format!("{} files", layout.files.len()));
    }
    for (name, _) in layout.signatures.iter().chain(&layout.stamps) {
        if case.subject(name).is_none() && !(is_simple && layout.files.len() != 1) {
            note(F::ManifestMissing, name, "");
        }
    }
    if report.report.signatures.is_empty() {
        note(F::NothingSigned, "", "");
    }
    for file in report.files.iter().filter(|it| it.covered_by.is_empty()) {
        note(F::FileNotCovered, &file.name, "");
    }
    for problem in found {
        let severity = severity(problem.fault);
        let (indication, sub) = match severity {
            Severity::Fail => (Indication::TotalFailed, SubIndication::FormatFailure),
            Severity::Warn => (
                Indication::Indeterminate,
                SubIndication::SigConstraintsFailure,
            ),
            Severity::Inform => (Indication::TotalPassed, SubIndication::Generic),
        };
        if indication > report.report.indication {
            report.report.indication = indication;
            report.report.sub_indication = Some(sub);
        }
        report.find(problem, severity);
    }
}

/// What decides against the container, and what keeps it from passing as a whole.
fn severity(fault: F) -> Severity {
    match fault {
        F::ReferenceChanged | F::ManifestBad => Severity::Fail,
        F::MimetypeMissing | F::MimetypeMisplaced | F::EntryUnknown => Severity::Inform,
        _ => Severity::Warn,
    }
}
