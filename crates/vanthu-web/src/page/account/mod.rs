//! One's own account (tài khoản): person, posts, certificates, sessions, password.

mod agents;
mod page;
mod password;

use axum::routing::{get, post};

use crate::route::{Asks, Route};

pub(crate) use agents::marks_of;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/account", Asks::Person, || get(page::show)),
    Route::get("/account/agents", Asks::Person, || get(agents::show)),
    Route::post("/account/agents/{id}/end", Asks::Person, || {
        post(agents::end_pairing)
    }),
    Route::get("/account/password", Asks::Person, || get(password::ask)),
    Route::post("/account/password", Asks::Person, || post(password::change)),
    Route::post("/account/sessions/{hash}/end", Asks::Person, || {
        post(page::end_session)
    }),
];
