//! Typesetting of official documents, registers and lists to PDF/A, and finding places in PDFs from elsewhere.
//!
//! The crate locks typst behind one door (quarantine): nothing of it is in its
//! interface. What reads and draws pages is [`vanthu_reader`]. Nothing is read from disk or network and no clock is asked; the same input gives
//! the same bytes. Lengths are PDF points, the origin is the bottom left corner of the page.
//!
//! - [`typeset_letter`]: a document after Appendix I of Decree 30/2020/NĐ-CP, with the [`Places`]
//!   where number, date and signature go.
//! - [`typeset_outgoing_register`], [`typeset_incoming_register`]: the registers of Appendix IV.
//! - [`typeset_sheet`], [`write_sheet`]: a list as a printed table and as a spreadsheet.
//! - [`typeset_print`]: a print or a paper copy of a finished document, with what says so on it.
//! - [`typeset_handling_slip`], [`typeset_submission_slip`], [`Handover`]: papers inside the agency.
//! - [`archive_faults`]: what of PDF/A can be told of a file made here.
//! - [`typeset_verdict`]: what was found about the signatures of a file.
//! - [`anatomy`]: what each part of a document is; [`check`]: whether it looks as the law says; [`extract`]: what it says
//!   about itself.
//! - [`render_page`], [`extract_text`], [`find_places`]: for PDFs from anywhere.

mod anatomy;
mod archive;
mod check;
mod engine;
mod error;
mod extract;
mod find;
mod fonts;
mod form;
mod geometry;
mod letter;
mod print;
mod register;
pub mod samples;
mod sheet;
mod slip;
mod verdict;

pub use anatomy::{Anatomy, Element, ElementKind, PageForm, anatomy, dissect};
pub use archive::{ArchiveFault, archive_faults};
pub use check::{CheckInput, ExpectedSigner, LayoutFinding, Seen, check};
pub use error::LayoutError;
pub use extract::{Extracted, Field, Reference, extract};
pub use find::{FoundDate, FoundPlaces, find_places, places_in};
pub use form::{Form, FormValue, Sizes, form_values};
pub use geometry::PlaceOnPage;
pub use letter::{Extras, Letter, Places, Signer, Typeset, typeset_letter};
pub use print::{ArrivalStamp, CopyBlock, Print, PrintMark, typeset_print};
pub use register::{
    IncomingEntry, OutgoingEntry, RegisterCover, typeset_incoming_register,
    typeset_outgoing_register,
};
pub use sheet::{Sheet, SheetCell, SheetColumn, typeset_sheet, write_sheet};
pub use slip::{
    HandlingSlip, Handover, HandoverDevice, Party, SlipHead, SlipLine, SubmissionSlip,
    typeset_handling_slip, typeset_submission_slip,
};
pub use vanthu_reader::{
    PageContent, PageText, ReadBounds, ReadError, Rect, TINOS_BOLD, TINOS_BOLD_ITALIC,
    TINOS_ITALIC, TINOS_REGULAR, TextLine, Word, extract_text, page_count, read_content,
    render_page,
};
pub use verdict::{
    VerdictPaper, VerdictPart, VerdictPoint, VerdictTable, VerdictTone, typeset_verdict,
};
