//! Lists that the caller keeps under a name.

use axum::extract::State;
use axum::routing::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::AppError;
use vanthu_app::listing::saved::{self, Change, SavedView};
use vanthu_app::listing::{Section, Selection};
use vanthu_domain::id::SavedViewId;
use vanthu_domain::refusal::RefusalCode;

use super::extract::{Answer, Asked, Done, Given, Named, answer, done};
use super::operation::{Operation, Verb};
use crate::error::WebError;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/views",
        || get(listed),
        "Các bộ lọc đã lưu của mình",
    )
    .query(&[(
        "section",
        "work, incoming hoặc outgoing; khi có thì kèm số lượng",
    )])
    .gives::<Vec<ViewOut>>(),
    Operation::new(
        Verb::Post,
        "/api/v1/views",
        || post(saved),
        "Lưu một bộ lọc",
    )
    .takes::<ViewIn>()
    .gives::<ViewSaved>(),
    Operation::new(
        Verb::Put,
        "/api/v1/views/{view_id}",
        || put(changed),
        "Đổi tên, sửa bộ lọc, đặt mở đầu tiên",
    )
    .takes::<ViewChange>(),
    Operation::new(
        Verb::Delete,
        "/api/v1/views/{view_id}",
        || axum::routing::delete(deleted),
        "Xóa một bộ lọc đã lưu",
    ),
];

/// A kept list.
#[derive(Serialize, ToSchema)]
struct ViewOut {
    /// Mã định danh.
    view_id: String,
    /// work, incoming hoặc outgoing.
    section: &'static str,
    /// Tên.
    name: String,
    /// Các tham số của danh mục; null khi không còn dùng được.
    filters: Option<Vec<FilterOut>>,
    /// Danh mục mở bằng bộ lọc này.
    opens_first: bool,
    /// Số lượng, đếm đến 1000; null khi không hỏi một danh mục.
    count: Option<i64>,
    /// Phiên bản.
    version: i64,
}

/// One parameter of a list.
#[derive(Serialize, ToSchema)]
struct FilterOut {
    /// Tên tham số.
    name: &'static str,
    /// Giá trị.
    value: String,
}

/// One parameter of a list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FilterIn {
    /// Tên tham số của danh mục, như kind.
    name: String,
    /// Giá trị.
    value: String,
}

/// A list to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewIn {
    /// work, incoming hoặc outgoing.
    section: String,
    /// Tên.
    name: String,
    /// Các tham số của danh mục.
    filters: Vec<FilterIn>,
    /// Danh mục mở bằng bộ lọc này.
    #[serde(default)]
    opens_first: bool,
}

/// What is changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewChange {
    /// Phiên bản đã xem.
    #[serde(default)]
    version: Option<i64>,
    /// Tên mới.
    #[serde(default)]
    name: Option<String>,
    /// Danh mục của bộ lọc; bắt buộc khi gửi filters.
    #[serde(default)]
    section: Option<String>,
    /// Các tham số mới, thay cho mọi tham số cũ.
    #[serde(default)]
    filters: Option<Vec<FilterIn>>,
    /// Danh mục mở bằng bộ lọc này.
    #[serde(default)]
    opens_first: Option<bool>,
}

/// The new kept list.
#[derive(Serialize, ToSchema)]
struct ViewSaved {
    /// Mã định danh.
    view_id: String,
}

/// Which section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    #[serde(default)]
    section: Option<String>,
}

async fn listed(
    State(web): State<Web>,
    who: SignedIn,
    Asked(of): Asked<Of>,
) -> Answer<Vec<ViewOut>> {
    let section = of.section.as_deref().map(section_of).transpose()?;
    let views = saved::list(&web.app, who.caller(), section).await?;
    answer(views.into_iter().map(ViewOut::from).collect())
}

async fn saved(
    State(web): State<Web>,
    who: SignedIn,
    Given(given): Given<ViewIn>,
) -> Answer<ViewSaved> {
    let selection = selection_of(section_of(&given.section)?, &given.filters)?;
    let caller = who.caller();
    let id = saved::save(&web.app, caller, &given.name, &selection, given.opens_first).await?;
    answer(ViewSaved {
        view_id: id.to_string(),
    })
}

async fn changed(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<SavedViewId>,
    Given(given): Given<ViewChange>,
) -> Done {
    let selection = match (&given.filters, given.section.as_deref()) {
        (None, _) => None,
        (Some(filters), Some(section)) => Some(selection_of(section_of(section)?, filters)?),
        (Some(_), None) => return Err(AppError::refused(RefusalCode::RequestMalformed).into()),
    };
    let change = Change {
        version: given.version,
        name: given.name,
        selection,
        opens_first: given.opens_first,
    };
    saved::change(&web.app, who.caller(), &id, change).await?;
    done()
}

async fn deleted(State(web): State<Web>, who: SignedIn, Named(id): Named<SavedViewId>) -> Done {
    saved::delete(&web.app, who.caller(), &id).await?;
    done()
}

fn section_of(word: &str) -> Result<Section, WebError> {
    Section::from_code(word).ok_or_else(|| AppError::refused(RefusalCode::RequestMalformed).into())
}

fn selection_of(section: Section, filters: &[FilterIn]) -> Result<Selection, WebError> {
    let pairs = filters
        .iter()
        .map(|filter| (filter.name.as_str(), filter.value.as_str()));
    Ok(Selection::read(section, pairs)?)
}

impl From<SavedView> for ViewOut {
    fn from(view: SavedView) -> Self {
        let filters = view.selection.map(|selection| {
            let pairs = selection.pairs().into_iter();
            pairs
                .map(|(name, value)| FilterOut { name, value })
                .collect()
        });
        Self {
            view_id: view.row.view_id.to_string(),
            section: view.row.section.code(),
            name: view.row.name,
            filters,
            opens_first: view.row.opens_first,
            count: view.count,
            version: view.row.version,
        }
    }
}
