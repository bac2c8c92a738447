//! What comes in and goes out of a handler, strictly: whatever can't be read is a problem document.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vanthu_app::AppError;
use vanthu_app::outgoing::view::Handed;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::WebError;
use crate::session::encode;

/// The most that is read of an uploaded file. What an agency takes is a value of its regulation
/// profile, and never more than this.
pub(crate) const MOST_UPLOAD_BYTES: usize = 64 * 1024 * 1024;

/// What a browser shows; nothing that could run.
const SHOWN: [&str; 3] = ["application/pdf", "image/png", "image/jpeg"];

/// What handlers of the API give.
pub(crate) type Answer<T> = Result<Json<T>, WebError>;

/// Does nothing but say that it is done.
pub(crate) type Done = Result<StatusCode, WebError>;

/// JSON in the body, without members that are not known.
#[derive(Debug)]
pub(crate) struct Given<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::BytesRejection(rejection)) => Err(of_body(&rejection)),
            Err(rejection) => Err(malformed(rejection.body_text())),
        }
    }
}

/// A file in the body.
#[derive(Debug)]
pub(crate) struct File(pub Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes.into())),
            Err(rejection) => Err(of_body(&rejection)),
        }
    }
}

/// The layer that lets a file through.
pub(crate) fn file_sized() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MOST_UPLOAD_BYTES)
}

/// What stands behind the question mark.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => {
                Err(malformed(error.body_text()))
            }
            Err(rejection) => Err(malformed(rejection.body_text())),
        }
    }
}

/// The identifiers in the path. One that can't be an identifier names nothing.
#[derive(Debug)]
pub(crate) struct Named<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(AppError::refused(RefusalCode::NotFound).into()),
        }
    }
}

/// An answer in JSON.
#[expect(clippy::unnecessary_wraps, reason = "it is the last word of handlers")]
pub(crate) fn answer<T: Serialize>(value: T) -> Answer<T> {
    Ok(Json(value))
}

/// Done, and nothing to say.
#[expect(clippy::unnecessary_wraps, reason = "it is the last word of handlers")]
pub(crate) fn done() -> Done {
    Ok(StatusCode::NO_CONTENT)
}

/// The request can't be read.
pub(crate) fn malformed(detail: impl std::fmt::Display) -> WebError {
    Refusal::new(RefusalCode::RequestMalformed)
        .with("detail", detail)
        .into()
}

/// A file on its way out: PDFs and photographs are shown, everything else is saved.
pub(crate) fn hand_out(file: Handed) -> Response {
    let shown = SHOWN.contains(&file.media_type.as_str());
    let way = if shown { "inline" } else { "attachment" };
    let name = format!(
        "{way}; filename*=UTF-8''{}",
        encode(&file.name).replace('/', "%2F")
    );
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    let plain = HeaderValue::from_static("application/octet-stream");
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_str(&file.media_type).unwrap_or(plain),
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}

fn of_body(rejection: &BytesRejection) -> WebError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(RefusalCode::FileTooLarge).into()
    } else {
        malformed(rejection.body_text())
    }
}
