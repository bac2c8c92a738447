//! How each kind of test is run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Outcome;
use super::child::{self, Finished};
use super::count::{self, Count};
use crate::repo::{Repo, say};

/// Unit and contract tests; with a PostgreSQL of their own where one is installed.
pub(crate) fn rust(repo: &Repo) -> Result<Outcome> {
    let postgres = child::run(script(repo, "scripts/with-postgres.sh").arg("--check"))?.ok;
    let nextest = child::run(command(repo, "cargo").args(["nextest", "--version"]))?.ok;
    let run = if postgres {
        let mut run = script(repo, "scripts/with-postgres.sh");
        run.arg("cargo");
        run
    } else {
        command(repo, "cargo")
    };
    let (count, skips) = if nextest {
        with_nextest(repo, run)?
    } else {
        with_cargo(run)?
    };
    let outcome = skips
        .iter()
        .fold(Outcome::of(count), |outcome, skip| outcome.note(skip));
    Ok(if postgres {
        outcome.note("on SQLite and PostgreSQL")
    } else {
        outcome.lacking("on SQLite only: PostgreSQL is not installed")
    })
}

/// cargo-nextest leaves a report that says everything.
fn with_nextest(repo: &Repo, mut run: Command) -> Result<(Count, BTreeSet<String>)> {
    const REPORT: &str = "target/nextest/default/junit.xml";
    if repo.has(REPORT) {
        fs::remove_file(repo.path(REPORT)).context("cannot remove the last report")?;
    }
    run.args([
        "nextest",
        "run",
        "--workspace",
        "--no-fail-fast",
        "--no-tests",
        "pass",
    ]);
    run.args(["--status-level", "fail", "--final-status-level", "slow"]);
    let finished = child::run(&mut run)?;
    let report = if repo.has(REPORT) {
        repo.read(REPORT)?
    } else {
        String::new()
    };
    let (count, skips) = count::junit(&report).unwrap_or_default();
    Ok((count.with_end(finished.ok), skips))
}

/// What comes with Rust; slower, because test programs run one after the other.
fn with_cargo(mut run: Command) -> Result<(Count, BTreeSet<String>)> {
    run.args([
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
    ]);
    run.args(["--", "--show-output"]);
    let finished = child::run(&mut run)?;
    let skips = count::skips(finished.lines.iter().map(|line| line.trim().to_owned()));
    Ok((count::cargo(&finished.lines).with_end(finished.ok), skips))
}

/// Examples in doc comments.
pub(crate) fn doc(repo: &Repo) -> Result<Outcome> {
    let finished = child::run(command(repo, "cargo").args([
        "test",
        "--workspace",
        "--doc",
        "--no-fail-fast",
    ]))?;
    Ok(Outcome::of(
        count::cargo(&finished.lines).with_end(finished.ok),
    ))
}

/// The types of the front end, and its unit tests.
pub(crate) fn frontend(repo: &Repo) -> Result<Outcome> {
    const FOLDER: &str = "crates/vanthu-web";
    if !install(repo, FOLDER)? {
        return Ok(Outcome::of(Count::one(false)).note("npm ci failed"));
    }
    let mut count = Count::default();
    if has_npm_script(repo, FOLDER, "check")? {
        count.add(Count::one(npm(repo, FOLDER, &["run", "check"])?.ok));
    }
    if has_npm_script(repo, FOLDER, "test")? {
        let finished = npm(repo, FOLDER, &["test"])?;
        count.add(count::node(&finished.lines).with_end(finished.ok));
    }
    Ok(Outcome::of(count))
}

/// The main job in a real browser, against a server of its own.
pub(crate) fn browser(repo: &Repo) -> Result<Outcome> {
    const FOLDER: &str = "e2e";
    if !repo.has("e2e/package.json") {
        return Ok(Outcome::absent("e2e/package.json is missing"));
    }
    let Some(chromium) = child::find("chromium") else {
        return Ok(Outcome::absent("Chromium is not installed"));
    };
    let Some([server, agent]) = programs(repo)? else {
        return Ok(Outcome::of(Count::one(false)).note("the programs did not build"));
    };
    if !install(repo, FOLDER)? {
        return Ok(Outcome::of(Count::one(false)).note("npm ci failed"));
    }
    let Some(beside) = beside(repo)? else {
        return Ok(Outcome::of(Count::one(false)).note("the played services did not build"));
    };
    let mut run = command(repo, "node");
    run.current_dir(repo.path(FOLDER));
    run.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    run.env("VANTHU_BIN", server)
        .env("VANTHU_AGENT_BIN", agent)
        .env("VANTHU_FAKE_SERVICE_BIN", beside.join("fake-service"))
        .env("VANTHU_FAKE_TOOL_BIN", beside.join("fake-tool"))
        .env("VANTHU_GALLERY_BIN", beside.join("examples/gallery"))
        .env("CHROMIUM", chromium);
    let finished = child::run(&mut run)?;
    Ok(Outcome::of(
        count::node(&finished.lines).with_end(finished.ok),
    ))
}

/// The main job over HTTP on each database, and the document it issues under poppler and pyHanko.
pub(crate) fn validators(repo: &Repo) -> Result<Outcome> {
    if child::find("pdfsig").is_none() {
        return Ok(Outcome::absent("poppler-utils is not installed"));
    }
    let Some([server, _]) = programs(repo)? else {
        return Ok(Outcome::of(Count::one(false)).note("the programs did not build"));
    };
    let python = child::run(&mut script(repo, "scripts/python.sh"))?;
    let Some(python) = python.lines.last().filter(|_| python.ok) else {
        return Ok(Outcome::absent(
            "the virtual environment of tests/requirements.txt could not be made",
        ));
    };
    let folder = target(repo).join("validators");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot empty the folder of the last run")?;
    }
    let mut count = signatures_of_every_level(repo, python, &folder.join("levels"))?;
    count.add(detached_of_every_level(
        repo,
        python,
        &folder.join("detached"),
    )?);
    count.add(typeset_documents(repo, python, &folder.join("typeset"))?);
    let sqlite = folder.join("sqlite");
    let mut demo = script(repo, "scripts/demo.sh");
    demo.args(["--own", "--out"]).arg(&sqlite);
    count.add(issued_document(repo, &mut demo, python, &sqlite)?);
    count.add(other_authority(repo, &server, python, &folder)?);
    if !child::run(script(repo, "scripts/with-postgres.sh").arg("--check"))?.ok {
        return Ok(Outcome::of(count).lacking("on SQLite only: PostgreSQL is not installed"));
    }
    let postgres = folder.join("postgres");
    let mut demo = script(repo, "scripts/with-postgres.sh");
    // The address of the database is known only to what runs inside.
    demo.args(["bash", "-c"])
        .arg("exec scripts/demo.sh --database \"$VANTHU_TEST_POSTGRES\" --out \"$0\"")
        .arg(&postgres);
    count.add(issued_document(repo, &mut demo, python, &postgres)?);
    Ok(Outcome::of(count).note("on SQLite and PostgreSQL"))
}

/// Asks our program about the certificates of an authority of another house, which answers over HTTP; signs, seals and
/// extends with such certificates, and lets other tools judge that.
fn other_authority(repo: &Repo, server: &Path, python: &str, folder: &Path) -> Result<Count> {
    let mut count = Count::default();
    for name in ["authority", "command_line"] {
        let kept = folder.join(name);
        fs::create_dir_all(&kept).context("cannot make the folder of the other authority")?;
        let mut asked = command(repo, python);
        asked.arg(format!("tests/{name}.py")).arg(server).arg(&kept);
        let finished = child::run(&mut asked)?;
        count.add(count::cargo(&finished.lines).with_end(finished.ok));
    }
    Ok(count)
}

/// Signs with every kind of key, at every level, in every form of file, and lets other tools judge that.
fn signatures_of_every_level(repo: &Repo, python: &str, folder: &Path) -> Result<Count> {
    made_and_judged(repo, python, folder, ["make_levels", "tests/levels.py"])
}

/// The same for detached signatures and containers.
fn detached_of_every_level(repo: &Repo, python: &str, folder: &Path) -> Result<Count> {
    made_and_judged(repo, python, folder, ["make_detached", "tests/detached.py"])
}

/// Every kind of document, typeset twice from the same text, under the rules of files for archives.
fn typeset_documents(repo: &Repo, python: &str, folder: &Path) -> Result<Count> {
    let Some(beside) = beside(repo)? else {
        return Ok(Count::one(false));
    };
    let mut count = Count::default();
    for time in ["once", "again"] {
        let mut example = command(repo, beside.join("examples/forms"));
        count.add(Count::one(child::run(example.arg(folder.join(time)))?.ok));
    }
    if count.failed == 0 {
        let judged = child::run(command(repo, python).arg("tests/typeset.py").arg(folder))?;
        count.add(count::cargo(&judged.lines).with_end(judged.ok));
    }
    Ok(count)
}

fn made_and_judged(
    repo: &Repo,
    python: &str,
    folder: &Path,
    [maker, judge]: [&str; 2],
) -> Result<Count> {
    let Some(beside) = beside(repo)? else {
        return Ok(Count::one(false));
    };
    let mut example = command(repo, beside.join("examples").join(maker));
    let mut count = Count::one(child::run(example.arg(folder))?.ok);
    if count.failed == 0 {
        let judged = child::run(command(repo, python).arg(judge).arg(folder))?;
        count.add(count::cargo(&judged.lines).with_end(judged.ok));
    }
    Ok(count)
}

/// Runs the demonstration and lets other tools judge what it issued.
fn issued_document(repo: &Repo, demo: &mut Command, python: &str, folder: &Path) -> Result<Count> {
    let mut count = Count::one(child::run(demo)?.ok);
    if count.failed == 0 {
        let judged = child::run(command(repo, python).arg("tests/validators.py").arg(folder))?;
        count.add(count::cargo(&judged.lines).with_end(judged.ok));
    }
    Ok(count)
}

/// The server and the agent, built as `make run` builds them.
fn programs(repo: &Repo) -> Result<Option<[PathBuf; 2]>> {
    let built = child::run(&mut script(repo, "scripts/build.sh"))?.ok;
    let folder = target(repo).join("debug");
    Ok(built.then(|| [folder.join("vanthu"), folder.join("vanthu-agent")]))
}

/// The folder of what runs beside the two programs: played services and examples. Built for the whole workspace, as
/// the Rust tests are: with a package alone, its libraries would have other features and be built once more.
fn beside(repo: &Repo) -> Result<Option<PathBuf>> {
    let mut build = command(repo, "cargo");
    build.args(["build", "--locked", "--workspace", "--examples"]);
    build.args(["--bin", "fake-service", "--bin", "fake-tool"]);
    Ok(child::run(&mut build)?
        .ok
        .then(|| target(repo).join("debug")))
}

/// `npm ci`, unless the lock file is what was installed last.
fn install(repo: &Repo, folder: &str) -> Result<bool> {
    let time = |file: &str| {
        fs::metadata(repo.path(folder).join(file))
            .and_then(|facts| facts.modified())
            .ok()
    };
    match (
        time("node_modules/.package-lock.json"),
        time("package-lock.json"),
    ) {
        (Some(installed), Some(locked)) if installed >= locked => Ok(true),
        _ => Ok(npm(repo, folder, &["ci", "--no-audit", "--no-fund"])?.ok),
    }
}

fn npm(repo: &Repo, folder: &str, arguments: &[&str]) -> Result<Finished> {
    child::run(
        command(repo, "npm")
            .current_dir(repo.path(folder))
            .args(arguments),
    )
}

fn has_npm_script(repo: &Repo, folder: &str, name: &str) -> Result<bool> {
    let package: serde_json::Value =
        serde_json::from_str(&repo.read(&format!("{folder}/package.json"))?)
            .with_context(|| format!("{folder}/package.json"))?;
    let there = package
        .get("scripts")
        .and_then(|scripts| scripts.get(name))
        .is_some();
    if !there {
        say(&format!("{folder}/package.json has no script “{name}”"));
    }
    Ok(there)
}

/// Where cargo builds; the scripts ask the same variable.
fn target(repo: &Repo) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repo.path("target"), |folder| repo.root().join(folder))
}

fn command(repo: &Repo, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(repo.root());
    command
}

fn script(repo: &Repo, path: &str) -> Command {
    let mut command = Command::new("bash");
    command.arg(path).current_dir(repo.root());
    command
}
