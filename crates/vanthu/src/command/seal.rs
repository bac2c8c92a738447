//! `vanthu seal`: the agency's signature (chữ ký số của cơ quan) behind that of the authorised person: fills number and
//! date where they were left free, shows the red seal at its true size over the left third of the signature, and locks
//! the document (Decree 30/2020/NĐ-CP, Appendix I, II.8).

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use vanthu_app::signing::paper::{self, AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use vanthu_domain::Day;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{Certificate, Time};
use vanthu_signing::{
    Appearance, FieldFacts, FilledField, Indication, Ink, Language, PdfFacts, Place, Rect, Report,
    SignatureKind, SignatureReport, SignatureRequest, SubIndication, Worded as _, inspect,
    inspect_picture, seal_place,
};

use crate::command::file::{self, FileKind};
use crate::command::making::holder::personal_sign;
use crate::command::making::key::KeyArgs;
use crate::command::making::level::{self, Level};
use crate::command::making::result::ResultArgs;
use crate::command::making::stamp::StampArgs;
use crate::command::making::task::{Task, chosen};
use crate::command::making::words;
use crate::command::subject::Subject;
use crate::command::trust::{Found, TrustArgs};
use crate::output::{say, warn};
use crate::told::Told;
use crate::wiring;

/// A signature picture is usually so many times as wide as high, and stands in the middle of its field.
const PICTURE_PROPORTION: f64 = 2.5;

/// What to seal, with which key and which seal.
#[derive(Debug, Args)]
#[command(after_help = crate::command::making::EXIT_CODES)]
pub(crate) struct Seal {
    /// The PDF that the authorised person has signed.
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
    /// Picture of the seal: PNG, red, transparent ground.
    #[arg(long, value_name = "PNG")]
    image: PathBuf,
    /// Diameter of the seal in millimetres.
    #[arg(long, value_name = "MM", value_parser = diameter)]
    diameter: f64,
    /// Name of the agency's signature field; an empty one of this name keeps its own place.
    #[arg(long, default_value = AGENCY_FIELD)]
    field: String,
    /// Field of the person's signature that the seal covers a third of; the first signature otherwise.
    #[arg(long, value_name = "FIELD")]
    over: Option<String>,
    /// Number of the document, for the field that was left free.
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Day of the document, for the field that was left free (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    date: Option<Day>,
    /// Why it is signed.
    #[arg(long, default_value = "Đóng dấu cơ quan")]
    reason: String,
    /// Where it is signed.
    #[arg(long)]
    location: Option<String>,
}

impl Seal {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let kind = file::kind(&self.file)?;
        if kind != FileKind::Pdf {
            return Err(
                Told::failed(format!("{} không phải tệp PDF.", self.file.display()))
                    .because("dấu của cơ quan được thể hiện trên trang của văn bản PDF")
                    .now("Kết xuất văn bản thành PDF rồi làm lại.")
                    .into(),
            );
        }
        let usual = file::beside(&self.file, kind, "da-dong-dau");
        let out = self.result.place(&[&self.file], usual)?;
        let ground = self.trust.ground()?;
        ground.needed()?;
        let stamps = self.stamp.service(&ground)?;
        let level = chosen(self.level, stamps.as_ref(), &ground)?;
        let base = file::read(&self.file)?;
        let png = self.picture()?;
        let at = Time::from_unix(wiring::clock().now().unix_seconds());
        let (judged, found) = level::judge(&ground, &Subject::Pdf(base.clone()), at).await?;
        let report = judged.report;
        let person = self.signed_by_a_person(&report, &found)?;
        // The person's signature may be good in a file that is not: something behind its end, another signature taken
        // out or broken.
        level::must_pass(
            report.indication,
            report.sub_indication,
            &found,
            "Không đóng dấu tệp có chữ ký chưa đạt hoặc bị sửa; chưa ghi tệp nào.",
        )?;
        let facts = inspect(&base).map_err(|it| words::pdf(&it))?;
        let fill = self.fill(&facts)?;
        let place = self.seal_place(&facts, &person.field)?;
        let mut signer = self.key.open(at)?;
        if let Some(known) = signed_with(&report, &signer.certificate.sha256_thumbprint()) {
            return Err(Told::refused("Chứng thư này đã ký văn bản.")
                .because(format!(
                    "trường “{known}” được ký bằng chính chứng thư này; dấu của cơ quan phải do chứng thư khác ký"
                ))
                .by("Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II khoản 8")
                .now("Dùng chứng thư của cơ quan để đóng dấu.")
                .into());
        }
        look_at_holder(&signer.certificate, person);
        let request = SignatureRequest {
            field_name: self.field.clone(),
            place: Some(place),
            appearance: Appearance::Seal { png },
            reason: Some(self.reason.clone()),
            location: self.location.clone(),
            signer_name: signer.certificate.common_name(),
            at,
            lock_all: true,
            fill,
            ..SignatureRequest::default()
        };
        let task = Task {
            ground: &ground,
            stamps: stamps.as_ref(),
            level,
            at,
        };
        let sealed = task.pdf(&base, &request, &mut signer).await?;
        self.result.write(&out, &base, &sealed)?;
        say(format!("Đã đóng dấu và khóa văn bản: {}", out.display()))?;
        task.tell(&sealed)?;
        Ok(ExitCode::SUCCESS)
    }

    /// A seal is red, on a transparent ground (Appendix I, II.8a).
    fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let png = file::read(&self.image)?;
        let facts = inspect_picture(&png).map_err(|error| words::prepare(&error))?;
        let wrong = match (facts.ink, facts.transparent) {
            (Ink::Red, true) => return Ok(png),
            (Ink::Red, false) => "nền không trong suốt",
            (Ink::Blue | Ink::Other, _) => "dấu không phải màu đỏ",
        };
        Err(Told::refused("Hình ảnh dấu không đúng quy định.")
            .because(wrong)
            .by("Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II khoản 8 điểm a")
            .now("Dùng tệp PNG nền trong suốt, dấu màu đỏ, đúng kích thước thật của dấu.")
            .into())
    }

    /// The agency signs only behind a person whose signature stands; there is no way around it.
    ///
    /// Clause: AG-17.3d
    fn signed_by_a_person<'r>(
        &self,
        report: &'r Report,
        found: &Found,
    ) -> Result<&'r SignatureReport, Told> {
        if let Some(problem) = &report.problem {
            return Err(words::pdf(problem));
        }
        let person = report
            .signatures
            .iter()
            .filter(|it| it.kind == SignatureKind::Signature)
            .find(|it| self.over.as_ref().is_none_or(|over| *over == it.field));
        let Some(person) = person else {
            return Err(Told::from(Refusal::new(RefusalCode::SignatureMissing)).now(
                "Người có thẩm quyền ký trước (vanthu sign), rồi văn thư đóng dấu bản đã ký.",
            ));
        };
        let why = person
            .sub_indication
            .map(|it| it.text(Language::Vietnamese));
        let finding = why.unwrap_or("xem bằng lệnh vanthu verify");
        let refusal = |code| Told::from(Refusal::new(code).with("finding", finding));
        match (person.indication, person.sub_indication) {
            (Indication::TotalPassed, _) => Ok(person),
            (Indication::Indeterminate, Some(SubIndication::TryLater)) => level::must_pass(
                person.indication,
                person.sub_indication,
                found,
                "Chưa kết luận được chữ ký của người có thẩm quyền.",
            )
            .map(|()| person),
            _ => Err(refusal(RefusalCode::SignatureInvalid)
                .now("Xem chi tiết bằng: vanthu verify. Người có thẩm quyền ký lại văn bản.")),
        }
    }

    /// Number and date, where their fields were left free. After the seal nothing can be filled any more.
    fn fill(&self, facts: &PdfFacts) -> Result<Vec<FilledField>, Told> {
        let free = |name: &str| {
            facts.fields.iter().any(|it| {
                it.name == name && !it.read_only && it.value.as_deref().is_none_or(str::is_empty)
            })
        };
        for (name, given, option, what) in [
            (
                NUMBER_FIELD,
                self.number.is_some(),
                "--number",
                "số văn bản",
            ),
            (DATE_FIELD, self.date.is_some(), "--date", "ngày ban hành"),
        ] {
            if free(name) && !given {
                return Err(Told::usage(format!("Văn bản còn trống {what}."))
                    .because("đóng dấu xong thì không điền được nữa")
                    .now(format!("Thêm {option}.")));
            }
            if given && !free(name) {
                return Err(
                    Told::refused(format!("Văn bản không có chỗ trống cho {what}."))
                        .because("trường đã điền, hoặc không được chừa sẵn trước khi ký")
                        .now(format!("Bỏ {option}.")),
                );
            }
        }
        let number = self.number.iter().map(|it| (NUMBER_FIELD, it.clone()));
        let date = self
            .date
            .map(|day| paper::date_fields(free(MONTH_FIELD), day))
            .unwrap_or_default();
        Ok(number
            .chain(date)
            .map(|(name, value)| FilledField {
                name: name.to_owned(),
                value,
            })
            .collect())
    }

    /// Over the left third of the person's signature. An empty field of the agency's keeps its own place.
    fn seal_place(&self, facts: &PdfFacts, person: &str) -> Result<Place, Told> {
        let of = |name: &str| facts.fields.iter().find(|it| it.name == name);
        if let Some(place) = of(&self.field).and_then(|it| it.place) {
            return Ok(place);
        }
        let nowhere = || {
            Told::refused("Không biết đặt dấu vào đâu.")
                .because(format!("chữ ký “{person}” không hiện trên trang nào"))
                .by("Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II khoản 8")
                .now("Ký với hình ảnh chữ ký (vanthu sign --image --at), hoặc chừa sẵn trường chữ ký của cơ quan.")
        };
        let place = of(person).and_then(visible).ok_or_else(nowhere)?;
        let page = facts.pages.get(place.page as usize).ok_or_else(nowhere)?;
        let seal = seal_place(picture(page.shown(place.rect)), self.diameter);
        Ok(page.place(place.page, seal))
    }
}

/// An authority writes the subject as it likes, so it is no ground to refuse; but it often tells a person.
fn look_at_holder(certificate: &Certificate, person: &SignatureReport) {
    let name = certificate.common_name();
    let is_signer = person
        .signer
        .as_ref()
        .is_some_and(|it| it.common_name == name);
    let why = if is_signer {
        format!("{name} đã ký văn bản này với tư cách người có thẩm quyền")
    } else if let Some(sign) = personal_sign(certificate) {
        format!("chủ thể chứng thư có {sign}")
    } else {
        return;
    };
    warn(format!(
        "Chú ý: chứng thư dùng để đóng dấu có vẻ là của cá nhân, không phải của cơ quan ({why})."
    ));
}

fn visible(field: &FieldFacts) -> Option<Place> {
    field
        .place
        .filter(|it| it.rect.width() > 1.0 && it.rect.height() > 1.0)
}

/// Where a picture of the usual proportion stands in a field.
fn picture(field: Rect) -> Rect {
    let width = field.width().min(field.height() * PICTURE_PROPORTION);
    let middle = f64::midpoint(field.x0, field.x1);
    Rect {
        x0: middle - width / 2.0,
        x1: middle + width / 2.0,
        ..field
    }
}

/// The field that this certificate has signed already.
fn signed_with<'r>(report: &'r Report, thumbprint: &str) -> Option<&'r str> {
    let by = |it: &&SignatureReport| {
        it.signer
            .as_ref()
            .is_some_and(|signer| signer.thumbprint == thumbprint)
    };
    report
        .signatures
        .iter()
        .find(by)
        .map(|it| it.field.as_str())
}

/// Seals of agencies are between two and six centimetres wide; anything else is a slip of the pen.
fn diameter(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(mm) if (20.0..=60.0).contains(&mm) => Ok(mm),
        _ => Err("a diameter in millimetres, from 20 to 60".to_owned()),
    }
}
