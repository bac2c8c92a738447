//! Blocks of a body as the template reads them: runs of text, no markup.

use serde::Serialize;
use vanthu_domain::body::{Block, ColumnAlign, Division, Inline, Table};

/// Words longer than this may break anywhere; a long address would leave the page otherwise.
pub(super) const LONG_WORD: usize = 40;

#[derive(Serialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
pub(super) enum Item {
    /// Justified, first line indented. A title stays with what follows.
    Paragraph { title: bool, runs: Vec<Run> },
    /// As a paragraph, italic.
    Basis { runs: Vec<Run> },
    /// Bold, on a line of its own.
    Heading {
        centred: bool,
        level: u8,
        /// Whether it is the word and the number of a division, whose title follows.
        name: bool,
        /// Whether it is the title below such a line.
        under: bool,
        runs: Vec<Run>,
    },
    /// A table.
    Table {
        /// Whether it needs a page across.
        wide: bool,
        columns: Vec<Column>,
        header: Vec<Vec<Run>>,
        rows: Vec<Vec<Vec<Run>>>,
    },
}

#[derive(Serialize)]
pub(super) struct Column {
    align: &'static str,
    /// The share of the width; none for a column as wide as its contents.
    weight: Option<f64>,
}

/// A run of text, a footnote mark, or a point where a long word may break.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
pub(super) enum Run {
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

/// The text of a document ends with "./.", after a last footnote mark.
pub(super) fn end_mark(blocks: &mut [Item]) {
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
    if text.ends_with("./.") || text.ends_with(['!', '?']) {
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
pub(super) fn is_wide(block: &Block) -> bool {
    matches!(block, Block::Table(table) if table.header.len() >= WIDE_TABLE)
}

/// A paragraph that is bold throughout is a title.
fn paragraph(runs: Vec<Run>) -> Item {
    let title = runs
        .iter()
        .all(|run| !matches!(run, Run::Text { bold: false, .. }));
    Item::Paragraph { title, runs }
}

/// Whether the text of a clause is a title: short, without an end, and something else than a clause below.
fn is_title(content: &[Inline], next: Option<&Block>) -> bool {
    let below = next.is_some_and(|next| {
        !matches!(
            next,
            Block::Clause { .. } | Block::Article { .. } | Block::Heading { .. }
        )
    });
    let last = content.iter().rev().find_map(|inline| match inline {
        Inline::Text { text, .. } => text.chars().last(),
        Inline::Footnote { .. } => None,
    });
    below && length(content) <= 120 && last.is_some_and(char::is_alphanumeric)
}

pub(super) struct Builder {
    /// Footnotes already mentioned.
    pub(super) seen: Vec<usize>,
    pub(super) italic_bases: bool,
}

impl Builder {
    pub(super) fn items(&mut self, blocks: &[Block]) -> Vec<Item> {
        let mut items: Vec<Item> = blocks
            .iter()
            .enumerate()
            .map(|(at, block)| match block {
                Block::Clause { number, content } if is_title(content, blocks.get(at + 1)) => {
                    self.title(number, content)
                }
                _ => self.item(block),
            })
            .collect();
        for at in 1..items.len() {
            if let Some(
                [
                    Item::Heading { name: true, .. },
                    Item::Heading { under, .. },
                ],
            ) = items.get_mut(at - 1..=at)
            {
                *under = true;
            }
        }
        items
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
            } => self.heading(*level, *centred, content),
            Block::Article { number, content } => self.article(number, content),
            Block::Clause { number, content } => self.marked(format!("{number}."), content),
            Block::Point { letter, content } => self.marked(format!("{letter})"), content),
            Block::Dash { mark, content } => self.marked(mark.to_string(), content),
            Block::Table(table) => self.table(table),
        }
    }

    /// A clause that is the title of what follows is bold, and stays with it.
    fn title(&mut self, number: &str, content: &[Inline]) -> Item {
        let mut runs = self.runs(content, LONG_WORD);
        for run in &mut runs {
            if let Run::Text { bold, .. } = run {
                *bold = true;
            }
        }
        let number = Run::Text {
            text: format!("{number}. "),
            bold: true,
            italic: false,
        };
        runs.insert(0, number);
        paragraph(runs)
    }

    /// Titles of divisions are in capitals, the words "Chương I" above them are not.
    fn heading(&mut self, level: u8, centred: bool, content: &[Inline]) -> Item {
        let mut plain = String::new();
        for inline in content {
            if let Inline::Text { text, .. } = inline {
                plain.push_str(text);
            }
        }
        let name = Division::alone(&plain).is_some_and(|it| it.title.is_empty());
        let mut runs = self.runs(content, LONG_WORD);
        if centred && !name {
            for run in &mut runs {
                if let Run::Text { text, .. } = run {
                    *text = text.to_uppercase();
                }
            }
        }
        Item::Heading {
            centred,
            level,
            name: centred && name,
            under: false,
            runs,
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
            wide: table.header.len() >= WIDE_TABLE,
            columns,
            header,
            rows,
        }
    }

    pub(super) fn runs(&mut self, content: &[Inline], long_word: usize) -> Vec<Run> {
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

impl Item {
    pub(super) fn runs(&self) -> Vec<&Run> {
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
