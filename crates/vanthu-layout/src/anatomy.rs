//! Which part of a page is what: the elements of an administrative document (giải phẫu thể thức).
//!
//! A page knows letters and lines; the law knows a national title, a number, addressees, a signature block. This module
//! finds one in the other, on PDFs from anywhere, by words first and by place second, so that a document that is laid out
//! wrongly is still understood. What is understood is the ground of [`check`](crate::check) and of
//! [`extract`](crate::extract). Nothing here fails: a page that makes no sense has no elements.

mod appendix;
mod body;
mod foot;
mod head;
mod sheet;
mod spot;

use serde::{Deserialize, Serialize};
use vanthu_domain::kind::DocumentKind;
use vanthu_reader::{PageContent, ReadBounds, ReadError, Rect, read_content};

pub(crate) use sheet::{Cell, Sheet, page_number as page_number_of};
pub(crate) use spot::{
    Marker, Urgent, date_of, honours_before, is_name, kind_named, marker_of, number_of, plain,
    prefix_of, roman,
};

/// What an element is (thành phần thể thức), by its cell in the diagram of Decree 30/2020, Appendix I.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    /// Quốc hiệu, cell 1.
    NationalTitle,
    /// Tiêu ngữ, cell 1.
    Motto,
    /// Tên cơ quan chủ quản trực tiếp, cell 2.
    ParentAgency,
    /// Tên cơ quan ban hành, cell 2.
    Agency,
    /// Số, ký hiệu, cell 3.
    Number,
    /// Địa danh và thời gian, cell 4.
    PlaceAndDate,
    /// Tên loại, cell 5a.
    Kind,
    /// Trích yếu, cell 5a.
    Abstract,
    /// Trích yếu công văn (V/v), cell 5b.
    LetterAbstract,
    /// Dấu chỉ độ mật, cell 10a.
    Secrecy,
    /// Dấu chỉ mức độ khẩn, cell 10b.
    Urgency,
    /// Chỉ dẫn phạm vi lưu hành, cell 11.
    Circulation,
    /// Kính gửi, cell 9a.
    Addressees,
    /// Thẩm quyền ban hành.
    IssuingAuthority,
    /// Căn cứ ban hành, cell 6.
    Basis,
    /// "QUYẾT ĐỊNH:", "QUYẾT NGHỊ:".
    DecisionWord,
    /// Phần, chương, mục, tiểu mục with their titles.
    Heading,
    /// Điều.
    Article,
    /// Khoản.
    Clause,
    /// Điểm.
    Point,
    /// A paragraph that begins with a dash.
    Dash,
    /// Any other paragraph.
    Paragraph,
    /// A line of a table.
    Table,
    /// Cước chú.
    Footnote,
    /// Quyền hạn, chức vụ, cell 7a.
    Authority,
    /// Họ và tên, cell 7b.
    Signer,
    /// Chữ ký, cell 7c: the place between title and name.
    Signature,
    /// Nơi nhận, cell 9b, its word.
    RecipientsHead,
    /// Nơi nhận, cell 9b, its list.
    Recipients,
    /// Ký hiệu người soạn thảo và số lượng bản, cell 12.
    DrafterMark,
    /// Địa chỉ cơ quan, cell 13.
    Address,
    /// The text of an electronic signature of an agency at the top right (attachments, copies), cell 14.
    IssueMark,
    /// Hình thức sao.
    CopyForm,
    /// Số trang.
    PageNumber,
    /// The word "Phụ lục".
    AppendixHeading,
    /// Tiêu đề phụ lục.
    AppendixTitle,
    /// "(Kèm theo …)".
    AppendixGuide,
}

/// An element that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// The page it begins on, from 0.
    pub page: u32,
    /// Where it stands there.
    pub rect: Rect,
    /// What it says, lines joined by spaces.
    pub text: String,
    /// How sure that is, in percent.
    pub confidence: u8,
}

/// The lines of one element.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) kind: ElementKind,
    pub(crate) cells: Vec<Cell>,
    pub(crate) confidence: u8,
}

/// How a page is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageForm {
    /// Text, with or without pictures.
    Text,
    /// A picture over the page, and nothing to read.
    Scan,
    /// A picture over the page, with recognised text behind it.
    ScanWithText,
    /// Nothing.
    Empty,
}

/// A document taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Anatomy {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) parts: Vec<Part>,
    pub(crate) kind: Option<DocumentKind>,
}

/// Reads a PDF and takes it apart.
pub fn anatomy(pdf: &[u8]) -> Result<Anatomy, ReadError> {
    Ok(dissect(&read_content(pdf, ReadBounds::default())?))
}

/// The same, where what is drawn on the pages is at hand.
pub fn dissect(pages: &[PageContent]) -> Anatomy {
    let mut sheets: Vec<Sheet> = pages.iter().map(Sheet::of).collect();
    let mut parts = Vec::new();
    for sheet in &mut sheets {
        parts.extend(sheet.take_page_number());
        parts.extend(sheet.take_footnotes());
    }
    let kind = match sheets.first_mut() {
        Some(first) => head::take(first, &mut parts),
        None => None,
    };
    let foot = foot::take(&mut sheets, &mut parts);
    appendix::take(&mut sheets, foot, &mut parts);
    body::take(&mut sheets, kind, &mut parts);
    Anatomy {
        sheets,
        parts,
        kind,
    }
}

impl Anatomy {
    /// The kind of document, where its words tell it.
    pub fn kind(&self) -> Option<DocumentKind> {
        self.kind
    }

    /// How many pages were read.
    pub fn page_count(&self) -> usize {
        self.sheets.len()
    }

    /// How each page is made.
    pub fn page_forms(&self) -> Vec<PageForm> {
        self.sheets.iter().map(|sheet| sheet.form).collect()
    }

    /// Whether every page with something on it is a picture.
    pub fn is_scan(&self) -> bool {
        let mut forms = self.sheets.iter().map(|sheet| sheet.form);
        let is_picture = |form| matches!(form, PageForm::Scan | PageForm::ScanWithText);
        forms.clone().any(is_picture) && forms.all(|form| form != PageForm::Text)
    }

    /// The elements, in the order of the diagram and of the pages.
    pub fn elements(&self) -> Vec<Element> {
        let mut elements: Vec<Element> = self.parts.iter().filter_map(Part::element).collect();
        elements.sort_by(|a, b| a.page.cmp(&b.page).then(b.rect.y1.total_cmp(&a.rect.y1)));
        elements
    }

    /// The first part of a kind.
    pub(crate) fn part(&self, kind: ElementKind) -> Option<&Part> {
        self.parts.iter().find(|part| part.kind == kind)
    }

    /// The parts of a kind.
    pub(crate) fn parts_of(&self, kind: ElementKind) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.kind == kind)
    }

    /// The page of a cell.
    pub(crate) fn sheet(&self, page: u32) -> Option<&Sheet> {
        self.sheets.get(usize::try_from(page).ok()?)
    }
}

impl Part {
    pub(crate) fn new(kind: ElementKind, cells: Vec<Cell>, confidence: u8) -> Self {
        Self {
            kind,
            cells,
            confidence,
        }
    }

    /// What it says, its lines joined by spaces.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<String> = self.cells.iter().map(Cell::text).collect();
        lines.join(" ")
    }

    /// Where it stands on its first page.
    pub(crate) fn place(&self) -> Option<(u32, Rect)> {
        let page = self.cells.first()?.page;
        let on_page = self.cells.iter().filter(|cell| cell.page == page);
        let rect = on_page
            .map(|cell| cell.rect)
            .reduce(|all, one| all.union(&one))?;
        Some((page, rect))
    }

    fn element(&self) -> Option<Element> {
        let (page, rect) = self.place()?;
        Some(Element {
            kind: self.kind,
            page,
            rect,
            text: self.text(),
            confidence: self.confidence,
        })
    }
}
