//! The examination of what arrived (kiểm tra tính xác thực, toàn vẹn): it runs by itself.
//!
//! The cryptographic part is done once for a file, the legal part for each recipient. The report is
//! frozen beside the document. Where a status service did not answer, the verdict is "not
//! determined", and the examination is done again later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{AgencyId, IncomingId, JobId};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::text::{SecretMarking, find_secret_marking};
use vanthu_domain::verdict::{
    AttachmentFact, DocumentFacts, ExaminedSignature, Known, LegalValue, LegalVerdict,
};
use vanthu_store::file::{self, FileRow};
use vanthu_store::incoming::{self, IncomingRow};
use vanthu_store::job::{self, NewJob};
use vanthu_store::{StoreError, agency};
use vanthu_wire::exchange::{FileRole, Package};

use crate::delivery::status::holders_of;
use crate::frozen::frozen;
use crate::incoming::duplicate::find_duplicate;
use crate::incoming::keep;
use crate::{App, AppError, Work, reading, verify};

/// The job that examines documents that arrived.
pub const CHECK: &str = "check";
/// How many documents are written in one transaction.
const BATCH: usize = 100;
/// The wait before the first repetition; each further one waits twice as long.
const FIRST_WAIT_SECONDS: i64 = 60;
/// The longest wait between repetitions.
const LONGEST_WAIT_SECONDS: i64 = 6 * 3600;
/// So often an undetermined document is examined again by itself.
const ROUNDS: u32 = 40;

/// What the job is to examine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckOrder {
    /// The documents.
    pub incoming_ids: Vec<IncomingId>,
    /// How often they were examined without a result.
    pub round: u32,
}

/// Asks for the examination of documents, in the transaction in which they arrived. A later round
/// waits.
pub(crate) async fn enqueue_check(
    work: &mut Work<'_>,
    incoming_ids: &[IncomingId],
    round: u32,
) -> Result<(), AppError> {
    let wait = match round {
        0 => 0,
        later => FIRST_WAIT_SECONDS
            .saturating_mul(1 << (later - 1).min(20))
            .min(LONGEST_WAIT_SECONDS),
    };
    let order = CheckOrder {
        incoming_ids: incoming_ids.to_vec(),
        round,
    };
    let new = NewJob {
        job_id: JobId::new(work.now, work.random()),
        kind: CHECK.to_owned(),
        dedupe_key: incoming_ids
            .first()
            .map(|first| format!("check:{first}:{round}")),
        payload: serde_json::to_value(order).map_err(|error| AppError::fault("check", error))?,
        run_at: work.now.plus_seconds(wait),
        max_attempts: 8,
        created_at: work.now,
    };
    job::enqueue(&mut work.tx, new).await?;
    Ok(())
}

/// Examines them.
///
/// Clause: TG-8.1a, TG-3, TG-5.1, TG-8.1b
pub async fn check(app: &App, order: &CheckOrder) -> Result<(), AppError> {
    let mut groups: BTreeMap<(String, String), Vec<IncomingId>> = BTreeMap::new();
    let mut tx = app.store.read().await?;
    for id in &order.incoming_ids {
        let row = incoming::load(&mut tx, id).await?;
        if is_open(&row) {
            groups
                .entry((row.main_blob, row.signer_name))
                .or_default()
                .push(row.incoming_id);
        }
    }
    drop(tx);
    for ((blob, signer_name), ids) in groups {
        let paper = Paper::examine(app, &blob, &signer_name).await?;
        let mut blobs = BTreeMap::new();
        for batch in ids.chunks(BATCH) {
            judge_all(app, &paper, batch, &mut blobs, order.round).await?;
        }
    }
    Ok(())
}

/// Whether its verdict may still change: the clerk has not decided, or decided without one.
fn is_open(row: &IncomingRow) -> bool {
    let undetermined = row.verdict_value.as_deref() == Some(LegalValue::NotDetermined.code());
    match row.state.tag() {
        IncomingTag::Arrived => true,
        IncomingTag::Returned => false,
        _ => undetermined,
    }
}

/// What is the same for every recipient of a file.
struct Paper {
    facts: Vec<ExaminedSignature>,
    report_blob: String,
    has_text: bool,
    secret: Option<SecretMarking>,
}

impl Paper {
    async fn examine(app: &App, blob: &str, signer_name: &str) -> Result<Self, AppError> {
        let (examined, status) = verify::examine_now(app, blob, signer_name).await?;
        let report = frozen(&examined.report, &status, &app.trust.version)?;
        let report_blob = app.store.blobs().put(report, app.now()).await?;
        let reading = reading::read(app, blob).await?;
        Ok(Self {
            facts: examined.facts,
            report_blob,
            has_text: !reading.text.trim().is_empty(),
            secret: find_secret_marking(&reading.text),
        })
    }
}

async fn judge_all(
    app: &App,
    paper: &Paper,
    batch: &[IncomingId],
    blobs: &mut BTreeMap<String, Known>,
    round: u32,
) -> Result<(), AppError> {
    attachments_of(app, batch, blobs).await?;
    let mut work = app.begin_system(None).await?;
    let mut undetermined = Vec::new();
    for id in batch {
        let mut row = incoming::load_locked(&mut work.tx, id).await?;
        if !is_open(&row) {
            continue;
        }
        let verdict = judge(&mut work, paper, &row, blobs).await?;
        if verdict.value == LegalValue::NotDetermined {
            undetermined.push(id.clone());
        }
        write(&mut work, paper, &mut row, &verdict).await?;
    }
    if !undetermined.is_empty() && round < ROUNDS {
        enqueue_check(&mut work, &undetermined, round + 1).await?;
    }
    work.commit().await
}

/// Reads each attached content once and notes whether it is there and whole.
async fn attachments_of(
    app: &App,
    batch: &[IncomingId],
    blobs: &mut BTreeMap<String, Known>,
) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let mut names = Vec::new();
    for id in batch {
        names.extend(
            file::list(&mut tx, id.as_str())
                .await?
                .into_iter()
                .map(|file| file.sha256),
        );
    }
    drop(tx);
    for name in names {
        if blobs.contains_key(&name) {
            continue;
        }
        let known = match app.store.blobs().get(&name).await {
            Ok(_) => Known::Yes,
            Err(StoreError::Missing { .. } | StoreError::Corrupt { .. }) => Known::No,
            Err(error) => return Err(error.into()),
        };
        blobs.insert(name, known);
    }
    Ok(())
}

async fn judge(
    work: &mut Work<'_>,
    paper: &Paper,
    row: &IncomingRow,
    blobs: &BTreeMap<String, Known>,
) -> Result<LegalVerdict, AppError> {
    let ours = agency::load(&mut work.tx, &row.agency_id).await?;
    let files = file::list(&mut work.tx, row.incoming_id.as_str()).await?;
    let package = serde_json::from_value::<Package>(row.package.clone())
        .map_err(|error| AppError::fault("package", error))?;
    let duplicate = find_duplicate(&mut work.tx, row).await?;
    let facts = DocumentFacts {
        issuer_code: package.from.id.clone(),
        issuer_name: row.from_name.clone(),
        issue_day: row.issued_day,
        has_text: paper.has_text,
        attachments: compare(&package, &files, blobs),
        addressed_to_us: Some(package.to.id == ours.code),
        duplicate_of: duplicate.map(|existing| existing.text),
        secret: paper.secret,
    };
    Ok(LegalVerdict::of(&paper.facts, &facts))
}

/// Every file that the package lists, against what is here under that name.
///
/// Clause: TG-6
fn compare(
    package: &Package,
    files: &[FileRow],
    blobs: &BTreeMap<String, Known>,
) -> Vec<AttachmentFact> {
    let listed = package
        .files
        .iter()
        .filter(|file| file.role == FileRole::Attachment);
    listed
        .map(|listed| {
            let digest = listed.sha256.to_string();
            let here = files
                .iter()
                .any(|file| file.name == listed.name && file.sha256 == digest);
            let whole = blobs.get(&digest).copied().unwrap_or(Known::No);
            let intact = if here { whole } else { Known::No };
            AttachmentFact {
                name: listed.name.clone(),
                intact,
            }
        })
        .collect()
}

async fn write(
    work: &mut Work<'_>,
    paper: &Paper,
    row: &mut IncomingRow,
    verdict: &LegalVerdict,
) -> Result<(), AppError> {
    let waits = matches!(row.state.tag(), IncomingTag::Arrived | IncomingTag::Checked);
    // A document that waits for its result keeps its place in the clerk's list.
    if row.state.tag() == IncomingTag::Arrived {
        row.state = row.state.clone().check(work.now)?;
    }
    let value = verdict.value.code();
    let unchanged = row.verdict_value.as_deref() == Some(value);
    row.verdict =
        Some(serde_json::to_value(verdict).map_err(|error| AppError::fault("verdict", error))?);
    row.verdict_value = Some(value.to_owned());
    row.report_blob = Some(paper.report_blob.clone());
    keep(work, row).await?;
    if unchanged {
        return Ok(());
    }
    if verdict.value == LegalValue::Refuse {
        let code = if waits {
            "incoming-suspicious"
        } else {
            "incoming-turned-bad"
        };
        tell_clerks(work, row, &row.agency_id, code, &verdict.return_reason()).await?;
    }
    let data = json!({
        "value": value, "name": verdict.value.name(), "failed": verdict.return_reason(),
        "report": paper.report_blob,
    });
    work.record(
        Act::Checked,
        &row.incoming_id,
        &[row.agency_id.to_string()],
        data,
    )
    .await
}

async fn tell_clerks(
    work: &mut Work<'_>,
    row: &IncomingRow,
    agency_id: &AgencyId,
    code: &str,
    why: &str,
) -> Result<(), AppError> {
    let args = json!({
        "subject": row.subject, "number": row.notation, "from": row.from_name, "reason": why,
    });
    for clerk in holders_of(work, agency_id, Role::Clerk).await? {
        work.notify(
            &clerk,
            code,
            args.clone(),
            format!("/incoming/{}", row.incoming_id),
        )
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use vanthu_domain::verdict::PointCode;
    use vanthu_store::blob;

    use super::*;
    use crate::test::{Letter, World, monday, paper};

    fn verdict(row: &IncomingRow) -> LegalVerdict {
        serde_json::from_value(row.verdict.clone().unwrap()).unwrap()
    }

    fn codes(row: &IncomingRow) -> Vec<PointCode> {
        verdict(row).points.iter().map(|point| point.code).collect()
    }

    /// Proves: TG-8.1a, TG-3
    #[tokio::test]
    async fn a_document_with_both_signatures_has_the_value_of_an_original() {
        let world = World::with_authority(None).await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut letter = Letter::about("V/v báo cáo");
        letter.pdf = world.signed_pdf(&from).await;
        let row = world.arrived(&from, &to, letter).await;
        assert_eq!(row.state.tag(), IncomingTag::Checked);
        let verdict = verdict(&row);
        assert_eq!(
            verdict.value,
            LegalValue::OriginalValue,
            "{:#?}",
            verdict.points
        );
        let report = world
            .app
            .store
            .blobs()
            .get(&row.report_blob.unwrap())
            .await
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["signatures"].as_array().unwrap().len(), 2);
        assert_eq!(report["anchors"], world.app.trust.version);
        let lists = report["status"]["crls"].as_array().unwrap();
        assert!(lists.iter().all(|it| it["der"].is_string()) && lists.len() == 2);
        assert_eq!(report["status"]["troubles"], json!([]));
        assert_eq!(world.acts(&row.incoming_id).await, ["arrived", "checked"]);
    }

    /// Proves: TG-8.1a
    #[tokio::test]
    async fn a_silent_status_service_leaves_it_undetermined_until_it_answers() {
        let world = World::with_authority(None).await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut letter = Letter::about("V/v báo cáo");
        letter.pdf = world.signed_pdf(&from).await;
        world.status.store(false, Ordering::SeqCst);
        let row = world.arrived(&from, &to, letter).await;
        let first = verdict(&row);
        assert_eq!(
            first.value,
            LegalValue::NotDetermined,
            "{:#?}",
            first.points
        );

        crate::incoming::accept::accept(&world.app, &to.clerk, &row.incoming_id, None)
            .await
            .unwrap();
        world.status.store(true, Ordering::SeqCst);
        world.clock.move_to(monday().plus_seconds(120));
        assert_eq!(world.run().await, 1);
        let row = world.reload(&row.incoming_id).await;
        assert_eq!(verdict(&row).value, LegalValue::OriginalValue);
        assert_eq!(row.state.tag(), IncomingTag::Accepted);
        let acts = world.acts(&row.incoming_id).await;
        assert_eq!(acts, ["arrived", "checked", "accepted", "checked"]);
    }

    /// Proves: TG-3
    #[tokio::test]
    async fn without_signatures_it_is_only_for_information() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = world
            .arrived(&from, &to, Letter::about("V/v báo cáo"))
            .await;
        assert_eq!(verdict(&row).value, LegalValue::ForInformation);
        assert!(codes(&row).contains(&PointCode::ScanOnly));
        assert!(codes(&row).contains(&PointCode::RecipientRight));
    }

    /// Proves: TG-1.2
    #[tokio::test]
    async fn a_document_marked_as_a_state_secret_is_refused_and_the_clerk_is_warned() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut letter = Letter::about("V/v báo cáo");
        let mut marked = paper(&from);
        marked.body = vanthu_domain::body::Body::parse("Độ mật: Tối mật").body;
        letter.pdf = vanthu_layout::typeset_letter(&marked).unwrap().pdf;
        let row = world.arrived(&from, &to, letter).await;
        assert_eq!(verdict(&row).value, LegalValue::Refuse);
        assert!(codes(&row).contains(&PointCode::Secret));
        let notices = world.notices(&to.clerk).await;
        assert_eq!(notices, ["incoming-arrived", "incoming-suspicious"]);
    }

    /// Proves: TG-6, TG-8.1a
    #[tokio::test]
    async fn an_attachment_that_is_gone_is_found() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut letter = Letter::about("V/v báo cáo");
        letter.attachments = vec![("Phụ lục.pdf".to_owned(), vec![1])];
        let id = world.letter(&from, &[&to], letter).await;
        crate::delivery::deliver::deliver(&world.app, &id, crate::delivery::deliver::Try::Another)
            .await
            .unwrap();
        let row = world.incoming(&id, &to).await;
        let mut tx = world.app.store.write().await.unwrap();
        let mut files = file::list(&mut tx, row.incoming_id.as_str()).await.unwrap();
        let file = files.pop().unwrap();
        file::remove(&mut tx, &file.file_id).await.unwrap();
        tx.commit().await.unwrap();
        world.run().await;
        let row = world.reload(&row.incoming_id).await;
        assert_eq!(verdict(&row).value, LegalValue::Refuse);
        assert!(codes(&row).contains(&PointCode::AttachmentsBroken));
        let accept = crate::incoming::accept::accept;
        let refused = accept(&world.app, &to.clerk, &row.incoming_id, None)
            .await
            .unwrap_err();
        assert_eq!(
            refused.code(),
            Some(vanthu_domain::refusal::RefusalCode::ReceiptFailedCheck)
        );
        // Reports are kept by the rows that name them.
        let swept = blob::sweep(&world.app.store, monday().plus_seconds(1_000_000))
            .await
            .unwrap();
        assert_eq!(swept.removed, 0);
    }

    #[tokio::test]
    async fn examining_again_changes_nothing_once_it_is_determined() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = world
            .arrived(&from, &to, Letter::about("V/v báo cáo"))
            .await;
        let order = CheckOrder {
            incoming_ids: vec![row.incoming_id.clone()],
            round: 0,
        };
        check(&world.app, &order).await.unwrap();
        assert_eq!(world.reload(&row.incoming_id).await, row);
    }
}
