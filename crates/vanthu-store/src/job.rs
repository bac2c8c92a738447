//! The queue: background work, put there in the transaction that asks for it.
//!
//! A job may run more than once, because a worker may die after the work and before saying so; what
//! runs it must not mind. A job that failed for good stays, to be seen and started again.

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::id::JobId;

use crate::agency::missing;
use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::{Record as _, args, record, words};

/// The wait after the first failure; each further one waits four times as long.
const FIRST_WAIT_SECONDS: i64 = 5;
/// The longest wait.
const LONGEST_WAIT_SECONDS: i64 = 3600;
/// What is kept of an error's text.
const ERROR_CHARS: usize = 2000;

words! {
    /// Where a job stands.
    JobState {
        /// Waits for its time and a worker.
        Ready = "ready",
        /// A worker has it.
        Running = "running",
        /// Finished.
        Done = "done",
        /// Given up.
        Failed = "failed",
    }
}

/// A job to be put in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The identifier.
    pub job_id: JobId,
    /// What is to be done, by its name.
    pub kind: String,
    /// While a job with the same key waits or runs, no second one is put in.
    pub dedupe_key: Option<String>,
    /// With what.
    pub payload: Value,
    /// Not before this moment.
    pub run_at: Moment,
    /// How often it is tried.
    pub max_attempts: u32,
    /// When it is put in.
    pub created_at: Moment,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// The identifier.
    pub job_id: JobId,
    /// What is to be done, by its name.
    pub kind: String,
    /// The key that no other waiting or running job has.
    pub dedupe_key: Option<String>,
    /// With what.
    pub payload: Value,
    /// Where it stands.
    pub state: JobState,
    /// Not before this moment.
    pub run_at: Moment,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it is tried.
    pub max_attempts: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// The worker that has it.
    pub locked_by: Option<String>,
    /// Until when it has it.
    pub locked_until: Option<Moment>,
    /// When it was finished or given up.
    pub ended_at: Option<Moment>,
    /// When it was put in.
    pub created_at: Moment,
}

record!(
    JobRow, "jobs", [job_id];
    job_id, kind, dedupe_key, payload, state, run_at, attempts, max_attempts, last_error, locked_by,
    locked_until, ended_at, created_at
);

/// Puts a job in the queue; tells whether it did, or one with the same key is there.
pub async fn enqueue(tx: &mut Tx, job: NewJob) -> Result<bool> {
    tx.insert_unless_taken(&JobRow {
        job_id: job.job_id,
        kind: job.kind,
        dedupe_key: job.dedupe_key,
        payload: job.payload,
        state: JobState::Ready,
        run_at: job.run_at,
        attempts: 0,
        max_attempts: job.max_attempts.max(1),
        last_error: None,
        locked_by: None,
        locked_until: None,
        ended_at: None,
        created_at: job.created_at,
    })
    .await
}

/// Which kinds of jobs a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds<'a> {
    /// Every kind.
    All,
    /// This kind alone.
    Only(&'a str),
    /// Every kind but this.
    AllBut(&'a str),
}

/// Takes the job that is due longest, for so many seconds. Jobs whose worker went silent are due
/// again, or given up where that was their last try. Commit before the work begins.
pub async fn claim(
    tx: &mut Tx,
    worker: &str,
    now: Moment,
    lease_seconds: i64,
) -> Result<Option<JobRow>> {
    claim_of(tx, worker, Kinds::All, now, lease_seconds).await
}

/// The same among some kinds.
pub async fn claim_of(
    tx: &mut Tx,
    worker: &str,
    kinds: Kinds<'_>,
    now: Moment,
    lease_seconds: i64,
) -> Result<Option<JobRow>> {
    let give_up = "UPDATE jobs SET state = 'failed', last_error = 'the worker went silent', \
                   locked_by = NULL, locked_until = NULL, ended_at = $1 \
                   WHERE state = 'running' AND locked_until <= $1 AND attempts >= max_attempts";
    tx.run(give_up, args![now]).await?;
    let sql = format!(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, locked_by = $1, \
         locked_until = $2 WHERE job_id = (SELECT job_id FROM jobs \
         WHERE ((state = 'ready' AND run_at <= $3) OR (state = 'running' AND locked_until <= $3)) \
         {} ORDER BY run_at, job_id LIMIT 1{}) RETURNING {}",
        match kinds {
            Kinds::Only(_) => "AND kind = $4",
            // No kind is without a name.
            Kinds::All | Kinds::AllBut(_) => "AND kind <> $4",
        },
        tx.for_update_skipping_locked(),
        JobRow::columns().join(", ")
    );
    let until = now.plus_seconds(lease_seconds);
    let kind = match kinds {
        Kinds::All => "",
        Kinds::Only(kind) | Kinds::AllBut(kind) => kind,
    };
    let rows = tx
        .rows(
            JobRow::TABLE,
            JobRow::KEY,
            &sql,
            args![worker, until, now, kind],
        )
        .await?;
    rows.first().map(JobRow::read).transpose()
}

/// A worker still has the job, and keeps it for so many seconds more. One that lost it, because it
/// was silent for too long, gets a conflict.
pub async fn renew(tx: &mut Tx, job: &JobRow, now: Moment, lease_seconds: i64) -> Result<()> {
    let sql = "UPDATE jobs SET locked_until = $4 \
               WHERE job_id = $1 AND state = 'running' AND locked_by = $2 AND attempts = $3";
    let until = now.plus_seconds(lease_seconds);
    let values = args![job.job_id, job.locked_by, job.attempts, until];
    expect_one(tx.run(sql, values).await?)
}

/// Gives back every job that a worker has, and tells how many: for a program that knows itself
/// alone on the database and has no worker yet. Those that were on their last try are given up.
pub async fn give_back_all(tx: &mut Tx, now: Moment) -> Result<u64> {
    let give_up = "UPDATE jobs SET state = 'failed', last_error = 'the worker went silent', \
                   locked_by = NULL, locked_until = NULL, ended_at = $1 \
                   WHERE state = 'running' AND attempts >= max_attempts";
    tx.run(give_up, args![now]).await?;
    let sql = "UPDATE jobs SET state = 'ready', locked_by = NULL, locked_until = NULL \
               WHERE state = 'running'";
    tx.run(sql, args![]).await
}

/// A job is finished. A worker that lost it, because its time ran out, gets a conflict: where the
/// work is in this transaction, that undoes it.
pub async fn finish(tx: &mut Tx, job: &JobRow, now: Moment) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'done', locked_by = NULL, locked_until = NULL, \
               last_error = NULL, ended_at = $4 \
               WHERE job_id = $1 AND state = 'running' AND locked_by = $2 AND attempts = $3";
    let done = tx
        .run(sql, args![job.job_id, job.locked_by, job.attempts, now])
        .await?;
    expect_one(done)
}

/// What was to be done now is done, and the job goes on at a later moment, with all its tries.
pub async fn again(tx: &mut Tx, job: &JobRow, run_at: Moment) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'ready', attempts = 0, locked_by = NULL, \
               locked_until = NULL, last_error = NULL, run_at = $4 \
               WHERE job_id = $1 AND state = 'running' AND locked_by = $2 AND attempts = $3";
    let values = args![job.job_id, job.locked_by, job.attempts, run_at];
    expect_one(tx.run(sql, values).await?)
}

/// A try failed: the job waits and is tried again, or is given up after the last try. Gives the
/// state it is in then.
pub async fn retry(tx: &mut Tx, job: &JobRow, error: &str, now: Moment) -> Result<JobState> {
    if job.attempts >= job.max_attempts {
        give_up(tx, job, error, now).await?;
        return Ok(JobState::Failed);
    }
    let sql = "UPDATE jobs SET state = 'ready', locked_by = NULL, locked_until = NULL, \
               last_error = $4, run_at = $5 \
               WHERE job_id = $1 AND state = 'running' AND locked_by = $2 AND attempts = $3";
    let run_at = now.plus_seconds(wait_seconds(job.attempts));
    let values = args![
        job.job_id,
        job.locked_by,
        job.attempts,
        shortened(error),
        run_at
    ];
    expect_one(tx.run(sql, values).await?)?;
    Ok(JobState::Ready)
}

/// A try failed in a way that trying again can't mend.
pub async fn give_up(tx: &mut Tx, job: &JobRow, error: &str, now: Moment) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'failed', locked_by = NULL, locked_until = NULL, \
               last_error = $4, ended_at = $5 \
               WHERE job_id = $1 AND state = 'running' AND locked_by = $2 AND attempts = $3";
    let values = args![
        job.job_id,
        job.locked_by,
        job.attempts,
        shortened(error),
        now
    ];
    expect_one(tx.run(sql, values).await?)
}

/// Starts a job that was given up once more, with all its tries.
pub async fn restart(tx: &mut Tx, job_id: &JobId, now: Moment) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'ready', attempts = 0, run_at = $2, ended_at = NULL \
               WHERE job_id = $1 AND state = 'failed'";
    expect_one(tx.run(sql, args![job_id, now]).await?)
}

/// The job, where there is one.
pub async fn find(tx: &mut Tx, job_id: &JobId) -> Result<Option<JobRow>> {
    tx.first("WHERE job_id = $1", args![job_id]).await
}

/// The job, which must be there.
pub async fn load(tx: &mut Tx, job_id: &JobId) -> Result<JobRow> {
    find(tx, job_id)
        .await?
        .ok_or_else(|| missing::<JobRow>(job_id))
}

/// When the next job is due, running ones by the end of their worker's time.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Moment>> {
    let sql = "SELECT MIN(CASE state WHEN 'ready' THEN run_at ELSE locked_until END) AS due \
               FROM jobs WHERE state IN ('ready', 'running')";
    let rows = tx.rows(JobRow::TABLE, &[], sql, args![]).await?;
    rows.first().map_or(Ok(None), |row| row.get("due"))
}

/// Jobs in a state, the youngest first.
pub async fn list(
    tx: &mut Tx,
    state: JobState,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<JobRow>> {
    let limit = bounded(limit);
    let mut clause = Where::new();
    clause.equals("state", Some(&state));
    if let Some(cursor) = after {
        clause.below(cursor, "run_at", "job_id")?;
    }
    let (text, args) = clause.build();
    let rest = format!(
        "{text} ORDER BY run_at DESC, job_id DESC LIMIT {}",
        limit + 1
    );
    let items = tx.list(&rest, args).await?;
    Ok(Page::cut(items, limit, |job: &JobRow| {
        Cursor::new(&[job.run_at.unix_micros().to_string(), job.job_id.to_string()])
    }))
}

/// How many jobs stand in a state.
pub async fn count(tx: &mut Tx, state: JobState) -> Result<i64> {
    tx.number("SELECT COUNT(*) FROM jobs WHERE state = $1", args![state])
        .await
}

/// Removes finished jobs that ended before a moment. Failed ones stay.
pub async fn remove_done(tx: &mut Tx, before: Moment) -> Result<u64> {
    tx.run(
        "DELETE FROM jobs WHERE state = 'done' AND ended_at < $1",
        args![before],
    )
    .await
}

fn wait_seconds(attempts: u32) -> i64 {
    let steps = attempts.saturating_sub(1).min(10);
    FIRST_WAIT_SECONDS
        .saturating_mul(4_i64.saturating_pow(steps))
        .min(LONGEST_WAIT_SECONDS)
}

fn shortened(error: &str) -> String {
    error.chars().take(ERROR_CHARS).collect()
}

fn expect_one(rows: u64) -> Result<()> {
    if rows == 1 {
        Ok(())
    } else {
        Err(StoreError::stale(JobRow::TABLE, "state"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_up_to_an_hour() {
        let waits: Vec<_> = (1..=8).map(wait_seconds).collect();
        assert_eq!(waits, [5, 20, 80, 320, 1280, 3600, 3600, 3600]);
    }
}
