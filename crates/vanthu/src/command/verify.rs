//! `vanthu verify`: the signatures of a PDF, judged point by point. Thin over `vanthu-signing`.

mod evidence;
mod print;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::signing::paper::{AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use vanthu_domain::Moment;
use vanthu_pki::Time;
use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_signing::{PlatformRule, ValidationInput, validate};

use crate::output::say;
use crate::wiring;

/// What to judge, and by which anchors.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The PDF.
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// Trust anchors in PEM; may be given more than once.
    #[arg(long, value_name = "PEM")]
    anchors: Vec<PathBuf>,
    /// Folder of a practice installation, whose anchors and status lists are used.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Ask no status service; a status that is not known then does not count.
    #[arg(long)]
    offline: bool,
    /// Print the whole report as JSON.
    #[arg(long)]
    json: bool,
    /// Judge by the rule of the platform too: after the first signature only number and date may be
    /// filled, and the agency may sign.
    #[arg(long)]
    platform: bool,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let pdf = std::fs::read(&self.file)
            .with_context(|| format!("không đọc được {}", self.file.display()))?;
        let now = wiring::clock().now();
        let input = self.input(&pdf, now).await?;
        let report = tokio::task::spawn_blocking(move || validate(&pdf, &input))
            .await
            .context("kiểm tra bị ngắt")?;
        let platform = report.platform.as_ref().is_none_or(|it| it.satisfied);
        let passed = report.is_passed() && platform;
        if self.json {
            say(serde_json::to_string_pretty(&report)?)?;
        } else {
            say(print::report(&report, &self.file, now))?;
        }
        Ok(if passed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn input(&self, pdf: &[u8], now: Moment) -> anyhow::Result<ValidationInput> {
        let mut input = ValidationInput {
            at: Time::from_unix(now.unix_seconds()),
            revocation: RevocationMode::Required,
            ..ValidationInput::default()
        };
        for file in &self.anchors {
            input.anchors.extend(wiring::certificates(file)?);
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
        } else if self.data.is_none() {
            let RevocationData { crls, .. } = evidence::gather(pdf, &input.anchors).await?;
            input.evidence.crls.extend(crls);
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
