//! Several documents signed at once: the page before, the confirmation of a batch for the device at the server, and the
//! page after.

mod after;
mod before;
mod confirm;

use axum::routing::{get, post};
use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};

/// The routes. Each document asks by itself; its answer stands on the page.
pub(crate) const ROUTES: &[Route] = &[
    Route::post(
        "/outgoing/sign-many",
        Asks::May(&[Action::Sign, Action::Seal]),
        || post(before::show),
    ),
    Route::get("/signings/{signing_id}", Asks::Person, || get(after::show)),
    Route::get("/signings/{signing_id}/confirm", Asks::Person, || {
        get(confirm::show)
    }),
    Route::post("/signings/{signing_id}/confirm", Asks::Person, || {
        post(confirm::confirm)
    }),
];
