//! Notices (thông báo): what came to the reader, each with the page that it leads to.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use vanthu_app::notice::{self, Notice};

use crate::error::WebError;
use crate::page::fields::named;
use crate::page::rows::PAGE_ROWS;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::route::{Asks, Route};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Pager, Shell};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/notices", Asks::Person, || get(show)),
    Route::post("/notices/read", Asks::Person, || post(read_all)),
    Route::post("/notices/{id}/read", Asks::Person, || post(read_one)),
];

#[derive(Template)]
#[template(path = "notice/page.html")]
struct NoticePage {
    shell: Shell,
    notices: Vec<Line>,
    unread: bool,
    pager: Pager,
}

/// One notice on the page.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its words.
    pub(crate) text: String,
    /// Where it leads.
    pub(crate) href: String,
    /// When, for people.
    pub(crate) when: String,
    /// When, for machines.
    pub(crate) at: String,
    /// Not read yet.
    pub(crate) unread: bool,
}

impl Line {
    /// A notice as the reader sees it.
    pub(crate) fn of(say: Say, notice: &Notice) -> Self {
        let row = &notice.row;
        Self {
            text: say.notice(notice),
            href: row.link.clone(),
            when: say.moment(row.at),
            at: row.at.iso(),
            unread: row.read_at.is_none(),
        }
    }
}

/// Which page of them.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The end of the page before.
    #[serde(default)]
    after: String,
}

impl Asked {
    fn after(&self) -> Option<&str> {
        Some(self.after.as_str()).filter(|after| !after.is_empty())
    }
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let after = asked.after().map(|after| after.to_owned().into());
    let listed = notice::list(&web.app, who.caller(), after.as_ref(), PAGE_ROWS).await?;
    let notices: Vec<Line> = listed.items.iter().map(|one| Line::of(say, one)).collect();
    let page = NoticePage {
        shell: shell::shell(&web, &who, &headers, say.t("Thông báo"), "/notices").await?,
        unread: notices.iter().any(|one| one.unread),
        pager: Pager {
            summary: say.t("{n} thông báo trên trang này").counted(notices.len()),
            previous: asked
                .after()
                .map_or_else(String::new, |_| "/notices".to_owned()),
            next: listed.next.map_or_else(String::new, |next| {
                format!("/notices?after={}", encode(&next.to_string()))
            }),
        },
        notices,
    };
    render(&page, language_of(&headers))
}

async fn read_all(State(web): State<Web>, who: SignedIn) -> Result<Response, WebError> {
    notice::mark_all_read(&web.app, who.caller()).await?;
    Ok(Redirect::to("/notices").into_response())
}

async fn read_one(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    notice::mark_read(&web.app, who.caller(), &named(&id)?).await?;
    Ok(Redirect::to("/notices").into_response())
}
