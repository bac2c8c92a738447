//! Administration (quản trị): the accounts of an agency, and what runs in the background.

mod accounts;
mod jobs;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Web;

/// Its routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/admin/accounts", get(accounts::show).post(accounts::make))
        .route("/admin/accounts/{id}/lock", post(accounts::lock))
        .route("/admin/accounts/{id}/unlock", post(accounts::unlock))
        .route("/admin/jobs", get(jobs::show))
        .route("/admin/jobs/{id}/restart", post(jobs::restart))
}
