//! A device that wrong PINs have locked: seen, reported, restored.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::device::DeviceTag;
use vanthu_domain::id::DeviceId;
use vanthu_domain::permission::Action;
use vanthu_store::device::{self, DeviceRow, Step};
use vanthu_store::signing::SigningRow;
use vanthu_store::{certificate, person};

use super::{ANSWER_FOR_DEVICES, open, words};
use crate::agency::holders_of;
use crate::{App, AppError, Caller, Work};

/// The step of the custody history by which restoring is asked for.
const ASKED: &str = "ask-restore";

/// The holder says that the device is locked, where the platform has not seen it, and asks whoever manages certificates
/// to have it restored (đề nghị khôi phục thiết bị lưu khóa bí mật).
///
/// Clause: TG-20
pub async fn ask(app: &App, caller: &Caller, id: &DeviceId, why: &str) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id, Action::AskRestore).await?;
    let why = words(why, "Lý do đề nghị")?;
    let from = row.record.state.tag();
    if from != DeviceTag::Locked {
        row.record.state = row.record.state.clone().lock(work.now)?;
    }
    let by = caller.person_id();
    let step = Step {
        word: ASKED,
        by_id: Some(by),
        words: &why,
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    for person in holders_of(&mut work, &row.record.agency_id, &ANSWER_FOR_DEVICES).await? {
        if person != *by {
            let args = json!({"by": caller.full_name, "number": row.record.serial, "reason": why});
            let link = format!("/devices/{id}");
            work.notify(&person, "restore-asked", args, link).await?;
        }
    }
    work.record(Act::RestoreAsked, id, &[], json!({"words": why}))
        .await?;
    work.commit().await
}

/// The provider has restored it, and its holder has it again, in the office: a permission to have it outside ends.
///
/// Clause: TG-20
pub async fn restored(
    app: &App,
    caller: &Caller,
    id: &DeviceId,
    paper: &str,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id, Action::RestoreDevice).await?;
    let paper = words(paper, "Kết quả khôi phục")?;
    let from = row.record.state.tag();
    row.record.state = row.record.state.clone().restore(work.now)?;
    let step = Step {
        word: "restore",
        by_id: Some(caller.person_id()),
        words: &paper,
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    super::end_open_permit(&mut work, id).await?;
    if let Some(holder) = row.record.state.holder() {
        let args = json!({"by": caller.full_name, "number": row.record.serial, "reason": paper});
        let link = format!("/devices/{id}");
        work.notify(holder, "device-restored", args, link).await?;
    }
    work.record(Act::DeviceRestored, id, &[], json!({"words": paper}))
        .await?;
    work.commit().await
}

/// Whether restoring was asked for since the device was locked.
pub fn is_asked(history: &[(device::CustodyRow, String, String)]) -> bool {
    history
        .last()
        .is_some_and(|(entry, ..)| entry.step == ASKED)
}

/// The signer's agent has seen that the device of this session is locked: that goes on record, and the holder is told how
/// to have it restored. A device that is no longer in use is left as it is.
///
/// Clause: TG-20
pub(crate) async fn seen_locked(work: &mut Work<'_>, session: &SigningRow) -> Result<(), AppError> {
    let held = certificate::load(&mut work.tx, &session.certificate_id).await?;
    let Some(id) = held.record.device_id else {
        return Ok(());
    };
    let Some(mut row) = device::find_locked(&mut work.tx, &id).await? else {
        return Ok(());
    };
    let from = row.record.state.tag();
    let Ok(locked) = row.record.state.clone().lock(work.now) else {
        return Ok(());
    };
    row.record.state = locked;
    let step = Step {
        word: "lock",
        by_id: None,
        words: "Máy ký báo thiết bị bị khóa sau khi nhập sai mã PIN",
        at: work.now,
    };
    device::update(&mut work.tx, &row, from, step).await?;
    tell_holder(work, &row).await?;
    let about = [session.signing_id.to_string()];
    work.record(Act::DeviceLocked, &id, &about, json!({})).await
}

async fn tell_holder(work: &mut Work<'_>, row: &DeviceRow) -> Result<(), AppError> {
    let Some(holder) = row.record.state.holder() else {
        return Ok(());
    };
    let holder = person::load(&mut work.tx, holder).await?;
    let args = json!({"number": row.record.serial});
    let link = format!("/devices/{}", row.record.device_id);
    work.notify(&holder.person_id, "device-locked", args, link)
        .await
}
