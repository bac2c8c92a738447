//! A line as its document's page shows it: with names, requests for more time, and what may be done.

use vanthu_domain::id::LineId;
use vanthu_domain::permission::Action;
use vanthu_store::line::{self, ExtensionRow, LineRow};
use vanthu_store::{Tx, agency, person};

use crate::incoming::load_for;
use crate::line::object_of;
use crate::outgoing::found;
use crate::outgoing::view::{Possible, possible};
use crate::{App, AppError, Caller};

/// The actions that a line's part of the page speaks of.
pub const LINE_ACTIONS: [Action; 8] = [
    Action::StartLine,
    Action::ReadLine,
    Action::AssignLine,
    Action::FinishLine,
    Action::ReturnLine,
    Action::TakeBackLine,
    Action::AskExtension,
    Action::DecideExtension,
];

/// A line with everything that its part of the page shows.
#[derive(Debug, Clone)]
pub struct LineView {
    /// The line.
    pub row: LineRow,
    /// The unit's name, where it is in one.
    pub unit_name: Option<String>,
    /// The holder's name, where a person holds it.
    pub person_name: Option<String>,
    /// Who gave it.
    pub giver_name: String,
    /// Requests for more time with the names of who asked and who decided, oldest first.
    pub extensions: Vec<ExtensionView>,
    /// What the caller may do now, and why not the rest.
    pub acts: Vec<Possible>,
}

/// A request for more time, as everybody who may see the document sees it.
#[derive(Debug, Clone)]
pub struct ExtensionView {
    /// The request.
    pub row: ExtensionRow,
    /// Who asked.
    pub asked_by: String,
    /// Who decided.
    pub decided_by: Option<String>,
}

impl LineView {
    /// Whether the caller may do it now.
    pub fn may(&self, action: Action) -> bool {
        self.acts
            .iter()
            .any(|p| p.action == action && p.refusal.is_none())
    }

    /// The holder's name: the person's, else the unit's.
    pub fn holder_name(&self) -> &str {
        self.person_name
            .as_deref()
            .or(self.unit_name.as_deref())
            .unwrap_or_default()
    }
}

/// One line, for those who may see its document.
pub async fn view(app: &App, caller: &Caller, id: &LineId) -> Result<LineView, AppError> {
    let mut tx = app.store.read().await?;
    let row = found(line::load(&mut tx, id).await)?;
    load_for(&mut tx, caller, &row.incoming_id).await?;
    view_of(&mut tx, caller, &row).await
}

/// Lines of a document that the caller may see.
pub(crate) async fn views(
    tx: &mut Tx,
    caller: &Caller,
    rows: &[LineRow],
) -> Result<Vec<LineView>, AppError> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(view_of(tx, caller, row).await?);
    }
    Ok(views)
}

async fn view_of(tx: &mut Tx, caller: &Caller, row: &LineRow) -> Result<LineView, AppError> {
    let unit_name = match &row.unit_id {
        Some(id) => Some(agency::load_unit(tx, id).await?.name),
        None => None,
    };
    let person_name = match &row.person_id {
        Some(id) => Some(person::load(tx, id).await?.full_name),
        None => None,
    };
    let mut extensions = Vec::new();
    for asked in line::list_extensions(tx, &row.line_id).await? {
        let decided_by = match &asked.decided_by {
            Some(id) => Some(person::load(tx, id).await?.full_name),
            None => None,
        };
        let asked_by = person::load(tx, &asked.asked_by).await?.full_name;
        extensions.push(ExtensionView {
            row: asked,
            asked_by,
            decided_by,
        });
    }
    Ok(LineView {
        row: row.clone(),
        unit_name,
        person_name,
        giver_name: person::load(tx, &row.given_by).await?.full_name,
        extensions,
        acts: possible(caller, &object_of(row), &LINE_ACTIONS),
    })
}
