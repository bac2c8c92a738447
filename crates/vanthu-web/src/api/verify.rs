//! Judging any signed PDF, for anybody. Nothing of it is kept.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Serialize;
use utoipa::ToSchema;
use vanthu_app::verify;

use super::extract::{File, file_sized};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    Verb::Post,
    "/api/v1/verify",
    || post(judge).layer(file_sized()),
    "Kiểm tra chữ ký số trên một tệp PDF; tệp không được lưu",
)
.open()
.takes_file()
.gives::<ReportOut>()];

/// The report in the words of EN 319 102-1.
#[derive(Serialize, ToSchema)]

struct ReportOut {
    /// Kết luận chung: total-passed, indeterminate hoặc total-failed.
    indication: String,
    /// Từng chữ ký.
    #[schema(value_type = Vec<Object>)]
    signatures: Vec<serde_json::Value>,
}

async fn judge(State(web): State<Web>, File(pdf): File) -> Result<Response, WebError> {
    Ok(Json(verify::report(&web.app, pdf).await?).into_response())
}
