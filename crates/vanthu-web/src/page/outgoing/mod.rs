//! Pages of outgoing documents (văn bản đi): document, editor, places, versions, files.

mod acts;
mod banner;
mod deliveries;
mod draft_form;
mod edit;
mod edit_fields;
mod files;
mod head;
mod may;
mod new_draft;
mod paper;
mod place;
mod preview;
mod side;
mod signatures;
mod version;
mod view;

pub(in crate::page) use new_draft::new_draft;

use axum::Router;
use axum::routing::{get, post};
use vanthu_app::outgoing::view::OutgoingView;
use vanthu_domain::id::OutgoingId;

use crate::page::show::Say;
use crate::state::Web;

/// Their routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/outgoing", post(acts::create))
        .route("/outgoing/{id}", get(view::page))
        .route("/outgoing/{id}/fragment/{part}", get(view::fragment))
        .route("/outgoing/{id}/edit", get(edit::page))
        .route("/outgoing/{id}/save", post(edit::save))
        .route("/outgoing/{id}/preview", post(preview::preview))
        .route("/outgoing/{id}/submit", post(acts::submit))
        .route("/outgoing/{id}/take-back", post(acts::take_back))
        .route("/outgoing/{id}/approve", post(acts::approve))
        .route("/outgoing/{id}/give-back", post(acts::give_back))
        .route("/outgoing/{id}/comment", post(acts::comment))
        .route("/outgoing/{id}/give-number", post(acts::give_number))
        .route("/outgoing/{id}/void-number", post(acts::void_number))
        .route("/outgoing/{id}/issue", post(acts::issue))
        .route("/outgoing/{id}/withdraw", post(acts::withdraw))
        .route("/outgoing/{id}/resend", post(acts::resend))
        .route("/outgoing/{id}/upload", post(files::upload))
        .route("/outgoing/{id}/typeset", post(files::typeset))
        .route("/outgoing/{id}/place", get(place::page).post(place::save))
        .route("/outgoing/{id}/file", get(files::main))
        .route("/outgoing/{id}/files", post(files::attach))
        .route("/outgoing/{id}/files/{file_id}", get(files::attached))
        .route("/outgoing/{id}/files/{file_id}/remove", post(files::remove))
        .route("/outgoing/{id}/page/{picture}", get(files::picture))
        .route("/outgoing/{id}/versions/{version_id}", get(version::page))
        .route(
            "/outgoing/{id}/versions/{version_id}/take",
            post(version::take),
        )
}

/// The address of a document's page or of something below it.
fn href(id: &OutgoingId, below: &str) -> String {
    if below.is_empty() {
        format!("/outgoing/{id}")
    } else {
        format!("/outgoing/{id}/{below}")
    }
}

/// How a document is spoken of: its number and abstract, or what it is a draft of.
fn title_of(view: &OutgoingView, say: Say) -> String {
    let row = &view.row;
    let subject = if row.subject.is_empty() {
        say.t("(chưa có trích yếu)")
    } else {
        row.subject.clone()
    };
    match row.state.number() {
        Some(number) => format!("{} · {subject}", number.notation),
        None => format!("{}: {subject}", row.kind.name()),
    }
}

/// Whether the paper is a finished PDF that was put in, and not typeset here.
fn is_uploaded(view: &OutgoingView) -> bool {
    view.row.source.code() == "upload"
}
