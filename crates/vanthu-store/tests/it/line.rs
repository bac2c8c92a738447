//! Assignment lines and requests for more time.

use std::collections::BTreeSet;

use vanthu_domain::id::ExtensionId;
use vanthu_domain::kind::Urgency;
use vanthu_domain::line::{ExtensionState, LineState, Part};
use vanthu_store::line::{
    ExtensionRow, LineFilter, LineOrder, count, count_by_state, count_up_to, find_asked,
    find_extension, insert, insert_extension, list, list_asked_of, list_children, list_extensions,
    list_of_incoming, load, update, update_extension,
};

use crate::build::{a_line, an_arrival, arrival, fresh, office, today};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn a_line_reads_back_and_counts_its_changes() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let document = arrival(&world.store, &office, NOW).await;
        let mut row = a_line(&office, &document, NOW);
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &row).await.unwrap();
        let mut child = a_line(&office, &document, NOW.plus_seconds(1));
        child.parent_line_id = Some(row.line_id.clone());
        child.person_id = Some(office.drafter.person_id.clone());
        insert(&mut tx, &child).await.unwrap();
        let mut stale = row.clone();
        row.state = row.state.start(Part::Lead).unwrap();
        row.started_at = Some(NOW);
        update(&mut tx, &mut row).await.unwrap();
        assert_eq!(load(&mut tx, &row.line_id).await.unwrap(), row);
        assert!(
            update(&mut tx, &mut stale)
                .await
                .unwrap_err()
                .is_taken("lines", "version")
        );
        assert_eq!(
            list_children(&mut tx, &row.line_id).await.unwrap(),
            [child.clone()]
        );
        let all = list_of_incoming(&mut tx, &document.incoming_id)
            .await
            .unwrap();
        assert_eq!(all, [row, child]);
    })
    .await;
}

#[tokio::test]
async fn lists_and_counts_follow_the_holder_the_giver_and_the_deadline() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut tx = world.store.write().await.unwrap();
        for n in 0..20_i32 {
            let mut document = an_arrival(&office, NOW);
            document.urgency = if n == 11 {
                Urgency::Express
            } else {
                Urgency::Normal
            };
            vanthu_store::incoming::insert(&mut tx, &document)
                .await
                .unwrap();
            let mut row = a_line(&office, &document, NOW.plus_seconds(i64::from(n) / 2));
            row.due_day = (n % 4 != 0).then(|| today().plus_days(n % 7 - 3));
            if n % 5 == 0 {
                row.person_id = Some(office.drafter.person_id.clone());
            }
            if n % 2 == 0 {
                row.state = LineState::Doing;
            }
            insert(&mut tx, &row).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = world.store.read().await.unwrap();
        for order in [LineOrder::Due, LineOrder::MostUrgent, LineOrder::Newest] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let filter = LineFilter::default();
                let page = list(&mut tx, &filter, order, after.as_ref(), 3)
                    .await
                    .unwrap();
                seen.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let different: BTreeSet<_> = seen.iter().map(|item| &item.line.line_id).collect();
            assert_eq!((seen.len(), different.len()), (20, 20), "{order:?}");
            match order {
                LineOrder::Due => {
                    let days: Vec<_> = seen
                        .iter()
                        .map(|item| item.line.due_day.unwrap_or(today().plus_days(9999)))
                        .collect();
                    assert!(days.is_sorted());
                    assert!(seen.last().unwrap().line.due_day.is_none());
                }
                LineOrder::MostUrgent => assert_eq!(seen[0].urgency, Urgency::Express),
                LineOrder::Newest => {
                    assert!(seen.is_sorted_by_key(|item| -item.line.created_at.unix_micros()));
                }
            }
            assert_eq!(seen[0].subject, "Kế hoạch Tuần Mẫu");
        }

        let mine = LineFilter {
            person_id: Some(office.drafter.person_id.clone()),
            ..LineFilter::default()
        };
        let units = LineFilter {
            unit_ids: vec![office.unit.unit_id.clone()],
            ..LineFilter::default()
        };
        let both = LineFilter {
            unit_ids: units.unit_ids.clone(),
            ..mine.clone()
        };
        let within = LineFilter {
            within_unit_id: Some(office.unit.unit_id.clone()),
            ..LineFilter::default()
        };
        let given = LineFilter {
            given_by: Some(office.leader.person_id.clone()),
            states: vec![LineState::Doing],
            ..LineFilter::default()
        };
        let late = LineFilter {
            due_before: Some(today()),
            ..LineFilter::default()
        };
        let expected_late = (0..20).filter(|n| n % 4 != 0 && n % 7 < 3).count();
        let expected_late = i64::try_from(expected_late).unwrap();
        for (filter, expected) in [
            (mine, 4),
            (units, 16),
            (both, 20),
            (within, 20),
            (given, 10),
            (late, expected_late),
        ] {
            assert_eq!(
                count(&mut tx, &filter).await.unwrap(),
                expected,
                "{filter:?}"
            );
            let page = list(&mut tx, &filter, LineOrder::Due, None, 200)
                .await
                .unwrap();
            assert_eq!(
                i64::try_from(page.items.len()).unwrap(),
                expected,
                "{filter:?}"
            );
        }
        let of_document = |filter: LineFilter| LineFilter {
            within: Some(Box::new(LineFilter {
                states: vec![LineState::Doing],
                ..LineFilter::default()
            })),
            ..filter
        };
        for (filter, expected) in [
            (LineFilter::default(), 10),
            (
                LineFilter {
                    urgency_from: Some(Urgency::Urgent),
                    ..LineFilter::default()
                },
                0,
            ),
            (
                LineFilter {
                    states: vec![LineState::ToDo],
                    ..LineFilter::default()
                },
                0,
            ),
            (
                LineFilter {
                    arrived_from: Some(NOW),
                    arrived_before: Some(NOW.plus_seconds(1)),
                    kind: Some(vanthu_domain::kind::DocumentKind::Plan),
                    ..LineFilter::default()
                },
                10,
            ),
            (
                LineFilter {
                    arrived_before: Some(NOW),
                    ..LineFilter::default()
                },
                0,
            ),
        ] {
            let filter = of_document(filter);
            let all = count(&mut tx, &filter).await.unwrap();
            assert_eq!(all, expected, "{filter:?}");
            let first = count_up_to(&mut tx, &filter, 4).await.unwrap();
            assert_eq!(first, expected.min(4), "{filter:?}");
        }
        let express = LineFilter {
            urgency_from: Some(Urgency::Urgent),
            ..LineFilter::default()
        };
        assert_eq!(count(&mut tx, &express).await.unwrap(), 1);

        let states = count_by_state(&mut tx, &LineFilter::default())
            .await
            .unwrap();
        assert_eq!(states, [(LineState::ToDo, 10), (LineState::Doing, 10)]);
    })
    .await;
}

#[tokio::test]
async fn one_request_for_more_time_waits_and_is_decided_once() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let document = arrival(&world.store, &office, NOW).await;
        let row = a_line(&office, &document, NOW);
        let ask = || ExtensionRow {
            extension_id: ExtensionId::new(NOW, fresh()),
            line_id: row.line_id.clone(),
            asked_by: office.drafter.person_id.clone(),
            asked_at: NOW,
            until_day: today().plus_days(9),
            reason: "Cần khảo sát".to_owned(),
            state: ExtensionState::Asked,
            decided_by: None,
        };
        let mut first = ask();
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &row).await.unwrap();
        insert_extension(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = world.store.write().await.unwrap();
        let error = insert_extension(&mut tx, &ask()).await.unwrap_err();
        assert!(error.is_taken("extensions", "line_id"), "{error:?}");
        drop(tx);

        let mut tx = world.store.write().await.unwrap();
        let leader = &office.leader.person_id;
        assert_eq!(
            list_asked_of(&mut tx, leader).await.unwrap(),
            [first.clone()]
        );
        assert_eq!(
            find_asked(&mut tx, &row.line_id).await.unwrap(),
            Some(first.clone())
        );
        first.state = ExtensionState::Granted {
            at: NOW,
            until: today().plus_days(8),
        };
        first.decided_by = Some(leader.clone());
        update_extension(&mut tx, &first).await.unwrap();
        assert!(
            update_extension(&mut tx, &first)
                .await
                .unwrap_err()
                .is_conflict()
        );
        let mut second = ask();
        insert_extension(&mut tx, &second).await.unwrap();
        second.state = ExtensionState::Refused {
            at: NOW,
            reason: "Gấp".to_owned(),
        };
        second.decided_by = Some(leader.clone());
        update_extension(&mut tx, &second).await.unwrap();
        let found = find_extension(&mut tx, &second.extension_id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&second));
        assert_eq!(
            list_extensions(&mut tx, &row.line_id).await.unwrap(),
            [first, second]
        );
    })
    .await;
}
