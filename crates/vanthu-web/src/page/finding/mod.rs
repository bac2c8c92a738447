//! Findings (phát hiện): the list with its filters, one finding, and what is done with it.

mod list;
mod view;

use axum::routing::{get, post};
use vanthu_domain::finding::FindingTag;
use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};
use crate::view::Tone;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/findings", Asks::May(&[Action::ViewFindings]), || {
        get(list::show)
    }),
    Route::get("/findings/{id}", Asks::May(&[Action::ViewFindings]), || {
        get(view::show)
    }),
    Route::post(
        "/findings/{id}/look-at",
        Asks::May(&[Action::CloseFinding]),
        || post(view::look_at),
    ),
    Route::post(
        "/findings/{id}/close",
        Asks::May(&[Action::CloseFinding]),
        || post(view::close),
    ),
];

const fn tone(tag: FindingTag) -> Tone {
    match tag {
        FindingTag::New => Tone::Bad,
        FindingTag::LookedAt => Tone::Warn,
        FindingTag::Closed => Tone::None,
    }
}
