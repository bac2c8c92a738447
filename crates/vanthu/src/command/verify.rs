//! `vanthu verify`: the signatures of PDFs, judged point by point. Thin over `vanthu-signing`.
//!
//! Ends with 0 when every file passed, 1 when some file did not, 3 when the command could not be carried out.

mod grounds;
mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use clap::Args;
use vanthu_app::trust::Trust;
use vanthu_app::verify::within_periods;
use vanthu_domain::{Day, Moment};
use vanthu_signing::Report;

use crate::command::status::{Services, words};
use crate::output::{progress, say};
use crate::wiring;
use grounds::{Evidence, Grounds};

/// What to judge, and by which anchors.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The PDFs.
    #[arg(value_name = "FILE.pdf", required = true)]
    files: Vec<PathBuf>,
    /// Trust anchors: a PEM file, or a folder of them; may be given more than once.
    #[arg(long, value_name = "PEM|DIR")]
    anchors: Vec<PathBuf>,
    /// Folder of a practice installation, whose anchors and status lists are used.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Judge as at the end of this day, in Vietnam (YYYY-MM-DD), instead of now.
    #[arg(long, value_name = "DAY")]
    at: Option<Day>,
    /// Judge by this policy instead of the one for official documents.
    #[arg(long, value_name = "FILE.toml")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    services: Services,
    /// Print the whole report as JSON: of several files, one line each.
    #[arg(long, conflicts_with = "xml")]
    json: bool,
    /// Print the report of ETSI TS 119 102-2 as XML.
    #[arg(long)]
    xml: bool,
    /// Judge by the rule of the platform too: after the first signature only number and date may be
    /// filled, and the agency may sign.
    #[arg(long)]
    platform: bool,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let now = match self.at {
            Some(day) => day.plus_days(1).start().plus_seconds(-1),
            None => wiring::clock().now(),
        };
        let grounds = Grounds::of(&self, now)?;
        let mut evidence = Vec::with_capacity(self.files.len());
        for file in &self.files {
            evidence.push(grounds.evidence(&read(file)?).await?);
        }
        let Grounds { trust, .. } = grounds;
        let (files, found) = (self.files.clone(), evidence.clone());
        let judging = move || judge_all(&files, &found, &trust);
        let reports = tokio::task::spawn_blocking(judging)
            .await
            .context("kiểm tra bị ngắt")??;
        let mut passed = true;
        for ((file, report), evidence) in self.files.iter().zip(&reports).zip(&evidence) {
            passed &= report.is_passed() && report.platform.as_ref().is_none_or(|it| it.satisfied);
            self.print(file, report, evidence, now)?;
        }
        Ok(if passed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn print(
        &self,
        file: &Path,
        report: &Report,
        evidence: &Evidence,
        now: Moment,
    ) -> anyhow::Result<()> {
        if self.xml {
            return say(report.to_etsi_xml());
        }
        if self.json {
            let mut whole = serde_json::to_value(report)?;
            if let Some(fields) = whole.as_object_mut() {
                let troubles = serde_json::to_value(&evidence.troubles)?;
                fields.insert("status_troubles".to_owned(), troubles);
            }
            return say(match self.files.len() {
                1 => serde_json::to_string_pretty(&whole)?,
                _ => serde_json::to_string(&whole)?,
            });
        }
        say(print::report(report, file, now))?;
        for trouble in &evidence.troubles {
            let about = words::trouble(trouble);
            say(format!("Trạng thái của {}: {about}", trouble.subject))?;
        }
        Ok(())
    }
}

/// Judges files on all cores; the reports come in the order of the files.
fn judge_all(
    files: &[PathBuf],
    evidence: &[Evidence],
    trust: &Trust,
) -> anyhow::Result<Vec<Report>> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut own = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(file), Some(found)) = (files.get(index), evidence.get(index)) else {
                return Ok::<_, anyhow::Error>(own);
            };
            let report = within_periods(&read(file)?, found.input.clone(), trust);
            own.push((index, report));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, files.len());
        }
    };
    let mut reports = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(files.len()))
            .map(|_| scope.spawn(work))
            .collect();
        let mut all = Vec::with_capacity(files.len());
        for thread in threads {
            let own = thread
                .join()
                .map_err(|_| anyhow::anyhow!("kiểm tra bị ngắt"))?;
            all.extend(own?);
        }
        Ok::<_, anyhow::Error>(all)
    })?;
    reports.sort_by_key(|(index, _)| *index);
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("không đọc được {}", file.display()))
}
