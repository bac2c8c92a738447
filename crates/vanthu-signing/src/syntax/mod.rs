//! A strict reader of PDF syntax (ISO 32000-2, 7): objects, cross-reference sections, revisions.
//!
//! The verdict on a signature hangs on exact byte offsets, so nothing is repaired here: a damaged file is refused
//! with a [`PdfProblem`](crate::PdfProblem). Start reading at [`document`].

pub(crate) mod document;
pub(crate) mod filter;
pub(crate) mod object;
pub(crate) mod parser;
pub(crate) mod source;
pub(crate) mod text;
pub(crate) mod write;
pub(crate) mod xref;
