//! One order on its way to signatures: when to ask, when to ask again, what counts, and when it is over.
//!
//! The rules that hold for every service:
//! - The deadline is ours. When it passes, nothing that comes later is given out as a signature; it is recorded
//!   ([`Late`]). No protocol here can take a request back, so the status is asked once more for the record.
//! - A lost answer is not repeated. Where the service knows our own name for the request, its status is asked;
//!   otherwise the end is [`Ending::AnswerLost`] and a signature may exist.
//! - An answer that is not understood is no end: the status is asked again until the deadline.
//! - A wrong PIN or code is an end. Nothing is tried twice with it.
//! - Every value is verified with the pinned certificate before it counts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vanthu_pki::DigestAlgorithm;

use crate::http::{Call, HttpAnswer, HttpRequest, Purpose, Reply, RequestId};
use crate::inquiry::reply_of;
use crate::order::{BadOrder, Batch, Item, Order};
use crate::outcome::{
    Certainty, Ending, Failure, ItemOutcome, Late, LateWord, Outcome, SaidTo, Trouble,
};
use crate::provider::{
    Agreement, Answered, Consent, ConsentPage, PollToken, Seed, SigningProvider, Waits,
};
use crate::secret::Secret;
use crate::value::{SignatureValue, ValueError};

mod checkpoint;

pub use checkpoint::Checkpoint;

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the beginning until it is given up.
    pub deadline: Duration,
    /// One answer.
    pub answer: Duration,
}

impl Default for Pace {
    /// Five minutes, as services give the holder; 30 seconds for an answer.
    fn default() -> Self {
        Self {
            deadline: Duration::from_mins(5),
            answer: Duration::from_secs(30),
        }
    }
}

/// What to do now.
#[derive(Clone, Debug)]
pub enum Next {
    /// Make this request and give back what came of it.
    Ask(HttpRequest),
    /// The holder's browser goes to this address; what it brings back goes to [`Signing::returned`].
    Browser(String),
    /// Come back after this time, or when an answer is there.
    Wait(Duration),
    /// It is over: [`Signing::outcome`].
    Ended,
}

/// What to show while the holder decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Which batch, from 1.
    pub batch: usize,
    /// How many.
    pub batches: usize,
    /// Four digits that the page and the phone both show.
    pub verification_code: String,
    /// Where the holder's browser has to go.
    pub browser: Option<String>,
    /// Whether the service has been asked for signatures.
    pub asked: bool,
}

/// How often a token of the service is renewed for one batch.
const RENEWALS: usize = 2;
/// A token is not used in the last moments of its life.
const SPARE: Duration = Duration::from_secs(10);

/// A service that gives tokens for less than this errs, and would be asked for tokens and nothing else.
const SHORTEST: Duration = Duration::from_secs(20);

/// An order on its way; see the [module](self).
#[derive(Debug)]
pub struct Signing {
    provider: Arc<dyn SigningProvider>,
    order: Order,
    pace: Pace,
    seed: Seed,
    access: Option<Held<Secret>>,
    agreement: Option<Held<Agreement>>,
    page: Option<ConsentPage>,
    code: Option<Secret>,
    part: usize,
    asked: bool,
    poll: Option<PollToken>,
    poll_at: Duration,
    turn: usize,
    renewals: usize,
    flight: Option<Flight>,
    given_up: BTreeMap<RequestId, Purpose>,
    last_id: u32,
    values: Vec<Option<SignatureValue>>,
    bad: BTreeMap<usize, Ending>,
    end: Option<End>,
    last_look: LastLook,
    late: Vec<Late>,
    troubles: Vec<Trouble>,
}

/// Something that is good until a time since the beginning.
#[derive(Clone, Debug)]
struct Held<T> {
    it: T,
    until: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    id: RequestId,
    purpose: Purpose,
    until: Duration,
}

/// How far the question after the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastLook {
    NotYet,
    TokenAsked,
    Done,
}

#[derive(Clone, Debug)]
struct End {
    failure: Failure,
    certainty: Certainty,
}

impl Signing {
    /// Begins; nothing is asked yet. `seed` is randomness for pages of consent.
    ///
    /// # Errors
    /// What is wrong with the order can be known now.
    pub fn begin(
        provider: Arc<dyn SigningProvider>,
        order: Order,
        pace: Pace,
        seed: Seed,
    ) -> Result<Self, BadOrder> {
        order.check()?;
        let wanted = provider.abilities().wanted;
        if wanted.is_some_and(|it| it != order.wanted) {
            return Err(BadOrder::NotOffered);
        }
        let values = vec![None; order.items.len()];
        Ok(Self {
            provider,
            order,
            pace,
            seed,
            access: None,
            agreement: None,
            page: None,
            code: None,
            part: 0,
            asked: false,
            poll: None,
            poll_at: Duration::ZERO,
            turn: 0,
            renewals: 0,
            flight: None,
            given_up: BTreeMap::new(),
            last_id: 0,
            values,
            bad: BTreeMap::new(),
            end: None,
            last_look: LastLook::NotYet,
            late: Vec::new(),
            troubles: Vec::new(),
        })
    }

    /// What to do now. `elapsed` is the time since the order's beginning.
    ///
    /// A request of purpose [`Purpose::Sign`] is to be made only after the [`checkpoint`](Self::checkpoint) has been
    /// kept, so that a restart knows that it may have been made.
    pub fn next(&mut self, elapsed: Duration) -> Next {
        self.pass_time(elapsed);
        if let Some(flight) = &self.flight {
            return Next::Wait(flight.until.saturating_sub(elapsed));
        }
        if self.end.is_some() {
            return self.last_look(elapsed).map_or(Next::Ended, Next::Ask);
        }
        match self.plan(elapsed) {
            Ok(next) => next,
            Err(failure) => {
                let certainty = self.unasked_or(Certainty::MaybeSigned);
                self.finish_with(failure, certainty);
                self.next(elapsed)
            }
        }
    }

    /// Lets the clock act: answers that did not come, and the deadline.
    fn pass_time(&mut self, elapsed: Duration) {
        if let Some(flight) = self.flight.take_if(|it| it.until <= elapsed) {
            self.given_up.insert(flight.id, flight.purpose);
            let failure = Failure::new(Ending::AnswerLost, "no answer in time");
            self.missed(flight.purpose, failure, elapsed);
        }
        if self.end.is_none() && elapsed >= self.pace.deadline {
            let certainty = self.unasked_or(Certainty::MaybeSigned);
            self.finish_with(Failure::new(Ending::DeadlinePassed, ""), certainty);
        }
    }

    fn unasked_or(&self, asked: Certainty) -> Certainty {
        if self.asked {
            asked
        } else {
            Certainty::NothingSigned
        }
    }

    /// From what is at hand, what is missing.
    fn plan(&mut self, elapsed: Duration) -> Result<Next, Failure> {
        self.access.take_if(|it| it.until <= elapsed);
        if self.access.is_none()
            && let Some(call) = self.provider.access(&self.order.holder)?
        {
            return Ok(self.ask(call, elapsed));
        }
        let access = self.access.as_ref().map(|it| &it.it);
        if let Some(token) = &self.poll {
            if elapsed < self.poll_at {
                return Ok(Next::Wait(self.poll_at.saturating_sub(elapsed)));
            }
            let call = self
                .provider
                .status(&self.batch(elapsed), token, access, self.turn);
            self.turn += 1;
            return Ok(self.ask(call, elapsed));
        }
        if let Some(page) = &self.page {
            let Some(code) = &self.code else {
                return Ok(Next::Browser(page.url.clone()));
            };
            let call = self.provider.redeem(code, &page.verifier);
            let call =
                call.ok_or_else(|| Failure::new(Ending::NotOffered, "no page of consent"))?;
            return Ok(self.ask(call, elapsed));
        }
        self.agreement.take_if(|it| it.until <= elapsed);
        if self.agreement.is_none() {
            let seed = self.seed_of_batch();
            match self.provider.consent(&self.batch(elapsed), access, &seed)? {
                Consent::NotNeeded => {}
                Consent::Ask(call) => return Ok(self.ask(call, elapsed)),
                Consent::Page(page) => {
                    let url = page.url.clone();
                    self.page = Some(page);
                    return Ok(Next::Browser(url));
                }
            }
        }
        let agreement = self.agreement.as_ref().map(|it| &it.it);
        let batch = self.batch(elapsed);
        if agreement.is_some_and(|it| it.covers != batch.fingerprint()) {
            return Err(Failure::new(Ending::DigestNotAuthorized, ""));
        }
        let call = self.provider.sign(&batch, access, agreement)?;
        self.asked = true;
        Ok(self.ask(call, elapsed))
    }

    fn ask(&mut self, call: Call, elapsed: Duration) -> Next {
        self.last_id += 1;
        let id = RequestId(self.last_id);
        let left = self.pace.deadline.saturating_sub(elapsed);
        let waits = matches!(call.purpose, Purpose::Sign | Purpose::Authorize)
            && self.provider.abilities().waits == Waits::ForTheHolder;
        let timeout = if waits {
            left
        } else if self.end.is_some() {
            self.pace.answer
        } else {
            self.pace.answer.min(left)
        };
        self.flight = Some(Flight {
            id,
            purpose: call.purpose,
            until: elapsed.saturating_add(timeout),
        });
        Next::Ask(call.into_request(id, timeout))
    }

    /// After an end that left it open, the status is asked once for the record.
    fn last_look(&mut self, elapsed: Duration) -> Option<HttpRequest> {
        let open = self.end.as_ref()?.certainty == Certainty::MaybeSigned;
        if !open || self.last_look == LastLook::Done {
            return None;
        }
        self.access.take_if(|it| it.until <= elapsed);
        if self.access.is_none()
            && self.last_look == LastLook::NotYet
            && let Ok(Some(call)) = self.provider.access(&self.order.holder)
        {
            self.last_look = LastLook::TokenAsked;
            return self.request(call, elapsed);
        }
        self.last_look = LastLook::Done;
        let batch = self.batch(elapsed);
        let token = self.poll.clone().or_else(|| self.provider.lost(&batch))?;
        let access = self.access.as_ref().map(|it| &it.it);
        let call = self.provider.status(&batch, &token, access, self.turn);
        self.request(call, elapsed)
    }

    fn request(&mut self, call: Call, elapsed: Duration) -> Option<HttpRequest> {
        match self.ask(call, elapsed) {
            Next::Ask(request) => Some(request),
            _ => None,
        }
    }

    /// Takes what came of a request. After the end it is recorded and nothing else.
    pub fn answer(&mut self, id: RequestId, answer: HttpAnswer, elapsed: Duration) {
        let flight = self.flight.take_if(|it| it.id == id);
        let purpose = flight
            .map(|it| it.purpose)
            .or_else(|| self.given_up.remove(&id));
        self.pass_time(elapsed);
        let Some(purpose) = purpose else {
            return;
        };
        let over = self.end.is_some() && purpose != Purpose::Access;
        if over || flight.is_none() {
            // Before the end, what was given up is asked for in another way.
            if self.end.is_some() {
                self.record_late(purpose, answer, elapsed);
            }
            return;
        }
        match reply_of(answer) {
            Ok(reply) => self.take(purpose, &reply, elapsed),
            Err(failure) => self.missed(purpose, failure, elapsed),
        }
    }

    fn take(&mut self, purpose: Purpose, reply: &Reply, elapsed: Duration) {
        let taken = match purpose {
            Purpose::Access => self.provider.read_access(reply).map(|token| {
                let life = token.valid.saturating_sub(SPARE).max(SHORTEST);
                self.access = Some(Held {
                    it: token.value,
                    until: elapsed.saturating_add(life),
                });
            }),
            Purpose::Authorize => self.take_agreement(reply, elapsed),
            Purpose::Sign | Purpose::Status => return self.take_answer(purpose, reply, elapsed),
            _ => Ok(()),
        };
        if let Err(failure) = taken {
            self.refused(purpose, failure, elapsed);
        }
    }

    fn take_agreement(&mut self, reply: &Reply, elapsed: Duration) -> Result<(), Failure> {
        self.page = None;
        self.code = None;
        let agreement = self.provider.read_agreement(&self.batch(elapsed), reply)?;
        self.agreement = Some(Held {
            until: elapsed.saturating_add(agreement.valid),
            it: agreement,
        });
        Ok(())
    }

    fn take_answer(&mut self, purpose: Purpose, reply: &Reply, elapsed: Duration) {
        let batch = self.batch(elapsed);
        let read = if purpose == Purpose::Sign {
            self.provider.read_sign(&batch, reply)
        } else {
            self.provider.read_status(&batch, reply)
        };
        match read {
            Ok(Answered::Done(values)) => self.verify(&values, elapsed),
            Ok(Answered::Pending(token)) => {
                self.poll = token.or_else(|| self.poll.take());
                self.poll_at = elapsed.saturating_add(self.provider.abilities().poll_every);
                if self.poll.is_none() {
                    let failure = Failure::unreadable("it waits, and says not how to ask");
                    self.refused(purpose, failure, elapsed);
                }
            }
            Ok(Answered::Unclear(said)) => {
                self.missed(purpose, Failure::unreadable(&said), elapsed);
            }
            Err(failure) => self.refused(purpose, failure, elapsed),
        }
    }

    /// Something said no.
    fn refused(&mut self, purpose: Purpose, failure: Failure, elapsed: Duration) {
        // Only a token of the service is asked for anew; an agreement is the holder's, and is not asked for twice.
        let renewable = matches!(self.provider.access(&self.order.holder), Ok(Some(_)));
        if failure.renew && renewable && purpose != Purpose::Access && self.renewals < RENEWALS {
            self.renewals += 1;
            self.access = None;
            if purpose == Purpose::Sign {
                self.asked = false;
            }
            self.trouble(purpose, failure, elapsed);
            return;
        }
        let certainty = match purpose {
            Purpose::Sign => failure.ending.certainty(SaidTo::TheRequest),
            Purpose::Status => failure.ending.certainty(SaidTo::AQuestion),
            _ => self.unasked_or(Certainty::MaybeSigned),
        };
        if purpose == Purpose::Sign && certainty == Certainty::MaybeSigned {
            return self.missed(purpose, failure, elapsed);
        }
        self.finish_with(failure, certainty);
    }

    /// Nothing was learnt.
    fn missed(&mut self, purpose: Purpose, failure: Failure, elapsed: Duration) {
        if self.end.is_some() {
            return;
        }
        self.trouble(purpose, failure.clone(), elapsed);
        match purpose {
            // It may have been asked; that it was is not asked twice.
            Purpose::Sign if failure.ending != Ending::NotReached => {
                match self.provider.lost(&self.batch(elapsed)) {
                    Some(token) => {
                        self.poll = Some(token);
                        self.poll_at = elapsed.saturating_add(self.provider.abilities().poll_every);
                    }
                    None => self.finish_with(failure, Certainty::MaybeSigned),
                }
            }
            Purpose::Status => {
                self.poll_at = elapsed.saturating_add(self.provider.abilities().poll_every);
            }
            Purpose::Sign => {
                self.asked = false;
                self.finish_with(failure, Certainty::NothingSigned);
            }
            // Before a running request is asked for again a token is wanted: until the deadline.
            _ if self.poll.is_some() && self.renewals < RENEWALS => self.renewals += 1,
            _ => {
                let certainty = self.unasked_or(Certainty::MaybeSigned);
                self.finish_with(failure, certainty);
            }
        }
    }

    fn trouble(&mut self, purpose: Purpose, failure: Failure, elapsed: Duration) {
        self.troubles.push(Trouble {
            after: elapsed,
            purpose,
            failure,
        });
    }

    /// Values count when the pinned certificate verifies them.
    fn verify(&mut self, values: &[String], elapsed: Duration) {
        let range = self.range();
        let batch = self.batch(elapsed);
        if values.len() != batch.items.len() {
            let failure = Failure::unreadable("not one signature for each digest");
            return self.finish_with(failure, Certainty::MaybeSigned);
        }
        let read: Vec<Result<SignatureValue, ValueError>> = batch
            .items
            .iter()
            .zip(values)
            .map(|(item, value)| batch.expected(item).read(value))
            .collect();
        let mut failure = None;
        for (at, value) in range.zip(read) {
            match value {
                Ok(value) => {
                    if let Some(place) = self.values.get_mut(at) {
                        *place = Some(value);
                    }
                }
                Err(why) => {
                    let ending = ending_of(why);
                    self.bad.insert(at, ending);
                    failure.get_or_insert_with(|| Failure::new(ending, why.to_string()));
                }
            }
        }
        if let Some(failure) = failure {
            return self.finish_with(failure, Certainty::MaybeSigned);
        }
        self.part += 1;
        self.asked = false;
        self.poll = None;
        self.agreement = None;
        self.turn = 0;
        self.renewals = 0;
        if self.range().is_empty() {
            self.finish_with(Failure::new(Ending::Signed, ""), Certainty::Signed);
        }
    }

    fn finish_with(&mut self, failure: Failure, certainty: Certainty) {
        if self.end.is_none() {
            self.end = Some(End { failure, certainty });
            self.agreement = None;
            self.code = None;
            self.page = None;
        }
    }

    fn record_late(&mut self, purpose: Purpose, answer: HttpAnswer, elapsed: Duration) {
        let Ok(reply) = reply_of(answer) else {
            return;
        };
        let batch = self.batch(elapsed);
        let read = match purpose {
            Purpose::Sign => self.provider.read_sign(&batch, &reply),
            Purpose::Status => self.provider.read_status(&batch, &reply),
            _ => return,
        };
        let said = if purpose == Purpose::Sign {
            SaidTo::TheRequest
        } else {
            SaidTo::AQuestion
        };
        let what = match read {
            Ok(Answered::Done(values)) => LateWord::Signatures(values.len()),
            Ok(Answered::Pending(_)) => LateWord::Pending,
            Ok(Answered::Unclear(said)) => LateWord::Other(said),
            Err(failure) if failure.ending.certainty(said) == Certainty::NothingSigned => {
                if let Some(end) = &mut self.end {
                    end.certainty = end.certainty.min(Certainty::NothingSigned);
                }
                LateWord::NothingSigned
            }
            Err(failure) => LateWord::Other(failure.said),
        };
        self.late.push(Late {
            after: elapsed,
            what,
        });
    }

    /// Takes what the holder's browser brought back from the page of consent: the query of the address.
    pub fn returned(&mut self, query: &str, elapsed: Duration) {
        self.pass_time(elapsed);
        let open = self.end.is_none() && self.code.is_none();
        let Some(page) = self.page.as_ref().filter(|_| open) else {
            return;
        };
        match crate::csc::oauth::read_return(query, &page.state) {
            Ok(code) => self.code = Some(code),
            Err(failure) => self.finish_with(failure, Certainty::NothingSigned),
        }
    }

    /// Asks now instead of later. A message of the service that something happened (webhook) leads here: it is a
    /// hint and proves nothing, so nothing in it is read.
    pub fn nudge(&mut self) {
        self.poll_at = Duration::ZERO;
    }

    /// Takes the order back on our side. No service here can be told, so its phone may go on asking; what it still
    /// answers is recorded.
    pub fn cancel(&mut self) {
        let certainty = self.unasked_or(Certainty::MaybeSigned);
        self.finish_with(Failure::new(Ending::Cancelled, ""), certainty);
    }

    /// What to show while the holder decides; `None` after the end.
    pub fn pending(&self) -> Option<Pending> {
        if self.end.is_some() {
            return None;
        }
        let batch = self.batch(Duration::ZERO);
        Some(Pending {
            batch: batch.number + 1,
            batches: batch.of,
            verification_code: batch.verification_code(),
            browser: self
                .page
                .as_ref()
                .filter(|_| self.code.is_none())
                .map(|it| it.url.clone()),
            asked: self.asked,
        })
    }

    /// How it ended; `None` before.
    pub fn outcome(&self) -> Option<Outcome> {
        let end = self.end.as_ref()?;
        let now = self.range();
        let item = |at: usize| match self.values.get(at) {
            Some(Some(value)) => ItemOutcome::Signed(value.clone()),
            _ if now.contains(&at) => ItemOutcome::Failed {
                ending: self.bad.get(&at).copied().unwrap_or(end.failure.ending),
                certainty: end.certainty,
            },
            _ => ItemOutcome::NotAsked,
        };
        Some(Outcome {
            ending: end.failure.ending,
            said: end.failure.said.clone(),
            items: (0..self.order.items.len()).map(item).collect(),
            late: self.late.clone(),
            troubles: self.troubles.clone(),
        })
    }

    /// The order.
    pub fn order(&self) -> &Order {
        &self.order
    }

    fn size(&self) -> usize {
        let most = self.provider.abilities().batch;
        most.min(self.order.multisign).max(1)
    }

    /// The digests of the batch that is at work.
    fn range(&self) -> std::ops::Range<usize> {
        let all = self.order.items.len();
        let from = self.part.saturating_mul(self.size()).min(all);
        from..from.saturating_add(self.size()).min(all)
    }

    fn batch(&self, elapsed: Duration) -> Batch<'_> {
        let items: &[Item] = self.order.items.get(self.range()).unwrap_or_default();
        let seconds = i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX);
        Batch {
            order: &self.order,
            number: self.part,
            of: self.order.items.len().div_ceil(self.size()),
            items,
            at: self.order.started_at.plus_seconds(seconds),
            left: self.pace.deadline.saturating_sub(elapsed),
            code: self.provider.abilities().code,
        }
    }

    /// Each batch has randomness of its own, and cannot be guessed from another's.
    fn seed_of_batch(&self) -> Seed {
        let number = u64::try_from(self.part).unwrap_or(u64::MAX).to_be_bytes();
        let digest = DigestAlgorithm::Sha256.digest_parts(&[self.seed.0.as_slice(), &number]);
        Seed::new(digest.first_chunk().copied().unwrap_or_default())
    }
}

fn ending_of(why: ValueError) -> Ending {
    match why {
        ValueError::NotBase64 | ValueError::NotOneSigner => Ending::Unreadable,
        ValueError::DoesNotVerify => Ending::BadSignature,
        ValueError::OtherCertificate => Ending::OtherCertificate,
        ValueError::OtherForm => Ending::OtherForm,
    }
}
