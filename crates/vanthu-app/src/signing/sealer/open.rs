//! A session at the device of the server: with which certificate, and what will be confirmed.

use vanthu_domain::id::OutgoingId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_pki::{Certificate, SignatureAlgorithm};
use vanthu_signing::Prepared;
use vanthu_store::certificate;
use vanthu_store::seal_batch::{self, SealBatchRow};
use vanthu_store::signing::{self, SigningItemRow};
use vanthu_wire::sealer::{SealerKey, SealerStatus, list_of};
use vanthu_wire::{Digest, DocumentDigest};

use super::{SealerPlace, allowed};
use crate::credential::is_of;
use crate::signing::key::Key;
use crate::signing::open::{KeyAbility, OpenSigning};
use crate::signing::strange;
use crate::{App, AppError, Caller, Work};

/// The agency's certificate in force whose keeper on record the caller is, and whose key the device holds.
///
/// Clause: AG-17.3c, TG-22.1a, KH-2
pub(crate) async fn key_for<'a>(
    app: &'a App,
    caller: &Caller,
    input: &OpenSigning,
) -> Result<(Key<'a>, KeyAbility), AppError> {
    let place = allowed(app, caller, input.purpose).await?;
    let mut tx = app.store.read().await?;
    let rows = certificate::list_of_agency(&mut tx, &caller.agency_id).await?;
    drop(tx);
    let (kept, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| is_of(caller, row));
    if kept.is_empty() {
        if let Some(other) = others.first() {
            strange::wanted(app, caller, other).await?;
        }
        return Err(AppError::refused(RefusalCode::SealHolderNotRecorded));
    }
    let status = place.status().await.map_err(|error| {
        tracing::warn!(sealer = place.code, %error, "the sealer does not answer");
        place.about(RefusalCode::SealerNotReached)
    })?;
    if let Some(why) = status.stopped {
        return Err(place.refusal_of(why).into());
    }
    let there = keys_of(&status);
    let now = app.now();
    let fits = |row: &certificate::CertificateRow| {
        there
            .iter()
            .find(|(thumbprint, _)| thumbprint.eq_ignore_ascii_case(&row.record.thumbprint))
    };
    let good = kept
        .iter()
        .find(|row| fits(row).is_some() && row.record.may_sign_at(now).is_ok());
    // One that is over or suspended says why it can't sign.
    let row = good.or_else(|| kept.iter().find(|row| fits(row).is_some()));
    let Some((row, (thumbprint, key))) = row.and_then(|row| Some((row, fits(row)?))) else {
        return Err(place.about(RefusalCode::SealerOtherCertificate).into());
    };
    let algorithms = key.algorithms.iter();
    let ability = KeyAbility {
        thumbprint: thumbprint.clone(),
        algorithms: algorithms
            .filter_map(|it| SignatureAlgorithm::from_name(it.as_str()))
            .collect(),
    };
    let key = Key {
        certificate: row.clone(),
        algorithm: None,
        local: None,
        at_service: None,
        at_server: Some((place, status.most_items)),
    };
    Ok((key, ability))
}

/// The certificates that are there, by thumbprint. What can't be read is not there.
pub(crate) fn keys_of(status: &SealerStatus) -> Vec<(String, SealerKey)> {
    let named = |key: &SealerKey| {
        let certificate = Certificate::from_der(key.certificate.as_bytes()).ok()?;
        Some((certificate.sha256_thumbprint(), key.clone()))
    };
    status.keys.iter().filter_map(named).collect()
}

/// Puts down what the session will sign, for the clerk to confirm.
pub(crate) async fn put_down(
    work: &mut Work<'_>,
    place: &SealerPlace,
    items: &[SigningItemRow],
) -> Result<(), AppError> {
    let Some(first) = items.first() else {
        return Ok(());
    };
    let row = SealBatchRow {
        signing_id: first.signing_id.clone(),
        sealer: place.code.clone(),
        list: list(items)?.to_string(),
        confirmation: None,
        confirmed_at: None,
        deadline: None,
        ending: None,
        updated_at: work.now,
    };
    Ok(seal_batch::insert(&mut work.tx, &row).await?)
}

/// What is confirmed: every item with the digest of its document.
pub(crate) fn list(items: &[SigningItemRow]) -> Result<Digest, AppError> {
    let read = |item: &SigningItemRow| {
        let bytes = hex::decode(&item.digest).ok();
        let digest = bytes.and_then(DocumentDigest::new);
        let digest = digest.ok_or_else(|| AppError::fault("prepared", "a digest"))?;
        Ok((item.item_id.clone(), digest))
    };
    let items = items
        .iter()
        .map(read)
        .collect::<Result<Vec<_>, AppError>>()?;
    Ok(list_of(
        items.iter().map(|(id, digest)| (id.as_str(), digest)),
    ))
}

/// What was prepared for an item.
pub(crate) async fn prepared(app: &App, item: &SigningItemRow) -> Result<Prepared, AppError> {
    Prepared::from_bytes(&app.store.blobs().get(&item.prepared_blob).await?)
        .map_err(|error| AppError::fault("prepared", error))
}

/// A document is not asked to be sealed while a confirmed batch seals it.
pub(crate) async fn nothing_is_open(app: &App, id: &OutgoingId) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    if signing::list_sealing(&mut tx, id, app.now())
        .await?
        .is_empty()
    {
        return Ok(());
    }
    Err(AppError::refused(RefusalCode::SealUnderWay))
}
