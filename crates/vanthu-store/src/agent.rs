//! Signing agents that people have paired (máy ký đã ghép).

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::agent::AgentState;
use vanthu_domain::id::{AccountId, AgencyId, AgentId, PersonId};

use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, args, coded, record};

coded!(AgentState);

/// One pairing of one agent with one account.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentRow {
    /// The identifier.
    pub agent_id: AgentId,
    /// The account.
    pub account_id: AccountId,
    /// Its person.
    pub person_id: PersonId,
    /// The agency for which the person acted.
    pub agency_id: AgencyId,
    /// Where it stands.
    pub state: AgentState,
    /// SHA-256 of the offer's one-time secret in hexadecimal.
    pub token_hash: String,
    /// The origin under which the person's browser sees the server.
    pub origin: String,
    /// The server's random value of the pairing, in hexadecimal; worth nothing afterwards.
    pub nonce: String,
    /// The agent's public key in base64; set once an agent has answered.
    pub public_key: Option<String>,
    /// The six digits.
    pub code: Option<String>,
    /// The name of the machine.
    pub machine: String,
    /// Its operating system.
    pub system: String,
    /// The agent's version.
    pub version: String,
    /// When it was offered.
    pub created_at: Moment,
    /// When the offer ends by itself.
    pub expires_at: Moment,
    /// When it was confirmed.
    pub paired_at: Option<Moment>,
    /// When the agent was last heard of.
    pub seen_at: Option<Moment>,
    /// The last moment that the agent signed, by its own clock: nothing is taken twice.
    pub stamp: Moment,
    /// When its last check arrived.
    pub checked_at: Option<Moment>,
    /// What that check found.
    pub report: Option<Value>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How, by a code.
    pub end_reason: Option<String>,
}

record!(
    AgentRow, "agents", [agent_id];
    agent_id, account_id, person_id, agency_id, state, token_hash, origin, nonce, public_key, code,
    machine, system, version, created_at, expires_at, paired_at, seen_at, stamp, checked_at, report,
    ended_at, end_reason
);

/// Inserts an offer.
pub async fn insert(tx: &mut Tx, agent: &AgentRow) -> Result<()> {
    tx.insert(agent).await
}

/// The agent, where there is one.
pub async fn find(tx: &mut Tx, agent_id: &AgentId) -> Result<Option<AgentRow>> {
    tx.first("WHERE agent_id = $1", args![agent_id]).await
}

/// The agent, kept from others until the transaction ends.
pub async fn find_locked(tx: &mut Tx, agent_id: &AgentId) -> Result<Option<AgentRow>> {
    let rest = format!("WHERE agent_id = $1{}", tx.for_update());
    tx.first(&rest, args![agent_id]).await
}

/// Writes it anew where its state is still `from`.
pub async fn update(tx: &mut Tx, agent: &AgentRow, from: AgentState) -> Result<()> {
    tx.update(agent, &[("state", from.arg())]).await
}

/// What isn't over of an account, the youngest first.
pub async fn list_of_account(tx: &mut Tx, account_id: &AccountId) -> Result<Vec<AgentRow>> {
    tx.list(
        "WHERE account_id = $1 AND state <> 'ended' ORDER BY created_at DESC, agent_id DESC",
        args![account_id],
    )
    .await
}

/// The paired agents of an agency, the last paired first.
pub async fn list_of_agency(
    tx: &mut Tx,
    agency_id: &AgencyId,
    limit: u32,
) -> Result<Vec<AgentRow>> {
    tx.list(
        "WHERE agency_id = $1 AND state = 'paired' ORDER BY paired_at DESC, agent_id DESC LIMIT $2",
        args![agency_id, limit],
    )
    .await
}
