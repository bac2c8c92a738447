//! Searching (tra cứu) by number, abstract, issuer and words: incoming and outgoing documents.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use vanthu_app::listing::{self, Section, Selection};

use crate::error::WebError;
use crate::page::rows;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::route::{Asks, Route};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Empty, Link, List, Shell};

/// Rows of each part.
const PART_ROWS: u32 = 15;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[Route::get("/search", Asks::Person, || get(show))];

#[derive(Template)]
#[template(path = "search/page.html")]
struct SearchPage {
    shell: Shell,
    lead: String,
    parts: Vec<Part>,
    empty: Empty,
}

/// What was found among documents of one way.
struct Part {
    title: String,
    list: List,
    more: Option<Link>,
}

/// What is looked for.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Words.
    #[serde(default)]
    q: String,
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let words = asked.q.trim();
    let mut parts = Vec::new();
    if !words.is_empty() {
        let caller = who.caller();
        let found = async |section| {
            let asked = Selection::words(section, words);
            listing::list(&web.app, caller, &asked, None, PART_ROWS).await
        };
        let incoming = found(Section::Incoming).await?;
        let outgoing = found(Section::Outgoing).await?;
        for (title, address, listed) in [
            (say.t("Văn bản đến"), "/incoming", incoming),
            (say.t("Văn bản đi"), "/outgoing", outgoing),
        ] {
            if !listed.is_empty() {
                parts.push(Part {
                    more: listed.next().map(|_| Link {
                        text: say.t("Xem tất cả"),
                        href: format!("{address}?q={}", encode(words)),
                    }),
                    list: rows::table(say, &listed, title.clone()),
                    title,
                });
            }
        }
    }
    let mut empty = rows::empty(say, None);
    if words.is_empty() {
        empty.title = say.t("Nhập từ khóa vào ô tìm phía trên");
        empty.text = say.t("Tìm được theo số, ký hiệu, trích yếu, nơi gửi, nội dung; có dấu hay không dấu đều được.");
    }
    let title = if words.is_empty() {
        say.t("Tra cứu")
    } else {
        say.t("Kết quả tìm “{words}”").replace("{words}", words)
    };
    let mut shell = shell::shell(&web, &who, &headers, title, "/search").await?;
    words.clone_into(&mut shell.query);
    let page = SearchPage {
        shell,
        lead: say.t("Chỉ gồm văn bản đồng chí được xem."),
        parts,
        empty,
    };
    render(&page, language_of(&headers))
}
