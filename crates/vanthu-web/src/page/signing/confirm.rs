//! The clerk confirms a batch that the device at the server seals: every document is on the page, and the password is typed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::desk::Tile;
use vanthu_app::signing::sealer::confirm::{self, Confirm};
use vanthu_app::signing::sealer::view::{self, InBatch, SealBatch};
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::{WebError, refused_page};
use crate::page::fields::{Fields, named};
use crate::page::rows::address_of;
use crate::page::show::{Say, fact, subject_of};
use crate::page::ways::capital;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Fact, Field, Problem, Shell};

#[derive(Template)]
#[template(path = "signing/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    id: String,
    wrong: Option<Problem>,
    left_out: Vec<Problem>,
    about: Vec<Fact>,
    list: String,
    documents: Vec<Document>,
    password: Field,
    verb: String,
    back: String,
}

/// One document of the batch.
struct Document {
    href: String,
    picture: String,
    number: String,
    subject: String,
    facts: Vec<String>,
    digest: String,
    files: Vec<(String, String)>,
}

/// `GET /signings/{id}/confirm`
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    page(&web, &who, &headers, &named(&id)?, None).await
}

/// `POST /signings/{id}/confirm`
pub(super) async fn confirm(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: SigningId = named(&id)?;
    let input = Confirm {
        signing_id: id.clone(),
        list: fields.get("list").to_owned(),
        password: fields.whole("password").to_owned(),
    };
    match confirm::confirm(&web.app, who.caller(), input).await {
        Ok(()) => Ok(Redirect::to(&format!("/signings/{id}")).into_response()),
        Err(AppError::Refused(refusal)) if refusal.code == RefusalCode::PasswordNotConfirmed => {
            let shown = page(&web, &who, &headers, &id, Some(&refusal)).await?;
            Ok(refused_page(shown, refusal.code))
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &SigningId,
    refusal: Option<&Refusal>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let batch = view::batch(&web.app, who.caller(), id).await?;
    if !batch.is_open {
        return Ok(Redirect::to(&format!("/signings/{id}")).into_response());
    }
    let count = batch.documents.len();
    let title = say.t("Xác nhận đóng dấu {n} văn bản").counted(count);
    let back = address_of(Tile::ToSeal);
    let left_out = batch.left_out.iter();
    let password = Field::new("password", say.t("Mật khẩu đăng nhập của đồng chí"), "")
        .kind("password")
        .autocomplete("current-password")
        .hint(say.t("Gõ lại mật khẩu để xác nhận chính đồng chí đóng dấu đúng các văn bản trên; xác nhận dùng được một lần."));
    let page = ConfirmPage {
        id: id.to_string(),
        wrong: refusal.map(|it| say.refusal(it)),
        left_out: left_out
            .filter_map(|(_, why)| why.as_ref().map(|it| say.refusal(it)))
            .collect(),
        about: about(say, &batch),
        list: batch.batch.list.clone(),
        documents: batch.documents.iter().map(|it| document(say, it)).collect(),
        password,
        verb: say.t("Đóng dấu {n} văn bản").counted(count),
        shell: shell::shell(web, who, headers, title, &back).await?,
        back,
    };
    render(&page, language_of(headers))
}

fn about(say: Say, batch: &SealBatch) -> Vec<Fact> {
    let certificate = &batch.certificate;
    vec![
        fact(say.t("Thiết bị"), capital(&say.named(&batch.sealer))),
        fact(say.t("Chứng thư của cơ quan"), batch.holder.clone()),
        fact(say.t("Số hiệu chứng thư"), certificate.serial.clone()),
        fact(say.t("Hết hạn"), say.day(certificate.not_after.day())),
        fact(
            say.t("Xác nhận trước"),
            say.moment(batch.session.expires_at),
        ),
    ]
}

fn document(say: Say, one: &InBatch) -> Document {
    let row = &one.row;
    let mut facts = vec![
        say.named(row.kind.name()),
        say.t("{n} trang").counted(row.pages),
    ];
    if !row.addressees.is_empty() {
        let to = row.addressees.join("; ");
        facts.push(say.t("kính gửi: {who}").replace("{who}", &to));
    }
    let id = &row.outgoing_id;
    Document {
        href: format!("/outgoing/{id}"),
        picture: format!("/outgoing/{id}/page/1.png"),
        number: row
            .state
            .number()
            .map_or_else(String::new, |it| it.notation.clone()),
        subject: subject_of(row.kind, &row.subject),
        facts,
        digest: one.digest.clone(),
        files: one.files.clone(),
    }
}
