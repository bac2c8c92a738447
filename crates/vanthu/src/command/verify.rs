//! `vanthu verify`: the signatures of files, judged point by point. Thin over `vanthu-signing`.
//!
//! Many files are asked about and judged at the same time, within bounds; what is said of them comes in their order. A
//! file that can't be read has an outcome of its own and stops no other.

mod judge;
mod print;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use vanthu_app::signing::paper::{AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use vanthu_domain::{Day, Moment};
use vanthu_pki::Time;
use vanthu_signing::{PlatformRule, Policy, ValidationInput};

use crate::command::file;
use crate::command::subject::signs_apart;
use crate::command::trust::{Ground, TrustArgs};
use crate::told::Told;
use crate::wiring;
use judge::{Judged, Outcome, Source};
use write::Writer;

const EXIT_CODES: &str = "Exit codes: 0 every file passed, 1 every file was judged and some did not pass, 2 wrong usage, 3 it could not be carried out for at least one file (it can't be read, or its report can't be written).";

/// What to judge, by what, and how the result is told.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Verify {
    /// PDFs, signature files (.p7s) and containers (.asice, .asics).
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The file that the one signature file signs; otherwise the one beside it that its name says.
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    /// Judge as at this moment instead of now: RFC 3339, or a day (YYYY-MM-DD) for its end in Vietnam.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Moment>,
    /// Judge by this policy instead of the one for official documents.
    #[arg(long, value_name = "FILE.toml")]
    policy: Option<PathBuf>,
    /// Judge by the rule of the platform too: after the first signature only number and date may be
    /// filled, and the agency may sign.
    #[arg(long)]
    platform: bool,
    #[command(flatten)]
    form: Form,
    /// Folder for the reports, one a file: needed for several files with --xml, --html or --pdf.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write over reports that are there.
    #[arg(long, requires = "out")]
    force: bool,
    /// Language of --html and --pdf.
    #[arg(long, value_enum, default_value = "vi")]
    language: Tongue,
}

/// How the result is told; in words where nothing is asked for.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
struct Form {
    /// Print the whole report as JSON: of several files, one line each.
    #[arg(long)]
    json: bool,
    /// Print the report of ETSI TS 119 102-2 as XML.
    #[arg(long)]
    xml: bool,
    /// Print the report as a page of HTML that needs nothing else.
    #[arg(long)]
    html: bool,
    /// Print the report as PDF/A.
    #[arg(long)]
    pdf: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    Vi,
    En,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let now = self.at.unwrap_or_else(|| wiring::clock().now());
        if self.content.is_some() {
            let [one] = self.files.as_slice() else {
                return Err(Told::usage("--content chỉ đi với một tệp chữ ký.")
                    .now("Kiểm tra từng tệp chữ ký bằng một lệnh.")
                    .into());
            };
            signs_apart(one)?;
        }
        let mut writer = Writer::of(&self, now)?;
        let ground = self.trust.ground()?;
        ground.needed()?;
        writer.is_offline = ground.is_offline();
        let input = self.input(&ground, now)?;
        let mut outcomes = judge::all(self.sources(), Arc::new(ground), input);
        let mut worst = 0;
        while let Some(outcome) = outcomes.next().await {
            worst = worst.max(code(&outcome));
            if let Err(error) = writer.tell(&outcome) {
                crate::output::complain(&error);
                worst = 3;
            }
        }
        outcomes.end();
        Ok(ExitCode::from(worst))
    }

    fn sources(&self) -> Vec<Source> {
        let source = |file: &PathBuf| Source {
            file: file.clone(),
            content: self.content.clone(),
        };
        self.files.iter().map(source).collect()
    }

    fn input(&self, ground: &Ground, now: Moment) -> anyhow::Result<ValidationInput> {
        let mut input = ground.input(Time::from_unix(now.unix_seconds()));
        if let Some(file) = &self.policy {
            let text = String::from_utf8(file::read(file)?)
                .with_context(|| format!("chính sách {}", file.display()))?;
            input.policy = Policy::from_toml(&text)
                .with_context(|| format!("chính sách {}", file.display()))?;
        }
        if self.platform {
            let fields = [NUMBER_FIELD, DATE_FIELD, MONTH_FIELD];
            input.platform = Some(PlatformRule {
                fillable: fields.map(str::to_owned).to_vec(),
                seal_field: AGENCY_FIELD.to_owned(),
            });
        }
        Ok(input)
    }
}

/// What one file does to the exit code.
fn code(outcome: &Outcome) -> u8 {
    match &outcome.judged {
        Ok(Judged { judgement, .. }) => {
            let report = &judgement.report;
            let platform = report.platform.as_ref().is_none_or(|it| it.satisfied);
            u8::from(!report.is_passed() || !platform)
        }
        Err(_) => 3,
    }
}

/// A day stands for its last second in Vietnam.
fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(day) = text.parse::<Day>() {
        return Ok(day.plus_days(1).start().plus_seconds(-1));
    }
    text.parse().map_err(|_| {
        "a day (2026-11-22) or a moment of RFC 3339 (2026-11-22T08:12:00+07:00)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_end_in_vietnam_and_a_moment_is_itself() {
        let end = moment("2026-11-22").unwrap();
        assert_eq!(end.text(), "22/11/2026 23:59:59");
        assert_eq!(moment("2026-11-22T16:59:59Z").unwrap(), end);
        assert_eq!(moment("2026-11-22T23:59:59+07:00").unwrap(), end);
        for wrong in ["22/11/2026", "2026-11-22T08:12", "hôm nay", ""] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
