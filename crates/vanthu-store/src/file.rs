//! Files of a document: attachments, the main file, the verification report.

use vanthu_domain::Moment;
use vanthu_domain::id::FileId;

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record, words};

words! {
    /// What a file is to its document.
    FileRole {
        /// Comes with it (tài liệu kèm theo).
        Attachment = "attachment",
        /// Is the document itself.
        Main = "main",
        /// Tells how it was verified.
        Report = "report",
    }
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The identifier.
    pub file_id: FileId,
    /// The document, outgoing or incoming, by its identifier.
    pub owner_id: String,
    /// What it is to the document.
    pub role: FileRole,
    /// Its name, as people see it.
    pub name: String,
    /// Its media type, as found by looking at it.
    pub media_type: String,
    /// Its size.
    pub bytes: i64,
    /// The blob.
    pub sha256: String,
    /// How many pages it has, where that is known.
    pub pages: Option<u32>,
    /// Its place among the document's files.
    pub position: u32,
    /// When it was added.
    pub created_at: Moment,
}

record!(
    FileRow, "files", [file_id];
    file_id, owner_id, role, name, media_type, bytes, sha256, pages, position, created_at
);

/// Inserts a file.
pub async fn insert(tx: &mut Tx, file: &FileRow) -> Result<()> {
    tx.insert(file).await
}

/// The file, where there is one.
pub async fn update(tx: &mut Tx, file: &FileRow) -> Result<()> {
    tx.update(file, &[]).await
}

/// The file, where there is one.
pub async fn find(tx: &mut Tx, file_id: &FileId) -> Result<Option<FileRow>> {
    tx.first("WHERE file_id = $1", args![file_id]).await
}

/// The file, which must be there.
pub async fn load(tx: &mut Tx, file_id: &FileId) -> Result<FileRow> {
    find(tx, file_id)
        .await?
        .ok_or_else(|| missing::<FileRow>(file_id))
}

/// The files of a document in their order.
pub async fn list(tx: &mut Tx, owner_id: &str) -> Result<Vec<FileRow>> {
    tx.list(
        "WHERE owner_id = $1 ORDER BY position, file_id",
        args![owner_id],
    )
    .await
}

/// Takes a file off its document. Its blob stays until it is swept.
pub async fn remove(tx: &mut Tx, file_id: &FileId) -> Result<()> {
    match tx
        .run("DELETE FROM files WHERE file_id = $1", args![file_id])
        .await?
    {
        1 => Ok(()),
        _ => Err(missing::<FileRow>(file_id)),
    }
}
