//! The file as a whole: its revisions, its signatures, and what is remarkable about it.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use vanthu_pki::cms::SignedData;

use super::active::active;
use super::attack::Attack;
use super::byte_range::{self, Covered, Fault};
use super::conclusion::{Conclusion, SubIndication};
use super::date;
use super::policy::{ConstraintId, Level, Policy};
use super::report::{Finding, FindingCode, Report, Severity};
use super::signature_value;
use crate::form::{self, Field};
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::parser::is_space;
use crate::syntax::xref::{self, Entry, Form};

/// One state of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Revision {
    /// How many cross-reference sections count.
    pub(super) depth: usize,
    /// First byte behind it.
    end: usize,
}

impl Revision {
    /// The file as it was then. Made when it is needed: hundreds of states at once would fill the memory.
    pub(super) fn view<'a>(self, document: &Document<'a>) -> Document<'a> {
        document.at_depth(self.depth, self.end)
    }
}

/// The states of the file, and how much may still be done to look at them.
pub(super) struct Revisions {
    states: Vec<Revision>,
    room: Cell<usize>,
}

/// So many signatures are judged. No document has as many; each is worth a hash of the file and a signature check.
const MAX_SIGNATURES: usize = 256;
/// Bytes that are parsed, inflated and walked through to compare all signatures with all later states: of any file,
/// and for each of its bytes.
const ROOM_OF_ANY_FILE: usize = 8 << 20;
const ROOM_PER_BYTE: usize = 8;

impl Revisions {
    /// Of a file with so many bytes.
    fn new(states: Vec<Revision>, bytes: usize) -> Self {
        let room = bytes.saturating_mul(ROOM_PER_BYTE);
        Self {
            states,
            room: Cell::new(room.saturating_add(ROOM_OF_ANY_FILE)),
        }
    }

    /// The states in which more than `depth` sections count, oldest first.
    pub(super) fn behind(&self, depth: usize) -> impl Iterator<Item = Revision> {
        let states = self.states.iter().copied();
        states.filter(move |it| it.depth > depth)
    }

    /// Counts what looking at a state took.
    pub(super) fn spend(&self, state: &Document<'_>) {
        let work = state.work().saturating_add(state.lines());
        self.room.set(self.room.get().saturating_sub(work));
    }

    /// Nothing more is looked at.
    pub(super) fn is_exhausted(&self) -> bool {
        self.room.get() == 0
    }
}

/// A signature found in the file.
pub(super) struct Found {
    pub(super) field: Field,
    pub(super) reference: Option<Ref>,
    pub(super) dict: Dict,
    pub(super) covered: Result<Covered, Fault>,
    /// What it covers ends like a revision.
    ends_a_revision: bool,
    /// The CMS structure in it.
    pub(super) signed: Result<SignedData, String>,
    pub(super) is_timestamp: bool,
}

impl Found {
    /// The file as it was when signed, where the signature covers a revision of it.
    pub(super) fn signed_state<'a>(
        &self,
        document: &Document<'a>,
    ) -> Option<Result<Document<'a>, PdfProblem>> {
        self.ends_a_revision.then(|| document.until(self.end()))
    }

    /// First byte behind what it covers.
    pub(super) fn end(&self) -> usize {
        self.covered.map_or(usize::MAX, |covered| covered.end)
    }
}

/// The signatures of the newest state, in the order they were made.
pub(super) fn signatures(document: &Document<'_>) -> Result<Vec<Found>, PdfProblem> {
    let mut found = Vec::new();
    for field in form::fields(document)? {
        if field.kind != "Sig" {
            continue;
        }
        let Some(value) = field.value.clone() else {
            continue;
        };
        if found.len() >= MAX_SIGNATURES {
            return Err(PdfProblem::limit("number of signatures"));
        }
        let reference = value.as_ref();
        let dict = document
            .resolve(&value)?
            .as_dict()
            .cloned()
            .unwrap_or_default();
        let covered = match reference {
            Some(reference) => byte_range::covered(document, reference, &dict),
            None => Err(Fault {
                why: "the signature is not an object of its own",
                attack: Attack::ObjectConfusion,
            }),
        };
        let signed_bytes = covered.ok().and_then(|it| document.data().get(..it.end));
        let contents = dict.get("Contents").and_then(Object::as_string);
        let sub_filter = date::text_of(document, &dict, "SubFilter");
        found.push(Found {
            ends_a_revision: signed_bytes.is_some_and(byte_range::ends_a_revision),
            signed: signature_value::read(contents.unwrap_or_default()),
            is_timestamp: sub_filter.as_deref() == Some("ETSI.RFC3161"),
            field,
            reference,
            dict,
            covered,
        });
    }
    found.sort_by_key(Found::end);
    Ok(found)
}

/// The states of the file, oldest first.
pub(super) fn revisions(document: &Document<'_>) -> Revisions {
    let sections = document.sections();
    let mut states = Vec::new();
    let mut push = |depth, end| states.push(Revision { depth, end });
    for (index, section) in sections.iter().enumerate() {
        let depth = index + 1;
        let Some(next) = sections.get(depth) else {
            push(depth, document.data().len());
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
        push(depth, end);
    }
    Revisions::new(states, document.data().len())
}

/// What is remarkable about the file.
pub(super) fn findings(
    document: &Document<'_>,
    found: &[Found],
    revisions: &Revisions,
    policy: &Policy,
    report: &mut Report,
) {
    let mut note = |code, severity, detail: String| {
        report.findings.push(Finding {
            code,
            severity,
            detail,
        });
    };
    let is_hybrid = |section: &xref::Section| section.form == Form::Hybrid;
    if document.sections().iter().any(is_hybrid) {
        let severity = severity(policy, ConstraintId::SingleReferenceTable);
        note(FindingCode::HybridFile, severity, String::new());
    }
    if let Ok((_, end)) = xref::last_start(document.data()) {
        let rest = document.data().get(end..).unwrap_or_default();
        if !rest.iter().all(|byte| is_space(*byte)) && !found.is_empty() {
            let detail = format!("{} bytes", rest.len());
            note(FindingCode::TrailingBytes, Severity::Fail, detail);
        }
    }
    for name in removed(document, found, revisions) {
        note(FindingCode::SignatureRemoved, Severity::Fail, name);
    }
    if revisions.is_exhausted() {
        let detail = format!("{} revisions", document.sections().len());
        note(FindingCode::TooManyRevisions, Severity::Fail, detail);
    }
    for name in doubled(document, found) {
        let severity = severity(policy, ConstraintId::UniqueFields);
        note(FindingCode::DuplicateField, severity, name);
    }
    for number in unreferenced(document, found) {
        let detail = format!("object {number}");
        let severity = severity(policy, ConstraintId::SignaturesReferenced);
        note(FindingCode::UnreferencedSignature, severity, detail);
    }
    if !found.is_empty()
        && policy.level(ConstraintId::NoActiveContent) != Level::Ignore
        && let Some(what) = active(document)
    {
        let severity = severity(policy, ConstraintId::NoActiveContent);
        note(FindingCode::ActiveContent, severity, what);
    }
    for (code, attack) in [
        (FindingCode::TrailingBytes, Attack::ContentOutside),
        (FindingCode::SignatureRemoved, Attack::SignatureRemoved),
        (FindingCode::DuplicateField, Attack::DuplicateField),
        (
            FindingCode::UnreferencedSignature,
            Attack::UnreferencedField,
        ),
        (FindingCode::ActiveContent, Attack::EmbeddedScript),
    ] {
        if report.findings.iter().any(|it| it.code == code) {
            report.attacks.push(attack);
        }
    }
}

/// How grave it is when a constraint on the file is not met.
fn severity(policy: &Policy, id: ConstraintId) -> Severity {
    match policy.level(id) {
        Level::Fail => Severity::Fail,
        Level::Warn => Severity::Warn,
        Level::Inform | Level::Ignore => Severity::Inform,
    }
}

/// Fields that were signed once and are not any more.
fn removed(document: &Document<'_>, found: &[Found], revisions: &Revisions) -> BTreeSet<String> {
    let present: BTreeSet<&str> = found.iter().map(|it| it.field.name.as_str()).collect();
    let mut gone = BTreeSet::new();
    for revision in revisions.states.iter().rev().skip(1) {
        if revisions.is_exhausted() {
            break;
        }
        let view = revision.view(document);
        let fields = form::fields(&view).unwrap_or_default();
        let signed = fields
            .into_iter()
            .filter(|field| field.kind == "Sig" && field.value.is_some());
        let names = signed.map(|field| field.name);
        gone.extend(names.filter(|name| !present.contains(name.as_str())));
        revisions.spend(&view);
    }
    gone
}

/// Names of signed fields that another field has too.
fn doubled(document: &Document<'_>, found: &[Found]) -> BTreeSet<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for field in form::fields(document).unwrap_or_default() {
        *count.entry(field.name).or_default() += 1;
    }
    let names = found.iter().map(|it| it.field.name.clone());
    names
        .filter(|name| count.get(name).is_some_and(|count| *count > 1))
        .collect()
}

/// Live signature objects that no field of the form leads to.
fn unreferenced(document: &Document<'_>, found: &[Found]) -> BTreeSet<u32> {
    let known: BTreeSet<u32> = found
        .iter()
        .filter_map(|it| it.reference)
        .map(|it| it.number)
        .collect();
    let places: BTreeMap<usize, u32> = document
        .entries()
        .filter_map(|(number, entry)| match entry {
            Entry::At { offset, .. } => Some((offset, number)),
            _ => None,
        })
        .collect();
    memmem::find_iter(document.data(), "/ByteRange")
        .filter_map(|at| places.range(..at).next_back().map(|(_, number)| *number))
        .filter(|number| !known.contains(number))
        .filter(|number| {
            document.load_number(*number).is_ok_and(|object| {
                object.as_dict().is_some_and(|dict| {
                    dict.contains("ByteRange")
                        && dict.contains("Contents")
                        && dict.contains("Filter")
                })
            })
        })
        .collect()
}

/// The conclusion that every fault of the file's structure amounts to.
pub(super) const MALFORMED: Conclusion = Conclusion::Failed(SubIndication::FormatFailure);
