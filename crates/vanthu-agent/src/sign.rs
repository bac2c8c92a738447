//! From a person's yes to the last signature.
//!
//! The key signs in a thread of its own and puts each signature into a short row; from there they are handed to the server
//! in the same order. So the key does not wait for the network, and of what the server no longer wants, no more than the
//! row is signed in vain. A signature that was not handed over is forgotten: the document stays unsigned.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use vanthu_wire::agent::{
    Algorithm, CancelReason, Consent, ConsentState, ItemState, SubmitSignature,
};
use vanthu_wire::{Base64, Language, Problem};

use crate::consent::Case;
use crate::life::{Life, Over};
use crate::token::{Token, TokenError};
use crate::{Agent, Pin, problems};

/// How many signatures the key may be ahead of the server.
const ROW: usize = 32;
/// How long it is waited before an answer that did not reach the server is given again.
const AGAIN_AFTER: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(3),
];
/// Refusals that end the whole session and not only one document.
const SESSION_IS_OVER: [&str; 4] = [
    "signing-session-expired",
    "signing-session-cancelled",
    "signing-session-used",
    "signing-consent-automatic-refused",
];

/// What the key's thread puts into the row.
struct Made {
    item_id: String,
    value: Result<Vec<u8>, Stopped>,
}

/// Why the key stopped.
enum Stopped {
    Token(TokenError),
    Over(Over),
}

impl Agent {
    /// Signs every document of a case that somebody consented to. The first wrong PIN ends it.
    pub(crate) async fn sign_case(self: Arc<Self>, case: Case, pin: Pin, consent: Consent) {
        let life = Life::begin(Arc::clone(&self.clock), case.session.expires_at);
        let _alone = self.signing.lock().await;
        let problem = self.sign_items(&case, pin, consent, life).await.err();
        let code = problem
            .as_ref()
            .map(|problem| problem.code.clone())
            .unwrap_or_default();
        let state = self.desk.finish(&case.id, problem);
        tracing::info!(
            signing.id = %case.remote.signing_id, ?state, ?consent, code,
            items = case.items.len(), "session answered"
        );
    }

    async fn sign_items(
        &self,
        case: &Case,
        pin: Pin,
        consent: Consent,
        life: Life,
    ) -> Result<(), Problem> {
        let (row, mut made) = mpsc::channel(ROW);
        let life = Arc::new(life);
        let signing = tokio::task::spawn_blocking({
            let (token, life) = (Arc::clone(&self.token), Arc::clone(&life));
            let thumbprint = case.certificate.sha256_thumbprint();
            let items: Vec<_> = case
                .session
                .items
                .iter()
                .map(|item| {
                    let message = item.signed_attributes.as_bytes().to_vec();
                    (item.item_id.clone(), item.algorithm, message)
                })
                .collect();
            move || sign_all(token.as_ref(), &thumbprint, &pin, items, &life, &row)
        });
        let mut ended = Ok(());
        while let Some(Made { item_id, value }) = made.recv().await {
            ended = match value {
                Ok(value) => self.hand_over(case, &item_id, value, consent, &life).await,
                Err(stopped) => Err(self.give_up(case, &item_id, &stopped).await),
            };
            if ended.is_err() {
                break;
            }
        }
        // Whoever signs finds nobody at the end of the row, and closes the key.
        drop(made);
        match signing.await {
            Ok(()) => ended,
            Err(error) => {
                let failed = Stopped::Token(TokenError::Failed(error.to_string()));
                let problem = self.give_up(case, "", &failed).await;
                ended.and(Err(problem))
            }
        }
    }

    /// Hands one signature to the server. An answer that is lost is given again: the server takes the same signature twice
    /// for one.
    async fn hand_over(
        &self,
        case: &Case,
        item_id: &str,
        value: Vec<u8>,
        consent: Consent,
        life: &Life,
    ) -> Result<(), Problem> {
        let answer = SubmitSignature {
            signature: Base64(value),
            consent,
        };
        let mut waits = AGAIN_AFTER.into_iter();
        let problem = loop {
            let Err(problem) = case.remote.submit(item_id, &answer).await else {
                self.desk.note(&case.id, item_id, ItemState::Signed, None);
                return Ok(());
            };
            if !may_be_lost(&problem) {
                break problem;
            }
            let Some(wait) = waits.next().filter(|_| life.over().is_none()) else {
                break problems::outcome_unknown(case.remote.language, &case.remote.server);
            };
            pause(wait).await;
        };
        tracing::warn!(
            signing.id = %case.remote.signing_id, item.id = item_id, code = %problem.code,
            "the server did not take a signature"
        );
        let is_over = matches!(problem.status, 401 | 404 | 410 | 502)
            || SESSION_IS_OVER.contains(&problem.code.as_ref());
        let noted = Some(problem.clone());
        self.desk.note(&case.id, item_id, ItemState::Failed, noted);
        if is_over { Err(problem) } else { Ok(()) }
    }

    async fn give_up(&self, case: &Case, item_id: &str, why: &Stopped) -> Problem {
        let language = case.remote.language;
        let (reason, problem) = match why {
            Stopped::Token(error) => {
                tracing::warn!(signing.id = %case.remote.signing_id, %error, "the key device did not sign");
                (reason_of(error), problems::token(language, error))
            }
            Stopped::Over(over) => {
                tracing::warn!(signing.id = %case.remote.signing_id, ?over, "the session is over");
                let problem = match over {
                    Over::Expired => problems::expired_midway(language),
                    Over::Slept => problems::slept(language),
                };
                (CancelReason::SessionStopped, problem)
            }
        };
        case.remote.cancel(reason).await;
        // The key that was not opened has signed no document: each is left, none has failed.
        if !item_id.is_empty() {
            let noted = Some(problem.clone());
            self.desk.note(&case.id, item_id, ItemState::Failed, noted);
        }
        problem
    }

    /// The person said no.
    pub(crate) async fn refuse_case(&self, id: &str, language: Language) -> Result<(), Problem> {
        let why = problems::refused_by_user(language);
        let case = self
            .desk
            .end_waiting(id, ConsentState::Refused, why, language)?;
        case.remote.cancel(CancelReason::RefusedByUser).await;
        Ok(())
    }

    /// Nobody answered: ends the case if its time is up.
    pub(crate) async fn expire_if_due(&self, id: &str) {
        let due = self.desk.find(id).filter(|case| {
            case.state == ConsentState::Waiting && case.deadline <= self.clock.now()
        });
        let Some(language) = due.map(|case| case.remote.language) else {
            return;
        };
        let why = problems::expired(language);
        if let Ok(case) = self
            .desk
            .end_waiting(id, ConsentState::Expired, why, language)
        {
            case.remote.cancel(CancelReason::ConsentExpired).await;
        }
    }
}

/// What the server is told when a key device does not sign.
pub(crate) fn reason_of(error: &TokenError) -> CancelReason {
    match error {
        TokenError::WrongPin { .. } => CancelReason::WrongPin,
        TokenError::Locked => CancelReason::DeviceLocked,
        TokenError::NotHere => CancelReason::CertificateNotHere,
        TokenError::Removed | TokenError::OtherDevice | TokenError::SessionLost => {
            CancelReason::DeviceRemoved
        }
        TokenError::PinExpired
        | TokenError::Busy
        | TokenError::Silent
        | TokenError::Unsupported(_)
        | TokenError::Failed(_) => CancelReason::DeviceFailed,
    }
}

/// Opens the key, with the PIN that is tried once, and signs one message after the other until something is wrong or
/// nobody takes the signatures any more. The PIN and the key are gone when this ends, however it ends.
fn sign_all(
    token: &dyn Token,
    thumbprint: &str,
    pin: &Pin,
    items: Vec<(String, Algorithm, Vec<u8>)>,
    life: &Life,
    row: &mpsc::Sender<Made>,
) {
    let stop = |item_id: String, why: Stopped| {
        let value = Err(why);
        // Nobody may be there to hear of it.
        let _told = row.blocking_send(Made { item_id, value });
    };
    if let Some(over) = life.over() {
        return stop(String::new(), Stopped::Over(over));
    }
    let mut key = match token.open(thumbprint, pin) {
        Ok(key) => key,
        Err(error) => return stop(String::new(), Stopped::Token(error)),
    };
    for (item_id, algorithm, message) in items {
        if let Some(over) = life.over() {
            return stop(item_id, Stopped::Over(over));
        }
        match key.sign(algorithm, &message) {
            Ok(value) => {
                let value = Ok(value);
                if row.blocking_send(Made { item_id, value }).is_err() {
                    return;
                }
            }
            Err(error) => return stop(item_id, Stopped::Token(error)),
        }
    }
}

/// True when the server may have taken the signature although it did not say so, or will take it in a moment.
fn may_be_lost(problem: &Problem) -> bool {
    problem.status >= 500 && problem.status != 507
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server is asked again after a while; there is nothing else to wait for"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
