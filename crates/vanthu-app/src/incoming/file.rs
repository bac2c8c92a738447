//! The files of an incoming document, for those who may see it.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{FileId, IncomingId};
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::file;

use crate::incoming::load_for;
use crate::outgoing::view::Handed;
use crate::{App, AppError, Caller};

/// Which file of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The document itself.
    Main,
    /// An attached file.
    File(FileId),
    /// The frozen report of the examination, as JSON.
    Report,
}

/// The file. That somebody took it out is recorded.
///
/// Clause: TG-5.1
pub async fn open_file(
    app: &App,
    caller: &Caller,
    id: &IncomingId,
    which: &Which,
) -> Result<Handed, AppError> {
    let mut tx = app.store.read().await?;
    let (row, _) = load_for(&mut tx, caller, id).await?;
    let not_found = || AppError::refused(RefusalCode::NotFound);
    let base = row.notation.replace('/', "-");
    let (name, media_type, blob) = match which {
        Which::Main => (
            format!("{base}.pdf"),
            "application/pdf".to_owned(),
            row.main_blob,
        ),
        Which::Report => {
            let blob = row.report_blob.ok_or_else(not_found)?;
            (
                format!("{base}-kiem-tra.json"),
                "application/json".to_owned(),
                blob,
            )
        }
        Which::File(file_id) => {
            let files = file::list(&mut tx, id.as_str()).await?;
            let found = files
                .into_iter()
                .find(|f| f.file_id == *file_id)
                .ok_or_else(not_found)?;
            (found.name, found.media_type, found.sha256)
        }
    };
    drop(tx);
    let bytes = app.store.blobs().get(&blob).await?;
    let mut work = app.begin(caller).await?;
    let data = json!({"name": name, "sha256": blob});
    work.record(Act::FileOpened, id, &[], data).await?;
    work.commit().await?;
    Ok(Handed {
        name,
        media_type,
        bytes,
        sha256: blob,
    })
}
