//! The document's PDF, for drawing its pages on the document's own page.

use vanthu_domain::id::IncomingId;

use crate::incoming::load_for;
use crate::{App, AppError, Caller};

/// A PDF to be drawn.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The contents.
    pub pdf: Vec<u8>,
    /// Their SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The PDF, for those who may see the document. What leaves the installation is
/// [`crate::incoming::file::open_file`], and only that is recorded.
pub async fn sheet(app: &App, caller: &Caller, id: &IncomingId) -> Result<Sheet, AppError> {
    let mut tx = app.store.read().await?;
    let (row, _) = load_for(&mut tx, caller, id).await?;
    drop(tx);
    Ok(Sheet {
        pdf: app.store.blobs().get(&row.main_blob).await?,
        sha256: row.main_blob,
    })
}
