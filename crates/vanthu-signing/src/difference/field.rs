//! Rules for the form: fields filled and signed, its resources.

use std::collections::{BTreeMap, BTreeSet};

use super::annotation::annotations;
use super::node::{Node, nodes};
use super::signature::{is_visible, new_signature_field, signature_value};
use super::structure::{follow, used_at};
use super::usage::Usage;
use super::{Approval, ChangeKind, ChangeLevel, Comparison};
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Lookup, Object};

/// Keys of the form dictionary with rules of their own.
const FORM_KEYS: [&str; 6] = ["Fields", "DR", "DA", "Q", "NeedAppearances", "SigFlags"];
/// What filling may change in a field.
const VALUE_KEYS: [&str; 7] = ["Ff", "AP", "AS", "V", "F", "DA", "Q"];
/// What may change even in a locked or signed field: some programs set flags liberally.
const ALWAYS_KEYS: [&str; 1] = ["Ff"];
/// Flags of an annotation that is not shown: Invisible, Hidden, NoView (12.5.3).
const HIDING: i64 = 1 | 2 | 32;

pub(super) fn form(comparison: &mut Comparison<'_, '_>) {
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
    let harmless = Approval::new(ChangeKind::Structure, ChangeLevel::LongTermEvidence);
    let Some((old_form, new_form)) = follow(
        comparison,
        root_ref.number,
        (old_root, new_root),
        "AcroForm",
        &harmless,
    ) else {
        return;
    };
    // A file that nobody has signed may have no form yet.
    let old_form = match old_form {
        Object::Null if comparison.limits.may_certify => Object::Dict(Dict::new()),
        form => form,
    };
    let (Some(old_form), Some(new_form)) = (old_form.as_dict(), new_form.as_dict()) else {
        comparison.refuse(ChangeKind::Other, None, "the form is not a dictionary");
        return;
    };
    let number_in = |root: &Dict| {
        let form = root.get("AcroForm").and_then(Object::as_ref);
        form.map_or(root_ref.number, |form| form.number)
    };
    let form_number = number_in(new_root);
    // Usages are those of the signed state, wherever the form stands now.
    let old_number = number_in(old_root);
    let path_to = |key: &str| -> Vec<String> {
        if old_number == root_ref.number {
            vec!["AcroForm".to_owned(), key.to_owned()]
        } else {
            vec![key.to_owned()]
        }
    };
    let changed: Vec<Vec<u8>> = old_form
        .changed_keys(new_form)
        .into_iter()
        .filter(|key| !FORM_KEYS.iter().any(|known| known.as_bytes() == key))
        .collect();
    for key in changed {
        let key = String::from_utf8_lossy(&key).into_owned();
        comparison.refuse(
            ChangeKind::Other,
            Some(form_number),
            format!("the form changed {key}"),
        );
    }
    let redraws = |document: &Document<'_>, form: &Dict| {
        let need = document.get(form, "NeedAppearances");
        // What cannot be read may say so too.
        need.map_or(true, |need| {
            need.and_then(|need| need.as_bool()) == Some(true)
        })
    };
    let redrawn = redraws(comparison.new, new_form);
    if redrawn && !redraws(comparison.old, old_form) {
        comparison.refuse(
            ChangeKind::Other,
            Some(form_number),
            "readers are told to redraw fields",
        );
    }
    let looks = |form: &Dict| (form.get("DA").cloned(), form.get("Q").cloned());
    if redrawn && looks(old_form) != looks(new_form) {
        let why = "fields that readers redraw get another look";
        comparison.refuse(ChangeKind::Other, Some(form_number), why);
    }
    let flags = |form: &Dict| form.get("SigFlags").and_then(Object::as_int).unwrap_or(0);
    let (old_flags, new_flags) = (flags(old_form), flags(new_form));
    if old_flags & new_flags != old_flags || new_flags & !3 != old_flags & !3 {
        let why = "the form changed SigFlags";
        comparison.refuse(ChangeKind::Other, Some(form_number), why);
    }
    let lists = follow_at(
        comparison,
        old_number,
        &path_to("Fields"),
        (old_form, new_form),
        "Fields",
        &harmless,
    );
    resources(comparison, old_number, &path_to("DR"), (old_form, new_form));
    let Some((old_list, new_list)) = lists else {
        return;
    };
    let old_list = if old_list.is_null() {
        Object::Array(Vec::new())
    } else {
        old_list
    };
    match (
        nodes(comparison.old, &old_list),
        nodes(comparison.new, &new_list),
    ) {
        (Ok(old), Ok(new)) => fields(comparison, &old, &new),
        (Err(problem), _) | (_, Err(problem)) => {
            comparison.refuse(ChangeKind::Other, None, problem.to_string());
        }
    }
}

/// As [`follow`], for a dictionary that may stand inside its holder.
fn follow_at(
    comparison: &mut Comparison<'_, '_>,
    holder: u32,
    path: &[String],
    dicts: (&Dict, &Dict),
    key: &str,
    approval: &Approval,
) -> Option<(Object, Object)> {
    if let (Some(Object::Ref(old)), Some(Object::Ref(new))) = (dicts.0.get(key), dicts.1.get(key))
        && old == new
    {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_stream =
            |document: &Document<'_>| document.load(*new).is_ok_and(|it| it.as_stream().is_some());
        if !is_stream(comparison.old) && !is_stream(comparison.new) {
            comparison.approve(new.number, approval, &used_at(Some(holder), &path));
        }
    }
    follow(comparison, holder, dicts, key, approval)
}

/// The form's default resources: new ones may be added (some readers do), none replaced or removed.
fn resources(
    comparison: &mut Comparison<'_, '_>,
    form_number: u32,
    path: &[String],
    dicts: (&Dict, &Dict),
) {
    let approval = Approval::new(ChangeKind::Structure, ChangeLevel::FormFilling);
    let changed_inline = dicts.0.get("DR") != dicts.1.get("DR");
    let had_some = dicts.0.contains("DR");
    if !dicts.1.contains("DR") {
        if had_some {
            let why = "the resources of the form were removed";
            comparison.refuse(ChangeKind::Other, Some(form_number), why);
        }
        return;
    }
    let Some((old, new)) = follow_at(comparison, form_number, path, dicts, "DR", &approval) else {
        return;
    };
    if had_some && !keeps_resources(comparison, &old, &new) {
        let why = "a resource of the form was replaced";
        comparison.refuse(ChangeKind::Other, Some(form_number), why);
        return;
    }
    comparison.approve_new_below(&new, &approval);
    if changed_inline {
        comparison.note(&approval, None);
    }
}

/// Every resource that had a name still has it: fields that are drawn anew look it up.
fn keeps_resources(comparison: &Comparison<'_, '_>, old: &Object, new: &Object) -> bool {
    let (Object::Dict(old), Object::Dict(new)) = (old, new) else {
        return false;
    };
    old.iter().all(|(category, value)| {
        let Some(other) = new.get_raw(category) else {
            return value.is_null();
        };
        let (Ok(before), Ok(after)) =
            (comparison.old.resolve(value), comparison.new.resolve(other))
        else {
            return false;
        };
        match (before.as_ref(), after.as_ref()) {
            (Object::Dict(before), Object::Dict(after)) => {
                let after = Lookup::of(after);
                before
                    .iter()
                    .all(|(name, resource)| after.get(name) == Some(resource))
            }
            // Which operators are used (ProcSet): says nothing any more (14.2).
            (Object::Array(_), Object::Array(_)) => category == b"ProcSet" || before == after,
            _ => before == after,
        }
    })
}

fn fields(
    comparison: &mut Comparison<'_, '_>,
    old: &BTreeMap<String, Node>,
    new: &BTreeMap<String, Node>,
) {
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        let kind = ChangeKind::FieldStructure {
            field: name.clone(),
        };
        comparison.refuse(kind, None, "the field was removed");
    }
    let mut new_widgets: BTreeMap<u32, String> = BTreeMap::new();
    for (name, node) in new {
        match old.get(name) {
            None if node.kind == "Sig" => {
                new_signature_field(comparison, name, node, &mut new_widgets);
            }
            None => {
                let kind = ChangeKind::FieldStructure {
                    field: name.clone(),
                };
                comparison.refuse(kind, Some(node.reference.number), "a field was added");
            }
            Some(before) => existing_field(comparison, name, before, node),
        }
    }
    annotations(comparison, &new_widgets);
}

fn existing_field(comparison: &mut Comparison<'_, '_>, name: &str, old: &Node, new: &Node) {
    let structure = || ChangeKind::FieldStructure {
        field: name.to_owned(),
    };
    if old.reference != new.reference || old.kind != new.kind {
        comparison.refuse(
            structure(),
            Some(new.reference.number),
            "the field was exchanged",
        );
        return;
    }
    let keys = old.dict.changed_keys(&new.dict);
    let beyond = |allowed: &[&str]| {
        keys.iter()
            .any(|key| !allowed.iter().any(|known| known.as_bytes() == key))
    };
    if beyond(&VALUE_KEYS) && !only_type_added(&keys, &new.dict) {
        comparison.refuse(
            structure(),
            Some(new.reference.number),
            "more than the value changed",
        );
        return;
    }
    if brings_to_light(comparison, &old.dict, &new.dict) {
        let why = "a hidden field was brought to light";
        comparison.refuse(structure(), Some(new.reference.number), why);
        return;
    }
    let expected = field_usage(comparison, old);
    let is_signature = new.kind == "Sig";
    if is_signature && (old.dict.contains("V") || !new.dict.contains("V")) {
        // Signed before, or still empty: nothing but flags.
        if beyond(&ALWAYS_KEYS) {
            return;
        }
        let approval = Approval::new(ChangeKind::Structure, ChangeLevel::LongTermEvidence);
        comparison.approve(new.reference.number, &approval, &expected);
        return;
    }
    let kind = if is_signature {
        ChangeKind::SignatureAdded {
            field: name.to_owned(),
        }
    } else {
        ChangeKind::FormFill {
            field: name.to_owned(),
        }
    };
    let level = if is_signature {
        ChangeLevel::LongTermEvidence
    } else {
        ChangeLevel::FormFilling
    };
    let approval = Approval::new(kind.clone(), level);
    let approval = if beyond(&ALWAYS_KEYS) {
        approval.lockable(name)
    } else {
        approval
    };
    comparison.approve(new.reference.number, &approval, &expected);
    let filling = Approval::new(kind, ChangeLevel::FormFilling).lockable(name);
    appearance(
        comparison,
        new.reference.number,
        (&old.dict, &new.dict),
        &filling,
    );
    widgets(comparison, old, new, &filling);
    if is_signature {
        let visible = is_visible(comparison.new, new);
        signature_value(comparison, name, new, visible);
    } else if old.dict.get("V") != new.dict.get("V")
        && let Some(value) = new.dict.get("V")
    {
        comparison.approve_new_below(value, &filling);
    }
}

/// What the signer did not see must not appear by a flag.
fn brings_to_light(comparison: &Comparison<'_, '_>, old: &Dict, new: &Dict) -> bool {
    let flags = |document: &Document<'_>, dict: &Dict| {
        let flags = document.get(dict, "F").ok().flatten();
        flags.and_then(|flags| flags.as_int()).unwrap_or(0) & HIDING
    };
    let before = flags(comparison.old, old);
    before & flags(comparison.new, new) != before
}

/// Some programs add the optional `/Type /Annot`.
fn only_type_added(keys: &[Vec<u8>], new: &Dict) -> bool {
    keys.iter().all(|key| {
        VALUE_KEYS.iter().any(|known| known.as_bytes() == key)
            || (key == b"Type" && new.get("Type").is_some_and(|kind| kind.is_name("Annot")))
    })
}

/// Widgets that are kids of their field: only what they show may change.
fn widgets(comparison: &mut Comparison<'_, '_>, old: &Node, new: &Node, approval: &Approval) {
    if old.widgets != new.widgets {
        return;
    }
    for widget in &new.widgets {
        let (Ok(before), Ok(after)) = (comparison.old.load(*widget), comparison.new.load(*widget))
        else {
            continue;
        };
        let (Object::Dict(before), Object::Dict(after)) = (before.as_ref(), after.as_ref()) else {
            continue;
        };
        let keys = before.changed_keys(after);
        if keys.iter().any(|key| key != b"AP" && key != b"AS") {
            continue;
        }
        let parent = new.reference.number;
        let kids = new
            .dict
            .get("Kids")
            .and_then(Object::as_ref)
            .map(|kids| kids.number);
        let places = comparison.places;
        let expected = |usage: &Usage| {
            places.expect(usage)
                || used_at(Some(parent), &["Kids"])(usage)
                || kids.is_some() && usage.holder == kids && usage.path.is_empty()
        };
        comparison.approve(widget.number, approval, &expected);
        appearance(comparison, widget.number, (before, after), approval);
    }
}

/// Appearances may point to new streams, or be written again in place when nothing else uses them.
pub(super) fn appearance(
    comparison: &mut Comparison<'_, '_>,
    widget: u32,
    (old, new): (&Dict, &Dict),
    approval: &Approval,
) {
    if !new.contains("AP") {
        if old.contains("AP") || new.has_raw(b"AP") && !old.has_raw(b"AP") {
            comparison.refuse(
                approval.kind.clone(),
                Some(widget),
                "the appearance was removed",
            );
        }
        return;
    }
    let Some((old_looks, new_looks)) = follow(comparison, widget, (old, new), "AP", approval)
    else {
        return;
    };
    let Some(new_looks) = new_looks.as_dict() else {
        return;
    };
    for key in ["N", "R", "D"] {
        if let Some(value) = new_looks.get(key) {
            comparison.approve_new_below(value, approval);
        }
    }
    let looks_ref = old
        .get("AP")
        .and_then(Object::as_ref)
        .map(|reference| reference.number);
    let redrawn = old.get("AP") != new.get("AP")
        || old_looks
            .as_dict()
            .is_some_and(|old_looks| old_looks != new_looks)
        || ["N", "R", "D"]
            .iter()
            .filter_map(|key| new_looks.get(key)?.as_ref())
            .any(|stream| comparison.changed.contains(&stream.number));
    if let Some(looks) = looks_ref.filter(|_| redrawn) {
        let only_here = used_at(Some(widget), &["AP"]);
        if comparison
            .usages
            .uses(looks)
            .iter()
            .any(|usage| !only_here(usage))
        {
            let why = "the appearance dictionary serves another purpose too";
            comparison.refuse(approval.kind.clone(), Some(looks), why);
        }
    }
    // Which of several states is shown is a matter of AS: their streams never need to be overwritten.
    let Some(old_looks) = old_looks.as_dict() else {
        return;
    };
    if old.contains("AS") {
        return;
    }
    for key in ["N", "R", "D"] {
        let (Some(Object::Ref(before)), Some(Object::Ref(after))) =
            (old_looks.get(key), new_looks.get(key))
        else {
            continue;
        };
        if before != after || !comparison.changed.contains(&after.number) {
            continue;
        }
        match looks_ref {
            Some(_) => comparison.approve(after.number, approval, &used_at(looks_ref, &[key])),
            None => {
                comparison.approve(after.number, approval, &used_at(Some(widget), &["AP", key]));
            }
        }
        if let Ok(stream) = comparison.new.load(*after) {
            comparison.approve_new_below(&stream, approval);
        }
    }
}

/// Where a form field may be named: in the form, on a page, in the structure tree, by its kids.
fn field_usage<'d>(
    comparison: &Comparison<'d, '_>,
    node: &Node,
) -> impl Fn(&Usage) -> bool + use<'d> {
    let places = comparison.places;
    let parent = node
        .dict
        .get("Parent")
        .and_then(Object::as_ref)
        .map(|parent| parent.number);
    let list_holders = list_holders(comparison.old, parent);
    let kids: BTreeSet<u32> = node.widgets.iter().map(|widget| widget.number).collect();
    let kid_fields: BTreeSet<u32> = node
        .dict
        .get("Kids")
        .and_then(|kids| comparison.old.resolve(kids).ok())
        .map(|kids| {
            kids.as_array()
                .unwrap_or_default()
                .iter()
                .filter_map(Object::as_ref)
                .map(|r| r.number)
                .collect()
        })
        .unwrap_or_default();
    move |usage| {
        let last = usage.path.last().map(Vec::as_slice);
        places.expect(usage)
            || (last == Some(b"Fields") || last == Some(b"Kids"))
                && usage
                    .holder
                    .is_some_and(|holder| list_holders.contains(&holder))
            || usage.path.is_empty()
                && usage
                    .holder
                    .is_some_and(|holder| list_holders.contains(&holder))
            || last == Some(b"Parent")
                && usage
                    .holder
                    .is_some_and(|h| kids.contains(&h) || kid_fields.contains(&h))
    }
}

/// Objects whose arrays list the fields of the form, or the kids of `parent`.
fn list_holders(document: &Document<'_>, parent: Option<u32>) -> BTreeSet<u32> {
    let mut holders = BTreeSet::new();
    if let Ok(root_ref) = document.root_ref()
        && let Ok(root) = document.root()
        && let Some(root) = root.as_dict()
    {
        let form_ref = root.get("AcroForm").and_then(Object::as_ref);
        holders.insert(form_ref.unwrap_or(root_ref).number);
        if let Ok(Some(form)) = document.get(root, "AcroForm")
            && let Some(Object::Ref(list)) = form.as_dict().and_then(|form| form.get("Fields"))
        {
            holders.insert(list.number);
        }
    }
    if let Some(parent) = parent {
        holders.insert(parent);
        if let Ok(parent) = document.load_number(parent)
            && let Some(Object::Ref(kids)) = parent.as_dict().and_then(|parent| parent.get("Kids"))
        {
            holders.insert(kids.number);
        }
    }
    holders
}
