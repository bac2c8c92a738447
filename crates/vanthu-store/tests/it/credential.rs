//! Keys at services, and the conversations of sessions with them.

use serde_json::json;
use vanthu_domain::id::CredentialId;
use vanthu_store::credential::{self, Agreeing, CredentialRow};
use vanthu_store::remote_signing::{self, Certainty, RemoteSigningRow, Settled};
use vanthu_store::signing::{self, Means};

use crate::build::{Office, a_signing, an_item, draft, fresh, office};
use crate::world::{NOW, on_each_database};

fn a_key(office: &Office) -> CredentialRow {
    CredentialRow {
        credential_id: CredentialId::new(NOW, fresh()),
        person_id: office.leader.person_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        service: "mysign".to_owned(),
        holder: "079099001234".to_owned(),
        name_there: "khoa-1".to_owned(),
        certificate_id: office.certificate.record.certificate_id.clone(),
        algorithm: "ecdsa-p256-sha256".to_owned(),
        consent: Agreeing::OnDevice,
        multisign: 100,
        scal: 2,
        linked_at: NOW,
        removed_at: None,
    }
}

#[tokio::test]
async fn a_key_is_linked_once_until_it_is_taken_off() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let first = a_key(&office);
        let mut tx = world.store.write().await.unwrap();
        credential::insert(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();
        let again = a_key(&office);
        let mut tx = world.store.write().await.unwrap();
        let taken = credential::insert(&mut tx, &again).await;
        assert!(taken.unwrap_err().is_conflict());
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        credential::remove(&mut tx, &first, NOW).await.unwrap();
        credential::insert(&mut tx, &again).await.unwrap();
        let (person, agency) = (&office.leader.person_id, &office.agency.agency_id);
        let listed = credential::list_of_person(&mut tx, person, agency).await;
        assert_eq!(listed.unwrap(), [again]);
        let gone = credential::load(&mut tx, &first.credential_id)
            .await
            .unwrap();
        assert_eq!(gone.removed_at, Some(NOW));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_conversation_stands_in_the_way_until_it_has_an_end_that_is_known() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let document = draft(&world.store, &office, NOW).await;
        let key = a_key(&office);
        let session = a_signing(&office, Means::Sim);
        let item = an_item(&session, &document);
        let mut row = RemoteSigningRow {
            signing_id: session.signing_id.clone(),
            credential_id: key.credential_id.clone(),
            wanted: json!([{"digest": "00", "name": "12/UBND"}]),
            display: "Ký: 12/UBND".to_owned(),
            code: "1462".to_owned(),
            deadline: NOW.plus_seconds(300),
            asked: false,
            checkpoint: None,
            page: None,
            ending: None,
            certainty: None,
            said: None,
            late: None,
            settled: None,
            settled_at: None,
            updated_at: NOW,
        };
        let mut tx = world.store.write().await.unwrap();
        credential::insert(&mut tx, &key).await.unwrap();
        signing::insert(&mut tx, &session, &[item]).await.unwrap();
        assert_eq!(
            signing::load(&mut tx, &session.signing_id).await.unwrap(),
            session
        );
        remote_signing::insert(&mut tx, &row).await.unwrap();
        let (person, id) = (&office.leader.person_id, &document.outgoing_id);
        let open = remote_signing::list_unsettled(&mut tx, person, id).await;
        assert_eq!(open.unwrap(), [row.clone()]);
        row.ending = Some("remote-answer-lost".to_owned());
        row.certainty = Some(Certainty::MaybeSigned);
        row.asked = true;
        row.checkpoint = Some(json!({"part": 0}));
        row.late = Some(json!([{"what": "pending"}]));
        remote_signing::update(&mut tx, &row).await.unwrap();
        let open = remote_signing::list_unsettled(&mut tx, person, id).await;
        assert_eq!(open.unwrap(), [row.clone()]);
        row.settled = Some(Settled::NoSignature);
        row.settled_at = Some(NOW);
        remote_signing::update(&mut tx, &row).await.unwrap();
        let open = remote_signing::list_unsettled(&mut tx, person, id).await;
        assert!(open.unwrap().is_empty());
        let found = remote_signing::load(&mut tx, &session.signing_id).await;
        assert_eq!(found.unwrap(), row);
        tx.commit().await.unwrap();
    })
    .await;
}
