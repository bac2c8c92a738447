//! Signing sessions.

use serde_json::json;
use vanthu_domain::id::SigningId;
use vanthu_store::signing::{
    Consent, ItemState, Means, Purpose, SessionState, SigningItemRow, SigningRow, find_item,
    find_locked, insert, list_items, list_of_account, list_overdue, list_waiting_for, load, update,
    update_item,
};

use crate::build::{Office, draft, fresh, office, sha};
use crate::world::{NOW, on_each_database};

fn a_session(office: &Office) -> SigningRow {
    let n = fresh();
    SigningRow {
        signing_id: SigningId::new(NOW, n),
        account_id: office.account.account_id.clone(),
        person_id: office.leader.person_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        purpose: Purpose::Person,
        certificate_id: office.certificate.record.certificate_id.clone(),
        token_hash: format!("{n:064x}"),
        consent: Consent::Person,
        means: Means::Agent,
        state: SessionState::Open,
        created_at: NOW,
        expires_at: NOW.plus_seconds(600),
        ended_at: None,
        result: None,
    }
}

#[tokio::test]
async fn a_session_goes_its_way_with_its_items() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let document = draft(&world.store, &office, NOW).await;
        let mut signing = a_session(&office);
        let mut item = SigningItemRow {
            signing_id: signing.signing_id.clone(),
            item_id: "1".to_owned(),
            position: 0,
            outgoing_id: document.outgoing_id.clone(),
            document_version: 0,
            base_blob: sha(1),
            prepared_blob: sha(2),
            digest: sha(3),
            state: ItemState::Waiting,
            problem: None,
            at: NOW,
        };
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
        let signing = a_session(&office);
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
