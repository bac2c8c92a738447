//! From a person's yes to the last signature.

use std::sync::Arc;

use vanthu_wire::agent::{
    CancelReason, Consent, ConsentState, ItemState, SessionItem, SubmitSignature,
};
use vanthu_wire::{Base64, Language, Problem};

use crate::consent::Case;
use crate::token::{OpenKey, TokenError};
use crate::{Agent, Pin, problems};

/// Answers that end the whole session and not only one document.
const SESSION_IS_OVER: [u16; 4] = [401, 404, 410, 502];

impl Agent {
    /// Signs every document of a case that somebody consented to. The first wrong PIN ends it.
    pub(crate) async fn sign_case(self: Arc<Self>, case: Case, pin: Pin, consent: Consent) {
        let problem = self.sign_items(&case, pin, consent).await.err();
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

    async fn sign_items(&self, case: &Case, pin: Pin, consent: Consent) -> Result<(), Problem> {
        let token = Arc::clone(&self.token);
        let thumbprint = case.certificate.sha256_thumbprint();
        let opened = tokio::task::spawn_blocking(move || token.open(&thumbprint, &pin)).await;
        let mut key = match opened.unwrap_or_else(|error| Err(gone(&error))) {
            Ok(key) => key,
            Err(error) => return Err(self.give_up(case, &error).await),
        };
        for item in &case.session.items {
            let signature;
            (key, signature) = match sign_one(key, item).await {
                Ok(done) => done,
                Err(error) => {
                    let problem = self.give_up(case, &error).await;
                    self.desk.note(
                        &case.id,
                        &item.item_id,
                        ItemState::Failed,
                        Some(problem.clone()),
                    );
                    return Err(problem);
                }
            };
            let answer = SubmitSignature {
                signature: Base64(signature),
                consent,
            };
            match case.remote.submit(&item.item_id, &answer).await {
                Ok(_) => self
                    .desk
                    .note(&case.id, &item.item_id, ItemState::Signed, None),
                Err(problem) => {
                    tracing::warn!(
                        signing.id = %case.remote.signing_id, item.id = %item.item_id,
                        code = %problem.code, "the server did not take a signature"
                    );
                    let over = SESSION_IS_OVER.contains(&problem.status);
                    let noted = Some(problem.clone());
                    self.desk
                        .note(&case.id, &item.item_id, ItemState::Failed, noted);
                    if over {
                        return Err(problem);
                    }
                }
            }
        }
        Ok(())
    }

    async fn give_up(&self, case: &Case, error: &TokenError) -> Problem {
        tracing::warn!(signing.id = %case.remote.signing_id, %error, "the key device did not sign");
        let reason = match error {
            TokenError::WrongPin { .. } => CancelReason::WrongPin,
            TokenError::NotHere => CancelReason::CertificateNotHere,
            _ => CancelReason::DeviceFailed,
        };
        case.remote.cancel(reason).await;
        problems::token(case.remote.language, error)
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

async fn sign_one(
    mut key: Box<dyn OpenKey>,
    item: &SessionItem,
) -> Result<(Box<dyn OpenKey>, Vec<u8>), TokenError> {
    let (algorithm, message) = (item.algorithm, item.signed_attributes.clone());
    tokio::task::spawn_blocking(move || {
        let signature = key.sign(algorithm, message.as_bytes())?;
        Ok((key, signature))
    })
    .await
    .unwrap_or_else(|error| Err(gone(&error)))
}

fn gone(error: &tokio::task::JoinError) -> TokenError {
    TokenError::Failed(error.to_string())
}
