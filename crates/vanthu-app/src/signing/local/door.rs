//! The two doors of the whole-file flow. Whoever has an address of a session may use it, a few times to fetch, once to
//! bring, for minutes; there is no cookie, and nothing else is said to whoever has none.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_remote::local::message::{BadUpload, Part, uploaded_file};
use vanthu_remote::local::session::{NotNow, Rejection};
use vanthu_store::signing::{self, SigningRow};
use vanthu_store::tool_signing::{self, ToolSigningRow, ToolState};
use vanthu_store::{certificate, outgoing};

use super::event::applied;
use super::examine::{self, Looked};
use super::{conclude, conclude_anew, elapsed, item_of, keep, kept, rejected, session_of};
use crate::account::session::hash_of;
use crate::signing::show::max_file_bytes;
use crate::signing::take::{Door, Value, take};
use crate::signing::{holding, strange};
use crate::{App, AppError, Work};

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its name, for the tool to show.
    pub file_name: String,
    /// The number that stands in it.
    pub number: String,
    /// The day that stands in it.
    pub day: String,
}

/// The tool fetches the file of an address.
///
/// Clause: TG-22.1b, AG-15.7
pub async fn fetch(app: &App, key: &str, address: Option<&str>) -> Result<Vec<u8>, AppError> {
    if let Some(address) = address {
        // In transactions of its own: what is found stays, whatever becomes of the rest.
        let mut work = app.begin_system(None).await?;
        let (session, ..) = fetched_from(&mut work, key).await?;
        stands(&work, &session)?;
        let holder = certificate::load(&mut work.tx, &session.certificate_id).await?;
        drop(work);
        holding::fetched_from(app, &session, &holder, address).await?;
    }
    let mut work = app.begin_system(None).await?;
    let (session, mut row) = fetched_from(&mut work, key).await?;
    work.act_in(&session);
    stands(&work, &session)?;
    let mut local = kept(&row)?;
    let after = elapsed(&row, work.now);
    local.fetch(key, after).map_err(not_now)?;
    keep(&mut work, &mut row, &local, ToolState::Fetched).await?;
    if let Some(address) = address {
        signing::set_fetched_from(&mut work.tx, &row.signing_id, address).await?;
    }
    let item = item_of(&mut work, &row).await?;
    let data = json!({"event": "fetched", "means": "tool", "item": row.item_id, "sha256": item.prepared_blob});
    let about = [item.outgoing_id.to_string()];
    work.record(Act::SigningOpened, &row.signing_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(app.store.blobs().get(&item.prepared_blob).await?)
}

async fn fetched_from(
    work: &mut Work<'_>,
    key: &str,
) -> Result<(SigningRow, ToolSigningRow), AppError> {
    let row = tool_signing::find_by_download(&mut work.tx, &hash_of(key)).await?;
    locked(work, row).await
}

async fn brought_to(
    work: &mut Work<'_>,
    key: &str,
) -> Result<(SigningRow, ToolSigningRow), AppError> {
    let row = tool_signing::find_by_upload(&mut work.tx, &hash_of(key)).await?;
    locked(work, row).await
}

/// The session first, and then the item as it stands when nobody else changes it.
async fn locked(
    work: &mut Work<'_>,
    row: Option<ToolSigningRow>,
) -> Result<(SigningRow, ToolSigningRow), AppError> {
    let unknown = || AppError::refused(RefusalCode::ToolAddressUnknown);
    let row = row.ok_or_else(unknown)?;
    let session = session_of(work, &row.signing_id).await?;
    let row = tool_signing::find(&mut work.tx, &row.signing_id, &row.item_id)
        .await?
        .ok_or_else(unknown)?;
    Ok((session, row))
}

fn stands(work: &Work<'_>, session: &SigningRow) -> Result<(), AppError> {
    crate::signing::still_open(work, session.clone())
        .map(|_| ())
        .map_err(|_| over("phiên ký đã kết thúc"))
}

fn over(why: &str) -> AppError {
    Refusal::new(RefusalCode::ToolAddressOver)
        .with("why", why)
        .into()
}

fn not_now(why: NotNow) -> AppError {
    match why {
        NotNow::WrongKey | NotNow::NoFile => AppError::refused(RefusalCode::ToolAddressUnknown),
        NotNow::Over => over("đã hết thời gian"),
        NotNow::Already => over("đã nhận một tệp đã ký"),
        NotNow::TooOften => over("tệp đã được tải quá số lần cho phép"),
        NotNow::NotFetched => over("công cụ chưa tải tệp cần ký"),
    }
}

/// Whether a file may be brought to an address now, and how large it may be: asked before a body is read.
pub async fn may_bring(app: &App, key: &str) -> Result<u64, AppError> {
    let mut work = app.begin_system(None).await?;
    let (session, row) = brought_to(&mut work, key).await?;
    stands(&work, &session)?;
    let after = elapsed(&row, work.now);
    kept(&row)?.may_upload(key, after).map_err(not_now)?;
    max_file_bytes(app, &mut work, &session.agency_id).await
}

/// The tool brings a file: it is examined, and takes its place when it is the one that was handed out with exactly the
/// expected signature more. One that is refused ends the session.
///
/// Clause: TG-5.1, AG-13.2, KH-2
pub async fn bring(app: &App, key: &str, parts: &[Part<'_>]) -> Result<Taken, AppError> {
    let most = may_bring(app, key).await?;
    let file = uploaded_file(parts, usize::try_from(most).unwrap_or(usize::MAX))
        .map_err(|why| no_file(why, most))?;
    let mut work = app.begin_system(None).await?;
    let (session, row) = brought_to(&mut work, key).await?;
    let item = item_of(&mut work, &row).await?;
    drop(work);
    let looked = examine::look(app, session.purpose, &row, &item, file).await?;
    let row = judged(app, key, &looked).await?;
    match place(app, &row, &looked, file).await {
        Ok(()) => {}
        Err(AppError::Refused(refusal)) => {
            conclude_anew(app, &row, &refusal, None).await?;
            return Err(AppError::Refused(refusal));
        }
        Err(fault) => return Err(fault),
    }
    applied(app, &row).await?;
    taken(app, &row).await
}

fn no_file(why: BadUpload, most: u64) -> AppError {
    let word = match why {
        BadUpload::TooLarge => {
            return Refusal::new(RefusalCode::FileTooLarge)
                .with("max", most)
                .into();
        }
        BadUpload::NoFile => "không có tệp",
        BadUpload::SeveralFiles => "có nhiều tệp",
        BadUpload::NotPdf => "tệp không phải PDF",
    };
    Refusal::new(RefusalCode::ToolNoFile)
        .with("why", word)
        .into()
}

/// The session takes what the examination found, once: of two files brought at the same time one comes too late.
async fn judged(app: &App, key: &str, looked: &Looked) -> Result<ToolSigningRow, AppError> {
    let mut work = app.begin_system(None).await?;
    let (session, mut row) = brought_to(&mut work, key).await?;
    stands(&work, &session)?;
    let mut local = kept(&row)?;
    let after = elapsed(&row, work.now);
    let verdict = local.uploaded(key, &looked.facts, after).map_err(not_now)?;
    let Err(why) = verdict else {
        keep(&mut work, &mut row, &local, ToolState::Uploaded).await?;
        work.commit().await?;
        return Ok(row);
    };
    row.session = Some(json!(local));
    let item = item_of(&mut work, &row).await?;
    let refusal = match (why, &looked.signer) {
        (Rejection::OtherCertificate, Some(other)) => {
            drop(work);
            let refusal = strange::brought(app, &session, &item, other).await?;
            conclude_anew(app, &row, &refusal, None).await?;
            return Err(refusal.into());
        }
        // Of a broken signature it isn't known who made it.
        (Rejection::OtherCertificate, None) => looked.words(
            Rejection::BadSignature,
            rejected(Rejection::BadSignature, &row),
        ),
        _ => looked.words(why, rejected(why, &row)),
    };
    conclude(work, &session, &row, &refusal, None).await?;
    Err(refusal.into())
}

async fn place(
    app: &App,
    row: &ToolSigningRow,
    looked: &Looked,
    file: &[u8],
) -> Result<(), AppError> {
    let file = examine::stamped(app, file, &looked.field).await?;
    let value = Value {
        signing_id: &row.signing_id,
        item_id: &row.item_id,
        signature: &file,
        door: Door::File,
    };
    take(app, value).await
}

async fn taken(app: &App, row: &ToolSigningRow) -> Result<Taken, AppError> {
    let mut work = app.begin_system(None).await?;
    let item = item_of(&mut work, row).await?;
    let document = outgoing::load(&mut work.tx, &item.outgoing_id).await?;
    let number = document.state.number().filter(|_| row.number.is_some());
    Ok(Taken {
        file_name: super::begin::FILE_NAME.to_owned(),
        number: number.map_or_else(String::new, |it| it.notation.clone()),
        day: number.map_or_else(String::new, |it| it.day.to_string()),
    })
}
