//! With which key a session signs.

use vanthu_domain::Moment;
use vanthu_domain::certificate::Holder;
use vanthu_domain::id::{CertificateId, CredentialId};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::SignatureAlgorithm;
use vanthu_remote::local::Flow;
use vanthu_store::agency;
use vanthu_store::certificate::{self, CertificateRow};
use vanthu_store::credential::{self, CredentialRow};
use vanthu_store::signing::{Means, Purpose};

use crate::credential::is_of;
use crate::service::KeyService;
use crate::signing::open::OpenSigning;
use crate::signing::remote::about;
use crate::signing::sealer::SealerPlace;
use crate::signing::{sealer, strange};
use crate::{App, AppError, Caller};

/// The key of a session.
pub(crate) struct Key<'a> {
    /// Its certificate, on record as the caller's.
    pub(crate) certificate: CertificateRow,
    /// The algorithm, where the key does not make the usual one.
    pub(crate) algorithm: Option<SignatureAlgorithm>,
    /// The way that the government's tool signs with it, where that is asked.
    pub(crate) local: Option<Flow>,
    /// The service that holds it.
    pub(crate) at_service: Option<(&'a KeyService, CredentialRow)>,
    /// The device at the server that holds it, and how many files it signs in one batch.
    pub(crate) at_server: Option<(&'a SealerPlace, usize)>,
}

impl Key<'_> {
    /// Whether it lies at the service itself or at the server, and in nobody's pocket: a SIM is carried.
    pub(crate) fn is_remote(&self) -> bool {
        let service = self.at_service.as_ref();
        self.at_server.is_some() || service.is_some_and(|(it, _)| it.means() == Means::Service)
    }

    /// Whether one agreement, or one batch, covers so many files.
    pub(crate) fn takes(&self, count: usize) -> Result<(), AppError> {
        if let Some((place, most)) = self.at_server
            && count > most
        {
            return Err(place.about(RefusalCode::SealerLimit).into());
        }
        let Some((service, credential)) = &self.at_service else {
            return Ok(());
        };
        let most = service.most_files(credential);
        if count <= most {
            return Ok(());
        }
        let refusal = about(RefusalCode::RemoteTooMany, &service.name);
        Err(refusal.with("max", most).into())
    }
}

/// The key that the caller chose.
pub(crate) async fn key_for<'a>(
    app: &'a App,
    caller: &Caller,
    input: &OpenSigning,
    now: Moment,
) -> Result<Key<'a>, AppError> {
    match (input.means, &input.credential) {
        (Means::Agent | Means::Tool, None) => Ok(Key {
            certificate: at_hand(app, caller, input.purpose, now).await?,
            algorithm: None,
            local: None,
            at_service: None,
            at_server: None,
        }),
        (Means::Service | Means::Sim, Some(id)) => linked(app, caller, input, id).await,
        // The device at the server is asked by its own door: see `sealer::open`.
        (Means::Agent | Means::Service | Means::Sim | Means::Tool | Means::Sealer, _) => {
            Err(not_offered(input))
        }
    }
}

fn not_offered(input: &OpenSigning) -> AppError {
    let means = match input.means {
        Means::Agent => "phần mềm ký trên máy",
        Means::Service => "dịch vụ ký số từ xa",
        Means::Sim => "chữ ký số trên SIM",
        Means::Tool => "công cụ ký của Ban Cơ yếu",
        Means::Sealer => sealer::NAME,
    };
    let refusal = Refusal::new(RefusalCode::SigningMeansNotOffered);
    refusal.with("means", means).into()
}

/// The certificate that this account signs with: the person's own, or the agency's whose device
/// the person is recorded to keep. One whose key a service holds comes last: the device has none of it.
///
/// Clause: AG-17.3c, TG-22.1a, AG-16.1
async fn at_hand(
    app: &App,
    caller: &Caller,
    purpose: Purpose,
    now: Moment,
) -> Result<CertificateRow, AppError> {
    let mut tx = app.store.read().await?;
    let (rows, missing) = match purpose {
        Purpose::Person => (
            certificate::list_of_person(&mut tx, caller.person_id()).await?,
            RefusalCode::CertificateNotOnRecord,
        ),
        Purpose::Seal => {
            let rows = certificate::list_of_agency(&mut tx, &caller.agency_id).await?;
            let (kept, others): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|row| is_of(caller, row));
            if let (true, Some(other)) = (kept.is_empty(), others.first()) {
                drop(tx);
                strange::wanted(app, caller, other).await?;
                return Err(AppError::refused(RefusalCode::SealHolderNotRecorded));
            }
            (kept, RefusalCode::SealHolderNotRecorded)
        }
    };
    let keys = credential::list_of_person(&mut tx, caller.person_id(), &caller.agency_id).await?;
    let elsewhere = |id: &CertificateId| keys.iter().any(|it| it.certificate_id == *id);
    let good = |row: &&CertificateRow| row.record.may_sign_at(now).is_ok();
    let best = rows
        .iter()
        .filter(good)
        .find(|row| !elsewhere(&row.record.certificate_id))
        .or_else(|| rows.iter().find(good))
        .or(rows.first());
    best.cloned().ok_or_else(|| AppError::refused(missing))
}

/// A key that a service holds, linked by the caller for this agency, whose certificate fits the signature.
///
/// Clause: KH-2, TG-22.1b
async fn linked<'a>(
    app: &'a App,
    caller: &Caller,
    input: &OpenSigning,
    id: &CredentialId,
) -> Result<Key<'a>, AppError> {
    let mut tx = app.store.read().await?;
    let row = credential::find(&mut tx, id)
        .await?
        .filter(|row| row.person_id == *caller.person_id() && row.agency_id == caller.agency_id)
        .filter(|row| row.removed_at.is_none())
        .ok_or_else(|| not_offered(input))?;
    let agency_code = agency::load(&mut tx, &caller.agency_id).await?.code;
    let service = app.key_service(&row.service, &agency_code)?;
    if service.means() != input.means {
        return Err(not_offered(input));
    }
    let certificate = certificate::load(&mut tx, &row.certificate_id).await?;
    drop(tx);
    let fits = match (&certificate.record.holder, input.purpose) {
        (Holder::Person { .. }, Purpose::Person) | (Holder::Agency { .. }, Purpose::Seal) => {
            is_of(caller, &certificate)
        }
        _ => false,
    };
    if !fits {
        if !is_of(caller, &certificate) {
            strange::wanted(app, caller, &certificate).await?;
        }
        let refusal = Refusal::new(match input.purpose {
            Purpose::Person => RefusalCode::CertificateNotYours,
            Purpose::Seal => RefusalCode::SealHolderNotRecorded,
        });
        return Err(refusal.with("serial", &certificate.record.serial).into());
    }
    Ok(Key {
        algorithm: SignatureAlgorithm::from_name(&row.algorithm),
        certificate,
        local: None,
        at_service: Some((service, row)),
        at_server: None,
    })
}
