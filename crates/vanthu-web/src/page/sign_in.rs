//! Signing in and out (đăng nhập, đăng xuất), and the choice of language and of light and dark.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use vanthu_app::AppError;
use vanthu_app::account::session;
use vanthu_app::account::sign_in::{self, SignIn};
use vanthu_domain::refusal::Refusal;

use crate::error::{WebError, refused_page};
use crate::page::fields::Fields;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::route::{Asks, Route};
use crate::session::{Address, SignedIn, browser, with_cookie};
use crate::state::Web;
use crate::texts::{LANGUAGE_COOKIE, Language, filters, language_of};
use crate::view::{Field, Problem, Shell};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/sign-in", Asks::Nothing, || get(show)),
    Route::post("/sign-in", Asks::Nothing, || post(enter)),
    Route::post("/sign-out", Asks::Person, || post(leave)),
    Route::post("/logout", Asks::Person, || post(leave)),
    Route::post("/theme", Asks::Nothing, || post(theme)),
    Route::post("/language", Asks::Nothing, || post(language)),
];

#[derive(Template)]
#[template(path = "sign_in/page.html")]
struct SignInPage {
    shell: Shell,
    wrong: Option<Problem>,
    login: Field,
    password: Field,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

async fn show(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    render_form(&web, &headers, "", &asked.next, None)
}

async fn enter(
    State(web): State<Web>,
    Address(address): Address,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let next = inside(fields.get("next"));
    let input = SignIn {
        login: fields.get("login").to_owned(),
        password: fields.whole("password").to_owned(),
        address,
        browser: browser(&headers),
    };
    match sign_in::sign_in(&web.app, input).await {
        Ok(secret) => with_cookie(&web, &secret, Redirect::to(next).into_response()),
        Err(AppError::Refused(refusal)) => {
            let form = render_form(&web, &headers, fields.get("login"), next, Some(&refusal))?;
            Ok(refused_page(form, refusal.code))
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn leave(State(web): State<Web>, SignedIn(session): SignedIn) -> Result<Response, WebError> {
    session::sign_out(&web.app, &session).await?;
    with_cookie(&web, "", Redirect::to("/sign-in").into_response())
}

/// Without scripts, the theme is chosen here; with them, in the page itself.
async fn theme(headers: HeaderMap, fields: Fields) -> Response {
    let theme = match fields.get("theme") {
        known @ ("light" | "dark") => known,
        _ => "",
    };
    remember(&headers, "theme", theme)
}

/// The language of the interface; it belongs to the browser, so that the sign-in page has it too.
async fn language(headers: HeaderMap, fields: Fields) -> Response {
    let language = match fields.get("language") {
        "en" => Language::English,
        _ => Language::Vietnamese,
    };
    remember(&headers, LANGUAGE_COOKIE, language.tag())
}

/// Keeps a choice in the browser for a year, and goes back to the page where it was made.
fn remember(headers: &HeaderMap, name: &str, choice: &str) -> Response {
    let back = headers
        .get(REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)))
        .map_or("/", inside);
    let mut response = Redirect::to(back).into_response();
    let cookie = format!("{name}={choice}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn render_form(
    web: &Web,
    headers: &HeaderMap,
    login: &str,
    next: &str,
    refusal: Option<&Refusal>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let page = SignInPage {
        shell: shell::plain(web, say.language, shell::theme(headers), say.t("Đăng nhập")),
        wrong: refusal.map(|refusal| say.refusal(refusal)),
        login: Field::new("login", say.t("Tên tài khoản"), login).autocomplete("username"),
        password: Field::new("password", say.t("Mật khẩu"), "")
            .kind("password")
            .autocomplete("current-password"),
        next: inside(next).to_owned(),
    };
    render(&page, language_of(headers))
}

/// An address of this site; the desk for anything else.
fn inside(next: &str) -> &str {
    let path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic());
    if path && plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site_after_signing_in() {
        assert_eq!(
            inside("/incoming?tile=to-accept"),
            "/incoming?tile=to-accept"
        );
        for away in [
            "//other.example",
            "https://other.example",
            "/\\other.example",
            "",
            "/a b",
        ] {
            assert_eq!(inside(away), "/", "{away}");
        }
    }
}
