//! Tables (bảng) and the alignment of their columns.

use serde::{Deserialize, Serialize};

use super::inline::{self, Inline};

/// More columns than this can't be read on a page, even across it.
pub(super) const MOST_COLUMNS: usize = 24;

/// A table with a header row; every row has as many cells as the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The cells of the header row.
    pub header: Vec<Vec<Inline>>,
    /// The alignment of each column.
    pub aligns: Vec<ColumnAlign>,
    /// The rows below.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnAlign {
    /// Words.
    Left,
    /// Ordinals and dates.
    Centre,
    /// Amounts.
    Right,
}

impl Table {
    pub(super) fn write_plain(&self, out: &mut String) {
        for (at, row) in std::iter::once(&self.header).chain(&self.rows).enumerate() {
            if at > 0 {
                out.push('\n');
            }
            for (at, cell) in row.iter().enumerate() {
                if at > 0 {
                    out.push_str(" | ");
                }
                inline::write_plain(cell, out);
            }
        }
    }
}

/// The cells of a `| a | b |` line; `\|` does not separate.
pub(super) fn cells(line: &str) -> Vec<String> {
    let inside = line.trim().strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inside.chars() {
        if c == '|' && !escaped {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    if cells.len() > 1 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells
        .into_iter()
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// The alignments of a `|---|:-:|--:|` line, when it is one.
pub(super) fn rule_line(cells: &[String]) -> Option<Vec<Option<ColumnAlign>>> {
    cells
        .iter()
        .map(|cell| {
            let dashes = cell.trim_start_matches(':').trim_end_matches(':');
            if dashes.is_empty() || !dashes.bytes().all(|byte| byte == b'-') {
                return None;
            }
            Some(match (cell.starts_with(':'), cell.ends_with(':')) {
                (true, true) => Some(ColumnAlign::Centre),
                (false, true) => Some(ColumnAlign::Right),
                (true, false) => Some(ColumnAlign::Left),
                (false, false) => None,
            })
        })
        .collect()
}

/// Guesses how a column stands from its header and its cells.
pub(super) fn guess<'a>(header: &str, cells: impl Iterator<Item = &'a str>) -> ColumnAlign {
    let head = header.trim_matches('*').to_lowercase();
    if ["stt", "tt", "số tt", "số thứ tự"].contains(&head.as_str()) {
        return ColumnAlign::Centre;
    }
    let mut filled = cells
        .map(|cell| cell.trim().trim_matches('*'))
        .filter(|cell| !cell.is_empty())
        .peekable();
    if filled.peek().is_none() {
        return ColumnAlign::Left;
    }
    let (mut amounts, mut dates) = (true, true);
    for cell in filled {
        amounts &= is_amount(cell);
        dates &= is_date(cell);
    }
    match (amounts, dates) {
        (true, _) => ColumnAlign::Right,
        (_, true) => ColumnAlign::Centre,
        _ => ColumnAlign::Left,
    }
}

fn is_amount(cell: &str) -> bool {
    let digits = cell
        .trim_start_matches(['-', '+', '−'])
        .trim_end_matches('%')
        .trim_end();
    cell == "-"
        || (digits.starts_with(|c: char| c.is_ascii_digit())
            && digits
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}')))
}

fn is_date(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split('/').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| {
            (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_split_but_not_at_escaped_bars() {
        assert_eq!(cells("| a | b\\|c | |"), ["a", "b\\|c", ""]);
        assert_eq!(cells("| a | b"), ["a", "b"]);
        assert_eq!(cells("|"), [""]);
    }

    #[test]
    fn columns_are_aligned_by_what_they_hold() {
        assert_eq!(guess("STT", ["1", "2"].into_iter()), ColumnAlign::Centre);
        assert_eq!(
            guess("Số tiền", ["1.250.000", "", "-"].into_iter()),
            ColumnAlign::Right
        );
        assert_eq!(guess("Tỷ lệ", ["12,5%"].into_iter()), ColumnAlign::Right);
        assert_eq!(
            guess("Hạn", ["30/11/2026", "12/2026"].into_iter()),
            ColumnAlign::Centre
        );
        assert_eq!(guess("Tên", ["Một", "2"].into_iter()), ColumnAlign::Left);
        assert_eq!(guess("Ghi chú", [""].into_iter()), ColumnAlign::Left);
    }

    #[test]
    fn a_rule_line_gives_the_alignment() {
        let line = |text: &str| rule_line(&cells(text));
        assert_eq!(
            line("|---|:-:|--:|"),
            Some(vec![
                None,
                Some(ColumnAlign::Centre),
                Some(ColumnAlign::Right)
            ])
        );
        assert_eq!(line("|---|x|"), None);
    }
}
