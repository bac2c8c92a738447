//! One's own account (tài khoản): person, posts, certificates, sessions, password.

mod page;
mod password;

use axum::routing::{get, post};

use crate::route::{Asks, Route};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/account", Asks::Person, || get(page::show)),
    Route::get("/account/password", Asks::Person, || get(password::ask)),
    Route::post("/account/password", Asks::Person, || post(password::change)),
    Route::post("/account/sessions/{hash}/end", Asks::Person, || {
        post(page::end_session)
    }),
];
