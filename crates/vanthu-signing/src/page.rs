//! The page tree with its inherited attributes (ISO 32000-2, 7.7.3).

use std::collections::BTreeSet;

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

#[derive(Clone, Default)]
struct Inherited {
    media_box: Option<Object>,
    crop_box: Option<Object>,
    rotate: Option<Object>,
}

/// All pages in order.
pub(crate) fn pages(document: &Document<'_>) -> Result<Vec<Page>, PdfProblem> {
    let root = document.root()?;
    let top = root
        .as_dict()
        .and_then(|root| root.get("Pages"))
        .and_then(Object::as_ref)
        .ok_or_else(|| PdfProblem::structure("there is no page tree"))?;
    let mut walk = Walk {
        document,
        seen: BTreeSet::new(),
        pages: Vec::new(),
    };
    walk.node(top, &Inherited::default(), 0)?;
    Ok(walk.pages)
}

struct Walk<'d, 'a> {
    document: &'d Document<'a>,
    seen: BTreeSet<Ref>,
    pages: Vec<Page>,
}

impl Walk<'_, '_> {
    fn node(&mut self, reference: Ref, above: &Inherited, depth: usize) -> Result<(), PdfProblem> {
        if depth > MAX_TREE_DEPTH || self.pages.len() >= MAX_PAGES {
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
        let mut here = above.clone();
        for (slot, key) in [
            (&mut here.media_box, "MediaBox"),
            (&mut here.crop_box, "CropBox"),
            (&mut here.rotate, "Rotate"),
        ] {
            if let Some(value) = dict.get(key) {
                *slot = Some(value.clone());
            }
        }
        let kind = dict.get("Type");
        if kind.is_some_and(|kind| kind.is_name("Pages")) {
            let kids = self
                .document
                .get(dict, "Kids")?
                .ok_or_else(|| PdfProblem::structure("a page tree node has no Kids"))?;
            let kids = kids
                .as_array()
                .ok_or_else(|| PdfProblem::structure("Kids is not an array"))?;
            for kid in kids {
                let kid = kid
                    .as_ref()
                    .ok_or_else(|| PdfProblem::structure("a page is not an indirect object"))?;
                self.node(kid, &here, depth + 1)?;
            }
            return Ok(());
        }
        if !kind.is_some_and(|kind| kind.is_name("Page")) {
            return Err(PdfProblem::structure("a node of the page tree has no type"));
        }
        let page = self.page(reference, dict, &here)?;
        self.pages.push(page);
        Ok(())
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
        // Not inherited (7.7.3.3); a unit of nothing would make every size endless.
        let user_unit = self
            .document
            .get(dict, "UserUnit")?
            .and_then(|unit| unit.as_f64())
            .filter(|unit| (0.001..=10_000.0).contains(unit))
            .unwrap_or(1.0);
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
