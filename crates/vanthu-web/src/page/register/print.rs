//! A register as PDF, to be printed, signed for and bound.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use vanthu_app::register::print::print;

use super::{Asked, chosen};
use crate::api::hand_out;
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The PDF.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let chosen = chosen(&web, &who, &id, &asked).await?;
    Ok(hand_out(
        print(&web.app, who.caller(), chosen.stretch).await?,
    ))
}
