//! Work (việc): what holders and givers of lines do with them.

mod acts;

use axum::routing::post;

use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
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
