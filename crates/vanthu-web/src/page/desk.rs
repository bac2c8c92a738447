//! The desk (bàn làm việc): tiles that lead to exactly the lists they count, the first list at once,
//! and what is new.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use vanthu_app::desk::{self, Count, Tile};
use vanthu_app::{Caller, notice};
use vanthu_domain::permission::Action;

use crate::error::WebError;
use crate::page::notice::Line;
use crate::page::outgoing::new_draft;
use crate::page::rows;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::route::{Asks, Route};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{self, Confirm, Link, List, Shell};

/// Rows of the first list.
const FIRST_ROWS: u32 = 8;
/// Notices beside it.
const NOTICES: u32 = 6;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/", Asks::Person, || get(show)),
    Route::get("/fragment/tiles", Asks::Person, || get(tiles)),
];

#[derive(Template)]
#[template(path = "desk/page.html")]
struct DeskPage {
    shell: Shell,
    today: String,
    tiles: Vec<view::Tile>,
    quiet: Vec<view::Tile>,
    title: String,
    list: List,
    more: Option<Link>,
    notices: Vec<Line>,
    may_draft: bool,
    draft: Confirm,
}

#[derive(Template)]
#[template(path = "desk/tiles.html")]
struct TilesFragment {
    tiles: Vec<view::Tile>,
    quiet: Vec<view::Tile>,
}

/// The tiles that lead to no list of documents.
async fn others(say: Say, web: &Web, caller: &Caller) -> Result<Vec<view::Tile>, WebError> {
    let waiting = shell::waiting(web, caller).await?;
    let tiles = waiting.into_iter().map(|(href, count)| view::Tile {
        text: match href {
            "/findings" => say.t("Phát hiện mới"),
            _ => say.t("Chờ cho phép mang thiết bị"),
        },
        href: href.to_owned(),
        count,
        tone: if count > 0 {
            view::Tone::Warn
        } else {
            view::Tone::None
        },
        current: false,
    });
    Ok(tiles.collect())
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let caller = who.caller();
    let counts = desk::counts(&web.app, caller).await?;
    let first = first_of(&counts);
    let (title, list, more) = match first {
        Some(count) => {
            let listed = desk::list(&web.app, caller, count.tile, None, FIRST_ROWS).await?;
            let title = say.t(count.tile.name());
            let more = listed.next().map(|_| Link {
                text: say.t("Xem cả {n}").counted(count.count),
                href: rows::address_of(count.tile),
            });
            (title.clone(), rows::table(say, &listed, title), more)
        }
        None => (say.t("Việc cần làm"), List::default(), None),
    };
    let latest = notice::list(&web.app, caller, None, NOTICES).await?;
    let notices = latest.items.iter().map(|one| Line::of(say, one)).collect();
    let mut tiles = rows::tiles(say, &counts, None);
    tiles.extend(others(say, &web, caller).await?);
    let (waiting, quiet) = parted(tiles);
    let frame = shell::shell(&web, &who, &headers, say.t("Bàn làm việc"), "/").await?;
    let page = DeskPage {
        may_draft: caller.may(Action::Draft, &caller.own_agency()).is_ok(),
        draft: new_draft(say, &frame.csrf),
        shell: frame,
        today: today_of(say, &web),
        tiles: waiting,
        quiet,
        title,
        list,
        more,
        notices,
    };
    render(&page, language_of(&headers))
}

async fn tiles(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let counts = desk::counts(&web.app, who.caller()).await?;
    let mut tiles = rows::tiles(say, &counts, None);
    tiles.extend(others(say, &web, who.caller()).await?);
    let (tiles, quiet) = parted(tiles);
    render(&TilesFragment { tiles, quiet }, say.language)
}

/// What waits, and the lists in which nothing does: those are named in one line.
fn parted(tiles: Vec<view::Tile>) -> (Vec<view::Tile>, Vec<view::Tile>) {
    tiles.into_iter().partition(|tile| tile.count > 0)
}

/// What comes first: the reader's own late work, what only the reader can do, else the first tile
/// that holds something.
fn first_of(counts: &[Count]) -> Option<Count> {
    const BEFORE_OTHERS: [Tile; 4] = [
        Tile::Overdue,
        Tile::ToSign,
        Tile::PresentedToMe,
        Tile::ToAccept,
    ];
    let waiting = || counts.iter().copied().filter(|count| count.count > 0);
    BEFORE_OTHERS
        .into_iter()
        .find_map(|tile| waiting().find(|count| count.tile == tile))
        .or_else(|| waiting().next())
}

/// `Chủ nhật, 22/11/2026 · ngày nghỉ; ngày làm việc kế tiếp 23/11/2026`.
fn today_of(say: Say, web: &Web) -> String {
    let today = say.today();
    let names = [
        say.t("Thứ Hai"),
        say.t("Thứ Ba"),
        say.t("Thứ Tư"),
        say.t("Thứ Năm"),
        say.t("Thứ Sáu"),
        say.t("Thứ Bảy"),
        say.t("Chủ nhật"),
    ];
    let name = usize::try_from(today.weekday() - 1)
        .ok()
        .and_then(|at| names.get(at));
    let mut text = format!("{}, {today}", name.map_or("", String::as_str));
    if !web.app.calendar.is_working(today) {
        let next = web.app.calendar.next_working_day(today).to_string();
        let rest = say
            .t("ngày nghỉ; ngày làm việc kế tiếp {day}")
            .replace("{day}", &next);
        text = format!("{text} · {rest}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_comes_first() {
        let count = |tile, count| Count { tile, count };
        let counts = [count(Tile::ToAccept, 3), count(Tile::Overdue, 1)];
        assert_eq!(first_of(&counts).map(|one| one.tile), Some(Tile::Overdue));
        let counts = [
            count(Tile::ToAccept, 0),
            count(Tile::ToSeal, 2),
            count(Tile::Overdue, 0),
        ];
        assert_eq!(first_of(&counts).map(|one| one.tile), Some(Tile::ToSeal));
        let counts = [count(Tile::InProcess, 4), count(Tile::ToSign, 1)];
        assert_eq!(first_of(&counts).map(|one| one.tile), Some(Tile::ToSign));
        assert!(first_of(&[count(Tile::ToAccept, 0)]).is_none());
    }
}
