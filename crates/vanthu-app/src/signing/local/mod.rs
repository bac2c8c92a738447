//! Signing with the government's tool (công cụ ký số của Ban Cơ yếu, VGCA Sign Service) where it is installed. The tool
//! listens on the signer's own machine and is reached by the page alone; the server prepares, and decides by what it
//! handed out and what came back.
//!
//! - [`open`]: how the tool will sign a session's documents, and what it is handed.
//! - [`begin`]: an item's turn: the frame for the tool's socket, the one-time addresses.
//! - [`event`]: what the page saw of the socket. It can end an item, and never sign one.
//! - [`door`]: the tool fetches a file and brings it back.
//! - [`examine`]: what the tool did with the file.
//! - [`trial`]: whether the tool in this browser signs digests.
//!
//! Clause: TD-2.3, TG-22.1b, KH-2

pub mod begin;
pub mod door;
pub mod event;
pub(crate) mod examine;
pub(crate) mod open;
#[cfg(test)]
mod tests;
pub mod trial;

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_remote::local::LocalSession;
use vanthu_remote::local::message::{ADDRESS, Operation};
use vanthu_remote::local::session::{DEADLINE, Ended, Rejection};
use vanthu_store::agency;
use vanthu_store::signing::{self, Means, SessionState, SigningItemRow, SigningRow};
use vanthu_store::tool_signing;

use crate::signing::remote::since;
use crate::{App, AppError, Caller, Work};

pub use vanthu_remote::Plain;
pub use vanthu_remote::local::message::Part;
pub use vanthu_remote::local::{Flow, UploadAnswer};
pub use vanthu_remote::secret::SecretBytes;
pub use vanthu_store::tool_signing::{ToolFlow, ToolSigningRow, ToolState, ToolSupport};

/// What came in time is examined, time-stamped and put in place in this time after an item's deadline.
const SPARE_SECONDS: i64 = 60;

/// `[signing.tool]` of a configuration: people may sign with the government's tool.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolSettings {
    /// Codes of the agencies that may use it; none for all.
    #[serde(default)]
    pub agencies: Vec<String>,
    /// Another address than the tool's own: for practice and tests.
    pub address: Option<String>,
}

/// Why the tool can't be used as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "[signing.tool] address: công cụ ký nghe ở {ADDRESS}; địa chỉ khác chỉ dùng khi thực hành, trên 127.0.0.1"
)]
pub struct BadTool;

/// The government's tool, as an installation offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningTool {
    /// Where it listens on each signer's machine.
    pub address: String,
    /// Codes of the agencies that may use it; none for all.
    pub agencies: Vec<String>,
}

impl SigningTool {
    /// As it is configured.
    ///
    /// # Errors
    /// Another address than the tool's own, in earnest or on another machine.
    pub fn read(settings: ToolSettings, plain: Plain) -> Result<Self, BadTool> {
        let address = match settings.address {
            None => ADDRESS.to_owned(),
            Some(address) if address == ADDRESS => address,
            Some(address) if plain == Plain::OnLoopback && is_loopback(&address) => address,
            Some(_) => return Err(BadTool),
        };
        Ok(Self {
            address,
            agencies: settings.agencies,
        })
    }
}

/// `ws://127.0.0.1:PORT` and nothing else: the address goes into a content security policy.
fn is_loopback(address: &str) -> bool {
    let port = ["ws://127.0.0.1:", "wss://127.0.0.1:"]
        .iter()
        .find_map(|start| address.strip_prefix(start));
    port.is_some_and(|it| it.parse::<u16>().is_ok())
}

impl App {
    /// The government's tool, where an agency may use it.
    pub fn signing_tool(&self, agency_code: &str) -> Option<&SigningTool> {
        let tool = self.tool.get()?;
        let all = tool.agencies.is_empty();
        (all || tool.agencies.iter().any(|it| it == agency_code)).then_some(tool)
    }
}

/// Where the tool listens on the caller's machine, where the caller's agency may use it.
pub async fn address_for(app: &App, caller: &Caller) -> Result<Option<String>, AppError> {
    if app.tool.get().is_none() {
        return Ok(None);
    }
    let mut tx = app.store.read().await?;
    let code = agency::load(&mut tx, &caller.agency_id).await?.code;
    Ok(app.signing_tool(&code).map(|it| it.address.clone()))
}

/// How long one item may take, from its turn on.
fn item_seconds() -> i64 {
    i64::try_from(DEADLINE.as_secs()).unwrap_or(300) + SPARE_SECONDS
}

/// When a session ends in which an item's turn comes now.
pub(crate) fn ends_from(now: vanthu_domain::Moment) -> vanthu_domain::Moment {
    now.plus_seconds(item_seconds())
}

/// The word of an operation, as it is kept.
fn word(operation: Operation) -> String {
    let word = json!(operation);
    word.as_str().unwrap_or_default().to_owned()
}

fn operation_of(row: &ToolSigningRow) -> Result<Operation, AppError> {
    serde_json::from_value(json!(row.operation)).map_err(|error| AppError::fault("tool", error))
}

/// The kept session of the whole-file flow.
fn kept(row: &ToolSigningRow) -> Result<LocalSession, AppError> {
    let session = row.session.clone().unwrap_or_default();
    serde_json::from_value(session).map_err(|error| AppError::fault("tool session", error))
}

fn elapsed(row: &ToolSigningRow, now: vanthu_domain::Moment) -> Duration {
    row.begun_at.map_or(Duration::ZERO, |at| since(at, now))
}

/// Keeps where the whole-file flow stands.
async fn keep(
    work: &mut Work<'_>,
    row: &mut ToolSigningRow,
    session: &LocalSession,
    state: ToolState,
) -> Result<(), AppError> {
    let from = row.state;
    row.session = Some(json!(session));
    row.state = state;
    row.updated_at = work.now;
    Ok(tool_signing::update(&mut work.tx, row, from).await?)
}

/// A session, kept from others until the transaction ends.
async fn session_of(work: &mut Work<'_>, id: &SigningId) -> Result<SigningRow, AppError> {
    signing::find_locked(&mut work.tx, id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))
}

/// A session of the tool that the caller has opened.
async fn own_session(
    app: &App,
    work: &mut Work<'_>,
    caller: &Caller,
    id: &SigningId,
) -> Result<(SigningRow, String), AppError> {
    let session = session_of(work, id).await?;
    if session.account_id != caller.actor.account_id {
        return Err(AppError::refused(RefusalCode::NotFound));
    }
    let address = open::offered(app, &mut work.tx, caller).await?;
    if session.means != Means::Tool {
        return Err(AppError::refused(RefusalCode::SigningMeansNotOffered));
    }
    Ok((session, address))
}

async fn item_of(work: &mut Work<'_>, row: &ToolSigningRow) -> Result<SigningItemRow, AppError> {
    signing::find_item(&mut work.tx, &row.signing_id, &row.item_id)
        .await?
        .ok_or_else(|| AppError::fault("tool", "an item is gone"))
}

/// What a signer is told of an end without a signature.
fn refusal_of(ended: &Ended, row: &ToolSigningRow) -> Refusal {
    use RefusalCode as C;
    match ended {
        Ended::NeverOpened => Refusal::new(C::ToolNotOpened),
        Ended::Failed(said) => refused_by_tool(said),
        Ended::Cancelled => Refusal::new(C::SigningSessionCancelled),
        Ended::Expired => Refusal::new(C::ToolTimedOut),
        Ended::Rejected(why) => rejected(*why, row),
    }
}

fn refused_by_tool(said: &str) -> Refusal {
    let refusal = Refusal::new(RefusalCode::ToolRefused);
    if said.is_empty() {
        refusal
    } else {
        refusal.with("said", said)
    }
}

fn rejected(why: Rejection, row: &ToolSigningRow) -> Refusal {
    use RefusalCode as C;
    match why {
        Rejection::NotAnExtension => Refusal::new(C::ToolOtherFile),
        Rejection::NotOneSignature => Refusal::new(C::ToolNotOneSignature),
        Rejection::BadSignature => Refusal::new(C::ToolBadSignature),
        Rejection::OtherCertificate => Refusal::new(C::CertificateNotYours),
        Rejection::Changed => Refusal::new(C::ToolFileChanged),
        Rejection::OtherNumber => {
            let refusal = Refusal::new(C::ToolOtherNumber);
            match (&row.number, &row.day) {
                (Some(number), Some(day)) => refusal.with("number", number).with("day", day),
                _ => refusal,
            }
        }
    }
}

/// Writes down that an item is over without a signature, and with it what was left of its session: the tool is asked
/// anew in a new one.
async fn conclude(
    mut work: Work<'_>,
    session: &SigningRow,
    row: &ToolSigningRow,
    refusal: &Refusal,
    said: Option<String>,
) -> Result<(), AppError> {
    work.act_in(session);
    if !matches!(row.state, ToolState::Applied | ToolState::Ended) {
        let mut ended = row.clone();
        ended.state = ToolState::Ended;
        ended.ending = Some(refusal.code.code().to_owned());
        ended.said = said.filter(|it| !it.is_empty());
        ended.updated_at = work.now;
        tool_signing::update(&mut work.tx, &ended, row.state).await?;
    }
    let items = signing::list_items(&mut work.tx, &session.signing_id).await?;
    let about = super::fail_waiting(&mut work, &items, |_| refusal.clone()).await?;
    let code = refusal.code.code();
    if matches!(session.state, SessionState::Open | SessionState::Fetched) {
        let state = match refusal.code {
            RefusalCode::ToolTimedOut => SessionState::Expired,
            _ => SessionState::Done,
        };
        super::end(&mut work, session, state, Some(code.to_owned())).await?;
    }
    let data = json!({"reason": code, "means": Means::Tool.code(), "item": row.item_id, "flow": row.flow.code()});
    work.record(Act::SigningFailed, &session.signing_id, &about, data)
        .await?;
    work.commit().await
}

/// The same in a transaction of its own, from what stands there then.
async fn conclude_anew(
    app: &App,
    row: &ToolSigningRow,
    refusal: &Refusal,
    said: Option<String>,
) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let session = session_of(&mut work, &row.signing_id).await?;
    let row = tool_signing::find(&mut work.tx, &row.signing_id, &row.item_id)
        .await?
        .ok_or_else(|| AppError::fault("tool", "an item is gone"))?;
    conclude(work, &session, &row, refusal, said).await
}
