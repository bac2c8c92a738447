//! Lists that a person keeps under a name (bộ lọc đã lưu): filters and order, in one section. They
//! are the person's own; another's are not there.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SavedViewId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text;
use vanthu_store::StoreError;
use vanthu_store::saved_view::{self, SavedViewRow};

use super::{Section, Selection, count_in};
use crate::{App, AppError, Caller, Work};

/// The longest name.
pub const LONGEST_NAME: usize = 60;
/// The most lists that a person keeps in one section.
const MOST: usize = 20;
/// How far a kept list is counted.
pub const COUNTED: u32 = 1000;

/// A kept list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// As it is stored.
    pub row: SavedViewRow,
    /// What it shows; none where it names a value that is no longer known.
    pub selection: Option<Selection>,
    /// How many it holds, up to [`COUNTED`]; none where it can't be shown.
    pub count: Option<i64>,
}

/// What is changed of a kept list; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The version that was seen.
    pub version: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// What it shows; of the same section.
    pub selection: Option<Selection>,
    /// Whether its section opens with it.
    pub opens_first: Option<bool>,
}

/// The caller's kept lists, in the order in which they were kept: those of one section with their
/// counts, or all without.
pub async fn list(
    app: &App,
    caller: &Caller,
    section: Option<Section>,
) -> Result<Vec<SavedView>, AppError> {
    let mut tx = app.store.read().await?;
    let rows = saved_view::list(&mut tx, caller.person_id(), &caller.agency_id).await?;
    let mut views = Vec::new();
    for row in rows {
        if section.is_some_and(|section| section != row.section) {
            continue;
        }
        let selection = selection_of(&row).filter(|one| one.tile.is_none_or(|t| t.is_for(caller)));
        let count = match (&selection, section) {
            (Some(asked), Some(_)) => {
                Some(count_in(&mut tx, app, caller, asked, Some(COUNTED)).await?)
            }
            _ => None,
        };
        views.push(SavedView {
            row,
            selection,
            count,
        });
    }
    Ok(views)
}

/// Keeps a list under a name.
///
/// # Errors
/// `view-name-taken`, `views-full`, and what is wrong with the name.
pub async fn save(
    app: &App,
    caller: &Caller,
    name: &str,
    selection: &Selection,
    opens_first: bool,
) -> Result<SavedViewId, AppError> {
    let name = text::required("Tên bộ lọc", name, LONGEST_NAME)?;
    let mut work = app.begin(caller).await?;
    let all = saved_view::list(&mut work.tx, caller.person_id(), &caller.agency_id).await?;
    let section = selection.section;
    if all.iter().filter(|one| one.section == section).count() >= MOST {
        return Err(Refusal::new(RefusalCode::ViewsFull)
            .with("max", MOST)
            .into());
    }
    let row = SavedViewRow {
        view_id: SavedViewId::new(work.now, work.random()),
        person_id: caller.person_id().clone(),
        agency_id: caller.agency_id.clone(),
        section,
        name,
        query: query_of(selection)?,
        opens_first,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    if opens_first {
        give_way(&mut work, &row).await?;
    }
    let kept = saved_view::insert(&mut work.tx, &row).await;
    unless_taken(kept, &row)?;
    record(&mut work, Act::ViewSaved, &row).await?;
    work.commit().await?;
    Ok(row.view_id)
}

/// Changes one of the caller's kept lists.
///
/// # Errors
/// `not-found` where it is not the caller's; `conflict-version`; `view-name-taken`.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: &SavedViewId,
    change: Change,
) -> Result<SavedViewRow, AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = own(&mut work, caller, id).await?;
    if change.version.is_some_and(|seen| seen != row.version) {
        return Err(AppError::refused(RefusalCode::ConflictVersion));
    }
    if let Some(name) = change.name {
        row.name = text::required("Tên bộ lọc", &name, LONGEST_NAME)?;
    }
    if let Some(selection) = change.selection {
        if selection.section != row.section {
            return Err(AppError::refused(RefusalCode::RequestMalformed));
        }
        row.query = query_of(&selection)?;
    }
    if let Some(opens_first) = change.opens_first {
        if opens_first && !row.opens_first {
            give_way(&mut work, &row).await?;
        }
        row.opens_first = opens_first;
    }
    row.updated_at = work.now;
    let kept = saved_view::update(&mut work.tx, &mut row).await;
    unless_taken(kept, &row)?;
    record(&mut work, Act::ViewChanged, &row).await?;
    work.commit().await?;
    Ok(row)
}

/// Gives one of the caller's kept lists up.
pub async fn delete(app: &App, caller: &Caller, id: &SavedViewId) -> Result<Section, AppError> {
    let mut work = app.begin(caller).await?;
    let row = own(&mut work, caller, id).await?;
    saved_view::delete(&mut work.tx, id).await?;
    record(&mut work, Act::ViewDeleted, &row).await?;
    work.commit().await?;
    Ok(row.section)
}

async fn own(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &SavedViewId,
) -> Result<SavedViewRow, AppError> {
    saved_view::find(&mut work.tx, caller.person_id(), id)
        .await?
        .filter(|row| row.agency_id == caller.agency_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))
}

/// One list of a section opens first.
async fn give_way(work: &mut Work<'_>, row: &SavedViewRow) -> Result<(), AppError> {
    saved_view::clear_first(&mut work.tx, &row.person_id, &row.agency_id, row.section).await?;
    Ok(())
}

fn unless_taken(kept: Result<(), StoreError>, row: &SavedViewRow) -> Result<(), AppError> {
    match kept {
        Err(error) if error.is_taken("saved_views", "name") => {
            Err(Refusal::new(RefusalCode::ViewNameTaken)
                .with("name", &row.name)
                .into())
        }
        other => Ok(other?),
    }
}

/// What a person calls a list, and the words in it, may be content: neither is recorded.
async fn record(work: &mut Work<'_>, act: Act, row: &SavedViewRow) -> Result<(), AppError> {
    let data = json!({"section": row.section.code(), "opens_first": row.opens_first});
    work.record(act, &row.view_id, &[], data).await
}

fn query_of(selection: &Selection) -> Result<String, AppError> {
    serde_json::to_string(&selection.pairs()).map_err(|error| AppError::fault("saved view", error))
}

fn selection_of(row: &SavedViewRow) -> Option<Selection> {
    let pairs: Vec<(String, String)> = serde_json::from_str(&row.query).ok()?;
    let pairs = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Selection::read(row.section, pairs).ok()
}
