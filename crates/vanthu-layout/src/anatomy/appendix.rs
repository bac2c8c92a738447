//! Appendices and what is issued with a document: their headings on the pages after the signature.

use super::foot::starts_appendix;
use super::sheet::{is_upper, whole};
use super::spot::plain;
use super::{ElementKind, Part, Sheet, kind_named};

/// Takes headings, titles and guide lines from the pages after the foot.
pub(super) fn take(sheets: &mut [Sheet], foot: Option<usize>, parts: &mut Vec<Part>) {
    for (at, sheet) in sheets.iter_mut().enumerate() {
        let behind = foot.is_none_or(|foot| at > foot);
        if at == 0 || !behind {
            continue;
        }
        if starts_appendix(sheet) {
            heading(sheet, parts, 1);
        } else if is_attachment(sheet) {
            heading(sheet, parts, 0);
        }
    }
}

/// A statute or a list that is issued with a decision: its kind in capitals, and "(Ban hành kèm theo …)".
fn is_attachment(sheet: &Sheet) -> bool {
    let first: Vec<String> = sheet
        .rows
        .iter()
        .take(6)
        .filter_map(whole)
        .map(|cell| cell.text())
        .collect();
    let named = first
        .iter()
        .take(3)
        .any(|text| is_upper(text) && kind_named(text).is_some());
    named && first.iter().any(|text| is_guide(text))
}

fn is_guide(text: &str) -> bool {
    let line = plain(text);
    line.contains("kem theo") && line.starts_with(['(', 'k', 'b'])
}

/// The heading itself (so many rows), the title below it, and the guide line.
fn heading(sheet: &mut Sheet, parts: &mut Vec<Part>, heads: usize) {
    let mut title = Part::new(ElementKind::AppendixTitle, Vec::new(), 90);
    let mut guide = Part::new(ElementKind::AppendixGuide, Vec::new(), 90);
    let middle = 0.52 * sheet.width;
    let (left, right) = sheet
        .all
        .iter()
        .fold((f64::MAX, 0.0_f64), |(left, right), cell| {
            (left.min(cell.rect.x0), right.max(cell.rect.x1))
        });
    let mut taken = 0;
    for (at, row) in sheet.rows.iter().enumerate().take(12) {
        let Some(cell) = whole(row) else { break };
        let text = cell.text();
        let inside = cell.rect.x0 > left + 15.0 && cell.rect.x1 < right - 15.0;
        let centred =
            (cell.middle() - middle).abs() < 0.08 * sheet.width && (inside || is_upper(&text));
        if at < heads {
            parts.push(Part::new(ElementKind::AppendixHeading, vec![cell], 95));
        } else if is_guide(&text) || (!guide.cells.is_empty() && !guide_ended(&guide)) {
            guide.cells.push(cell);
        } else if guide.cells.is_empty()
            && centred
            && !sheet.is_in_table(cell.baseline)
            && title.cells.len() < 5
        {
            title.cells.push(cell);
        } else {
            break;
        }
        taken = at + 1;
    }
    sheet.rows.drain(..taken);
    for part in [title, guide] {
        if !part.cells.is_empty() {
            parts.push(part);
        }
    }
}

fn guide_ended(guide: &Part) -> bool {
    guide.text().trim_end().ends_with(')')
}
