//! Keys that services hold, linked to one's own account.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::credential::{link, list, look, remove, round};
use vanthu_app::signing::fetch::timestamp;
use vanthu_domain::id::CredentialId;

use super::extract::{Answer, Done, Given, Named, answer, done};
use super::operation::{Operation, Verb};
use crate::error::problem_in;
use crate::page::show::Say;
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/account/credentials",
        || get(listed),
        "Cách ký của mình: dịch vụ được dùng và khóa đã thêm",
    )
    .gives::<Means>(),
    Operation::new(
        Verb::Post,
        "/api/v1/account/credentials/look",
        || post(looked),
        "Tìm khóa của mình ở một dịch vụ",
    )
    .takes::<LookIn>()
    .gives::<Vec<CandidateOut>>(),
    Operation::new(
        Verb::Post,
        "/api/v1/account/credentials",
        || post(linked),
        "Thêm một khóa ở dịch vụ vào cách ký của mình",
    )
    .takes::<LinkIn>()
    .gives::<LinkedOut>(),
    Operation::new(
        Verb::Delete,
        "/api/v1/account/credentials/{credential_id}",
        || delete(removed),
        "Bỏ một khóa khỏi cách ký của mình",
    ),
];

/// With what one signs.
#[derive(Serialize, ToSchema)]
struct Means {
    /// Dịch vụ mà cơ quan được dùng.
    services: Vec<ServiceOut>,
    /// Khóa đã thêm.
    credentials: Vec<CredentialOut>,
}

/// A service.
#[derive(Serialize, ToSchema)]
struct ServiceOut {
    /// Mã dịch vụ.
    code: String,
    /// Tên dịch vụ.
    name: String,
    /// service hoặc sim.
    means: &'static str,
    /// Phải mở trang của dịch vụ trước khi tìm khóa.
    by_page: bool,
}

/// A linked key.
#[derive(Serialize, ToSchema)]
struct CredentialOut {
    /// Mã định danh.
    credential_id: String,
    /// Mã dịch vụ.
    service: String,
    /// Tên dịch vụ.
    service_name: String,
    /// service hoặc sim; null khi hệ thống không còn dịch vụ này.
    means: Option<&'static str>,
    /// Chủ thể của chứng thư.
    subject: String,
    /// Số hiệu chứng thư.
    serial: String,
    /// Chứng thư hết hạn lúc.
    until: String,
    /// Số tệp nhiều nhất trong một lần đồng ý.
    multisign: usize,
}

/// Where to look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LookIn {
    /// Mã dịch vụ.
    service: String,
    /// Mã người dùng ở dịch vụ, hoặc số điện thoại của SIM.
    holder: String,
}

/// A key at a service.
#[derive(Serialize, ToSchema)]
struct CandidateOut {
    /// Tên khóa ở dịch vụ.
    name: String,
    /// Chủ thể của chứng thư; trống khi chứng thư là của người khác.
    subject: String,
    /// Cơ quan cấp.
    issuer: String,
    /// Số hiệu chứng thư.
    serial: String,
    /// Ngày hết hạn.
    until: String,
    /// Vì sao không thêm được.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<serde_json::Value>,
}

/// A key to link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkIn {
    /// Mã dịch vụ.
    service: String,
    /// Mã người dùng ở dịch vụ, hoặc số điện thoại của SIM.
    holder: String,
    /// Tên khóa ở dịch vụ.
    name: String,
}

/// The linked key.
#[derive(Serialize, ToSchema)]
struct LinkedOut {
    /// Mã định danh.
    credential_id: String,
}

async fn listed(State(web): State<Web>, who: SignedIn) -> Answer<Means> {
    let services = list::offered(&web.app, who.caller()).await?;
    let keys = list::list(&web.app, who.caller()).await?;
    answer(Means {
        services: services
            .into_iter()
            .map(|it| ServiceOut {
                code: it.code,
                name: it.name,
                means: it.means.code(),
                by_page: it.by_page,
            })
            .collect(),
        credentials: keys
            .into_iter()
            .map(|it| CredentialOut {
                credential_id: it.row.credential_id.to_string(),
                service: it.row.service,
                service_name: it.service_name,
                means: it.means.map(vanthu_app::signing::Means::code),
                subject: it.certificate.record.subject,
                serial: it.certificate.record.serial,
                until: timestamp(it.certificate.record.not_after).to_string(),
                multisign: it.most_files,
            })
            .collect(),
    })
}

async fn looked(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Given(given): Given<LookIn>,
) -> Answer<Vec<CandidateOut>> {
    let say = Say::of(&headers, web.app.now());
    let input = round::look_for(&web.app, &who.0, &given.service, &given.holder);
    let found = look::look(&web.app, who.caller(), input).await?;
    answer(
        found
            .into_iter()
            .map(|it| CandidateOut {
                name: it.name_there,
                subject: it.subject,
                issuer: it.issuer,
                serial: it.serial,
                until: it.until.iso(),
                problem: it.why_not.map(|why| problem_in(&why, say)),
            })
            .collect(),
    )
}

async fn linked(
    State(web): State<Web>,
    who: SignedIn,
    Given(given): Given<LinkIn>,
) -> Answer<LinkedOut> {
    let input = round::look_for(&web.app, &who.0, &given.service, &given.holder);
    let id = link::link(&web.app, who.caller(), input, &given.name).await?;
    answer(LinkedOut {
        credential_id: id.to_string(),
    })
}

async fn removed(State(web): State<Web>, who: SignedIn, Named(id): Named<CredentialId>) -> Done {
    remove::remove(&web.app, who.caller(), &id).await?;
    done()
}
