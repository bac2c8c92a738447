//! Signing sessions as the page sees them: opened, followed, given up.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanthu_app::signing::fetch::timestamp;
use vanthu_app::signing::local::{Flow, ToolFlow, ToolSigningRow, ToolState};
use vanthu_app::signing::open::{self, KeyAbility, OpenSigning, Seen};
use vanthu_app::signing::sealer::confirm::{Confirm, confirm};
use vanthu_app::signing::settle::settle;
use vanthu_app::signing::state::{self, Conversation};
use vanthu_app::signing::{
    Certainty, Consent, ItemState, Means, Purpose, SessionState, Settled, cancel,
};
use vanthu_domain::Moment;
use vanthu_domain::id::{CredentialId, OutgoingId, SigningId, ToolTrialId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use super::extract::{Answer, Done, Given, Named, answer, done};
use super::operation::{Operation, Verb};
use crate::error::problem_in;
use crate::page::show::Say;
use crate::session::{Address, SignedIn};
use crate::state::Web;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/v1/signing-sessions",
        || post(begin),
        "Mở phiên ký; mã dùng một lần được đưa cho phần mềm ký",
    )
    .asks(&[Action::Sign, Action::Seal])
    .takes::<OpenSession>()
    .gives::<SessionOpened>(),
    Operation::new(
        Verb::Get,
        "/api/v1/signing-sessions/{signing_id}",
        || get(progress),
        "Phiên ký đang ở đâu",
    )
    .gives::<Progress>(),
    Operation::new(
        Verb::Post,
        "/api/v1/signing-sessions/{signing_id}/cancel",
        || post(given_up),
        "Thôi ký",
    )
    .takes::<Nothing>(),
    Operation::new(
        Verb::Post,
        "/api/v1/signing-sessions/{signing_id}/settle",
        || post(settled),
        "Cho biết kết quả của yêu cầu ký mà hệ thống chưa rõ",
    )
    .takes::<SettleIn>(),
    Operation::new(
        Verb::Post,
        "/api/v1/signing-sessions/{signing_id}/confirm",
        || post(confirmed),
        "Văn thư xác nhận lô đóng dấu bằng thiết bị tại máy chủ: đúng danh sách, đúng mật khẩu, một lần",
    )
    .takes::<ConfirmIn>(),
];

/// What is to be signed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenSession {
    /// person: chữ ký người có thẩm quyền; seal: chữ ký cơ quan.
    purpose: PurposeIn,
    /// Mã định danh các văn bản đi.
    #[schema(value_type = Vec<String>)]
    documents: Vec<OutgoingId>,
    /// person: người ký xác nhận trên phần mềm ký; automatic: chỉ ở chế độ thực hành.
    #[serde(default)]
    consent: ConsentIn,
    /// Khóa ở đâu: agent (phần mềm ký trên máy), service (dịch vụ từ xa), sim (SIM), tool (công cụ của Ban Cơ yếu), sealer (thiết bị ký tại máy chủ, chỉ chữ ký cơ quan).
    #[serde(default)]
    means: MeansIn,
    /// Khóa nào, khi khóa do dịch vụ giữ: mã ở danh sách cách ký của mình.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    credential: Option<CredentialId>,
    /// Lần thử công cụ ký mà trình duyệt này đã làm: mã của POST /api/v1/signing-tool/trials.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    trial: Option<ToolTrialId>,
    /// SHA-256 (hex) của các chứng thư mà phần mềm ký trên máy đưa ra.
    #[serde(default)]
    certificates: Vec<String>,
    /// Các khóa mà phần mềm ký có, để chọn thuật toán mạnh nhất mà thiết bị ký được.
    #[serde(default)]
    keys: Vec<KeyIn>,
}

/// A key that the agent has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyIn {
    /// SHA-256 của chứng thư, dạng thập lục phân.
    thumbprint: String,
    /// Các thuật toán mà khóa ký được, như rsa-pss-sha256.
    algorithms: Vec<String>,
}

/// Whose signature.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum PurposeIn {
    Person,
    Seal,
}

/// Who consents.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ConsentIn {
    #[default]
    Person,
    Automatic,
}

/// Where the key lies.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum MeansIn {
    #[default]
    Agent,
    Service,
    Sim,
    Tool,
    Sealer,
}

impl From<MeansIn> for Means {
    fn from(it: MeansIn) -> Self {
        match it {
            MeansIn::Agent => Self::Agent,
            MeansIn::Service => Self::Service,
            MeansIn::Sim => Self::Sim,
            MeansIn::Tool => Self::Tool,
            MeansIn::Sealer => Self::Sealer,
        }
    }
}

/// No members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The open session.
#[derive(Serialize, ToSchema)]
struct SessionOpened {
    /// Mã định danh phiên ký.
    signing_id: String,
    /// Mã dùng một lần cho phần mềm ký; không có khi khóa do dịch vụ giữ.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Địa chỉ máy chủ mà phần mềm ký gọi tới.
    server: String,
    /// Hết hạn lúc.
    expires_at: String,
    /// Tài khoản mở phiên; máy ký ghép với nhiều tài khoản dùng lần ghép của tài khoản này.
    account_id: String,
    /// Các văn bản không ký được trong phiên này, kèm lý do.
    left_out: Vec<LeftOut>,
    /// Chưa xác định được tình trạng chứng thư; quy chế áp dụng cho ký kèm cảnh báo.
    not_determined: bool,
    /// digest hoặc whole-file: công cụ của Ban Cơ yếu ký theo cách nào, khi ký bằng công cụ đó.
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'static str>,
    /// Trang để văn thư xác nhận lô, khi ký bằng thiết bị tại máy chủ.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm: Option<String>,
    /// Điều cần hiện trước khi điện thoại hỏi, khi khóa do dịch vụ giữ.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Shown>,
}

/// A document that is not in the session.
#[derive(Serialize, ToSchema)]
struct LeftOut {
    /// Văn bản.
    document: String,
    /// Vì sao.
    #[schema(value_type = Object)]
    problem: serde_json::Value,
}

/// What is shown before the holder's device asks.
#[derive(Serialize, ToSchema)]
struct Shown {
    /// Tên dịch vụ.
    name: String,
    /// Bốn chữ số hiện trên trang và trên điện thoại.
    verification_code: String,
    /// Đồng ý muộn nhất lúc.
    deadline: String,
}

/// What became of a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleIn {
    /// no-signature: chưa đồng ý ký; signature-unused: đã đồng ý, chữ ký đó không dùng.
    result: ResultIn,
}

/// What became of a request.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ResultIn {
    NoSignature,
    SignatureUnused,
}

/// A conversation with a service.
#[derive(Serialize, ToSchema)]
struct ServiceProgress {
    /// Tên dịch vụ.
    name: String,
    /// Bốn chữ số hiện trên trang và trên điện thoại.
    verification_code: String,
    /// Đồng ý muộn nhất lúc.
    deadline: String,
    /// Yêu cầu ký đã được gửi tới dịch vụ.
    asked: bool,
    /// Trang của dịch vụ mà người ký cần mở để đồng ý.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// Cách kết thúc: signed hoặc mã lỗi.
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<String>,
    /// nothing-signed, maybe-signed hoặc signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    certainty: Option<&'static str>,
    /// Lời của dịch vụ.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    /// Cần người ký cho biết kết quả.
    open_question: bool,
    /// no-signature hoặc signature-unused, khi người ký đã cho biết.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<&'static str>,
}

/// Where an item stands with the government's tool.
#[derive(Serialize, ToSchema)]
struct ToolProgress {
    /// Mã của mục.
    item_id: String,
    /// digest hoặc whole-file.
    flow: &'static str,
    /// waiting, created, fetched, uploaded, applied hoặc ended.
    state: &'static str,
    /// Trang đã kết nối được với công cụ.
    opened: bool,
    /// Kết nối đã đóng mà tệp đã ký có thể vẫn đang được gửi về.
    waits_after_close: bool,
    /// Lời của công cụ.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
}

/// Where a batch stands with the device at the server.
#[derive(Serialize, ToSchema)]
struct SealerProgress {
    /// Tên thiết bị.
    name: String,
    /// Danh sách cần xác nhận: SHA-256 của các mục và mã băm văn bản.
    list: String,
    /// Văn thư đã xác nhận.
    confirmed: bool,
    /// Ký muộn nhất lúc, sau khi đã xác nhận.
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    /// Cách kết thúc: signed hoặc mã lỗi.
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<String>,
}

/// The clerk's confirmation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmIn {
    /// Danh sách mà văn thư đã xem: giá trị list của phiên ký.
    list: String,
    /// Mật khẩu đăng nhập của văn thư.
    password: String,
}

/// Where a session stands.
#[derive(Serialize, ToSchema)]
struct Progress {
    /// Mã định danh phiên ký.
    signing_id: String,
    /// open, signed, partly, cancelled, expired hoặc failed.
    state: &'static str,
    /// Vì sao phiên dừng.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Hết hạn lúc.
    expires_at: String,
    /// Vì sao phiên dừng, đủ lời.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<serde_json::Value>,
    /// Đang ở đâu với dịch vụ giữ khóa.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<ServiceProgress>,
    /// Từng tệp ở công cụ của Ban Cơ yếu, khi ký bằng công cụ đó.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool: Vec<ToolProgress>,
    /// Đang ở đâu với thiết bị ký tại máy chủ, khi ký bằng thiết bị đó.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealer: Option<SealerProgress>,
    /// Từng tệp cần ký.
    items: Vec<Item>,
    /// Trang để mở khi đã ký xong.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One item of a session.
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
#[derive(Serialize, ToSchema)]
struct Item {
    /// Mã của mục: văn bản hoặc tệp kèm theo.
    item_id: String,
    /// Văn bản.
    document: String,
    /// waiting, signed, failed hoặc skipped.
    state: &'static str,
    /// SHA-256 được ký.
    digest: String,
    /// Lỗi của mục.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<serde_json::Value>,
}

async fn begin(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Address(address): Address,
    Given(given): Given<OpenSession>,
) -> Answer<SessionOpened> {
    let seen = Seen {
        address: Some(address).filter(|it| !it.is_empty()),
        certificates: given.certificates,
        trial: given.trial,
    };
    let input = OpenSigning {
        purpose: match given.purpose {
            PurposeIn::Person => Purpose::Person,
            PurposeIn::Seal => Purpose::Seal,
        },
        documents: given.documents,
        consent: match given.consent {
            ConsentIn::Person => Consent::Person,
            ConsentIn::Automatic => Consent::Automatic,
        },
        means: given.means.into(),
        credential: given.credential,
        keys: given.keys.into_iter().map(ability).collect(),
    };
    let opened = open::open_seen(&web.app, who.caller(), input, &seen).await?;
    let say = Say::of(&headers, web.app.now());
    let is_for_an_agent =
        opened.at_service.is_none() && opened.tool.is_none() && !opened.asks_confirmation;
    let left_out = opened.left_out.into_iter().map(|one| LeftOut {
        document: one.outgoing_id.to_string(),
        problem: problem_in(&one.refusal, say),
    });
    answer(SessionOpened {
        signing_id: opened.signing_id.to_string(),
        token: is_for_an_agent.then_some(opened.token),
        confirm: opened
            .asks_confirmation
            .then(|| format!("/signings/{}/confirm", opened.signing_id)),
        tool: opened.tool.map(flow_word),
        server: web.app.base_url.clone(),
        expires_at: timestamp(opened.expires_at).to_string(),
        service: opened.at_service.map(|it| Shown {
            name: it.service,
            verification_code: it.code,
            deadline: timestamp(it.deadline).to_string(),
        }),
        account_id: who.caller().actor.account_id.to_string(),
        left_out: left_out.collect(),
        not_determined: opened.not_determined,
    })
}

/// Names that nobody here knows are left out.
fn ability(key: KeyIn) -> KeyAbility {
    KeyAbility {
        thumbprint: key.thumbprint,
        algorithms: open::algorithms(&key.algorithms),
    }
}

async fn progress(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Named(id): Named<SigningId>,
) -> Answer<Progress> {
    let say = Say::of(&headers, web.app.now());
    let state::Progress {
        row,
        items,
        remote,
        tool,
        seal,
    } = state::state(&web.app, who.caller(), &id).await?;
    let signed = items
        .iter()
        .filter(|item| item.state == ItemState::Signed)
        .count();
    let how_many = match signed {
        0 => Signed::None,
        some if some == items.len() => Signed::All,
        _ => Signed::Some,
    };
    let word = word_of(row.state, row.expires_at, web.app.now(), how_many);
    let mut documents: Vec<String> = items
        .iter()
        .map(|item| item.outgoing_id.to_string())
        .collect();
    documents.dedup();
    let done = match row.purpose {
        Purpose::Person => "signed",
        Purpose::Seal => "sealed",
    };
    answer(Progress {
        signing_id: row.signing_id.to_string(),
        state: word,
        problem: remote.as_ref().and_then(|it| why_of(it, say)),
        service: remote.map(|it| with_service(it, &row.signing_id)),
        reason: row.result,
        tool: tool.into_iter().map(with_tool).collect(),
        sealer: seal.map(|(batch, name)| SealerProgress {
            name,
            confirmed: batch.confirmation.is_some(),
            deadline: batch.deadline.map(|it| timestamp(it).to_string()),
            list: batch.list,
            ending: batch.ending,
        }),
        expires_at: timestamp(row.expires_at).to_string(),
        next: match documents.as_slice() {
            [only] => Some(format!("/outgoing/{only}?done={done}")),
            _ => Some(format!("/signings/{id}")),
        },
        items: items
            .into_iter()
            .map(|item| Item {
                item_id: item.item_id,
                document: item.outgoing_id.to_string(),
                state: item.state.code(),
                digest: item.digest,
                problem: item.problem.and_then(|it| problem_of(it, say)),
            })
            .collect(),
    })
}

/// Why a conversation ended without signatures.
fn why_of(conversation: &Conversation, say: Say) -> Option<serde_json::Value> {
    let code: RefusalCode = match (&conversation.row.ending, conversation.is_open_question) {
        (Some(ending), _) => ending.parse().ok()?,
        (None, true) => RefusalCode::RemoteAnswerLost,
        (None, false) => return None,
    };
    let refusal = Refusal::new(code).with("service", &conversation.service);
    Some(problem_in(&refusal, say))
}

fn with_service(it: Conversation, id: &SigningId) -> ServiceProgress {
    ServiceProgress {
        name: it.service,
        verification_code: it.row.code,
        deadline: timestamp(it.row.deadline).to_string(),
        asked: it.row.asked,
        page: it.row.page.map(|_| format!("/account/signing/agree/{id}")),
        ending: it.row.ending,
        certainty: it.row.certainty.map(Certainty::code),
        said: it.row.said,
        open_question: it.is_open_question,
        settled: it.row.settled.map(Settled::code),
    }
}

fn with_tool(it: ToolSigningRow) -> ToolProgress {
    let comes = matches!(it.state, ToolState::Created | ToolState::Fetched);
    ToolProgress {
        item_id: it.item_id,
        flow: it.flow.code(),
        state: it.state.code(),
        opened: it.opened,
        waits_after_close: comes && it.opened && it.closed && it.flow == ToolFlow::WholeFile,
        said: it.said,
    }
}

const fn flow_word(flow: Flow) -> &'static str {
    match flow {
        Flow::Digest => ToolFlow::Digest.code(),
        Flow::WholeFile => ToolFlow::WholeFile.code(),
    }
}

/// How many of the items are signed.
#[derive(Clone, Copy)]
enum Signed {
    All,
    Some,
    None,
}

/// The kept refusal of an item as a problem document, in the reader's language.
fn problem_of(kept: serde_json::Value, say: Say) -> Option<serde_json::Value> {
    let refusal: Refusal = serde_json::from_value(kept).ok()?;
    Some(problem_in(&refusal, say))
}

/// The state in the words of the page. A session that nobody answered in time is over although
/// nobody has written so.
fn word_of(state: SessionState, ends: Moment, now: Moment, signed: Signed) -> &'static str {
    match state {
        SessionState::Open | SessionState::Fetched if now > ends => "expired",
        SessionState::Open | SessionState::Fetched => "open",
        SessionState::Done => match signed {
            Signed::All => "signed",
            Signed::Some => "partly",
            Signed::None => "failed",
        },
        SessionState::Cancelled => "cancelled",
        SessionState::Expired => "expired",
    }
}

async fn given_up(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<SigningId>,
    Given(Nothing {}): Given<Nothing>,
) -> Done {
    cancel::cancel_by_caller(&web.app, who.caller(), &id).await?;
    done()
}

async fn settled(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<SigningId>,
    Given(given): Given<SettleIn>,
) -> Done {
    let result = match given.result {
        ResultIn::NoSignature => Settled::NoSignature,
        ResultIn::SignatureUnused => Settled::SignatureUnused,
    };
    settle(&web.app, who.caller(), &id, result).await?;
    done()
}

async fn confirmed(
    State(web): State<Web>,
    who: SignedIn,
    Named(id): Named<SigningId>,
    Given(given): Given<ConfirmIn>,
) -> Done {
    let input = Confirm {
        signing_id: id,
        list: given.list,
        password: given.password,
    };
    confirm(&web.app, who.caller(), input).await?;
    done()
}
