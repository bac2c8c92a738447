//! Typesetting of official documents, registers and lists to PDF/A, and reading of PDF pages.
//!
//! The crate locks typst and hayro behind one door (quarantine): nothing of theirs is in its
//! interface. Nothing is read from disk or network and no clock is asked; the same input gives
//! the same bytes. Lengths are PDF points, the origin is the bottom left corner of the page.
//!
//! - [`typeset_letter`]: a document after Appendix I of Decree 30/2020/NĐ-CP, with the [`Places`]
//!   where number, date and signature go.
//! - [`typeset_outgoing_register`], [`typeset_incoming_register`]: the registers of Appendix IV.
//! - [`typeset_sheet`], [`write_sheet`]: a list as a printed table and as a spreadsheet.
//! - [`typeset_verdict`]: what was found about the signatures of a file.
//! - [`render_page`], [`extract_text`], [`find_places`]: for PDFs from anywhere.

mod engine;
mod error;
mod find;
mod fonts;
mod geometry;
mod letter;
mod read;
mod register;
mod render;
mod sheet;
mod text;
mod verdict;

pub use error::{LayoutError, ReadError};
pub use find::{FoundDate, FoundPlaces, find_places, places_in};
pub use fonts::{TINOS_BOLD, TINOS_BOLD_ITALIC, TINOS_ITALIC, TINOS_REGULAR};
pub use geometry::{PlaceOnPage, Rect};
pub use letter::{Letter, Places, Typeset, typeset_letter};
pub use register::{
    IncomingEntry, OutgoingEntry, RegisterCover, typeset_incoming_register,
    typeset_outgoing_register,
};
pub use render::{page_count, render_page};
pub use sheet::{Sheet, SheetCell, SheetColumn, typeset_sheet, write_sheet};
pub use text::{PageText, TextLine, Word, extract_text};
pub use verdict::{
    VerdictPaper, VerdictPart, VerdictPoint, VerdictTable, VerdictTone, typeset_verdict,
};
