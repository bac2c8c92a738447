//! Several lines for information are read at once: each in a transaction of its own, each with its
//! own outcome.

use vanthu_domain::id::{IncomingId, LineId};
use vanthu_store::line;

use crate::incoming::bulk::{Outcome, few_enough, named};
use crate::line::read::read;
use crate::{App, AppError, Caller};

/// Closes each of these.
///
/// Clause: TG-5.3
pub async fn read_many(
    app: &App,
    caller: &Caller,
    ids: Vec<LineId>,
) -> Result<Vec<Outcome<LineId, ()>>, AppError> {
    few_enough(ids.len())?;
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        let done = read(app, caller, &id).await;
        let document = match document_of(app, &id).await? {
            Some(incoming_id) => named(app, caller, &incoming_id).await,
            None => None,
        };
        outcomes.push(Outcome { id, document, done });
    }
    Ok(outcomes)
}

async fn document_of(app: &App, id: &LineId) -> Result<Option<IncomingId>, AppError> {
    let mut tx = app.store.read().await?;
    Ok(line::find(&mut tx, id).await?.map(|line| line.incoming_id))
}

#[cfg(test)]
mod tests {
    use vanthu_domain::line::{LineState, Part};
    use vanthu_domain::refusal::RefusalCode;

    use super::*;
    use crate::test::World;
    use crate::test::way::{directed, line_now, person};

    /// Proves: TG-5.3
    #[tokio::test]
    async fn lines_for_information_close_and_others_are_refused_each_by_itself() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let given = vec![
            person(&to.specialist, Part::Lead),
            person(&to.stranger, Part::Information),
        ];
        let (row, lines) = directed(&world, &from, &to, given).await;
        let [lead, information] = [&lines[0].line_id, &lines[1].line_id];
        let chosen = vec![lead.clone(), information.clone(), information.clone()];
        let outcomes = read_many(&world.app, &to.stranger, chosen).await.unwrap();
        let codes: Vec<_> = outcomes
            .iter()
            .map(|one| one.done.as_ref().err().and_then(AppError::code))
            .collect();
        assert_eq!(
            codes,
            [
                Some(RefusalCode::NotPermitted),
                None,
                Some(RefusalCode::WrongState)
            ]
        );
        for one in &outcomes {
            let document = one.document.as_ref().unwrap();
            assert_eq!(document.incoming_id, row.incoming_id);
            assert!(document.subject == row.subject, "{document:?}");
        }
        assert_eq!(line_now(&world, lead).await.state, LineState::ToDo);
        assert_eq!(line_now(&world, information).await.state, LineState::Closed);
        assert_eq!(world.acts(information).await, ["line-read"]);
        let none = read_many(&world.app, &to.stranger, Vec::new())
            .await
            .unwrap_err();
        assert_eq!(none.code(), Some(RefusalCode::NothingChosen));
    }
}
