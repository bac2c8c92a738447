//! Opinions on a draft (ý kiến), kept with it (Decree 30/2020, Appendix VI, part I, III.5a).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{OpinionId, OutgoingId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text;
use vanthu_store::opinion::{self, OpinionKind, OpinionRow};
use vanthu_store::outgoing::OutgoingRow;

use crate::outgoing::save::refuse_secret;
use crate::{App, AppError, Caller, Work};

/// The longest opinion, in characters.
const LONGEST: usize = 4000;

/// Gives an opinion without moving the document.
pub async fn comment(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    words: &str,
) -> Result<(), AppError> {
    if text::clean(words).is_empty() {
        return Err(AppError::refused(RefusalCode::OpinionRequired));
    }
    refuse_secret(app, caller, "comment", words).await?;
    let mut work = app.begin(caller).await?;
    let row = super::open(&mut work, caller, id, Action::Comment, None).await?;
    write_opinion(&mut work, caller, &row, OpinionKind::Comment, words).await?;
    if row.drafter_id != *caller.person_id() {
        let args = json!({"subject": row.subject, "by": caller.full_name});
        work.notify(
            &row.drafter_id,
            "draft-commented",
            args,
            format!("/outgoing/{id}"),
        )
        .await?;
    }
    work.record(Act::Commented, &row.outgoing_id, &[], json!({}))
        .await?;
    work.commit().await
}

/// Keeps words with the document; empty words leave nothing.
pub(crate) async fn write_opinion(
    work: &mut Work<'_>,
    caller: &Caller,
    row: &OutgoingRow,
    kind: OpinionKind,
    words: &str,
) -> Result<(), AppError> {
    let words = text::within("opinion", &text::clean(words), LONGEST)?;
    if words.is_empty() && kind == OpinionKind::Comment {
        return Ok(());
    }
    let new = OpinionRow {
        opinion_id: OpinionId::new(work.now, work.random()),
        outgoing_id: row.outgoing_id.clone(),
        person_id: caller.person_id().clone(),
        kind,
        words,
        at: work.now,
    };
    opinion::insert(&mut work.tx, &new).await?;
    Ok(())
}
