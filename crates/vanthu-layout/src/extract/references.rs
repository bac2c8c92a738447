//! Other documents that a document names: "Kế hoạch số 118/KH-UBND ngày 14 tháng 01 năm 2026".

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;
use vanthu_reader::Rect;

use crate::anatomy::{Anatomy, ElementKind, Part, plain};

/// A document that is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The word for its kind, as it is written: `Kế hoạch`.
    pub kind: Option<String>,
    /// Number and notation: `118/KH-UBND`.
    pub number: String,
    /// Its date.
    pub date: Option<Day>,
    /// How sure that is, in percent.
    pub confidence: u8,
    /// The page, from 0.
    pub page: u32,
    /// The line where it begins.
    pub rect: Rect,
}

/// At most so many are told.
const MOST: usize = 200;

/// Words for kinds that are named with a number, longest first.
const KINDS: &[&str] = &[
    "nghi quyet lien tich",
    "thong tu lien tich",
    "nghi dinh",
    "nghi quyet",
    "quyet dinh",
    "thong tu",
    "chi thi",
    "ke hoach",
    "cong van",
    "bao cao",
    "to trinh",
    "thong bao",
    "huong dan",
    "cong dien",
    "giay moi",
    "chuong trinh",
    "luat",
    "ket luan",
    "quy dinh",
    "quy che",
    "bien ban",
    "van ban",
    "phieu chuyen",
    "de an",
    "phuong an",
];

/// The documents that are named, each number once.
pub(super) fn find(anatomy: &Anatomy) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    for part in &anatomy.parts {
        let counts = matches!(
            part.kind,
            ElementKind::Basis
                | ElementKind::Paragraph
                | ElementKind::Article
                | ElementKind::Clause
                | ElementKind::Point
                | ElementKind::Dash
                | ElementKind::Footnote
                | ElementKind::LetterAbstract
                | ElementKind::Abstract
                | ElementKind::AppendixGuide
        );
        if counts {
            in_part(part, &mut found);
        }
    }
    found
}

fn in_part(part: &Part, found: &mut Vec<Reference>) {
    // Words with the line that each stands on.
    let words: Vec<(String, usize)> = part
        .cells
        .iter()
        .enumerate()
        .flat_map(|(line, cell)| {
            let text = cell.text();
            text.split_whitespace()
                .map(|word| (word.to_owned(), line))
                .collect::<Vec<_>>()
        })
        .collect();
    for at in 0..words.len() {
        let Some((number, used)) = number_at(&words, at) else {
            continue;
        };
        if found.len() == MOST || found.iter().any(|it| it.number == number) {
            continue;
        }
        let word = |at: usize| {
            words
                .get(at)
                .map(|(word, _)| plain(word))
                .unwrap_or_default()
        };
        let after_so = at > 0 && matches!(word(at - 1).as_str(), "so" | "so:");
        let before = if after_so { at - 1 } else { at };
        let kind = kind_before(&words, before);
        let Some(cell) = words.get(at).and_then(|(_, line)| part.cells.get(*line)) else {
            continue;
        };
        if !after_so && kind.is_none() {
            continue;
        }
        found.push(Reference {
            confidence: if after_so && kind.is_some() { 95 } else { 75 },
            kind,
            number,
            date: date_after(&words, at + used),
            page: cell.page,
            rect: cell.rect,
        });
    }
}

/// Number and notation at a word, and over how many words they run: a hyphen at the end of a line goes on.
fn number_at(words: &[(String, usize)], at: usize) -> Option<(String, usize)> {
    let (first, _) = words.get(at)?;
    let trim = |text: &str| {
        text.trim_end_matches([',', ';', '.', ')', ':'])
            .trim_start_matches('(')
            .to_owned()
    };
    let mut text = first.clone();
    let mut used = 1;
    while text.ends_with(['-', '/']) && used < 3 {
        text.push_str(&words.get(at + used)?.0);
        used += 1;
    }
    let text = trim(&text);
    let (number, notation) = text.split_once('/')?;
    let digits = (1..=5).contains(&number.len()) && number.chars().all(|c| c.is_ascii_digit());
    // A date in figures has no letters.
    let letters = notation.chars().filter(|c| c.is_alphabetic()).count();
    let upper = notation.chars().filter(|c| c.is_uppercase()).count();
    (digits && upper >= 2 && letters >= 2).then_some((text, used))
}

fn kind_before(words: &[(String, usize)], at: usize) -> Option<String> {
    let longest = 4.min(at);
    (1..=longest).rev().find_map(|count| {
        let part: Vec<&str> = words
            .get(at - count..at)?
            .iter()
            .map(|(word, _)| word.as_str())
            .collect();
        let text = part.join(" ");
        KINDS.contains(&plain(&text).as_str()).then_some(text)
    })
}

/// "ngày 14 tháng 01 năm 2026", "ngày 14/01/2026", within a few words.
fn date_after(words: &[(String, usize)], from: usize) -> Option<Day> {
    let near = words.get(from..words.len().min(from + 3))?;
    let at = from + near.iter().position(|(word, _)| plain(word) == "ngay")?;
    let text = |offset: usize| {
        let word = words
            .get(at + offset)
            .map(|(word, _)| word.as_str())
            .unwrap_or_default();
        word.trim_matches(|c: char| !c.is_ascii_digit() && c != '/' && c != '-')
            .to_owned()
    };
    let figures = text(1);
    let parts: Vec<&str> = figures.split(['/', '-']).collect();
    if let [day, month, year] = parts.as_slice() {
        return Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    }
    if plain(&words.get(at + 2)?.0) != "thang" || plain(&words.get(at + 4)?.0) != "nam" {
        return None;
    }
    Day::new(
        text(5).parse().ok()?,
        text(3).parse().ok()?,
        figures.parse().ok()?,
    )
}
