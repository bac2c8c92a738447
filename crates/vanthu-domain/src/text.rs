//! Vietnamese text: normal form, search form, marks of secrecy.
//!
//! Whatever comes in from outside passes [`clean`] first. What is searched passes [`fold_for_index`]
//! on its way into the index and [`fold`] on its way into a query, so that every database finds
//! the same.

use std::collections::BTreeMap;
use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::refusal::{Refusal, RefusalCode};

/// The text in normal form C, the form of TCVN 6909:2001.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Normal form C on one line: no control or direction marks, single spaces, nothing at the ends.
pub fn clean(text: &str) -> String {
    let visible: String = text
        .nfc()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first `max_chars` characters, with `…` as the last where something was cut off.
pub fn limited(text: &str, max_chars: usize) -> String {
    let text = nfc(text);
    if text.chars().count() <= max_chars {
        return text;
    }
    let mut short: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    if max_chars > 0 {
        short.push('…');
    }
    short
}

/// The cleaned text of a field, refused where it is longer than allowed.
pub fn within(field: &str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let text = clean(text);
    if text.chars().count() > max_chars {
        return Err(Refusal::new(RefusalCode::FieldTooLong)
            .with("field", field)
            .with("max", max_chars));
    }
    Ok(text)
}

/// A text of several lines: as [`within`], but its lines stay lines and their indents stay.
pub fn passage(field: &str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let lines: Vec<String> = nfc(text)
        .lines()
        .map(|line| {
            let visible: String = line
                .chars()
                .map(|c| if c.is_whitespace() { ' ' } else { c })
                .filter(|c| !is_invisible(*c))
                .collect();
            visible.trim_end().to_owned()
        })
        .collect();
    let text = lines.join("\n");
    if text.chars().count() > max_chars {
        return Err(Refusal::new(RefusalCode::FieldTooLong)
            .with("field", field)
            .with("max", max_chars));
    }
    Ok(text)
}

/// As [`within`], and refused where nothing is left.
pub fn required(field: &str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let text = within(field, text, max_chars)?;
    if text.is_empty() {
        return Err(Refusal::new(RefusalCode::FieldRequired).with("field", field));
    }
    Ok(text)
}

/// Lower case without tone marks: `Đồng Tháp` becomes `dong thap`. Keeps all other characters.
pub fn without_marks(text: &str) -> String {
    let lower = text.nfc().collect::<String>().to_lowercase();
    lower
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// The form in which a query is searched: words without marks, a number with its notation as one
/// word (`15/QĐ-UBND` becomes `15qdubnd`, so that `15/QĐ` finds it as a beginning).
pub fn fold(text: &str) -> String {
    let words = without_marks(text);
    let words = words.split_whitespace().flat_map(|word| {
        if is_notation(word) {
            vec![joined(word)]
        } else {
            parts(word).map(str::to_owned).collect()
        }
    });
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The form in which a text goes into the index: that of [`fold`], and the parts of each notation
/// beside it.
pub fn fold_for_index(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in without_marks(text).split_whitespace() {
        if is_notation(word) {
            out.push(joined(word));
        }
        out.extend(parts(word).map(str::to_owned));
    }
    out.join(" ")
}

/// Puts the arguments in place of their `{placeholders}`; one without an argument becomes `…`.
/// Where the template goes on with a full stop, the argument's own is left out: people end their reasons with one.
pub fn fill(template: &str, args: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            break;
        };
        let value = args.get(name).map_or("…", String::as_str);
        out.push_str(match value.strip_suffix('.') {
            Some(ended) if tail.starts_with('.') && !ended.ends_with('.') => ended,
            _ => value,
        });
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The names of the placeholders in a template.
pub fn placeholders(template: &str) -> Vec<&str> {
    let parts = template.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

/// The degree of a state secret (độ mật).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretLevel {
    /// Mật.
    Secret,
    /// Tối mật.
    HighlySecret,
    /// Tuyệt mật.
    TopSecret,
}

impl SecretLevel {
    /// The mark as it is stamped: `TỐI MẬT`.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Secret => "MẬT",
            Self::HighlySecret => "TỐI MẬT",
            Self::TopSecret => "TUYỆT MẬT",
        }
    }

    fn of(text: &str) -> Option<Self> {
        let upper = text.to_uppercase();
        [Self::TopSecret, Self::HighlySecret, Self::Secret]
            .into_iter()
            .find(|l| l.mark() == upper)
    }
}

impl fmt::Display for SecretLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mark())
    }
}

/// A mark of a state secret that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretMarking {
    /// The degree that it names.
    pub level: SecretLevel,
    /// The line on which it stands, counted from 1.
    pub line: usize,
}

impl SecretMarking {
    /// The refusal that it causes; holds nothing of the text but the mark itself.
    pub fn refusal(&self) -> Refusal {
        Refusal::new(RefusalCode::StateSecret)
            .with("marking", self.level)
            .with("place", format!("dòng {}", self.line))
    }
}

/// So many lines with text belong to the head of a document, where labels are read.
const HEAD_LINES: usize = 24;

/// Looks for a mark of a state secret: a stamp standing alone (`MẬT`, `TỐI MẬT`, `TUYỆT MẬT`)
/// anywhere; in the head also one beside other cells of the head, one in mixed case, and a label
/// (`Độ mật: Tối mật`). Words that only contain the syllable do not count.
///
/// Clause: TG-1.2
pub fn find_secret_marking(text: &str) -> Option<SecretMarking> {
    let text = nfc(text);
    let mut previous = "";
    let mut seen = 0;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        seen += 1;
        let in_head = seen <= HEAD_LINES;
        let found = if continues_a_word(previous) {
            None
        } else {
            stamp(line, in_head)
                .or_else(|| wide_cells(line).find_map(|cell| stamp(cell, in_head)))
                .or_else(|| {
                    in_head
                        .then(|| labelled(line).or_else(|| among_cells(line)))
                        .flatten()
                })
        };
        if let Some(level) = found {
            return Some(SecretMarking {
                level,
                line: index + 1,
            });
        }
        previous = line;
    }
    None
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
}

fn joined(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// `145/smau-vp`, `42/2020/qd-ubnd`, `22/11/2026`.
fn is_notation(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.split_once('/').is_some_and(|(number, rest)| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(char::is_alphanumeric)
            && !rest.is_empty()
            && rest
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '.' | '_' | '&'))
    })
}

/// The cells of a line that reading a page has set beside each other.
fn wide_cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(['\t', '|'])
        .flat_map(|part| part.split("  "))
        .map(str::trim)
}

/// A whole line or cell that is nothing but the mark.
fn stamp(cell: &str, in_head: bool) -> Option<SecretLevel> {
    let bare = cell.trim_matches(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = bare.split_whitespace().collect();
    let spaced_out = words.len() > 2 && words.iter().all(|word| word.chars().count() == 1);
    let text = if spaced_out {
        words.concat()
    } else {
        words.join(" ")
    };
    let level = SecretLevel::of(&text).or_else(|| {
        [SecretLevel::TopSecret, SecretLevel::HighlySecret]
            .into_iter()
            .find(|level| spaced_out && level.mark().replace(' ', "") == text)
    })?;
    let upper = is_upper(&text);
    let titled = text.chars().next().is_some_and(char::is_uppercase);
    (upper || (in_head && titled)).then_some(level)
}

/// `Độ mật: Tối mật`, `Dấu chỉ độ mật: MẬT`.
fn labelled(line: &str) -> Option<SecretLevel> {
    let lower = line.to_lowercase();
    let (_, after) = lower.split_once("độ mật")?;
    let after = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
    let value = after.strip_prefix([':', '-', '–'])?;
    let value = value.trim_matches(|c: char| !c.is_alphanumeric());
    let (first, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    let second = rest.split_whitespace().next().unwrap_or("");
    let word = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let two = format!("{} {}", word(first), word(second));
    SecretLevel::of(&two).or_else(|| SecretLevel::of(&word(first)))
}

/// The mark in capitals between words that are none: cells of the head that ran together.
fn among_cells(line: &str) -> Option<SecretLevel> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| strip(word) == "MẬT")?;
    let before = |back: usize| {
        at.checked_sub(back)
            .and_then(|i| words.get(i))
            .map(|w| strip(w))
    };
    let (level, left) = match before(1) {
        Some("TỐI") => (SecretLevel::HighlySecret, before(2)),
        Some("TUYỆT") => (SecretLevel::TopSecret, before(2)),
        other => (SecretLevel::Secret, other),
    };
    let right = words.get(at + 1).map(|word| strip(word));
    let alone = |side: Option<&str>| side.is_none_or(|word| !is_upper_word(word));
    (words.len() > 1 && alone(left) && alone(right)).then_some(level)
}

fn strip(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
}

/// A word in capitals; a number with its notation is none.
fn is_upper_word(word: &str) -> bool {
    is_upper(word) && !word.chars().any(|c| c.is_ascii_digit() || c == '/')
}

/// Whether the line ends in the first half of `bí mật` or `bảo mật`, set over two lines.
fn continues_a_word(line: &str) -> bool {
    let last = line.split_whitespace().last().unwrap_or("").to_lowercase();
    matches!(last.as_str(), "bí" | "bảo" | "cơ" | "chứa" | "về")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lines_of_a_passage_stay_lines() {
        let typed = "1. Một\r\na) Hai\u{202e} \n\n  - Ba\t4\n";
        assert_eq!(
            passage("Nội dung", typed, 100).unwrap(),
            "1. Một\na) Hai\n\n  - Ba 4"
        );
        assert_eq!(
            passage("Nội dung", "một\nhai", 6).unwrap_err().code,
            RefusalCode::FieldTooLong
        );
    }

    #[test]
    fn tone_marks_and_the_crossed_d_are_folded() {
        assert_eq!(
            fold("Ủy ban nhân dân xã Đặng Mẫu"),
            "uy ban nhan dan xa dang mau"
        );
        assert_eq!(fold("hoà giải"), fold("hòa giải"));
        assert_eq!(fold("tie\u{302}\u{301}ng Vie\u{302}\u{323}t"), "tieng viet");
    }

    #[test]
    fn a_number_with_its_notation_is_one_word() {
        assert_eq!(fold("Số: 15/QĐ-UBND"), "so 15qdubnd");
        assert_eq!(fold("(42/2020/QĐ-UBND),"), "422020qdubnd");
        assert_eq!(fold("QĐ-UBND"), "qd ubnd");
        assert_eq!(fold_for_index("15/QĐ-UBND"), "15qdubnd 15 qd ubnd");
        assert!(fold_for_index("Công văn 145/SMau-VP").contains(&fold("145/SMau")));
    }

    #[test]
    fn cleaned_text_has_no_control_or_direction_marks() {
        assert_eq!(
            clean("  V/v\u{200b}\tký\u{202e} số \n\n mới "),
            "V/v ký số mới"
        );
        assert_eq!(
            required("Trích yếu", " \u{7} ", 10).unwrap_err().code,
            RefusalCode::FieldRequired
        );
        assert_eq!(
            within("Trích yếu", "dài quá", 3).unwrap_err().code,
            RefusalCode::FieldTooLong
        );
    }

    #[test]
    fn a_limited_text_is_cut_between_characters() {
        assert_eq!(limited("Văn bản", 4), "Văn…");
        assert_eq!(limited("Văn", 3), "Văn");
        assert_eq!(limited("Văn", 0), "");
    }

    #[test]
    fn a_template_is_filled_and_gaps_are_shown() {
        let args = BTreeMap::from([("a".to_owned(), "{b}".to_owned())]);
        assert_eq!(fill("x {a} y {c}", &args), "x {b} y …");
        assert_eq!(fill("x {a", &args), "x {a");
        let reason = |words: &str| BTreeMap::from([("why".to_owned(), words.to_owned())]);
        assert_eq!(
            fill("Trả lại: {why}.", &reason("Sai ngày.")),
            "Trả lại: Sai ngày."
        );
        assert_eq!(fill("Trả lại: {why}.", &reason("Sai…")), "Trả lại: Sai….");
        assert_eq!(fill("“{why}”.", &reason("Sai ngày.")), "“Sai ngày.”.");
        assert_eq!(placeholders("x {a} y {c}"), ["a", "c"]);
    }

    /// Proves: TG-1.2
    #[test]
    fn a_mark_of_secrecy_is_found() {
        let head = "ỦY BAN NHÂN DÂN\nXÃ BÌNH MẪU\nSố: 15/BC-UBND\n";
        for (mark, level) in [
            ("MẬT", SecretLevel::Secret),
            ("[ MẬT ]", SecretLevel::Secret),
            ("TỐI MẬT", SecretLevel::HighlySecret),
            ("TUYỆT  MẬT", SecretLevel::TopSecret),
            ("T U Y Ệ T M Ậ T", SecretLevel::TopSecret),
            ("M Ậ T", SecretLevel::Secret),
            ("Tối mật", SecretLevel::HighlySecret),
            ("Độ mật: Mật", SecretLevel::Secret),
            ("ĐỘ MẬT: TUYỆT MẬT", SecretLevel::TopSecret),
            ("Dấu chỉ độ mật: tối mật.", SecretLevel::HighlySecret),
            ("Mức độ mật - Mật (bản số 2)", SecretLevel::Secret),
            (
                "Số: 15/BC-UBND MẬT Bình Mẫu, ngày 05 tháng 01 năm 2026",
                SecretLevel::Secret,
            ),
            (
                "Số: 15/BC-UBND\tTỐI MẬT\tBình Mẫu, ngày 05",
                SecretLevel::HighlySecret,
            ),
        ] {
            let found = find_secret_marking(&format!("{head}{mark}\nNội dung."));
            assert_eq!(found, Some(SecretMarking { level, line: 4 }), "{mark}");
        }
        let refusal = SecretMarking {
            level: SecretLevel::Secret,
            line: 4,
        }
        .refusal();
        assert!(refusal.what().contains("MẬT") && refusal.why().contains("dòng 4"));
    }

    /// Proves: TG-1.2
    #[test]
    fn words_that_only_contain_the_syllable_are_no_mark() {
        for text in [
            "Tăng cường bảo mật thông tin, không tiết lộ mật khẩu.",
            "Luật Bảo vệ bí mật nhà nước",
            "KẾ HOẠCH\nBẢO VỆ BÍ MẬT NHÀ NƯỚC",
            "VỀ VIỆC BẢO ĐẢM AN TOÀN, BẢO\nMẬT",
            "Thiết bị quản lý như tài liệu có độ mật theo quy định",
            "Độ mật: Thường",
            "Độ mật: không",
            "Độ mật:",
            "mật",
            "MẬT MÃ",
            "Công ty Mật Ong Bình Mẫu",
            "UBND XÃ MẬT SƠN",
            "DANH MỤC TÀI LIỆU TỐI MẬT",
            "BAN CƠ YẾU\nCỤC CHỨNG THỰC SỐ VÀ BẢO MẬT THÔNG TIN",
            "văn bản có nội dung Mật, Tối mật, Tuyệt mật không gửi trên hệ thống",
        ] {
            assert_eq!(find_secret_marking(text), None, "{text}");
        }
        let late = format!("{}Mật\nĐộ mật: Mật", "dòng\n".repeat(HEAD_LINES));
        assert_eq!(
            find_secret_marking(&late),
            None,
            "in mixed case below the head"
        );
    }

    const WORDS: &[&str] = &[
        "bảo mật",
        "bí mật nhà nước",
        "mật khẩu",
        "mật mã",
        "văn bản",
        "Điều 5.",
        "số",
        "Bí mật",
        "quản lý",
        "BẢO MẬT THÔNG TIN",
        "tối mật và tuyệt mật là gì",
        "mật độ dân số",
    ];

    fn running_text() -> impl Strategy<Value = String> {
        let line = prop::collection::vec(prop::sample::select(WORDS), 2..9);
        let line = line.prop_map(|words| format!("và {} của", words.join(" của ")));
        prop::collection::vec(line, 1..60).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn running_text_is_never_taken_for_a_mark(text in running_text()) {
            prop_assert_eq!(find_secret_marking(&text), None);
        }

        #[test]
        fn a_stamp_is_found_on_any_line_in_any_form(
            text in running_text(), at in 0usize..60, level in 0usize..3, apart in any::<bool>(),
        ) {
            let mark = ["MẬT", "TỐI MẬT", "TUYỆT MẬT"][level];
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let at = at.min(lines.len());
            lines.insert(at, mark.to_owned());
            let text = lines.join("\n");
            let text = if apart { text.nfd().collect() } else { text };
            let found = find_secret_marking(&text).unwrap();
            prop_assert_eq!((found.level.mark(), found.line), (mark, at + 1));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert!(once.chars().all(|c| c.is_alphanumeric() || c == ' '));
        }

        #[test]
        fn any_text_is_read_without_failing(text in any::<String>(), max in 0usize..20) {
            let _ = find_secret_marking(&text);
            prop_assert!(limited(&text, max).chars().count() <= max);
            let cleaned = clean(&text);
            prop_assert_eq!(clean(&cleaned), cleaned);
        }
    }
}
