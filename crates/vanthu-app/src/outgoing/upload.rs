//! A finished PDF takes the place of a typeset body; number, date and signature places are found
//! in its text, shown, and can be moved.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::filetype::FileType;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_layout::{FoundDate, FoundPlaces, PlaceOnPage, find_places};
use vanthu_store::outgoing::Source;

use crate::outgoing::attach::{intake, may_edit};
use crate::signing::paper::{DateForm, PaperPlaces};
use crate::{App, AppError, Caller, verify};

/// What became of an upload.
#[derive(Debug, Clone)]
pub struct Uploaded {
    /// The draft's new version.
    pub version: i64,
    /// The places that were found; missing ones are to be set by hand.
    pub found: FoundPlaces,
}

/// Takes the PDF in as the draft's paper.
///
/// Clause: AG-13.1
pub async fn upload(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Uploaded, AppError> {
    may_edit(app, caller, id).await?;
    let taken = intake(app, caller, name, &bytes).await?;
    if taken.file_type != FileType::Pdf {
        return Err(Refusal::new(RefusalCode::FileTypeNotAllowed)
            .with("file", &taken.name)
            .with("allowed", "pdf")
            .into());
    }
    if verify::facts_of(&bytes, &taken.name)?.is_signed() {
        return Err(AppError::refused(RefusalCode::DocumentFrozen));
    }
    let copy = bytes.clone();
    let found = tokio::task::spawn_blocking(move || find_places(&copy))
        .await
        .map_err(|e| AppError::fault("find places", e))?
        .map_err(|e| {
            Refusal::new(RefusalCode::FileDamaged)
                .with("file", &taken.name)
                .with("why", e)
        })?;
    let places = complete(&found);
    let blob = app.store.blobs().put(bytes, app.now()).await?;
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::Edit, seen_version).await?;
    row.source = Source::Upload;
    row.current_blob = Some(blob.clone());
    row.pages = taken.pages.unwrap_or(0);
    row.places = places.map(|p| json!(p));
    super::keep(&mut work, &mut row).await?;
    let data = json!({"name": taken.name, "sha256": blob});
    work.record(Act::DraftUploaded, id, &[], data).await?;
    work.commit().await?;
    Ok(Uploaded {
        version: row.version,
        found,
    })
}

/// Sets the places by hand, in PDF points.
pub async fn place(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
    places: PaperPlaces,
) -> Result<i64, AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::Edit, seen_version).await?;
    let on_paper = |place: &PlaceOnPage| {
        let r = place.rect;
        let sane = [r.x0, r.y0, r.x1, r.y1]
            .iter()
            .all(|v| v.is_finite() && v.abs() < 20_000.0);
        sane && r.x1 > r.x0 && r.y1 > r.y0 && place.page < row.pages.max(1)
    };
    if ![&places.number, &places.signature]
        .into_iter()
        .chain(&places.date)
        .all(on_paper)
    {
        return Err(AppError::refused(RefusalCode::NoPlacesFound));
    }
    row.places = Some(json!(places));
    super::keep(&mut work, &mut row).await?;
    work.commit().await?;
    Ok(row.version)
}

/// Goes back to the typeset body.
pub async fn typeset_again(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
) -> Result<i64, AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::Edit, seen_version).await?;
    row.source = Source::Typeset;
    row.current_blob = None;
    row.places = None;
    row.pages = 0;
    super::keep(&mut work, &mut row).await?;
    work.commit().await?;
    Ok(row.version)
}

/// All three places, where all were found.
fn complete(found: &FoundPlaces) -> Option<PaperPlaces> {
    let (date, month, date_form) = match found.date.as_ref()? {
        FoundDate::Whole { place } => (*place, None, DateForm::Whole),
        FoundDate::Parts { day, month } => (*day, *month, DateForm::Words),
        FoundDate::Printed => return None,
    };
    Some(PaperPlaces {
        number: found.number?,
        date: Some(date),
        month,
        date_form,
        signature: found.signature?,
    })
}
