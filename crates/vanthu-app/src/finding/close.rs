//! Somebody looks into a finding, and closes it with a conclusion.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::finding::Conclusion;
use vanthu_domain::id::FindingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::finding::{self, FindingRow};

use super::list::may_see;
use super::object_of;
use crate::device::words;
use crate::{App, AppError, Caller, Work};

/// Takes it up.
pub async fn look_at(app: &App, caller: &Caller, id: &FindingId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id).await?;
    let from = row.state.tag();
    row.state = row
        .state
        .clone()
        .look_at(caller.person_id().clone(), work.now)?;
    finding::update(&mut work.tx, &row, from).await?;
    work.record(Act::FindingLookedAt, id, &[], json!({}))
        .await?;
    work.commit().await
}

/// Closes it.
///
/// Clause: KH-2
pub async fn close(
    app: &App,
    caller: &Caller,
    id: &FindingId,
    conclusion: Conclusion,
    said: &str,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = open(&mut work, caller, id).await?;
    let said = words(said, "Kết luận")?;
    let from = row.state.tag();
    let by = caller.person_id().clone();
    row.state = row
        .state
        .clone()
        .close(by, conclusion, said.clone(), work.now)?;
    finding::update(&mut work.tx, &row, from).await?;
    let data = json!({"conclusion": conclusion.code(), "words": said});
    work.record(Act::FindingClosed, id, &[], data).await?;
    work.commit().await
}

/// Whether the caller may close it, before the form is read.
pub async fn may_close(app: &App, caller: &Caller, id: &FindingId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    open(&mut work, caller, id).await.map(|_| ())
}

async fn open(
    work: &mut Work<'_>,
    caller: &Caller,
    id: &FindingId,
) -> Result<FindingRow, AppError> {
    let missing = || AppError::refused(RefusalCode::NotFound);
    let row = finding::find_locked(&mut work.tx, id)
        .await?
        .ok_or_else(missing)?;
    may_see(caller, &row).map_err(|_| missing())?;
    caller.may(Action::CloseFinding, &object_of(&row))?;
    Ok(row)
}
