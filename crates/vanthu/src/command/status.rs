//! `vanthu status`: the status of one certificate, from the services that it names.

pub(crate) mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use serde_json::json;
use vanthu_app::port::HttpStatus;
use vanthu_pki::gather::{Gathered, Prefer, Question, read_certificates};
use vanthu_pki::path::{self, PathOptions, RevocationStatus};
use vanthu_pki::{Certificate, Time};

use crate::command::file;
use crate::config::{Config, StatusServices};
use crate::output::say;
use crate::wiring;

/// Which certificate, and how it is asked about.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The certificate, DER or PEM.
    #[arg(value_name = "CERTIFICATE")]
    file: PathBuf,
    /// Trust anchors in PEM; may be given more than once.
    #[arg(long, value_name = "PEM")]
    anchors: Vec<PathBuf>,
    /// Certificates between it and an anchor, DER, PEM or PKCS#7; may be given more than once.
    #[arg(long, value_name = "FILE")]
    chain: Vec<PathBuf>,
    /// Which evidence is asked for.
    #[arg(long, value_enum, default_value = "ocsp")]
    prefer: Preferred,
    #[command(flatten)]
    services: Services,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

/// How status services are asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct Services {
    /// Configuration file of a real installation: its anchors, its settings for status services.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Ask no status service.
    #[arg(long)]
    pub(crate) offline: bool,
    /// A private network whose services may be asked, as 10.20.0.0/16; may be given more than once.
    #[arg(long, value_name = "NETWORK")]
    pub(crate) status_network: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Preferred {
    Ocsp,
    Crl,
    Both,
}

impl Services {
    /// The configuration, where one is named.
    pub(crate) fn configuration(&self) -> anyhow::Result<Option<Config>> {
        self.config.as_deref().map(Config::read).transpose()
    }

    /// A source of status.
    pub(crate) fn source(
        &self,
        config: Option<&Config>,
        prefer: Prefer,
    ) -> anyhow::Result<HttpStatus> {
        let mut services = config.map_or_else(StatusServices::default, |it| it.status.clone());
        services.online &= !self.offline;
        services.networks.extend(self.status_network.clone());
        let mut options = services.options()?;
        options.prefer = prefer;
        HttpStatus::new(options, wiring::randomness()).context("dịch vụ trạng thái chứng thư")
    }
}

impl Status {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let certificate = read(&self.file)?
            .into_iter()
            .next()
            .context("tệp không có chứng thư")?;
        let config = self.services.configuration()?;
        let now = Time::from_unix(wiring::clock().now().unix_seconds());
        let mut question = Question::about(certificate.clone(), Vec::new(), now);
        if let Some(config) = &config {
            let trust = wiring::trust_on_disk(config)?;
            question.anchors = trust.roots_at(now);
            question.known = trust.intermediates;
        }
        for file in &self.anchors {
            question.anchors.extend(wiring::certificates(file)?);
        }
        for file in &self.chain {
            question.known.extend(read(file)?);
        }
        ensure!(
            !question.anchors.is_empty(),
            "cần --anchors hoặc --config để biết tin cậy cơ quan nào"
        );
        let prefer = match self.prefer {
            Preferred::Ocsp => Prefer::Ocsp,
            Preferred::Crl => Prefer::Crl,
            Preferred::Both => Prefer::Both,
        };
        let source = self.services.source(config.as_ref(), prefer)?;
        let (anchors, known) = (question.anchors.clone(), question.known.clone());
        let found = source.gather(question).await?;
        let known = [known, found.certificates.clone()].concat();
        let options = PathOptions::default();
        let path = path::validate_with(
            &certificate,
            &known,
            &anchors,
            now,
            &found.evidence,
            &options,
        );
        if self.json {
            let report = json!({
                "valid": path.is_valid(),
                "failures": path.failures,
                "chain": path.chain.iter().map(|it| it.subject().to_string()).collect::<Vec<_>>(),
                "statuses": found.statuses.iter().map(|it| json!({
                    "subject": it.certificate.subject().to_string(),
                    "thumbprint": it.certificate.sha256_thumbprint(),
                    "status": it.status,
                })).collect::<Vec<_>>(),
                "troubles": found.troubles,
                "requests": found.spent.requests,
            });
            say(serde_json::to_string_pretty(&report)?)?;
        } else {
            print(&found)?;
            let passed = if path.is_valid() {
                "CÓ HIỆU LỰC"
            } else {
                "KHÔNG XÁC ĐỊNH ĐƯỢC LÀ CÓ HIỆU LỰC"
            };
            say(passed)?;
        }
        Ok(if path.is_valid() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn print(found: &Gathered) -> anyhow::Result<()> {
    for it in &found.statuses {
        let sign = match it.status {
            Some(RevocationStatus::Good { .. }) => "✓",
            _ => "✗",
        };
        say(format!(
            "{sign} {}: {}",
            it.certificate.subject(),
            words::status(it.status)
        ))?;
        for trouble in found.troubles_of(&it.certificate) {
            say(format!("    {}", words::trouble(trouble)))?;
        }
    }
    Ok(())
}

fn read(path: &std::path::Path) -> anyhow::Result<Vec<Certificate>> {
    read_certificates(&file::read(path)?)
        .with_context(|| format!("{} không phải tệp chứng thư đúng", path.display()))
}
