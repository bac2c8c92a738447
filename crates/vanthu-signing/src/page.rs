//! The page tree with its inherited attributes (ISO 32000-2, 7.7.3).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};

const MAX_PAGES: usize = 50_000;
const MAX_TREE_DEPTH: usize = 64;

/// One page, attributes of its ancestors applied.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) reference: Ref,
    pub(crate) dict: Dict,
    /// Visible area in default user space: crop box inside media box.
    pub(crate) area: [f64; 4],
    /// Clockwise rotation when shown: 0, 90, 180 or 270.
    pub(crate) rotate: i64,
    /// Points in one unit of default user space (`/UserUnit`).
    pub(crate) user_unit: f64,
}

#[derive(Default)]
struct Inherited {
    media_box: Option<Object>,
    crop_box: Option<Object>,
    rotate: Option<Object>,
}

/// All pages in order.
pub(crate) fn pages(document: &Document<'_>) -> Result<Vec<Page>, PdfProblem> {
    let mut pages = Pages::of(document)?;
    while pages.walk_on()? {}
    Ok(pages.found)
}

/// The pages of a document, read as far as somebody asks.
pub(crate) struct Pages<'d, 'a> {
    document: &'d Document<'a>,
    seen: BTreeSet<Ref>,
    found: Vec<Page>,
    /// What is still to be looked at, the next one last; with the attributes of what is above it, and how deep it lies.
    open: Vec<(Ref, Rc<Inherited>, usize)>,
}

impl<'d, 'a> Pages<'d, 'a> {
    pub(crate) fn of(document: &'d Document<'a>) -> Result<Self, PdfProblem> {
        let root = document.root()?;
        let top = root
            .as_dict()
            .and_then(|root| root.get("Pages"))
            .and_then(Object::as_ref)
            .ok_or_else(|| PdfProblem::structure("there is no page tree"))?;
        Ok(Self {
            document,
            seen: BTreeSet::new(),
            found: Vec::new(),
            open: vec![(top, Rc::default(), 0)],
        })
    }

    /// The page of this number, from 0 on.
    pub(crate) fn get(&mut self, index: u32) -> Result<Option<&Page>, PdfProblem> {
        let index = index as usize;
        while self.found.len() <= index && self.walk_on()? {}
        Ok(self.found.get(index))
    }

    /// Looks at the next node; says whether there was one.
    fn walk_on(&mut self) -> Result<bool, PdfProblem> {
        let Some((reference, above, depth)) = self.open.pop() else {
            return Ok(false);
        };
        if depth > MAX_TREE_DEPTH || self.found.len() >= MAX_PAGES {
            return Err(PdfProblem::limit("size of the page tree"));
        }
        if !self.seen.insert(reference) {
            return Err(PdfProblem::structure("the page tree names a node twice"));
        }
        let object = self.document.load(reference)?;
        let Object::Dict(dict) = object.as_ref() else {
            return Err(PdfProblem::structure(
                "a node of the page tree is not a dictionary",
            ));
        };
        let here = inherit(&above, dict);
        let kind = dict.get("Type");
        if kind.is_some_and(|kind| kind.is_name("Pages")) {
            let kids = self.kids(dict)?;
            let below = |kid| (kid, Rc::clone(&here), depth + 1);
            self.open.extend(kids.into_iter().rev().map(below));
        } else if kind.is_some_and(|kind| kind.is_name("Page")) {
            let page = self.page(reference, dict, &here)?;
            self.found.push(page);
        } else {
            return Err(PdfProblem::structure("a node of the page tree has no type"));
        }
        Ok(true)
    }

    fn kids(&self, dict: &Dict) -> Result<Vec<Ref>, PdfProblem> {
        let kids = self
            .document
            .get(dict, "Kids")?
            .ok_or_else(|| PdfProblem::structure("a page tree node has no Kids"))?;
        kids.as_array()
            .ok_or_else(|| PdfProblem::structure("Kids is not an array"))?
            .iter()
            .map(Object::as_ref)
            .collect::<Option<_>>()
            .ok_or_else(|| PdfProblem::structure("a page is not an indirect object"))
    }

    fn page(&self, reference: Ref, dict: &Dict, here: &Inherited) -> Result<Page, PdfProblem> {
        let media = self
            .rectangle(here.media_box.as_ref())?
            .ok_or_else(|| PdfProblem::structure("a page has no MediaBox"))?;
        let area = match self.rectangle(here.crop_box.as_ref())? {
            Some(crop) => intersect(media, crop),
            None => media,
        };
        let rotate = match &here.rotate {
            None => 0,
            Some(value) => self.document.resolve(value)?.as_int().unwrap_or(0),
        };
        if rotate % 90 != 0 {
            return Err(PdfProblem::structure("a page is rotated by an odd angle"));
        }
        let user_unit = user_unit(self.document, dict)?;
        Ok(Page {
            reference,
            dict: dict.clone(),
            area,
            rotate: rotate.rem_euclid(360),
            user_unit,
        })
    }

    fn rectangle(&self, object: Option<&Object>) -> Result<Option<[f64; 4]>, PdfProblem> {
        match object {
            None => Ok(None),
            Some(object) => rectangle(self.document, object).map(Some),
        }
    }
}

/// What holds at a node: its own attributes over those of the nodes above.
fn inherit(above: &Rc<Inherited>, dict: &Dict) -> Rc<Inherited> {
    if !["MediaBox", "CropBox", "Rotate"]
        .iter()
        .any(|key| dict.contains(key))
    {
        return Rc::clone(above);
    }
    let own = |key, above: &Option<Object>| dict.get(key).cloned().or_else(|| above.clone());
    Rc::new(Inherited {
        media_box: own("MediaBox", &above.media_box),
        crop_box: own("CropBox", &above.crop_box),
        rotate: own("Rotate", &above.rotate),
    })
}

/// The points in one unit of a page. Not inherited (ISO 32000-2, 7.7.3.3); a unit of nothing would make every size
/// endless.
pub(crate) fn user_unit(document: &Document<'_>, page: &Dict) -> Result<f64, PdfProblem> {
    let unit = document.get(page, "UserUnit")?;
    Ok(unit
        .and_then(|unit| unit.as_f64())
        .filter(|unit| (0.001..=10_000.0).contains(unit))
        .unwrap_or(1.0))
}

/// A rectangle with its corners in order.
pub(crate) fn rectangle(document: &Document<'_>, object: &Object) -> Result<[f64; 4], PdfProblem> {
    let bad = || PdfProblem::structure("a rectangle does not hold four numbers");
    let array = document.resolve(object)?;
    let mut numbers = Vec::with_capacity(4);
    for item in array.as_array().ok_or_else(bad)? {
        let value = document.resolve(item)?.as_f64().ok_or_else(bad)?;
        numbers.push(value);
    }
    let [x0, y0, x1, y1] = *numbers.as_slice() else {
        return Err(bad());
    };
    Ok([x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)])
}

fn intersect(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    let [ax0, ay0, ax1, ay1] = a;
    let [bx0, by0, bx1, by1] = b;
    let both = [ax0.max(bx0), ay0.max(by0), ax1.min(bx1), ay1.min(by1)];
    let [x0, y0, x1, y1] = both;
    if x1 > x0 && y1 > y0 { both } else { a }
}
