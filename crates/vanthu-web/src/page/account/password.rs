//! Changing one's password (đổi mật khẩu).

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::account::password::{self, ChangePassword};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::{WebError, refused_page, status_of};
use crate::page::fields::Fields;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Field, Problem, Shell, Tone};

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    shell: Shell,
    must: Option<Problem>,
    wrong: Option<Problem>,
    old: Field,
    new: Field,
    again: Field,
}

/// The form.
pub(super) async fn ask(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    page(&web, &who, &headers, None, None)
}

/// The change.
pub(super) async fn change(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    if fields.whole("new") != fields.whole("again") {
        let differs = say.t("Hai lần nhập mật khẩu mới không giống nhau.");
        return page(&web, &who, &headers, None, Some(differs));
    }
    let input = ChangePassword {
        old: fields.whole("old").to_owned(),
        new: fields.whole("new").to_owned(),
    };
    match password::change(&web.app, &who.0, input).await {
        Ok(()) => Ok(Redirect::to("/").into_response()),
        Err(AppError::Refused(refusal)) => {
            let shown = page(&web, &who, &headers, Some(&refusal), None)?;
            let mut response = refused_page(shown, refusal.code);
            if refusal.code == RefusalCode::SignInFailed {
                // The session stands: only what was typed is wrong.
                *response.status_mut() = status_of(RefusalCode::PasswordWeak);
            }
            Ok(response)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    refusal: Option<&Refusal>,
    differs: Option<String>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let field = |name: &str, label: String, token| {
        Field::new(name, label, "")
            .kind("password")
            .autocomplete(token)
    };
    let wrong = refusal.map(|refusal| match refusal.code {
        RefusalCode::SignInFailed => Problem {
            tone: Tone::Bad,
            what: say.t("Mật khẩu đang dùng không đúng"),
            now: say.t("Nhập lại mật khẩu đang dùng."),
            ..Problem::default()
        },
        _ => say.refusal(refusal),
    });
    let mut plain = shell::plain(
        web,
        say.language,
        shell::theme(headers),
        say.t("Đổi mật khẩu"),
    );
    plain.csrf.clone_from(&who.0.csrf);
    let page = PasswordPage {
        shell: plain,
        must: who.0.must_change_password.then(|| Problem {
            tone: Tone::Info,
            what: say.t("Đổi mật khẩu trước khi làm việc"),
            why: say.t("Mật khẩu hiện tại do quản trị cấp, hoặc đã đến hạn phải đổi."),
            ..Problem::default()
        }),
        wrong,
        old: field("old", say.t("Mật khẩu đang dùng"), "current-password"),
        new: field("new", say.t("Mật khẩu mới"), "new-password")
            .hint(say.t("Có chữ thường, chữ hoa, chữ số, ký tự đặc biệt; không chứa tên tài khoản; khác các mật khẩu gần đây.")),
        again: field("again", say.t("Nhập lại mật khẩu mới"), "new-password").error(differs),
    };
    render(&page, language_of(headers))
}
