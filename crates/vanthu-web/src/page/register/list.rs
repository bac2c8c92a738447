//! The registers of the agency.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::register::list::registers;

use crate::error::WebError;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Cell, Column, Empty, List, Row, Shell};

#[derive(Template)]
#[template(path = "register/list.html")]
struct RegisterList {
    shell: Shell,
    list: List,
    empty: Empty,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let books = registers(&web.app, who.caller()).await?;
    let column = |text: String, kind| Column {
        text,
        kind,
        ..Column::default()
    };
    let list = List {
        caption: say.t("Sổ đăng ký của cơ quan"),
        columns: vec![
            column(say.t("Năm"), "num"),
            column(say.t("Sổ"), "main"),
            column(say.t("Số đã cấp"), "right"),
            column(say.t("Số tiếp theo"), "right"),
        ],
        rows: books
            .iter()
            .map(|book| Row {
                id: book.register_id.to_string(),
                href: format!("/registers/{}", book.register_id),
                name: say.words(&book.name),
                cells: vec![
                    Cell::text(book.year.to_string()),
                    Cell::text(say.words(&book.name)),
                    Cell::text(book.next_number.saturating_sub(1).to_string()),
                    Cell::text(book.next_number.to_string()),
                ],
                ..Row::default()
            })
            .collect(),
        pick: false,
    };
    let page = RegisterList {
        shell: shell::shell(&web, &who, &headers, say.t("Sổ đăng ký"), "/registers").await?,
        list,
        empty: Empty {
            icon: "book",
            title: say.t("Chưa mở sổ nào"),
            text: say.t("Sổ của năm tự mở khi cấp số đầu tiên hoặc vào sổ văn bản đến đầu tiên."),
            link: None,
        },
    };
    render(&page, language_of(&headers))
}
