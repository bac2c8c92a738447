//! Words that Appendix II writes otherwise. Advice only: names and quotations may stand as they are.

use vanthu_domain::layout::LayoutRule;

use super::{Desk, Seen};
use crate::anatomy::{Cell, ElementKind, roman};

/// What is written, and what should be. Whole words.
const WRITINGS: &[(&str, &str)] = &[
    ("ủy ban nhân dân", "Ủy ban nhân dân"),
    ("uỷ ban nhân dân", "Ủy ban nhân dân"),
    ("Ủy ban Nhân dân", "Ủy ban nhân dân"),
    ("Uỷ ban Nhân dân", "Ủy ban nhân dân"),
    ("hội đồng nhân dân", "Hội đồng nhân dân"),
    ("Hội đồng Nhân dân", "Hội đồng nhân dân"),
    ("thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
    ("thủ đô Hà Nội", "Thủ đô Hà Nội"),
    ("thủ tướng chính phủ", "Thủ tướng Chính phủ"),
    ("Thủ tướng chính phủ", "Thủ tướng Chính phủ"),
    ("tết Nguyên đán", "Tết Nguyên đán"),
    ("tết nguyên đán", "Tết Nguyên đán"),
    ("nghị định số", "Nghị định số"),
    ("quyết định số", "Quyết định số"),
    ("thông tư số", "Thông tư số"),
    ("nghị quyết số", "Nghị quyết số"),
    ("chỉ thị số", "Chỉ thị số"),
    ("công văn số", "Công văn số"),
    ("kế hoạch số", "Kế hoạch số"),
];

/// At most so many pieces of advice about a document.
const MOST: usize = 12;

pub(super) fn check(desk: &mut Desk<'_>) {
    let cells: Vec<&Cell> = desk.body().flat_map(|part| &part.cells).collect();
    let mut told = 0;
    for cell in cells {
        for (written, wanted) in advice(&cell.text()) {
            if told == MOST {
                return;
            }
            told += 1;
            let place = Some((cell.page, spot(cell, &written)));
            desk.tell(
                LayoutRule::Capitals,
                place,
                Seen::of_text(written),
                &[("text", wanted)],
            );
        }
    }
    first_letters(desk);
}

/// A paragraph begins with a capital.
fn first_letters(desk: &mut Desk<'_>) {
    let starts: Vec<&Cell> = desk
        .body()
        .filter(|part| part.kind == ElementKind::Paragraph && part.confidence > 70)
        .filter_map(|part| part.cells.first())
        .filter(|cell| cell.text().chars().next().is_some_and(char::is_lowercase))
        .collect();
    if let Some(cell) = starts.first() {
        let text = cell.text();
        let first: String = text
            .split_whitespace()
            .take(3)
            .collect::<Vec<_>>()
            .join(" ");
        let mut letters = first.chars();
        let wanted: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect();
        desk.tell(
            LayoutRule::Capitals,
            Some((cell.page, cell.rect)),
            Seen::of_text(first),
            &[("text", wanted)],
        );
    }
}

/// What is written otherwise in a line, and how it should be.
fn advice(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = WRITINGS
        .iter()
        .filter(|(written, _)| holds_words(text, written))
        .map(|(written, wanted)| ((*written).to_owned(), (*wanted).to_owned()))
        .collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(3) {
        let [before, word, number] = pair else {
            continue;
        };
        let number = number.trim_end_matches([',', '.', ';', ':', ')']);
        let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
        let in_sentence = !before.ends_with(['.', ':', '?', '!']) && !before.ends_with("./");
        let letter = number.chars().count() == 1 && number.chars().all(char::is_lowercase);
        let wanted = match *word {
            "điều" if is_number && *before != "số" => "Điều",
            "chương" if roman(number).is_some() => "Chương",
            "Khoản" if is_number && in_sentence => "khoản",
            "Điểm" if letter && in_sentence => "điểm",
            "quận" if is_number => "Quận",
            _ => continue,
        };
        found.push((format!("{word} {number}"), format!("{wanted} {number}")));
    }
    found
}

fn holds_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text.get(..at).and_then(|it| it.chars().last());
        let after = text
            .get(at + words.len()..)
            .and_then(|it| it.chars().next());
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        apart(before) && apart(after)
    })
}

/// Where these words stand on the line; the line where that can't be told.
fn spot(cell: &Cell, words: &str) -> vanthu_reader::Rect {
    let wanted: Vec<&str> = words.split_whitespace().collect();
    let bare = |text: &str| {
        text.trim_end_matches(|c: char| !c.is_alphanumeric())
            .to_owned()
    };
    let found = cell.pieces.windows(wanted.len().max(1)).find(|pieces| {
        pieces
            .iter()
            .zip(&wanted)
            .all(|(piece, word)| bare(&vanthu_domain::text::nfc(&piece.text)) == *word)
    });
    let rect = found.and_then(|pieces| {
        pieces
            .iter()
            .map(|piece| piece.rect)
            .reduce(|all, one| all.union(&one))
    });
    rect.unwrap_or(cell.rect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_written_as_appendix_ii_says() {
        let wanted = |text: &str| {
            advice(text)
                .into_iter()
                .map(|(_, it)| it)
                .collect::<Vec<_>>()
        };
        assert_eq!(wanted("theo điều 5 của Luật"), ["Điều 5"]);
        assert_eq!(wanted("tại Khoản 2 Điều 103"), ["khoản 2"]);
        assert_eq!(wanted("Điểm a khoản 2"), [] as [&str; 0]);
        assert_eq!(wanted("tại Điểm a khoản 2"), ["điểm a"]);
        assert_eq!(wanted("của ủy ban nhân dân xã"), ["Ủy ban nhân dân"]);
        assert_eq!(
            wanted("của Ủy ban nhân dân xã, điểm a khoản 2 Điều 3"),
            [] as [&str; 0]
        );
        assert_eq!(wanted("chương trình IV"), [] as [&str; 0]);
    }
}
