//! Deliveries.

use vanthu_domain::delivery::{DeliveryState, StatusCode};
use vanthu_store::delivery::{
    DeliveryStep, add_event, count_by_state, find, find_by_incoming, find_by_key, insert, list,
    list_events, list_still, load_locked, update,
};

use crate::build::{a_delivery, arrival, draft, office, send};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn a_document_goes_to_each_recipient_once() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let there = office(&world.store, "H02").await;
        let letter = draft(&world.store, &here, NOW).await;
        let row = send(&world.store, &letter, &there.agency.agency_id).await;
        let mut tx = world.store.write().await.unwrap();
        let mut other_key = a_delivery(&letter, &there.agency.agency_id);
        other_key.idempotency_key = "another".to_owned();
        let error = insert(&mut tx, &other_key).await.unwrap_err();
        assert!(error.is_taken("deliveries", "to_agency_id"), "{error:?}");
        drop(tx);
        let mut tx = world.store.read().await.unwrap();
        let found = find_by_key(&mut tx, &row.idempotency_key).await.unwrap();
        assert_eq!(found, Some(row.clone()));
        assert_eq!(list(&mut tx, &letter.outgoing_id).await.unwrap(), [row]);
    })
    .await;
}

#[tokio::test]
async fn deliveries_stand_in_the_order_of_time_and_then_of_their_names() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let letter = draft(&world.store, &here, NOW).await;
        let mut rows = Vec::new();
        for (code, later) in [("H02", 2), ("H03", 0), ("H04", 1), ("H05", 0)] {
            let there = office(&world.store, code).await;
            let mut row = a_delivery(&letter, &there.agency.agency_id);
            row.queued_at = NOW.plus_seconds(later);
            let mut tx = world.store.write().await.unwrap();
            insert(&mut tx, &row).await.unwrap();
            tx.commit().await.unwrap();
            rows.push(row);
        }
        rows.sort_by_key(|row| (row.queued_at, row.delivery_id.clone()));
        let mut tx = world.store.read().await.unwrap();
        assert_eq!(list(&mut tx, &letter.outgoing_id).await.unwrap(), rows);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_moves_from_the_state_it_was_read_in_and_keeps_its_history() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let there = office(&world.store, "H02").await;
        let letter = draft(&world.store, &here, NOW).await;
        let document = arrival(&world.store, &there, NOW).await;
        let mut row = send(&world.store, &letter, &there.agency.agency_id).await;
        let mut tx = world.store.write().await.unwrap();
        let still = list_still(&mut tx, DeliveryState::Queued, NOW.plus_seconds(1), 10).await;
        assert_eq!(still.unwrap(), [row.clone()]);
        for (n, (state, code)) in (1..).zip([
            (DeliveryState::Sent, None),
            (DeliveryState::Arrived, Some(StatusCode::Arrived)),
        ]) {
            let from = row.state;
            row.state = state;
            row.code = code;
            row.incoming_id = code.map(|_| document.incoming_id.clone());
            row.updated_at = NOW.plus_seconds(n);
            update(&mut tx, &row, from).await.unwrap();
            assert!(update(&mut tx, &row, from).await.unwrap_err().is_conflict());
            let step = DeliveryStep {
                state,
                code,
                words: String::new(),
                person_name: "Văn thư".to_owned(),
                at: row.updated_at,
            };
            assert_eq!(add_event(&mut tx, &row.delivery_id, step).await.unwrap(), n);
        }
        assert_eq!(load_locked(&mut tx, &row.delivery_id).await.unwrap(), row);
        let found = find_by_incoming(&mut tx, &document.incoming_id)
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(&row));
        assert_eq!(
            find(&mut tx, &row.delivery_id).await.unwrap(),
            Some(row.clone())
        );
        let history = list_events(&mut tx, &row.delivery_id).await.unwrap();
        let states: Vec<_> = history.iter().map(|event| event.state).collect();
        assert_eq!(states, [DeliveryState::Sent, DeliveryState::Arrived]);
        let counts = count_by_state(&mut tx, &letter.outgoing_id).await.unwrap();
        assert_eq!(counts, [(DeliveryState::Arrived, 1)]);
    })
    .await;
}
