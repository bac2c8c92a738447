//! Numbers: consecutive, without gap, never twice.

use vanthu_domain::Moment;
use vanthu_domain::incoming::{Arrival, IncomingState};
use vanthu_domain::outgoing::{GivenNumber, OutgoingState};
use vanthu_store::register::{
    Direction, Extract, Giving, NumberState, find_by_year, find_number, give, list_gaps,
    list_incoming, list_numbers_of, list_outgoing, open, peek, void,
};
use vanthu_store::{incoming, line, outgoing};

use crate::build::{Office, a_draft, a_line, a_register, arrival, office, sha, today};
use crate::world::{NOW, World, on_each_database};

fn giving(office: &Office, document_id: String) -> impl FnOnce(u32) -> Giving + use<> {
    let person_id = office.drafter.person_id.clone();
    move |number| Giving {
        notation: format!("{number}/UBND-VHXH"),
        document_id,
        day: today(),
        person_id,
        at: NOW,
    }
}

async fn give_one(world: &World, office: &Office, document_id: &str) -> u32 {
    let mut tx = world.store.write().await.unwrap();
    let giving = giving(office, document_id.to_owned());
    let number = give(&mut tx, &office.register.register_id, giving)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    number.number
}

/// Proves: TG-10.1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_clerks_at_once_get_consecutive_numbers() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let store = world.store.clone();
                let register_id = office.register.register_id.clone();
                let giving = giving(&office, format!("out_{n}"));
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    let number = give(&mut tx, &register_id, giving).await.unwrap().number;
                    // Every seventh clerk thinks better of it.
                    if n % 7 == 0 {
                        return None;
                    }
                    tx.commit().await.unwrap();
                    Some(number)
                })
            })
            .collect();
        let mut numbers = Vec::new();
        for task in tasks {
            numbers.extend(task.await.unwrap());
        }
        numbers.sort_unstable();
        let expected: Vec<u32> = (1..=200 - 29).collect();
        assert_eq!(numbers, expected);
        let mut tx = world.store.read().await.unwrap();
        let gaps = list_gaps(&mut tx, &office.register.register_id)
            .await
            .unwrap();
        assert!(gaps.is_empty(), "{gaps:?}");
        assert_eq!(
            peek(&mut tx, &office.register.register_id).await.unwrap(),
            172
        );
    })
    .await;
}

#[tokio::test]
async fn a_gap_that_somebody_made_is_found() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        for n in 1..=5 {
            assert_eq!(give_one(world, &office, &format!("out_{n}")).await, n);
        }
        world
            .meddle("DELETE FROM numbers WHERE number IN (2, 5)")
            .await;
        let mut tx = world.store.read().await.unwrap();
        assert_eq!(
            list_gaps(&mut tx, &office.register.register_id)
                .await
                .unwrap(),
            [2, 5]
        );
    })
    .await;
}

#[tokio::test]
async fn a_register_is_opened_once_a_year() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let agency_id = &office.agency.agency_id;
        let mut tx = world.store.write().await.unwrap();
        let again = open(&mut tx, &a_register(agency_id, Direction::Out))
            .await
            .unwrap();
        assert_eq!(again, office.register);
        let mut next = a_register(agency_id, Direction::Out);
        next.year = 2027;
        assert_eq!(open(&mut tx, &next).await.unwrap(), next);
        let found = find_by_year(&mut tx, agency_id, Direction::Out, 2027)
            .await
            .unwrap();
        assert_eq!(found, Some(next));
        assert_eq!(
            find_by_year(&mut tx, agency_id, Direction::In, 2027)
                .await
                .unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn a_void_number_stays_void_and_the_document_gets_the_next() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let register_id = &office.register.register_id;
        assert_eq!(give_one(world, &office, "out_x").await, 1);
        let mut tx = world.store.write().await.unwrap();
        let second = give(&mut tx, register_id, giving(&office, "out_x".to_owned())).await;
        assert!(second.unwrap_err().is_taken("numbers", "document_id"));
        drop(tx);

        let by = &office.drafter.person_id;
        let mut tx = world.store.write().await.unwrap();
        void(&mut tx, register_id, 1, "Ghi nhầm", by, NOW)
            .await
            .unwrap();
        assert!(
            void(&mut tx, register_id, 1, "Lại", by, NOW)
                .await
                .unwrap_err()
                .is_conflict()
        );
        assert!(
            void(&mut tx, register_id, 9, "Không có", by, NOW)
                .await
                .is_err()
        );
        tx.commit().await.unwrap();

        assert_eq!(give_one(world, &office, "out_x").await, 2);
        let mut tx = world.store.read().await.unwrap();
        let all = list_numbers_of(&mut tx, "out_x").await.unwrap();
        let states: Vec<_> = all.iter().map(|row| (row.number, row.state)).collect();
        assert_eq!(states, [(1, NumberState::Void), (2, NumberState::Given)]);
        let first = find_number(&mut tx, register_id, 1).await.unwrap().unwrap();
        assert_eq!(first.void_reason.as_deref(), Some("Ghi nhầm"));
        assert_eq!(first.void_by.as_ref(), Some(by));
    })
    .await;
}

async fn numbered(world: &World, office: &Office, n: i64) {
    let at: Moment = NOW.plus_seconds(n);
    let mut row = a_draft(office, at);
    let mut tx = world.store.write().await.unwrap();
    outgoing::insert(&mut tx, &row).await.unwrap();
    let receivers = [office.agency.agency_id.clone()];
    outgoing::set_recipients(&mut tx, &row.outgoing_id, &receivers)
        .await
        .unwrap();
    let number = give(
        &mut tx,
        &office.register.register_id,
        giving(office, row.outgoing_id.to_string()),
    )
    .await
    .unwrap();
    row.signed_blob = Some(sha(9));
    row.state = OutgoingState::Numbered {
        since: at,
        number: GivenNumber {
            register_id: number.register_id,
            number: number.number,
            notation: number.notation,
            day: number.day,
        },
    };
    outgoing::update(&mut tx, &mut row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_register_of_outgoing_documents_lists_all_that_is_printed() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        for n in 0..4 {
            numbered(world, &office, n).await;
        }
        let mut tx = world.store.read().await.unwrap();
        let register_id = &office.register.register_id;
        let all = list_outgoing(&mut tx, register_id, Extract::default())
            .await
            .unwrap();
        let numbers: Vec<_> = all.iter().map(|entry| entry.number.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
        let first = all.first().unwrap();
        assert_eq!(first.signer_name, "Lê Văn Mẫu");
        assert_eq!(first.unit_name, "Phòng Văn hóa - Xã hội");
        assert_eq!(first.copies, 1);
        assert_eq!(first.recipients_text, ["Như trên", "Lưu: VT"]);
        let some = Extract {
            from_number: Some(2),
            limit: Some(2),
            ..Extract::default()
        };
        let some = list_outgoing(&mut tx, register_id, some).await.unwrap();
        assert_eq!(
            some.iter()
                .map(|entry| entry.number.number)
                .collect::<Vec<_>>(),
            [2, 3]
        );
        let none = Extract {
            from_day: Some(today().plus_days(1)),
            ..Extract::default()
        };
        assert!(
            list_outgoing(&mut tx, register_id, none)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn the_register_of_arrivals_names_who_received_the_document() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let mut row = arrival(&world.store, &office, NOW).await;
        let mut tx = world.store.write().await.unwrap();
        let id = row.incoming_id.to_string();
        let register_id = office.arrivals.register_id.clone();
        let number = give(&mut tx, &register_id, giving(&office, id))
            .await
            .unwrap();
        row.register_id = Some(register_id.clone());
        row.leader_id = Some(office.leader.person_id.clone());
        let arrived = Arrival {
            number: number.number,
            day: number.day,
        };
        row.state = IncomingState::Directed {
            since: NOW,
            arrival: arrived,
        };
        incoming::update(&mut tx, &mut row).await.unwrap();
        line::insert(&mut tx, &a_line(&office, &row, NOW))
            .await
            .unwrap();
        let mut personal = a_line(&office, &row, NOW.plus_seconds(1));
        personal.unit_id = None;
        personal.person_id = Some(office.drafter.person_id.clone());
        line::insert(&mut tx, &personal).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = world.store.read().await.unwrap();
        let entries = list_incoming(&mut tx, &register_id, Extract::default())
            .await
            .unwrap();
        let [entry] = entries.as_slice() else {
            panic!("{entries:?}")
        };
        assert_eq!(entry.notation, "15/SVH-VP");
        assert_eq!(entry.number.notation, "1/UBND-VHXH");
        let names: Vec<_> = entry
            .holders
            .iter()
            .map(|holder| holder.name.as_str())
            .collect();
        assert_eq!(names, ["Phòng Văn hóa - Xã hội", "Trần Thị Mẫu"]);
    })
    .await;
}
