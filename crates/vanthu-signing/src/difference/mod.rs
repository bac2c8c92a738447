//! Difference analysis: what later revisions did to a signed one, object by object.
//!
//! The default is refusal. Every object that a later revision writes must be explained by a rule, and for an object
//! that existed when the signature was made, every place that refers to it must be one the rule knows: an object
//! that serves as appearance of a field *and* as part of a page is no form filling. The known attacks (shadow
//! documents, incremental saving, overwritten appearances) all end as unexplained objects here. So does what the signed
//! state could not read: only the later bytes decide what it is.

mod annotation;
mod field;
mod level;
mod node;
mod signature;
mod structure;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

use annotation::Places;
pub use level::{Change, ChangeKind, ChangeLevel};
use usage::{Usage, Usages};

use crate::form;
use crate::mdp::FieldLock;
use crate::page;
use crate::request::DocMdp;
use crate::syntax::document::Document;
use crate::syntax::object::{Object, Ref};
use crate::syntax::xref::{Entry, Form};

/// What one signature allows afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) allowed: ChangeLevel,
    /// After a certification no visible signature field may appear.
    pub(crate) certified: bool,
    /// What the certification itself says.
    pub(crate) certification: Option<DocMdp>,
    pub(crate) field_locks: Vec<FieldLock>,
    /// Nobody has signed yet: whoever signs first may certify.
    pub(crate) may_certify: bool,
}

impl Limits {
    fn is_locked(&self, name: &str) -> bool {
        self.field_locks.iter().any(|lock| lock.locks(name))
    }
}

/// A signed state, looked through once for all later ones.
pub(crate) struct SignedState<'d, 'a> {
    document: &'d Document<'a>,
    usages: Usages,
    places: Places,
}

impl<'d, 'a> SignedState<'d, 'a> {
    pub(crate) fn of(document: &'d Document<'a>) -> Self {
        Self {
            document,
            usages: Usages::of(document, &BTreeSet::new()),
            places: Places::of(document),
        }
    }
}

/// Numbers of all objects that a reader of this state can come to.
pub(crate) fn reachable(document: &Document<'_>) -> BTreeSet<u32> {
    Usages::of(document, &BTreeSet::new()).reachable
}

/// Compares a signed state with a later state `new` of the same file.
pub(crate) fn compare(
    signed: &SignedState<'_, '_>,
    new: &Document<'_>,
    limits: &Limits,
) -> Vec<Change> {
    let mut comparison = Comparison::new(signed, new, limits);
    comparison.history();
    comparison.carriers();
    structure::trailer(&mut comparison);
    structure::catalogue(&mut comparison);
    structure::info(&mut comparison);
    structure::metadata(&mut comparison);
    structure::evidence(&mut comparison);
    field::form(&mut comparison);
    comparison.unexplained();
    comparison.changes.into_iter().collect()
}

/// A comparison under way.
pub(crate) struct Comparison<'d, 'a> {
    old: &'d Document<'a>,
    new: &'d Document<'a>,
    limits: &'d Limits,
    /// Where the signed state names annotations.
    places: &'d Places,
    /// Objects that differ between the two states.
    changed: BTreeSet<u32>,
    /// Objects that are in use in the signed state and cannot be read in it: no rule vouches for them.
    unreadable: BTreeSet<u32>,
    /// Object numbers the signed state could know of.
    old_size: u32,
    usages: Usages,
    new_reachable: BTreeSet<u32>,
    /// Usages no rule has vouched for yet.
    remaining: BTreeMap<u32, Vec<Usage>>,
    explained: BTreeSet<u32>,
    /// New objects whose references were followed already.
    followed: BTreeSet<u32>,
    changes: BTreeSet<Change>,
}

/// How an approval is to be reported.
pub(crate) struct Approval {
    kind: ChangeKind,
    level: ChangeLevel,
    /// Name of the field when a lock could forbid the change.
    lockable: Option<String>,
}

impl Approval {
    fn new(kind: ChangeKind, level: ChangeLevel) -> Self {
        Self {
            kind,
            level,
            lockable: None,
        }
    }

    fn lockable(mut self, field: &str) -> Self {
        self.lockable = Some(field.to_owned());
        self
    }
}

impl<'d, 'a> Comparison<'d, 'a> {
    fn new(signed: &'d SignedState<'d, 'a>, new: &'d Document<'a>, limits: &'d Limits) -> Self {
        let old = signed.document;
        let new_reachable = Usages::of(new, &BTreeSet::new()).reachable;
        let mut unreadable = signed.usages.unreadable.clone();
        unreadable.extend(
            new_reachable
                .difference(&signed.usages.reachable)
                .filter(|number| old.generation(**number).is_some())
                .filter(|number| old.load_number(**number).is_err()),
        );
        let mut changed = changed_objects(old, new, &signed.usages.lengths);
        changed.extend(&unreadable);
        let mut watched = changed.clone();
        watched.extend(appearance_dictionaries(old));
        let usages = Usages::of(old, &watched);
        let remaining = changed
            .iter()
            .map(|number| (*number, usages.uses(*number).to_vec()))
            .collect();
        Self {
            old,
            new,
            limits,
            places: &signed.places,
            changed,
            unreadable,
            old_size: old.next_number(),
            usages,
            new_reachable,
            remaining,
            explained: BTreeSet::new(),
            followed: BTreeSet::new(),
            changes: BTreeSet::new(),
        }
    }

    /// A number the signed state could not have named.
    fn is_new(&self, number: u32) -> bool {
        number >= self.old_size && self.usages.uses(number).is_empty()
    }

    /// Approves the change of `number` as far as its uses in the signed state satisfy `is_expected`.
    fn approve(&mut self, number: u32, approval: &Approval, is_expected: &dyn Fn(&Usage) -> bool) {
        if !self.changed.contains(&number) {
            return;
        }
        if let Some(usages) = self.remaining.get_mut(&number) {
            usages.retain(|usage| !is_expected(usage));
        }
        self.explained.insert(number);
        self.note(approval, Some(number));
    }

    /// Approves an object that must be new.
    fn approve_new(&mut self, number: u32, approval: &Approval) {
        if self.is_new(number) {
            self.approve(number, approval, &|_| false);
        }
    }

    /// Approves all new objects that `object` needs; what existed before is not touched by this.
    fn approve_new_below(&mut self, object: &Object, approval: &Approval) {
        let mut pending: Vec<Ref> = Vec::new();
        object.each_ref(&mut |reference| pending.push(reference));
        while let Some(reference) = pending.pop() {
            if !self.is_new(reference.number) {
                continue;
            }
            self.approve_new(reference.number, approval);
            if !self.followed.insert(reference.number) {
                continue;
            }
            if let Ok(object) = self.new.load(reference) {
                object.each_ref(&mut |reference| pending.push(reference));
            }
        }
    }

    /// Records an approved change, judged against the limits.
    fn note(&mut self, approval: &Approval, object: Option<u32>) {
        let locked = approval
            .lockable
            .as_deref()
            .is_some_and(|name| self.limits.is_locked(name));
        let permitted = approval.level <= self.limits.allowed && !locked;
        let (level, detail) = if locked {
            (ChangeLevel::Other, "the field is locked")
        } else {
            (approval.level, "")
        };
        self.changes.insert(Change {
            kind: approval.kind.clone(),
            level,
            permitted,
            object,
            page: None,
            detail: detail.to_owned(),
        });
    }

    /// Records a change that nothing permits.
    fn refuse(&mut self, kind: ChangeKind, object: Option<u32>, detail: impl Into<String>) {
        self.changes.insert(Change {
            kind,
            level: ChangeLevel::Other,
            permitted: false,
            object,
            page: None,
            detail: detail.into(),
        });
    }

    /// The later state must stand on exactly the signed history.
    fn history(&mut self) {
        let (old, new) = (self.old.sections(), self.new.sections());
        let continues = self.old.shares_sections(self.new)
            || new.len() >= old.len()
                && old
                    .iter()
                    .zip(new)
                    .all(|(a, b)| a.offset == b.offset && a.entries == b.entries);
        if !continues {
            self.refuse(
                ChangeKind::History,
                None,
                "the cross-reference chain leaves out the signed revision",
            );
        }
        // Readers disagree on hybrid files: one sees the table, another the hidden stream.
        if new
            .iter()
            .skip(old.len())
            .any(|section| section.form == Form::Hybrid)
        {
            self.refuse(
                ChangeKind::History,
                None,
                "a later revision mixes two kinds of cross-references",
            );
        }
        let limit = self.old.length();
        let early = new
            .iter()
            .skip(old.len())
            .any(|section| section.offset < limit);
        if early {
            self.refuse(
                ChangeKind::History,
                None,
                "a later cross-reference section stands inside the signed part",
            );
        }
    }

    /// Cross-reference streams and object streams of later revisions carry changes, they are none themselves.
    fn carriers(&mut self) {
        let mut carriers: BTreeSet<u32> = BTreeSet::new();
        for section in self.new.sections().iter().skip(self.old.sections().len()) {
            carriers.extend(section.carriers.iter().copied());
            carriers.extend(section.entries.values().filter_map(|entry| match entry {
                Entry::InStream { stream, .. } => Some(*stream),
                _ => None,
            }));
        }
        for number in carriers {
            if self.is_new(number) {
                self.explained.insert(number);
            }
        }
    }

    fn unexplained(&mut self) {
        let mut open: Vec<u32> = Vec::new();
        for number in &self.changed {
            let vouched = self.explained.contains(number)
                && !self.unreadable.contains(number)
                && self.remaining.get(number).is_none_or(Vec::is_empty);
            if vouched {
                continue;
            }
            let freed =
                self.old.generation(*number).is_some() && self.new.generation(*number).is_none();
            if freed || self.new_reachable.contains(number) || self.unreadable.contains(number) {
                open.push(*number);
            }
        }
        if open.is_empty() {
            return;
        }
        let shown = pages_showing(self.old, self.new, &open);
        for number in open {
            let page = shown.get(&number).copied();
            let kind = if page.is_some() {
                ChangeKind::PageContent
            } else {
                ChangeKind::Other
            };
            let existed = self.old.generation(number).is_some();
            let detail = if self.unreadable.contains(&number) {
                "an object that the signed part does not hold whole"
            } else if existed {
                "an object was replaced"
            } else {
                "an object was added"
            };
            self.changes.insert(Change {
                kind,
                level: ChangeLevel::Other,
                permitted: false,
                object: Some(number),
                page,
                detail: detail.to_owned(),
            });
        }
    }
}

/// Numbers of the objects that later sections write, or whose length they write, and that differ.
fn changed_objects(
    old: &Document<'_>,
    new: &Document<'_>,
    lengths: &[(u32, u32)],
) -> BTreeSet<u32> {
    let mut candidates: BTreeSet<u32> = BTreeSet::new();
    for section in new.sections().iter().skip(old.sections().len()) {
        candidates.extend(section.entries.keys().copied());
    }
    for (length, stream) in lengths {
        if candidates.contains(length) {
            candidates.insert(*stream);
        }
    }
    let limit = old.length();
    for (number, entry) in old.entries() {
        if matches!(entry, Entry::At { offset, .. } if offset >= limit) {
            candidates.insert(number);
        }
    }
    // Objects inside an object stream that was itself written again.
    for (number, entry) in new.entries() {
        if matches!(entry, Entry::InStream { stream, .. } if candidates.contains(&stream)) {
            candidates.insert(number);
        }
    }
    candidates.retain(|number| !old.same(new, *number));
    candidates
}

/// Appearance dictionaries of form fields that are objects of their own.
fn appearance_dictionaries(document: &Document<'_>) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for field in form::fields(document).unwrap_or_default() {
        for widget in field.widgets {
            if let Ok(widget) = document.load(widget)
                && let Some(Object::Ref(looks)) = widget.as_dict().and_then(|it| it.get("AP"))
            {
                found.insert(looks.number);
            }
        }
    }
    found
}

/// So many objects are looked at to find the page that shows a change.
const MAX_SHOWN: usize = 200_000;

/// For each of `numbers` that the content of a page needs, the first such page.
fn pages_showing(old: &Document<'_>, new: &Document<'_>, numbers: &[u32]) -> BTreeMap<u32, u32> {
    let wanted: BTreeSet<u32> = numbers.iter().copied().collect();
    let mut shown = BTreeMap::new();
    let mut looked_at = 0;
    for document in [old, new] {
        for (index, page) in page::pages(document).unwrap_or_default().iter().enumerate() {
            let mut pending: Vec<Ref> = Vec::new();
            for key in ["Contents", "Resources"] {
                if let Some(value) = page.dict.get(key) {
                    value.each_ref(&mut |reference| pending.push(reference));
                }
            }
            if wanted.contains(&page.reference.number) {
                shown.entry(page.reference.number).or_insert(index as u32);
            }
            let mut seen = BTreeSet::new();
            while let Some(reference) = pending.pop() {
                if !seen.insert(reference.number) {
                    continue;
                }
                looked_at += 1;
                if looked_at > MAX_SHOWN {
                    return shown;
                }
                if wanted.contains(&reference.number) {
                    shown.entry(reference.number).or_insert(index as u32);
                }
                if let Ok(object) = document.load(reference) {
                    let is_page = object
                        .as_dict()
                        .and_then(|dict| dict.get("Type"))
                        .is_some_and(|kind| kind.is_name("Page") || kind.is_name("Pages"));
                    if !is_page {
                        object.each_ref(&mut |reference| pending.push(reference));
                    }
                }
            }
        }
    }
    shown
}
