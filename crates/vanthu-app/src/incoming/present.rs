//! The clerk presents a document to a leader (trình), with a proposal.

use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{IncomingId, PersonId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::agency::holders_of;
use crate::incoming::{keep, open_seen, words};
use crate::{App, AppError, Caller};

/// The longest proposal, in characters.
const LONGEST: usize = 2000;

/// What the clerk proposes.
#[derive(Debug, Clone)]
pub struct Present {
    /// The document.
    pub incoming_id: IncomingId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The leader.
    pub leader_id: PersonId,
    /// The proposal (đề xuất); may be empty.
    pub proposal: String,
}

/// Presents it; the leader is told.
///
/// Clause: TG-5.2b
pub async fn present(app: &App, caller: &Caller, input: Present) -> Result<(), AppError> {
    let proposal = words(app, caller, "Đề xuất", &input.proposal, LONGEST).await?;
    let mut work = app.begin(caller).await?;
    let action = Action::Present;
    let mut row = open_seen(&mut work, caller, &input.incoming_id, action, input.version).await?;
    let leaders = holders_of(&mut work, &row.agency_id, &[Role::Leader]).await?;
    if !leaders.contains(&input.leader_id) {
        return Err(Refusal::new(RefusalCode::FieldMalformed)
            .with("field", "Lãnh đạo")
            .with("why", "người được chọn không phải lãnh đạo cơ quan hôm nay")
            .into());
    }
    row.state = row.state.clone().present(work.now)?;
    row.leader_id = Some(input.leader_id.clone());
    row.proposal.clone_from(&proposal);
    keep(&mut work, &mut row).await?;
    let args = json!({
        "subject": row.subject, "number": row.notation, "from": row.from_name,
        "by": caller.full_name, "urgency": row.urgency.mark(),
    });
    let link = format!("/incoming/{}", row.incoming_id);
    work.notify(&input.leader_id, "incoming-presented", args, link)
        .await?;
    let data = json!({"leader": input.leader_id, "proposal": proposal});
    work.record(Act::Presented, &row.incoming_id, &[], data)
        .await?;
    work.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::way::presented;
    use crate::test::{Letter, World};

    #[tokio::test]
    async fn it_goes_to_a_leader_of_the_agency_only() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = presented(&world, &from, &to).await;
        assert_eq!(row.leader_id.as_ref(), Some(to.leader.person_id()));
        assert_eq!(world.notices(&to.leader).await, ["incoming-presented"]);

        let row = world.arrived(&from, &to, Letter::about("V/v khác")).await;
        let input = |leader: &Caller| Present {
            incoming_id: row.incoming_id.clone(),
            version: None,
            leader_id: leader.person_id().clone(),
            proposal: String::new(),
        };
        let early = present(&world.app, &to.clerk, input(&to.leader))
            .await
            .unwrap_err();
        assert_eq!(early.code(), Some(RefusalCode::WrongState));
        let register = crate::incoming::register::Register {
            incoming_id: row.incoming_id.clone(),
            version: None,
            due_day: None,
            note: String::new(),
            despite_duplicate: None,
        };
        crate::incoming::accept_and_register::accept_and_register(&world.app, &to.clerk, register)
            .await
            .unwrap();
        for wrong in [&to.specialist, &from.leader] {
            let refused = present(&world.app, &to.clerk, input(wrong))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Some(RefusalCode::FieldMalformed));
        }
    }
}
