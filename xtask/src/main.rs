//! Checks and generators of the repository. `cargo xtask help` lists them; `make test` and `.ci/run` call them.
//!
//! Each check is one file with one public function that returns the broken rules it found. Nothing here is
//! part of the product: logic that a shell script would hold badly lives here instead.

mod book;
mod errors;
mod floors;
mod repo;
mod rights;
mod rules;
mod sizes;
mod speech;
mod suite;
mod texts;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::repo::{Repo, say};

#[derive(Parser)]
#[command(about = "Checks and generators of the repository")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Dependencies point downwards only, heavy ones stay behind their door, files stay readable.
    Floors,
    /// Writes docs/book/reference/rules.md from the `Clause:` and `Proves:` lines of the sources.
    Rules {
        /// Fail when the file is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Writes docs/book/reference/rights.md: who may do what in which state, from the authorisation core.
    Rights {
        /// Fail when the file is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Writes docs/book/reference/errors.md: every refusal, why, by which article, and what to do now.
    Errors {
        /// Fail when the file is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Compares the texts used by templates and sources with the English catalogue.
    Texts {
        /// Only check; without it, missing keys are added to the catalogue with an empty translation.
        #[arg(long)]
        check: bool,
    },
    /// Refuses words that say nothing to a reader of the repository (machine paths, registry hosts, switched-off tests).
    SelfSpeech,
    /// Finds dead links in the pages, and words of the glossary that the code has lost.
    Book,
    /// Runs every test of every kind, and ends with one line a kind.
    Test {
        /// Kinds to run; all when none is named.
        kinds: Vec<suite::Kind>,
        /// A kind that cannot run here counts as failed.
        #[arg(long)]
        strict: bool,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let repo = Repo::find()?;
    match arguments.command {
        Command::Floors => {
            let mut broken = floors::check(&repo)?;
            broken.extend(sizes::check(&repo)?);
            Ok(verdict("floors", &broken))
        }
        Command::Rules { check } => Ok(verdict("rules", &rules::run(&repo, check)?)),
        Command::Rights { check } => Ok(verdict("rights", &rights::run(&repo, check)?)),
        Command::Errors { check } => Ok(verdict("errors", &errors::run(&repo, check)?)),
        Command::Texts { check } => Ok(verdict("texts", &texts::run(&repo, check)?)),
        Command::SelfSpeech => Ok(verdict("self-speech", &speech::check(&repo)?)),
        Command::Book => Ok(verdict("book", &book::check(&repo)?)),
        Command::Test { kinds, strict } => suite::run(&repo, &kinds, strict),
    }
}

/// Prints what is broken, one line each, and turns it into the exit code.
fn verdict(check: &str, broken: &[String]) -> ExitCode {
    for line in broken {
        say(&format!("{check}: {line}"));
    }
    if broken.is_empty() {
        say(&format!("{check}: as it should be"));
        ExitCode::SUCCESS
    } else {
        say(&format!("{check}: {} to mend", broken.len()));
        ExitCode::FAILURE
    }
}
