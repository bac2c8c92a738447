//! The person compared the codes and said yes at the agent.

use serde_json::json;
use vanthu_domain::agent::{AgentState, AgentStep};
use vanthu_domain::audit::Act;
use vanthu_store::agent;
use vanthu_wire::desk::Stamped;

use crate::agent::offer::is_open;
use crate::agent::{Proof, proven, stamped};
use crate::{App, AppError};

/// The pairing stands from here on.
///
/// Clause: TG-22.1b
pub async fn confirm(app: &App, proof: &Proof, given: &Stamped) -> Result<(), AppError> {
    let mut work = app.begin_system(None).await?;
    let mut row = proven(&mut work.tx, proof, "", &[AgentState::Answered]).await?;
    row.state = is_open(&row, AgentStep::Confirm, work.now)?;
    stamped(&mut row, given.at, work.now)?;
    row.paired_at = Some(work.now);
    row.seen_at = Some(work.now);
    agent::update(&mut work.tx, &row, AgentState::Answered).await?;
    work.act_as(&row.account_id, &row.person_id);
    work.act_for(&row.agency_id);
    let data = json!({"machine": row.machine, "system": row.system, "version": row.version});
    let about = [row.account_id.to_string(), row.person_id.to_string()];
    work.record(Act::AgentPaired, &row.agent_id, &about, data)
        .await?;
    work.commit().await
}
