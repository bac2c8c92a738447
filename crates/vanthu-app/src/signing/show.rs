//! The file of an item as it will be signed, for the agent that shows it.

use vanthu_domain::id::SigningId;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_signing::Prepared;
use vanthu_store::agency;
use vanthu_store::signing::{self, ItemState, SessionState};

use crate::signing::by_token;
use crate::{App, AppError, Work};

/// Room for what a preparation adds: fields, pictures, the gap of the signature.
const REVISION_BYTES: u64 = 4 * 1024 * 1024;

/// The whole file, with an empty gap where the signature will stand: what the digest of the item was made of. It can
/// be fetched again as long as the session is with the agent.
///
/// Clause: TG-22.1b
pub async fn show(
    app: &App,
    signing_id: &SigningId,
    token: &str,
    item_id: &str,
) -> Result<Vec<u8>, AppError> {
    let mut work = app.begin_system(None).await?;
    let row = by_token(&mut work, signing_id, token).await?;
    if row.state != SessionState::Fetched {
        return Err(AppError::refused(RefusalCode::SigningSessionUsed));
    }
    let item = signing::find_item(&mut work.tx, signing_id, item_id)
        .await?
        .filter(|item| item.state == ItemState::Waiting)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let most = max_file_bytes(app, &mut work, &row.agency_id).await?;
    drop(work);
    let base = app.store.blobs().get(&item.base_blob).await?;
    let prepared = Prepared::from_bytes(&app.store.blobs().get(&item.prepared_blob).await?)
        .map_err(|error| AppError::fault("prepared", error))?;
    let file = prepared.preview(&base);
    if u64::try_from(file.len()).is_ok_and(|bytes| bytes > most) {
        return Err(Refusal::new(RefusalCode::FileTooLarge)
            .with("max", most)
            .into());
    }
    Ok(file)
}

/// Bytes of a file that is handed to an agent, at most: the profile's limit of one file, and room for the revision.
pub(crate) async fn max_file_bytes(
    app: &App,
    work: &mut Work<'_>,
    agency_id: &vanthu_domain::id::AgencyId,
) -> Result<u64, AppError> {
    let of = agency::load(&mut work.tx, agency_id).await?;
    let today = work.today();
    let limit = app
        .profile_of(&of)?
        .number(Setting::MaxFileBytes, today)
        .value;
    Ok(limit.saturating_add(REVISION_BYTES))
}
