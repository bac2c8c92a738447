//! The head permits a device to leave the office, or refuses.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::PermitId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::device;

use super::{open, words};
use crate::{App, AppError, Caller};

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Grant,
    /// No, and why.
    Refuse(String),
}

/// Decides on a request.
///
/// Clause: AG-15.7
pub async fn decide_outside(
    app: &App,
    caller: &Caller,
    id: &PermitId,
    decision: Decision,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let missing = || AppError::refused(RefusalCode::NotFound);
    let known = device::find_permit(&mut work.tx, id)
        .await?
        .ok_or_else(missing)?;
    // The device first: everybody locks in that order.
    let row = open(&mut work, caller, &known.device_id, Action::DecideOutside).await?;
    let mut permit = device::find_permit_locked(&mut work.tx, id)
        .await?
        .ok_or_else(missing)?;
    let from = permit.state.code();
    if from != "asked" {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    let by = caller.person_id().clone();
    let (act, reason) = match decision {
        Decision::Grant => {
            permit.state = permit.state.clone().grant(by, work.now)?;
            (Act::OutsideGranted, None)
        }
        Decision::Refuse(reason) => {
            let reason = words(&reason, "Lý do không cho phép")?;
            permit.state = permit.state.clone().refuse(by, reason.clone(), work.now)?;
            (Act::OutsideRefused, Some(reason))
        }
    };
    device::update_permit(&mut work.tx, &permit, from).await?;
    let args = json!({
        "by": caller.full_name,
        "number": row.record.serial,
        "until": permit.until_at.text(),
        "reason": reason,
    });
    let link = format!("/devices/{}", permit.device_id);
    let asker = &permit.asked_by;
    if reason.is_none() {
        work.notify(asker, "outside-granted", args, link).await?;
    } else {
        work.notify(asker, "outside-refused", args, link).await?;
    }
    let data = json!({"permit_id": permit.permit_id, "reason": reason});
    work.record(act, &permit.device_id, &[], data).await?;
    work.commit().await
}
