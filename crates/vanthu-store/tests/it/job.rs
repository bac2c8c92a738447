//! The queue.

use std::collections::BTreeSet;

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::id::JobId;
use vanthu_store::job::{
    JobState, Kinds, NewJob, again, claim, claim_of, count, enqueue, find, finish, give_back_all,
    give_up, list, load, next_due, remove_done, renew, restart, retry,
};
use vanthu_store::{Durability, Store, StoreOptions};

use crate::build::fresh;
use crate::world::{NOW, World, on_each_database};

fn a_job(run_at: Moment) -> NewJob {
    NewJob {
        job_id: JobId::new(NOW, fresh()),
        kind: "send".to_owned(),
        dedupe_key: None,
        payload: json!({"delivery": "dlv_1"}),
        run_at,
        max_attempts: 3,
        created_at: NOW,
    }
}

async fn put(world: &World, job: NewJob) -> JobId {
    let job_id = job.job_id.clone();
    let mut tx = world.store.write().await.unwrap();
    assert!(enqueue(&mut tx, job).await.unwrap());
    tx.commit().await.unwrap();
    job_id
}

#[tokio::test]
async fn a_worker_takes_its_kinds_and_a_job_may_go_on_later() {
    on_each_database(async |world| {
        let mut other = a_job(NOW);
        other.kind = "talk".to_owned();
        let plain = put(world, a_job(NOW)).await;
        let talk = put(world, other).await;
        let mut tx = world.store.write().await.unwrap();
        let only = Kinds::Only("talk");
        let taken = claim_of(&mut tx, "a", only, NOW, 60)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(taken.job_id, talk);
        assert_eq!(claim_of(&mut tx, "a", only, NOW, 60).await.unwrap(), None);
        let later = NOW.plus_seconds(5);
        again(&mut tx, &taken, later).await.unwrap();
        assert!(
            again(&mut tx, &taken, later).await.is_err(),
            "it was given back"
        );
        let but = Kinds::AllBut("talk");
        let taken = claim_of(&mut tx, "b", but, later, 60)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(taken.job_id, plain);
        assert_eq!(claim_of(&mut tx, "b", but, later, 60).await.unwrap(), None);
        let taken = claim(&mut tx, "c", later, 60).await.unwrap().unwrap();
        assert_eq!((taken.job_id, taken.attempts), (talk, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_job_is_claimed_by_one_of_eight_workers() {
    on_each_database(async |world| {
        let mut put_in = BTreeSet::new();
        for _ in 0..60 {
            put_in.insert(put(world, a_job(NOW)).await);
        }
        let workers: Vec<_> = (0..8)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    loop {
                        let mut tx = store.write().await.unwrap();
                        let worker = format!("worker-{n}");
                        let Some(job) = claim(&mut tx, &worker, NOW, 60).await.unwrap() else {
                            return mine;
                        };
                        tx.commit().await.unwrap();
                        assert_eq!(job.locked_by.as_deref(), Some(worker.as_str()));
                        let mut tx = store.write().await.unwrap();
                        finish(&mut tx, &job, NOW).await.unwrap();
                        tx.commit().await.unwrap();
                        mine.push(job.job_id);
                    }
                })
            })
            .collect();
        let mut claimed = Vec::new();
        for worker in workers {
            claimed.extend(worker.await.unwrap());
        }
        assert_eq!(claimed.len(), 60);
        assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), put_in);
        let mut tx = world.store.read().await.unwrap();
        assert_eq!(count(&mut tx, JobState::Done).await.unwrap(), 60);
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_transaction_fails_was_never_put_in() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        enqueue(&mut tx, a_job(NOW)).await.unwrap();
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(claim(&mut tx, "w", NOW, 60).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_key_keeps_out_a_second_job_until_the_first_has_ended() {
    on_each_database(async |world| {
        let keyed = || NewJob {
            dedupe_key: Some("dlv_1".to_owned()),
            ..a_job(NOW)
        };
        let mut tx = world.store.write().await.unwrap();
        assert!(enqueue(&mut tx, keyed()).await.unwrap());
        assert!(!enqueue(&mut tx, keyed()).await.unwrap());
        let job = claim(&mut tx, "w", NOW, 60).await.unwrap().unwrap();
        assert!(!enqueue(&mut tx, keyed()).await.unwrap());
        finish(&mut tx, &job, NOW).await.unwrap();
        assert!(enqueue(&mut tx, keyed()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_job_is_tried_again_later_and_given_up_after_its_last_try() {
    on_each_database(async |world| {
        let job_id = put(world, a_job(NOW)).await;
        let mut now = NOW;
        let mut tx = world.store.write().await.unwrap();
        for (wait, state) in [
            (5, JobState::Ready),
            (20, JobState::Ready),
            (0, JobState::Failed),
        ] {
            let job = claim(&mut tx, "w", now, 60).await.unwrap().unwrap();
            assert_eq!(
                retry(&mut tx, &job, "không kết nối được", now)
                    .await
                    .unwrap(),
                state
            );
            assert_eq!(claim(&mut tx, "w", now, 60).await.unwrap(), None);
            if state == JobState::Ready {
                assert_eq!(
                    next_due(&mut tx).await.unwrap(),
                    Some(now.plus_seconds(wait))
                );
            }
            now = now.plus_seconds(wait);
        }
        assert_eq!(next_due(&mut tx).await.unwrap(), None);
        let job = load(&mut tx, &job_id).await.unwrap();
        assert_eq!((job.state, job.attempts), (JobState::Failed, 3));
        assert_eq!(job.last_error.as_deref(), Some("không kết nối được"));
        let failed = list(&mut tx, JobState::Failed, None, 10).await.unwrap();
        assert_eq!(failed.items, [job]);

        restart(&mut tx, &job_id, now).await.unwrap();
        assert!(
            restart(&mut tx, &job_id, now)
                .await
                .unwrap_err()
                .is_conflict()
        );
        let job = claim(&mut tx, "w", now, 60).await.unwrap().unwrap();
        assert_eq!(job.attempts, 1);
        give_up(&mut tx, &job, "không có nơi nhận", now)
            .await
            .unwrap();
        assert_eq!(
            load(&mut tx, &job_id).await.unwrap().state,
            JobState::Failed
        );
    })
    .await;
}

#[tokio::test]
async fn a_job_of_a_silent_worker_goes_to_another_and_the_first_cannot_finish_it() {
    on_each_database(async |world| {
        put(world, a_job(NOW)).await;
        let mut tx = world.store.write().await.unwrap();
        let lost = claim(&mut tx, "first", NOW, 60).await.unwrap().unwrap();
        assert_eq!(
            claim(&mut tx, "second", NOW.plus_seconds(59), 60)
                .await
                .unwrap(),
            None
        );
        let later = NOW.plus_seconds(60);
        let taken = claim(&mut tx, "second", later, 60).await.unwrap().unwrap();
        assert_eq!(
            (taken.job_id.clone(), taken.attempts),
            (lost.job_id.clone(), 2)
        );
        assert!(
            finish(&mut tx, &lost, later)
                .await
                .unwrap_err()
                .is_conflict()
        );
        assert!(
            retry(&mut tx, &lost, "x", later)
                .await
                .unwrap_err()
                .is_conflict()
        );
        finish(&mut tx, &taken, later).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_job_stays_with_a_worker_that_says_in_time_that_it_lives() {
    on_each_database(async |world| {
        put(world, a_job(NOW)).await;
        let mut tx = world.store.write().await.unwrap();
        let job = claim(&mut tx, "first", NOW, 30).await.unwrap().unwrap();
        renew(&mut tx, &job, NOW.plus_seconds(20), 30)
            .await
            .unwrap();
        let before = NOW.plus_seconds(49);
        assert_eq!(claim(&mut tx, "second", before, 30).await.unwrap(), None);
        let over = NOW.plus_seconds(50);
        let taken = claim(&mut tx, "second", over, 30).await.unwrap().unwrap();
        assert_eq!(taken.job_id, job.job_id);
        let lost = renew(&mut tx, &job, over, 30).await.unwrap_err();
        assert!(lost.is_conflict(), "{lost:?}");
        renew(&mut tx, &taken, over, 30).await.unwrap();
        finish(&mut tx, &taken, over).await.unwrap();
        let ended = renew(&mut tx, &taken, over, 30).await.unwrap_err();
        assert!(ended.is_conflict(), "{ended:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_under_way_is_given_back_with_the_tries_it_has_left() {
    on_each_database(async |world| {
        let last_try = NewJob {
            max_attempts: 1,
            ..a_job(NOW)
        };
        let last_try = put(world, last_try).await;
        let again = put(world, a_job(NOW)).await;
        let waiting = put(world, a_job(NOW.plus_seconds(600))).await;
        let mut tx = world.store.write().await.unwrap();
        let mut lost = Vec::new();
        for worker in ["first", "second"] {
            lost.extend(claim(&mut tx, worker, NOW, 3600).await.unwrap());
        }
        assert_eq!(lost.len(), 2);
        assert_eq!(give_back_all(&mut tx, NOW).await.unwrap(), 1);
        let state = async |tx: &mut _, id| load(tx, id).await.unwrap().state;
        assert_eq!(state(&mut tx, &last_try).await, JobState::Failed);
        assert_eq!(state(&mut tx, &again).await, JobState::Ready);
        assert_eq!(state(&mut tx, &waiting).await, JobState::Ready);
        let job = claim(&mut tx, "third", NOW, 30).await.unwrap().unwrap();
        assert_eq!((&job.job_id, job.attempts), (&again, 2));
        for lost in &lost {
            let error = finish(&mut tx, lost, NOW).await.unwrap_err();
            assert!(error.is_conflict(), "{error:?}");
        }
        assert_eq!(claim(&mut tx, "third", NOW, 30).await.unwrap(), None);
    })
    .await;
}

/// A second store is what a second program would have.
#[tokio::test]
async fn one_program_at_a_time_works_alone_on_a_file_and_none_on_a_server() {
    on_each_database(async |world| {
        let again = || {
            Store::open_with(StoreOptions {
                url: world.url.clone(),
                blob_dir: world.folder.path().join("blobs"),
                durability: Durability::Relaxed,
                readers: 1,
            })
        };
        let other = again().await.unwrap();
        let first = world.store.work_alone().unwrap();
        assert_eq!(first, world.url.starts_with("sqlite:"));
        assert_eq!(world.store.work_alone().unwrap(), first);
        assert!(!other.work_alone().unwrap());
        other.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_job_that_silences_every_worker_is_given_up() {
    on_each_database(async |world| {
        let job_id = put(
            world,
            NewJob {
                max_attempts: 1,
                ..a_job(NOW)
            },
        )
        .await;
        let mut tx = world.store.write().await.unwrap();
        claim(&mut tx, "w", NOW, 60).await.unwrap().unwrap();
        assert_eq!(
            claim(&mut tx, "w", NOW.plus_seconds(61), 60).await.unwrap(),
            None
        );
        assert_eq!(
            load(&mut tx, &job_id).await.unwrap().state,
            JobState::Failed
        );
    })
    .await;
}

#[tokio::test]
async fn jobs_run_in_the_order_they_are_due() {
    on_each_database(async |world| {
        let later = put(world, a_job(NOW.plus_seconds(10))).await;
        let sooner = put(world, a_job(NOW)).await;
        let mut tx = world.store.write().await.unwrap();
        let job = claim(&mut tx, "w", NOW.plus_seconds(20), 60)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(job.job_id, sooner);
        finish(&mut tx, &job, NOW.plus_seconds(20)).await.unwrap();
        assert_eq!(claim(&mut tx, "w", NOW, 60).await.unwrap(), None);
        assert_eq!(next_due(&mut tx).await.unwrap(), Some(NOW.plus_seconds(10)));
        assert_eq!(remove_done(&mut tx, NOW.plus_seconds(21)).await.unwrap(), 1);
        assert_eq!(find(&mut tx, &sooner).await.unwrap(), None);
        assert!(find(&mut tx, &later).await.unwrap().is_some());
    })
    .await;
}
