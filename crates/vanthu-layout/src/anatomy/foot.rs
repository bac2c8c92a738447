//! The foot of the document: cells 7a, 7b, 7c, 9b and 12.

use vanthu_reader::Rect;

use super::sheet::{Row, is_upper, whole};
use super::spot::plain;
use super::{Cell, ElementKind, Part, Sheet, is_name, prefix_of};

/// Words that titles of signers begin with.
const TITLES: &[&str] = &[
    "chu tich",
    "pho chu tich",
    "giam doc",
    "pho giam doc",
    "bo truong",
    "thu truong",
    "cuc truong",
    "vu truong",
    "truong",
    "pho truong",
    "chanh",
    "pho chanh",
    "hieu truong",
    "pho hieu truong",
    "vien truong",
    "tong",
    "bi thu",
    "thu ky",
    "chu toa",
    "chu tri",
    "chi cuc truong",
    "quyen",
    "dai dien",
    "nguoi",
    "pho tong",
    "doi truong",
    "thu tuong",
    "chu nhiem",
    "ke toan",
    "thanh tra",
    "uy vien",
    "pho cuc truong",
    "pho vu truong",
    "chinh tri vien",
    "to truong",
];

/// Takes the foot; the page after which appendices begin comes back.
pub(super) fn take(sheets: &mut [Sheet], parts: &mut Vec<Part>) -> Option<usize> {
    let (at, start, head) = find(sheets)?;
    let sheet = sheets.get_mut(at)?;
    let rows: Vec<Row> = sheet.rows.drain(start..).collect();
    let rest = read(sheet, rows, head, parts);
    sheet.rows.extend(rest);
    // What stands on the next page before a heading is the rest of the block (a name alone).
    Some(at)
}

/// The page, the row where the foot begins, and whether "Nơi nhận" is there.
fn find(sheets: &[Sheet]) -> Option<(usize, usize, bool)> {
    for (page, sheet) in sheets.iter().enumerate() {
        let head = sheet.rows.iter().position(|row| {
            row.first().is_some_and(|cell| {
                is_recipients_head(&cell.text()) && cell.rect.x0 < 0.4 * sheet.width
            })
        });
        if let Some(head) = head {
            let mut start = head;
            while let Some(above) = start.checked_sub(1)
                && sheet
                    .rows
                    .get(above)
                    .is_some_and(|row| is_right_title(sheet, row))
            {
                start = above;
            }
            return Some((page, start, true));
        }
        if page > 0 && starts_appendix(sheet) {
            break;
        }
    }
    // No recipients: the signature block is the last group of titles that a name follows.
    for (page, sheet) in sheets.iter().enumerate() {
        let titles: Vec<usize> = (0..sheet.rows.len())
            .filter(|at| {
                sheet
                    .rows
                    .get(*at)
                    .is_some_and(|row| is_signing_row(sheet, row))
            })
            .collect();
        let start = titles.iter().find(|at| {
            let after = sheet.rows.get(**at..).unwrap_or_default();
            after.len() < 16
                && after
                    .iter()
                    .flatten()
                    .any(|cell| is_name(&cell.text()) && cell.size > 10.0)
        });
        if let Some(start) = start {
            return Some((page, *start, false));
        }
        if page > 0 && starts_appendix(sheet) {
            break;
        }
    }
    None
}

pub(super) fn starts_appendix(sheet: &Sheet) -> bool {
    let first = sheet.rows.first().and_then(whole);
    first.is_some_and(|row| plain(&row.text()).starts_with("phu luc"))
}

fn is_recipients_head(text: &str) -> bool {
    let line = plain(text);
    line.starts_with("noi nhan") && line.chars().count() < 30
}

/// A row in capitals in the right half, with nothing beside it.
fn is_right_title(sheet: &Sheet, row: &Row) -> bool {
    row.iter().all(|cell| {
        cell.rect.x0 > 0.36 * sheet.width
            && cell.middle() > 0.52 * sheet.width
            && (is_upper(&cell.text())
                || prefix_of(&cell.text()).is_some()
                || is_title(&cell.text()))
    })
}

fn is_title(text: &str) -> bool {
    let line = plain(text);
    text.chars().count() < 60 && TITLES.iter().any(|title| line.starts_with(title))
}

/// Titles beside each other, or one at the right.
fn is_signing_row(sheet: &Sheet, row: &Row) -> bool {
    let titled = |cell: &Cell| {
        let text = cell.text();
        (is_upper(&text) || cell.is_bold()) && (prefix_of(&text).is_some() || is_title(&text))
    };
    let right = row
        .last()
        .is_some_and(|cell| cell.middle() > 0.52 * sheet.width && titled(cell));
    right && row.iter().all(|cell| cell.rect.width() < 0.5 * sheet.width)
}

struct Columns {
    left: Vec<Cell>,
    right: Vec<Cell>,
}

fn read(sheet: &Sheet, rows: Vec<Row>, has_head: bool, parts: &mut Vec<Part>) -> Vec<Row> {
    let mut columns = Columns {
        left: Vec::new(),
        right: Vec::new(),
    };
    let mut rest = Vec::new();
    let mut open = true;
    for row in rows {
        // A copy's block, or an appendix on the same page, ends the foot.
        let text = whole(&row).map(|cell| cell.text()).unwrap_or_default();
        let line = plain(&text);
        let copy = ["sao y", "sao luc", "trich sao"].contains(&line.as_str());
        if copy || line.starts_with("phu luc") {
            open = false;
        }
        if !open {
            rest.push(row);
            continue;
        }
        for cell in row {
            let is_right = cell.rect.x0 > 0.36 * sheet.width && cell.middle() > 0.5 * sheet.width;
            if is_right {
                push(&mut columns.right, cell);
            } else {
                push(&mut columns.left, cell);
            }
        }
    }
    let rest = copies(rest, parts);
    // Of two who sign, the one at the right answers for the document.
    signature(sheet, columns.right, parts);
    if has_head {
        recipients(columns.left, parts);
    } else {
        signature(sheet, columns.left, parts);
    }
    rest
}

/// Cells of one height in one column are one.
fn push(column: &mut Vec<Cell>, cell: Cell) {
    if let Some(last) = column.last_mut()
        && (last.baseline - cell.baseline).abs() < 0.5
    {
        let pieces = last.pieces.iter().chain(&cell.pieces).cloned().collect();
        if let Some(joined) = Cell::of(cell.page, pieces) {
            *last = joined;
            return;
        }
    }
    column.push(cell);
}

fn recipients(cells: Vec<Cell>, parts: &mut Vec<Part>) {
    let mut list: Vec<Cell> = Vec::new();
    let mut marks: Vec<Cell> = Vec::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at == 0 {
            // "Nơi nhận: - Như trên;" on one line.
            let cut = cell
                .pieces
                .iter()
                .position(|piece| piece.text.ends_with(':'));
            let rest = cut.and_then(|cut| cell.range(cut + 1, cell.pieces.len()));
            let head = cut.and_then(|cut| cell.range(0, cut + 1)).unwrap_or(cell);
            parts.push(Part::new(ElementKind::RecipientsHead, vec![head], 98));
            list.extend(rest);
            continue;
        }
        let kept = list.iter().any(|line| {
            plain(&line.text()).contains("luu:") || plain(&line.text()).contains("luu ")
        });
        let ended = list.last().is_some_and(|line| line.text().ends_with('.'));
        let is_dash = cell.text().starts_with(['-', '–', '+', '•']);
        let is_mark = is_drafter_mark(&cell.text());
        if (is_mark && (kept || ended)) || !marks.is_empty() {
            marks.push(cell);
        } else if kept && ended && !is_dash {
            // Words of a signature, or of the paper's foot.
            break;
        } else {
            list.push(cell);
        }
    }
    if !list.is_empty() {
        parts.push(Part::new(ElementKind::Recipients, list, 96));
    }
    if !marks.is_empty() {
        parts.push(Part::new(ElementKind::DrafterMark, marks, 70));
    }
}

/// "PL.(300)", "NVA.05".
fn is_drafter_mark(text: &str) -> bool {
    let short = text.chars().count() <= 16 && !text.starts_with('-');
    short && text.chars().any(|c| c.is_ascii_digit()) && text.chars().any(char::is_uppercase)
}

/// Authority, title and name, and the place between.
fn signature(sheet: &Sheet, cells: Vec<Cell>, parts: &mut Vec<Part>) {
    let (mut titles, mut names): (Vec<Cell>, Vec<Cell>) = (Vec::new(), Vec::new());
    for cell in cells {
        let text = cell.text();
        // What the appearance of a signature says is set small.
        if cell.size < 10.6 || text.contains(':') || text.chars().any(|c| c.is_ascii_digit()) {
            continue;
        }
        let far = titles
            .last()
            .is_some_and(|last: &Cell| last.baseline - cell.baseline > 2.6 * last.size);
        let as_title =
            is_upper(&text) || prefix_of(&text).is_some() || (titles.is_empty() && is_title(&text));
        if names.is_empty() && !far && (as_title || (is_title(&text) && !is_name(&text))) {
            titles.push(cell);
        } else if is_name(&text) || (far && is_name(&title_case(&text))) {
            names.push(cell);
        } else if names.is_empty() && !titles.is_empty() && !far && !is_name(&text) {
            titles.push(cell);
        }
    }
    let name = names.pop();
    if titles.is_empty() && name.is_none() {
        return;
    }
    if let (Some(title), Some(name)) = (titles.last(), &name) {
        let place = Rect {
            x0: title.rect.x0.min(name.rect.x0),
            y0: name.rect.y1,
            x1: title.rect.x1.max(name.rect.x1),
            y1: title.rect.y0,
        };
        if place.height() > 20.0 {
            let empty = Cell {
                page: sheet.page,
                pieces: Vec::new(),
                rect: place,
                baseline: place.y0,
                size: name.size,
                bold: 0.0,
                italic: 0.0,
            };
            parts.push(Part::new(ElementKind::Signature, vec![empty], 90));
        }
    }
    if !titles.is_empty() {
        parts.push(Part::new(ElementKind::Authority, titles, 95));
    }
    if let Some(name) = name {
        parts.push(Part::new(ElementKind::Signer, vec![name], 95));
    }
}

/// A name in capitals, as a name is written.
fn title_case(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter();
        first
            .chain(letters.flat_map(char::to_lowercase))
            .collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The form of a copy, below the copied text.
fn copies(rows: Vec<Row>, parts: &mut Vec<Part>) -> Vec<Row> {
    let is_copy = rows
        .first()
        .and_then(whole)
        .is_some_and(|cell| ["sao y", "sao luc", "trich sao"].contains(&cell.plain().as_str()));
    if is_copy {
        let cells: Vec<Cell> = rows.iter().filter_map(whole).collect();
        parts.push(Part::new(ElementKind::CopyForm, cells, 90));
        return Vec::new();
    }
    rows
}
