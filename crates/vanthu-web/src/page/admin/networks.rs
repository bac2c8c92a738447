//! Which addresses are the agency's offices.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::AppError;
use vanthu_app::device::networks;
use vanthu_domain::refusal::RefusalCode;

use crate::error::{WebError, refused_page};
use crate::page::fields::Fields;
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Field, Problem, Shell, Tone};

#[derive(Template)]
#[template(path = "admin/networks.html")]
struct NetworksPage {
    shell: Shell,
    banner: Option<Problem>,
    networks: Field,
}

/// The form.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let now = networks::view(&web.app, who.caller()).await?;
    page(&web, &who, &headers, now, None).await
}

/// Sets them.
pub(super) async fn set(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let given = fields.whole("networks").to_owned();
    match networks::set(&web.app, who.caller(), &given).await {
        Ok(()) => {
            let kept = networks::view(&web.app, who.caller()).await?;
            let done = Problem {
                tone: Tone::Ok,
                what: say.t("Đã lưu mạng của cơ quan"),
                why: if kept.is_empty() {
                    say.t("Không khai báo địa chỉ nào: hệ thống không xét nơi ký.")
                } else {
                    say.t("Ký từ địa chỉ khác cần có phép mang thiết bị ra ngoài còn hiệu lực.")
                },
                ..Problem::default()
            };
            page(&web, &who, &headers, kept, Some(done)).await
        }
        Err(AppError::Refused(refusal)) if refusal.code == RefusalCode::FieldMalformed => {
            let banner = say.refusal(&refusal);
            let shown = page(&web, &who, &headers, given, Some(banner)).await?;
            Ok(refused_page(shown, refusal.code))
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    networks: String,
    banner: Option<Problem>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let title = say.t("Mạng của cơ quan");
    let mut field = Field::new(
        "networks",
        say.t("Địa chỉ hoặc dải địa chỉ, mỗi dòng một mục"),
        networks,
    )
    .optional()
    .hint(say.t("Ví dụ: 10.4.0.0/16 hoặc 203.0.113.7. Để trống thì không xét nơi ký."));
    field.rows = 8;
    let page = NetworksPage {
        shell: shell::shell(web, who, headers, title, "/admin/networks").await?,
        banner,
        networks: field,
    };
    render(&page, language_of(headers))
}
