//! The JSON API: the same actions as the pages, for programs.
//!
//! Each noun has a file with its list of operations. The router and the OpenAPI document are made
//! from these lists. Requests are read strictly, and every refusal is a problem document.

mod agents;
mod credentials;
mod desk;
mod devices;
mod docs;
mod extract;
mod findings;
mod incoming;
mod lines;
mod lists;
mod me;
mod notices;
mod operation;
mod outgoing;
mod registers;
mod shared;
mod sign_in;
mod signing;
mod signing_tool;
mod verify;
mod views;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::error::WebError;
use crate::route::Route;
use crate::state::Web;
use operation::Operation;

pub(crate) use incoming::file as incoming_file;
pub(crate) use outgoing::file as outgoing_file;

pub(crate) use extract::{Asked, Given, Named, hand_out, malformed};

/// What isn't a file is small.
const MOST_JSON_BYTES: usize = 2 * 1024 * 1024;

/// All routes under `/api`.
pub(crate) fn routes() -> Vec<Route> {
    operations().map(Operation::route).collect()
}

/// What lies around them.
pub(crate) fn around(router: Router<Web>) -> Router<Web> {
    router
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(MOST_JSON_BYTES))
}

/// Every operation, noun by noun.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    sign_in::OPERATIONS
        .iter()
        .chain(me::OPERATIONS)
        .chain(desk::OPERATIONS)
        .chain(outgoing::operations())
        .chain(signing::OPERATIONS)
        .chain(signing_tool::OPERATIONS)
        .chain(credentials::OPERATIONS)
        .chain(agents::OPERATIONS)
        .chain(incoming::operations())
        .chain(lines::OPERATIONS)
        .chain(devices::OPERATIONS)
        .chain(findings::OPERATIONS)
        .chain(lists::OPERATIONS)
        .chain(views::OPERATIONS)
        .chain(registers::OPERATIONS)
        .chain(notices::OPERATIONS)
        .chain(verify::OPERATIONS)
        .chain(docs::OPERATIONS)
}

async fn other_method() -> WebError {
    malformed("phương thức HTTP không dùng cho địa chỉ này")
}

#[cfg(test)]
mod tests;
