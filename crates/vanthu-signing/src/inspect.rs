//! Facts about a PDF for checks at intake: what it is, and what it should not hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::form;
use crate::page::{self, Page};
use crate::problem::PdfProblem;
use crate::request::{Place, Rect};
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::text;

/// What a PDF is and holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PdfFacts {
    /// `1.7`, `2.0`; the catalogue's version when newer than the header's.
    pub version: String,
    /// The pages.
    pub pages: Vec<PageFacts>,
    /// Number of revisions (cross-reference sections).
    pub revisions: u32,
    /// Form fields.
    pub fields: Vec<FieldFacts>,
    /// Names of signed signature fields, in the order of the form.
    pub signatures: Vec<String>,
    /// Active content.
    pub active: Vec<ActiveContent>,
    /// The document declares itself PDF/A in its metadata.
    pub claims_pdf_a: bool,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    /// Its visible area in default user space.
    pub area: Rect,
    /// Clockwise rotation when shown.
    pub rotate: u16,
    /// Points in one unit of default user space (`/UserUnit`).
    #[serde(default = "one")]
    pub user_unit: f64,
}

fn one() -> f64 {
    1.0
}

/// One form field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldFacts {
    /// Full name.
    pub name: String,
    /// `Tx`, `Btn`, `Ch` or `Sig`.
    pub kind: String,
    /// Text value of a text field.
    pub value: Option<String>,
    /// Marked read-only.
    pub read_only: bool,
    /// A signature field with a signature.
    pub signed: bool,
    /// Where its first widget stands, in the page's own coordinates; a signature that is not shown has an empty one.
    #[serde(default)]
    pub place: Option<Place>,
}

/// Content that can act on the reader's machine or hide other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActiveContent {
    /// JavaScript anywhere.
    JavaScript,
    /// Starts a program or opens a file.
    Launch,
    /// Something happens when the document opens.
    OpenAction,
    /// Something happens on other events.
    AdditionalActions,
    /// Files inside the file.
    EmbeddedFiles,
    /// An XFA form.
    Xfa,
    /// Flash, video or 3D.
    RichMedia,
    /// Sends form data somewhere.
    SubmitForm,
}

impl PdfFacts {
    /// Whether any signature stands in the document.
    pub fn is_signed(&self) -> bool {
        !self.signatures.is_empty()
    }
}

/// Reads the facts; a damaged or encrypted file is a [`PdfProblem`].
pub fn inspect(pdf: &[u8]) -> Result<PdfFacts, PdfProblem> {
    let document = Document::open(pdf)?;
    let pages = page::pages(&document)?;
    let widgets = widgets(&document, &pages);
    let pages = pages
        .into_iter()
        .map(|page| {
            let [x0, y0, x1, y1] = page.area;
            PageFacts {
                area: Rect { x0, y0, x1, y1 },
                rotate: page.rotate as u16,
                user_unit: page.user_unit,
            }
        })
        .collect();
    let mut fields = Vec::new();
    let mut signatures = Vec::new();
    for field in form::fields(&document)? {
        let signed = field.kind == "Sig" && field.value.is_some();
        if signed {
            signatures.push(field.name.clone());
        }
        let value = match &field.value {
            Some(value) if field.kind == "Tx" => {
                document.resolve(value)?.as_string().map(text::decode)
            }
            _ => None,
        };
        fields.push(FieldFacts {
            place: field
                .widgets
                .iter()
                .find_map(|it| place(&document, &widgets, *it)),
            name: field.name,
            kind: field.kind,
            value,
            read_only: field.flags & form::READ_ONLY != 0,
            signed,
        });
    }
    let root = document.root()?;
    let root = root.as_dict().cloned().unwrap_or_default();
    Ok(PdfFacts {
        version: version(&document, &root),
        pages,
        revisions: document.sections().len() as u32,
        fields,
        signatures,
        active: active_content(&document, &root)?,
        claims_pdf_a: claims_pdf_a(&document, &root),
    })
}

/// On which page each annotation stands.
fn widgets(document: &Document<'_>, pages: &[Page]) -> BTreeMap<Ref, u32> {
    let mut found = BTreeMap::new();
    let mut arrays = BTreeSet::new();
    for (page, index) in pages.iter().zip(0..) {
        let array = page.dict.get("Annots").and_then(Object::as_ref);
        if array.is_some_and(|it| !arrays.insert(it)) {
            continue;
        }
        let Ok(Some(list)) = document.get(&page.dict, "Annots") else {
            continue;
        };
        for item in list.as_array().unwrap_or_default() {
            if let Some(reference) = item.as_ref() {
                found.entry(reference).or_insert(index);
            }
        }
    }
    found
}

/// Where a widget stands; nothing for one that is damaged or on no page.
fn place(document: &Document<'_>, widgets: &BTreeMap<Ref, u32>, widget: Ref) -> Option<Place> {
    let page = *widgets.get(&widget)?;
    let object = document.load(widget).ok()?;
    let rect = document.get(object.as_dict()?, "Rect").ok()??;
    let mut corners = [0.0; 4];
    for (corner, value) in corners.iter_mut().zip(rect.as_array()?) {
        *corner = document.resolve(value).ok()?.as_f64()?;
    }
    let [ax, ay, bx, by] = corners;
    let rect = Rect {
        x0: ax.min(bx),
        y0: ay.min(by),
        x1: ax.max(bx),
        y1: ay.max(by),
    };
    Some(Place { page, rect })
}

fn version(document: &Document<'_>, root: &Dict) -> String {
    let header = document.data().get(5..8).unwrap_or_default();
    let header = String::from_utf8_lossy(header).into_owned();
    let declared = root
        .get("Version")
        .and_then(Object::as_name)
        .map(|name| String::from_utf8_lossy(name).into_owned());
    declared
        .into_iter()
        .chain([header.clone()])
        .max()
        .unwrap_or(header)
}

fn claims_pdf_a(document: &Document<'_>, root: &Dict) -> bool {
    let Ok(Some(metadata)) = document.get(root, "Metadata") else {
        return false;
    };
    let Some(stream) = metadata.as_stream() else {
        return false;
    };
    let Ok(bytes) = document.decoded(stream) else {
        return false;
    };
    bytes
        .windows(12)
        .any(|window| window == b"pdfaid:part>" || window == b"pdfaid:part=")
}

/// Looks at every object of the file, not only at those a reader would reach today.
fn active_content(document: &Document<'_>, root: &Dict) -> Result<Vec<ActiveContent>, PdfProblem> {
    let mut found = BTreeSet::new();
    if root.contains("OpenAction") && !is_plain_destination(document, root)? {
        found.insert(ActiveContent::OpenAction);
    }
    for (number, _) in document.entries() {
        // A damaged object no page needs is not judged here.
        let Ok(object) = document.load_number(number) else {
            continue;
        };
        scan(&object, &mut found);
    }
    Ok(found.into_iter().collect())
}

/// An opening view (`/Fit` and the like) is no action.
fn is_plain_destination(document: &Document<'_>, root: &Dict) -> Result<bool, PdfProblem> {
    let Some(action) = document.get(root, "OpenAction")? else {
        return Ok(true);
    };
    Ok(match action.as_ref() {
        Object::Dict(action) => action.get("S").is_some_and(|kind| kind.is_name("GoTo")),
        _ => true,
    })
}

fn scan(object: &Object, found: &mut BTreeSet<ActiveContent>) {
    match object {
        Object::Array(items) => items.iter().for_each(|item| scan(item, found)),
        Object::Dict(dict) => scan_dict(dict, found),
        Object::Stream(stream) => scan_dict(&stream.dict, found),
        _ => {}
    }
}

fn scan_dict(dict: &Dict, found: &mut BTreeSet<ActiveContent>) {
    for (key, value) in dict.iter() {
        match (key, value) {
            (b"JS" | b"JavaScript", _) => {
                found.insert(ActiveContent::JavaScript);
            }
            (b"AA", Object::Dict(_) | Object::Ref(_)) => {
                found.insert(ActiveContent::AdditionalActions);
            }
            (b"XFA", _) => {
                found.insert(ActiveContent::Xfa);
            }
            (b"EmbeddedFiles" | b"EF", _) => {
                found.insert(ActiveContent::EmbeddedFiles);
            }
            (b"S" | b"Subtype", Object::Name(name)) => {
                found.extend(match name.as_slice() {
                    b"JavaScript" => Some(ActiveContent::JavaScript),
                    b"Launch" => Some(ActiveContent::Launch),
                    b"SubmitForm" | b"ImportData" => Some(ActiveContent::SubmitForm),
                    b"RichMedia" | b"Movie" | b"Screen" | b"Sound" | b"3D" => {
                        Some(ActiveContent::RichMedia)
                    }
                    b"FileAttachment" => Some(ActiveContent::EmbeddedFiles),
                    _ => None,
                });
            }
            _ => {}
        }
        scan(value, found);
    }
}
