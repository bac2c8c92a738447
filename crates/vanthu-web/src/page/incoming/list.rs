//! Lists of incoming documents: what a tile counts, or all that the reader may see.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use vanthu_app::desk::{self, Tile};
use vanthu_app::{AppError, search};
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::page::rows::{self, PAGE_ROWS};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{Language, filters};
use crate::view::{self, Chip, Empty, List, Pager, Shell};

/// What is asked of a list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// The tile.
    #[serde(default)]
    pub(crate) tile: String,
    /// The end of the page before.
    #[serde(default)]
    pub(crate) after: String,
    /// Words.
    #[serde(default)]
    pub(crate) q: String,
}

impl Asked {
    /// The tile; a word that names none is not found.
    pub(crate) fn tile(&self) -> Result<Option<Tile>, AppError> {
        if self.tile.is_empty() {
            return Ok(None);
        }
        match Tile::from_code(&self.tile) {
            Some(tile) => Ok(Some(tile)),
            None => Err(AppError::refused(RefusalCode::NotFound)),
        }
    }

    /// Where the page begins.
    pub(crate) fn after(&self) -> Option<&str> {
        Some(self.after.as_str()).filter(|after| !after.is_empty())
    }
}

#[derive(Template)]
#[template(path = "incoming/list.html")]
struct IncomingList {
    shell: Shell,
    lead: String,
    tiles: Vec<view::Tile>,
    chips: Vec<Chip>,
    words: String,
    list: List,
    pager: Pager,
    empty: Empty,
}

/// The list.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let tile = asked.tile()?;
    let caller = who.caller();
    let after = asked.after().map(|after| after.to_owned().into());
    let listed = match tile {
        Some(tile) => desk::list(&web.app, caller, tile, after.as_ref(), PAGE_ROWS).await?,
        None => search::incoming(&web.app, caller, &asked.q, after.as_ref(), PAGE_ROWS).await?,
    };
    let counts: Vec<desk::Count> = desk::counts(&web.app, caller)
        .await?
        .into_iter()
        .filter(|count| rows::address_of(count.tile).starts_with("/incoming"))
        .collect();
    let base = match tile {
        Some(tile) => rows::address_of(tile),
        None if asked.q.is_empty() => "/incoming".to_owned(),
        None => format!("/incoming?q={}", encode(&asked.q)),
    };
    let name = tile.map_or_else(|| say.t("Tất cả"), |tile| say.t(tile.name()));
    let title = format!("{} · {name}", say.t("Văn bản đến"));
    let page = IncomingList {
        shell: shell::shell(&web, &who, &headers, title.clone(), &base).await?,
        lead: lead_of(say, tile),
        tiles: rows::tiles(say, &counts, tile),
        chips: chips_of(say, tile, &asked),
        words: asked.q.clone(),
        list: rows::table(say, &listed, title),
        pager: rows::pager(say, &listed, &base, asked.after()),
        empty: rows::empty(say, tile),
    };
    render(&page, Language::of(&headers))
}

fn lead_of(say: Say, tile: Option<Tile>) -> String {
    match tile {
        Some(Tile::ToAccept) => {
            say.t("Chữ ký số được kiểm tra ngay khi văn bản đến; khẩn xếp trước.")
        }
        Some(Tile::ToRegister) => say.t("Đã tiếp nhận, chưa có số đến."),
        Some(Tile::ToPresent) => say.t("Đã vào sổ, chờ trình lãnh đạo cho ý kiến phân phối."),
        Some(Tile::PresentedToMe) => {
            say.t("Văn thư trình; đồng chí cho ý kiến chỉ đạo và chọn nơi xử lý.")
        }
        _ => String::new(),
    }
}

fn chips_of(say: Say, tile: Option<Tile>, asked: &Asked) -> Vec<Chip> {
    let mut chips = Vec::new();
    if let Some(tile) = tile {
        chips.push(Chip {
            name: say.t("Danh mục"),
            value: say.t(tile.name()),
            remove: "/incoming".to_owned(),
        });
    }
    if tile.is_none() && !asked.q.is_empty() {
        chips.push(Chip {
            name: say.t("Từ khóa"),
            value: asked.q.clone(),
            remove: "/incoming".to_owned(),
        });
    }
    chips
}
