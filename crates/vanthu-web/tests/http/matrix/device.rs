//! Key devices and findings: every route, every state, everybody.

use serde_json::json;
use vanthu_app::Caller;
use vanthu_domain::device::{DeviceRecord, DeviceState, DeviceTag, Permit, PermitState};
use vanthu_domain::finding::{Conclusion, FindingKind, FindingState, FindingTag};
use vanthu_domain::id::{DeviceId, FindingId, PermitId};
use vanthu_domain::permission::{Action, Object};
use vanthu_store::device::{self, DeviceRow};
use vanthu_store::finding::{self, FindingRow};

use super::walk::{Knock, People, Thing, Walk, form, json as json_at, knock};
use crate::world::World;

/// Every route about one device. Words that must be there are left out: whoever may is told so.
pub(super) fn knocks() -> Vec<Knock> {
    let when = "2026-11-25T08:30";
    let ask = json!({"from": when, "until": when});
    let report = json!({"suspicion": "leak", "noticed": when});
    vec![
        knock("GET /devices/{id}"),
        form(
            "POST /devices/{id}/ask-outside",
            &[("from", when), ("until", when)],
        ),
        form("POST /devices/{id}/take-back", &[]),
        form("POST /devices/{id}/take-outside", &[]),
        form("POST /devices/{id}/bring-back", &[]).changing(),
        form(
            "POST /devices/{id}/suspect",
            &[("suspicion", "leak"), ("noticed", when)],
        ),
        form("POST /devices/{id}/lift", &[]),
        knock("GET /api/v1/devices/{device_id}"),
        json_at("POST /api/v1/devices/{device_id}/ask-outside", ask),
        json_at("POST /api/v1/devices/{device_id}/take-back", json!({})),
        json_at("POST /api/v1/devices/{device_id}/take-outside", json!({})),
        json_at("POST /api/v1/devices/{device_id}/bring-back", json!({})).changing(),
        json_at("POST /api/v1/devices/{device_id}/suspect", report),
        json_at("POST /api/v1/devices/{device_id}/lift", json!({})),
    ]
}

/// Every route about a request to take a device out that was decided before.
pub(super) fn permits() -> Vec<Knock> {
    vec![
        form("POST /permits/{id}/grant", &[]),
        form("POST /permits/{id}/refuse", &[("reason", "thử quyền")]),
        json_at("POST /api/v1/permits/{permit_id}/grant", json!({})),
        json_at(
            "POST /api/v1/permits/{permit_id}/refuse",
            json!({"words": "thử"}),
        ),
    ]
}

/// Every route about one finding.
pub(super) fn findings() -> Vec<Knock> {
    let end = json!({"conclusion": "reminded"});
    vec![
        knock("GET /findings/{id}"),
        form("POST /findings/{id}/look-at", &[]).changing(),
        form("POST /findings/{id}/close", &[("conclusion", "reminded")]),
        knock("GET /api/v1/findings/{finding_id}"),
        json_at("POST /api/v1/findings/{finding_id}/look-at", json!({})).changing(),
        json_at("POST /api/v1/findings/{finding_id}/close", end),
    ]
}

/// The device that the clerk of the commune keeps.
async fn kept(world: &World, clerk: &Caller) -> DeviceRow {
    let mut tx = world.app.store.read().await.unwrap();
    let rows = device::list_of_holder(&mut tx, clerk.person_id()).await;
    rows.unwrap().remove(0)
}

/// A device in that state, entered behind the application's back; held by the clerk.
async fn device_in(world: &World, clerk: &Caller, head: &Caller, tag: DeviceTag) -> DeviceRow {
    let like = kept(world, clerk).await;
    let (since, holder) = (world.app.now(), clerk.person_id().clone());
    let device_id = DeviceId::new(since, world.app.random());
    let state = match tag {
        DeviceTag::InStore => DeviceState::InStore { since },
        DeviceTag::Held => DeviceState::Held { since, holder },
        DeviceTag::Outside => DeviceState::Outside {
            since,
            holder,
            permit_id: PermitId::new(since, world.app.random()),
            until: since.plus_seconds(3600),
        },
        DeviceTag::Locked => DeviceState::Locked { since, holder },
        DeviceTag::Suspected => DeviceState::Suspected {
            since,
            holder,
            reported_by: head.person_id().clone(),
        },
        DeviceTag::Lost => DeviceState::Lost {
            since,
            holder: Some(holder),
        },
        DeviceTag::Returned => DeviceState::Returned { since },
    };
    let row = DeviceRow {
        record: DeviceRecord {
            serial: format!("thử {device_id}"),
            device_id,
            state,
            ..like.record
        },
        created_at: since,
    };
    let mut tx = world.app.store.write().await.unwrap();
    device::insert(&mut tx, &row, None, "").await.unwrap();
    tx.commit().await.unwrap();
    row
}

fn object_of(row: &DeviceRow, head: &Caller) -> Object {
    Object::Device {
        agency_id: row.record.agency_id.clone(),
        holder_id: row.record.state.holder().cloned(),
        reported_by: row.record.state.reported_by().cloned(),
        head_id: Some(head.person_id().clone()),
        state: row.record.state.tag(),
    }
}

/// Proves: AG-15.7, TG-25.3, TG-22.1b, KH-2
#[tokio::test(flavor = "multi_thread")]
async fn devices_are_moved_by_whom_the_table_names() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let (clerk, head) = (people.caller("vt.tanmau"), people.caller("ct.tanmau"));
    let mut walk = Walk::default();
    for tag in DeviceTag::ALL {
        // One for the pages, one for programs: bringing one back ends the state.
        for by_program in [false, true] {
            let row = device_in(&world, clerk, head, tag).await;
            let permit = decided(&world, &row).await;
            let id = row.record.device_id.to_string();
            let object = object_of(&row, head);
            let thing = |id: String| Thing {
                name: tag.code().to_owned(),
                params: vec![
                    ("id", id.clone()),
                    ("device_id", id),
                    ("permit_id", permit.to_string()),
                ],
                object: object.clone(),
                view: (Action::ViewDevice, object.clone()),
            };
            let of = |knock: &Knock| knock.is_for_programs() == by_program;
            let acts: Vec<Knock> = knocks().into_iter().filter(of).collect();
            let decisions: Vec<Knock> = permits().into_iter().filter(of).collect();
            let about_permit = thing(permit.to_string());
            walk.everybody(&people, &about_permit, &decisions, |_, _, says| says)
                .await;
            walk.everybody(&people, &thing(id), &acts, |_, _, says| says)
                .await;
            let client = people.client("vt.tanmau");
            walk.strangers(&world, client, &about_permit.params, &decisions)
                .await;
            walk.strangers(&world, client, &about_permit.params, &acts)
                .await;
        }
    }
    walk.end(7 * 12 * 9);
}

/// A request that was refused before.
async fn decided(world: &World, row: &DeviceRow) -> PermitId {
    let now = world.app.now();
    let mut tx = world.app.store.write().await.unwrap();
    let holder = device::list_of_agency(&mut tx, &row.record.agency_id)
        .await
        .unwrap()
        .into_iter()
        .find_map(|it| it.record.state.holder().cloned())
        .unwrap();
    let permit = Permit {
        permit_id: PermitId::new(now, world.app.random()),
        device_id: row.record.device_id.clone(),
        agency_id: row.record.agency_id.clone(),
        asked_by: holder.clone(),
        from_at: now,
        until_at: now.plus_seconds(60),
        place: "Hà Nội".to_owned(),
        reason: "Họp".to_owned(),
        asked_at: now,
        state: PermitState::Refused {
            at: now,
            by: holder,
            reason: "Không cần".to_owned(),
        },
    };
    device::insert_permit(&mut tx, &permit).await.unwrap();
    tx.commit().await.unwrap();
    permit.permit_id
}

/// Proves: KH-2
#[tokio::test(flavor = "multi_thread")]
async fn findings_are_closed_by_whom_the_table_names() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let of = people.caller("ct.tanmau");
    let inspector = people.caller("tp.cds");
    let mut walk = Walk::default();
    for tag in FindingTag::ALL {
        for by_program in [false, true] {
            let (at, by) = (world.app.now(), inspector.person_id().clone());
            let row = FindingRow {
                finding_id: FindingId::new(at, world.app.random()),
                agency_id: of.agency_id.clone(),
                person_id: of.person_id().clone(),
                account_id: of.actor.account_id.to_string(),
                kind: FindingKind::AnotherKey,
                at,
                signing_id: None,
                certificate_id: None,
                device_id: None,
                evidence: json!({"expected": "00"}),
                state: match tag {
                    FindingTag::New => FindingState::New,
                    FindingTag::LookedAt => FindingState::LookedAt { at, by },
                    FindingTag::Closed => FindingState::Closed {
                        at,
                        by,
                        conclusion: Conclusion::NoViolation,
                        words: "Không có gì".to_owned(),
                    },
                },
            };
            let mut tx = world.app.store.write().await.unwrap();
            finding::insert(&mut tx, &row).await.unwrap();
            tx.commit().await.unwrap();
            let id = row.finding_id.to_string();
            let thing = Thing {
                name: tag.code().to_owned(),
                params: vec![("id", id.clone()), ("finding_id", id)],
                object: Object::Finding {
                    agency_id: row.agency_id.clone(),
                    person_id: row.person_id.clone(),
                    state: *tag,
                },
                view: (
                    Action::ViewFindings,
                    Object::Agency {
                        agency_id: row.agency_id.clone(),
                    },
                ),
            };
            let mut knocks: Vec<Knock> = findings()
                .into_iter()
                .filter(|knock| knock.is_for_programs() == by_program)
                .collect();
            // Taking it up ends the first state, and there is no second time.
            if *tag == FindingTag::LookedAt {
                knocks.retain(|knock| !knock.changes);
            }
            walk.everybody(&people, &thing, &knocks, |knock, caller, says| {
                if knock.action == Some(Action::ViewFindings) {
                    let seen = super::walk::granted(caller, thing.view.0, &thing.view.1);
                    return if seen {
                        super::walk::Expected::Allowed
                    } else {
                        super::walk::Expected::Hidden
                    };
                }
                says
            })
            .await;
            let client = people.client("tp.cds");
            walk.strangers(&world, client, &thing.params, &knocks).await;
        }
    }
    walk.end(3 * 12 * 4);
}
