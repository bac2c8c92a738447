//! Findings, and the places of sessions.

use serde_json::json;
use vanthu_domain::finding::{Conclusion, FindingKind, FindingState, FindingTag};
use vanthu_domain::id::FindingId;
use vanthu_store::finding::{
    FindingFilter, FindingRow, count, find, find_locked, insert, list, update,
};

use crate::build::{Office, fresh, office};
use crate::world::{NOW, on_each_database};

fn a_finding(office: &Office, kind: FindingKind, seconds: i64) -> FindingRow {
    FindingRow {
        finding_id: FindingId::new(NOW.plus_seconds(seconds), fresh()),
        agency_id: office.agency.agency_id.clone(),
        person_id: office.leader.person_id.clone(),
        account_id: office.account.account_id.to_string(),
        kind,
        at: NOW.plus_seconds(seconds),
        signing_id: None,
        certificate_id: Some(office.certificate.record.certificate_id.to_string()),
        device_id: None,
        evidence: json!({"expected": "00", "answered": "11"}),
        state: FindingState::New,
    }
}

/// Proves: KH-2
#[tokio::test]
async fn findings_are_listed_by_filters_and_keep_their_end() {
    on_each_database(async |world| {
        let here = office(&world.store, "H01").await;
        let there = office(&world.store, "H02").await;
        let mut tx = world.store.write().await.unwrap();
        let kinds = [
            FindingKind::AnotherKey,
            FindingKind::OutsidePlace,
            FindingKind::AnotherKey,
        ];
        let mut rows: Vec<FindingRow> = kinds
            .into_iter()
            .zip(0..)
            .map(|(kind, at)| a_finding(&here, kind, at))
            .collect();
        rows.push(a_finding(&there, FindingKind::AnotherKey, 9));
        for row in &rows {
            insert(&mut tx, row).await.unwrap();
        }
        let by = here.drafter.person_id.clone();
        rows[0].state = FindingState::LookedAt {
            at: NOW,
            by: by.clone(),
        };
        update(&mut tx, &rows[0], FindingTag::New).await.unwrap();
        rows[2].state = FindingState::Closed {
            at: NOW,
            by,
            conclusion: Conclusion::Reminded,
            words: "Đã nhắc".to_owned(),
        };
        update(&mut tx, &rows[2], FindingTag::New).await.unwrap();
        assert!(update(&mut tx, &rows[2], FindingTag::New).await.is_err());
        for row in &rows {
            let found = find(&mut tx, &row.finding_id).await.unwrap();
            assert_eq!(found.as_ref(), Some(row));
        }
        let locked = find_locked(&mut tx, &rows[1].finding_id).await.unwrap();
        assert_eq!(locked.as_ref(), Some(&rows[1]));
        let all = FindingFilter::default();
        let of = |agency: &Office| FindingFilter {
            agency_id: Some(agency.agency.agency_id.clone()),
            ..all.clone()
        };
        let asked = [
            (all.clone(), vec![3, 2, 1, 0]),
            (of(&here), vec![2, 1, 0]),
            (
                FindingFilter {
                    kind: Some(FindingKind::AnotherKey),
                    ..of(&here)
                },
                vec![2, 0],
            ),
            (
                FindingFilter {
                    state: Some(FindingTag::New),
                    ..all.clone()
                },
                vec![3, 1],
            ),
            (
                FindingFilter {
                    from_at: Some(NOW.plus_seconds(1)),
                    before_at: Some(NOW.plus_seconds(9)),
                    ..all
                },
                vec![2, 1],
            ),
        ];
        for (filter, expected) in asked {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|at: usize| rows[at].clone())
                .collect();
            let mut got = Vec::new();
            let mut after = None;
            loop {
                let page = list(&mut tx, &filter, after.as_ref(), 1).await.unwrap();
                got.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(got, expected, "{filter:?}");
            let counted = count(&mut tx, &filter).await.unwrap();
            assert_eq!(counted, i64::try_from(expected.len()).unwrap());
        }
    })
    .await;
}
