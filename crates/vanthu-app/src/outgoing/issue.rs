//! The clerk issues the document to its recipients (phát hành).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::{DeliveryId, OutgoingId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::delivery::{self, DeliveryRow};
use vanthu_store::outgoing;

use crate::{App, AppError, Caller};

/// The job that takes a document's deliveries out of the outbox.
pub const DELIVER: &str = "deliver";

/// Issues it: one delivery a recipient goes into the outbox, in this transaction.
///
/// Clause: DT-2a, TG-10.3, TD-1.2
pub async fn issue(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
) -> Result<usize, AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::Issue, seen_version).await?;
    let recipients = outgoing::list_recipients(&mut work.tx, id).await?;
    if recipients.is_empty() {
        return Err(AppError::refused(RefusalCode::RecipientsMissing));
    }
    let sealed = row
        .sealed_blob
        .clone()
        .ok_or_else(|| AppError::refused(RefusalCode::BothSignaturesMissing))?;
    row.state = row.state.issue(work.now)?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    let mut deliveries = Vec::with_capacity(recipients.len());
    // Of one moment: their identifiers count up, so that they sort as the recipients do.
    let first = work.random() >> 49;
    for (place, to_agency_id) in (0..).zip(&recipients) {
        deliveries.push(DeliveryRow {
            delivery_id: DeliveryId::new(work.now, first + place),
            outgoing_id: id.clone(),
            from_agency_id: row.agency_id.clone(),
            to_agency_id: to_agency_id.clone(),
            state: DeliveryState::Queued,
            idempotency_key: format!("{id}:{to_agency_id}:0"),
            incoming_id: None,
            code: None,
            reason: None,
            queued_at: work.now,
            sent_at: None,
            updated_at: work.now,
        });
    }
    for row in &deliveries {
        delivery::insert(&mut work.tx, row).await?;
    }
    work.enqueue(
        DELIVER,
        Some(format!("deliver:{id}")),
        json!({"outgoing_id": id}),
    )
    .await?;
    let notation = row.state.number().map(|n| n.notation.clone());
    let args = json!({"subject": row.subject, "number": notation});
    work.notify(&row.drafter_id, "issued", args, format!("/outgoing/{id}"))
        .await?;
    let data = json!({"recipients": recipients.len(), "number": notation, "sha256": sealed});
    work.record(Act::Issued, id, &[], data).await?;
    work.commit().await?;
    Ok(recipients.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::{Letter, Life, World};

    #[tokio::test]
    async fn deliveries_stand_in_the_order_of_the_recipients() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let mut offices = Vec::new();
        for number in 2..8 {
            let name = format!("UBND xã {number}");
            offices.push(world.office(&format!("H01.0{number}"), &name).await);
        }
        // Not the order in which the agencies were made.
        offices.reverse();
        offices.rotate_left(2);
        let to: Vec<_> = offices.iter().collect();
        let letter = Letter {
            state: Life::Sealed,
            ..Letter::about("V/v báo cáo")
        };
        let id = world.letter(&from, &to, letter).await;
        issue(&world.app, &from.clerk, &id, None).await.unwrap();
        let mut tx = world.app.store.read().await.unwrap();
        let rows = delivery::list(&mut tx, &id).await.unwrap();
        let found: Vec<_> = rows.iter().map(|row| &row.to_agency_id).collect();
        let expected: Vec<_> = to.iter().map(|it| &it.agency.agency_id).collect();
        assert_eq!(found, expected);
    }
}
