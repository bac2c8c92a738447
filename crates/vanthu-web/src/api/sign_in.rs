//! Signing in and out, for programs.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use utoipa::ToSchema;
use vanthu_app::AppError;
use vanthu_app::account::password::{self, ChangePassword};
use vanthu_app::account::session::{self, Session};
use vanthu_app::account::sign_in::{self, SignIn};
use vanthu_domain::refusal::RefusalCode;

use super::extract::{Done, Given, done};
use super::me::{Me, me_of};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::session::{Address, SignedIn, browser, with_cookie};
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/sign-in",
        || post(enter),
        "Đăng nhập; trả cookie phiên và mã csrf",
    )
    .open()
    .takes::<Credentials>()
    .gives::<Me>(),
    Operation::new(Verb::Post, "/api/v1/sign-out", || post(leave), "Đăng xuất"),
    Operation::new(
        Verb::Post,
        "/api/v1/account/password",
        || post(change_password),
        "Đổi mật khẩu của mình; các phiên khác kết thúc",
    )
    .takes::<NewPassword>(),
];

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// Tên tài khoản.
    login: String,
    /// Mật khẩu.
    password: String,
}

/// The password until now and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// Mật khẩu đang dùng.
    old: String,
    /// Mật khẩu mới.
    new: String,
}

async fn enter(
    State(web): State<Web>,
    Address(address): Address,
    headers: HeaderMap,
    Given(credentials): Given<Credentials>,
) -> Result<Response, WebError> {
    let browser = browser(&headers);
    let input = SignIn {
        login: credentials.login,
        password: credentials.password,
        address,
        browser: browser.clone(),
    };
    let secret = sign_in::sign_in(&web.app, input).await?;
    let session = session::resolve(&web.app, &secret, &browser)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::SignInFailed))?;
    let body = me_of(&web.app, &session).await?;
    with_cookie(&web, &secret, (StatusCode::OK, Json(body)).into_response())
}

async fn leave(State(web): State<Web>, SignedIn(session): SignedIn) -> Result<Response, WebError> {
    session::sign_out(&web.app, &session).await?;
    with_cookie(&web, "", StatusCode::NO_CONTENT.into_response())
}

async fn change_password(
    State(web): State<Web>,
    SignedIn(session): SignedIn,
    Given(given): Given<NewPassword>,
) -> Done {
    let session: Session = session;
    password::change(
        &web.app,
        &session,
        ChangePassword {
            old: given.old,
            new: given.new,
        },
    )
    .await?;
    done()
}
