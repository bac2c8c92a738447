//! Documents whose form other rules prescribe: they are told, and not judged by the rules of administrative ones.

use vanthu_domain::layout::LayoutRule;

use super::{Desk, Seen};
use crate::anatomy::{Cell, ElementKind, number_of};

/// At the head of the Party's documents, where others have the national title.
const PARTY: &str = "ĐẢNG CỘNG SẢN VIỆT NAM";

/// Whether other rules hold for the document; a finding says which.
pub(super) fn is_another(desk: &mut Desk<'_>) -> bool {
    let of_party = party(desk);
    let normative = normative(desk);
    for (rule, cell) in [
        (LayoutRule::PartyForm, &of_party),
        (LayoutRule::NormativeForm, &normative),
    ] {
        if let Some(cell) = cell {
            desk.at(rule, cell, Seen::of_text(cell.text()));
        }
    }
    of_party.is_some() || normative.is_some()
}

fn party(desk: &Desk<'_>) -> Option<Cell> {
    if !desk.cells(ElementKind::NationalTitle).is_empty() {
        return None;
    }
    let sheet = desk.anatomy.sheets.first()?;
    let head = sheet
        .all
        .iter()
        .filter(|cell| cell.baseline > 0.8 * sheet.height);
    head.into_iter()
        .find(|cell| cell.text().contains(PARTY))
        .cloned()
}

/// The notation of legal normative documents has the year before the kind: 12/2026/QĐ-UBND.
fn normative(desk: &Desk<'_>) -> Option<Cell> {
    let cell = desk.cells(ElementKind::Number).first()?;
    let line = number_of(&cell.text())?;
    let (year, rest) = line.notation.split_once('/')?;
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    (is_year && !rest.is_empty()).then(|| cell.clone())
}
