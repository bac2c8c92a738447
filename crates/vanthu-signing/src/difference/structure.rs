//! Rules for what is not the form: trailer, catalogue, metadata, validation evidence.

use super::usage::Usage;
use super::{Approval, ChangeKind, ChangeLevel, Comparison};
use crate::syntax::object::{Dict, Lookup, Object};
use crate::syntax::xref::SECTION_KEYS;

/// Keys of the catalogue with rules of their own; everything else must stay.
const CATALOGUE_KEYS: [&str; 6] = [
    "AcroForm",
    "DSS",
    "Extensions",
    "Metadata",
    "MarkInfo",
    "Version",
];
const EVIDENCE_KEYS: [&str; 5] = ["Type", "VRI", "Certs", "CRLs", "OCSPs"];
const EVIDENCE_ITEM_KEYS: [&str; 6] = ["Type", "TU", "TS", "Cert", "CRL", "OCSP"];

/// A usage by `holder` directly under `path`.
pub(super) fn used_at(holder: Option<u32>, path: &[&str]) -> impl Fn(&Usage) -> bool {
    let path: Vec<Vec<u8>> = path.iter().map(|key| key.as_bytes().to_vec()).collect();
    move |usage| usage.holder == holder && usage.path == path
}

fn without(dict: &Dict, keys: &[&str]) -> Dict {
    let mut rest = dict.clone();
    for key in keys {
        rest.remove(key);
    }
    rest
}

pub(super) fn trailer(comparison: &mut Comparison<'_, '_>) {
    let (old, new) = (comparison.old.trailer(), comparison.new.trailer());
    // Document information has a rule of its own.
    let kept = |trailer: &Dict| without(&without(trailer, &SECTION_KEYS), &["Info"]);
    let changed = kept(old).changed_keys(&kept(new));
    for key in changed {
        let key = String::from_utf8_lossy(&key).into_owned();
        comparison.refuse(
            ChangeKind::Other,
            None,
            format!("the trailer changed {key}"),
        );
    }
}

pub(super) fn catalogue(comparison: &mut Comparison<'_, '_>) {
    let (Ok(reference), Ok(old), Ok(new)) = (
        comparison.old.root_ref(),
        comparison.old.root(),
        comparison.new.root(),
    ) else {
        comparison.refuse(ChangeKind::Other, None, "the catalogue cannot be read");
        return;
    };
    let (Some(old), Some(new)) = (old.as_dict(), new.as_dict()) else {
        return;
    };
    let mut changed = without(old, &CATALOGUE_KEYS).changed_keys(&without(new, &CATALOGUE_KEYS));
    if certifies(comparison, old, new) {
        changed.retain(|key| key.as_slice() != b"Perms".as_slice());
    }
    for key in &changed {
        let key = String::from_utf8_lossy(key).into_owned();
        comparison.refuse(
            ChangeKind::Other,
            Some(reference.number),
            format!("the catalogue changed {key}"),
        );
    }
    let approval = Approval::new(ChangeKind::Structure, ChangeLevel::LongTermEvidence);
    if changed.is_empty() {
        // A catalogue that is a table of fonts at the same time is none. FieldMDP names it as its data.
        let expected = |usage: &Usage| match (usage.holder, usage.path.last()) {
            (None, Some(key)) => key == b"Root",
            (Some(_), Some(key)) => key == b"Data",
            (_, None) => false,
        };
        comparison.approve(reference.number, &approval, &expected);
    }
    for key in ["Extensions", "MarkInfo"] {
        follow(comparison, reference.number, (old, new), key, &approval);
    }
}

/// The first signature certifies the document, and nothing else stands in `/Perms`.
fn certifies(comparison: &mut Comparison<'_, '_>, old: &Dict, new: &Dict) -> bool {
    if !comparison.limits.may_certify || old.contains("Perms") {
        return false;
    }
    let Some(permissions) = new.get("Perms") else {
        return false;
    };
    let only_certifies = comparison.new.resolve(permissions).is_ok_and(|it| {
        it.as_dict().is_some_and(|it| {
            it.iter()
                .all(|(key, value)| key == b"DocMDP" && value.as_ref().is_some())
        })
    });
    if let (true, Object::Ref(reference)) = (only_certifies, permissions) {
        let approval = Approval::new(ChangeKind::Structure, ChangeLevel::FormFilling);
        comparison.approve_new(reference.number, &approval);
    }
    only_certifies
}

/// Approves the object that `key` names directly, old or new; streams and removal are refused. Gives both values.
pub(super) fn follow(
    comparison: &mut Comparison<'_, '_>,
    holder: u32,
    (old, new): (&Dict, &Dict),
    key: &str,
    approval: &Approval,
) -> Option<(Object, Object)> {
    let old_value = old.get(key).cloned();
    let Some(new_value) = new.get(key).cloned() else {
        if old_value.is_some() {
            comparison.refuse(
                ChangeKind::Other,
                Some(holder),
                format!("{key} was removed"),
            );
        }
        return None;
    };
    let resolve = |document: &crate::syntax::document::Document<'_>, value: Option<&Object>| {
        value
            .and_then(|value| document.resolve(value).ok())
            .map_or(Object::Null, |value| (*value).clone())
    };
    let old_object = resolve(comparison.old, old_value.as_ref());
    let new_object = resolve(comparison.new, Some(&new_value));
    if let Some(reference) = new_value.as_ref() {
        if new_object.as_stream().is_some() || old_object.as_stream().is_some() {
            comparison.refuse(
                ChangeKind::Other,
                Some(reference.number),
                format!("{key} is a stream"),
            );
        } else if old_value == Some(new_value) {
            comparison.approve(reference.number, approval, &used_at(Some(holder), &[key]));
        } else {
            comparison.approve_new(reference.number, approval);
        }
    }
    Some((old_object, new_object))
}

/// The document information dictionary of the trailer.
pub(super) fn info(comparison: &mut Comparison<'_, '_>) {
    let old = comparison
        .old
        .trailer()
        .get("Info")
        .and_then(Object::as_ref);
    let Some(new) = comparison
        .new
        .trailer()
        .get("Info")
        .and_then(Object::as_ref)
    else {
        return;
    };
    let is_plain = comparison
        .new
        .load(new)
        .is_ok_and(|info| matches!(*info, Object::Dict(_)));
    if !is_plain {
        return;
    }
    let approval = Approval::new(ChangeKind::Metadata, ChangeLevel::LongTermEvidence);
    if old == Some(new) {
        comparison.approve(new.number, &approval, &used_at(None, &["Info"]));
    } else {
        comparison.approve_new(new.number, &approval);
    }
}

/// The XMP stream of the catalogue.
pub(super) fn metadata(comparison: &mut Comparison<'_, '_>) {
    let (Ok(root_ref), Ok(old), Ok(new)) = (
        comparison.old.root_ref(),
        comparison.old.root(),
        comparison.new.root(),
    ) else {
        return;
    };
    let named = |root: &Object| root.as_dict()?.get("Metadata")?.as_ref();
    let has_key = |root: &Object| root.as_dict().is_some_and(|root| root.has_raw(b"Metadata"));
    let Some(reference) = named(&new) else {
        if has_key(&new) || named(&old).is_some() {
            let why = "the metadata are not a stream of their own";
            comparison.refuse(ChangeKind::Metadata, Some(root_ref.number), why);
        }
        return;
    };
    let Ok(object) = comparison.new.load(reference) else {
        return;
    };
    let is_xml = object.as_stream().is_some_and(|stream| {
        stream
            .dict
            .get("Type")
            .is_some_and(|kind| kind.is_name("Metadata"))
            && comparison
                .new
                .decoded(stream)
                .is_ok_and(|bytes| looks_like_xml(&bytes))
    });
    if !is_xml {
        if comparison.changed.contains(&reference.number) || named(&old) != Some(reference) {
            let why = "the metadata are not XML";
            comparison.refuse(ChangeKind::Metadata, Some(reference.number), why);
        }
        return;
    }
    let approval = Approval::new(ChangeKind::Metadata, ChangeLevel::LongTermEvidence);
    if named(&old) == Some(reference) {
        let expected = used_at(Some(root_ref.number), &["Metadata"]);
        comparison.approve(reference.number, &approval, &expected);
    } else {
        comparison.approve_new(reference.number, &approval);
    }
}

/// Nothing that a reader could take for page content: begins with a tag, ends with one.
fn looks_like_xml(bytes: &[u8]) -> bool {
    let text = bytes
        .strip_prefix(&[0xef, 0xbb, 0xbf])
        .unwrap_or(bytes)
        .trim_ascii();
    text.starts_with(b"<") && text.ends_with(b">") && std::str::from_utf8(text).is_ok()
}

/// The document security store.
pub(super) fn evidence(comparison: &mut Comparison<'_, '_>) {
    let (Ok(root_ref), Ok(old), Ok(new)) = (
        comparison.old.root_ref(),
        comparison.old.root(),
        comparison.new.root(),
    ) else {
        return;
    };
    let (Some(old_root), Some(new_root)) = (old.as_dict(), new.as_dict()) else {
        return;
    };
    let approval = Approval::new(ChangeKind::Dss, ChangeLevel::LongTermEvidence);
    let Some((old_store, new_store)) = follow(
        comparison,
        root_ref.number,
        (old_root, new_root),
        "DSS",
        &approval,
    ) else {
        return;
    };
    let store_number = old_root
        .get("DSS")
        .and_then(Object::as_ref)
        .map_or(root_ref.number, |r| r.number);
    let old_store = old_store.as_dict().cloned().unwrap_or_default();
    let Some(new_store) = new_store.as_dict().cloned() else {
        comparison.refuse(
            ChangeKind::Dss,
            None,
            "the evidence store is not a dictionary",
        );
        return;
    };
    if has_null(&new_store) {
        comparison.refuse(ChangeKind::Dss, None, "the evidence store holds a null");
        return;
    }
    if has_other_keys(&new_store, &EVIDENCE_KEYS) {
        comparison.refuse(
            ChangeKind::Dss,
            None,
            "the evidence store holds something else",
        );
        return;
    }
    for key in ["Certs", "CRLs", "OCSPs"] {
        streams(
            comparison,
            store_number,
            (&old_store, &new_store),
            key,
            &approval,
        );
    }
    let Some((old_items, new_items)) = follow(
        comparison,
        store_number,
        (&old_store, &new_store),
        "VRI",
        &approval,
    ) else {
        return;
    };
    let old_items = old_items.as_dict().cloned().unwrap_or_default();
    let Some(new_items) = new_items.as_dict().cloned() else {
        comparison.refuse(ChangeKind::Dss, None, "VRI is not a dictionary");
        return;
    };
    let (old_by_key, new_by_key) = (Lookup::of(&old_items), Lookup::of(&new_items));
    for (key, item) in new_items.iter().filter(|(key, _)| *key != b"Type") {
        let before = old_by_key.get(key);
        if before == Some(item) {
            continue;
        }
        if before.is_some() || !is_vri_key(key) {
            comparison.refuse(ChangeKind::Dss, None, "an entry of VRI was changed");
            continue;
        }
        evidence_item(comparison, item, &approval);
    }
    if old_items
        .iter()
        .any(|(key, _)| new_by_key.get(key).is_none())
    {
        comparison.refuse(ChangeKind::Dss, None, "an entry of VRI was removed");
    }
}

fn evidence_item(comparison: &mut Comparison<'_, '_>, item: &Object, approval: &Approval) {
    if let Some(reference) = item.as_ref() {
        comparison.approve_new(reference.number, approval);
    }
    let Ok(item) = comparison.new.resolve(item) else {
        return;
    };
    let Object::Dict(item) = item.as_ref() else {
        comparison.refuse(ChangeKind::Dss, None, "an entry of VRI is not a dictionary");
        return;
    };
    if has_other_keys(item, &EVIDENCE_ITEM_KEYS) || has_null(item) {
        comparison.refuse(
            ChangeKind::Dss,
            None,
            "an entry of VRI holds something else",
        );
        return;
    }
    for key in ["Cert", "CRL", "OCSP"] {
        streams(comparison, 0, (&Dict::new(), item), key, approval);
    }
    if let Some(reference) = item.get("TS").and_then(Object::as_ref) {
        comparison.approve_new(reference.number, approval);
    }
}

/// An array of references to streams.
fn streams(
    comparison: &mut Comparison<'_, '_>,
    holder: u32,
    (old, new): (&Dict, &Dict),
    key: &str,
    approval: &Approval,
) {
    let Some(value) = new.get(key).cloned() else {
        return;
    };
    let Ok(array) = comparison.new.resolve(&value) else {
        return;
    };
    let all_streams = array.as_array().is_some_and(|items| {
        items.iter().all(|item| {
            item.as_ref().is_some()
                && comparison
                    .new
                    .resolve(item)
                    .is_ok_and(|item| item.as_stream().is_some())
        })
    });
    if !all_streams {
        comparison.refuse(
            ChangeKind::Dss,
            None,
            format!("{key} is not an array of streams"),
        );
        return;
    }
    if let Some(reference) = value.as_ref() {
        if old.get(key) == Some(&value) {
            comparison.approve(reference.number, approval, &used_at(Some(holder), &[key]));
        } else {
            comparison.approve_new(reference.number, approval);
        }
    }
    comparison.approve_new_below(&array, approval);
}

fn has_other_keys(dict: &Dict, known: &[&str]) -> bool {
    dict.iter()
        .any(|(key, _)| !known.iter().any(|name| name.as_bytes() == key))
}

/// A null counts as absent, but nobody writes one in good faith.
fn has_null(dict: &Dict) -> bool {
    dict.iter().any(|(_, value)| value.is_null())
}

/// Hexadecimal SHA-1 of the signature it belongs to.
fn is_vri_key(key: &[u8]) -> bool {
    key.len() == 40
        && key
            .iter()
            .all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
}
