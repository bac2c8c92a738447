//! Levels of signatures (ETSI EN 319 142-1, 6): from a signed file to one that stays provable.

use clap::ValueEnum;
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, Strength, Time};
use vanthu_signing::{
    BaselineLevel, Indication, LongTermEvidence, SubIndication, TimestampTrust, protection_file,
};

use super::stamp::{Stamps, needed};
use super::words;
use crate::command::status;
use crate::command::subject::{Judgement, Subject, Written};
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
    subject: &Subject,
    at: Time,
) -> anyhow::Result<(Judgement, Found)> {
    let found = ground.about(&subject.embedded(), at).await?;
    let judged = subject.judge(found.with(ground.input(at)), &ground.trust)?;
    Ok((judged, found))
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
    subject: &mut Subject,
    found: &Found,
    at: Time,
) -> Result<Written, Told> {
    let evidence = evidence(ground, subject, found);
    all_is_there(ground, subject, &evidence, found)?;
    subject.add_evidence(&evidence, at)
}

/// Level B-LTA: evidence, and a time-stamp over everything.
pub(crate) async fn with_archive_stamp(
    ground: &Ground,
    stamps: Option<&Stamps>,
    subject: &mut Subject,
    found: &Found,
    at: Time,
) -> anyhow::Result<()> {
    let stamps = needed(stamps, Level::BLta.name())?;
    let evidence = evidence(ground, subject, found);
    all_is_there(ground, subject, &evidence, found)?;
    let ask = async |digest: &[u8]| {
        let (token, nonce) = stamps.stamp(digest.try_into()?).await?;
        let about = ground.about_token(&token, &evidence, at).await?;
        let trust = TimestampTrust {
            anchors: ground.trust.roots(),
            intermediates: [evidence.certificates.clone(), about.certificates].concat(),
            revocation: about.evidence,
            nonce: Some(nonce),
        };
        Ok((token, trust))
    };
    subject.stamp(&evidence, at, ask).await
}

/// Brings a file that was just signed to the level that was asked for.
pub(crate) async fn raise(
    ground: &Ground,
    stamps: Option<&Stamps>,
    signed: &mut Subject,
    level: Level,
    at: Time,
) -> anyhow::Result<()> {
    if level < Level::BLt {
        return Ok(());
    }
    let found = ground.about(&signed.embedded(), at).await?;
    match level {
        Level::BLta => with_archive_stamp(ground, stamps, signed, &found, at).await?,
        _ => {
            with_evidence(ground, signed, &found, at)?;
        }
    }
    Ok(())
}

/// What protects a file, and for a PDF until when, in words.
pub(crate) fn protected(ground: &Ground, subject: &Subject, at: Time) -> anyhow::Result<String> {
    if let Subject::Pdf(pdf) = subject {
        let found = protection_file(pdf, &ground.trust.roots(), Strength::vietnam(), at);
        let found = found.map_err(|it| words::pdf(&it))?;
        return Ok(words::protection(&found, at));
    }
    let level = subject.judge(ground.input(at), &ground.trust)?.level();
    let name = level.map_or("chưa rõ", BaselineLevel::name);
    Ok(format!("mức {name}"))
}

/// The certificates of the paths that the file's signatures rest on, out of everything at hand, and what is known of
/// their status.
fn evidence(ground: &Ground, subject: &Subject, found: &Found) -> LongTermEvidence {
    let brought = subject.embedded();
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
    subject: &Subject,
    evidence: &LongTermEvidence,
    found: &Found,
) -> Result<(), Told> {
    let missing = subject.missing(evidence, &ground.trust.roots())?;
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
