//! The job that carries an issued document from the outbox to its recipients on this installation.
//!
//! It may run again at any point: a delivery that has left the outbox is passed by, and each
//! recipient's incoming document comes by exactly one delivery. One recipient that fails does not
//! hold up the others.

use serde_json::json;
use vanthu_domain::agency::{Agency, Role};
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::{DeliveryState, StatusCode};
use vanthu_domain::id::{DeliveryId, FileId, IncomingId, OutgoingId};
use vanthu_domain::incoming::IncomingState;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::text;
use vanthu_store::delivery::{DeliveryRow, DeliveryStep};
use vanthu_store::file::FileRow;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::{agency, delivery, file, incoming, outgoing};

use crate::agency::holders_of;
use crate::delivery::package::{DocumentOf, Parcel};
use crate::incoming::check::enqueue_check;
use crate::{App, AppError, Work};

/// How many recipients are served in one transaction.
pub const BATCH: usize = 100;

/// Whether the job will be tried again after this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// It will.
    Another,
    /// It won't: what fails now is told to the sender.
    Last,
}

/// Delivers everything of the document that still waits in the outbox.
///
/// Clause: TG-10.3, TG-5.3, TG-6
pub async fn deliver(app: &App, id: &OutgoingId, tries: Try) -> Result<(), AppError> {
    let (parcel, waiting) = load(app, id).await?;
    let mut failed = Vec::new();
    for batch in waiting.chunks(BATCH) {
        let Err(error) = hand_over(app, &parcel, batch).await else {
            continue;
        };
        tracing::warn!(%error, outgoing_id = %id, "a batch of deliveries failed; one by one now");
        for delivery_id in batch {
            if let Err(error) = hand_over(app, &parcel, std::slice::from_ref(delivery_id)).await {
                failed.push((delivery_id.clone(), error));
            }
        }
    }
    match (failed.into_iter().next_back(), tries) {
        (None, _) => Ok(()),
        (Some((_, error)), Try::Another) => Err(error),
        (Some((_, error)), Try::Last) => {
            tracing::error!(%error, outgoing_id = %id, "deliveries given up");
            give_up(app, id).await
        }
    }
}

async fn load(app: &App, id: &OutgoingId) -> Result<(Parcel, Vec<DeliveryId>), AppError> {
    let mut tx = app.store.read().await?;
    let row = outgoing::load(&mut tx, id).await?;
    if row.state.tag() != OutgoingTag::Issued {
        return Err(AppError::fault("deliver", format!("{id} is not issued")));
    }
    let waiting = delivery::list(&mut tx, id)
        .await?
        .into_iter()
        .filter(|row| row.state == DeliveryState::Queued)
        .map(|row| row.delivery_id)
        .collect();
    let document = DocumentOf::load(&mut tx, row).await?;
    drop(tx);
    let main = app.store.blobs().get(&document.main_blob).await?;
    Ok((Parcel::new(document, main.len() as u64)?, waiting))
}

/// Hands a batch over, in one transaction, and asks for the examination of what arrived.
async fn hand_over(app: &App, parcel: &Parcel, batch: &[DeliveryId]) -> Result<(), AppError> {
    let mut work = app.begin_system(Some(&parcel.from.agency_id)).await?;
    let mut arrived = Vec::new();
    for delivery_id in batch {
        let row = delivery::load_locked(&mut work.tx, delivery_id).await?;
        if row.state == DeliveryState::Queued {
            let to = agency::load(&mut work.tx, &row.to_agency_id).await?;
            match parcel.for_recipient(&to, &row.delivery_id, work.now) {
                Ok(package) => {
                    arrived.push(arrive(&mut work, parcel, row, &to, package).await?);
                }
                Err(reason) => fail(&mut work, parcel, row, &to, &reason).await?,
            }
        }
    }
    if !arrived.is_empty() {
        enqueue_check(&mut work, &arrived, 0).await?;
    }
    work.commit().await
}

/// The document stands in the recipient's system: code 01.
async fn arrive(
    work: &mut Work<'_>,
    parcel: &Parcel,
    mut row: DeliveryRow,
    to: &Agency,
    package: serde_json::Value,
) -> Result<IncomingId, AppError> {
    let now = work.now;
    let incoming_id = IncomingId::new(now, work.random());
    let search = [
        &parcel.code,
        &parcel.row.subject,
        &parcel.from.name,
        &parcel.signer_name,
    ]
    .map(String::as_str);
    let fresh = IncomingRow {
        incoming_id: incoming_id.clone(),
        agency_id: to.agency_id.clone(),
        delivery_id: Some(row.delivery_id.clone()),
        from_agency_id: Some(parcel.from.agency_id.clone()),
        from_name: parcel.from.name.clone(),
        document_key: parcel.document_key.clone(),
        notation: parcel.code.clone(),
        number_text: parcel.number.clone(),
        issued_day: Some(parcel.issued_day),
        kind: parcel.row.kind,
        subject: parcel.row.subject.clone(),
        urgency: parcel.row.urgency,
        signer_title: parcel.signer_title.clone(),
        signer_name: parcel.signer_name.clone(),
        pages: parcel.row.pages,
        main_blob: parcel.main_blob.clone(),
        package,
        state: IncomingState::Arrived { since: now },
        register_id: None,
        verdict: None,
        verdict_value: None,
        report_blob: None,
        leader_id: None,
        proposal: String::new(),
        due_day: None,
        note: String::new(),
        search_text: text::fold_for_index(&search.join(" ")),
        version: 1,
        arrived_at: now,
        updated_at: now,
    };
    incoming::insert(&mut work.tx, &fresh).await?;
    for of_sender in &parcel.files {
        let file = FileRow {
            file_id: FileId::new(now, work.random()),
            owner_id: incoming_id.to_string(),
            created_at: now,
            ..of_sender.clone()
        };
        file::insert(&mut work.tx, &file).await?;
    }
    row.state = DeliveryState::Arrived;
    row.code = Some(StatusCode::Arrived);
    row.incoming_id = Some(incoming_id.clone());
    row.sent_at = Some(now);
    row.updated_at = now;
    delivery::update(&mut work.tx, &row, DeliveryState::Queued).await?;
    for (state, code) in [
        (DeliveryState::Sent, None),
        (DeliveryState::Arrived, Some(StatusCode::Arrived)),
    ] {
        let step = DeliveryStep {
            state,
            code,
            words: String::new(),
            person_name: String::new(),
            at: now,
        };
        delivery::add_event(&mut work.tx, &row.delivery_id, step).await?;
    }
    tell_clerks(work, parcel, &fresh).await?;
    let about = [
        parcel.row.outgoing_id.to_string(),
        row.delivery_id.to_string(),
        to.agency_id.to_string(),
    ];
    let data = json!({
        "code": StatusCode::Arrived.digits(), "number": parcel.code, "to": to.name,
        "from": parcel.from.name, "sha256": parcel.main_blob,
    });
    work.record(Act::Arrived, &incoming_id, &about, data)
        .await?;
    Ok(incoming_id)
}

async fn tell_clerks(
    work: &mut Work<'_>,
    parcel: &Parcel,
    fresh: &IncomingRow,
) -> Result<(), AppError> {
    let args = json!({
        "subject": fresh.subject, "number": fresh.notation, "from": parcel.from.name,
        "urgency": fresh.urgency.mark(),
    });
    for clerk in holders_of(work, &fresh.agency_id, &[Role::Clerk]).await? {
        let link = format!("/incoming/{}", fresh.incoming_id);
        work.notify(&clerk, "incoming-arrived", args.clone(), link)
            .await?;
    }
    Ok(())
}

/// The deliveries that are still in the outbox after the last try.
async fn give_up(app: &App, id: &OutgoingId) -> Result<(), AppError> {
    let (parcel, waiting) = load(app, id).await?;
    let mut work = app.begin_system(Some(&parcel.from.agency_id)).await?;
    for delivery_id in &waiting {
        let row = delivery::load_locked(&mut work.tx, delivery_id).await?;
        if row.state == DeliveryState::Queued {
            let to = agency::load(&mut work.tx, &row.to_agency_id).await?;
            let reason = "Hệ thống không chuyển được sau nhiều lần thử";
            fail(&mut work, &parcel, row, &to, reason).await?;
        }
    }
    work.commit().await
}

/// The delivery failed for good; the sender's clerks are told why and may send it again.
async fn fail(
    work: &mut Work<'_>,
    parcel: &Parcel,
    mut row: DeliveryRow,
    to: &Agency,
    reason: &str,
) -> Result<(), AppError> {
    row.state = DeliveryState::Failed;
    row.reason = Some(reason.to_owned());
    row.updated_at = work.now;
    delivery::update(&mut work.tx, &row, DeliveryState::Queued).await?;
    let step = DeliveryStep {
        state: DeliveryState::Failed,
        code: None,
        words: reason.to_owned(),
        person_name: String::new(),
        at: work.now,
    };
    delivery::add_event(&mut work.tx, &row.delivery_id, step).await?;
    let id = &parcel.row.outgoing_id;
    let args = json!({
        "subject": parcel.row.subject, "number": parcel.code, "agency": to.name, "reason": reason,
    });
    for clerk in holders_of(work, &parcel.from.agency_id, &[Role::Clerk]).await? {
        work.notify(
            &clerk,
            "delivery-failed",
            args.clone(),
            format!("/outgoing/{id}"),
        )
        .await?;
    }
    let data = json!({"state": DeliveryState::Failed.code(), "words": reason, "to": to.name});
    work.record(
        Act::DeliveryMoved,
        &row.delivery_id,
        &[id.to_string()],
        data,
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::{Letter, World};

    /// Proves: TG-5.3, TG-10.3, TG-10.4
    #[tokio::test]
    async fn every_recipient_gets_the_document_once_and_the_sender_sees_it() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let one = world.office("H01.02", "UBND xã Một").await;
        let two = world.office("H01.03", "UBND xã Hai").await;
        let id = world
            .letter(&from, &[&one, &two], Letter::about("V/v báo cáo"))
            .await;

        assert_eq!(world.run().await, 2);

        for office in [&one, &two] {
            let row = world.incoming(&id, office).await;
            assert_eq!(row.subject, "V/v báo cáo");
            assert_eq!(row.from_name, "Sở Mẫu");
            assert_eq!(row.document_key, "H01.01.2026.1");
            assert_eq!(row.signer_name, from.leader.full_name);
            assert_eq!(world.notices(&office.clerk).await, ["incoming-arrived"]);
            let delivery = world.delivery(&id, office).await;
            assert_eq!(delivery.state, DeliveryState::Arrived);
            let mut tx = world.app.store.read().await.unwrap();
            let events = delivery::list_events(&mut tx, &delivery.delivery_id)
                .await
                .unwrap();
            let states: Vec<_> = events.iter().map(|event| event.state.code()).collect();
            assert_eq!(states, ["sent", "arrived"]);
        }
        assert_eq!(world.acts(&id).await, ["arrived", "arrived"]);
    }

    /// Proves: TG-5.3
    #[tokio::test]
    async fn running_again_doubles_nothing() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let id = world
            .letter(&from, &[&to], Letter::about("V/v báo cáo"))
            .await;
        world.run().await;
        let before = world.incoming(&id, &to).await;

        deliver(&world.app, &id, Try::Another).await.unwrap();
        deliver(&world.app, &id, Try::Last).await.unwrap();
        world.run().await;

        assert_eq!(world.incoming(&id, &to).await, before);
        assert_eq!(world.notices(&to.clerk).await.len(), 1);
        assert_eq!(world.acts(&id).await, ["arrived"]);
    }

    /// Proves: TG-6
    #[tokio::test]
    async fn attachments_go_with_the_document_under_names_of_their_own() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut letter = Letter::about("V/v kèm phụ lục");
        letter.attachments = vec![
            ("Phụ lục.pdf".to_owned(), vec![1]),
            ("phụ lục.pdf".to_owned(), vec![2]),
        ];
        let id = world.letter(&from, &[&to], letter).await;
        world.run().await;
        let row = world.incoming(&id, &to).await;
        let mut tx = world.app.store.read().await.unwrap();
        let files = file::list(&mut tx, row.incoming_id.as_str()).await.unwrap();
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["Phụ lục.pdf", "phụ lục (2).pdf"]);
        let digests: Vec<_> = row.package["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["sha256"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            digests,
            [
                row.main_blob,
                files[0].sha256.clone(),
                files[1].sha256.clone()
            ]
        );
    }

    #[tokio::test]
    async fn a_recipient_that_fails_does_not_hold_up_the_others_and_is_sent_again() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let mut bad = world.office("H01.02", "").await;
        let good = world.office("H01.03", "UBND xã Hai").await;
        let id = world
            .letter(&from, &[&bad, &good], Letter::about("V/v báo cáo"))
            .await;
        world.run().await;

        assert_eq!(
            world.delivery(&id, &good).await.state,
            DeliveryState::Arrived
        );
        let failed = world.delivery(&id, &bad).await;
        assert_eq!(failed.state, DeliveryState::Failed);
        assert!(failed.reason.unwrap().contains("N.to.name"));
        assert_eq!(world.notices(&from.clerk).await, ["delivery-failed"]);

        bad.agency.name = "UBND xã Một".to_owned();
        let mut tx = world.app.store.write().await.unwrap();
        agency::update(&mut tx, &bad.agency).await.unwrap();
        tx.commit().await.unwrap();
        let resend = crate::delivery::resend::resend;
        let refused = resend(&world.app, &from.specialist, &id).await.unwrap_err();
        assert_eq!(
            refused.code(),
            Some(vanthu_domain::refusal::RefusalCode::NotPermitted)
        );
        assert_eq!(resend(&world.app, &from.clerk, &id).await.unwrap(), 1);
        world.run().await;
        assert_eq!(
            world.delivery(&id, &bad).await.state,
            DeliveryState::Arrived
        );
        assert_eq!(resend(&world.app, &from.clerk, &id).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_waits_after_the_last_try_is_told_to_the_sender() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let id = world
            .letter(&from, &[&to], Letter::about("V/v báo cáo"))
            .await;
        give_up(&world.app, &id).await.unwrap();
        let delivery = world.delivery(&id, &to).await;
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert_eq!(world.acts(&id).await, ["delivery-moved"]);
        deliver(&world.app, &id, Try::Another).await.unwrap();
        assert_eq!(world.delivery(&id, &to).await.state, DeliveryState::Failed);
    }

    #[tokio::test]
    async fn many_recipients_are_served_in_batches() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let mut offices = Vec::new();
        for number in 0..BATCH + 20 {
            offices.push(world.office(&format!("H02.{number}"), "UBND xã").await);
        }
        let to: Vec<_> = offices.iter().collect();
        let id = world.letter(&from, &to, Letter::about("V/v báo cáo")).await;
        // The delivery, and an examination for each batch.
        assert_eq!(world.run().await, 3);
        let mut tx = world.app.store.read().await.unwrap();
        let counts = delivery::count_by_state(&mut tx, &id).await.unwrap();
        assert_eq!(counts, [(DeliveryState::Arrived, BATCH as i64 + 20)]);
    }
}
