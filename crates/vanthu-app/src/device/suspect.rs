//! A suspected key, in one step: signing stops with it at once.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::certificate::CertificateState;
use vanthu_domain::device::{RevocationRequestState, Suspicion};
use vanthu_domain::id::{DeviceId, RevocationRequestId};
use vanthu_domain::permission::Action;
use vanthu_store::device::{self, RevocationRequestRow, Step};
use vanthu_store::signing::{self, SessionState};
use vanthu_store::{certificate, person};

use super::{malformed, managers_and_leaders, open, words};
use crate::{App, AppError, Caller};

/// A report.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// The device.
    pub device_id: DeviceId,
    /// What is suspected.
    pub suspicion: Suspicion,
    /// In words.
    pub words: String,
    /// When it was noticed.
    pub noticed_at: Moment,
}

/// What the report did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspended {
    /// So many certificates were suspended, and requests to revoke them started.
    pub certificates: usize,
    /// So many signing sessions were ended.
    pub sessions: usize,
}

/// Suspends every certificate of the device, ends their signing sessions, starts the requests to
/// revoke them, and tells whoever manages and leads: together or not at all.
///
/// Clause: TG-25.3, AG-15.3
pub async fn suspect(app: &App, caller: &Caller, input: Suspect) -> Result<Suspended, AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, &input.device_id, Action::SuspectKey).await?;
    let said = words(&input.words, "Nội dung báo cáo")?;
    if input.noticed_at > work.now {
        return Err(malformed("Thời điểm phát hiện", "ở tương lai"));
    }
    let id = row.record.device_id.clone();
    let from = row.record.state.tag();
    let by = caller.person_id();
    row.record.state = row.record.state.clone().suspect(by.clone(), work.now)?;
    let step = Step {
        word: "suspect",
        by_id: Some(by),
        words: &format!("{}: {said}", input.suspicion.name()),
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    let mut done = Suspended {
        certificates: 0,
        sessions: 0,
    };
    for mut held in certificate::list_of_device_locked(&mut work.tx, &id).await? {
        if held.record.state != CertificateState::Effective {
            continue;
        }
        held.record.state = CertificateState::Suspended;
        certificate::update(&mut work.tx, &held, CertificateState::Effective).await?;
        done.certificates += 1;
        let certificate_id = held.record.certificate_id.clone();
        for session in signing::list_waiting_of_certificate(&mut work.tx, &certificate_id).await? {
            let why = Some("key-suspected".to_owned());
            crate::signing::end(&mut work, &session, SessionState::Cancelled, why).await?;
            done.sessions += 1;
        }
        let request = RevocationRequestRow {
            request_id: RevocationRequestId::new(work.now, work.random()),
            certificate_id,
            device_id: id.clone(),
            agency_id: row.record.agency_id.clone(),
            reported_by: by.clone(),
            suspicion: input.suspicion,
            words: said.clone(),
            noticed_at: input.noticed_at,
            reported_at: work.now,
            state: RevocationRequestState::Started,
        };
        device::insert_revocation(&mut work.tx, &request).await?;
        let about = [id.to_string(), held.record.certificate_id.to_string()];
        let data = json!({"serial": held.record.serial});
        work.record(Act::RevocationStarted, &request.request_id, &about, data)
            .await?;
    }
    let holder = match row.record.state.holder() {
        Some(holder) => person::load(&mut work.tx, holder).await?.full_name,
        None => String::new(),
    };
    let mut told = managers_and_leaders(&mut work, &row.record.agency_id).await?;
    told.extend(row.record.state.holder().cloned());
    told.sort_unstable();
    told.dedup();
    for person in told.iter().filter(|it| *it != by) {
        let args = json!({
            "by": caller.full_name,
            "from": holder,
            "number": row.record.serial,
            "reason": input.suspicion.name(),
        });
        work.notify(person, "key-suspected", args, format!("/devices/{id}"))
            .await?;
    }
    let data = json!({
        "suspicion": input.suspicion.code(),
        "words": said,
        "noticed_at": input.noticed_at.text(),
        "certificates": done.certificates,
        "sessions_ended": done.sessions,
    });
    work.record(Act::KeySuspected, &id, &[], data).await?;
    work.commit().await?;
    Ok(done)
}
