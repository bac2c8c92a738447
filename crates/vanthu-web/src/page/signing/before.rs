//! What will be signed: every document with its addressees, drafter and files, each openable.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::desk::{Listed, Tile};
use vanthu_app::listing::{self, Selection};
use vanthu_app::signing::batch::{self, Chosen};
use vanthu_app::signing::open::MOST_DOCUMENTS;
use vanthu_app::signing::{Purpose, local};
use vanthu_app::{App, AppError, Caller, Mode};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::page::fields::Fields;
use crate::page::show::{Say, subject_of};
use crate::page::ways::{Many, ways};
use crate::page::{render, shell};
use crate::security::reach_tool;
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Pill, Problem, Shell, SignPanel};

#[derive(Template)]
#[template(path = "signing/before.html")]
struct BeforePage {
    shell: Shell,
    lead: String,
    purpose: &'static str,
    consent: &'static str,
    documents: Vec<Document>,
    /// How many of them who signs has not looked at.
    unopened: String,
    refused: Vec<Problem>,
    sign: Option<SignPanel>,
    back: String,
}

/// One document that will be signed.
struct Document {
    id: String,
    href: String,
    title: String,
    facts: Vec<String>,
    files: Vec<String>,
    urgency: Option<Pill>,
    /// Who signs has not looked at it.
    unopened: bool,
}

/// `POST /outgoing/sign-many`
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let act = fields.get("act");
    let (purpose, word, tile) = match act.strip_suffix("-all").unwrap_or(act) {
        "person" => (Purpose::Person, "person", Tile::ToSign),
        "seal" => (Purpose::Seal, "seal", Tile::ToSeal),
        _ => return Err(AppError::refused(RefusalCode::RequestMalformed).into()),
    };
    let ids = if act.ends_with("-all") {
        whole(&web.app, who.caller(), tile).await?
    } else {
        picked(&fields)?
    };
    let choices = batch::choices(&web.app, who.caller(), purpose, &ids).await?;
    let mut documents = Vec::new();
    let mut refused = Vec::new();
    for (id, choice) in choices.each {
        match choice {
            Ok(one) => documents.push(document(say, &id, &one)),
            Err(refusal) => refused.push(say.refusal(&refusal)),
        }
    }
    let count = documents.len();
    let title = match purpose {
        Purpose::Person => say.t("Ký {n} văn bản").counted(count),
        Purpose::Seal => say.t("Đóng dấu {n} văn bản").counted(count),
    };
    let consent = if web.app.mode == Mode::Practice && fields.get("consent") == "automatic" {
        "automatic"
    } else {
        "person"
    };
    let back = crate::page::rows::address_of(tile);
    let statements = match purpose {
        Purpose::Person => vec![
            say.t("Tôi đã xem các văn bản được đánh dấu và các tệp kèm theo."),
            say.t("Tôi có thẩm quyền ký từng văn bản vào ngày hôm nay."),
            say.t("Sau khi ký, nội dung không sửa được nữa."),
        ],
        Purpose::Seal => vec![
            say.t("Người có thẩm quyền đã ký số từng văn bản; hệ thống kiểm tra lại từng chữ ký."),
            say.t("Thiết bị lưu khóa bí mật của cơ quan do tôi được giao quản lý."),
        ],
    };
    let ways = ways(&web.app, who.caller(), purpose, Many::Several, say).await?;
    let tool = local::address_for(&web.app, who.caller()).await?;
    let standing = choices
        .standing
        .map_or_else(String::new, |id| id.to_string());
    let page = BeforePage {
        lead: say.t("Một lần xác nhận, một lần nhập mã PIN cho các văn bản được đánh dấu; kết quả báo riêng từng văn bản."),
        unopened: match documents.iter().filter(|it| it.unopened).count() {
            0 => String::new(),
            count => say.t("Còn {n} văn bản chưa mở xem. Mở từng văn bản để đọc trước khi ký.").counted(count),
        },
        purpose: word,
        consent,
        sign: (count > 0).then(|| SignPanel {
            purpose: word,
            consent,
            done: back.clone(),
            verb: title.clone(),
            statements,
            ways,
            standing,
            tool: tool.clone().unwrap_or_default(),
            account: who.caller().actor.account_id.to_string(),
            ..SignPanel::default()
        }),
        documents,
        refused,
        shell: shell::shell(&web, &who, &headers, title, &back).await?,
        back,
    };
    let mut response = render(&page, language_of(&headers))?;
    if let Some(address) = tool {
        reach_tool(&mut response, &address);
    }
    Ok(response)
}

/// The documents that the form names: by the rows of a list, with the version that was seen, or by
/// this page itself.
fn picked(fields: &Fields) -> Result<Vec<OutgoingId>, AppError> {
    let of_list = fields.all("pick");
    of_list
        .chain(fields.all("document"))
        .map(|value| value.split('~').next().unwrap_or(value))
        .map(|id| {
            id.parse()
                .map_err(|_| AppError::refused(RefusalCode::NotFound))
        })
        .collect()
}

/// Everything that waits, as far as one session goes.
async fn whole(app: &App, caller: &Caller, tile: Tile) -> Result<Vec<OutgoingId>, AppError> {
    let most = u32::try_from(MOST_DOCUMENTS).unwrap_or(u32::MAX);
    let listed = listing::list(app, caller, &Selection::of(tile), None, most).await?;
    match listed {
        Listed::Outgoing(page) => Ok(page.items.into_iter().map(|it| it.outgoing_id).collect()),
        Listed::Incoming(_) | Listed::Lines(_) => Ok(Vec::new()),
    }
}

fn document(say: Say, id: &OutgoingId, one: &Chosen) -> Document {
    let row = &one.row;
    let subject = subject_of(row.kind, &row.subject);
    let title = match row.state.number() {
        Some(number) => format!("{} · {subject}", number.notation),
        None => format!("{}: {subject}", say.named(row.kind.name())),
    };
    let mut facts = vec![
        say.t("{n} trang").counted(row.pages),
        say.t("soạn thảo: {who}").replace("{who}", &one.drafter),
    ];
    if !row.addressees.is_empty() {
        let to = row.addressees.join("; ");
        facts.push(say.t("kính gửi: {who}").replace("{who}", &to));
    }
    Document {
        id: id.to_string(),
        href: format!("/outgoing/{id}"),
        title,
        facts,
        files: one.files.clone(),
        urgency: say.urgency(row.urgency),
        unopened: !one.opened,
    }
}
