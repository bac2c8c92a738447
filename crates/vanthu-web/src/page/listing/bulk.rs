//! Several rows at once, and the page that says what became of each.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::AppError;
use vanthu_app::incoming::bulk::{BulkAct, Outcome, bulk};
use vanthu_app::line::read_many::read_many;
use vanthu_domain::id::IncomingId;
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::page::fields::Fields;
use crate::page::show::{Say, subject_of};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters};
use crate::view::{Cell, Column, Link, List, Row, Shell, Tone};

#[derive(Template)]
#[template(path = "listing/result.html")]
struct ResultPage {
    shell: Shell,
    lead: String,
    list: List,
    back: Link,
}

/// `POST /incoming/bulk`
pub(super) async fn incoming(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let act = BulkAct::from_code(fields.get("act"))
        .ok_or_else(|| AppError::refused(RefusalCode::RequestMalformed))?;
    let chosen = fields
        .all("pick")
        .map(chosen_of)
        .collect::<Result<Vec<_>, _>>()?;
    let outcomes = bulk(&web.app, who.caller(), act, chosen).await?;
    let rows = outcomes.into_iter().map(|one| {
        row(say, one, |arrival| {
            say.t("Đã vào sổ, số đến {n}").counted(arrival.number)
        })
    });
    let back = fields.get("back");
    result(&web, &who, &headers, back, "/incoming", rows.collect()).await
}

/// `POST /lines/bulk`
pub(super) async fn work(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    if fields.get("act") != "read" {
        return Err(AppError::refused(RefusalCode::RequestMalformed).into());
    }
    let chosen = fields
        .all("pick")
        .map(|id| id.parse().map_err(|_| unknown()))
        .collect::<Result<Vec<_>, _>>()?;
    let outcomes = read_many(&web.app, who.caller(), chosen).await?;
    let rows = outcomes
        .into_iter()
        .map(|one| row(say, one, |()| say.t("Đã ghi nhận đã đọc")));
    let back = fields.get("back");
    result(&web, &who, &headers, back, "/work", rows.collect()).await
}

/// `inc_…~3`: the document, at the version that the list showed.
fn chosen_of(value: &str) -> Result<(IncomingId, Option<i64>), AppError> {
    let (id, version) = value.split_once('~').unwrap_or((value, ""));
    let id = id.parse().map_err(|_| unknown())?;
    Ok((id, version.parse().ok()))
}

fn unknown() -> AppError {
    AppError::refused(RefusalCode::NotFound)
}

/// One line of the result, and whether it was done.
fn row<Id: std::fmt::Display, Done>(
    say: Say,
    one: Outcome<Id, Done>,
    said: impl Fn(Done) -> String,
) -> (bool, Row) {
    let (href, name) = match one.document {
        Some(it) => (
            format!("/incoming/{}", it.incoming_id),
            format!("{} · {}", it.notation, subject_of(it.kind, &it.subject)),
        ),
        None => (String::new(), one.id.to_string()),
    };
    let (done, state, why) = match one.done {
        Ok(done) => (true, Cell::pill(Tone::Ok, said(done)), Cell::default()),
        Err(error) => {
            let problem = say.error(&WebError(error));
            let why = Cell::text(format!("{} {}", problem.what, problem.why)).note(problem.now);
            (false, Cell::pill(Tone::Bad, say.t("Chưa làm được")), why)
        }
    };
    let row = Row {
        id: one.id.to_string(),
        href,
        name: name.clone(),
        cells: vec![Cell::text(name), state, why],
        ..Row::default()
    };
    (done, row)
}

async fn result(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    back: &str,
    list: &str,
    rows: Vec<(bool, Row)>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let done = rows.iter().filter(|(done, _)| *done).count();
    let refused = rows.len() - done;
    let title = if refused == 0 {
        say.t("Đã làm xong {n} dòng").counted(done)
    } else {
        say.t("Đã làm xong {n} dòng, {m} dòng chưa làm được")
            .counted(done)
            .replace("{m}", &refused.to_string())
    };
    let column = |text: String, kind| Column {
        text,
        kind,
        ..Column::default()
    };
    let mut columns = vec![
        column(say.t("Văn bản"), "main"),
        column(say.t("Kết quả"), "state"),
    ];
    let mut rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    if refused == 0 {
        // Nothing to explain: no column of empty cells.
        for row in &mut rows {
            row.cells.truncate(columns.len());
        }
    } else {
        columns.push(column(say.t("Vì sao, làm gì tiếp"), "text"));
    }
    let page = ResultPage {
        shell: shell::shell(web, who, headers, title.clone(), list).await?,
        lead: if refused == 0 {
            say.t("Mỗi dòng được làm và ghi nhật ký riêng.")
        } else {
            say.t(
                "Mỗi dòng được làm và ghi nhật ký riêng; dòng chưa làm được không ảnh hưởng dòng khác.",
            )
        },
        list: List {
            caption: title,
            columns,
            rows,
            pick: false,
        },
        back: Link {
            text: say.t("Về danh mục"),
            // Only back to where it came from: the address is given by the form.
            href: match back.strip_prefix(list) {
                Some(rest) if rest.starts_with('?') => back.to_owned(),
                _ => list.to_owned(),
            },
        },
    };
    render(&page, say.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picked_row_names_the_version_that_was_seen() {
        let id = "inc_01J00000000000000000000000";
        let chosen = chosen_of(&format!("{id}~3")).unwrap();
        assert_eq!((chosen.0.as_str(), chosen.1), (id, Some(3)));
        assert_eq!(chosen_of(id).unwrap().1, None);
        assert!(chosen_of("lin_1~3").is_err());
    }
}
