//! Incoming documents (văn bản đến): lists, the document's page, and what is done with it.

mod acts;
mod files;
pub(crate) mod hands;
mod lines;
mod list;
mod stage;
pub(crate) mod view;

pub(crate) use acts::required;
pub(crate) use list::Asked;

use axum::routing::{get, post};

use vanthu_domain::permission::Action;

use crate::api::incoming_file as file;
use crate::route::{Asks, Route};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/incoming", Asks::Person, || get(list::show)),
    Route::get("/incoming/{id}", Asks::May(&[Action::ViewIncoming]), || {
        get(view::show)
    }),
    Route::get(
        "/incoming/{id}/fragment/{part}",
        Asks::May(&[Action::ViewIncoming]),
        || get(view::fragment),
    ),
    Route::post(
        "/incoming/{id}/accept",
        Asks::May(&[Action::Accept]),
        || post(acts::accept),
    ),
    Route::post(
        "/incoming/{id}/give-back",
        Asks::May(&[Action::ReturnToSender]),
        || post(acts::give_back),
    ),
    Route::post(
        "/incoming/{id}/register",
        Asks::May(&[Action::Register]),
        || post(acts::register),
    ),
    Route::post(
        "/incoming/{id}/accept-and-register",
        Asks::May(&[Action::Accept]),
        || post(acts::accept_and_register),
    ),
    Route::post(
        "/incoming/{id}/present",
        Asks::May(&[Action::Present]),
        || post(acts::present),
    ),
    Route::post(
        "/incoming/{id}/direct",
        Asks::May(&[Action::Direct]),
        || post(acts::direct),
    ),
    Route::post("/incoming/{id}/reply", Asks::May(&[Action::Reply]), || {
        post(acts::reply)
    }),
    Route::get(
        "/incoming/{id}/file",
        Asks::May(&[Action::ViewIncoming]),
        || get(file::main),
    ),
    Route::get(
        "/incoming/{id}/report",
        Asks::May(&[Action::ViewIncoming]),
        || get(file::report),
    ),
    Route::get(
        "/incoming/{id}/files/{file_id}",
        Asks::May(&[Action::ViewIncoming]),
        || get(file::attached),
    ),
    Route::get(
        "/incoming/{id}/page/{name}",
        Asks::May(&[Action::ViewIncoming]),
        || get(files::picture),
    ),
];
