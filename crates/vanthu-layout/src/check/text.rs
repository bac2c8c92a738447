//! The text: size, indents, spaces, structure, its end. Cell 6.

use vanthu_domain::kind::Template;
use vanthu_domain::layout::LayoutRule;
use vanthu_domain::profile::Setting;

use super::{Desk, SIZE_SLACK, Seen, mm};
use crate::anatomy::{Cell, ElementKind, Marker, Part, marker_of, plain, roman};

pub(super) fn check(desk: &mut Desk<'_>) {
    let parts: Vec<&Part> = desk.body().collect();
    let Some(size) = main_size(&parts) else {
        return;
    };
    sizes(desk, &parts, size);
    ragged(desk, &parts);
    indents(desk, &parts);
    spaces(desk, &parts, size);
    headings(desk);
    articles(desk);
    order(desk);
    end_mark(desk);
}

/// The size of most letters.
fn main_size(parts: &[&Part]) -> Option<f64> {
    let mut sizes: Vec<(f64, usize)> = Vec::new();
    for cell in parts.iter().flat_map(|part| &part.cells) {
        let letters = cell.text().chars().count();
        match sizes
            .iter_mut()
            .find(|(size, _)| (size - cell.size).abs() < SIZE_SLACK)
        {
            Some((_, count)) => *count += letters,
            None => sizes.push((cell.size, letters)),
        }
    }
    sizes
        .iter()
        .max_by_key(|(_, count)| *count)
        .map(|(size, _)| *size)
}

fn sizes(desk: &mut Desk<'_>, parts: &[&Part], size: f64) {
    let (min, max) = desk.range(Setting::LayoutSizeBody);
    let cells = || parts.iter().flat_map(|part| &part.cells);
    if size < min - SIZE_SLACK || size > max + SIZE_SLACK {
        if let Some(cell) = cells().find(|cell| (cell.size - size).abs() < SIZE_SLACK) {
            desk.size(
                LayoutRule::BodySize,
                std::slice::from_ref(cell),
                Setting::LayoutSizeBody,
            );
        }
        return;
    }
    let other = cells().find(|cell| {
        (cell.size - size).abs() > 0.6
            && cell.text().chars().filter(|c| c.is_alphabetic()).count() > 12
    });
    if let Some(cell) = other {
        desk.at(LayoutRule::BodyEven, cell, Seen::Size { points: cell.size });
    }
}

/// Lines of long paragraphs end at the right edge, but for the last.
fn ragged(desk: &mut Desk<'_>, parts: &[&Part]) {
    let mut lines: Vec<(&Cell, bool)> = Vec::new();
    for part in parts {
        for pair in part.cells.windows(2) {
            if let [line, next] = pair
                && line.page == next.page
                && part.cells.len() > 2
            {
                let right = desk.edges.get(&line.page).map_or(0.0, |edges| edges.right);
                lines.push((line, right - line.rect.x1 > 4.0));
            }
        }
    }
    let ragged: Vec<&Cell> = lines
        .iter()
        .filter(|(_, ragged)| *ragged)
        .map(|(cell, _)| *cell)
        .collect();
    if lines.len() >= 4
        && ragged.len() * 2 > lines.len()
        && let Some(cell) = ragged.first()
    {
        desk.at(LayoutRule::BodyJustified, cell, Seen::of_text(cell.text()));
    }
}

fn indents(desk: &mut Desk<'_>, parts: &[&Part]) {
    let taken: Vec<f64> = desk
        .input
        .profile
        .numbers(Setting::LayoutIndentHundredthsMm, desk.input.on)
        .value
        .iter()
        .map(|it| *it as f64 / 100.0)
        .collect();
    let mut measured = 0;
    let mut other: Vec<(&Cell, f64)> = Vec::new();
    for part in parts {
        let counts = matches!(
            part.kind,
            ElementKind::Paragraph | ElementKind::Article | ElementKind::Basis
        );
        let [first, second, ..] = part.cells.as_slice() else {
            continue;
        };
        if !counts || first.page != second.page {
            continue;
        }
        measured += 1;
        let indent = mm(first.rect.x0 - second.rect.x0);
        if !taken.iter().any(|it| (it - indent).abs() < 1.2) {
            other.push((first, indent));
        }
    }
    if other.len() * 2 > measured
        && let Some((cell, indent)) = other.first()
    {
        desk.at(
            LayoutRule::BodyIndent,
            cell,
            Seen::Length {
                mm: indent.max(0.0),
            },
        );
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn spaces(desk: &mut Desk<'_>, parts: &[&Part], size: f64) {
    let steps = parts
        .iter()
        .flat_map(|part| part.cells.windows(2))
        .filter_map(|pair| match pair {
            [a, b] if a.page == b.page => Some(a.baseline - b.baseline),
            _ => None,
        });
    let Some(pitch) = median(steps.collect()) else {
        return;
    };
    let single = 1.15 * size;
    let (min, max) = desk.range(Setting::LayoutLineGapPercent);
    let share = 100.0 * pitch / single;
    let long = parts
        .iter()
        .find(|part| part.cells.len() > 1)
        .and_then(|part| part.cells.first());
    if let Some(cell) = long
        && (share < min - 5.0 || share > max + 6.0)
    {
        desk.at(LayoutRule::LineGap, cell, Seen::Space { points: pitch });
    }
    let least = desk
        .input
        .profile
        .number(Setting::LayoutParagraphGapPt, desk.input.on)
        .value as f64;
    let mut gaps: Vec<(&Cell, f64)> = Vec::new();
    for pair in parts.windows(2) {
        if let [before, after] = pair
            && let (Some(above), Some(below)) = (before.cells.last(), after.cells.first())
            && above.page == below.page
            && below.baseline < above.baseline
        {
            gaps.push((below, above.baseline - below.baseline - pitch));
        }
    }
    let narrow: Vec<&(&Cell, f64)> = gaps.iter().filter(|(_, gap)| *gap < least - 1.2).collect();
    if narrow.len() * 2 > gaps.len()
        && let Some((cell, gap)) = narrow.first()
    {
        let args = [("min", least.to_string())];
        let seen = Seen::Space {
            points: gap.max(0.0),
        };
        desk.tell(
            LayoutRule::ParagraphGap,
            Some((cell.page, cell.rect)),
            seen,
            &args,
        );
    }
}

fn headings(desk: &mut Desk<'_>) {
    let parts: Vec<&Part> = desk.anatomy.parts_of(ElementKind::Heading).collect();
    let mut named = false;
    for part in parts {
        let Some(cell) = part.cells.first() else {
            continue;
        };
        let text = part.text();
        match marker_of(&text) {
            Some(Marker::Heading(word, number)) => {
                named = true;
                let is_roman = roman(&number).is_some();
                let right_number = match word {
                    "Phần" | "Chương" => is_roman || number.parse::<u32>().is_err(),
                    _ => number.parse::<u32>().is_ok(),
                };
                let written = text.starts_with(word);
                let style = cell.is_bold() && !cell.is_italic();
                if !right_number || !written || !style || !is_centred(desk, cell) {
                    desk.at(LayoutRule::HeadingStyle, cell, Seen::of_text(text));
                }
            }
            Some(Marker::Roman(_)) => {
                let upper = part.cells.iter().all(Cell::is_upper);
                if text.chars().count() < 160 && !(upper && cell.is_bold()) {
                    desk.at(LayoutRule::HeadingTitle, cell, Seen::of_text(text));
                }
                named = false;
            }
            _ if named => {
                if !part
                    .cells
                    .iter()
                    .all(|cell| cell.is_upper() && cell.is_bold())
                {
                    desk.at(LayoutRule::HeadingTitle, cell, Seen::of_text(text));
                }
                named = false;
            }
            _ => {}
        }
    }
}

fn is_centred(desk: &Desk<'_>, cell: &Cell) -> bool {
    desk.edges
        .get(&cell.page)
        .is_none_or(|edges| (cell.middle() - f64::midpoint(edges.left, edges.right)).abs() < 20.0)
}

fn articles(desk: &mut Desk<'_>) {
    let found = desk
        .anatomy
        .parts_of(ElementKind::Article)
        .find_map(|part| {
            let cell = part.cells.first()?;
            let word = cell.range(0, 2)?;
            (!word.is_bold() || word.is_italic()).then_some((cell, word))
        });
    if let Some((cell, word)) = found {
        desk.at(LayoutRule::ArticleStyle, cell, Seen::of_style(&word));
    }
}

/// The letters of points in their order.
const LETTERS: [char; 24] = [
    'a', 'b', 'c', 'd', 'đ', 'e', 'g', 'h', 'i', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't',
    'u', 'ư', 'v', 'x', 'y',
];

fn order(desk: &mut Desk<'_>) {
    let (mut article, mut clause, mut point) = (0, 0, None);
    let mut wrong: Option<(&Cell, String)> = None;
    for part in &desk.anatomy.parts {
        if !matches!(
            part.kind,
            ElementKind::Article
                | ElementKind::Clause
                | ElementKind::Point
                | ElementKind::Heading
                | ElementKind::AppendixTitle
        ) {
            continue;
        }
        let Some(cell) = part.cells.first() else {
            continue;
        };
        let text = part.text();
        let in_order = match marker_of(&text) {
            Some(Marker::Article(number)) => {
                let fits = number == article + 1 || number == 1;
                (article, clause, point) = (number, 0, None);
                fits
            }
            Some(Marker::Clause(number)) => {
                let fits = number == clause + 1 || number == 1;
                (clause, point) = (number, None);
                fits
            }
            Some(Marker::Point(letter)) => {
                let place = LETTERS.iter().position(|it| *it == letter);
                let fits =
                    place.is_some() && (place == Some(0) || place == point.map(|at: usize| at + 1));
                point = place;
                fits
            }
            _ => {
                (clause, point) = (0, None);
                true
            }
        };
        if !in_order && wrong.is_none() {
            wrong = Some((cell, text));
        }
    }
    if let Some((cell, text)) = wrong {
        desk.at(LayoutRule::StructureOrder, cell, Seen::of_text(text));
    }
}

/// "./." behind the last words before the signature.
fn end_mark(desk: &mut Desk<'_>) {
    let free = desk
        .anatomy
        .kind()
        .is_none_or(|kind| kind.template() == Template::Free);
    let sign = desk.cells(ElementKind::Authority).first();
    let Some(sign) = sign.filter(|_| !free) else {
        return;
    };
    let before = |cell: &Cell| {
        cell.page < sign.page || (cell.page == sign.page && cell.baseline > sign.baseline)
    };
    let last = desk
        .anatomy
        .parts
        .iter()
        .filter(|part| {
            super::is_body(part.kind)
                || matches!(part.kind, ElementKind::Table | ElementKind::Heading)
        })
        .filter(|part| part.cells.first().is_some_and(before))
        .max_by(|a, b| {
            let key = |part: &Part| {
                part.cells
                    .last()
                    .map_or((0, 0.0), |cell| (cell.page, -cell.baseline))
            };
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
    let Some((part, cell)) = last.and_then(|part| Some((part, part.cells.last()?))) else {
        return;
    };
    let text = part.text();
    let ended = plain(&text)
        .replace(' ', "")
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .ends_with("./.");
    if part.kind != ElementKind::Table && !ended {
        desk.at(LayoutRule::EndMark, cell, Seen::of_text(cell.text()));
    }
}
