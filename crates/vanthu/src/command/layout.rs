//! `vanthu layout`: whether documents look as the law says, and what they say about themselves. Thin over
//! `vanthu-layout`; nothing leaves the machine, and nothing is changed.

mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use vanthu_domain::Day;
use vanthu_domain::layout::{LayoutSeverity, Tongue};
use vanthu_domain::profile::RegulationProfile;
use vanthu_layout::{Anatomy, CheckInput, ExpectedSigner, ReadError, anatomy, check, extract};

use crate::command::file;
use crate::output::{complain, say};
use crate::told::Told;
use crate::wiring;

const CHECK_CODES: &str = "Exit codes: 0 nothing is wrong (advice may be given), 1 something is wrong in some file, 2 wrong usage, 3 some file can't be read.";
const READ_CODES: &str = "Exit codes: 0 every file was read, 1 some file has no text to read (a scan, or nothing of an official document), 2 wrong usage, 3 some file can't be read.";

/// What to do with the form of documents.
#[derive(Debug, Args)]
pub(crate) struct Layout {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check form and presentation against Decree 30/2020, Appendix I: each deviation with its rule, article, page, place.
    #[command(after_help = CHECK_CODES)]
    Check(Check),
    /// Read kind, number, date, agency, abstract, addressees, signer and references, each with its place and confidence.
    #[command(after_help = READ_CODES)]
    Read(Read),
}

#[derive(Debug, Args)]
struct Check {
    #[command(flatten)]
    files: Files,
    /// Regulation profile: its code (national, an-giang …) or a file.
    #[arg(long, value_name = "CODE|FILE.toml", default_value = "national")]
    profile: String,
    /// Check by the figures of this day (YYYY-MM-DD) instead of today's.
    #[arg(long, value_name = "DAY")]
    on: Option<Day>,
    /// Name of who is to sign: the signature block is held against it.
    #[arg(long, value_name = "NAME", requires = "authority")]
    signer: Option<String>,
    /// Authority and title of who is to sign, a line each: --authority "KT. CHỦ TỊCH" --authority "PHÓ CHỦ TỊCH".
    #[arg(long, value_name = "LINE", requires = "signer")]
    authority: Vec<String>,
}

#[derive(Debug, Args)]
struct Read {
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Args)]
struct Files {
    /// PDFs.
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,
    /// Print JSON, one line a file.
    #[arg(long)]
    json: bool,
    /// Language of the words.
    #[arg(long, value_enum, default_value = "vi")]
    language: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Vi,
    En,
}

impl Layout {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Check(it) => it.run(),
            What::Read(it) => Ok(it.run()),
        }
    }
}

impl Check {
    fn run(self) -> anyhow::Result<ExitCode> {
        let profile = profile(&self.profile)?;
        let signer = self.signer.map(|name| ExpectedSigner {
            authority_lines: self.authority,
            name,
        });
        let input = CheckInput {
            profile: &profile,
            on: self.on.unwrap_or_else(|| wiring::clock().now().day()),
            signer: signer.as_ref(),
        };
        let tongue = self.files.tongue();
        Ok(self.files.each(|path, anatomy| {
            let findings = check(anatomy, &input);
            let is_wrong = findings
                .iter()
                .any(|it| it.severity == LayoutSeverity::Wrong);
            let text = if self.files.json {
                print::check_json(path, anatomy, &findings, tongue)?
            } else {
                print::check_words(path, anatomy, &findings, tongue)
            };
            say(text)?;
            Ok(u8::from(is_wrong))
        }))
    }
}

impl Read {
    fn run(self) -> ExitCode {
        let tongue = self.files.tongue();
        self.files.each(|path, anatomy| {
            let read = extract(anatomy);
            let is_empty = read.number.is_none() && read.agency.is_none() && read.date.is_none();
            let text = if self.files.json {
                print::read_json(path, anatomy, &read)?
            } else {
                print::read_words(path, &read, tongue)
            };
            say(text)?;
            Ok(u8::from(is_empty))
        })
    }
}

impl Files {
    fn tongue(&self) -> Tongue {
        match self.language {
            Language::Vi => Tongue::Vietnamese,
            Language::En => Tongue::English,
        }
    }

    /// Each file has its own outcome; the worst is the program's.
    fn each(&self, mut work: impl FnMut(&Path, &Anatomy) -> anyhow::Result<u8>) -> ExitCode {
        let mut worst = 0;
        for path in &self.paths {
            let done = open(path).and_then(|anatomy| work(path, &anatomy));
            worst = worst.max(done.unwrap_or_else(|error| {
                complain(&error);
                3
            }));
        }
        ExitCode::from(worst)
    }
}

fn open(path: &Path) -> anyhow::Result<Anatomy> {
    let bytes = file::read(path)?;
    anatomy(&bytes).map_err(|error| {
        let why = match error {
            ReadError::Encrypted => "tệp được đặt mật khẩu",
            _ => "tệp không phải PDF, hoặc đã hỏng",
        };
        Told::failed(format!("Không đọc được {}.", path.display()))
            .because(why)
            .now("Mở tệp bằng phần mềm xem PDF để kiểm tra, rồi đưa lại tệp đúng.")
            .into()
    })
}

/// A code that comes with the program, or a file.
fn profile(name: &str) -> anyhow::Result<RegulationProfile> {
    if RegulationProfile::codes().any(|code| code == name) {
        return Ok(RegulationProfile::bundled(name)?);
    }
    let path = Path::new(name);
    if !path.exists() {
        let codes: Vec<&str> = RegulationProfile::codes().collect();
        return Err(Told::usage(format!("Không có quy chế áp dụng {name}."))
            .now(format!(
                "Chọn một trong: {}, hoặc đưa đường dẫn tệp.",
                codes.join(", ")
            ))
            .into());
    }
    let text = String::from_utf8(file::read(path)?)?;
    Ok(RegulationProfile::parse(&text)?)
}
