//! Rules for the annotations of pages: widgets of new signature fields, and the markup annotations that a certification
//! with P = 3 permits (ISO 32000-2, table 257). Everything else is the evil annotation attack.

use std::collections::{BTreeMap, BTreeSet};

use super::field::appearance;
use super::structure::used_at;
use super::usage::Usage;
use super::{Approval, ChangeKind, ChangeLevel, Comparison};
use crate::page::{self, Page};
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};

/// Markup annotations that only show something (12.5.6.2), with their pop-up windows: not those that bring files,
/// sounds or films along, and nothing that acts.
const MARKUP: [&[u8]; 15] = [
    b"Text",
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Caret",
    b"Stamp",
    b"Ink",
    b"Popup",
];
/// What such an annotation may say (tables 166, 172 to 185).
const MARKUP_KEYS: [&str; 53] = [
    "Type",
    "Subtype",
    "Rect",
    "Contents",
    "P",
    "NM",
    "M",
    "F",
    "AP",
    "AS",
    "Border",
    "C",
    "StructParent",
    "Lang",
    "CA",
    "ca",
    "BM",
    "T",
    "Popup",
    "RC",
    "CreationDate",
    "IRT",
    "Subj",
    "RT",
    "IT",
    "QuadPoints",
    "L",
    "BS",
    "LE",
    "IC",
    "LL",
    "LLE",
    "LLO",
    "Cap",
    "CP",
    "CO",
    "Vertices",
    "Path",
    "BE",
    "RD",
    "InkList",
    "Sy",
    "Name",
    "DA",
    "Q",
    "DS",
    "CL",
    "State",
    "StateModel",
    "Open",
    "Parent",
    "Rotate",
    "Measure",
];

/// Annotations of all pages together: an array that many pages share counts for each.
const MAX_ANNOTATIONS: usize = 400_000;

/// Compares what stands on the pages. `new_widgets` belong to new signature fields: their rule has looked at them.
pub(super) fn annotations(
    comparison: &mut Comparison<'_, '_>,
    new_widgets: &BTreeMap<u32, String>,
) {
    let (Ok(old_pages), Ok(new_pages)) = (page::pages(comparison.old), page::pages(comparison.new))
    else {
        if !new_widgets.is_empty() {
            comparison.refuse(ChangeKind::Other, None, "the page tree cannot be read");
        }
        return;
    };
    let same_pages = old_pages.len() == new_pages.len()
        && old_pages
            .iter()
            .zip(&new_pages)
            .all(|(a, b)| a.reference == b.reference);
    if !same_pages && !new_widgets.is_empty() {
        let why = "pages were added, removed or moved";
        comparison.refuse(ChangeKind::Other, None, why);
        return;
    }
    let mut count = 0;
    for (index, pages) in old_pages.iter().zip(&new_pages).enumerate() {
        count += length(comparison.old, pages.0) + length(comparison.new, pages.1);
        if count > MAX_ANNOTATIONS {
            let why = "there are more annotations than can be compared";
            refuse(comparison, pages.1.reference.number, index, why);
            return;
        }
        on_page(comparison, index, pages, new_widgets);
    }
}

/// Where annotations are named in the signed state.
#[derive(Default)]
pub(super) struct Places {
    pages: BTreeSet<u32>,
    arrays: BTreeSet<u32>,
    annotations: BTreeSet<u32>,
}

impl Places {
    /// None where the pages cannot be read.
    pub(super) fn of(document: &Document<'_>) -> Self {
        let mut places = Self::default();
        for page in page::pages(document).unwrap_or_default() {
            places.pages.insert(page.reference.number);
            let array = page.dict.get("Annots").and_then(Object::as_ref);
            if array.is_some_and(|it| !places.arrays.insert(it.number)) {
                continue;
            }
            let items = list(document, &page.dict).unwrap_or_default();
            let annotations = items.iter().filter_map(Object::as_ref);
            places.annotations.extend(annotations.map(|it| it.number));
        }
        places
    }

    /// By a page, or by the structure tree's reference to an object; as nothing else.
    pub(super) fn expect(&self, usage: &Usage) -> bool {
        let among = |all: &BTreeSet<u32>| usage.holder.is_some_and(|holder| all.contains(&holder));
        match usage.path.as_slice() {
            [] => among(&self.arrays),
            [key] if key == b"Annots" => among(&self.pages),
            path => usage.in_object_reference && path.last().is_some_and(|key| key == b"Obj"),
        }
    }

    /// By another annotation about it.
    fn expect_note(&self, usage: &Usage) -> bool {
        let is_note = usage
            .holder
            .is_some_and(|holder| self.annotations.contains(&holder));
        let keys: [&[u8]; 3] = [b"Popup", b"IRT", b"Parent"];
        is_note && matches!(usage.path.as_slice(), [key] if keys.contains(&key.as_slice()))
    }
}

fn on_page(
    comparison: &mut Comparison<'_, '_>,
    index: usize,
    (old, new): (&Page, &Page),
    new_widgets: &BTreeMap<u32, String>,
) {
    let (Some(before), Some(after)) = (
        list(comparison.old, &old.dict),
        list(comparison.new, &new.dict),
    ) else {
        refuse(
            comparison,
            new.reference.number,
            index,
            "the list of annotations cannot be read",
        );
        return;
    };
    let mut placed = BTreeSet::new();
    let rest: Vec<Object> = after
        .iter()
        .filter(|item| {
            let widget = item
                .as_ref()
                .filter(|it| new_widgets.contains_key(&it.number));
            !widget.is_some_and(|it| placed.insert(it))
        })
        .cloned()
        .collect();
    let marks = Marks::between(&before, &rest);
    let Some(marks) = marks else {
        // What is there in both must stand in the same order: what lies above hides what lies below.
        refuse(
            comparison,
            new.reference.number,
            index,
            "annotations were moved or added twice",
        );
        return;
    };
    let is_fine = marks.judge(comparison, index);
    if placed.is_empty() && marks.is_empty() || !is_fine {
        return;
    }
    let keys = old.dict.changed_keys(&new.dict);
    if keys.iter().any(|key| key != b"Annots") {
        return;
    }
    let approval = if marks.is_empty() {
        Approval::new(ChangeKind::Structure, ChangeLevel::LongTermEvidence)
    } else {
        marked()
    };
    comparison.approve(new.reference.number, &approval, &is_page_usage);
    let Some(array) = new.dict.get("Annots").and_then(Object::as_ref) else {
        return;
    };
    if old.dict.get("Annots").and_then(Object::as_ref) == Some(array) {
        let expected = used_at(Some(new.reference.number), &["Annots"]);
        comparison.approve(array.number, &approval, &expected);
    } else {
        comparison.approve_new(array.number, &approval);
    }
}

fn length(document: &Document<'_>, page: &Page) -> usize {
    let list = page.dict.get("Annots").map(|it| document.resolve(it));
    match list {
        Some(Ok(list)) => list.as_array().map_or(0, <[Object]>::len),
        Some(Err(_)) | None => 0,
    }
}

/// All annotations of a page in their order, direct ones too. Nothing where a reader could see another list.
fn list(document: &Document<'_>, page: &Dict) -> Option<Vec<Object>> {
    let Some(value) = page.get("Annots") else {
        return Some(Vec::new());
    };
    match document.resolve(value).ok()?.as_ref() {
        Object::Array(items) => Some(items.clone()),
        Object::Null => Some(Vec::new()),
        _ => None,
    }
}

/// A page that is a page and nothing else: not at the same time a table of fonts or pictures, whose entry `Annots` is.
fn is_page_usage(usage: &Usage) -> bool {
    const RESOURCES: [&[u8]; 11] = [
        b"Resources",
        b"Font",
        b"XObject",
        b"ColorSpace",
        b"Pattern",
        b"Shading",
        b"ExtGState",
        b"Properties",
        b"AP",
        b"N",
        b"AcroForm",
    ];
    let last = usage.path.last().map(Vec::as_slice);
    usage.holder.is_some() && !last.is_some_and(|last| RESOURCES.contains(&last))
}

fn marked() -> Approval {
    Approval::new(ChangeKind::Annotation, ChangeLevel::Annotations)
}

/// What happened to the other annotations of a page.
struct Marks {
    added: Vec<Object>,
    removed: Vec<Object>,
    kept: Vec<Ref>,
}

impl Marks {
    /// Nothing when what was kept is not in the same order, or stands twice.
    fn between(before: &[Object], after: &[Object]) -> Option<Self> {
        if before == after {
            let kept = before.iter().filter_map(Object::as_ref).collect();
            return Some(Self {
                added: Vec::new(),
                removed: Vec::new(),
                kept,
            });
        }
        let refs = |items: &[Object]| -> BTreeSet<Ref> {
            items.iter().filter_map(Object::as_ref).collect()
        };
        let (old, new) = (refs(before), refs(after));
        // Direct ones have no name: they stay only where they stood.
        let stays = |items: &[Object], other: &BTreeSet<Ref>| -> Vec<Object> {
            let all = items.iter();
            all.filter(|it| it.as_ref().is_none_or(|it| other.contains(&it)))
                .cloned()
                .collect()
        };
        let direct = |items: &[Object]| -> Vec<Object> {
            items
                .iter()
                .filter(|it| it.as_ref().is_none())
                .cloned()
                .collect()
        };
        let missing = |items: &[Object], other: &BTreeSet<Ref>| -> Vec<Object> {
            let is_missing = |it: &&Object| {
                it.as_ref()
                    .is_some_and(|reference| !other.contains(&reference))
            };
            items.iter().filter(is_missing).cloned().collect()
        };
        let named =
            |items: &[Object]| -> Vec<Ref> { items.iter().filter_map(Object::as_ref).collect() };
        let (left, now) = (stays(before, &new), stays(after, &old));
        let is_moved = if direct(&left) == direct(&now) {
            left != now
        } else {
            named(&left) != named(&now)
        };
        if is_moved {
            return None;
        }
        let kept = named(&now);
        let (mut added, mut removed) = (missing(after, &old), missing(before, &new));
        let (old_direct, new_direct) = (direct(before), direct(after));
        if old_direct != new_direct {
            removed.extend(old_direct);
            added.extend(new_direct);
        }
        Some(Self {
            added,
            removed,
            kept,
        })
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Approves what P = 3 permits; says whether nothing had to be refused.
    fn judge(&self, comparison: &mut Comparison<'_, '_>, index: usize) -> bool {
        let mut is_fine = true;
        for item in &self.added {
            let number = item.as_ref().map(|it| it.number);
            if !item.as_ref().is_some_and(|it| added(comparison, it)) {
                refuse(comparison, number, index, "an annotation was added");
                is_fine = false;
            }
        }
        for item in &self.removed {
            let number = item.as_ref().map(|it| it.number);
            if !item.as_ref().is_some_and(|it| removed(comparison, it)) {
                refuse(comparison, number, index, "an annotation was removed");
                is_fine = false;
            }
        }
        for reference in &self.kept {
            changed(comparison, *reference);
        }
        is_fine
    }
}

/// Whether annotations may come and go at all. Where they may not they are no annotations of any level.
fn is_permitted(comparison: &Comparison<'_, '_>) -> bool {
    ChangeLevel::Annotations <= comparison.limits.allowed
}

fn added(comparison: &mut Comparison<'_, '_>, annotation: Ref) -> bool {
    if !is_permitted(comparison) || !comparison.is_new(annotation.number) {
        return false;
    }
    let Ok(object) = comparison.new.load(annotation) else {
        return false;
    };
    let Some(dict) = markup(&object) else {
        return false;
    };
    comparison.approve_new(annotation.number, &marked());
    if let Some(looks) = dict.get("AP") {
        comparison.approve_new_below(looks, &marked());
    }
    // A window that the page does not list itself.
    if let Some(Object::Ref(window)) = dict.get("Popup")
        && comparison
            .new
            .load(*window)
            .is_ok_and(|window| markup(&window).is_some())
    {
        comparison.approve_new(window.number, &marked());
    }
    true
}

fn removed(comparison: &mut Comparison<'_, '_>, annotation: Ref) -> bool {
    if !is_permitted(comparison) {
        return false;
    }
    let Ok(object) = comparison.old.load(annotation) else {
        return false;
    };
    let Some(dict) = markup(&object) else {
        return false;
    };
    // Some programs free what is gone: the annotation, and the appearance that nothing else shows.
    let mut gone = BTreeSet::from([annotation.number]);
    if let Some(Object::Dict(looks)) = dict.get("AP") {
        for (_, look) in looks.iter() {
            gone.extend(look.as_ref().map(|it| it.number));
        }
    }
    let places = comparison.places;
    let within = gone.clone();
    for number in gone {
        if comparison.new.generation(number).is_none() {
            let expected = |usage: &Usage| {
                number == annotation.number && (places.expect(usage) || places.expect_note(usage))
                    || usage.holder.is_some_and(|holder| within.contains(&holder))
            };
            comparison.approve(number, &marked(), &expected);
        }
    }
    comparison.note(&marked(), Some(annotation.number));
    true
}

/// One that stands in both states and was written again.
fn changed(comparison: &mut Comparison<'_, '_>, annotation: Ref) {
    if !is_permitted(comparison) {
        return;
    }
    let (Ok(before), Ok(after)) = (
        comparison.old.load(annotation),
        comparison.new.load(annotation),
    ) else {
        return;
    };
    let (Some(old), Some(new)) = (markup(&before), markup(&after)) else {
        return;
    };
    if old.get("Subtype") == new.get("Subtype") {
        let places = comparison.places;
        let expected = |usage: &Usage| places.expect(usage) || places.expect_note(usage);
        comparison.approve(annotation.number, &marked(), &expected);
        appearance(comparison, annotation.number, (old, new), &marked());
    }
}

/// The dictionary of a markup annotation that does nothing but show itself.
fn markup(object: &Object) -> Option<&Dict> {
    let Object::Dict(dict) = object else {
        return None;
    };
    let kind = dict.get("Subtype").and_then(Object::as_name)?;
    let is_known = |key: &[u8]| MARKUP_KEYS.iter().any(|known| known.as_bytes() == key);
    (MARKUP.contains(&kind) && dict.iter().all(|(key, _)| is_known(key))).then_some(dict)
}

fn refuse(
    comparison: &mut Comparison<'_, '_>,
    number: impl Into<Option<u32>>,
    page_index: usize,
    why: &str,
) {
    comparison.changes.insert(super::Change {
        kind: ChangeKind::Annotation,
        level: ChangeLevel::Other,
        permitted: false,
        object: number.into(),
        page: Some(page_index as u32),
        detail: why.to_owned(),
    });
}
