//! A session whose key a service holds: the conversation runs as a job, step by step. Where it stands is kept before
//! each request for signatures and after each answer, so that a restart neither asks twice nor forgets that it asked.
//!
//! The deadline is ours. What comes after it, or after the person gave the session up, is recorded and never embedded.
//!
//! Clause: TD-2.3, TG-22.1b, KH-2

mod talk;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{Certificate, SignatureAlgorithm, Time};
use vanthu_remote::{
    BadOrder, ConsentMode, Ending, Holder, Item, Order, Pace, Scal, Seed, Signing, TransactionId,
    Wanted,
};
use vanthu_store::credential::{Agreeing, CredentialRow};
use vanthu_store::remote_signing::{self, RemoteSigningRow};
use vanthu_store::signing::{self, SigningRow};

use crate::service::KeyService;
use crate::{App, AppError, Caller, Work};

pub(crate) use talk::step;

/// The job that carries a conversation on.
pub const SIGN: &str = "sign-at-service";

/// What came in time is verified, time-stamped and embedded in this time after the deadline.
pub(crate) const SPARE_SECONDS: i64 = 60;

/// Conversations of this program that wait for their next step, and what browsers brought back for them. Tokens and
/// agreements live here alone.
#[derive(Debug, Default)]
pub struct Conversations {
    waiting: Mutex<BTreeMap<SigningId, Signing>>,
    returned: Mutex<BTreeMap<SigningId, String>>,
}

impl Conversations {
    fn take(&self, id: &SigningId) -> Option<Signing> {
        open(&self.waiting).remove(id)
    }

    fn keep(&self, id: &SigningId, signing: Signing) {
        open(&self.waiting).insert(id.clone(), signing);
    }

    fn take_return(&self, id: &SigningId) -> Option<String> {
        open(&self.returned).remove(id)
    }

    fn forget(&self, id: &SigningId) {
        open(&self.waiting).remove(id);
        open(&self.returned).remove(id);
    }
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The holder's browser came back from the service's page.
pub(crate) fn brought_back(app: &App, id: &SigningId, query: &str) {
    open(&app.conversations.returned).insert(id.clone(), query.to_owned());
    app.wake.notify_waiters();
}

/// The service's page on which the caller agrees to this session; none where there is nothing to agree to now.
pub(crate) async fn page_of(
    app: &App,
    caller: &Caller,
    id: &SigningId,
) -> Result<Option<String>, AppError> {
    let mut tx = app.store.read().await?;
    let own = signing::find(&mut tx, id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id);
    if own.is_none() {
        return Err(AppError::refused(RefusalCode::NotFound));
    }
    let row = remote_signing::find(&mut tx, id).await?;
    Ok(row.and_then(|it| it.page))
}

/// One file that the service is asked to sign.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WantedItem {
    /// The digest in hexadecimal.
    pub(crate) digest: String,
    /// What the holder may read beside it.
    pub(crate) name: String,
}

/// What a session asks a service for.
pub(crate) struct Asking<'a> {
    pub(crate) session: &'a SigningRow,
    pub(crate) credential: &'a CredentialRow,
    pub(crate) certificate: Certificate,
    pub(crate) wanted: &'a [WantedItem],
    pub(crate) display: &'a str,
    pub(crate) deadline: Moment,
}

impl Asking<'_> {
    pub(crate) fn order(&self) -> Result<Order, AppError> {
        let broken = |what: &str| AppError::fault("remote signing", what);
        let algorithm = SignatureAlgorithm::from_name(&self.credential.algorithm)
            .ok_or_else(|| broken("algorithm"))?;
        let item = |it: &WantedItem| {
            let digest = hex::decode(&it.digest).map_err(|_| broken("digest"))?;
            Ok(Item {
                digest,
                name: it.name.clone(),
            })
        };
        let items = self.wanted.iter().map(item);
        Ok(Order {
            transaction: TransactionId::new(self.session.signing_id.as_str())
                .map_err(|_| broken("transaction"))?,
            holder: Holder::new(&self.credential.holder),
            credential: self.credential.name_there.clone(),
            certificate: self.certificate.clone(),
            algorithm,
            multisign: usize::try_from(self.credential.multisign).unwrap_or(1),
            scal: match self.credential.scal {
                1 => Scal::One,
                _ => Scal::Two,
            },
            consent: match self.credential.consent {
                Agreeing::OnDevice => ConsentMode::OnDevice,
                Agreeing::Page => ConsentMode::Page,
            },
            items: items.collect::<Result<_, AppError>>()?,
            display: self.display.to_owned(),
            wanted: Wanted::Raw,
            started_at: Time::from_unix(self.session.created_at.unix_seconds()),
        })
    }

    pub(crate) fn pace(&self) -> Pace {
        Pace {
            deadline: since(self.session.created_at, self.deadline),
            ..Pace::default()
        }
    }

    /// The conversation at its very beginning.
    pub(crate) fn begin(
        &self,
        app: &App,
        service: &KeyService,
    ) -> Result<Result<Signing, BadOrder>, AppError> {
        let provider = service.provider(app.random());
        Ok(Signing::begin(
            provider,
            self.order()?,
            self.pace(),
            seed(app),
        ))
    }
}

/// The time from one moment to a later one.
pub(crate) fn since(from: Moment, to: Moment) -> std::time::Duration {
    let micros = to.unix_micros().saturating_sub(from.unix_micros());
    std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

pub(crate) fn seed(app: &App) -> Seed {
    let mut bytes = [0; 32];
    app.ports.randomness.fill(&mut bytes);
    Seed::new(bytes)
}

/// The ending of an order that could not be begun.
pub(crate) const fn ending_of(bad: BadOrder) -> Ending {
    match bad {
        BadOrder::CertificateNotInForce => Ending::CertificateUnusable,
        BadOrder::OtherState => Ending::AnswerLost,
        BadOrder::TransactionId
        | BadOrder::Empty
        | BadOrder::DigestLength(_)
        | BadOrder::Algorithm
        | BadOrder::NotOffered => Ending::NotOffered,
    }
}

/// Puts the conversation down beside its session, and into the queue.
pub(crate) async fn put_down(
    work: &mut Work<'_>,
    asking: &Asking<'_>,
    code: String,
) -> Result<(), AppError> {
    let row = RemoteSigningRow {
        signing_id: asking.session.signing_id.clone(),
        credential_id: asking.credential.credential_id.clone(),
        wanted: json!(asking.wanted),
        display: asking.display.to_owned(),
        code,
        deadline: asking.deadline,
        asked: false,
        checkpoint: None,
        page: None,
        ending: None,
        certainty: None,
        said: None,
        late: None,
        settled: None,
        settled_at: None,
        updated_at: work.now,
    };
    remote_signing::insert(&mut work.tx, &row).await?;
    let id = &asking.session.signing_id;
    let payload = json!({"signing_id": id});
    work.enqueue(SIGN, Some(format!("{SIGN}:{id}")), payload)
        .await
}

/// A refusal that names the service.
pub(crate) fn about(code: RefusalCode, service: &str) -> Refusal {
    Refusal::new(code).with("service", service)
}
