//! The fields of a form as a tree of named nodes, strictly read.

use std::collections::BTreeMap;

use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::text;

const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 20_000;
/// Kids of all fields together: an array that many fields share counts for each.
const MAX_KIDS: usize = 100_000;

/// A named node of the form.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) reference: Ref,
    /// The field above it.
    pub(super) parent: Option<Ref>,
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
    let mut tree = Tree {
        document,
        nodes: BTreeMap::new(),
        kids: 0,
    };
    tree.collect(list, &Above::default(), 0)?;
    Ok(tree.nodes)
}

#[derive(Clone, Default)]
struct Above {
    name: String,
    kind: String,
    reference: Option<Ref>,
}

struct Tree<'d, 'a> {
    document: &'d Document<'a>,
    nodes: BTreeMap<String, Node>,
    kids: usize,
}

fn bad(why: &str) -> PdfProblem {
    PdfProblem::structure(why)
}

impl Tree<'_, '_> {
    fn collect(&mut self, list: &Object, above: &Above, depth: usize) -> Result<(), PdfProblem> {
        if depth > MAX_DEPTH {
            return Err(PdfProblem::limit("size of the form"));
        }
        for item in list
            .as_array()
            .ok_or_else(|| bad("the field list is not an array"))?
        {
            let reference = item
                .as_ref()
                .ok_or_else(|| bad("a field is not an indirect object"))?;
            self.node(reference, above, depth)?;
        }
        Ok(())
    }

    fn node(&mut self, reference: Ref, above: &Above, depth: usize) -> Result<(), PdfProblem> {
        let document = self.document;
        let object = document.load(reference)?;
        let Object::Dict(dict) = object.as_ref() else {
            return Err(bad("a field is not a dictionary"));
        };
        let Some(name) = document.get(dict, "T")? else {
            return Ok(());
        };
        let name = name
            .as_string()
            .map(text::decode)
            .ok_or_else(|| bad("a field name is no string"))?;
        if name.contains('.') {
            return Err(bad("a field name holds a period"));
        }
        let mut here = Above {
            name,
            kind: above.kind.clone(),
            reference: Some(reference),
        };
        if !above.name.is_empty() {
            here.name = format!("{}.{}", above.name, here.name);
        }
        if let Some(kind) = document.get(dict, "FT")? {
            here.kind = String::from_utf8_lossy(kind.as_name().unwrap_or_default()).into_owned();
        }
        let kids = document.get(dict, "Kids")?;
        let node = Node {
            reference,
            parent: above.reference,
            kind: here.kind.clone(),
            dict: dict.clone(),
            widgets: self.widgets(kids.as_deref())?,
        };
        if self.nodes.insert(here.name.clone(), node).is_some() {
            return Err(bad("two fields have the same name"));
        }
        if self.nodes.len() > MAX_NODES {
            return Err(PdfProblem::limit("size of the form"));
        }
        match kids {
            Some(kids) => self.collect(&kids, &here, depth + 1),
            None => Ok(()),
        }
    }

    /// The kids that have no name of their own.
    fn widgets(&mut self, kids: Option<&Object>) -> Result<Vec<Ref>, PdfProblem> {
        let kids = kids.and_then(Object::as_array).unwrap_or_default();
        self.kids += kids.len();
        if self.kids > MAX_KIDS {
            return Err(PdfProblem::limit("size of the form"));
        }
        let mut widgets = Vec::new();
        for kid in kids {
            let kid_ref = kid
                .as_ref()
                .ok_or_else(|| bad("a kid is not an indirect object"))?;
            let kid = self.document.load(kid_ref)?;
            if !kid.as_dict().is_some_and(|kid| kid.contains("T")) {
                widgets.push(kid_ref);
            }
        }
        Ok(widgets)
    }
}
