//! The holder takes a device out of the office, by a permission in force.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::DeviceId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::device::{self, Step};

use super::open;
use crate::{App, AppError, Caller};

/// Records that it leaves.
///
/// Clause: AG-15.7, AG-11.1
pub async fn take_outside(app: &App, caller: &Caller, id: &DeviceId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id, Action::TakeOutside).await?;
    let permit = device::find_open_permit(&mut work.tx, id)
        .await?
        .filter(|permit| permit.allows(work.now))
        .ok_or_else(|| AppError::refused(RefusalCode::OutsideNotPermitted))?;
    let from = row.record.state.tag();
    let state = row.record.state.clone();
    row.record.state = state.take_out(permit.permit_id.clone(), permit.until_at, work.now)?;
    let step = Step {
        word: "take-out",
        by_id: Some(caller.person_id()),
        words: &format!("{}: {}", permit.place, permit.reason),
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    let data = json!({"permit_id": permit.permit_id, "until": permit.until_at.text()});
    work.record(Act::DeviceTakenOut, id, &[], data).await?;
    work.commit().await
}
