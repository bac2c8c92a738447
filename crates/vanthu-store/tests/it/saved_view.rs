//! Lists that people keep under a name.

use vanthu_domain::id::SavedViewId;
use vanthu_store::saved_view::{
    SavedViewRow, Section, clear_first, delete, find, insert, list, update,
};

use crate::build::{Office, fresh, office};
use crate::world::{NOW, on_each_database};

fn a_view(office: &Office, name: &str) -> SavedViewRow {
    SavedViewRow {
        view_id: SavedViewId::new(NOW, fresh()),
        person_id: office.drafter.person_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        section: Section::Incoming,
        name: name.to_owned(),
        query: r#"[["kind","plan"],["due","overdue"]]"#.to_owned(),
        opens_first: false,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

#[tokio::test]
async fn a_kept_list_is_its_owners_and_counts_its_changes() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut tx = world.store.write().await.unwrap();
        let mut view = a_view(&office, "Kế hoạch quá hạn");
        insert(&mut tx, &view).await.unwrap();
        let mut stale = view.clone();
        view.name = "Kế hoạch".to_owned();
        update(&mut tx, &mut view).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = world.store.write().await.unwrap();
        assert!(
            update(&mut tx, &mut stale)
                .await
                .unwrap_err()
                .is_taken("saved_views", "version")
        );
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        let owner = &office.drafter.person_id;
        let other = &office.leader.person_id;
        assert_eq!(
            find(&mut tx, owner, &view.view_id).await.unwrap(),
            Some(view.clone())
        );
        assert_eq!(find(&mut tx, other, &view.view_id).await.unwrap(), None);
        let agency = &office.agency.agency_id;
        assert_eq!(list(&mut tx, owner, agency).await.unwrap(), [view.clone()]);
        assert!(list(&mut tx, other, agency).await.unwrap().is_empty());
        assert!(delete(&mut tx, &view.view_id).await.unwrap());
        assert!(!delete(&mut tx, &view.view_id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_name_stands_once_and_one_list_opens_first() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut first = a_view(&office, "Khẩn");
        first.opens_first = true;
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &first).await.unwrap();
        let mut elsewhere = a_view(&office, "Khẩn");
        elsewhere.section = Section::Work;
        elsewhere.opens_first = true;
        insert(&mut tx, &elsewhere).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = world.store.write().await.unwrap();
        let error = insert(&mut tx, &a_view(&office, "Khẩn")).await.unwrap_err();
        assert!(error.is_taken("saved_views", "name"), "{error:?}");
        drop(tx);

        let mut second = a_view(&office, "Của Sở");
        second.opens_first = true;
        let mut tx = world.store.write().await.unwrap();
        let error = insert(&mut tx, &second).await.unwrap_err();
        assert!(error.is_conflict(), "{error:?}");
        drop(tx);

        let mut tx = world.store.write().await.unwrap();
        let (owner, agency) = (&second.person_id, &second.agency_id);
        clear_first(&mut tx, owner, agency, Section::Incoming)
            .await
            .unwrap();
        insert(&mut tx, &second).await.unwrap();
        let all = list(&mut tx, owner, agency).await.unwrap();
        let opening: Vec<_> = all
            .iter()
            .filter(|view| view.opens_first)
            .map(|view| (view.section, view.name.as_str()))
            .collect();
        assert_eq!(
            opening,
            [(Section::Work, "Khẩn"), (Section::Incoming, "Của Sở")]
        );
    })
    .await;
}
