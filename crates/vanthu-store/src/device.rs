//! Key devices, their custody history, permissions to take them out, and requests to revoke.

use sea_orm::Value;
use vanthu_domain::Moment;
use vanthu_domain::device::{
    DeviceRecord, DeviceState, DeviceTag, Entrustment, Permit, PermitState, RevocationRequestState,
    Suspicion,
};
use vanthu_domain::id::{
    AgencyId, CertificateId, DeviceId, PermitId, PersonId, RevocationRequestId,
};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::record::{Arg as _, Field, Record, Row, args, record};

/// A device on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// What the rules go by.
    pub record: DeviceRecord,
    /// When it was entered.
    pub created_at: Moment,
}

/// One entry of a device's custody history: nothing changes it once it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyRow {
    /// The device.
    pub device_id: DeviceId,
    /// Its place in the history, from 1 without gaps.
    pub seq: u32,
    /// The step that was taken, by its word.
    pub step: String,
    /// The state that it led to.
    pub state: DeviceTag,
    /// Who holds the device from then on.
    pub holder_id: Option<PersonId>,
    /// Who did it; nobody where the platform did.
    pub by_id: Option<PersonId>,
    /// Why, or by which paper.
    pub words: String,
    /// When.
    pub at: Moment,
}

/// A request to revoke a certificate, as a report starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationRequestRow {
    /// The identifier.
    pub request_id: RevocationRequestId,
    /// The certificate.
    pub certificate_id: CertificateId,
    /// The device that holds its key.
    pub device_id: DeviceId,
    /// The agency that asks.
    pub agency_id: AgencyId,
    /// Who reported.
    pub reported_by: PersonId,
    /// What is suspected.
    pub suspicion: Suspicion,
    /// In words.
    pub words: String,
    /// When it was noticed.
    pub noticed_at: Moment,
    /// When it was reported.
    pub reported_at: Moment,
    /// Where it stands.
    pub state: RevocationRequestState,
}

record!(DeviceRow, "devices", [device_id]; record, created_at);
record!(
    DeviceRecord, "devices", [device_id];
    device_id, agency_id, kind, serial, belongs, entrustment, state
);
record!(
    CustodyRow, "device_custody", [device_id, seq];
    device_id, seq, step, state, holder_id, by_id, words, at
);
record!(
    Permit, "permits", [permit_id];
    permit_id, device_id, agency_id, asked_by, from_at, until_at, place, reason, asked_at, state
);
record!(
    RevocationRequestRow, "revocation_requests", [request_id];
    request_id, certificate_id, device_id, agency_id, reported_by, suspicion, words, noticed_at,
    reported_at, state
);

impl Field for DeviceRecord {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(<Self as Record>::columns());
    }
    fn write(&self, values: &mut Vec<Value>) {
        values.extend(Record::values(self));
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        Record::read(row)
    }
}

impl Field for Option<Entrustment> {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend([
            "decision_reference",
            "decision_from_day",
            "decision_until_day",
        ]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        let it = self.as_ref();
        values.extend([
            it.map(|it| it.reference.clone()).arg(),
            it.map(|it| it.from_day).arg(),
            it.and_then(|it| it.until_day).arg(),
        ]);
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        let reference = row.optional::<String>("decision_reference")?;
        let Some(reference) = reference else {
            return Ok(None);
        };
        Ok(Some(Entrustment {
            reference,
            from_day: row.get("decision_from_day")?,
            until_day: row.get("decision_until_day")?,
        }))
    }
}

impl Field for DeviceState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend([
            "state",
            "since_at",
            "holder_id",
            "permit_id",
            "permit_until_at",
            "reported_by",
        ]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        let (permit, until) = match self {
            Self::Outside {
                permit_id, until, ..
            } => (Some(permit_id.clone()), Some(*until)),
            _ => (None, None),
        };
        values.extend([
            self.tag().arg(),
            self.since().arg(),
            self.holder().cloned().arg(),
            permit.arg(),
            until.arg(),
            self.reported_by().cloned().arg(),
        ]);
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        let since = row.get("since_at")?;
        Ok(match row.get::<DeviceTag>("state")? {
            DeviceTag::InStore => Self::InStore { since },
            DeviceTag::Held => Self::Held {
                since,
                holder: row.get("holder_id")?,
            },
            DeviceTag::Outside => Self::Outside {
                since,
                holder: row.get("holder_id")?,
                permit_id: row.get("permit_id")?,
                until: row.get("permit_until_at")?,
            },
            DeviceTag::Locked => Self::Locked {
                since,
                holder: row.get("holder_id")?,
            },
            DeviceTag::Suspected => Self::Suspected {
                since,
                holder: row.get("holder_id")?,
                reported_by: row.get("reported_by")?,
            },
            DeviceTag::Lost => Self::Lost {
                since,
                holder: row.get("holder_id")?,
            },
            DeviceTag::Returned => Self::Returned { since },
        })
    }
}

impl Field for PermitState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(["state", "decided_at", "decided_by", "decided_why"]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        let (at, by, why) = match self {
            Self::Asked => (None, None, None),
            Self::Granted { at, by } => (Some(*at), Some(by.clone()), None),
            Self::Refused { at, by, reason } => (Some(*at), Some(by.clone()), Some(reason.clone())),
            Self::Ended { at, by } => (Some(*at), by.clone(), None),
        };
        values.extend([self.code().arg(), at.arg(), by.arg(), why.arg()]);
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        Ok(match row.get::<String>("state")?.as_str() {
            "asked" => Self::Asked,
            "granted" => Self::Granted {
                at: row.get("decided_at")?,
                by: row.get("decided_by")?,
            },
            "refused" => Self::Refused {
                at: row.get("decided_at")?,
                by: row.get("decided_by")?,
                reason: row.get("decided_why")?,
            },
            "ended" => Self::Ended {
                at: row.get("decided_at")?,
                by: row.get("decided_by")?,
            },
            other => return Err(row.corrupt(format!("no state of a permission: {other}"))),
        })
    }
}

impl Field for RevocationRequestState {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(["state", "ended_at", "ended_by", "ended_why"]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        let (at, by, why) = match self {
            Self::Started => (None, None, None),
            Self::Withdrawn { at, by, reason } => {
                (Some(*at), Some(by.clone()), Some(reason.clone()))
            }
        };
        values.extend([self.code().arg(), at.arg(), by.arg(), why.arg()]);
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        Ok(match row.get::<String>("state")?.as_str() {
            "started" => Self::Started,
            "withdrawn" => Self::Withdrawn {
                at: row.get("ended_at")?,
                by: row.get("ended_by")?,
                reason: row.get("ended_why")?,
            },
            other => return Err(row.corrupt(format!("no state of a request: {other}"))),
        })
    }
}

/// Enters a device, with the first entry of its history. A serial number that the agency has on
/// record already is a conflict over `serial`.
pub async fn insert(
    tx: &mut Tx,
    device: &DeviceRow,
    by_id: Option<&PersonId>,
    words: &str,
) -> Result<()> {
    tx.insert(device).await?;
    tx.insert(&CustodyRow {
        device_id: device.record.device_id.clone(),
        seq: 1,
        step: "recorded".to_owned(),
        state: device.record.state.tag(),
        holder_id: device.record.state.holder().cloned(),
        by_id: by_id.cloned(),
        words: words.to_owned(),
        at: device.created_at,
    })
    .await
}

/// The device, where there is one.
pub async fn find(tx: &mut Tx, device_id: &DeviceId) -> Result<Option<DeviceRow>> {
    tx.first("WHERE device_id = $1", args![device_id]).await
}

/// The device, which must be there.
pub async fn load(tx: &mut Tx, device_id: &DeviceId) -> Result<DeviceRow> {
    find(tx, device_id)
        .await?
        .ok_or_else(|| missing::<DeviceRow>(device_id))
}

/// The device, kept from others until the transaction ends.
pub async fn find_locked(tx: &mut Tx, device_id: &DeviceId) -> Result<Option<DeviceRow>> {
    let rest = format!("WHERE device_id = $1{}", tx.for_update());
    tx.first(&rest, args![device_id]).await
}

/// What led to a device's new state.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The step, by its word.
    pub word: &'a str,
    /// Who took it; nobody where the platform did.
    pub by_id: Option<&'a PersonId>,
    /// Why, or by which paper.
    pub words: &'a str,
    /// When.
    pub at: Moment,
}

/// Writes a device anew, where its state is still `from`, and adds the step to its history: the
/// one does not happen without the other.
pub async fn update(
    tx: &mut Tx,
    device: &DeviceRow,
    from: DeviceTag,
    step: Step<'_>,
) -> Result<()> {
    tx.update(device, &[("state", from.arg())]).await?;
    let device_id = &device.record.device_id;
    let last = tx
        .number(
            "SELECT COUNT(*) FROM device_custody WHERE device_id = $1",
            args![device_id],
        )
        .await?;
    let seq = u32::try_from(last.saturating_add(1)).map_err(|_| {
        StoreError::corrupt("device_custody", device_id.as_str(), "too many entries")
    })?;
    tx.insert(&CustodyRow {
        device_id: device_id.clone(),
        seq,
        step: step.word.to_owned(),
        state: device.record.state.tag(),
        holder_id: device.record.state.holder().cloned(),
        by_id: step.by_id.cloned(),
        words: step.words.to_owned(),
        at: step.at,
    })
    .await
}

/// A device's history, the oldest entry first.
pub async fn list_custody(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<CustodyRow>> {
    tx.list("WHERE device_id = $1 ORDER BY seq", args![device_id])
        .await
}

/// The devices that a person holds.
pub async fn list_of_holder(tx: &mut Tx, person_id: &PersonId) -> Result<Vec<DeviceRow>> {
    tx.list(
        "WHERE holder_id = $1 ORDER BY belongs DESC, device_id",
        args![person_id],
    )
    .await
}

/// The devices that an agency looks after.
pub async fn list_of_agency(tx: &mut Tx, agency_id: &AgencyId) -> Result<Vec<DeviceRow>> {
    tx.list(
        "WHERE agency_id = $1 ORDER BY belongs, serial, device_id",
        args![agency_id],
    )
    .await
}

/// Keeps a request to take a device out. Where one is open for the device, that is a conflict over
/// `device_id`.
pub async fn insert_permit(tx: &mut Tx, permit: &Permit) -> Result<()> {
    tx.insert(permit).await
}

/// Writes a permission anew, where its state is still the one of that word.
pub async fn update_permit(tx: &mut Tx, permit: &Permit, from: &str) -> Result<()> {
    tx.update(permit, &[("state", from.arg())]).await
}

/// The permission, where there is one.
pub async fn find_permit(tx: &mut Tx, permit_id: &PermitId) -> Result<Option<Permit>> {
    tx.first("WHERE permit_id = $1", args![permit_id]).await
}

/// The permission, kept from others until the transaction ends.
pub async fn find_permit_locked(tx: &mut Tx, permit_id: &PermitId) -> Result<Option<Permit>> {
    let rest = format!("WHERE permit_id = $1{}", tx.for_update());
    tx.first(&rest, args![permit_id]).await
}

/// The request or permission of a device that is open.
pub async fn find_open_permit(tx: &mut Tx, device_id: &DeviceId) -> Result<Option<Permit>> {
    tx.first(
        "WHERE device_id = $1 AND state IN ('asked', 'granted')",
        args![device_id],
    )
    .await
}

/// The requests and permissions of a device, the youngest first.
pub async fn list_permits(tx: &mut Tx, device_id: &DeviceId, limit: u32) -> Result<Vec<Permit>> {
    tx.list(
        "WHERE device_id = $1 ORDER BY asked_at DESC, permit_id DESC LIMIT $2",
        args![device_id, limit],
    )
    .await
}

/// The requests that wait for the head of an agency, the oldest first.
pub async fn list_asked(tx: &mut Tx, agency_id: &AgencyId) -> Result<Vec<Permit>> {
    tx.list(
        "WHERE agency_id = $1 AND state = 'asked' ORDER BY asked_at, permit_id",
        args![agency_id],
    )
    .await
}

/// Keeps a request to revoke.
pub async fn insert_revocation(tx: &mut Tx, request: &RevocationRequestRow) -> Result<()> {
    tx.insert(request).await
}

/// Writes a request to revoke anew, where its state is still the one of that word.
pub async fn update_revocation(
    tx: &mut Tx,
    request: &RevocationRequestRow,
    from: &str,
) -> Result<()> {
    tx.update(request, &[("state", from.arg())]).await
}

/// The requests to revoke that a device's reports started, the youngest first.
pub async fn list_revocations(
    tx: &mut Tx,
    device_id: &DeviceId,
) -> Result<Vec<RevocationRequestRow>> {
    tx.list(
        "WHERE device_id = $1 ORDER BY reported_at DESC, request_id DESC",
        args![device_id],
    )
    .await
}

/// The requests to revoke of an agency that wait for its certificate manager, the oldest first.
pub async fn list_started_revocations(
    tx: &mut Tx,
    agency_id: &AgencyId,
) -> Result<Vec<RevocationRequestRow>> {
    tx.list(
        "WHERE agency_id = $1 AND state = 'started' ORDER BY reported_at, request_id",
        args![agency_id],
    )
    .await
}
