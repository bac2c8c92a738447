//! Accounts, sessions, people and posts.

use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::agency::{Post, Role};
use vanthu_domain::id::PostId;
use vanthu_store::person::PostFilter;
use vanthu_store::session::SessionRow;
use vanthu_store::{account, agency, person, session};

use crate::build::{Office, an_account, fresh, office, sha, today};
use crate::world::{NOW, on_each_database};

/// Proves: KH-2
#[tokio::test]
async fn a_person_has_one_account_and_a_name_is_one_persons() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let leader = &office.leader.person_id;
        for (row, column) in [
            (an_account(leader, "another.name"), "person_id"),
            (
                an_account(&office.drafter.person_id, &office.account.login),
                "login",
            ),
        ] {
            let mut tx = world.store.write().await.unwrap();
            let error = account::insert(&mut tx, &row).await.unwrap_err();
            assert!(error.is_taken("accounts", column), "{error:?}");
        }
        let mut tx = world.store.write().await.unwrap();
        let mut old = office.account.clone();
        old.state = AccountState::Withdrawn;
        account::update(&mut tx, &old).await.unwrap();
        let new = an_account(leader, "another.name");
        account::insert(&mut tx, &new).await.unwrap();
        assert_eq!(
            account::find_by_person(&mut tx, leader).await.unwrap(),
            Some(new)
        );
        assert_eq!(account::list(&mut tx).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn failures_and_old_passwords_are_kept() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut tx = world.store.write().await.unwrap();
        let login = &office.account.login;
        let mut row = account::find_by_login_locked(&mut tx, login)
            .await
            .unwrap()
            .unwrap();
        row.failures = Failures {
            count: 5,
            until: Some(NOW.plus_seconds(60)),
        };
        account::update(&mut tx, &row).await.unwrap();
        let read = account::find_locked(&mut tx, &row.account_id)
            .await
            .unwrap();
        assert_eq!(read.as_ref(), Some(&row));
        assert_eq!(
            account::find_by_login(&mut tx, "nobody").await.unwrap(),
            None
        );
        for n in 0..4 {
            let hash = format!("hash-{n}");
            let at = NOW.plus_seconds(n);
            account::remember_password(&mut tx, &row.account_id, &hash, at)
                .await
                .unwrap();
        }
        let last = account::list_passwords(&mut tx, &row.account_id, 2)
            .await
            .unwrap();
        assert_eq!(last, ["hash-3", "hash-2"]);
    })
    .await;
}

fn a_session(office: &Office, n: u8) -> SessionRow {
    SessionRow {
        session_hash: sha(n),
        account_id: office.account.account_id.clone(),
        csrf: "csrf".to_owned(),
        created_at: NOW.plus_seconds(i64::from(n)),
        seen_at: NOW,
        expires_at: NOW.plus_seconds(3600),
        address: "127.0.0.1".to_owned(),
        browser: "Mẫu".to_owned(),
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_session_stands_until_it_expires_or_is_ended() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let account_id = &office.account.account_id;
        let mut tx = world.store.write().await.unwrap();
        for n in 1..=4 {
            session::insert(&mut tx, &a_session(&office, n))
                .await
                .unwrap();
        }
        let late = NOW.plus_seconds(3600);
        assert!(
            session::find_standing(&mut tx, &sha(1), NOW)
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            session::find_standing(&mut tx, &sha(1), late)
                .await
                .unwrap()
                .is_none()
        );
        session::touch(&mut tx, &sha(1), NOW, late.plus_seconds(60))
            .await
            .unwrap();
        assert!(
            session::find_standing(&mut tx, &sha(1), late)
                .await
                .unwrap()
                .is_some()
        );

        assert!(session::revoke(&mut tx, &sha(2), NOW).await.unwrap());
        assert!(!session::revoke(&mut tx, &sha(2), NOW).await.unwrap());
        let standing = session::list_standing(&mut tx, account_id, NOW)
            .await
            .unwrap();
        let names: Vec<_> = standing
            .iter()
            .map(|row| row.session_hash.clone())
            .collect();
        assert_eq!(names, [sha(4), sha(3), sha(1)]);
        let keep = sha(3);
        let ended = session::revoke_all(&mut tx, account_id, Some(&keep), NOW)
            .await
            .unwrap();
        assert_eq!(ended, 2);
        assert_eq!(
            session::revoke_all(&mut tx, account_id, None, NOW)
                .await
                .unwrap(),
            1
        );
        assert!(
            session::find(&mut tx, &sha(3))
                .await
                .unwrap()
                .unwrap()
                .revoked_at
                .is_some()
        );
        assert_eq!(
            session::remove_ended(&mut tx, NOW.plus_seconds(1))
                .await
                .unwrap(),
            4
        );
    })
    .await;
}

#[tokio::test]
async fn posts_and_authorities_are_those_of_the_day() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let agency_id = &office.agency.agency_id;
        let mut tx = world.store.write().await.unwrap();
        let past = Post {
            post_id: PostId::new(NOW, fresh()),
            person_id: office.drafter.person_id.clone(),
            agency_id: agency_id.clone(),
            unit_id: Some(office.unit.unit_id.clone()),
            title: "Trưởng phòng".to_owned(),
            role: Role::UnitHead,
            from_day: today().plus_days(-30),
            until_day: Some(today().plus_days(-1)),
        };
        person::insert_post(&mut tx, &past).await.unwrap();
        let holder = &office.drafter.person_id;
        assert!(
            person::list_posts(&mut tx, holder, today())
                .await
                .unwrap()
                .is_empty()
        );
        let yesterday = today().plus_days(-1);
        let held = person::list_posts(&mut tx, holder, yesterday)
            .await
            .unwrap();
        assert_eq!(held, std::slice::from_ref(&past));
        let filter = |roles, day| PostFilter {
            agency_id: agency_id.clone(),
            unit_id: None,
            roles,
            day,
        };
        let heads = filter(vec![Role::UnitHead], yesterday);
        assert_eq!(
            person::list_posts_where(&mut tx, &heads).await.unwrap(),
            [past]
        );
        let all = filter(vec![], yesterday);
        assert_eq!(
            person::list_posts_where(&mut tx, &all).await.unwrap().len(),
            2
        );
        assert_eq!(
            person::list_posts_of_agency(&mut tx, agency_id)
                .await
                .unwrap()
                .len(),
            2
        );

        let in_force = agency::list_authorities(&mut tx, agency_id, today())
            .await
            .unwrap();
        assert_eq!(in_force, std::slice::from_ref(&office.authority));
        let long_ago = today().plus_days(-101);
        assert!(
            agency::list_authorities(&mut tx, agency_id, long_ago)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            agency::load(&mut tx, agency_id).await.unwrap(),
            office.agency
        );
        assert_eq!(
            agency::list_units(&mut tx, agency_id).await.unwrap(),
            [office.unit]
        );
        let ids = [
            office.leader.person_id.clone(),
            office.drafter.person_id.clone(),
        ];
        let people = person::list_these(&mut tx, &ids).await.unwrap();
        assert_eq!(people.len(), 2);
        assert!(person::list_these(&mut tx, &[]).await.unwrap().is_empty());
    })
    .await;
}
