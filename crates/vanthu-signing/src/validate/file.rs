//! The file as a whole: its revisions, its signatures, and what is remarkable about it.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use vanthu_pki::cms::SignedData;

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
pub(super) struct Revision<'a> {
    /// How many cross-reference sections count.
    pub(super) depth: usize,
    pub(super) view: Document<'a>,
}

/// A signature found in the file.
pub(super) struct Found<'a> {
    pub(super) field: Field,
    pub(super) reference: Option<Ref>,
    pub(super) dict: Dict,
    pub(super) covered: Result<Covered, Fault>,
    /// The file as it was when signed.
    pub(super) revision: Option<Result<Document<'a>, PdfProblem>>,
    /// The CMS structure in it.
    pub(super) signed: Result<SignedData, String>,
    pub(super) is_timestamp: bool,
}

impl Found<'_> {
    /// First byte behind what it covers.
    pub(super) fn end(&self) -> usize {
        self.covered.map_or(usize::MAX, |covered| covered.end)
    }
}

/// The signatures of the newest state, in the order they were made.
pub(super) fn signatures<'a>(document: &Document<'a>) -> Result<Vec<Found<'a>>, PdfProblem> {
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
            None => Err(Fault {
                why: "the signature is not an object of its own",
                attack: Attack::ObjectConfusion,
            }),
        };
        let signed_bytes = covered.ok().and_then(|it| document.data().get(..it.end));
        let contents = dict.get("Contents").and_then(Object::as_string);
        let sub_filter = date::text_of(document, &dict, "SubFilter");
        found.push(Found {
            revision: signed_bytes
                .filter(|bytes| byte_range::ends_a_revision(bytes))
                .map(Document::open),
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
pub(super) fn revisions<'a>(document: &Document<'a>) -> Vec<Revision<'a>> {
    let sections = document.sections();
    let mut states = Vec::new();
    let mut push = |depth, limit| {
        states.push(Revision {
            depth,
            view: document.at_depth(depth, limit),
        });
    };
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
    states
}

/// What is remarkable about the file.
pub(super) fn findings(
    document: &Document<'_>,
    found: &[Found<'_>],
    revisions: &[Revision<'_>],
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
        let severity = match policy.level(ConstraintId::SingleReferenceTable) {
            Level::Fail => Severity::Fail,
            Level::Warn => Severity::Warn,
            Level::Inform | Level::Ignore => Severity::Inform,
        };
        note(FindingCode::HybridFile, severity, String::new());
    }
    if let Ok((_, end)) = xref::last_start(document.data()) {
        let rest = document.data().get(end..).unwrap_or_default();
        if !rest.iter().all(|byte| is_space(*byte)) && !found.is_empty() {
            let detail = format!("{} bytes", rest.len());
            note(FindingCode::TrailingBytes, Severity::Fail, detail);
        }
    }
    for name in removed(found, revisions) {
        note(FindingCode::SignatureRemoved, Severity::Fail, name);
    }
    for name in doubled(document, found) {
        note(FindingCode::DuplicateField, Severity::Warn, name);
    }
    for number in unreferenced(document, found) {
        let detail = format!("object {number}");
        note(FindingCode::UnreferencedSignature, Severity::Warn, detail);
    }
    if let Some(what) = active(document) {
        note(FindingCode::ActiveContent, Severity::Warn, what.to_owned());
    }
    for (code, attack) in [
        (FindingCode::TrailingBytes, Attack::ContentOutside),
        (FindingCode::SignatureRemoved, Attack::SignatureRemoved),
        (FindingCode::DuplicateField, Attack::DuplicateField),
        (
            FindingCode::UnreferencedSignature,
            Attack::UnreferencedField,
        ),
    ] {
        if report.findings.iter().any(|it| it.code == code) {
            report.attacks.push(attack);
        }
    }
}

/// Fields that were signed once and are not any more.
fn removed(found: &[Found<'_>], revisions: &[Revision<'_>]) -> BTreeSet<String> {
    let present: BTreeSet<&str> = found.iter().map(|it| it.field.name.as_str()).collect();
    let earlier = revisions.iter().rev().skip(1);
    earlier
        .filter_map(|revision| form::fields(&revision.view).ok())
        .flatten()
        .filter(|field| field.kind == "Sig" && field.value.is_some())
        .map(|field| field.name)
        .filter(|name| !present.contains(name.as_str()))
        .collect()
}

/// Names of signed fields that another field has too.
fn doubled(document: &Document<'_>, found: &[Found<'_>]) -> BTreeSet<String> {
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
fn unreferenced(document: &Document<'_>, found: &[Found<'_>]) -> BTreeSet<u32> {
    let known: BTreeSet<u32> = found
        .iter()
        .filter_map(|it| it.reference)
        .map(|it| it.number)
        .collect();
    let places: BTreeMap<usize, u32> = document
        .entries()
        .iter()
        .filter_map(|(number, entry)| match entry {
            Entry::At { offset, .. } => Some((*offset, *number)),
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

/// Scripts and actions that the catalogue starts.
fn active(document: &Document<'_>) -> Option<&'static str> {
    let root = document.root().ok()?;
    let root = root.as_dict()?;
    if root.contains("AA") {
        return Some("AA");
    }
    if let Ok(Some(names)) = document.get(root, "Names")
        && names
            .as_dict()
            .is_some_and(|names| names.contains("JavaScript"))
    {
        return Some("JavaScript");
    }
    let action = document.get(root, "OpenAction").ok()??;
    let kind = action.as_dict()?.get("S")?.as_name()?;
    matches!(kind, b"JavaScript" | b"Launch" | b"SubmitForm" | b"URI").then_some("OpenAction")
}

/// The conclusion that every fault of the file's structure amounts to.
pub(super) const MALFORMED: Conclusion = Conclusion::Failed(SubIndication::FormatFailure);
