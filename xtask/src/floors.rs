//! Arrows point down only. A crate may use what lies on a lower floor, a heavy dependency stays behind the
//! door of one crate, and some crates must be unable to do some things at all. ARCHITECTURE.md shows the same
//! in words; a crate that is missing there is an error too.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::repo::Repo;

/// Which floor each crate stands on.
const FLOORS: &[(&str, u8)] = &[
    ("vanthu-domain", 1),
    ("vanthu-pki", 1),
    ("vanthu-wire", 1),
    ("vanthu-reader", 1),
    ("vanthu-recorder", 1),
    ("vanthu-signing", 2),
    ("vanthu-layout", 2),
    ("vanthu-token", 2),
    ("vanthu-remote", 2),
    ("vanthu-store", 2),
    ("vanthu-app", 3),
    ("vanthu-web", 4),
    ("vanthu", 5),
    ("vanthu-agent", 5),
    ("xtask", 5),
];

/// Helper of tests: stands beside the floors, sees what lies below the actions, is only ever a dev-dependency.
const TESTKIT: &str = "vanthu-testkit";
const TESTKIT_SEES_BELOW: u8 = 3;

/// A module of key devices that tests load; only ever a dev-dependency.
const RECORDER: &str = "vanthu-recorder";

/// The files that may hold unsafe code, and why: everywhere else it is denied.
const UNSAFE: &[(&str, &str)] = &[
    (
        "crates/vanthu-token/src/pkcs11/raw.rs",
        "two calls of the C interface of key devices",
    ),
    (
        "crates/vanthu-recorder/src/module.rs",
        "is such an interface, for tests",
    ),
];

/// What a crate must not know although it lies on a lower floor.
const IGNORANCE: &[(&str, &str, &str)] = &[
    (
        "vanthu-signing",
        "vanthu-domain",
        "signatures know no person, register or database",
    ),
    (
        "vanthu-signing",
        "vanthu-wire",
        "signatures know no protocol",
    ),
    (
        "vanthu-remote",
        "vanthu-domain",
        "services that hold keys see digests, no documents",
    ),
    (
        "vanthu-remote",
        "vanthu-wire",
        "services that hold keys have protocols of their own",
    ),
    ("vanthu-web", "vanthu-store", "pages open no transaction"),
    ("vanthu-app", "vanthu-token", "the server holds no key"),
    ("vanthu-web", "vanthu-token", "the server holds no key"),
    (
        "vanthu-agent",
        "vanthu-domain",
        "the agent knows certificates, its protocol and pages, no rules of documents",
    ),
    (
        "vanthu-agent",
        "vanthu-signing",
        "the agent signs digests, never files",
    ),
    (
        "vanthu-agent",
        "vanthu-layout",
        "the agent draws pages and carries no typesetter",
    ),
    (
        "vanthu-agent",
        "vanthu-store",
        "the agent keeps no document",
    ),
    (
        "vanthu-agent",
        "vanthu-app",
        "the agent is no part of the server",
    ),
    (
        "vanthu-agent",
        "vanthu-web",
        "the agent is no part of the server",
    ),
];

/// A heavy or dangerous dependency (by the start of its name), and the crates that hold its door.
const DOORS: &[(&str, &[&str])] = &[
    ("typst", &["vanthu-layout"]),
    ("hayro", &["vanthu-reader"]),
    ("rust_xlsxwriter", &["vanthu-layout"]),
    ("sea-orm", &["vanthu-store"]),
    ("sqlx", &["vanthu-store"]),
    ("aws-lc", &["vanthu-pki", "vanthu-signing"]),
    ("ring", &["vanthu-pki", "vanthu-signing"]),
    ("p12-keystore", &["vanthu-pki"]),
    ("cryptoki", &["vanthu-token", RECORDER]),
    ("region", &["vanthu-token"]),
    ("axum", &["vanthu-web", "vanthu-agent", "vanthu"]),
    ("askama", &["vanthu-web", "vanthu-agent", "vanthu"]),
    ("reqwest", &["vanthu-app", "vanthu-agent", "vanthu"]),
];

/// What makes code wait, listen or store; refused to the crates that only compute.
const WAITING: &[&str] = &[
    "tokio", "async-", "futures", "smol", "axum", "hyper", "reqwest", "tower", "sea-orm", "sqlx",
    "rusqlite",
];
const ONLY_COMPUTE: &[&str] = &[
    "vanthu-domain",
    "vanthu-pki",
    "vanthu-wire",
    "vanthu-reader",
    "vanthu-signing",
    "vanthu-layout",
    "vanthu-token",
    "vanthu-remote",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Normal,
    Build,
    Dev,
}

const SECTIONS: &[(&str, Section)] = &[
    ("dependencies", Section::Normal),
    ("build-dependencies", Section::Build),
    ("dev-dependencies", Section::Dev),
];

/// A workspace of its own for fuzzing: stands on no floor and ships nothing, but gives its reasons.
const FUZZ: &str = "fuzz/Cargo.toml";

/// Every broken arrow, door and manifest rule of the workspace.
pub(crate) fn check(repo: &Repo) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let mut seen = Vec::new();
    let mut inherited = BTreeSet::new();
    for manifest in manifests(repo)? {
        let text = repo.read(&manifest)?;
        if manifest == FUZZ {
            check_reasons(&manifest, &text, false, &mut broken);
            continue;
        }
        let table: Table =
            toml::from_str(&text).with_context(|| format!("{manifest} is not TOML"))?;
        inherited.extend(from_workspace(&table));
        let name = table
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(Value::as_str)
            .with_context(|| format!("{manifest} names no package"))?
            .to_owned();
        if !manifest.ends_with(&format!("{name}/Cargo.toml")) {
            broken.push(format!(
                "{manifest}: the folder is not named like the crate {name}"
            ));
        }
        check_crate(&name, &table, &mut broken);
        check_reasons(&manifest, &text, false, &mut broken);
        seen.push(name);
    }
    for (name, _) in FLOORS {
        if !seen.iter().any(|crate_name| crate_name == name) {
            broken.push(format!(
                "{name} has a floor in xtask/src/floors.rs but is gone"
            ));
        }
    }
    let root = repo.read("Cargo.toml")?;
    check_reasons("Cargo.toml", &root, true, &mut broken);
    let root: Table = toml::from_str(&root).context("Cargo.toml is not TOML")?;
    check_unused(&root, &inherited, &mut broken);
    check_map(repo, &seen, &mut broken)?;
    for file in repo.files()? {
        let is_rust = file.rsplit_once('.').is_some_and(|(_, kind)| kind == "rs");
        if is_rust && !file.starts_with("xtask/") {
            check_unsafe(&file, &repo.read(&file)?, &mut broken);
        }
        if file.ends_with("/clippy.toml") {
            broken.push(format!(
                "{file} would replace the root file instead of adding to it"
            ));
        }
    }
    Ok(broken)
}

/// Whoever lifts the lint, in the code or in a manifest, stands in the table.
fn check_unsafe(file: &str, text: &str, broken: &mut Vec<String>) {
    let lifts = text.contains("unsafe_code") || text.contains("unsafe_op_in_unsafe_fn");
    if lifts && !UNSAFE.iter().any(|(allowed, _)| *allowed == file) {
        broken.push(format!(
            "{file} lifts the lint against unsafe code; the table in xtask/src/floors.rs does not name it"
        ));
    }
}

fn manifests(repo: &Repo) -> Result<Vec<String>> {
    let mut files = repo.files()?;
    files.retain(|file| file.ends_with("/Cargo.toml"));
    Ok(files)
}

fn floor(name: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map(|(_, floor)| *floor)
}

fn check_crate(name: &str, manifest: &Table, broken: &mut Vec<String>) {
    if floor(name).is_none() && name != TESTKIT {
        broken.push(format!(
            "{name} has no floor: give it one in xtask/src/floors.rs"
        ));
        return;
    }
    let lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"));
    if lints.and_then(Value::as_bool) != Some(true) {
        broken.push(format!("{name} does not take the lints of the workspace"));
    }
    for (section, dependency) in dependencies(manifest) {
        check_arrow(name, section, &dependency, broken);
        // Tests may look behind a door; what ships may not.
        if section != Section::Dev {
            check_door(name, &dependency, broken);
        }
    }
}

/// Every dependency of a manifest by its real name, those of single targets too.
fn dependencies(manifest: &Table) -> Vec<(Section, String)> {
    let real = |(section, alias, value): (Section, &str, &Value)| {
        let real = value.get("package").and_then(Value::as_str);
        (section, real.unwrap_or(alias).to_owned())
    };
    lines(manifest).into_iter().map(real).collect()
}

/// What a manifest takes from the workspace, by the names there.
fn from_workspace(manifest: &Table) -> impl Iterator<Item = String> {
    let inherits = |value: &Value| value.get("workspace").and_then(Value::as_bool) == Some(true);
    lines(manifest)
        .into_iter()
        .filter(move |(_, _, value)| inherits(value))
        .map(|(_, alias, _)| alias.to_owned())
}

/// Every line of the dependency tables, those of single targets too.
fn lines(manifest: &Table) -> Vec<(Section, &str, &Value)> {
    let mut tables = vec![manifest];
    if let Some(targets) = manifest.get("target").and_then(Value::as_table) {
        tables.extend(targets.values().filter_map(Value::as_table));
    }
    let mut found = Vec::new();
    for table in tables {
        for (key, section) in SECTIONS {
            if let Some(list) = table.get(*key).and_then(Value::as_table) {
                found.extend(
                    list.iter()
                        .map(|(alias, value)| (*section, alias.as_str(), value)),
                );
            }
        }
    }
    found
}

/// What the workspace offers and no crate takes.
fn check_unused(root: &Table, inherited: &BTreeSet<String>, broken: &mut Vec<String>) {
    let offered = root
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(Value::as_table);
    for name in offered.into_iter().flat_map(Table::keys) {
        if !inherited.contains(name) {
            broken.push(format!("Cargo.toml: no crate uses {name}"));
        }
    }
}

fn check_arrow(name: &str, section: Section, dependency: &str, broken: &mut Vec<String>) {
    if dependency == TESTKIT {
        if section != Section::Dev {
            broken.push(format!("{name} may use {TESTKIT} in its tests only"));
        }
        return;
    }
    if dependency == RECORDER && section != Section::Dev {
        broken.push(format!("{name} may use {RECORDER} in its tests only"));
        return;
    }
    let Some(below) = floor(dependency) else {
        return;
    };
    let own = if name == TESTKIT {
        Some(TESTKIT_SEES_BELOW)
    } else {
        floor(name)
    };
    if own.is_some_and(|own| below >= own) {
        broken.push(format!(
            "{name} may not use {dependency}: it does not lie on a lower floor"
        ));
    }
    for (who, what, why) in IGNORANCE {
        if *who == name && *what == dependency && section != Section::Dev {
            broken.push(format!("{name} may not use {dependency}: {why}"));
        }
    }
}

fn check_door(name: &str, dependency: &str, broken: &mut Vec<String>) {
    for (start, holders) in DOORS {
        if belongs(dependency, start) && !holders.contains(&name) {
            let holders = holders.join(", ");
            broken.push(format!(
                "{name} may not use {dependency}: its door is {holders}"
            ));
        }
    }
    if ONLY_COMPUTE.contains(&name) && WAITING.iter().any(|start| belongs(dependency, start)) {
        broken.push(format!(
            "{name} may not use {dependency}: it computes, it does not wait"
        ));
    }
}

/// Whether `dependency` is the named one or one of its family (`typst`, `typst-pdf`).
fn belongs(dependency: &str, start: &str) -> bool {
    dependency == start
        || dependency.strip_prefix(start).is_some_and(|rest| {
            start.ends_with('-') || rest.starts_with('-') || rest.starts_with('_')
        })
}

/// Every foreign dependency says in one comment why it is here.
fn check_reasons(manifest: &str, text: &str, root: bool, broken: &mut Vec<String>) {
    let mut inside = false;
    let mut comment_above = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && line.contains('=') && !line.starts_with('#') {
            let ours = line.contains("path =") || (!root && line.contains("workspace"));
            if !ours && !comment_above && !line.contains('#') {
                let name = line.split(['=', '.']).next().unwrap_or(line).trim();
                broken.push(format!("{manifest}: {name} does not say why it is here"));
            }
        }
        comment_above = line.starts_with('#');
    }
}

/// The map names every crate, and none that is gone.
fn check_map(repo: &Repo, crates: &[String], broken: &mut Vec<String>) -> Result<()> {
    const MAP: &str = "ARCHITECTURE.md";
    let text = repo.read(MAP)?;
    let mut named = BTreeSet::new();
    for word in text.split('`').skip(1).step_by(2) {
        if word.starts_with("vanthu-") && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            named.insert(word);
        }
    }
    for name in crates {
        if !text.contains(&format!("`{name}`")) {
            broken.push(format!("{MAP} does not name the crate {name}"));
        }
    }
    for name in named {
        if !crates.iter().any(|crate_name| crate_name == name) {
            broken.push(format!("{MAP} names the crate {name}, which is gone"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, manifest: &str) -> Vec<String> {
        let table: Table = toml::from_str(manifest).unwrap();
        let mut broken = Vec::new();
        check_crate(name, &table, &mut broken);
        broken
    }

    fn with_lints(rest: &str) -> String {
        format!("[lints]\nworkspace = true\n{rest}")
    }

    #[test]
    fn what_the_workspace_offers_and_nobody_takes_is_told() {
        let root = "[workspace.dependencies]\ntoml = \"1\"\nhex = \"1\"\njiff = \"1\"";
        let member = "[dependencies]\ntoml = { workspace = true, features = [\"x\"] }\nhex = \"1\"\n\
                      [target.'cfg(unix)'.dev-dependencies]\njiff.workspace = true";
        let inherited = from_workspace(&toml::from_str(member).unwrap()).collect();
        let mut broken = Vec::new();
        check_unused(&toml::from_str(root).unwrap(), &inherited, &mut broken);
        assert_eq!(broken, ["Cargo.toml: no crate uses hex"]);
    }

    #[test]
    fn an_arrow_that_points_up_or_sideways_is_refused() {
        let up = with_lints("[dependencies]\nvanthu-web.workspace = true");
        assert_eq!(broken("vanthu-app", &up).len(), 1);
        let sideways = with_lints("[dependencies]\nvanthu-pki.workspace = true");
        assert_eq!(broken("vanthu-domain", &sideways).len(), 1);
        assert!(broken("vanthu-signing", &sideways).is_empty());
    }

    #[test]
    fn a_renamed_dependency_and_one_of_a_single_target_are_seen() {
        let renamed =
            with_lints("[dependencies]\nsql = { package = \"sea-orm\", version = \"2\" }");
        assert_eq!(broken("vanthu-app", &renamed).len(), 1);
        let target = with_lints("[target.'cfg(unix)'.dependencies]\ntypst-pdf = \"1\"");
        assert_eq!(broken("vanthu-web", &target).len(), 1);
    }

    #[test]
    fn the_domain_can_not_wait() {
        for name in [
            "tokio",
            "async-trait",
            "futures-util",
            "reqwest",
            "tower-http",
        ] {
            let manifest = with_lints(&format!("[dependencies]\n{name} = \"1\""));
            assert!(!broken("vanthu-domain", &manifest).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_similar_name_is_not_the_same_family() {
        assert!(belongs("ring", "ring"));
        assert!(!belongs("ringbuffer", "ring"));
        assert!(belongs("typst-as-lib", "typst"));
        assert!(belongs("aws-lc-rs", "aws-lc"));
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        let normal = with_lints("[dependencies]\nvanthu-testkit.workspace = true");
        assert_eq!(broken("vanthu-app", &normal).len(), 1);
        let dev = with_lints("[dev-dependencies]\nvanthu-testkit.workspace = true");
        assert!(broken("vanthu-app", &dev).is_empty());
    }

    #[test]
    fn a_test_s_module_does_not_ship_and_unsafe_code_is_named() {
        let normal = with_lints("[dependencies]\nvanthu-recorder.workspace = true");
        assert_eq!(broken("vanthu-agent", &normal).len(), 1);
        let dev = with_lints("[dev-dependencies]\nvanthu-recorder.workspace = true");
        assert!(broken("vanthu-agent", &dev).is_empty());
        let mut found = Vec::new();
        let lifted = "#![expect(unsafe_code, reason = \"…\")]";
        check_unsafe("crates/vanthu-web/src/lib.rs", lifted, &mut found);
        check_unsafe("crates/vanthu-token/src/pkcs11/raw.rs", lifted, &mut found);
        check_unsafe("crates/vanthu-web/src/lib.rs", "fn safe() {}", &mut found);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn pages_open_no_transaction() {
        let manifest = with_lints("[dependencies]\nvanthu-store.workspace = true");
        assert_eq!(broken("vanthu-web", &manifest).len(), 1);
    }

    #[test]
    fn a_dependency_without_a_reason_is_refused() {
        let mut found = Vec::new();
        let text =
            "[dependencies]\nserde.workspace = true\nzip = \"1\"\n# reads pictures\npng = \"1\"\n";
        check_reasons("x", text, false, &mut found);
        assert_eq!(found, ["x: zip does not say why it is here"]);
    }
}
