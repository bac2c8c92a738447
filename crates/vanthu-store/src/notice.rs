//! Notices to a person (thông báo).

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::id::{NoticeId, PersonId};

use crate::db::Tx;
use crate::error::Result;
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::{args, record};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// The identifier.
    pub notice_id: NoticeId,
    /// To whom.
    pub person_id: PersonId,
    /// What it says, by the code of its text.
    pub code: String,
    /// What goes into the text.
    pub args: Value,
    /// The page it leads to.
    pub link: String,
    /// When.
    pub at: Moment,
    /// When it was read.
    pub read_at: Option<Moment>,
}

record!(NoticeRow, "notices", [notice_id]; notice_id, person_id, code, args, link, at, read_at);

/// Inserts a notice.
pub async fn insert(tx: &mut Tx, notice: &NoticeRow) -> Result<()> {
    tx.insert(notice).await
}

/// A person's notices, the youngest first.
pub async fn list(
    tx: &mut Tx,
    person_id: &PersonId,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<NoticeRow>> {
    let limit = bounded(limit);
    let mut clause = Where::new();
    clause.equals("person_id", Some(person_id));
    if let Some(cursor) = after {
        clause.below(cursor, "at", "notice_id")?;
    }
    let (text, args) = clause.build();
    let rest = format!(
        "{text} ORDER BY at DESC, notice_id DESC LIMIT {}",
        limit + 1
    );
    let items = tx.list(&rest, args).await?;
    Ok(Page::cut(items, limit, |notice: &NoticeRow| {
        Cursor::new(&[
            notice.at.unix_micros().to_string(),
            notice.notice_id.to_string(),
        ])
    }))
}

/// How many a person has not read.
pub async fn count_unread(tx: &mut Tx, person_id: &PersonId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM notices WHERE person_id = $1 AND read_at IS NULL";
    tx.number(sql, args![person_id]).await
}

/// Marks one of a person's notices as read.
pub async fn mark_read(
    tx: &mut Tx,
    person_id: &PersonId,
    notice_id: &NoticeId,
    now: Moment,
) -> Result<()> {
    let sql = "UPDATE notices SET read_at = $3 \
               WHERE notice_id = $2 AND person_id = $1 AND read_at IS NULL";
    tx.run(sql, args![person_id, notice_id, now]).await?;
    Ok(())
}

/// Marks all of a person's notices as read; tells how many were not.
pub async fn mark_all_read(tx: &mut Tx, person_id: &PersonId, now: Moment) -> Result<u64> {
    let sql = "UPDATE notices SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL";
    tx.run(sql, args![person_id, now]).await
}
