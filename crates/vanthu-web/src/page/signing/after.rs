//! What became of each document of a session, and the way to sign what is left.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::desk::Tile;
use vanthu_app::signing::batch::{Outcome, outcomes};
use vanthu_app::signing::{ItemState, Means, Purpose, SessionState, SigningRow};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::WebError;
use crate::page::fields::named;
use crate::page::rows::address_of;
use crate::page::show::{Say, subject_of};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Cell, Column, Link, List, Problem, Row, Shell, Tone};

#[derive(Template)]
#[template(path = "signing/after.html")]
struct AfterPage {
    shell: Shell,
    id: String,
    why: Option<Problem>,
    list: List,
    again: Vec<String>,
    act: &'static str,
    consent: &'static str,
    verb: String,
    back: String,
}

/// `GET /signings/{id}`
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let (row, outcomes) = outcomes(&web.app, who.caller(), &named(&id)?).await?;
    let signed = outcomes
        .iter()
        .filter(|one| one.state == ItemState::Signed)
        .count();
    let title = match row.purpose {
        Purpose::Person => say.t("Đã ký {n} trên {m} văn bản"),
        Purpose::Seal => say.t("Đã đóng dấu {n} trên {m} văn bản"),
    };
    let title = title
        .replace("{m}", &outcomes.len().to_string())
        .counted(signed);
    let over = !matches!(row.state, SessionState::Open | SessionState::Fetched)
        || web.app.now() > row.expires_at;
    let again: Vec<String> = outcomes
        .iter()
        .filter(|one| over && one.again)
        .map(|one| one.outgoing_id.to_string())
        .collect();
    let (act, tile) = match row.purpose {
        Purpose::Person => ("person", Tile::ToSign),
        Purpose::Seal => ("seal", Tile::ToSeal),
    };
    let back = address_of(tile);
    let column = |text: String, kind| Column {
        text,
        kind,
        ..Column::default()
    };
    let page = AfterPage {
        id: row.signing_id.to_string(),
        why: at_server(say, &row, over)
            .or_else(|| ended(say, row.state, row.result.as_deref(), over)),
        list: List {
            caption: title.clone(),
            columns: vec![
                column(say.t("Văn bản"), "main"),
                column(say.t("Kết quả"), "state"),
                column(say.t("Vì sao, làm gì tiếp"), "text"),
            ],
            rows: outcomes.iter().map(|one| line(say, one, over)).collect(),
            pick: false,
        },
        verb: say.t("Ký tiếp {n} văn bản còn lại").counted(again.len()),
        again,
        act,
        consent: match row.consent {
            vanthu_app::signing::Consent::Person => "person",
            vanthu_app::signing::Consent::Automatic => "automatic",
        },
        shell: shell::shell(&web, &who, &headers, title, &back).await?,
        back,
    };
    render(&page, language_of(&headers))
}

fn line(say: Say, one: &Outcome, over: bool) -> Row {
    let name = match &one.document {
        Some(row) => match row.state.number() {
            Some(number) => {
                format!(
                    "{} · {}",
                    number.notation,
                    subject_of(row.kind, &row.subject)
                )
            }
            None => subject_of(row.kind, &row.subject),
        },
        // Taken back: what its drafter makes of it is not for whoever was to sign.
        None => say.t("Văn bản đã rút về dự thảo"),
    };
    let state = match one.state {
        ItemState::Signed => Cell::pill(Tone::Ok, say.t("Đã ký")),
        ItemState::Failed => Cell::pill(Tone::Bad, say.t("Không ký được")),
        ItemState::Skipped => Cell::pill(Tone::Warn, say.t("Bỏ qua")),
        ItemState::Waiting if over => Cell::pill(Tone::Warn, say.t("Chưa ký")),
        ItemState::Waiting => Cell::pill(Tone::Info, say.t("Đang chờ ký")),
    };
    let why = match &one.refusal {
        Some(refusal) => {
            let said = say.refusal(refusal);
            Cell::text(format!("{} {}", said.what, said.why)).note(said.now)
        }
        None => Cell::default(),
    };
    Row {
        id: one.outgoing_id.to_string(),
        href: one
            .document
            .as_ref()
            .map_or_else(String::new, |_| format!("/outgoing/{}", one.outgoing_id)),
        name: name.clone(),
        cells: vec![Cell::text(name), state, why],
        ..Row::default()
    }
}

/// Where a batch stands that the device at the server seals.
fn at_server(say: Say, row: &SigningRow, over: bool) -> Option<Problem> {
    if row.means != Means::Sealer {
        return None;
    }
    if let Some(code) = row
        .result
        .as_deref()
        .and_then(|it| it.parse::<RefusalCode>().ok())
    {
        return Some(say.refusal(&Refusal::new(code)));
    }
    let (what, why) = match row.state {
        SessionState::Open if !over => (
            say.t("Lô này chưa được xác nhận"),
            say.t("Chưa văn bản nào được đóng dấu."),
        ),
        SessionState::Fetched if !over => (
            say.t("Thiết bị tại máy chủ đang đóng dấu"),
            say.t("Kết quả từng văn bản tự hiện ở trang này."),
        ),
        SessionState::Open
        | SessionState::Fetched
        | SessionState::Done
        | SessionState::Cancelled
        | SessionState::Expired => return None,
    };
    let confirm = (row.state == SessionState::Open).then(|| Link {
        href: format!("/signings/{}/confirm", row.signing_id),
        text: say.t("Mở trang xác nhận"),
    });
    Some(Problem {
        tone: Tone::Info,
        what,
        why,
        link: confirm,
        ..Problem::default()
    })
}

/// Why the session ended before everything was signed.
fn ended(say: Say, state: SessionState, reason: Option<&str>, over: bool) -> Option<Problem> {
    let (what, why) = match (state, reason) {
        (SessionState::Done, _) => return None,
        (SessionState::Open | SessionState::Fetched, _) if !over => (
            say.t("Phiên ký đang mở"),
            say.t("Tải lại trang để xem kết quả mới nhất."),
        ),
        (SessionState::Cancelled, Some("wrong-pin")) => (
            say.t("Mã PIN không đúng."),
            say.t("Phiên ký dừng ngay ở lần sai đầu tiên để thiết bị không bị khóa."),
        ),
        (SessionState::Cancelled, Some("refused-by-user" | "given-up")) => (
            say.t("Phiên ký đã dừng theo yêu cầu."),
            say.t("Văn bản chưa ký giữ nguyên."),
        ),
        (SessionState::Cancelled, Some("key-suspected")) => (
            say.t("Phiên ký đã dừng: chứng thư bị tạm dừng."),
            say.t("Có báo cáo nghi lộ, mất khóa trên thiết bị này."),
        ),
        (SessionState::Cancelled, _) => (
            say.t("Phiên ký đã dừng."),
            say.t("Văn bản chưa ký giữ nguyên."),
        ),
        (SessionState::Expired | SessionState::Open | SessionState::Fetched, _) => (
            say.t("Phiên ký đã hết hạn."),
            say.t("Văn bản chưa ký giữ nguyên."),
        ),
    };
    Some(Problem {
        tone: Tone::Warn,
        what,
        why,
        ..Problem::default()
    })
}
