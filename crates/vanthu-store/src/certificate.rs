//! Certificates on record.

use sea_orm::Value;
use vanthu_domain::Moment;
use vanthu_domain::certificate::{CertificateRecord, CertificateState, Holder};
use vanthu_domain::id::{AgencyId, CertificateId, DeviceId, PersonId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, Field, Record, Row, args, record};

/// A certificate with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// What the rules go by.
    pub record: CertificateRecord,
    /// The certificate, DER in base64.
    pub der: String,
    /// The certificates above it, nearest first, DER in base64.
    pub chain: Vec<String>,
    /// When it was recorded.
    pub created_at: Moment,
}

record!(CertificateRow, "certificates", [certificate_id]; record, der, chain, created_at);
record!(
    CertificateRecord, "certificates", [certificate_id];
    certificate_id, serial, subject, issuer, thumbprint, holder, state, not_before, not_after,
    device_id
);

impl Field for CertificateRecord {
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

impl Field for Holder {
    fn columns(_: &'static str, columns: &mut Vec<&'static str>) {
        columns.extend(["holder_kind", "person_id", "agency_id", "keeper_id"]);
    }
    fn write(&self, values: &mut Vec<Value>) {
        let none = None::<String>;
        values.extend(match self {
            Self::Person { person_id } => ["person".arg(), person_id.arg(), none.arg(), none.arg()],
            Self::Agency { agency_id, keeper } => {
                ["agency".arg(), none.arg(), agency_id.arg(), keeper.arg()]
            }
        });
    }
    fn read(row: &Row, _: &'static str) -> Result<Self> {
        match row.get::<String>("holder_kind")?.as_str() {
            "person" => Ok(Self::Person {
                person_id: row.get("person_id")?,
            }),
            "agency" => Ok(Self::Agency {
                agency_id: row.get("agency_id")?,
                keeper: row.get("keeper_id")?,
            }),
            other => Err(row.corrupt(format!("no kind of holder: {other}"))),
        }
    }
}

/// Inserts a certificate. One that is on record already is a conflict over `thumbprint`.
pub async fn insert(tx: &mut Tx, certificate: &CertificateRow) -> Result<()> {
    tx.insert(certificate).await
}

/// Writes a certificate anew, as when it is suspended, where its state is still `from`.
pub async fn update(
    tx: &mut Tx,
    certificate: &CertificateRow,
    from: CertificateState,
) -> Result<()> {
    tx.update(certificate, &[("state", from.arg())]).await
}

/// The certificate, where there is one.
pub async fn find(tx: &mut Tx, certificate_id: &CertificateId) -> Result<Option<CertificateRow>> {
    tx.first("WHERE certificate_id = $1", args![certificate_id])
        .await
}

/// The certificate, which must be there.
pub async fn load(tx: &mut Tx, certificate_id: &CertificateId) -> Result<CertificateRow> {
    find(tx, certificate_id)
        .await?
        .ok_or_else(|| missing::<CertificateRow>(certificate_id))
}

/// The certificate, kept from others until the transaction ends.
pub async fn find_locked(
    tx: &mut Tx,
    certificate_id: &CertificateId,
) -> Result<Option<CertificateRow>> {
    let rest = format!("WHERE certificate_id = $1{}", tx.for_update());
    tx.first(&rest, args![certificate_id]).await
}

/// The certificates whose keys are on a device, kept from others until the transaction ends.
pub async fn list_of_device_locked(
    tx: &mut Tx,
    device_id: &DeviceId,
) -> Result<Vec<CertificateRow>> {
    let rest = format!(
        "WHERE device_id = $1 ORDER BY certificate_id{}",
        tx.for_update()
    );
    tx.list(&rest, args![device_id]).await
}

/// The certificates whose keys are on a device.
pub async fn list_of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<CertificateRow>> {
    tx.list(
        "WHERE device_id = $1 ORDER BY certificate_id",
        args![device_id],
    )
    .await
}

/// The certificates whose keys are on the devices of an agency: whose signature may have come
/// when it is not that of the certificate that was asked for.
pub async fn list_of_devices_in(
    tx: &mut Tx,
    agency_id: &AgencyId,
    limit: u32,
) -> Result<Vec<CertificateRow>> {
    tx.list(
        "WHERE device_id IN (SELECT d.device_id FROM devices d WHERE d.agency_id = $1) \
         ORDER BY not_before DESC, certificate_id LIMIT $2",
        args![agency_id, limit],
    )
    .await
}

/// The certificate of a thumbprint (SHA-256 in hexadecimal).
pub async fn find_by_thumbprint(tx: &mut Tx, thumbprint: &str) -> Result<Option<CertificateRow>> {
    tx.first("WHERE thumbprint = $1", args![thumbprint]).await
}

/// A person's certificates, the youngest first.
pub async fn list_of_person(tx: &mut Tx, person_id: &PersonId) -> Result<Vec<CertificateRow>> {
    tx.list(
        "WHERE holder_kind = 'person' AND person_id = $1 ORDER BY not_before DESC, certificate_id",
        args![person_id],
    )
    .await
}

/// An agency's certificates, the youngest first.
pub async fn list_of_agency(tx: &mut Tx, agency_id: &AgencyId) -> Result<Vec<CertificateRow>> {
    tx.list(
        "WHERE holder_kind = 'agency' AND agency_id = $1 ORDER BY not_before DESC, certificate_id",
        args![agency_id],
    )
    .await
}

/// The agencies' certificates whose device a person keeps, the youngest first.
pub async fn list_of_keeper(tx: &mut Tx, person_id: &PersonId) -> Result<Vec<CertificateRow>> {
    tx.list(
        "WHERE holder_kind = 'agency' AND keeper_id = $1 ORDER BY not_before DESC, certificate_id",
        args![person_id],
    )
    .await
}
