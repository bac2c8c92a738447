//! Incoming documents (văn bản đến): the document's page, and what is done with it.

mod acts;
mod files;
pub(crate) mod hands;
mod lines;
mod stage;
pub(crate) mod view;

pub(crate) use acts::required;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Web;

/// Its routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/incoming/{id}", get(view::show))
        .route("/incoming/{id}/fragment/{part}", get(view::fragment))
        .route("/incoming/{id}/accept", post(acts::accept))
        .route("/incoming/{id}/give-back", post(acts::give_back))
        .route("/incoming/{id}/register", post(acts::register))
        .route(
            "/incoming/{id}/accept-and-register",
            post(acts::accept_and_register),
        )
        .route("/incoming/{id}/present", post(acts::present))
        .route("/incoming/{id}/direct", post(acts::direct))
        .route("/incoming/{id}/reply", post(acts::reply))
        .route("/incoming/{id}/file", get(files::main))
        .route("/incoming/{id}/report", get(files::report))
        .route("/incoming/{id}/files/{file_id}", get(files::attached))
        .route("/incoming/{id}/page/{name}", get(files::picture))
}
