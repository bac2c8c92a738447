//! Batches for the device at the server.

use vanthu_store::seal_batch::{self, SealBatchRow};
use vanthu_store::signing::{self, Means, SessionState, SigningItemRow};

use crate::build::{a_signing, an_item, draft, office, sha};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn a_batch_is_confirmed_once_and_keeps_its_documents_while_it_is_sealed() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let document = draft(&world.store, &office, NOW).await;
        let mut session = a_signing(&office, Means::Sealer);
        let item = SigningItemRow {
            item_id: document.outgoing_id.to_string(),
            ..an_item(&session, &document)
        };
        let mut row = SealBatchRow {
            signing_id: session.signing_id.clone(),
            sealer: "ubnd".to_owned(),
            list: sha(1),
            confirmation: None,
            confirmed_at: None,
            deadline: None,
            ending: None,
            updated_at: NOW,
        };
        let mut tx = world.store.write().await.unwrap();
        signing::insert(&mut tx, &session, &[item]).await.unwrap();
        seal_batch::insert(&mut tx, &row).await.unwrap();
        let sealing = signing::list_sealing(&mut tx, &document.outgoing_id, NOW).await;
        assert!(sealing.unwrap().is_empty(), "nobody has confirmed it");
        row.confirmation = Some(sha(2));
        row.confirmed_at = Some(NOW);
        row.deadline = Some(session.expires_at);
        seal_batch::update(&mut tx, &row).await.unwrap();
        let before = session.state;
        session.state = SessionState::Fetched;
        signing::update(&mut tx, &session, before).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let found = seal_batch::find(&mut tx, &row.signing_id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&row));
        let loaded = signing::load(&mut tx, &row.signing_id).await.unwrap();
        assert_eq!(loaded.means, Means::Sealer);
        let id = &document.outgoing_id;
        let sealing = signing::list_sealing(&mut tx, id, NOW).await.unwrap();
        assert_eq!(sealing, [loaded]);
        let later = session.expires_at.plus_seconds(1);
        let over = signing::list_sealing(&mut tx, id, later).await.unwrap();
        assert!(over.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_confirmation_stands_for_one_batch() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut tx = world.store.write().await.unwrap();
        for n in 0..2 {
            let session = a_signing(&office, Means::Sealer);
            signing::insert(&mut tx, &session, &[]).await.unwrap();
            let row = SealBatchRow {
                signing_id: session.signing_id,
                sealer: "ubnd".to_owned(),
                list: sha(1),
                confirmation: Some(sha(2)),
                confirmed_at: Some(NOW),
                deadline: Some(NOW.plus_seconds(300)),
                ending: None,
                updated_at: NOW,
            };
            let put = seal_batch::insert(&mut tx, &row).await;
            assert_eq!(put.is_ok(), n == 0);
        }
    })
    .await;
}
