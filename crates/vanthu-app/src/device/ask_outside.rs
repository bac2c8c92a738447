//! The holder asks to take a device out of the office, or takes the request back.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::device::{DeviceKind, Permit, PermitState};
use vanthu_domain::id::{DeviceId, PermitId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::StoreError;
use vanthu_store::device;

use super::{head_of, malformed, managers_and_leaders, open, words};
use crate::{App, AppError, Caller};

/// A request.
#[derive(Debug, Clone)]
pub struct AskOutside {
    /// The device.
    pub device_id: DeviceId,
    /// From when.
    pub from_at: Moment,
    /// Until when.
    pub until_at: Moment,
    /// Where to.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Asks the head.
///
/// Clause: AG-15.7
pub async fn ask_outside(
    app: &App,
    caller: &Caller,
    input: AskOutside,
) -> Result<PermitId, AppError> {
    let mut work = app.begin(caller).await?;
    let row = open(&mut work, caller, &input.device_id, Action::AskOutside).await?;
    let place = words(&input.place, "Nơi mang đến")?;
    let reason = words(&input.reason, "Lý do")?;
    if !row.record.kind.is_carried() {
        return Err(malformed("Thiết bị", DeviceKind::name(row.record.kind)));
    }
    if input.until_at <= input.from_at || input.until_at <= work.now {
        return Err(malformed(
            "Thời gian",
            "thời điểm kết thúc phải sau thời điểm bắt đầu và sau lúc này",
        ));
    }
    let agency_id = row.record.agency_id.clone();
    let permit = Permit {
        permit_id: PermitId::new(work.now, work.random()),
        device_id: row.record.device_id.clone(),
        agency_id: agency_id.clone(),
        asked_by: caller.person_id().clone(),
        from_at: input.from_at,
        until_at: input.until_at,
        place,
        reason,
        asked_at: work.now,
        state: PermitState::Asked,
    };
    match device::insert_permit(&mut work.tx, &permit).await {
        Err(StoreError::Conflict { .. }) => {
            return Err(AppError::refused(RefusalCode::OutsidePending));
        }
        other => other?,
    }
    let today = work.today();
    let told = match head_of(&mut work.tx, &agency_id, today).await? {
        Some(head) => vec![head],
        None => managers_and_leaders(&mut work, &agency_id).await?,
    };
    for person in told {
        let args = json!({
            "by": caller.full_name,
            "number": row.record.serial,
            "until": permit.until_at.text(),
            "reason": permit.reason,
        });
        let link = format!("/devices/{}", row.record.device_id);
        work.notify(&person, "outside-asked", args, link).await?;
    }
    let data = json!({
        "permit_id": permit.permit_id,
        "from": permit.from_at.text(),
        "until": permit.until_at.text(),
        "place": permit.place,
        "reason": permit.reason,
    });
    work.record(Act::OutsideAsked, &row.record.device_id, &[], data)
        .await?;
    work.commit().await?;
    Ok(permit.permit_id)
}

/// Takes the request, or a permission that was not used, back.
pub async fn take_back(app: &App, caller: &Caller, id: &DeviceId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let row = open(&mut work, caller, id, Action::AskOutside).await?;
    let mut permit = device::find_open_permit(&mut work.tx, &row.record.device_id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::AlreadyDecided))?;
    let from = permit.state.code();
    permit.state = permit.state.clone().end(work.now)?;
    device::update_permit(&mut work.tx, &permit, from).await?;
    let data = json!({"permit_id": permit.permit_id});
    work.record(Act::OutsideEnded, id, &[], data).await?;
    work.commit().await
}
