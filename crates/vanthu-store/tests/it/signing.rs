//! Signing sessions.

use serde_json::json;
use vanthu_store::signing::{
    ItemState, Means, SessionState, find_item, find_locked, insert, list_items, list_of_account,
    list_overdue, list_waiting_for, load, update, update_item,
};

use crate::build::{a_signing, an_item, draft, office};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn a_session_goes_its_way_with_its_items() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let document = draft(&world.store, &office, NOW).await;
        let mut signing = a_signing(&office, Means::Agent);
        let mut item = an_item(&signing, &document);
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &signing, std::slice::from_ref(&item))
            .await
            .unwrap();
        assert_eq!(
            list_items(&mut tx, &signing.signing_id).await.unwrap(),
            [item.clone()]
        );
        let waiting = list_waiting_for(&mut tx, &document.outgoing_id, NOW)
            .await
            .unwrap();
        assert_eq!(waiting, [signing.clone()]);

        signing.state = SessionState::Fetched;
        update(&mut tx, &signing, SessionState::Open).await.unwrap();
        let again = update(&mut tx, &signing, SessionState::Open).await;
        assert!(again.unwrap_err().is_taken("signings", "state"));

        item.state = ItemState::Failed;
        item.problem = Some(json!({"code": "wrong-pin"}));
        update_item(&mut tx, &item, ItemState::Waiting)
            .await
            .unwrap();
        let found = find_item(&mut tx, &signing.signing_id, "1").await.unwrap();
        assert_eq!(found.as_ref(), Some(&item));
        assert!(
            update_item(&mut tx, &item, ItemState::Waiting)
                .await
                .is_err()
        );

        signing.state = SessionState::Done;
        signing.ended_at = Some(NOW);
        signing.result = Some("failed".to_owned());
        update(&mut tx, &signing, SessionState::Fetched)
            .await
            .unwrap();
        assert_eq!(load(&mut tx, &signing.signing_id).await.unwrap(), signing);
        let locked = find_locked(&mut tx, &signing.signing_id).await.unwrap();
        assert_eq!(locked, Some(signing.clone()));
        let of_account = list_of_account(&mut tx, &signing.account_id, 5)
            .await
            .unwrap();
        assert_eq!(of_account, [signing]);
    })
    .await;
}

#[tokio::test]
async fn a_session_whose_time_ran_out_is_listed() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let signing = a_signing(&office, Means::Agent);
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &signing, &[]).await.unwrap();
        assert!(
            list_overdue(&mut tx, NOW.plus_seconds(599))
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            list_overdue(&mut tx, NOW.plus_seconds(600)).await.unwrap(),
            [signing]
        );
    })
    .await;
}
