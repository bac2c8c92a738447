//! The pages of an incoming document as pictures. What is handed out as it is (the paper, attachments,
//! the report of its examination), the API hands out too, by the same handlers.

use axum::extract::{Query, State};
use axum::response::Response;
use vanthu_app::incoming::sheet::sheet;
use vanthu_domain::id::IncomingId;

use crate::api::Named;
use crate::error::WebError;
use crate::page::sheets::{self, Drawn};
use crate::session::SignedIn;
use crate::state::Web;

/// One page as a picture.
pub(super) async fn picture(
    State(web): State<Web>,
    who: SignedIn,
    Named((id, name)): Named<(IncomingId, String)>,
    Query(drawn): Query<Drawn>,
) -> Result<Response, WebError> {
    let number = sheets::number_of(&name)?;
    let sheet = sheet(&web.app, who.caller(), &id).await?;
    sheets::picture(sheet.pdf, number, &sheet.sha256, &drawn).await
}
