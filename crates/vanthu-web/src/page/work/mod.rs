//! Work (việc): lists of lines, and what their holders and givers do with them.

mod acts;
mod list;

use axum::routing::{get, post};

use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/work", Asks::Person, || get(list::show)),
    Route::post("/lines/{id}/start", Asks::May(&[Action::StartLine]), || {
        post(acts::start)
    }),
    Route::post("/lines/{id}/read", Asks::May(&[Action::ReadLine]), || {
        post(acts::read)
    }),
    Route::post(
        "/lines/{id}/finish",
        Asks::May(&[Action::FinishLine]),
        || post(acts::finish),
    ),
    Route::post(
        "/lines/{id}/assign",
        Asks::May(&[Action::AssignLine]),
        || post(acts::assign),
    ),
    Route::post(
        "/lines/{id}/give-back",
        Asks::May(&[Action::ReturnLine]),
        || post(acts::give_back),
    ),
    Route::post(
        "/lines/{id}/take-back",
        Asks::May(&[Action::TakeBackLine]),
        || post(acts::take_back),
    ),
    Route::post(
        "/lines/{id}/ask-extension",
        Asks::May(&[Action::AskExtension]),
        || post(acts::ask_extension),
    ),
    Route::post(
        "/extensions/{id}/decide",
        Asks::May(&[Action::DecideExtension]),
        || post(acts::decide_extension),
    ),
];
