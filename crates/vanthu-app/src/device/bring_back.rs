//! A device is back in the office; the permission ends with that.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::device::DeviceState;
use vanthu_domain::id::DeviceId;
use vanthu_domain::permission::Action;
use vanthu_store::device::{self, Step};

use super::open;
use crate::{App, AppError, Caller};

/// Records that it is back.
///
/// Clause: AG-15.7, AG-11.1
pub async fn bring_back(app: &App, caller: &Caller, id: &DeviceId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id, Action::BringBack).await?;
    let late = matches!(&row.record.state, DeviceState::Outside { until, .. } if work.now > *until);
    let from = row.record.state.tag();
    row.record.state = row.record.state.clone().bring_back(work.now)?;
    let step = Step {
        word: "bring-back",
        by_id: Some(caller.person_id()),
        words: if late {
            "Về sau thời gian được phép"
        } else {
            ""
        },
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    if let Some(mut permit) = device::find_open_permit(&mut work.tx, id).await? {
        let from = permit.state.code();
        permit.state = permit.state.clone().end(work.now)?;
        device::update_permit(&mut work.tx, &permit, from).await?;
    }
    work.record(Act::DeviceBroughtBack, id, &[], json!({"late": late}))
        .await?;
    work.commit().await
}
