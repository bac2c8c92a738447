//! Runs every test of every kind and ends with one line a kind, and a last line with the totals.

mod child;
mod count;
mod kinds;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::repo::{Repo, say};
pub(crate) use count::Count;

/// A kind of test.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Unit and contract tests of every crate, on SQLite and PostgreSQL.
    Rust,
    /// Examples in the documentation.
    Doc,
    /// Types and unit tests of the front end.
    Frontend,
    /// The main job in headless Chromium.
    Browser,
    /// The issued document under tools that are not ours.
    Validators,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Doc => "documentation",
            Self::Frontend => "front end",
            Self::Browser => "browser",
            Self::Validators => "other validators",
        }
    }
}

/// What a kind came to.
pub(crate) struct Outcome {
    count: Count,
    /// Why something of it could not run here; shown in its line.
    notes: Vec<String>,
    /// Nothing or not everything of it could run here.
    incomplete: bool,
}

impl Outcome {
    fn of(count: Count) -> Self {
        Self {
            count,
            notes: Vec::new(),
            incomplete: false,
        }
    }

    /// Nothing of this kind could run.
    fn absent(why: &str) -> Self {
        Self {
            count: Count::default(),
            notes: vec![format!("not run: {why}")],
            incomplete: true,
        }
    }

    /// A part could not run.
    fn lacking(mut self, what: &str) -> Self {
        self.notes.push(what.to_owned());
        self.incomplete = true;
        self
    }

    fn note(mut self, what: &str) -> Self {
        self.notes.push(what.to_owned());
        self
    }
}

/// Runs `kinds`, or all; with `strict`, a kind that could not run here counts as one failure.
pub(crate) fn run(repo: &Repo, kinds: &[Kind], strict: bool) -> Result<ExitCode> {
    let kinds = if kinds.is_empty() {
        Kind::value_variants()
    } else {
        kinds
    };
    let mut lines = Vec::new();
    let mut total = Count::default();
    for kind in kinds {
        say(&format!("\n==> {} tests", kind.name()));
        let start = Instant::now();
        let outcome = match kind {
            Kind::Rust => kinds::rust(repo)?,
            Kind::Doc => kinds::doc(repo)?,
            Kind::Frontend => kinds::frontend(repo)?,
            Kind::Browser => kinds::browser(repo)?,
            Kind::Validators => kinds::validators(repo)?,
        };
        let outcome =
            if outcome.count == Count::default() && !outcome.incomplete && *kind != Kind::Doc {
                outcome.lacking("no test was found")
            } else {
                outcome
            };
        let mut count = outcome.count;
        if strict && outcome.incomplete {
            count.failed += 1;
        }
        total.add(count);
        lines.push(line(*kind, count, start.elapsed(), &outcome.notes));
    }
    say("");
    for line in &lines {
        say(line);
    }
    say(&format!("{} passed, {} failed", total.passed, total.failed));
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn line(kind: Kind, count: Count, time: Duration, notes: &[String]) -> String {
    let mut line = format!(
        "{:<17}{:>5} passed, {:>3} failed, {:>3} skipped {:>8.1} s",
        kind.name(),
        count.passed,
        count.failed,
        count.skipped,
        time.as_secs_f64()
    );
    if !notes.is_empty() {
        line.push_str("  ");
        line.push_str(&notes.join("; "));
    }
    line
}
