//! Rules for signature fields that later revisions bring, and for the signatures in them.

use std::collections::BTreeMap;

use super::node::Node;
use super::{Approval, ChangeKind, ChangeLevel, Comparison};
use crate::page;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};
use crate::syntax::parser::is_space;

/// What a new signature field and its widget may say (ISO 32000-2, tables 166, 191, 226 and 235): nothing that acts.
const SIGNATURE_FIELD_KEYS: [&str; 29] = [
    "Type",
    "Subtype",
    "FT",
    "T",
    "TU",
    "TM",
    "Ff",
    "V",
    "Lock",
    "SV",
    "Parent",
    "Kids",
    "DA",
    "Q",
    "Rect",
    "P",
    "F",
    "AP",
    "AS",
    "MK",
    "BS",
    "Border",
    "NM",
    "M",
    "Contents",
    "C",
    "H",
    "StructParent",
    "Lang",
];
/// What makes a widget act (12.6.3).
const ACTION_KEYS: [&str; 4] = ["A", "AA", "PMD", "JS"];

/// A field that was not there when signed, with its widgets.
pub(super) fn new_signature_field(
    comparison: &mut Comparison<'_, '_>,
    name: &str,
    node: &Node,
    new_widgets: &mut BTreeMap<u32, String>,
) {
    if !is_plain_signature_field(comparison, name, node) {
        return;
    }
    let visible = is_visible(comparison.new, node);
    let level = if visible {
        ChangeLevel::FormFilling
    } else {
        ChangeLevel::LongTermEvidence
    };
    // The field of a document time-stamp is made for it and is nobody's signature.
    let kind = if !visible && holds_timestamp(comparison.new, node) {
        ChangeKind::DocTimestamp {
            field: name.to_owned(),
        }
    } else {
        ChangeKind::SignatureFieldAdded {
            field: name.to_owned(),
        }
    };
    if visible && comparison.limits.certified {
        comparison.refuse(
            kind.clone(),
            Some(node.reference.number),
            "a visible signature field was added to a certified document",
        );
    }
    if visible && !node.dict.contains("V") && shows_something(comparison.new, node) {
        let why = "an unsigned signature field shows something";
        comparison.refuse(kind.clone(), Some(node.reference.number), why);
    }
    let approval = Approval::new(kind, level);
    let approval = if visible {
        approval.lockable(name)
    } else {
        approval
    };
    comparison.approve_new(node.reference.number, &approval);
    let parts = Approval::new(
        ChangeKind::SignatureFieldAdded {
            field: name.to_owned(),
        },
        ChangeLevel::FormFilling,
    );
    let below = |comparison: &mut Comparison<'_, '_>, dict: &Dict| {
        for key in ["AP", "Lock", "SV"] {
            if let Some(value) = dict.get(key) {
                comparison.approve_new_below(value, &parts);
            }
        }
    };
    below(comparison, &node.dict);
    if let Some(Object::Ref(kids)) = node.dict.get("Kids") {
        comparison.approve_new(kids.number, &approval);
    }
    if node.widgets.is_empty() {
        new_widgets.insert(node.reference.number, name.to_owned());
    }
    for widget in &node.widgets {
        new_widgets.insert(widget.number, name.to_owned());
        comparison.approve_new(widget.number, &approval);
        if let Ok(widget) = comparison.new.load(*widget)
            && let Some(widget) = widget.as_dict()
        {
            below(comparison, widget);
        }
    }
    if node.dict.contains("V") {
        signature_value(comparison, name, node, visible);
    }
}

/// A new signature field is new in all its parts, and holds nothing but what such a field needs.
fn is_plain_signature_field(comparison: &mut Comparison<'_, '_>, name: &str, node: &Node) -> bool {
    let kind = || ChangeKind::SignatureFieldAdded {
        field: name.to_owned(),
    };
    let mut parts = vec![(node.reference, node.parent)];
    parts.extend(
        node.widgets
            .iter()
            .map(|widget| (*widget, Some(node.reference))),
    );
    for (part, parent) in parts {
        if !comparison.is_new(part.number) {
            let why = "the field brings forward what was signed unseen";
            comparison.refuse(kind(), Some(part.number), why);
            return false;
        }
        let object = comparison.new.load(part);
        let Ok(Object::Dict(dict)) = object.as_deref() else {
            let why = "a widget of the field is not a dictionary";
            comparison.refuse(kind(), Some(part.number), why);
            return false;
        };
        let known = |key: &[u8], of: &[&str]| of.iter().any(|known| known.as_bytes() == key);
        if let Some((key, _)) = dict
            .iter()
            .find(|(key, _)| !known(key, &SIGNATURE_FIELD_KEYS))
        {
            let what = String::from_utf8_lossy(key);
            let why = if known(key, &ACTION_KEYS) {
                format!("the field holds an action ({what})")
            } else {
                format!("the field holds {what}")
            };
            comparison.refuse(kind(), Some(part.number), why);
            return false;
        }
        if dict.contains("Parent") && dict.get("Parent").and_then(Object::as_ref) != parent {
            let why = "the field names another parent than it has";
            comparison.refuse(kind(), Some(part.number), why);
            return false;
        }
    }
    true
}

/// Whether an unsigned field draws on the page: nobody answers for what it shows.
fn shows_something(document: &Document<'_>, node: &Node) -> bool {
    let shows = |dict: &Dict| {
        let colours = document.get(dict, "MK").map(|looks| {
            let looks = looks.as_deref().and_then(Object::as_dict);
            looks.is_some_and(|looks| looks.iter().any(|(key, _)| key != b"R"))
        });
        colours.unwrap_or(true) || dict.contains("C") || draws(document, dict)
    };
    let widgets = node.widgets.iter().map(|widget| {
        let widget = document.load(*widget);
        widget.map_or(true, |widget| widget.as_dict().is_some_and(shows))
    });
    shows(&node.dict) || widgets.into_iter().any(|it| it)
}

/// Whether an appearance has any content.
fn draws(document: &Document<'_>, widget: &Dict) -> bool {
    let Some(looks) = widget.get("AP") else {
        return false;
    };
    let Ok(looks) = document.resolve(looks) else {
        return true;
    };
    let looks = looks.as_dict().cloned().unwrap_or_default();
    looks
        .iter()
        .any(|(_, look)| match document.resolve(look).as_deref() {
            Ok(Object::Stream(stream)) => document.decoded(stream).map_or(true, |content| {
                let mut words = content.split(|byte| is_space(*byte));
                words.any(|word| !matches!(word, b"" | b"q" | b"Q"))
            }),
            Ok(Object::Null) => false,
            _ => true,
        })
}

fn holds_timestamp(document: &Document<'_>, node: &Node) -> bool {
    node.dict
        .get("V")
        .and_then(|value| document.resolve(value).ok())
        .is_some_and(|value| value.as_dict().is_some_and(is_doc_timestamp))
}

fn is_doc_timestamp(signature: &Dict) -> bool {
    signature
        .get("Type")
        .is_some_and(|kind| kind.is_name("DocTimeStamp"))
}

/// The signature dictionary itself must be an object of its own that nobody named before.
pub(super) fn signature_value(
    comparison: &mut Comparison<'_, '_>,
    name: &str,
    node: &Node,
    visible: bool,
) {
    let added = || ChangeKind::SignatureAdded {
        field: name.to_owned(),
    };
    let Some(Object::Ref(value)) = node.dict.get("V") else {
        comparison.refuse(
            added(),
            Some(node.reference.number),
            "the signature is not an object of its own",
        );
        return;
    };
    if !comparison.is_new(value.number) {
        comparison.refuse(
            added(),
            Some(value.number),
            "the signature takes the place of another object",
        );
        return;
    }
    let Ok(signature) = comparison.new.load(*value) else {
        return;
    };
    let Object::Dict(signature) = signature.as_ref() else {
        comparison.refuse(
            added(),
            Some(value.number),
            "the signature is not a dictionary",
        );
        return;
    };
    let approval = if is_doc_timestamp(signature) && !visible {
        let kind = ChangeKind::DocTimestamp {
            field: name.to_owned(),
        };
        Approval::new(kind, ChangeLevel::LongTermEvidence)
    } else {
        Approval::new(added(), ChangeLevel::FormFilling).lockable(name)
    };
    comparison.approve_new(value.number, &approval);
    for reference in signature
        .get("Reference")
        .and_then(Object::as_array)
        .unwrap_or_default()
    {
        if let Some(Object::Ref(parameters)) = reference
            .as_dict()
            .and_then(|reference| reference.get("TransformParams"))
        {
            comparison.approve_new(parameters.number, &approval);
        }
    }
}

/// Whether something of it can be seen: a place that cannot be read may be any.
pub(super) fn is_visible(document: &Document<'_>, node: &Node) -> bool {
    let shows = |dict: &Dict| {
        dict.get("Rect").is_some_and(|rect| {
            page::rectangle(document, rect)
                .map_or(true, |[x0, y0, x1, y1]| (x1 - x0) * (y1 - y0) != 0.0)
        })
    };
    shows(&node.dict)
        || node.widgets.iter().any(|widget| {
            document
                .load(*widget)
                .map_or(true, |widget| widget.as_dict().is_some_and(shows))
        })
}
