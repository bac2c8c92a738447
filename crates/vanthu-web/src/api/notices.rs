//! Notices to the caller.

use axum::extract::State;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::{Cursor, notice};
use vanthu_domain::id::NoticeId;

use super::desk::PAGE;
use super::extract::{Answer, Asked, Done, Given, answer, done};
use super::operation::{Operation, Verb};
use super::shared::moment;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/notices",
        || get(notices),
        "Thông báo, mới nhất trước",
    )
    .query(&[("after", "giá trị next của trang trước")])
    .gives::<NoticePage>(),
    Operation::new(
        Verb::Post,
        "/api/v1/notices/read",
        || post(mark_read),
        "Đánh dấu đã đọc một thông báo, hoặc tất cả",
    )
    .takes::<Which>(),
];

/// One page of notices.
#[derive(Serialize, ToSchema)]
struct NoticePage {
    /// Các thông báo.
    items: Vec<NoticeOut>,
    /// Gửi lại làm tham số after để lấy trang sau; null ở trang cuối.
    next: Option<String>,
    /// Số thông báo chưa đọc.
    unread: i64,
}

/// A notice.
#[derive(Serialize, ToSchema)]
struct NoticeOut {
    /// Mã định danh.
    notice_id: String,
    /// Mã của lời.
    code: String,
    /// Lời.
    text: String,
    /// Trang mà thông báo dẫn tới.
    link: String,
    /// Lúc.
    at: String,
    /// Đọc lúc.
    read_at: Option<String>,
}

/// Where the page begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    #[serde(default)]
    after: Option<String>,
}

/// Which notice was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Thông báo; không có thì tất cả.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    notice_id: Option<NoticeId>,
}

async fn notices(
    State(web): State<Web>,
    who: SignedIn,
    Asked(from): Asked<From>,
) -> Answer<NoticePage> {
    let after = from.after.map(Cursor::from);
    let page = notice::list(&web.app, who.caller(), after.as_ref(), PAGE).await?;
    let unread = notice::unread(&web.app, who.caller()).await?;
    let items = page.items.into_iter().map(|one| NoticeOut {
        notice_id: one.row.notice_id.to_string(),
        code: one.row.code,
        text: one.text,
        link: one.row.link,
        at: one.row.at.iso(),
        read_at: moment(one.row.read_at),
    });
    answer(NoticePage {
        items: items.collect(),
        next: page.next.map(|next| next.to_string()),
        unread,
    })
}

async fn mark_read(State(web): State<Web>, who: SignedIn, Given(which): Given<Which>) -> Done {
    match which.notice_id {
        Some(id) => notice::mark_read(&web.app, who.caller(), &id).await?,
        None => {
            notice::mark_all_read(&web.app, who.caller()).await?;
        }
    }
    done()
}
