//! The fields of a form as a tree of named nodes, strictly read.

use std::collections::BTreeMap;

use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::text;

const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 20_000;

/// A named node of the form.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) reference: Ref,
    /// `Tx`, `Sig`, …, inherited when need be; empty for a group.
    pub(super) kind: String,
    pub(super) dict: Dict,
    /// Unnamed kids: widgets of this field.
    pub(super) widgets: Vec<Ref>,
}

/// All named nodes by full name. A form that two readers could read differently is an error.
pub(super) fn nodes(
    document: &Document<'_>,
    list: &Object,
) -> Result<BTreeMap<String, Node>, PdfProblem> {
    let mut nodes = BTreeMap::new();
    collect(document, list, "", "", 0, &mut nodes)?;
    Ok(nodes)
}

fn collect(
    document: &Document<'_>,
    list: &Object,
    parent_name: &str,
    parent_kind: &str,
    depth: usize,
    nodes: &mut BTreeMap<String, Node>,
) -> Result<(), PdfProblem> {
    if depth > MAX_DEPTH || nodes.len() > MAX_NODES {
        return Err(PdfProblem::limit("size of the form"));
    }
    let bad = |why: &str| PdfProblem::structure(why);
    for item in list
        .as_array()
        .ok_or_else(|| bad("the field list is not an array"))?
    {
        let reference = item
            .as_ref()
            .ok_or_else(|| bad("a field is not an indirect object"))?;
        let object = document.load(reference)?;
        let Object::Dict(dict) = object.as_ref() else {
            return Err(bad("a field is not a dictionary"));
        };
        let Some(name) = document.get(dict, "T")? else {
            continue;
        };
        let name = name
            .as_string()
            .map(text::decode)
            .ok_or_else(|| bad("a field name is no string"))?;
        if name.contains('.') {
            return Err(bad("a field name holds a period"));
        }
        let full = if parent_name.is_empty() {
            name
        } else {
            format!("{parent_name}.{name}")
        };
        let kind = match document.get(dict, "FT")? {
            Some(kind) => String::from_utf8_lossy(kind.as_name().unwrap_or_default()).into_owned(),
            None => parent_kind.to_owned(),
        };
        let mut widgets = Vec::new();
        let kids = document.get(dict, "Kids")?;
        for kid in kids
            .as_deref()
            .and_then(Object::as_array)
            .unwrap_or_default()
        {
            let Some(kid_ref) = kid.as_ref() else {
                return Err(bad("a kid is not an indirect object"));
            };
            let kid = document.load(kid_ref)?;
            if !kid.as_dict().is_some_and(|kid| kid.contains("T")) {
                widgets.push(kid_ref);
            }
        }
        let node = Node {
            reference,
            kind: kind.clone(),
            dict: dict.clone(),
            widgets,
        };
        if nodes.insert(full.clone(), node).is_some() {
            return Err(bad("two fields have the same name"));
        }
        if let Some(kids) = kids {
            collect(document, &kids, &full, &kind, depth + 1, nodes)?;
        }
    }
    Ok(())
}
