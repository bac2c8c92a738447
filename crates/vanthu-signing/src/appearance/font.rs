//! Embeds the part of a TrueType font that a text needs, as a composite font (CIDFontType2, Identity-H).

use std::collections::BTreeMap;
use std::fmt::Write;

use aws_lc_rs::digest;
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

use crate::prepare::PrepareError;
use crate::syntax::object::{Dict, Object, Ref};
use crate::update::Update;

/// A font subset for one text.
pub(crate) struct SubsetFont<'f> {
    data: &'f [u8],
    face: Face<'f>,
    remapper: GlyphRemapper,
    glyphs: BTreeMap<char, Glyph>,
    italic: bool,
}

#[derive(Clone, Copy)]
struct Glyph {
    /// Number in the subset, which is the code in the text.
    code: u16,
    /// Width in thousandths of the font size.
    width: f64,
}

impl<'f> SubsetFont<'f> {
    /// The part of `data` needed for `text`.
    pub(crate) fn for_text(data: &'f [u8], italic: bool, text: &str) -> Result<Self, PrepareError> {
        let face = Face::parse(data, 0).map_err(|_| PrepareError::FontUnusable)?;
        let scale = 1000.0 / f64::from(face.units_per_em());
        let mut remapper = GlyphRemapper::new();
        let mut glyphs = BTreeMap::new();
        for letter in text.chars() {
            let glyph = face
                .glyph_index(letter)
                .filter(|glyph| glyph.0 != 0)
                .ok_or(PrepareError::LetterMissing(letter))?;
            let width = f64::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
            glyphs.insert(
                letter,
                Glyph {
                    code: remapper.remap(glyph.0),
                    width,
                },
            );
        }
        Ok(Self {
            data,
            face,
            remapper,
            glyphs,
            italic,
        })
    }

    /// Width of `text` at `size`, in points.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        let thousandths: f64 = text
            .chars()
            .filter_map(|letter| self.glyphs.get(&letter))
            .map(|g| g.width)
            .sum();
        thousandths * size / 1000.0
    }

    /// Height of the letters above the baseline and depth below it (negative), for size 1.
    pub(crate) fn extent(&self) -> (f64, f64) {
        let scale = 1.0 / f64::from(self.face.units_per_em());
        (
            f64::from(self.face.ascender()) * scale,
            f64::from(self.face.descender()) * scale,
        )
    }

    /// `text` as the operand of `Tj`.
    pub(crate) fn encode(&self, text: &str) -> String {
        let mut codes = String::from("<");
        for glyph in text.chars().filter_map(|letter| self.glyphs.get(&letter)) {
            let _ = write!(codes, "{:04X}", glyph.code);
        }
        codes.push('>');
        codes
    }

    /// Writes the font and returns its reference.
    pub(crate) fn embed(&self, update: &mut Update<'_, '_>) -> Result<Ref, PrepareError> {
        let subset = subsetter::subset(self.data, 0, &self.remapper)
            .map_err(|_| PrepareError::FontUnusable)?;
        let name = self.base_name(&subset);
        let length = Dict::new().with("Length1", Object::Int(subset.len() as i64));
        let file = update.add_stream(length, &subset);
        let descriptor = update.add(Object::Dict(self.descriptor(&name, file)));
        let descendant = update.add(Object::Dict(self.descendant(&name, descriptor)));
        let unicode = update.add_stream(Dict::new(), self.to_unicode().as_bytes());
        let font = Dict::typed("Font")
            .with("Subtype", Object::name("Type0"))
            .with("BaseFont", Object::name(&name))
            .with("Encoding", Object::name("Identity-H"))
            .with(
                "DescendantFonts",
                Object::Array(vec![Object::Ref(descendant)]),
            )
            .with("ToUnicode", Object::Ref(unicode));
        Ok(update.add(Object::Dict(font)))
    }

    fn base_name(&self, subset: &[u8]) -> String {
        let hash = digest::digest(&digest::SHA256, subset);
        let tag: String = hash
            .as_ref()
            .iter()
            .take(6)
            .map(|byte| char::from(b'A' + byte % 26))
            .collect();
        let family = self
            .face
            .names()
            .into_iter()
            .filter(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME)
            .find_map(|name| name.to_string())
            .unwrap_or_else(|| "Font".to_owned());
        format!("{tag}+{family}")
    }

    fn descriptor(&self, name: &str, file: Ref) -> Dict {
        let scale = 1000.0 / f64::from(self.face.units_per_em());
        let bounds = self.face.global_bounding_box();
        let units = |value: i16| (f64::from(value) * scale).round();
        let (symbolic, serif, italic) = (4, 2, if self.italic { 64 } else { 0 });
        let angle = self.face.italic_angle();
        Dict::typed("FontDescriptor")
            .with("FontName", Object::name(name))
            .with("Flags", Object::Int(symbolic | serif | italic))
            .with(
                "FontBBox",
                Object::numbers(&[
                    units(bounds.x_min),
                    units(bounds.y_min),
                    units(bounds.x_max),
                    units(bounds.y_max),
                ]),
            )
            .with("ItalicAngle", Object::number(f64::from(angle)))
            .with("Ascent", Object::number(units(self.face.ascender())))
            .with("Descent", Object::number(units(self.face.descender())))
            .with(
                "CapHeight",
                Object::number(units(
                    self.face.capital_height().unwrap_or(self.face.ascender()),
                )),
            )
            .with("StemV", Object::Int(80))
            .with("FontFile2", Object::Ref(file))
    }

    fn descendant(&self, name: &str, descriptor: Ref) -> Dict {
        let system = Dict::new()
            .with("Registry", Object::String(b"Adobe".to_vec()))
            .with("Ordering", Object::String(b"Identity".to_vec()))
            .with("Supplement", Object::Int(0));
        let scale = 1000.0 / f64::from(self.face.units_per_em());
        let widths: Vec<Object> = self
            .remapper
            .remapped_gids()
            .map(|glyph| self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0))
            .map(|advance| Object::number((f64::from(advance) * scale * 100.0).round() / 100.0))
            .collect();
        Dict::typed("Font")
            .with("Subtype", Object::name("CIDFontType2"))
            .with("BaseFont", Object::name(name))
            .with("CIDSystemInfo", Object::Dict(system))
            .with("FontDescriptor", Object::Ref(descriptor))
            .with("CIDToGIDMap", Object::name("Identity"))
            .with("DW", Object::Int(1000))
            .with(
                "W",
                Object::Array(vec![Object::Int(0), Object::Array(widths)]),
            )
    }

    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let by_code: BTreeMap<u16, char> = self
            .glyphs
            .iter()
            .map(|(letter, glyph)| (glyph.code, *letter))
            .collect();
        let entries: Vec<(u16, char)> = by_code.into_iter().collect();
        for block in entries.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", block.len());
            for (code, letter) in block {
                let mut units = [0; 2];
                let _ = write!(map, "<{code:04X}> <");
                for unit in letter.encode_utf16(&mut units) {
                    let _ = write!(map, "{unit:04X}");
                }
                map.push_str(">\n");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}
