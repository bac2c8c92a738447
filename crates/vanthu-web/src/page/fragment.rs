//! Small parts of the frame that fetch themselves again when something changes.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::error::WebError;
use crate::page::{render, shell};
use crate::route::{Asks, Route};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/fragment/menu", Asks::Person, || get(menu)),
    Route::get("/fragment/notices", Asks::Person, || get(notices)),
];

#[derive(Template)]
#[template(path = "fragment/menu.html")]
struct MenuFragment {
    shell: view::Shell,
}

#[derive(Template)]
#[template(path = "fragment/notices.html")]
struct NoticesFragment {
    shell: view::Shell,
}

async fn menu(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let shell = shell::shell(&web, &who, &headers, "", "").await?;
    render(&MenuFragment { shell }, language_of(&headers))
}

async fn notices(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let shell = shell::shell(&web, &who, &headers, "", "").await?;
    render(&NoticesFragment { shell }, language_of(&headers))
}
