//! The attack classes of the literature, named where what was found belongs to one.

use std::collections::BTreeSet;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::active::acts;
use crate::difference::{Change, ChangeKind};
use crate::form;
use crate::problem::PdfProblem;
use crate::request::DocMdp;
use crate::syntax::document::Document;
use crate::syntax::object::{Object, Ref};
use crate::syntax::parser::Parser;
use crate::syntax::xref::Entry;

/// A class of attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attack {
    /// Signature wrapping: the signed bytes are not those that readers show.
    SignatureWrapping,
    /// Incremental saving attack: a later revision replaces what was signed.
    IncrementalSaving,
    /// Universal signature forgery: the signature is deformed until nothing is left to check.
    UniversalSignatureForgery,
    /// Shadow document: what hid a text from the signer is taken away.
    ShadowHide,
    /// Shadow document: the look of what was signed is exchanged.
    ShadowReplace,
    /// Shadow document: another document, signed unseen, is brought forward.
    ShadowHideAndReplace,
    /// Evil annotation attack on a certified document.
    EvilAnnotation,
    /// Sneaky signature attack on a certified document.
    SneakySignature,
    /// Readers disagree on which objects the file has.
    ObjectConfusion,
    /// The byte range is not what it must be.
    ByteRangeGame,
    /// Content that no signature covers.
    ContentOutside,
    /// A field twice under one name.
    DuplicateField,
    /// A signature that no field of the form leads to.
    UnreferencedField,
    /// Parts that only some readers can decrypt.
    EncryptedParts,
    /// A script stands in the file, or was added after signing: what is shown can change without any byte changing.
    EmbeddedScript,
    /// A signature was taken out again.
    SignatureRemoved,
}

impl Attack {
    /// All.
    pub const ALL: [Self; 16] = [
        Self::SignatureWrapping,
        Self::IncrementalSaving,
        Self::UniversalSignatureForgery,
        Self::ShadowHide,
        Self::ShadowReplace,
        Self::ShadowHideAndReplace,
        Self::EvilAnnotation,
        Self::SneakySignature,
        Self::ObjectConfusion,
        Self::ByteRangeGame,
        Self::ContentOutside,
        Self::DuplicateField,
        Self::UnreferencedField,
        Self::EncryptedParts,
        Self::EmbeddedScript,
        Self::SignatureRemoved,
    ];
}

/// Revisions of a damaged file that are looked at, and objects behind the last good one.
const MOST_PREFIXES: usize = 16;
const MOST_OBJECTS: usize = 10_000;
/// Objects do not overlap: whoever reads the bytes behind more often than this reads a trap.
const MOST_READINGS: usize = 4;

/// What an object is for a reader, as far as attacks make a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    Nothing,
    Font,
    Widget,
    Annotation,
    Drawing,
    Metadata,
    Structure,
    Other,
}

impl Looks {
    fn of(object: &Object) -> Self {
        let (dict, is_stream) = match object {
            Object::Dict(dict) => (dict, false),
            Object::Stream(stream) => (&stream.dict, true),
            Object::Null => return Self::Nothing,
            _ => return Self::Other,
        };
        if !is_stream && dict.iter().next().is_none() {
            return Self::Nothing;
        }
        let name = |key: &str| dict.get(key).and_then(Object::as_name);
        match (name("Type"), name("Subtype")) {
            (Some(b"Font" | b"FontDescriptor"), _) => Self::Font,
            (Some(b"Metadata"), _) => Self::Metadata,
            (Some(b"Page" | b"Pages" | b"Catalog"), _) => Self::Structure,
            (_, Some(b"Widget")) => Self::Widget,
            (Some(b"XObject"), _) | (_, Some(b"Form" | b"Image")) => Self::Drawing,
            (Some(b"Annot"), _) => Self::Annotation,
            (_, Some(b"Type1C" | b"CIDFontType0C" | b"OpenType")) => Self::Font,
            _ if is_stream && dict.contains("Length1") => Self::Font,
            _ => Self::Other,
        }
    }
}

/// The class of an exchange of one object for another.
fn exchange(old: &Object, new: &Object) -> Option<Attack> {
    let (old, new) = (Looks::of(old), Looks::of(new));
    match (old, new) {
        (Looks::Nothing | Looks::Structure | Looks::Metadata, _) => None,
        (_, Looks::Nothing | Looks::Metadata) => Some(Attack::ShadowHide),
        (Looks::Font | Looks::Widget | Looks::Drawing, _) if old == new => {
            Some(Attack::ShadowReplace)
        }
        (Looks::Drawing | Looks::Annotation | Looks::Widget, _) if old != new => {
            Some(Attack::ShadowHide)
        }
        _ => None,
    }
}

/// The classes that refused changes between the signed state and a later one belong to.
pub(super) fn classes(
    signed: &Document<'_>,
    later: &Document<'_>,
    changes: &[Change],
    certification: Option<DocMdp>,
) -> BTreeSet<Attack> {
    let refused: Vec<&Change> = changes.iter().filter(|change| !change.permitted).collect();
    let twice = named_twice(later);
    let mut found = BTreeSet::new();
    for change in &refused {
        found.extend(match &change.kind {
            ChangeKind::History => Some(Attack::ObjectConfusion),
            ChangeKind::Annotation if certification.is_some() => Some(Attack::EvilAnnotation),
            ChangeKind::SignatureAdded { .. } | ChangeKind::SignatureFieldAdded { .. }
                if certification.is_some() =>
            {
                Some(Attack::SneakySignature)
            }
            ChangeKind::SignatureAdded { field }
            | ChangeKind::SignatureFieldAdded { field }
            | ChangeKind::FieldStructure { field }
                if twice.contains(field) =>
            {
                Some(Attack::DuplicateField)
            }
            _ => None,
        });
    }
    if refused.is_empty() {
        return found;
    }
    let objects: BTreeSet<u32> = refused.iter().filter_map(|change| change.object).collect();
    let prepared = refused
        .iter()
        .any(|change| was_prepared(signed, later, change));
    if prepared || shows_what_was_hidden(signed, later) {
        found.insert(Attack::ShadowHideAndReplace);
    } else {
        let load = |document: &Document<'_>, number: u32| {
            let generation = document.generation(number)?;
            document.load(Ref { number, generation }).ok()
        };
        let kinds: BTreeSet<Attack> = objects
            .iter()
            .filter_map(|number| {
                let old = load(signed, *number)?;
                match load(later, *number) {
                    Some(new) => exchange(&old, &new),
                    None => exchange(&old, &Object::Null),
                }
            })
            .collect();
        found.extend(kinds.first());
    }
    // What the signed part does not hold whole, only the later bytes make.
    if objects.iter().any(|it| signed.load_number(*it).is_err()) {
        found.insert(Attack::ShadowReplace);
    }
    if objects
        .iter()
        .any(|number| adds_script(signed, later, *number))
    {
        found.insert(Attack::EmbeddedScript);
    }
    if found.is_empty() {
        found.insert(Attack::IncrementalSaving);
    }
    found
}

/// What the signer signed without seeing it is brought forward: by a later cross-reference section, or by a field that
/// comes with an object of the signed part.
fn was_prepared(signed: &Document<'_>, later: &Document<'_>, change: &Change) -> bool {
    let Some(number) = change.object else {
        return false;
    };
    let place = |document: &Document<'_>| match document.entry(number) {
        Some(Entry::At { offset, .. }) => Some(offset),
        _ => None,
    };
    let moved =
        place(later).is_some_and(|now| now < signed.data().len() && place(signed) != Some(now));
    let is_field = matches!(change.kind, ChangeKind::SignatureFieldAdded { .. });
    moved || is_field && signed.generation(number).is_some() && signed.same(later, number)
}

/// The later pages or catalogue lead to objects that existed when signing, and that nothing led to.
fn shows_what_was_hidden(signed: &Document<'_>, later: &Document<'_>) -> bool {
    let pages = |document: &Document<'_>| {
        let root = document.root().ok()?;
        root.as_dict()?.get("Pages").and_then(Object::as_ref)
    };
    match (pages(signed), pages(later)) {
        (Some(old), Some(new)) => {
            old.number != new.number && signed.generation(new.number).is_some()
        }
        _ => false,
    }
}

fn adds_script(signed: &Document<'_>, later: &Document<'_>, number: u32) -> bool {
    let is_in = |document: &Document<'_>| {
        let object = document.load_number(number).ok();
        object.is_some_and(|object| has_script(document, &object, 0))
    };
    is_in(later) && !is_in(signed)
}

/// A script in an object, or in what it names as its actions.
fn has_script(document: &Document<'_>, object: &Object, depth: u8) -> bool {
    if depth > 8 {
        return false;
    }
    let inside = |object: &Object| has_script(document, object, depth + 1);
    match object {
        Object::Array(items) => items.iter().any(inside),
        Object::Dict(dict) => {
            let named = |(key, value): (&[u8], &Object)| match value {
                Object::Ref(_) => {
                    matches!(
                        key,
                        b"A" | b"AA" | b"PMD" | b"Next" | b"OpenAction" | b"JavaScript"
                    ) && document.resolve(value).is_ok_and(|value| inside(&value))
                }
                value => inside(value),
            };
            acts(document, dict).is_some() || dict.contains("JS") || dict.iter().any(named)
        }
        Object::Stream(stream) => stream.dict.iter().any(|(_, value)| inside(value)),
        _ => false,
    }
}

fn named_twice(document: &Document<'_>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let fields = form::fields(document).unwrap_or_default();
    let names = fields.into_iter().map(|it| it.name);
    names.filter(|name| !seen.insert(name.clone())).collect()
}

/// The classes of a file that cannot be read as it stands: judged against the newest revision of it that can be.
pub(super) fn of_damaged(data: &[u8], problem: &PdfProblem) -> BTreeSet<Attack> {
    let mut found = BTreeSet::new();
    if *problem == PdfProblem::Encrypted {
        found.insert(Attack::EncryptedParts);
    }
    let Some((signed, end)) = newest_readable(data) else {
        return found;
    };
    let has_signature = form::fields(&signed).is_ok_and(|fields| {
        fields
            .iter()
            .any(|it| it.kind == "Sig" && it.value.is_some())
    });
    if !has_signature {
        return found;
    }
    let mut kinds = BTreeSet::new();
    for (reference, new) in objects_behind(data, end).0 {
        if signed.generation(reference.number).is_none() {
            continue;
        }
        if let Ok(old) = signed.load_number(reference.number) {
            kinds.extend(exchange(&old, &new));
        }
    }
    found.insert(Attack::ObjectConfusion);
    found.extend(kinds.first());
    found
}

fn newest_readable(data: &[u8]) -> Option<(Document<'_>, usize)> {
    let marker = b"%%EOF";
    let mut end = data.len();
    for _ in 0..MOST_PREFIXES {
        let before = data.get(..end)?;
        let at = before.windows(marker.len()).rposition(|it| it == marker)?;
        let stop = at + marker.len();
        if let Ok(document) = Document::open(data.get(..stop)?) {
            return Some((document, stop));
        }
        end = at;
    }
    None
}

/// Objects that stand behind `start`, found without a cross-reference; and how many bytes were parsed for them.
fn objects_behind(data: &[u8], start: usize) -> (Vec<(Ref, Object)>, usize) {
    let mut found = Vec::new();
    let mut position = start;
    let word = b" obj";
    let behind = data.len().saturating_sub(start);
    let (mut attempts, mut parsed) = (0, 0);
    while attempts < MOST_OBJECTS && parsed <= behind.saturating_mul(MOST_READINGS) {
        let rest = data.get(position..).unwrap_or_default();
        let Some(at) = memmem::find(rest, word) else {
            break;
        };
        let before = rest.get(..at).unwrap_or_default();
        let line = before
            .iter()
            .rposition(|byte| matches!(byte, b'\n' | b'\r'));
        let from = position + line.map_or(0, |line| line + 1);
        let mut parser = Parser::at(data, from);
        found.extend(parser.indirect(&|_| None));
        attempts += 1;
        parsed += parser.position().saturating_sub(from);
        position += at + word.len();
    }
    (found, parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_that_never_end_are_not_read_again_and_again() {
        for count in [2_000, 20_000] {
            let trap = "1 0 obj(".repeat(count);
            let (found, parsed) = objects_behind(trap.as_bytes(), 0);
            assert!(found.is_empty());
            assert!(parsed <= trap.len() * (MOST_READINGS + 1), "{parsed}");
        }
        let honest = "1 0 obj\n(a)\nendobj\n".repeat(50);
        assert_eq!(objects_behind(honest.as_bytes(), 0).0.len(), 50);
    }
}
