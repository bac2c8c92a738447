//! The rows of a register, void numbers among them.

use std::collections::BTreeMap;

use vanthu_domain::Day;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_layout::{IncomingEntry, OutgoingEntry};
use vanthu_store::outgoing::{OutgoingFilter, OutgoingOrder};
use vanthu_store::register::{self, Direction, NumberRow, NumberState, RegisterRow};
use vanthu_store::{Tx, outgoing};

use crate::register::Stretch;
use crate::{App, AppError, Caller};

/// The columns of Decree 30/2020, Appendix IV, with the number and the document behind each row.
#[derive(Debug, Clone)]
pub enum Rows {
    /// Outgoing documents.
    Out(Vec<(NumberRow, OutgoingEntry)>),
    /// Incoming documents.
    In(Vec<(NumberRow, IncomingEntry)>),
}

impl Rows {
    /// The numbers, in their order.
    pub fn numbers(&self) -> Vec<&NumberRow> {
        match self {
            Self::Out(rows) => rows.iter().map(|(number, _)| number).collect(),
            Self::In(rows) => rows.iter().map(|(number, _)| number).collect(),
        }
    }
}

/// The registers of the caller's agency, the youngest year first.
pub async fn registers(app: &App, caller: &Caller) -> Result<Vec<RegisterRow>, AppError> {
    caller.may(Action::ViewRegisters, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    Ok(register::list(&mut tx, &caller.agency_id).await?)
}

/// The rows of a stretch of the caller's agency's register; none where it was never opened.
///
/// Clause: TG-8.2, TG-10.3
pub async fn list(app: &App, caller: &Caller, stretch: Stretch) -> Result<Rows, AppError> {
    caller.may(Action::ViewRegisters, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    rows_of(&mut tx, caller, stretch).await
}

pub(super) async fn rows_of(
    tx: &mut Tx,
    caller: &Caller,
    stretch: Stretch,
) -> Result<Rows, AppError> {
    let year = i64::from(stretch.year);
    let found = register::find_by_year(tx, &caller.agency_id, stretch.direction, year).await?;
    match (stretch.direction, found) {
        (Direction::Out, None) => Ok(Rows::Out(Vec::new())),
        (Direction::In, None) => Ok(Rows::In(Vec::new())),
        (Direction::Out, Some(register)) => outgoing_rows(tx, &register, stretch).await,
        (Direction::In, Some(register)) => incoming_rows(tx, &register, stretch).await,
    }
}

async fn outgoing_rows(
    tx: &mut Tx,
    register: &RegisterRow,
    stretch: Stretch,
) -> Result<Rows, AppError> {
    let sent = sent_days(tx, register).await?;
    let entries = register::list_outgoing(tx, &register.register_id, stretch.extract()).await?;
    let rows = entries.into_iter().map(|entry| {
        let stands = entry.number.state == NumberState::Given;
        let row = OutgoingEntry {
            number: entry.number.notation.clone(),
            day: Some(entry.number.day),
            subject: format!("{}: {}", entry.kind.name(), entry.subject),
            signer: entry.signer_name,
            recipients: entry.recipients_text.join("; "),
            kept_by: entry.unit_name,
            copies: stands.then_some(entry.copies),
            sent_on: sent
                .get(entry.outgoing_id.as_str())
                .copied()
                .filter(|_| stands),
            receipt: String::new(),
            note: void_note(&entry.number),
        };
        (entry.number, row)
    });
    Ok(Rows::Out(rows.collect()))
}

/// The day on which each issued document of a register left.
async fn sent_days(tx: &mut Tx, register: &RegisterRow) -> Result<BTreeMap<String, Day>, AppError> {
    let filter = OutgoingFilter {
        register_id: Some(register.register_id.clone()),
        states: vec![OutgoingTag::Issued],
        ..OutgoingFilter::default()
    };
    let mut days = BTreeMap::new();
    let mut after = None;
    loop {
        let order = OutgoingOrder::Newest;
        let page = outgoing::list(
            tx,
            &filter,
            order,
            after.as_ref(),
            vanthu_store::page::LONGEST,
        )
        .await?;
        let items = page.items.into_iter();
        days.extend(items.map(|item| (item.outgoing_id.to_string(), item.state_since.day())));
        after = page.next;
        if after.is_none() {
            return Ok(days);
        }
    }
}

async fn incoming_rows(
    tx: &mut Tx,
    register: &RegisterRow,
    stretch: Stretch,
) -> Result<Rows, AppError> {
    let entries = register::list_incoming(tx, &register.register_id, stretch.extract()).await?;
    let rows = entries.into_iter().map(|entry| {
        let holders: Vec<&str> = entry
            .holders
            .iter()
            .map(|holder| holder.name.as_str())
            .collect();
        let notes = [entry.note.clone(), void_note(&entry.number)];
        let notes: Vec<String> = notes.into_iter().filter(|note| !note.is_empty()).collect();
        let row = IncomingEntry {
            arrived_on: Some(entry.number.day),
            arrival_number: entry.number.number.to_string(),
            author: entry.from_name,
            number: entry.notation,
            day: entry.issued_day,
            subject: format!("{}: {}", entry.kind.name(), entry.subject),
            receiver: holders.join("; "),
            handed_on: entry.holders.first().map(|holder| holder.at.day()),
            receipt: String::new(),
            note: notes.join(". "),
        };
        (entry.number, row)
    });
    Ok(Rows::In(rows.collect()))
}

fn void_note(number: &NumberRow) -> String {
    match number.state {
        NumberState::Given => String::new(),
        NumberState::Void => {
            format!(
                "Số hủy: {}",
                number.void_reason.as_deref().unwrap_or_default()
            )
        }
    }
}
