//! What the filters of a list offer to choose from.

use vanthu_domain::agency::{Agency, Unit};
use vanthu_domain::permission::Action;
use vanthu_store::register::{Direction, RegisterRow};
use vanthu_store::{agency, register};

use super::Section;
use crate::{App, AppError, Caller};

/// Agencies, units and registers by which a list can be narrowed.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The other agencies of the installation.
    pub agencies: Vec<Agency>,
    /// The units of the caller's agency.
    pub units: Vec<Unit>,
    /// Its registers of the list's way, for those who may see registers.
    pub registers: Vec<RegisterRow>,
}

/// What a section's filters offer the caller.
pub async fn choices(app: &App, caller: &Caller, section: Section) -> Result<Choices, AppError> {
    let direction = match section {
        Section::Outgoing => Direction::Out,
        Section::Incoming | Section::Work => Direction::In,
    };
    let mut tx = app.store.read().await?;
    let mut agencies = agency::list(&mut tx).await?;
    agencies.retain(|one| one.agency_id != caller.agency_id);
    let units = agency::list_units(&mut tx, &caller.agency_id).await?;
    let registers = match caller.may(Action::ViewRegisters, &caller.own_agency()) {
        Ok(()) => register::list(&mut tx, &caller.agency_id).await?,
        Err(_) => Vec::new(),
    };
    Ok(Choices {
        agencies,
        units,
        registers: registers
            .into_iter()
            .filter(|one| one.direction == direction)
            .collect(),
    })
}
