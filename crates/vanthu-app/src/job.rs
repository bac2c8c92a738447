//! The worker: takes jobs from the queue, and hands out news of the ledger.
//!
//! A job may run more than once; whatever it does must not mind. A job that fails is tried again,
//! later each time, and one that fails for good stays to be seen.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::timeout;
use vanthu_domain::id::OutgoingId;
use vanthu_store::job::{self, JobRow, JobState};
use vanthu_store::ledger::{self, LedgerFilter, LedgerRow};

use crate::delivery::deliver::{Try, deliver};
use crate::events::News;
use crate::incoming::check::{CHECK, CheckOrder, check};
use crate::outgoing::issue::DELIVER;
use crate::{App, AppError};

/// How long a worker keeps a job before it counts as gone silent.
const LEASE_SECONDS: i64 = 300;
/// How often the queue and the ledger are looked at when nothing wakes the worker.
const POLL: Duration = Duration::from_millis(500);
/// How much news is read at a time.
const NEWS_PAGE: u32 = 200;

/// Runs jobs until it is told to stop. A job that has begun is finished.
pub async fn run_worker(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        let woken = app.wake.notified();
        tokio::pin!(woken);
        // From here on a wake is not lost, even before it is awaited.
        woken.as_mut().enable();
        if let Err(error) = run_due(&app).await {
            tracing::error!(%error, "the queue could not be read");
        }
        tokio::select! {
            _ = timeout(POLL, woken) => {}
            stopped = shutdown.changed() => if stopped.is_err() { return },
        }
    }
}

/// Runs every job that is due, one after the other, and those that they enqueue for now; tells how
/// many.
pub async fn run_due(app: &App) -> Result<usize, AppError> {
    let worker = format!("worker-{:016x}", app.random() as u64);
    let mut count = 0;
    while let Some(row) = claim(app, &worker).await? {
        run(app, &row).await?;
        count += 1;
    }
    Ok(count)
}

async fn claim(app: &App, worker: &str) -> Result<Option<JobRow>, AppError> {
    let mut tx = app.store.write().await?;
    let row = job::claim(&mut tx, worker, app.now(), LEASE_SECONDS).await?;
    tx.commit().await?;
    Ok(row)
}

/// Runs one job and writes down what became of it.
async fn run(app: &App, row: &JobRow) -> Result<(), AppError> {
    let outcome = perform(app, row).await;
    let mut tx = app.store.write().await?;
    let now = app.now();
    let written = match &outcome {
        Ok(()) => job::finish(&mut tx, row, now)
            .await
            .map(|()| JobState::Done),
        Err(Trouble::Hopeless(why)) => job::give_up(&mut tx, row, why, now)
            .await
            .map(|()| JobState::Failed),
        Err(Trouble::Passing(error)) => job::retry(&mut tx, row, &error.to_string(), now).await,
    };
    match written {
        Ok(state) => tx.commit().await.map(|()| state).map_or_else(
            |error| Err(error.into()),
            |state| {
                match (&outcome, state) {
                    (Err(trouble), JobState::Failed) => {
                        tracing::error!(job = %row.job_id, kind = row.kind, %trouble, "given up");
                    }
                    (Err(trouble), _) => {
                        tracing::warn!(job = %row.job_id, kind = row.kind, %trouble, "tried again later");
                    }
                    (Ok(()), _) => {}
                }
                Ok(())
            },
        ),
        // Another worker has it now, because this one took too long.
        Err(error) if error.is_conflict() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// Trying again can't mend it.
    #[error("{0}")]
    Hopeless(String),
    /// It may go better later.
    #[error("{0}")]
    Passing(#[from] AppError),
}

#[derive(Deserialize)]
struct DeliverOrder {
    outgoing_id: OutgoingId,
}

async fn perform(app: &App, row: &JobRow) -> Result<(), Trouble> {
    let unreadable = |error: serde_json::Error| Trouble::Hopeless(format!("payload: {error}"));
    let payload = row.payload.clone();
    match row.kind.as_str() {
        DELIVER => {
            let order: DeliverOrder = serde_json::from_value(payload).map_err(unreadable)?;
            let tries = if row.attempts >= row.max_attempts {
                Try::Last
            } else {
                Try::Another
            };
            Ok(deliver(app, &order.outgoing_id, tries).await?)
        }
        CHECK => {
            let order: CheckOrder = serde_json::from_value(payload).map_err(unreadable)?;
            Ok(check(app, &order).await?)
        }
        other => Err(Trouble::Hopeless(format!("no job of this kind: {other}"))),
    }
}

/// Hands out what is new in the ledger until it is told to stop.
///
/// Clause: TG-5.3
pub async fn run_news(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let mut seen = None;
    while !*shutdown.borrow() {
        let woken = app.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        match publish_since(&app, seen).await {
            Ok(last) => seen = Some(last),
            Err(error) => tracing::error!(%error, "the ledger could not be read"),
        }
        tokio::select! {
            _ = timeout(POLL, woken) => {}
            stopped = shutdown.changed() => if stopped.is_err() { return },
        }
    }
}

/// Publishes what came after that place; the first time nothing. Tells the last place.
async fn publish_since(app: &App, seen: Option<i64>) -> Result<i64, AppError> {
    let mut tx = app.store.read().await?;
    let (head, _) = ledger::find_head(&mut tx).await?;
    drop(tx);
    let Some(seen) = seen else { return Ok(head) };
    if head <= seen {
        return Ok(seen);
    }
    let news = news_since(app, seen).await?;
    let last = news.last().map_or(seen, |one| one.seq);
    for one in news {
        app.events.publish(one);
    }
    Ok(last)
}

/// The news after a place in the ledger, the oldest first: for a browser that was away. It names
/// the agency that acted, and among the objects the agencies that it concerns.
pub async fn news_since(app: &App, seen: i64) -> Result<Vec<News>, AppError> {
    let mut tx = app.store.read().await?;
    let mut news = Vec::new();
    let mut after = None;
    loop {
        let filter = LedgerFilter::default();
        let page = ledger::list(&mut tx, &filter, after.as_ref(), NEWS_PAGE).await?;
        let reached = page.items.last().is_none_or(|row| row.seq <= seen);
        news.extend(
            page.items
                .into_iter()
                .filter(|row| row.seq > seen)
                .map(news_of),
        );
        after = page.next;
        if reached || after.is_none() {
            news.reverse();
            return Ok(news);
        }
    }
}

fn news_of(row: LedgerRow) -> News {
    let mut objects = row.about;
    objects.insert(0, row.object_id);
    News {
        seq: row.seq,
        act: row.act.code(),
        objects,
        agency_id: row.agency_id,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test::{Letter, World, monday};

    #[tokio::test]
    async fn a_job_of_no_kind_is_given_up_and_stays_to_be_seen() {
        let world = World::new().await;
        let mut work = world.app.begin_system(None).await.unwrap();
        work.enqueue("nonsense", None, json!({})).await.unwrap();
        work.enqueue(CHECK, None, json!({"wrong": 1}))
            .await
            .unwrap();
        work.commit().await.unwrap();
        assert_eq!(world.run().await, 2);
        assert_eq!(world.run().await, 0);
        let mut tx = world.app.store.read().await.unwrap();
        assert_eq!(job::count(&mut tx, JobState::Failed).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_job_that_fails_is_tried_again_later() {
        let world = World::new().await;
        let missing = OutgoingId::new(monday(), 1);
        let mut work = world.app.begin_system(None).await.unwrap();
        work.enqueue(DELIVER, None, json!({"outgoing_id": missing}))
            .await
            .unwrap();
        work.commit().await.unwrap();
        assert_eq!(world.run().await, 1);
        assert_eq!(world.run().await, 0);
        let mut tries = 1;
        for later in 1..60 {
            world.clock.move_to(monday().plus_seconds(later * 3600));
            tries += world.run().await;
        }
        assert_eq!(tries, 8);
        let mut tx = world.app.store.read().await.unwrap();
        assert_eq!(job::count(&mut tx, JobState::Failed).await.unwrap(), 1);
    }

    /// Proves: TG-5.3
    #[tokio::test]
    async fn worker_and_news_carry_a_document_to_the_listeners() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let (stop, stopped) = watch::channel(false);
        let mut listener = world.app.events.subscribe();
        let news = tokio::spawn(run_news(world.app.clone(), stopped.clone()));
        let worker = tokio::spawn(run_worker(world.app.clone(), stopped));
        let id = world
            .letter(&from, &[&to], Letter::about("V/v báo cáo"))
            .await;
        let mut acts = Vec::new();
        while acts.last() != Some(&"checked") {
            let heard = timeout(Duration::from_secs(20), listener.recv())
                .await
                .unwrap()
                .unwrap();
            if heard.act == "arrived" {
                assert!(heard.objects.contains(&id.to_string()));
                assert!(heard.objects.contains(&to.agency.agency_id.to_string()));
                assert_eq!(heard.agency_id, Some(from.agency.agency_id.to_string()));
            }
            acts.push(heard.act);
        }
        assert_eq!(acts, ["arrived", "checked"]);
        stop.send(true).unwrap();
        worker.await.unwrap();
        news.await.unwrap();
        let again = news_since(&world.app, 0).await.unwrap();
        assert_eq!(again.iter().map(|one| one.act).collect::<Vec<_>>(), acts);
        assert_eq!(again[0].seq, 1);
    }
}
