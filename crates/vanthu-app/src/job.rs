//! The worker: takes jobs from the queue, and hands out news of the ledger.
//!
//! A job may run more than once; whatever it does must not mind. A job that fails is tried again,
//! later each time, and one that fails for good stays to be seen.
//!
//! A job that is under way belongs to its worker for a short time, which the worker prolongs while
//! it works. Where a program dies, its jobs are taken over when that time is over; where a program
//! knows itself alone on the database, what is under way when it begins belongs to nobody, and is
//! given back at once.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, timeout};
use vanthu_domain::Moment;
use vanthu_domain::id::{OutgoingId, SigningId};
use vanthu_store::StoreError;
use vanthu_store::job::{self, JobRow, JobState, Kinds};
use vanthu_store::ledger::{self, LedgerFilter, LedgerRow};

use crate::checkpoint;
use crate::delivery::deliver::{Try, deliver};
use crate::events::News;
use crate::incoming::check::{CHECK, CheckOrder, check};
use crate::outgoing::issue::DELIVER;
use crate::queue::Stopped;
use crate::signing::{remote, sealer};
use crate::{App, AppError};

/// How long a worker may be silent before another one takes its job over.
const LEASE_SECONDS: i64 = 30;
/// How often a worker says that it still has its job.
const BEAT: Duration = Duration::from_secs(10);
/// How often the queue and the ledger are looked at when nothing wakes the worker.
const POLL: Duration = Duration::from_millis(500);
/// How much news is read at a time.
const NEWS_PAGE: u32 = 200;

/// How many conversations with services are carried on at the same time.
const CONVERSATIONS: usize = 64;

/// Runs jobs until it is told to stop. A job that has begun is finished. Conversations with services that hold keys
/// wait for people, so they stand in nobody's way: each goes on beside the other jobs.
pub async fn run_worker(app: Arc<App>, shutdown: watch::Receiver<bool>) {
    tokio::join!(
        run_short(Arc::clone(&app), shutdown.clone()),
        run_conversations(app, shutdown),
    );
}

/// Carries conversations on.
async fn run_conversations(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let worker = worker_name(&app);
    let mut tasks = JoinSet::new();
    while !*shutdown.borrow() {
        let woken = app.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        while tasks.try_join_next().is_some() {}
        while tasks.len() < CONVERSATIONS {
            match claim(&app, &worker, Kinds::Only(remote::SIGN)).await {
                Ok(Some(row)) => {
                    let app = Arc::clone(&app);
                    tasks.spawn(async move {
                        if let Err(error) = run(&app, &row).await {
                            tracing::error!(%error, job = %row.job_id, "the queue could not be written");
                        }
                    });
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "the queue could not be read");
                    break;
                }
            }
        }
        tokio::select! {
            _ = timeout(POLL, woken) => {}
            stopped = shutdown.changed() => if stopped.is_err() { return },
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Runs everything else, one after the other.
async fn run_short(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let worker = worker_name(&app);
    let mut began = false;
    while !*shutdown.borrow() {
        let woken = app.wake.notified();
        tokio::pin!(woken);
        // From here on a wake is not lost, even before it is awaited.
        woken.as_mut().enable();
        if !began {
            began = match give_back_orphans(&app).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(%error, "jobs of a worker that died could not be given back");
                    false
                }
            };
        }
        if let Err(error) = run_due_as(&app, &worker, Kinds::AllBut(remote::SIGN)).await {
            tracing::error!(%error, "the queue could not be read");
        }
        if let Err(error) = checkpoint::make_if_due(&app).await {
            tracing::error!(%error, "no checkpoint of the ledger could be made");
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
    run_due_as(app, &worker_name(app), Kinds::All).await
}

fn worker_name(app: &App) -> String {
    format!("worker-{:016x}", app.random() as u64)
}

/// What is under way although no worker runs yet was left by a program that died.
async fn give_back_orphans(app: &App) -> Result<(), AppError> {
    if !app.store.work_alone()? {
        return Ok(());
    }
    let mut tx = app.store.write().await?;
    let count = job::give_back_all(&mut tx, app.now()).await?;
    tx.commit().await?;
    if count > 0 {
        tracing::warn!(
            count,
            "jobs were under way when the program ended; they begin again"
        );
    }
    Ok(())
}

async fn run_due_as(app: &App, worker: &str, kinds: Kinds<'_>) -> Result<usize, AppError> {
    let mut count = 0;
    while let Some(row) = claim(app, worker, kinds).await? {
        run(app, &row).await?;
        count += 1;
    }
    Ok(count)
}

async fn claim(app: &App, worker: &str, kinds: Kinds<'_>) -> Result<Option<JobRow>, AppError> {
    let mut tx = app.store.write().await?;
    let row = job::claim_of(&mut tx, worker, kinds, app.now(), LEASE_SECONDS).await?;
    tx.commit().await?;
    Ok(row)
}

/// Does the work of a job and says meanwhile that the worker lives. None where another worker has
/// the job by now: the work is broken off.
async fn keep<T>(
    app: &App,
    row: &JobRow,
    beat: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    let lost = async {
        let mut beats = interval_at(Instant::now() + beat, beat);
        loop {
            beats.tick().await;
            match renew(app, row).await {
                Ok(()) => {}
                Err(error) if error.is_conflict() => return,
                Err(error) => {
                    tracing::warn!(%error, job = %row.job_id, "the job could not be kept");
                }
            }
        }
    };
    tokio::select! {
        biased;
        done = work => Some(done),
        () = lost => None,
    }
}

async fn renew(app: &App, row: &JobRow) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    job::renew(&mut tx, row, app.now(), LEASE_SECONDS).await?;
    tx.commit().await
}

/// Runs one job and writes down what became of it.
async fn run(app: &App, row: &JobRow) -> Result<(), AppError> {
    let Some(outcome) = keep(app, row, BEAT, Box::pin(perform(app, row))).await else {
        tracing::warn!(job = %row.job_id, kind = row.kind, "another worker has taken the job over");
        return Ok(());
    };
    let mut tx = app.store.write().await?;
    let now = app.now();
    let written = match &outcome {
        Ok(Performed::Done) => job::finish(&mut tx, row, now)
            .await
            .map(|()| JobState::Done),
        Ok(Performed::Again(at)) => job::again(&mut tx, row, *at)
            .await
            .map(|()| JobState::Ready),
        Err(Trouble::Hopeless(why)) => job::give_up(&mut tx, row, why, now)
            .await
            .map(|()| JobState::Failed),
        Err(Trouble::Passing(error)) => {
            let why = Stopped::by(error).written();
            job::retry(&mut tx, row, &why, now).await
        }
    };
    let state = match written {
        Ok(state) => state,
        // Another worker has it now, because this one was silent for too long.
        Err(error) if error.is_conflict() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    match (&outcome, state) {
        (Err(trouble), JobState::Failed) => {
            tracing::error!(job = %row.job_id, kind = row.kind, %trouble, "given up");
        }
        (Err(trouble), _) => {
            tracing::warn!(job = %row.job_id, kind = row.kind, %trouble, "tried again later");
        }
        (Ok(_), _) => {}
    }
    Ok(())
}

/// What became of a job that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Performed {
    /// It is done.
    Done,
    /// It goes on at that moment.
    Again(Moment),
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

#[derive(Deserialize)]
struct SignOrder {
    signing_id: SigningId,
}

async fn perform(app: &App, row: &JobRow) -> Result<Performed, Trouble> {
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
            deliver(app, &order.outgoing_id, tries).await?;
            Ok(Performed::Done)
        }
        CHECK => {
            let order: CheckOrder = serde_json::from_value(payload).map_err(unreadable)?;
            check(app, &order).await?;
            Ok(Performed::Done)
        }
        remote::SIGN => {
            let order: SignOrder = serde_json::from_value(payload).map_err(unreadable)?;
            Ok(remote::step(app, &order.signing_id).await?)
        }
        sealer::step::SEAL => {
            let order: SignOrder = serde_json::from_value(payload).map_err(unreadable)?;
            Ok(sealer::step::step(app, &order.signing_id).await?)
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

    async fn claimed(app: &App, worker: &str) -> Option<JobRow> {
        let mut tx = app.store.write().await.unwrap();
        let row = job::claim(&mut tx, worker, app.now(), LEASE_SECONDS).await;
        tx.commit().await.unwrap();
        row.unwrap()
    }

    async fn with_a_job(world: &World) -> JobRow {
        let mut work = world.app.begin_system(None).await.unwrap();
        work.enqueue("nonsense", None, json!({})).await.unwrap();
        work.commit().await.unwrap();
        claimed(&world.app, "the one").await.unwrap()
    }

    /// Twice the lease passes, and the worker says in time that it lives.
    #[tokio::test]
    async fn a_job_stays_with_its_worker_while_that_works() {
        let world = World::new().await;
        let row = with_a_job(&world).await;
        let working = async {
            for step in [20, 40, 60] {
                let now = monday().plus_seconds(step);
                world.clock.move_to(now);
                let kept = now.plus_seconds(LEASE_SECONDS);
                while held_until(&world.app, &row).await < Some(kept) {
                    tokio::task::yield_now().await;
                }
                assert_eq!(claimed(&world.app, "another").await, None);
            }
        };
        let done = keep(&world.app, &row, Duration::from_millis(1), working);
        let done = timeout(Duration::from_mins(1), done).await.unwrap();
        assert_eq!(done, Some(()));
    }

    async fn held_until(app: &App, row: &JobRow) -> Option<Moment> {
        let mut tx = app.store.read().await.unwrap();
        job::load(&mut tx, &row.job_id).await.unwrap().locked_until
    }

    #[tokio::test]
    async fn a_worker_that_was_silent_for_too_long_breaks_its_work_off() {
        let world = World::new().await;
        let row = with_a_job(&world).await;
        world
            .clock
            .move_to(monday().plus_seconds(LEASE_SECONDS + 1));
        let taken = claimed(&world.app, "another").await.unwrap();
        assert_eq!(taken.job_id, row.job_id);
        let endless = std::future::pending::<()>();
        let lost = keep(&world.app, &row, Duration::from_millis(1), endless);
        assert_eq!(timeout(Duration::from_mins(1), lost).await.unwrap(), None);
        assert_eq!(claimed(&world.app, "a third").await, None);
    }

    #[tokio::test]
    async fn a_worker_that_is_alone_takes_up_what_a_dead_one_left() {
        let world = World::new().await;
        let row = with_a_job(&world).await;
        assert_eq!(world.run().await, 0);
        give_back_orphans(&world.app).await.unwrap();
        assert_eq!(world.run().await, 1);
        let mut tx = world.app.store.read().await.unwrap();
        let row = job::load(&mut tx, &row.job_id).await.unwrap();
        assert_eq!((row.state, row.attempts), (JobState::Failed, 2));
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
