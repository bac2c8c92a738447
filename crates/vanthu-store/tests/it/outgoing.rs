//! Outgoing documents.

use std::collections::BTreeSet;

use serde_json::json;
use vanthu_domain::id::{OpinionId, PersonId, VersionId};
use vanthu_domain::kind::Urgency;
use vanthu_domain::outgoing::{GivenNumber, OutgoingState, OutgoingTag, ReturnedDraft, Review};
use vanthu_store::opinion::{OpinionKind, OpinionRow};
use vanthu_store::outgoing::{
    OutgoingFilter, OutgoingOrder, OutgoingReach, VersionRow, count, count_by_state, count_up_to,
    find, insert, insert_version, list, list_recipients, list_versions, load, load_locked,
    set_recipients, update,
};
use vanthu_store::{Cursor, StoreError, opinion};

use crate::build::{Office, a_draft, draft, fresh, office, sha, today};
use crate::world::{NOW, World, on_each_database};

fn every_state(office: &Office) -> Vec<OutgoingState> {
    let number = GivenNumber {
        register_id: office.register.register_id.clone(),
        number: 15,
        notation: "15/UBND-VHXH".to_owned(),
        day: today(),
    };
    let returned = ReturnedDraft {
        by: office.leader.person_id.clone(),
        reason: "Sửa trích yếu".to_owned(),
        at: NOW,
    };
    vec![
        OutgoingState::start(NOW),
        OutgoingState::Drafting {
            since: NOW,
            returned: Some(returned),
        },
        OutgoingState::InReview { since: NOW },
        OutgoingState::AwaitingSignature { since: NOW },
        OutgoingState::Signed { since: NOW },
        OutgoingState::Numbered {
            since: NOW,
            number: number.clone(),
        },
        OutgoingState::Sealed {
            since: NOW,
            number: number.clone(),
        },
        OutgoingState::Issued { since: NOW, number },
        OutgoingState::Withdrawn {
            since: NOW,
            reason: "Trùng".to_owned(),
        },
    ]
}

#[tokio::test]
async fn a_document_reads_back_in_every_state() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut row = draft(&world.store, &office, NOW).await;
        row.signed_blob = Some(sha(7));
        row.sealed_blob = Some(sha(8));
        for state in every_state(&office) {
            row.state = state;
            let mut tx = world.store.write().await.unwrap();
            update(&mut tx, &mut row).await.unwrap();
            assert_eq!(load(&mut tx, &row.outgoing_id).await.unwrap(), row);
            assert_eq!(load_locked(&mut tx, &row.outgoing_id).await.unwrap(), row);
            tx.commit().await.unwrap();
        }
        assert_eq!(row.version, 9);
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_changes_to_the_same_reading_is_a_conflict() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut mine = draft(&world.store, &office, NOW).await;
        let mut yours = mine.clone();
        mine.state = mine.state.clone().submit(NOW, Review::Needed).unwrap();
        let mut tx = world.store.write().await.unwrap();
        update(&mut tx, &mut mine).await.unwrap();
        tx.commit().await.unwrap();

        yours.subject = "Khác".to_owned();
        let mut tx = world.store.write().await.unwrap();
        let error = update(&mut tx, &mut yours).await.unwrap_err();
        assert!(error.is_taken("outgoing", "version"), "{error:?}");
        assert_eq!(yours.version, 0);
        drop(tx);
        let mut tx = world.store.read().await.unwrap();
        assert_eq!(find(&mut tx, &mine.outgoing_id).await.unwrap(), Some(mine));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_change_the_same_reading_one_succeeds() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let row = draft(&world.store, &office, NOW).await;
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (store, mut row) = (world.store.clone(), row.clone());
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    match update(&mut tx, &mut row).await {
                        Ok(()) => tx.commit().await.map(|()| 1),
                        Err(error) => Ok(i32::from(!error.is_conflict()) * 100),
                    }
                })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += task.await.unwrap().unwrap();
        }
        assert_eq!(done, 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_fits_no_state_is_corrupt_by_table_and_id() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let row = draft(&world.store, &office, NOW).await;
        for change in [
            "state_json = '{\"state\":\"signed\",\"since\":1}'",
            "state_json = '{}'",
            "state_json = 'x'",
            "state_since = 5",
            "state = 'withdrawn'",
            "kind = 'poem'",
            "due_reply_day = 'soon'",
        ] {
            let row = draft(&world.store, &office, NOW).await;
            world
                .meddle(&format!(
                    "UPDATE outgoing SET {change} WHERE outgoing_id = '{}'",
                    row.outgoing_id
                ))
                .await;
            let mut tx = world.store.read().await.unwrap();
            let error = find(&mut tx, &row.outgoing_id).await.unwrap_err();
            let StoreError::Corrupt { table, id, .. } = &error else {
                panic!("{change}: {error:?}")
            };
            assert_eq!(
                (*table, id.as_str()),
                ("outgoing", row.outgoing_id.as_str()),
                "{error}"
            );
        }
        let mut tx = world.store.read().await.unwrap();
        assert!(find(&mut tx, &row.outgoing_id).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_a_signed_document_without_signature() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        for change in 0..4 {
            let mut row = a_draft(&office, NOW);
            match change {
                0 => row.state = OutgoingState::Signed { since: NOW },
                1 => {
                    row.state = OutgoingState::AwaitingSignature { since: NOW };
                    row.signer_id = None;
                }
                2 => {
                    row.state = OutgoingState::InReview { since: NOW };
                    row.current_blob = None;
                }
                _ => {
                    row.signed_blob = Some(sha(3));
                    row.state = every_state(&office).swap_remove(6);
                }
            }
            let mut tx = world.store.write().await.unwrap();
            assert!(insert(&mut tx, &row).await.is_err(), "{change}");
        }
    })
    .await;
}

async fn many(world: &World, office: &Office, amount: i64) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut tx = world.store.write().await.unwrap();
    for n in 0..amount {
        // Several share a moment, so that the key must decide.
        let mut row = a_draft(office, NOW.plus_seconds(n / 3));
        row.urgency = Urgency::ALL[usize::try_from(n).unwrap() % 4];
        if n % 5 == 0 {
            row.state = OutgoingState::InReview {
                since: row.updated_at,
            };
        }
        insert(&mut tx, &row).await.unwrap();
        ids.insert(row.outgoing_id.to_string());
    }
    tx.commit().await.unwrap();
    ids
}

#[tokio::test]
async fn pages_hold_every_document_once_in_either_order() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let ids = many(world, &office, 53).await;
        let filter = OutgoingFilter {
            agency_id: Some(office.agency.agency_id.clone()),
            ..OutgoingFilter::default()
        };
        for order in [OutgoingOrder::Newest, OutgoingOrder::MostUrgent] {
            let mut seen = Vec::new();
            let mut after: Option<Cursor> = None;
            loop {
                let mut tx = world.store.read().await.unwrap();
                let page = list(&mut tx, &filter, order, after.as_ref(), 7)
                    .await
                    .unwrap();
                assert!(page.items.len() <= 7);
                seen.extend(page.items);
                // The cursor travels as text.
                let Some(next) = page.next else { break };
                after = Some(Cursor::from(next.to_string()));
            }
            let found: BTreeSet<_> = seen
                .iter()
                .map(|item| item.outgoing_id.to_string())
                .collect();
            assert_eq!(seen.len(), 53);
            assert_eq!(found, ids);
            let sorted = seen.is_sorted_by_key(|item| match order {
                OutgoingOrder::Newest => (0, -item.updated_at.unix_micros()),
                OutgoingOrder::MostUrgent => {
                    (3 - item.urgency.number(), item.state_since.unix_micros())
                }
            });
            assert!(sorted, "{order:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_document_that_comes_in_between_moves_no_page() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        many(world, &office, 10).await;
        let filter = OutgoingFilter::default();
        let order = OutgoingOrder::Newest;
        let mut tx = world.store.read().await.unwrap();
        let first = list(&mut tx, &filter, order, None, 5).await.unwrap();
        drop(tx);
        draft(&world.store, &office, NOW.plus_seconds(1000)).await;
        let mut tx = world.store.read().await.unwrap();
        let second = list(&mut tx, &filter, order, first.next.as_ref(), 5)
            .await
            .unwrap();
        let seen: BTreeSet<_> = first
            .items
            .iter()
            .chain(&second.items)
            .map(|item| &item.outgoing_id)
            .collect();
        assert_eq!(seen.len(), 10);
        let bad = Cursor::from("no~such~cursor~at~all".to_owned());
        assert!(list(&mut tx, &filter, order, Some(&bad), 5).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn counts_come_from_the_same_predicate() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let there = office(&world.store, "H02").await;
        many(world, &here, 20).await;
        many(world, &there, 6).await;
        let mut tx = world.store.read().await.unwrap();
        let reach = |office: &Office| OutgoingReach {
            drafter_id: Some(office.drafter.person_id.clone()),
            ..OutgoingReach::default()
        };
        let in_review = OutgoingReach {
            agency_id: Some(there.agency.agency_id.clone()),
            states: vec![OutgoingTag::InReview],
            ..OutgoingReach::default()
        };
        let of_here = OutgoingFilter {
            agency_id: Some(here.agency.agency_id.clone()),
            ..OutgoingFilter::default()
        };
        let nobody = PersonId::new(NOW, fresh());
        let filters = [
            (OutgoingFilter::default(), 26),
            (of_here.clone(), 20),
            (
                OutgoingFilter {
                    states: vec![OutgoingTag::InReview],
                    ..of_here.clone()
                },
                4,
            ),
            (
                OutgoingFilter {
                    unit_ids: vec![there.unit.unit_id.clone()],
                    ..of_here.clone()
                },
                0,
            ),
            (
                OutgoingFilter {
                    urgency: Some(Urgency::Express),
                    ..of_here.clone()
                },
                5,
            ),
            (
                OutgoingFilter {
                    text: Some("tuan chuc".to_owned()),
                    ..of_here.clone()
                },
                20,
            ),
            (
                OutgoingFilter {
                    text: Some("tuan %".to_owned()),
                    ..of_here.clone()
                },
                0,
            ),
            (
                OutgoingFilter {
                    urgency_from: Some(Urgency::Urgent),
                    ..of_here.clone()
                },
                15,
            ),
            (
                OutgoingFilter {
                    states: vec![OutgoingTag::InReview],
                    within: Some(Box::new(of_here.clone())),
                    ..OutgoingFilter::default()
                },
                4,
            ),
            (
                OutgoingFilter {
                    states: vec![OutgoingTag::InReview],
                    within: Some(Box::new(OutgoingFilter {
                        states: vec![OutgoingTag::Drafting],
                        ..of_here.clone()
                    })),
                    ..OutgoingFilter::default()
                },
                0,
            ),
            (
                OutgoingFilter {
                    to_agency_id: Some(here.agency.agency_id.clone()),
                    reply_due_from: Some(today()),
                    reply_due_before: Some(today()),
                    ..of_here.clone()
                },
                0,
            ),
            (
                OutgoingFilter {
                    drafter_id: Some(nobody),
                    ..of_here
                },
                0,
            ),
            (
                OutgoingFilter {
                    reach: vec![reach(&here), in_review],
                    ..Default::default()
                },
                22,
            ),
            (
                OutgoingFilter {
                    reach: vec![reach(&there)],
                    ..Default::default()
                },
                6,
            ),
        ];
        for (filter, expected) in filters {
            assert_eq!(
                count(&mut tx, &filter).await.unwrap(),
                expected,
                "{filter:?}"
            );
            assert_eq!(
                count_up_to(&mut tx, &filter, 3).await.unwrap(),
                expected.min(3),
                "{filter:?}"
            );
            let page = list(&mut tx, &filter, OutgoingOrder::Newest, None, 200)
                .await
                .unwrap();
            assert_eq!(
                i64::try_from(page.items.len()).unwrap(),
                expected,
                "{filter:?}"
            );
            let by_state = count_by_state(&mut tx, &filter).await.unwrap();
            assert_eq!(
                by_state.iter().map(|(_, n)| n).sum::<i64>(),
                expected,
                "{filter:?}"
            );
        }
        let all = count_by_state(&mut tx, &OutgoingFilter::default())
            .await
            .unwrap();
        assert_eq!(
            all,
            [(OutgoingTag::Drafting, 20), (OutgoingTag::InReview, 6)]
        );
    })
    .await;
}

#[tokio::test]
async fn versions_recipients_and_opinions_keep_their_order() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let there = office(&world.store, "H02").await;
        let row = draft(&world.store, &here, NOW).await;
        let mut tx = world.store.write().await.unwrap();
        for version in [1, 2, 3] {
            let kept = VersionRow {
                version_id: VersionId::new(NOW, fresh()),
                outgoing_id: row.outgoing_id.clone(),
                version,
                person_id: here.drafter.person_id.clone(),
                why: "saved".to_owned(),
                subject: row.subject.clone(),
                body: format!("Bản {version}"),
                content: json!({"addressees": ["Sở Mẫu"]}),
                blob: None,
                at: NOW,
            };
            insert_version(&mut tx, &kept).await.unwrap();
        }
        let versions = list_versions(&mut tx, &row.outgoing_id).await.unwrap();
        assert_eq!(
            versions.iter().map(|v| v.version).collect::<Vec<_>>(),
            [3, 2, 1]
        );

        let order = [
            there.agency.agency_id.clone(),
            here.agency.agency_id.clone(),
        ];
        set_recipients(&mut tx, &row.outgoing_id, &order)
            .await
            .unwrap();
        assert_eq!(
            list_recipients(&mut tx, &row.outgoing_id).await.unwrap(),
            order
        );
        set_recipients(&mut tx, &row.outgoing_id, &order[..1])
            .await
            .unwrap();
        assert_eq!(
            list_recipients(&mut tx, &row.outgoing_id).await.unwrap(),
            order[..1]
        );

        for (n, kind) in (0..).zip([OpinionKind::Comment, OpinionKind::Return]) {
            let opinion = OpinionRow {
                opinion_id: OpinionId::new(NOW, fresh()),
                outgoing_id: row.outgoing_id.clone(),
                person_id: here.leader.person_id.clone(),
                kind,
                words: "Ý kiến".to_owned(),
                at: NOW.plus_seconds(n),
            };
            opinion::insert(&mut tx, &opinion).await.unwrap();
        }
        let kinds: Vec<_> = opinion::list(&mut tx, &row.outgoing_id)
            .await
            .unwrap()
            .iter()
            .map(|opinion| opinion.kind)
            .collect();
        assert_eq!(kinds, [OpinionKind::Comment, OpinionKind::Return]);
    })
    .await;
}
