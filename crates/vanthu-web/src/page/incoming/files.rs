//! The files of an incoming document: the paper, its pages as pictures, attachments, the report of
//! its examination.

use axum::extract::{Path, State};
use axum::response::Response;
use vanthu_app::incoming::file::{Which, open_file};
use vanthu_app::incoming::sheet;
use vanthu_domain::id::{FileId, IncomingId};

use crate::api::hand_out;
use crate::error::WebError;
use crate::page::fields::named;
use crate::page::sheets;
use crate::session::SignedIn;
use crate::state::Web;

/// The PDF.
pub(super) async fn main(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let id: IncomingId = named(&id)?;
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::Main).await?,
    ))
}

/// The report of the examination, as it was frozen.
pub(super) async fn report(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let id: IncomingId = named(&id)?;
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::Report).await?,
    ))
}

/// An attached file.
pub(super) async fn attached(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, file_id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (id, file_id): (IncomingId, FileId) = (named(&id)?, named(&file_id)?);
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::File(file_id)).await?,
    ))
}

/// One page as a picture.
pub(super) async fn picture(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let number = sheets::number_of(&name)?;
    let pdf = sheet::pdf(&web.app, who.caller(), &named(&id)?).await?;
    sheets::picture(pdf, number).await
}
