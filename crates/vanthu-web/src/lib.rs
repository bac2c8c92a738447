//! Pages, JSON API, agent door: how people and programs reach the actions.
//!
//! Handlers translate between HTTP and the actions of `vanthu-app`; they open no transaction and
//! hold no rule. All routes stand in [`router`]. One page a file, its template at the same path
//! under `templates/`.

pub mod agent_door;
pub mod api;
pub mod asset;
pub mod error;
pub mod events;
pub mod page;
pub mod practice_door;
pub mod security;
pub mod session;
pub mod state;
pub mod texts;
pub mod view;

pub use state::Web;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

/// No request is larger; each entrance has its own, smaller limit.
const LARGEST_REQUEST_BYTES: usize = 80 * 1024 * 1024;

/// All routes with everything around them.
pub fn router(web: Web) -> Router {
    let compressed = SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::SSE);
    Router::new()
        .merge(page::routes())
        .merge(api::routes())
        .merge(agent_door::routes())
        .merge(practice_door::routes())
        .merge(events::routes())
        .route("/static/{*path}", get(asset::serve))
        .route("/health", get(health))
        .fallback(page::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST_BYTES))
        .layer(from_fn_with_state(web.clone(), page::dress_errors))
        .layer(from_fn_with_state(web.clone(), session::protect))
        .layer(from_fn_with_state(web.clone(), security::rate_limit))
        .layer(from_fn(security::headers))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(CatchPanicLayer::new())
        .with_state(web)
}

/// Whether the database answers.
async fn health(
    axum::extract::State(web): axum::extract::State<Web>,
) -> Result<&'static str, error::WebError> {
    web.app
        .store
        .ping()
        .await
        .map_err(vanthu_app::AppError::from)?;
    Ok("ok\n")
}
