//! A pairing ends: at the agent, at the server, or with the account.

use serde_json::json;
use vanthu_domain::agent::{AgentState, AgentStep};
use vanthu_domain::audit::Act;
use vanthu_domain::id::{AccountId, AgentId};
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::agent::{self, AgentRow};
use vanthu_wire::desk::Stamped;

use crate::agent::{Proof, proven, stamped};
use crate::{App, AppError, Caller, Work};

/// The owner takes the pairing back on the page.
pub async fn end_by_owner(app: &App, caller: &Caller, id: &AgentId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let row = agent::find_locked(&mut work.tx, id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    close(&mut work, row, "by-owner").await?;
    work.commit().await
}

/// The person takes it back at the agent, or said there that the codes differ.
pub async fn end_by_agent(app: &App, proof: &Proof, given: &Stamped) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let states = [AgentState::Answered, AgentState::Paired];
    let mut row = proven(&mut work.tx, proof, "", &states).await?;
    stamped(&mut row, given.at, work.now)?;
    work.act_as(&row.account_id, &row.person_id);
    work.act_for(&row.agency_id);
    let why = match row.state {
        AgentState::Answered => "refused-at-agent",
        AgentState::Offered | AgentState::Paired | AgentState::Ended => "by-agent",
    };
    close(&mut work, row, why).await?;
    work.commit().await
}

/// Ends everything that an account has paired, or is about to.
///
/// Clause: KH-2
pub(crate) async fn end_all(
    work: &mut Work<'_>,
    account_id: &AccountId,
    why: &str,
) -> Result<(), AppError> {
    for row in agent::list_of_account(&mut work.tx, account_id).await? {
        close(work, row, why).await?;
    }
    Ok(())
}

/// Ends one.
pub(crate) async fn close(
    work: &mut Work<'_>,
    mut row: AgentRow,
    why: &str,
) -> Result<(), AppError> {
    let from = row.state;
    row.state = from.step(AgentStep::End, work.now, row.expires_at)?;
    row.ended_at = Some(work.now);
    row.end_reason = Some(why.to_owned());
    agent::update(&mut work.tx, &row, from).await?;
    let about = [row.account_id.to_string(), row.person_id.to_string()];
    let data = json!({"reason": why, "machine": row.machine, "was": from.code()});
    work.record(Act::AgentUnpaired, &row.agent_id, &about, data)
        .await
}
