//! Kind, abstract, addressees and bases: cells 5a, 5b, 9a.

use vanthu_domain::kind::DocumentKind;
use vanthu_domain::layout::LayoutRule;
use vanthu_domain::profile::Setting;

use super::{BOLD, Desk, REGULAR, Seen};
use crate::anatomy::{Cell, ElementKind, number_of, plain};

pub(super) fn check(desk: &mut Desk<'_>) {
    kind(desk);
    letter(desk);
    addressees(desk);
    bases(desk);
}

fn kind(desk: &mut Desk<'_>) {
    let Some(kind) = desk.anatomy.kind() else {
        // A letter of courtesy names no kind; a notation that begins with one asks for it.
        let number = desk
            .cells(ElementKind::Number)
            .first()
            .and_then(|cell| number_of(&cell.text()));
        let noted = number.is_none_or(|number| {
            let first = number
                .notation
                .split('-')
                .next()
                .unwrap_or_default()
                .to_owned();
            DocumentKind::ALL
                .iter()
                .any(|kind| kind.abbreviation() == Some(first.as_str()))
        });
        if noted {
            desk.missing(LayoutRule::KindMissing, 0);
        }
        return;
    };
    let cells = desk.cells(ElementKind::Kind);
    let Some(cell) = cells.first() else { return };
    desk.capitals(LayoutRule::KindCase, cells);
    desk.size(LayoutRule::KindSize, cells, Setting::LayoutSizeKind);
    desk.style(LayoutRule::KindStyle, cells, BOLD);
    let middle = desk
        .edges
        .get(&cell.page)
        .map(|edges| f64::midpoint(edges.left, edges.right));
    if middle.is_some_and(|middle| (cell.middle() - middle).abs() > 16.0) {
        desk.at(LayoutRule::KindPlace, cell, Seen::of_text(cell.text()));
    }
    let about = desk.cells(ElementKind::Abstract);
    if about.is_empty() {
        // The kind and what it is about may stand on one line.
        let alone = plain(&cell.text()) == plain(kind.name());
        if kind.has_abstract_under_name() && alone {
            desk.tell(
                LayoutRule::AbstractMissing,
                Some((cell.page, cell.rect)),
                Seen::Nothing,
                &[],
            );
        }
        return;
    }
    desk.size(LayoutRule::AbstractSize, about, Setting::LayoutSizeKind);
    desk.style(LayoutRule::AbstractStyle, about, BOLD);
    if let Some(shouted) = about.iter().find(|cell| cell.is_upper()) {
        desk.at(
            LayoutRule::AbstractStyle,
            shouted,
            Seen::of_text(shouted.text()),
        );
    }
    let share = desk.range(Setting::LayoutRulePercent);
    desk.rule(LayoutRule::AbstractRule, about, share);
}

fn letter(desk: &mut Desk<'_>) {
    if desk.anatomy.kind() != Some(DocumentKind::OfficialLetter) {
        return;
    }
    let cells = desk.cells(ElementKind::LetterAbstract);
    let Some(cell) = cells.first() else {
        desk.missing(LayoutRule::AboutMissing, 0);
        return;
    };
    if !cell.text().starts_with("V/v ") {
        desk.at(LayoutRule::AboutForm, cell, Seen::of_text(cell.text()));
    }
    desk.size(LayoutRule::AboutSize, cells, Setting::LayoutSizeAbout);
    desk.style(LayoutRule::AboutStyle, cells, REGULAR);
}

/// The items of a list: a dash begins one.
pub(super) fn items(cells: &[Cell]) -> Vec<(String, &Cell)> {
    let mut items: Vec<(String, &Cell)> = Vec::new();
    for cell in cells {
        let text = cell.text();
        match items.last_mut() {
            Some((item, _)) if !is_dashed(&text) => {
                item.push(' ');
                item.push_str(&text);
            }
            _ => items.push((text, cell)),
        }
    }
    items
}

pub(super) fn is_dashed(text: &str) -> bool {
    text.starts_with(['-', '–', '+'])
}

fn addressees(desk: &mut Desk<'_>) {
    let cells = desk.cells(ElementKind::Addressees);
    let Some(first) = cells.first() else {
        if desk.anatomy.kind() == Some(DocumentKind::OfficialLetter) {
            desk.missing(LayoutRule::AddresseeMissing, 0);
        }
        return;
    };
    let head = first.text();
    let dashed: Vec<(String, &Cell)> = items(cells)
        .into_iter()
        .filter(|(text, _)| is_dashed(text))
        .collect();
    if !head.starts_with("Kính gửi:") {
        desk.at(LayoutRule::AddresseeForm, first, Seen::of_text(head));
    } else if dashed.len() == 1 {
        if let Some((text, cell)) = dashed.first() {
            desk.at(LayoutRule::AddresseeForm, cell, Seen::of_text(text.clone()));
        }
    } else if let Some((text, cell)) = badly_ended(&dashed) {
        desk.at(LayoutRule::AddresseeForm, cell, Seen::of_text(text));
    }
    desk.size(
        LayoutRule::AddresseeSize,
        cells,
        Setting::LayoutSizeAddressee,
    );
    desk.style(LayoutRule::AddresseeStyle, cells, REGULAR);
}

/// The first item that ends otherwise than with a semicolon, or the last without a full stop.
pub(super) fn badly_ended<'c>(items: &[(String, &'c Cell)]) -> Option<(String, &'c Cell)> {
    let last = items.len().checked_sub(1)?;
    let wrong = items.iter().enumerate().find(|(at, (text, _))| {
        let end = if *at == last { '.' } else { ';' };
        !text.trim_end().ends_with(end)
    });
    wrong.map(|(_, (text, cell))| (text.clone(), *cell))
}

fn bases(desk: &mut Desk<'_>) {
    let bases: Vec<_> = desk
        .body()
        .filter(|part| part.kind == ElementKind::Basis)
        .collect();
    let last = bases.len().checked_sub(1);
    let (mut style, mut end, mut citation) = (true, true, true);
    for (at, part) in bases.iter().enumerate() {
        let Some(cell) = part.cells.first() else {
            continue;
        };
        let text = part.text();
        if style && part.cells.iter().any(|cell| !cell.is_italic()) {
            style = false;
            desk.at(LayoutRule::BasisStyle, cell, Seen::of_style(cell));
        }
        let wanted = if Some(at) == last { '.' } else { ';' };
        if end && !text.trim_end().ends_with(wanted) {
            end = false;
            desk.at(LayoutRule::BasisEnd, cell, Seen::of_text(text.clone()));
        }
        if citation && is_half_cited(&text) {
            citation = false;
            desk.at(LayoutRule::BasisCitation, cell, Seen::of_text(text));
        }
    }
}

/// A document that is named without number or date.
fn is_half_cited(text: &str) -> bool {
    let line = plain(text);
    let Some(cited) = line.strip_prefix("can cu ") else {
        return false;
    };
    let kinds = [
        "nghi dinh",
        "thong tu",
        "quyet dinh",
        "nghi quyet",
        "chi thi",
        "ke hoach",
        "thong bao",
        "to trinh",
    ];
    let named = kinds.iter().any(|kind| cited.starts_with(kind));
    let numbered = cited.contains("so ") && cited.contains('/');
    let dated =
        cited.contains("ngay ") && cited.contains("nam ") || cited.matches('/').count() >= 3;
    named && !(numbered && dated)
}
