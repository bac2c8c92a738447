//! `vanthu sign`: signs a PDF with a key file. Thin over `vanthu-signing`; the platform's own
//! documents are signed through the agent instead.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use vanthu_app::port::TimestampService as _;
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_layout::{TINOS_ITALIC, TINOS_REGULAR};
use vanthu_pki::{Certificate, Time, pkcs12};
use vanthu_signing::{
    Appearance, DocMdp, Fonts, Place, Rect, SignatureRequest, is_extension, prepare,
};

use crate::output::say;
use crate::wiring;

/// What to sign, and with which key.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The PDF.
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// Key file (PKCS#12).
    #[arg(long, value_name = "FILE.p12")]
    key: PathBuf,
    /// File with the PIN on its first line; without one it is asked for.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// Where to write the signed file; beside the given one with "-signed" otherwise.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Name of the signature field; an empty one of this name is used.
    #[arg(long, default_value = "chu-ky")]
    field: String,
    /// Why it is signed.
    #[arg(long)]
    reason: Option<String>,
    /// Where it is signed.
    #[arg(long)]
    location: Option<String>,
    /// Picture to show (PNG); needs --place.
    #[arg(long, value_name = "PNG", requires = "place")]
    picture: Option<PathBuf>,
    /// Place of the signature: page (from 1),left,bottom,right,top in points.
    #[arg(long, value_name = "PAGE,X0,Y0,X1,Y1", value_parser = place)]
    place: Option<Place>,
    /// Certify the document: afterwards only fields may be filled and signatures added.
    #[arg(long)]
    certify: bool,
    /// Folder of a practice installation, whose time-stamp service is used.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Sign {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let read = |path: &Path| {
            std::fs::read(path).with_context(|| format!("không đọc được {}", path.display()))
        };
        let base = read(&self.file)?;
        let opened =
            pkcs12::open(&read(&self.key)?, &self.pin()?).map_err(|error| match error {
                pkcs12::Pkcs12Error::WrongPassword => anyhow::anyhow!("mã PIN không đúng"),
                other => anyhow::anyhow!("tệp khóa {}: {other}", self.key.display()),
            })?;
        let now = wiring::clock().now();
        let at = Time::from_unix(now.unix_seconds());
        ensure!(
            opened.certificate.is_within_validity(at),
            "chứng thư chưa có hiệu lực hoặc đã hết hạn ({} – {})",
            opened.certificate.not_before(),
            opened.certificate.not_after()
        );
        let appearance = match &self.picture {
            Some(path) => Appearance::Picture { png: read(path)? },
            None if self.place.is_some() => Appearance::Text {
                lines: vec![opened.certificate.common_name(), now.text()],
                size: 10.0,
            },
            None => Appearance::Invisible,
        };
        let request = SignatureRequest {
            field_name: self.field.clone(),
            place: self.place,
            appearance,
            reason: self.reason.clone(),
            location: self.location.clone(),
            signer_name: opened.certificate.common_name(),
            at,
            certify: self.certify.then_some(DocMdp::FormFilling),
            ..SignatureRequest::default()
        };
        let algorithm = opened.key.default_algorithm();
        let fonts = Fonts {
            regular: TINOS_REGULAR,
            italic: TINOS_ITALIC,
        };
        let prepared = prepare(&base, &request, &opened.certificate, algorithm, &fonts)
            .context("không chuẩn bị được tệp để ký")?;
        let signature = opened
            .key
            .sign(algorithm, prepared.to_be_signed())
            .context("không ký được")?;
        let completed = prepared
            .complete(&signature)
            .context("chữ ký không khớp chứng thư")?;
        let token = self.timestamp(completed.timestamp_imprint())?;
        let chain: Vec<Certificate> = opened.chain;
        let signed = completed
            .embed(&base, &chain, token.as_deref())
            .context("không ghép được chữ ký vào tệp")?;
        ensure!(
            is_extension(&base, &signed),
            "tệp đã ký không nối tiếp nguyên vẹn tệp gốc"
        );
        let out = self.out.clone().unwrap_or_else(|| beside(&self.file));
        std::fs::write(&out, signed)
            .with_context(|| format!("không ghi được {}", out.display()))?;
        say(format!("Đã ký: {}", out.display()))?;
        if token.is_none() {
            say("Chữ ký không có dấu thời gian.")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn pin(&self) -> anyhow::Result<String> {
        match &self.pin_file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("không đọc được {}", path.display()))?;
                Ok(text.lines().next().unwrap_or_default().trim().to_owned())
            }
            None => rpassword::prompt_password("Mã PIN: ").context("không đọc được mã PIN"),
        }
    }

    fn timestamp(&self, imprint: [u8; 32]) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(data) = &self.data else {
            return Ok(None);
        };
        let folder = Folders::new(data).authority();
        ensure!(
            PracticeAuthority::is_in(&folder),
            "{} không có cơ quan chứng thực",
            data.display()
        );
        let chance = wiring::randomness();
        let authority =
            PracticeAuthority::open_or_make(&folder, "", wiring::clock(), chance.as_ref())?;
        let nonce = u64::try_from(chance.u128() >> 65).unwrap_or(1);
        let stamps = authority.timestamps();
        let asked = stamps.stamp(imprint, nonce);
        let token =
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(asked))?;
        Ok(Some(token))
    }
}

fn beside(file: &Path) -> PathBuf {
    let stem = file
        .file_stem()
        .and_then(|it| it.to_str())
        .unwrap_or("file");
    file.with_file_name(format!("{stem}-signed.pdf"))
}

fn place(text: &str) -> Result<Place, String> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|it| it.trim().parse().map_err(|_| format!("not a number: {it}")))
        .collect::<Result<_, _>>()?;
    match numbers.as_slice() {
        [page, x0, y0, x1, y1] if *page >= 1.0 && x0 < x1 && y0 < y1 => Ok(Place {
            page: *page as u32 - 1,
            rect: Rect {
                x0: *x0,
                y0: *y0,
                x1: *x1,
                y1: *y1,
            },
        }),
        _ => Err("five numbers are needed: page,left,bottom,right,top".to_owned()),
    }
}
