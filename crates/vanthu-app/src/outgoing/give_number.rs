//! The clerk gives number and date (cấp số, thời gian ban hành; Decree 30/2020, Article 15).

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{OutgoingId, RegisterId};
use vanthu_domain::outgoing::GivenNumber;
use vanthu_domain::permission::Action;
use vanthu_store::register::{self, Direction, Giving, RegisterRow};

use crate::outgoing::letter::Around;
use crate::{App, AppError, Caller, Work};

/// Gives the next number of the agency's register of this year, dated today. The register's row is
/// locked until the transaction ends: numbers are consecutive, without gap or double.
///
/// Clause: TG-10.2a, AG-13.2
pub async fn give_number(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    seen_version: Option<i64>,
) -> Result<GivenNumber, AppError> {
    let mut work = app.begin(caller).await?;
    let mut row = super::open(&mut work, caller, id, Action::GiveNumber, seen_version).await?;
    let around = Around::load(&mut work.tx, &row).await?;
    let day = work.today();
    let register_id = register_of(&mut work, caller, Direction::Out).await?;
    let profile = app.profile_of(&around.agency)?;
    // A notation that can't be made refuses before a number is taken.
    around.number_and_notation(&row, 1, profile, day)?;
    let entry = register::give(&mut work.tx, &register_id, |number| Giving {
        notation: around
            .number_and_notation(&row, number, profile, day)
            .unwrap_or_default(),
        document_id: row.outgoing_id.to_string(),
        day,
        person_id: caller.person_id().clone(),
        at: work.now,
    })
    .await?;
    let given = GivenNumber {
        register_id,
        number: entry.number,
        notation: entry.notation,
        day,
    };
    row.state = row.state.give_number(work.now, given.clone())?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    let data = json!({"number": given.notation, "day": day});
    work.record(Act::NumberGiven, &row.outgoing_id, &[], data)
        .await?;
    work.commit().await?;
    Ok(given)
}

/// The agency's register of this year, opened with its first number.
pub(crate) async fn register_of(
    work: &mut Work<'_>,
    caller: &Caller,
    direction: Direction,
) -> Result<RegisterId, AppError> {
    let year = i64::from(work.today().year());
    let name = match direction {
        Direction::Out => format!("Sổ đăng ký văn bản đi năm {year}"),
        Direction::In => format!("Sổ đăng ký văn bản đến năm {year}"),
    };
    let fresh = RegisterRow {
        register_id: RegisterId::new(work.now, work.random()),
        agency_id: caller.agency_id.clone(),
        direction,
        year,
        name,
        next_number: 1,
    };
    Ok(register::open(&mut work.tx, &fresh).await?.register_id)
}
