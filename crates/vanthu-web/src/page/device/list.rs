//! One's own devices, the requests that wait for the reader, and the agency's devices.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::device::view::{self, Listed};
use vanthu_domain::device::Belongs;
use vanthu_domain::permission::Action;

use super::mark;
use crate::error::WebError;
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Cell, Column, Fact, List, Pill, Row, Shell};

#[derive(Template)]
#[template(path = "device/list.html")]
struct DevicesPage {
    shell: Shell,
    own: Vec<Card>,
    waiting: List,
    agency: Option<List>,
}

/// One's own device.
struct Card {
    title: String,
    href: String,
    mark: Pill,
    facts: Vec<Fact>,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let caller = who.caller();
    let own = view::own(&web.app, caller).await?;
    let waiting = view::waiting(&web.app, caller).await?;
    let sees_all = caller
        .may(Action::ViewDevices, &caller.own_agency())
        .is_ok();
    let agency = if sees_all {
        let rows = view::of_agency(&web.app, caller).await?;
        Some(table(
            say,
            say.t("Thiết bị của cơ quan"),
            rows.iter().map(|it| (it, None)).collect(),
        ))
    } else {
        None
    };
    let asked: Vec<_> = waiting
        .iter()
        .map(|(permit, one)| {
            let until = say.moment(permit.until_at);
            (one, Some(format!("{} · {until}", permit.place)))
        })
        .collect();
    let title = say.t("Thiết bị ký số");
    let page = DevicesPage {
        shell: shell::shell(&web, &who, &headers, title, "/devices").await?,
        own: own.iter().map(|one| card(say, one)).collect(),
        waiting: table(say, say.t("Chờ đồng chí cho phép mang ra ngoài"), asked),
        agency,
    };
    render(&page, language_of(&headers))
}

fn card(say: Say, one: &Listed) -> Card {
    let record = &one.row.record;
    let mut facts = vec![
        fact(say.t("Loại thiết bị"), say.named(record.kind.name())),
        fact(
            say.t("Chứng thư trên thiết bị"),
            say.t("{n} chứng thư").counted(one.certificates.len()),
        ),
        fact(say.t("Giữ từ"), say.moment(record.state.since())),
    ];
    if let Some(it) = &record.entrustment {
        facts.push(fact(say.t("Quyết định giao thiết bị"), &it.reference));
    }
    if let Some(permit) = &one.permit {
        let until = say.moment(permit.until_at);
        facts.push(fact(
            say.t("Phép mang ra ngoài"),
            format!("{} · {until}", say.named(permit.state.name())),
        ));
    }
    let whose = match record.belongs {
        Belongs::Person => say.t("Thiết bị của tôi"),
        Belongs::Agency => say.t("Thiết bị của cơ quan (tôi giữ)"),
    };
    Card {
        title: format!("{whose}: {}", record.serial),
        href: format!("/devices/{}", record.device_id),
        mark: mark(say, &record.state),
        facts,
    }
}

fn table(say: Say, caption: String, rows: Vec<(&Listed, Option<String>)>) -> List {
    let column = |text: String, kind| Column {
        text,
        kind,
        ..Column::default()
    };
    let columns = vec![
        column(say.t("Số hiệu thiết bị"), "main"),
        column(say.t("Người giữ"), "text"),
        column(say.t("Tình trạng"), "state"),
        column(say.t("Ghi chú"), "text"),
    ];
    let rows = rows.into_iter().map(|(one, note)| {
        let record = &one.row.record;
        let state = mark(say, &record.state);
        let open = one
            .permit
            .as_ref()
            .map(|permit| say.named(permit.state.name()));
        Row {
            id: record.device_id.to_string(),
            href: format!("/devices/{}", record.device_id),
            name: record.serial.clone(),
            cells: vec![
                Cell::text(&record.serial).note(say.named(record.kind.name())),
                Cell::text(&one.holder),
                Cell::pill(state.tone, state.text),
                Cell::text(note.or(open).unwrap_or_default()),
            ],
            ..Row::default()
        }
    });
    List {
        caption,
        rows: rows.collect(),
        columns,
        pick: false,
    }
}
