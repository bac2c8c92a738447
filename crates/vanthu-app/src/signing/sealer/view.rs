//! What the clerk is shown before confirming, and how the devices at the server are.

use vanthu_domain::id::{OutgoingId, SigningId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::{Moment, certificate::CertificateRecord};
use vanthu_pki::Certificate;
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::seal_batch::SealBatchRow;
use vanthu_store::signing::{self, ItemState, Means, SigningItemRow, SigningRow};
use vanthu_store::{agency, certificate, file, seal_batch};
use vanthu_wire::agent::PinState;
use vanthu_wire::sealer::SealerStatus;

use super::{SealerPlace, name_of, open};
use crate::outgoing::view::load_for;
use crate::port::SealerAbsent;
use crate::signing::certificates_of;
use crate::{App, AppError, Caller};

/// A batch before its confirmation, and after.
#[derive(Debug, Clone)]
pub struct SealBatch {
    /// The session.
    pub session: SigningRow,
    /// What is confirmed.
    pub batch: SealBatchRow,
    /// The device's name.
    pub sealer: String,
    /// The agency's certificate.
    pub certificate: CertificateRecord,
    /// Whom it names.
    pub holder: String,
    /// Each document, in order.
    pub documents: Vec<InBatch>,
    /// Documents that are not in it, each with why.
    pub left_out: Vec<(OutgoingId, Option<Refusal>)>,
    /// Whether it can be confirmed now.
    pub is_open: bool,
}

/// A document of a batch.
#[derive(Debug, Clone)]
pub struct InBatch {
    /// The document.
    pub row: OutgoingRow,
    /// The digest that is sealed, in hexadecimal.
    pub digest: String,
    /// The attached files that are sealed with it, by name, each with its digest.
    pub files: Vec<(String, String)>,
}

/// The batch of a session that the caller has opened.
pub async fn batch(app: &App, caller: &Caller, id: &SigningId) -> Result<SealBatch, AppError> {
    let mut tx = app.store.read().await?;
    let session = signing::find(&mut tx, id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    if session.means != Means::Sealer {
        return Err(super::not_at_server());
    }
    let batch = seal_batch::load(&mut tx, id).await?;
    let of = certificate::load(&mut tx, &session.certificate_id).await?;
    let (mut documents, mut left_out) = (Vec::<InBatch>::new(), Vec::new());
    for item in signing::list_items(&mut tx, id).await? {
        if item.state == ItemState::Skipped {
            let why = item.problem.and_then(|it| serde_json::from_value(it).ok());
            left_out.push((item.outgoing_id, why));
            continue;
        }
        let known = documents
            .iter_mut()
            .find(|it| it.row.outgoing_id == item.outgoing_id);
        match known {
            Some(document) => {
                let name = match item.item_id.parse() {
                    Ok(file_id) => file::load(&mut tx, &file_id).await?.name,
                    Err(_) => item.item_id.clone(),
                };
                document.files.push((name, item.digest));
            }
            None => documents.push(in_batch(&mut tx, caller, item).await?),
        }
    }
    let now = app.now();
    let is_open = session.state == signing::SessionState::Open && now <= session.expires_at;
    Ok(SealBatch {
        sealer: name_of(app, &batch.sealer),
        holder: certificates_of(&of)?.0.common_name(),
        certificate: of.record,
        documents,
        left_out,
        is_open,
        session,
        batch,
    })
}

async fn in_batch(
    tx: &mut vanthu_store::Tx,
    caller: &Caller,
    item: SigningItemRow,
) -> Result<InBatch, AppError> {
    Ok(InBatch {
        row: load_for(tx, caller, &item.outgoing_id).await?,
        digest: item.digest,
        files: Vec::new(),
    })
}

/// A device at the server as it is now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The agencies whose seal it holds.
    pub agencies: Vec<String>,
    /// What it answers.
    pub found: Result<Found, String>,
}

/// What a device's program answers.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its version.
    pub version: String,
    /// Whether it has stopped after a wrong PIN.
    pub is_stopped: bool,
    /// How many signatures it has made.
    pub signed: u64,
    /// Its keys.
    pub keys: Vec<FoundKey>,
    /// Certificates that it was set up with and that are not there, by thumbprint.
    pub missing: Vec<String>,
}

/// A key on a device.
#[derive(Debug, Clone)]
pub struct FoundKey {
    /// Whom the certificate names.
    pub subject: String,
    /// Its serial number.
    pub serial: String,
    /// When it ends.
    pub until: Moment,
    /// Days that are left; none where it is over.
    pub days_left: i64,
    /// The device: label and serial number.
    pub device: String,
    /// Whether the device has locked itself.
    pub is_locked: bool,
}

/// The devices that hold the seal of the caller's agency, for those who look after its machines.
///
/// Clause: AG-18
pub async fn standing(app: &App, caller: &Caller) -> Result<Vec<Standing>, AppError> {
    caller.may(Action::ViewAgents, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let code = agency::load(&mut tx, &caller.agency_id).await?.code;
    drop(tx);
    let mut all = Vec::new();
    for place in app.sealers().filter(|it| it.agencies.contains(&code)) {
        all.push(look(place, app.now()).await);
    }
    Ok(all)
}

/// Asks one device how it is. No PIN is given to anything.
pub async fn look(place: &SealerPlace, now: Moment) -> Standing {
    Standing {
        code: place.code.clone(),
        name: place.name.clone(),
        agencies: place.agencies.clone(),
        found: match place.status().await {
            Ok(status) => Ok(found(&status, now)),
            Err(absent) => Err(words(&absent)),
        },
    }
}

fn words(absent: &SealerAbsent) -> String {
    match absent {
        SealerAbsent::NotReached(why) => format!("không kết nối được ({why})"),
        SealerAbsent::BrokenOff(why) => format!("không trả lời ({why})"),
        SealerAbsent::Unreadable(_) => "trả lời không đọc được".to_owned(),
    }
}

fn found(status: &SealerStatus, now: Moment) -> Found {
    let key = |(_, key): (String, vanthu_wire::sealer::SealerKey)| {
        let certificate = Certificate::from_der(key.certificate.as_bytes()).ok()?;
        let until = Moment::from_unix_seconds(certificate.not_after().unix());
        let left = (until.unix_micros() - now.unix_micros()) / 86_400_000_000;
        Some(FoundKey {
            subject: certificate.common_name(),
            serial: certificate.serial_hex(),
            until,
            days_left: left.max(0),
            device: format!("{} ({})", key.device, key.serial),
            is_locked: key.pin == PinState::Locked,
        })
    };
    Found {
        version: status.version.clone(),
        is_stopped: status.stopped.is_some(),
        signed: status.signed,
        keys: open::keys_of(status).into_iter().filter_map(key).collect(),
        missing: status.missing.clone(),
    }
}
