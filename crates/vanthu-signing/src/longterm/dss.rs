//! The document security store (DSS, kho bằng chứng): one reader for making and judging, and the writer.
//!
//! ISO 32000-2, 12.8.4.3 and ETSI EN 319 142-1, 5.4.2: certificates, revocation lists and OCSP responses as streams,
//! and for each signature a VRI entry that says which of them are about it. What a store holds stays in it; an entry
//! of VRI once written is never changed, so that no earlier time-stamp over it is called into question.

use std::collections::BTreeSet;

use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::{Certificate, Time};

use super::evidence::LongTermEvidence;
use crate::prepare::pdf_date;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::update::Update;

/// The three kinds of evidence: the key in the store, and in a VRI entry.
pub(crate) const KINDS: [(&str, &str); 3] = [("Certs", "Cert"), ("CRLs", "CRL"), ("OCSPs", "OCSP")];

/// A store as it stands in a file.
#[derive(Default)]
pub(crate) struct Store {
    dict: Dict,
    vri: Dict,
    /// In the order of [`KINDS`].
    items: [Vec<Item>; 3],
    /// What entries of VRI name, in the same order; most of it stands in `items` too.
    of_entries: [Vec<Item>; 3],
}

/// One stream of the store.
struct Item {
    reference: Object,
    /// `None` where it cannot be read: it stays, and counts for nothing.
    bytes: Option<Vec<u8>>,
}

/// Reads the store that the catalogue names; `None` when there is none.
///
/// What is damaged inside it is passed over: a store only helps a verdict, its absence decides nothing.
pub(crate) fn read(document: &Document<'_>) -> Result<Option<Store>, PdfProblem> {
    let root = document.root()?;
    let Some(root) = root.as_dict() else {
        return Ok(None);
    };
    let Some(store) = document.get(root, "DSS")? else {
        return Ok(None);
    };
    let Some(dict) = store.as_dict().cloned() else {
        return Ok(None);
    };
    let vri = match document.get(&dict, "VRI") {
        Ok(Some(vri)) => vri.as_dict().cloned().unwrap_or_default(),
        _ => Dict::new(),
    };
    let lists = KINDS.map(|(key, _)| items(document, &dict, key));
    let entries: Vec<Dict> = vri
        .iter()
        .filter_map(|(_, entry)| document.resolve(entry).ok()?.as_dict().cloned())
        .collect();
    let of_entries = KINDS.map(|(_, key)| {
        let named = entries.iter().flat_map(|entry| items(document, entry, key));
        named.collect()
    });
    Ok(Some(Store {
        dict,
        vri,
        items: lists,
        of_entries,
    }))
}

fn items(document: &Document<'_>, dict: &Dict, key: &str) -> Vec<Item> {
    let Ok(Some(list)) = document.get(dict, key) else {
        return Vec::new();
    };
    let list = list.as_array().unwrap_or_default();
    list.iter()
        .map(|reference| Item {
            reference: reference.clone(),
            bytes: document
                .resolve(reference)
                .ok()
                .and_then(|item| document.decoded(item.as_stream()?).ok()),
        })
        .collect()
}

impl Store {
    /// What can be read of one kind, each once.
    fn bytes(&self, kind: usize) -> impl Iterator<Item = &[u8]> {
        let mut seen = BTreeSet::new();
        let lists = [&self.items, &self.of_entries];
        lists
            .into_iter()
            .filter_map(move |lists| lists.get(kind))
            .flatten()
            .filter_map(|item| item.bytes.as_deref())
            .filter(move |bytes| seen.insert(*bytes))
    }

    /// The certificates that can be read.
    pub(crate) fn certificates(&self) -> Vec<Certificate> {
        self.bytes(0)
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect()
    }

    /// The revocation lists that can be read.
    pub(crate) fn crls(&self) -> Vec<Crl> {
        self.bytes(1)
            .filter_map(|der| Crl::from_der(der).ok())
            .collect()
    }

    /// The OCSP responses that can be read.
    pub(crate) fn ocsp(&self) -> Vec<OcspResponse> {
        self.bytes(2)
            .filter_map(|der| OcspResponse::from_der(der).ok())
            .collect()
    }

    /// Whether a signature has an entry of its own.
    pub(crate) fn has_entry(&self, key: &str) -> bool {
        self.vri.has_raw(key.as_bytes())
    }
}

/// A store being extended within a revision.
pub(crate) struct Writer<'u, 'd, 'a> {
    update: &'u mut Update<'d, 'a>,
    store: Store,
    changed: bool,
}

impl<'u, 'd, 'a> Writer<'u, 'd, 'a> {
    pub(crate) fn new(update: &'u mut Update<'d, 'a>) -> Result<Self, PdfProblem> {
        let store = read(update.base())?.unwrap_or_default();
        Ok(Self {
            update,
            store,
            changed: false,
        })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Adds what the store does not hold yet.
    pub(crate) fn add(&mut self, evidence: &LongTermEvidence) {
        for (kind, ders) in evidence.ders().into_iter().enumerate() {
            for der in ders {
                self.reference(kind, der);
            }
        }
    }

    /// Adds the entry of one signature, unless it has one.
    pub(crate) fn entry(&mut self, key: &str, evidence: &LongTermEvidence, at: Time) {
        if self.store.has_entry(key) {
            return;
        }
        let mut entry = Dict::typed("VRI").with("TU", Object::String(pdf_date(at).into_bytes()));
        for ((kind, ders), (_, name)) in evidence.ders().into_iter().enumerate().zip(KINDS) {
            let list: Vec<Object> = ders
                .into_iter()
                .filter_map(|der| self.reference(kind, der))
                .collect();
            if !list.is_empty() {
                entry.set(name, Object::Array(list));
            }
        }
        self.store.vri.set(key, Object::Dict(entry));
        self.changed = true;
    }

    /// The stream that holds `der`: the one that is there, or a new one.
    fn reference(&mut self, kind: usize, der: &[u8]) -> Option<Object> {
        let items = self.store.items.get_mut(kind)?;
        if let Some(known) = items.iter().find(|item| item.bytes.as_deref() == Some(der)) {
            return Some(known.reference.clone());
        }
        let reference = Object::Ref(self.update.add_stream(Dict::new(), der));
        items.push(Item {
            reference: reference.clone(),
            bytes: Some(der.to_vec()),
        });
        self.changed = true;
        Some(reference)
    }

    /// Writes the store; whether anything was new.
    pub(crate) fn finish(self) -> Result<bool, PdfProblem> {
        if !self.changed {
            return Ok(false);
        }
        let Store {
            mut dict,
            vri,
            items,
            of_entries: _,
        } = self.store;
        dict.set("Type", Object::name("DSS"));
        for ((key, _), items) in KINDS.into_iter().zip(items) {
            if !items.is_empty() {
                let list = items.into_iter().map(|item| item.reference).collect();
                dict.set(key, Object::Array(list));
            }
        }
        dict.set("VRI", Object::Dict(vri));
        let root_ref = self.update.base().root_ref()?;
        let mut root = self.update.dict(root_ref)?;
        if let Some(Object::Ref(reference)) = root.get("DSS") {
            let reference: Ref = *reference;
            self.update.put(reference, Object::Dict(dict));
        } else {
            let reference = self.update.add(Object::Dict(dict));
            root.set("DSS", Object::Ref(reference));
            declare(self.update, &mut root)?;
            self.update.put(root_ref, Object::Dict(root));
        }
        Ok(true)
    }
}

/// Before PDF 2.0 the store is an extension of ETSI, and a file says so (ISO 32000-1, 7.12; ETSI EN 319 142-1, 5.6).
fn declare(update: &Update<'_, '_>, root: &mut Dict) -> Result<(), PdfProblem> {
    let header = update.base().source().bytes(5, 8)?;
    let is_old = |version: &[u8]| version < b"2.0".as_slice();
    let declared = root.get("Version").and_then(Object::as_name);
    if !is_old(&header) || declared.is_some_and(|version| !is_old(version)) {
        return Ok(());
    }
    let mut extensions = match update.base().get(root, "Extensions")? {
        Some(known) => known.as_dict().cloned().unwrap_or_default(),
        None => Dict::new(),
    };
    if !extensions.contains("ESIC") {
        let etsi = Dict::typed("DeveloperExtensions")
            .with("BaseVersion", Object::name("1.7"))
            .with("ExtensionLevel", Object::Int(1));
        extensions.set("ESIC", Object::Dict(etsi));
        root.set("Extensions", Object::Dict(extensions));
    }
    Ok(())
}
