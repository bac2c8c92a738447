//! Findings: the list, one by itself, and its conclusion.

use axum::extract::State;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::Cursor;
use vanthu_app::finding::close::{close as close_it, look_at as look_at_it};
use vanthu_app::finding::list::{self, Named as Shown};
use vanthu_domain::Day;
use vanthu_domain::finding::{Conclusion, FindingKind, FindingState, FindingTag};
use vanthu_domain::id::{AgencyId, FindingId};
use vanthu_domain::permission::Action;

use super::desk::PAGE;
use super::extract::{Answer, Asked, Done, Given, Named, answer, done};
use super::operation::{Operation, Verb};
use crate::session::SignedIn;
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/v1/findings",
        || get(findings),
        "Phát hiện về việc dùng chữ ký số, mới nhất trước",
    )
    .asks(&[Action::ViewFindings])
    .query(&[
        ("agency", "mã định danh cơ quan"),
        ("kind", "loại phát hiện"),
        ("state", "new, looked-at hoặc closed"),
        ("from", "từ ngày, như 2026-11-01"),
        ("to", "đến ngày"),
        ("after", "giá trị next của trang trước"),
    ])
    .gives::<FindingPage>(),
    Operation::new(
        Verb::Get,
        "/api/v1/findings/{finding_id}",
        || get(show),
        "Một phát hiện",
    )
    .asks(&[Action::ViewFindings])
    .gives::<FindingOut>(),
    Operation::new(
        Verb::Post,
        "/api/v1/findings/{finding_id}/look-at",
        || post(looked_at),
        "Nhận xem xét",
    )
    .asks(&[Action::CloseFinding])
    .takes::<Nothing>(),
    Operation::new(
        Verb::Post,
        "/api/v1/findings/{finding_id}/close",
        || post(closed),
        "Kết luận, đóng phát hiện",
    )
    .asks(&[Action::CloseFinding])
    .takes::<Closing>(),
];

/// No members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// What is asked of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Narrowed {
    #[serde(default)]
    agency: Option<AgencyId>,
    #[serde(default)]
    kind: Option<FindingKind>,
    #[serde(default)]
    state: Option<FindingTag>,
    #[serde(default)]
    from: Option<Day>,
    #[serde(default)]
    to: Option<Day>,
    #[serde(default)]
    after: Option<String>,
}

/// The end of a finding.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    /// no-violation, reminded hoặc violation.
    #[schema(value_type = String)]
    conclusion: Conclusion,
    /// Nội dung kết luận.
    #[serde(default)]
    words: String,
}

/// One page of findings.
#[derive(Serialize, ToSchema)]
struct FindingPage {
    /// Các phát hiện.
    items: Vec<FindingOut>,
    /// Gửi lại làm tham số after để lấy trang sau; null ở trang cuối.
    next: Option<String>,
}

/// A finding.
#[derive(Serialize, ToSchema)]
struct FindingOut {
    /// Mã định danh.
    finding_id: String,
    /// Loại.
    kind: &'static str,
    /// new, looked-at hoặc closed.
    state: &'static str,
    /// Người liên quan.
    person: String,
    /// Cơ quan.
    agency: String,
    /// Lúc.
    at: String,
    /// Phiên ký.
    signing_id: Option<String>,
    /// Thiết bị.
    device_id: Option<String>,
    /// Bằng chứng: dấu vân tay chứng thư, địa chỉ; không có bí mật.
    #[schema(value_type = Object)]
    evidence: serde_json::Value,
    /// Kết luận.
    conclusion: Option<&'static str>,
    /// Nội dung kết luận.
    words: Option<String>,
}

async fn findings(
    State(web): State<Web>,
    who: SignedIn,
    Asked(given): Asked<Narrowed>,
) -> Answer<FindingPage> {
    let asked = list::Asked {
        agency_id: given.agency,
        kind: given.kind,
        state: given.state,
        from_day: given.from,
        until_day: given.to,
    };
    let after = given.after.map(Cursor::from);
    let page = list::list(&web.app, who.caller(), &asked, after.as_ref(), PAGE).await?;
    answer(FindingPage {
        items: page.items.into_iter().map(out).collect(),
        next: page.next.map(|next| next.to_string()),
    })
}

async fn show(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<FindingId>,
) -> Answer<FindingOut> {
    answer(out(list::view(&web.app, who.caller(), &id).await?))
}

fn out(one: Shown) -> FindingOut {
    let state = one.row.state.tag().code();
    let (conclusion, words) = match one.row.state {
        FindingState::New | FindingState::LookedAt { .. } => (None, None),
        FindingState::Closed {
            conclusion, words, ..
        } => (Some(conclusion.code()), Some(words)),
    };
    FindingOut {
        finding_id: one.row.finding_id.to_string(),
        kind: one.row.kind.code(),
        state,
        person: one.person,
        agency: one.agency,
        at: one.row.at.iso(),
        signing_id: one.row.signing_id,
        device_id: one.row.device_id,
        evidence: one.row.evidence,
        conclusion,
        words,
    }
}

async fn looked_at(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<FindingId>,
    Given(Nothing {}): Given<Nothing>,
) -> Done {
    look_at_it(&web.app, who.caller(), &id).await?;
    done()
}

async fn closed(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<FindingId>,
    Given(given): Given<Closing>,
) -> Done {
    close_it(&web.app, who.caller(), &id, given.conclusion, &given.words).await?;
    done()
}
