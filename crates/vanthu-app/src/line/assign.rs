//! The head of a unit passes its line on to people of the unit (phân công xử lý).

use serde_json::json;
use vanthu_domain::Day;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{LineId, PersonId};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::line::{self, LineRow};

use crate::incoming::direct::LONGEST;
use crate::incoming::words;
use crate::line::give::{Given, Holder, NewLine, give_all};
use crate::line::{Opened, open};
use crate::{App, AppError, Caller};

/// A person's part in the unit's work.
#[derive(Debug, Clone)]
pub struct Share {
    /// The person.
    pub person_id: PersonId,
    /// The part.
    pub part: Part,
    /// The deadline; without one, that of the unit.
    pub due_day: Option<Day>,
}

/// What the head says.
#[derive(Debug, Clone)]
pub struct Assign {
    /// The unit's line.
    pub line_id: LineId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The instruction; without one, that of the unit's line.
    pub words: String,
    /// Who does what. One person leads, unless somebody does already or the line only informs.
    pub shares: Vec<Share>,
}

/// Passes it on, with deadlines no later than the unit's own.
///
/// Clause: TG-9.2
pub async fn assign(app: &App, caller: &Caller, input: Assign) -> Result<(), AppError> {
    let instruction = words(app, caller, "Ý kiến chỉ đạo", &input.words, LONGEST).await?;
    let mut work = app.begin(caller).await?;
    let action = Action::AssignLine;
    let mut opened = open(&mut work, caller, &input.line_id, action, input.version).await?;
    let shares = fitting(&opened, input.shares)?;
    let line = &mut opened.line;
    if line.state == LineState::ToDo {
        if line.part == Part::Information {
            line.state = line.state.read(line.part)?;
            line.closed_at = Some(work.now);
        } else {
            line.state = line.state.start(line.part)?;
            line.started_at = Some(work.now);
        }
        line::update(&mut work.tx, line).await?;
    }
    let line = &opened.line;
    let given = Given {
        incoming: &opened.incoming,
        parent: Some(line),
        due_day: line.due_day.map(|day| day.max(work.today())),
        instruction: if instruction.is_empty() {
            &line.instruction
        } else {
            &instruction
        },
    };
    let told = give_all(&mut work, caller, &given, &shares).await?;
    let about = [opened.incoming.incoming_id.to_string()];
    let data = json!({"words": instruction, "lines": told});
    work.record(Act::LineAssigned, &opened.line.line_id, &about, data)
        .await?;
    work.commit().await
}

/// The lines to give: a line for information is passed on for information, any other has exactly
/// one who leads among those who stand.
fn fitting(opened: &Opened, shares: Vec<Share>) -> Result<Vec<NewLine>, AppError> {
    let informs = opened.line.part == Part::Information;
    let standing = |line: &&LineRow| {
        line.parent_line_id.as_ref() == Some(&opened.line.line_id)
            && line.part == Part::Lead
            && line.state.is_open()
    };
    let leading = opened.lines.iter().filter(standing).count();
    let new = shares
        .iter()
        .filter(|share| share.part == Part::Lead)
        .count();
    if shares.is_empty() || (!informs && leading + new != 1) {
        return Err(AppError::refused(RefusalCode::LeadMissing));
    }
    Ok(shares
        .into_iter()
        .map(|share| NewLine {
            to: Holder::Person(share.person_id),
            part: if informs {
                Part::Information
            } else {
                share.part
            },
            due_day: share.due_day,
            instruction: String::new(),
        })
        .collect())
}
