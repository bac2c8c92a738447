//! Somebody else has looked into a suspicion, and lets the key sign again.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::certificate::CertificateState;
use vanthu_domain::device::RevocationRequestState;
use vanthu_domain::id::DeviceId;
use vanthu_domain::permission::Action;
use vanthu_store::certificate;
use vanthu_store::device::{self, Step};

use super::{open, words};
use crate::{App, AppError, Caller};

/// Lifts the suspension: a separate act, of a person who neither reported nor holds the device.
/// The device is then back with its holder, in the office.
///
/// Clause: TG-25.3
pub async fn lift(app: &App, caller: &Caller, id: &DeviceId, reason: &str) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id, Action::LiftSuspension).await?;
    let reason = words(reason, "Kết quả xác minh")?;
    let from = row.record.state.tag();
    let holder = row.record.state.holder().cloned();
    row.record.state = row.record.state.clone().clear(work.now)?;
    let step = Step {
        word: "clear",
        by_id: Some(caller.person_id()),
        words: &reason,
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    let mut about = Vec::new();
    let requests = device::list_revocations(&mut work.tx, id).await?;
    for mut held in certificate::list_of_device_locked(&mut work.tx, id).await? {
        let certificate_id = &held.record.certificate_id;
        let open = |it: &&device::RevocationRequestRow| {
            it.certificate_id == *certificate_id && it.state == RevocationRequestState::Started
        };
        // Only what a report on this device has suspended, and nobody else.
        let Some(request) = requests.iter().find(open) else {
            continue;
        };
        let mut request = request.clone();
        let by = caller.person_id().clone();
        request.state = request.state.withdraw(by, reason.clone(), work.now)?;
        let from = RevocationRequestState::Started.code();
        device::update_revocation(&mut work.tx, &request, from).await?;
        about.push(certificate_id.to_string());
        about.push(request.request_id.to_string());
        if held.record.state == CertificateState::Suspended {
            held.record.state = CertificateState::Effective;
            certificate::update(&mut work.tx, &held, CertificateState::Suspended).await?;
        }
    }
    if let Some(open) = device::find_open_permit(&mut work.tx, id).await? {
        let mut permit = open;
        let from = permit.state.code();
        permit.state = permit.state.clone().end(work.now)?;
        device::update_permit(&mut work.tx, &permit, from).await?;
    }
    if let Some(holder) = holder {
        let args = json!({
            "by": caller.full_name,
            "number": row.record.serial,
            "reason": reason,
        });
        let link = format!("/devices/{id}");
        work.notify(&holder, "suspension-lifted", args, link)
            .await?;
    }
    work.record(Act::SuspensionLifted, id, &about, json!({"reason": reason}))
        .await?;
    work.commit().await
}
