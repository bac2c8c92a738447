//! Key devices on record (thiết bị lưu khóa bí mật): who holds each, taking one out of the office,
//! and a suspected key.

pub mod ask_outside;
pub mod bring_back;
pub mod decide_outside;
pub mod lift;
pub mod networks;
pub mod restore;
pub mod suspect;
pub mod take_outside;
pub mod view;

#[cfg(test)]
pub(crate) mod tests;

use vanthu_domain::Day;
use vanthu_domain::agency::{Capacity, Role};
use vanthu_domain::id::{AgencyId, DeviceId, PersonId};
use vanthu_domain::permission::{Action, Object};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text;
use vanthu_store::device::{self, DeviceRow};
use vanthu_store::{Tx, agency};

use crate::{AppError, Caller, Work};

/// Who answers for the devices of an agency: whoever manages certificates, and whoever leads.
pub(crate) const ANSWER_FOR_DEVICES: [Role; 2] = [Role::CertificateManager, Role::Leader];

/// Characters of a reason or a place, at most.
pub const LONGEST_WORDS: usize = 500;

/// The device as the rules need it.
pub(crate) async fn object_of(
    tx: &mut Tx,
    row: &DeviceRow,
    today: Day,
) -> Result<Object, AppError> {
    let agency_id = row.record.agency_id.clone();
    Ok(Object::Device {
        holder_id: row.record.state.holder().cloned(),
        reported_by: row.record.state.reported_by().cloned(),
        head_id: head_of(tx, &agency_id, today).await?,
        state: row.record.state.tag(),
        agency_id,
    })
}

/// The head of an agency: who signs in the head's own name or on behalf of the collective.
pub(crate) async fn head_of(
    tx: &mut Tx,
    agency_id: &AgencyId,
    today: Day,
) -> Result<Option<PersonId>, AppError> {
    let authorities = agency::list_authorities(tx, agency_id, today).await?;
    let head = authorities.into_iter().find(|it| match it.capacity {
        Capacity::Head | Capacity::OnBehalf | Capacity::Acting => true,
        Capacity::ForHead
        | Capacity::OnBehalfForHead
        | Capacity::ByOrder
        | Capacity::ByDelegation => false,
    });
    Ok(head.map(|it| it.person_id))
}

/// The device, locked, where the caller may do this with it. Whoever may not even see it finds
/// nothing.
pub(crate) async fn open(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &DeviceId,
    action: Action,
) -> Result<DeviceRow, AppError> {
    let row = device::find_locked(&mut work.tx, id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let today = work.today();
    let object = object_of(&mut work.tx, &row, today).await?;
    caller
        .may(Action::ViewDevice, &object)
        .map_err(|_| AppError::refused(RefusalCode::NotFound))?;
    caller.may(action, &object)?;
    Ok(row)
}

/// The device is back in the office: the request or permission to have it outside ends.
async fn end_open_permit(work: &mut Work<'_>, id: &DeviceId) -> Result<(), AppError> {
    if let Some(mut permit) = device::find_open_permit(&mut work.tx, id).await? {
        let from = permit.state.code();
        permit.state = permit.state.clone().end(work.now)?;
        device::update_permit(&mut work.tx, &permit, from).await?;
    }
    Ok(())
}

/// What somebody wrote, cleaned; required, and not too long.
pub(crate) fn words(given: &str, field: &str) -> Result<String, AppError> {
    let given = text::clean(given);
    if given.is_empty() {
        return Err(Refusal::new(RefusalCode::FieldRequired)
            .with("field", field)
            .into());
    }
    if given.chars().count() > LONGEST_WORDS {
        return Err(Refusal::new(RefusalCode::FieldTooLong)
            .with("field", field)
            .with("max", LONGEST_WORDS)
            .into());
    }
    Ok(given)
}

/// A value that can't be read, and why.
pub(crate) fn malformed(field: &str, why: impl std::fmt::Display) -> AppError {
    Refusal::new(RefusalCode::FieldMalformed)
        .with("field", field)
        .with("why", why)
        .into()
}
