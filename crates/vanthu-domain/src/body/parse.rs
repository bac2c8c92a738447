//! From lines to blocks.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::division::{self, Division};
use super::finding::{Finding, FindingCode};
use super::inline::{self, Inline, InlineProblems};
use super::marker::{self, Marker};
use super::table::{self, Table};
use super::{Appendix, Block, Body, Footnote, Parsed};
use crate::kind::DocumentKind;

pub(super) fn parse(source: &str) -> Parsed {
    let mut findings = Vec::new();
    let lines = clean_lines(source, &mut findings);
    let mut parser = Parser {
        findings,
        ..Parser::default()
    };
    parser.collect_footnotes(&lines);
    parser.read(&lines);
    parser.finish(source)
}

/// A line of the source with its number from 1, normalised and trimmed.
struct Line {
    number: usize,
    text: String,
}

fn clean_lines(source: &str, findings: &mut Vec<Finding>) -> Vec<Line> {
    let mut out = Vec::new();
    for (at, raw) in source.split('\n').enumerate() {
        let number = at + 1;
        let mut hidden = 0_usize;
        for part in raw.split(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
            let text: String = part
                .chars()
                .filter_map(|c| match c {
                    '\t' => Some(' '),
                    c if is_invisible(c) => {
                        hidden += 1;
                        None
                    }
                    c => Some(c),
                })
                .nfc()
                .collect();
            out.push(Line {
                number,
                text: text.trim().to_owned(),
            });
        }
        if hidden > 0 {
            findings.push(Finding::new(
                number,
                FindingCode::InvisibleCharacters,
                hidden.to_string(),
            ));
        }
    }
    out
}

/// Control characters, zero-width marks, soft hyphens, direction marks and tags: nothing a reader sees.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[derive(Default)]
struct Parser {
    findings: Vec<Finding>,
    definitions: BTreeMap<String, Definition>,
    mentioned: Vec<String>,
    undefined: Vec<String>,
    main: Vec<Block>,
    appendices: Vec<(usize, Appendix)>,
    order: Order,
}

struct Definition {
    line: usize,
    text: String,
}

/// The numbers seen last.
#[derive(Default)]
struct Order {
    article: Option<u32>,
    clause: Option<u32>,
    point: Option<String>,
    divisions: division::Last,
}

impl Parser {
    fn collect_footnotes(&mut self, lines: &[Line]) {
        for line in lines {
            let Marker::FootnoteText(key, text) = marker::marker(&line.text) else {
                continue;
            };
            if self.definitions.contains_key(key) {
                self.find(line.number, FindingCode::FootnoteDefinedTwice, key);
            } else {
                let definition = Definition {
                    line: line.number,
                    text: text.to_owned(),
                };
                self.definitions.insert(key.to_owned(), definition);
            }
        }
    }

    fn read(&mut self, lines: &[Line]) {
        let mut lines = lines.iter().peekable();
        let mut open_end = false;
        while let Some(line) = lines.next() {
            if line.text.is_empty() {
                continue;
            }
            let number = line.number;
            match marker::marker(&line.text) {
                Marker::FootnoteText(..) => continue,
                Marker::Appendix(text) => self.appendix(number, text),
                Marker::TableRow(first) => {
                    let mut rows = vec![(number, table::cells(first))];
                    while let Some(next) = lines.next_if(|next| next.text.starts_with('|')) {
                        rows.push((next.number, table::cells(&next.text)));
                    }
                    self.table(rows);
                }
                Marker::None(text) => {
                    if open_end && text.starts_with(char::is_lowercase) {
                        self.find(number, FindingCode::BrokenLine, head(text));
                    }
                    self.paragraph(number, text);
                }
                marked => self.marked(number, marked),
            }
            open_end = line.text.chars().count() > 40
                && line
                    .text
                    .ends_with(|c: char| c.is_alphanumeric() || c == ',');
        }
    }

    fn marked(&mut self, line: usize, marked: Marker<'_>) {
        let block = match marked {
            Marker::Heading(level, text) => {
                self.order.clause = None;
                self.order.point = None;
                if level == 2
                    && let Some(division) = Division::read(text)
                {
                    self.division(line, &division);
                    return;
                }
                let centred = level == 2 && self.follows_division(text);
                Block::Heading {
                    level,
                    centred,
                    content: self.inline(line, text),
                }
            }
            Marker::Article(number, text) => {
                self.check_article(line, number);
                Block::Article {
                    number: number.to_owned(),
                    content: self.inline(line, text),
                }
            }
            Marker::Clause(number, text) => {
                self.check_clause(line, number);
                Block::Clause {
                    number: number.to_owned(),
                    content: self.inline(line, text),
                }
            }
            Marker::Point(letter, text) => {
                self.check_point(line, letter);
                Block::Point {
                    letter: letter.to_owned(),
                    content: self.inline(line, text),
                }
            }
            Marker::Dash(mark, text) => Block::Dash {
                mark,
                content: self.inline(line, text),
            },
            Marker::Appendix(_)
            | Marker::FootnoteText(..)
            | Marker::TableRow(_)
            | Marker::None(_) => return,
        };
        self.push(block);
    }

    fn paragraph(&mut self, line: usize, text: &str) {
        // "**1. Tên khoản**": the mark stands inside the bold.
        if let Some(inside) = text
            .strip_prefix("**")
            .and_then(|inside| inside.strip_suffix("**"))
            && !inside.contains("**")
            && let marked @ (Marker::Article(..) | Marker::Clause(..) | Marker::Point(..)) =
                marker::marker(inside)
        {
            self.bold_marked(line, marked);
            return;
        }
        let plain = text.trim_matches('*');
        if let Some(division) = Division::alone(plain) {
            self.order.clause = None;
            self.order.point = None;
            self.division(line, &division);
            return;
        }
        if division::is_section(plain) || (is_upper(plain) && self.follows_division(plain)) {
            self.marked(line, Marker::Heading(2, plain));
            return;
        }
        let content = self.inline(line, text);
        let shouted = is_upper(text);
        let first = self.appendices.is_empty() && self.main.is_empty();
        let block =
            if shouted && (text.ends_with(':') || (first && !text.ends_with(['.', ';', ',']))) {
                Block::Heading {
                    level: 2,
                    centred: true,
                    content,
                }
            } else if self.is_basis(text) {
                Block::Basis { content }
            } else {
                Block::Paragraph { content }
            };
        self.push(block);
    }

    /// The word with its number, and the title on a line of its own (Appendix I, II.6).
    fn division(&mut self, line: usize, division: &Division<'_>) {
        if let Some((code, expected)) = self.order.divisions.check(division) {
            let finding = Finding::new(line, code, division.name());
            self.findings.push(finding.expecting(expected));
        }
        let name = division.name();
        for text in [name.as_str(), division.title] {
            if !text.is_empty() {
                let content = self.inline(line, text);
                self.push(Block::Heading {
                    level: 2,
                    centred: true,
                    content,
                });
            }
        }
    }

    fn bold_marked(&mut self, line: usize, marked: Marker<'_>) {
        let before = self.blocks().len();
        self.marked(line, marked);
        if let Some(
            Block::Article { content, .. }
            | Block::Clause { content, .. }
            | Block::Point { content, .. },
        ) = self.blocks_mut().get_mut(before)
        {
            for inline in content {
                if let Inline::Text { bold, .. } = inline {
                    *bold = true;
                }
            }
        }
    }

    /// The legal bases stand before everything else but the name of who issues.
    fn is_basis(&self, text: &str) -> bool {
        let opens = [
            "Căn cứ ",
            "_Căn cứ ",
            "Theo đề nghị của ",
            "_Theo đề nghị của ",
            "Xét ",
            "_Xét ",
        ];
        let leading = self.appendices.is_empty()
            && self
                .main
                .iter()
                .all(|block| matches!(block, Block::Basis { .. } | Block::Heading { .. }));
        let started = self
            .main
            .iter()
            .any(|block| matches!(block, Block::Basis { .. }));
        leading
            && opens.iter().any(|open| text.starts_with(open))
            && (started || text.trim_start_matches('_').starts_with("Căn cứ"))
            && text.trim_end_matches('_').ends_with([';', '.'])
    }

    fn appendix(&mut self, line: usize, text: &str) {
        let mut title = String::new();
        let (issued, rest) = marker::issued_title(text).map_or_else(
            || (None, marker::appendix_title(text)),
            |(kind, rest)| (Some(kind), rest),
        );
        inline::write_plain(&self.inline(line, rest), &mut title);
        if title.is_empty() {
            self.find(line, FindingCode::AppendixWithoutTitle, text);
        }
        self.order = Order::default();
        self.appendices.push((
            line,
            Appendix {
                title,
                issued,
                blocks: Vec::new(),
            },
        ));
    }

    fn table(&mut self, rows: Vec<(usize, Vec<String>)>) {
        let mut rows = rows.into_iter().peekable();
        let Some((line, head)) = rows.next() else {
            return;
        };
        let columns = head.len();
        if columns > table::MOST_COLUMNS {
            self.find(line, FindingCode::TableTooWide, columns.to_string());
        }
        let rule = rows.next_if(|(_, cells)| table::rule_line(cells).is_some());
        let rule = rule
            .and_then(|(_, cells)| table::rule_line(&cells))
            .unwrap_or_default();
        let mut body = Vec::new();
        for (line, mut cells) in rows {
            if cells.len() != columns {
                let finding =
                    Finding::new(line, FindingCode::TableRowCells, cells.len().to_string());
                self.findings.push(finding.expecting(columns.to_string()));
                if let Some(extra) = cells.split_off_checked(columns)
                    && let Some(last) = cells.last_mut()
                {
                    for cell in extra.iter().filter(|cell| !cell.is_empty()) {
                        last.push(' ');
                        last.push_str(cell);
                    }
                }
                cells.resize(columns, String::new());
            }
            body.push((line, cells));
        }
        if body.is_empty() {
            self.find(line, FindingCode::TableWithoutRows, "");
        }
        let aligns = head
            .iter()
            .enumerate()
            .map(|(at, title)| {
                let column = body
                    .iter()
                    .filter_map(|(_, cells)| cells.get(at))
                    .map(String::as_str);
                rule.get(at)
                    .copied()
                    .flatten()
                    .unwrap_or_else(|| table::guess(title, column))
            })
            .collect();
        let header = head.iter().map(|cell| self.inline(line, cell)).collect();
        let rows = body
            .iter()
            .map(|(line, cells)| cells.iter().map(|cell| self.inline(*line, cell)).collect())
            .collect();
        self.push(Block::Table(Table {
            header,
            aligns,
            rows,
        }));
    }

    fn inline(&mut self, line: usize, text: &str) -> Vec<Inline> {
        let mut problems = InlineProblems::default();
        let (definitions, mentioned) = (&self.definitions, &mut self.mentioned);
        let lookup = |key: &str| {
            if let Some(index) = mentioned.iter().position(|known| known == key) {
                return Some(index);
            }
            definitions.contains_key(key).then(|| {
                mentioned.push(key.to_owned());
                mentioned.len() - 1
            })
        };
        let content = inline::parse(text, lookup, &mut problems);
        if let Some(mark) = problems.unclosed {
            self.find(line, FindingCode::EmphasisUnclosed, mark);
        }
        for key in problems.undefined {
            if !self.undefined.contains(&key) {
                self.find(line, FindingCode::FootnoteUndefined, key.clone());
                self.undefined.push(key);
            }
        }
        content
    }

    fn check_article(&mut self, line: usize, number: &str) {
        let value = number
            .trim_end_matches(char::is_alphabetic)
            .parse::<u32>()
            .unwrap_or(0);
        let expected = self.order.article.map_or(1, |last| last + 1);
        let inserted = number.ends_with(char::is_alphabetic);
        // A quotation or an amending document may start anywhere.
        if self.order.article.is_some() && value != expected && value != 1 && !inserted {
            let finding = Finding::new(line, FindingCode::ArticleOrder, number);
            self.findings.push(finding.expecting(expected.to_string()));
        }
        self.order.article = Some(value);
        self.order.clause = None;
        self.order.point = None;
    }

    fn check_clause(&mut self, line: usize, number: &str) {
        self.order.point = None;
        let Ok(value) = number.parse::<u32>() else {
            return;
        };
        let expected = self.order.clause.map_or(1, |last| last + 1);
        if value != expected && value != 1 {
            let finding = Finding::new(line, FindingCode::ClauseOrder, number);
            self.findings.push(finding.expecting(expected.to_string()));
        }
        self.order.clause = Some(value);
    }

    fn check_point(&mut self, line: usize, letter: &str) {
        let expected = marker::next_letter(self.order.point.as_deref());
        if letter != "a" && expected != Some(letter) {
            let finding = Finding::new(line, FindingCode::PointOrder, letter);
            self.findings.push(match expected {
                Some(expected) => finding.expecting(expected),
                None => finding,
            });
        }
        let known = marker::POINT_LETTERS.contains(&letter);
        self.order.point = if known {
            Some(letter.to_owned())
        } else {
            expected.map(str::to_owned)
        };
    }

    fn follows_division(&self, text: &str) -> bool {
        let Some(Block::Heading {
            level: 2,
            centred: true,
            content,
        }) = self.blocks().last()
        else {
            return false;
        };
        let mut before = String::new();
        inline::write_plain(content, &mut before);
        Division::alone(&before).is_some_and(|it| it.title.is_empty())
            && !text.starts_with(|c: char| c.is_ascii_digit())
    }

    fn blocks(&self) -> &[Block] {
        self.appendices
            .last()
            .map_or(&self.main, |(_, appendix)| &appendix.blocks)
    }

    fn blocks_mut(&mut self) -> &mut Vec<Block> {
        match self.appendices.last_mut() {
            Some((_, appendix)) => &mut appendix.blocks,
            None => &mut self.main,
        }
    }

    fn push(&mut self, block: Block) {
        self.blocks_mut().push(block);
    }

    fn find(&mut self, line: usize, code: FindingCode, found: impl Into<String>) {
        self.findings.push(Finding::new(line, code, found));
    }

    fn finish(mut self, source: &str) -> Parsed {
        let definitions = std::mem::take(&mut self.definitions);
        let mut footnotes = Vec::new();
        for key in std::mem::take(&mut self.mentioned) {
            let Some(definition) = definitions.get(&key) else {
                continue;
            };
            let mut problems = InlineProblems::default();
            let content = inline::parse(&definition.text, |_| None, &mut problems);
            if let Some(mark) = problems.unclosed {
                self.find(definition.line, FindingCode::EmphasisUnclosed, mark);
            }
            footnotes.push(Footnote { key, content });
        }
        for (key, definition) in &definitions {
            if !footnotes.iter().any(|footnote| &footnote.key == key) {
                self.find(definition.line, FindingCode::FootnoteUnused, key.clone());
            }
        }
        self.check_appendices();
        if self.main.is_empty() {
            self.find(1, FindingCode::Empty, "");
        }
        let mut findings = self.findings;
        findings.sort_by_key(|finding| finding.line);
        let appendices = self
            .appendices
            .into_iter()
            .map(|(_, appendix)| appendix)
            .collect();
        let body = Body {
            source: source.to_owned(),
            blocks: self.main,
            footnotes,
            appendices,
        };
        Parsed { body, findings }
    }

    fn check_appendices(&mut self) {
        let mut main = String::new();
        // A text that is issued with the document may mention them as well.
        let issued = self.appendices.iter().filter(|(_, it)| it.issued.is_some());
        let blocks = issued.flat_map(|(_, it)| &it.blocks);
        for block in self.main.iter().chain(blocks) {
            block.write_plain(&mut main);
        }
        let main = main.to_lowercase();
        let problems: Vec<_> = self
            .appendices
            .iter()
            .flat_map(|(line, appendix)| {
                let empty = appendix
                    .blocks
                    .is_empty()
                    .then_some(FindingCode::AppendixEmpty);
                let name = appendix.issued.map_or("phụ lục", DocumentKind::name);
                let loose = (!main.contains(&name.to_lowercase()))
                    .then_some(FindingCode::AppendixNotMentioned);
                empty
                    .into_iter()
                    .chain(loose)
                    .map(|code| Finding::new(*line, code, appendix.title.clone()))
            })
            .collect();
        self.findings.extend(problems);
    }
}

/// At least six letters, none of them small.
fn is_upper(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 6 && !text.chars().any(char::is_lowercase)
}

fn head(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `Vec::split_off` that answers nothing when there is nothing to split off.
trait SplitOff {
    fn split_off_checked(&mut self, at: usize) -> Option<Vec<String>>;
}

impl SplitOff for Vec<String> {
    fn split_off_checked(&mut self, at: usize) -> Option<Vec<String>> {
        (at < self.len()).then(|| self.split_off(at))
    }
}

#[cfg(test)]
mod tests;
