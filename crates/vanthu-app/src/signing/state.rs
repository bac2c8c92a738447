//! Where a session stands, for the page that waits for it.

use vanthu_domain::id::{OutgoingId, SigningId};
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::credential;
use vanthu_store::remote_signing::{self, RemoteSigningRow};
use vanthu_store::seal_batch::{self, SealBatchRow};
use vanthu_store::signing::{self, Means, SigningItemRow, SigningRow};
use vanthu_store::tool_signing::{self, ToolSigningRow};

use crate::signing::sealer;
use crate::signing::settle::is_open_question;
use crate::{App, AppError, Caller};

/// A session as its page sees it.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The session.
    pub row: SigningRow,
    /// Its items.
    pub items: Vec<SigningItemRow>,
    /// Its conversation, where a service holds the key.
    pub remote: Option<Conversation>,
    /// Its items with the government's tool, where that signs.
    pub tool: Vec<ToolSigningRow>,
    /// Its batch and the name of the device, where a device at the server signs.
    pub seal: Option<(SealBatchRow, String)>,
}

/// A conversation as its page sees it.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Where it stands.
    pub row: RemoteSigningRow,
    /// The service's name.
    pub service: String,
    /// Whether a person has to say what became of it.
    pub is_open_question: bool,
}

/// The session and its items, for the account that opened it.
pub async fn state(
    app: &App,
    caller: &Caller,
    signing_id: &SigningId,
) -> Result<Progress, AppError> {
    let mut tx = app.store.read().await?;
    let row = signing::find(&mut tx, signing_id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let items = signing::list_items(&mut tx, signing_id).await?;
    let remote = match remote_signing::find(&mut tx, signing_id).await? {
        None => None,
        Some(talk) => {
            let key = credential::load(&mut tx, &talk.credential_id).await?;
            let service = app.key_services().find(&key.service);
            Some(Conversation {
                service: service.map_or(key.service, |it| it.name.clone()),
                is_open_question: is_open_question(&row, &talk, app.now()),
                row: talk,
            })
        }
    };
    let tool = match row.means {
        Means::Tool => tool_signing::list(&mut tx, signing_id).await?,
        Means::Agent | Means::Service | Means::Sim | Means::Sealer => Vec::new(),
    };
    let seal = match row.means {
        Means::Sealer => {
            let batch = seal_batch::load(&mut tx, signing_id).await?;
            let name = sealer::name_of(app, &batch.sealer);
            Some((batch, name))
        }
        Means::Agent | Means::Service | Means::Sim | Means::Tool => None,
    };
    Ok(Progress {
        row,
        items,
        remote,
        tool,
        seal,
    })
}

/// The caller's session with a service that stands in the way of signing a document: under way, or with an end that a
/// person has to find out.
pub async fn standing(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
) -> Result<Option<SigningId>, AppError> {
    let mut tx = app.store.read().await?;
    let rows = remote_signing::list_unsettled(&mut tx, caller.person_id(), id).await?;
    Ok(rows.into_iter().next().map(|row| row.signing_id))
}
