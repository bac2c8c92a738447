//! Shapes that several nouns share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::Cursor;
use vanthu_app::listing::{Section, Selection};
use vanthu_app::outgoing::view::{Possible, TimelineEntry};
use vanthu_domain::{Day, Moment};

use crate::error::WebError;

/// The version that was seen.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// Phiên bản đã xem; nếu đã có phiên bản mới hơn, yêu cầu bị từ chối (409).
    #[serde(default)]
    pub(super) version: Option<i64>,
}

/// The version that was seen, and words.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Phiên bản đã xem.
    #[serde(default)]
    pub(super) version: Option<i64>,
    /// Ý kiến.
    #[serde(default)]
    pub(super) words: String,
}

/// The version that was seen, and a reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// Phiên bản đã xem.
    #[serde(default)]
    pub(super) version: Option<i64>,
    /// Lý do.
    #[serde(default)]
    pub(super) reason: String,
}

/// What to list, and from where.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Listing {
    tile: String,
    q: String,
    kind: String,
    urgency: String,
    state: String,
    from: String,
    to: String,
    agency: String,
    unit: String,
    due: String,
    register: String,
    order: String,
    after: String,
}

impl Listing {
    /// The list that is asked for.
    pub(super) fn selection(&self, section: Section) -> Result<Selection, WebError> {
        Ok(Selection::read(section, self.pairs())?)
    }

    /// The end of the page before.
    pub(super) fn after(&self) -> Option<Cursor> {
        (!self.after.is_empty()).then(|| self.after.clone().into())
    }

    fn pairs(&self) -> [(&'static str, &str); 12] {
        [
            ("tile", &self.tile),
            ("q", &self.q),
            ("kind", &self.kind),
            ("urgency", &self.urgency),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
            ("agency", &self.agency),
            ("unit", &self.unit),
            ("due", &self.due),
            ("register", &self.register),
            ("order", &self.order),
        ]
    }
}

/// The words of the documentation for [`Listing`].
pub(super) const LISTING: &[(&str, &str)] = &[
    (
        "tile",
        "danh mục, theo khóa của ô; không có thì mọi thứ được xem",
    ),
    ("q", "từ cần tìm"),
    ("kind", "mã loại văn bản"),
    (
        "urgency",
        "normal, urgent, very-urgent, express, hoặc any: khẩn trở lên",
    ),
    ("state", "trạng thái"),
    (
        "from",
        "ban hành (văn bản đi) hoặc đến từ ngày, dạng 2026-11-22",
    ),
    ("to", "ban hành (văn bản đi) hoặc đến chậm nhất ngày"),
    (
        "agency",
        "nơi nhận (văn bản đi) hoặc nơi gửi, theo mã định danh",
    ),
    ("unit", "đơn vị soạn thảo (văn bản đi) hoặc đơn vị xử lý"),
    (
        "due",
        "overdue: đã quá hạn; hoặc số ngày: đến hạn trong chừng ấy ngày",
    ),
    ("register", "sổ đăng ký"),
    ("order", "newest, urgent, hoặc due (chỉ với việc)"),
    ("after", "giá trị next của trang trước"),
];

/// An act that somebody may do now, or why not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Act {
    /// Việc.
    action: &'static str,
    /// Được làm lúc này.
    allowed: bool,
    /// Mã từ chối nếu không được.
    code: Option<&'static str>,
    /// Vì sao không được.
    why: Option<String>,
}

impl From<&Possible> for Act {
    fn from(possible: &Possible) -> Self {
        Self {
            action: possible.action.code(),
            allowed: possible.refusal.is_none(),
            code: possible.refusal.as_ref().map(|refusal| refusal.code.code()),
            why: possible.refusal.as_ref().map(vanthu_domain::Refusal::why),
        }
    }
}

/// One entry of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Happened {
    /// Số thứ tự trong sổ nhật ký.
    seq: i64,
    /// Thời điểm (ISO 8601, giờ Việt Nam).
    at: String,
    /// Việc, bằng mã.
    act: &'static str,
    /// Việc, bằng lời.
    text: &'static str,
    /// Người làm; rỗng nếu là hệ thống.
    who: String,
    /// Cơ quan.
    agency: String,
    /// Chi tiết.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

impl From<&TimelineEntry> for Happened {
    fn from(entry: &TimelineEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.iso(),
            act: entry.act.code(),
            text: entry.text,
            who: entry.who.clone(),
            agency: entry.agency.clone(),
            data: entry.data.clone(),
        }
    }
}

/// A file of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FileOut {
    /// Mã định danh.
    pub(super) file_id: String,
    /// Tên tệp.
    pub(super) name: String,
    /// Loại nội dung.
    pub(super) media_type: String,
    /// Dung lượng.
    pub(super) bytes: i64,
    /// Số trang, nếu biết.
    pub(super) pages: Option<u32>,
    /// SHA-256.
    pub(super) sha256: String,
}

/// A day as `2026-11-22`.
pub(super) fn day(day: Option<Day>) -> Option<String> {
    day.map(Day::iso)
}

/// A moment as `2026-11-22T08:12:01+07:00`.
pub(super) fn moment(moment: Option<Moment>) -> Option<String> {
    moment.map(Moment::iso)
}
