//! Signing agents (máy ký): paired by a code that both sides show, known by a key of their own, listed for
//! whoever looks after the machines.
//!
//! A pairing belongs to one account. The agent keeps the private half of a key made for it; everything that it tells
//! afterwards is signed with that. How the code comes about stands in [`vanthu_wire::pairing`].

pub mod answer;
pub mod confirm;
pub mod end;
pub mod list;
pub mod offer;
pub mod report;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_domain::Moment;
use vanthu_domain::account::AccountState;
use vanthu_domain::agent::{AgentState, Version, VersionStanding};
use vanthu_domain::id::AgentId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{SignatureAlgorithm, key};
use vanthu_store::agent;
pub use vanthu_store::agent::AgentRow;
use vanthu_store::{Tx, account};

use crate::account::session::hash_of;
use crate::{App, AppError, Work};

/// A request that an agent signed, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The agent that it says to be.
    pub agent_id: AgentId,
    /// Its signature.
    pub signature: Vec<u8>,
    /// The HTTP method.
    pub method: String,
    /// The path with what stands behind the question mark.
    pub path: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The version of the agent that this server ships.
pub fn shipped_version() -> Version {
    let none = Version {
        major: 0,
        minor: 0,
        patch: 0,
    };
    env!("CARGO_PKG_VERSION").parse().unwrap_or(none)
}

impl App {
    /// The oldest version of the agent that gets documents to sign.
    pub fn agent_minimum(&self) -> Version {
        let none = Version {
            major: 0,
            minor: 0,
            patch: 0,
        };
        self.agent_minimum.get().copied().unwrap_or(none)
    }

    /// How an agent's version stands here; one that can't be read counts as too old.
    pub fn agent_standing(&self, version: &str) -> VersionStanding {
        version
            .parse::<Version>()
            .map_or(VersionStanding::TooOld, |it| {
                it.standing(shipped_version(), self.agent_minimum())
            })
    }
}

/// Refuses an agent that is older than the installation takes.
///
/// Clause: AG-14.6
pub(crate) fn new_enough(app: &App, version: Option<&str>) -> Result<(), AppError> {
    let minimum = app.agent_minimum();
    let has = version.and_then(|it| it.parse::<Version>().ok());
    if has.is_some_and(|it| it >= minimum)
        || minimum
            == (Version {
                major: 0,
                minor: 0,
                patch: 0,
            })
    {
        return Ok(());
    }
    let shown = has.map_or_else(|| "?".to_owned(), |it| it.to_string());
    Err(Refusal::new(RefusalCode::AgentOutdated)
        .with("version", shown)
        .with("required", minimum)
        .into())
}

/// The agent whose key signed the request, in one of these states, kept from others.
///
/// Clause: TG-22.1b
pub(crate) async fn proven(
    tx: &mut Tx,
    proof: &Proof,
    secret: &str,
    states: &[AgentState],
) -> Result<AgentRow, AppError> {
    let stranger = || AppError::refused(RefusalCode::AgentNotPaired);
    let row = agent::find_locked(tx, &proof.agent_id)
        .await?
        .ok_or_else(stranger)?;
    let spki = row
        .public_key
        .as_deref()
        .and_then(|text| STANDARD.decode(text).ok());
    let message = vanthu_wire::pairing::proof(
        proof.agent_id.as_str(),
        &proof.method,
        &proof.path,
        secret,
        &proof.body,
    );
    let signed = spki.is_some_and(|spki| {
        key::verify(
            &spki,
            SignatureAlgorithm::EcdsaP256Sha256,
            &message,
            &proof.signature,
        )
        .is_ok()
    });
    if !signed || !states.contains(&row.state) {
        return Err(stranger());
    }
    let owner = account::load(tx, &row.account_id).await?;
    if owner.state == AccountState::Active {
        Ok(row)
    } else {
        Err(stranger())
    }
}

/// Takes the agent's own moment, which has to be later than the last one: nothing is taken twice. A clock that runs ahead
/// is not held against the machine once it is put right.
pub(crate) fn stamped(
    row: &mut AgentRow,
    at: jiff::Timestamp,
    now: Moment,
) -> Result<(), AppError> {
    let at = Moment::from_unix_micros(at.as_microsecond());
    if at <= row.stamp {
        return Err(Refusal::new(RefusalCode::RequestMalformed)
            .with("detail", "at")
            .into());
    }
    row.stamp = at.min(now);
    Ok(())
}

/// The offer of an agent's one-time secret.
async fn by_token(work: &mut Work<'_>, id: &AgentId, token: &str) -> Result<AgentRow, AppError> {
    agent::find_locked(&mut work.tx, id)
        .await?
        .filter(|row| crate::verify::same(&row.token_hash, &hash_of(token)))
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))
}

#[cfg(test)]
mod tests;
