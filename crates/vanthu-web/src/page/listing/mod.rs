//! Lists (danh mục) of work, incoming and outgoing documents: tabs, filters, rows, what is done
//! with several rows at once, lists kept under a name, and the list as a file.

mod asked;
mod bulk;
mod filters;
mod sheet;
mod show;
mod views;

use axum::routing::{get, post};
use vanthu_app::listing::Section;
use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};

pub(crate) use sheet::file_of;

/// The routes. Each row of a bulk act asks by itself, and its answer stands in the result.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/incoming", Asks::Person, || get(show::incoming)),
    Route::get("/outgoing", Asks::Person, || get(show::outgoing)),
    Route::get("/work", Asks::Person, || get(show::work)),
    Route::get("/incoming/export/{format}", Asks::Person, || {
        get(sheet::incoming)
    }),
    Route::get("/outgoing/export/{format}", Asks::Person, || {
        get(sheet::outgoing)
    }),
    Route::get("/lines/export/{format}", Asks::Person, || get(sheet::work)),
    Route::post(
        "/incoming/bulk",
        Asks::May(&[Action::Accept, Action::Register]),
        || post(bulk::incoming),
    ),
    Route::post("/lines/bulk", Asks::May(&[Action::ReadLine]), || {
        post(bulk::work)
    }),
    Route::post("/views", Asks::Person, || post(views::save)),
    Route::post("/views/{id}", Asks::Person, || post(views::change)),
];
/// Where the lists of a section stand.
pub(crate) const fn path_of(section: Section) -> &'static str {
    match section {
        Section::Work => "/work",
        Section::Incoming => "/incoming",
        Section::Outgoing => "/outgoing",
    }
}
