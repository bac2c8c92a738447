//! Makes, fills and signs form fields within one revision.

use std::collections::BTreeMap;

use crate::appearance::font::SubsetFont;
use crate::appearance::shape::Shape;
use crate::appearance::text::FieldStyle;
use crate::appearance::{picture, text as text_appearance};
use crate::form::{self, Field};
use crate::page::{self, Pages};
use crate::prepare::PrepareError;
use crate::problem::PdfProblem;
use crate::request::{Align, Appearance, FilledField, Fonts, Place, Rect, ReservedField};
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::text;
use crate::update::Update;

/// Widget flag Print.
const PRINT: i64 = 4;
/// Widget flags Print and Locked.
const PRINT_LOCKED: i64 = 4 | 128;
/// Resource names of our fonts in the form's `/DR`.
const UPRIGHT: &str = "VtR";
const ITALIC: &str = "VtI";

/// Changes to the form and to the pages' annotations, gathered and written once.
pub(crate) struct FieldMaker<'u, 'd, 'a, 'f> {
    update: &'u mut Update<'d, 'a>,
    fonts: &'u Fonts<'f>,
    pages: Pages<'d, 'a>,
    existing: Vec<Field>,
    new_names: Vec<String>,
    new_fields: Vec<Ref>,
    new_widgets: BTreeMap<u32, Vec<Ref>>,
    form_fonts: BTreeMap<&'static str, Ref>,
}

/// A signature field ready to be signed.
pub(crate) struct OpenField {
    pub(crate) reference: Ref,
    widget: Ref,
}

impl<'u, 'd, 'a, 'f> FieldMaker<'u, 'd, 'a, 'f> {
    pub(crate) fn new(
        update: &'u mut Update<'d, 'a>,
        fonts: &'u Fonts<'f>,
    ) -> Result<Self, PrepareError> {
        let existing = form::fields(update.base())?;
        let pages = Pages::of(update.base())?;
        Ok(Self {
            update,
            fonts,
            pages,
            existing,
            new_names: Vec::new(),
            new_fields: Vec::new(),
            new_widgets: BTreeMap::new(),
            form_fonts: BTreeMap::new(),
        })
    }

    pub(crate) fn update(&mut self) -> &mut Update<'d, 'a> {
        self.update
    }

    /// `wanted` when no field has this name, else with the first number that makes it new.
    pub(crate) fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| self.existing.iter().any(|field| field.name == name);
        if !taken(wanted) {
            return wanted.to_owned();
        }
        // One more than there are fields must be free.
        (2..=self.existing.len() + 2)
            .map(|number| format!("{wanted}{number}"))
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.to_owned())
    }

    /// Makes an empty text field.
    pub(crate) fn reserve_text(&mut self, field: &ReservedField) -> Result<(), PrepareError> {
        self.check_new_name(&field.name)?;
        let (font_name, font) = if field.italic {
            (ITALIC, self.fonts.italic)
        } else {
            (UPRIGHT, self.fonts.regular)
        };
        self.form_font(font_name, font, field.italic)?;
        let quadding = match field.align {
            Align::Left => 0,
            Align::Centre => 1,
            Align::Right => 2,
        };
        let size = field.size / self.unit_of(field.place.page)?;
        let look = format!("/{font_name} {} Tf 0 g", (size * 1000.0).round() / 1000.0);
        let dict = self
            .widget(&field.name, "Tx", Some(field.place))?
            .with("F", Object::Int(PRINT))
            .with("DA", Object::String(look.into_bytes()))
            .with("Q", Object::Int(quadding))
            .with("TU", Object::String(text::encode(&field.name)));
        self.add_field(dict, Some(field.place));
        Ok(())
    }

    /// Makes an empty signature field.
    pub(crate) fn reserve_signature(
        &mut self,
        name: &str,
        place: Option<Place>,
        lock_all: bool,
    ) -> Result<OpenField, PrepareError> {
        self.check_new_name(name)?;
        let mut dict = self
            .widget(name, "Sig", place)?
            .with("F", Object::Int(PRINT_LOCKED));
        if lock_all {
            let lock = Dict::typed("SigFieldLock")
                .with("Action", Object::name("All"))
                .with("P", Object::Int(1));
            dict.set("Lock", Object::Dict(lock));
        }
        let reference = self.add_field(dict, place);
        Ok(OpenField {
            reference,
            widget: reference,
        })
    }

    /// The unsigned signature field called `name`, when the document has one.
    pub(crate) fn open_signature_field(
        &self,
        name: &str,
    ) -> Result<Option<OpenField>, PrepareError> {
        let Some(field) = self.existing.iter().find(|field| field.name == name) else {
            return Ok(None);
        };
        if field.kind != "Sig" {
            return Err(PrepareError::FieldExists(name.to_owned()));
        }
        if field.value.is_some() {
            return Err(PrepareError::FieldSigned(name.to_owned()));
        }
        let widget = *field.widgets.first().unwrap_or(&field.reference);
        Ok(Some(OpenField {
            reference: field.reference,
            widget,
        }))
    }

    /// Puts the signature into its field and draws it.
    pub(crate) fn sign(
        &mut self,
        field: OpenField,
        signature: Ref,
        appearance: &Appearance,
    ) -> Result<(), PrepareError> {
        let mut dict = self.update.dict(field.reference)?;
        dict.set("V", Object::Ref(signature));
        self.update.put(field.reference, Object::Dict(dict));
        let mut widget = self.update.dict(field.widget)?;
        let (rect, shape) = self.widget_shape(&widget)?;
        if rect.width() > 0.0 && rect.height() > 0.0 {
            let form = match appearance {
                Appearance::Invisible => shape.form(self.update, Dict::new(), b""),
                Appearance::Picture { png } => {
                    picture::form(self.update, &shape, png, picture::Fit::Whole)?
                }
                Appearance::Seal { png } => {
                    picture::form(self.update, &shape, png, picture::Fit::Ink)?
                }
                Appearance::Text { lines, size } => text_appearance::lines_form(
                    self.update,
                    &shape,
                    lines,
                    *size / self.unit_under(&widget)?,
                    self.fonts.regular,
                )?,
            };
            set_normal_appearance(&mut widget, form);
            self.update.put(field.widget, Object::Dict(widget));
        } else if !matches!(appearance, Appearance::Invisible) {
            return Err(PrepareError::PlaceEmpty("signature".to_owned()));
        }
        Ok(())
    }

    /// Fills a text field, draws the value and makes the field read-only.
    pub(crate) fn fill(&mut self, filled: &FilledField) -> Result<(), PrepareError> {
        let field = self
            .existing
            .iter()
            .find(|field| field.name == filled.name)
            .cloned()
            .ok_or_else(|| PrepareError::FieldMissing(filled.name.clone()))?;
        let [widget_ref] = *field.widgets.as_slice() else {
            return Err(PrepareError::FieldNotFillable(filled.name.clone()));
        };
        if field.kind != "Tx" || field.flags & form::READ_ONLY != 0 {
            return Err(PrepareError::FieldNotFillable(filled.name.clone()));
        }
        let mut dict = self.update.dict(field.reference)?;
        dict.set("V", Object::String(text::encode(&filled.value)));
        dict.set("Ff", Object::Int(field.flags | form::READ_ONLY));
        self.update.put(field.reference, Object::Dict(dict));
        let mut widget = self.update.dict(widget_ref)?;
        let (_, shape) = self.widget_shape(&widget)?;
        let look = Look::parse(field.default_appearance.as_deref().unwrap_or_default());
        let size = if look.size > 0.0 {
            look.size
        } else {
            (shape.height / 1.2).min(12.0)
        };
        let style = FieldStyle {
            font: if look.italic {
                self.fonts.italic
            } else {
                self.fonts.regular
            },
            italic: look.italic,
            size,
            align: match field.quadding {
                1 => Align::Centre,
                2 => Align::Right,
                _ => Align::Left,
            },
        };
        let form = text_appearance::field_form(self.update, &shape, &filled.value, &style)?;
        set_normal_appearance(&mut widget, form);
        self.update.put(widget_ref, Object::Dict(widget));
        Ok(())
    }

    /// Writes the gathered changes of form and pages.
    pub(crate) fn finish(mut self) -> Result<(), PrepareError> {
        if self.new_fields.is_empty() {
            return Ok(());
        }
        for (page_index, widgets) in &self.new_widgets {
            let page = self
                .pages
                .get(*page_index)?
                .ok_or(PrepareError::PageMissing(*page_index))?
                .reference;
            let items = widgets.iter().map(|widget| Object::Ref(*widget));
            extend_array(self.update, page, "Annots", items)?;
        }
        let root_ref = self.update.base().root_ref()?;
        let mut root = self.update.dict(root_ref)?;
        let form_ref = match root.get("AcroForm") {
            Some(Object::Ref(reference)) => *reference,
            other => {
                let direct = other.and_then(Object::as_dict).cloned().unwrap_or_default();
                let reference = self.update.add(Object::Dict(direct));
                root.set("AcroForm", Object::Ref(reference));
                self.update.put(root_ref, Object::Dict(root));
                reference
            }
        };
        let items = self.new_fields.iter().map(|field| Object::Ref(*field));
        extend_array(self.update, form_ref, "Fields", items)?;
        let mut form = self.update.dict(form_ref)?;
        form.set("SigFlags", Object::Int(3));
        form.remove("NeedAppearances");
        if !self.form_fonts.is_empty() {
            let mut resources = direct_dict(self.update, &form, "DR")?;
            let mut fonts = direct_dict(self.update, &resources, "Font")?;
            for (name, font) in &self.form_fonts {
                fonts.set(name, Object::Ref(*font));
            }
            resources.set("Font", Object::Dict(fonts));
            form.set("DR", Object::Dict(resources));
        }
        self.update.put(form_ref, Object::Dict(form));
        Ok(())
    }

    fn check_new_name(&mut self, name: &str) -> Result<(), PrepareError> {
        if name.is_empty() || name.contains('.') {
            return Err(PrepareError::FieldNameBad(name.to_owned()));
        }
        if self.existing.iter().any(|field| field.name == name)
            || self.new_names.iter().any(|known| known == name)
        {
            return Err(PrepareError::FieldExists(name.to_owned()));
        }
        self.new_names.push(name.to_owned());
        Ok(())
    }

    /// A field merged with its only widget; a visible one has an empty appearance from the start (PDF/A).
    fn widget(
        &mut self,
        name: &str,
        kind: &str,
        place: Option<Place>,
    ) -> Result<Dict, PrepareError> {
        let mut dict = Dict::typed("Annot")
            .with("Subtype", Object::name("Widget"))
            .with("FT", Object::name(kind))
            .with("T", Object::String(text::encode(name)));
        let Some(place) = place else {
            dict.set("Rect", Object::numbers(&[0.0; 4]));
            if let Some(page) = self.pages.get(0)? {
                dict.set("P", Object::Ref(page.reference));
            }
            return Ok(dict);
        };
        let Rect { x0, y0, x1, y1 } = place.rect;
        let sane = [x0, y0, x1, y1]
            .iter()
            .all(|value| value.is_finite() && value.abs() < 20_000.0);
        if !sane || x1 <= x0 || y1 <= y0 {
            return Err(PrepareError::PlaceEmpty(name.to_owned()));
        }
        let page = self
            .pages
            .get(place.page)?
            .ok_or(PrepareError::PageMissing(place.page))?;
        dict.set("Rect", Object::numbers(&[x0, y0, x1, y1]));
        dict.set("P", Object::Ref(page.reference));
        let shape = Shape::new(place.rect.width(), place.rect.height(), page.rotate);
        if let Some(characteristics) = shape.characteristics() {
            dict.set("MK", characteristics);
        }
        let empty = shape.form(self.update, Dict::new(), b"");
        set_normal_appearance(&mut dict, empty);
        Ok(dict)
    }

    fn add_field(&mut self, dict: Dict, place: Option<Place>) -> Ref {
        let reference = self.update.add(Object::Dict(dict));
        self.new_fields.push(reference);
        let page = place.map_or(0, |place| place.page);
        self.new_widgets.entry(page).or_default().push(reference);
        reference
    }

    /// Points in one unit of a page.
    fn unit_of(&mut self, page: u32) -> Result<f64, PrepareError> {
        let page = self.pages.get(page)?;
        Ok(page.map_or(1.0, |page| page.user_unit))
    }

    /// Points in one unit of the page that a widget names.
    fn unit_under(&self, widget: &Dict) -> Result<f64, PrepareError> {
        let document = self.update.base();
        let Some(page) = widget.get("P").and_then(Object::as_ref) else {
            return Ok(1.0);
        };
        match document.load(page)?.as_dict() {
            Some(page) => Ok(page::user_unit(document, page)?),
            None => Ok(1.0),
        }
    }

    /// The font that `/DA` of new fields names; it holds what numbers and dates need.
    fn form_font(
        &mut self,
        name: &'static str,
        data: &[u8],
        italic: bool,
    ) -> Result<(), PrepareError> {
        if self.form_fonts.contains_key(name) {
            return Ok(());
        }
        let font = SubsetFont::for_text(data, italic, "0123456789/-. ")?;
        let reference = font.embed(self.update)?;
        self.form_fonts.insert(name, reference);
        Ok(())
    }

    fn widget_shape(&self, widget: &Dict) -> Result<(Rect, Shape), PdfProblem> {
        let base = self.update.base();
        let rect = widget
            .get("Rect")
            .ok_or_else(|| PdfProblem::structure("a field has no rectangle"))?;
        let [x0, y0, x1, y1] = page::rectangle(base, rect)?;
        let rect = Rect { x0, y0, x1, y1 };
        let rotate = match base.get(widget, "MK")? {
            Some(looks) => looks
                .as_dict()
                .and_then(|looks| looks.get("R"))
                .and_then(Object::as_int)
                .unwrap_or(0),
            None => 0,
        };
        Ok((
            rect,
            Shape::new(rect.width(), rect.height(), rotate.rem_euclid(360)),
        ))
    }
}

/// Font and size of a `/DA` string.
struct Look {
    size: f64,
    italic: bool,
}

impl Look {
    fn parse(look: &str) -> Self {
        let tokens: Vec<&str> = look.split_ascii_whitespace().collect();
        let font = tokens.windows(3).find_map(|window| match window {
            [name, size, "Tf"] => Some((*name, size.parse().unwrap_or(0.0))),
            _ => None,
        });
        let (name, size) = font.unwrap_or(("", 0.0));
        Self {
            size,
            italic: name.trim_start_matches('/') == ITALIC,
        }
    }
}

fn set_normal_appearance(widget: &mut Dict, form: Ref) {
    widget.set("AP", Object::Dict(Dict::new().with("N", Object::Ref(form))));
}

/// The dictionary under `key`, taken out of any reference.
fn direct_dict(update: &Update<'_, '_>, dict: &Dict, key: &str) -> Result<Dict, PdfProblem> {
    let value = update.base().get(dict, key)?;
    Ok(value
        .as_deref()
        .and_then(Object::as_dict)
        .cloned()
        .unwrap_or_default())
}

/// Appends to the array under `key` of the dictionary `owner`, wherever that array stands.
fn extend_array(
    update: &mut Update<'_, '_>,
    owner: Ref,
    key: &str,
    items: impl Iterator<Item = Object>,
) -> Result<(), PdfProblem> {
    let mut dict = update.dict(owner)?;
    if let Some(Object::Ref(reference)) = dict.get(key) {
        let reference = *reference;
        let mut array = update.array(reference)?;
        array.extend(items);
        update.put(reference, Object::Array(array));
        return Ok(());
    }
    let mut array = match dict.get(key) {
        None => Vec::new(),
        Some(value) => value
            .as_array()
            .ok_or_else(|| PdfProblem::structure(format!("{key} is not an array")))?
            .to_vec(),
    };
    array.extend(items);
    dict.set(key, Object::Array(array));
    update.put(owner, Object::Dict(dict));
    Ok(())
}
