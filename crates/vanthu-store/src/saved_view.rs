//! Lists that people keep under a name (bộ lọc đã lưu): filters and order.

use vanthu_domain::Moment;
use vanthu_domain::id::{AgencyId, PersonId, SavedViewId};

use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, args, record, words};

words! {
    /// Which lists: what a person works on, what arrives, what is issued.
    Section {
        /// Lines (việc).
        Work = "work",
        /// Incoming documents (văn bản đến).
        Incoming = "incoming",
        /// Outgoing documents (văn bản đi).
        Outgoing = "outgoing",
    }
}

/// A kept list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedViewRow {
    /// The identifier.
    pub view_id: SavedViewId,
    /// Whose it is.
    pub person_id: PersonId,
    /// The agency for which the person acts with it.
    pub agency_id: AgencyId,
    /// Which lists it narrows.
    pub section: Section,
    /// Its name.
    pub name: String,
    /// Tile, filters and order as pairs of JSON: `[["kind","plan"],["due","overdue"]]`.
    pub query: String,
    /// Whether the section opens with it; one in each section at most.
    pub opens_first: bool,
    /// Its version.
    pub version: i64,
    /// When it was kept.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    SavedViewRow, "saved_views", [view_id];
    view_id, person_id, agency_id, section, name, query, opens_first, version, created_at,
    updated_at
);

/// Keeps a list. A name that the person uses there already is a conflict over `name`.
pub async fn insert(tx: &mut Tx, view: &SavedViewRow) -> Result<()> {
    tx.insert(view).await
}

/// One of a person's lists; another's is not there.
pub async fn find(
    tx: &mut Tx,
    person_id: &PersonId,
    view_id: &SavedViewId,
) -> Result<Option<SavedViewRow>> {
    let rest = "WHERE view_id = $1 AND person_id = $2";
    tx.first(rest, args![view_id, person_id]).await
}

/// A person's lists in an agency, in the order in which they were kept.
pub async fn list(
    tx: &mut Tx,
    person_id: &PersonId,
    agency_id: &AgencyId,
) -> Result<Vec<SavedViewRow>> {
    tx.list(
        "WHERE person_id = $1 AND agency_id = $2 ORDER BY created_at, view_id",
        args![person_id, agency_id],
    )
    .await
}

/// Writes a list anew and counts its version up. Where somebody changed it since it was read, that
/// is a conflict and nothing happens.
pub async fn update(tx: &mut Tx, view: &mut SavedViewRow) -> Result<()> {
    let read = view.version;
    view.version = read.saturating_add(1);
    let done = tx.update(view, &[("version", read.arg())]).await;
    if done.is_err() {
        view.version = read;
    }
    done
}

/// Lets no list of a section open first.
pub async fn clear_first(
    tx: &mut Tx,
    person_id: &PersonId,
    agency_id: &AgencyId,
    section: Section,
) -> Result<()> {
    let sql = "UPDATE saved_views SET opens_first = 0, version = version + 1 \
               WHERE person_id = $1 AND agency_id = $2 AND section = $3 AND opens_first = 1";
    tx.run(sql, args![person_id, agency_id, section]).await?;
    Ok(())
}

/// Gives a list up; tells whether it was there.
pub async fn delete(tx: &mut Tx, view_id: &SavedViewId) -> Result<bool> {
    let sql = "DELETE FROM saved_views WHERE view_id = $1";
    Ok(tx.run(sql, args![view_id]).await? == 1)
}
