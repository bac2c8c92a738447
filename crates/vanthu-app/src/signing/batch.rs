//! Several documents in one session: what will be signed, shown before, and what became of each.

use vanthu_domain::id::{OutgoingId, SigningId};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::signing::{ItemState, Purpose, SigningRow};
use vanthu_store::{Tx, file, person};

use crate::outgoing::opened;
use crate::outgoing::view::load_for;
use crate::signing::open::MOST_DOCUMENTS;
use crate::signing::settle;
use crate::signing::state::{Progress, standing, state};
use crate::{App, AppError, Caller};

/// A document that is to be signed with others.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The document.
    pub row: OutgoingRow,
    /// Who drafted it.
    pub drafter: String,
    /// The names of its attached files.
    pub files: Vec<String>,
    /// Whether the caller has opened it as it stands; nobody asks that of who seals.
    pub opened: bool,
}

/// One of what was chosen: the document, or why it can't be signed now.
pub type Choice = (OutgoingId, Result<Chosen, Refusal>);

/// What was chosen to be signed at once.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Each document.
    pub each: Vec<Choice>,
    /// The caller's session with a service that all of what may be signed stands in already.
    pub standing: Option<SigningId>,
}

/// What is known of each document that was chosen, in the order of the choice, each once. The
/// rights are asked for each; what may not be signed, or is being signed by a service, says why and stays out of the
/// session. Where a service was asked for all of them at once, there is that session to be gone on with.
///
/// Clause: TG-22.1b
pub async fn choices(
    app: &App,
    caller: &Caller,
    purpose: Purpose,
    ids: &[OutgoingId],
) -> Result<Choices, AppError> {
    if ids.is_empty() {
        return Err(AppError::refused(RefusalCode::NothingChosen));
    }
    if ids.len() > MOST_DOCUMENTS {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("max", MOST_DOCUMENTS)
            .with("count", ids.len())
            .into());
    }
    let mut tx = app.store.read().await?;
    let mut each: Vec<Choice> = Vec::new();
    for id in ids {
        if each.iter().any(|(known, _)| known == id) {
            continue;
        }
        match chosen(&mut tx, caller, purpose, id).await {
            Ok(one) => each.push((id.clone(), Ok(one))),
            Err(AppError::Refused(refusal)) => each.push((id.clone(), Err(*refusal))),
            Err(fault) => return Err(fault),
        }
    }
    drop(tx);
    let standing = standing_of_all(app, caller, &each).await?;
    if standing.is_none() {
        for (id, choice) in each.iter_mut().filter(|(_, it)| it.is_ok()) {
            match settle::nothing_is_open(app, caller, id).await {
                Ok(()) => {}
                Err(AppError::Refused(refusal)) => *choice = Err(*refusal),
                Err(fault) => return Err(fault),
            }
        }
    }
    Ok(Choices { each, standing })
}

/// The one session that stands in the way of every document that may be signed.
async fn standing_of_all(
    app: &App,
    caller: &Caller,
    each: &[Choice],
) -> Result<Option<SigningId>, AppError> {
    let mut all = None;
    for (id, _) in each.iter().filter(|(_, it)| it.is_ok()) {
        match (standing(app, caller, id).await?, &all) {
            (Some(one), None) => all = Some(one),
            (Some(one), Some(other)) if one == *other => {}
            _ => return Ok(None),
        }
    }
    Ok(all)
}

async fn chosen(
    tx: &mut Tx,
    caller: &Caller,
    purpose: Purpose,
    id: &OutgoingId,
) -> Result<Chosen, AppError> {
    let row = load_for(tx, caller, id).await?;
    let action = match purpose {
        Purpose::Person => Action::Sign,
        Purpose::Seal => Action::Seal,
    };
    caller.may(action, &crate::outgoing::object_of(&row))?;
    let opened = match purpose {
        Purpose::Person => opened::was_opened(tx, caller, &row).await?,
        Purpose::Seal => true,
    };
    let drafter = person::load(tx, &row.drafter_id).await?.full_name;
    let files = file::list(tx, id.as_str()).await?;
    Ok(Chosen {
        drafter,
        files: files.into_iter().map(|it| it.name).collect(),
        opened,
        row,
    })
}

/// What became of one document of a session.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The document.
    pub outgoing_id: OutgoingId,
    /// What it is about, where the caller may still see it.
    pub document: Option<OutgoingRow>,
    /// Signed with all its files, failed, left out, or still to be signed.
    pub state: ItemState,
    /// Why it failed or was left out.
    pub refusal: Option<Refusal>,
    /// Whether it can be signed in another session.
    pub again: bool,
}

/// The session with what became of each document, in its order.
pub async fn outcomes(
    app: &App,
    caller: &Caller,
    signing_id: &SigningId,
) -> Result<(SigningRow, Vec<Outcome>), AppError> {
    let Progress { row, items, .. } = state(app, caller, signing_id).await?;
    let waits_in = match row.purpose {
        Purpose::Person => OutgoingTag::AwaitingSignature,
        Purpose::Seal => OutgoingTag::Numbered,
    };
    let mut tx = app.store.read().await?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for item in items {
        let refusal = item
            .problem
            .and_then(|it| serde_json::from_value::<Refusal>(it).ok());
        if let Some(known) = outcomes
            .iter_mut()
            .find(|it| it.outgoing_id == item.outgoing_id)
        {
            // A document is signed when every file of it is.
            if known.state == ItemState::Signed {
                known.state = item.state;
            }
            known.refusal = known.refusal.take().or(refusal);
            continue;
        }
        let document = match load_for(&mut tx, caller, &item.outgoing_id).await {
            Ok(row) => Some(row),
            Err(AppError::Refused(_)) => None,
            Err(fault) => return Err(fault),
        };
        outcomes.push(Outcome {
            outgoing_id: item.outgoing_id,
            again: false,
            document,
            state: item.state,
            refusal,
        });
    }
    for one in &mut outcomes {
        let waits = one.document.as_ref().map(|it| it.state.tag()) == Some(waits_in);
        one.again = one.state != ItemState::Signed && waits;
    }
    Ok((row, outcomes))
}
