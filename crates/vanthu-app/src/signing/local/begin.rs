//! An item's turn: what the page sends to the tool's socket.

use vanthu_domain::Moment;
use vanthu_domain::id::SigningId;
use vanthu_domain::outgoing::GivenNumber;
use vanthu_domain::refusal::RefusalCode;
use vanthu_pki::DigestAlgorithm;
use vanthu_remote::local::message::{FileRequest, MetaData, Operation};
use vanthu_remote::local::session::{DEADLINE, ExpectedUpload, Keys};
use vanthu_remote::local::{LocalSession, digest};
use vanthu_remote::secret::SecretBytes;
use vanthu_remote::{Secret, TransactionId};
use vanthu_signing::Prepared;
use vanthu_store::signing::{self, ItemState, SessionState, SigningItemRow, SigningRow};
use vanthu_store::tool_signing::{self, ToolFlow, ToolSigningRow, ToolState};
use vanthu_store::{certificate, outgoing};

use super::{ends_from, item_of, operation_of, own_session};
use crate::account::session::hash_of;
use crate::signing::remote::seed;
use crate::signing::still_open;
use crate::{App, AppError, Caller, Work};

/// The path of the two doors, behind the installation's address.
pub const DOOR_PATH: &str = "/tool/v1/files";
/// The last part of the address to fetch from: the tool looks at the name's ending.
pub const FILE_NAME: &str = "van-ban.pdf";

/// What the page asks the tool.
#[derive(Debug)]
pub struct ToolTask {
    /// Which way it signs.
    pub flow: ToolFlow,
    /// Where the tool listens.
    pub address: String,
    /// The path of the socket.
    pub path: &'static str,
    /// The one frame to send. It holds one-time addresses, and is given once.
    pub frame: SecretBytes,
    /// After this moment nothing is taken.
    pub deadline: Moment,
}

/// Gives an item its turn, once: its addresses are made and told to the page.
///
/// Clause: TG-22.1b
pub async fn begin(
    app: &App,
    caller: &Caller,
    signing_id: &SigningId,
    item_id: &str,
) -> Result<ToolTask, AppError> {
    let mut work = app.begin(caller).await?;
    let (session, address) = own_session(app, &mut work, caller, signing_id).await?;
    let mut session = still_open(&work, session)?;
    let mut row = tool_signing::find(&mut work.tx, signing_id, item_id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let item = item_of(&mut work, &row).await?;
    if row.state != ToolState::Waiting || item.state != ItemState::Waiting {
        return Err(AppError::refused(RefusalCode::SigningSessionUsed));
    }
    let operation = operation_of(&row)?;
    let frame = match row.flow {
        ToolFlow::Digest => of_digest(app, &item).await?,
        ToolFlow::WholeFile => {
            of_file(app, &mut work, &session, &mut row, &item, operation).await?
        }
    };
    row.state = ToolState::Created;
    row.begun_at = Some(work.now);
    row.updated_at = work.now;
    tool_signing::update(&mut work.tx, &row, ToolState::Waiting).await?;
    let from = session.state;
    session.state = SessionState::Fetched;
    session.expires_at = ends_from(work.now);
    signing::update(&mut work.tx, &session, from).await?;
    let seconds = i64::try_from(DEADLINE.as_secs()).unwrap_or(300);
    let deadline = work.now.plus_seconds(seconds);
    work.commit().await?;
    Ok(ToolTask {
        flow: row.flow,
        address,
        path: operation.path(),
        frame,
        deadline,
    })
}

/// The digest of the signed attributes.
async fn of_digest(app: &App, item: &SigningItemRow) -> Result<SecretBytes, AppError> {
    Ok(digest::frame(&digest_of(app, item).await?.1))
}

/// What was prepared for an item of the digest flow, and what its key signs.
pub(super) async fn digest_of(
    app: &App,
    item: &SigningItemRow,
) -> Result<(Prepared, [u8; 32]), AppError> {
    let prepared = Prepared::from_bytes(&app.store.blobs().get(&item.prepared_blob).await?)
        .map_err(|error| AppError::fault("prepared", error))?;
    let digest = DigestAlgorithm::Sha256.digest(prepared.to_be_signed());
    let digest = digest
        .first_chunk()
        .copied()
        .ok_or_else(|| AppError::fault("prepared", "a digest of another length"))?;
    Ok((prepared, digest))
}

/// Two addresses of which only hashes are kept, and the frame that holds them.
async fn of_file(
    app: &App,
    work: &mut Work<'_>,
    session: &SigningRow,
    row: &mut ToolSigningRow,
    item: &SigningItemRow,
    operation: Operation,
) -> Result<SecretBytes, AppError> {
    let holder = certificate::load(&mut work.tx, &session.certificate_id).await?;
    let expected = ExpectedUpload {
        certificate: holder.record.thumbprint.to_lowercase(),
        issued: row.number.clone().zip(row.day.clone()),
    };
    let name = TransactionId::new(session.signing_id.as_str())
        .map_err(|error| AppError::fault("tool", error))?;
    let (local, keys) = LocalSession::begin(name, operation, expected, &seed(app))
        .map_err(|error| AppError::fault("tool", error))?;
    row.download_hash = Some(hash_of(keys.download.reveal()));
    row.upload_hash = Some(hash_of(keys.upload.reveal()));
    row.session = Some(serde_json::json!(local));
    let document = outgoing::load(&mut work.tx, &item.outgoing_id).await?;
    let (download, upload) = addresses(app, &keys);
    let mut request = FileRequest::new(&download, &upload);
    request.meta_data = vec![MetaData {
        key: "Trích yếu",
        value: &document.subject,
    }];
    let number = document
        .state
        .number()
        .filter(|_| operation != Operation::SignApproved);
    let day = number.map(day_of);
    request.doc_number = number.map(|it| it.notation.as_str());
    request.issued_date = day
        .as_deref()
        .filter(|_| operation == Operation::SignIssued);
    Ok(request.frame())
}

fn addresses(app: &App, keys: &Keys) -> (Secret, Secret) {
    let door = format!("{}{DOOR_PATH}", app.base_url.trim_end_matches('/'));
    let download = format!("{door}/{}/{FILE_NAME}", keys.download.reveal());
    let upload = format!("{door}/{}", keys.upload.reveal());
    (Secret::new(download), Secret::new(upload))
}

/// The day of issue as the tool writes it: ISO 8601 with the offset of Vietnam.
fn day_of(number: &GivenNumber) -> String {
    format!("{}T00:00:00+07:00", number.day.iso())
}
