//! What the government's tool is asked to do.

use serde_json::json;
use vanthu_domain::id::ToolTrialId;
use vanthu_store::signing::{self, Means, SigningItemRow, SigningRow};
use vanthu_store::tool_signing::{
    self, ToolFlow, ToolSigningRow, ToolState, ToolSupport, ToolTrialRow,
};

use crate::build::{Office, a_signing, an_item, draft, fresh, office, sha};
use crate::world::{NOW, World, on_each_database};

/// A session with one item.
async fn session(world: &World, office: &Office) -> (SigningRow, SigningItemRow) {
    let document = draft(&world.store, office, NOW).await;
    let row = a_signing(office, Means::Tool);
    let item = SigningItemRow {
        item_id: document.outgoing_id.to_string(),
        ..an_item(&row, &document)
    };
    (row, item)
}

fn waiting(item: &SigningItemRow) -> ToolSigningRow {
    ToolSigningRow {
        signing_id: item.signing_id.clone(),
        item_id: item.item_id.clone(),
        flow: ToolFlow::WholeFile,
        operation: "sign-approved".to_owned(),
        number: None,
        day: None,
        state: ToolState::Waiting,
        download_hash: None,
        upload_hash: None,
        session: None,
        opened: false,
        closed: false,
        begun_at: None,
        ending: None,
        said: None,
        updated_at: NOW,
    }
}

#[tokio::test]
async fn an_item_is_found_by_the_hashes_of_its_addresses_and_changes_from_the_state_it_had() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let (row, item) = session(world, &office).await;
        let mut tool = waiting(&item);
        let mut tx = world.store.write().await.unwrap();
        signing::insert(&mut tx, &row, &[item]).await.unwrap();
        tool_signing::insert(&mut tx, &tool).await.unwrap();
        let listed = tool_signing::list(&mut tx, &row.signing_id).await.unwrap();
        assert_eq!(listed, [tool.clone()]);
        tool.state = ToolState::Created;
        tool.download_hash = Some(sha(4));
        tool.upload_hash = Some(sha(5));
        tool.session = Some(json!({"state": "created"}));
        tool.begun_at = Some(NOW);
        tool_signing::update(&mut tx, &tool, ToolState::Waiting)
            .await
            .unwrap();
        // Whoever still believes that it waits is too late.
        let late = tool_signing::update(&mut tx, &tool, ToolState::Waiting).await;
        assert!(late.is_err());
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let download = tool_signing::find_by_download(&mut tx, &sha(4)).await;
        assert_eq!(download.unwrap(), Some(tool.clone()));
        let upload = tool_signing::find_by_upload(&mut tx, &sha(5)).await;
        assert_eq!(upload.unwrap(), Some(tool.clone()));
        // Neither address opens the other's door.
        let other = tool_signing::find_by_upload(&mut tx, &sha(4)).await;
        assert_eq!(other.unwrap(), None);
        let found = tool_signing::find(&mut tx, &row.signing_id, &tool.item_id).await;
        assert_eq!(found.unwrap(), Some(tool));
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_one_item_and_an_end_has_its_reason() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let (first, first_item) = session(world, &office).await;
        let (second, second_item) = session(world, &office).await;
        let begun = |item: &SigningItemRow| ToolSigningRow {
            state: ToolState::Created,
            download_hash: Some(sha(6)),
            upload_hash: Some(sha(7)),
            session: Some(json!({})),
            begun_at: Some(NOW),
            ..waiting(item)
        };
        let mut tx = world.store.write().await.unwrap();
        for (row, item) in [(&first, &first_item), (&second, &second_item)] {
            signing::insert(&mut tx, row, std::slice::from_ref(item))
                .await
                .unwrap();
        }
        tool_signing::insert(&mut tx, &begun(&first_item))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.write().await.unwrap();
        let taken = tool_signing::insert(&mut tx, &begun(&second_item)).await;
        assert!(taken.unwrap_err().is_conflict());
        drop(tx);
        let refused = [
            ToolSigningRow {
                state: ToolState::Ended,
                ..waiting(&second_item)
            },
            ToolSigningRow {
                flow: ToolFlow::Digest,
                state: ToolState::Fetched,
                begun_at: Some(NOW),
                ..waiting(&second_item)
            },
            ToolSigningRow {
                number: Some("12".to_owned()),
                ..waiting(&second_item)
            },
        ];
        for row in refused {
            let mut tx = world.store.write().await.unwrap();
            assert!(
                tool_signing::insert(&mut tx, &row).await.is_err(),
                "{row:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_trial_is_remembered() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut row = ToolTrialRow {
            trial_id: ToolTrialId::new(NOW, fresh()),
            account_id: office.account.account_id.clone(),
            nonce: "một lần".to_owned(),
            support: ToolSupport::Unknown,
            asked_at: NOW,
            answered_at: None,
        };
        let mut tx = world.store.write().await.unwrap();
        tool_signing::insert_trial(&mut tx, &row).await.unwrap();
        row.support = ToolSupport::Works;
        row.answered_at = Some(NOW.plus_seconds(20));
        tool_signing::update_trial(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let kept = tool_signing::load_trial(&mut tx, &row.trial_id).await;
        assert_eq!(kept.unwrap(), row);
        let mut tx = world.store.write().await.unwrap();
        tool_signing::distrust_trials(&mut tx, &row.account_id)
            .await
            .unwrap();
        let kept = tool_signing::load_trial(&mut tx, &row.trial_id).await;
        assert_eq!(kept.unwrap().support, ToolSupport::Missing);
        let none = ToolTrialId::new(NOW, fresh());
        assert!(tool_signing::load_trial(&mut tx, &none).await.is_err());
    })
    .await;
}
