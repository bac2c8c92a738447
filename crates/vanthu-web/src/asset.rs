//! Our own scripts, styles, fonts and icons, in the program itself: nothing is fetched from elsewhere.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::route::{Asks, Route};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The routes.
pub(crate) const ROUTES: &[Route] = &[Route::get("/static/{*path}", Asks::Nothing, || get(serve))];

/// One built file by its name.
pub async fn serve(Path(path): Path<String>) -> Response {
    let Some((_, bytes)) = ASSETS.iter().find(|(name, _)| *name == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = mime_guess::from_path(&path).first_or_octet_stream();
    let mut response = (*bytes).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.essence_str()) {
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400"),
    );
    response
}

/// The version of the built files, for links that may be cached.
pub fn version() -> &'static str {
    ASSETS
        .iter()
        .find(|(name, _)| *name == "version.txt")
        .and_then(|(_, bytes)| std::str::from_utf8(bytes).ok())
        .map_or("0", str::trim)
}
