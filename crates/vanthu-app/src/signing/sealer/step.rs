//! A confirmed batch is signed. The sealer gives every signature away once it stands in its journal, and gives the same one
//! again to whoever asks again: a program that ends in the middle, on either side, neither loses nor doubles a seal.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::certificate;
use vanthu_store::seal_batch::{self, SealBatchRow};
use vanthu_store::signing::{self, ItemState, Means, SessionState, SigningItemRow, SigningRow};
use vanthu_wire::agent::Algorithm;
use vanthu_wire::sealer::{Answer, Batch, BatchItem, Made, Request, Why};
use vanthu_wire::{Base64, DocumentDigest};

use super::confirm::wanted;
use super::open::{list, prepared};
use super::{NAME, SealerPlace};
use crate::job::Performed;
use crate::port::SealerAbsent;
use crate::signing::fail_waiting;
use crate::signing::fetch::timestamp;
use crate::signing::take::{Door, Value, take};
use crate::{App, AppError};

/// The job that has a batch signed.
pub(crate) const SEAL: &str = "seal-at-server";
/// How soon a sealer that did not answer, or a time-stamp that could not be had, is asked for again.
const AGAIN_SECONDS: i64 = 3;

/// What becomes of the batch.
enum Next {
    /// It is over; without a refusal, everything is signed.
    Over(Option<Refusal>),
    /// It is tried again, as long as its time lasts; why it did not go on.
    Again(RefusalCode),
    /// Somebody has ended the session meanwhile.
    Ended,
}

/// Has the batch signed, as far as it goes now.
///
/// Clause: TG-5.1, TG-22.1b
pub(crate) async fn step(app: &App, id: &SigningId) -> Result<Performed, AppError> {
    let mut tx = app.store.read().await?;
    let Some(session) = signing::find(&mut tx, id).await? else {
        return Ok(Performed::Done);
    };
    let batch = seal_batch::find(&mut tx, id).await?;
    let items = wanted(signing::list_items(&mut tx, id).await?);
    drop(tx);
    let Some(batch) = batch.filter(|it| it.ending.is_none() && it.confirmation.is_some()) else {
        return Ok(Performed::Done);
    };
    let place = app.sealers.get().and_then(|it| it.find(&batch.sealer));
    let next = match place {
        _ if session.state != SessionState::Fetched => Next::Ended,
        None => Next::Over(Some(
            Refusal::new(RefusalCode::SigningMeansNotOffered).with("means", NAME),
        )),
        Some(place) => ask(app, place, &session, &batch, &items).await?,
    };
    let is_late = batch.deadline.is_none_or(|it| app.now() >= it);
    let name = super::name_of(app, &batch.sealer);
    let over = match next {
        Next::Over(refusal) => refusal,
        Next::Ended => None,
        Next::Again(_) if !is_late => {
            return Ok(Performed::Again(app.now().plus_seconds(AGAIN_SECONDS)));
        }
        Next::Again(code) => Some(Refusal::new(code).with("service", name)),
    };
    finish(app, id, over).await
}

/// Asks the sealer and takes what it gives.
async fn ask(
    app: &App,
    place: &SealerPlace,
    session: &SigningRow,
    row: &SealBatchRow,
    items: &[SigningItemRow],
) -> Result<Next, AppError> {
    let mut waiting: Vec<&SigningItemRow> = items
        .iter()
        .filter(|it| it.state == ItemState::Waiting)
        .collect();
    if waiting.is_empty() {
        return Ok(Next::Over(None));
    }
    let request = Request::Seal(request_of(app, session, row, items).await?);
    let mut answers = match place.door.ask(request).await {
        Ok(answers) => answers,
        Err(absent) => return Ok(unanswered(place, &absent)),
    };
    loop {
        match answers.recv().await {
            Some(Ok(Answer::Signed(made))) => {
                let known = waiting.iter().position(|it| it.item_id == made.item);
                let Some(at) = known else {
                    // Signed and embedded before: it is only given again.
                    continue;
                };
                let item = waiting.remove(at);
                if let Some(next) = taken(app, place, session, item, &made).await? {
                    return Ok(next);
                }
            }
            Some(Ok(Answer::Ended(end))) => {
                return Ok(match end.why {
                    None if waiting.is_empty() => Next::Over(None),
                    None => Next::Over(Some(place.refusal_of(Why::Malformed))),
                    Some(Why::Busy) => Next::Again(RefusalCode::SealerNotReached),
                    Some(why) => Next::Over(Some(place.refusal_of(why))),
                });
            }
            Some(Ok(Answer::Status(_))) | None => {
                return Ok(Next::Again(RefusalCode::SealerNotReached));
            }
            Some(Err(absent)) => return Ok(unanswered(place, &absent)),
        }
    }
}

fn unanswered(place: &SealerPlace, absent: &SealerAbsent) -> Next {
    tracing::warn!(sealer = place.code, error = %absent, "the sealer does not answer");
    match absent {
        SealerAbsent::NotReached(_) | SealerAbsent::BrokenOff(_) => {
            Next::Again(RefusalCode::SealerNotReached)
        }
        SealerAbsent::Unreadable(_) => Next::Over(Some(place.refusal_of(Why::Malformed))),
    }
}

/// Takes one signature; says where the batch does not go on.
async fn taken(
    app: &App,
    place: &SealerPlace,
    session: &SigningRow,
    item: &SigningItemRow,
    made: &Made,
) -> Result<Option<Next>, AppError> {
    use RefusalCode as C;
    let value = Value {
        signing_id: &session.signing_id,
        item_id: &item.item_id,
        signature: made.signature.as_bytes(),
        door: Door::Sealer,
    };
    let refusal = match take(app, value).await {
        Ok(()) => return Ok(None),
        Err(AppError::Refused(refusal)) => *refusal,
        Err(fault) => return Err(fault),
    };
    tracing::warn!(sealer = place.code, why = %refusal.code, "a signature was not taken");
    Ok(match refusal.code {
        // Its item says so already; the others go on.
        C::SigningDocumentChanged => None,
        C::TimestampFailed | C::RevocationUnknown => Some(Next::Again(refusal.code)),
        C::SigningSessionCancelled | C::SigningSessionUsed | C::NotFound => Some(Next::Ended),
        // Another key than the agency's, a certificate that was revoked or suspended meanwhile, a device that was given to
        // somebody else: nothing more is signed.
        _ => Some(Next::Over(Some(refusal))),
    })
}

/// The whole list each time: the confirmation is good for it alone. What was embedded before needs no attributes, it is in
/// the sealer's journal.
async fn request_of(
    app: &App,
    session: &SigningRow,
    row: &SealBatchRow,
    items: &[SigningItemRow],
) -> Result<Batch, AppError> {
    let broken = |what: &str| AppError::fault("seal batch", what);
    let mut tx = app.store.read().await?;
    let of = certificate::load(&mut tx, &session.certificate_id).await?;
    drop(tx);
    let mut algorithm = Algorithm::RsaPkcs1Sha256;
    let mut asked = Vec::new();
    for item in items {
        let mut attributes = Vec::new();
        if item.state == ItemState::Waiting {
            let prepared = prepared(app, item).await?;
            attributes = prepared.to_be_signed().to_vec();
            let name = json!(prepared.algorithm().name());
            algorithm = serde_json::from_value(name).map_err(|_| broken("algorithm"))?;
        }
        let digest = hex::decode(&item.digest).ok().and_then(DocumentDigest::new);
        asked.push(BatchItem {
            item: item.item_id.clone(),
            algorithm,
            digest: digest.ok_or_else(|| broken("digest"))?,
            attributes: Base64(attributes),
        });
    }
    let confirmation = row.confirmation.as_deref().unwrap_or_default();
    let deadline = row.deadline.ok_or_else(|| broken("deadline"))?;
    Ok(Batch {
        batch: session.signing_id.to_string(),
        confirmation: confirmation.parse().map_err(|_| broken("confirmation"))?,
        list: list(items)?,
        confirmed_by: session.account_id.to_string(),
        not_after: timestamp(deadline),
        certificate: of.record.thumbprint.to_lowercase(),
        items: asked,
    })
}

/// Writes the end down: of the batch, of the items that were not signed, and of the session.
async fn finish(
    app: &App,
    id: &SigningId,
    refusal: Option<Refusal>,
) -> Result<Performed, AppError> {
    let mut work = app.begin_system(None).await?;
    let session = signing::find_locked(&mut work.tx, id)
        .await?
        .ok_or_else(|| AppError::fault("signing", "no session"))?;
    work.act_in(&session);
    let mut row = seal_batch::load(&mut work.tx, id).await?;
    if row.ending.is_some() {
        return Ok(Performed::Done);
    }
    let ended = session.result.as_deref().unwrap_or("signed");
    let code = refusal
        .as_ref()
        .map_or(ended, |it| it.code.code())
        .to_owned();
    row.ending = Some(code.clone());
    row.updated_at = work.now;
    seal_batch::update(&mut work.tx, &row).await?;
    let is_open = matches!(session.state, SessionState::Open | SessionState::Fetched);
    if let Some(refusal) = refusal.filter(|_| is_open) {
        let items = wanted(signing::list_items(&mut work.tx, id).await?);
        let about = fail_waiting(&mut work, &items, |_| refusal.clone()).await?;
        let state = if refusal.code == RefusalCode::SigningSessionExpired {
            SessionState::Expired
        } else {
            SessionState::Done
        };
        crate::signing::end(&mut work, &session, state, Some(code.clone())).await?;
        let data = json!({
            "reason": code, "means": Means::Sealer.code(), "sealer": row.sealer,
            "confirmation": row.confirmation,
        });
        work.record(Act::SigningFailed, id, &about, data).await?;
    }
    work.commit().await?;
    Ok(Performed::Done)
}
