//! Work (việc): what holders and givers of lines do with them.

mod acts;

use axum::Router;
use axum::routing::post;

use crate::state::Web;

/// Its routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/lines/{id}/start", post(acts::start))
        .route("/lines/{id}/read", post(acts::read))
        .route("/lines/{id}/finish", post(acts::finish))
        .route("/lines/{id}/assign", post(acts::assign))
        .route("/lines/{id}/give-back", post(acts::give_back))
        .route("/lines/{id}/take-back", post(acts::take_back))
        .route("/lines/{id}/ask-extension", post(acts::ask_extension))
        .route("/extensions/{id}/decide", post(acts::decide_extension))
}
