//! Notices.

use serde_json::json;
use vanthu_domain::id::NoticeId;
use vanthu_store::notice::{NoticeRow, count_unread, insert, list, mark_all_read, mark_read};

use crate::build::{fresh, office};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn notices_are_read_one_by_one_or_all_together() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let (mine, other) = (&office.leader.person_id, &office.drafter.person_id);
        let mut tx = world.store.write().await.unwrap();
        for n in 0..7 {
            let notice = NoticeRow {
                notice_id: NoticeId::new(NOW, fresh()),
                person_id: mine.clone(),
                code: "line-given".to_owned(),
                args: json!({"subject": "Tuần Mẫu"}),
                link: "/lines/1".to_owned(),
                at: NOW.plus_seconds(n / 3),
                read_at: None,
            };
            insert(&mut tx, &notice).await.unwrap();
        }
        let first = list(&mut tx, mine, None, 4).await.unwrap();
        let second = list(&mut tx, mine, first.next.as_ref(), 4).await.unwrap();
        assert_eq!((first.items.len(), second.items.len()), (4, 3));
        assert!(
            first
                .items
                .iter()
                .all(|notice| !second.items.contains(notice))
        );
        let one = &first.items[0].notice_id;
        mark_read(&mut tx, other, one, NOW).await.unwrap();
        assert_eq!(count_unread(&mut tx, mine).await.unwrap(), 7);
        mark_read(&mut tx, mine, one, NOW).await.unwrap();
        assert_eq!(count_unread(&mut tx, mine).await.unwrap(), 6);
        assert_eq!(mark_all_read(&mut tx, mine, NOW).await.unwrap(), 6);
        assert_eq!(count_unread(&mut tx, mine).await.unwrap(), 0);
    })
    .await;
}
