//! A key at a service is linked to one's account.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::CredentialId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_remote::{ConsentMode, Scal};
use vanthu_store::certificate;
use vanthu_store::credential::{self, Agreeing, CredentialRow};

use super::look::{Known, Look, holder_of, judge, known, service_of};
use crate::signing::strange;
use crate::{App, AppError, Caller};

/// Links the key of that name. The service is asked for it once more: what a page sent is believed in nothing.
/// A key whose certificate is another's is refused, and that is recorded.
///
/// Clause: KH-2, TG-22.1b
pub async fn link(
    app: &App,
    caller: &Caller,
    input: Look,
    name_there: &str,
) -> Result<CredentialId, AppError> {
    let service = service_of(app, caller, &input.service).await?;
    let holder = holder_of(&input)?;
    let found = known(app, caller, service, &holder, &input, Some(name_there)).await?;
    let found = found.into_iter().find(|it| it.info.id == name_there);
    let found = found.ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let certificate = match judge(app, caller, service, &found).await {
        Ok(row) => row,
        Err(AppError::Refused(refusal)) => {
            record_refusal(app, caller, &input.service, &refusal).await?;
            if refusal.code == RefusalCode::CertificateNotYours {
                find_wanted(app, caller, &found).await?;
            }
            return Err(AppError::Refused(refusal));
        }
        Err(fault) => return Err(fault),
    };
    let mut work = app.begin(caller).await?;
    let row = row_of(&work, caller, &input, holder.reveal(), &found, &certificate)?;
    credential::insert(&mut work.tx, &row)
        .await
        .map_err(|error| {
            if error.is_conflict() {
                let refusal = Refusal::new(RefusalCode::CredentialLinkedAlready);
                refusal.with("service", &service.name).into()
            } else {
                AppError::from(error)
            }
        })?;
    let data = json!({
        "service": row.service, "serial": certificate.record.serial, "consent": row.consent.code(),
    });
    let about = [certificate.record.certificate_id.to_string()];
    work.record(Act::CredentialLinked, &row.credential_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(row.credential_id)
}

fn row_of(
    work: &crate::Work<'_>,
    caller: &Caller,
    input: &Look,
    holder: &str,
    found: &Known,
    certificate: &certificate::CertificateRow,
) -> Result<CredentialRow, AppError> {
    let info = &found.info;
    let algorithm = info
        .algorithm()
        .ok_or_else(|| AppError::refused(RefusalCode::RemoteNotOffered))?;
    Ok(CredentialRow {
        credential_id: CredentialId::new(work.now, work.random()),
        person_id: caller.person_id().clone(),
        agency_id: caller.agency_id.clone(),
        service: input.service.clone(),
        holder: holder.to_owned(),
        name_there: info.id.clone(),
        certificate_id: certificate.record.certificate_id.clone(),
        algorithm: algorithm.name().to_owned(),
        consent: match info.consent {
            ConsentMode::Page => Agreeing::Page,
            ConsentMode::OnDevice | ConsentMode::Factors { .. } => Agreeing::OnDevice,
        },
        multisign: i64::try_from(info.multisign).unwrap_or(i64::MAX).max(1),
        scal: match info.scal {
            Scal::One => 1,
            Scal::Two => 2,
        },
        linked_at: work.now,
        removed_at: None,
    })
}

/// Whose certificate it is that this account wanted is a finding.
async fn find_wanted(app: &App, caller: &Caller, found: &Known) -> Result<(), AppError> {
    let Some(own) = found.info.certificates.first() else {
        return Ok(());
    };
    let mut tx = app.store.read().await?;
    let row = certificate::find_by_thumbprint(&mut tx, &own.sha256_thumbprint()).await?;
    drop(tx);
    match row {
        Some(row) => strange::wanted(app, caller, &row).await,
        None => Ok(()),
    }
}

/// Whoever tries to sign with another's key leaves a trace.
async fn record_refusal(
    app: &App,
    caller: &Caller,
    service: &str,
    refusal: &Refusal,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let data = json!({"service": service, "code": refusal.code.code()});
    work.record(Act::CredentialRefused, caller.person_id(), &[], data)
        .await?;
    work.commit().await
}
