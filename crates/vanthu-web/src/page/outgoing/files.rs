//! Files of a document: its page pictures, what is attached, what is sent up. What is handed out as it
//! is, the API hands out too, by the same handlers.

use axum::extract::{Multipart, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::outgoing::attach::{attach as do_attach, detach};
use vanthu_app::outgoing::upload::{typeset_again, upload as do_upload};
use vanthu_app::outgoing::view::{Which, open_file};
use vanthu_domain::id::{FileId, OutgoingId};
use vanthu_domain::refusal::RefusalCode;

use crate::api::Named;
use crate::error::WebError;
use crate::page::fields::Fields;
use crate::page::outgoing::href;
use crate::page::sheets::{self, Drawn};
use crate::session::{CSRF_HEADER, SignedIn, same};
use crate::state::Web;

type Answer = Result<Response, WebError>;

/// `GET …/page/{n}.png`
pub(super) async fn picture(
    State(web): State<Web>,
    who: SignedIn,
    Named((id, picture)): Named<(OutgoingId, String)>,
    Query(drawn): Query<Drawn>,
) -> Answer {
    let number = sheets::number_of(&picture)?;
    let file = open_file(&web.app, who.caller(), &id, &Which::Main).await?;
    sheets::picture(file.bytes, number, &file.sha256, &drawn).await
}

/// `POST …/files`: attaches one or more files.
pub(super) async fn attach(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Named(id): Named<OutgoingId>,
    form: Multipart,
) -> Answer {
    for sent in received(form, &headers, &who).await? {
        do_attach(&web.app, who.caller(), &id, &sent.name, sent.bytes).await?;
    }
    Ok(Redirect::to(&format!("{}#files", href(&id, "edit"))).into_response())
}

/// `POST …/files/{file_id}/remove`
pub(super) async fn remove(
    State(web): State<Web>,
    who: SignedIn,
    Named((id, file_id)): Named<(OutgoingId, FileId)>,
) -> Answer {
    detach(&web.app, who.caller(), &id, &file_id).await?;
    Ok(Redirect::to(&format!("{}#files", href(&id, "edit"))).into_response())
}

/// `POST …/upload`: a finished PDF takes the place of the body; then its places are shown.
pub(super) async fn upload(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Named(id): Named<OutgoingId>,
    form: Multipart,
) -> Answer {
    let sent = received(form, &headers, &who).await?.into_iter().next();
    let sent = sent.ok_or_else(|| AppError::refused(RefusalCode::FileEmpty))?;
    do_upload(&web.app, who.caller(), &id, None, &sent.name, sent.bytes).await?;
    Ok(Redirect::to(&href(&id, "place")).into_response())
}

/// `POST …/typeset`: back to the body that is typed here.
pub(super) async fn typeset(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<OutgoingId>,
    fields: Fields,
) -> Answer {
    typeset_again(&web.app, who.caller(), &id, fields.version()).await?;
    Ok(Redirect::to(&href(&id, "edit")).into_response())
}

struct Sent {
    name: String,
    bytes: Vec<u8>,
}

/// The files of a form. A form without scripts carries its token in a field before them.
async fn received(
    mut form: Multipart,
    headers: &HeaderMap,
    who: &SignedIn,
) -> Result<Vec<Sent>, WebError> {
    let malformed = || AppError::refused(RefusalCode::RequestMalformed);
    let mut ours = headers.contains_key(CSRF_HEADER); // checked before the handler is reached
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| malformed())? {
        if field.name() == Some("csrf") {
            let token = field.text().await.map_err(|_| malformed())?;
            ours = ours || same(&token, &who.0.csrf);
            continue;
        }
        if !ours {
            return Err(AppError::refused(RefusalCode::Csrf).into());
        }
        let Some(name) = field.file_name().map(str::to_owned) else {
            continue;
        };
        let bytes = field
            .bytes()
            .await
            .map_err(|_| AppError::refused(RefusalCode::FileTooLarge))?;
        if !name.is_empty() {
            files.push(Sent {
                name,
                bytes: bytes.to_vec(),
            });
        }
    }
    if files.is_empty() {
        return Err(AppError::refused(RefusalCode::FileEmpty).into());
    }
    Ok(files)
}
