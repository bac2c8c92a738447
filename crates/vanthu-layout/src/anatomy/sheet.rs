//! A page as rows of cells.

use std::collections::BTreeMap;

use vanthu_reader::{PageContent, Piece, Rect, Stroke, StrokeShape, text_of};

use super::spot::plain;
use super::{ElementKind, PageForm, Part};

/// Text on one height that belongs together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) page: u32,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) rect: Rect,
    pub(crate) baseline: f64,
    /// The size of most of its letters.
    pub(crate) size: f64,
    /// The share of bold and of italic letters.
    pub(crate) bold: f64,
    pub(crate) italic: f64,
}

/// The cells of one height, from left to right.
pub(crate) type Row = Vec<Cell>;

/// A page with what is left of it to be understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) page: u32,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) fonts: Vec<String>,
    /// Rows that no element has taken yet, from top to bottom.
    pub(crate) rows: Vec<Row>,
    pub(crate) strokes: Vec<Stroke>,
    pub(crate) pictures: Vec<Rect>,
    pub(crate) tables: Vec<Rect>,
    pub(crate) form: PageForm,
    pub(crate) cut_short: bool,
    /// Everything that is written on it, for what counts letters.
    pub(crate) all: Vec<Cell>,
}

impl Cell {
    pub(crate) fn of(page: u32, pieces: Vec<Piece>) -> Option<Self> {
        let rect = pieces
            .iter()
            .map(|piece| piece.rect)
            .reduce(|all, one| all.union(&one))?;
        let letters = |piece: &Piece| piece.text.chars().count() as f64;
        let total: f64 = pieces.iter().map(letters).sum();
        let share = |is: fn(&Piece) -> bool| {
            pieces.iter().filter(|it| is(it)).map(letters).sum::<f64>() / total.max(1.0)
        };
        let mut weights: BTreeMap<i64, (f64, &Piece)> = BTreeMap::new();
        for piece in &pieces {
            let weight = weights
                .entry((piece.size * 4.0).round() as i64)
                .or_insert((0.0, piece));
            weight.0 += letters(piece);
        }
        let (_, main) = weights.values().max_by(|a, b| a.0.total_cmp(&b.0))?;
        let (baseline, size) = (main.baseline, main.size);
        Some(Self {
            page,
            rect,
            baseline,
            size,
            bold: share(|piece| piece.bold),
            italic: share(|piece| piece.italic),
            pieces,
        })
    }

    /// What it says, cleaned.
    pub(crate) fn text(&self) -> String {
        vanthu_domain::text::clean(&text_of(&self.pieces))
    }

    /// The same in small letters without marks, for comparing.
    pub(crate) fn plain(&self) -> String {
        plain(&self.text())
    }

    pub(crate) fn middle(&self) -> f64 {
        f64::midpoint(self.rect.x0, self.rect.x1)
    }

    pub(crate) fn is_bold(&self) -> bool {
        self.bold > 0.6
    }

    pub(crate) fn is_italic(&self) -> bool {
        self.italic > 0.6
    }

    /// Whether all its letters are capitals.
    pub(crate) fn is_upper(&self) -> bool {
        is_upper(&self.text())
    }

    /// The part of it between two of its pieces.
    pub(crate) fn range(&self, from: usize, to: usize) -> Option<Self> {
        Self::of(self.page, self.pieces.get(from..to)?.to_vec())
    }
}

/// Whether a text has letters and all of them are capitals.
pub(crate) fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
}

/// All cells of a row as one.
pub(crate) fn whole(row: &Row) -> Option<Cell> {
    let pieces = row.iter().flat_map(|cell| cell.pieces.iter().cloned());
    Cell::of(row.first()?.page, pieces.collect())
}

impl Sheet {
    pub(crate) fn of(page: &PageContent) -> Self {
        let rows: Vec<Row> = page
            .lines
            .iter()
            .map(|line| cells(page.page, &line.pieces))
            .filter(|row| !row.is_empty())
            .collect();
        Self {
            page: page.page,
            width: page.width,
            height: page.height,
            fonts: page.fonts.clone(),
            all: rows.iter().filter_map(whole).collect(),
            rows,
            strokes: page.strokes.clone(),
            pictures: page.pictures.clone(),
            tables: tables(&page.strokes),
            form: form(page),
            cut_short: page.cut_short,
        }
    }

    /// The page number: digits alone on the first or last row.
    pub(super) fn take_page_number(&mut self) -> Option<Part> {
        let last = self.rows.len().checked_sub(1)?;
        for at in [0, last] {
            let Some(cell) = self.rows.get(at).and_then(whole) else {
                continue;
            };
            let edge = self.height * 0.12;
            let at_edge = cell.baseline > self.height - edge || cell.baseline < edge;
            if at_edge && page_number(&cell.text()).is_some() {
                self.rows.remove(at);
                return Some(Part::new(ElementKind::PageNumber, vec![cell], 95));
            }
        }
        None
    }

    /// What stands below a line at the foot: footnotes below a short one, the address below a long one.
    pub(super) fn take_footnotes(&mut self) -> Vec<Part> {
        let text_left = self
            .all
            .iter()
            .map(|cell| cell.rect.x0)
            .fold(f64::MAX, f64::min);
        let rule = self.strokes.iter().take(500).find(|stroke| {
            stroke.shape == StrokeShape::Horizontal
                && stroke.rect.width() > 40.0
                && stroke.rect.y0 < self.height * 0.45
                && stroke.rect.x0 < text_left + 20.0
                && !self.is_in_table(stroke.rect.y0)
                && self.all.iter().any(|cell| cell.baseline < stroke.rect.y0)
                && self
                    .all
                    .iter()
                    .filter(|cell| cell.baseline < stroke.rect.y0)
                    .all(|cell| cell.size < 12.6)
        });
        let Some(rule) = rule.copied() else {
            return Vec::new();
        };
        let kind = if rule.rect.width() > self.width * 0.6 && self.page == 0 {
            ElementKind::Address
        } else {
            ElementKind::Footnote
        };
        let (below, above): (Vec<Row>, Vec<Row>) = std::mem::take(&mut self.rows)
            .into_iter()
            .partition(|row| row.iter().all(|cell| cell.baseline < rule.rect.y0));
        self.rows = above;
        let cells: Vec<Cell> = below.iter().filter_map(whole).collect();
        if cells.is_empty() {
            return Vec::new();
        }
        vec![Part::new(kind, cells, 80)]
    }

    pub(crate) fn is_in_table(&self, y: f64) -> bool {
        self.tables
            .iter()
            .any(|table| (table.y0 - 2.0..=table.y1 + 2.0).contains(&y))
    }

    /// The drawn line that is nearest below a line of text, and touches it from left to right.
    pub(crate) fn rule_below(&self, cell: &Cell, within: f64) -> Option<Rect> {
        let below = |stroke: &&Stroke| {
            let drop = cell.baseline - stroke.rect.y0;
            stroke.shape == StrokeShape::Horizontal
                && (-1.0..within).contains(&drop)
                && stroke.rect.x0 < cell.rect.x1
                && stroke.rect.x1 > cell.rect.x0
        };
        let nearest = self
            .strokes
            .iter()
            .filter(below)
            .max_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0))?;
        // A line that is drawn in pieces is one line.
        let same = self
            .strokes
            .iter()
            .filter(below)
            .filter(|stroke| (stroke.rect.y0 - nearest.rect.y0).abs() < 1.0);
        same.map(|stroke| stroke.rect)
            .reduce(|all, one| all.union(&one))
    }

    pub(crate) fn font_of(&self, piece: &Piece) -> &str {
        self.fonts.get(piece.font).map_or("", String::as_str)
    }
}

/// The number that a page shows.
pub(crate) fn page_number(text: &str) -> Option<u32> {
    let bare = text.trim_matches(|c: char| matches!(c, '-' | '–' | '.' | ' ' | '|' | '/'));
    let bare = bare.strip_prefix("Trang").unwrap_or(bare).trim();
    let bare = bare.split('/').next().unwrap_or(bare);
    (bare.len() <= 4).then(|| bare.parse().ok()).flatten()
}

/// Splits a line where a gap is wider than a space can be.
fn cells(page: u32, pieces: &[Piece]) -> Row {
    let mut cells: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let piece = Piece {
            text: vanthu_domain::text::nfc(&piece.text),
            ..piece.clone()
        };
        match cells.last_mut() {
            Some(cell)
                if cell.last().is_some_and(|last| {
                    piece.rect.x0 - last.rect.x1 < (1.1 * piece.size).max(10.0)
                }) =>
            {
                cell.push(piece);
            }
            _ => cells.push(vec![piece]),
        }
    }
    cells
        .into_iter()
        .filter_map(|pieces| Cell::of(page, pieces))
        .collect()
}

/// Where lines from top to bottom stand beside each other.
fn tables(strokes: &[Stroke]) -> Vec<Rect> {
    let mut tables: Vec<Rect> = Vec::new();
    let mut sides: Vec<Rect> = strokes
        .iter()
        .filter(|stroke| match stroke.shape {
            StrokeShape::Vertical => true,
            // A small frame is a stamp.
            StrokeShape::Frame => stroke.rect.width() > 130.0 || stroke.rect.height() > 40.0,
            StrokeShape::Horizontal => false,
        })
        .map(|stroke| stroke.rect)
        .collect();
    sides.sort_by(|a, b| b.y1.total_cmp(&a.y1));
    for side in sides {
        match tables.last_mut() {
            Some(table) if side.y1 >= table.y0 - 3.0 => *table = table.union(&side),
            _ => tables.push(side),
        }
    }
    // The frame of a stamp that is drawn as four lines is none either.
    tables.retain(|table| table.width() > 130.0);
    tables
}

fn form(page: &PageContent) -> PageForm {
    let area = page.width * page.height;
    let covered = page
        .pictures
        .iter()
        .map(|it| it.width() * it.height())
        .fold(0.0, f64::max);
    let strips: f64 = page
        .pictures
        .iter()
        .map(|it| it.width() * it.height())
        .sum();
    let letters = |invisible: bool| -> usize {
        let pieces = page.lines.iter().flat_map(|line| &line.pieces);
        pieces
            .filter(|piece| piece.invisible == invisible)
            .map(|piece| piece.text.chars().count())
            .sum()
    };
    let is_picture = covered > 0.6 * area || (page.pictures.len() > 2 && strips > 0.8 * area);
    match (is_picture, letters(false), letters(true)) {
        // The text of a signature's appearance does not make a scan a text.
        (true, 0..300, 0..20) => PageForm::Scan,
        (true, _, 20..) => PageForm::ScanWithText,
        (false, 0, 0) if page.pictures.is_empty() => PageForm::Empty,
        (false, 0..5, 0) if covered > 0.2 * area => PageForm::Scan,
        _ => PageForm::Text,
    }
}
