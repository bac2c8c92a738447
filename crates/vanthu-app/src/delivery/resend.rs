//! The clerk sends again what could not be delivered (gửi lại).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_store::delivery::{self, DeliveryStep};

use crate::outgoing::issue::DELIVER;
use crate::{App, AppError, Caller};

/// Puts the failed deliveries of a document back into the outbox; tells how many.
pub async fn resend(app: &App, caller: &Caller, id: &OutgoingId) -> Result<usize, AppError> {
    let mut work = app.begin(caller).await?;
    crate::outgoing::open(&mut work, caller, id, Action::Resend, None).await?;
    let mut count = 0;
    for mut row in delivery::list(&mut work.tx, id).await? {
        if row.state != DeliveryState::Failed {
            continue;
        }
        row.state = DeliveryState::Queued;
        row.reason = None;
        row.updated_at = work.now;
        delivery::update(&mut work.tx, &row, DeliveryState::Failed).await?;
        let step = DeliveryStep {
            state: DeliveryState::Queued,
            code: None,
            words: "Gửi lại".to_owned(),
            person_name: caller.full_name.clone(),
            at: work.now,
        };
        delivery::add_event(&mut work.tx, &row.delivery_id, step).await?;
        let data = json!({"state": row.state.code(), "words": "Gửi lại", "by": caller.full_name});
        work.record(
            Act::DeliveryMoved,
            &row.delivery_id,
            &[id.to_string()],
            data,
        )
        .await?;
        count += 1;
    }
    if count > 0 {
        work.enqueue(
            DELIVER,
            Some(format!("deliver:{id}")),
            json!({"outgoing_id": id}),
        )
        .await?;
    }
    work.commit().await?;
    Ok(count)
}
