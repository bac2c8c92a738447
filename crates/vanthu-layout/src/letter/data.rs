//! The letter as the template reads it: cleaned strings, runs of text, no markup.

use serde::Serialize;
use vanthu_domain::body::{Block, ColumnAlign, Inline, Table};
use vanthu_domain::kind::{AbstractPlace, DocumentKind, Template, Urgency};

use super::Letter;

/// Size of number, notation, place and date.
pub(super) const NUMBER_SIZE: f64 = 13.0;
/// Size of the text.
pub(super) const BODY_SIZE: f64 = 14.0;
/// How far the free places of number and date reach below the line of text.
pub(super) const GAP_DEPTH: f64 = 3.25;

/// Words longer than this may break anywhere; a long address would leave the page otherwise.
const LONG_WORD: usize = 40;

#[derive(Serialize)]
pub(super) struct Data {
    title: String,
    author: String,
    number_size: f64,
    body_size: f64,
    gap_depth: f64,
    parent: Option<String>,
    agency: String,
    notation: String,
    place: String,
    /// The widest text the free place of the date must hold.
    date_sample: String,
    year: i16,
    /// The name of the kind in capitals; none on official letters.
    kind: Option<String>,
    /// The abstract under the kind.
    subject: Option<String>,
    /// The abstract under the number, with "V/v".
    about: Option<String>,
    stamp: Option<Stamp>,
    addressees: Vec<String>,
    blocks: Vec<Item>,
    footnotes: Vec<Vec<Run>>,
    appendices: Vec<AppendixData>,
    recipients: Vec<String>,
    authority: Vec<String>,
    signer: String,
}

#[derive(Serialize)]
struct Stamp {
    text: &'static str,
    /// Millimetres.
    width: u8,
}

#[derive(Serialize)]
struct AppendixData {
    heading: String,
    title: String,
    landscape: bool,
    blocks: Vec<Item>,
}

#[derive(Serialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
enum Item {
    /// Justified, first line indented. A title stays with what follows.
    Paragraph { title: bool, runs: Vec<Run> },
    /// As a paragraph, italic.
    Basis { runs: Vec<Run> },
    /// Bold, on a line of its own.
    Heading {
        centred: bool,
        level: u8,
        runs: Vec<Run>,
    },
    /// A table.
    Table {
        columns: Vec<Column>,
        header: Vec<Vec<Run>>,
        rows: Vec<Vec<Vec<Run>>>,
    },
}

#[derive(Serialize)]
struct Column {
    align: &'static str,
    /// The share of the width; none for a column as wide as its contents.
    weight: Option<f64>,
}

/// A run of text, a footnote mark, or a point where a long word may break.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
enum Run {
    Text {
        text: String,
        bold: bool,
        italic: bool,
    },
    Footnote {
        index: usize,
        first: bool,
    },
    Break,
}

pub(super) fn of(letter: &Letter) -> Data {
    let mut builder = Builder {
        seen: Vec::new(),
        italic_bases: letter.kind.template() != Template::Letter,
    };
    let mut blocks = builder.items(letter.body.blocks());
    end_mark(&mut blocks);
    let subject = clean(&letter.subject);
    let under_name =
        letter.kind.abstract_place() == AbstractPlace::UnderName && !subject.is_empty();
    let under_number =
        letter.kind.abstract_place() == AbstractPlace::UnderNumber && !subject.is_empty();
    let appendices = letter
        .body
        .appendices()
        .iter()
        .enumerate()
        .map(|(at, appendix)| AppendixData {
            heading: match letter.body.appendix_number(at) {
                Some(number) => format!("Phụ lục {number}"),
                None => "Phụ lục".to_owned(),
            },
            title: clean(&appendix.title).to_uppercase(),
            landscape: appendix.blocks.iter().any(is_wide),
            blocks: builder.items(&appendix.blocks),
        })
        .collect();
    let footnotes = letter
        .body
        .footnotes()
        .iter()
        .map(|footnote| builder.runs(&footnote.content, LONG_WORD))
        .collect();
    Data {
        title: clean(&letter.title),
        author: clean(&letter.agency),
        number_size: NUMBER_SIZE,
        body_size: BODY_SIZE,
        gap_depth: GAP_DEPTH,
        parent: letter
            .parent_agency
            .as_deref()
            .map(|name| clean(name).to_uppercase())
            .filter(|name| !name.is_empty()),
        agency: clean(&letter.agency).to_uppercase(),
        notation: clean(&letter.notation),
        place: clean(&letter.place_name),
        date_sample: "ngày 00 tháng 00 năm 0000".to_owned(),
        year: letter.drafted_on.year(),
        kind: kind_name(letter.kind),
        subject: under_name.then(|| subject.clone()),
        about: under_number.then(|| format!("V/v {subject}")),
        stamp: stamp(letter.urgency),
        // Neither sample has the line "Kính gửi".
        addressees: match letter.kind.template() {
            Template::Resolution | Template::Decision => Vec::new(),
            _ => ended(&letter.addressees),
        },
        blocks,
        footnotes,
        appendices,
        recipients: ended(&letter.recipients),
        authority: letter
            .authority_lines
            .iter()
            .map(|line| clean(line).to_uppercase())
            .collect(),
        signer: clean(&letter.signer_name),
    }
}

fn kind_name(kind: DocumentKind) -> Option<String> {
    let shown = kind != DocumentKind::OfficialLetter && kind != DocumentKind::CourtesyLetter;
    shown.then(|| kind.name().to_uppercase())
}

fn stamp(urgency: Urgency) -> Option<Stamp> {
    match urgency {
        Urgency::Normal => None,
        Urgency::Urgent => Some(Stamp {
            text: "KHẨN",
            width: 20,
        }),
        Urgency::VeryUrgent => Some(Stamp {
            text: "THƯỢNG KHẨN",
            width: 40,
        }),
        Urgency::Express => Some(Stamp {
            text: "HỎA TỐC",
            width: 30,
        }),
    }
}

/// One line, single spaces, no invisible characters.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| {
            if c.is_whitespace() && c != '\u{a0}' {
                ' '
            } else {
                c
            }
        })
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Lines of a list end with ";", the last one with ".".
fn ended(lines: &[String]) -> Vec<String> {
    let bare: Vec<String> = lines
        .iter()
        .map(|line| {
            clean(line)
                .trim_start_matches(['-', '–', ' '])
                .trim_end_matches(['.', ';', ',', ' '])
                .to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect();
    let last = bare.len();
    bare.into_iter()
        .enumerate()
        .map(|(at, line)| format!("{line}{}", if at + 1 == last { "." } else { ";" }))
        .collect()
}

/// The text of a document ends with "./.", after a last footnote mark.
fn end_mark(blocks: &mut [Item]) {
    let Some(Item::Paragraph { runs, .. } | Item::Basis { runs }) = blocks.last_mut() else {
        return;
    };
    let last = runs
        .iter_mut()
        .rev()
        .find(|run| matches!(run, Run::Text { .. }));
    let Some(Run::Text { text, bold, italic }) = last else {
        return;
    };
    if text.ends_with("./.") {
        return;
    }
    let end = text.trim_end_matches(['.', ';', ',', ' ']).len();
    text.truncate(end);
    let (bold, italic) = (*bold, *italic);
    runs.push(Run::Text {
        text: "./.".to_owned(),
        bold,
        italic,
    });
}

/// A table with so many columns lies across the page.
const WIDE_TABLE: usize = 8;

/// Wide tables lie across the page.
fn is_wide(block: &Block) -> bool {
    matches!(block, Block::Table(table) if table.header.len() >= WIDE_TABLE)
}

/// A paragraph that is bold throughout is a title.
fn paragraph(runs: Vec<Run>) -> Item {
    let title = runs
        .iter()
        .all(|run| !matches!(run, Run::Text { bold: false, .. }));
    Item::Paragraph { title, runs }
}

struct Builder {
    /// Footnotes already mentioned.
    seen: Vec<usize>,
    italic_bases: bool,
}

impl Builder {
    fn items(&mut self, blocks: &[Block]) -> Vec<Item> {
        blocks.iter().map(|block| self.item(block)).collect()
    }

    fn item(&mut self, block: &Block) -> Item {
        match block {
            Block::Paragraph { content } => paragraph(self.runs(content, LONG_WORD)),
            Block::Basis { content } => {
                let runs = self.runs(content, LONG_WORD);
                if self.italic_bases {
                    Item::Basis { runs }
                } else {
                    paragraph(runs)
                }
            }
            Block::Heading {
                level,
                centred,
                content,
            } => Item::Heading {
                centred: *centred,
                level: *level,
                runs: self.runs(content, LONG_WORD),
            },
            Block::Article { number, content } => self.article(number, content),
            Block::Clause { number, content } => self.marked(format!("{number}."), content),
            Block::Point { letter, content } => self.marked(format!("{letter})"), content),
            Block::Dash { mark, content } => self.marked(mark.to_string(), content),
            Block::Table(table) => self.table(table),
        }
    }

    /// "Điều 1." is bold, and so is a title that follows; a text that follows is not.
    fn article(&mut self, number: &str, content: &[Inline]) -> Item {
        let mut runs = self.runs(content, LONG_WORD);
        let last = runs.iter().rev().find_map(|run| match run {
            Run::Text { text, .. } => text.chars().last(),
            _ => None,
        });
        let is_title = last.is_none_or(|c| !matches!(c, '.' | ';' | ':' | ',' | '/'));
        if is_title {
            for run in &mut runs {
                if let Run::Text { bold, .. } = run {
                    *bold = true;
                }
            }
        }
        runs.insert(
            0,
            Run::Text {
                text: format!("Điều {number}. "),
                bold: true,
                italic: false,
            },
        );
        paragraph(runs)
    }

    fn marked(&mut self, mark: String, content: &[Inline]) -> Item {
        let mut runs = self.runs(content, LONG_WORD);
        let texts = || {
            content
                .iter()
                .filter(|inline| matches!(inline, Inline::Text { .. }))
        };
        let bold = texts().count() > 0
            && texts().all(|inline| matches!(inline, Inline::Text { bold: true, .. }));
        runs.insert(
            0,
            Run::Text {
                text: format!("{mark} "),
                bold,
                italic: false,
            },
        );
        paragraph(runs)
    }

    fn table(&mut self, table: &Table) -> Item {
        let columns = (0..table.header.len())
            .map(|at| column(table, at))
            .collect();
        // As many wide letters as a column of mean width holds, upright or across the page.
        let room = if table.header.len() < WIDE_TABLE {
            64
        } else {
            96
        };
        let long = (room / table.header.len().max(1)).clamp(5, LONG_WORD);
        let header = table
            .header
            .iter()
            .map(|cell| self.runs(cell, long))
            .collect();
        let rows = table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| self.runs(cell, long)).collect())
            .collect();
        Item::Table {
            columns,
            header,
            rows,
        }
    }

    fn runs(&mut self, content: &[Inline], long_word: usize) -> Vec<Run> {
        let mut out = Vec::new();
        for inline in content {
            match inline {
                Inline::Text { text, bold, italic } => breakable(text, long_word, |piece, more| {
                    out.push(Run::Text {
                        text: piece,
                        bold: *bold,
                        italic: *italic,
                    });
                    if more {
                        out.push(Run::Break);
                    }
                }),
                Inline::Footnote { index } => {
                    let first = !self.seen.contains(index);
                    if first {
                        self.seen.push(*index);
                    }
                    out.push(Run::Footnote {
                        index: *index,
                        first,
                    });
                }
            }
        }
        out
    }
}

/// Cuts the text where a word grows longer than `limit`. The second argument tells that a break
/// may follow the piece.
pub(crate) fn breakable(text: &str, limit: usize, mut give: impl FnMut(String, bool)) {
    let mut piece = String::new();
    let mut length = 0;
    for c in text.chars() {
        if length == limit && c != ' ' {
            give(std::mem::take(&mut piece), true);
            length = 0;
        }
        piece.push(c);
        // Lines break by themselves after these.
        length = if matches!(c, ' ' | '-' | '/') {
            0
        } else {
            length + 1
        };
    }
    if !piece.is_empty() {
        give(piece, false);
    }
}

/// A column of short cells is as wide as they are; the others share the rest by their length.
fn column(table: &Table, at: usize) -> Column {
    let align = match table.aligns.get(at) {
        Some(ColumnAlign::Right) => "right",
        Some(ColumnAlign::Centre) => "center",
        Some(ColumnAlign::Left) | None => "left",
    };
    let cells = || table.rows.iter().filter_map(|row| row.get(at));
    let longest = cells().map(|cell| length(cell)).max().unwrap_or(0);
    let head = table.header.get(at).map_or(0, |cell| length(cell));
    let narrow = longest <= 12 && head <= 12;
    let total: usize = cells().map(|cell| length(cell)).sum();
    let mean = total / table.rows.len().max(1);
    let weight = (f64::from(u32::try_from(mean.max(head / 2)).unwrap_or(u32::MAX)))
        .sqrt()
        .clamp(3.0, 12.0);
    Column {
        align,
        weight: (!narrow).then_some(weight),
    }
}

fn length(cell: &[Inline]) -> usize {
    cell.iter()
        .map(|inline| match inline {
            Inline::Text { text, .. } => text.chars().count(),
            Inline::Footnote { .. } => 1,
        })
        .sum()
}

impl Data {
    /// Every string that will be drawn.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let head = [&self.agency, &self.notation, &self.place, &self.signer];
        let optional = [&self.parent, &self.subject, &self.about]
            .into_iter()
            .flatten();
        let lists = self
            .addressees
            .iter()
            .chain(&self.recipients)
            .chain(&self.authority);
        let titles = self.appendices.iter().map(|appendix| &appendix.title);
        let blocks = self
            .blocks
            .iter()
            .chain(self.appendices.iter().flat_map(|appendix| &appendix.blocks));
        let runs = blocks
            .flat_map(Item::runs)
            .chain(self.footnotes.iter().flatten());
        let words = runs.filter_map(|run| match run {
            Run::Text { text, .. } => Some(text),
            Run::Footnote { .. } | Run::Break => None,
        });
        head.into_iter()
            .chain(optional)
            .chain(lists)
            .chain(titles)
            .chain(words)
            .map(String::as_str)
    }
}

impl Item {
    fn runs(&self) -> Vec<&Run> {
        match self {
            Self::Paragraph { runs, .. } | Self::Basis { runs } | Self::Heading { runs, .. } => {
                runs.iter().collect()
            }
            Self::Table { header, rows, .. } => header
                .iter()
                .chain(rows.iter().flatten())
                .flatten()
                .collect(),
        }
    }
}
