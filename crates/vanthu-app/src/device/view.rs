//! Devices as their holders, managers and heads see them.

use vanthu_domain::certificate::CertificateRecord;
use vanthu_domain::device::Permit;
use vanthu_domain::id::{DeviceId, PermitId, PersonId};
use vanthu_domain::permission::{Action, Object};
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::device::{self, DeviceRow, RevocationRequestRow};
use vanthu_store::{Tx, certificate, person};

use super::object_of;
use crate::{App, AppError, Caller};

pub use vanthu_store::device::CustodyRow as Custody;

/// So many requests of the past are shown.
const PERMITS_SHOWN: u32 = 20;

/// A device in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The device.
    pub row: DeviceRow,
    /// The holder's name; empty where nobody holds it.
    pub holder: String,
    /// The certificates whose keys are on it.
    pub certificates: Vec<CertificateRecord>,
    /// The request or permission that is open.
    pub permit: Option<Permit>,
    /// What the rules need to know of it.
    pub object: Object,
}

/// A device with everything about it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// As in lists.
    pub listed: Listed,
    /// Its custody history, the oldest first, with the names of whoever held it and acted.
    pub history: Vec<(Custody, String, String)>,
    /// Requests to take it out, the youngest first.
    pub permits: Vec<Permit>,
    /// Requests to revoke, the youngest first.
    pub revocations: Vec<RevocationRequestRow>,
}

/// The devices that the caller holds.
pub async fn own(app: &App, caller: &Caller) -> Result<Vec<Listed>, AppError> {
    let mut tx = app.store.read().await?;
    let rows = device::list_of_holder(&mut tx, caller.person_id()).await?;
    listed(app, &mut tx, rows).await
}

/// The devices of the caller's agency, for whoever manages or leads.
pub async fn of_agency(app: &App, caller: &Caller) -> Result<Vec<Listed>, AppError> {
    caller.may(Action::ViewDevices, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let rows = device::list_of_agency(&mut tx, &caller.agency_id).await?;
    listed(app, &mut tx, rows).await
}

/// The requests that wait for the caller's decision, with their devices.
///
/// Clause: AG-15.7
pub async fn waiting(app: &App, caller: &Caller) -> Result<Vec<(Permit, Listed)>, AppError> {
    let mut tx = app.store.read().await?;
    let mut waiting = Vec::new();
    for permit in device::list_asked(&mut tx, &caller.agency_id).await? {
        let row = device::load(&mut tx, &permit.device_id).await?;
        for one in listed(app, &mut tx, vec![row]).await? {
            if caller.may(Action::DecideOutside, &one.object).is_ok() {
                waiting.push((permit.clone(), one));
            }
        }
    }
    Ok(waiting)
}

/// One device.
///
/// Clause: AG-11.1
pub async fn view(app: &App, caller: &Caller, id: &DeviceId) -> Result<Whole, AppError> {
    let missing = || AppError::refused(RefusalCode::NotFound);
    let mut tx = app.store.read().await?;
    let row = device::find(&mut tx, id).await?.ok_or_else(missing)?;
    let one = listed(app, &mut tx, vec![row]).await?.pop();
    let one = one.ok_or_else(missing)?;
    caller
        .may(Action::ViewDevice, &one.object)
        .map_err(|_| missing())?;
    let mut history = Vec::new();
    for entry in device::list_custody(&mut tx, id).await? {
        let holder = name_of(&mut tx, entry.holder_id.as_ref()).await?;
        let by = name_of(&mut tx, entry.by_id.as_ref()).await?;
        history.push((entry, holder, by));
    }
    Ok(Whole {
        listed: one,
        history,
        permits: device::list_permits(&mut tx, id, PERMITS_SHOWN).await?,
        revocations: device::list_revocations(&mut tx, id).await?,
    })
}

/// The device that a request is about.
pub async fn device_of(app: &App, id: &PermitId) -> Result<DeviceId, AppError> {
    let mut tx = app.store.read().await?;
    let permit = device::find_permit(&mut tx, id).await?;
    permit
        .map(|it| it.device_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))
}

async fn listed(app: &App, tx: &mut Tx, rows: Vec<DeviceRow>) -> Result<Vec<Listed>, AppError> {
    let today = app.now().day();
    let mut all = Vec::new();
    for row in rows {
        let id = &row.record.device_id;
        let certificates = certificate::list_of_device(tx, id).await?;
        all.push(Listed {
            holder: name_of(tx, row.record.state.holder()).await?,
            certificates: certificates.into_iter().map(|it| it.record).collect(),
            permit: device::find_open_permit(tx, id).await?,
            object: object_of(tx, &row, today).await?,
            row,
        });
    }
    Ok(all)
}

/// The person's name; empty for nobody.
pub(crate) async fn name_of(tx: &mut Tx, id: Option<&PersonId>) -> Result<String, AppError> {
    match id {
        Some(id) => Ok(person::load(tx, id).await?.full_name),
        None => Ok(String::new()),
    }
}
