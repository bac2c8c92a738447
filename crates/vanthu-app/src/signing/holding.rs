//! Who holds the device of a certificate, where it is, and whether this person may sign with it
//! now. What is against the rules is refused, and recorded as a finding.

use serde_json::{Value, json};
use vanthu_domain::Moment;
use vanthu_domain::device::DeviceRefuses;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::id::PersonId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::certificate::CertificateRow;
use vanthu_store::device::DeviceRow;
use vanthu_store::signing::{self, SigningRow};
use vanthu_store::{Tx, device};

use crate::device::networks::is_in_office;
use crate::finding::record::{Found, record};
use crate::{App, AppError};

/// Why a key may not be used, and what is to be recorded of it.
#[derive(Debug)]
pub(crate) struct Stopped {
    refusal: Refusal,
    finding: Option<(FindingKind, Value)>,
}

impl Stopped {
    /// Records what there is to record, and gives the refusal.
    pub(crate) async fn tell(self, app: &App, of: &Found<'_>) -> AppError {
        if let Some((kind, evidence)) = self.finding
            && let Err(error) = record(app, of, kind, evidence).await
        {
            return error;
        }
        self.refusal.into()
    }
}

/// Whether the person may sign with the certificate's key at that moment, from that address.
///
/// Clause: TG-22.1a, TG-22.1b, AG-11.1, AG-15.7, AG-16.1, AG-17.3c, KH-2
pub(crate) async fn may_use(
    tx: &mut Tx,
    person: &PersonId,
    certificate: &CertificateRow,
    now: Moment,
    address: Option<&str>,
) -> Result<Result<(), Stopped>, AppError> {
    let Some(id) = &certificate.record.device_id else {
        let refusal =
            Refusal::new(RefusalCode::DeviceNotOnRecord).with("serial", &certificate.record.serial);
        return Ok(Err(Stopped {
            refusal,
            finding: None,
        }));
    };
    let row = device::load(tx, id).await?;
    if let Err(why) = row.record.may_sign(person, now) {
        return Ok(Err(stopped(&row, &why, address)));
    }
    let outside = is_in_office(tx, &row.record.agency_id, address).await? == Some(false);
    if !outside || !row.record.kind.is_carried() {
        return Ok(Ok(()));
    }
    let permit = device::find_open_permit(tx, id).await?;
    if permit.is_some_and(|permit| permit.allows(now)) {
        return Ok(Ok(()));
    }
    Ok(Err(Stopped {
        refusal: Refusal::new(RefusalCode::DeviceOutsideOffice)
            .with("address", address.unwrap_or_default()),
        finding: Some((FindingKind::OutsidePlace, json!({"address": address}))),
    }))
}

fn stopped(row: &DeviceRow, why: &DeviceRefuses, address: Option<&str>) -> Stopped {
    let serial = &row.record.serial;
    match why {
        DeviceRefuses::NotTheHolder => Stopped {
            refusal: Refusal::new(RefusalCode::DeviceNotYours).with("device", serial),
            finding: Some((
                FindingKind::DeviceOfAnother,
                json!({"device": serial, "holder": row.record.state.holder()}),
            )),
        },
        DeviceRefuses::State(tag) => Stopped {
            refusal: Refusal::new(RefusalCode::DeviceNotUsable).with("state", tag.name()),
            finding: None,
        },
        DeviceRefuses::NotEntrusted => Stopped {
            refusal: Refusal::new(RefusalCode::DeviceNotEntrusted).with("device", serial),
            finding: None,
        },
        DeviceRefuses::PermissionOver { until } => Stopped {
            refusal: Refusal::new(RefusalCode::DevicePermitOver).with("until", until.text()),
            finding: Some((
                FindingKind::OutsidePeriod,
                json!({"device": serial, "until": until.text(), "address": address}),
            )),
        },
    }
}

/// The signing software fetches a session from this address: it must be in the office, or stand
/// under a permission, and one certificate is not in use on two machines at once.
///
/// Clause: AG-15.7, KH-2
pub(crate) async fn fetched_from(
    app: &App,
    row: &SigningRow,
    certificate: &CertificateRow,
    address: &str,
) -> Result<(), AppError> {
    let of = Found::in_session(row, certificate);
    let mut tx = app.store.read().await?;
    let now = app.now();
    let allowed = may_use(&mut tx, &row.person_id, certificate, now, Some(address)).await?;
    let elsewhere = elsewhere(&mut tx, row, now, address).await?;
    drop(tx);
    if let Err(stopped) = allowed {
        return Err(stopped.tell(app, &of).await);
    }
    if let Some(other) = elsewhere {
        let evidence = json!({"address": address, "other": other});
        record(app, &of, FindingKind::TwoMachines, evidence).await?;
    }
    Ok(())
}

/// The address of another machine that works on a session of the same certificate now.
async fn elsewhere(
    tx: &mut Tx,
    row: &SigningRow,
    now: Moment,
    address: &str,
) -> Result<Option<String>, AppError> {
    for other in signing::list_waiting_elsewhere(tx, row).await? {
        if other.expires_at < now {
            continue;
        }
        let place = signing::find_place(tx, &other.signing_id).await?;
        if let Some(from) = place.and_then(|it| it.fetched_from)
            && from != address
        {
            return Ok(Some(from));
        }
    }
    Ok(None)
}
