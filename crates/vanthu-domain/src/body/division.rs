//! Parts, chapters, sections and sub-sections (phần, chương, mục, tiểu mục).

use super::finding::FindingCode;
use super::marker::roman;

/// The word of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionWord {
    /// Phần, with a Roman figure.
    Part,
    /// Chương, with a Roman figure.
    Chapter,
    /// Mục, with an Arabic figure.
    Section,
    /// Tiểu mục, with an Arabic figure.
    SubSection,
}

impl DivisionWord {
    /// Every word, the longest text first where one begins like another.
    const ALL: [Self; 4] = [Self::Part, Self::Chapter, Self::Section, Self::SubSection];

    /// The word.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Part => "Phần",
            Self::Chapter => "Chương",
            Self::Section => "Mục",
            Self::SubSection => "Tiểu mục",
        }
    }

    /// Whether its figure is Roman (Decree 30/2020/NĐ-CP, Appendix I, II.6d).
    pub const fn is_roman(self) -> bool {
        matches!(self, Self::Part | Self::Chapter)
    }
}

/// `Chương II` with the title that may follow on the same line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division<'a> {
    /// Its word.
    pub word: DivisionWord,
    /// Its figure as typed.
    pub figure: &'a str,
    /// What follows on the line, without the mark between.
    pub title: &'a str,
}

impl<'a> Division<'a> {
    /// Reads a line that is said to be a heading.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        DivisionWord::ALL.into_iter().find_map(|word| {
            let rest = strip(text, word.text())?;
            let end = rest.find([' ', ':', '.', '-', '–']).unwrap_or(rest.len());
            let (figure, title) = rest.split_at_checked(end)?;
            value(figure)?;
            let title = title.trim_start_matches([' ', ':', '.', '-', '–']);
            Some(Self {
                word,
                figure,
                title,
            })
        })
    }

    /// Reads a line of the text: its word and figure alone, or with a title in capitals. A sentence that
    /// begins with a reference ("Mục 2 của Quy chế này") is none.
    pub fn alone(text: &'a str) -> Option<Self> {
        let starts = text.starts_with(char::is_uppercase);
        let found = Self::read(text).filter(|_| starts)?;
        let is_title = found.title.chars().any(char::is_alphabetic)
            && !found.title.chars().any(char::is_lowercase);
        (found.title.is_empty() || is_title).then_some(found)
    }

    /// Word and figure: `Chương II`.
    pub fn name(&self) -> String {
        format!("{} {}", self.word.text(), self.figure.to_uppercase())
    }
}

/// Takes the word and the space behind it off, whatever its case.
fn strip<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in word.chars().chain([' ']) {
        let found = rest.next()?;
        if found.to_lowercase().ne(expected.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str().trim_start())
}

/// The value of an Arabic or a Roman figure, and whether it is Roman.
fn value(figure: &str) -> Option<(u32, bool)> {
    if figure.is_empty() || figure.len() > 7 {
        return None;
    }
    if figure.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((figure.parse().ok()?, false));
    }
    let upper = figure.to_uppercase();
    (1..=199)
        .find(|at| roman(*at) == upper)
        .map(|at| (at, true))
}

/// `I. KẾT QUẢ ĐẠT ĐƯỢC`, `A. PHẦN CHUNG`: a section with its title in capitals.
pub(super) fn is_section(text: &str) -> bool {
    let Some((mark, title)) = text.split_once(". ") else {
        return false;
    };
    let figure = matches!(value(mark), Some((_, true)))
        || (mark.len() == 1 && mark.bytes().all(|byte| byte.is_ascii_uppercase()));
    figure
        && mark.chars().all(char::is_uppercase)
        && title.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !title.chars().any(char::is_lowercase)
}

/// The figures seen last, by word.
#[derive(Debug, Default)]
pub(super) struct Last([Option<u32>; 4]);

impl Last {
    /// Remembers it. What is wrong with it, and what was expected.
    pub(super) fn check(&mut self, division: &Division<'_>) -> Option<(FindingCode, String)> {
        let (found, is_roman) = value(division.figure)?;
        let word = division.word;
        let at = word as usize;
        let expected = self.0.get(at).copied().flatten().map_or(1, |last| last + 1);
        for (place, last) in self.0.iter_mut().enumerate() {
            if place == at {
                *last = Some(found);
            } else if place > at && word != DivisionWord::Part {
                *last = None;
            }
        }
        let figure = |value: u32| {
            let figure = if word.is_roman() {
                roman(value)
            } else {
                value.to_string()
            };
            format!("{} {figure}", word.text())
        };
        if is_roman != word.is_roman() {
            return Some((FindingCode::DivisionFigure, figure(found)));
        }
        // Chapters count on through the parts, or begin again in each.
        (found != expected && found != 1).then(|| (FindingCode::DivisionOrder, figure(expected)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Block, Body};

    fn headings(source: &str) -> Vec<(bool, String)> {
        let shown = |block: &Block| match block {
            Block::Heading { centred, .. } => {
                let mut text = String::new();
                block.write_plain(&mut text);
                Some((*centred, text.trim().to_owned()))
            }
            _ => None,
        };
        Body::parse(source)
            .body
            .blocks()
            .iter()
            .filter_map(shown)
            .collect()
    }

    #[test]
    fn divisions_are_read_with_and_without_marks_and_titles() {
        for source in [
            "## Chương I\n## QUY ĐỊNH CHUNG",
            "Chương I\nQUY ĐỊNH CHUNG",
            "**Chương I**\n**QUY ĐỊNH CHUNG**",
            "Chương I. QUY ĐỊNH CHUNG",
            "CHƯƠNG I: QUY ĐỊNH CHUNG",
            "## Chương i - QUY ĐỊNH CHUNG",
        ] {
            let expected = [
                (true, "Chương I".to_owned()),
                (true, "QUY ĐỊNH CHUNG".to_owned()),
            ];
            assert_eq!(headings(source), expected, "{source}");
        }
        assert_eq!(headings("## Tiểu mục 2")[0].1, "Tiểu mục 2");
    }

    #[test]
    fn a_reference_in_a_sentence_is_no_division() {
        for source in [
            "Mục 2 của Quy chế này được bãi bỏ.",
            "Chương trình làm việc",
            "Phần việc còn lại",
            "mục 1",
            "Mục tiêu",
        ] {
            assert_eq!(headings(source), [], "{source}");
        }
    }

    #[test]
    fn sections_with_roman_figures_are_headings_on_the_left() {
        assert_eq!(
            headings("I. KẾT QUẢ ĐẠT ĐƯỢC"),
            [(false, "I. KẾT QUẢ ĐẠT ĐƯỢC".to_owned())]
        );
        assert_eq!(headings("A. PHẦN CHUNG").len(), 1);
        assert_eq!(headings("I. Kết quả"), []);
        assert_eq!(headings("Kính gửi.\nUBND. XÃ HỘI"), []);
    }

    #[test]
    fn figures_out_of_order_and_of_the_wrong_kind_are_told() {
        let codes = |source: &str| {
            let findings = Body::parse(source).findings;
            let told = findings
                .into_iter()
                .map(|it| (it.line, it.code, it.expected));
            told.collect::<Vec<_>>()
        };
        let wrong = |line, code, expected: &str| (line, code, Some(expected.to_owned()));
        assert_eq!(
            codes("Chương I\nMục 1\nMục 2\nChương II\nMục 1\nMục 3\nChương 3"),
            [
                wrong(6, FindingCode::DivisionOrder, "Mục 2"),
                wrong(7, FindingCode::DivisionFigure, "Chương III"),
            ]
        );
        assert_eq!(
            codes("Phần I\nChương I\nChương II\nPhần II\nChương III"),
            []
        );
        assert_eq!(codes("Phần I\nChương I\nChương II\nPhần II\nChương I"), []);
        assert_eq!(
            codes("Chương I\nChương III"),
            [wrong(2, FindingCode::DivisionOrder, "Chương II")]
        );
    }
}
