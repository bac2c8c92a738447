//! Incoming documents.

use std::collections::BTreeSet;

use vanthu_domain::incoming::{Arrival, ClosingCode, IncomingState, IncomingTag, ReturnReason};
use vanthu_domain::kind::Urgency;
use vanthu_store::incoming::{
    IncomingFilter, IncomingOrder, IncomingReach, count, count_by_state, count_up_to, find,
    find_by_delivery, insert, list, list_by_key, load, update,
};
use vanthu_store::{StoreError, line};

use crate::build::{a_line, an_arrival, arrival, draft, office, send, today};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn a_document_reads_back_in_every_state() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let entry = Arrival {
            number: 7,
            day: today(),
        };
        let before = [
            IncomingState::Checked { since: NOW },
            IncomingState::Returned {
                since: NOW,
                reason: ReturnReason::Form,
                words: "Sai".to_owned(),
            },
            IncomingState::Accepted { since: NOW },
        ];
        let after = [
            IncomingState::Registered {
                since: NOW,
                arrival: entry,
            },
            IncomingState::Presented {
                since: NOW,
                arrival: entry,
            },
            IncomingState::Directed {
                since: NOW,
                arrival: entry,
            },
            IncomingState::Processing {
                since: NOW,
                arrival: entry,
            },
            IncomingState::Completed {
                since: NOW,
                arrival: entry,
                code: ClosingCode::Replied,
            },
        ];
        let mut row = arrival(&world.store, &office, NOW).await;
        for state in before.into_iter().chain(after) {
            if state.arrival().is_some() {
                row.register_id = Some(office.arrivals.register_id.clone());
                row.leader_id = Some(office.leader.person_id.clone());
            }
            row.state = state;
            let mut tx = world.store.write().await.unwrap();
            update(&mut tx, &mut row).await.unwrap();
            assert_eq!(load(&mut tx, &row.incoming_id).await.unwrap(), row);
            tx.commit().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn one_delivery_makes_one_document() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let there = office(&world.store, "H02").await;
        let letter = draft(&world.store, &here, NOW).await;
        let delivery = send(&world.store, &letter, &there.agency.agency_id).await;
        let mut first = an_arrival(&there, NOW);
        first.delivery_id = Some(delivery.delivery_id.clone());
        let mut second = an_arrival(&there, NOW);
        second.delivery_id = Some(delivery.delivery_id.clone());
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.write().await.unwrap();
        let error = insert(&mut tx, &second).await.unwrap_err();
        assert!(error.is_taken("incoming", "delivery_id"), "{error:?}");
        drop(tx);
        let mut tx = world.store.read().await.unwrap();
        let found = find_by_delivery(&mut tx, &delivery.delivery_id)
            .await
            .unwrap();
        assert_eq!(found, Some(first.clone()));
        let agency_id = &there.agency.agency_id;
        let same = list_by_key(&mut tx, agency_id, &first.document_key)
            .await
            .unwrap();
        assert_eq!(same, [first]);
    })
    .await;
}

#[tokio::test]
async fn a_stale_or_corrupt_document_is_told() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let row = arrival(&world.store, &office, NOW).await;
        let (mut mine, mut yours) = (row.clone(), row.clone());
        let mut tx = world.store.write().await.unwrap();
        update(&mut tx, &mut mine).await.unwrap();
        assert!(
            update(&mut tx, &mut yours)
                .await
                .unwrap_err()
                .is_taken("incoming", "version")
        );
        tx.commit().await.unwrap();
        world
            .meddle("UPDATE incoming SET state_json = '{\"state\":\"lost\"}'")
            .await;
        let mut tx = world.store.read().await.unwrap();
        let error = find(&mut tx, &row.incoming_id).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { table: "incoming", id, .. }
                if id == row.incoming_id.as_str()),
            "{error:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn pages_and_counts_agree() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut tx = world.store.write().await.unwrap();
        for n in 0..23_i64 {
            let mut row = an_arrival(&office, NOW.plus_seconds(n / 4));
            row.urgency = Urgency::ALL[usize::try_from(n).unwrap() % 4];
            if n % 2 == 0 {
                row.state = IncomingState::Checked {
                    since: row.arrived_at,
                };
            }
            insert(&mut tx, &row).await.unwrap();
            if n == 3 {
                line::insert(&mut tx, &a_line(&office, &row, NOW))
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let checked = IncomingFilter {
            states: vec![IncomingTag::Checked],
            ..IncomingFilter::default()
        };
        for order in [IncomingOrder::Newest, IncomingOrder::MostUrgent] {
            let mut seen = BTreeSet::new();
            let mut pages = 0;
            let mut after = None;
            loop {
                let page = list(&mut tx, &checked, order, after.as_ref(), 5)
                    .await
                    .unwrap();
                pages += 1;
                seen.extend(page.items.into_iter().map(|item| item.incoming_id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!((seen.len(), pages), (12, 3));
        }
        assert_eq!(count(&mut tx, &checked).await.unwrap(), 12);
        let both = count_by_state(&mut tx, &IncomingFilter::default())
            .await
            .unwrap();
        assert_eq!(
            both,
            [(IncomingTag::Arrived, 11), (IncomingTag::Checked, 12)]
        );
        let of_unit = IncomingFilter {
            reach: vec![IncomingReach {
                unit_id: Some(office.unit.unit_id.clone()),
                ..IncomingReach::default()
            }],
            ..IncomingFilter::default()
        };
        assert_eq!(count(&mut tx, &of_unit).await.unwrap(), 1);
        let narrowed = |filter: IncomingFilter| IncomingFilter {
            within: Some(Box::new(checked.clone())),
            ..filter
        };
        for (filter, expected) in [
            (
                IncomingFilter {
                    urgency_from: Some(Urgency::VeryUrgent),
                    ..IncomingFilter::default()
                },
                6,
            ),
            (
                IncomingFilter {
                    unit_id: Some(office.unit.unit_id.clone()),
                    ..IncomingFilter::default()
                },
                0,
            ),
            (
                IncomingFilter {
                    due_from: Some(NOW.day()),
                    ..IncomingFilter::default()
                },
                0,
            ),
            (
                IncomingFilter {
                    reach: vec![IncomingReach::default()],
                    ..IncomingFilter::default()
                },
                12,
            ),
        ] {
            let filter = narrowed(filter);
            assert_eq!(
                count(&mut tx, &filter).await.unwrap(),
                expected,
                "{filter:?}"
            );
            let first = count_up_to(&mut tx, &filter, 5).await.unwrap();
            assert_eq!(first, expected.min(5), "{filter:?}");
        }
        let by_unit = IncomingFilter {
            unit_id: Some(office.unit.unit_id.clone()),
            ..IncomingFilter::default()
        };
        assert_eq!(count(&mut tx, &by_unit).await.unwrap(), 1);
        let words = IncomingFilter {
            text: Some("15/svh-vp mau".to_owned()),
            ..IncomingFilter::default()
        };
        assert_eq!(count(&mut tx, &words).await.unwrap(), 23);
    })
    .await;
}
