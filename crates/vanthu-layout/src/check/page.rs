//! Paper, margins, fonts, colour, page numbers, and pages that are only pictures.

use std::collections::BTreeMap;

use vanthu_domain::layout::LayoutRule;
use vanthu_domain::profile::Setting;

use super::{Desk, LENGTH_SLACK_MM, Seen, is_body, mm};
use crate::anatomy::{Cell, ElementKind, PageForm, Sheet};

pub(super) fn check(desk: &mut Desk<'_>) {
    paper(desk);
    side_margins(desk);
    top_margin(desk);
    bottom_margin(desk);
    fonts(desk);
    colour(desk);
    page_numbers(desk);
}

/// Pages that are only pictures, and pages that were read in part.
///
/// Clause: DT-0
pub(super) fn scans(desk: &mut Desk<'_>) {
    let anatomy = desk.anatomy;
    for (form, rule) in [
        (PageForm::Scan, LayoutRule::ScanOnly),
        (PageForm::ScanWithText, LayoutRule::ScanWithText),
    ] {
        let page = anatomy.sheets.iter().find(|sheet| sheet.form == form);
        if let Some(sheet) = page
            && anatomy.is_scan()
        {
            let whole = sheet
                .pictures
                .iter()
                .copied()
                .reduce(|all, one| all.union(&one));
            desk.tell(
                rule,
                whole.map(|rect| (sheet.page, rect)),
                Seen::Nothing,
                &[],
            );
        }
    }
    if let Some(sheet) = anatomy.sheets.iter().find(|sheet| sheet.cut_short) {
        desk.missing(LayoutRule::Unreadable, sheet.page);
    }
}

fn paper(desk: &mut Desk<'_>) {
    let (short, long) = desk.range(Setting::LayoutPaperMm);
    for sheet in &desk.anatomy.sheets {
        let (width, height) = (mm(sheet.width), mm(sheet.height));
        let lying = width > height;
        let fits = |a: f64, b: f64| (a - b).abs() <= 2.0;
        if !(fits(width.min(height), short) && fits(width.max(height), long)) {
            let seen = Seen::Area {
                width_mm: width,
                height_mm: height,
            };
            let args = [("min", short.to_string()), ("max", long.to_string())];
            desk.tell(
                LayoutRule::PaperSize,
                Some((sheet.page, edge(sheet))),
                seen,
                &args,
            );
            return;
        }
        if lying && sheet.tables.is_empty() && sheet.form == PageForm::Text {
            let seen = Seen::Area {
                width_mm: width,
                height_mm: height,
            };
            desk.tell(
                LayoutRule::PaperDirection,
                Some((sheet.page, edge(sheet))),
                seen,
                &[],
            );
        }
    }
}

/// The whole page.
fn edge(sheet: &Sheet) -> vanthu_reader::Rect {
    vanthu_reader::Rect {
        x0: 0.0,
        y0: 0.0,
        x1: sheet.width,
        y1: sheet.height,
    }
}

/// Lines of text on upright pages that are not the first of their paragraph.
fn further_lines<'a>(desk: &Desk<'a>) -> Vec<&'a Cell> {
    let anatomy = desk.anatomy;
    let parts = desk.body();
    let cells = parts.flat_map(|part| part.cells.iter().skip(1));
    cells
        .filter(|cell| {
            cell.size > 10.0
                && anatomy
                    .sheet(cell.page)
                    .is_some_and(|sheet| sheet.width < sheet.height)
        })
        .collect()
}

/// Long lines of text on upright pages.
fn long_lines<'a>(desk: &Desk<'a>) -> Vec<&'a Cell> {
    let anatomy = desk.anatomy;
    let parts = desk.body();
    let cells = parts.flat_map(|part| &part.cells);
    cells
        .filter(|cell| {
            anatomy.sheet(cell.page).is_some_and(|sheet| {
                sheet.width < sheet.height
                    && cell.rect.width() > 0.55 * sheet.width
                    && cell.size > 10.0
            })
        })
        .collect()
}

fn side_margins(desk: &mut Desk<'_>) {
    let further = further_lines(desk);
    let first = further
        .iter()
        .min_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    if let Some(first) = first {
        let range = desk.range(Setting::LayoutMarginLeftMm);
        tell_margin(
            desk,
            LayoutRule::MarginLeft,
            first,
            mm(first.rect.x0),
            range,
        );
    }
    let lines = long_lines(desk);
    let width = |cell: &Cell| {
        desk.anatomy
            .sheet(cell.page)
            .map_or(0.0, |sheet| sheet.width)
    };
    let free = |cell: &Cell| mm(width(cell) - cell.rect.x1);
    let Some(last) = lines.iter().min_by(|a, b| free(a).total_cmp(&free(b))) else {
        return;
    };
    let (min, max) = desk.range(Setting::LayoutMarginRightMm);
    let right = free(last);
    // Where lines are ragged, only the longest tells something, and nothing of a margin that is too wide.
    let shared = lines
        .iter()
        .filter(|cell| (free(cell) - right).abs() < 0.5)
        .count();
    let most = if shared >= 3 { max } else { f64::MAX };
    tell_margin(desk, LayoutRule::MarginRight, last, right, (min, most));
}

fn tell_margin(
    desk: &mut Desk<'_>,
    rule: LayoutRule,
    cell: &Cell,
    found: f64,
    (min, max): (f64, f64),
) {
    if found < min - LENGTH_SLACK_MM || found > max + LENGTH_SLACK_MM {
        let setting = match rule {
            LayoutRule::MarginLeft => Setting::LayoutMarginLeftMm,
            LayoutRule::MarginRight => Setting::LayoutMarginRightMm,
            LayoutRule::MarginTop => Setting::LayoutMarginTopMm,
            _ => Setting::LayoutMarginBottomMm,
        };
        let (min, max) = desk.range(setting);
        let args = [("min", min.to_string()), ("max", max.to_string())];
        desk.tell(
            rule,
            Some((cell.page, cell.rect)),
            Seen::Length { mm: found },
            &args,
        );
    }
}

fn is_in_margin(kind: ElementKind) -> bool {
    matches!(
        kind,
        ElementKind::PageNumber
            | ElementKind::IssueMark
            | ElementKind::Circulation
            | ElementKind::Signature
    )
}

/// The lines of upright pages, those that belong into the margins left out.
fn lines_of<'a>(desk: &Desk<'a>, page: u32) -> Vec<&'a Cell> {
    let parts = desk.anatomy.parts.iter();
    parts
        .filter(|part| !is_in_margin(part.kind))
        .flat_map(|part| &part.cells)
        .filter(|cell| cell.page == page)
        .collect()
}

fn top_margin(desk: &mut Desk<'_>) {
    let (min, max) = desk.range(Setting::LayoutMarginTopMm);
    let end = desk.main_pages();
    for sheet in &desk.anatomy.sheets {
        if sheet.page >= end || sheet.width > sheet.height {
            return;
        }
        let lines = lines_of(desk, sheet.page);
        let Some(first) = lines.iter().max_by(|a, b| a.rect.y1.total_cmp(&b.rect.y1)) else {
            continue;
        };
        let found = mm(sheet.height - first.rect.y1);
        // A page may begin with the space above a paragraph.
        let most = max + 2.5;
        if found < min - LENGTH_SLACK_MM || found > most + LENGTH_SLACK_MM {
            tell_margin(desk, LayoutRule::MarginTop, first, found, (min, most));
            return;
        }
    }
}

fn bottom_margin(desk: &mut Desk<'_>) {
    let (min, max) = desk.range(Setting::LayoutMarginBottomMm);
    let end = desk.main_pages();
    for sheet in &desk.anatomy.sheets {
        if sheet.page >= end || sheet.width > sheet.height {
            return;
        }
        let lines = lines_of(desk, sheet.page);
        let Some(last) = lines.iter().min_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0)) else {
            continue;
        };
        let found = mm(last.rect.y0);
        if found < min - LENGTH_SLACK_MM {
            tell_margin(desk, LayoutRule::MarginBottom, last, found, (min, max));
            return;
        }
    }
    if let Some((cell, found)) = early_end(desk)
        && found > max + 15.0
    {
        tell_margin(desk, LayoutRule::MarginBottom, cell, found, (min, max));
    }
}

/// A page that ends although ordinary text goes on, and how far above the edge it ends. Two lines may have gone over
/// together; titles go over with what follows, and the last paragraph with the signature.
fn early_end<'a>(desk: &Desk<'a>) -> Option<(&'a Cell, f64)> {
    let parts: Vec<_> = desk.body().collect();
    let (_, before_last) = parts.split_last()?;
    let over = before_last.iter().find_map(|part| {
        let first = part.cells.first()?;
        let next = part.cells.iter().find(|cell| {
            cell.page > 0
                && (cell.page > first.page
                    || desk
                        .edges
                        .get(&cell.page)
                        .is_some_and(|it| it.top <= cell.baseline))
        })?;
        (!next.is_bold()).then_some(next)
    })?;
    let before = over.page.checked_sub(1)?;
    let lines = lines_of(desk, before);
    let last = lines
        .into_iter()
        .min_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0))?;
    let upright = desk
        .anatomy
        .sheet(before)
        .is_some_and(|sheet| sheet.width < sheet.height);
    upright.then(|| (last, mm(last.rect.y0)))
}

/// Letters and marks alone, in small letters.
fn bare(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn fonts(desk: &mut Desk<'_>) {
    let taken = desk
        .input
        .profile
        .list(Setting::LayoutFonts, desk.input.on)
        .value;
    let wanted = taken.first().cloned().unwrap_or_default();
    let taken: Vec<String> = taken.iter().map(|name| bare(name)).collect();
    // So many letters of a font are no slip of a bullet or a formula.
    const FEW: usize = 8;
    let mut strange: BTreeMap<String, (usize, &Cell, bool)> = BTreeMap::new();
    for sheet in &desk.anatomy.sheets {
        for cell in &sheet.all {
            for piece in &cell.pieces {
                let name = sheet.font_of(piece);
                let key = bare(name);
                let symbols = ["symbol", "wingdings", "dingbats", "math", "webdings"];
                let known = taken.iter().any(|it| key.starts_with(it.as_str()));
                if key.is_empty() || known || symbols.iter().any(|it| key.contains(it)) {
                    continue;
                }
                let old =
                    name.starts_with(".Vn") || key.starts_with("vni") || key.starts_with("vntime");
                let letters = piece.text.chars().filter(|c| c.is_alphanumeric()).count();
                let family = name.split(['-', ',']).next().unwrap_or(name).to_owned();
                strange.entry(family).or_insert((0, cell, old)).0 += letters;
            }
        }
    }
    for (family, (letters, cell, old)) in strange {
        if letters < FEW {
            continue;
        }
        let rule = if old {
            LayoutRule::FontEncoding
        } else {
            LayoutRule::FontFamily
        };
        let args = [("text", wanted.clone())];
        desk.tell(
            rule,
            Some((cell.page, cell.rect)),
            Seen::of_text(family),
            &args,
        );
    }
}

fn colour(desk: &mut Desk<'_>) {
    let coloured = |rgb: [u8; 3]| rgb.iter().any(|it| *it > 90) && rgb != [255; 3];
    let parts = desk.anatomy.parts.iter();
    let found = parts
        .filter(|part| is_body(part.kind) || is_inked(part.kind))
        .flat_map(|part| &part.cells)
        .find_map(|cell| {
            let piece = cell.pieces.iter().find(|piece| {
                coloured(piece.colour)
                    && piece.text.chars().filter(|c| c.is_alphabetic()).count() > 1
            })?;
            Some((cell, piece))
        });
    if let Some((cell, piece)) = found {
        let place = Some((cell.page, piece.rect));
        desk.tell(
            LayoutRule::TextColour,
            place,
            Seen::Colour { rgb: piece.colour },
            &[],
        );
    }
}

/// Elements of the head and foot that are set in black.
fn is_inked(kind: ElementKind) -> bool {
    matches!(
        kind,
        ElementKind::NationalTitle
            | ElementKind::Motto
            | ElementKind::ParentAgency
            | ElementKind::Agency
            | ElementKind::Number
            | ElementKind::PlaceAndDate
            | ElementKind::Kind
            | ElementKind::Abstract
            | ElementKind::LetterAbstract
            | ElementKind::Addressees
            | ElementKind::Authority
            | ElementKind::Signer
            | ElementKind::RecipientsHead
            | ElementKind::Recipients
    )
}

fn page_numbers(desk: &mut Desk<'_>) {
    let end = desk.main_pages();
    let mut last = 0;
    for sheet in &desk.anatomy.sheets {
        let starts_part = desk.anatomy.parts.iter().any(|part| {
            matches!(
                part.kind,
                ElementKind::AppendixHeading | ElementKind::AppendixTitle
            ) && part
                .cells
                .first()
                .is_some_and(|cell| cell.page == sheet.page)
        });
        let number = desk
            .anatomy
            .parts_of(ElementKind::PageNumber)
            .find_map(|part| part.cells.first().filter(|cell| cell.page == sheet.page));
        let Some(cell) = number else {
            if sheet.page > 0 && !starts_part && sheet.form == PageForm::Text {
                desk.missing(LayoutRule::PageNumberMissing, sheet.page);
            }
            last = if starts_part { 1 } else { last + 1 };
            continue;
        };
        let shown = crate::anatomy::page_number_of(&cell.text()).unwrap_or_default();
        if sheet.page == 0 {
            desk.at(
                LayoutRule::PageNumberFirst,
                cell,
                Seen::of_text(cell.text()),
            );
        }
        let in_order = if sheet.page < end {
            shown == sheet.page + 1
        } else {
            shown == last + 1 || (starts_part && shown == 1) || shown == sheet.page + 1
        };
        if !in_order {
            desk.at(
                LayoutRule::PageNumberOrder,
                cell,
                Seen::of_text(cell.text()),
            );
        }
        last = shown;
        let middle = (cell.middle() - 0.5 * sheet.width).abs() < 0.07 * sheet.width;
        if !middle || cell.baseline < 0.5 * sheet.height {
            desk.at(
                LayoutRule::PageNumberPlace,
                cell,
                Seen::of_text(cell.text()),
            );
        }
        let one = std::slice::from_ref(cell);
        desk.size(
            LayoutRule::PageNumberSize,
            one,
            Setting::LayoutSizePageNumber,
        );
    }
}
