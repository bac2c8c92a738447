//! Appendices and stamps.

use vanthu_domain::kind::Urgency;
use vanthu_domain::layout::LayoutRule;
use vanthu_domain::profile::Setting;
use vanthu_reader::{Rect, StrokeShape};

use super::{BOLD, Desk, ITALIC, Seen, mm};
use crate::anatomy::{Cell, ElementKind, Part, Urgent, plain, roman};

pub(super) fn check(desk: &mut Desk<'_>) {
    headings(desk);
    titles(desk);
    mentioned(desk);
    urgency(desk);
}

fn headings(desk: &mut Desk<'_>) {
    let parts: Vec<&Part> = desk
        .anatomy
        .parts_of(ElementKind::AppendixHeading)
        .collect();
    let several = parts.len() > 1;
    let (size, _) = desk.range(Setting::LayoutSizeAppendix);
    let args = [("min", size.to_string())];
    for part in &parts {
        let Some(cell) = part.cells.first() else {
            continue;
        };
        let text = cell.text();
        let number = text.strip_prefix("Phụ lục").map(str::trim);
        let numbered =
            number.is_some_and(|number| roman(number.trim_end_matches(['.', ':'])).is_some());
        let worded = number.is_some_and(|number| numbered || (number.is_empty() && !several));
        let sized = (cell.size - size).abs() <= super::SIZE_SLACK;
        let styled = cell.is_bold() && !cell.is_italic();
        let place = Some((cell.page, cell.rect));
        let seen = match (worded, sized, styled) {
            (false, ..) => Seen::of_text(text),
            (_, false, _) => Seen::Size { points: cell.size },
            (.., false) => Seen::of_style(cell),
            _ => continue,
        };
        desk.tell(LayoutRule::AppendixHeading, place, seen, &args);
    }
}

fn titles(desk: &mut Desk<'_>) {
    let parts: Vec<&Part> = desk.anatomy.parts_of(ElementKind::AppendixTitle).collect();
    for part in parts {
        let Some(cell) = part.cells.first() else {
            continue;
        };
        let headed = desk
            .anatomy
            .parts_of(ElementKind::AppendixHeading)
            .any(|it| it.cells.first().is_some_and(|head| head.page == cell.page));
        if !headed {
            continue;
        }
        if let Some(line) = part.cells.iter().find(|cell| !cell.is_upper()) {
            desk.at(LayoutRule::AppendixTitle, line, Seen::of_text(line.text()));
        } else {
            desk.style(LayoutRule::AppendixTitle, &part.cells, BOLD);
        }
        let guide = desk
            .anatomy
            .parts_of(ElementKind::AppendixGuide)
            .find(|it| it.cells.first().is_some_and(|line| line.page == cell.page));
        match guide {
            Some(guide) => desk.style(LayoutRule::AppendixGuide, &guide.cells, ITALIC),
            None => desk.tell(
                LayoutRule::AppendixGuide,
                Some((cell.page, cell.rect)),
                Seen::Nothing,
                &[],
            ),
        }
    }
}

/// Words about the appendix in the text before it.
fn mentioned(desk: &mut Desk<'_>) {
    let Some(cell) = desk.cells(ElementKind::AppendixHeading).first() else {
        return;
    };
    let words = ["phu luc", "kem theo", "danh sach", "bieu mau", "de cuong"];
    let said = desk.body().any(|part| {
        let text = plain(&part.text());
        words.iter().any(|word| text.contains(word))
    });
    if !said {
        desk.at(
            LayoutRule::AppendixMentioned,
            cell,
            Seen::of_text(cell.text()),
        );
    }
}

fn urgency(desk: &mut Desk<'_>) {
    let Some(cell) = desk.cells(ElementKind::Urgency).first() else {
        return;
    };
    let (min, max) = desk.range(Setting::LayoutSizeUrgency);
    let args = [("min", min.to_string()), ("max", max.to_string())];
    let place = Some((cell.page, cell.rect));
    let [red, green, blue] = cell
        .pieces
        .first()
        .map(|piece| piece.colour)
        .unwrap_or_default();
    let sized = cell.size >= min - super::SIZE_SLACK && cell.size <= max + super::SIZE_SLACK;
    let seen = if !cell.is_upper() {
        Some(Seen::of_text(cell.text()))
    } else if !sized {
        Some(Seen::Size { points: cell.size })
    } else if !cell.is_bold() || cell.is_italic() {
        Some(Seen::of_style(cell))
    } else if red < 160 || green > 90 || blue > 90 {
        Some(Seen::Colour {
            rgb: [red, green, blue],
        })
    } else {
        None
    };
    if let Some(seen) = seen {
        desk.tell(LayoutRule::UrgencyText, place, seen, &args);
    }
    frame(desk, cell);
}

fn frame(desk: &mut Desk<'_>, cell: &Cell) {
    let frames = desk
        .input
        .profile
        .numbers(Setting::LayoutUrgencyFramesMm, desk.input.on)
        .value;
    let at = match Urgent::of(&cell.text()) {
        Some(Urgent::Degree(Urgency::Express)) => 0,
        Some(Urgent::Degree(Urgency::VeryUrgent)) => 2,
        Some(Urgent::Degree(Urgency::Urgent)) => 4,
        _ => return,
    };
    let wanted = |at: usize| frames.get(at).copied().unwrap_or_default() as f64;
    let (width, height) = (wanted(at), wanted(at + 1));
    let args = [("min", width.to_string()), ("max", height.to_string())];
    let around = around(desk, cell);
    let fits = around.is_some_and(|it| {
        (mm(it.width()) - width).abs() < 1.2 && (mm(it.height()) - height).abs() < 1.2
    });
    if !fits {
        let seen = around.map_or(Seen::Nothing, |it| Seen::Area {
            width_mm: mm(it.width()),
            height_mm: mm(it.height()),
        });
        let place = around.unwrap_or(cell.rect);
        desk.tell(
            LayoutRule::UrgencyFrame,
            Some((cell.page, place)),
            seen,
            &args,
        );
    }
}

/// The frame around a stamp, drawn as one or as four lines.
fn around(desk: &Desk<'_>, cell: &Cell) -> Option<Rect> {
    let sheet = desk.anatomy.sheet(cell.page)?;
    let middle = (cell.middle(), f64::midpoint(cell.rect.y0, cell.rect.y1));
    let holds = |rect: &Rect| {
        (rect.x0..=rect.x1).contains(&middle.0) && (rect.y0..=rect.y1).contains(&middle.1)
    };
    let whole = sheet
        .strokes
        .iter()
        .find(|stroke| stroke.shape == StrokeShape::Frame && holds(&stroke.rect));
    if let Some(whole) = whole {
        return Some(whole.rect);
    }
    let near = |stroke: &&vanthu_reader::Stroke| {
        stroke.rect.width() < 160.0
            && stroke.rect.height() < 50.0
            && (f64::midpoint(stroke.rect.x0, stroke.rect.x1) - middle.0).abs() < 90.0
            && (f64::midpoint(stroke.rect.y0, stroke.rect.y1) - middle.1).abs() < 30.0
    };
    let all = sheet
        .strokes
        .iter()
        .filter(near)
        .map(|stroke| stroke.rect)
        .reduce(|all, one| all.union(&one))?;
    holds(&all).then_some(all)
}
