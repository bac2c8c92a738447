//! The list of findings.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::finding::list::{self, Asked, Named};
use vanthu_app::{AppError, Cursor};
use vanthu_domain::Day;
use vanthu_domain::finding::{FindingKind, FindingTag};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use super::tone;
use crate::error::WebError;
use crate::page::fields::day_of;
use crate::page::rows::PAGE_ROWS;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Cell, Chip, Choice, Column, Empty, Field, List, Pager, Row, Shell};

type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "finding/list.html")]
struct FindingsPage {
    shell: Shell,
    chips: Vec<Chip>,
    total: String,
    fields: Vec<Field>,
    narrowed: bool,
    list: List,
    pager: Pager,
    empty: Empty,
}

/// `GET /findings`
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Query(pairs): Query<Pairs>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let asked = read(&pairs)?;
    let after = value(&pairs, "after");
    let cursor = Some(after.to_owned())
        .filter(|it| !it.is_empty())
        .map(Cursor::from);
    let caller = who.caller();
    let found = list::list(&web.app, caller, &asked, cursor.as_ref(), PAGE_ROWS).await?;
    let total = list::count(&web.app, caller, &asked).await?;
    let title = say.t("Phát hiện");
    let chips = chips(say, &asked);
    let next = found.next.as_ref().map_or_else(String::new, |next| {
        let mut pairs = of(&asked);
        pairs.push(("after", next.to_string()));
        address(&pairs)
    });
    let page = FindingsPage {
        shell: shell::shell(&web, &who, &headers, &title, "/findings").await?,
        narrowed: !chips.is_empty(),
        chips,
        total: say.t("{n} dòng").counted(total),
        fields: fields(say, &asked),
        list: List {
            caption: title,
            columns: columns(say, caller.actor.inspects()),
            rows: found
                .items
                .iter()
                .map(|one| row(say, one, caller.actor.inspects()))
                .collect(),
            pick: false,
        },
        pager: Pager {
            summary: String::new(),
            previous: if after.is_empty() {
                String::new()
            } else {
                address(&of(&asked))
            },
            next,
        },
        empty: Empty {
            icon: "shield",
            title: say.t("Không có phát hiện nào"),
            text: say.t("Khi có người dùng chứng thư, thiết bị của người khác hoặc ký ngoài nơi, ngoài thời gian được phép, phát hiện được ghi ở đây."),
            link: None,
        },
    };
    render(&page, language_of(&headers))
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    let found = pairs.iter().rev().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.trim())
}

fn read(pairs: &Pairs) -> Result<Asked, AppError> {
    let wrong = |field: &str| {
        AppError::from(
            Refusal::new(RefusalCode::FieldMalformed)
                .with("field", field)
                .with("why", "không có trong danh sách"),
        )
    };
    let day = |name: &str, field: &str| match value(pairs, name) {
        "" => Ok(None),
        text => day_of(text).map(Some).ok_or_else(|| wrong(field)),
    };
    Ok(Asked {
        agency_id: match value(pairs, "agency") {
            "" => None,
            text => Some(text.parse().map_err(|_| wrong("Cơ quan"))?),
        },
        kind: match value(pairs, "kind") {
            "" => None,
            text => Some(FindingKind::from_code(text).ok_or_else(|| wrong("Loại"))?),
        },
        state: match value(pairs, "state") {
            "" => None,
            text => Some(FindingTag::from_code(text).ok_or_else(|| wrong("Tình trạng"))?),
        },
        from_day: day("from", "Từ ngày")?,
        until_day: day("to", "Đến ngày")?,
    })
}

/// What is asked, as an address has it.
fn of(asked: &Asked) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    let mut push = |name, value: Option<String>| {
        if let Some(value) = value {
            pairs.push((name, value));
        }
    };
    push("agency", asked.agency_id.as_ref().map(ToString::to_string));
    push("kind", asked.kind.map(|it| it.code().to_owned()));
    push("state", asked.state.map(|it| it.code().to_owned()));
    push("from", asked.from_day.map(Day::iso));
    push("to", asked.until_day.map(Day::iso));
    pairs
}

fn address(pairs: &[(&'static str, String)]) -> String {
    if pairs.is_empty() {
        return "/findings".to_owned();
    }
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)));
    format!("/findings?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn chips(say: Say, asked: &Asked) -> Vec<Chip> {
    let known = of(asked);
    known
        .iter()
        .map(|(key, value)| {
            let (name, value) = match *key {
                "kind" => (say.t("Loại"), asked.kind.map(|it| say.named(it.name()))),
                "state" => (
                    say.t("Tình trạng"),
                    asked.state.map(|it| say.named(it.name())),
                ),
                "from" => (say.t("Từ ngày"), asked.from_day.map(|it| it.to_string())),
                "to" => (say.t("Đến ngày"), asked.until_day.map(|it| it.to_string())),
                _ => (say.t("Cơ quan"), Some(value.clone())),
            };
            let rest: Vec<_> = known.iter().filter(|(it, _)| it != key).cloned().collect();
            Chip {
                name,
                value: value.unwrap_or_default(),
                remove: address(&rest),
            }
        })
        .collect()
}

fn fields(say: Say, asked: &Asked) -> Vec<Field> {
    let any = || Choice {
        text: say.t("Tất cả"),
        ..Choice::default()
    };
    let kinds = FindingKind::ALL.iter().map(|it| Choice {
        value: it.code().to_owned(),
        text: say.named(it.name()),
        chosen: asked.kind == Some(*it),
        ..Choice::default()
    });
    let states = FindingTag::ALL.iter().map(|it| Choice {
        value: it.code().to_owned(),
        text: say.named(it.name()),
        chosen: asked.state == Some(*it),
        ..Choice::default()
    });
    let day = |name: &str, label: String, day: Option<Day>| {
        let value = day.map(Day::iso).unwrap_or_default();
        Field::new(name, label, value).optional().kind("date")
    };
    vec![
        Field::new("kind", say.t("Loại"), "")
            .optional()
            .choices(std::iter::once(any()).chain(kinds).collect()),
        Field::new("state", say.t("Tình trạng"), "")
            .optional()
            .choices(std::iter::once(any()).chain(states).collect()),
        day("from", say.t("Từ ngày"), asked.from_day),
        day("to", say.t("Đến ngày"), asked.until_day),
    ]
}

fn columns(say: Say, with_agency: bool) -> Vec<Column> {
    let column = |text: String, kind| Column {
        text,
        kind,
        ..Column::default()
    };
    let mut columns = vec![
        column(say.t("Phát hiện"), "main"),
        column(say.t("Người liên quan"), "text"),
        column(say.t("Tình trạng"), "state"),
        column(say.t("Lúc"), "when"),
    ];
    if with_agency {
        columns.insert(2, column(say.t("Cơ quan"), "text"));
    }
    columns
}

fn row(say: Say, one: &Named, with_agency: bool) -> Row {
    let tag = one.row.state.tag();
    let mut cells = vec![
        Cell::text(say.named(one.row.kind.name())),
        Cell::text(&one.person),
        Cell::pill(tone(tag), say.named(tag.name())),
        Cell::text(say.moment(one.row.at)),
    ];
    if with_agency {
        cells.insert(2, Cell::text(&one.agency));
    }
    Row {
        id: one.row.finding_id.to_string(),
        href: format!("/findings/{}", one.row.finding_id),
        name: say.named(one.row.kind.name()),
        cells,
        ..Row::default()
    }
}
