//! Pairing at the agent: from a page's offer to the person's yes.
//!
//! Which server asks says the browser (`Origin`), so a page can only bring its own. The agent fetches the offer from
//! there, shows the server's address, the account and the code on its own page, and keeps nothing until the person has
//! said there that the codes are the same. Why the code holds: [`vanthu_wire::pairing`].

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use vanthu_pki::SoftKey;
use vanthu_wire::pairing::{
    PairAccepted, PairRequest, PairingAnswer, PairingOffer, Transcript, code, commitment,
};
use vanthu_wire::{Base64, Digest, Language, Problem};

use crate::consent::random_id;
use crate::kept::Pairing;
use crate::server::Server;
use crate::{Agent, Origin, machine, problems};

/// How long a person has to compare.
const TIME_TO_COMPARE: SignedDuration = SignedDuration::from_mins(5);
const MOST_AT_ONCE: usize = 4;

/// Where an attempt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attempted {
    /// The person compares.
    Waiting,
    /// The person said that the codes are the same, and the server took it.
    Paired,
    /// The person said that they differ, or didn't want it.
    Refused,
}

/// One attempt.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) id: String,
    pub(crate) origin: Origin,
    pub(crate) offer: PairingOffer,
    pub(crate) code: String,
    pub(crate) deadline: Timestamp,
    pub(crate) language: Language,
    pub(crate) state: Attempted,
    pairing: Pairing,
    form: Option<String>,
}

/// The attempts of this agent.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<BTreeMap<String, Attempt>>);

impl Attempts {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Attempt>> {
        // An attempt is only ever replaced whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn find(&self, id: &str) -> Option<Attempt> {
        self.all().get(id).cloned()
    }

    fn put(&self, attempt: Attempt, now: Timestamp) -> Result<(), Problem> {
        let mut all = self.all();
        all.retain(|_, old| old.deadline > now);
        if all.len() >= MOST_AT_ONCE {
            return Err(problems::too_many_sessions(attempt.language));
        }
        all.insert(attempt.id.clone(), attempt);
        Ok(())
    }

    /// A new single-use value for the form; the one before loses its worth.
    pub(crate) fn new_form(&self, id: &str) -> Option<String> {
        let mut all = self.all();
        let attempt = all.get_mut(id)?;
        let value = random_id();
        attempt.form = Some(value.clone());
        Some(value)
    }

    /// Uses the form's value up and ends the waiting.
    fn decide(
        &self,
        id: &str,
        value: &str,
        to: Attempted,
        now: Timestamp,
    ) -> Result<Attempt, Problem> {
        let mut all = self.all();
        let Some(attempt) = all.get_mut(id) else {
            return Err(problems::pairing_over(Language::default()));
        };
        let language = attempt.language;
        if attempt.state != Attempted::Waiting || attempt.deadline <= now {
            return Err(problems::pairing_over(language));
        }
        if attempt.form.is_none() || attempt.form.as_deref() != Some(value) {
            return Err(problems::stale_form(language));
        }
        attempt.form = None;
        attempt.state = to;
        Ok(attempt.clone())
    }

    fn set(&self, id: &str, state: Attempted) {
        if let Some(attempt) = self.all().get_mut(id) {
            attempt.state = state;
        }
    }
}

impl Agent {
    /// Takes an offer from a page of `origin`, and shows the code.
    pub(crate) async fn begin_pairing(
        &self,
        origin: Origin,
        request: PairRequest,
        language: Language,
    ) -> Result<PairAccepted, Problem> {
        let server = Server::new(self.client.clone(), origin.clone(), language);
        let offer: PairingOffer = server.offer(&request).await?;
        if offer.agent_id != request.agent_id {
            return Err(problems::bad_answer(language, &origin));
        }
        let key = SoftKey::generate_p256().map_err(|_| problems::fault(language))?;
        let answer = PairingAnswer {
            key: Base64(key.spki()),
            nonce: Digest(rand::random()),
            machine: machine::name(),
            system: machine::system(),
            version: machine::VERSION.to_owned(),
        };
        let opened = server.answer(&request, &answer).await?;
        // The value that the server committed to before it saw ours, and no other.
        if commitment(&offer.agent_id, &opened.nonce) != offer.commitment {
            tracing::warn!(server = %origin, "the server opened another value than it committed to");
            return Err(problems::pairing_forged(language, &origin));
        }
        let code = code(&Transcript {
            origin: origin.as_str(),
            offer: &offer,
            answer: &answer,
            opened: &opened,
        });
        let now = self.clock.now();
        let pairing = Pairing::new(origin.clone(), &offer, &key, now)
            .map_err(|_| problems::fault(language))?;
        let attempt = Attempt {
            id: random_id(),
            origin,
            offer,
            code,
            deadline: now.checked_add(TIME_TO_COMPARE).unwrap_or(now),
            language,
            state: Attempted::Waiting,
            pairing,
            form: None,
        };
        let page_url = format!("http://{}/pair/{}", self.address, attempt.id);
        tracing::info!(server = %attempt.origin, agent.id = %attempt.offer.agent_id, "pairing waits for a person");
        self.attempts.put(attempt, now)?;
        Ok(PairAccepted { page_url })
    }

    /// The person compared.
    pub(crate) async fn decide_pairing(
        &self,
        id: &str,
        value: &str,
        same: bool,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        let to = if same {
            Attempted::Paired
        } else {
            Attempted::Refused
        };
        let attempt = self.attempts.decide(id, value, to, now)?;
        let (language, origin) = (attempt.language, &attempt.origin);
        let server = Server::new(self.client.clone(), origin.clone(), language);
        if !same {
            // It ends there by itself too, so a failure is only logged.
            if let Err(problem) = server.end(&attempt.pairing, now).await {
                tracing::warn!(code = %problem.code, "the server was not told that the codes differ");
            }
            return Ok(());
        }
        if let Err(problem) = server.confirm(&attempt.pairing, now).await {
            self.attempts.set(id, Attempted::Refused);
            return Err(problem);
        }
        self.paired.add(attempt.pairing.clone()).map_err(|error| {
            tracing::error!(%error, "the pairing could not be kept");
            self.attempts.set(id, Attempted::Refused);
            problems::not_kept(language, &error.to_string())
        })?;
        tracing::info!(server = %origin, agent.id = %attempt.pairing.agent_id, "paired");
        Ok(())
    }

    /// The person takes a pairing back. It goes here at once; the server is told if it can be.
    pub(crate) async fn unpair(&self, agent_id: &str, language: Language) -> Result<(), Problem> {
        let gone = self.paired.remove(agent_id).map_err(|error| {
            tracing::error!(%error, "the pairing could not be given up");
            problems::not_kept(language, &error.to_string())
        })?;
        let Some(pairing) = gone else {
            return Ok(());
        };
        let server = Server::new(self.client.clone(), pairing.origin.clone(), language);
        if let Err(problem) = server.end(&pairing, self.clock.now()).await {
            tracing::warn!(server = %pairing.origin, code = %problem.code, "the server was not told of the unpairing");
        }
        Ok(())
    }
}
