//! The document's PDF, for drawing its pages on the document's own page.

use vanthu_domain::id::IncomingId;

use crate::incoming::load_for;
use crate::{App, AppError, Caller};

/// The PDF, for those who may see the document. What leaves the installation is
/// [`crate::incoming::file::open_file`], and only that is recorded.
pub async fn pdf(app: &App, caller: &Caller, id: &IncomingId) -> Result<Vec<u8>, AppError> {
    let mut tx = app.store.read().await?;
    let (row, _) = load_for(&mut tx, caller, id).await?;
    drop(tx);
    Ok(app.store.blobs().get(&row.main_blob).await?)
}
