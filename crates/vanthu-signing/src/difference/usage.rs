//! Who refers to whom in one state of a document.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};
use crate::syntax::xref::Entry;

/// A place that refers to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The object that holds the reference; `None` is the trailer.
    pub(crate) holder: Option<u32>,
    /// Dictionary keys on the way from the holder, array positions left out.
    pub(crate) path: Vec<Vec<u8>>,
    /// The innermost dictionary declares itself an object reference of the structure tree.
    pub(crate) in_object_reference: bool,
}

/// Everything reachable from the trailer, and the usages of some objects.
#[derive(Default)]
pub(crate) struct Usages {
    pub(crate) reachable: BTreeSet<u32>,
    pub(crate) by_target: BTreeMap<u32, Vec<Usage>>,
    /// What is named and in use but cannot be read.
    pub(crate) unreadable: BTreeSet<u32>,
    /// Objects that hold the length of a stream, and that stream.
    pub(crate) lengths: Vec<(u32, u32)>,
}

impl Usages {
    /// Walks the whole state; records usages of `targets` only.
    pub(crate) fn of(document: &Document<'_>, targets: &BTreeSet<u32>) -> Self {
        let mut walk = Walk {
            targets,
            pending: Vec::new(),
            holder: None,
            usages: Self::default(),
        };
        walk.dict(&trailer_roots(document.trailer()), None);
        let mut containers = BTreeSet::new();
        while let Some(number) = walk.pending.pop() {
            walk.holder = Some(number);
            if let Some(Entry::InStream { stream, .. }) = document.entry(number) {
                containers.insert(stream);
            }
            // A reference of another generation names nothing; what is damaged refers to nothing.
            match document.load_number(number) {
                Ok(object) => {
                    walk.length(number, &object);
                    walk.object(&object, None, false);
                }
                Err(_) => {
                    walk.usages.unreadable.insert(number);
                }
            }
        }
        for number in containers {
            if let Ok(object) = document.load_number(number) {
                walk.length(number, &object);
            }
        }
        walk.usages
    }

    pub(crate) fn uses(&self, target: u32) -> &[Usage] {
        self.by_target
            .get(&target)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

/// The part of a trailer that leads somewhere: not what describes a cross-reference stream itself.
fn trailer_roots(trailer: &Dict) -> Dict {
    let mut roots = trailer.clone();
    for key in ["Length", "Filter", "DecodeParms"] {
        roots.remove(key);
    }
    roots
}

struct Walk<'t> {
    targets: &'t BTreeSet<u32>,
    pending: Vec<u32>,
    holder: Option<u32>,
    usages: Usages,
}

/// A dictionary key on the way to where the walk is, and what led there.
#[derive(Clone, Copy)]
struct Step<'s> {
    key: &'s [u8],
    before: Option<&'s Step<'s>>,
}

/// The keys up to a step, the outermost first.
fn path_to(step: Option<&Step<'_>>) -> Vec<Vec<u8>> {
    let steps = std::iter::successors(step.copied(), |step| step.before.copied());
    let mut path: Vec<_> = steps.map(|step| step.key.to_vec()).collect();
    path.reverse();
    path
}

impl Walk<'_> {
    fn length(&mut self, number: u32, object: &Object) {
        let length = object
            .as_stream()
            .and_then(|stream| stream.dict.get("Length")?.as_ref());
        let of = length.map(|length| (length.number, number));
        self.usages.lengths.extend(of);
    }

    fn dict(&mut self, dict: &Dict, before: Option<&Step<'_>>) {
        let is_object_reference = dict.get("Type").is_some_and(|kind| kind.is_name("OBJR"));
        for (key, value) in dict.iter() {
            let step = Step { key, before };
            self.object(value, Some(&step), is_object_reference);
        }
    }

    fn object(&mut self, object: &Object, step: Option<&Step<'_>>, in_object_reference: bool) {
        match object {
            Object::Ref(reference) => {
                let number = reference.number;
                if self.usages.reachable.insert(number) {
                    self.pending.push(number);
                }
                if self.targets.contains(&number) {
                    self.usages
                        .by_target
                        .entry(number)
                        .or_default()
                        .push(Usage {
                            holder: self.holder,
                            path: path_to(step),
                            in_object_reference,
                        });
                }
            }
            Object::Array(items) => {
                for item in items {
                    self.object(item, step, in_object_reference);
                }
            }
            Object::Dict(dict) => self.dict(dict, step),
            Object::Stream(stream) => self.dict(&stream.dict, step),
            _ => {}
        }
    }
}
