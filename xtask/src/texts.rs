//! Every text of the interface stands in the sources in Vietnamese and in the catalogue in English.
//!
//! A text is `"…"|t` in a template and `t("…")` in Rust or TypeScript. A catalogue line that nothing uses is an
//! error, and so is a text without a translation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result};
use toml::Table;

use crate::repo::{Repo, say};

/// What shows pages to people: each crate has its sources, its `templates/` and its catalogue.
const CRATES: [&str; 2] = ["crates/vanthu-web/", "crates/vanthu-agent/"];
const HEADER: &str = "# The interface in English: the Vietnamese text as it stands in the sources = its translation.\n\
                      # `cargo xtask texts` adds what is missing; `cargo xtask texts --check` fails while a translation is empty.\n\n";

/// Compares, and without `check` writes the missing keys into the catalogues; returns what is wrong.
pub(crate) fn run(repo: &Repo, check: bool) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for folder in CRATES {
        broken.extend(one(repo, folder, check)?);
    }
    Ok(broken)
}

fn one(repo: &Repo, folder: &str, check: bool) -> Result<Vec<String>> {
    let file = format!("{folder}texts/en.toml");
    let used = used(repo, folder)?;
    let written = if repo.has(&file) {
        repo.read(&file)?
    } else {
        String::new()
    };
    let catalogue: Table =
        toml::from_str(&written).with_context(|| format!("{file} is not TOML"))?;
    let broken = wrong(&file, &used, &catalogue);
    say(&format!(
        "texts: {folder} uses {}, {} wrong",
        used.len(),
        broken.len()
    ));
    if !check {
        repo.write(&file, &merged(&written, &used, &catalogue))?;
    }
    Ok(broken)
}

/// Translations of nothing, and texts without a translation.
fn wrong(file: &str, used: &BTreeMap<String, String>, catalogue: &Table) -> Vec<String> {
    let mut broken = Vec::new();
    for (key, value) in catalogue {
        if !used.contains_key(key) {
            broken.push(format!("{file}: nothing uses “{key}”"));
        } else if !value.is_str() {
            broken.push(format!("{file}: the translation of “{key}” is not a text"));
        }
    }
    for (key, place) in used {
        let english = catalogue.get(key).map(|value| value.as_str());
        if matches!(english, None | Some(Some(""))) {
            broken.push(format!("{place}: no English for “{key}”"));
        }
    }
    broken
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
fn used(repo: &Repo, folder: &str) -> Result<BTreeMap<String, String>> {
    let mut used = BTreeMap::new();
    let templates = format!("{folder}templates/");
    for file in repo.files_ending(&["html", "txt", "rs", "ts"])? {
        if !file.starts_with(folder) || file.contains("/tests/") {
            continue;
        }
        let text = repo.read(&file)?;
        let template = file.starts_with(&templates);
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
    fn a_text_without_english_and_english_without_a_text_are_wrong() {
        let used = ["Số", "Ngày", "Nơi nhận"].map(|key| (key.to_owned(), "a.html".to_owned()));
        let catalogue = toml::from_str("\"Ngày\" = \"\"\n\"Số\" = \"Number\"\n\"Cũ\" = \"Old\"");
        let broken = wrong("en.toml", &BTreeMap::from(used), &catalogue.unwrap());
        assert_eq!(
            broken,
            [
                "en.toml: nothing uses “Cũ”",
                "a.html: no English for “Ngày”",
                "a.html: no English for “Nơi nhận”"
            ]
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
