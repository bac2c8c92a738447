//! Listens to the reader while it draws.

use std::panic::resume_unwind;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};
use hayro::kurbo::{BezPath, PathEl, Point, Rect as Area, Shape as _};

use super::{PageContent, ReadBounds, Stroke, StrokeShape, lines};
use crate::Rect;

/// A drawn line is at most so thick; what is thicker is an area.
const THICKEST: f64 = 3.0;
/// A drawn line is at least so long.
const SHORTEST: f64 = 8.0;
/// More lines than these are a drawing, and none of them is a rule of the page.
const MOST_STROKES: usize = 4_000;
const MOST_PICTURES: usize = 1_000;
/// Whatever stands farther away is on no paper.
const FARTHEST: f64 = 20_000.0;
/// Letters of other sizes are no letters.
const SIZES: std::ops::Range<f64> = 0.5..1_000.0;

/// Ends the drawing of a page that holds too much.
pub(super) struct Stop;

/// One letter as it was drawn.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) text: String,
    pub(super) x0: f64,
    pub(super) x1: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) look: Look,
}

/// What makes two letters belong to one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) font: usize,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) invisible: bool,
    pub(super) colour: [u8; 3],
}

pub(super) struct Collector {
    letters: Vec<Letter>,
    /// Name, bold, italic.
    fonts: Vec<(String, bool, bool)>,
    strokes: Vec<Stroke>,
    pictures: Vec<Rect>,
    steps_left: usize,
    letters_left: usize,
    cut_short: bool,
}

impl Collector {
    pub(super) fn new(bounds: ReadBounds) -> Self {
        Self {
            letters: Vec::new(),
            fonts: Vec::new(),
            strokes: Vec::new(),
            pictures: Vec::new(),
            steps_left: bounds.steps_a_page,
            letters_left: bounds.letters_a_page,
            cut_short: false,
        }
    }

    pub(super) fn content(self) -> PageContent {
        PageContent {
            fonts: self.fonts.into_iter().map(|(name, ..)| name).collect(),
            lines: lines::of(self.letters),
            strokes: self.strokes,
            pictures: self.pictures,
            cut_short: self.cut_short,
            ..PageContent::default()
        }
    }

    /// Counts a step; the last one ends the page. There is no other way out of the reader.
    fn step(&mut self) {
        let Some(left) = self.steps_left.checked_sub(1) else {
            self.cut_short = true;
            resume_unwind(Box::new(Stop));
        };
        self.steps_left = left;
    }

    fn font(&mut self, name: &str, bold: bool, italic: bool) -> usize {
        let same =
            |font: &(String, bool, bool)| font.0 == name && font.1 == bold && font.2 == italic;
        if let Some(at) = self.fonts.iter().position(same) {
            return at;
        }
        self.fonts.push((name.to_owned(), bold, italic));
        self.fonts.len() - 1
    }

    fn letter(
        &mut self,
        glyph: &Glyph<'_>,
        place: hayro::kurbo::Affine,
        mode: &DrawMode,
        colour: [u8; 3],
    ) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => return,
        };
        let (advance, style) = match glyph {
            Glyph::Outline(outline) => (outline.advance_width(), outline.font_data()),
            Glyph::Type3(type3) => (type3.advance_width(), None),
        };
        let start = place * Point::ZERO;
        let end = place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
        let size = (place * Point::new(0.0, 1000.0) - start).hypot();
        let on_paper = [start.x, start.y, end.x, end.y]
            .iter()
            .all(|it| it.abs() < FARTHEST);
        let level = (end.y - start.y).abs() <= 0.1 * (end.x - start.x).abs() + 0.01;
        if !on_paper || !level || !SIZES.contains(&size) {
            return;
        }
        let name = style
            .as_ref()
            .and_then(|data| data.postscript_name.clone())
            .unwrap_or_default();
        let weight = style.as_ref().and_then(|data| data.weight);
        let bold = ["Bold", "Black", "Heavy"]
            .iter()
            .any(|word| name.contains(word))
            || weight.is_some_and(|weight| weight >= 600);
        let italic = ["Italic", "Oblique"].iter().any(|word| name.contains(word))
            || style.is_some_and(|data| data.is_italic);
        let font = self.font(&name, bold, italic);
        // Word processors make a missing bold by drawing the outline too.
        let thickened = matches!(mode, DrawMode::FillAndStroke(_, stroke) if f64::from(stroke.line_width) > 0.015 * size)
            || matches!(mode, DrawMode::Stroke(_));
        let skew = place.as_coeffs();
        let slanted = (skew[2] / skew[3]).abs() > 0.1;
        self.letters.push(Letter {
            text,
            x0: start.x.min(end.x),
            x1: start.x.max(end.x),
            y: start.y,
            size,
            look: Look {
                font,
                bold: bold || thickened,
                italic: italic || slanted,
                invisible: matches!(mode, DrawMode::Invisible),
                colour,
            },
        });
    }

    fn stroke(&mut self, area: Area, is_frame: bool, colour: [u8; 3]) {
        let shape = if area.height() <= THICKEST && area.width() >= SHORTEST {
            StrokeShape::Horizontal
        } else if area.width() <= THICKEST && area.height() >= SHORTEST {
            StrokeShape::Vertical
        } else if is_frame && area.height() >= SHORTEST && area.width() >= SHORTEST {
            StrokeShape::Frame
        } else {
            return;
        };
        if self.strokes.len() < MOST_STROKES {
            self.strokes.push(Stroke {
                shape,
                rect: rect(area),
                colour,
            });
        } else {
            self.cut_short = true;
        }
    }
}

impl Device<'_> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        self.step();
        let colour = colour(&props.paint);
        for glyph in run.glyphs() {
            let Some(left) = self.letters_left.checked_sub(1) else {
                self.cut_short = true;
                return;
            };
            self.letters_left = left;
            self.letter(glyph, props.transform * glyph.transform(), mode, colour);
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, mode: &DrawMode) {
        self.step();
        let colour = colour(&props.paint);
        let is_stroked = matches!(mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..));
        // A curve is no rule of a page, and a long path is a drawing.
        let elements = path.elements();
        if elements.len() > 400 {
            return;
        }
        for part in parts(elements) {
            if part
                .iter()
                .any(|it| matches!(it, PathEl::CurveTo(..) | PathEl::QuadTo(..)))
            {
                continue;
            }
            let sides = part.len();
            let area = props
                .transform
                .transform_rect_bbox(BezPath::from_vec(part).bounding_box());
            if is_on_paper(area) {
                self.stroke(area, is_stroked && sides >= 4, colour);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        self.step();
        // The place is told for a picture of so many points as it has pixels.
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let area = props
            .transform
            .transform_rect_bbox(Area::new(0.0, 0.0, width, height));
        if is_on_paper(area) && self.pictures.len() < MOST_PICTURES {
            self.pictures.push(rect(area));
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.step();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {
        self.step();
    }

    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// The pieces of a path that are drawn without lifting the pen.
fn parts(elements: &[PathEl]) -> Vec<Vec<PathEl>> {
    let mut parts: Vec<Vec<PathEl>> = Vec::new();
    for element in elements {
        match (element, parts.last_mut()) {
            (PathEl::MoveTo(_), _) | (_, None) => parts.push(vec![*element]),
            (_, Some(part)) => part.push(*element),
        }
    }
    // A path has to begin with a place.
    parts.retain(|part| part.len() > 1 && matches!(part.first(), Some(PathEl::MoveTo(_))));
    parts
}

fn colour(paint: &Paint<'_>) -> [u8; 3] {
    match paint {
        Paint::Color(colour) => {
            let [red, green, blue, _] = colour.to_rgba().to_rgba8();
            [red, green, blue]
        }
        Paint::Pattern(_) => [0; 3],
    }
}

fn is_on_paper(area: Area) -> bool {
    [area.x0, area.y0, area.x1, area.y1]
        .iter()
        .all(|it| it.abs() < FARTHEST)
}

fn rect(area: Area) -> Rect {
    Rect {
        x0: area.x0,
        y0: area.y0,
        x1: area.x1,
        y1: area.y1,
    }
}
