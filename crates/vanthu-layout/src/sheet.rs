//! A list (danh mục) as a table to be taken away: a PDF in A4 landscape, or a spreadsheet. Both show
//! the same columns and rows.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use serde::Serialize;
use vanthu_domain::Day;

use crate::engine::{self, Template};
use crate::letter::{breakable, clean};
use crate::{LayoutError, fonts};

/// A table with its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The agency whose list it is.
    pub agency: String,
    /// What it lists.
    pub title: String,
    /// By what it is narrowed, one sentence each.
    pub notes: Vec<String>,
    /// When and by whom it was made.
    pub made: String,
    /// The day on which it was made.
    pub made_on: Day,
    /// How many rows, in words.
    pub amount: String,
    /// The columns.
    pub columns: Vec<SheetColumn>,
    /// One cell a column in each row.
    pub rows: Vec<Vec<SheetCell>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    /// Its heading.
    pub title: String,
    /// Its width among the others; in a spreadsheet, about so many characters.
    pub weight: u8,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetCell {
    /// Words; empty for nothing. Never a formula, whatever they begin with.
    Text(String),
    /// A number.
    Number(u32),
    /// A day; a spreadsheet sorts by it.
    Day(Day),
}

impl SheetCell {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => fonts::shown(&clean(text)),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
        }
    }

    const fn align(&self) -> &'static str {
        match self {
            Self::Text(_) => "left",
            Self::Number(_) | Self::Day(_) => "center",
        }
    }
}

#[derive(Serialize)]
struct Data {
    agency: String,
    title: String,
    notes: Vec<String>,
    made: String,
    amount: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Serialize)]
struct Column {
    title: String,
    weight: u8,
}

#[derive(Serialize)]
struct Cell {
    pieces: Vec<String>,
    align: &'static str,
}

/// Typesets the list to PDF/A-2a. A character that the font can't show stands as a question mark:
/// a list names documents and is none.
pub fn typeset_sheet(sheet: &Sheet) -> Result<Vec<u8>, LayoutError> {
    let said = |text: &str| fonts::shown(&clean(text));
    let data = Data {
        agency: said(&sheet.agency).to_uppercase(),
        title: said(&sheet.title),
        notes: sheet.notes.iter().map(|note| said(note)).collect(),
        made: said(&sheet.made),
        amount: said(&sheet.amount),
        columns: sheet
            .columns
            .iter()
            .map(|column| Column {
                title: said(&column.title),
                weight: column.weight,
            })
            .collect(),
        rows: sheet
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .zip(&sheet.columns)
                    .map(|(cell, column)| cell_of(cell, column))
                    .collect()
            })
            .collect(),
    };
    let document = engine::compile(Template::Sheet, &data)?;
    engine::export(&document, sheet.made_on)
}

/// The cell in pieces; between two of them a long word may break.
fn cell_of(cell: &SheetCell, column: &SheetColumn) -> Cell {
    let mut pieces = Vec::new();
    let limit = usize::from(column.weight.max(10)) * 2 / 5;
    breakable(&cell.text(), limit, |piece, _| pieces.push(piece));
    Cell {
        pieces,
        align: cell.align(),
    }
}

/// Writes the list as a spreadsheet (Office Open XML).
pub fn write_sheet(sheet: &Sheet) -> Result<Vec<u8>, LayoutError> {
    written(sheet).map_err(|error| LayoutError::Export(error.to_string()))
}

fn written(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(&sheet.title)
            .set_company(&sheet.agency)
            .set_author("Văn Thư")
            .set_creation_datetime(&day_of(sheet.made_on)?),
    );
    let page = book.add_worksheet();
    page.set_name("Danh mục")?;
    page.set_landscape().set_paper_size(9);
    page.set_print_fit_to_pages(1, 0);
    let plain = Format::new().set_font_name("Times New Roman");
    let bold = plain.clone().set_bold();
    page.write_string_with_format(0, 0, &sheet.agency, &plain)?;
    page.write_string_with_format(1, 0, &sheet.title, &bold.clone().set_font_size(14))?;
    let mut row = 2;
    for note in sheet.notes.iter().chain([&sheet.made, &sheet.amount]) {
        page.write_string_with_format(row, 0, note, &plain)?;
        row += 1;
    }
    table(page, sheet, row + 1, &plain, &bold)?;
    book.save_to_buffer()
}

fn table(
    page: &mut Worksheet,
    sheet: &Sheet,
    head: u32,
    plain: &Format,
    bold: &Format,
) -> Result<(), XlsxError> {
    let lined = |format: &Format| {
        let format = format.clone().set_text_wrap().set_align(FormatAlign::Top);
        format.set_border(FormatBorder::Thin)
    };
    let title = lined(bold).set_background_color(Color::RGB(0x00E9_EEF3));
    let text = lined(plain);
    let day = lined(plain)
        .set_num_format("dd/mm/yyyy")
        .set_align(FormatAlign::Center);
    let number = lined(plain).set_align(FormatAlign::Center);
    for (at, column) in (0u16..).zip(&sheet.columns) {
        page.set_column_width(at, f64::from(column.weight))?;
        page.write_string_with_format(head, at, &column.title, &title)?;
    }
    let mut row = head;
    for cells in &sheet.rows {
        row += 1;
        for (at, cell) in (0u16..).zip(cells) {
            match cell {
                SheetCell::Text(words) => {
                    page.write_string_with_format(row, at, clean(words), &text)?
                }
                SheetCell::Number(value) => {
                    page.write_number_with_format(row, at, *value, &number)?
                }
                SheetCell::Day(value) => {
                    page.write_datetime_with_format(row, at, day_of(*value)?, &day)?
                }
            };
        }
    }
    page.set_repeat_rows(head, head)?;
    page.set_freeze_panes(head + 1, 0)?;
    if let Some(last) = u16::try_from(sheet.columns.len())
        .ok()
        .and_then(|columns| columns.checked_sub(1))
    {
        page.autofilter(head, 0, row.max(head + 1), last)?;
    }
    Ok(())
}

/// A day that a spreadsheet can't hold (before 1900) is a mistake of ours: documents are younger.
fn day_of(day: Day) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or(1900),
        u8::try_from(day.month()).unwrap_or(1),
        u8::try_from(day.day_of_month()).unwrap_or(1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract_text;

    fn sheet(rows: usize) -> Sheet {
        let column = |title: &str, weight| SheetColumn {
            title: title.to_owned(),
            weight,
        };
        Sheet {
            agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            title: "Văn bản đến: Chờ tiếp nhận".to_owned(),
            notes: vec!["Độ khẩn: từ khẩn trở lên".to_owned()],
            made: "Xuất lúc 08:12 22/11/2026, Nguyễn Văn Thử".to_owned(),
            made_on: Day::new(2026, 11, 22).unwrap(),
            amount: format!("{rows} dòng"),
            columns: vec![
                column("Số đến", 8),
                column("Ngày đến", 12),
                column("Trích yếu", 50),
            ],
            rows: (1..=rows)
                .map(|row| {
                    vec![
                        SheetCell::Number(u32::try_from(row).unwrap()),
                        SheetCell::Day(Day::new(2026, 11, 20).unwrap()),
                        SheetCell::Text(format!("=Giấy mời 🎉 số {row} #[x]$")),
                    ]
                })
                .collect(),
        }
    }

    #[test]
    fn the_printed_list_has_its_head_once_and_its_columns_on_every_page() {
        let pdf = typeset_sheet(&sheet(80)).unwrap();
        let pages = extract_text(&pdf).unwrap();
        assert!(pages.len() > 1 && pages[0].width > pages[0].height);
        let first = pages[0].text();
        for words in [
            "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU",
            "Văn bản đến: Chờ tiếp nhận",
            "Độ khẩn: từ khẩn trở lên",
            "Xuất lúc 08:12 22/11/2026, Nguyễn Văn Thử",
            "80 dòng",
            "20/11/2026",
            "=Giấy mời ? số 1 #[x]$",
        ] {
            assert!(first.contains(words), "{words} is not in\n{first}");
        }
        for page in &pages {
            assert!(page.text().contains("Trích yếu"), "{}", page.text());
        }
        assert!(!pages[1].text().contains("Chờ tiếp nhận"));
        assert!(pages.last().unwrap().text().contains("số 80"));
        assert_eq!(pdf, typeset_sheet(&sheet(80)).unwrap());
    }

    #[test]
    fn an_empty_list_is_a_list() {
        assert!(typeset_sheet(&sheet(0)).is_ok());
        assert!(write_sheet(&sheet(0)).is_ok());
    }

    #[test]
    fn the_spreadsheet_is_the_same_every_time() {
        let bytes = write_sheet(&sheet(3)).unwrap();
        assert!(bytes.starts_with(b"PK"));
        assert_eq!(bytes, write_sheet(&sheet(3)).unwrap());
    }
}
