//! Lists of outgoing documents: what a tile counts, and everything that one may see.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use vanthu_app::desk::{self, Tile};
use vanthu_app::search;
use vanthu_domain::kind::DocumentKind;
use vanthu_domain::permission::Action;

use crate::error::WebError;
use crate::page::rows::{self, PAGE_ROWS, address_of};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::filters;
use crate::view::{self, Choice, Confirm, Empty, Field, List, Pager, Problem, Shell, Tab, Tone};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The tile.
    #[serde(default)]
    tile: String,
    /// Where the page begins.
    after: Option<String>,
    /// Words to look for.
    #[serde(default)]
    q: String,
    /// What was just done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "outgoing/list.html")]
struct ListPage {
    shell: Shell,
    lead: String,
    banner: Option<Problem>,
    tiles: Vec<view::Tile>,
    tabs: Vec<Tab>,
    query: Option<String>,
    list: List,
    pager: Pager,
    empty: Empty,
    src: String,
    may_draft: bool,
    draft: Confirm,
}

/// `GET /outgoing`
pub(super) async fn page(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let caller = who.caller();
    let say = Say::of(&headers, web.app.now());
    let counts: Vec<_> = desk::counts(&web.app, caller)
        .await?
        .into_iter()
        .filter(|count| address_of(count.tile).starts_with("/outgoing"))
        .collect();
    let tile = Tile::from_code(&asked.tile);
    let after = asked.after.clone().map(Into::into);
    let (listed, title, base) = match tile {
        Some(tile) => (
            desk::list(&web.app, caller, tile, after.as_ref(), PAGE_ROWS).await?,
            say.t(tile.name()),
            address_of(tile),
        ),
        None => (
            search::outgoing(&web.app, caller, &asked.q, after.as_ref(), PAGE_ROWS).await?,
            say.t("Tất cả văn bản đi"),
            if asked.q.is_empty() {
                "/outgoing".to_owned()
            } else {
                format!("/outgoing?q={}", encode(&asked.q))
            },
        ),
    };
    let frame = shell::shell(&web, &who, &headers, &title, &base).await?;
    let src = match &asked.after {
        None => base.clone(),
        Some(after) => {
            let glue = if base.contains('?') { '&' } else { '?' };
            format!("{base}{glue}after={}", encode(after))
        }
    };
    let page = ListPage {
        lead: lead(tile, say),
        banner: (asked.done == "given-back").then(|| Problem {
            tone: Tone::Ok,
            what: say.t("Đã trả lại dự thảo cho người soạn thảo"),
            why: say.t("Lý do đã lưu cùng hồ sơ và gửi tới người soạn thảo."),
            ..Problem::default()
        }),
        tiles: rows::tiles(say, &counts, tile),
        tabs: vec![
            Tab {
                text: say.t("Chờ xử lý"),
                href: first(&counts),
                current: tile.is_some(),
                count: 0,
            },
            Tab {
                text: say.t("Tất cả văn bản đi"),
                href: "/outgoing".to_owned(),
                current: tile.is_none(),
                count: 0,
            },
        ],
        query: tile.is_none().then(|| asked.q.clone()),
        list: rows::table(say, &listed, title),
        pager: rows::pager(say, &listed, &base, asked.after.as_deref()),
        empty: rows::empty(say, tile),
        src,
        may_draft: caller.may(Action::Draft, &caller.own_agency()).is_ok(),
        draft: new_draft(say, &frame.csrf),
        shell: frame,
    };
    render(&page, say.language)
}

/// The list that the tab of waiting documents opens.
fn first(counts: &[desk::Count]) -> String {
    let fullest = counts
        .iter()
        .find(|count| count.count > 0)
        .or(counts.first());
    fullest.map_or_else(|| "/outgoing".to_owned(), |count| address_of(count.tile))
}

/// What is done with what stands in the list.
fn lead(tile: Option<Tile>, say: Say) -> String {
    match tile {
        Some(Tile::ToSign) => say.t("Đã qua duyệt nội dung. Mở văn bản, đọc rồi ký số."),
        Some(Tile::ToReview) => say.t("Đọc, duyệt nội dung để chuyển ký, hoặc trả lại kèm ý kiến."),
        Some(Tile::ToNumber) => {
            say.t("Người có thẩm quyền đã ký. Kiểm tra thể thức rồi cấp số, ngày ban hành.")
        }
        Some(Tile::ToSeal) => say.t("Đóng dấu, ký số của cơ quan trong ngày ban hành."),
        Some(Tile::ToIssue) => say.t("Phát hành ngay trong ngày, chậm nhất ngày làm việc kế tiếp."),
        Some(Tile::AwaitingReceipt) => say.t("Đã gửi, nơi nhận chưa tiếp nhận."),
        Some(Tile::SendErrors) => say.t("Mở văn bản để xem lý do và gửi lại."),
        Some(Tile::ReturnedDrafts) => say.t("Đọc lý do, sửa rồi trình lại."),
        _ => String::new(),
    }
}

/// Asks for the kind before a draft is begun.
pub(in crate::page) fn new_draft(say: Say, csrf: &str) -> Confirm {
    let letter = DocumentKind::OfficialLetter;
    let others = DocumentKind::administrative().filter(|kind| *kind != letter);
    let choices = std::iter::once(letter)
        .chain(others)
        .map(|kind| Choice {
            value: kind.code().to_owned(),
            text: say.named(kind.name()),
            chosen: kind == letter,
            ..Choice::default()
        })
        .collect();
    Confirm {
        id: "ask-draft".to_owned(),
        title: say.t("Soạn văn bản mới"),
        text: say.t("Mẫu trình bày theo tên loại; đổi được khi đang soạn."),
        action: "/outgoing".to_owned(),
        csrf: csrf.to_owned(),
        code: Some(Field::new("kind", say.t("Tên loại văn bản"), "").choices(choices)),
        verb: say.t("Bắt đầu soạn"),
        ..Confirm::default()
    }
}
