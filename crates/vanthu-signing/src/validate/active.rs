//! What in a file acts by itself: scripts, actions that start programs or send data, and content that other files hold.
//! What such a file shows can change without a byte of it changing, so that no signature says what its reader saw.

use crate::difference;
use crate::form;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};

/// Objects nest no deeper than the parser lets them; actions follow each other by references.
const MAX_DEPTH: u8 = 96;

/// The first thing found, with where it stands; whatever of the file a reader can come to is looked at.
pub(super) fn active(document: &Document<'_>) -> Option<String> {
    if let Ok(Some(form)) = form::form_dict(document)
        && form.as_dict().is_some_and(|form| form.contains("XFA"))
    {
        return Some("XFA".to_owned());
    }
    difference::reachable(document)
        .into_iter()
        .find_map(|number| {
            let object = document.load_number(number).ok()?;
            let what = acts_within(document, &object, 0)?;
            Some(format!("{what} (object {number})"))
        })
}

fn acts_within(document: &Document<'_>, object: &Object, depth: u8) -> Option<&'static str> {
    if depth > MAX_DEPTH {
        return None;
    }
    let each = |object: &Object| acts_within(document, object, depth + 1);
    match object {
        Object::Array(items) => items.iter().find_map(each),
        Object::Dict(dict) => {
            acts(document, dict).or_else(|| dict.iter().find_map(|(_, value)| each(value)))
        }
        Object::Stream(stream) => {
            // Content that stands in another file: the stream itself (7.3.8.2), or a page of it (8.10.4).
            let is_outside = stream.dict.contains("F") || stream.dict.contains("Ref");
            let outside = is_outside.then_some("content of another file");
            outside.or_else(|| stream.dict.iter().find_map(|(_, value)| each(value)))
        }
        _ => None,
    }
}

/// The kind of an action (12.6.4) or annotation that acts. A name alone is none: structure elements have names too.
pub(super) fn acts(document: &Document<'_>, dict: &Dict) -> Option<&'static str> {
    let named = |key: &str| document.get(dict, key).ok().flatten();
    let has = |keys: &[&str]| keys.iter().any(|key| dict.contains(key));
    let kind = named("S");
    let found = match kind.as_deref().and_then(Object::as_name) {
        Some(b"JavaScript" | b"Rendition") if has(&["JS"]) => Some("JavaScript"),
        Some(b"Launch") if has(&["F", "Win", "Mac", "Unix"]) => Some("Launch"),
        Some(b"SubmitForm") if has(&["F"]) => Some("SubmitForm"),
        Some(b"ImportData") if has(&["F"]) => Some("ImportData"),
        _ => None,
    };
    let annotation = named("Subtype");
    found.or_else(|| match annotation.as_deref().and_then(Object::as_name) {
        Some(b"RichMedia") if has(&["RichMediaContent"]) => Some("RichMedia"),
        Some(b"3D") if has(&["3DD"]) => Some("3D"),
        _ => None,
    })
}
