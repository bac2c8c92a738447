//! The paper and the files that go with it.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::outgoing::attach;
use vanthu_app::outgoing::view::{Which, open_file};
use vanthu_domain::id::{FileId, OutgoingId};
use vanthu_domain::permission::Action;

use crate::api::extract::{Answer, Asked, Done, File, Named, answer, done, file_sized, hand_out};
use crate::api::operation::{Operation, Verb};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/outgoing/{outgoing_id}/file",
        || get(main),
        "Văn bản ở dạng PDF như đang có: đã trình, đã ký hoặc đã có chữ ký cơ quan",
    )
    .asks(&[Action::ViewOutgoing])
    .gives_file("application/pdf"),
    Operation::new(
        Verb::Post,
        "/api/v1/outgoing/{outgoing_id}/files",
        || post(attach_file).layer(file_sized()),
        "Đính kèm tệp",
    )
    .asks(&[Action::Edit])
    .query(&[("name", "tên tệp")])
    .takes_file()
    .gives::<Attached>(),
    Operation::new(
        Verb::Get,
        "/api/v1/outgoing/{outgoing_id}/files/{file_id}",
        || get(attached),
        "Một tệp kèm theo",
    )
    .asks(&[Action::ViewOutgoing])
    .gives_file("application/octet-stream"),
    Operation::new(
        Verb::Delete,
        "/api/v1/outgoing/{outgoing_id}/files/{file_id}",
        || delete(detach),
        "Bỏ một tệp kèm theo",
    )
    .asks(&[Action::Edit]),
];

/// The query of an attachment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

/// The new file.
#[derive(Serialize, ToSchema)]
struct Attached {
    /// Mã định danh tệp.
    file_id: String,
}

pub(crate) async fn main(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<OutgoingId>,
) -> Result<Response, WebError> {
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::Main).await?,
    ))
}

pub(crate) async fn attached(
    State(web): State<Web>,
    who: SignedIn,
    Named((id, file_id)): Named<(OutgoingId, FileId)>,
) -> Result<Response, WebError> {
    Ok(hand_out(
        open_file(&web.app, who.caller(), &id, &Which::File(file_id)).await?,
    ))
}

async fn attach_file(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<OutgoingId>,
    Asked(asked): Asked<Name>,
    File(bytes): File,
) -> Answer<Attached> {
    let file_id = attach::attach(&web.app, who.caller(), &id, &asked.name, bytes).await?;
    answer(Attached {
        file_id: file_id.to_string(),
    })
}

async fn detach(
    State(web): State<Web>,
    who: SignedIn,
    Named((id, file_id)): Named<(OutgoingId, FileId)>,
) -> Done {
    attach::detach(&web.app, who.caller(), &id, &file_id).await?;
    done()
}
