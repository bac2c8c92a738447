//! The account's page.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::account::{profile, session};
use vanthu_domain::certificate::{CannotSign, Holder};

use crate::error::WebError;
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Fact, Pill, Shell, Tone};

/// So many days before its end a certificate is "about to expire".
const SOON_DAYS: i32 = 60;

#[derive(Template)]
#[template(path = "account/page.html")]
struct AccountPage {
    shell: Shell,
    person: Vec<Fact>,
    certificates: Vec<Certificate>,
    sessions: Vec<Session>,
}

/// A certificate.
struct Certificate {
    title: String,
    mark: Pill,
    facts: Vec<Fact>,
}

/// A session of the account.
struct Session {
    browser: String,
    note: String,
    here: bool,
    end: String,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let own = profile::view(&web.app, who.caller()).await?;
    let mut person = vec![
        fact(say.t("Họ và tên"), &own.full_name),
        fact(say.t("Tên tài khoản"), &who.caller().login),
        fact(say.t("Thư công vụ"), &own.email),
    ];
    for (post, agency_name, unit_name) in &own.posts {
        let place = [
            post.title.as_str(),
            unit_name.as_deref().unwrap_or_default(),
            agency_name,
        ];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        let role = say.t(post.role.name());
        person.push(fact(
            say.t("Vị trí công tác"),
            format!("{} ({role})", place.join(", ")),
        ));
    }
    for authority in &own.authorities {
        person.push(fact(say.t("Thẩm quyền ký"), authority.lines.join(" – ")));
    }
    let certificates = own
        .certificates
        .iter()
        .map(|record| {
            let day = record.not_after.day();
            let mark = match record.may_sign_at(say.now) {
                Ok(()) if day <= say.today().plus_days(SOON_DAYS) => {
                    let until = say
                        .t("sắp hết hạn, đến {day}")
                        .replace("{day}", &day.to_string());
                    Pill {
                        tone: Tone::Warn,
                        text: until,
                    }
                }
                Ok(()) => Pill {
                    tone: Tone::Ok,
                    text: say.t("Có hiệu lực"),
                },
                Err(CannotSign::NotYetEffective) => Pill {
                    tone: Tone::Warn,
                    text: say.t("Chưa có hiệu lực"),
                },
                Err(CannotSign::Expired) => Pill {
                    tone: Tone::Bad,
                    text: say.t("Hết hạn"),
                },
                Err(CannotSign::Suspended) => Pill {
                    tone: Tone::Bad,
                    text: say.t("Tạm dừng"),
                },
                Err(CannotSign::Revoked) => Pill {
                    tone: Tone::Bad,
                    text: say.t("Đã thu hồi"),
                },
            };
            Certificate {
                title: match record.holder {
                    Holder::Person { .. } => say.t("Chứng thư cá nhân"),
                    Holder::Agency { .. } => say.t("Chứng thư của cơ quan (tôi giữ thiết bị)"),
                },
                mark,
                facts: vec![
                    fact(say.t("Chủ thể"), &record.subject),
                    fact(say.t("Cơ quan cấp"), &record.issuer),
                    fact(say.t("Số hiệu"), &record.serial),
                    fact(
                        say.t("Hiệu lực"),
                        format!("{} – {day}", record.not_before.day()),
                    ),
                ],
            }
        })
        .collect();
    let sessions = session::list(&web.app, who.caller())
        .await?
        .into_iter()
        .map(|row| Session {
            browser: browser_name(say, &row.browser),
            note: say
                .t("{address} · từ {start} · dùng gần nhất {seen}")
                .replace("{address}", &row.address)
                .replace("{start}", &say.moment(row.created_at))
                .replace("{seen}", &say.moment(row.seen_at)),
            here: row.session_hash == who.0.hash,
            end: format!("/account/sessions/{}/end", row.session_hash),
        })
        .collect();
    let title = say.t("Tài khoản và chứng thư của tôi");
    let page = AccountPage {
        shell: shell::shell(&web, &who, &headers, title, "/account").await?,
        person,
        certificates,
        sessions,
    };
    render(&page, language_of(&headers))
}

/// Ends another session.
pub(super) async fn end_session(
    State(web): State<Web>,
    who: SignedIn,
    Path(hash): Path<String>,
) -> Result<Response, WebError> {
    session::end(&web.app, who.caller(), &hash).await?;
    Ok(Redirect::to("/account").into_response())
}

/// The browser's name out of what it says of itself.
fn browser_name(say: Say, agent: &str) -> String {
    let known = [
        ("Edg/", "Microsoft Edge"),
        ("CocCoc", "Cốc Cốc"),
        ("coc_coc", "Cốc Cốc"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let name = known
        .into_iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, name)| name);
    let systems = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let system = systems
        .into_iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, name)| name);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name}, {system}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => say.t("Chương trình khác"),
    }
}
