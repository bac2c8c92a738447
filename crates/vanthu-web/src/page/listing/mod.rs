//! Lists (danh mục) of work, incoming and outgoing documents: tabs, filters, rows, what is done
//! with several rows at once, lists kept under a name, and the list as a file.

mod asked;
mod bulk;
mod filters;
mod sheet;
mod show;
mod views;

use axum::Router;
use axum::routing::{get, post};
use vanthu_app::listing::Section;

use crate::state::Web;

pub(crate) use sheet::file_of;

/// Their routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/incoming", get(show::incoming))
        .route("/outgoing", get(show::outgoing))
        .route("/work", get(show::work))
        .route("/incoming/export/{format}", get(sheet::incoming))
        .route("/outgoing/export/{format}", get(sheet::outgoing))
        .route("/lines/export/{format}", get(sheet::work))
        .route("/incoming/bulk", post(bulk::incoming))
        .route("/lines/bulk", post(bulk::work))
        .route("/views", post(views::save))
        .route("/views/{id}", post(views::change))
}

/// Where the lists of a section stand.
pub(crate) const fn path_of(section: Section) -> &'static str {
    match section {
        Section::Work => "/work",
        Section::Incoming => "/incoming",
        Section::Outgoing => "/outgoing",
    }
}
