//! One's own account (tài khoản): person, posts, certificates, sessions, password.

mod agents;
mod page;
mod password;
mod signing;

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
    Route::get("/account/signing", Asks::Person, || get(signing::show)),
    Route::post("/account/signing/look", Asks::Person, || {
        post(signing::look_there)
    }),
    Route::post("/account/signing/link", Asks::Person, || {
        post(signing::link_it)
    }),
    Route::post("/account/signing/{id}/remove", Asks::Person, || {
        post(signing::remove_it)
    }),
    Route::get("/account/signing/go/{service}", Asks::Person, || {
        get(signing::go)
    }),
    Route::get("/account/signing/agree/{signing_id}", Asks::Person, || {
        get(signing::agree)
    }),
    Route::get("/account/signing/return", Asks::Nothing, || {
        get(signing::back)
    }),
    Route::get("/account/signing/returned", Asks::Person, || {
        get(signing::returned)
    }),
    Route::post("/account/sessions/{hash}/end", Asks::Person, || {
        post(page::end_session)
    }),
];
