//! One confirmed batch: what is checked before the key is opened, and what becomes of each item.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use tokio::sync::mpsc;
use vanthu_wire::sealer::{Answer, Batch, BatchItem, End, MOST_ITEMS, Made, Why, list_of};
use vanthu_wire::{Base64, Digest};

use super::{Sealer, pin_file};
use crate::attributes;
use crate::token::{GoOn, NotSigned, ToSign, TokenError};

/// No batch lies further ahead: a confirmation is good for minutes, and a long batch takes some more.
const FURTHEST: SignedDuration = SignedDuration::from_hours(1);
/// The longest name of a batch, an item or an account.
const MOST_NAME_BYTES: usize = 100;

impl Sealer {
    /// Signs a batch and gives each signature away as it is made; at last says how it ended. What was signed before is given
    /// again, and nothing is signed twice.
    pub async fn seal(self: &Arc<Self>, batch: Batch, answers: mpsc::Sender<Answer>) {
        // Another batch waits for nobody: whoever asks comes again.
        let why = match self.at_work.try_lock() {
            Err(_) => Some(Why::Busy),
            Ok(_alone) => {
                let (sealer, batch, answers) = (Arc::clone(self), batch.clone(), answers.clone());
                let work = move || sealer.seal_alone(&batch, &answers);
                match tokio::task::spawn_blocking(work).await {
                    Ok(done) => done.err(),
                    Err(error) => {
                        tracing::error!(%error, "a batch ended by a fault");
                        Some(Why::DeviceFailed)
                    }
                }
            }
        };
        tracing::info!(
            batch = batch.batch,
            items = batch.items.len(),
            why = why.map(Why::word),
            "batch answered"
        );
        // Nobody may be there to hear of it.
        let _told = answers.send(Answer::Ended(End { why })).await;
    }

    fn seal_alone(&self, batch: &Batch, answers: &mpsc::Sender<Answer>) -> Result<(), Why> {
        self.may_begin(batch)?;
        self.written(|journal, now| journal.begin(batch, now))?;
        let ended = self.seal_rest(batch, answers);
        self.written(|journal, now| journal.ended(&batch.batch, ended.err(), now))?;
        ended
    }

    /// Everything that can be wrong before a PIN is given to anything.
    fn may_begin(&self, batch: &Batch) -> Result<(), Why> {
        if self.journal(|it| it.is_stopped()) {
            return Err(Why::Stopped);
        }
        let names = batch.items.iter().map(|it| it.item.as_str());
        let distinct: BTreeSet<&str> = names.clone().collect();
        let is_name = |it: &str| !it.is_empty() && it.len() <= MOST_NAME_BYTES;
        let well_formed = !batch.items.is_empty()
            && distinct.len() == batch.items.len()
            && names
                .chain([batch.batch.as_str(), &batch.confirmed_by])
                .all(is_name);
        if !well_formed {
            return Err(Why::Malformed);
        }
        if batch.items.len() > self.settings.most_items.min(MOST_ITEMS) {
            return Err(Why::TooMany);
        }
        let known = &self.settings.certificates;
        if !known
            .iter()
            .any(|it| it.eq_ignore_ascii_case(&batch.certificate))
        {
            return Err(Why::OtherCertificate);
        }
        if list(batch) != batch.list {
            return Err(Why::OtherList);
        }
        if self.journal(|it| it.is_used_otherwise(batch)) {
            return Err(Why::ConfirmationUsed);
        }
        let now = self.now();
        if now >= batch.not_after || batch.not_after > now + FURTHEST {
            return Err(Why::Expired);
        }
        Ok(())
    }

    fn seal_rest(&self, batch: &Batch, answers: &mpsc::Sender<Answer>) -> Result<(), Why> {
        let mut rest = Vec::new();
        for item in &batch.items {
            match self.journal(|it| it.made(&batch.batch, &item.item, &item.digest)) {
                Some(value) => give(answers, item, value).map_err(|Gone| Why::Gone)?,
                None => rest.push(item),
            }
        }
        if rest.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let lately = self.journal(|it| it.in_the_last_hour(now));
        if lately.saturating_add(rest.len()) > self.settings.most_per_hour {
            return Err(Why::TooFast);
        }
        let messages = self.looked_at(batch, &rest)?;
        self.sign(batch, &rest, messages, answers)
    }

    /// The key is there, and what it is to sign is the signed attributes of the named digests, bound to its certificate.
    fn looked_at(&self, batch: &Batch, rest: &[&BatchItem]) -> Result<Vec<ToSign>, Why> {
        let survey = self.token.survey().map_err(|error| why_of(&error))?;
        let thumbprint = batch.certificate.to_lowercase();
        let key = survey.find(&thumbprint).ok_or(Why::OtherCertificate)?;
        let device = key.device().ok_or(Why::OtherCertificate)?;
        if !self.settings.is_device(&device.serial) {
            return Err(Why::OtherCertificate);
        }
        let to_sign = |item: &&BatchItem| {
            let (bytes, digest) = (item.attributes.as_bytes(), item.digest.as_bytes());
            attributes::check(bytes, digest, &key.certificate).map_err(|error| {
                tracing::error!(batch = batch.batch, item = item.item, %error, "not what was confirmed");
                Why::DigestMismatch
            })?;
            Ok(ToSign {
                algorithm: item.algorithm,
                bytes: bytes.to_vec(),
            })
        };
        rest.iter().map(to_sign).collect()
    }

    /// Opens the key, with the PIN that is tried once, and signs one item after the other.
    fn sign(
        &self,
        batch: &Batch,
        rest: &[&BatchItem],
        messages: Vec<ToSign>,
        answers: &mpsc::Sender<Answer>,
    ) -> Result<(), Why> {
        let pin = pin_file::read(&self.settings.pin_file).map_err(|error| {
            tracing::error!(path = %self.settings.pin_file.display(), %error, "no PIN");
            Why::PinUnreadable
        })?;
        let opened = self.token.open(&batch.certificate.to_lowercase(), &pin);
        drop(pin);
        let mut key = opened.map_err(|error| self.failed(&error))?;
        let over = Arc::new(AtomicBool::new(false));
        let go_on: GoOn = {
            let (clock, until, over) =
                (Arc::clone(&self.clock), batch.not_after, Arc::clone(&over));
            Arc::new(move || !over.load(Ordering::Acquire) && clock.now() < until)
        };
        let mut items = rest.iter();
        let mut ended = Ok(());
        key.sign_each(messages, &go_on, &mut |outcome| {
            let Some(item) = items.next() else {
                return false;
            };
            ended = match outcome {
                Ok(value) => self.made(batch, item, value, answers),
                Err(NotSigned::Stopped) => Err(Why::Expired),
                Err(NotSigned::Key(error)) => Err(self.failed(&error)),
            };
            over.store(ended.is_err(), Ordering::Release);
            ended.is_ok()
        });
        ended
    }

    /// A signature: into the journal first, then to whoever asked.
    fn made(
        &self,
        batch: &Batch,
        item: &BatchItem,
        value: Vec<u8>,
        answers: &mpsc::Sender<Answer>,
    ) -> Result<(), Why> {
        let (id, name, digest) = (&batch.batch, &item.item, &item.digest);
        self.written(|journal, now| journal.signed_now(id, name, digest, &value, now))?;
        // Who asked is gone: the value stands in the journal for whoever asks again in time.
        give(answers, item, value).map_err(|Gone| Why::Gone)
    }

    /// What a device's answer means. After a wrong PIN nothing is tried again, also not by a new start.
    fn failed(&self, error: &TokenError) -> Why {
        tracing::error!(%error, "the key device did not sign");
        let why = why_of(error);
        if matches!(why, Why::WrongPin | Why::DeviceLocked)
            && let Err(why) = self.written(|journal, now| journal.stop(why, now))
        {
            tracing::error!(%why, "stopped, and that is not written down");
        }
        why
    }

    fn written(
        &self,
        with: impl FnOnce(&mut super::Journal, jiff::Timestamp) -> Result<(), super::BadJournal>,
    ) -> Result<(), Why> {
        let now = self.now();
        self.journal(|it| with(it, now)).map_err(|error| {
            tracing::error!(%error, "the journal can't be written");
            Why::JournalUnwritable
        })
    }
}

/// What the items are together.
fn list(batch: &Batch) -> Digest {
    list_of(batch.items.iter().map(|it| (it.item.as_str(), &it.digest)))
}

/// Nobody takes the answers any more.
struct Gone;

fn give(answers: &mpsc::Sender<Answer>, item: &BatchItem, value: Vec<u8>) -> Result<(), Gone> {
    let made = Made {
        item: item.item.clone(),
        signature: Base64(value),
    };
    answers
        .blocking_send(Answer::Signed(made))
        .map_err(|_| Gone)
}

/// The reason that the server is told.
fn why_of(error: &TokenError) -> Why {
    match error {
        TokenError::WrongPin { .. } => Why::WrongPin,
        TokenError::Locked => Why::DeviceLocked,
        TokenError::NotHere => Why::OtherCertificate,
        TokenError::Removed | TokenError::OtherDevice | TokenError::SessionLost => {
            Why::DeviceRemoved
        }
        TokenError::PinExpired
        | TokenError::Busy
        | TokenError::Silent
        | TokenError::Unsupported(_)
        | TokenError::Failed(_) => Why::DeviceFailed,
    }
}
