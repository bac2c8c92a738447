use serde::{Deserialize, Serialize};

/// Something in the typed text that looks wrong (phát hiện khi soạn thảo). It never stops the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The line in the typed text, from 1.
    pub line: u32,
    /// What it is.
    pub code: FindingCode,
    /// What was found there.
    pub found: String,
    /// What was expected instead, where that can be said.
    pub expected: Option<String>,
}

/// The closed list of what the parser can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// There is no text at all.
    Empty,
    /// A clause number does not follow the one before (số khoản không liên tục).
    ClauseOrder,
    /// A point letter does not follow the one before in the Vietnamese order (thứ tự điểm).
    PointOrder,
    /// An article number does not follow the one before (số điều không liên tục).
    ArticleOrder,
    /// A part, chapter or section does not follow the one before (số phần, chương, mục không liên tục).
    DivisionOrder,
    /// A part or chapter without a Roman figure, a section without an Arabic one.
    DivisionFigure,
    /// A footnote is defined and never mentioned.
    FootnoteUnused,
    /// A footnote is mentioned and never defined.
    FootnoteUndefined,
    /// A footnote is defined twice; the first text stands.
    FootnoteDefinedTwice,
    /// `**` or `_` is opened and never closed; it is printed as it stands.
    EmphasisUnclosed,
    /// A table row has more or fewer cells than the header.
    TableRowCells,
    /// A table has a header and no row.
    TableWithoutRows,
    /// A table has more columns than a page can hold (bảng quá nhiều cột).
    TableTooWide,
    /// An appendix has no title.
    AppendixWithoutTitle,
    /// An appendix has no contents.
    AppendixEmpty,
    /// The main text never mentions the appendix (Nghị định 30/2020/NĐ-CP, Phụ lục I, III.1a).
    AppendixNotMentioned,
    /// Invisible or control characters were left out.
    InvisibleCharacters,
    /// A line starts in lower case after a line without an end: perhaps one pasted sentence cut in two.
    BrokenLine,
}

impl FindingCode {
    /// The sentence for the person who types, in Vietnamese.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Empty => "Nội dung văn bản đang để trống",
            Self::ClauseOrder => "Số thứ tự khoản không liên tục",
            Self::PointOrder => "Chữ cái của điểm không đúng thứ tự bảng chữ cái tiếng Việt",
            Self::ArticleOrder => "Số thứ tự điều không liên tục",
            Self::DivisionOrder => "Số thứ tự phần, chương, mục không liên tục",
            Self::DivisionFigure => {
                "Phần, chương dùng chữ số La Mã; mục, tiểu mục dùng chữ số Ả Rập"
            }
            Self::FootnoteUnused => "Chú thích không được dẫn trong nội dung",
            Self::FootnoteUndefined => "Dấu chú thích chưa có nội dung",
            Self::FootnoteDefinedTwice => "Chú thích được ghi hai lần; lấy nội dung thứ nhất",
            Self::EmphasisUnclosed => "Dấu in đậm hoặc in nghiêng chưa được đóng",
            Self::TableRowCells => "Số ô của hàng khác số cột của bảng",
            Self::TableWithoutRows => "Bảng chỉ có hàng tiêu đề",
            Self::TableTooWide => "Bảng có quá nhiều cột so với khổ giấy A4; nên tách bảng",
            Self::AppendixWithoutTitle => "Phụ lục chưa có tiêu đề",
            Self::AppendixEmpty => "Phụ lục chưa có nội dung",
            Self::AppendixNotMentioned => "Nội dung văn bản chưa dẫn chiếu đến phụ lục",
            Self::InvisibleCharacters => "Đã bỏ ký tự vô hình hoặc ký tự điều khiển",
            Self::BrokenLine => {
                "Dòng bắt đầu bằng chữ thường; có thể một câu bị ngắt thành hai đoạn"
            }
        }
    }
}

impl Finding {
    pub(super) fn new(line: usize, code: FindingCode, found: impl Into<String>) -> Self {
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            code,
            found: found.into(),
            expected: None,
        }
    }

    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}
