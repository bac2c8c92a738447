//! A finding is recorded in a transaction of its own: the act that it is about is refused, and
//! whatever that act did is undone; what was seen stays.

use serde_json::{Value, json};
use vanthu_domain::audit::Act;
use vanthu_domain::finding::{FindingKind, FindingState};
use vanthu_domain::id::{
    AccountId, AgencyId, CertificateId, DeviceId, FindingId, PersonId, SigningId,
};
use vanthu_store::certificate::CertificateRow;
use vanthu_store::finding::{self, FindingRow};
use vanthu_store::person;
use vanthu_store::signing::SigningRow;

use crate::device::managers_and_leaders;
use crate::{App, AppError, Caller};

/// The same thing seen again within so many seconds is the same finding.
const AGAIN_SECONDS: i64 = 600;

/// Of whom, and in what, something was found.
#[derive(Debug, Clone)]
pub(crate) struct Found<'a> {
    pub(crate) agency: &'a AgencyId,
    pub(crate) account: &'a AccountId,
    pub(crate) person: &'a PersonId,
    pub(crate) session: Option<&'a SigningId>,
    pub(crate) certificate: Option<&'a CertificateId>,
    pub(crate) device: Option<&'a DeviceId>,
}

impl<'a> Found<'a> {
    /// Found of whoever asks, about a certificate.
    pub(crate) fn of(caller: &'a Caller, certificate: Option<&'a CertificateRow>) -> Self {
        Self {
            agency: &caller.agency_id,
            account: &caller.actor.account_id,
            person: caller.person_id(),
            session: None,
            certificate: certificate.map(|it| &it.record.certificate_id),
            device: certificate.and_then(|it| it.record.device_id.as_ref()),
        }
    }

    /// Found in a signing session.
    pub(crate) fn in_session(row: &'a SigningRow, certificate: &'a CertificateRow) -> Self {
        Self {
            agency: &row.agency_id,
            account: &row.account_id,
            person: &row.person_id,
            session: Some(&row.signing_id),
            certificate: Some(&row.certificate_id),
            device: certificate.record.device_id.as_ref(),
        }
    }
}

/// Records it, and tells whoever manages certificates and leads there, and whoever inspects.
///
/// Clause: KH-2, TG-22.1b
pub(crate) async fn record(
    app: &App,
    of: &Found<'_>,
    kind: FindingKind,
    evidence: Value,
) -> Result<(), AppError> {
    let mut work = app.begin_system(Some(of.agency)).await?;
    work.act_as(of.account, of.person);
    let row = FindingRow {
        finding_id: FindingId::new(work.now, work.random()),
        agency_id: of.agency.clone(),
        person_id: of.person.clone(),
        account_id: of.account.to_string(),
        kind,
        at: work.now,
        signing_id: of.session.map(ToString::to_string),
        certificate_id: of.certificate.map(ToString::to_string),
        device_id: of.device.map(ToString::to_string),
        evidence,
        state: FindingState::New,
    };
    let since = work.now.plus_seconds(-AGAIN_SECONDS);
    if finding::is_known(&mut work.tx, &row, since).await? {
        return Ok(());
    }
    finding::insert(&mut work.tx, &row).await?;
    let name = person::load(&mut work.tx, of.person).await?.full_name;
    let mut told = managers_and_leaders(&mut work, of.agency).await?;
    let today = work.today();
    told.extend(person::list_inspectors(&mut work.tx, today).await?);
    told.sort_unstable();
    told.dedup();
    for person in told.iter().filter(|it| *it != of.person) {
        let args = json!({"by": name, "reason": kind.name()});
        let link = format!("/findings/{}", row.finding_id);
        work.notify(person, "finding-recorded", args, link).await?;
    }
    let about: Vec<String> = [&row.signing_id, &row.certificate_id, &row.device_id]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let data = json!({"kind": kind.code(), "evidence": row.evidence});
    work.record(Act::FindingRecorded, &row.finding_id, &about, data)
        .await?;
    work.commit().await
}
