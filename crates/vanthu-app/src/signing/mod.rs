//! Signing sessions (phiên ký): the server prepares, a key elsewhere signs, the server embeds.
//!
//! The server never sees a key or a PIN. A session belongs to one account and one certificate, is
//! fetched once with a one-time secret, lives for minutes, and gives a result per document.

pub mod answer;
pub mod batch;
pub mod cancel;
pub mod ending;
pub mod examine;
pub mod fetch;
pub(crate) mod holding;
pub(crate) mod key;
pub(crate) mod lasting;
pub mod local;
pub mod open;
pub mod paper;
pub mod remote;
pub mod sealer;
pub mod settle;
pub mod show;
pub mod state;
pub(crate) mod strange;
pub(crate) mod take;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::Certificate;
use vanthu_store::certificate::CertificateRow;
use vanthu_store::signing::{self, SigningItemRow};

pub use vanthu_store::remote_signing::{Certainty, Settled};
pub use vanthu_store::signing::{Consent, ItemState, Means, Purpose, SessionState, SigningRow};

use crate::account::session::hash_of;
use crate::{AppError, Work};

/// The item of the document itself; attached files are items by their own identifier.
pub const MAIN_ITEM: &str = "main";

/// The certificate and those above it.
pub(crate) fn certificates_of(
    row: &CertificateRow,
) -> Result<(Certificate, Vec<Certificate>), AppError> {
    let parse = |text: &String| {
        let der = STANDARD
            .decode(text)
            .map_err(|e| AppError::fault("certificate", e))?;
        Certificate::from_der(&der).map_err(|e| AppError::fault("certificate", e))
    };
    let chain = row.chain.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    Ok((parse(&row.der)?, chain))
}

/// The session of an agent's secret, in a state in which it may still be worked on.
pub(crate) async fn by_token(
    work: &mut Work<'_>,
    signing_id: &vanthu_domain::id::SigningId,
    token: &str,
) -> Result<SigningRow, AppError> {
    let row = signing::find_locked(&mut work.tx, signing_id)
        .await?
        .filter(|row| row.means == Means::Agent)
        .filter(|row| crate::verify::same(&row.token_hash, &hash_of(token)))
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    still_open(work, row)
}

/// The session, where it may still be worked on.
pub(crate) fn still_open(work: &Work<'_>, row: SigningRow) -> Result<SigningRow, AppError> {
    match row.state {
        SessionState::Done => Err(AppError::refused(RefusalCode::SigningSessionUsed)),
        SessionState::Cancelled => Err(AppError::refused(RefusalCode::SigningSessionCancelled)),
        SessionState::Expired => Err(AppError::refused(RefusalCode::SigningSessionExpired)),
        SessionState::Open | SessionState::Fetched if work.now > row.expires_at => {
            Err(AppError::refused(RefusalCode::SigningSessionExpired))
        }
        SessionState::Open | SessionState::Fetched => Ok(row),
    }
}

/// Ends a session.
pub(crate) async fn end(
    work: &mut Work<'_>,
    row: &SigningRow,
    state: SessionState,
    result: Option<String>,
) -> Result<(), AppError> {
    let mut ended = row.clone();
    ended.state = state;
    ended.ended_at = Some(work.now);
    ended.result = result;
    Ok(signing::update(&mut work.tx, &ended, row.state).await?)
}

/// Fails each of the items that still waits, and names the documents that they all belong to.
pub(crate) async fn fail_waiting(
    work: &mut Work<'_>,
    items: &[SigningItemRow],
    why: impl Fn(&SigningItemRow) -> Refusal,
) -> Result<Vec<String>, AppError> {
    for item in items.iter().filter(|it| it.state == ItemState::Waiting) {
        let mut failed = item.clone();
        failed.state = ItemState::Failed;
        failed.problem = Some(json!(why(item)));
        failed.at = work.now;
        signing::update_item(&mut work.tx, &failed, ItemState::Waiting).await?;
    }
    let mut about: Vec<String> = items.iter().map(|it| it.outgoing_id.to_string()).collect();
    about.dedup();
    Ok(about)
}

/// Ends every open session of an account.
pub(crate) async fn end_all(
    work: &mut Work<'_>,
    account_id: &vanthu_domain::id::AccountId,
    why: &str,
) -> Result<(), AppError> {
    for row in signing::list_of_account(&mut work.tx, account_id, 200).await? {
        if matches!(row.state, SessionState::Open | SessionState::Fetched) {
            end(work, &row, SessionState::Cancelled, Some(why.to_owned())).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
