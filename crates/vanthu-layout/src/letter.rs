//! A document after Appendix I of Decree 30/2020/NĐ-CP.

mod data;
mod item;
mod phrase;
mod signers;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Urgency};

pub(crate) use data::clean;
pub(crate) use item::breakable;
pub(crate) use phrase::capital_phrases;

use crate::engine::{self, Template};
use crate::form::{Figures, Form, Sizes};
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
    /// What only some documents carry.
    #[serde(default)]
    pub extras: Extras,
}

/// What only some documents carry (Decree 30/2020, Article 8.3); the default is none of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// The rules of form.
    pub form: Form,
    /// The step of all sizes.
    pub sizes: Sizes,
    /// Who decides, as it stands above the legal bases (thẩm quyền ban hành, mẫu 1.1 to 1.3), and who wires or
    /// invites (mẫu 1.6, 1.7), where that isn't the agency.
    pub issuer: Option<String>,
    /// How far it may go (chỉ dẫn về phạm vi lưu hành, ô số 11): "Xem xong trả lại".
    pub circulation: Option<String>,
    /// Sign of the drafter and number of copies (ô số 12): `PL.(300)`.
    pub drafter_mark: Option<String>,
    /// Address, mail, site, telephone (ô số 13), one line each.
    pub contact: Vec<String>,
    /// The post in the agency, above the name of who signs for a council (ô số 7b).
    pub signer_post: Vec<String>,
    /// Who signs on the left; where it is none, minutes and contracts look for one in their text.
    pub cosigner: Option<Signer>,
    /// "Kèm theo … số … ngày …" under the titles of appendices, on paper. Electronic documents leave it blank.
    pub guide: Option<String>,
}

/// Who signs, and as what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// Authority and title, one line each.
    pub authority_lines: Vec<String>,
    /// The post in the agency, above the name.
    #[serde(default)]
    pub post_lines: Vec<String>,
    /// Full name.
    pub name: String,
}

impl Signer {
    /// With a title of one line.
    pub fn new(title: &str, name: impl Into<String>) -> Self {
        Self {
            authority_lines: vec![title.to_owned()],
            post_lines: Vec::new(),
            name: name.into(),
        }
    }
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
    /// After the place: room for "ngày 22 tháng 11 năm 2026" (ô số 4); minutes have no such line.
    pub date: Option<PlaceOnPage>,
    /// The signature of the authorised person, between title and name (ô số 7c).
    pub signature: PlaceOnPage,
    /// The signature of who signs on the left, where there is one.
    #[serde(default)]
    pub cosignature: Option<PlaceOnPage>,
}

/// Typesets a document to PDF/A-2a (tagged), laid out after Decree 30/2020/NĐ-CP, Appendix I.
/// The same letter gives the same bytes.
///
/// Clause: TG-5.4, AG-4
pub fn typeset_letter(letter: &Letter) -> Result<Typeset, LayoutError> {
    let data = data::of(letter)?;
    fonts::check_glyphs(data.texts())?;
    let form = Figures::of(letter.extras.form, letter.extras.sizes)?;
    let document = engine::compile(Template::Letter, &data)?;
    let place = |name: &'static str, size: &'static str, italic: bool, depth: f64| {
        let (page, rect) = engine::place(&document, name)?;
        Ok::<_, LayoutError>(PlaceOnPage {
            page,
            rect,
            baseline: rect.y0 + depth,
            size: form.get(size)?,
            italic,
        })
    };
    let number = place("number", "number", false, data::GAP_DEPTH)?;
    let dated = letter.kind.template().shows_place_and_date();
    let date = dated.then(|| place("date", "place-date", true, data::GAP_DEPTH));
    let beside = data.has_cosigner();
    let cosignature = beside.then(|| place("cosignature", "authority", false, 0.0));
    Ok(Typeset {
        places: Places {
            number,
            date: date.transpose()?,
            signature: place("signature", "authority", false, 0.0)?,
            cosignature: cosignature.transpose()?,
        },
        pdf: engine::export(&document, letter.drafted_on)?,
        pages: u32::try_from(document.pages().len()).unwrap_or(u32::MAX),
    })
}
