//! Signature block and recipients: cells 7a, 7b, 9b.

use vanthu_domain::kind::Template;
use vanthu_domain::layout::LayoutRule;
use vanthu_domain::profile::Setting;

use super::title::{badly_ended, is_dashed, items};
use super::{BOLD, BOLD_ITALIC, Desk, REGULAR, Seen};
use crate::anatomy::{Cell, ElementKind, honours_before, plain, prefix_of};

pub(super) fn check(desk: &mut Desk<'_>) {
    authority(desk);
    signer(desk);
    person(desk);
    recipients(desk);
}

fn last_page(desk: &Desk<'_>) -> u32 {
    let last = desk
        .body()
        .filter_map(|part| part.cells.last())
        .map(|cell| cell.page)
        .max();
    last.unwrap_or_default()
}

fn authority(desk: &mut Desk<'_>) {
    let blocks: Vec<&[Cell]> = desk
        .anatomy
        .parts_of(ElementKind::Authority)
        .map(|part| part.cells.as_slice())
        .collect();
    if blocks.is_empty() {
        let page = last_page(desk);
        desk.missing(LayoutRule::AuthorityMissing, page);
    }
    for cells in blocks {
        for (at, cell) in cells.iter().enumerate() {
            let text = cell.text();
            let Some((written, meant)) = prefix_of(&text) else {
                continue;
            };
            // Who signs for the head says so with a title of their own.
            let alone = meant == "KT." && at + 1 == cells.len();
            if written
                .split('.')
                .next()
                .map(|it| format!("{it}."))
                .as_deref()
                != Some(meant)
                || alone
            {
                desk.at(LayoutRule::AuthorityPrefix, cell, Seen::of_text(text));
                break;
            }
        }
        desk.capitals(LayoutRule::AuthorityCase, cells);
        desk.size(
            LayoutRule::AuthoritySize,
            cells,
            Setting::LayoutSizeAuthority,
        );
        desk.style(LayoutRule::AuthorityStyle, cells, BOLD);
    }
}

fn signer(desk: &mut Desk<'_>) {
    let names: Vec<&Cell> = desk
        .anatomy
        .parts_of(ElementKind::Signer)
        .filter_map(|part| part.cells.first())
        .collect();
    if names.is_empty() {
        let page = desk
            .cells(ElementKind::Authority)
            .last()
            .map_or_else(|| last_page(desk), |cell| cell.page);
        desk.missing(LayoutRule::SignerMissing, page);
    }
    for cell in names {
        let one = std::slice::from_ref(cell);
        let text = cell.text();
        if cell.is_upper() {
            desk.at(LayoutRule::SignerCase, cell, Seen::of_text(text.clone()));
        }
        if honours_before(&text).0.is_some() {
            desk.at(LayoutRule::SignerHonours, cell, Seen::of_text(text.clone()));
        }
        desk.size(LayoutRule::SignerSize, one, Setting::LayoutSizeAuthority);
        desk.style(LayoutRule::SignerStyle, one, BOLD);
        let titles = desk
            .anatomy
            .parts_of(ElementKind::Authority)
            .filter_map(|part| part.cells.last());
        let nearest = titles
            .map(|title| (title.middle() - cell.middle()).abs())
            .fold(f64::MAX, f64::min);
        if nearest < f64::MAX && nearest > 16.0 {
            desk.at(LayoutRule::SignerPlace, cell, Seen::of_text(text));
        }
    }
}

/// The block against who is to sign.
fn person(desk: &mut Desk<'_>) {
    let Some(expected) = desk.input.signer else {
        return;
    };
    let wanted = expected.authority_lines.join(" / ") + " / " + &expected.name;
    let args = [("text", wanted.trim_start_matches(" / ").to_owned())];
    let lines = desk.cells(ElementKind::Authority);
    let printed: Vec<String> = lines.iter().map(Cell::plain).collect();
    let expected_lines: Vec<String> = expected
        .authority_lines
        .iter()
        .map(|line| plain(line))
        .collect();
    if let Some(cell) = lines.first()
        && printed.join(" ") != expected_lines.join(" ")
    {
        let text: Vec<String> = lines.iter().map(Cell::text).collect();
        let place = Some((cell.page, cell.rect));
        desk.tell(
            LayoutRule::AuthorityPerson,
            place,
            Seen::of_text(text.join(" / ")),
            &args,
        );
    }
    let name = desk.cells(ElementKind::Signer).first();
    if let Some(cell) = name
        && plain(&honours_before(&cell.text()).1) != plain(&expected.name)
    {
        let place = Some((cell.page, cell.rect));
        desk.tell(
            LayoutRule::AuthorityPerson,
            place,
            Seen::of_text(cell.text()),
            &args,
        );
    }
}

fn recipients(desk: &mut Desk<'_>) {
    let free = desk
        .anatomy
        .kind()
        .is_some_and(|kind| kind.template() == Template::Free);
    let heads = desk.cells(ElementKind::RecipientsHead);
    let Some(head) = heads.first() else {
        if !free {
            let page = last_page(desk);
            desk.missing(LayoutRule::RecipientsMissing, page);
        }
        return;
    };
    let (size, _) = desk.range(Setting::LayoutSizeRecipientsHead);
    let styled = head.is_bold() == BOLD_ITALIC.bold && head.is_italic() == BOLD_ITALIC.italic;
    let place = Some((head.page, head.rect));
    let args = [("min", size.to_string())];
    if (head.size - size).abs() > super::SIZE_SLACK {
        desk.tell(
            LayoutRule::RecipientsHead,
            place,
            Seen::Size { points: head.size },
            &args,
        );
    } else if !styled {
        desk.tell(
            LayoutRule::RecipientsHead,
            place,
            Seen::of_style(head),
            &args,
        );
    } else if head.text() != "Nơi nhận:" {
        desk.tell(
            LayoutRule::RecipientsHead,
            place,
            Seen::of_text(head.text()),
            &args,
        );
    }
    let level = desk
        .cells(ElementKind::Authority)
        .first()
        .filter(|title| title.page == head.page);
    if level.is_some_and(|title| (title.baseline - head.baseline).abs() > 9.0) {
        desk.at(
            LayoutRule::RecipientsLevel,
            head,
            Seen::of_text(head.text()),
        );
    }
    list(desk);
}

fn list(desk: &mut Desk<'_>) {
    let cells = desk.cells(ElementKind::Recipients);
    let lines = items(cells);
    let Some((last, cell)) = lines.last() else {
        return;
    };
    desk.size(
        LayoutRule::RecipientsSize,
        cells,
        Setting::LayoutSizeRecipients,
    );
    desk.style(LayoutRule::RecipientsStyle, cells, REGULAR);
    let undashed = lines.iter().find(|(text, _)| !is_dashed(text));
    if let Some((text, cell)) = undashed {
        desk.at(
            LayoutRule::RecipientsForm,
            cell,
            Seen::of_text(text.clone()),
        );
    } else if let Some((text, cell)) = badly_ended(&lines) {
        desk.at(LayoutRule::RecipientsForm, cell, Seen::of_text(text));
    }
    if !last.trim_start_matches(['-', '–', ' ']).starts_with("Lưu") {
        desk.at(
            LayoutRule::RecipientsKept,
            cell,
            Seen::of_text(last.clone()),
        );
    }
    let addressed = !desk.cells(ElementKind::Addressees).is_empty();
    if addressed
        && let Some((first, cell)) = lines.first()
        && !plain(first).contains("nhu ")
    {
        desk.at(
            LayoutRule::RecipientsAsAbove,
            cell,
            Seen::of_text(first.clone()),
        );
    }
}
