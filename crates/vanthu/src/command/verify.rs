//! `vanthu verify`: the signatures of a PDF, judged point by point. Thin over `vanthu-signing`.

mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::signing::paper::{AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use vanthu_app::trust::{Anchor, AnchorPurpose, Trust};
use vanthu_app::verify::within_periods;
use vanthu_domain::Moment;
use vanthu_pki::gather::{Prefer, Trouble};
use vanthu_pki::path::RevocationMode;
use vanthu_pki::{Certificate, Time};
use vanthu_signing::{PlatformRule, ValidationInput, embedded};

use crate::command::status::{Services, words};
use crate::config::Config;
use crate::output::say;
use crate::wiring;

/// What to judge, and by which anchors.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The PDF.
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// Trust anchors in PEM: a file, or a folder of files; may be given more than once.
    #[arg(long, value_name = "PEM")]
    anchors: Vec<PathBuf>,
    /// Folder of a practice installation, whose anchors and status lists are used.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    services: Services,
    /// Print the whole report as JSON.
    #[arg(long)]
    json: bool,
    /// Judge by the rule of the platform too: after the first signature only number and date may be
    /// filled, and the agency may sign.
    #[arg(long)]
    platform: bool,
}

/// What a file is judged by.
struct Grounds {
    input: ValidationInput,
    trust: Trust,
    troubles: Vec<Trouble>,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let pdf = std::fs::read(&self.file)
            .with_context(|| format!("không đọc được {}", self.file.display()))?;
        let now = wiring::clock().now();
        let Grounds {
            input,
            trust,
            troubles,
        } = self.grounds(&pdf, now).await?;
        let judging = move || within_periods(&pdf, input, &trust);
        let report = tokio::task::spawn_blocking(judging)
            .await
            .context("kiểm tra bị ngắt")?;
        let platform = report.platform.as_ref().is_none_or(|it| it.satisfied);
        let passed = report.is_passed() && platform;
        if self.json {
            let mut whole = serde_json::to_value(&report)?;
            if let Some(fields) = whole.as_object_mut() {
                let troubles = serde_json::to_value(&troubles)?;
                fields.insert("status_troubles".to_owned(), troubles);
            }
            say(serde_json::to_string_pretty(&whole)?)?;
        } else {
            say(print::report(&report, &self.file, now))?;
            for trouble in &troubles {
                let about = words::trouble(trouble);
                say(format!("Trạng thái của {}: {about}", trouble.subject))?;
            }
        }
        Ok(if passed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn grounds(&self, pdf: &[u8], now: Moment) -> anyhow::Result<Grounds> {
        let config = self.services.configuration()?;
        let mut trust = self.trust(config.as_ref())?;
        let mut input = ValidationInput {
            at: Time::from_unix(now.unix_seconds()),
            revocation: RevocationMode::Required,
            ..ValidationInput::default()
        };
        if let Some(data) = &self.data {
            let authority = practice_authority(data)?;
            let own = authority.trust();
            trust.anchors.extend(own.anchors);
            trust.intermediates.extend(own.intermediates);
            input.evidence = authority.lists().context("danh sách thu hồi")?;
        }
        ensure!(
            !trust.anchors.is_empty(),
            "cần --anchors, --config hoặc --data để biết tin cậy cơ quan nào"
        );
        input.anchors = trust.roots();
        input.intermediates.clone_from(&trust.intermediates);
        let mut troubles = Vec::new();
        if self.services.offline {
            input.revocation = RevocationMode::WhenKnown;
        } else {
            let brought = embedded(pdf).unwrap_or_default();
            let mut question = brought.question(trust.roots(), input.at);
            question.known.extend(trust.intermediates.clone());
            question.evidence.crls.extend(input.evidence.crls.clone());
            let source = self.services.source(config.as_ref(), Prefer::Ocsp)?;
            let found = source.gather(question).await?;
            input.intermediates.extend(found.certificates);
            input.evidence = found.evidence;
            troubles = found.troubles;
        }
        if self.platform {
            let fields = [NUMBER_FIELD, DATE_FIELD, MONTH_FIELD];
            input.platform = Some(PlatformRule {
                fillable: fields.map(str::to_owned).to_vec(),
                seal_field: AGENCY_FIELD.to_owned(),
            });
        }
        Ok(Grounds {
            input,
            trust,
            troubles,
        })
    }

    /// The anchors of the configuration, and those named on the command line.
    fn trust(&self, config: Option<&Config>) -> anyhow::Result<Trust> {
        let mut trust = match config {
            Some(config) => wiring::trust_on_disk(config)?,
            None => Trust::default(),
        };
        for place in &self.anchors {
            for certificate in anchors_at(place)? {
                // Whoever names an anchor says that it counts, whatever it is for.
                let anchor = Anchor::always(certificate, AnchorPurpose::Public);
                trust.anchors.push(anchor);
            }
        }
        Ok(trust)
    }
}

/// The certificates of a PEM file, or of all PEM files of a folder.
fn anchors_at(place: &Path) -> anyhow::Result<Vec<Certificate>> {
    if !place.is_dir() {
        return wiring::certificates(place);
    }
    let mut files = Vec::new();
    let listed = std::fs::read_dir(place);
    for entry in listed.with_context(|| format!("không đọc được {}", place.display()))? {
        let path = entry?.path();
        let ending = path.extension().and_then(|it| it.to_str());
        if matches!(ending, Some("pem" | "crt" | "cer")) {
            files.push(path);
        }
    }
    files.sort();
    let mut found = Vec::new();
    for file in files {
        found.extend(wiring::certificates(&file)?);
    }
    Ok(found)
}

fn practice_authority(data: &Path) -> anyhow::Result<PracticeAuthority> {
    let folder = Folders::new(data).authority();
    ensure!(
        PracticeAuthority::is_in(&folder),
        "{} không phải thư mục của hệ thống thực hành",
        data.display()
    );
    let (clock, chance) = (wiring::clock(), wiring::randomness());
    Ok(PracticeAuthority::open_or_make(
        &folder,
        "",
        clock,
        chance.as_ref(),
    )?)
}
