//! The drafter submits the document (trình): its paper is made, and from here on the body is fixed.

use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{OutgoingId, PersonId};
use vanthu_domain::outgoing::Review;
use vanthu_domain::permission::Action;
use vanthu_store::outgoing::{self, OutgoingRow, Source};
use vanthu_store::person::{self, PostFilter};

use crate::outgoing::letter::{Around, typeset};
use crate::outgoing::save::lacks;
use crate::signing::paper::PaperPlaces;
use crate::{App, AppError, Caller, Work};

/// Submits it to the unit's head, or to the signer where the drafter leads the unit.
///
/// Clause: AG-13.1
pub async fn submit(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
) -> Result<(), AppError> {
    let paper = make_paper(app, caller, id).await?;
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::Submit, seen_version).await?;
    if let Some(paper) = paper {
        if paper.version != row.version {
            return Err(AppError::refused(
                vanthu_domain::refusal::RefusalCode::ConflictVersion,
            ));
        }
        row.current_blob = Some(paper.blob);
        row.pages = paper.pages;
        row.places = Some(paper.places);
    }
    let recipients = outgoing::list_recipients(&mut work.tx, id).await?;
    if let Some(lack) = lacks(&row, &recipients).into_iter().next() {
        return Err(lack.into());
    }
    let review = if caller.actor.leads(&row.unit_id) {
        Review::Skipped
    } else {
        Review::Needed
    };
    row.state = row.state.submit(work.now, review)?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    match review {
        Review::Needed => tell_heads(&mut work, caller, &row).await?,
        Review::Skipped => tell_signer(&mut work, &row).await?,
    }
    let data = json!({"blob": row.current_blob, "pages": row.pages});
    work.record(Act::Submitted, &row.outgoing_id, &[], data)
        .await?;
    work.commit().await
}

struct Paper {
    version: i64,
    blob: String,
    pages: u32,
    places: serde_json::Value,
}

/// Typesets outside the write transaction; an uploaded PDF is its own paper.
async fn make_paper(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
) -> Result<Option<Paper>, AppError> {
    let mut tx = app.store.read().await?;
    let row = super::view::load_for(&mut tx, caller, id).await?;
    // Whoever may not submit it is told so before anything is typeset.
    caller.may(Action::Submit, &super::object_of(&row))?;
    // What is missing is told at once, and an empty paper is never made.
    let recipients = outgoing::list_recipients(&mut tx, id).await?;
    if let Some(lack) = lacks(&row, &recipients).into_iter().next() {
        return Err(lack.into());
    }
    if row.source == Source::Upload {
        return Ok(None);
    }
    let around = Around::load(&mut tx, &row).await?;
    drop(tx);
    let profile = app.profile_of(&around.agency)?;
    let made = typeset(around.letter(&row, profile, app.now().day())?).await?;
    let places = serde_json::to_value(PaperPlaces::from(made.places))
        .map_err(|e| AppError::fault("places", e))?;
    let blob = app.store.blobs().put(made.pdf, app.now()).await?;
    Ok(Some(Paper {
        version: row.version,
        blob,
        pages: made.pages,
        places,
    }))
}

async fn tell_heads(
    work: &mut Work<'_>,
    caller: &Caller,
    row: &OutgoingRow,
) -> Result<(), AppError> {
    let filter = PostFilter {
        agency_id: row.agency_id.clone(),
        unit_id: Some(row.unit_id.clone()),
        roles: vec![Role::UnitHead],
        day: work.today(),
    };
    for head in people(work, &filter).await? {
        let args = json!({"subject": row.subject, "by": caller.full_name});
        work.notify(
            &head,
            "to-review",
            args,
            format!("/outgoing/{}", row.outgoing_id),
        )
        .await?;
    }
    Ok(())
}

/// The people who hold these posts.
pub(crate) async fn people(
    work: &mut Work<'_>,
    filter: &PostFilter,
) -> Result<Vec<PersonId>, AppError> {
    let posts = person::list_posts_where(&mut work.tx, filter).await?;
    Ok(posts.into_iter().map(|post| post.person_id).collect())
}

/// Tells the authorised person that a document waits for the signature.
pub(crate) async fn tell_signer(work: &mut Work<'_>, row: &OutgoingRow) -> Result<(), AppError> {
    if let Some(signer) = row.signer_id.clone() {
        let args = json!({"subject": row.subject});
        work.notify(
            &signer,
            "to-sign",
            args,
            format!("/outgoing/{}", row.outgoing_id),
        )
        .await?;
    }
    Ok(())
}
