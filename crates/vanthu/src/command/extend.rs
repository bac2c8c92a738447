//! `vanthu extend`: puts evidence and time-stamps into a signed PDF, a signature file or a container, so that its
//! signatures stay provable after certificates and algorithms have ended; done again before they do.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use vanthu_pki::Time;

use crate::command::file;
use crate::command::making::level::{self, Level};
use crate::command::making::result::ResultArgs;
use crate::command::making::stamp::StampArgs;
use crate::command::making::words;
use crate::command::subject::{Subject, Written};
use crate::command::trust::TrustArgs;
use crate::output::say;
use crate::wiring;

/// What to extend, and how far.
#[derive(Debug, Args)]
#[command(after_help = crate::command::making::EXIT_CODES)]
pub(crate) struct Extend {
    /// The signed PDF, the signature file (.p7s) or the container (.asice).
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file that a signature file signs; otherwise the one beside it that its name says.
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    /// How far: B-LT puts evidence in, B-LTA a time-stamp over it; on a file that has one, a newer one.
    #[arg(long, value_enum)]
    to: Reach,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    stamp: StampArgs,
    #[command(flatten)]
    result: ResultArgs,
}

/// The levels that files are extended to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reach {
    #[value(name = "B-LT", alias = "b-lt")]
    BLt,
    #[value(name = "B-LTA", alias = "b-lta")]
    BLta,
}

impl Extend {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let to = match self.to {
            Reach::BLt => Level::BLt,
            Reach::BLta => Level::BLta,
        };
        let usual = file::beside(&self.file, file::kind(&self.file)?, to.name());
        let mut subject = Subject::base(&self.file, self.content.as_deref())?;
        let mut given = vec![self.file.as_path()];
        given.extend(subject.content());
        let out = self.result.place(&given, usual)?;
        let ground = self.trust.ground()?;
        ground.needed()?;
        let stamps = self.stamp.service(&ground)?;
        let at = Time::from_unix(wiring::clock().now().unix_seconds());
        let (judged, found) = level::judge(&ground, &subject, at).await?;
        let report = &judged.report;
        if judged.is_readable() && report.signatures.is_empty() {
            return Err(words::not_signed().into());
        }
        let before = level::protected(&ground, &subject, at)?;
        say(format!("Trước: {before}"))?;
        let what = "Không bổ sung cho tệp có chữ ký chưa đạt; chưa ghi tệp nào.";
        level::must_pass(report.indication, report.sub_indication, &found, what)?;
        let written = match to {
            Level::BLta => {
                let stamps = stamps.as_ref();
                level::with_archive_stamp(&ground, stamps, &mut subject, &found, at).await?;
                Written::Something
            }
            _ => level::with_evidence(&ground, &mut subject, &found, at)?,
        };
        self.result.write(&out, &subject)?;
        let after = level::protected(&ground, &subject, at)?;
        say(format!("Nay:   {after}"))?;
        if written == Written::Nothing {
            say("Tệp đã có đủ bằng chứng; không phải thêm gì.")?;
        }
        say(format!("Đã ghi: {}", out.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
