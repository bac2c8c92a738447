//! The frame around every page: who and where one is, the menu with its counts.

use axum::http::HeaderMap;
use vanthu_app::agent::shipped_version;
use vanthu_app::desk::{self, Count, Tile};
use vanthu_app::listing::Section;
use vanthu_app::{Caller, Mode, device, finding, notice};
use vanthu_domain::agency::Role;
use vanthu_domain::finding::FindingTag;
use vanthu_domain::permission::Action;

use crate::error::WebError;
use crate::page::listing::path_of;
use crate::page::rows::address_of;
use crate::session::{SignedIn, cookie};
use crate::state::Web;
use crate::texts::{Language, language_of, translate};
use crate::{asset, view};

/// The frame of a signed-in person's page; `current` is the menu item's address.
pub async fn shell(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    title: impl Into<String>,
    current: &str,
) -> Result<view::Shell, WebError> {
    let language = language_of(headers);
    let caller = who.caller();
    let agency = vanthu_app::agency::own(&web.app, caller).await?;
    let tiles = desk::counts(&web.app, caller).await?;
    let notices = notice::unread(&web.app, caller).await?;
    let mut menu = menu(caller, &tiles, language, current);
    for (href, count) in waiting(web, caller).await? {
        let item = menu.iter_mut().flat_map(|group| &mut group.items);
        for one in item.filter(|one| one.href == href) {
            (one.count, one.hot) = (count, count > 0);
        }
    }
    let roles: Vec<&str> = Role::ALL
        .into_iter()
        .filter(|role| caller.is(*role))
        .map(|role| translate(role.name(), language))
        .collect();
    Ok(view::Shell {
        agency: agency.name,
        role: roles.join(", "),
        person: caller.full_name.clone(),
        menu,
        notices: u32::try_from(notices).unwrap_or(u32::MAX),
        csrf: who.0.csrf.clone(),
        signer: caller.is(Role::Leader) || caller.is(Role::Clerk),
        agent_shipped: shipped_version().to_string(),
        agent_minimum: web.app.agent_minimum().to_string(),
        events_from: who.0.news_after.to_string(),
        ..plain(web, language, theme(headers), title)
    })
}

/// What waits for somebody and is no list of documents: requests for permission, findings that
/// nobody has looked at.
pub(crate) async fn waiting(
    web: &Web,
    caller: &Caller,
) -> Result<Vec<(&'static str, u32)>, WebError> {
    let mut counts = Vec::new();
    if caller.is(Role::Leader) {
        let asked = device::view::waiting(&web.app, caller).await?.len();
        counts.push(("/devices", u32::try_from(asked).unwrap_or(u32::MAX)));
    }
    if caller
        .may(Action::ViewFindings, &caller.own_agency())
        .is_ok()
    {
        let new = finding::list::Asked {
            state: Some(FindingTag::New),
            ..finding::list::Asked::default()
        };
        let count = finding::list::count(&web.app, caller, &new).await?;
        counts.push(("/findings", u32::try_from(count).unwrap_or(u32::MAX)));
    }
    Ok(counts)
}

/// The frame of a page without a person: sign-in, errors, public verification.
pub fn plain(
    web: &Web,
    language: Language,
    theme: String,
    title: impl Into<String>,
) -> view::Shell {
    view::Shell {
        lang: language.tag().to_owned(),
        title: title.into(),
        theme,
        version: asset::version().to_owned(),
        practice: web.app.mode == Mode::Practice,
        ..view::Shell::default()
    }
}

/// The theme that the person chose, where it is one that we know.
pub fn theme(headers: &HeaderMap) -> String {
    cookie(headers, "theme")
        .filter(|t| ["light", "dark"].contains(&t.as_str()))
        .unwrap_or_default()
}

/// The menu: the same tiles as on the desk, in groups, and the pages that one may see.
pub fn menu(
    caller: &Caller,
    counts: &[Count],
    language: Language,
    current: &str,
) -> Vec<view::MenuGroup> {
    let text = |t: &str| translate(t, language).to_owned();
    let item = |name: &str, href: &str, key: &str| view::MenuItem {
        text: text(name),
        href: href.to_owned(),
        current: current == href,
        key: key.to_owned(),
        ..view::MenuItem::default()
    };
    let mut groups = vec![view::MenuGroup {
        title: String::new(),
        items: vec![item("Bàn làm việc", "/", "g d")],
    }];
    let t = |words: &str| translate(words, language).to_owned();
    let sections = [
        (Section::Work, t("Việc của tôi"), t("Tất cả việc"), "g w"),
        (
            Section::Incoming,
            t("Văn bản đến"),
            t("Tất cả văn bản đến"),
            "g v",
        ),
        (
            Section::Outgoing,
            t("Văn bản đi"),
            t("Tất cả văn bản đi"),
            "g o",
        ),
    ];
    for (section, title, all, key) in sections {
        let mut items: Vec<view::MenuItem> = counts
            .iter()
            .filter(|count| count.tile.section() == section)
            .map(|count| view::MenuItem {
                text: text(count.tile.name()),
                href: address_of(count.tile),
                count: u32::try_from(count.count).unwrap_or(0),
                current: current == address_of(count.tile),
                hot: matches!(
                    count.tile,
                    Tile::SendErrors | Tile::Overdue | Tile::GivenOverdue
                ) && count.count > 0,
                key: String::new(),
            })
            .collect();
        if !items.is_empty() {
            items.push(item(&all, path_of(section), key));
            groups.push(view::MenuGroup { title, items });
        }
    }
    let mut more = Vec::new();
    let may = |action| caller.may(action, &caller.own_agency()).is_ok();
    if may(Action::ViewRegisters) {
        more.push(item("Sổ đăng ký", "/registers", "g s"));
    }
    more.push(item("Kiểm tra chữ ký", "/verify", "g k"));
    more.push(item("Thiết bị ký số", "/devices", "g t"));
    if may(Action::ViewFindings) {
        more.push(item("Phát hiện", "/findings", ""));
    }
    if may(Action::ViewAccounts) {
        more.push(item("Tài khoản của cơ quan", "/admin/accounts", ""));
    }
    if may(Action::ViewAgents) {
        more.push(item("Máy ký của cơ quan", "/admin/agents", ""));
    }
    if may(Action::ViewJobs) {
        more.push(item("Việc nền và gửi lỗi", "/admin/jobs", ""));
    }
    if may(Action::SetNetworks) {
        more.push(item("Mạng của cơ quan", "/admin/networks", ""));
    }
    groups.push(view::MenuGroup {
        title: text("Sổ và tra cứu"),
        items: more,
    });
    groups
}
