//! One's own account (tài khoản): person, posts, certificates, sessions, password.

mod page;
mod password;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Web;

/// Its routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/account", get(page::show))
        .route(
            "/account/password",
            get(password::ask).post(password::change),
        )
        .route("/account/sessions/{hash}/end", post(page::end_session))
}
