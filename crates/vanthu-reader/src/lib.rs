//! Pages of PDFs from anywhere: drawn, read word by word, and told piece by piece how they look.
//!
//! The crate locks hayro behind one door (quarantine): nothing of it is in the interface, and what a stranger's file does
//! to the reader stays inside. Nothing is read from disk or network; the same file gives the same picture. It is apart
//! from typesetting so that the signing agent can show a page without carrying a typesetter.
//!
//! Lengths are PDF points, the origin is the bottom left corner of the page.

mod content;
mod draw;
mod error;
mod fonts;
mod geometry;
mod open;
mod text;

pub use content::{
    ContentLine, PageContent, Piece, ReadBounds, Stroke, StrokeShape, read_content, text_of,
};
pub use draw::{page_count, render_page};
pub use error::ReadError;
pub use fonts::{TINOS_BOLD, TINOS_BOLD_ITALIC, TINOS_ITALIC, TINOS_REGULAR};
pub use geometry::Rect;
pub use text::{PageText, TextLine, Word, extract_text};
