//! What became of a delivery (trạng thái nơi nhận), told to its sender.
//!
//! Codes come out of what people do with the document: nobody presses a button for them.

use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::{Advance, StatusCode};
use vanthu_domain::id::DeliveryId;
use vanthu_domain::outgoing::WrongState;
use vanthu_store::delivery::{self, DeliveryRow, DeliveryStep};
use vanthu_store::{agency, outgoing};

use crate::agency::holders_of;
use crate::{AppError, Work};

/// Moves a delivery on by a status code: never backwards, and the history only grows. The entry in
/// the ledger is about the sender's document and names the sender, whose pages it refreshes. Only a
/// return leaves a notice, with the words and the name of whoever refused.
///
/// Clause: TG-5.3, TG-8.3a, TG-10.4, TG-4.4
pub async fn advance(
    work: &mut Work<'_>,
    delivery_id: &DeliveryId,
    code: StatusCode,
    words: &str,
    by: &str,
) -> Result<(), AppError> {
    let mut row = delivery::load_locked(&mut work.tx, delivery_id).await?;
    let from = row.state;
    match from.take(code) {
        Advance::Known => return Ok(()),
        Advance::Contradicts => {
            return Err(WrongState {
                state: from.name(),
                step: code.name(),
            }
            .into());
        }
        Advance::To(next) => row.state = next,
    }
    row.code = Some(code);
    row.updated_at = work.now;
    if code == StatusCode::Returned {
        row.reason = Some(words.to_owned());
    }
    delivery::update(&mut work.tx, &row, from).await?;
    let step = DeliveryStep {
        state: row.state,
        code: Some(code),
        words: words.to_owned(),
        person_name: by.to_owned(),
        at: work.now,
    };
    delivery::add_event(&mut work.tx, delivery_id, step).await?;
    if code == StatusCode::Returned {
        tell_sender(work, &row, words, by).await?;
    }
    let about = [row.outgoing_id.to_string(), row.from_agency_id.to_string()];
    let data = json!({"code": code.digits(), "state": row.state.code(), "words": words, "by": by});
    work.record(Act::DeliveryMoved, delivery_id, &about, data)
        .await
}

async fn tell_sender(
    work: &mut Work<'_>,
    row: &DeliveryRow,
    words: &str,
    by: &str,
) -> Result<(), AppError> {
    let sent = outgoing::load(&mut work.tx, &row.outgoing_id).await?;
    let to = agency::load(&mut work.tx, &row.to_agency_id).await?;
    let number = sent.state.number().map(|number| number.notation.clone());
    let args = json!({
        "subject": sent.subject, "number": number, "agency": to.name, "reason": words, "by": by,
    });
    let mut people = holders_of(work, &row.from_agency_id, &[Role::Clerk]).await?;
    if !people.contains(&sent.drafter_id) {
        people.push(sent.drafter_id);
    }
    for person_id in people {
        let link = format!("/outgoing/{}", row.outgoing_id);
        work.notify(&person_id, "delivery-returned", args.clone(), link)
            .await?;
    }
    Ok(())
}
