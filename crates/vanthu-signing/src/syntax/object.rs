//! The eight kinds of PDF object.

use std::collections::HashMap;
use std::fmt;

use smallvec::SmallVec;

/// The characters of a name. Nearly all are short: a page holds some dozens, and none of them a heap allocation.
pub(crate) type Name = SmallVec<[u8; 16]>;

/// The name of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ref {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

impl fmt::Display for Ref {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} R", self.number, self.generation)
    }
}

/// A PDF object. Reals keep their text, so that what is written again is what was read.
#[derive(Debug, Clone)]
pub(crate) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    Real(String),
    Name(Name),
    String(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Stream(Stream),
    Ref(Ref),
}

/// A stream: its dictionary and where its raw bytes stand in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    pub(crate) dict: Dict,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A dictionary in file order; the parser refuses repeated keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dict {
    entries: Vec<(Name, Object)>,
}

impl Object {
    pub(crate) fn name(text: &str) -> Self {
        Self::Name(Name::from_slice(text.as_bytes()))
    }

    pub(crate) fn number(value: f64) -> Self {
        let rounded = (value * 10_000.0).round() / 10_000.0;
        if rounded.fract() == 0.0 && rounded.abs() < 1e12 {
            Self::Int(rounded as i64)
        } else {
            Self::Real(format!("{rounded}"))
        }
    }

    pub(crate) fn numbers(values: &[f64]) -> Self {
        Self::Array(values.iter().map(|value| Self::number(*value)).collect())
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        if let Self::Int(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Real(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self {
            Some(name)
        } else {
            None
        }
    }

    pub(crate) fn is_name(&self, text: &str) -> bool {
        self.as_name() == Some(text.as_bytes())
    }

    pub(crate) fn as_string(&self) -> Option<&[u8]> {
        if let Self::String(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Object]> {
        if let Self::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// The dictionary itself, or the one of a stream.
    pub(crate) fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    pub(crate) fn as_stream(&self) -> Option<&Stream> {
        if let Self::Stream(stream) = self {
            Some(stream)
        } else {
            None
        }
    }

    pub(crate) fn as_ref(&self) -> Option<Ref> {
        if let Self::Ref(reference) = self {
            Some(*reference)
        } else {
            None
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Calls `visit` for every reference inside this object, not following any.
    pub(crate) fn each_ref(&self, visit: &mut dyn FnMut(Ref)) {
        match self {
            Self::Ref(reference) => visit(*reference),
            Self::Array(items) => items.iter().for_each(|item| item.each_ref(visit)),
            Self::Dict(dict) => dict.iter().for_each(|(_, value)| value.each_ref(visit)),
            Self::Stream(stream) => stream
                .dict
                .iter()
                .for_each(|(_, value)| value.each_ref(visit)),
            _ => {}
        }
    }
}

/// Equal in meaning: `1` is `1.0`, dictionaries ignore order, streams compare their dictionaries only (their bytes
/// are compared by [`Document::same`](super::document::Document::same)).
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Real(a), Self::Real(b)) if a == b => true,
            (Self::Int(_) | Self::Real(_), Self::Int(_) | Self::Real(_)) => self
                .as_f64()
                .is_some_and(|a| other.as_f64().is_some_and(|b| (a - b).abs() < 1e-9)),
            (Self::Name(a), Self::Name(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            (Self::Stream(a), Self::Stream(b)) => a.dict == b.dict,
            (Self::Ref(a), Self::Ref(b)) => a == b,
            _ => false,
        }
    }
}

impl Dict {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A dictionary with `/Type` set.
    pub(crate) fn typed(kind: &str) -> Self {
        Self::new().with("Type", Object::name(kind))
    }

    pub(crate) fn with(mut self, key: &str, value: Object) -> Self {
        self.set(key, value);
        self
    }

    /// The value under `key`; a null value counts as absent (7.3.9).
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.entries
            .iter()
            .find(|(name, _)| name.as_slice() == key.as_bytes())
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn has_raw(&self, key: &[u8]) -> bool {
        self.entries.iter().any(|(name, _)| name.as_slice() == key)
    }

    pub(crate) fn set(&mut self, key: &str, value: Object) {
        match self
            .entries
            .iter_mut()
            .find(|(name, _)| name.as_slice() == key.as_bytes())
        {
            Some((_, old)) => *old = value,
            None => self.entries.push((Name::from_slice(key.as_bytes()), value)),
        }
    }

    /// Adds a pair known to be new (the parser checks).
    pub(crate) fn push_raw(&mut self, key: Name, value: Object) {
        self.entries.push((key, value));
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.entries
            .retain(|(name, _)| name.as_slice() != key.as_bytes());
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_slice(), value))
    }

    /// The value under a key as it stands, null included.
    pub(crate) fn get_raw(&self, key: &[u8]) -> Option<&Object> {
        let mut entries = self.entries.iter();
        entries
            .find(|(name, _)| name.as_slice() == key)
            .map(|(_, value)| value)
    }

    /// Names of the keys whose values differ between the two dictionaries, in file order; null counts as absent.
    pub(crate) fn changed_keys(&self, newer: &Self) -> Vec<Vec<u8>> {
        let (old, new) = (Lookup::of(self), Lookup::of(newer));
        let mut keys = Vec::new();
        for (name, value) in self.iter().filter(|(_, value)| !value.is_null()) {
            if new.get(name).is_none_or(|other| other != value) {
                keys.push(name.to_vec());
            }
        }
        for (name, _) in newer.iter().filter(|(_, value)| !value.is_null()) {
            if old.get(name).is_none_or(Object::is_null) {
                keys.push(name.to_vec());
            }
        }
        keys
    }
}

/// Finds values by their keys: one by one where they are few, through a table where they are many.
pub(crate) enum Lookup<'d> {
    Few(&'d Dict),
    Many(HashMap<&'d [u8], &'d Object>),
}

/// So many keys are looked through one by one.
const FEW_KEYS: usize = 32;

impl<'d> Lookup<'d> {
    pub(crate) fn of(dict: &'d Dict) -> Self {
        if dict.entries.len() <= FEW_KEYS {
            Self::Few(dict)
        } else {
            Self::Many(dict.iter().collect())
        }
    }

    /// As [`Dict::get_raw`].
    pub(crate) fn get(&self, key: &[u8]) -> Option<&'d Object> {
        match self {
            Self::Few(dict) => dict.get_raw(key),
            Self::Many(table) => table.get(key).copied(),
        }
    }
}

impl PartialEq for Dict {
    fn eq(&self, other: &Self) -> bool {
        self.changed_keys(other).is_empty()
    }
}
