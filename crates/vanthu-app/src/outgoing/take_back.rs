//! The drafter takes a submitted draft back before it is signed (rút trình).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;

use crate::{App, AppError, Caller};

/// Takes it back.
pub async fn take_back(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::TakeBack, seen_version).await?;
    row.state = row.state.take_back(work.now)?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    work.record(Act::TakenBack, &row.outgoing_id, &[], json!({}))
        .await?;
    work.commit().await
}
