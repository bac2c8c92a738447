//! Accepting and registering in one act, as clerks do it all day (tiếp nhận và vào sổ).

use vanthu_domain::incoming::Arrival;
use vanthu_domain::permission::Action;

use crate::incoming::accept::take;
use crate::incoming::open_seen;
use crate::incoming::register::{Register, enter};
use crate::{App, AppError, Caller};

/// Accepts and registers it, in one transaction: both or neither.
pub async fn accept_and_register(
    app: &App,
    caller: &Caller,
    input: Register,
) -> Result<Arrival, AppError> {
    let input = input.cleaned(app, caller).await?;
    let mut work = app.begin(caller).await?;
    let id = &input.incoming_id;
    let mut row = open_seen(&mut work, caller, id, Action::Accept, input.version).await?;
    take(&mut work, caller, &mut row).await?;
    let arrival = enter(app, &mut work, caller, &mut row, &input).await?;
    work.commit().await?;
    Ok(arrival)
}
