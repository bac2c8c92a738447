//! Lists that the reader keeps under a name: kept, changed, given up. What is refused shows on the
//! list, with the name that was typed.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::listing::saved::{self, Change};
use vanthu_app::listing::{Section, Selection};
use vanthu_domain::id::SavedViewId;
use vanthu_domain::refusal::RefusalCode;

use super::asked::{Asked, Pairs, address};
use super::show::{Refused, page};
use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::session::SignedIn;
use crate::state::Web;

/// `POST /views`
pub(super) async fn save(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let selection = selection_of(&fields)?;
    let name = fields.get("name");
    let first = fields.given("first").is_some();
    match saved::save(&web.app, who.caller(), name, &selection, first).await {
        Ok(id) => Ok(to(&selection, Some(&id), "view-saved")),
        Err(error) => refuse(&web, &who, &headers, selection, None, error, (name, first)).await,
    }
}

/// `POST /views/{id}`
pub(super) async fn change(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: SavedViewId = named(&id)?;
    let selection = selection_of(&fields)?;
    let caller = who.caller();
    let mut wanted = Change {
        version: fields.version(),
        ..Change::default()
    };
    match fields.get("act") {
        "rename" => wanted.name = Some(fields.get("name").to_owned()),
        "filters" => wanted.selection = Some(selection.clone()),
        "first" => wanted.opens_first = Some(true),
        "not-first" => wanted.opens_first = Some(false),
        "delete" => {
            saved::delete(&web.app, caller, &id).await?;
            return Ok(to(&selection, None, "view-deleted"));
        }
        _ => return Err(AppError::refused(RefusalCode::RequestMalformed).into()),
    }
    match saved::change(&web.app, caller, &id, wanted).await {
        Ok(_) => Ok(to(&selection, Some(&id), "view-changed")),
        Err(error) => {
            refuse(
                &web,
                &who,
                &headers,
                selection,
                Some(id),
                error,
                ("", false),
            )
            .await
        }
    }
}

/// The list that the form was on.
fn selection_of(fields: &Fields) -> Result<Selection, AppError> {
    let section = Section::from_code(fields.get("section"))
        .ok_or_else(|| AppError::refused(RefusalCode::RequestMalformed))?;
    // The form's own fields have other names than filters.
    Ok(Selection::read(section, fields.pairs())?)
}

fn to(selection: &Selection, view: Option<&SavedViewId>, done: &str) -> Response {
    Redirect::to(&format!("{}&done={done}", address(selection, view))).into_response()
}

async fn refuse(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    selection: Selection,
    view: Option<SavedViewId>,
    error: AppError,
    (name, first): (&str, bool),
) -> Result<Response, WebError> {
    if !matches!(&error, AppError::Refused(refusal) if refusal.code != RefusalCode::NotFound) {
        return Err(error.into());
    }
    let section = selection.section;
    let mut asked = Asked::read(section, &Pairs::new())?;
    asked.selection = selection;
    asked.view = view;
    let views = saved::list(&web.app, who.caller(), Some(section)).await?;
    let refused = Refused {
        error: WebError(error),
        name: name.to_owned(),
        first,
    };
    page(web, who, headers, &asked, views, Some(refused)).await
}
