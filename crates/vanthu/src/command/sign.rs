//! `vanthu sign`: signs a PDF with a person's key, up to B-LTA. Thin over `vanthu-signing`; the platform's own
//! documents are signed through the agent instead.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use vanthu_app::signing::paper;
use vanthu_pki::Time;
use vanthu_signing::{
    Appearance, DocMdp, EmbedError, Indication, Place, Rect, SignatureReport, SignatureRequest,
    SubIndication, inspect, prepare,
};

use crate::command::file;
use crate::command::making::key::{KeyArgs, Signer};
use crate::command::making::level::{self, Level};
use crate::command::making::result::ResultArgs;
use crate::command::making::stamp::{StampArgs, Stamps, needed};
use crate::command::making::words;
use crate::command::trust::{Ground, TrustArgs};
use crate::output::{say, warn};
use crate::told::Told;
use crate::wiring;

const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// What to sign, with which key, and how it looks.
#[derive(Debug, Args)]
#[command(after_help = crate::command::making::EXIT_CODES)]
pub(crate) struct Sign {
    /// The PDF.
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    stamp: StampArgs,
    #[command(flatten)]
    result: ResultArgs,
    /// How long the signature is to stay provable; B-T where a time-stamp service is known, else B-B.
    #[arg(long, value_enum)]
    level: Option<Level>,
    /// Name of the signature field; an empty one of this name is used.
    #[arg(long, default_value = "chu-ky")]
    field: String,
    /// Page of the signature, from 1, or "last".
    #[arg(long, value_name = "PAGE", default_value = "1", value_parser = page, requires = "at")]
    page: Page,
    /// Where on the page as it is shown: left,top,width,height in millimetres from its upper left corner.
    #[arg(long, value_name = "L,T,W,H", value_parser = millimetres)]
    at: Option<Millimetres>,
    /// Picture of the signature (PNG); needs --at, or an empty field that has its place.
    #[arg(long, value_name = "PNG", alias = "picture")]
    image: Option<PathBuf>,
    /// Why it is signed.
    #[arg(long)]
    reason: Option<String>,
    /// Where it is signed.
    #[arg(long)]
    location: Option<String>,
    /// Certify the document: afterwards only fields may be filled and signatures added.
    #[arg(long)]
    certify: bool,
}

impl Sign {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let out = self.result.place(&self.file, "da-ky")?;
        let base = file::read_pdf(&self.file)?;
        let ground = self.trust.ground()?;
        let stamps = self.stamp.service(&ground)?;
        let level = chosen(self.level, stamps.as_ref(), &ground)?;
        let now = wiring::clock().now();
        let at = Time::from_unix(now.unix_seconds());
        let place = self.place(&base)?;
        let image = self.image.as_deref().map(file::read).transpose()?;
        let mut signer = self.key.open(at)?;
        let request = SignatureRequest {
            field_name: self.field.clone(),
            place,
            appearance: match image {
                Some(png) => Appearance::Picture { png },
                None if place.is_some() => Appearance::Text {
                    lines: vec![signer.certificate.common_name(), now.text()],
                    size: 10.0,
                },
                None => Appearance::Invisible,
            },
            reason: self.reason.clone(),
            location: self.location.clone(),
            signer_name: signer.certificate.common_name(),
            at,
            certify: self.certify.then_some(DocMdp::FormFilling),
            ..SignatureRequest::default()
        };
        let task = Task {
            ground: &ground,
            stamps: stamps.as_ref(),
            level,
            at,
        };
        let signed = task.sign(&base, &request, &mut signer).await?;
        self.result.write(&out, &base, &signed)?;
        say(format!("Đã ký: {}", out.display()))?;
        task.tell(&signed)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The place in the page's own coordinates.
    fn place(&self, pdf: &[u8]) -> Result<Option<Place>, Told> {
        let Some(Millimetres([left, top, width, height])) = self.at else {
            return Ok(None);
        };
        let pages = inspect(pdf).map_err(|it| words::pdf(&it))?.pages;
        let number = match self.page {
            Page::Number(number) => number,
            Page::Last => pages.len() as u32,
        };
        let index = number.saturating_sub(1);
        let Some(page) = pages.get(index as usize) else {
            return Err(Told::usage(format!("Văn bản không có trang {number}."))
                .because(format!("văn bản có {} trang", pages.len())));
        };
        let (page_width, page_height) = page.shown_size();
        let mm = |it: f64| it * POINTS_PER_MM;
        let shown = Rect {
            x0: mm(left),
            y0: page_height - mm(top + height),
            x1: mm(left + width),
            y1: page_height - mm(top),
        };
        if shown.x1 > page_width || shown.y0 < 0.0 {
            return Err(
                Told::usage("Chỗ đặt chữ ký ra ngoài trang.").because(format!(
                    "trang {number} rộng {:.0} mm, cao {:.0} mm",
                    page_width / POINTS_PER_MM,
                    page_height / POINTS_PER_MM
                )),
            );
        }
        Ok(Some(page.place(index, shown)))
    }
}

/// What is to be reached, and with whose help: the same for a person's signature and an agency's.
pub(crate) struct Task<'g> {
    pub(crate) ground: &'g Ground,
    pub(crate) stamps: Option<&'g Stamps>,
    pub(crate) level: Level,
    pub(crate) at: Time,
}

impl Task<'_> {
    /// Signs, asks for the time-stamp, judges what came of it, and raises it to the level.
    pub(crate) async fn sign(
        &self,
        base: &[u8],
        request: &SignatureRequest,
        signer: &mut Signer,
    ) -> anyhow::Result<Vec<u8>> {
        let prepared = prepare(
            base,
            request,
            &signer.certificate,
            signer.algorithm,
            &paper::fonts(),
        )
        .map_err(|error| words::prepare(&error))?;
        let value = signer.sign(prepared.to_be_signed())?;
        let completed = prepared.complete(&value).map_err(|error| {
            Told::failed("Chữ ký không khớp chứng thư.")
                .because(error)
                .now("Chọn đúng chứng thư của khóa.")
        })?;
        let token = match (self.level, self.stamps) {
            (Level::BB, _) => None,
            (level, stamps) => {
                let stamps = needed(stamps, level.name())?;
                Some(stamps.stamp(completed.timestamp_imprint()).await?.0)
            }
        };
        let signed = completed
            .embed(base, &signer.chain, token.as_deref())
            .map_err(|error| embedding(&error))?;
        if !self.ground.is_given() {
            return Ok(signed);
        }
        let (report, found) = level::judge(self.ground, &signed, self.at).await?;
        if let Some(own) = report.signature(&request.field_name) {
            self.accept(own, &found)?;
        }
        level::raise(self.ground, self.stamps, signed, self.level, self.at).await
    }

    /// Nobody signs with a certificate that is revoked or leads nowhere. A status that is not known yet keeps nobody
    /// from signing below B-LT, and is said.
    fn accept(
        &self,
        own: &SignatureReport,
        found: &crate::command::trust::Found,
    ) -> Result<(), Told> {
        let unknown = own.sub_indication == Some(SubIndication::TryLater);
        if own.indication == Indication::Indeterminate && unknown && self.level < Level::BLt {
            warn("Chú ý: chưa hỏi được trạng thái chứng thư của người ký.");
            return Ok(());
        }
        let what = "Không ký bằng chứng thư này; chưa ghi tệp nào.";
        level::must_pass(own.indication, own.sub_indication, found, what)
    }

    /// Says what protects the new file.
    pub(crate) fn tell(&self, signed: &[u8]) -> anyhow::Result<()> {
        if self.ground.is_given() {
            let protection = level::protected(self.ground, signed, self.at)?;
            say(format!(
                "Bảo vệ: {}",
                words::protection(&protection, self.at)
            ))?;
        } else {
            say(format!("Mức: {}", self.level.name()))?;
        }
        if self.level == Level::BB {
            say("Chữ ký không có dấu thời gian.")?;
        }
        Ok(())
    }
}

/// The level, held against what is at hand, before a PIN is asked for.
pub(crate) fn chosen(
    asked: Option<Level>,
    stamps: Option<&Stamps>,
    ground: &Ground,
) -> Result<Level, Told> {
    let level = asked.unwrap_or(match stamps {
        Some(_) => Level::BT,
        None => Level::BB,
    });
    if level > Level::BB {
        needed(stamps, level.name())?;
    }
    if level >= Level::BLt {
        ground.needed()?;
    }
    Ok(level)
}

fn embedding(error: &EmbedError) -> Told {
    match error {
        EmbedError::BadTimestamp { .. } => Told::failed("Không dùng được dấu thời gian vừa nhận.")
            .because(error)
            .now("Kiểm tra dịch vụ cấp dấu thời gian rồi chạy lại."),
        _ => Told::failed("Không ghép được chữ ký vào tệp.").because(error),
    }
}

/// Which page.
#[derive(Debug, Clone, Copy)]
enum Page {
    Number(u32),
    Last,
}

/// Left, top, width, height.
#[derive(Debug, Clone, Copy)]
struct Millimetres([f64; 4]);

fn page(text: &str) -> Result<Page, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(Page::Number(number)),
        _ if text == "last" => Ok(Page::Last),
        _ => Err("a page number from 1, or \"last\"".to_owned()),
    }
}

fn millimetres(text: &str) -> Result<Millimetres, String> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|it| it.trim().parse().map_err(|_| format!("not a number: {it}")))
        .collect::<Result<_, _>>()?;
    match <[f64; 4]>::try_from(numbers) {
        Ok([left, top, width, height])
            if left >= 0.0 && top >= 0.0 && width > 0.0 && height > 0.0 =>
        {
            Ok(Millimetres([left, top, width, height]))
        }
        _ => Err("four numbers are needed: left,top,width,height in millimetres".to_owned()),
    }
}
