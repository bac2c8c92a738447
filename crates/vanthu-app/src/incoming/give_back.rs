//! The clerk returns a document to its sender (trả lại), with a coded reason and the name of
//! whoever refused.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::StatusCode;
use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::ReturnReason;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;

use crate::delivery::status::advance;
use crate::incoming::{keep, open_seen, words};
use crate::{App, AppError, Caller};

/// The longest explanation, in characters.
const LONGEST: usize = 1000;

/// What the clerk says.
#[derive(Debug, Clone)]
pub struct GiveBack {
    /// The document.
    pub incoming_id: IncomingId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The coded reason.
    pub reason: ReturnReason,
    /// Words with it; needed where the reason is another.
    pub words: String,
}

/// Returns it; the sender's clerks and the drafter learn so, and why (code 02).
///
/// Clause: TG-4.4, TG-8.1b
pub async fn give_back(app: &App, caller: &Caller, input: GiveBack) -> Result<(), AppError> {
    let words = words(app, caller, "Lý do", &input.words, LONGEST).await?;
    if words.is_empty() && input.reason == ReturnReason::Other {
        return Err(AppError::refused(RefusalCode::ReturnReasonRequired));
    }
    let mut work = app.begin(caller).await?;
    let action = Action::ReturnToSender;
    let mut row = open_seen(&mut work, caller, &input.incoming_id, action, input.version).await?;
    row.state = row
        .state
        .clone()
        .give_back(work.now, input.reason, words.clone())?;
    keep(&mut work, &mut row).await?;
    if let Some(delivery_id) = &row.delivery_id {
        let told = match words.as_str() {
            "" => input.reason.name().to_owned(),
            words => format!("{}: {words}", input.reason.name()),
        };
        advance(
            &mut work,
            delivery_id,
            StatusCode::Returned,
            &told,
            &caller.full_name,
        )
        .await?;
    }
    let data = json!({
        "reason": input.reason.code(), "name": input.reason.name(), "words": words,
        "by": caller.full_name,
    });
    work.record(Act::ReturnedToSender, &row.incoming_id, &[], data)
        .await?;
    work.commit().await
}

#[cfg(test)]
mod tests {
    use vanthu_domain::delivery::DeliveryState;

    use super::*;
    use crate::test::{Letter, World};

    /// Proves: TG-4.4, TG-8.1b
    #[tokio::test]
    async fn the_sender_learns_who_refused_and_why() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let id = world
            .letter(&from, &[&to], Letter::about("V/v báo cáo"))
            .await;
        world.run().await;
        let row = world.incoming(&id, &to).await;
        let input = GiveBack {
            incoming_id: row.incoming_id.clone(),
            version: Some(row.version),
            reason: ReturnReason::WrongRecipient,
            words: "Thuộc thẩm quyền xã Hai".to_owned(),
        };
        give_back(&world.app, &to.clerk, input.clone())
            .await
            .unwrap();

        let delivery = world.delivery(&id, &to).await;
        assert_eq!(delivery.state, DeliveryState::Returned);
        let reason = delivery.reason.unwrap();
        assert_eq!(reason, "Gửi không đúng nơi nhận: Thuộc thẩm quyền xã Hai");
        for person in [&from.clerk, &from.specialist] {
            let rows = world.notice_rows(person).await;
            let told = rows
                .iter()
                .find(|row| row.code == "delivery-returned")
                .unwrap();
            assert_eq!(told.args["by"], to.clerk.full_name.as_str());
            assert_eq!(told.args["reason"], reason.as_str());
        }
        assert_eq!(world.acts(&id).await.last(), Some(&"delivery-moved"));
        let again = give_back(
            &world.app,
            &to.clerk,
            GiveBack {
                version: None,
                ..input
            },
        )
        .await;
        assert_eq!(again.unwrap_err().code(), Some(RefusalCode::WrongState));
    }

    #[tokio::test]
    async fn another_reason_needs_words_and_only_the_clerk_may() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = world
            .arrived(&from, &to, Letter::about("V/v báo cáo"))
            .await;
        let input = GiveBack {
            incoming_id: row.incoming_id.clone(),
            version: None,
            reason: ReturnReason::Other,
            words: "  ".to_owned(),
        };
        let refused = give_back(&world.app, &to.clerk, input.clone())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ReturnReasonRequired));
        let input = GiveBack {
            words: "Nhầm".to_owned(),
            ..input
        };
        for stranger in [&to.leader, &to.specialist, &from.clerk] {
            let refused = give_back(&world.app, stranger, input.clone())
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Some(RefusalCode::NotFound));
        }
        let stale = GiveBack {
            version: Some(row.version - 1),
            ..input
        };
        let refused = give_back(&world.app, &to.clerk, stale).await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ConflictVersion));
    }
}
