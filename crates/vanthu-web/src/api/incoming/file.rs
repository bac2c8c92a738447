//! The received document, its files, and the frozen report of its examination.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use vanthu_app::incoming::file::{Which, open_file};
use vanthu_domain::id::{FileId, IncomingId};
use vanthu_domain::permission::Action;

use crate::api::extract::{Named, hand_out};
use crate::api::operation::{Operation, Verb};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/incoming/{incoming_id}/file",
        || get(main),
        "Văn bản đã nhận, nguyên vẹn",
    )
    .asks(&[Action::ViewIncoming])
    .gives_file("application/pdf"),
    Operation::new(
        Verb::Get,
        "/api/v1/incoming/{incoming_id}/files/{file_id}",
        || get(attached),
        "Một tệp kèm theo",
    )
    .asks(&[Action::ViewIncoming])
    .gives_file("application/octet-stream"),
    Operation::new(
        Verb::Get,
        "/api/v1/incoming/{incoming_id}/report",
        || get(report),
        "Báo cáo kiểm tra chữ ký khi văn bản đến",
    )
    .asks(&[Action::ViewIncoming])
    .gives_file("application/json"),
];

pub(crate) async fn main(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<IncomingId>,
) -> Result<Response, WebError> {
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::Main).await?,
    ))
}

pub(crate) async fn attached(
    State(web): State<Web>,
    who: SignedIn,
    Named((id, file_id)): Named<(IncomingId, FileId)>,
) -> Result<Response, WebError> {
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::File(file_id)).await?,
    ))
}

pub(crate) async fn report(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<IncomingId>,
) -> Result<Response, WebError> {
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::Report).await?,
    ))
}
