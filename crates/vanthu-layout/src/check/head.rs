//! Cells 1 to 4.

use vanthu_domain::layout::LayoutRule;
use vanthu_domain::profile::Setting;

use super::{BOLD, Desk, ITALIC, REGULAR, Seen};
use crate::anatomy::{Cell, ElementKind, date_of, number_of};

/// Both writings of the tone mark are Vietnamese.
const NATION: [&str; 2] = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
];
const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";

pub(super) fn check(desk: &mut Desk<'_>) {
    nation(desk);
    motto(desk);
    agencies(desk);
    number(desk);
    date(desk);
    together(desk);
}

fn nation(desk: &mut Desk<'_>) {
    let cells = desk.cells(ElementKind::NationalTitle);
    let Some(cell) = cells.first() else {
        desk.missing(LayoutRule::NationalTitleMissing, 0);
        return;
    };
    let text: Vec<String> = cells.iter().map(Cell::text).collect();
    let text = text.join(" ");
    if !NATION.contains(&text.as_str()) {
        desk.at(LayoutRule::NationalTitleText, cell, Seen::of_text(text));
    }
    desk.size(
        LayoutRule::NationalTitleSize,
        cells,
        Setting::LayoutSizeNationalTitle,
    );
    desk.style(LayoutRule::NationalTitleStyle, cells, BOLD);
    if let Some(sheet) = desk.anatomy.sheet(cell.page) {
        let right = cell.middle() > 0.5 * sheet.width;
        let top = cell.baseline > 0.8 * sheet.height;
        if !right || !top {
            desk.at(
                LayoutRule::NationalTitlePlace,
                cell,
                Seen::of_text(cell.text()),
            );
        }
    }
}

fn motto(desk: &mut Desk<'_>) {
    let cells = desk.cells(ElementKind::Motto);
    let Some(cell) = cells.first() else {
        desk.missing(LayoutRule::MottoMissing, 0);
        return;
    };
    if cell.text() != MOTTO {
        desk.at(LayoutRule::MottoText, cell, Seen::of_text(cell.text()));
    }
    desk.size(LayoutRule::MottoSize, cells, Setting::LayoutSizeMotto);
    desk.style(LayoutRule::MottoStyle, cells, BOLD);
    let above = desk.cells(ElementKind::NationalTitle).first();
    if let Some(above) = above
        && ((above.middle() - cell.middle()).abs() > 8.0 || above.baseline < cell.baseline)
    {
        desk.at(LayoutRule::MottoPlace, cell, Seen::of_text(cell.text()));
    }
    desk.rule(LayoutRule::MottoRule, cells, (95.0, 105.0));
}

fn agencies(desk: &mut Desk<'_>) {
    let parent = desk.cells(ElementKind::ParentAgency);
    desk.capitals(LayoutRule::ParentCase, parent);
    desk.size(LayoutRule::ParentSize, parent, Setting::LayoutSizeAgency);
    desk.style(LayoutRule::ParentStyle, parent, REGULAR);
    let agency = desk.cells(ElementKind::Agency);
    if agency.is_empty() {
        desk.missing(LayoutRule::AgencyMissing, 0);
        return;
    }
    desk.capitals(LayoutRule::AgencyCase, agency);
    desk.size(LayoutRule::AgencySize, agency, Setting::LayoutSizeAgency);
    desk.style(LayoutRule::AgencyStyle, agency, BOLD);
    let share = desk.range(Setting::LayoutRulePercent);
    desk.rule(LayoutRule::AgencyRule, agency, share);
}

/// Abbreviations of kinds that are not all capitals.
const MIXED: [&str; 4] = ["CTr", "TTr", "QyĐ", "TrS"];

fn number(desk: &mut Desk<'_>) {
    let cells = desk.cells(ElementKind::Number);
    let Some(cell) = cells.first() else {
        desk.missing(LayoutRule::NumberMissing, 0);
        return;
    };
    let text = cell.text();
    let Some(line) = number_of(&text) else { return };
    let groups: Vec<&str> = line.notation.split('-').map(str::trim).collect();
    let upper = groups
        .iter()
        .all(|group| MIXED.contains(group) || !group.chars().any(char::is_lowercase));
    let whole = line.colon && line.word && line.stroke && !line.notation.is_empty();
    if !whole || line.spaced || !upper {
        desk.at(LayoutRule::NumberForm, cell, Seen::of_text(text.clone()));
    }
    let small = line.number.parse::<u32>().is_ok_and(|number| number < 10);
    if small && line.number.len() < 2 {
        desk.at(LayoutRule::NumberPadding, cell, Seen::of_text(text.clone()));
    }
    if let Some(abbreviation) = desk
        .anatomy
        .kind()
        .and_then(vanthu_domain::kind::DocumentKind::abbreviation)
        && let Some(first) = groups.first()
        && !first.chars().any(|c| c.is_ascii_digit())
        && *first != abbreviation
        && !line.notation.is_empty()
    {
        let args = [("text", abbreviation.to_owned())];
        let place = Some((cell.page, cell.rect));
        desk.tell(
            LayoutRule::NotationKind,
            place,
            Seen::of_text(line.notation.clone()),
            &args,
        );
    }
    desk.size(LayoutRule::NumberSize, cells, Setting::LayoutSizeNumber);
    desk.style(LayoutRule::NumberStyle, cells, REGULAR);
    let open = desk
        .cells(ElementKind::PlaceAndDate)
        .first()
        .is_some_and(|date| date_of(&date.text()).is_some_and(|date| date.day.is_empty()));
    if line.number.is_empty() || open {
        desk.at(LayoutRule::NumberOpen, cell, Seen::of_text(text));
    }
}

fn date(desk: &mut Desk<'_>) {
    let cells = desk.cells(ElementKind::PlaceAndDate);
    let Some(cell) = cells.first() else {
        // Minutes tell their day in the text.
        if desk.anatomy.kind() != Some(vanthu_domain::kind::DocumentKind::Minutes) {
            desk.missing(LayoutRule::DateMissing, 0);
        }
        return;
    };
    let text = cell.text();
    let Some(line) = date_of(&text) else { return };
    if !line.words || !line.comma {
        desk.at(LayoutRule::DateForm, cell, Seen::of_text(text.clone()));
    }
    let day: Option<u32> = line.day.parse().ok();
    let month: Option<u32> = line.month.parse().ok();
    let short = |number: Option<u32>, text: &str, below: u32| {
        number.is_some_and(|it| it < below) && text.len() < 2
    };
    if short(day, &line.day, 10) || short(month, &line.month, 3) {
        desk.at(LayoutRule::DatePadding, cell, Seen::of_text(text.clone()));
    }
    if month.is_some_and(|month| (3..10).contains(&month)) && line.month.len() > 1 {
        desk.at(
            LayoutRule::DateOverpadding,
            cell,
            Seen::of_text(text.clone()),
        );
    }
    let given = !line.day.is_empty() && !line.month.is_empty() && !line.year.is_empty();
    if given && line.date().is_none() {
        desk.at(LayoutRule::DateReal, cell, Seen::of_text(text.clone()));
    }
    desk.size(LayoutRule::DateSize, cells, Setting::LayoutSizeDate);
    desk.style(LayoutRule::DateStyle, cells, ITALIC);
    let number = desk.cells(ElementKind::Number).first();
    if number.is_some_and(|number| (number.baseline - cell.baseline).abs() > 6.0) {
        desk.at(LayoutRule::DateLine, cell, Seen::of_text(text));
    }
}

/// 12 goes with 13 and 13, 13 with 14 and 14.
fn together(desk: &mut Desk<'_>) {
    let size = |kind| {
        desk.cells(kind)
            .first()
            .map(|cell: &Cell| cell.size.round())
    };
    let Some(first) = size(ElementKind::NationalTitle) else {
        return;
    };
    let (min, max) = desk.range(Setting::LayoutSizeNationalTitle);
    if first < min || first > max {
        return;
    }
    let second = first + 1.0;
    for (kind, setting) in [
        (ElementKind::Motto, Setting::LayoutSizeMotto),
        (ElementKind::PlaceAndDate, Setting::LayoutSizeDate),
    ] {
        let (min, max) = desk.range(setting);
        let Some(cell) = desk.cells(kind).first() else {
            continue;
        };
        let found = cell.size.round();
        // What is out of its own range has its own finding.
        if (found - second).abs() > 0.1 && (min..=max).contains(&found) {
            let args = [("first", first.to_string()), ("second", second.to_string())];
            let place = Some((cell.page, cell.rect));
            desk.tell(
                LayoutRule::SizesTogether,
                place,
                Seen::Size { points: cell.size },
                &args,
            );
            return;
        }
    }
}
