//! Several arrivals at once (tiếp nhận, vào sổ hàng loạt): one after the other, each in a
//! transaction of its own, each with its own outcome. What one of them is refused stops no other.

use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::Arrival;
use vanthu_domain::kind::DocumentKind;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::incoming::accept_and_register::accept_and_register;
use crate::incoming::load_for;
use crate::incoming::register::{Register, register};
use crate::{App, AppError, Caller};

/// The most rows that are worked off at once.
pub const MOST: usize = 100;

/// What is done with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAct {
    /// Accepted and entered in the register.
    AcceptAndRegister,
    /// Entered in the register: it was accepted before.
    Register,
}

impl BulkAct {
    /// The word in forms and requests.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AcceptAndRegister => "accept-and-register",
            Self::Register => "register",
        }
    }

    /// The act of such a word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::AcceptAndRegister, Self::Register]
            .into_iter()
            .find(|act| act.code() == code)
    }
}

/// What became of one.
#[derive(Debug)]
pub struct Outcome<Id, Done> {
    /// Which one.
    pub id: Id,
    /// Its document, where the caller may see it.
    pub document: Option<Named>,
    /// What was done, or why not.
    pub done: Result<Done, AppError>,
}

/// What a document is spoken of by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Which one.
    pub incoming_id: IncomingId,
    /// Number and notation of its sender.
    pub notation: String,
    /// Its kind: a letter's abstract is shown in another way than a decision's.
    pub kind: DocumentKind,
    /// Its abstract, as it was received.
    pub subject: String,
}

/// Does it with each of these, at the versions that were seen. Deadlines are those of the profile;
/// a document that seems to be here already is refused, as it needs a person's reason.
///
/// Clause: TG-8.1a, TG-8.2
pub async fn bulk(
    app: &App,
    caller: &Caller,
    act: BulkAct,
    chosen: Vec<(IncomingId, Option<i64>)>,
) -> Result<Vec<Outcome<IncomingId, Arrival>>, AppError> {
    few_enough(chosen.len())?;
    let mut outcomes = Vec::with_capacity(chosen.len());
    for (id, version) in chosen {
        let input = Register {
            incoming_id: id.clone(),
            version,
            due_day: None,
            note: String::new(),
            despite_duplicate: None,
        };
        let done = match act {
            BulkAct::AcceptAndRegister => accept_and_register(app, caller, input).await,
            BulkAct::Register => register(app, caller, input).await,
        };
        let document = named(app, caller, &id).await;
        outcomes.push(Outcome { id, document, done });
    }
    Ok(outcomes)
}

/// Refuses none, and too many.
pub(crate) fn few_enough(count: usize) -> Result<(), AppError> {
    match count {
        0 => Err(AppError::refused(RefusalCode::NothingChosen)),
        1..=MOST => Ok(()),
        _ => Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("count", count)
            .with("max", MOST)
            .into()),
    }
}

/// How a document is spoken of to those who may see it.
pub(crate) async fn named(app: &App, caller: &Caller, id: &IncomingId) -> Option<Named> {
    let found = async {
        let mut tx = app.store.read().await?;
        load_for(&mut tx, caller, id).await
    };
    match found.await {
        Ok((row, _)) => Some(Named {
            incoming_id: row.incoming_id,
            notation: row.notation,
            kind: row.kind,
            subject: row.subject,
        }),
        Err(error) => {
            // What was done with the rows must be told, even where one can't be named.
            if error.code() != Some(RefusalCode::NotFound) {
                tracing::warn!(%error, %id, "a row of a bulk act can't be named");
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incoming::accept::accept;
    use crate::test::{Letter, World};

    /// Proves: TG-8.2
    #[tokio::test]
    async fn each_row_has_its_own_outcome_and_one_refusal_stops_no_other() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut rows = Vec::new();
        for subject in ["V/v một", "V/v hai", "V/v ba"] {
            rows.push(world.arrived(&from, &to, Letter::about(subject)).await);
        }
        // Somebody is faster with the second, and nobody knows the third.
        accept(&world.app, &to.clerk, &rows[1].incoming_id, None)
            .await
            .unwrap();
        let strange = IncomingId::new(world.app.now(), 7);
        let chosen = vec![
            (rows[0].incoming_id.clone(), Some(rows[0].version)),
            (rows[1].incoming_id.clone(), Some(rows[1].version)),
            (strange, None),
            (rows[2].incoming_id.clone(), None),
        ];
        let act = BulkAct::AcceptAndRegister;
        let outcomes = bulk(&world.app, &to.clerk, act, chosen).await.unwrap();
        let said: Vec<_> = outcomes
            .iter()
            .map(|one| {
                let name = one.document.as_ref().map_or("", |one| one.subject.as_str());
                match &one.done {
                    Ok(arrival) => format!("{name} → {}", arrival.number),
                    Err(error) => format!("{name} ✗ {}", error.code().unwrap().code()),
                }
            })
            .collect();
        let name = |at: usize| &rows[at].subject;
        assert_eq!(
            said,
            [
                format!("{} → 1", name(0)),
                format!("{} ✗ wrong-state", name(1)),
                " ✗ not-found".to_owned(),
                format!("{} → 2", name(2)),
            ]
        );
        for at in [0, 2] {
            let acts = world.acts(&rows[at].incoming_id).await;
            assert!(acts.ends_with(&["accepted", "registered"]), "{acts:?}");
        }
        let chosen = vec![(rows[1].incoming_id.clone(), None)];
        let outcomes = bulk(&world.app, &to.clerk, BulkAct::Register, chosen)
            .await
            .unwrap();
        assert_eq!(outcomes[0].done.as_ref().unwrap().number, 3);
    }

    #[tokio::test]
    async fn the_rights_of_each_row_are_asked_and_the_amount_is_bounded() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = world.arrived(&from, &to, Letter::about("V/v một")).await;
        let act = BulkAct::AcceptAndRegister;
        let one = || vec![(row.incoming_id.clone(), None)];
        for who in [&to.specialist, &to.leader, &from.clerk] {
            let outcomes = bulk(&world.app, who, act, one()).await.unwrap();
            assert!(outcomes[0].done.is_err(), "{}", who.full_name);
            assert_eq!(outcomes[0].document, None, "{}", who.full_name);
        }
        for (chosen, code) in [
            (Vec::new(), RefusalCode::NothingChosen),
            (
                std::iter::repeat_with(one).take(101).flatten().collect(),
                RefusalCode::BatchTooLarge,
            ),
        ] {
            let refused = bulk(&world.app, &to.clerk, act, chosen).await.unwrap_err();
            assert_eq!(refused.code(), Some(code));
        }
        assert!(
            world
                .reload(&row.incoming_id)
                .await
                .state
                .arrival()
                .is_none()
        );
    }
}
