//! Judging signed files: the cryptographic report, and what it means for the law's questions.
//!
//! What was found about a stored file is kept with the moment at which it was found, and shown again
//! as long as it may be: see [`Age`]. Nothing is decided by a kept report; who signs, seals or
//! accepts has the file judged then.

use std::sync::atomic::Ordering;

use vanthu_domain::Moment;
use vanthu_domain::certificate::Holder;
use vanthu_domain::id::PersonId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::verdict::{
    ExaminedSignature, Indication as LegalIndication, Known, Signer, TimestampFact,
};
use vanthu_pki::Time;
use vanthu_pki::path::RevocationMode;
use vanthu_signing::{
    Coverage, Embedded, Indication, PageFacts, PdfFacts, PdfProblem, PlatformRule, Report,
    SignatureKind, SignatureReport, SubIndication, ValidationInput, embedded, inspect,
    is_extension, validate,
};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::report::ReportRow;
use vanthu_store::{Tx, agency, certificate, person, report as kept};

pub mod stranger;

use crate::port::StatusFound;
use crate::signing::paper::{AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD, PERSON_FIELD};
use crate::trust::{Trust, evidence_about};
use crate::{App, AppError};

/// So long a report is shown again while the document is still under way: certificates are revoked
/// by lists that are hours old anyhow.
const RECENT_SECONDS: i64 = 3600;
/// So long a report that leaves something open is shown again.
const OPEN_SECONDS: i64 = 60;

/// How old a report may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The file is judged now.
    New,
    /// Up to an hour; up to a minute where it leaves something open.
    Recent,
    /// Any age: it shows what was found when the document was issued. What it left open is judged
    /// again after a minute.
    Frozen,
}

impl Age {
    fn allows(self, report: &Report, judged_at: Moment, now: Moment) -> bool {
        let seconds = now.seconds_since(judged_at);
        let open = report.indication == Indication::Indeterminate;
        match self {
            Self::New => false,
            Self::Recent | Self::Frozen if open => (0..OPEN_SECONDS).contains(&seconds),
            Self::Recent => (0..RECENT_SECONDS).contains(&seconds),
            Self::Frozen => true,
        }
    }
}

/// A file's report, and the facts that the legal verdict is drawn from.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The cryptographic report.
    pub report: Report,
    /// When it was made.
    pub judged_at: Moment,
    /// Each signature as the law asks about it.
    pub facts: Vec<ExaminedSignature>,
}

/// Judges any file against the installation's anchors, at this moment, with fresh evidence.
///
/// Clause: TG-13, TG-8.1a
pub async fn report(app: &App, pdf: Vec<u8>) -> Result<Report, AppError> {
    Ok(judge(app, pdf).await?.0)
}

/// The report, and the evidence of status that it rests on.
async fn judge(app: &App, pdf: Vec<u8>) -> Result<(Report, StatusFound), AppError> {
    app.examinations.fetch_add(1, Ordering::Relaxed);
    let at = Time::from_unix(app.now().unix_seconds());
    let brought = |pdf: &Vec<u8>| embedded(pdf).unwrap_or_default();
    let (pdf, found) = evidence(app, pdf, brought, at).await?;
    let input = ValidationInput {
        platform: Some(PlatformRule {
            fillable: [NUMBER_FIELD, DATE_FIELD, MONTH_FIELD]
                .map(str::to_owned)
                .to_vec(),
            seal_field: AGENCY_FIELD.to_owned(),
        }),
        ..input(app, at, &found)
    };
    let trust = app.trust.clone();
    let report = tokio::task::spawn_blocking(move || within_periods(&pdf, input, &trust))
        .await
        .map_err(|e| AppError::fault("validate", e))?;
    Ok((report, found))
}

/// What any file is judged by, with what was found about its certificates.
fn input(app: &App, at: Time, found: &StatusFound) -> ValidationInput {
    ValidationInput {
        anchors: app.trust.roots(),
        intermediates: [app.trust.intermediates.clone(), found.certificates.clone()].concat(),
        evidence: found.evidence.clone(),
        revocation: RevocationMode::Required,
        at,
        ..ValidationInput::default()
    }
}

/// Judges a file by anchors that have purposes and periods: an anchor counts for a signature or a time-stamp only when
/// it is trusted for that, and was when the signature or time-stamp provably existed.
pub fn within_periods(pdf: &[u8], mut input: ValidationInput, trust: &Trust) -> Report {
    input.anchor_terms = trust.terms();
    validate(pdf, &input)
}

/// What is found about a stored file, judged now unless a kept report is young enough.
pub async fn report_on(app: &App, sha256: &str, age: Age) -> Result<(Report, Moment), AppError> {
    if let Some(kept) = kept_report(app, sha256, &rules(app), age).await? {
        return Ok(kept);
    }
    let (report, judged_at, _) = judge_stored(app, sha256).await?;
    Ok((report, judged_at))
}

/// Names what a report depends on besides the file: this program and the trust configuration.
fn rules(app: &App) -> String {
    format!("{} {}", env!("CARGO_PKG_VERSION"), app.trust.fingerprint())
}

async fn judge_stored(app: &App, sha256: &str) -> Result<(Report, Moment, StatusFound), AppError> {
    let pdf = app.store.blobs().get(sha256).await?;
    let judged_at = app.now();
    let (report, status) = judge(app, pdf).await?;
    let row = ReportRow {
        sha256: sha256.to_owned(),
        rules: rules(app),
        judged_at,
        report: serde_json::to_value(&report).map_err(|e| AppError::fault("report", e))?,
    };
    if let Err(error) = keep(app, &row).await {
        tracing::warn!(%error, sha256, "a report could not be kept; the next look judges again");
    }
    Ok((report, judged_at, status))
}

async fn kept_report(
    app: &App,
    sha256: &str,
    rules: &str,
    age: Age,
) -> Result<Option<(Report, Moment)>, AppError> {
    if age == Age::New {
        return Ok(None);
    }
    let mut tx = app.store.read().await?;
    let Some(row) = kept::find(&mut tx, sha256, rules).await? else {
        return Ok(None);
    };
    // One that this program can't read is as good as none.
    let report = serde_json::from_value::<Report>(row.report).ok();
    Ok(report
        .filter(|report| age.allows(report, row.judged_at, app.now()))
        .map(|report| (report, row.judged_at)))
}

async fn keep(app: &App, row: &ReportRow) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    kept::put(&mut tx, row).await?;
    Ok(tx.commit().await?)
}

/// Judges a stored document of the platform and says who its signers are. `signer_name` is the name
/// that the document gives for its signer.
pub async fn examine(
    app: &App,
    sha256: &str,
    signer_name: &str,
    age: Age,
) -> Result<Examined, AppError> {
    let (report, judged_at) = report_on(app, sha256, age).await?;
    examined(app, report, judged_at, signer_name).await
}

/// The same, judged now in any case, with the evidence of status that was used.
pub async fn examine_now(
    app: &App,
    sha256: &str,
    signer_name: &str,
) -> Result<(Examined, StatusFound), AppError> {
    let (report, judged_at, status) = judge_stored(app, sha256).await?;
    let examined = examined(app, report, judged_at, signer_name).await?;
    Ok((examined, status))
}

async fn examined(
    app: &App,
    report: Report,
    judged_at: Moment,
    signer_name: &str,
) -> Result<Examined, AppError> {
    let mut tx = app.store.read().await?;
    let mut facts = Vec::with_capacity(report.signatures.len());
    for (order, signature) in report.signatures.iter().enumerate() {
        facts.push(fact_of(&mut tx, order, signature, &report, signer_name).await?);
    }
    Ok(Examined {
        report,
        judged_at,
        facts,
    })
}

/// The person chosen to sign has signed this very paper, and the signature stands: only then may
/// the agency sign.
///
/// Clause: AG-17.3d, TG-10.1
pub(crate) async fn signed_by_authorised(
    app: &App,
    row: &OutgoingRow,
    signed: &[u8],
) -> Result<(), AppError> {
    let submitted = app
        .store
        .blobs()
        .get(row.current_blob.as_deref().unwrap_or_default())
        .await?;
    if signed != submitted && !is_extension(&submitted, signed) {
        return Err(AppError::refused(RefusalCode::NotAnExtension));
    }
    let report = report(app, signed.to_vec()).await?;
    let mut signatures = report
        .signatures
        .iter()
        .filter(|it| it.kind == SignatureKind::Signature);
    let (first, several) = (signatures.next(), signatures.next().is_some());
    // The government's tool signs in a field of its own; the first signature is the person's in any case.
    let signature = report
        .signature(PERSON_FIELD)
        .or(first)
        .ok_or_else(|| AppError::refused(RefusalCode::SignatureMissing))?;
    // What is broken tells nothing about its signer.
    if signature.indication == Indication::TotalFailed {
        return Err(invalid(signature));
    }
    let holder = holder_of(app, signature).await?;
    if holder.as_ref() != row.signer_id.as_ref() {
        return Err(AppError::refused(RefusalCode::SignatureNotByAuthorised));
    }
    match signature.indication {
        Indication::TotalPassed if !several => Ok(()),
        Indication::TotalPassed => Err(AppError::refused(RefusalCode::NotAnExtension)),
        Indication::Indeterminate if signature.sub_indication == Some(SubIndication::TryLater) => {
            Err(AppError::refused(RefusalCode::SignatureNotDetermined))
        }
        Indication::Indeterminate | Indication::TotalFailed => Err(invalid(signature)),
    }
}

fn invalid(signature: &SignatureReport) -> AppError {
    Refusal::new(RefusalCode::SignatureInvalid)
        .with("why", why(signature))
        .into()
}

/// The first page: its visible area, and how it is turned.
pub(crate) fn first_page(pdf: &[u8]) -> Result<PageFacts, AppError> {
    let facts = facts_of(pdf, "tệp")?;
    facts
        .pages
        .into_iter()
        .next()
        .ok_or_else(|| AppError::refused(RefusalCode::FileDamaged))
}

/// What a PDF is made of, or the refusal that its damage calls for.
pub(crate) fn facts_of(pdf: &[u8], name: &str) -> Result<PdfFacts, AppError> {
    inspect(pdf).map_err(|problem| {
        let code = match problem {
            PdfProblem::Encrypted => RefusalCode::FileEncrypted,
            PdfProblem::LimitExceeded { .. } => RefusalCode::ArchiveBomb,
            _ => RefusalCode::FileDamaged,
        };
        Refusal::new(code)
            .with("file", name)
            .with("why", problem)
            .into()
    })
}

/// Whether two secrets, or their hashes, are the same, in a time that doesn't tell where they differ.
pub fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .bytes()
            .zip(right.bytes())
            .fold(0, |diff, (a, b)| diff | (a ^ b))
            == 0
}

/// Evidence about every certificate that the file's signatures and time-stamps rest on: what it brings along, and
/// what the source finds. Where a source gives none, the report says that the status is not known; it is never
/// taken for good.
pub(crate) async fn evidence<F: Send + 'static>(
    app: &App,
    file: F,
    brought: impl FnOnce(&F) -> Embedded + Send + 'static,
    at: Time,
) -> Result<(F, StatusFound), AppError> {
    let (anchors, known) = (app.trust.roots(), app.trust.intermediates.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let mut question = brought(&file).question(anchors, at);
        question.known.extend(known);
        (file, question)
    });
    let (file, question) = reading.await.map_err(|e| AppError::fault("read", e))?;
    if question.certificates.is_empty() {
        return Ok((file, StatusFound::default()));
    }
    let found = evidence_about(app.ports.revocation.as_ref(), question).await;
    Ok((file, found))
}

async fn holder_of(app: &App, signature: &SignatureReport) -> Result<Option<PersonId>, AppError> {
    let Some(facts) = &signature.signer else {
        return Ok(None);
    };
    let mut tx = app.store.read().await?;
    let row = certificate::find_by_thumbprint(&mut tx, &facts.thumbprint).await?;
    Ok(row.and_then(|row| match row.record.holder {
        Holder::Person { person_id } => Some(person_id),
        Holder::Agency { .. } => None,
    }))
}

async fn fact_of(
    tx: &mut Tx,
    order: usize,
    signature: &SignatureReport,
    report: &Report,
    signer_name: &str,
) -> Result<ExaminedSignature, AppError> {
    let signed_at = signature
        .timestamp
        .as_ref()
        .filter(|t| t.indication == Indication::TotalPassed)
        .map(|t| t.time)
        .or(signature.claimed_at)
        .map(|t| Moment::from_unix_seconds(t.unix()));
    let broken = report.platform.as_ref().filter(|p| !p.satisfied);
    let mut forbidden: Vec<String> = Vec::new();
    if order == 0 {
        forbidden.extend(broken.into_iter().flat_map(|p| p.violations.clone()));
    }
    if !signature.changes_permitted && forbidden.is_empty() {
        forbidden.push(why(signature));
    }
    Ok(ExaminedSignature {
        order: u32::try_from(order).unwrap_or(u32::MAX),
        indication: match signature.indication {
            Indication::TotalPassed => LegalIndication::Passed,
            Indication::Indeterminate => LegalIndication::Indeterminate,
            Indication::TotalFailed => LegalIndication::Failed,
        },
        reason: why(signature),
        covers_whole_revision: signature.coverage != Coverage::Incomplete,
        signer: signer_of(tx, signature, signed_at, signer_name).await?,
        signed_at,
        timestamp: match &signature.timestamp {
            None => TimestampFact::Missing,
            Some(t) if t.indication == Indication::TotalPassed => TimestampFact::Valid,
            Some(_) => TimestampFact::Invalid,
        },
        certificate_effective: match (signature.trusted, signature.indication) {
            (true, _) => Known::Yes,
            (false, Indication::Indeterminate) => Known::Unknown,
            (false, _) => Known::No,
        },
        forbidden_changes: forbidden,
    })
}

/// Whom the platform knows behind the certificate: a person with an authority on that day, an
/// agency, or nobody.
async fn signer_of(
    tx: &mut Tx,
    signature: &SignatureReport,
    signed_at: Option<Moment>,
    signer_name: &str,
) -> Result<Signer, AppError> {
    let Some(facts) = &signature.signer else {
        return Ok(Signer::Unknown {
            name: String::new(),
        });
    };
    let Some(row) = certificate::find_by_thumbprint(tx, &facts.thumbprint).await? else {
        return Ok(Signer::Unknown {
            name: facts.common_name.clone(),
        });
    };
    match row.record.holder {
        Holder::Agency { agency_id, .. } => {
            let agency = agency::load(tx, &agency_id).await?;
            Ok(Signer::Agency {
                name: agency.name,
                code: Some(agency.code),
            })
        }
        Holder::Person { person_id } => {
            let name = person::load(tx, &person_id).await?.full_name;
            let authorities = agency::list_authorities_of(tx, &person_id).await?;
            let standing = signed_at
                .and_then(|at| authorities.into_iter().find(|a| a.is_in_force_on(at.day())));
            let named = if name == signer_name {
                Known::Yes
            } else {
                Known::No
            };
            Ok(Signer::Person {
                name,
                title: standing
                    .as_ref()
                    .map_or_else(String::new, |a| a.lines.join(" – ")),
                named_on_document: named,
                authority: if standing.is_some() {
                    Known::Yes
                } else {
                    Known::No
                },
            })
        }
    }
}

/// The reason that a signature did not pass, in the words of the standard and the report.
fn why(signature: &SignatureReport) -> String {
    let code = signature
        .sub_indication
        .and_then(|s| serde_json::to_value(s).ok())
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default();
    let detail = signature
        .findings
        .iter()
        .find(|f| f.severity == vanthu_signing::Severity::Fail)
        .map_or_else(String::new, |f| f.detail.clone());
    [code, detail]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join(": ")
}

#[cfg(test)]
mod tests;
