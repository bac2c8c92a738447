//! What a line starts with.

use crate::kind::{DocumentKind, Template};

/// The letters of points (điểm) in the order Vietnamese legal texts use: ă, â, ê, ô, ơ, ư and f, j, w, z are not used.
pub const POINT_LETTERS: [&str; 23] = [
    "a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t",
    "u", "v", "x", "y",
];

/// The mark at the start of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker<'a> {
    /// `# `, with the rest of the line.
    Appendix(&'a str),
    /// `## ` or `### `.
    Heading(u8, &'a str),
    /// `Điều 1. `.
    Article(&'a str, &'a str),
    /// `1. ` or `1.1. `.
    Clause(&'a str, &'a str),
    /// `a) `.
    Point(&'a str, &'a str),
    /// `- ` or `+ `.
    Dash(char, &'a str),
    /// `[^key]: `.
    FootnoteText(&'a str, &'a str),
    /// `| … |`.
    TableRow(&'a str),
    /// None of these.
    None(&'a str),
}

/// Reads the mark of a trimmed line.
pub(super) fn marker(line: &str) -> Marker<'_> {
    heading(line)
        .or_else(|| article(line))
        .or_else(|| clause(line))
        .or_else(|| point(line))
        .or_else(|| dash(line))
        .or_else(|| footnote_text(line))
        .or_else(|| line.starts_with('|').then_some(Marker::TableRow(line)))
        .unwrap_or(Marker::None(line))
}

fn heading(line: &str) -> Option<Marker<'_>> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let rest = if text.is_empty() {
        text
    } else {
        text.strip_prefix([' ', '\t'])?
    };
    match level {
        0 => None,
        1 => Some(Marker::Appendix(rest.trim())),
        2 => Some(Marker::Heading(2, rest.trim())),
        _ => Some(Marker::Heading(3, rest.trim())),
    }
}

fn article(line: &str) -> Option<Marker<'_>> {
    let rest = line
        .strip_prefix("Điều ")
        .or_else(|| line.strip_prefix("ĐIỀU "))?;
    let (number, text) = rest.split_once('.')?;
    let digits = number.trim_end_matches(char::is_alphabetic);
    let valid = !digits.is_empty()
        && digits.len() <= 4
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && number.chars().count() <= digits.len() + 1;
    (valid && spaced(text)).then(|| Marker::Article(number, text.trim_start()))
}

fn clause(line: &str) -> Option<Marker<'_>> {
    let end = line.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = line.split_at_checked(end)?;
    let number = number.strip_suffix('.')?;
    let parts: Vec<&str> = number.split('.').collect();
    let valid = parts.len() <= 4 && parts.iter().all(|part| !part.is_empty() && part.len() <= 3);
    (valid && rest.starts_with(char::is_whitespace))
        .then(|| Marker::Clause(number, rest.trim_start()))
}

fn point(line: &str) -> Option<Marker<'_>> {
    let (letter, rest) = line.split_once(')')?;
    let mut letters = letter.chars();
    let first = letters.next()?;
    let known = first.is_alphabetic() && first.is_lowercase() && letters.next().is_none();
    (known && spaced(rest)).then(|| Marker::Point(letter, rest.trim_start()))
}

/// Dashes, and the marks that word processors leave in pasted lists.
fn dash(line: &str) -> Option<Marker<'_>> {
    let mut chars = line.chars();
    let mark = match chars.next()? {
        '-' | '–' | '—' | '−' | '•' | '●' | '▪' | '\u{f0b7}' | '\u{f0a7}' | '\u{f02d}' => {
            '-'
        }
        '+' => '+',
        _ => return None,
    };
    let rest = chars.as_str();
    (rest.starts_with(char::is_whitespace)).then(|| Marker::Dash(mark, rest.trim_start()))
}

fn footnote_text(line: &str) -> Option<Marker<'_>> {
    let (key, rest) = line.strip_prefix("[^")?.split_once(']')?;
    let text = rest.strip_prefix(':')?;
    is_footnote_key(key).then(|| Marker::FootnoteText(key, text.trim()))
}

/// Whether this may name a footnote: letters, digits, `-` and `_`, at most 32.
pub(super) fn is_footnote_key(key: &str) -> bool {
    !key.is_empty()
        && key.chars().count() <= 32
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

fn spaced(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(char::is_whitespace)
}

/// The letter after this one in the order of points, "a" at the start; none after "y".
pub(super) fn next_letter(letter: Option<&str>) -> Option<&'static str> {
    match letter {
        None => POINT_LETTERS.first().copied(),
        Some(letter) => {
            let at = POINT_LETTERS.iter().position(|known| *known == letter)?;
            POINT_LETTERS.get(at + 1).copied()
        }
    }
}

/// A number in Roman figures (chữ số La Mã).
pub fn roman(number: u32) -> String {
    const STEPS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number.min(3999);
    let mut out = String::new();
    for (value, figures) in STEPS {
        while rest >= value {
            out.push_str(figures);
            rest -= value;
        }
    }
    out
}

/// `Quy chế: TITLE`: the kind of a text that is issued with the document, and its title.
pub(super) fn issued_title(text: &str) -> Option<(DocumentKind, &str)> {
    let (name, title) = text.split_once(':')?;
    let name = name.trim().to_lowercase();
    let kind = DocumentKind::administrative()
        .filter(|kind| kind.template() == Template::Named)
        .find(|kind| kind.name().to_lowercase() == name)?;
    Some((kind, title.trim()))
}

/// Takes "Phụ lục", its number and its separator off a title.
pub(super) fn appendix_title(text: &str) -> &str {
    let Some(rest) = ["Phụ lục", "PHỤ LỤC", "phụ lục"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
    else {
        return text;
    };
    if !spaced(rest) && !rest.starts_with([':', '.', '-', '–']) {
        return text;
    }
    let rest = rest.trim_start();
    let (first, after) = rest
        .split_once([' ', ':', '.', '–', '-'])
        .unwrap_or((rest, ""));
    let numbered = !first.is_empty()
        && (first.bytes().all(|byte| byte.is_ascii_digit())
            || first.bytes().all(|byte| b"IVXLC".contains(&byte)));
    let rest = if numbered { after } else { rest };
    rest.trim_start_matches([':', '.', '-', '–', ' ', '\t'])
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_starts_are_told_apart() {
        assert_eq!(marker("1. Giao"), Marker::Clause("1", "Giao"));
        assert_eq!(marker("1.2. Giao"), Marker::Clause("1.2", "Giao"));
        assert_eq!(marker("1.5 triệu"), Marker::None("1.5 triệu"));
        assert_eq!(marker("22/11/2026. Xong"), Marker::None("22/11/2026. Xong"));
        assert_eq!(marker("2026. Xong"), Marker::None("2026. Xong"));
        assert_eq!(marker("đ) Rà soát"), Marker::Point("đ", "Rà soát"));
        assert_eq!(marker("ab) x"), Marker::None("ab) x"));
        assert_eq!(marker("- x"), Marker::Dash('-', "x"));
        assert_eq!(marker("• x"), Marker::Dash('-', "x"));
        assert_eq!(marker("-5 độ"), Marker::None("-5 độ"));
        assert_eq!(marker("Điều 12a. Tên"), Marker::Article("12a", "Tên"));
        assert_eq!(marker("Điều 4 Quy chế"), Marker::None("Điều 4 Quy chế"));
        assert_eq!(marker("## I. KẾT QUẢ"), Marker::Heading(2, "I. KẾT QUẢ"));
        assert_eq!(marker("#x"), Marker::None("#x"));
        assert_eq!(marker("[^a]: b"), Marker::FootnoteText("a", "b"));
    }

    #[test]
    fn letters_follow_the_vietnamese_order() {
        assert_eq!(next_letter(None), Some("a"));
        assert_eq!(next_letter(Some("d")), Some("đ"));
        assert_eq!(next_letter(Some("e")), Some("g"));
        assert_eq!(next_letter(Some("y")), None);
    }

    #[test]
    fn roman_figures_are_right() {
        assert_eq!(
            [1, 4, 9, 14, 40, 1999].map(roman),
            ["I", "IV", "IX", "XIV", "XL", "MCMXCIX"]
        );
    }

    #[test]
    fn an_appendix_title_loses_its_word_and_number() {
        for text in [
            "Phụ lục: DANH MỤC",
            "PHỤ LỤC II. DANH MỤC",
            "Phụ lục 2 - DANH MỤC",
            "Phụ lục DANH MỤC",
            "DANH MỤC",
        ] {
            assert_eq!(appendix_title(text), "DANH MỤC", "{text}");
        }
        assert_eq!(appendix_title("Phụ lục"), "");
    }
}
