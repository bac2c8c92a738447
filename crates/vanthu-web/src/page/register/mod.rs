//! Registers (sổ đăng ký văn bản đi, đến): the books of the agency, on the screen and printed.

mod list;
mod print;
mod view;

use axum::routing::get;
use vanthu_app::register::Stretch;
use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};
use crate::state::Web;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/registers", Asks::May(&[Action::ViewRegisters]), || {
        get(list::show)
    }),
    Route::get(
        "/registers/{id}",
        Asks::May(&[Action::ViewRegisters]),
        || get(view::show),
    ),
    Route::get(
        "/registers/{id}/print.pdf",
        Asks::May(&[Action::ViewRegisters]),
        || get(print::show),
    ),
];

/// The stretch of a register that a page asks for.
#[derive(Debug, Clone, Default, serde::Deserialize)]
struct Asked {
    /// The first day; empty for the beginning.
    #[serde(default)]
    from: String,
    /// The last day; empty for the end.
    #[serde(default)]
    to: String,
}

/// A register of the caller's agency and the stretch of it.
struct Chosen {
    name: String,
    next_number: u32,
    stretch: Stretch,
}

async fn chosen(
    web: &Web,
    who: &crate::session::SignedIn,
    id: &str,
    asked: &Asked,
) -> Result<Chosen, crate::error::WebError> {
    let registers = vanthu_app::register::list::registers(&web.app, who.caller()).await?;
    let found = registers
        .into_iter()
        .find(|one| one.register_id.to_string() == id);
    let found = found.ok_or_else(|| {
        vanthu_app::AppError::refused(vanthu_domain::refusal::RefusalCode::NotFound)
    })?;
    Ok(Chosen {
        name: found.name,
        next_number: found.next_number,
        stretch: Stretch {
            direction: found.direction,
            year: i16::try_from(found.year).unwrap_or_default(),
            from_day: crate::page::fields::day_of(&asked.from),
            until_day: crate::page::fields::day_of(&asked.to),
        },
    })
}
