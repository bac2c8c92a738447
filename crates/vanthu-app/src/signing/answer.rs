//! The agent's answer to a session.

use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::signing::{self, Consent, ItemState, SessionState};

use crate::account::session::hash_of;
use crate::signing::take::{Door, Value, take};
use crate::{App, AppError, Work};

/// The shortest signature value there is: Ed25519, and ECDSA on P-256 with small numbers.
const LEAST_SIGNATURE_BYTES: usize = 60;

/// One signature.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The session.
    pub signing_id: SigningId,
    /// Its secret.
    pub token: String,
    /// The item.
    pub item_id: String,
    /// The signature value.
    pub signature: Vec<u8>,
    /// Whether a person consented.
    pub consent: Consent,
}

/// Takes one signature; see [`take`]. The same answer again is no second one: it is taken for done. Another answer to an
/// item that was answered is refused, and nothing changes.
///
/// Clause: TG-5.1, KH-2
pub async fn answer(app: &App, input: Answer) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let taken = taken_before(&mut work, &input).await?;
    drop(work);
    if let Some(file) = taken {
        return same_again(app, &file, &input.signature).await;
    }
    let value = Value {
        signing_id: &input.signing_id,
        item_id: &input.item_id,
        signature: &input.signature,
        door: Door::Agent {
            token: &input.token,
            consent: input.consent,
        },
    };
    take(app, value).await
}

/// The signed file of an item that this session has answered already: its agent may not have heard of it.
async fn taken_before(work: &mut Work<'_>, input: &Answer) -> Result<Option<String>, AppError> {
    let row = signing::find_locked(&mut work.tx, &input.signing_id)
        .await?
        .filter(|row| crate::verify::same(&row.token_hash, &hash_of(&input.token)))
        .filter(|row| matches!(row.state, SessionState::Fetched | SessionState::Done))
        .filter(|row| row.consent == input.consent);
    let Some(row) = row else {
        return Ok(None);
    };
    let items = signing::list_items(&mut work.tx, &row.signing_id).await?;
    let item = items
        .into_iter()
        .find(|item| item.item_id == input.item_id && item.state == ItemState::Signed);
    Ok(item.map(|item| item.prepared_blob))
}

/// An answer that comes twice is the same answer, if it holds the very signature that is in the file; nothing changes.
async fn same_again(app: &App, file: &str, signature: &[u8]) -> Result<(), AppError> {
    let file = app.store.blobs().get(file).await?;
    // A signature stands in its file as hexadecimal digits, in a CMS structure; no two are the same.
    let digits = hex::encode(signature).into_bytes();
    let holds = |place: &[u8]| place.eq_ignore_ascii_case(&digits);
    if signature.len() >= LEAST_SIGNATURE_BYTES && file.windows(digits.len()).any(holds) {
        Ok(())
    } else {
        Err(AppError::refused(RefusalCode::SigningSessionUsed))
    }
}
