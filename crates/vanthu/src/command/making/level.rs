//! Levels of signatures (ETSI EN 319 142-1, 6): from a signed file to one that stays provable.

use clap::ValueEnum;
use vanthu_app::verify::within_periods;
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, Strength, Time};
use vanthu_signing::{
    DocTimestampRequest, ExtendError, Indication, LongTermEvidence, Protection, Report,
    SubIndication, TimestampTrust, embedded, extend_lt, extend_lta, missing_evidence, protection,
};

use super::stamp::{Stamps, needed};
use super::words;
use crate::command::status;
use crate::command::trust::{Found, Ground};
use crate::told::Told;

/// How long a signature is to stay provable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    /// The signature alone.
    #[value(name = "B-B", alias = "b-b")]
    BB,
    /// With a time-stamp.
    #[value(name = "B-T", alias = "b-t")]
    BT,
    /// With evidence about every certificate in the file.
    #[value(name = "B-LT", alias = "b-lt")]
    BLt,
    /// With a time-stamp over the evidence.
    #[value(name = "B-LTA", alias = "b-lta")]
    BLta,
}

impl Level {
    /// The name that standards use.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
        }
    }
}

/// Judges a file as it is now.
pub(crate) async fn judge(
    ground: &Ground,
    pdf: &[u8],
    at: Time,
) -> anyhow::Result<(Report, Found)> {
    let found = ground.about(pdf, at).await?;
    let report = within_periods(pdf, found.with(ground.input(at)), &ground.trust);
    Ok((report, found))
}

/// What was found stands against going on; `what` says with what.
pub(crate) fn must_pass(
    indication: Indication,
    why: Option<SubIndication>,
    found: &Found,
    what: &str,
) -> Result<(), Told> {
    use vanthu_signing::{Language, Worded as _};
    let reason = why.map_or_else(String::new, |it| it.text(Language::Vietnamese).to_owned());
    match (indication, why) {
        (Indication::TotalPassed, _) => Ok(()),
        (Indication::Indeterminate, Some(SubIndication::TryLater)) => Err(Told::failed(what)
            .because([vec![reason], troubles(found)].concat().join("; "))
            .now("Chạy lại khi dịch vụ trạng thái chứng thư trả lời; chưa biết thì không coi là hợp lệ.")),
        (Indication::Indeterminate | Indication::TotalFailed, _) => Err(Told::refused(what)
            .because(reason)
            .by("Nghị định 68/2024/NĐ-CP, Điều 31 khoản 2")
            .now("Xem chi tiết bằng: vanthu verify.")),
    }
}

/// Which services did not answer, one word each.
fn troubles(found: &Found) -> Vec<String> {
    let of = |it: &vanthu_pki::gather::Trouble| {
        format!("{}: {}", it.subject, status::words::trouble(it))
    };
    found.troubles.iter().map(of).collect()
}

/// Level B-LT: evidence about every certificate goes into the file.
pub(crate) fn with_evidence(
    ground: &Ground,
    pdf: &[u8],
    found: &Found,
    at: Time,
) -> anyhow::Result<Vec<u8>> {
    let evidence = evidence(ground, pdf, found);
    all_is_there(ground, pdf, &evidence, found)?;
    Ok(extend_lt(pdf, &evidence, at).map_err(|error| extending(&error))?)
}

/// Level B-LTA: evidence, and a time-stamp over everything.
pub(crate) async fn with_archive_stamp(
    ground: &Ground,
    stamps: Option<&Stamps>,
    pdf: &[u8],
    found: &Found,
    at: Time,
) -> anyhow::Result<Vec<u8>> {
    let stamps = needed(stamps, Level::BLta.name())?;
    let evidence = evidence(ground, pdf, found);
    all_is_there(ground, pdf, &evidence, found)?;
    let prepared = extend_lta(pdf, &evidence, &DocTimestampRequest::at(at))
        .map_err(|error| extending(&error))?;
    let digest: [u8; 32] = prepared.digest().try_into()?;
    let (token, nonce) = stamps.stamp(digest).await?;
    let about = ground.about_token(&token, &evidence, at).await?;
    let trust = TimestampTrust {
        anchors: ground.trust.roots(),
        intermediates: [evidence.certificates, about.certificates].concat(),
        revocation: about.evidence,
        nonce: Some(nonce),
    };
    let stamped = prepared.embed(pdf, &token, &trust).map_err(|error| {
        Told::failed("Không dùng được dấu thời gian vừa nhận.")
            .because(error)
            .now("Dùng dịch vụ dấu thời gian có chứng thư thuộc điểm tin cậy đã cho.")
    })?;
    Ok(stamped)
}

/// Brings a file that was just signed to the level that was asked for.
pub(crate) async fn raise(
    ground: &Ground,
    stamps: Option<&Stamps>,
    signed: Vec<u8>,
    level: Level,
    at: Time,
) -> anyhow::Result<Vec<u8>> {
    if level < Level::BLt {
        return Ok(signed);
    }
    let found = ground.about(&signed, at).await?;
    match level {
        Level::BLta => with_archive_stamp(ground, stamps, &signed, &found, at).await,
        _ => with_evidence(ground, &signed, &found, at),
    }
}

/// What protects a file, and until when.
pub(crate) fn protected(ground: &Ground, pdf: &[u8], at: Time) -> Result<Protection, Told> {
    protection(pdf, &ground.trust.roots(), Strength::vietnam(), at).map_err(|it| words::pdf(&it))
}

/// The certificates of the paths that the file's signatures rest on, out of everything at hand, and what is known of
/// their status.
fn evidence(ground: &Ground, pdf: &[u8], found: &Found) -> LongTermEvidence {
    let brought = embedded(pdf).unwrap_or_default();
    let mut open: Vec<Certificate> = brought.certificates.clone();
    let question = brought.question(Vec::new(), Time::default());
    open.extend(question.certificates);
    let given = [question.known, found.certificates.clone()].concat();
    open.extend(given.iter().filter(|it| !it.is_ca()).cloned());
    let responders = found.evidence.ocsp.iter().flat_map(|it| &it.certificates);
    open.extend(responders.cloned());
    let pool = [
        given,
        ground.trust.intermediates.clone(),
        ground.trust.roots(),
    ]
    .concat();
    let mut certificates: Vec<Certificate> = Vec::new();
    while let Some(certificate) = open.pop() {
        if certificates.contains(&certificate) {
            continue;
        }
        let issuers = pool.iter().filter(|it| {
            it.subject() == certificate.issuer() && certificate.verify_issued_by(it).is_ok()
        });
        open.extend(issuers.cloned());
        certificates.push(certificate);
    }
    let names = |issuer: &vanthu_pki::Name| certificates.iter().any(|it| it.issuer() == issuer);
    let crls = found.evidence.crls.iter().filter(|it| names(it.issuer()));
    LongTermEvidence {
        revocation: RevocationData {
            crls: crls.cloned().collect(),
            ocsp: found.evidence.ocsp.clone(),
        },
        certificates,
    }
}

fn all_is_there(
    ground: &Ground,
    pdf: &[u8],
    evidence: &LongTermEvidence,
    found: &Found,
) -> Result<(), Told> {
    let missing = missing_evidence(pdf, evidence, &ground.trust.roots())
        .map_err(|problem| words::pdf(&problem))?;
    if missing.is_empty() {
        return Ok(());
    }
    let whose = missing.iter().map(|it| it.certificate.common_name());
    let lines = [whose.collect::<Vec<_>>(), troubles(found)].concat();
    Err(
        Told::failed("Chưa đủ bằng chứng về trạng thái chứng thư để đưa vào tệp.")
            .because(format!("còn thiếu về: {}", lines.join("; ")))
            .now("Chạy lại khi dịch vụ trạng thái trả lời, hoặc chọn mức B-T."),
    )
}

/// There is nothing to extend.
pub(crate) fn not_signed() -> Told {
    Told::refused("Tệp không có chữ ký số nào để bổ sung.").now("Ký trước bằng: vanthu sign.")
}

fn extending(error: &ExtendError) -> Told {
    match error {
        ExtendError::Pdf(problem) => words::pdf(problem),
        ExtendError::NotSigned => not_signed(),
        ExtendError::Field(problem) => words::prepare(problem),
        ExtendError::DigestUnsupported => Told::failed("Không bổ sung được.").because(error),
    }
}
