//! The lists of lines: my work, what I gave, what is for information.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::AppError;
use vanthu_app::desk::{self, Tile};
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::page::incoming::Asked;
use crate::page::rows::{self, PAGE_ROWS};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Language, filters};
use crate::view::{self, Empty, List, Pager, Shell};

#[derive(Template)]
#[template(path = "work/list.html")]
struct WorkList {
    shell: Shell,
    lead: String,
    tiles: Vec<view::Tile>,
    list: List,
    pager: Pager,
    empty: Empty,
}

/// The list of a tile; without one, of the first that is not empty.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let caller = who.caller();
    let counts: Vec<desk::Count> = desk::counts(&web.app, caller)
        .await?
        .into_iter()
        .filter(|count| rows::address_of(count.tile).starts_with("/work"))
        .collect();
    let first = counts
        .iter()
        .find(|count| count.count > 0)
        .or_else(|| counts.first());
    let tile = asked
        .tile()?
        .or_else(|| first.map(|count| count.tile))
        .ok_or_else(|| AppError::refused(RefusalCode::NotPermitted))?;
    let after = asked.after().map(|after| after.to_owned().into());
    let listed = desk::list(&web.app, caller, tile, after.as_ref(), PAGE_ROWS).await?;
    let base = rows::address_of(tile);
    let title = format!("{} · {}", say.t("Việc của tôi"), say.t(tile.name()));
    let page = WorkList {
        shell: shell::shell(&web, &who, &headers, title.clone(), &base).await?,
        lead: lead_of(say, tile),
        tiles: rows::tiles(say, &counts, Some(tile)),
        list: rows::table(say, &listed, title),
        pager: rows::pager(say, &listed, &base, asked.after()),
        empty: rows::empty(say, Some(tile)),
    };
    render(&page, Language::of(&headers))
}

fn lead_of(say: Say, tile: Tile) -> String {
    match tile {
        Tile::ToDo => say.t("Được giao, chưa bắt đầu; khẩn xếp trước."),
        Tile::DueSoon => say.t("Đến hạn trong hai ngày làm việc tới."),
        Tile::Overdue => say.t("Đã quá hạn: xử lý ngay hoặc xin gia hạn."),
        Tile::ForInformation => say.t("Mở văn bản và bấm “Đã đọc”."),
        Tile::GivenByMe => say.t("Việc tôi giao, chưa xong."),
        _ => String::new(),
    }
}
