//! One register in the columns of Decree 30/2020, void numbers struck through with their reason.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::register::list::{Rows, list};
use vanthu_domain::Day;
use vanthu_domain::register::{RegisterRowIn, RegisterRowOut};

use super::{Asked, chosen};
use crate::error::WebError;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Field, Shell};

#[derive(Template)]
#[template(path = "register/view.html")]
struct RegisterPage {
    shell: Shell,
    lead: String,
    print: String,
    from: Field,
    to: Field,
    heads: Vec<String>,
    entries: Vec<Entry>,
}

/// One row.
struct Entry {
    cells: Vec<String>,
    href: String,
    void: bool,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let chosen = chosen(&web, &who, &id, &asked).await?;
    let (heads, mut entries) = match list(&web.app, who.caller(), chosen.stretch).await? {
        Rows::Out(rows) => {
            let entry = |row: &vanthu_layout::OutgoingEntry| {
                vec![
                    row.number.clone(),
                    day(row.day),
                    row.subject.clone(),
                    row.signer.clone(),
                    row.recipients.clone(),
                    row.kept_by.clone(),
                    row.copies
                        .map_or_else(String::new, |copies| copies.to_string()),
                    day(row.sent_on),
                    row.receipt.clone(),
                    say.words(&row.note),
                ]
            };
            let entries: Vec<Entry> = rows
                .iter()
                .map(|(number, row)| Entry {
                    cells: entry(row),
                    href: format!("/outgoing/{}", number.document_id),
                    void: number.void_reason.is_some(),
                })
                .collect();
            (RegisterRowOut::HEADS, entries)
        }
        Rows::In(rows) => {
            let entry = |row: &vanthu_layout::IncomingEntry| {
                vec![
                    day(row.arrived_on),
                    row.arrival_number.clone(),
                    row.author.clone(),
                    row.number.clone(),
                    day(row.day),
                    row.subject.clone(),
                    row.receiver.clone(),
                    day(row.handed_on),
                    row.receipt.clone(),
                    say.words(&row.note),
                ]
            };
            let entries: Vec<Entry> = rows
                .iter()
                .map(|(number, row)| Entry {
                    cells: entry(row),
                    href: format!("/incoming/{}", number.document_id),
                    void: number.void_reason.is_some(),
                })
                .collect();
            (RegisterRowIn::HEADS, entries)
        }
    };
    entries.reverse();
    let lead = say
        .t("Năm {year} · số tiếp theo: {next} · mới nhất ở trên")
        .replace("{year}", &chosen.stretch.year.to_string())
        .replace("{next}", &chosen.next_number.to_string());
    let page = RegisterPage {
        shell: shell::shell(&web, &who, &headers, say.words(&chosen.name), "/registers").await?,
        lead,
        print: format!(
            "/registers/{id}/print.pdf?from={}&to={}",
            encode(&asked.from),
            encode(&asked.to)
        ),
        from: Field::new("from", say.t("Từ ngày"), iso(chosen.stretch.from_day))
            .kind("date")
            .optional(),
        to: Field::new("to", say.t("Đến ngày"), iso(chosen.stretch.until_day))
            .kind("date")
            .optional(),
        heads: heads.into_iter().map(|head| say.t(head)).collect(),
        entries,
    };
    render(&page, language_of(&headers))
}

fn day(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

fn iso(day: Option<Day>) -> String {
    day.map_or_else(String::new, Day::iso)
}
