//! Pages that point somewhere point at something: links between files, and the types that the glossary names.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::repo::Repo;

const GLOSSARY: &str = "docs/book/glossary.md";
/// Each threat in its table names the tests that show the measure.
const THREATS: &str = "docs/book/concepts/signing-threats.md";

/// Every dead link of the written pages, and every word of the glossary that the code has lost.
pub(crate) fn check(repo: &Repo) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for page in repo.files_ending(&["md"])? {
        let folder = Path::new(&page)
            .parent()
            .unwrap_or(Path::new(""))
            .to_path_buf();
        for link in links(&repo.read(&page)?) {
            let target = straight(&folder.join(&link));
            if !repo.has(&target.to_string_lossy()) {
                broken.push(format!("{page}: the link to {link} leads nowhere"));
            }
        }
    }
    let mut sources = String::new();
    for file in repo.files_ending(&["rs"])? {
        if file.starts_with("crates/") {
            sources.push_str(&repo.read(&file)?);
        }
    }
    broken.extend(unproven(&repo.read(THREATS)?, &sources));
    for name in names(&repo.read(GLOSSARY)?) {
        if !exists(repo, &sources, &name) {
            broken.push(format!("{GLOSSARY}: {name} is not in the code"));
        }
    }
    Ok(broken)
}

/// Threats without a test, and tests that are gone.
fn unproven(page: &str, sources: &str) -> Vec<String> {
    let table = page.split("\n## Threats\n").nth(1).unwrap_or_default();
    let table = table.split("\n## ").next().unwrap_or_default();
    // One table for each part, each with the same heading.
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| threat |");
    let rows = table.lines().filter(is_row);
    let mut broken = Vec::new();
    let mut count = 0;
    for row in rows {
        count += 1;
        let proofs = names(row);
        if proofs.is_empty() {
            broken.push(format!("{THREATS}: no test for: {row}"));
        }
        let gone = proofs.iter().filter(|name| !is_test(sources, name));
        broken.extend(gone.map(|name| format!("{THREATS}: {name} is no test")));
    }
    if count == 0 {
        broken.push(format!("{THREATS}: no threats"));
    }
    broken
}

/// Whether a function of that name is a test: its attribute stands right above it, other attributes between.
fn is_test(sources: &str, name: &str) -> bool {
    let wanted = [format!("fn {name}()"), format!("fn {name}(")];
    let mut above_is_test = false;
    for line in sources.lines().map(str::trim) {
        if line.starts_with("#[") {
            above_is_test |= line.contains("test]") || line.contains("test(");
        } else {
            if above_is_test && wanted.iter().any(|it| line.contains(it.as_str())) {
                return true;
            }
            above_is_test = false;
        }
    }
    false
}

/// The relative targets of `[…](target)`, without their anchors.
fn links(page: &str) -> Vec<String> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|link| link.split('#').next().unwrap_or_default().to_owned())
        .filter(|link| !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:"))
        .collect()
}

/// The path without `..`.
fn straight(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}

/// The words in code marks of the glossary's last column.
fn names(glossary: &str) -> Vec<String> {
    glossary
        .lines()
        .filter_map(|line| line.trim().strip_suffix('|')?.rsplit_once('|'))
        .flat_map(|(_, cell)| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn exists(repo: &Repo, sources: &str, name: &str) -> bool {
    let mut parts = name.split("::");
    let first = parts.next().unwrap_or_default();
    if first.starts_with("vanthu_") {
        let folder = format!("crates/{}/src", first.replace('_', "-"));
        return match parts.next() {
            None => repo.has(&folder),
            Some(module) => {
                repo.has(&format!("{folder}/{module}.rs"))
                    || repo.has(&format!("{folder}/{module}/mod.rs"))
            }
        };
    }
    let defined = ["struct", "enum", "trait", "mod", "fn"].iter().any(|word| {
        [' ', ';', '(', '<', '{']
            .iter()
            .any(|end| sources.contains(&format!("{word} {first}{end}")))
    });
    // A list of `words!` names its type without a keyword.
    let listed = sources.contains(&format!("\n    {first} {{\n"));
    (defined || listed)
        && parts
            .next()
            .is_none_or(|variant| sources.contains(&format!(" {variant}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_inside_the_repository_are_followed() {
        let page = "[a](x/y.md#part) [b](https://example.org) ![c](p.png) [d](#here)";
        assert_eq!(links(page), ["x/y.md", "p.png"]);
        assert_eq!(
            straight(Path::new("docs/book/../rules/a.toml")),
            Path::new("docs/rules/a.toml")
        );
    }

    #[test]
    fn the_glossary_names_types_in_its_last_column() {
        let row = "| bút phê | `no` | `Directed`, `vanthu_domain::line` |\ntext `no`\n";
        assert_eq!(names(row), ["Directed", "vanthu_domain::line"]);
    }

    #[test]
    fn a_threat_names_tests_that_exist() {
        let sources = "#[test]\nfn kept() {}\n#[tokio::test]\nasync fn too() {}\nfn no_test() {}\n";
        let page = |cell: &str| {
            format!(
                "# T\n\n## Threats\n\n| threat | m | by |\n|---|---|---|\n| a | b | {cell} |\n\n## Left\n| x | y | z |\n"
            )
        };
        assert!(unproven(&page("`kept`, `too`"), sources).is_empty());
        assert_eq!(unproven(&page("`gone`"), sources).len(), 1);
        assert_eq!(unproven(&page("`no_test`"), sources).len(), 1);
        assert_eq!(unproven(&page("nothing"), sources).len(), 1);
        assert_eq!(unproven("# T\n", sources).len(), 1);
    }
}
