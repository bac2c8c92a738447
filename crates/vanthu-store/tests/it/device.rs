//! Key devices, their history, permissions, requests to revoke, and what waits of a certificate.

use vanthu_domain::device::{
    Belongs, DeviceKind, DeviceRecord, DeviceState, DeviceTag, Entrustment, Permit, PermitState,
    RevocationRequestState, Suspicion,
};
use vanthu_domain::id::{DeviceId, PermitId, RevocationRequestId};
use vanthu_store::device::{
    DeviceRow, RevocationRequestRow, Step, find_open_permit, find_permit_locked, insert,
    insert_permit, insert_revocation, list_asked, list_custody, list_of_agency, list_of_holder,
    list_permits, list_revocations, list_started_revocations, load, update, update_permit,
    update_revocation,
};
use vanthu_store::{certificate, migrate};

use crate::build::{Office, fresh, office, today};
use crate::world::{NOW, on_each_database};

pub(crate) fn a_device(office: &Office, belongs: Belongs) -> DeviceRow {
    let n = fresh();
    DeviceRow {
        record: DeviceRecord {
            device_id: DeviceId::new(NOW, n),
            agency_id: office.agency.agency_id.clone(),
            kind: DeviceKind::Token,
            serial: format!("TK-{n}"),
            belongs,
            entrustment: (belongs == Belongs::Agency).then(|| Entrustment {
                reference: "12/QĐ-UBND".to_owned(),
                from_day: today(),
                until_day: Some(today().plus_days(365)),
            }),
            state: DeviceState::Held {
                since: NOW,
                holder: office.leader.person_id.clone(),
            },
        },
        created_at: NOW,
    }
}

fn a_permit(office: &Office, device: &DeviceRow) -> Permit {
    Permit {
        permit_id: PermitId::new(NOW, fresh()),
        device_id: device.record.device_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        asked_by: office.leader.person_id.clone(),
        from_at: NOW,
        until_at: NOW.plus_seconds(3600),
        place: "Hà Nội".to_owned(),
        reason: "Họp trực tuyến".to_owned(),
        asked_at: NOW,
        state: PermitState::Asked,
    }
}

/// Proves: AG-11.1
#[tokio::test]
async fn a_device_reads_back_in_every_state_and_its_history_has_no_gap() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let holder = office.leader.person_id.clone();
        let mut device = a_device(&office, Belongs::Agency);
        let device_id = device.record.device_id.clone();
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &device, Some(&holder), "Biên bản 01")
            .await
            .unwrap();
        let permit_id = PermitId::new(NOW, fresh());
        let states = [
            DeviceState::Outside {
                since: NOW,
                holder: holder.clone(),
                permit_id,
                until: NOW.plus_seconds(60),
            },
            DeviceState::Locked {
                since: NOW,
                holder: holder.clone(),
            },
            DeviceState::Suspected {
                since: NOW,
                holder: holder.clone(),
                reported_by: office.drafter.person_id.clone(),
            },
            DeviceState::Lost {
                since: NOW,
                holder: Some(holder.clone()),
            },
            DeviceState::InStore { since: NOW },
            DeviceState::Returned { since: NOW },
        ];
        for (at, state) in states.into_iter().enumerate() {
            let from = device.record.state.tag();
            device.record.state = state;
            let step = Step {
                word: "tried",
                by_id: Some(&holder),
                words: "vì sao",
                at: NOW.plus_seconds(at as i64),
            };
            update(&mut tx, &device, from, step).await.unwrap();
            assert_eq!(load(&mut tx, &device_id).await.unwrap(), device);
            // From a state in which it no longer is, nothing happens, and nothing is written.
            let again = update(&mut tx, &device, from, step).await.unwrap_err();
            assert!(again.is_taken("devices", "state"), "{again:?}");
        }
        let history = list_custody(&mut tx, &device_id).await.unwrap();
        let places: Vec<u32> = history.iter().map(|row| row.seq).collect();
        assert_eq!(places, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(history[0].state, DeviceTag::Held);
        assert_eq!(history[3].holder_id.as_ref(), Some(&holder));
        assert_eq!(history[6].holder_id, None);
        let agency_id = &office.agency.agency_id;
        let listed = list_of_agency(&mut tx, agency_id).await.unwrap();
        assert_eq!(listed, [device.clone()]);
        assert!(list_of_holder(&mut tx, &holder).await.unwrap().is_empty());
        let mut same = a_device(&office, Belongs::Person);
        same.record.serial.clone_from(&device.record.serial);
        let error = insert(&mut tx, &same, None, "").await.unwrap_err();
        assert!(error.is_taken("devices", "serial"), "{error:?}");
    })
    .await;
}

/// Proves: AG-15.7
#[tokio::test]
async fn a_device_has_one_open_request_at_a_time() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let device = a_device(&office, Belongs::Person);
        let device_id = &device.record.device_id;
        let by = office.drafter.person_id.clone();
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &device, None, "").await.unwrap();
        let mut permit = a_permit(&office, &device);
        insert_permit(&mut tx, &permit).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.write().await.unwrap();
        let error = insert_permit(&mut tx, &a_permit(&office, &device)).await;
        assert!(error.unwrap_err().is_taken("permits", "device_id"));
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        let agency_id = &office.agency.agency_id;
        let asked = list_asked(&mut tx, agency_id).await.unwrap();
        assert_eq!(asked, [permit.clone()]);
        let states = [
            PermitState::Granted {
                at: NOW,
                by: by.clone(),
            },
            PermitState::Ended {
                at: NOW,
                by: Some(by.clone()),
            },
            PermitState::Refused {
                at: NOW,
                by,
                reason: "Không cần".to_owned(),
            },
            PermitState::Ended { at: NOW, by: None },
        ];
        for state in states {
            let from = permit.state.code();
            permit.state = state;
            update_permit(&mut tx, &permit, from).await.unwrap();
            let found = find_permit_locked(&mut tx, &permit.permit_id).await;
            assert_eq!(found.unwrap().as_ref(), Some(&permit));
            let open = find_open_permit(&mut tx, device_id).await.unwrap();
            assert_eq!(open.is_some(), permit.state.code() == "granted");
        }
        assert!(list_asked(&mut tx, agency_id).await.unwrap().is_empty());
        insert_permit(&mut tx, &a_permit(&office, &device))
            .await
            .unwrap();
        let all = list_permits(&mut tx, device_id, 10).await.unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

/// Proves: TG-25.3
#[tokio::test]
async fn a_request_to_revoke_is_kept_until_it_is_withdrawn() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let device = a_device(&office, Belongs::Person);
        let device_id = device.record.device_id.clone();
        let mut tx = world.store.write().await.unwrap();
        insert(&mut tx, &device, None, "").await.unwrap();
        let mut held = office.certificate.clone();
        held.record.device_id = Some(device_id.clone());
        certificate::update(&mut tx, &held, held.record.state)
            .await
            .unwrap();
        let on_it = certificate::list_of_device_locked(&mut tx, &device_id).await;
        assert_eq!(on_it.unwrap(), [held.clone()]);
        let agency_id = &office.agency.agency_id;
        let of_agency = certificate::list_of_devices_in(&mut tx, agency_id, 10).await;
        assert_eq!(of_agency.unwrap(), [held.clone()]);
        let mut request = RevocationRequestRow {
            request_id: RevocationRequestId::new(NOW, fresh()),
            certificate_id: held.record.certificate_id.clone(),
            device_id: device_id.clone(),
            agency_id: agency_id.clone(),
            reported_by: office.leader.person_id.clone(),
            suspicion: Suspicion::Theft,
            words: "Mất túi".to_owned(),
            noticed_at: NOW.plus_seconds(-600),
            reported_at: NOW,
            state: RevocationRequestState::Started,
        };
        insert_revocation(&mut tx, &request).await.unwrap();
        let waiting = list_started_revocations(&mut tx, agency_id).await.unwrap();
        assert_eq!(waiting, [request.clone()]);
        request.state = RevocationRequestState::Withdrawn {
            at: NOW,
            by: office.drafter.person_id.clone(),
            reason: "Đã tìm thấy".to_owned(),
        };
        update_revocation(&mut tx, &request, "started")
            .await
            .unwrap();
        let twice = update_revocation(&mut tx, &request, "started").await;
        assert!(twice.is_err());
        let waiting = list_started_revocations(&mut tx, agency_id).await.unwrap();
        assert!(waiting.is_empty());
        let all = list_revocations(&mut tx, &device_id).await.unwrap();
        assert_eq!(all, [request]);
    })
    .await;
}

/// Devices were not on record before: each certificate's key gets one, with whoever held it.
#[tokio::test]
async fn certificates_of_an_older_edition_get_their_devices() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let before = office.certificate.clone();
        let id = before.record.certificate_id.as_str();
        let agency = office.agency.agency_id.as_str();
        let keeper = office.drafter.person_id.as_str();
        // What the statements of the migration meet: certificates that name no device.
        world
            .meddle(&format!(
                "INSERT INTO certificates SELECT 'crt_0000000000000000000000000A', '0b', subject, issuer, 'other', 'agency', NULL, '{agency}', '{keeper}', state, not_before, not_after, der, chain, created_at, NULL FROM certificates WHERE certificate_id = '{id}'"
            ))
            .await;
        let text = migrate::MIGRATIONS
            .iter()
            .find(|it| it.name.ends_with("devices_and_findings"))
            .unwrap()
            .text;
        for statement in text.split(";\n") {
            let from = ["\nINSERT INTO devices", "INSERT INTO device_custody", "UPDATE certificates"];
            if let Some(at) = from.iter().find_map(|word| statement.find(word)) {
                world.meddle(&statement[at..]).await;
            }
        }
        let mut tx = world.store.read().await.unwrap();
        let leader = &office.leader.person_id;
        let own = list_of_holder(&mut tx, leader).await.unwrap();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].record.belongs, Belongs::Person);
        assert_eq!(own[0].record.may_sign(leader, NOW), Ok(()));
        let kept = list_of_holder(&mut tx, &office.drafter.person_id).await.unwrap();
        assert_eq!(kept[0].record.belongs, Belongs::Agency);
        assert_eq!(kept[0].record.may_sign(&office.drafter.person_id, NOW), Ok(()));
        let after = certificate::load(&mut tx, &before.record.certificate_id).await.unwrap();
        assert_eq!(after.record.device_id.as_ref(), Some(&own[0].record.device_id));
        let history = list_custody(&mut tx, &own[0].record.device_id).await.unwrap();
        assert_eq!(history.len(), 1);
    })
    .await;
}
