//! The interactive form (AcroForm): its fields with inherited attributes (ISO 32000-2, 12.7).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::text;

const MAX_FIELDS: usize = 20_000;
const MAX_FIELD_DEPTH: usize = 32;
/// Kids of all fields together: an array that many fields share counts for each.
const MAX_KIDS: usize = 100_000;

/// `/Ff` bit 1: the field cannot be changed by a person.
pub(crate) const READ_ONLY: i64 = 1;

/// One terminal field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Fully qualified name.
    pub(crate) name: String,
    pub(crate) reference: Ref,
    pub(crate) dict: Dict,
    /// `Tx`, `Btn`, `Ch`, `Sig`, or empty.
    pub(crate) kind: String,
    pub(crate) value: Option<Object>,
    pub(crate) flags: i64,
    pub(crate) default_appearance: Option<String>,
    pub(crate) quadding: i64,
    /// The field itself when merged with its only widget, else its kids.
    pub(crate) widgets: Vec<Ref>,
}

#[derive(Clone, Default)]
struct Inherited {
    name: String,
    kind: Option<Object>,
    value: Option<Object>,
    flags: Option<Object>,
    default_appearance: Option<Object>,
    quadding: Option<Object>,
}

/// The form dictionary, when the document has one.
pub(crate) fn form_dict(document: &Document<'_>) -> Result<Option<Rc<Object>>, PdfProblem> {
    let root = document.root()?;
    let Some(root) = root.as_dict() else {
        return Ok(None);
    };
    let Some(form) = document.get(root, "AcroForm")? else {
        return Ok(None);
    };
    match form.as_ref() {
        Object::Dict(_) => Ok(Some(form)),
        _ => Err(PdfProblem::structure("AcroForm is not a dictionary")),
    }
}

/// All terminal fields in order.
pub(crate) fn fields(document: &Document<'_>) -> Result<Vec<Field>, PdfProblem> {
    let Some(form) = form_dict(document)? else {
        return Ok(Vec::new());
    };
    let form = form.as_dict().cloned().unwrap_or_default();
    let inherited = Inherited {
        default_appearance: form.get("DA").cloned(),
        quadding: form.get("Q").cloned(),
        ..Inherited::default()
    };
    let Some(list) = document.get(&form, "Fields")? else {
        return Ok(Vec::new());
    };
    let mut walk = Walk {
        document,
        seen: BTreeSet::new(),
        kids: 0,
        fields: Vec::new(),
    };
    walk.list(&list, &inherited, 0)?;
    Ok(walk.fields)
}

struct Walk<'d, 'a> {
    document: &'d Document<'a>,
    seen: BTreeSet<Ref>,
    kids: usize,
    fields: Vec<Field>,
}

impl Walk<'_, '_> {
    fn list(&mut self, list: &Object, above: &Inherited, depth: usize) -> Result<(), PdfProblem> {
        if depth > MAX_FIELD_DEPTH || self.fields.len() > MAX_FIELDS {
            return Err(PdfProblem::limit("size of the form"));
        }
        let list = list
            .as_array()
            .ok_or_else(|| PdfProblem::structure("Fields is not an array"))?;
        for item in list {
            let reference = item
                .as_ref()
                .ok_or_else(|| PdfProblem::structure("a form field is not an indirect object"))?;
            self.field(reference, above, depth)?;
        }
        Ok(())
    }

    fn field(&mut self, reference: Ref, above: &Inherited, depth: usize) -> Result<(), PdfProblem> {
        if !self.seen.insert(reference) {
            return Err(PdfProblem::structure("the form names a field twice"));
        }
        let object = self.document.load(reference)?;
        let Object::Dict(dict) = object.as_ref() else {
            return Err(PdfProblem::structure("a form field is not a dictionary"));
        };
        let mut here = above.clone();
        if let Some(name) = self.document.get(dict, "T")? {
            let part = text::decode(name.as_string().unwrap_or_default());
            here.name = if above.name.is_empty() {
                part
            } else {
                format!("{}.{part}", above.name)
            };
        }
        for (slot, key) in [
            (&mut here.kind, "FT"),
            (&mut here.value, "V"),
            (&mut here.flags, "Ff"),
            (&mut here.default_appearance, "DA"),
            (&mut here.quadding, "Q"),
        ] {
            if let Some(value) = dict.get(key) {
                *slot = Some(value.clone());
            }
        }
        let kids = self.document.get(dict, "Kids")?;
        let kid_refs: Vec<Ref> = kids
            .as_deref()
            .and_then(Object::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(Object::as_ref)
            .collect();
        self.kids += kid_refs.len();
        if self.kids > MAX_KIDS {
            return Err(PdfProblem::limit("size of the form"));
        }
        let mut named_kids = false;
        for kid in &kid_refs {
            let kid = self.document.load(*kid)?;
            named_kids |= kid.as_dict().is_some_and(|kid| kid.contains("T"));
        }
        if let Some(kids) = kids.filter(|_| named_kids) {
            return self.list(&kids, &here, depth + 1);
        }
        let widgets = if kid_refs.is_empty() {
            vec![reference]
        } else {
            kid_refs
        };
        let field = self.terminal(reference, dict, here, widgets)?;
        self.fields.push(field);
        Ok(())
    }

    fn terminal(
        &self,
        reference: Ref,
        dict: &Dict,
        here: Inherited,
        widgets: Vec<Ref>,
    ) -> Result<Field, PdfProblem> {
        let resolved = |object: &Option<Object>| match object {
            None => Ok(None),
            Some(object) => self.document.resolve(object).map(Some),
        };
        let kind = resolved(&here.kind)?
            .and_then(|kind| {
                kind.as_name()
                    .map(|name| String::from_utf8_lossy(name).into_owned())
            })
            .unwrap_or_default();
        let default_appearance = resolved(&here.default_appearance)?
            .and_then(|value| value.as_string().map(text::decode));
        Ok(Field {
            name: here.name,
            reference,
            dict: dict.clone(),
            kind,
            value: here.value,
            flags: resolved(&here.flags)?
                .and_then(|value| value.as_int())
                .unwrap_or(0),
            default_appearance,
            quadding: resolved(&here.quadding)?
                .and_then(|value| value.as_int())
                .unwrap_or(0),
            widgets,
        })
    }
}
