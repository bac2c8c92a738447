//! Taking a list out as a file (xuất danh mục): all of its rows, up to a bound. That it was done is
//! recorded, with the filters, and without the words that were searched for.

use serde_json::{Map, json};
use vanthu_domain::agency::Agency;
use vanthu_domain::audit::Act;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::page::LONGEST;
use vanthu_store::{Tx, agency};

use super::{Selection, list_in};
use crate::desk::Listed;
use crate::{App, AppError, Caller};

/// As which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A spreadsheet.
    Xlsx,
    /// A PDF to be printed.
    Pdf,
}

impl Format {
    /// The end of the file's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// The most rows that one file holds. Typesetting a row costs far more than writing a cell.
    pub const fn most_rows(self) -> usize {
        match self {
            Self::Xlsx => 10_000,
            Self::Pdf => 2_000,
        }
    }
}

/// The rows of a list, all of them.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The rows.
    pub rows: Listed,
    /// Whose list it is.
    pub agency: Agency,
}

/// Takes the whole list. Whoever may see the list may take it.
///
/// # Errors
/// `list-too-long` where it has more rows than a file holds; nothing is recorded then.
pub async fn export(
    app: &App,
    caller: &Caller,
    asked: &Selection,
    format: Format,
) -> Result<Taken, AppError> {
    let mut tx = app.store.read().await?;
    let rows = collect(&mut tx, app, caller, asked, format.most_rows()).await?;
    let agency = agency::load(&mut tx, &caller.agency_id).await?;
    drop(tx);
    let mut filters = Map::new();
    for (name, value) in asked.pairs() {
        // What people search for may be content.
        let value = if name == "q" {
            json!(true)
        } else {
            json!(value)
        };
        filters.insert(name.to_owned(), value);
    }
    let data = json!({
        "section": asked.section.code(), "format": format.code(), "rows": rows.len(),
        "filters": filters,
    });
    let mut work = app.begin(caller).await?;
    work.record(Act::ListExported, &caller.agency_id, &[], data)
        .await?;
    work.commit().await?;
    Ok(Taken { rows, agency })
}

/// Every row, or a refusal where there are more than `most`.
pub(super) async fn collect(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    asked: &Selection,
    most: usize,
) -> Result<Listed, AppError> {
    let mut rows = list_in(tx, app, caller, asked, None, LONGEST).await?;
    while let Some(after) = rows.next().cloned() {
        if rows.len() >= most {
            break;
        }
        let more = list_in(tx, app, caller, asked, Some(&after), LONGEST).await?;
        append(&mut rows, more);
    }
    if rows.len() > most || rows.next().is_some() {
        return Err(Refusal::new(RefusalCode::ListTooLong)
            .with("max", dotted(most))
            .into());
    }
    Ok(rows)
}

fn append(rows: &mut Listed, more: Listed) {
    match (rows, more) {
        (Listed::Outgoing(page), Listed::Outgoing(more)) => {
            page.items.extend(more.items);
            page.next = more.next;
        }
        (Listed::Incoming(page), Listed::Incoming(more)) => {
            page.items.extend(more.items);
            page.next = more.next;
        }
        (Listed::Lines(page), Listed::Lines(more)) => {
            page.items.extend(more.items);
            page.next = more.next;
        }
        // One predicate gives one kind of rows.
        _ => {}
    }
}

/// `10.000`.
fn dotted(number: usize) -> String {
    match (number / 1000, number % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands}.{rest:03}"),
    }
}
