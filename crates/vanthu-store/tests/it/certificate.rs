//! Certificates, seals and files.

use vanthu_domain::certificate::{CertificateState, Holder};
use vanthu_domain::id::{FileId, SealId};
use vanthu_store::file::{FileRole, FileRow};
use vanthu_store::seal::SealRow;
use vanthu_store::{certificate, file, seal};

use crate::build::{a_certificate, fresh, office, sha, today};
use crate::world::{NOW, on_each_database};

#[tokio::test]
async fn a_certificate_reads_back_with_its_holder() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let leader = &office.leader.person_id;
        let mut of_agency = a_certificate(leader);
        of_agency.record.holder = Holder::Agency {
            agency_id: office.agency.agency_id.clone(),
            keeper: Some(leader.clone()),
        };
        let mut tx = world.store.write().await.unwrap();
        certificate::insert(&mut tx, &of_agency).await.unwrap();
        let of_leader = certificate::list_of_person(&mut tx, leader).await.unwrap();
        assert_eq!(of_leader, std::slice::from_ref(&office.certificate));
        let agency_id = &office.agency.agency_id;
        let found = certificate::list_of_agency(&mut tx, agency_id)
            .await
            .unwrap();
        assert_eq!(found, [of_agency.clone()]);
        assert_eq!(
            certificate::list_of_keeper(&mut tx, leader).await.unwrap(),
            found
        );
        let thumbprint = &of_agency.record.thumbprint;
        let found = certificate::find_by_thumbprint(&mut tx, thumbprint)
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(&of_agency));

        of_agency.record.state = CertificateState::Suspended;
        certificate::update(&mut tx, &of_agency, CertificateState::Effective)
            .await
            .unwrap();
        let again = certificate::update(&mut tx, &of_agency, CertificateState::Effective).await;
        assert!(again.unwrap_err().is_taken("certificates", "state"));
        let id = &of_agency.record.certificate_id;
        assert_eq!(certificate::load(&mut tx, id).await.unwrap(), of_agency);

        let mut same = a_certificate(leader);
        same.record.thumbprint.clone_from(thumbprint);
        let error = certificate::insert(&mut tx, &same).await.unwrap_err();
        assert!(error.is_taken("certificates", "thumbprint"), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn the_seal_in_force_is_the_youngest_of_the_day() {
    on_each_database(async |world| {
        let office = office(&world.store, "H01").await;
        let agency_id = &office.agency.agency_id;
        let row = |from: i32, until: Option<i32>| SealRow {
            seal_id: SealId::new(NOW, fresh()),
            agency_id: agency_id.clone(),
            picture_blob: sha(5),
            diameter_um: 36_000,
            from_day: today().plus_days(from),
            until_day: until.map(|days| today().plus_days(days)),
        };
        let (mut old, new) = (row(-90, Some(-10)), row(-20, None));
        let mut tx = world.store.write().await.unwrap();
        for one in [&old, &new] {
            seal::insert(&mut tx, one).await.unwrap();
        }
        for (day, expected) in [
            (0, Some(&new)),
            (-15, Some(&new)),
            (-21, Some(&old)),
            (-91, None),
        ] {
            let found = seal::find_in_force(&mut tx, agency_id, today().plus_days(day)).await;
            assert_eq!(found.unwrap().as_ref(), expected, "{day}");
        }
        old.until_day = Some(today().plus_days(-30));
        seal::update(&mut tx, &old).await.unwrap();
        assert_eq!(seal::load(&mut tx, &old.seal_id).await.unwrap(), old);
    })
    .await;
}

#[tokio::test]
async fn files_keep_their_order_and_leave_once() {
    on_each_database(async |world| {
        let mut tx = world.store.write().await.unwrap();
        let row = |position: u32| FileRow {
            file_id: FileId::new(NOW, fresh()),
            owner_id: "out_1".to_owned(),
            role: FileRole::Attachment,
            name: format!("Phụ lục {position}.pdf"),
            media_type: "application/pdf".to_owned(),
            bytes: 3_000_000_000,
            sha256: sha(6),
            pages: Some(3),
            position,
            created_at: NOW,
        };
        let (second, first) = (row(2), row(1));
        for one in [&second, &first] {
            file::insert(&mut tx, one).await.unwrap();
        }
        assert_eq!(
            file::list(&mut tx, "out_1").await.unwrap(),
            [first.clone(), second]
        );
        assert_eq!(file::load(&mut tx, &first.file_id).await.unwrap(), first);
        file::remove(&mut tx, &first.file_id).await.unwrap();
        assert!(file::remove(&mut tx, &first.file_id).await.is_err());
        assert_eq!(file::find(&mut tx, &first.file_id).await.unwrap(), None);
    })
    .await;
}
