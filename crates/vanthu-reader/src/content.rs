//! What is drawn on a page: pieces of text with font, size and colour, drawn lines, pictures.
//!
//! [`extract_text`](crate::extract_text) tells words; whoever judges how a page looks needs more. A page that never ends
//! (a form that draws itself many times over) is read up to a bound and says so.

mod collect;
mod lines;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro::hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt as _, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Rect as Area;
use serde::{Deserialize, Serialize};

use crate::open::{settings, with_pdf};
use crate::{ReadError, Rect};
use collect::{Collector, Stop};

/// How much of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBounds {
    /// So many pages, from the first.
    pub pages: usize,
    /// So many steps of drawing on one page.
    pub steps_a_page: usize,
    /// So many letters on one page.
    pub letters_a_page: usize,
}

impl Default for ReadBounds {
    fn default() -> Self {
        Self {
            pages: 300,
            steps_a_page: 60_000,
            letters_a_page: 15_000,
        }
    }
}

/// What is drawn on a page, as a reader sees it (turned and cut as the file says).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PageContent {
    /// The page, from 0.
    pub page: u32,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The names of its fonts, as the file gives them, without the mark of a subset.
    pub fonts: Vec<String>,
    /// Its lines of text from top to bottom, across all columns.
    pub lines: Vec<ContentLine>,
    /// Straight lines and frames that are drawn.
    pub strokes: Vec<Stroke>,
    /// Where pictures stand.
    pub pictures: Vec<Rect>,
    /// It holds more than was read.
    pub cut_short: bool,
}

/// Pieces of text on one height, from left to right.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ContentLine {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

/// A word, or the part of one that has one font, size and colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Which of the page's fonts.
    pub font: usize,
    /// Whether the font is bold, or drawn so.
    pub bold: bool,
    /// Whether the font is italic.
    pub italic: bool,
    /// The size of its letters in points.
    pub size: f64,
    /// Red, green, blue.
    pub colour: [u8; 3],
    /// Whether it is there for finding only, as the text behind a scan is.
    pub invisible: bool,
    /// Whether it goes on without a space after the piece before it.
    pub glued: bool,
    /// Where it stands.
    pub rect: Rect,
    /// The height of its line.
    pub baseline: f64,
}

/// A drawn line or frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Its form.
    pub shape: StrokeShape,
    /// Where it stands.
    pub rect: Rect,
    /// Red, green, blue.
    pub colour: [u8; 3],
}

/// The form of a drawn line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StrokeShape {
    /// From left to right.
    Horizontal,
    /// From top to bottom.
    Vertical,
    /// Four sides.
    Frame,
}

/// Reads what is drawn on the pages.
pub fn read_content(pdf: &[u8], bounds: ReadBounds) -> Result<Vec<PageContent>, ReadError> {
    with_pdf(pdf, |pdf| {
        let cache = InterpreterCache::new();
        let settings = settings();
        let pages = pdf.pages().iter().take(bounds.pages).enumerate();
        Ok(pages
            .map(|(at, page)| one(pdf, page, at, &cache, &settings, bounds))
            .collect())
    })
}

fn one<'a>(
    pdf: &'a Pdf,
    page: &'a Page<'a>,
    at: usize,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    bounds: ReadBounds,
) -> PageContent {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let mut collector = Collector::new(bounds);
    let read = catch_unwind(AssertUnwindSafe(|| {
        let area = Area::new(0.0, 0.0, width, height);
        let home = page.initial_transform(false).to_kurbo();
        let mut context = Context::new(home, area, cache, pdf.xref(), settings.clone());
        interpret_page(page, &mut context, &mut collector);
    }));
    if let Err(cause) = read
        && !cause.is::<Stop>()
    {
        resume_unwind(cause);
    }
    let mut content = collector.content();
    content.page = u32::try_from(at).unwrap_or(u32::MAX);
    (content.width, content.height) = (width, height);
    content
}

impl PageContent {
    /// The name of a piece's font.
    pub fn font_of(&self, piece: &Piece) -> &str {
        self.fonts.get(piece.font).map_or("", String::as_str)
    }

    /// Its text, one line a line.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text() + "\n").collect()
    }
}

impl ContentLine {
    /// The words with single spaces between.
    pub fn text(&self) -> String {
        text_of(&self.pieces)
    }
}

/// The words of some pieces with single spaces between.
pub fn text_of(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        if !text.is_empty() && !piece.glued {
            text.push(' ');
        }
        text.push_str(&piece.text);
    }
    text
}

#[cfg(test)]
mod tests;
