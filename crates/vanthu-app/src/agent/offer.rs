//! A person asks for a pairing with the agent on the machine in front of them.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::agent::{AgentState, AgentStep, OFFER_MINUTES};
use vanthu_domain::audit::Act;
use vanthu_domain::id::AgentId;
use vanthu_store::agent::{self, AgentRow};

use crate::account::session::hash_of;
use crate::agent::end;
use crate::{App, AppError, Caller};

/// What the page hands to the agent.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The identifier that the agent will have.
    pub agent_id: AgentId,
    /// The one-time secret.
    pub token: String,
    /// Until when it can be used.
    pub expires_at: Moment,
}

/// Opens an offer. An earlier one that nobody confirmed is over. `origin` is the address under which the person's
/// browser sees this server; it goes into the code.
///
/// Clause: TG-22.1b
pub async fn offer(app: &App, caller: &Caller, origin: String) -> Result<Offered, AppError> {
    let token = app.secret();
    let nonce = app.secret();
    let mut work = app.begin(caller).await?;
    let account_id = &caller.actor.account_id;
    for old in agent::list_of_account(&mut work.tx, account_id).await? {
        if old.state != AgentState::Paired {
            end::close(&mut work, old, "replaced").await?;
        }
    }
    let now = work.now;
    let row = AgentRow {
        agent_id: AgentId::new(now, work.random()),
        account_id: account_id.clone(),
        person_id: caller.person_id().clone(),
        agency_id: caller.agency_id.clone(),
        state: AgentState::Offered,
        token_hash: hash_of(&token),
        origin,
        nonce,
        public_key: None,
        code: None,
        machine: String::new(),
        system: String::new(),
        version: String::new(),
        created_at: now,
        expires_at: now.plus_seconds(OFFER_MINUTES * 60),
        paired_at: None,
        seen_at: None,
        stamp: Moment::from_unix_micros(0),
        checked_at: None,
        report: None,
        ended_at: None,
        end_reason: None,
    };
    agent::insert(&mut work.tx, &row).await?;
    work.record(Act::AgentOffered, &row.agent_id, &[], json!({}))
        .await?;
    work.commit().await?;
    Ok(Offered {
        agent_id: row.agent_id,
        token,
        expires_at: row.expires_at,
    })
}

/// Whether an offer of that state can still be taken up.
pub(crate) fn is_open(
    row: &AgentRow,
    step: AgentStep,
    now: Moment,
) -> Result<AgentState, AppError> {
    Ok(row.state.step(step, now, row.expires_at)?)
}
