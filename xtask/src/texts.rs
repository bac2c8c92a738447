//! Every text of the interface stands in the sources in Vietnamese and in the catalogue in English.
//!
//! A text is `"…"|t` in a template and `t("…")` in Rust or TypeScript. A catalogue line that nothing uses is an
//! error. A text without a translation is counted and listed; it is an error once `texts/complete` exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result};
use toml::Table;

use crate::repo::{Repo, say};

const CRATE: &str = "crates/vanthu-web/";
const TEMPLATES: &str = "crates/vanthu-web/templates/";
const CATALOGUE: &str = "crates/vanthu-web/texts/en.toml";
const COMPLETE: &str = "crates/vanthu-web/texts/complete";
const HEADER: &str = "# The interface in English: the Vietnamese text as it stands in the sources = its translation.\n\
                      # `cargo xtask texts` adds what is missing; an empty translation shows the Vietnamese text.\n\n";

/// Compares, and without `check` writes the missing keys into the catalogue; returns what is wrong.
pub(crate) fn run(repo: &Repo, check: bool) -> Result<Vec<String>> {
    let used = used(repo)?;
    let written = if repo.has(CATALOGUE) {
        repo.read(CATALOGUE)?
    } else {
        String::new()
    };
    let catalogue: Table =
        toml::from_str(&written).with_context(|| format!("{CATALOGUE} is not TOML"))?;
    let mut broken = Vec::new();
    let mut translated = BTreeMap::new();
    for (key, value) in &catalogue {
        match value.as_str() {
            Some(english) if used.contains_key(key) => {
                translated.insert(key.clone(), english.to_owned());
            }
            Some(_) => broken.push(format!("{CATALOGUE}: nothing uses “{key}”")),
            None => broken.push(format!(
                "{CATALOGUE}: the translation of “{key}” is not a text"
            )),
        }
    }
    let missing: Vec<&String> = used
        .keys()
        .filter(|key| translated.get(*key).is_none_or(String::is_empty))
        .collect();
    say(&format!(
        "texts: {} used, {} without English",
        used.len(),
        missing.len()
    ));
    for key in &missing {
        let place = used.get(*key).map_or("", String::as_str);
        let line = format!("{place}: no English for “{key}”");
        if repo.has(COMPLETE) {
            broken.push(line);
        } else if check {
            say(&format!("texts: {line}"));
        }
    }
    if !check {
        repo.write(CATALOGUE, &merged(&written, &used, &catalogue))?;
    }
    Ok(broken)
}

/// The catalogue as it was written, with the missing keys at its end.
fn merged(written: &str, used: &BTreeMap<String, String>, catalogue: &Table) -> String {
    let mut text = if written.is_empty() {
        HEADER.to_owned()
    } else {
        written.to_owned()
    };
    for key in used.keys().filter(|key| !catalogue.contains_key(*key)) {
        let quoted = toml::Value::String(key.clone());
        let _ = writeln!(text, "{} = \"\"", basic(&quoted.to_string(), key));
    }
    text
}

/// A quoted key; TOML's own quoting of a value is right for a key unless it spans lines.
fn basic(quoted: &str, key: &str) -> String {
    if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") {
        format!(
            "\"{}\"",
            key.replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n")
        )
    } else {
        quoted.to_owned()
    }
}

/// Every text in use, with the first file that uses it.
fn used(repo: &Repo) -> Result<BTreeMap<String, String>> {
    let mut used = BTreeMap::new();
    for file in repo.files_ending(&["html", "txt", "rs", "ts"])? {
        if !file.starts_with(CRATE) || file.contains("/tests/") {
            continue;
        }
        let text = repo.read(&file)?;
        let template = file.starts_with(TEMPLATES);
        let found = if template {
            filters(&text)
        } else {
            calls(&text)
        };
        for key in found {
            used.entry(key).or_insert_with(|| file.clone());
        }
    }
    Ok(used)
}

/// The texts of `"…"|t` and `"…" | t(…)`.
fn filters(template: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (start, _) in template.match_indices('"') {
        let Some((key, after)) = template.get(start..).and_then(quoted) else {
            continue;
        };
        let Some(filter) = after.trim_start().strip_prefix('|') else {
            continue;
        };
        let filter = filter.trim_start();
        let is_t = filter
            .strip_prefix('t')
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if is_t && !key.contains("{{") && !key.contains('<') {
            found.insert(key);
        }
    }
    found
}

/// The texts of `t("…")`, where `t` is a word of its own; comments and tests don't count.
fn calls(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or(source);
    let code: Vec<&str> = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut found = BTreeSet::new();
    for (start, call) in code.match_indices("t(") {
        let before = code.get(..start).and_then(|text| text.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code
            .get(start + call.len()..)
            .unwrap_or_default()
            .trim_start();
        if let Some((key, _)) = quoted(rest) {
            found.insert(key);
        }
    }
    found
}

/// The text in the double quotes at the start, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut letters = text.strip_prefix('"')?.chars();
    loop {
        match letters.next()? {
            '"' => return Some((key, letters.as_str())),
            '\n' => return None,
            '\\' => match letters.next()? {
                'n' => key.push('\n'),
                letter => key.push(letter),
            },
            letter => key.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_found_in_attributes_and_text() {
        let found = filters(
            r#"<a title="{{ "Trình ký"|t }}">{{ "Trả lại" | t(lang) }}</a> {{ "x"|title }}"#,
        );
        assert_eq!(
            found,
            BTreeSet::from(["Trình ký".to_owned(), "Trả lại".to_owned()])
        );
    }

    #[test]
    fn calls_are_found_and_other_functions_are_not() {
        let found = calls(
            "let a = t(\"Cấp số\"); insert(\"no\"); self.t( \"Đóng dấu\" ); // t(\"x\")\n// t(\"no\")",
        );
        assert!(found.contains("Cấp số") && found.contains("Đóng dấu"));
        assert!(!found.contains("no"));
    }

    #[test]
    fn a_quote_inside_a_text_is_kept() {
        assert_eq!(
            quoted(r#""a \"b\" c" rest"#),
            Some(("a \"b\" c".to_owned(), " rest"))
        );
    }

    #[test]
    fn missing_keys_are_added_and_comments_are_kept() {
        let used = BTreeMap::from([("Số".to_owned(), "a.html".to_owned())]);
        let text = merged(
            "# note\n\"Ngày\" = \"Date\"\n",
            &used,
            &toml::from_str("\"Ngày\" = \"Date\"").unwrap(),
        );
        assert_eq!(text, "# note\n\"Ngày\" = \"Date\"\n\"Số\" = \"\"\n");
    }
}
