//! Judging any signed file, for anybody. Nothing of it is kept.

use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::AppError;
use vanthu_domain::refusal::RefusalCode;
use vanthu_signing::Report;

use super::extract::{File, file_sized};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::page::verify::sent::Sent;
use crate::report::Around;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    Verb::Post,
    "/api/v1/verify",
    || post(judge).layer(file_sized()),
    "Kiểm tra chữ ký số trên một tệp: PDF, chữ ký .p7s hoặc tệp đóng gói ASiC; tệp không được lưu. Chữ ký để riêng gửi \
     dạng multipart/form-data: file là tệp chữ ký, content là tệp được ký",
)
.open()
.takes_file()
.gives::<ReportOut>()];

/// The report in the words of EN 319 102-1.
#[derive(Serialize, ToSchema)]
struct ReportOut {
    /// Kết luận chung: total-passed, indeterminate hoặc total-failed.
    indication: String,
    /// Loại tệp: pdf, detached hoặc container.
    form: String,
    /// Từng chữ ký.
    #[schema(value_type = Vec<Object>)]
    signatures: Vec<serde_json::Value>,
}

/// The report, with what only the kind of file has beside it.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    report: Report,
    #[serde(flatten)]
    around: Around,
}

async fn judge(State(web): State<Web>, sent: Sent) -> Result<Response, WebError> {
    let (report, around) = sent.judged(&web.app).await?;
    Ok(Json(Whole { report, around }).into_response())
}

/// A file as it stands, or the fields of a form.
impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let File(file) = File::from_request(request, state).await?;
            return Ok(Self::alone(file));
        }
        let form = Multipart::from_request(request, state).await;
        let form = form.map_err(|_| AppError::refused(RefusalCode::RequestMalformed))?;
        Ok(Self::of(form).await.map_err(AppError::from)?)
    }
}
