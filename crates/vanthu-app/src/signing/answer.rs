//! The agent's answer to a session.

use vanthu_domain::id::SigningId;
use vanthu_store::signing::Consent;

use crate::signing::take::{Door, Value, take};
use crate::{App, AppError};

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

/// Takes one signature; see [`take`].
///
/// Clause: TG-5.1, KH-2
pub async fn answer(app: &App, input: Answer) -> Result<(), AppError> {
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
