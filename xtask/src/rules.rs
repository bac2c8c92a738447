//! Law is code with an address: which code enforces a clause, and which test proves it.
//!
//! Sources say it in comments, on one line: `Clause:` and `Proves:`, each followed by ids of
//! docs/rules/clauses.toml with commas between. The page docs/book/reference/rules.md is written from these
//! lines; an id that no clause has, or a `Proves:` that stands above no test, is an error.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::repo::{Repo, say};

const CLAUSES: &str = "docs/rules/clauses.toml";
const PAGE: &str = "docs/book/reference/rules.md";
const TO_ROOT: &str = "../../../";
const SOURCES: &[&str] = &["rs", "ts", "mjs", "js", "py"];

#[derive(Deserialize)]
struct Clauses {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
struct Clause {
    id: String,
    kind: String,
    must: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    Enforces,
    Proves,
}

/// One mention of a clause: where, and the name of what stands below the comment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Mention {
    file: String,
    item: String,
}

/// The mentions of one clause.
#[derive(Default)]
struct Mentions {
    code: Vec<Mention>,
    tests: Vec<Mention>,
}

/// Writes the page, or compares it; returns what is wrong.
pub(crate) fn run(repo: &Repo, check: bool) -> Result<Vec<String>> {
    let clauses: Clauses = toml::from_str(&repo.read(CLAUSES)?).context("the list of clauses")?;
    let mut mentions: BTreeMap<String, Mentions> = clauses
        .clause
        .iter()
        .map(|clause| (clause.id.clone(), Mentions::default()))
        .collect();
    let mut broken = Vec::new();
    for file in repo.files_ending(SOURCES)? {
        if file.starts_with("xtask/") {
            continue; // its own comments and tests speak about the form
        }
        scan(&file, &repo.read(&file)?, &mut mentions, &mut broken);
    }
    let page = page(&clauses.clause, &mentions);
    broken.extend(repo.keep(PAGE, &page, check, "cargo xtask rules")?);
    let (proved, untested) = count(&mentions);
    say(&format!(
        "rules: {} clauses, {proved} proved, {untested} with code and no test",
        mentions.len()
    ));
    Ok(broken)
}

/// Clauses with a test, and clauses with code only.
fn count(mentions: &BTreeMap<String, Mentions>) -> (usize, usize) {
    let proved = mentions
        .values()
        .filter(|found| !found.tests.is_empty())
        .count();
    let untested = mentions
        .values()
        .filter(|found| found.tests.is_empty() && !found.code.is_empty())
        .count();
    (proved, untested)
}

fn scan(
    file: &str,
    text: &str,
    mentions: &mut BTreeMap<String, Mentions>,
    broken: &mut Vec<String>,
) {
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let Some((role, ids)) = mention(line) else {
            continue;
        };
        let at = format!("{file}:{}", number + 1);
        let below = lines.get(number + 1..).unwrap_or_default();
        let item = match role {
            Role::Proves => test_name(below),
            Role::Enforces if line.trim_start().starts_with("//!") => Some(String::new()),
            Role::Enforces => Some(item_name(below).unwrap_or_default()),
        };
        let Some(item) = item else {
            broken.push(format!("{at}: “Proves” stands above no test"));
            continue;
        };
        for id in ids {
            let Some(found) = mentions.get_mut(&id) else {
                broken.push(format!("{at}: no clause has the id “{id}” ({CLAUSES})"));
                continue;
            };
            let list = if role == Role::Proves {
                &mut found.tests
            } else {
                &mut found.code
            };
            let mention = Mention {
                file: file.to_owned(),
                item: item.clone(),
            };
            if !list.contains(&mention) {
                list.push(mention);
            }
        }
    }
}

/// The role and the ids of a comment line, if it mentions clauses.
fn mention(line: &str) -> Option<(Role, Vec<String>)> {
    let line = line.trim_start();
    let comment = ["///", "//!", "//", "/**", "*", "#"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))?
        .trim();
    let (role, ids) = comment
        .strip_prefix("Clause:")
        .or_else(|| comment.strip_prefix("Clauses:"))
        .map(|ids| (Role::Enforces, ids))
        .or_else(|| {
            comment
                .strip_prefix("Proves:")
                .map(|ids| (Role::Proves, ids))
        })?;
    // What follows a dash explains, for the reader.
    let ids = ids
        .trim_end_matches("*/")
        .split(['—', '–'])
        .next()
        .unwrap_or_default();
    let ids = ids
        .split(',')
        .map(|id| id.trim().trim_end_matches('.').trim_matches('`').to_owned())
        .collect();
    Some((role, ids))
}

/// The name of the test that follows: `fn name(`, `test('name'`, `def name(`.
fn test_name(below: &[&str]) -> Option<String> {
    for line in below.iter().map(|line| line.trim()) {
        if let Some(rest) = after_word(line, "fn").or_else(|| after_word(line, "def")) {
            return Some(identifier(rest));
        }
        for call in ["test(", "it("] {
            if let Some(rest) = line
                .strip_prefix(call)
                .or_else(|| line.strip_prefix(&format!("await {call}")))
            {
                let mut letters = rest.chars();
                let quote = letters.next().filter(|c| "'\"`".contains(*c))?;
                return letters.as_str().split(quote).next().map(str::to_owned);
            }
        }
        let between = line.is_empty()
            || ["//", "#", "*", "/*", "@", "\"", ")", "]"]
                .iter()
                .any(|mark| line.starts_with(mark));
        if !between {
            return None;
        }
    }
    None
}

/// The name of the item or the enum variant that a doc comment belongs to.
fn item_name(below: &[&str]) -> Option<String> {
    let line = below.iter().map(|line| line.trim()).find(|line| {
        !line.is_empty() && !["//", "#", "*"].iter().any(|mark| line.starts_with(mark))
    })?;
    for word in [
        "fn", "struct", "enum", "trait", "const", "static", "type", "mod", "function", "class",
        "def",
    ] {
        if let Some(rest) = after_word(line, word) {
            return Some(identifier(rest));
        }
    }
    let name = identifier(line.trim_start_matches("pub "));
    (!name.is_empty() && name != "impl" && name != "let").then_some(name)
}

fn after_word<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let mut rest = line;
    loop {
        let (first, after) = rest.split_once(' ')?;
        if first == word && after.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            // `const fn name`: the name follows the second word
            return after_word(after, "fn").or(Some(after));
        }
        if ![
            "pub",
            "pub(crate)",
            "pub(super)",
            "async",
            "const",
            "unsafe",
            "export",
            "default",
        ]
        .contains(&first)
        {
            return None;
        }
        rest = after;
    }
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn page(clauses: &[Clause], mentions: &BTreeMap<String, Mentions>) -> String {
    let (proved, untested) = count(mentions);
    let mut page = String::from(
        "# The clauses, and where each one stands\n\n\
         Generated by `cargo xtask rules` from the `Clause:` lines of the code and the `Proves:` lines of the tests; \
         do not edit.\nThe clauses themselves, and the sources that their ids name, are in \
         [`docs/rules/clauses.toml`](../../rules/clauses.toml).\n\n\
         | state | means | clauses |\n|---|---|---|\n",
    );
    let rest = clauses.len().saturating_sub(proved + untested);
    let _ = writeln!(page, "| proved | a test proves it | {proved} |");
    let _ = writeln!(
        page,
        "| code without test | code enforces it, no test names it | {untested} |"
    );
    let _ = writeln!(page, "| not yet | nothing names it | {rest} |");
    let mut source = "";
    for clause in clauses {
        let begin = clause.id.split('-').next().unwrap_or_default();
        if begin != source {
            source = begin;
            let _ = write!(
                page,
                "\n## {source}\n\n| clause | kind | state | the system | code | tests |\n|---|---|---|---|---|---|\n"
            );
        }
        let Some(found) = mentions.get(&clause.id) else {
            continue;
        };
        let state = match (found.tests.is_empty(), found.code.is_empty()) {
            (false, _) => "**proved**",
            (true, false) => "code without test",
            (true, true) => "not yet",
        };
        let _ = writeln!(
            page,
            "| {} | {} | {state} | {} | {} | {} |",
            clause.id,
            clause.kind,
            clause.must.replace('|', "\\|").replace('\n', " "),
            links(&found.code),
            links(&found.tests),
        );
    }
    page
}

fn links(mentions: &[Mention]) -> String {
    let mut sorted = mentions.to_vec();
    sorted.sort();
    let written: Vec<String> = sorted
        .iter()
        .map(|mention| {
            let file = &mention.file;
            let short = file
                .strip_prefix("crates/")
                .unwrap_or(file)
                .replace("/src/", "/");
            let name = mention.item.replace('|', "\\|");
            if name.is_empty() {
                format!("[{short}]({TO_ROOT}{file})")
            } else {
                format!("[{short}]({TO_ROOT}{file}) {name}")
            }
        })
        .collect();
    written.join("<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(file: &str, text: &str) -> (BTreeMap<String, Mentions>, Vec<String>) {
        let mut mentions = BTreeMap::from([
            ("TG-8.1a".to_owned(), Mentions::default()),
            ("AG-17.3d".to_owned(), Mentions::default()),
        ]);
        let mut broken = Vec::new();
        scan(file, text, &mut mentions, &mut broken);
        (mentions, broken)
    }

    #[test]
    fn a_test_is_found_below_its_comment_and_attributes() {
        let text = "/// Proves: TG-8.1a, AG-17.3d.\n#[test]\nfn a_number_has_no_gap() {}\n";
        let (mentions, broken) = scanned("a.rs", text);
        assert!(broken.is_empty());
        assert_eq!(mentions["TG-8.1a"].tests[0].item, "a_number_has_no_gap");
        assert_eq!(mentions["AG-17.3d"].tests.len(), 1);
    }

    #[test]
    fn tests_in_javascript_and_python_are_found_too() {
        let script = "// Proves: TG-8.1a\ntest('the clerk numbers by keyboard', async () => {});\n";
        assert_eq!(
            scanned("e2e/a.mjs", script).0["TG-8.1a"].tests[0].item,
            "the clerk numbers by keyboard"
        );
        let python = "# Proves: TG-8.1a\ndef both_are_intact(path):\n";
        assert_eq!(
            scanned("tests/a.py", python).0["TG-8.1a"].tests[0].item,
            "both_are_intact"
        );
    }

    #[test]
    fn an_unknown_clause_and_a_proof_above_no_test_are_errors() {
        assert_eq!(
            scanned("a.rs", "/// Clause: TG-99\npub fn x() {}\n")
                .1
                .len(),
            1
        );
        assert_eq!(
            scanned("a.rs", "/// Proves: TG-8.1a\npub struct X;\n")
                .1
                .len(),
            1
        );
    }

    #[test]
    fn code_is_named_by_its_item() {
        let text = "/// Numbers.\n///\n/// Clause: TG-8.1a\npub(crate) async fn number() {}\n\
                    /// Clause: AG-17.3d\nUnsigned { why: Text },\n";
        let (mentions, broken) = scanned("crates/x/src/a.rs", text);
        assert!(broken.is_empty());
        assert_eq!(mentions["TG-8.1a"].code[0].item, "number");
        assert_eq!(mentions["AG-17.3d"].code[0].item, "Unsigned");
    }

    #[test]
    fn words_after_a_dash_explain() {
        let ids = vec!["TG-8.1a".to_owned(), "AG-17.3d".to_owned()];
        assert_eq!(
            mention("/// Clause: TG-8.1a, AG-17.3d — extended, never made again"),
            Some((Role::Enforces, ids))
        );
    }

    #[test]
    fn prose_that_only_speaks_of_clauses_is_no_mention() {
        assert_eq!(mention("// see Clause: TG-8.1a"), None);
        assert_eq!(mention("let x = \"Clause: TG-8.1a\";"), None);
    }
}
