//! A document after Appendix I of Decree 30/2020/NĐ-CP.

mod data;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Urgency};

pub(crate) use data::{breakable, clean};

use crate::engine::{self, Template};
use crate::{LayoutError, PlaceOnPage, fonts};

/// What is on the paper of an outgoing document, before number, date and signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The agency directly above (cơ quan chủ quản trực tiếp).
    pub parent_agency: Option<String>,
    /// The issuing agency (cơ quan ban hành).
    pub agency: String,
    /// The notation after the number and the stroke (ký hiệu): `UBND-VHXH`, `QĐ-UBND`.
    pub notation: String,
    /// The place (địa danh).
    pub place_name: String,
    /// The kind (tên loại).
    pub kind: DocumentKind,
    /// The abstract (trích yếu), without "V/v".
    pub subject: String,
    /// The degree of urgency (mức độ khẩn).
    pub urgency: Urgency,
    /// Whom it is addressed to (Kính gửi), one line each, without dashes.
    pub addressees: Vec<String>,
    /// The body (nội dung).
    pub body: Body,
    /// Who receives it (Nơi nhận), one line each, without dashes; the last one tells what is kept.
    pub recipients: Vec<String>,
    /// Authority and title of the signer (quyền hạn, chức vụ), one line each.
    pub authority_lines: Vec<String>,
    /// Full name of the signer (họ và tên).
    pub signer_name: String,
    /// The day of the draft: the date in the file's own data, and the year in guide lines.
    pub drafted_on: Day,
    /// The title in the file's own data.
    pub title: String,
}

/// A typeset document.
#[derive(Debug, Clone, PartialEq)]
pub struct Typeset {
    /// The file, PDF/A-2a.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: u32,
    /// Where number, date and signature go.
    pub places: Places,
}

/// The places that stay free until the document is signed and issued.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Places {
    /// Between "Số:" and the notation (ô số 3).
    pub number: PlaceOnPage,
    /// After the place: room for "ngày 22 tháng 11 năm 2026" (ô số 4).
    pub date: PlaceOnPage,
    /// The signature of the authorised person, between title and name (ô số 7c).
    pub signature: PlaceOnPage,
}

/// Typesets a document to PDF/A-2a (tagged), laid out after Decree 30/2020/NĐ-CP, Appendix I.
/// The same letter gives the same bytes.
///
/// Clause: TG-5.4, AG-4
pub fn typeset_letter(letter: &Letter) -> Result<Typeset, LayoutError> {
    let data = data::of(letter);
    fonts::check_glyphs(data.texts())?;
    let document = engine::compile(Template::Letter, &data)?;
    let place = |name: &'static str, size: f64, italic: bool, depth: f64| {
        let (page, rect) = engine::place(&document, name)?;
        Ok(PlaceOnPage {
            page,
            rect,
            baseline: rect.y0 + depth,
            size,
            italic,
        })
    };
    let (number, depth) = (data::NUMBER_SIZE, data::GAP_DEPTH);
    Ok(Typeset {
        places: Places {
            number: place("number", number, false, depth)?,
            date: place("date", number, true, depth)?,
            signature: place("signature", data::BODY_SIZE, false, 0.0)?,
        },
        pdf: engine::export(&document, letter.drafted_on)?,
        pages: u32::try_from(document.pages().len()).unwrap_or(u32::MAX),
    })
}
