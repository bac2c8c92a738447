//! The text: paragraphs from lines, and what each of them is.

use vanthu_domain::kind::{DocumentKind, Template};

use super::head::starts_basis;
use super::sheet::{is_upper, whole};
use super::spot::plain;
use super::{Cell, ElementKind, Marker, Part, Sheet, marker_of};

/// Takes what is left as paragraphs.
pub(super) fn take(sheets: &mut [Sheet], kind: Option<DocumentKind>, parts: &mut Vec<Part>) {
    let mut reader = Reader {
        parts: Vec::new(),
        decided: false,
        kind,
    };
    for sheet in sheets.iter_mut() {
        let rows = std::mem::take(&mut sheet.rows);
        let cells: Vec<Cell> = rows.iter().filter_map(whole).collect();
        let frame = Frame::of(sheet, &cells);
        for (at, cell) in cells.iter().enumerate() {
            let previous = at.checked_sub(1).and_then(|at| cells.get(at));
            reader.line(sheet, cell, previous, frame);
        }
    }
    parts.append(&mut reader.parts);
}

/// The edges of the text and its usual step from line to line.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    pitch: f64,
}

impl Frame {
    fn of(sheet: &Sheet, cells: &[Cell]) -> Self {
        let text = || {
            cells
                .iter()
                .filter(|cell| !sheet.is_in_table(cell.baseline))
        };
        let left = text().map(|cell| cell.rect.x0).fold(f64::MAX, f64::min);
        let mut steps: Vec<f64> = cells
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] => Some(a.baseline - b.baseline),
                _ => None,
            })
            .collect();
        steps.sort_by(f64::total_cmp);
        Self {
            left,
            right: text().map(|cell| cell.rect.x1).fold(0.0, f64::max),
            pitch: steps.get(steps.len() / 2).copied().unwrap_or(f64::MAX),
        }
    }
}

struct Reader {
    parts: Vec<Part>,
    /// "QUYẾT ĐỊNH:" or the first article is past.
    decided: bool,
    kind: Option<DocumentKind>,
}

impl Reader {
    fn line(&mut self, sheet: &Sheet, cell: &Cell, previous: Option<&Cell>, frame: Frame) {
        if sheet.is_in_table(cell.baseline) {
            self.put(ElementKind::Table, cell);
            return;
        }
        let text = cell.text();
        let marker = marker_of(&text);
        let short_before = previous.is_some_and(|before| before.rect.x1 < frame.right - 45.0);
        let gap = previous.map(|before| before.baseline - cell.baseline);
        let wide_gap = gap.is_some_and(|gap| gap > 1.7 * frame.pitch.max(1.1 * cell.size));
        let indented = cell.rect.x0 > frame.left + 9.0;
        // The lines of an item in a list may hang to the right of its mark.
        let stepped_in = previous.is_some_and(|before| {
            cell.rect.x0 > before.rect.x0 + 9.0 && marker_of(&before.text()).is_none()
        });
        let ended = previous.is_some_and(|before| ends_sentence(&before.text()));
        let after_table = previous.is_some_and(|before| sheet.is_in_table(before.baseline));
        let centred = is_centred(cell, frame);
        let was_heading = self
            .parts
            .last()
            .is_some_and(|part| part.kind == ElementKind::Heading);
        let begins = match previous {
            // A new page goes on with the paragraph of the one before, where that has no end.
            None => {
                indented
                    || marker.is_some()
                    || self.parts.last().is_none_or(|part| {
                        ends_sentence(&part.text()) || part.kind == ElementKind::Table
                    })
            }
            Some(_) => {
                centred
                    || was_heading
                    || after_table
                    || wide_gap
                    || (indented && (stepped_in || ended || short_before || marker.is_some()))
                    || (marker.is_some() && (ended || short_before))
                    || (indented && starts_basis(&text))
                    || (short_before && ended)
            }
        };
        if begins {
            let kind = self.kind_of(cell, &text, marker.as_ref(), centred);
            self.parts.push(Part::new(kind, vec![cell.clone()], 85));
        } else {
            match self.parts.last_mut() {
                Some(part) if part.kind != ElementKind::Table => part.cells.push(cell.clone()),
                _ => self
                    .parts
                    .push(Part::new(ElementKind::Paragraph, vec![cell.clone()], 60)),
            }
        }
    }

    fn put(&mut self, kind: ElementKind, cell: &Cell) {
        self.parts.push(Part::new(kind, vec![cell.clone()], 80));
    }

    fn kind_of(
        &mut self,
        cell: &Cell,
        text: &str,
        marker: Option<&Marker>,
        centred: bool,
    ) -> ElementKind {
        let line = plain(text);
        if ["quyet dinh:", "quyet nghi:", "quyet dinh", "quyet nghi"].contains(&line.as_str()) {
            self.decided = true;
            return ElementKind::DecisionWord;
        }
        let resolves = self.kind.is_none_or(|kind| {
            matches!(
                kind.template(),
                Template::Decision | Template::Resolution | Template::Named | Template::Leave
            )
        });
        if !self.decided && resolves && starts_basis(text) && self.only_bases_so_far() {
            return ElementKind::Basis;
        }
        match marker {
            Some(Marker::Heading(..) | Marker::Roman(_)) => return ElementKind::Heading,
            Some(Marker::Article(_)) => {
                self.decided = true;
                return ElementKind::Article;
            }
            Some(Marker::Clause(_)) => return ElementKind::Clause,
            Some(Marker::Point(_)) => return ElementKind::Point,
            Some(Marker::Dash) => return ElementKind::Dash,
            None => {}
        }
        let under_heading = self
            .parts
            .last()
            .is_some_and(|part| part.kind == ElementKind::Heading);
        if centred && cell.is_bold() && (is_upper(text) || under_heading) {
            return ElementKind::Heading;
        }
        ElementKind::Paragraph
    }

    /// Bases stand before everything else.
    fn only_bases_so_far(&self) -> bool {
        self.parts
            .iter()
            .all(|part| part.kind == ElementKind::Basis)
    }
}

fn is_centred(cell: &Cell, frame: Frame) -> bool {
    let middle = f64::midpoint(frame.left, frame.right);
    (cell.middle() - middle).abs() < 8.0
        && cell.rect.x0 > frame.left + 20.0
        && cell.rect.x1 < frame.right - 20.0
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', ';', ':', '!', '?', '/', ')']) || text.ends_with("…")
}
