//! The words on a page and where they stand.

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, SoftMask, interpret_page,
};
use hayro::kurbo::{Affine, BezPath, Point, Rect as Area};
use serde::{Deserialize, Serialize};

use crate::open::{settings, with_pdf};
use crate::{ReadError, Rect};

/// The text of a page, line by line from top to bottom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageText {
    /// The page, from 0.
    pub page: u32,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Its lines.
    pub lines: Vec<TextLine>,
}

/// Words on one line of text, from left to right, across all columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextLine {
    /// The words.
    pub words: Vec<Word>,
}

/// A word and its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub rect: Rect,
    /// The height of its line of text.
    pub baseline: f64,
    /// The size of its letters.
    pub size: f64,
    /// Whether its font is bold.
    pub bold: bool,
    /// Whether its font is italic.
    pub italic: bool,
}

/// Reads the words of every page with their places.
pub fn extract_text(pdf: &[u8]) -> Result<Vec<PageText>, ReadError> {
    with_pdf(pdf, |pdf| {
        let cache = InterpreterCache::new();
        let mut pages = Vec::new();
        for (at, page) in pdf.pages().iter().enumerate() {
            let crop = page.intersected_crop_box();
            let (width, height) = page.base_dimensions();
            let area = Area::new(0.0, 0.0, f64::from(width), f64::from(height));
            let home = Affine::translate((-crop.x0, -crop.y0));
            let mut context = Context::new(home, area, &cache, pdf.xref(), settings());
            let mut collector = Collector::default();
            interpret_page(page, &mut context, &mut collector);
            pages.push(PageText {
                page: u32::try_from(at).unwrap_or(u32::MAX),
                width: f64::from(width),
                height: f64::from(height),
                lines: lines(collector.glyphs),
            });
        }
        Ok(pages)
    })
}

impl PageText {
    /// The words of the page as plain text, one line a line.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text() + "\n").collect()
    }
}

impl TextLine {
    /// The words with single spaces between.
    pub fn text(&self) -> String {
        self.words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The place of the whole line.
    pub fn rect(&self) -> Option<Rect> {
        self.words
            .iter()
            .map(|word| word.rect)
            .reduce(|all, rect| all.union(&rect))
    }
}

/// A glyph with what it says and where.
struct Letter {
    text: String,
    x0: f64,
    x1: f64,
    y: f64,
    size: f64,
    bold: bool,
    italic: bool,
}

#[derive(Default)]
struct Collector {
    glyphs: Vec<Letter>,
}

impl Device<'_> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(text)) => text,
                None => continue,
            };
            let (advance, style) = match &**glyph {
                Glyph::Outline(outline) => (outline.advance_width(), outline.font_data()),
                Glyph::Type3(type3) => (type3.advance_width(), None),
            };
            let transform = props.transform * glyph.transform();
            let start = transform * Point::ZERO;
            let end = transform * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
            let top = transform * Point::new(0.0, 1000.0);
            let name = style
                .as_ref()
                .and_then(|data| data.postscript_name.clone())
                .unwrap_or_default();
            self.glyphs.push(Letter {
                text,
                x0: start.x.min(end.x),
                x1: start.x.max(end.x),
                y: start.y,
                size: (top - start).hypot(),
                bold: name.contains("Bold")
                    || style
                        .as_ref()
                        .and_then(|data| data.weight)
                        .is_some_and(|weight| weight >= 600),
                italic: name.contains("Italic") || style.is_some_and(|data| data.is_italic),
            });
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn lines(mut glyphs: Vec<Letter>) -> Vec<TextLine> {
    glyphs.retain(|glyph| glyph.y.is_finite() && glyph.x0.is_finite() && glyph.size > 0.1);
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut rows: Vec<Vec<Letter>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| same_line(first, &glyph)) => {
                row.push(glyph);
            }
            _ => rows.push(vec![glyph]),
        }
    }
    rows.into_iter()
        .map(|row| TextLine { words: words(row) })
        .filter(|line| !line.words.is_empty())
        .collect()
}

fn same_line(a: &Letter, b: &Letter) -> bool {
    (a.y - b.y).abs() <= 0.15 * a.size.max(b.size)
}

fn words(mut row: Vec<Letter>) -> Vec<Word> {
    row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for glyph in row {
        if glyph.text.chars().all(char::is_whitespace) {
            open = false;
            continue;
        }
        let rect = Rect {
            x0: glyph.x0,
            y0: glyph.y - 0.22 * glyph.size,
            x1: glyph.x1,
            y1: glyph.y + 0.75 * glyph.size,
        };
        match words.last_mut() {
            Some(word) if open && glyph.x0 - word.rect.x1 < 0.2 * glyph.size => {
                word.text.push_str(&glyph.text);
                word.rect = word.rect.union(&rect);
            }
            _ => words.push(Word {
                text: glyph.text,
                rect,
                baseline: glyph.y,
                size: glyph.size,
                bold: glyph.bold,
                italic: glyph.italic,
            }),
        }
        open = true;
    }
    words
}
