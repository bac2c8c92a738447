//! The desk: the sessions that wait for a person, and what became of them.
//!
//! A session comes to the desk once, is answered once, and says afterwards what happened to each
//! document.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use vanthu_pki::Certificate;
use vanthu_wire::agent::{ConsentState, ItemOutcome, ItemState, SigningSession};
use vanthu_wire::{Language, Problem};

use crate::draw::NotDrawn;
use crate::problems;
use crate::server::Remote;
use crate::token::DeviceFacts;

/// How long a person has to answer, unless the server gives less.
pub(crate) const TIME_TO_ANSWER: SignedDuration = SignedDuration::from_mins(5);
const KEPT_AFTERWARDS: SignedDuration = SignedDuration::from_mins(30);
const MOST_ON_THE_DESK: usize = 64;

/// One session on the desk.
#[derive(Debug, Clone)]
pub struct Case {
    /// The random part of the consent page's address.
    pub id: String,
    pub(crate) remote: Remote,
    /// What the server wants signed.
    pub session: SigningSession,
    /// The certificate of every item.
    pub certificate: Certificate,
    /// The device that holds its key; none where a key file does.
    pub device: Option<DeviceFacts>,
    /// After this moment no answer is taken.
    pub deadline: Timestamp,
    /// Where it stands.
    pub state: ConsentState,
    /// What happened to each item.
    pub items: Vec<ItemOutcome>,
    /// Why nothing, or not everything, was signed.
    pub problem: Option<Problem>,
    /// How many files were fetched and are what is to be signed.
    pub checked: usize,
    /// The first page of the first document; none while it isn't drawn yet.
    pub first_page: Option<Result<Arc<Vec<u8>>, NotDrawn>>,
    form: Option<String>,
    watch: watch::Sender<ConsentState>,
}

/// All sessions of this agent.
#[derive(Debug, Default)]
pub(crate) struct Desk(Mutex<BTreeMap<String, Case>>);

impl Case {
    pub(crate) fn new(
        remote: Remote,
        session: SigningSession,
        certificate: Certificate,
        now: Timestamp,
    ) -> Self {
        let longest = now.checked_add(TIME_TO_ANSWER).unwrap_or(now);
        let items = session
            .items
            .iter()
            .map(|item| ItemOutcome {
                item_id: item.item_id.clone(),
                state: ItemState::Waiting,
                problem: None,
            })
            .collect();
        Self {
            id: random_id(),
            remote,
            deadline: session.expires_at.min(longest),
            session,
            certificate,
            device: None,
            state: ConsentState::Waiting,
            items,
            problem: None,
            checked: 0,
            first_page: None,
            form: None,
            watch: watch::Sender::new(ConsentState::Waiting),
        }
    }

    /// True when nothing more will happen to it.
    pub fn is_over(&self) -> bool {
        !matches!(self.state, ConsentState::Waiting | ConsentState::Signing)
    }

    /// True once every file was held against what is to be signed, and its first page was tried to be drawn: before
    /// that no PIN is taken.
    pub fn is_shown(&self) -> bool {
        self.checked == self.session.items.len() && self.first_page.is_some()
    }

    fn stop(&mut self, state: ConsentState, problem: Problem) {
        let language = self.remote.language;
        for item in &mut self.items {
            if item.state == ItemState::Waiting {
                item.state = ItemState::Skipped;
                item.problem
                    .get_or_insert_with(|| problems::stopped(language));
            }
        }
        self.problem = Some(problem);
        self.go(state);
    }

    fn go(&mut self, state: ConsentState) {
        self.state = state;
        self.watch.send_replace(state);
    }
}

impl Desk {
    fn cases(&self) -> MutexGuard<'_, BTreeMap<String, Case>> {
        // A case is only ever replaced whole, so a poisoned lock holds nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a case on the desk; a session that is there already is refused.
    pub(crate) fn put(&self, case: Case, now: Timestamp) -> Result<(), Problem> {
        let language = case.remote.language;
        let mut cases = self.cases();
        cases.retain(|_, old| {
            let kept = old.deadline.checked_add(KEPT_AFTERWARDS).unwrap_or(now);
            !old.is_over() || kept > now
        });
        let same = |old: &Case| {
            old.remote.signing_id == case.remote.signing_id
                && old.remote.server == case.remote.server
        };
        if cases.values().any(same) {
            return Err(problems::already_answered(language));
        }
        if cases.values().filter(|old| !old.is_over()).count() >= MOST_ON_THE_DESK {
            return Err(problems::too_many_sessions(language));
        }
        cases.insert(case.id.clone(), case);
        Ok(())
    }

    pub(crate) fn find(&self, id: &str) -> Option<Case> {
        self.cases().get(id).cloned()
    }

    pub(crate) fn find_session(&self, remote: &Remote) -> Option<Case> {
        self.cases()
            .values()
            .find(|case| {
                case.remote.signing_id == remote.signing_id && case.remote.server == remote.server
            })
            .cloned()
    }

    /// Follows the state of a case.
    pub(crate) fn follow(&self, id: &str) -> Option<watch::Receiver<ConsentState>> {
        self.cases().get(id).map(|case| case.watch.subscribe())
    }

    /// A new single-use value for the form of the consent page; the one before loses its worth.
    pub(crate) fn new_form(&self, id: &str) -> Option<String> {
        let mut cases = self.cases();
        let case = cases.get_mut(id)?;
        let value = random_id();
        case.form = Some(value.clone());
        Some(value)
    }

    /// Uses the form's value up.
    pub(crate) fn use_form(
        &self,
        id: &str,
        value: &str,
        language: Language,
    ) -> Result<(), Problem> {
        let mut cases = self.cases();
        let case = cases
            .get_mut(id)
            .ok_or_else(|| problems::not_found(language))?;
        if case.state != ConsentState::Waiting {
            return Err(problems::already_answered(language));
        }
        // A wrong value does not use the right one up, or any page could make the form useless.
        if case.form.is_none() || case.form.as_deref() != Some(value) {
            return Err(problems::stale_form(language));
        }
        case.form = None;
        Ok(())
    }

    /// One more file is what is to be signed.
    pub(crate) fn file_checked(&self, id: &str) {
        if let Some(case) = self.cases().get_mut(id) {
            case.checked += 1;
        }
    }

    /// The first page was drawn, or could not be.
    pub(crate) fn first_page(&self, id: &str, page: Result<Arc<Vec<u8>>, NotDrawn>) {
        if let Some(case) = self.cases().get_mut(id) {
            case.first_page = Some(page);
        }
    }

    /// The person said yes: from here on nobody else can answer.
    pub(crate) fn start(&self, id: &str, language: Language) -> Result<Case, Problem> {
        let mut cases = self.cases();
        let case = cases
            .get_mut(id)
            .ok_or_else(|| problems::not_found(language))?;
        if case.state != ConsentState::Waiting {
            return Err(problems::already_answered(language));
        }
        if case.checked != case.session.items.len() {
            return Err(problems::not_shown(language));
        }
        case.go(ConsentState::Signing);
        Ok(case.clone())
    }

    /// Ends a case that still waits for its answer.
    pub(crate) fn end_waiting(
        &self,
        id: &str,
        state: ConsentState,
        problem: Problem,
        language: Language,
    ) -> Result<Case, Problem> {
        let mut cases = self.cases();
        let case = cases
            .get_mut(id)
            .ok_or_else(|| problems::not_found(language))?;
        if case.state != ConsentState::Waiting {
            return Err(problems::already_answered(language));
        }
        case.stop(state, problem);
        Ok(case.clone())
    }

    /// Notes what happened to one item.
    pub(crate) fn note(&self, id: &str, item_id: &str, state: ItemState, problem: Option<Problem>) {
        if let Some(case) = self.cases().get_mut(id) {
            for item in case.items.iter_mut().filter(|item| item.item_id == item_id) {
                item.state = state;
                item.problem.clone_from(&problem);
            }
        }
    }

    /// Ends a case that was being signed; items that were not reached are left out.
    pub(crate) fn finish(&self, id: &str, problem: Option<Problem>) -> Option<ConsentState> {
        let mut cases = self.cases();
        let case = cases.get_mut(id)?;
        let signed = case
            .items
            .iter()
            .filter(|item| item.state == ItemState::Signed)
            .count();
        let state = match signed {
            0 => ConsentState::Failed,
            all if all == case.items.len() => ConsentState::Signed,
            _ => ConsentState::PartlySigned,
        };
        match problem {
            Some(problem) => case.stop(state, problem),
            None => case.go(state),
        }
        Some(state)
    }
}

/// 128 random bits in hexadecimal.
pub(crate) fn random_id() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}
