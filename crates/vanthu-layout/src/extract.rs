//! What a document says about itself (trích xuất thông tin): the fields of registration, with how sure each is and where
//! it stands. They are proposals; a person confirms them.

mod names;
mod references;

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;
use vanthu_domain::kind::{DocumentKind, NotationRule, Urgency};
use vanthu_reader::Rect;

use crate::anatomy::{
    Anatomy, Cell, ElementKind, PageForm, Part, Urgent, date_of, honours_before, kind_named,
    number_of, prefix_of,
};
pub use references::Reference;

/// A value, how sure it is, and where it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field<T> {
    /// The value.
    pub value: T,
    /// How sure, in percent.
    pub confidence: u8,
    /// The page, from 0.
    pub page: u32,
    /// Where on the page.
    pub rect: Rect,
}

/// What was read. What is not there was not found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Extracted {
    /// Tên loại.
    pub kind: Option<Field<DocumentKind>>,
    /// Số.
    pub number: Option<Field<String>>,
    /// Ký hiệu.
    pub notation: Option<Field<String>>,
    /// Địa danh.
    pub place: Option<Field<String>>,
    /// Ngày, tháng, năm ban hành.
    pub date: Option<Field<Day>>,
    /// Cơ quan ban hành.
    pub agency: Option<Field<String>>,
    /// Cơ quan chủ quản trực tiếp.
    pub parent_agency: Option<Field<String>>,
    /// Trích yếu, without "V/v".
    pub subject: Option<Field<String>>,
    /// Kính gửi, one each.
    pub addressees: Vec<Field<String>>,
    /// Nơi nhận, one each.
    pub recipients: Vec<Field<String>>,
    /// Họ và tên người ký.
    pub signer: Option<Field<String>>,
    /// Quyền hạn ký: `TM.`, `KT.`, `TL.`, `TUQ.`, `Q.`, the outermost first.
    pub authority: Vec<Field<String>>,
    /// Chức vụ người ký.
    pub title: Option<Field<String>>,
    /// Mức độ khẩn.
    pub urgency: Option<Field<Urgency>>,
    /// Documents that are named in it.
    pub references: Vec<Reference>,
    /// So many pages it has.
    pub pages: usize,
    /// Pages that are pictures without text: nothing was read of them.
    pub unread_pages: Vec<u32>,
}

/// Reads the fields.
///
/// Clause: TG-8.2
pub fn extract(anatomy: &Anatomy) -> Extracted {
    let (number, notation) = number(anatomy);
    let (place, date) = place_and_date(anatomy);
    let kind = kind(anatomy, notation.as_ref());
    let (authority, title) = authority(anatomy);
    Extracted {
        kind,
        number,
        notation,
        place,
        date,
        agency: joined(anatomy, ElementKind::Agency)
            .map(|field| field.map(|text| names::as_written(&text))),
        parent_agency: joined(anatomy, ElementKind::ParentAgency)
            .map(|field| field.map(|text| names::as_written(&text))),
        subject: subject(anatomy),
        addressees: addressees(anatomy),
        recipients: recipients(anatomy),
        signer: anatomy.part(ElementKind::Signer).and_then(signer),
        authority,
        title,
        urgency: urgency(anatomy),
        references: references::find(anatomy),
        pages: anatomy.page_count(),
        unread_pages: unread(anatomy),
    }
}

impl<T> Field<T> {
    fn of(value: T, confidence: u8, cell: &Cell) -> Self {
        Self {
            value,
            confidence,
            page: cell.page,
            rect: cell.rect,
        }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        Field {
            value: change(self.value),
            confidence: self.confidence,
            page: self.page,
            rect: self.rect,
        }
    }
}

fn unread(anatomy: &Anatomy) -> Vec<u32> {
    let pages = anatomy
        .sheets
        .iter()
        .filter(|sheet| sheet.form == PageForm::Scan);
    pages.map(|sheet| sheet.page).collect()
}

/// All lines of an element as one text.
fn joined(anatomy: &Anatomy, kind: ElementKind) -> Option<Field<String>> {
    let part = anatomy.part(kind)?;
    let (page, rect) = part.place()?;
    Some(Field {
        value: tidy(&part.text()),
        confidence: part.confidence,
        page,
        rect,
    })
}

/// One space between words, a hyphen at the end of a line joined.
fn tidy(text: &str) -> String {
    vanthu_domain::text::clean(text)
}

fn number(anatomy: &Anatomy) -> (Option<Field<String>>, Option<Field<String>>) {
    let Some((part, cell)) = anatomy
        .part(ElementKind::Number)
        .and_then(|part| Some((part, part.cells.first()?)))
    else {
        return (None, None);
    };
    let Some(line) = number_of(&cell.text()) else {
        return (None, None);
    };
    let field = |text: String| {
        let text: String = text.split_whitespace().collect();
        (!text.is_empty()).then(|| Field::of(text, part.confidence, cell))
    };
    (field(line.number), field(line.notation))
}

fn place_and_date(anatomy: &Anatomy) -> (Option<Field<String>>, Option<Field<Day>>) {
    let Some((part, cell)) = anatomy
        .part(ElementKind::PlaceAndDate)
        .and_then(|part| Some((part, part.cells.first()?)))
    else {
        return (None, None);
    };
    let Some(line) = date_of(&cell.text()) else {
        return (None, None);
    };
    let date = line.date().map(|day| Field::of(day, part.confidence, cell));
    let place = (!line.place.is_empty()).then(|| Field::of(line.place, part.confidence, cell));
    (place, date)
}

/// The printed name; without one, what the notation says.
fn kind(anatomy: &Anatomy, notation: Option<&Field<String>>) -> Option<Field<DocumentKind>> {
    if let Some(part) = anatomy.part(ElementKind::Kind)
        && let Some(cell) = part.cells.first()
        && let Some((kind, _)) = kind_named(&cell.text())
    {
        return Some(Field::of(kind, part.confidence, cell));
    }
    let abbreviation = notation.and_then(|it| it.value.split('-').next().map(str::to_owned));
    let noted = DocumentKind::ALL.iter().copied().find(|kind| {
        kind.notation_rule() == NotationRule::KindThenAgency
            && kind.abbreviation() == abbreviation.as_deref()
    });
    if let Some(kind) = anatomy.kind() {
        let part = anatomy
            .part(ElementKind::LetterAbstract)
            .or_else(|| anatomy.part(ElementKind::Addressees))?;
        let sure = if noted.is_none() { 95 } else { 60 };
        return Some(Field::of(kind, sure, part.cells.first()?));
    }
    let field = notation?;
    noted.map(|kind| Field {
        value: kind,
        confidence: 70,
        page: field.page,
        rect: field.rect,
    })
}

fn subject(anatomy: &Anatomy) -> Option<Field<String>> {
    if let Some(field) = joined(anatomy, ElementKind::Abstract) {
        return Some(field);
    }
    if let Some(field) = joined(anatomy, ElementKind::LetterAbstract) {
        return Some(field.map(|text| {
            let words = ["V/v", "v/v", "V/V", "Về việc", "về việc"];
            let rest = words.iter().find_map(|word| text.strip_prefix(word));
            rest.unwrap_or(&text)
                .trim_start_matches([':', ' '])
                .to_owned()
        }));
    }
    // Kind and abstract on one line.
    let cell = anatomy.part(ElementKind::Kind)?.cells.first()?;
    let text = cell.text();
    let (kind, is_all) = kind_named(&text)?;
    let rest: String = text.chars().skip(kind.name().chars().count()).collect();
    (!is_all).then(|| Field::of(rest.trim().to_owned(), 70, cell))
}

/// Items of a list whose lines may begin with a dash.
fn listed(part: &Part, text_of_first: impl Fn(&str) -> String) -> Vec<Field<String>> {
    let mut items: Vec<Field<String>> = Vec::new();
    for (at, cell) in part.cells.iter().enumerate() {
        let line = cell.text();
        let text = if at == 0 { text_of_first(&line) } else { line };
        let dashed = text.starts_with(['-', '–', '+', '•']);
        let bare = text
            .trim_start_matches(['-', '–', '+', '•', ' '])
            .to_owned();
        if bare.is_empty() {
            continue;
        }
        match items.last_mut() {
            Some(item) if !dashed => {
                item.value.push(' ');
                item.value.push_str(&bare);
                if item.page == cell.page {
                    item.rect = item.rect.union(&cell.rect);
                }
            }
            _ => items.push(Field::of(bare, part.confidence, cell)),
        }
    }
    for item in &mut items {
        let end = item.value.trim_end_matches(['.', ';', ',', ' ']).len();
        item.value.truncate(end);
    }
    items.retain(|item| !item.value.is_empty());
    items
}

fn addressees(anatomy: &Anatomy) -> Vec<Field<String>> {
    let Some(part) = anatomy.part(ElementKind::Addressees) else {
        return Vec::new();
    };
    let items = listed(part, |line| {
        let rest: String = line.chars().skip("Kính gửi".chars().count()).collect();
        rest.trim_start_matches([':', ' ']).to_owned()
    });
    // Without dashes one line names several.
    let split = items.iter().flat_map(|item| {
        item.value.split(';').map(|text| Field {
            value: text.trim().trim_start_matches(['-', ' ']).to_owned(),
            ..item.clone()
        })
    });
    split.filter(|item| !item.value.is_empty()).collect()
}

fn recipients(anatomy: &Anatomy) -> Vec<Field<String>> {
    let part = anatomy.part(ElementKind::Recipients);
    part.map(|part| listed(part, str::to_owned))
        .unwrap_or_default()
}

fn signer(part: &Part) -> Option<Field<String>> {
    let cell = part.cells.first()?;
    let (_, name) = honours_before(&cell.text());
    Some(Field::of(names::person(&name), part.confidence, cell))
}

/// The abbreviations from the outermost on, and the signer's own title.
fn authority(anatomy: &Anatomy) -> (Vec<Field<String>>, Option<Field<String>>) {
    let Some(part) = anatomy.part(ElementKind::Authority) else {
        return (Vec::new(), None);
    };
    let mut prefixes = Vec::new();
    let mut title: Option<Field<String>> = None;
    for cell in &part.cells {
        let text = cell.text();
        match prefix_of(&text) {
            Some((_, meant)) => {
                prefixes.push(Field::of(meant.to_owned(), part.confidence, cell));
                title = (meant == "Q.")
                    .then(|| Field::of(names::as_written(&text), part.confidence, cell));
            }
            None => match &mut title {
                Some(title) => {
                    title.value = format!("{} {}", title.value, names::going_on(&text));
                    title.rect = title.rect.union(&cell.rect);
                }
                None => title = Some(Field::of(names::as_written(&text), part.confidence, cell)),
            },
        }
    }
    (prefixes, title)
}

fn urgency(anatomy: &Anatomy) -> Option<Field<Urgency>> {
    let part = anatomy.part(ElementKind::Urgency)?;
    let cell = part.cells.first()?;
    match Urgent::of(&cell.text()) {
        Some(Urgent::Degree(degree)) => Some(Field::of(degree, part.confidence, cell)),
        _ => None,
    }
}
