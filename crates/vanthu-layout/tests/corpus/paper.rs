//! Writes PDFs as a word processor does: every word placed by itself, fonts embedded under any name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ttf_parser::Face;
use vanthu_layout::{TINOS_BOLD, TINOS_BOLD_ITALIC, TINOS_ITALIC, TINOS_REGULAR};

/// Letters of one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) colour: [f64; 3],
    /// Under the name of another font.
    pub(crate) strange: bool,
}

pub(crate) const fn look(size: f64, bold: bool, italic: bool) -> Look {
    Look {
        size,
        bold,
        italic,
        colour: [0.0; 3],
        strange: false,
    }
}

/// How words reach the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    /// One run a word.
    Words,
    /// Runs of one to three letters, and spaces only as gaps.
    Odd,
}

pub(crate) struct Paper {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) pages: Vec<String>,
    pub(crate) runs: Runs,
    pub(crate) strange_name: String,
    /// The letters are there for finding only.
    pub(crate) hidden: bool,
    used: [BTreeMap<u16, char>; 8],
    faces: [Face<'static>; 4],
    /// Grey pictures over whole pages, by page.
    pub(crate) pictures: Vec<usize>,
}

const FILES: [&[u8]; 4] = [TINOS_REGULAR, TINOS_BOLD, TINOS_ITALIC, TINOS_BOLD_ITALIC];
const NAMES: [&str; 4] = [
    "TimesNewRomanPSMT",
    "TimesNewRomanPS-BoldMT",
    "TimesNewRomanPS-ItalicMT",
    "TimesNewRomanPS-BoldItalicMT",
];

impl Paper {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            pages: vec![String::new()],
            runs: Runs::Words,
            strange_name: "Arial".to_owned(),
            hidden: false,
            used: Default::default(),
            faces: FILES.map(|file| Face::parse(file, 0).unwrap()),
            pictures: Vec::new(),
        }
    }

    fn style(look: Look) -> usize {
        usize::from(look.bold) + 2 * usize::from(look.italic)
    }

    pub(crate) fn width_of(&self, text: &str, look: Look) -> f64 {
        let face = &self.faces[Self::style(look)];
        let units: u32 = text
            .chars()
            .map(|c| {
                face.glyph_index(c)
                    .and_then(|id| face.glyph_hor_advance(id))
                    .unwrap_or(500)
            })
            .map(u32::from)
            .sum();
        f64::from(units) / f64::from(face.units_per_em()) * look.size
    }

    pub(crate) fn new_page(&mut self) {
        self.pages.push(String::new());
    }

    fn out(&mut self) -> &mut String {
        self.pages.last_mut().unwrap()
    }

    fn run(&mut self, text: &str, x: f64, y: f64, look: Look) {
        let style = Self::style(look);
        let font = style + 4 * usize::from(look.strange);
        let mut hex = String::new();
        for c in text.chars() {
            let id = self.faces[style].glyph_index(c).map_or(0, |id| id.0);
            self.used[font].insert(id, c);
            write!(hex, "{id:04x}").unwrap();
        }
        let [red, green, blue] = look.colour;
        let size = look.size;
        let mode = if self.hidden { 3 } else { 0 };
        writeln!(
            self.out(),
            "BT {mode} Tr {red} {green} {blue} rg /F{font} {size} Tf 1 0 0 1 {x:.3} {y:.3} Tm <{hex}> Tj ET"
        )
        .unwrap();
    }

    /// Words from a place on, with the usual or with wider spaces; where the line ends comes back.
    pub(crate) fn text(&mut self, text: &str, x: f64, y: f64, look: Look, stretch: f64) -> f64 {
        let space = self.width_of(" ", look) + stretch;
        let mut at = x;
        for (number, word) in text.split(' ').enumerate() {
            if number > 0 {
                at += space;
            }
            match self.runs {
                Runs::Words => self.run(word, at, y, look),
                Runs::Odd => {
                    let letters: Vec<char> = word.chars().collect();
                    let mut from = 0;
                    let mut inner = at;
                    while from < letters.len() {
                        let to = (from + 1 + (number + from) % 3).min(letters.len());
                        let part: String = letters[from..to].iter().collect();
                        self.run(&part, inner, y, look);
                        inner += self.width_of(&part, look);
                        from = to;
                    }
                }
            }
            at += self.width_of(word, look);
        }
        at
    }

    pub(crate) fn centred(&mut self, text: &str, middle: f64, y: f64, look: Look) {
        let width = self.width_of(text, look);
        self.text(text, middle - width / 2.0, y, look, 0.0);
    }

    pub(crate) fn line(&mut self, x0: f64, x1: f64, y: f64) {
        writeln!(self.out(), "0 G 0.7 w {x0:.2} {y:.2} m {x1:.2} {y:.2} l S").unwrap();
    }

    pub(crate) fn frame(&mut self, x: f64, y: f64, width: f64, height: f64, red: bool) {
        let colour = if red { "0.89 0 0.06 RG" } else { "0 G" };
        writeln!(
            self.out(),
            "{colour} 1 w {x:.2} {y:.2} {width:.2} {height:.2} re S"
        )
        .unwrap();
    }

    /// The file.
    pub(crate) fn pdf(&self) -> Vec<u8> {
        let mut objects: Vec<Vec<u8>> = vec![Vec::new(), Vec::new()];
        let mut fonts = String::new();
        for (font, used) in self
            .used
            .iter()
            .enumerate()
            .filter(|(_, used)| !used.is_empty())
        {
            let at = objects.len() + 1;
            write!(fonts, "/F{font} {at} 0 R ").unwrap();
            self.font(font, used, at, &mut objects);
        }
        objects.push(picture());
        let picture = objects.len();
        let mut kids = String::new();
        for (number, content) in self.pages.iter().enumerate() {
            let mut content = content.clone();
            if self.pictures.contains(&number) {
                let (width, height) = (self.width, self.height);
                content.insert_str(0, &format!("q {width} 0 0 {height} 0 0 cm /P Do Q\n"));
            }
            objects.push(stream("", content.as_bytes()));
            let content = objects.len();
            let (width, height) = (self.width, self.height);
            objects.push(
                format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3} {height:.3}] /Contents {content} 0 R /Resources << /Font << {fonts} >> /XObject << /P {picture} 0 R >> >> >>")
                    .into_bytes(),
            );
            write!(kids, "{} 0 R ", objects.len()).unwrap();
        }
        objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>".to_vec();
        objects[1] = format!(
            "<< /Type /Pages /Kids [{kids}] /Count {} >>",
            self.pages.len()
        )
        .into_bytes();
        file(&objects)
    }

    fn font(&self, font: usize, used: &BTreeMap<u16, char>, at: usize, objects: &mut Vec<Vec<u8>>) {
        let style = font % 4;
        let face = &self.faces[style];
        let name = if font < 4 {
            format!("ABCDEF+{}", NAMES[style])
        } else {
            format!(
                "ABCDEF+{}{}",
                self.strange_name,
                ["", "-Bold", "-Italic", "-BoldItalic"][style]
            )
        };
        let mut widths = String::new();
        let mut map = String::new();
        for (id, c) in used {
            let advance = face
                .glyph_hor_advance(ttf_parser::GlyphId(*id))
                .unwrap_or(500);
            let width = f64::from(advance) * 1000.0 / f64::from(face.units_per_em());
            write!(widths, "{id} [{width:.1}] ").unwrap();
            let mut utf16 = [0; 2];
            let units = c
                .encode_utf16(&mut utf16)
                .iter()
                .map(|unit| format!("{unit:04x}"));
            writeln!(map, "<{id:04x}> <{}>", units.collect::<String>()).unwrap();
        }
        objects.push(
            format!("<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{} 0 R] /ToUnicode {} 0 R >>", at + 1, at + 4)
                .into_bytes(),
        );
        objects.push(
            format!("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {} 0 R /CIDToGIDMap /Identity /W [{widths}] >>", at + 2)
                .into_bytes(),
        );
        objects.push(
            format!("<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [0 -300 1000 1000] /ItalicAngle {} /Ascent 891 /Descent -216 /CapHeight 660 /StemV 80 /FontFile2 {} 0 R >>", if style > 1 { -12 } else { 0 }, at + 3)
                .into_bytes(),
        );
        objects.push(stream("", FILES[style]));
        let map = format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange {} beginbfchar\n{map}endbfchar endcmap end end",
            used.len()
        );
        objects.push(stream("", map.as_bytes()));
    }
}

fn picture() -> Vec<u8> {
    stream(
        "/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8",
        &[230, 240, 240, 230],
    )
}

fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {entries} /Length {} >>\nstream\n", bytes.len()).into_bytes();
    object.extend_from_slice(bytes);
    object.extend_from_slice(b"\nendstream");
    object
}

fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.extend_from_slice(format!("{} 0 obj\n", at + 1).as_bytes());
        pdf.extend_from_slice(object);
        pdf.extend_from_slice(b"\nendobj\n");
    }
    let start = pdf.len();
    let mut tail = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in &offsets {
        writeln!(tail, "{offset:010} 00000 n ").unwrap();
    }
    write!(
        tail,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
        offsets.len() + 1
    )
    .unwrap();
    pdf.extend_from_slice(tail.as_bytes());
    pdf
}
