//! Other people's keys: certificates that the signing software shows beside the signer's, and
//! signatures that another key has made. Refused where it is the signature; recorded in any case.

use serde_json::json;
use vanthu_domain::certificate::Holder;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::id::PersonId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{Certificate, verify};
use vanthu_signing::Prepared;
use vanthu_store::certificate::{self, CertificateRow};
use vanthu_store::signing::{SigningItemRow, SigningRow};

use crate::finding::record::{Found, record};
use crate::signing::certificates_of;
use crate::{App, AppError, Caller};

/// So many certificates are looked through for whose key has signed.
const MOST_COMPARED: u32 = 500;
/// So many thumbprints are taken from the signing software.
const MOST_SHOWN: usize = 64;

/// The signing software shows these certificates (SHA-256 in hexadecimal). Where those of others
/// on record are among them, that is recorded; where only theirs are, nothing is signed.
///
/// Clause: KH-2, TG-22.1b
pub(crate) async fn shown(
    app: &App,
    caller: &Caller,
    expected: &CertificateRow,
    thumbprints: &[String],
) -> Result<(), AppError> {
    let mut others = Vec::new();
    let mut tx = app.store.read().await?;
    for thumbprint in thumbprints.iter().take(MOST_SHOWN) {
        if let Some(row) = certificate::find_by_thumbprint(&mut tx, thumbprint).await?
            && !is_of(&row.record.holder, caller.person_id())
        {
            others.push(row);
        }
    }
    drop(tx);
    let Some(first) = others.first() else {
        return Ok(());
    };
    let found: Vec<&str> = others
        .iter()
        .map(|row| row.record.thumbprint.as_str())
        .collect();
    let own_is_there = thumbprints
        .iter()
        .any(|it| it.eq_ignore_ascii_case(&expected.record.thumbprint));
    let kind = if own_is_there {
        FindingKind::OthersDevicePresent
    } else {
        FindingKind::OthersCertificate
    };
    let evidence = json!({"expected": expected.record.thumbprint, "shown": found});
    record(app, &Found::of(caller, Some(first)), kind, evidence).await?;
    if own_is_there {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::CertificateNotYours)
        .with("subject", &first.record.subject)
        .into())
}

/// The account wants to sign with the agency's certificate, whose device somebody else keeps.
///
/// Clause: TG-22.1b, KH-2
pub(crate) async fn wanted(
    app: &App,
    caller: &Caller,
    certificate: &CertificateRow,
) -> Result<(), AppError> {
    let keeper = match &certificate.record.holder {
        Holder::Agency { keeper, .. } => keeper.as_ref(),
        Holder::Person { person_id } => Some(person_id),
    };
    let evidence = json!({"expected": certificate.record.thumbprint, "holder": keeper});
    let of = Found::of(caller, Some(certificate));
    record(app, &of, FindingKind::CertificateOfAnother, evidence).await
}

/// Whether the certificate is the person's own, or the agency's whose device the person keeps.
fn is_of(holder: &Holder, person: &PersonId) -> bool {
    match holder {
        Holder::Person { person_id } => person_id == person,
        Holder::Agency { keeper, .. } => keeper.as_ref() == Some(person),
    }
}

/// A signature came back that the session's certificate did not make. Looks whose it is, among
/// what the agency has on record, and records it. Anything that is no signature of a key that can
/// be named is recorded as that of another key.
///
/// Clause: KH-2
pub(crate) async fn answered(
    app: &App,
    row: &SigningRow,
    item: &SigningItemRow,
    signature: &[u8],
) -> Result<(), AppError> {
    let prepared = Prepared::from_bytes(&app.store.blobs().get(&item.prepared_blob).await?)
        .map_err(|e| AppError::fault("prepared", e))?;
    let mut tx = app.store.read().await?;
    let expected = certificate::load(&mut tx, &row.certificate_id).await?;
    let known = certificate::list_of_devices_in(&mut tx, &row.agency_id, MOST_COMPARED).await?;
    drop(tx);
    let whose = {
        let (known, signature) = (known, signature.to_vec());
        tokio::task::spawn_blocking(move || made_by(&prepared, known, &signature))
            .await
            .map_err(|e| AppError::fault("compare keys", e))?
    };
    let of = Found::in_session(row, &expected);
    let (kind, whose) = match &whose {
        Some(other) => (FindingKind::OthersCertificate, Some(&other.record)),
        None => (FindingKind::AnotherKey, None),
    };
    let evidence = json!({
        "expected": expected.record.thumbprint,
        "answered": whose.map(|it| &it.thumbprint),
        "subject": whose.map(|it| &it.subject),
        "document": item.outgoing_id,
        "digest": item.digest,
    });
    record(app, &of, kind, evidence).await
}

/// The government's tool in a person's browser shows this certificate: somebody else's is recorded, and refused.
///
/// Clause: KH-2, TG-22.1b
pub(crate) async fn tried(
    app: &App,
    caller: &Caller,
    certificate: &Certificate,
) -> Result<(), AppError> {
    let thumbprint = certificate.sha256_thumbprint();
    let mut tx = app.store.read().await?;
    let known = certificate::find_by_thumbprint(&mut tx, &thumbprint).await?;
    drop(tx);
    let Some(other) = known.filter(|it| !is_of(&it.record.holder, caller.person_id())) else {
        return Ok(());
    };
    let evidence = json!({"shown": [thumbprint]});
    let of = Found::of(caller, Some(&other));
    record(app, &of, FindingKind::OthersCertificate, evidence).await?;
    let refusal = Refusal::new(RefusalCode::CertificateNotYours);
    Err(refusal.with("subject", &other.record.subject).into())
}

/// The government's tool signed with a certificate that is not the session's. It is recorded, and gives the refusal.
///
/// Clause: KH-2
pub(crate) async fn brought(
    app: &App,
    row: &SigningRow,
    item: &SigningItemRow,
    certificate: &Certificate,
) -> Result<Refusal, AppError> {
    let thumbprint = certificate.sha256_thumbprint();
    let mut tx = app.store.read().await?;
    let expected = certificate::load(&mut tx, &row.certificate_id).await?;
    let known = certificate::find_by_thumbprint(&mut tx, &thumbprint).await?;
    drop(tx);
    let kind = match &known {
        Some(it) if !is_of(&it.record.holder, &row.person_id) => FindingKind::OthersCertificate,
        _ => FindingKind::AnotherKey,
    };
    let subject = certificate.subject().to_string();
    let evidence = json!({
        "expected": expected.record.thumbprint,
        "answered": thumbprint,
        "subject": subject,
        "document": item.outgoing_id,
        "digest": item.digest,
    });
    record(app, &Found::in_session(row, &expected), kind, evidence).await?;
    Ok(Refusal::new(RefusalCode::CertificateNotYours).with("subject", subject))
}

/// The certificate whose key made the signature.
fn made_by(
    prepared: &Prepared,
    known: Vec<CertificateRow>,
    signature: &[u8],
) -> Option<CertificateRow> {
    known.into_iter().find(|row| {
        certificates_of(row).is_ok_and(|(certificate, _)| {
            let spki = certificate.spki();
            verify(
                spki,
                prepared.algorithm(),
                prepared.to_be_signed(),
                signature,
            )
            .is_ok()
        })
    })
}
