//! The body of a document (nội dung văn bản): its structure, and the parser of the plain-text
//! notation that clerks type.
//!
//! | typed | meaning |
//! |---|---|
//! | a line | a paragraph; every line is one |
//! | `1. ` | a clause (khoản); `1.1. ` a sub-clause |
//! | `a) ` | a point (điểm), letters in the Vietnamese order a, b, c, d, đ, e, g, h, i, k … |
//! | `- `, `+ ` | a dash (gạch đầu dòng) |
//! | `Điều 1. ` | an article |
//! | `## …`, `### …` | a heading; chapters and sections are centred |
//! | `Chương I`, `Mục 1`, `I. KẾT QUẢ` | a division, with or without `##`; a title in capitals follows it |
//! | `**…**`, `_…_` | bold (đậm), italic (nghiêng) |
//! | `[^1]` … `[^1]: …` | a footnote (chú thích) and its text |
//! | <code>&#124; a &#124; b &#124;</code> | a table whose first row is its header |
//! | `# Phụ lục: TITLE` | an appendix on pages of its own |
//! | `# Quy chế: TITLE` | a text that is issued with the document, on pages of its own (mẫu 1.3) |
//! | `\` | takes the following mark as it is |
//!
//! Parsing never fails. What looks wrong is told as a [`Finding`] with its line, and the text is kept.

mod division;
mod finding;
mod inline;
mod marker;
mod parse;
mod table;

use serde::{Deserialize, Serialize};

use crate::kind::DocumentKind;

pub use division::{Division, DivisionWord};
pub use finding::{Finding, FindingCode};
pub use inline::Inline;
pub use marker::{POINT_LETTERS, roman};
pub use table::{ColumnAlign, Table};

/// The body of a document (nội dung văn bản) with the text it was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    source: String,
    blocks: Vec<Block>,
    footnotes: Vec<Footnote>,
    appendices: Vec<Appendix>,
}

/// One block of a body, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Block {
    /// A plain paragraph (đoạn văn).
    Paragraph {
        /// Its text.
        content: Vec<Inline>,
    },
    /// A legal basis (căn cứ ban hành), set in italics in typed documents.
    Basis {
        /// Its text, with the word "Căn cứ".
        content: Vec<Inline>,
    },
    /// A heading: phần, chương, mục, or a title of a group of clauses.
    Heading {
        /// 2 for `## `, 3 for `### `.
        level: u8,
        /// Whether it is centred on lines of its own (Phần, Chương, Mục and the title below).
        centred: bool,
        /// Its text.
        content: Vec<Inline>,
    },
    /// An article (điều).
    Article {
        /// Its number as typed, "1" or "1a".
        number: String,
        /// Its title or text.
        content: Vec<Inline>,
    },
    /// A clause (khoản).
    Clause {
        /// Its number without the final full stop, "1" or "1.1".
        number: String,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A point (điểm).
    Point {
        /// Its letter.
        letter: String,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A dash (gạch đầu dòng).
    Dash {
        /// `-`, or `+` for the level below.
        mark: char,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A table (bảng).
    Table(Table),
}

/// A footnote (chú thích cuối trang), in the order of the first mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footnote {
    /// The key the clerk typed.
    pub key: String,
    /// Its text.
    pub content: Vec<Inline>,
}

/// An appendix (phụ lục) of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appendix {
    /// Its title without the word "Phụ lục" and its number.
    pub title: String,
    /// The kind of a text that is issued or approved by the document (quy chế, quy định … ban hành kèm
    /// theo); none for an appendix.
    #[serde(default)]
    pub issued: Option<DocumentKind>,
    /// Its contents.
    pub blocks: Vec<Block>,
}

/// What [`Body::parse`] answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The body.
    pub body: Body,
    /// What looks wrong, by line.
    pub findings: Vec<Finding>,
}

impl Body {
    /// Reads the notation described at the head of this module. Never fails.
    pub fn parse(source: &str) -> Parsed {
        parse::parse(source)
    }

    /// The text as it was typed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The blocks of the main text.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The footnotes, in the order of their first mention; [`Inline::Footnote`] holds the index.
    pub fn footnotes(&self) -> &[Footnote] {
        &self.footnotes
    }

    /// The appendices, in order.
    pub fn appendices(&self) -> &[Appendix] {
        &self.appendices
    }

    /// Whether there is nothing to read in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.appendices.is_empty()
    }

    /// The number an appendix carries: none when it is alone, otherwise Roman. A text that is issued
    /// with the document has none and does not count.
    pub fn appendix_number(&self, index: usize) -> Option<String> {
        let is_appendix = |appendix: &&Appendix| appendix.issued.is_none();
        self.appendices.get(index).filter(is_appendix)?;
        let all = self.appendices.iter().filter(is_appendix).count();
        let before = self.appendices.iter().take(index).filter(is_appendix);
        (all > 1).then(|| roman(u32::try_from(before.count() + 1).unwrap_or(u32::MAX)))
    }

    /// All of its words without marks, one block a line: for search and comparison.
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            block.write_plain(&mut out);
        }
        for footnote in &self.footnotes {
            inline::write_plain(&footnote.content, &mut out);
            out.push('\n');
        }
        for appendix in &self.appendices {
            out.push_str(appendix.issued.map_or("Phụ lục", DocumentKind::name));
            out.push_str(": ");
            out.push_str(&appendix.title);
            out.push('\n');
            for block in &appendix.blocks {
                block.write_plain(&mut out);
            }
        }
        out
    }
}

impl Block {
    fn write_plain(&self, out: &mut String) {
        match self {
            Self::Paragraph { content }
            | Self::Basis { content }
            | Self::Heading { content, .. } => {
                inline::write_plain(content, out);
            }
            Self::Article { number, content } => {
                out.push_str("Điều ");
                out.push_str(number);
                out.push_str(". ");
                inline::write_plain(content, out);
            }
            Self::Clause { number, content } => {
                out.push_str(number);
                out.push_str(". ");
                inline::write_plain(content, out);
            }
            Self::Point { letter, content } => {
                out.push_str(letter);
                out.push_str(") ");
                inline::write_plain(content, out);
            }
            Self::Dash { mark, content } => {
                out.push(*mark);
                out.push(' ');
                inline::write_plain(content, out);
            }
            Self::Table(table) => table.write_plain(out),
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_its_source_and_survives_json() {
        let source = "Mở đầu **đậm**[^a].\r\n1. Một;\na) Điểm a.\n[^a]: Chú thích.\n";
        let body = Body::parse(source).body;
        assert_eq!(body.source(), source);
        let json = serde_json::to_string(&body).unwrap();
        assert_eq!(serde_json::from_str::<Body>(&json).unwrap(), body);
    }

    #[test]
    fn a_single_appendix_has_no_number_and_two_have_roman_ones() {
        let one = Body::parse("Theo Phụ lục.\n# Phụ lục: DANH SÁCH\nMột").body;
        assert_eq!(one.appendix_number(0), None);
        let two = Body::parse("Theo Phụ lục.\n# Phụ lục: MỘT\nx\n# Phụ lục: HAI\ny").body;
        assert_eq!(two.appendix_number(0).as_deref(), Some("I"));
        assert_eq!(two.appendix_number(1).as_deref(), Some("II"));
        assert_eq!(two.appendix_number(2), None);
    }

    #[test]
    fn a_text_that_is_issued_with_the_document_has_its_kind_and_no_number() {
        let body = Body::parse(
            "Ban hành Quy chế và Phụ lục.\n# Quy chế: LÀM VIỆC\nx\n# Phụ lục: MỘT\ny\n# Phụ lục: HAI\nz",
        );
        assert_eq!(body.findings, []);
        let body = body.body;
        let kinds: Vec<_> = body.appendices().iter().map(|it| it.issued).collect();
        assert_eq!(kinds, [Some(DocumentKind::Statute), None, None]);
        let numbers: Vec<_> = (0..4).map(|at| body.appendix_number(at)).collect();
        assert_eq!(
            numbers,
            [None, Some("I".to_owned()), Some("II".to_owned()), None]
        );
        assert!(body.plain_text().contains("Quy chế: LÀM VIỆC\n"));
    }

    #[test]
    fn the_plain_text_has_every_word_and_no_mark() {
        let body = Body::parse("Điều 1. **Phạm vi**\n| TT | Tên |\n| 1 | _Một_ |\n# Phụ lục: BẢNG\n- x[^1]\n[^1]: ghi chú").body;
        assert_eq!(
            body.plain_text(),
            "Điều 1. Phạm vi\nTT | Tên\n1 | Một\nghi chú\nPhụ lục: BẢNG\n- x\n"
        );
    }
}
