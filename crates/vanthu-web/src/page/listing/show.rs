//! A list on the screen.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::Caller;
use vanthu_app::desk::{self, Stage, Tile};
use vanthu_app::listing::choices::choices;
use vanthu_app::listing::saved::{self, COUNTED, LONGEST_NAME, SavedView};
use vanthu_app::listing::{self, Section, Selection};
use vanthu_domain::permission::Action;

use super::asked::{Asked, Pairs, address, has_empty, query};
use super::filters as narrowing;
use super::path_of;
use crate::error::{WebError, refused_page};
use crate::page::outgoing::new_draft;
use crate::page::rows::{self, PAGE_ROWS};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{Counted as _, filters};
use crate::view::{self, Chip, Confirm, Empty, Fact, Field, List, Pager, Problem, Shell, Tone};

/// A tab above the list.
struct Tab {
    text: String,
    href: String,
    current: bool,
    /// How many, in words; empty where it is not told.
    count: String,
    /// Kept by the reader.
    kept: bool,
}

/// What may be done with several rows at once.
struct Bulk {
    action: String,
    back: String,
    act: &'static str,
    verb: String,
    /// What does it with the whole list; empty where that is not offered.
    whole: String,
}

/// What the reader does with the list as a kept one.
struct Keeping {
    /// Where a new one is posted.
    section: &'static str,
    /// Tile, filters and order, as they are kept.
    pairs: Vec<Fact>,
    /// What was typed, and what is wrong with it.
    name: Field,
    first: bool,
    open: bool,
    kept: Option<Kept>,
}

/// The kept list that is shown.
struct Kept {
    action: String,
    version: i64,
    name: Field,
    opens_first: bool,
    /// The filters on the screen are no longer those that were kept.
    differs: bool,
}

#[derive(Template)]
#[template(path = "listing/page.html")]
struct ListPage {
    shell: Shell,
    lead: String,
    banner: Option<Problem>,
    tabs: Vec<Tab>,
    tiles: Vec<view::Tile>,
    action: &'static str,
    chips: Vec<Chip>,
    total: String,
    clear: String,
    hidden: Vec<Fact>,
    fields: Vec<Field>,
    keeping: Option<Keeping>,
    xlsx: String,
    pdf: String,
    bulk: Option<Bulk>,
    list: List,
    pager: Pager,
    empty: Empty,
    src: String,
    may_draft: bool,
    draft: Confirm,
}

/// What a refused form leaves on the page.
pub(super) struct Refused {
    pub(super) error: WebError,
    pub(super) name: String,
    pub(super) first: bool,
}

/// `GET /incoming`
pub(super) async fn incoming(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    query: Query<Pairs>,
) -> Result<Response, WebError> {
    answer(&web, &who, &headers, Section::Incoming, &query).await
}

/// `GET /outgoing`
pub(super) async fn outgoing(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    query: Query<Pairs>,
) -> Result<Response, WebError> {
    answer(&web, &who, &headers, Section::Outgoing, &query).await
}

/// `GET /work`
pub(super) async fn work(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    query: Query<Pairs>,
) -> Result<Response, WebError> {
    answer(&web, &who, &headers, Section::Work, &query).await
}

async fn answer(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    section: Section,
    pairs: &Pairs,
) -> Result<Response, WebError> {
    let asked = Asked::read(section, pairs)?;
    if has_empty(pairs) {
        return Ok(Redirect::to(&asked.address()).into_response());
    }
    let views = saved::list(&web.app, who.caller(), Some(section)).await?;
    if pairs.is_empty()
        && let Some(first) = views.iter().find(|view| view.row.opens_first)
        && let Some(selection) = &first.selection
    {
        let to = address(selection, Some(&first.row.view_id));
        return Ok(Redirect::to(&to).into_response());
    }
    page(web, who, headers, &asked, views, None).await
}

/// The page; with what a refused form leaves on it.
pub(super) async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    asked: &Asked,
    views: Vec<SavedView>,
    refused: Option<Refused>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let caller = who.caller();
    let selection = &asked.selection;
    let section = selection.section;
    let after = asked.after.clone().map(Into::into);
    let listed = listing::list(&web.app, caller, selection, after.as_ref(), PAGE_ROWS).await?;
    let total = listing::count(&web.app, caller, selection, Some(COUNTED + 1)).await?;
    let counts: Vec<_> = desk::counts(&web.app, caller)
        .await?
        .into_iter()
        .filter(|count| count.tile.section() == section)
        .collect();
    let choices = choices(&web.app, caller, section).await?;
    let view = asked.view.as_ref();
    let kept = views.iter().find(|one| Some(&one.row.view_id) == view);
    let title = title(say, selection, kept);
    let base = asked.address();
    let menu = selection
        .tile
        .map_or_else(|| path_of(section).to_owned(), rows::address_of);
    let frame = shell::shell(web, who, headers, &title, &menu).await?;
    let waiting = selection
        .tile
        .is_some_and(|tile| tile.stage() == Stage::Waiting);
    let src = match &asked.after {
        None => base.clone(),
        Some(after) => format!("{base}&after={}", encode(after)),
    };
    let bulk = bulk_of(say, selection, &base);
    let mut list = rows::table(say, &listed, title);
    list.pick = bulk.is_some() && !list.rows.is_empty();
    let narrowed = !selection.narrow.is_empty();
    // Files and bulk acts are those of the lines, which the section shows.
    let stem = match section {
        Section::Work => "/lines",
        Section::Incoming | Section::Outgoing => path_of(section),
    };
    let file = |format: &str| format!("{stem}/export/{format}?{}", query(selection, None));
    let code = refused.as_ref().and_then(|one| one.error.0.code());
    let page = ListPage {
        lead: selection
            .tile
            .map_or_else(String::new, |tile| lead(say, tile)),
        banner: match &refused {
            Some(one) => Some(say.error(&one.error)),
            None => done(say, asked),
        },
        tabs: tabs(say, caller, selection, &counts, &views, kept),
        tiles: if waiting && kept.is_none() {
            rows::tiles(say, &counts, selection.tile)
        } else {
            Vec::new()
        },
        action: path_of(section),
        chips: narrowing::chips(say, selection, &choices, view),
        total: total_of(say, total),
        clear: if narrowed || selection.order.is_some() {
            address(
                &Selection {
                    tile: selection.tile,
                    ..Selection::everything(section)
                },
                None,
            )
        } else {
            String::new()
        },
        hidden: hidden(selection, view),
        fields: narrowing::fields(say, selection, &choices),
        keeping: keeping(say, selection, kept, refused),
        xlsx: file("xlsx"),
        pdf: file("pdf"),
        bulk: bulk.filter(|_| list.pick),
        pager: rows::pager(say, &listed, &base, asked.after.as_deref()),
        list,
        empty: rows::empty(say, selection.tile.filter(|_| !narrowed)),
        src,
        may_draft: section == Section::Outgoing
            && caller.may(Action::Draft, &caller.own_agency()).is_ok(),
        draft: new_draft(say, &frame.csrf),
        shell: frame,
    };
    let shown = render(&page, say.language)?;
    Ok(match code {
        Some(code) => refused_page(shown, code),
        None => shown,
    })
}

/// The name of a list.
pub(super) fn title(say: Say, selection: &Selection, kept: Option<&SavedView>) -> String {
    let name = match (kept, selection.tile) {
        (Some(kept), _) => kept.row.name.clone(),
        (None, Some(tile)) => say.t(tile.name()),
        (None, None) => return everything(say, selection.section),
    };
    let section = match selection.section {
        Section::Work => say.t("Việc của tôi"),
        Section::Incoming => say.t("Văn bản đến"),
        Section::Outgoing => say.t("Văn bản đi"),
    };
    format!("{section} · {name}")
}

fn everything(say: Say, section: Section) -> String {
    match section {
        Section::Work => say.t("Tất cả việc của tôi"),
        Section::Incoming => say.t("Tất cả văn bản đến"),
        Section::Outgoing => say.t("Tất cả văn bản đi"),
    }
}

/// What waits, what is over, everything, and what the reader keeps.
fn tabs(
    say: Say,
    caller: &Caller,
    selection: &Selection,
    counts: &[desk::Count],
    views: &[SavedView],
    kept: Option<&SavedView>,
) -> Vec<Tab> {
    let section = selection.section;
    let tab = |text: String, href: String, current: bool| Tab {
        text,
        href,
        current: current && kept.is_none(),
        count: String::new(),
        kept: false,
    };
    let mut tabs = Vec::new();
    let fullest = counts.iter().find(|count| count.count > 0);
    if let Some(count) = fullest.or(counts.first()) {
        let waits = |tile: Tile| tile.stage() == Stage::Waiting;
        tabs.push(tab(
            say.t("Đang chờ"),
            rows::address_of(count.tile),
            selection.tile.is_some_and(waits),
        ));
    }
    let over = |tile: &Tile| {
        tile.section() == section && tile.stage() == Stage::Over && tile.is_for(caller)
    };
    for tile in Tile::ALL.iter().copied().filter(over) {
        let current = selection.tile == Some(tile);
        tabs.push(tab(say.t(tile.name()), rows::address_of(tile), current));
    }
    let all = Selection::everything(section);
    tabs.push(tab(
        everything(say, section),
        address(&all, None),
        selection.tile.is_none(),
    ));
    for view in views {
        if let (Some(selection), Some(count)) = (&view.selection, view.count) {
            tabs.push(Tab {
                text: view.row.name.clone(),
                href: address(selection, Some(&view.row.view_id)),
                current: kept.is_some_and(|one| one.row.view_id == view.row.view_id),
                count: short(count),
                kept: true,
            });
        }
    }
    tabs
}

/// `12`, `999+`.
fn short(count: i64) -> String {
    if count >= i64::from(COUNTED) {
        format!("{}+", COUNTED - 1)
    } else {
        count.to_string()
    }
}

fn total_of(say: Say, total: i64) -> String {
    if total > i64::from(COUNTED) {
        return say.t("hơn {n} dòng").counted(COUNTED);
    }
    say.t("{n} dòng").counted(total)
}

/// What the form of the filters keeps of the address.
fn hidden(selection: &Selection, view: Option<&vanthu_domain::id::SavedViewId>) -> Vec<Fact> {
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
        ..Fact::default()
    };
    let tile = selection.tile.map_or("all", Tile::code);
    let mut hidden = vec![fact("tile", tile.to_owned())];
    hidden.extend(view.map(|view| fact("view", view.to_string())));
    hidden
}

fn keeping(
    say: Say,
    selection: &Selection,
    kept: Option<&SavedView>,
    refused: Option<Refused>,
) -> Option<Keeping> {
    let pairs = selection.pairs();
    if pairs.is_empty() && kept.is_none() {
        return None;
    }
    let open = refused.is_some();
    let (typed, first) = refused.map_or((String::new(), false), |one| (one.name, one.first));
    let field = |name: &str, label: String, value: String| {
        let most = u32::try_from(LONGEST_NAME).unwrap_or(u32::MAX);
        Field::new(name, label, value).max(most)
    };
    Some(Keeping {
        section: selection.section.code(),
        pairs: pairs
            .into_iter()
            .map(|(name, value)| Fact {
                name: name.to_owned(),
                value,
                ..Fact::default()
            })
            .collect(),
        name: field("name", say.t("Tên bộ lọc"), typed),
        first,
        open,
        kept: kept.map(|one| Kept {
            action: format!("/views/{}", one.row.view_id),
            version: one.row.version,
            name: field("name--kept", say.t("Đổi tên"), one.row.name.clone()),
            opens_first: one.row.opens_first,
            differs: one.selection.as_ref() != Some(selection),
        }),
    })
}

/// What may be done with several rows of a list at once.
fn bulk_of(say: Say, selection: &Selection, back: &str) -> Option<Bulk> {
    let (path, act, verb) = match selection.tile? {
        Tile::ToAccept => (
            "/incoming/bulk",
            "accept-and-register",
            say.t("Tiếp nhận và vào sổ"),
        ),
        Tile::ToRegister => ("/incoming/bulk", "register", say.t("Vào sổ")),
        Tile::ForInformation => ("/lines/bulk", "read", say.t("Xác nhận đã đọc")),
        Tile::ToSign => (
            "/outgoing/sign-many",
            "person",
            say.t("Ký các văn bản đã chọn"),
        ),
        Tile::ToSeal => (
            "/outgoing/sign-many",
            "seal",
            say.t("Đóng dấu các văn bản đã chọn"),
        ),
        _ => return None,
    };
    Some(Bulk {
        action: path.to_owned(),
        back: back.to_owned(),
        act,
        verb,
        whole: match selection.tile? {
            Tile::ToSign => say.t("Ký cả danh mục"),
            Tile::ToSeal => say.t("Đóng dấu cả danh mục"),
            _ => String::new(),
        },
    })
}

fn done(say: Say, asked: &Asked) -> Option<Problem> {
    let (what, why) = match asked.done.as_str() {
        "given-back" => (
            say.t("Đã trả lại dự thảo cho người soạn thảo"),
            say.t("Lý do đã lưu cùng hồ sơ và gửi tới người soạn thảo."),
        ),
        "view-saved" => (
            say.t("Đã lưu bộ lọc"),
            say.t("Bộ lọc nằm ở hàng thẻ phía trên danh mục, kèm số lượng; chỉ đồng chí thấy."),
        ),
        "view-changed" => (say.t("Đã lưu thay đổi của bộ lọc"), String::new()),
        "view-deleted" => (
            say.t("Đã xóa bộ lọc"),
            say.t("Văn bản và việc trong danh mục không thay đổi."),
        ),
        _ => return None,
    };
    Some(Problem {
        tone: Tone::Ok,
        what,
        why,
        ..Problem::default()
    })
}

/// What is done with what stands in the list.
fn lead(say: Say, tile: Tile) -> String {
    match tile {
        Tile::ToAccept => say.t("Chữ ký số được kiểm tra ngay khi văn bản đến; khẩn xếp trước."),
        Tile::ToRegister => say.t("Đã tiếp nhận, chưa có số đến."),
        Tile::ToPresent => say.t("Đã vào sổ, chờ trình lãnh đạo cho ý kiến phân phối."),
        Tile::PresentedToMe => {
            say.t("Văn thư trình; đồng chí cho ý kiến chỉ đạo và chọn nơi xử lý.")
        }
        Tile::AwaitingDirection => say.t("Lãnh đạo chưa cho ý kiến chỉ đạo."),
        Tile::ToSign => say.t("Đã qua duyệt nội dung. Mở văn bản, đọc rồi ký số."),
        Tile::ToReview => say.t("Đọc, duyệt nội dung để chuyển ký, hoặc trả lại kèm ý kiến."),
        Tile::ToNumber => {
            say.t("Người có thẩm quyền đã ký. Kiểm tra thể thức rồi cấp số, ngày ban hành.")
        }
        Tile::ToSeal => say.t("Đóng dấu, ký số của cơ quan trong ngày ban hành."),
        Tile::ToIssue => say.t("Phát hành ngay trong ngày, chậm nhất ngày làm việc kế tiếp."),
        Tile::AwaitingReceipt => say.t("Đã gửi, nơi nhận chưa tiếp nhận."),
        Tile::SendErrors => say.t("Mở văn bản để xem lý do và gửi lại."),
        Tile::ReturnedDrafts => say.t("Đọc lý do, sửa rồi trình lại."),
        Tile::ToDo => say.t("Được giao, chưa bắt đầu; khẩn xếp trước."),
        Tile::DueSoon => say.t("Đến hạn trong hai ngày làm việc tới."),
        Tile::Overdue => say.t("Đã quá hạn: xử lý ngay hoặc xin gia hạn."),
        Tile::ForInformation => {
            say.t("Mở văn bản và bấm “Đã đọc”, hoặc chọn nhiều dòng rồi xác nhận một lần.")
        }
        Tile::GivenByMe => say.t("Việc tôi giao, chưa xong."),
        _ => String::new(),
    }
}
