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

use axum::routing::{get, post};
use vanthu_app::outgoing::view::OutgoingView;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;

use crate::api::outgoing_file as file;
use crate::page::show::{Say, subject_of};
use crate::route::{Asks, Route};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::post("/outgoing", Asks::May(&[Action::Draft]), || {
        post(acts::create)
    }),
    Route::get("/outgoing/{id}", Asks::May(&[Action::ViewOutgoing]), || {
        get(view::page)
    }),
    Route::get(
        "/outgoing/{id}/fragment/{part}",
        Asks::May(&[Action::ViewOutgoing]),
        || get(view::fragment),
    ),
    Route::get("/outgoing/{id}/edit", Asks::May(&[Action::Edit]), || {
        get(edit::page)
    }),
    Route::post("/outgoing/{id}/save", Asks::May(&[Action::Edit]), || {
        post(edit::save)
    }),
    Route::post("/outgoing/{id}/preview", Asks::May(&[Action::Edit]), || {
        post(preview::preview)
    }),
    Route::post(
        "/outgoing/{id}/submit",
        Asks::May(&[Action::Submit]),
        || post(acts::submit),
    ),
    Route::post(
        "/outgoing/{id}/take-back",
        Asks::May(&[Action::TakeBack]),
        || post(acts::take_back),
    ),
    Route::post(
        "/outgoing/{id}/approve",
        Asks::May(&[Action::Approve]),
        || post(acts::approve),
    ),
    Route::post(
        "/outgoing/{id}/give-back",
        Asks::May(&[Action::GiveBack]),
        || post(acts::give_back),
    ),
    Route::post(
        "/outgoing/{id}/comment",
        Asks::May(&[Action::Comment]),
        || post(acts::comment),
    ),
    Route::post(
        "/outgoing/{id}/give-number",
        Asks::May(&[Action::GiveNumber]),
        || post(acts::give_number),
    ),
    Route::post(
        "/outgoing/{id}/void-number",
        Asks::May(&[Action::VoidNumber]),
        || post(acts::void_number),
    ),
    Route::post("/outgoing/{id}/issue", Asks::May(&[Action::Issue]), || {
        post(acts::issue)
    }),
    Route::post(
        "/outgoing/{id}/withdraw",
        Asks::May(&[Action::Withdraw]),
        || post(acts::withdraw),
    ),
    Route::post(
        "/outgoing/{id}/resend",
        Asks::May(&[Action::Resend]),
        || post(acts::resend),
    ),
    Route::post("/outgoing/{id}/upload", Asks::May(&[Action::Edit]), || {
        post(files::upload)
    })
    .with_files(),
    Route::post("/outgoing/{id}/typeset", Asks::May(&[Action::Edit]), || {
        post(files::typeset)
    }),
    Route::get("/outgoing/{id}/place", Asks::May(&[Action::Edit]), || {
        get(place::page)
    }),
    Route::post("/outgoing/{id}/place", Asks::May(&[Action::Edit]), || {
        post(place::save)
    }),
    Route::get(
        "/outgoing/{id}/file",
        Asks::May(&[Action::ViewOutgoing]),
        || get(file::main),
    ),
    Route::post("/outgoing/{id}/files", Asks::May(&[Action::Edit]), || {
        post(files::attach)
    })
    .with_files(),
    Route::get(
        "/outgoing/{id}/files/{file_id}",
        Asks::May(&[Action::ViewOutgoing]),
        || get(file::attached),
    ),
    Route::post(
        "/outgoing/{id}/files/{file_id}/remove",
        Asks::May(&[Action::Edit]),
        || post(files::remove),
    ),
    Route::get(
        "/outgoing/{id}/page/{picture}",
        Asks::May(&[Action::ViewOutgoing]),
        || get(files::picture),
    ),
    Route::get(
        "/outgoing/{id}/versions/{version_id}",
        Asks::May(&[Action::ViewOutgoing]),
        || get(version::page),
    ),
    Route::post(
        "/outgoing/{id}/versions/{version_id}/take",
        Asks::May(&[Action::Edit]),
        || post(version::take),
    ),
];

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
        Some(number) => {
            let subject = subject_of(row.kind, &subject);
            format!("{} · {subject}", number.notation)
        }
        None => format!("{}: {subject}", say.named(row.kind.name())),
    }
}

/// Whether the paper is a finished PDF that was put in, and not typeset here.
fn is_uploaded(view: &OutgoingView) -> bool {
    view.row.source.code() == "upload"
}
