//! Kept reports about signatures.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_store::report::{ReportRow, find, put};

use crate::world::{NOW, on_each_database};

fn a_report(rules: &str, judged_at: Moment, words: &str) -> ReportRow {
    ReportRow {
        sha256: "ab".repeat(32),
        rules: rules.to_owned(),
        judged_at,
        report: json!({"indication": words}),
    }
}

#[tokio::test]
async fn the_last_report_on_a_file_is_found_by_its_rules_alone() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        let first = a_report("1", NOW, "first");
        put(&mut tx, &first).await.unwrap();
        let name = &first.sha256;
        assert_eq!(find(&mut tx, name, "1").await.unwrap(), Some(first.clone()));
        assert_eq!(find(&mut tx, name, "2").await.unwrap(), None);
        assert_eq!(find(&mut tx, "other", "1").await.unwrap(), None);
        let second = a_report("2", NOW.plus_seconds(1), "second");
        put(&mut tx, &second).await.unwrap();
        // Two judged it at the same time, and the slower one comes last.
        put(&mut tx, &first).await.unwrap();
        assert_eq!(find(&mut tx, name, "2").await.unwrap(), Some(second));
        assert_eq!(find(&mut tx, name, "1").await.unwrap(), None);
    })
    .await;
}
