//! The tool door: the government's signing tool fetches a file and brings it back. An address is good by itself, once and
//! for minutes; there is no cookie, and whoever has no address learns nothing.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use vanthu_app::AppError;
use vanthu_app::signing::local::door::{self, Taken};
use vanthu_app::signing::local::{Part, UploadAnswer};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::api::malformed;
use crate::error::WebError;
use crate::route::{Asks, Route};
use crate::session::Address;
use crate::state::Web;

/// A file, and what the form around it takes. What an agency takes is a value of its regulation profile.
const MOST_BYTES: usize = 72 * 1024 * 1024;
/// Fields of the form that are looked at; versions of the tool differ in what they add.
const MOST_FIELDS: usize = 16;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/tool/v1/files/{key}/{name}", Asks::Secret, || get(fetched)),
    Route::post("/tool/v1/files/{key}", Asks::Secret, || post(brought)),
];

/// What lies around them.
pub(crate) fn around(router: Router<Web>) -> Router<Web> {
    router.layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// Nobody guesses addresses here: each machine has few requests a minute.
fn admitted(web: &Web, address: &str) -> Result<(), WebError> {
    let from = address
        .parse()
        .unwrap_or_else(|_| IpAddr::from([127, 0, 0, 1]));
    if web.limits.tool.admits(from, web.app.now()) {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::RateLimited).into())
    }
}

async fn fetched(
    State(web): State<Web>,
    Path((key, _)): Path<(String, String)>,
    Address(address): Address,
) -> Result<Response, WebError> {
    admitted(&web, &address)?;
    let from = Some(address.as_str()).filter(|it| !it.is_empty());
    let file = door::fetch(&web.app, &key, from).await?;
    Ok(([(CONTENT_TYPE, "application/pdf")], file).into_response())
}

/// An address that stands is answered in the tool's own words, so that the signer reads in the tool what happened.
async fn brought(
    State(web): State<Web>,
    Path(key): Path<String>,
    Address(address): Address,
    request: Request,
) -> Result<Response, WebError> {
    admitted(&web, &address)?;
    // Before anything of the body is read.
    let taken = match door::may_bring(&web.app, &key).await {
        Ok(_) => take(&web, &key, request).await.map_err(|error| error.0),
        Err(error) => Err(error),
    };
    let answer = match taken {
        Ok(taken) => UploadAnswer {
            document_number: taken.number,
            document_date: taken.day,
            ..UploadAnswer::taken(taken.file_name)
        },
        Err(AppError::Refused(it)) if it.code != RefusalCode::ToolAddressUnknown => {
            UploadAnswer::refused(format!("{} {}", it.what(), it.now()))
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Json(answer).into_response())
}

async fn take(web: &Web, key: &str, request: Request) -> Result<Taken, WebError> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| malformed(error.body_text()))?;
    let mut fields: Vec<(String, Option<String>, Bytes)> = Vec::new();
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|error| malformed(error.body_text()))?
    {
        if fields.len() == MOST_FIELDS {
            return Err(malformed("quá nhiều trường"));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field
            .bytes()
            .await
            .map_err(|error| malformed(error.body_text()))?;
        fields.push((name, file_name, bytes));
    }
    let parts: Vec<Part<'_>> = fields
        .iter()
        .map(|(name, file_name, bytes)| Part {
            name,
            file_name: file_name.as_deref(),
            bytes,
        })
        .collect();
    Ok(door::bring(&web.app, key, &parts).await?)
}
