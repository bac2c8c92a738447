//! Prints of finished documents: pages as pictures at their true size, with what belongs on paper only.
//!
//! A print of a signed document proves nothing. It says so on each page, unless the block of a copy makes
//! a paper copy of it (Decree 30/2020/NĐ-CP, Articles 18.5 and 25). The signed file itself is never touched.

use serde::{Deserialize, Serialize};
use typst::foundations::Bytes;
use vanthu_domain::Day;
use vanthu_domain::kind::DocumentKind;

use crate::engine::{self, Template};
use crate::form::{Figures, Form, Sizes};
use crate::letter::{capital_phrases, clean};
use crate::{
    LayoutError, PageText, Rect, TextLine, extract_text, fonts, page_count, places_in, render_page,
};

/// What is printed, and what is put on it.
#[derive(Debug, Clone)]
pub struct Print<'a> {
    /// The finished document.
    pub pdf: &'a [u8],
    /// The title in the file's own data.
    pub title: &'a str,
    /// The day on which it is printed.
    pub printed_on: Day,
    /// What says that it is a print.
    pub mark: Option<&'a PrintMark>,
    /// The stamp of the receiving agency (dấu "ĐẾN").
    pub arrival: Option<&'a ArrivalStamp>,
    /// What makes a paper copy of it (mẫu 3.1).
    pub copy: Option<&'a CopyBlock>,
}

/// What stands at the foot of each page of a print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintMark {
    /// Number and notation of the document, or its title where it has none yet.
    pub document: String,
    /// Who printed it.
    pub printed_by: String,
    /// When, as "08:12 22/11/2026".
    pub printed_at: String,
    /// Where the file can be verified.
    pub verify_at: String,
    /// The digest of the file (SHA-256), in hexadecimal digits.
    pub digest: String,
}

/// The stamp of arrival (Decree 30/2020, Appendix IV.V). Empty fields stay blank for the pen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalStamp {
    /// The receiving agency.
    pub agency: String,
    /// Số đến.
    pub number: String,
    /// Ngày đến.
    pub day: String,
    /// Chuyển: the unit or the person, with the instruction.
    pub forwarded: String,
    /// Số và ký hiệu hồ sơ.
    pub dossier: String,
}

/// The block of a paper copy (Decree 30/2020, Appendix I, part II.II; mẫu 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyBlock {
    /// Which copy: full copy, extract, copy of a copy.
    pub kind: DocumentKind,
    /// The agency that copies.
    pub agency: String,
    /// Number and notation of the copy: `05/SY-UBND`.
    pub number: String,
    /// The place.
    pub place_name: String,
    /// The day of the copy.
    pub day: Day,
    /// Who receives it, one line each.
    pub recipients: Vec<String>,
    /// Authority and title of who signs the copy.
    pub authority_lines: Vec<String>,
    /// Full name of who signs the copy.
    pub signer_name: String,
}

#[derive(Serialize)]
struct Data {
    title: String,
    form: Figures,
    pages: Vec<Page>,
    mark: Option<Mark>,
    arrival: Option<Arrival>,
    copy: Option<Copy>,
}

/// Points.
#[derive(Serialize)]
struct Page {
    width: f64,
    height: f64,
    /// How far the last words are from the top.
    filled: f64,
}

#[derive(Serialize)]
struct Mark {
    words: &'static str,
    about: String,
    digest: String,
}

#[derive(Serialize)]
struct Arrival {
    agency: String,
    rows: [(&'static str, String); 4],
    x: f64,
    y: f64,
}

#[derive(Serialize)]
struct Copy {
    form: &'static str,
    agency: Vec<String>,
    number: String,
    date: String,
    recipients: Vec<String>,
    authority: Vec<Vec<String>>,
    name: String,
}

/// More pages than this are not printed at once: each is a picture in memory.
const MOST_PAGES: u32 = 400;

const MARK: &str = "BẢN IN TỪ VĂN BẢN ĐIỆN TỬ, KHÔNG THAY CHO BẢN CHÍNH VÀ KHÔNG PHẢI LÀ BẢN SAO";

/// Typesets the print to PDF/A-2a. The same document gives the same bytes.
pub fn typeset_print(print: &Print<'_>) -> Result<Vec<u8>, LayoutError> {
    let form = Figures::of(Form::Administrative, Sizes::Sample)?;
    let count = page_count(print.pdf)?;
    if count > MOST_PAGES {
        return Err(LayoutError::TooManyPages(count));
    }
    let dpi = form.get("copy-resolution")?;
    let texts = extract_text(print.pdf)?;
    let (mut pages, mut pictures) = (Vec::new(), Vec::new());
    for number in 0..count {
        let png = render_page(print.pdf, number, dpi as f32)?;
        let (wide, high) = size_of(&png).ok_or(LayoutError::Unreadable)?;
        let (width, height) = (f64::from(wide) * 72.0 / dpi, f64::from(high) * 72.0 / dpi);
        let text = texts.iter().find(|page| page.page == number);
        let lowest = text.into_iter().flat_map(|page| &page.lines);
        let lowest = lowest
            .filter_map(|line| Some(line.rect()?.y0))
            .fold(height, f64::min);
        pages.push(Page {
            width,
            height,
            filled: (height - lowest).clamp(0.0, height),
        });
        pictures.push((format!("/page-{number}.png"), Bytes::new(png)));
    }
    let data = Data {
        title: said(print.title),
        arrival: print
            .arrival
            .map(|stamp| arrival(stamp, &texts, &form))
            .transpose()?,
        form,
        pages,
        mark: print.mark.map(mark),
        copy: print.copy.map(copy),
    };
    let document = engine::compile_with(Template::Print, &data, pictures)?;
    engine::export(&document, print.printed_on)
}

/// A print names a document and is none: what the font can't show stands as a question mark.
fn said(text: &str) -> String {
    fonts::shown(&clean(text))
}

fn mark(mark: &PrintMark) -> Mark {
    Mark {
        words: MARK,
        about: format!(
            "Văn bản: {}. {} in lúc {}. Kiểm tra chữ ký số: {}",
            said(&mark.document),
            said(&mark.printed_by),
            said(&mark.printed_at),
            said(&mark.verify_at)
        ),
        digest: format!("SHA-256: {}", said(&mark.digest)),
    }
}

/// In the first free room of the first page, below its head: on the left under number and abstract, where
/// the law wants it, else further to the right or down. On a full page it covers as few words as it can.
fn arrival(
    stamp: &ArrivalStamp,
    texts: &[PageText],
    form: &Figures,
) -> Result<Arrival, LayoutError> {
    let (width, height) = (form.get("arrival-width")?, form.get("arrival-height")?);
    let (left, top) = (form.get("margin-left")?, form.get("margin-top")?);
    let (x, y) = texts
        .first()
        .and_then(|page| free_room(page, left, width, height))
        .unwrap_or((left, top));
    Ok(Arrival {
        agency: said(&stamp.agency).to_uppercase(),
        rows: [
            ("Số:", said(&stamp.number)),
            ("Ngày:", said(&stamp.day)),
            ("Chuyển:", said(&stamp.forwarded)),
            ("Số và ký hiệu HS:", said(&stamp.dossier)),
        ],
        x,
        y,
    })
}

/// From the left and from the top: a rectangle with the fewest words, and not where somebody signs.
fn free_room(page: &PageText, left: f64, width: f64, height: f64) -> Option<(f64, f64)> {
    let words = page
        .lines
        .iter()
        .flat_map(|line| &line.words)
        .map(|word| word.rect);
    let signature = places_in(std::slice::from_ref(page))
        .signature
        .map(|place| place.rect);
    let taken: Vec<Rect> = words.chain(signature).collect();
    let head = page.lines.iter().find(|line| line.text().contains("Số"));
    let head = head
        .and_then(TextLine::rect)
        .map_or(page.height * 0.85, |rect| rect.y0);
    let (near, step) = (4.0, 6.0);
    let mut best: Option<(usize, (f64, f64))> = None;
    let mut y1 = head - near;
    while y1 - height > step * 4.0 {
        let mut x0 = left;
        while x0 + width + step * 4.0 < page.width {
            let room = Rect {
                x0: x0 - near,
                y0: y1 - height - near,
                x1: x0 + width + near,
                y1: y1 + near,
            };
            let covered = taken.iter().filter(|rect| rect.overlaps(&room)).count();
            if best.is_none_or(|(least, _)| covered < least) {
                best = Some((covered, (x0, page.height - y1)));
            }
            x0 += step;
        }
        y1 -= step;
    }
    best.map(|(_, place)| place)
}

fn copy(block: &CopyBlock) -> Copy {
    let centred = |text: &str| capital_phrases(&said(text));
    Copy {
        form: block.kind.copy_form().unwrap_or("SAO Y"),
        agency: centred(&block.agency),
        number: format!("Số: {}", said(&block.number)),
        date: format!("{}, {}", said(&block.place_name), block.day.legal_text()),
        recipients: block.recipients.iter().map(|line| said(line)).collect(),
        authority: block
            .authority_lines
            .iter()
            .map(|line| centred(line))
            .collect(),
        name: said(&block.signer_name),
    }
}

/// Width and height of a PNG in points of its raster.
fn size_of(png: &[u8]) -> Option<(u32, u32)> {
    let read = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    Some((read(16)?, read(20)?))
}

#[cfg(test)]
mod tests;
