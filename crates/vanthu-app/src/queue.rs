//! The queue as those who look after the machines see it: what failed, and starting it again.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::id::JobId;
use vanthu_domain::permission::Action;
use vanthu_store::job::{self, JobRow, JobState};

use crate::{App, AppError, Caller};

/// The most jobs that are shown.
const MOST: u32 = 100;

/// A job as its page shows it.
#[derive(Debug, Clone)]
pub struct JobView {
    /// The job.
    pub job_id: JobId,
    /// What it does, by its word.
    pub kind: String,
    /// What it works on: the identifiers in its payload.
    pub about: String,
    /// How often it was tried, and how often it may be.
    pub attempts: (u32, u32),
    /// When it is tried again, or when it was given up.
    pub at: Moment,
    /// The last error.
    pub error: String,
}

/// The queue.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// Given up.
    pub failed: Vec<JobView>,
    /// Waiting, tried before without success.
    pub retrying: Vec<JobView>,
    /// How many wait.
    pub ready: i64,
    /// How many are done.
    pub done: i64,
}

/// What the queue holds, for administrators and IT officers.
pub async fn view(app: &App, caller: &Caller) -> Result<Queue, AppError> {
    caller.may(Action::ViewJobs, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let failed = job::list(&mut tx, JobState::Failed, None, MOST)
        .await?
        .items;
    let ready = job::list(&mut tx, JobState::Ready, None, MOST).await?.items;
    Ok(Queue {
        failed: failed.iter().map(shown).collect(),
        retrying: ready
            .iter()
            .filter(|row| row.attempts > 0)
            .map(shown)
            .collect(),
        ready: job::count(&mut tx, JobState::Ready).await?,
        done: job::count(&mut tx, JobState::Done).await?,
    })
}

/// Starts a job again that was given up.
pub async fn restart(app: &App, caller: &Caller, id: &JobId) -> Result<(), AppError> {
    caller.may(Action::RestartJob, &caller.own_agency())?;
    let mut work = app.begin(caller).await?;
    let now = work.now;
    job::restart(&mut work.tx, id, now).await?;
    work.record(Act::JobRestarted, id, &[], json!({})).await?;
    work.commit().await
}

fn shown(row: &JobRow) -> JobView {
    let ids = row
        .payload
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, value)| match value {
            serde_json::Value::String(id) => Some(id.clone()),
            serde_json::Value::Array(ids) => {
                let first = ids.first().and_then(serde_json::Value::as_str)?;
                Some(first.to_owned())
            }
            _ => None,
        });
    JobView {
        job_id: row.job_id.clone(),
        kind: row.kind.clone(),
        about: ids.collect::<Vec<_>>().join(", "),
        attempts: (row.attempts, row.max_attempts),
        at: row.ended_at.unwrap_or(row.run_at),
        error: row.last_error.clone().unwrap_or_default(),
    }
}
