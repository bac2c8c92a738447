//! Pages, JSON API, agent door: how people and programs reach the actions.
//!
//! Handlers translate between HTTP and the actions of `vanthu-app`; they open no transaction and
//! hold no rule. All routes stand in [`router`]. One page a file, its template at the same path
//! under `templates/`.

mod act;
pub mod agent_door;
pub mod api;
pub mod asset;
pub mod error;
pub mod events;
pub mod page;
pub mod practice_door;
pub mod report;
pub mod route;
pub mod security;
pub mod session;
pub mod state;
pub mod texts;
mod tool_door;
pub mod view;

pub use state::Web;

use route::{Asks, Part, Route};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

/// No request is larger; each entrance has its own, smaller limit.
const LARGEST_REQUEST_BYTES: usize = 80 * 1024 * 1024;

/// Every route of the server.
pub fn routes() -> Vec<Route> {
    parts().into_iter().flat_map(|part| part.routes).collect()
}

/// All routes with everything around them.
pub fn router(web: Web) -> Router {
    let compressed = SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::SSE);
    parts()
        .into_iter()
        .fold(Router::new(), |router, part| router.merge(part.router()))
        .fallback(page::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST_BYTES))
        .layer(from_fn_with_state(web.clone(), session::protect))
        .layer(from_fn_with_state(web.clone(), security::rate_limit))
        .layer(from_fn_with_state(web.clone(), page::dress_errors))
        .layer(from_fn(security::headers))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(CatchPanicLayer::new())
        .with_state(web)
}

/// The parts of the router. What stands in none of them is not there.
fn parts() -> [Part; 5] {
    let own = [
        page::routes(),
        events::ROUTES.to_vec(),
        asset::ROUTES.to_vec(),
        vec![Route::get("/health", Asks::Nothing, || get(health))],
    ];
    [
        Part {
            routes: own.concat(),
            around: |router| router,
        },
        Part {
            routes: api::routes(),
            around: api::around,
        },
        Part {
            routes: agent_door::routes(),
            around: agent_door::around,
        },
        Part {
            routes: tool_door::ROUTES.to_vec(),
            around: tool_door::around,
        },
        Part {
            routes: practice_door::ROUTES.to_vec(),
            around: practice_door::around,
        },
    ]
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
