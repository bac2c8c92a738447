//! What was found about the signatures of a file (kết quả kiểm tra chữ ký số), to be printed and kept: A4 upright.
//!
//! The words come from whoever judged; this knows only how they stand on paper. Colour never stands alone: each mark
//! is a word in a frame, so that a copy in black and white says the same.

use serde::Serialize;
use vanthu_domain::Day;

use crate::engine::{self, Template};
use crate::letter::{breakable, clean};
use crate::{LayoutError, fonts};

/// A digest or a distinguished name breaks after so many letters.
const LONG_WORD: usize = 24;

/// The whole paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictPaper {
    /// Who judged, in a few words.
    pub maker: String,
    /// What it is.
    pub title: String,
    /// Which file.
    pub file: String,
    /// The verdict on the whole.
    pub outcome: VerdictPoint,
    /// What to do now; empty for nothing.
    pub now: String,
    /// By which article; empty for none.
    pub article: String,
    /// Facts of the file: name and value.
    pub facts: Vec<(String, String)>,
    /// What is remarkable about the file itself.
    pub points: Vec<VerdictPoint>,
    /// One part a signature.
    pub parts: Vec<VerdictPart>,
    /// By what it was judged, one sentence each.
    pub notes: Vec<String>,
    /// The day on which it was judged.
    pub made_on: Day,
    /// `vi` or `en`.
    pub language: &'static str,
}

/// What one signature is found to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerdictPart {
    /// Whose.
    pub title: String,
    /// What it is worth.
    pub outcome: VerdictPoint,
    /// Point by point.
    pub points: Vec<VerdictPoint>,
    /// Facts: name and value.
    pub facts: Vec<(String, String)>,
    /// Chain, revisions, steps.
    pub tables: Vec<VerdictTable>,
}

/// One statement with its mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerdictPoint {
    /// Its meaning.
    pub tone: VerdictTone,
    /// The mark, in a word or two.
    pub mark: String,
    /// The statement.
    pub text: String,
    /// Its evidence; empty for none.
    pub note: String,
}

/// What a mark means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictTone {
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// Not decided.
    Open,
    /// For information.
    #[default]
    Note,
}

impl VerdictTone {
    /// The word of templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "open",
            Self::Note => "note",
        }
    }
}

/// A table inside a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerdictTable {
    /// What it lists.
    pub title: String,
    /// Headings with their widths among each other.
    pub columns: Vec<(String, u8)>,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

type Pieces = Vec<String>;

#[derive(Serialize)]
struct Data {
    language: &'static str,
    maker: String,
    title: String,
    file: Pieces,
    outcome: Point,
    now: String,
    article: String,
    facts: Vec<(String, Pieces)>,
    points: Vec<Point>,
    parts: Vec<Part>,
    notes: Vec<Pieces>,
}

#[derive(Serialize)]
struct Part {
    title: String,
    outcome: Point,
    points: Vec<Point>,
    facts: Vec<(String, Pieces)>,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Point {
    tone: VerdictTone,
    mark: String,
    text: Pieces,
    note: Pieces,
}

#[derive(Serialize)]
struct Table {
    title: String,
    columns: Vec<(String, u8)>,
    rows: Vec<Vec<Pieces>>,
}

/// Typesets it to PDF/A-2a. What is in a foreign file may hold any letter: one that the font can't show stands as a
/// question mark.
pub fn typeset_verdict(paper: &VerdictPaper) -> Result<Vec<u8>, LayoutError> {
    let data = Data {
        language: paper.language,
        maker: said(&paper.maker),
        title: said(&paper.title),
        file: pieces(&paper.file),
        outcome: point(&paper.outcome),
        now: said(&paper.now),
        article: said(&paper.article),
        facts: facts(&paper.facts),
        points: paper.points.iter().map(point).collect(),
        parts: paper.parts.iter().map(part).collect(),
        notes: paper.notes.iter().map(|note| pieces(note)).collect(),
    };
    let document = engine::compile(Template::Verdict, &data)?;
    engine::export(&document, paper.made_on)
}

fn part(part: &VerdictPart) -> Part {
    Part {
        title: said(&part.title),
        outcome: point(&part.outcome),
        points: part.points.iter().map(point).collect(),
        facts: facts(&part.facts),
        tables: part.tables.iter().map(table).collect(),
    }
}

fn point(point: &VerdictPoint) -> Point {
    Point {
        tone: point.tone,
        mark: said(&point.mark),
        text: pieces(&point.text),
        note: pieces(&point.note),
    }
}

fn table(table: &VerdictTable) -> Table {
    let columns = table.columns.iter();
    let row = |row: &Vec<String>| row.iter().map(|cell| pieces(cell)).collect();
    Table {
        title: said(&table.title),
        columns: columns
            .map(|(title, weight)| (said(title), *weight))
            .collect(),
        rows: table.rows.iter().map(row).collect(),
    }
}

fn facts(facts: &[(String, String)]) -> Vec<(String, Pieces)> {
    facts
        .iter()
        .map(|(name, value)| (said(name), pieces(value)))
        .collect()
}

fn said(text: &str) -> String {
    fonts::shown(&clean(text))
}

/// The text in pieces; between two of them a long word may break.
fn pieces(text: &str) -> Pieces {
    let mut out = Vec::new();
    breakable(&said(text), LONG_WORD, |piece, _| out.push(piece));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract_text;

    fn point(tone: VerdictTone, mark: &str, text: &str) -> VerdictPoint {
        VerdictPoint {
            tone,
            mark: mark.to_owned(),
            text: text.to_owned(),
            note: "22/11/2026 08:12:01".to_owned(),
        }
    }

    fn paper(parts: usize) -> VerdictPaper {
        let good = point(VerdictTone::Good, "Đạt", "Nội dung đã ký còn nguyên vẹn");
        VerdictPaper {
            maker: "Văn Thư".to_owned(),
            title: "Kết quả kiểm tra chữ ký số".to_owned(),
            file: "công văn #[1] 🎉.pdf".to_owned(),
            outcome: good.clone(),
            now: "Không phải làm gì.".to_owned(),
            article: "Nghị định 68/2024/NĐ-CP, Điều 31".to_owned(),
            facts: vec![("SHA-256".to_owned(), "ab".repeat(32))],
            points: vec![point(VerdictTone::Bad, "Không đạt", "Có dữ liệu thừa")],
            parts: vec![
                VerdictPart {
                    title: "Nguyễn Văn Mẫu".to_owned(),
                    outcome: good.clone(),
                    points: vec![good; 6],
                    facts: vec![("Khuôn dạng".to_owned(), "ETSI.CAdES.detached".to_owned())],
                    tables: vec![VerdictTable {
                        title: "Chuỗi chứng thư".to_owned(),
                        columns: vec![("Chứng thư".to_owned(), 3), ("Hiệu lực".to_owned(), 2)],
                        rows: vec![
                            vec!["CA Bình Mẫu".to_owned(), "2026 – 2028".to_owned()];
                            4
                        ],
                    }],
                };
                parts
            ],
            notes: vec!["Theo ETSI EN 319 102-1.".to_owned()],
            made_on: Day::new(2026, 11, 22).unwrap(),
            language: "vi",
        }
    }

    #[test]
    fn every_word_stands_on_the_paper_and_strangers_letters_are_no_markup() {
        let pdf = typeset_verdict(&paper(5)).unwrap();
        let pages = extract_text(&pdf).unwrap();
        assert!(pages.len() > 1 && pages[0].height > pages[0].width);
        let first = pages[0].text();
        for words in [
            "Kết quả kiểm tra chữ ký số",
            "công văn #[1] ?.pdf",
            "Không đạt",
            "Có dữ liệu thừa",
            "Chuỗi chứng thư",
            "CA Bình Mẫu",
        ] {
            assert!(first.contains(words), "{words} is not in\n{first}");
        }
        assert!(pages.last().unwrap().text().contains("EN 319 102-1"));
        assert_eq!(pdf, typeset_verdict(&paper(5)).unwrap());
    }

    #[test]
    fn a_file_without_signatures_has_a_paper_too() {
        assert!(typeset_verdict(&paper(0)).is_ok());
    }
}
