//! Shapes that several nouns share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::outgoing::view::{Possible, TimelineEntry};
use vanthu_domain::{Day, Moment};

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
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// The list.
    #[serde(default)]
    pub(super) tile: Option<String>,
    /// What is searched for.
    #[serde(default)]
    pub(super) q: Option<String>,
    /// The end of the page before.
    #[serde(default)]
    pub(super) after: Option<String>,
}

/// The words of the documentation for [`Listing`].
pub(super) const LISTING: &[(&str, &str)] = &[
    ("tile", "danh mục, theo khóa của ô trên bàn làm việc"),
    ("q", "từ cần tìm"),
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
