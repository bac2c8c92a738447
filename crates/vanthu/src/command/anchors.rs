//! `vanthu anchors`: signed lists of trust anchors, looked at, checked and installed.
//!
//! Who publishes a list signs it with any tool that makes detached CMS signatures, as
//! `openssl cms -sign -binary -outform DER -in anchors.toml -out anchors.p7s -signer SIGNER.pem -inkey KEY.pem`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use vanthu_app::Mode;
use vanthu_app::anchors::{AnchorsError, import};
use vanthu_domain::Moment;
use vanthu_pki::Time;
use vanthu_pki::anchors::{AnchorList, AnchorPurpose, ListError, Step};
use vanthu_store::{Durability, migrate};

use crate::command::file::read;
use crate::config::Config;
use crate::output::{say, table};
use crate::wiring;

/// What to do with lists of anchors.
#[derive(Debug, Args)]
pub(crate) struct Anchors {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the installed list, or one in a file without asking who signed it.
    Show(Show),
    /// Check the signature of a list; exit code 1 when it is not to be trusted.
    Verify(Signed),
    /// Install a list in the place of an older one; exit code 1 when it is refused.
    Import(Import),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Show {
    /// Configuration file of a real installation.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A list.
    #[arg(value_name = "LIST.toml")]
    list: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Signed {
    /// The list.
    #[arg(value_name = "LIST.toml")]
    list: PathBuf,
    /// Its detached signature; without it, the file beside the list that ends in .p7s.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// The certificate of whoever signs the lists, in PEM.
    #[arg(long, value_name = "PEM")]
    signer: PathBuf,
}

#[derive(Debug, Args)]
struct Import {
    /// The list.
    #[arg(value_name = "LIST.toml")]
    list: PathBuf,
    /// Its detached signature; without it, the file beside the list that ends in .p7s.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Configuration file of the installation, which names the folder of the lists and who signs them.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Anchors {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Show(it) => it.run(),
            What::Verify(it) => it.run(),
            What::Import(it) => it.run().await,
        }
    }
}

impl Show {
    fn run(self) -> anyhow::Result<ExitCode> {
        let list = match (&self.config, &self.list) {
            (Some(config), _) => {
                let folder = wiring::anchor_folder(&Config::read(config)?)?
                    .context("[signing.anchor_list] không có trong tệp cấu hình")?;
                folder
                    .newest(Mode::Real)?
                    .context("chưa cài đặt danh sách điểm tin cậy nào")?
            }
            (None, Some(list)) => AnchorList::read(&read(list)?)?,
            (None, None) => bail!("cần --config hoặc một danh sách"),
        };
        show(&list)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Signed {
    fn run(self) -> anyhow::Result<ExitCode> {
        let (list, signature) = both(&self.list, self.signature.as_deref())?;
        let signers = wiring::certificates(&self.signer)?;
        let [signer] = signers.as_slice() else {
            bail!("{} cần đúng một chứng thư", self.signer.display());
        };
        match AnchorList::verify(&list, &signature, signer) {
            Ok(list) => {
                show(&list)?;
                say(format!(
                    "Chữ ký của danh sách đúng, do {} ký.",
                    signer.subject()
                ))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                say(format!("KHÔNG TIN CẬY: {}", words(&error)))?;
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

impl Import {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let (list, signature) = both(&self.list, self.signature.as_deref())?;
        let config = Config::read(&self.config)?;
        let folder = wiring::anchor_folder(&config)?
            .context("[signing.anchor_list] không có trong tệp cấu hình")?;
        let url = config.database_url()?;
        let store =
            wiring::open_store(&url, config.storage.blobs.clone(), Durability::Full).await?;
        if !migrate::is_current(&store).await.unwrap_or(false) {
            bail!("cơ sở dữ liệu chưa được cập nhật; hãy chạy: vanthu migrate --config …");
        }
        let app = wiring::real(&config, store).await?;
        let refused = match import(&app, &folder, &list, &signature).await {
            Ok((list, step)) => {
                show(&list)?;
                say(match step {
                    Step::Newer => {
                        "Đã cài đặt. Danh sách có hiệu lực từ lần khởi động sau của máy chủ."
                    }
                    Step::Same => "Danh sách này đã được cài đặt.",
                })?;
                return Ok(ExitCode::SUCCESS);
            }
            Err(AnchorsError::List(error)) => words(&error),
            Err(AnchorsError::Practice(name)) => {
                format!("“{name}” là điểm tin cậy thực hành; hệ thống thật không nhận")
            }
            Err(AnchorsError::Lost { recorded, .. }) => format!(
                "đã cài đặt phiên bản {recorded} nhưng tệp của nó không còn; hãy phục hồi thư mục danh sách"
            ),
            Err(AnchorsError::Fault(error)) => return Err(error.into()),
        };
        say(format!("TỪ CHỐI: {refused}"))?;
        Ok(ExitCode::FAILURE)
    }
}

fn both(list: &Path, signature: Option<&Path>) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    let beside = list.with_extension("p7s");
    Ok((read(list)?, read(signature.unwrap_or(&beside))?))
}

fn show(list: &AnchorList) -> anyhow::Result<()> {
    let day = |at: Time| Moment::from_unix_seconds(at.unix()).day().to_string();
    let now = Time::from_unix(wiring::clock().now().unix_seconds());
    say(format!(
        "{}: phiên bản {}, lập ngày {}",
        list.name,
        list.version,
        day(list.issued_at)
    ))?;
    say(format!("SHA-256: {}", list.sha256))?;
    if list.is_overdue(now) {
        say("ĐÃ QUÁ HẠN: lẽ ra đã có danh sách mới hơn.")?;
    }
    let mut rows = Vec::new();
    for anchor in &list.anchors {
        let purposes: Vec<&str> = anchor.purposes.iter().map(|it| purpose(*it)).collect();
        let until = anchor.until.map_or_else(|| "không hạn".to_owned(), day);
        let trusted = anchor.is_trusted(now, &AnchorPurpose::ALL);
        rows.push(vec![
            if trusted { "✓" } else { "–" }.to_owned(),
            anchor.name.clone(),
            purposes.join(", "),
            format!("{} đến {until}", day(anchor.from)),
            anchor.certificate.sha256_thumbprint(),
        ]);
    }
    say(table(&rows))
}

const fn purpose(purpose: AnchorPurpose) -> &'static str {
    match purpose {
        AnchorPurpose::Government => "chuyên dùng công vụ",
        AnchorPurpose::Public => "công cộng",
        AnchorPurpose::Practice => "thực hành",
        AnchorPurpose::TimeStamping => "dấu thời gian",
    }
}

fn words(error: &ListError) -> String {
    match error {
        ListError::TooLarge => "danh sách quá lớn".to_owned(),
        ListError::Unreadable(why) => format!("không đọc được danh sách: {why}"),
        ListError::Format(format) => format!("không biết định dạng {format}"),
        ListError::Anchor(name, why) => format!("điểm tin cậy “{name}” sai: {why}"),
        ListError::Signature(why) => format!("chữ ký của danh sách không đúng: {why}"),
        ListError::WrongSigner => "danh sách không do người được chỉ định ký".to_owned(),
        ListError::Weak => "chữ ký dùng thuật toán hoặc khóa quá yếu".to_owned(),
        ListError::SignerNotValid => {
            "chứng thư của người ký danh sách không có hiệu lực vào ngày lập".to_owned()
        }
        ListError::Rollback { installed, offered } => {
            format!("phiên bản {offered} cũ hơn phiên bản {installed} đã cài đặt")
        }
        ListError::OtherContent(version) => {
            format!("phiên bản {version} đã cài đặt có nội dung khác")
        }
    }
}
