//! The registers of Decree 30/2020/NĐ-CP, Appendix IV: A4 landscape, with cover and signature line.

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;

use crate::engine::{self, Template};
use crate::letter::{breakable, clean};
use crate::{LayoutError, fonts};

/// The cover of a register (bìa sổ) and who keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterCover {
    /// The agency directly above.
    pub parent_agency: Option<String>,
    /// The agency or unit.
    pub agency: String,
    /// The year.
    pub year: i16,
    /// The first day entered.
    pub from_day: Day,
    /// The last day entered.
    pub to_day: Day,
    /// The first number.
    pub from_number: u32,
    /// The last number.
    pub to_number: u32,
    /// Which book of the year it is (quyển số).
    pub book: String,
    /// The place in the signature line.
    pub place_name: String,
    /// The day it was printed.
    pub printed_on: Day,
    /// Who keeps it.
    pub keeper: String,
}

/// A line of the register of outgoing documents (sổ đăng ký văn bản đi).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingEntry {
    /// (1) Số, ký hiệu văn bản.
    pub number: String,
    /// (2) Ngày tháng văn bản.
    pub day: Option<Day>,
    /// (3) Tên loại và trích yếu nội dung văn bản.
    pub subject: String,
    /// (4) Người ký.
    pub signer: String,
    /// (5) Nơi nhận văn bản.
    pub recipients: String,
    /// (6) Đơn vị, người nhận bản lưu.
    pub kept_by: String,
    /// (7) Số lượng bản.
    pub copies: Option<u32>,
    /// (8) Ngày chuyển.
    pub sent_on: Option<Day>,
    /// (9) Ký nhận.
    pub receipt: String,
    /// (10) Ghi chú.
    pub note: String,
}

/// A line of the register of incoming documents (sổ đăng ký văn bản đến).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingEntry {
    /// (1) Ngày đến.
    pub arrived_on: Option<Day>,
    /// (2) Số đến.
    pub arrival_number: String,
    /// (3) Tác giả.
    pub author: String,
    /// (4) Số, ký hiệu văn bản.
    pub number: String,
    /// (5) Ngày tháng văn bản.
    pub day: Option<Day>,
    /// (6) Tên loại và trích yếu nội dung văn bản.
    pub subject: String,
    /// (7) Đơn vị hoặc người nhận.
    pub receiver: String,
    /// (8) Ngày chuyển.
    pub handed_on: Option<Day>,
    /// (9) Ký nhận.
    pub receipt: String,
    /// (10) Ghi chú.
    pub note: String,
}

#[derive(Serialize)]
struct Data {
    title: &'static str,
    parent: Option<String>,
    agency: String,
    year: i16,
    from_day: String,
    to_day: String,
    from_number: u32,
    to_number: u32,
    book: String,
    closed_on: String,
    keeper: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Vec<String>>>,
}

#[derive(Serialize)]
struct Column {
    title: &'static str,
    weight: u8,
    align: &'static str,
}

const fn column(title: &'static str, weight: u8, align: &'static str) -> Column {
    Column {
        title,
        weight,
        align,
    }
}

const OUTGOING: [Column; 10] = [
    column("Số, ký hiệu văn bản", 32, "left"),
    column("Ngày tháng văn bản", 22, "center"),
    column("Tên loại và trích yếu nội dung văn bản", 60, "left"),
    column("Người ký", 28, "left"),
    column("Nơi nhận văn bản", 40, "left"),
    column("Đơn vị, người nhận bản lưu", 24, "left"),
    column("Số lượng bản", 13, "center"),
    column("Ngày chuyển", 22, "center"),
    column("Ký nhận", 16, "left"),
    column("Ghi chú", 18, "left"),
];

const INCOMING: [Column; 10] = [
    column("Ngày đến", 22, "center"),
    column("Số đến", 13, "center"),
    column("Tác giả", 36, "left"),
    column("Số, ký hiệu văn bản", 30, "left"),
    column("Ngày tháng văn bản", 22, "center"),
    column("Tên loại và trích yếu nội dung văn bản", 60, "left"),
    column("Đơn vị hoặc người nhận", 34, "left"),
    column("Ngày chuyển", 22, "center"),
    column("Ký nhận", 16, "left"),
    column("Ghi chú", 20, "left"),
];

/// Typesets the register of outgoing documents (Phụ lục IV, mẫu I) to PDF/A-2a.
pub fn typeset_outgoing_register(
    cover: &RegisterCover,
    entries: &[OutgoingEntry],
) -> Result<Vec<u8>, LayoutError> {
    let rows = entries.iter().map(|entry| {
        [
            entry.number.clone(),
            day(entry.day),
            entry.subject.clone(),
            entry.signer.clone(),
            entry.recipients.clone(),
            entry.kept_by.clone(),
            entry
                .copies
                .map(|copies| copies.to_string())
                .unwrap_or_default(),
            day(entry.sent_on),
            entry.receipt.clone(),
            entry.note.clone(),
        ]
    });
    typeset("SỔ ĐĂNG KÝ VĂN BẢN ĐI", cover, OUTGOING, rows)
}

/// Typesets the register of incoming documents (Phụ lục IV, mẫu VI) to PDF/A-2a.
pub fn typeset_incoming_register(
    cover: &RegisterCover,
    entries: &[IncomingEntry],
) -> Result<Vec<u8>, LayoutError> {
    let rows = entries.iter().map(|entry| {
        [
            day(entry.arrived_on),
            entry.arrival_number.clone(),
            entry.author.clone(),
            entry.number.clone(),
            day(entry.day),
            entry.subject.clone(),
            entry.receiver.clone(),
            day(entry.handed_on),
            entry.receipt.clone(),
            entry.note.clone(),
        ]
    });
    typeset("SỔ ĐĂNG KÝ VĂN BẢN ĐẾN", cover, INCOMING, rows)
}

fn typeset(
    title: &'static str,
    cover: &RegisterCover,
    columns: [Column; 10],
    rows: impl Iterator<Item = [String; 10]>,
) -> Result<Vec<u8>, LayoutError> {
    let data = Data {
        title,
        parent: cover
            .parent_agency
            .as_deref()
            .map(|name| clean(name).to_uppercase()),
        agency: clean(&cover.agency).to_uppercase(),
        year: cover.year,
        from_day: cover.from_day.to_string(),
        to_day: cover.to_day.to_string(),
        from_number: cover.from_number,
        to_number: cover.to_number,
        book: clean(&cover.book),
        closed_on: format!(
            "{}, {}",
            clean(&cover.place_name),
            cover.printed_on.legal_text()
        ),
        keeper: clean(&cover.keeper),
        rows: rows
            .map(|row| {
                row.iter()
                    .zip(&columns)
                    .map(|(cell, column)| pieces(cell, column))
                    .collect()
            })
            .collect(),
        columns: columns.into(),
    };
    let words = data.rows.iter().flatten().flatten();
    let head = [&data.agency, &data.book, &data.closed_on, &data.keeper];
    fonts::check_glyphs(words.chain(head).chain(&data.parent).map(String::as_str))?;
    let document = engine::compile(Template::Register, &data)?;
    engine::export(&document, cover.printed_on)
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// The cell in pieces; between two of them a long word may break.
fn pieces(cell: &str, column: &Column) -> Vec<String> {
    let mut out = Vec::new();
    let limit = usize::from(column.weight) * 2 / 5;
    breakable(&clean(cell), limit, |piece, _| out.push(piece));
    out
}

#[cfg(test)]
mod tests;
