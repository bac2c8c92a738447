//! With what one signs (Cách ký của tôi): keys that services hold, linked to the account.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use vanthu_app::credential::list::{Linked, Offered};
use vanthu_app::credential::look::{Candidate, look};
use vanthu_app::credential::round::Returned;
use vanthu_app::credential::{link, list, remove, round};
use vanthu_app::signing::{Means, local, state};
use vanthu_app::{App, AppError};
use vanthu_domain::certificate::Holder;
use vanthu_domain::id::{CredentialId, SigningId};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::{WebError, refused_page};
use crate::page::fields::Fields;
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::security::reach_tool;
use crate::session::{SignedIn, encode};
use crate::state::Web;
use crate::texts::{Counted as _, filters, language_of};
use crate::view::{Fact, Field, Pill, Problem, Shell, Tone};

#[derive(Template)]
#[template(path = "account/signing.html")]
struct SigningPage {
    shell: Shell,
    problem: Option<Problem>,
    keys: Vec<KeyCard>,
    services: Vec<ServiceCard>,
    found: Option<Found>,
    /// The account, where the government's tool is offered; empty otherwise.
    tool: String,
}

/// A linked key.
struct KeyCard {
    title: String,
    mark: Pill,
    facts: Vec<Fact>,
    remove: String,
}

/// A service that a key can be linked of.
struct ServiceCard {
    code: String,
    name: String,
    says: String,
    by_page: Option<String>,
    holder: Field,
}

/// What was found at a service.
struct Found {
    service: String,
    name: String,
    holder: String,
    keys: Vec<FoundKey>,
}

/// A key at a service.
struct FoundKey {
    name_there: String,
    title: String,
    facts: Vec<Fact>,
    why_not: Option<Problem>,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    // Back from a service's page, what may be seen there now is shown at once.
    let back = query.as_deref().and_then(|it| it.strip_prefix("service="));
    match back {
        Some(service) => found(&web, &who, &headers, service, "").await,
        None => page(&web, &who, &headers, None, None).await,
    }
}

/// Looks for keys at a service.
pub(super) async fn look_there(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    found(
        &web,
        &who,
        &headers,
        fields.get("service"),
        fields.get("holder"),
    )
    .await
}

async fn found(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    service: &str,
    holder: &str,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let input = round::look_for(&web.app, &who.0, service, holder);
    let holder = input.holder.clone();
    match look(&web.app, who.caller(), input).await {
        Ok(keys) => {
            let offered = list::offered(&web.app, who.caller()).await?;
            let name = offered.into_iter().find(|it| it.code == service);
            let found = Found {
                service: service.to_owned(),
                name: name.map_or_else(String::new, |it| it.name),
                holder,
                keys: keys.into_iter().map(|it| found_key(it, say)).collect(),
            };
            page(web, who, headers, None, Some(found)).await
        }
        Err(AppError::Refused(refusal)) => refused(web, who, headers, &refusal).await,
        Err(fault) => Err(fault.into()),
    }
}

fn found_key(it: Candidate, say: Say) -> FoundKey {
    let others = it.subject.is_empty();
    FoundKey {
        title: if others {
            say.t("Khóa của người khác")
        } else {
            common_name(&it.subject)
        },
        facts: if others {
            Vec::new()
        } else {
            vec![
                fact(say.t("Chủ thể"), &it.subject),
                fact(say.t("Cơ quan cấp"), common_name(&it.issuer)),
                fact(say.t("Số hiệu"), &it.serial),
                fact(say.t("Hết hạn"), it.until.to_string()),
            ]
        },
        why_not: it.why_not.map(|why| say.refusal(&why)),
        name_there: it.name_there,
    }
}

/// The common name in a distinguished name as RFC 4514 writes it; all of it where it holds none.
fn common_name(written: &str) -> String {
    let mut escaped = false;
    let mut parts = written.split(|it: char| {
        let ends = it == ',' && !escaped;
        escaped = it == '\\' && !escaped;
        ends
    });
    let name = parts.find_map(|it| it.trim_start().strip_prefix("CN="));
    name.map_or_else(|| written.to_owned(), |it| it.replace('\\', ""))
}

/// Links a key.
pub(super) async fn link_it(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let input = round::look_for(
        &web.app,
        &who.0,
        fields.get("service"),
        fields.get("holder"),
    );
    match link::link(&web.app, who.caller(), input, fields.get("name")).await {
        Ok(_) => Ok(Redirect::to("/account/signing").into_response()),
        Err(AppError::Refused(refusal)) => refused(&web, &who, &headers, &refusal).await,
        Err(fault) => Err(fault.into()),
    }
}

/// Takes a key off.
pub(super) async fn remove_it(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let id: CredentialId = id
        .parse()
        .map_err(|_| AppError::refused(RefusalCode::NotFound))?;
    remove::remove(&web.app, who.caller(), &id).await?;
    Ok(Redirect::to("/account/signing").into_response())
}

/// To a service's page, where its holder lets us see the keys.
pub(super) async fn go(
    State(web): State<Web>,
    who: SignedIn,
    Path(service): Path<String>,
) -> Result<Response, WebError> {
    let url = round::to_look(&web.app, &who.0, &service, "").await?;
    Ok(Redirect::to(&url).into_response())
}

/// To a service's page, where the holder agrees to a session.
pub(super) async fn agree(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let id: SigningId = id
        .parse()
        .map_err(|_| AppError::refused(RefusalCode::NotFound))?;
    let to = match round::to_agree(&web.app, &who.0, &id).await? {
        Some(url) => url,
        None => document_of(&web, &who, &id).await?,
    };
    Ok(Redirect::to(&to).into_response())
}

/// The page of the document that a session is about.
async fn document_of(web: &Web, who: &SignedIn, id: &SigningId) -> Result<String, WebError> {
    let progress = state::state(&web.app, who.caller(), id).await?;
    Ok(progress.items.first().map_or_else(
        || "/".to_owned(),
        |it| format!("/outgoing/{}#ky-so", it.outgoing_id),
    ))
}

/// Back from a service's page. The session's cookie does not come along from another site, so that this page, which
/// anybody may open and which does nothing, leads on to the next one by itself.
pub(super) async fn back(RawQuery(query): RawQuery) -> Response {
    let query: String = query
        .unwrap_or_default()
        .chars()
        .filter(|it| it.is_ascii_alphanumeric() || "-_.~%=&+".contains(*it))
        .take(4000)
        .collect();
    let query = query.replace('&', "&amp;");
    Html(format!(
        "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>Văn Thư</title>\
         <meta http-equiv=\"refresh\" content=\"0; url=/account/signing/returned?{query}\">\
         <p><a href=\"/account/signing/returned?{query}\">Tiếp tục</a></p></html>"
    ))
    .into_response()
}

/// What the browser brought back.
pub(super) async fn returned(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let Some(query) = query else {
        return Ok(Redirect::to("/account/signing").into_response());
    };
    match round::returned(&web.app, &who.0, &query).await {
        Ok(Returned::MayLook(service)) => {
            let to = format!("/account/signing?service={}", encode(&service));
            Ok(Redirect::to(&to).into_response())
        }
        Ok(Returned::Agreed(id)) => {
            let to = document_of(&web, &who, &id).await?;
            Ok(Redirect::to(&to).into_response())
        }
        Err(AppError::Refused(refusal)) => refused(&web, &who, &headers, &refusal).await,
        Err(fault) => Err(fault.into()),
    }
}

async fn refused(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    refusal: &Refusal,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let shown = page(web, who, headers, Some(say.refusal(refusal)), None).await?;
    Ok(refused_page(shown, refusal.code))
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    problem: Option<Problem>,
    found: Option<Found>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let app: &App = &web.app;
    let keys = list::list(app, who.caller()).await?;
    let offered = list::offered(app, who.caller()).await?;
    let tool = local::address_for(app, who.caller()).await?;
    let account = who.caller().actor.account_id.to_string();
    let page = SigningPage {
        tool: tool.as_ref().map_or_else(String::new, |_| account),
        shell: shell::shell(web, who, headers, say.t("Cách ký của tôi"), "/account").await?,
        problem,
        keys: keys.iter().map(|it| key_card(it, say)).collect(),
        services: offered
            .into_iter()
            .map(|it| service_card(it, say))
            .collect(),
        found,
    };
    let mut response = render(&page, language_of(headers))?;
    if let Some(address) = tool {
        reach_tool(&mut response, &address);
    }
    Ok(response)
}

fn key_card(it: &Linked, say: Say) -> KeyCard {
    let record = &it.certificate.record;
    let mark = match (it.means, record.may_sign_at(say.now)) {
        (None, _) => (Tone::Bad, say.t("Hệ thống không còn dịch vụ này")),
        (Some(_), Err(_)) => (Tone::Bad, say.t("Chứng thư không còn dùng được")),
        (Some(Means::Sim), Ok(())) => (Tone::Ok, say.t("Ký trên SIM")),
        (Some(_), Ok(())) => (Tone::Ok, say.t("Ký từ xa")),
    };
    let covers = say.t("{n} tệp trong một lần đồng ý");
    let whose = match record.holder {
        Holder::Person { .. } => say.t("Chứng thư cá nhân"),
        Holder::Agency { .. } => say.t("Chứng thư của cơ quan (tôi giữ thiết bị)"),
    };
    KeyCard {
        title: it.service_name.clone(),
        mark: Pill {
            tone: mark.0,
            text: mark.1,
        },
        facts: vec![
            fact(say.t("Dùng để ký"), whose),
            fact(say.t("Chủ thể"), &record.subject),
            fact(say.t("Số hiệu"), &record.serial),
            fact(say.t("Hết hạn"), record.not_after.day().to_string()),
            fact(
                say.t("Ký nhiều nhất"),
                covers.counted(it.most_files.min(9999)),
            ),
        ],
        remove: format!("/account/signing/{}/remove", it.row.credential_id),
    }
}

fn service_card(it: Offered, say: Say) -> ServiceCard {
    let sim = it.means == Means::Sim;
    let (label, hint) = if sim {
        (
            say.t("Số điện thoại của SIM"),
            say.t("Viết liền, bắt đầu bằng 84, như 84912345678."),
        )
    } else {
        (
            say.t("Mã người dùng ở dịch vụ"),
            say.t("Là mã đã đăng ký với nhà cung cấp, thường là số định danh cá nhân."),
        )
    };
    let holder = Field::new("holder", label, "")
        .hint(hint)
        .autocomplete("off");
    ServiceCard {
        says: if sim {
            say.t("Khi ký, điện thoại hiện yêu cầu; mã PIN chỉ nhập trên điện thoại.")
        } else {
            say.t("Khi ký, ứng dụng của nhà cung cấp hỏi đồng chí; hệ thống không nhận mã PIN hay mã một lần.")
        },
        by_page: it
            .by_page
            .then(|| format!("/account/signing/go/{}", it.code)),
        holder: Field {
            name: format!("holder--{}", it.code),
            ..holder
        },
        code: it.code,
        name: it.name,
    }
}

#[cfg(test)]
mod tests {
    use super::common_name;

    #[test]
    fn a_key_is_headed_by_its_holder_s_name() {
        for (written, name) in [
            (
                "UID=ct.tanmau,CN=Dương Văn Sáng,O=UBND xã",
                "Dương Văn Sáng",
            ),
            ("CN=CA Bình Mẫu", "CA Bình Mẫu"),
            ("O=Sở\\, ban\\,CN=không phải,CN=Tên thật", "Tên thật"),
            ("CN=Công ty A\\, B,C=VN", "Công ty A, B"),
            ("O=UBND xã,C=VN", "O=UBND xã,C=VN"),
            ("", ""),
        ] {
            assert_eq!(common_name(written), name);
        }
    }
}
