//! Paired agents.

use serde_json::json;
use vanthu_domain::agent::AgentState;
use vanthu_domain::id::AgentId;
use vanthu_store::agent::{
    AgentRow, find, find_locked, insert, list_of_account, list_of_agency, update,
};

use crate::build::{Office, fresh, office};
use crate::world::{NOW, on_each_database};

fn an_offer(office: &Office) -> AgentRow {
    let number = fresh();
    AgentRow {
        agent_id: AgentId::new(NOW, number),
        account_id: office.account.account_id.clone(),
        person_id: office.leader.person_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        state: AgentState::Offered,
        token_hash: format!("{number:064x}"),
        origin: "https://vanthu.binhmau.example".to_owned(),
        nonce: "07".repeat(32),
        public_key: None,
        code: None,
        machine: String::new(),
        system: String::new(),
        version: String::new(),
        created_at: NOW,
        expires_at: NOW.plus_seconds(300),
        paired_at: None,
        seen_at: None,
        stamp: NOW,
        checked_at: None,
        report: None,
        ended_at: None,
        end_reason: None,
    }
}

#[tokio::test]
async fn an_agent_is_found_by_its_account_and_agency_while_it_is_paired() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let (account, agency) = (&office.account.account_id, &office.agency.agency_id);
        let mut tx = world.store.write().await.unwrap();
        let mut one = an_offer(&office);
        insert(&mut tx, &one).await.unwrap();
        assert_eq!(
            find(&mut tx, &one.agent_id).await.unwrap(),
            Some(one.clone())
        );
        assert!(
            list_of_agency(&mut tx, agency, 10)
                .await
                .unwrap()
                .is_empty()
        );
        one.state = AgentState::Paired;
        one.public_key = Some("AAAA".to_owned());
        one.code = Some("012 345".to_owned());
        one.paired_at = Some(NOW);
        one.report = Some(json!({"points": []}));
        update(&mut tx, &one, AgentState::Offered).await.unwrap();
        assert_eq!(
            find_locked(&mut tx, &one.agent_id).await.unwrap(),
            Some(one.clone())
        );
        assert_eq!(
            list_of_agency(&mut tx, agency, 10).await.unwrap(),
            [one.clone()]
        );
        assert_eq!(
            list_of_account(&mut tx, account).await.unwrap(),
            [one.clone()]
        );
        tx.commit().await.unwrap();

        let mut tx = world.store.write().await.unwrap();
        one.state = AgentState::Ended;
        one.ended_at = Some(NOW);
        // Somebody else moved it on meanwhile.
        assert!(
            update(&mut tx, &one, AgentState::Answered)
                .await
                .unwrap_err()
                .is_conflict()
        );
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        update(&mut tx, &one, AgentState::Paired).await.unwrap();
        assert!(list_of_account(&mut tx, account).await.unwrap().is_empty());
        assert!(
            list_of_agency(&mut tx, agency, 10)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_state_without_what_belongs_to_it_is_not_kept() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let broken: [fn(&mut AgentRow); 3] = [
            |it| it.state = AgentState::Answered,
            |it| it.state = AgentState::Ended,
            |it| {
                it.state = AgentState::Paired;
                it.public_key = Some("AAAA".to_owned());
            },
        ];
        for change in broken {
            let mut row = an_offer(&office);
            change(&mut row);
            let mut tx = world.store.write().await.unwrap();
            assert!(insert(&mut tx, &row).await.is_err(), "{row:?}");
        }
    })
    .await;
}
