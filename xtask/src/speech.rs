//! The repository speaks of itself alone: no paths of one machine, no registry hosts, no switched-off tests.

use anyhow::Result;

use crate::repo::Repo;

/// What may not stand in any file, and why. Written in two halves so that this file passes its own check.
const WORDS: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/fa", "rm/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (
        concat!("\"/t", "mp/"),
        "a fixed temporary path: ask the system for a folder",
    ),
    (concat!("sub", "agent"), "not a word of this project"),
    (concat!("Clau", "de"), "not a word of this project"),
    (concat!("Anthro", "pic"), "not a word of this project"),
    (concat!("Chat", "GPT"), "not a word of this project"),
    (
        concat!("#[ign", "ore"),
        "a test is run or deleted, never switched off",
    ),
    (concat!("should_", "panic"), "assert the error itself"),
    (concat!("waitFor", "Timeout"), "wait for the thing itself"),
];

/// What may not stand in files of this name.
const WORDS_IN: &[(&str, &str, &str)] = &[
    (
        "package-lock.json",
        "\"resolved\": \"http",
        "a registry host: run npm with --omit-lockfile-registry-resolved",
    ),
    (
        ".npmrc",
        "registry=",
        "a registry host belongs in the user's own settings",
    ),
    (
        ".cargo/config.toml",
        "[source",
        "a registry host belongs in the user's own settings",
    ),
    (
        "requirements.txt",
        "index-url",
        "a registry host belongs in the user's own settings",
    ),
];

/// Every line with a word that does not belong here.
pub(crate) fn check(repo: &Repo) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in repo.files()? {
        let Ok(text) = repo.read(&file) else { continue }; // pictures, fonts
        for (number, line) in text.lines().enumerate() {
            for why in reasons(&file, line) {
                broken.push(format!("{file}:{}: {why}", number + 1));
            }
        }
    }
    Ok(broken)
}

fn reasons(file: &str, line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, why) in WORDS {
        if line.contains(word) {
            found.push(format!("“{word}” – {why}"));
        }
    }
    for (name, word, why) in WORDS_IN {
        if file.ends_with(name) && line.contains(word) {
            found.push(format!("“{word}” – {why}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_path_is_refused_in_any_file() {
        let line = concat!("include = \"/wo", "rk/x\"");
        assert_eq!(reasons("a.toml", line).len(), 1);
        assert!(reasons("a.toml", "include = \"x\"").is_empty());
    }

    #[test]
    fn a_registry_host_is_refused_in_the_lock_file_only() {
        let line = "\"resolved\": \"https://registry.example/x.tgz\"";
        assert_eq!(reasons("e2e/package-lock.json", line).len(), 1);
        assert!(reasons("README.md", line).is_empty());
    }
}
