//! `vanthu sign`: signs with a person's key, up to B-LTA: a PDF in itself, any other file beside it, several in a
//! container. Thin over `vanthu-signing`; the platform's own documents are signed through the agent instead.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use vanthu_pki::Time;
use vanthu_signing::{
    Appearance, ContainerRequest, DataFile, DetachedRequest, DocMdp, FileSource, Place, Rect,
    SignatureRequest, inspect_file, pack,
};

use crate::command::file::{self, FileKind};
use crate::command::making::key::{KeyArgs, Signer};
use crate::command::making::level::Level;
use crate::command::making::result::ResultArgs;
use crate::command::making::stamp::StampArgs;
use crate::command::making::task::{Task, chosen};
use crate::command::making::words;
use crate::command::trust::TrustArgs;
use crate::output::say;
use crate::told::Told;
use crate::wiring;

const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// What to sign, with which key, and how it looks.
#[derive(Debug, Args)]
#[command(after_help = crate::command::making::EXIT_CODES)]
pub(crate) struct Sign {
    /// The file. A PDF holds its signature; a container (.asice) gets one more; beside any other file stands FILE.p7s.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Put the files into a new container (ASiC-E) and sign them all.
    #[arg(long, value_name = "OUT.asice", conflicts_with = "out")]
    container: Option<PathBuf>,
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
    #[command(flatten)]
    look: Look,
}

/// What only a signature in a PDF has.
#[derive(Debug, Args)]
#[command(next_help_heading = "In a PDF")]
struct Look {
    /// Name of the signature field; an empty one of this name is used. "chu-ky" otherwise.
    #[arg(long)]
    field: Option<String>,
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

/// What is signed.
enum Base {
    Pdf(FileSource<File>),
    /// Its signature stands beside it.
    Beside(PathBuf),
    Container(Vec<u8>, ContainerRequest),
}

impl Sign {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let (out, base) = self.base()?;
        let ground = self.trust.ground()?;
        let stamps = self.stamp.service(&ground)?;
        let level = chosen(self.level, stamps.as_ref(), &ground)?;
        let at = Time::from_unix(wiring::clock().now().unix_seconds());
        let task = Task {
            ground: &ground,
            stamps: stamps.as_ref(),
            level,
            at,
        };
        let signed = match base {
            Base::Pdf(base) => {
                let place = self.look.place(&base)?;
                let image = self.look.image.as_deref().map(file::read).transpose()?;
                let mut signer = self.key.open(at)?;
                let request = self.look.request(&signer, place, image, at);
                task.pdf(base, &request, &mut signer).await?
            }
            Base::Beside(path) => {
                let request = DetachedRequest {
                    at,
                    mime_type: Some(file::media_type(&path).to_owned()),
                };
                let mut signer = self.key.open(at)?;
                task.detached(&path, &request, &mut signer).await?
            }
            Base::Container(base, request) => {
                let request = ContainerRequest { at, ..request };
                let mut signer = self.key.open(at)?;
                task.container(&base, &request, &mut signer).await?
            }
        };
        self.result.write(&out, &signed)?;
        say(format!("Đã ký: {}", out.display()))?;
        task.tell(&signed)?;
        Ok(ExitCode::SUCCESS)
    }

    /// What is signed, and where the result goes; refused before a PIN is asked for.
    fn base(&self) -> anyhow::Result<(PathBuf, Base)> {
        if let Some(out) = &self.container {
            let given: Vec<&Path> = self.files.iter().map(PathBuf::as_path).collect();
            let out = self.result.place(&given, out.clone())?;
            self.look.not_for("tệp đóng gói")?;
            let (bytes, request) = packed(&self.files)?;
            return Ok((out, Base::Container(bytes, request)));
        }
        let [path] = self.files.as_slice() else {
            return Err(Told::usage("Mỗi lần ký một tệp.")
                .because(format!("lệnh có {} tệp", self.files.len()))
                .now("Ký từng tệp, hoặc ký chung trong một tệp đóng gói: --container TÊN.asice.")
                .into());
        };
        let kind = file::kind(path)?;
        let place = |usual| self.result.place(&[path], usual);
        match kind {
            FileKind::Pdf => {
                let out = place(file::beside(path, kind, "da-ky"))?;
                Ok((out, Base::Pdf(file::base(path)?)))
            }
            FileKind::Container => {
                let out = place(file::beside(path, kind, "da-ky"))?;
                self.look.not_for("tệp đóng gói")?;
                let base = Base::Container(file::read(path)?, ContainerRequest::default());
                Ok((out, base))
            }
            FileKind::Signature => Err(Told::usage(format!("{} là tệp chữ ký.", path.display()))
                .because("chữ ký không được ký như văn bản")
                .now("Ký chính tệp văn bản; nhiều người cùng ký thì dùng --container.")
                .into()),
            FileKind::Other => {
                let out = place(file::signature_of(path))?;
                self.look.not_for("tệp không phải PDF")?;
                Ok((out, Base::Beside(path.clone())))
            }
        }
    }
}

/// A new container with the files, each under its own name.
fn packed(files: &[PathBuf]) -> anyhow::Result<(Vec<u8>, ContainerRequest)> {
    if let [one] = files
        && file::kind(one)? == FileKind::Container
    {
        return Err(
            Told::usage(format!("{} đã là tệp đóng gói.", one.display()))
                .now("Ký thêm vào đó: bỏ --container, chọn tên kết quả bằng --out.")
                .into(),
        );
    }
    let (mut contents, mut names) = (Vec::new(), BTreeSet::new());
    let mut request = ContainerRequest::default();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !names.insert(name.to_string()) {
            return Err(Told::usage(format!("Hai tệp cùng tên {name}."))
                .because("trong một tệp đóng gói mỗi tệp có một tên riêng")
                .now("Đổi tên một tệp rồi ký lại.")
                .into());
        }
        let media_type = file::media_type(path).to_owned();
        request.mime_types.insert(name.to_string(), media_type);
        contents.push((name, file::read(path)?));
    }
    let data = contents
        .iter()
        .map(|(name, content)| DataFile { name, content });
    let bytes = pack(&data.collect::<Vec<_>>()).map_err(|it| words::container(&it))?;
    Ok((bytes, request))
}

impl Look {
    /// Refuses what would say nothing outside of a PDF.
    fn not_for(&self, what: &str) -> Result<(), Told> {
        let given = [
            ("--field", self.field.is_some()),
            ("--at", self.at.is_some()),
            ("--image", self.image.is_some()),
            ("--reason", self.reason.is_some()),
            ("--location", self.location.is_some()),
            ("--certify", self.certify),
        ];
        match given.iter().find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((option, _)) => Err(Told::usage(format!("{option} chỉ dùng khi ký tệp PDF."))
                .because(format!("đang ký {what}"))
                .now(format!("Bỏ {option}."))),
        }
    }

    fn request(
        &self,
        signer: &Signer,
        place: Option<Place>,
        image: Option<Vec<u8>>,
        at: Time,
    ) -> SignatureRequest {
        let name = signer.certificate.common_name();
        SignatureRequest {
            field_name: self.field.clone().unwrap_or_else(|| "chu-ky".to_owned()),
            place,
            appearance: match image {
                Some(png) => Appearance::Picture { png },
                None if place.is_some() => Appearance::Text {
                    lines: vec![name.clone(), words::moment(at)],
                    size: 10.0,
                },
                None => Appearance::Invisible,
            },
            reason: self.reason.clone(),
            location: self.location.clone(),
            signer_name: name,
            at,
            certify: self.certify.then_some(DocMdp::FormFilling),
            ..SignatureRequest::default()
        }
    }

    /// The place in the page's own coordinates.
    fn place(&self, pdf: &FileSource<File>) -> Result<Option<Place>, Told> {
        let Some(Millimetres([left, top, width, height])) = self.at else {
            return Ok(None);
        };
        let pages = inspect_file(pdf).map_err(|it| words::pdf(&it))?.pages;
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
