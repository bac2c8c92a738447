//! The queue as those who look after the machines see it: what failed, and starting it again.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::JobId;
use vanthu_domain::permission::Action;
use vanthu_domain::{Moment, Refusal};
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
    /// Why it did not succeed the last time.
    pub stopped: Option<Stopped>,
}

/// Why a job did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// The rules said no.
    Refused(Refusal),
    /// Something broke: what the machine says of it, for those who look after it.
    Broken(String),
}

impl Stopped {
    /// Out of what a job ended with.
    pub(crate) fn by(error: &AppError) -> Self {
        match error {
            AppError::Refused(refusal) => Self::Refused((**refusal).clone()),
            AppError::Fault(fault) => Self::Broken(fault.to_string()),
        }
    }

    /// As it is kept with the job: a refusal as JSON, so that its page can say it in the reader's
    /// language.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Refused(refusal) => json!(refusal).to_string(),
            Self::Broken(why) => why.clone(),
        }
    }

    fn read(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(refusal) => Self::Refused(refusal),
            Err(_) => Self::Broken(text.to_owned()),
        }
    }
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
        stopped: row.last_error.as_deref().map(Stopped::read),
    }
}

#[cfg(test)]
mod tests {
    use vanthu_domain::refusal::RefusalCode;

    use super::*;

    #[test]
    fn why_a_job_stopped_is_read_as_it_was_written() {
        let refusal = Refusal::new(RefusalCode::FileDamaged).with("file", "a.pdf");
        let refused = Stopped::by(&refusal.clone().into());
        assert_eq!(refused, Stopped::Refused(refusal));
        let broken = Stopped::by(&AppError::fault("blob", "disk full"));
        assert_eq!(broken, Stopped::Broken("blob: disk full".to_owned()));
        for one in [refused, broken] {
            assert_eq!(Stopped::read(&one.written()), one);
        }
        let of_an_older_program = "refused: file-damaged: Tệp hỏng";
        assert_eq!(
            Stopped::read(of_an_older_program),
            Stopped::Broken(of_an_older_program.to_owned())
        );
    }
}
