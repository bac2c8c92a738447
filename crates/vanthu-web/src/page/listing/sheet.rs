//! A list as a file: the facts that its rows show, each in a column of its own.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::desk::Listed;
use vanthu_app::listing::choices::choices;
use vanthu_app::listing::export::{Format, export};
use vanthu_app::listing::{Section, Selection};
use vanthu_app::outgoing::view::Handed;
use vanthu_app::{AppError, Caller};
use vanthu_domain::Day;
use vanthu_domain::refusal::RefusalCode;
use vanthu_layout::{Sheet, SheetCell, SheetColumn, typeset_sheet, write_sheet};

use super::asked::{Asked, Pairs};
use super::{filters, show};
use crate::api::hand_out;
use crate::error::WebError;
use crate::page::show::{Say, subject_of};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::Counted as _;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /incoming/export/{format}`
pub(super) async fn incoming(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    format: Path<String>,
    query: Query<Pairs>,
) -> Result<Response, WebError> {
    file(&web, &who, &headers, Section::Incoming, &format, &query).await
}

/// `GET /outgoing/export/{format}`
pub(super) async fn outgoing(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    format: Path<String>,
    query: Query<Pairs>,
) -> Result<Response, WebError> {
    file(&web, &who, &headers, Section::Outgoing, &format, &query).await
}

/// `GET /lines/export/{format}`
pub(super) async fn work(
    web: State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    format: Path<String>,
    query: Query<Pairs>,
) -> Result<Response, WebError> {
    file(&web, &who, &headers, Section::Work, &format, &query).await
}

async fn file(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    section: Section,
    format: &str,
    pairs: &Pairs,
) -> Result<Response, WebError> {
    let format = match format {
        "xlsx" => Format::Xlsx,
        "pdf" => Format::Pdf,
        _ => return Err(AppError::refused(RefusalCode::NotFound).into()),
    };
    let asked = Asked::read(section, pairs)?;
    let say = Say::of(headers, web.app.now());
    let file = file_of(web, who.caller(), say, &asked.selection, format).await?;
    Ok(hand_out(file))
}

/// The list as a file of that format, in the reader's language.
pub(crate) async fn file_of(
    web: &Web,
    caller: &Caller,
    say: Say,
    selection: &Selection,
    format: Format,
) -> Result<Handed, WebError> {
    let taken = export(&web.app, caller, selection, format).await?;
    let choices = choices(&web.app, caller, selection.section).await?;
    let notes = filters::in_use(say, selection, &choices);
    let (columns, rows) = table(say, &taken.rows);
    let sheet = Sheet {
        agency: taken.agency.name,
        title: show::title(say, selection, None),
        notes: notes
            .into_iter()
            .map(|one| format!("{}: {}", one.name, one.value))
            .collect(),
        made: say
            .t("Xuất lúc {at}, {who}")
            .replace("{at}", &say.now.text())
            .replace("{who}", &caller.full_name),
        made_on: say.today(),
        amount: say.t("{n} dòng").counted(rows.len()),
        columns,
        rows,
    };
    let bytes = tokio::task::spawn_blocking(move || match format {
        Format::Xlsx => write_sheet(&sheet),
        Format::Pdf => typeset_sheet(&sheet),
    })
    .await
    .map_err(|error| AppError::fault("list", error))?
    .map_err(|error| AppError::fault("list", error))?;
    let way = match selection.section {
        Section::Work => "viec",
        Section::Incoming => "van-ban-den",
        Section::Outgoing => "van-ban-di",
    };
    Ok(Handed {
        name: format!("{way}-{}.{}", say.today().iso(), format.code()),
        media_type: match format {
            Format::Xlsx => XLSX.to_owned(),
            Format::Pdf => "application/pdf".to_owned(),
        },
        bytes,
        sha256: String::new(),
    })
}

type Table = (Vec<SheetColumn>, Vec<Vec<SheetCell>>);

fn table(say: Say, rows: &Listed) -> Table {
    match rows {
        Listed::Incoming(_) => incoming_table(say, rows),
        Listed::Outgoing(_) => outgoing_table(say, rows),
        Listed::Lines(_) => lines_table(say, rows),
    }
}

fn incoming_table(say: Say, rows: &Listed) -> Table {
    let columns = vec![
        column(say.t("Ngày đến"), 11),
        column(say.t("Số đến"), 8),
        column(say.t("Nơi gửi"), 26),
        column(say.t("Số, ký hiệu"), 18),
        column(say.t("Ngày văn bản"), 11),
        column(say.t("Loại văn bản"), 13),
        column(say.t("Trích yếu"), 44),
        column(say.t("Độ khẩn"), 10),
        column(say.t("Tình trạng"), 14),
        column(say.t("Thời hạn"), 11),
    ];
    let Listed::Incoming(page) = rows else {
        return (columns, Vec::new());
    };
    let row = |item: &vanthu_app::desk::IncomingItem| {
        vec![
            SheetCell::Day(item.arrival_day.unwrap_or(item.arrived_at.day())),
            number(item.arrival_number),
            text(&item.from_name),
            text(&item.notation),
            day(item.issued_day),
            SheetCell::Text(say.named(item.kind.name())),
            SheetCell::Text(subject_of(item.kind, &item.subject)),
            SheetCell::Text(say.named(item.urgency.name())),
            SheetCell::Text(say.named(item.state.name())),
            day(item.due_day),
        ]
    };
    (columns, page.items.iter().map(row).collect())
}

fn outgoing_table(say: Say, rows: &Listed) -> Table {
    let columns = vec![
        column(say.t("Số, ký hiệu"), 18),
        column(say.t("Ngày ban hành"), 12),
        column(say.t("Loại văn bản"), 14),
        column(say.t("Trích yếu"), 54),
        column(say.t("Độ khẩn"), 11),
        column(say.t("Số trang"), 8),
        column(say.t("Tình trạng"), 16),
        column(say.t("Từ ngày"), 12),
    ];
    let Listed::Outgoing(page) = rows else {
        return (columns, Vec::new());
    };
    let row = |item: &vanthu_app::desk::OutgoingItem| {
        vec![
            text(item.notation.as_deref().unwrap_or_default()),
            day(item.issued_day),
            SheetCell::Text(say.named(item.kind.name())),
            SheetCell::Text(subject_of(item.kind, &item.subject)),
            SheetCell::Text(say.named(item.urgency.name())),
            number(Some(item.pages).filter(|pages| *pages > 0)),
            SheetCell::Text(say.named(item.state.name())),
            SheetCell::Day(item.state_since.day()),
        ]
    };
    (columns, page.items.iter().map(row).collect())
}

fn lines_table(say: Say, rows: &Listed) -> Table {
    let columns = vec![
        column(say.t("Thời hạn"), 11),
        column(say.t("Số đến"), 8),
        column(say.t("Số, ký hiệu"), 18),
        column(say.t("Nơi gửi"), 24),
        column(say.t("Trích yếu"), 40),
        column(say.t("Ý kiến chỉ đạo"), 34),
        column(say.t("Độ khẩn"), 10),
        column(say.t("Vai trò"), 12),
        column(say.t("Tình trạng"), 13),
        column(say.t("Giao ngày"), 11),
    ];
    let Listed::Lines(page) = rows else {
        return (columns, Vec::new());
    };
    let row = |item: &vanthu_app::desk::LineItem| {
        vec![
            day(item.line.due_day),
            number(item.arrival_number),
            text(&item.notation),
            text(&item.from_name),
            SheetCell::Text(subject_of(item.kind, &item.subject)),
            text(&item.line.instruction),
            SheetCell::Text(say.named(item.urgency.name())),
            SheetCell::Text(say.named(item.line.part.name())),
            SheetCell::Text(say.named(item.line.state.name())),
            SheetCell::Day(item.line.created_at.day()),
        ]
    };
    (columns, page.items.iter().map(row).collect())
}

fn column(title: String, weight: u8) -> SheetColumn {
    SheetColumn { title, weight }
}

fn text(text: &str) -> SheetCell {
    SheetCell::Text(text.to_owned())
}

fn day(day: Option<Day>) -> SheetCell {
    day.map_or_else(|| SheetCell::Text(String::new()), SheetCell::Day)
}

fn number(number: Option<u32>) -> SheetCell {
    number.map_or_else(|| SheetCell::Text(String::new()), SheetCell::Number)
}
