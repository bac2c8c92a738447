//! The page of each refusal's code, to which problem documents refer (`/errors/{code}`).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use vanthu_app::AppError;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::{WebError, status_of};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::route::{Asks, Route};
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Problem, Shell};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/errors", Asks::Nothing, || get(all)),
    Route::get("/errors/{code}", Asks::Nothing, || get(show)),
];

#[derive(Template)]
#[template(path = "refusal/page.html")]
struct RefusalPage {
    shell: Shell,
    code: String,
    status: u16,
    problem: Problem,
}

#[derive(Template)]
#[template(path = "refusal/list.html")]
struct RefusalList {
    shell: Shell,
    refusals: Vec<(&'static str, String)>,
}

async fn show(
    State(web): State<Web>,
    headers: HeaderMap,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let (status, problem) = if code == "fault" {
        let fault = Problem {
            tone: crate::view::Tone::Bad,
            what: say.t("Hệ thống gặp lỗi"),
            why: say.t("Thao tác chưa được thực hiện, dữ liệu không thay đổi. Lỗi đã được ghi lại cho người quản trị."),
            now: say.t("Thử lại sau ít phút; nếu còn lỗi, báo công chức CNTT của cơ quan."),
            ..Problem::default()
        };
        (500, fault)
    } else {
        let known = RefusalCode::ALL
            .iter()
            .copied()
            .find(|known| known.code() == code);
        let known = known.ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
        (status_of(known).as_u16(), say.refusal(&Refusal::new(known)))
    };
    let page = RefusalPage {
        shell: shell::plain(
            &web,
            say.language,
            shell::theme(&headers),
            problem.what.clone(),
        ),
        code,
        status,
        problem,
    };
    render(&page, language_of(&headers))
}

async fn all(State(web): State<Web>, headers: HeaderMap) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let title = say.t("Các trường hợp hệ thống từ chối");
    let page = RefusalList {
        shell: shell::plain(&web, say.language, shell::theme(&headers), title),
        refusals: RefusalCode::ALL
            .iter()
            .map(|code| (code.code(), say.what(&Refusal::new(*code))))
            .collect(),
    };
    render(&page, language_of(&headers))
}
