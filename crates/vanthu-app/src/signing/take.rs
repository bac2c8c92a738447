//! A signature value is taken: verified, time-stamped, embedded, and the document moves on; or nothing. Whoever held
//! the key, the value goes this one way.

use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_signing::{BaselineLevel, Prepared, is_extension};
use vanthu_store::outgoing::{self, OutgoingRow};
use vanthu_store::person::PostFilter;
use vanthu_store::signing::{
    self, Consent, ItemState, Means, Purpose, SessionState, SigningItemRow, SigningRow,
};
use vanthu_store::{certificate, file, seal_batch};

use crate::finding::record::Found;
use crate::outgoing::found;
use crate::outgoing::submit::people;
use crate::signing::{by_token, certificates_of, examine, holding, lasting, strange};
use crate::{App, AppError, Work};

/// A value for an item of a session.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    /// The session.
    pub(crate) signing_id: &'a SigningId,
    /// The item.
    pub(crate) item_id: &'a str,
    /// The signature value.
    pub(crate) signature: &'a [u8],
    /// By which door it came.
    pub(crate) door: Door<'a>,
}

/// How a value may come in.
#[derive(Clone, Copy)]
pub(crate) enum Door<'a> {
    /// From whoever has the session's secret.
    Agent {
        /// The secret.
        token: &'a str,
        /// Whether a person consented.
        consent: Consent,
    },
    /// From our own conversation with a service.
    Service,
    /// From the device at the server, under the clerk's confirmation.
    Sealer,
    /// From the government's tool, through the page: the value of a digest.
    Tool,
    /// From the government's tool: not a value but the whole signed file, which was examined.
    File,
}

/// Takes one value. A late one, a second one, one of another key, or one over a document that has moved on meanwhile
/// is refused, and nothing changes.
///
/// Clause: TG-5.1, KH-2
pub(crate) async fn take(app: &App, value: Value<'_>) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let row = session_of(&mut work, &value).await?;
    let item = item_of(&mut work, &row, &value).await?;
    drop(work);
    let file = match embed(app, &row, &item, &value).await {
        Err(error) if error.code() == Some(RefusalCode::CertificateNotYours) => {
            strange::answered(app, &row, &item, value.signature).await?;
            return Err(error);
        }
        other => other?,
    };
    let (file, level) = match (row.purpose, value.door) {
        (Purpose::Person, Door::File) => {
            let level = lasting::as_signed(app, &file)?;
            (file, level)
        }
        // We asked for the time-stamp ourselves.
        (Purpose::Person, _) => (file, BaselineLevel::BT),
        (Purpose::Seal, _) => lasting::with_evidence(app, file).await?,
    };
    let blob = app.store.blobs().put(file, app.now()).await?;

    let mut work = app.begin_system(Some(&row.agency_id)).await?;
    work.act_as(&row.account_id, &row.person_id);
    // The certificate before the session: whoever suspends it locks in that order.
    let suspended = examine::still_may_sign(&mut work, &row.certificate_id).await;
    let row = session_of(&mut work, &value).await?;
    suspended?;
    let item = item_of(&mut work, &row, &value).await?;
    let mut document = found(outgoing::load_locked(&mut work.tx, &item.outgoing_id).await)?;
    if document.version != item.document_version {
        return moved_on(work, &row, item).await;
    }
    let mut done = item.clone();
    (done.state, done.at) = (ItemState::Signed, work.now);
    // From here on the item holds the signed file, until all files of the document are signed.
    done.prepared_blob.clone_from(&blob);
    signing::update_item(&mut work.tx, &done, ItemState::Waiting).await?;
    finish_document(app, &mut work, &row, &mut document).await?;
    let items = signing::list_items(&mut work.tx, &row.signing_id).await?;
    if items.iter().all(|i| i.state != ItemState::Waiting) {
        super::end(&mut work, &row, SessionState::Done, None).await?;
    }
    let act = match row.purpose {
        Purpose::Person => Act::Signed,
        Purpose::Seal => Act::Sealed,
    };
    let batch = match value.door {
        Door::Sealer => seal_batch::find(&mut work.tx, &row.signing_id).await?,
        Door::Agent { .. } | Door::Service | Door::Tool | Door::File => None,
    };
    let data = json!({
        "sha256": blob,
        "digest": item.digest,
        "item": item.item_id,
        "consent": row.consent.code(),
        "level": level.name(),
        "means": row.means.code(),
        "signing_id": row.signing_id,
        "sealer": batch.as_ref().map(|it| it.sealer.as_str()),
        "confirmation": batch.as_ref().and_then(|it| it.confirmation.as_deref()),
    });
    work.record(
        act,
        &document.outgoing_id,
        &[row.signing_id.to_string()],
        data,
    )
    .await?;
    work.commit().await
}

/// The document has moved on: its item can no longer be signed, the others can.
async fn moved_on(
    mut work: Work<'_>,
    row: &SigningRow,
    mut item: SigningItemRow,
) -> Result<(), AppError> {
    let refusal = Refusal::new(RefusalCode::SigningDocumentChanged);
    (item.state, item.at) = (ItemState::Failed, work.now);
    item.problem = serde_json::to_value(&refusal).ok();
    signing::update_item(&mut work.tx, &item, ItemState::Waiting).await?;
    let items = signing::list_items(&mut work.tx, &row.signing_id).await?;
    if items.iter().all(|it| it.state != ItemState::Waiting) {
        super::end(&mut work, row, SessionState::Done, None).await?;
    }
    work.commit().await?;
    Err(refusal.into())
}

/// The session, where this door leads to it and it still takes values.
async fn session_of(work: &mut Work<'_>, value: &Value<'_>) -> Result<SigningRow, AppError> {
    let row = match value.door {
        Door::Agent { token, .. } => by_token(work, value.signing_id, token).await?,
        Door::Service | Door::Sealer | Door::Tool | Door::File => {
            let row = signing::find_locked(&mut work.tx, value.signing_id)
                .await?
                .filter(|row| match value.door {
                    Door::Service => matches!(row.means, Means::Service | Means::Sim),
                    Door::Sealer => row.means == Means::Sealer && row.purpose == Purpose::Seal,
                    _ => row.means == Means::Tool,
                })
                .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
            super::still_open(work, row)?
        }
    };
    if row.state == SessionState::Fetched {
        Ok(row)
    } else {
        Err(AppError::refused(RefusalCode::SigningSessionUsed))
    }
}

/// The item, still waiting, answered in the way that the session was opened for.
async fn item_of(
    work: &mut Work<'_>,
    row: &SigningRow,
    value: &Value<'_>,
) -> Result<SigningItemRow, AppError> {
    if let Door::Agent { consent, .. } = value.door
        && row.consent != consent
    {
        return Err(AppError::refused(
            RefusalCode::SigningConsentAutomaticRefused,
        ));
    }
    let items = signing::list_items(&mut work.tx, &row.signing_id).await?;
    let item = items
        .into_iter()
        .find(|item| item.item_id == value.item_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    match item.state {
        ItemState::Waiting => Ok(item),
        ItemState::Signed | ItemState::Failed | ItemState::Skipped => {
            Err(AppError::refused(RefusalCode::SigningSessionUsed))
        }
    }
}

/// Verifies the value, asks for the time-stamp, and makes the new file: the old one, byte for
/// byte, with a revision behind it.
async fn embed(
    app: &App,
    row: &SigningRow,
    item: &SigningItemRow,
    value: &Value<'_>,
) -> Result<Vec<u8>, AppError> {
    let mut tx = app.store.read().await?;
    let holder = certificate::load(&mut tx, &row.certificate_id).await?;
    let at_hand = holding::may_use(&mut tx, &row.person_id, &holder, app.now(), None).await?;
    drop(tx);
    if let Err(stopped) = at_hand {
        return Err(stopped.tell(app, &Found::in_session(row, &holder)).await);
    }
    examine::certificate_may_sign(app, &holder, app.now()).await?;
    let (_, chain) = certificates_of(&holder)?;
    let base = app.store.blobs().get(&item.base_blob).await?;
    if matches!(value.door, Door::File) {
        return extended(&base, value.signature.to_vec());
    }
    let prepared = Prepared::from_bytes(&app.store.blobs().get(&item.prepared_blob).await?)
        .map_err(|e| AppError::fault("prepared", e))?;
    let completed = prepared.complete(value.signature).map_err(|error| {
        tracing::warn!(%error, signing = %row.signing_id, "a signature does not fit");
        AppError::from(
            Refusal::new(RefusalCode::CertificateNotYours).with("serial", &holder.record.serial),
        )
    })?;
    let nonce = u64::try_from(app.random() >> 65).unwrap_or(1);
    let token = app
        .ports
        .timestamps
        .stamp(completed.timestamp_imprint(), nonce)
        .await
        .map_err(|error| {
            tracing::error!(%error, "time-stamp");
            AppError::refused(RefusalCode::TimestampFailed)
        })?;
    let file = completed
        .embed(&base, &chain, Some(&token))
        .map_err(|e| AppError::fault("embed", e))?;
    extended(&base, file)
}

fn extended(base: &[u8], file: Vec<u8>) -> Result<Vec<u8>, AppError> {
    if is_extension(base, &file) {
        Ok(file)
    } else {
        Err(AppError::refused(RefusalCode::NotAnExtension))
    }
}

/// Once every file of the document is signed, the document takes them all, takes the step, and
/// whoever is next is told. Before that nothing of it changes: a session that is given up half way
/// leaves the document as it was.
async fn finish_document(
    app: &App,
    work: &mut Work<'_>,
    row: &SigningRow,
    document: &mut OutgoingRow,
) -> Result<(), AppError> {
    let mut items = signing::list_items(&mut work.tx, &row.signing_id).await?;
    items.retain(|item| item.outgoing_id == document.outgoing_id);
    if items.iter().any(|item| item.state == ItemState::Waiting) {
        return Ok(());
    }
    for item in items {
        let signed = item.prepared_blob;
        if let Ok(file_id) = item.item_id.parse() {
            let mut attached = file::load(&mut work.tx, &file_id).await?;
            let bytes = app.store.blobs().get(&signed).await?.len();
            attached.bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            attached.sha256 = signed;
            file::update(&mut work.tx, &attached).await?;
        } else {
            match row.purpose {
                Purpose::Person => document.signed_blob = Some(signed),
                Purpose::Seal => document.sealed_blob = Some(signed),
            }
        }
    }
    let state = document.state.clone();
    document.state = match row.purpose {
        Purpose::Person => state.sign(work.now)?,
        Purpose::Seal => state.seal(work.now)?,
    };
    crate::outgoing::keep(work, document).await?;
    if row.purpose == Purpose::Person {
        let filter = PostFilter {
            agency_id: document.agency_id.clone(),
            unit_id: None,
            roles: vec![Role::Clerk],
            day: work.today(),
        };
        for clerk in people(work, &filter).await? {
            let args = json!({"subject": document.subject});
            let link = format!("/outgoing/{}", document.outgoing_id);
            work.notify(&clerk, "to-number", args, link).await?;
        }
    }
    Ok(())
}
