//! The signatures of a document: our own examination's verdict, and the panel that makes them.

use vanthu_app::outgoing::view::OutgoingView;
use vanthu_app::signing::{Purpose, local, state};
use vanthu_app::verify::Age;
use vanthu_app::{App, AppError, Caller, Mode, verify};
use vanthu_domain::Moment;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_domain::verdict::{
    AttachmentFact, DocumentFacts, Known, LegalVerdict, PointCode, PointState,
};

use crate::page::outgoing::href;
use crate::page::show::Say;
use crate::page::ways::{Many, ways};
use crate::texts::Counted as _;
use crate::view::{Check, Pill, SignPanel, SignWay, Tone, Verdict};

/// Whether a kept report may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judge {
    /// The file is judged now.
    Again,
    /// An issued document shows what was found last, another one what was found within the hour.
    WhenDue,
}

/// What is found about the file that stands; none before somebody has signed. What can't be judged
/// now is said, and does not keep the page from opening.
pub(super) async fn verdict(
    app: &App,
    view: &OutgoingView,
    blob: &str,
    judge: Judge,
    say: Say,
) -> Option<Verdict> {
    let tag = view.row.state.tag();
    if !is_signed(tag) {
        return None;
    }
    let age = match judge {
        Judge::Again => Age::New,
        Judge::WhenDue if tag == OutgoingTag::Issued => Age::Frozen,
        Judge::WhenDue => Age::Recent,
    };
    match examine(app, view, blob, age).await {
        Ok((found, judged_at)) => Some(Verdict {
            judged_at: say.moment(judged_at),
            judge: format!("{}?judge=again", href(&view.row.outgoing_id, "")),
            ..told(&found, tag, say)
        }),
        Err(error) => {
            tracing::warn!(%error, "the signatures of a document could not be examined");
            Some(Verdict {
                whole: Pill {
                    tone: Tone::Warn,
                    text: say.t("Chưa kiểm tra được"),
                },
                checks: vec![Check {
                    tone: Tone::Warn,
                    text: say.t("Máy chủ chưa kiểm tra được chữ ký lúc này"),
                    note: say.t("Tải lại trang để kiểm tra lại."),
                }],
                ..Verdict::default()
            })
        }
    }
}

async fn examine(
    app: &App,
    view: &OutgoingView,
    blob: &str,
    age: Age,
) -> Result<(LegalVerdict, Moment), AppError> {
    let examined = verify::examine(app, blob, &view.around.signer_name, age).await?;
    let facts = DocumentFacts {
        issuer_code: view.around.agency.code.clone(),
        issuer_name: view.around.agency.name.clone(),
        issue_day: view.row.state.number().map(|n| n.day),
        has_text: true,
        attachments: view
            .files
            .iter()
            .map(|f| AttachmentFact {
                name: f.name.clone(),
                intact: Known::Yes,
            })
            .collect(),
        addressed_to_us: None,
        duplicate_of: None,
        secret: None,
    };
    let verdict = LegalVerdict::of(&examined.facts, &facts);
    Ok((verdict, examined.judged_at))
}

/// Before the agency has signed, its signature is not missing: it is still to come.
fn told(found: &LegalVerdict, tag: OutgoingTag, say: Say) -> Verdict {
    let mut told = say.verdict(found, String::new());
    if matches!(tag, OutgoingTag::Signed | OutgoingTag::Numbered) {
        let waits = |code: PointCode| code == PointCode::AgencyMissing;
        for (check, point) in told.checks.iter_mut().zip(&found.points) {
            if waits(point.code) {
                *check = Check {
                    tone: Tone::None,
                    text: say.t("Chưa có chữ ký số của cơ quan"),
                    note: say.t("Văn thư đóng dấu sau khi cấp số, ngày ban hành."),
                };
            }
        }
        let sound = found
            .points
            .iter()
            .filter(|point| !waits(point.code))
            .all(|point| matches!(point.state(), PointState::Ok | PointState::Warn));
        if sound {
            told.whole = Pill {
                tone: Tone::Ok,
                text: say.t("Chữ ký đạt, chờ đóng dấu"),
            };
        }
    }
    told
}

/// What the panel offers beside the agent.
#[derive(Debug, Default)]
pub(super) struct Away {
    ways: Vec<SignWay>,
    standing: String,
    tool: String,
    account: String,
}

/// The caller's keys at services that fit the signature, and the session that stands in its way.
pub(super) async fn away(
    app: &App,
    caller: &Caller,
    view: &OutgoingView,
    say: Say,
) -> Result<Away, AppError> {
    let seals = view.may(Action::Seal);
    if !seals && !view.may(Action::Sign) {
        return Ok(Away::default());
    }
    let purpose = if seals {
        Purpose::Seal
    } else {
        Purpose::Person
    };
    let ways = ways(app, caller, purpose, Many::One, say).await?;
    let tool = local::address_for(app, caller).await?;
    let standing = state::standing(app, caller, &view.row.outgoing_id).await?;
    Ok(Away {
        ways,
        standing: standing.map_or_else(String::new, |id| id.to_string()),
        tool: tool.unwrap_or_default(),
        account: caller.actor.account_id.to_string(),
    })
}

/// The panel of the authorised person, or of the clerk who keeps the agency's device.
pub(super) fn panel(
    app: &App,
    view: &OutgoingView,
    automatic: bool,
    away: Away,
    say: Say,
) -> Option<SignPanel> {
    let row = &view.row;
    let id = &row.outgoing_id;
    let consent = if automatic && app.mode == Mode::Practice {
        "automatic"
    } else {
        "person"
    };
    let panel = SignPanel {
        consent,
        documents: vec![id.to_string()],
        ways: away.ways,
        standing: away.standing,
        tool: away.tool,
        account: away.account,
        ..SignPanel::default()
    };
    if view.may(Action::Sign) {
        let pages = say
            .t("Tôi đã đọc toàn bộ văn bản: {n} trang.")
            .counted(row.pages);
        let mut statements = vec![pages];
        if !view.files.is_empty() {
            let count = view.files.len().to_string();
            statements.push(say.t("Tôi đã xem {n} tệp kèm theo.").counted(count));
        }
        if let Some(authority) = &view.around.authority {
            let lines = authority.lines.join(" · ");
            statements.push(
                say.t("Tôi ký với thẩm quyền: {lines}.")
                    .replace("{lines}", &lines),
            );
        }
        statements.push(say.t("Sau khi ký, nội dung không sửa được nữa."));
        return Some(SignPanel {
            purpose: "person",
            done: format!("{}?done=signed", href(id, "")),
            verb: say.t("Ký số"),
            statements,
            ..panel
        });
    }
    if view.may(Action::Seal) {
        let number = row.state.number()?;
        let day = number.day.legal_text();
        let shown = say.t("Số và ngày ghi trên văn bản: {number}, {day}.");
        return Some(SignPanel {
            purpose: "seal",
            done: format!("{}?done=sealed", href(id, "")),
            verb: say.t("Đóng dấu, ký số của cơ quan"),
            statements: vec![
                say.t("{who} đã ký số văn bản này.")
                    .replace("{who}", &view.around.signer_name),
                shown
                    .replace("{number}", &number.notation)
                    .replace("{day}", &day),
                say.t("Thiết bị lưu khóa bí mật của cơ quan do tôi được giao quản lý."),
            ],
            ..panel
        });
    }
    None
}

/// Whether the file that stands carries a signature.
const fn is_signed(tag: OutgoingTag) -> bool {
    matches!(
        tag,
        OutgoingTag::Signed | OutgoingTag::Numbered | OutgoingTag::Sealed | OutgoingTag::Issued
    )
}
