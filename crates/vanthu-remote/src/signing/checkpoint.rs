//! What is kept of an order on its way, so that a restart neither asks twice nor forgets that it asked. It holds no
//! token, no SAD and no key of any kind: those are asked for anew.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::order::{BadOrder, Order, TransactionId};
use crate::provider::{PollToken, Seed, SigningProvider};
use crate::value::{Expected, SignatureValue};

use super::{Pace, Signing};

/// Where an order stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    transaction: TransactionId,
    part: usize,
    asked: bool,
    poll: Option<PollToken>,
    values: Vec<Option<String>>,
}

impl Signing {
    /// Where it stands. To be kept before each request for signatures is made and after each answer.
    pub fn checkpoint(&self) -> Checkpoint {
        let text = |value: &SignatureValue| match value {
            SignatureValue::Raw(bytes) | SignatureValue::Cms(bytes) => STANDARD.encode(bytes),
        };
        Checkpoint {
            transaction: self.order.transaction.clone(),
            part: self.part,
            asked: self.asked,
            poll: self.poll.clone(),
            values: self.values.iter().map(|it| it.as_ref().map(text)).collect(),
        }
    }

    /// Goes on where an order stood. What was kept is verified again. `elapsed` counts from the same beginning.
    ///
    /// # Errors
    /// The state belongs to another order.
    pub fn resume(
        provider: Arc<dyn SigningProvider>,
        order: Order,
        pace: Pace,
        seed: Seed,
        kept: Checkpoint,
        elapsed: Duration,
    ) -> Result<Self, BadOrder> {
        let mut signing = Self::begin(provider, order, pace, seed)?;
        let order = &signing.order;
        if kept.transaction != order.transaction || kept.values.len() != order.items.len() {
            return Err(BadOrder::OtherState);
        }
        let mut values = Vec::with_capacity(kept.values.len());
        for (item, value) in order.items.iter().zip(&kept.values) {
            let expected = Expected {
                certificate: &order.certificate,
                algorithm: order.algorithm,
                digest: &item.digest,
                wanted: order.wanted,
            };
            values.push(match value {
                None => None,
                Some(text) => Some(expected.read(text).map_err(|_| BadOrder::OtherState)?),
            });
        }
        signing.part = kept.part;
        if signing.range().is_empty() {
            // The last answer was kept, and what became of it was not.
            if values.iter().any(Option::is_none) {
                return Err(BadOrder::OtherState);
            }
            signing.values = values;
            let signed = crate::outcome::Failure::new(crate::Ending::Signed, "");
            signing.finish_with(signed, crate::Certainty::Signed);
            return Ok(signing);
        }
        let before = signing.range().start;
        if values.iter().take(before).any(Option::is_none) {
            return Err(BadOrder::OtherState);
        }
        signing.values = values;
        signing.asked = kept.asked;
        signing.poll = kept.poll;
        if signing.asked && signing.poll.is_none() {
            let failure = crate::outcome::Failure::new(crate::Ending::AnswerLost, "restarted");
            signing.missed(crate::http::Purpose::Sign, failure, elapsed);
        }
        Ok(signing)
    }
}
