//! `vanthu verify`: the signatures of PDFs, judged point by point. Thin over `vanthu-signing`.
//!
//! Ends with 0 when every file passed, 1 when some file did not, 3 when the command could not be carried out.

mod evidence;
mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use clap::Args;
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::signing::paper::{AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use vanthu_domain::{Day, Moment};
use vanthu_pki::Time;
use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_signing::{PlatformRule, Policy, Report, ValidationInput, validate};

use crate::output::{progress, say};
use crate::wiring;

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
    /// Ask no status service; a status that is not known then does not count.
    #[arg(long)]
    offline: bool,
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
        let input = self.input(now)?;
        let mut inputs = Vec::with_capacity(self.files.len());
        for file in &self.files {
            inputs.push(self.with_lists(file, &input).await?);
        }
        let files = self.files.clone();
        let reports = tokio::task::spawn_blocking(move || judge_all(&files, &inputs))
            .await
            .context("kiểm tra bị ngắt")??;
        let mut passed = true;
        for (file, report) in self.files.iter().zip(&reports) {
            passed &= report.is_passed() && report.platform.as_ref().is_none_or(|it| it.satisfied);
            self.print(file, report, now)?;
        }
        Ok(if passed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn print(&self, file: &Path, report: &Report, now: Moment) -> anyhow::Result<()> {
        if self.xml {
            say(report.to_etsi_xml())
        } else if self.json && self.files.len() > 1 {
            say(serde_json::to_string(report)?)
        } else if self.json {
            say(serde_json::to_string_pretty(report)?)
        } else {
            say(print::report(report, file, now))
        }
    }

    /// The lists that the certificates of one file name, where they may be asked for.
    async fn with_lists(
        &self,
        file: &Path,
        input: &ValidationInput,
    ) -> anyhow::Result<ValidationInput> {
        let mut input = input.clone();
        if !self.offline && self.data.is_none() {
            let pdf = read(file)?;
            let RevocationData { crls, .. } = evidence::gather(&pdf, &input.anchors).await?;
            input.evidence.crls.extend(crls);
        }
        Ok(input)
    }

    fn input(&self, now: Moment) -> anyhow::Result<ValidationInput> {
        let mut input = ValidationInput {
            at: Time::from_unix(now.unix_seconds()),
            revocation: RevocationMode::Required,
            ..ValidationInput::default()
        };
        if let Some(file) = &self.policy {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("không đọc được {}", file.display()))?;
            input.policy = Policy::from_toml(&text)
                .with_context(|| format!("chính sách {}", file.display()))?;
        }
        for place in &self.anchors {
            for file in pem_files(place)? {
                input.anchors.extend(wiring::certificates(&file)?);
            }
        }
        if let Some(data) = &self.data {
            let folder = Folders::new(data).authority();
            ensure!(
                PracticeAuthority::is_in(&folder),
                "{} không phải thư mục của hệ thống thực hành",
                data.display()
            );
            let chance = wiring::randomness();
            let authority =
                PracticeAuthority::open_or_make(&folder, "", wiring::clock(), chance.as_ref())?;
            let trust = authority.trust();
            input.anchors.extend(trust.roots());
            input.intermediates.extend(trust.intermediates);
            input.evidence = authority.lists().context("danh sách thu hồi")?;
        }
        ensure!(
            !input.anchors.is_empty(),
            "cần --anchors hoặc --data để biết tin cậy cơ quan nào"
        );
        if self.offline {
            input.revocation = RevocationMode::WhenKnown;
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

/// Judges files on all cores; the reports come in the order of the files.
fn judge_all(files: &[PathBuf], inputs: &[ValidationInput]) -> anyhow::Result<Vec<Report>> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut own = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(file), Some(input)) = (files.get(index), inputs.get(index)) else {
                return Ok::<_, anyhow::Error>(own);
            };
            own.push((index, validate(&read(file)?, input)));
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

/// A PEM file, or the PEM files of a folder in the order of their names.
fn pem_files(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|it| it == "pem" || it == "crt")
        {
            files.push(path);
        }
    }
    ensure!(
        !files.is_empty(),
        "{} không có tệp PEM nào",
        place.display()
    );
    files.sort();
    Ok(files)
}
