//! Text inside a block: bold, italic, mentions of footnotes.

use serde::{Deserialize, Serialize};

use super::marker::is_footnote_key;

/// A run of text inside a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Inline {
    /// Plain, bold, italic or bold italic text.
    Text {
        /// The words.
        text: String,
        /// Bold (đậm).
        #[serde(default, skip_serializing_if = "is_false")]
        bold: bool,
        /// Italic (nghiêng).
        #[serde(default, skip_serializing_if = "is_false")]
        italic: bool,
    },
    /// A mention of a footnote.
    Footnote {
        /// Its index in the footnotes of the body.
        index: usize,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Inline {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            bold: false,
            italic: false,
        }
    }
}

/// What stands open or undefined in one line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct InlineProblems {
    pub(super) unclosed: Option<&'static str>,
    pub(super) undefined: Vec<String>,
}

/// Reads one line of text. `footnote` gives the index for a key, when such a footnote is defined.
pub(super) fn parse(
    text: &str,
    mut footnote: impl FnMut(&str) -> Option<usize>,
    problems: &mut InlineProblems,
) -> Vec<Inline> {
    let mut out = Vec::new();
    let mut run = Run::default();
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(next) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix('\\')
            && let Some(mark) = tail.chars().next()
            && (mark.is_ascii_punctuation() || mark.is_ascii_digit())
        {
            run.text.push(mark);
            before = Some(mark);
            rest = tail.strip_prefix(mark).unwrap_or_default();
        } else if let Some(tail) = rest.strip_prefix("**")
            && (run.bold || tail.contains("**"))
        {
            run.flush(&mut out);
            run.bold = !run.bold;
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix('_')
            && if run.italic {
                closes_italic(tail)
            } else {
                opens_italic(before, tail)
            }
        {
            run.flush(&mut out);
            run.italic = !run.italic;
            before = Some('_');
            rest = tail;
        } else if let Some((key, tail)) = mention(rest) {
            match footnote(key) {
                Some(index) => {
                    run.flush(&mut out);
                    out.push(Inline::Footnote { index });
                }
                None => problems.undefined.push(key.to_owned()),
            }
            before = Some(']');
            rest = tail;
        } else {
            if rest.starts_with("**") {
                problems.unclosed = Some("**");
                run.text.push('*');
                rest = rest.strip_prefix('*').unwrap_or_default();
            } else if next == '_' && starts_word(before, rest.get(1..).unwrap_or_default()) {
                problems.unclosed = Some("_");
            }
            run.text.push(next);
            before = Some(next);
            rest = rest.strip_prefix(next).unwrap_or_default();
        }
    }
    run.flush(&mut out);
    out
}

#[derive(Default)]
struct Run {
    text: String,
    bold: bool,
    italic: bool,
}

impl Run {
    fn flush(&mut self, out: &mut Vec<Inline>) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            out.push(Inline::Text {
                text,
                bold: self.bold,
                italic: self.italic,
            });
        }
    }
}

/// `_` opens only before a word's start, so that names like `a_b_c` stay whole.
fn opens_italic(before: Option<char>, tail: &str) -> bool {
    starts_word(before, tail)
        && tail.match_indices('_').any(|(at, _)| {
            !tail
                .get(..at)
                .is_some_and(|inside| inside.ends_with([' ', '\\']))
                && tail.get(at + 1..).is_some_and(closes_italic)
        })
}

fn starts_word(before: Option<char>, tail: &str) -> bool {
    before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
        && tail
            .chars()
            .next()
            .is_some_and(|c| !c.is_whitespace() && c != '_')
}

fn closes_italic(tail: &str) -> bool {
    tail.chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

fn mention(rest: &str) -> Option<(&str, &str)> {
    let (key, tail) = rest.strip_prefix("[^")?.split_once(']')?;
    is_footnote_key(key).then_some((key, tail))
}

/// Appends the words without marks and footnotes.
pub(super) fn write_plain(content: &[Inline], out: &mut String) {
    for inline in content {
        if let Inline::Text { text, .. } = inline {
            out.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, bool, bool)>, InlineProblems) {
        let mut problems = InlineProblems::default();
        let out = parse(text, |key| (key == "1").then_some(0), &mut problems)
            .into_iter()
            .map(|inline| match inline {
                Inline::Text { text, bold, italic } => (text, bold, italic),
                Inline::Footnote { index } => (format!("^{index}"), false, false),
            })
            .collect();
        (out, problems)
    }

    fn t(text: &str, bold: bool, italic: bool) -> (String, bool, bool) {
        (text.to_owned(), bold, italic)
    }

    #[test]
    fn bold_and_italic_may_stand_inside_each_other() {
        let (out, problems) = read("a **b _c_** d");
        assert_eq!(
            out,
            [
                t("a ", false, false),
                t("b ", true, false),
                t("c", true, true),
                t(" d", false, false)
            ]
        );
        assert_eq!(problems, InlineProblems::default());
    }

    #[test]
    fn names_with_underscores_stay_whole() {
        assert_eq!(
            read("tep_du_lieu.pdf, 2 * 3 ** 4").0,
            [t("tep_du_lieu.pdf, 2 * 3 ** 4", false, false)]
        );
        assert_eq!(
            read("(_nghiêng_)").0,
            [
                t("(", false, false),
                t("nghiêng", false, true),
                t(")", false, false)
            ]
        );
    }

    #[test]
    fn an_open_mark_is_printed_and_told() {
        let (out, problems) = read("**hở");
        assert_eq!(out, [t("**hở", false, false)]);
        assert_eq!(problems.unclosed, Some("**"));
        assert_eq!(read("_hở").1.unclosed, Some("_"));
    }

    #[test]
    fn a_backslash_takes_the_mark_as_it_is() {
        assert_eq!(
            read(r"\**a\_b\\ \[^1]").0,
            [t(r"**a_b\ [^1]", false, false)]
        );
    }

    #[test]
    fn footnotes_are_mentioned_by_key() {
        let (out, problems) = read("x[^1] y[^2]");
        assert_eq!(
            out,
            [
                t("x", false, false),
                t("^0", false, false),
                t(" y", false, false)
            ]
        );
        assert_eq!(problems.undefined, ["2"]);
    }
}
